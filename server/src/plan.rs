//! From what the customer chose to what Stripe is told: the endpoint's change, and what follows from it.

use checkout_updates::intent::Intent;

use crate::answer::Answer;
use crate::app::App;
use crate::cart::Cart;
use crate::endpoints::{Change, Endpoint};
use crate::rules::shipping::{Recipient, Speed};
use crate::rules::{complimentary, shipping};
use crate::stripe::Form;
use crate::stripe::types::Session;

/// The note on a session that says whose it is.
pub const VISITOR_NOTE: &str = "visitor";
/// The note on a session that says which cart it was.
pub const CART_NOTE: &str = "cart";
/// The note on a session that says how fast to ship.
pub const SPEED_NOTE: &str = "shipping_speed";

/// What an update does.
#[derive(Debug)]
pub struct Planned {
    /// For Stripe; empty when nothing changes there.
    pub form: Form,
    /// How many of each stocked product the session will have.
    pub stocked: Vec<(String, u32)>,
}

/// Works an update out.
///
/// # Errors
///
/// The answer for the customer, when the shop does not do this.
pub fn plan(app: &App, endpoint: &Endpoint, intent: &Intent, session: &Session) -> Result<Planned, Answer> {
    let items = session.line_items.as_ref().map(|items| items.data.as_slice()).unwrap_or_default();
    let noted_speed = session.note(SPEED_NOTE).and_then(Speed::parse);
    let mut change = Change {
        catalogue: &app.catalogue,
        cart: Cart::of(items, &app.catalogue),
        speed: (session.mode == "payment").then_some(noted_speed.unwrap_or(Speed::Standard)),
        recipient: None,
    };
    (endpoint.apply)(intent, &mut change)?;
    complimentary::apply(&mut change.cart, &app.catalogue);
    if change.cart.is_empty() {
        return Err(Answer::refused("At least one item has to stay in the order."));
    }
    let new_address = change.recipient.as_ref().map(Recipient::address);
    let address = new_address.as_ref().or(session.address());
    if !session.has_stripe_tax() && !app.taxes.is_empty() {
        change.cart.set_tax_rates(app.taxes.rates(address));
    }

    let mut form = Form::new();
    if change.cart.is_changed() {
        change.cart.transmit(&mut form);
    }
    if let Some(speed) = change.speed {
        let offers = shipping::offers(address, change.cart.subtotal(), speed);
        if noted_speed != Some(speed) || !shipping::are_current(&offers, &session.shipping_options) {
            shipping::transmit(&offers, &mut form);
            form.add(format!("metadata[{SPEED_NOTE}]"), speed.word());
        }
    }
    if let Some(recipient) = change.recipient.filter(|_| session.takes_address()) {
        recipient.transmit(&mut form);
    }
    Ok(Planned { form, stocked: stocked(app, &change.cart) })
}

/// How many of each stocked product are in a cart.
#[must_use]
pub fn stocked(app: &App, cart: &Cart) -> Vec<(String, u32)> {
    app.catalogue.stocked().iter().map(|product| ((*product).to_owned(), cart.quantity_of(product))).collect()
}
