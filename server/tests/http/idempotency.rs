//! Saying it twice is safe.

use serde_json::json;

use crate::gate::Plan;
use crate::shop::{Customer, Shop};

const PATH: &str = "/update-custom-amount";

#[tokio::test]
async fn a_repeated_key_replays_without_asking_stripe_again() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    let on = json!({ "product_id": "gift_wrap", "selected": true });
    shop.update(&customer, PATH, on.clone(), Some("one")).await.assert_success();
    shop.update(&customer, PATH, json!({ "product_id": "gift_wrap", "selected": false }), Some("two"))
        .await
        .assert_success();
    let seen = shop.gate.seen().len();
    shop.update(&customer, PATH, on, Some("one")).await.assert_success();
    assert_eq!(shop.gate.seen().len(), seen);
    assert_eq!(shop.items(&customer).await.len(), 1, "the replay did not add it again");
}

#[tokio::test]
async fn a_refusal_is_replayed_too() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    let body = r#"{"error":{"type":"invalid_request_error","message":"No such price"}}"#;
    shop.gate.plan([Plan::Answer(400, body)]);
    let intent = json!({ "product_id": "gift_wrap" });
    shop.update(&customer, PATH, intent.clone(), Some("one")).await.assert_error(400);
    shop.update(&customer, PATH, intent.clone(), Some("one")).await.assert_error(400);
    assert_eq!(shop.gate.updates().len(), 1);
    shop.update(&customer, PATH, intent, Some("two")).await.assert_success();
}

#[tokio::test]
async fn a_key_that_is_still_running_is_waited_for_and_answered_alike() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    let (plan, held) = Plan::hold();
    shop.gate.plan([plan]);
    let intent = json!({ "product_id": "gift_wrap" });
    let release = async {
        shop.gate.wait_for_updates(1).await;
        // It is running: another intent under its name is refused, without waiting.
        let other = json!({ "product_id": "warranty" });
        shop.update(&customer, PATH, other, Some("one")).await.assert_error(409);
        held.release();
    };
    let (first, second, third, ()) = tokio::join!(
        shop.update(&customer, PATH, intent.clone(), Some("one")),
        shop.update(&customer, PATH, intent.clone(), Some("one")),
        shop.update(&customer, PATH, intent.clone(), Some("one")),
        release,
    );
    for reply in [first, second, third] {
        reply.assert_success();
    }
    assert_eq!(shop.gate.updates().len(), 1);
    assert_eq!(shop.items(&customer).await.len(), 2);
}

#[tokio::test]
async fn the_same_key_with_another_intent_is_409_and_belongs_to_one_visitor_session_and_endpoint() {
    let shop = Shop::open().await;
    let (customer, other) = (shop.customer("subscription").await, shop.customer("subscription").await);
    let intent = json!({ "product_id": "gift_wrap" });
    shop.update(&customer, PATH, intent.clone(), Some("one")).await.assert_success();
    shop.update(&customer, PATH, json!({ "product_id": "warranty" }), Some("one")).await.assert_error(409);
    let both = json!({ "product_id": "gift_wrap", "selected": true });
    shop.update(&customer, PATH, both, Some("one")).await.assert_error(409);
    assert_eq!(shop.items(&customer).await.len(), 2);

    shop.update(&other, PATH, intent.clone(), Some("one")).await.assert_success();
    assert_eq!(shop.items(&other).await.len(), 2);
    let interval = json!({ "interval": "yearly" });
    shop.update(&customer, "/change-subscription-interval", interval, Some("one")).await.assert_success();
    assert_eq!(shop.session(&customer).await["amount_total"], 12_500);
    // Nobody gets at another visitor's result.
    let thief = Customer { cookie: other.cookie, session: customer.session };
    shop.update(&thief, PATH, intent, Some("one")).await.assert_error(403);
}

#[tokio::test]
async fn keys_are_as_long_as_at_stripe() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    let intent = json!({ "product_id": "gift_wrap" });
    shop.update(&customer, PATH, intent.clone(), Some(&"k".repeat(256))).await.assert_error(400);
    shop.update(&customer, PATH, intent.clone(), Some("")).await.assert_error(400);
    shop.update(&customer, PATH, intent, Some(&"k".repeat(255))).await.assert_success();
}

#[tokio::test]
async fn the_key_for_stripe_is_derived_and_stays_the_same() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    shop.gate.plan([Plan::Drop]);
    let intent = json!({ "product_id": "gift_wrap" });
    shop.update(&customer, PATH, intent.clone(), Some("one")).await.assert_error(502);
    shop.update(&customer, PATH, intent.clone(), Some("one")).await.assert_success();
    let sent = shop.gate.updates();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0].header("idempotency-key"), sent[1].header("idempotency-key"));
    assert_eq!(sent[0].body, sent[1].body);
    assert!(!sent[0].header("idempotency-key").contains("one"));
    assert_eq!(shop.items(&customer).await.len(), 2, "applied once");
}

#[tokio::test]
async fn results_and_keys_survive_a_restart() {
    let mut shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    let intent = json!({ "product_id": "gift_wrap" });
    shop.update(&customer, PATH, intent.clone(), Some("one")).await.assert_success();
    let off = json!({ "product_id": "gift_wrap", "selected": false });
    shop.update(&customer, PATH, off, Some("two")).await.assert_success();
    shop.restart().await;
    let seen = shop.gate.seen().len();
    shop.update(&customer, PATH, intent, Some("one")).await.assert_success();
    assert_eq!(shop.gate.seen().len(), seen, "known from before");
    assert_eq!(shop.items(&customer).await.len(), 1);
}

#[tokio::test]
async fn after_a_restart_an_unfinished_update_is_made_again_under_the_same_key() {
    for (plan, requests) in [(Plan::Drop, "applied before"), (Plan::Lose, "never arrived")] {
        let mut shop = Shop::open().await;
        let customer = shop.customer("subscription").await;
        shop.gate.plan([plan]);
        let intent = json!({ "product_id": "gift_wrap" });
        shop.update(&customer, PATH, intent.clone(), Some("one")).await.assert_error(502);
        shop.restart().await;
        shop.gate.wait_for_updates(2).await;
        let sent = shop.gate.updates();
        assert_eq!(sent[0].header("idempotency-key"), sent[1].header("idempotency-key"), "{requests}");
        assert_eq!(sent[0].body, sent[1].body, "{requests}");
        shop.update(&customer, PATH, intent, Some("one")).await.assert_success();
        assert_eq!(shop.items(&customer).await.len(), 2, "{requests}");
        assert_eq!(shop.gate.updates().len(), 2, "{requests}");
    }
}
