//! 4xx when nothing has changed, 5xx when that is not known. Stripe's words never reach the customer.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::gate::Plan;
use crate::shop::{Setup, Shop};

const PATH: &str = "/change-subscription-interval";

fn yearly() -> serde_json::Value {
    json!({ "interval": "yearly" })
}

const API_ERROR: &str = r#"{"error":{"type":"api_error","message":"stripe is on fire"}}"#;
const REFUSAL: &str = r#"{"error":{"type":"invalid_request_error","code":"x","message":"stripe does not like it"}}"#;
const RATE_LIMIT: &str = r#"{"error":{"type":"invalid_request_error","code":"rate_limit","message":"stripe is busy"}}"#;
const KEY_IN_USE: &str = r#"{"error":{"type":"idempotency_error","message":"stripe has seen it with other words"}}"#;

#[tokio::test]
async fn what_stripe_says_becomes_a_status_that_says_whether_something_changed() {
    let shop = Shop::open().await;
    for (plan, status) in [
        (Plan::Answer(400, REFUSAL), 400),
        (Plan::Answer(404, REFUSAL), 400),
        (Plan::Answer(401, REFUSAL), 424),
        (Plan::Answer(429, RATE_LIMIT), 429),
        (Plan::Answer(409, REFUSAL), 502),
        (Plan::Answer(400, KEY_IN_USE), 502),
        (Plan::Answer(500, API_ERROR), 502),
        (Plan::Answer(503, "<html>stripe</html>"), 502),
        (Plan::Drop, 502),
        (Plan::Lose, 502),
    ] {
        let customer = shop.customer("subscription").await;
        shop.gate.plan([plan]);
        let reply = shop.update(&customer, PATH, yearly(), Some("one")).await;
        reply.assert_error(status);
        assert_eq!(reply.header("retry-after"), if status == 429 { "1" } else { "" });
    }
}

#[tokio::test]
async fn a_repeat_of_what_is_in_doubt_clears_the_doubt() {
    let shop = Shop::open().await;
    for plan in [Plan::Drop, Plan::Lose, Plan::Answer(409, REFUSAL), Plan::Answer(503, API_ERROR)] {
        let customer = shop.customer("subscription").await;
        shop.gate.plan([plan]);
        shop.update(&customer, PATH, yearly(), Some("one")).await.assert_error(502);
        shop.update(&customer, PATH, yearly(), Some("one")).await.assert_success();
        assert_eq!(shop.session(&customer).await["amount_total"], 12_000);
    }
    // Rate limited, nothing was done: the repeat is a first try.
    let customer = shop.customer("subscription").await;
    shop.gate.plan([Plan::Answer(429, RATE_LIMIT)]);
    shop.update(&customer, PATH, yearly(), Some("one")).await.assert_error(429);
    shop.update(&customer, PATH, yearly(), Some("one")).await.assert_success();
}

#[tokio::test]
async fn a_repeat_that_is_rate_limited_stays_in_doubt() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    shop.gate.plan([Plan::Drop, Plan::Answer(429, RATE_LIMIT)]);
    shop.update(&customer, PATH, yearly(), Some("one")).await.assert_error(502);
    shop.update(&customer, PATH, yearly(), Some("one")).await.assert_error(502);
    shop.update(&customer, PATH, yearly(), Some("one")).await.assert_success();
}

#[tokio::test]
async fn silence_is_a_timeout_and_the_customer_learns_of_it_in_time() {
    let setup = Setup { stripe_limit: Duration::from_millis(300), ..Setup::default() };
    let shop = Shop::open_with(setup).await;
    let customer = shop.customer("subscription").await;
    shop.gate.plan([Plan::Silence]);
    shop.update(&customer, PATH, yearly(), Some("one")).await.assert_error(504);
    shop.update(&customer, PATH, yearly(), Some("one")).await.assert_success();
}

#[tokio::test]
async fn a_turn_that_never_comes_says_what_is_known() {
    let setup = Setup { stripe_limit: Duration::from_millis(300), ..Setup::default() };
    let shop = Shop::open_with(setup).await;
    let customer = shop.customer("subscription").await;
    let gift = json!({ "product_id": "gift_wrap" });
    shop.update(&customer, "/update-custom-amount", gift.clone(), Some("made")).await.assert_success();
    shop.gate.plan([Plan::Drop]);
    shop.update(&customer, PATH, yearly(), Some("in doubt")).await.assert_error(502);
    let _turn = shop.server().app.locks.turn(&customer.session).await;
    shop.update(&customer, PATH, yearly(), Some("new")).await.assert_error(429);
    shop.update(&customer, PATH, yearly(), Some("in doubt")).await.assert_error(504);
    shop.update(&customer, PATH, json!({ "interval": "monthly" }), Some("in doubt")).await.assert_error(409);
    shop.update(&customer, "/update-custom-amount", gift, Some("made")).await.assert_success();
}

#[tokio::test]
async fn stripe_is_given_15_seconds() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    shop.gate.plan([Plan::Silence]);
    let start = Instant::now();
    shop.update(&customer, PATH, yearly(), None).await.assert_error(504);
    let took = start.elapsed();
    assert!((15.0..17.0).contains(&took.as_secs_f64()), "{took:?}");
}

#[tokio::test]
async fn the_next_update_first_finds_out_how_the_last_one_ended() {
    for (plan, what) in [(Plan::Drop, "applied"), (Plan::Lose, "never arrived")] {
        let shop = Shop::open().await;
        let customer = shop.customer("subscription").await;
        shop.gate.plan([plan]);
        shop.update(&customer, PATH, yearly(), Some("one")).await.assert_error(502);
        let intent = json!({ "product_id": "gift_wrap" });
        shop.update(&customer, "/update-custom-amount", intent, Some("two")).await.assert_success();
        // Neither is lost, and the first cannot undo the second later.
        assert_eq!(shop.session(&customer).await["amount_total"], 12_500, "{what}");
        assert_eq!(shop.gate.updates().len(), 3, "{what}");
        shop.update(&customer, PATH, yearly(), Some("one")).await.assert_success();
        assert_eq!(shop.gate.updates().len(), 3, "{what}");
    }
}

#[tokio::test]
async fn while_the_last_one_is_in_doubt_nothing_else_is_done() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    shop.gate.plan([Plan::Lose, Plan::Lose]);
    shop.update(&customer, PATH, yearly(), Some("one")).await.assert_error(502);
    let intent = json!({ "product_id": "gift_wrap" });
    shop.update(&customer, "/update-custom-amount", intent.clone(), Some("two")).await.assert_error(424);
    shop.update(&customer, "/update-custom-amount", intent, Some("two")).await.assert_success();
    assert_eq!(shop.session(&customer).await["amount_total"], 12_500);
}

#[tokio::test]
async fn what_stripe_would_say_for_ever_does_not_block_the_session() {
    for last in [Plan::Answer(500, API_ERROR), Plan::Answer(400, KEY_IN_USE)] {
        let shop = Shop::open().await;
        let customer = shop.customer("subscription").await;
        shop.gate.plan([Plan::Answer(500, API_ERROR), last]);
        shop.update(&customer, PATH, yearly(), Some("one")).await.assert_error(502);
        let intent = json!({ "product_id": "gift_wrap" });
        shop.update(&customer, "/update-custom-amount", intent, Some("two")).await.assert_success();
        // Its outcome stays unknown, and it is not tried again behind the customer's back.
        shop.update(&customer, PATH, yearly(), Some("one")).await.assert_error(500);
        assert_eq!(shop.session(&customer).await["amount_total"], 1_700);
        assert_eq!(shop.gate.updates().len(), 3);
    }
}

#[tokio::test]
async fn a_page_is_not_told_to_repeat_what_ends_in_the_same_way() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    shop.gate.plan([Plan::Answer(500, API_ERROR), Plan::Answer(500, API_ERROR)]);
    // 502 may be repeated, as docs/idempotency.md says; 500 may not.
    for status in [502, 500, 500] {
        shop.update(&customer, PATH, yearly(), Some("one")).await.assert_error(status);
    }
    assert_eq!(shop.gate.updates().len(), 2);
}

#[tokio::test]
async fn a_gateway_that_fails_twice_leaves_the_doubt() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    shop.gate.plan([Plan::Answer(503, API_ERROR), Plan::Answer(503, API_ERROR)]);
    shop.update(&customer, PATH, yearly(), Some("one")).await.assert_error(502);
    // Such an answer is not kept under the key, so the first request may still be on its way.
    let intent = json!({ "product_id": "gift_wrap" });
    shop.update(&customer, "/update-custom-amount", intent, Some("two")).await.assert_error(424);
    shop.update(&customer, PATH, yearly(), Some("one")).await.assert_success();
    assert_eq!(shop.session(&customer).await["amount_total"], 12_000);
}

#[tokio::test]
async fn where_the_session_cannot_be_read_nothing_has_changed() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    shop.gate.set_down(true);
    shop.update(&customer, PATH, yearly(), Some("one")).await.assert_error(424);
    let query = format!("/session?checkout_session_id={}", customer.session);
    shop.get(&query, &[("cookie", &customer.cookie)]).await.assert_error(502);
    shop.try_customer("goods", "").await.0.assert_error(502);
    assert_eq!(shop.left().await, 24, "nothing is held for a session that was not made");
    shop.gate.set_down(false);
    shop.update(&customer, PATH, yearly(), Some("one")).await.assert_success();
}

#[tokio::test]
async fn an_update_goes_on_when_the_page_goes_away() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    let (plan, held) = Plan::hold();
    shop.gate.plan([plan]);
    let body = json!({ "checkout_session_id": customer.session, "interval": "yearly" }).to_string();
    let mut page = tokio::net::TcpStream::connect(shop.server().address).await.unwrap();
    let request = format!(
        "POST {PATH} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\norigin: {}\r\ncookie: {}\r\ncontent-type: application/json\r\n\
         idempotency-key: one\r\ncontent-length: {}\r\n\r\n{body}",
        shop.config.port,
        shop.origin(),
        customer.cookie,
        body.len()
    );
    tokio::io::AsyncWriteExt::write_all(&mut page, request.as_bytes()).await.unwrap();
    shop.gate.wait_for_updates(1).await;
    drop(page);
    // As the browser's own repeat of the request: it joins the first.
    let repeat = shop.update(&customer, PATH, yearly(), Some("one"));
    let release = async { drop(held.release()) };
    let (reply, ()) = tokio::join!(repeat, release);
    reply.assert_success();
    assert_eq!(shop.gate.updates().len(), 1);
    assert_eq!(shop.session(&customer).await["amount_total"], 12_000);
}

#[tokio::test]
async fn doubt_after_doubt_applies_nothing_twice() {
    let shop = Shop::open().await;
    let customer = shop.customer("goods").await;
    let lamp = shop.ids(&customer).await.remove(0);
    for round in 0..40_u32 {
        let quantity = round % 9 + 1;
        if round % 2 == 0 {
            shop.gate.plan([if round % 4 == 0 { Plan::Drop } else { Plan::Lose }]);
        }
        let intent = json!({ "line_item": lamp, "quantity": quantity });
        let key = format!("round-{round}");
        let first = shop.update(&customer, "/update-line-item-quantity", intent.clone(), Some(&key)).await;
        if first.status != 200 {
            shop.update(&customer, "/update-line-item-quantity", intent, Some(&key)).await.assert_success();
        }
        assert_eq!(shop.items(&customer).await[0], ("Desk lamp".to_owned(), u64::from(quantity)));
        assert_eq!(shop.left().await, 24 - quantity);
    }
}
