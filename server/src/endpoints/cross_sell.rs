//! `/add-cross-sell` and `/remove-cross-sell`: other items of the catalogue, by their price.

use checkout_updates::intent::{Field, Intent, Rule};

use super::{Change, Endpoint, Latest, text};
use crate::answer::Answer;
use crate::catalogue::{Catalogue, Role};

/// The declaration of `/add-cross-sell`.
#[must_use]
pub fn add(catalogue: &Catalogue) -> Endpoint {
    Endpoint {
        name: "addCrossSell",
        path: "/add-cross-sell",
        fields: fields(catalogue),
        latest: Latest::Never,
        apply: |intent, change| {
            let product = change.catalogue.product(text(intent, "product_id")?).ok_or(Answer::BAD_REQUEST)?;
            change.cart.add(product);
            Ok(())
        },
    }
}

/// The declaration of `/remove-cross-sell`.
#[must_use]
pub fn remove(catalogue: &Catalogue) -> Endpoint {
    Endpoint {
        name: "removeCrossSell",
        path: "/remove-cross-sell",
        fields: fields(catalogue),
        latest: Latest::Never,
        apply: take_out,
    }
}

fn fields(catalogue: &Catalogue) -> Vec<Field> {
    vec![Field::new("product_id", Rule::OneOf(catalogue.ids(Role::CrossSell)))]
}

fn take_out(intent: &Intent, change: &mut Change<'_>) -> Result<(), Answer> {
    let product = text(intent, "product_id")?;
    change.cart.remove(product);
    Ok(())
}
