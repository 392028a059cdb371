//! `/update-line-item-quantity`: how many of an item. Stock is checked and held where the update is carried out.

use checkout_updates::intent::{Field, Intent, Rule};

use super::{Change, Endpoint, Latest, text};
use crate::answer::Answer;
use crate::catalogue::{MOST_OF_AN_ITEM, Role};

/// Its declaration.
#[must_use]
pub fn endpoint() -> Endpoint {
    Endpoint {
        name: "setQuantity",
        path: "/update-line-item-quantity",
        fields: vec![
            Field::new("line_item", Rule::Identifier("li_".into())),
            Field::new("quantity", Rule::Integer(0, MOST_OF_AN_ITEM.into())),
        ],
        latest: Latest::By("line_item"),
        apply,
    }
}

fn apply(intent: &Intent, change: &mut Change<'_>) -> Result<(), Answer> {
    let line_item = text(intent, "line_item")?;
    let quantity = intent.get("quantity").as_i64().and_then(|quantity| quantity.try_into().ok());
    let quantity = quantity.ok_or(Answer::BAD_REQUEST)?;
    let product = change.cart.product_of(line_item).and_then(|id| change.catalogue.product(id));
    // The plan is sold once, add-ons too, and a gift is the rule's to give.
    if product.is_none_or(|product| product.role != Role::CrossSell) {
        return Err(Answer::BAD_REQUEST);
    }
    change.cart.set_quantity(line_item, quantity);
    Ok(())
}
