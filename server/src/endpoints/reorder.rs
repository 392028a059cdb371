//! `/move-line-item`: where an item stands in the list, counted from 0. What is beyond the last place is the last.

use checkout_updates::intent::{Field, Intent, Rule};

use super::{Change, Endpoint, Latest, text};
use crate::answer::Answer;

/// More than any list here has.
const LAST: i64 = 99;

/// Its declaration.
#[must_use]
pub fn endpoint() -> Endpoint {
    Endpoint {
        name: "moveLineItem",
        path: "/move-line-item",
        fields: vec![
            Field::new("line_item", Rule::Identifier("li_".into())),
            Field::new("position", Rule::Integer(0, LAST)),
        ],
        latest: Latest::By("line_item"),
        apply,
    }
}

fn apply(intent: &Intent, change: &mut Change<'_>) -> Result<(), Answer> {
    let position = intent.get("position").as_i64().and_then(|position| position.try_into().ok());
    let position = position.ok_or(Answer::BAD_REQUEST)?;
    if change.cart.move_to(text(intent, "line_item")?, position) { Ok(()) } else { Err(Answer::BAD_REQUEST) }
}
