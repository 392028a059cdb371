//! `/change-subscription-interval`: the plan every month or every year. Every other item stays.

use checkout_updates::intent::{Field, Intent, Rule};

use super::{Change, Endpoint, Latest, text};
use crate::answer::Answer;
use crate::catalogue::Interval;

/// Its declaration.
#[must_use]
pub fn endpoint() -> Endpoint {
    Endpoint {
        name: "changeInterval",
        path: "/change-subscription-interval",
        fields: vec![Field::new("interval", Rule::OneOf(vec!["monthly".into(), "yearly".into()]))],
        latest: Latest::Always,
        apply,
    }
}

fn apply(intent: &Intent, change: &mut Change<'_>) -> Result<(), Answer> {
    let interval = Interval::parse(text(intent, "interval")?).ok_or(Answer::BAD_REQUEST)?;
    if change.cart.swap_plan(change.catalogue.plan(interval)) { Ok(()) } else { Err(Answer::BAD_REQUEST) }
}
