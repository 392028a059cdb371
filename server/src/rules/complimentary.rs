//! A complimentary product comes with carts above a total, and goes when the total falls below it.

use crate::cart::Cart;
use crate::catalogue::{COMPLIMENTARY, COMPLIMENTARY_FROM, Catalogue};

/// Adds or removes the complimentary product, in the same update.
pub fn apply(cart: &mut Cart, catalogue: &Catalogue) {
    if cart.subtotal() < COMPLIMENTARY_FROM {
        cart.remove(COMPLIMENTARY);
    } else if let Some(product) = catalogue.product(COMPLIMENTARY) {
        cart.add(product);
    }
}
