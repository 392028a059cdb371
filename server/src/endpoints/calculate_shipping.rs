//! `/calculate-shipping-options`: where to send it, set by the server, and what ways there are to send it there. Sessions
//! that were created with `permissions[update_shipping_details]=server_only` take the address from here alone, so that no
//! total is shown that was not worked out for it.

use checkout_updates::intent::{Field, Intent, Rule};

use super::{Change, Endpoint, Latest};
use crate::answer::Answer;
use crate::catalogue::COUNTRIES;
use crate::rules::shipping::Recipient;

/// Its declaration.
#[must_use]
pub fn endpoint() -> Endpoint {
    Endpoint {
        name: "calculateShippingOptions",
        path: "/calculate-shipping-options",
        fields: vec![Field::new("shipping_details", Rule::Address)],
        latest: Latest::Never,
        apply,
    }
}

fn apply(intent: &Intent, change: &mut Change<'_>) -> Result<(), Answer> {
    if change.speed.is_none() {
        return Err(Answer::BAD_REQUEST);
    }
    let details = intent.get("shipping_details");
    let recipient = Recipient::of(details).ok_or(Answer::BAD_REQUEST)?;
    if !COUNTRIES.iter().any(|country| country.code == recipient.country) {
        return Err(Answer::refused("We do not ship to this country."));
    }
    change.recipient = Some(recipient);
    Ok(())
}
