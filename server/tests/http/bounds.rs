//! What one visitor and one address may take.

use std::num::NonZeroU32;
use std::sync::Arc;

use checkout_updates_server::config::Database;
use serde_json::json;
use tokio::task::JoinSet;

use crate::gate::Plan;
use crate::shop::{Setup, Shop};

const ADD: &str = "/update-custom-amount";

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

/// A visitor's updates are counted, all sessions together, and what ended is kept short.
async fn so_many_updates_are_remembered(database: Option<Database>) -> Shop {
    let shop = Shop::open_with(Setup { updates_of_visitor: 5, database, ..Setup::default() }).await;
    let customer = shop.customer("subscription").await;
    let wrap = |selected: bool| json!({ "product_id": "gift_wrap", "selected": selected });
    for number in 0..5 {
        shop.update(&customer, ADD, wrap(number % 2 == 0), Some(&number.to_string())).await.assert_success();
    }
    let before = shop.gate.updates().len();
    shop.update(&customer, ADD, wrap(false), Some("5")).await.assert_error(429);
    let again = shop.try_customer("subscription", &customer.cookie).await.1.unwrap();
    shop.update(&again, ADD, wrap(true), None).await.assert_error(429);
    assert_eq!(shop.gate.updates().len(), before, "Stripe was told");
    // What was made is answered again, and others are served.
    shop.update(&customer, ADD, wrap(true), Some("0")).await.assert_success();
    let other = shop.customer("subscription").await;
    shop.update(&other, ADD, wrap(true), None).await.assert_success();
    shop
}

#[tokio::test]
async fn a_visitor_makes_as_many_updates_as_are_remembered() {
    let shop = so_many_updates_are_remembered(None).await;
    let file = shop.config.www.parent().unwrap().join("data/test.sqlite3");
    let database = rusqlite::Connection::open(file).unwrap();
    let kept = "SELECT count(*), count(request), count(status) FROM updates";
    let kept = database.query_row(kept, [], |row| <(u32, u32, u32)>::try_from(row));
    assert_eq!(kept.unwrap(), (6, 0, 6), "a request is kept after its end");
}

#[cfg(unix)]
#[tokio::test]
async fn a_visitor_makes_as_many_updates_at_several_servers() {
    use checkout_updates_server::secret::Secret;

    let cluster = crate::cluster::Cluster::start();
    let url = cluster.url();
    let database = Database::Postgres { url: Secret::new(url.clone()), connections: 6 };
    let _shop = so_many_updates_are_remembered(Some(database)).await;
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let kept = client.query_one("SELECT count(*), count(request), count(status) FROM updates", &[]).await.unwrap();
    assert_eq!([0, 1, 2].map(|column| kept.get::<_, i64>(column)), [6, 0, 6], "a request is kept after its end");
}

#[tokio::test]
async fn an_address_makes_so_many_updates() {
    let updates = NonZeroU32::new(1).unwrap();
    let shop = Shop::open_with(Setup { updates, ..Setup::default() }).await;
    // What is somebody else's is not carried out, and is counted all the same.
    let (owner, other) = (shop.customer("subscription").await, shop.customer("subscription").await);
    let thief = crate::shop::Customer { cookie: other.cookie, session: owner.session.clone() };
    let mut answers = Vec::new();
    while answers.last() != Some(&429) && answers.len() < 3_000 {
        answers.push(shop.update(&thief, ADD, json!({ "product_id": "gift_wrap" }), None).await.status);
    }
    // What an address may do at once; a few come back while they are made.
    assert!((2_001..2_100).contains(&answers.len()), "{}", answers.len());
    shop.update(&owner, ADD, json!({ "product_id": "gift_wrap" }), None).await.assert_error(429);
}

#[tokio::test]
async fn a_visitor_has_so_many_updates_at_once() {
    let shop = Arc::new(Shop::open().await);
    let (customer, other) = (shop.customer("subscription").await, shop.customer("subscription").await);
    let (plan, held) = Plan::hold();
    shop.gate.plan([plan]);
    let intent = json!({ "product_id": "gift_wrap" });
    let mut many = JoinSet::new();
    for number in 0..40 {
        let key = if number < 20 { "same".to_owned() } else { number.to_string() };
        let (shop, customer, intent) = (Arc::clone(&shop), customer.clone(), intent.clone());
        many.spawn(async move { shop.update(&customer, ADD, intent, Some(&key)).await.status });
    }
    shop.gate.wait_for_updates(1).await;
    shop.update(&other, ADD, intent.clone(), None).await.assert_success();
    // While the first is under way, the others wait or have been refused.
    while !shop.get("/metrics", &[]).await.text().contains("outcome=\"busy\"} 8") {}
    held.release().await.unwrap();
    let statuses = many.join_all().await;
    let count = |wanted| statuses.iter().filter(|status| **status == wanted).count();
    assert_eq!((count(200), count(429)), (32, 8), "{statuses:?}");
}
