//! Holds end when Stripe says that the session is over.

use axum::http::Method;
use checkout_updates_sandbox::signature;
use serde_json::json;

use crate::shop::{Customer, Reply, Setup, Shop, WEBHOOK_SECRET};

async fn tell(shop: &Shop, customer: &Customer, kind: &str, secret: &str, age: i64) -> Reply {
    let event = json!({ "type": kind, "data": { "object": { "id": customer.session } } }).to_string();
    let signature = signature(secret, &event, shop.app().clock.now() - age);
    shop.post("/webhook", &[("stripe-signature", &signature)], event).await
}

/// Waits until the server has heard from the sandbox.
async fn heard(shop: &Shop, left: u32, held: u32) {
    let settled = async {
        loop {
            let mut holding = 0;
            for customer in shop.app().store.lapsed(i64::MAX).await.unwrap() {
                holding += shop.app().store.held(&customer, "desk_lamp").await.unwrap();
            }
            if (shop.left().await, holding) == (left, held) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(10), settled).await.unwrap();
}

#[tokio::test]
async fn what_was_paid_for_is_sold_and_what_expired_is_free_again() {
    let shop = Shop::open_with(Setup { stock: 5, ..Setup::default() }).await;
    let (buyer, leaver) = (shop.customer("goods").await, shop.customer("goods").await);
    for customer in [&buyer, &leaver] {
        let item = shop.ids(customer).await.remove(0);
        let intent = json!({ "line_item": item, "quantity": 2 });
        shop.update(customer, "/update-line-item-quantity", intent, None).await.assert_success();
    }
    assert_eq!(shop.left().await, 1);
    // The sandbox tells the server by itself.
    shop.pay(&buyer).await;
    heard(&shop, 1, 2).await;
    shop.stripe(Method::POST, &format!("/v1/checkout/sessions/{}/expire", leaver.session), "").await;
    heard(&shop, 3, 0).await;
    // Stripe may tell more than once: it is sold once.
    assert_eq!(tell(&shop, &buyer, "checkout.session.completed", WEBHOOK_SECRET, 0).await.status, 200);
    assert_eq!(tell(&shop, &leaver, "checkout.session.expired", WEBHOOK_SECRET, 0).await.status, 200);
    assert_eq!(shop.left().await, 3);
}

#[tokio::test]
async fn nobody_else_is_believed() {
    let shop = Shop::open().await;
    let customer = shop.customer("goods").await;
    for (secret, age, status) in
        [("whsec_wrong", 0, 400), (WEBHOOK_SECRET, 301, 400), (WEBHOOK_SECRET, -301, 400), (WEBHOOK_SECRET, 299, 200)]
    {
        assert_eq!(tell(&shop, &customer, "checkout.session.expired", secret, age).await.status, status);
    }
    assert_eq!(shop.post("/webhook", &[], "{}").await.status, 400);
    // It was signed, but the session is open: Stripe is asked what is true.
    assert_eq!(shop.left().await, 23);
}

#[tokio::test]
async fn what_cannot_be_looked_up_is_to_be_told_again() {
    let shop = Shop::open().await;
    let customer = shop.customer("goods").await;
    shop.gate.set_down(true);
    assert_eq!(tell(&shop, &customer, "checkout.session.completed", WEBHOOK_SECRET, 0).await.status, 503);
    shop.gate.set_down(false);
    assert_eq!(tell(&shop, &customer, "checkout.session.completed", WEBHOOK_SECRET, 0).await.status, 200);
    assert_eq!(tell(&shop, &customer, "invoice.paid", WEBHOOK_SECRET, 0).await.status, 200);
}
