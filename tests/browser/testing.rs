//! The stand-ins of the feature `testing`, with the API for pages in Rust.

use checkout_updates::testing::{FakeStripe, respond};
use checkout_updates::{Endpoint, Options, Outcome, PayOutcome, Updates};
use js_sys::Promise;
use wasm_bindgen::prelude::{JsCast, wasm_bindgen};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen]
extern "C" {
    type Pays;

    #[wasm_bindgen(method)]
    fn confirm(this: &Pays) -> Promise;
}

fn open(status: u16, body: &str) -> (FakeStripe, Endpoint<()>, Updates) {
    let remove_gift = Endpoint::<()>::new("/remove-gift");
    let options = Options::new().endpoint("removeGift", &remove_gift).fetch(respond(status, body));
    (FakeStripe::new("cs_test_a1"), remove_gift, Updates::new(options).unwrap())
}

#[wasm_bindgen_test]
async fn an_update_succeeds_and_is_counted() {
    let (stripe, remove_gift, updates) = open(200, "{}");
    let outcome = updates.run(stripe.actions(), &remove_gift, ()).await;
    let Outcome::Success { session, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!((session.id().as_deref(), stripe.updates()), (Some("cs_test_a1"), 1));
}

#[wasm_bindgen_test]
async fn a_refusal_and_a_failed_refresh_are_told() {
    let (stripe, remove_gift, updates) = open(400, r#"{"error":"Sold out today."}"#);
    let outcome = updates.run(stripe.actions(), &remove_gift, ()).await;
    let Outcome::Error { failure, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!((failure.kind.name(), failure.message.as_str()), ("refused", "Sold out today."));
    let (stripe, remove_gift, updates) = open(200, "{}");
    stripe.set_fails_to_refresh(true);
    let outcome = updates.run(stripe.actions(), &remove_gift, ()).await;
    let Outcome::Error { failure, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!((failure.kind.name(), failure.applied.name()), ("refresh_failed", "yes"));
    updates.dispose();
}

#[wasm_bindgen_test]
async fn a_payment_is_confirmed_and_a_complete_session_takes_none() {
    let (stripe, remove_gift, updates) = open(200, "{}");
    let pay = || updates.pay(stripe.actions(), |actions| actions.unchecked_ref::<Pays>().confirm(), None);
    assert!(matches!(pay().await, Ok(PayOutcome::Confirmed { .. })));
    assert_eq!(stripe.payments(), 1);
    stripe.complete("cs_test_a1");
    assert!(matches!(pay().await, Ok(PayOutcome::Blocked { .. })));
    let outcome = updates.run(stripe.actions(), &remove_gift, ()).await;
    let Outcome::Error { failure, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!((failure.kind.name(), stripe.payments(), stripe.updates()), ("session_closed", 1, 0));
}
