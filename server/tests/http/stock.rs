//! Stock is held while a session may be paid for, and never sold twice.

use axum::http::Method;
use checkout_updates_server::holds::{HOLD_SECONDS, sweep};
use serde_json::{Value, json};

use crate::gate::Plan;
use crate::shop::{Customer, Setup, Shop};

const PATH: &str = "/update-line-item-quantity";

async fn open(stock: u32) -> Shop {
    Shop::open_with(Setup { stock, ..Setup::default() }).await
}

async fn lamp(shop: &Shop, customer: &Customer) -> String {
    shop.ids(customer).await.remove(0)
}

async fn set(shop: &Shop, customer: &Customer, quantity: u32) -> crate::shop::Reply {
    let item = lamp(shop, customer).await;
    shop.update(customer, PATH, json!({ "line_item": item, "quantity": quantity }), None).await
}

#[tokio::test]
async fn what_is_held_by_others_cannot_be_had() {
    let shop = open(5).await;
    let (one, two) = (shop.customer("goods").await, shop.customer("goods").await);
    set(&shop, &one, 3).await.assert_success();
    let reply = set(&shop, &two, 3).await;
    reply.assert_error(400);
    assert_eq!(reply.json()["message"], "Only 2 of these are left.");
    assert_eq!(shop.items(&two).await[0].1, 1);
    set(&shop, &two, 2).await.assert_success();
    let (reply, none) = shop.try_customer("goods", "").await;
    reply.assert_error(400);
    assert_eq!((reply.json()["message"].as_str(), none.is_none()), (Some("This is sold out at the moment."), true));
    // One gives some back, the other can have it.
    set(&shop, &one, 1).await.assert_success();
    set(&shop, &two, 4).await.assert_success();
    assert_eq!(shop.left().await, 0);
}

#[tokio::test]
async fn two_hundred_updates_on_ten_units_sell_exactly_ten() {
    // 200 customers with one each, 10 more in stock, and everybody wants a second one.
    let shop = std::sync::Arc::new(open(210).await);
    let mut customers = Vec::new();
    for _ in 0..200 {
        customers.push(shop.customer("goods").await);
    }
    assert_eq!(shop.left().await, 10);
    let mut updates = tokio::task::JoinSet::new();
    for customer in customers.clone() {
        let shop = std::sync::Arc::clone(&shop);
        updates.spawn(async move { set(&shop, &customer, 2).await.status });
    }
    let answers = updates.join_all().await;
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 10);
    assert_eq!(answers.iter().filter(|status| **status == 400).count(), 190);
    assert_eq!(shop.left().await, 0);
    let mut sold = 0;
    for customer in &customers {
        sold += shop.items(customer).await[0].1;
    }
    assert_eq!(sold, 210);
}

#[tokio::test]
async fn carts_that_are_opened_at_once_share_what_there_is() {
    let shop = std::sync::Arc::new(open(10).await);
    let mut carts = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let shop = std::sync::Arc::clone(&shop);
        carts.spawn(async move { shop.try_customer("goods", "").await.0.status });
    }
    let answers = carts.join_all().await;
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 10);
    assert_eq!(shop.left().await, 0);
}

#[tokio::test]
async fn in_doubt_the_larger_number_is_held() {
    let shop = open(5).await;
    let (one, two) = (shop.customer("goods").await, shop.customer("goods").await);
    set(&shop, &one, 3).await.assert_success();
    let item = lamp(&shop, &one).await;
    let intent = |quantity| json!({ "line_item": item, "quantity": quantity });
    // Less, but it never arrived: three are still in the session.
    shop.gate.plan([Plan::Lose]);
    shop.update(&one, PATH, intent(1), Some("less")).await.assert_error(502);
    set(&shop, &two, 3).await.assert_error(400);
    shop.update(&one, PATH, intent(1), Some("less")).await.assert_success();
    set(&shop, &two, 3).await.assert_success();
    // More, and it was refused: nothing more is held.
    let refusal = r#"{"error":{"type":"invalid_request_error"}}"#;
    shop.gate.plan([Plan::Answer(400, refusal)]);
    shop.update(&one, PATH, intent(2), None).await.assert_error(400);
    assert_eq!(shop.left().await, 1);
}

#[tokio::test]
async fn a_hold_lasts_30_minutes_and_its_session_ends_with_it() {
    let shop = open(5).await;
    let customer = shop.customer("goods").await;
    let clock = &shop.app().clock;
    clock.advance(HOLD_SECONDS - 60);
    sweep(shop.app()).await;
    assert_eq!(shop.left().await, 4);
    // Who changes the quantity holds more, and not for longer.
    set(&shop, &customer, 2).await.assert_success();
    assert_eq!(shop.left().await, 3);
    clock.advance(60);
    sweep(shop.app()).await;
    assert_eq!(shop.left().await, 5);
    // Otherwise it could still be paid for, and sold twice.
    assert_eq!(shop.session(&customer).await["status"], "expired");
}

#[tokio::test]
async fn a_hold_stays_while_nobody_knows_whether_it_was_paid_for() {
    let shop = open(5).await;
    let customer = shop.customer("goods").await;
    shop.app().clock.advance(HOLD_SECONDS);
    shop.gate.set_down(true);
    sweep(shop.app()).await;
    assert_eq!(shop.left().await, 4);
    shop.gate.set_down(false);
    // It was paid for in the last moment; the webhook is not here yet.
    shop.pay(&customer).await;
    sweep(shop.app()).await;
    assert_eq!(shop.left().await, 4, "sold");
}

#[tokio::test]
async fn a_visitor_who_starts_again_gives_back_what_was_held() {
    let shop = open(1).await;
    let first = shop.customer("goods").await;
    assert_eq!(shop.left().await, 0);
    let second = shop.try_customer("goods", &first.cookie).await.1.unwrap();
    assert_ne!(first.session, second.session);
    assert_eq!(shop.session(&first).await["status"], "expired");
    assert_eq!(shop.left().await, 0);
    // A plan needs no stock, so the goods stay.
    shop.try_customer("subscription", &first.cookie).await.1.unwrap();
    assert_eq!(shop.session(&second).await["status"], "open");
}

#[tokio::test]
async fn stock_and_holds_survive_a_restart() {
    let mut shop = open(5).await;
    let (one, two) = (shop.customer("goods").await, shop.customer("goods").await);
    set(&shop, &one, 3).await.assert_success();
    shop.restart().await;
    assert_eq!(shop.left().await, 1);
    set(&shop, &two, 3).await.assert_error(400);
    shop.config.stock = 1_000;
    shop.restart().await;
    assert_eq!(shop.left().await, 1, "stock is put in once");
    set(&shop, &two, 2).await.assert_success();
}

#[tokio::test]
async fn a_product_added_by_an_offer_is_held_too() {
    let shop = open(1).await;
    let one = shop.customer("subscription").await;
    let two = shop.customer("subscription").await;
    let intent: Value = json!({ "product_id": "desk_lamp" });
    shop.update(&one, "/add-cross-sell", intent.clone(), None).await.assert_success();
    shop.update(&two, "/add-cross-sell", intent.clone(), None).await.assert_error(400);
    shop.update(&one, "/remove-cross-sell", intent.clone(), None).await.assert_success();
    shop.update(&two, "/add-cross-sell", intent, None).await.assert_success();
    shop.stripe(Method::POST, &format!("/v1/checkout/sessions/{}/expire", two.session), "").await;
}
