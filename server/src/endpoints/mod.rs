//! The endpoints: one for each thing that a customer can do, each with the rules of its intent.
//!
//! The page takes the same declarations from `/endpoints.js`, so neither end can expect what the other does not send.

pub mod calculate_shipping;
pub mod change_interval;
pub mod cross_sell;
pub mod custom_amount;
pub mod declaration;
pub mod openapi;
pub mod quantity;
pub mod reorder;
pub mod script;
pub mod shipping;
pub mod tax;

use checkout_updates::intent::Intent;

pub use declaration::{Endpoint, Latest};

use crate::answer::Answer;
use crate::cart::Cart;
use crate::catalogue::Catalogue;
use crate::rules::shipping::{Recipient, Speed};

/// What an endpoint works on.
#[derive(Debug)]
pub struct Change<'a> {
    /// What the shop sells.
    pub catalogue: &'a Catalogue,
    /// The session's items.
    pub cart: Cart,
    /// How fast to ship; `None` where nothing is shipped.
    pub speed: Option<Speed>,
    /// Where to send it, if the server is to set that.
    pub recipient: Option<Recipient>,
}

/// All endpoints.
#[must_use]
pub fn all(catalogue: &Catalogue) -> Vec<Endpoint> {
    vec![
        change_interval::endpoint(),
        custom_amount::endpoint(catalogue),
        cross_sell::add(catalogue),
        cross_sell::remove(catalogue),
        quantity::endpoint(),
        reorder::endpoint(),
        shipping::endpoint(),
        calculate_shipping::endpoint(),
        tax::endpoint(),
    ]
}

/// The text of a field.
///
/// # Errors
///
/// When it was left out. A required field was checked before.
fn text<'a>(intent: &'a Intent, field: &str) -> Result<&'a str, Answer> {
    intent.get(field).as_str().ok_or(Answer::BAD_REQUEST)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::catalogue::PriceIds;

    pub(crate) fn catalogue() -> Catalogue {
        Catalogue::new(PriceIds {
            monthly: "price_monthly".into(),
            yearly: "price_yearly".into(),
            desk_lamp: Some("price_desk_lamp".into()),
            notebook: Some("price_notebook".into()),
            desk_mat: Some("price_desk_mat".into()),
        })
    }
}
