//! `/update-shipping`: ways of shipping for the session's own address and total, the wanted speed first.

use checkout_updates::intent::{Field, Intent, Rule};

use super::{Change, Endpoint, Latest, text};
use crate::answer::Answer;
use crate::rules::shipping::Speed;

/// Its declaration.
#[must_use]
pub fn endpoint() -> Endpoint {
    Endpoint {
        name: "updateShipping",
        path: "/update-shipping",
        fields: vec![Field::new("speed", Rule::OneOf(Speed::WORDS.map(str::to_owned).to_vec()))],
        latest: Latest::Always,
        apply,
    }
}

fn apply(intent: &Intent, change: &mut Change<'_>) -> Result<(), Answer> {
    let speed = Speed::parse(text(intent, "speed")?).ok_or(Answer::BAD_REQUEST)?;
    // Stripe has shipping options for payments only.
    let shipped = change.speed.as_mut().ok_or(Answer::BAD_REQUEST)?;
    *shipped = speed;
    Ok(())
}
