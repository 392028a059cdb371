//! What one visitor and one address may take.

use std::num::NonZeroU32;

use serde_json::json;

use crate::gate::Plan;
use crate::shop::{Setup, Shop};

#[tokio::test]
async fn an_address_does_not_get_every_lamp() {
    let shop = Shop::open_with(Setup { holds_of_address: 10, ..Setup::default() }).await;
    // Without a cookie everyone is a new visitor.
    let mut answers = Vec::new();
    for _ in 0..19 {
        answers.push(shop.try_customer("goods", "").await.0);
    }
    assert_eq!(answers.iter().filter(|reply| reply.status == 200).count(), 10);
    answers[18].assert_error(429);
    assert_eq!(shop.left().await, 14);
}

#[tokio::test]
async fn a_visitor_holds_ten_at_most() {
    let shop = Shop::open().await;
    let first = shop.customer("goods").await;
    let lamp = shop.ids(&first).await.remove(0);
    let path = "/update-line-item-quantity";
    shop.update(&first, path, json!({ "line_item": lamp, "quantity": 10 }), None).await.assert_success();
    let second = shop.try_customer("subscription", &first.cookie).await.1.unwrap();
    let add = json!({ "product_id": "desk_lamp" });
    shop.update(&second, "/add-cross-sell", add.clone(), None).await.assert_error(429);
    shop.update(&first, path, json!({ "line_item": lamp, "quantity": 9 }), None).await.assert_success();
    shop.update(&second, "/add-cross-sell", add, None).await.assert_success();
}

#[tokio::test]
async fn an_address_creates_so_many_sessions_and_is_told_when_to_come_back() {
    let creations = NonZeroU32::new(5).unwrap();
    let shop = Shop::open_with(Setup { creations, ..Setup::default() }).await;
    for _ in 0..5 {
        shop.customer("subscription").await;
    }
    let (reply, none) = shop.try_customer("subscription", "").await;
    reply.assert_error(429);
    assert!(none.is_none() && reply.header("retry-after").parse::<u64>().unwrap() >= 1);
}

#[tokio::test]
async fn another_visitors_requests_neither_wait_for_the_sessions_turn_nor_reach_stripe() {
    let shop = Shop::open().await;
    let (owner, other) = (shop.customer("subscription").await, shop.customer("subscription").await);
    let (plan, held) = Plan::hold();
    shop.gate.plan([plan]);
    let thief = crate::shop::Customer { cookie: other.cookie, session: owner.session.clone() };
    let intent = json!({ "interval": "yearly" });
    let path = "/change-subscription-interval";
    let others = async {
        shop.gate.wait_for_updates(1).await;
        let before = shop.gate.seen().len();
        // The owner's update is under way, and has the turn.
        for _ in 0..200 {
            shop.update(&thief, path, intent.clone(), None).await.assert_error(403);
        }
        assert_eq!(shop.gate.seen().len(), before, "Stripe was asked");
        held.release().await.unwrap();
    };
    let (reply, ()) = tokio::join!(shop.update(&owner, path, intent.clone(), None), others);
    reply.assert_success();
}
