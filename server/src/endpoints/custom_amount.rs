//! `/update-custom-amount`: gift wrap, express shipping and warranty, added by `price_data` or removed.
//!
//! `product_id` alone, as in Stripe's guide, means to add. What is there already is not added again: a browser may
//! send one request twice.

use checkout_updates::intent::{Field, Intent, Rule};

use super::{Change, Endpoint, Latest, text};
use crate::answer::Answer;
use crate::catalogue::{Catalogue, Role};

/// Its declaration.
#[must_use]
pub fn endpoint(catalogue: &Catalogue) -> Endpoint {
    Endpoint {
        name: "updateCustomAmount",
        path: "/update-custom-amount",
        fields: vec![
            Field::new("product_id", Rule::OneOf(catalogue.ids(Role::AddOn))),
            Field::new("selected", Rule::Flag).optional(),
        ],
        latest: Latest::By("product_id"),
        apply,
    }
}

fn apply(intent: &Intent, change: &mut Change<'_>) -> Result<(), Answer> {
    let product = change.catalogue.product(text(intent, "product_id")?).ok_or(Answer::BAD_REQUEST)?;
    if intent.get("selected").as_bool() == Some(false) {
        change.cart.remove(product.id);
    } else {
        change.cart.add(product);
    }
    Ok(())
}
