//! Several servers on one PostgreSQL sell one shop; one server on SQLite does the same, where that makes sense.

use std::sync::Arc;
use std::time::Duration;

use checkout_updates_server::config::Database;
use checkout_updates_server::secret::Secret;
use checkout_updates_server::store::{Postgres, Store};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use crate::cluster::Cluster;
use crate::gate::Plan;
use crate::process::{Account, customer as customer_at, failure, post, start};
use crate::shop::{Customer, Setup, Shop, folder};

const QUANTITY: &str = "/update-line-item-quantity";
/// Only to end a test that hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// Hundreds of requests at once are counted here and not timed, also on a machine that has other things to do.
const LIMIT: Duration = Duration::from_secs(60);

/// Three servers, and what they share.
async fn three(stock: u32) -> (Shop, Cluster) {
    let cluster = Cluster::start();
    let url = Secret::new(cluster.url());
    let database = Some(Database::Postgres { url, connections: 24 });
    let setup = Setup { stock, database, stripe_limit: LIMIT, ..Setup::default() };
    let mut shop = Shop::open_with(setup).await;
    shop.add_server().await;
    shop.add_server().await;
    (shop, cluster)
}

async fn one(stock: u32) -> Shop {
    Shop::open_with(Setup { stock, stripe_limit: LIMIT, ..Setup::default() }).await
}

/// So many customers, each with one lamp, made at all servers at once.
async fn customers(shop: &Arc<Shop>, count: usize) -> Vec<Customer> {
    let mut made = JoinSet::new();
    for number in 0..count {
        let shop = Arc::clone(shop);
        made.spawn(async move { shop.customer_at(number, "goods").await });
    }
    made.join_all().await
}

/// 300 customers have one each, there are 10 more, and everybody wants a second one at the same moment.
async fn ten_more_are_sold(shop: Shop) {
    let shop = Arc::new(shop);
    let customers = customers(&shop, 300).await;
    assert_eq!(shop.left().await, 10);
    let mut lamps = Vec::new();
    for customer in &customers {
        lamps.push(shop.ids(customer).await.remove(0));
    }
    let mut updates = JoinSet::new();
    for (number, (customer, lamp)) in customers.iter().cloned().zip(lamps).enumerate() {
        let shop = Arc::clone(&shop);
        updates.spawn(async move {
            let intent = json!({ "line_item": lamp, "quantity": 2 });
            shop.update_at(number, &customer, QUANTITY, intent, None).await.status
        });
    }
    let answers = updates.join_all().await;
    let count = |wanted| answers.iter().filter(|status| **status == wanted).count();
    assert_eq!((count(200), count(400)), (10, 290), "{answers:?}");
    assert_eq!(shop.left().await, 0);
    let mut sold = 0;
    for customer in &customers {
        sold += shop.items(customer).await[0].1;
    }
    assert_eq!(sold, 310);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_servers_sell_exactly_what_there_is() {
    let (shop, _cluster) = three(310).await;
    ten_more_are_sold(shop).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_server_sells_exactly_what_there_is() {
    ten_more_are_sold(one(310).await).await;
}

/// Two add-ons at once, 50 times.
async fn both_add_ons_stay(shop: Shop) {
    for round in 0..50 {
        let customer = shop.customer_at(round, "subscription").await;
        let add = |server, product| {
            let intent = json!({ "product_id": product, "selected": true });
            shop.update_at(server, &customer, "/update-custom-amount", intent, None)
        };
        let (wrap, express) = tokio::join!(add(round, "gift_wrap"), add(round + 1, "express_shipping"));
        wrap.assert_success();
        express.assert_success();
        let mut names = shop.items(&customer).await.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        names.sort();
        assert_eq!(names, ["Express shipping", "Gift wrap", "Team plan"], "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_change_one_session_and_lose_nothing() {
    let (shop, _cluster) = three(0).await;
    both_add_ons_stay(shop).await;
}

#[tokio::test]
async fn one_server_changes_one_session_and_loses_nothing() {
    both_add_ons_stay(one(0).await).await;
}

/// One key at three places, while the first is at Stripe.
async fn one_key_is_made_once(shop: Shop) {
    let customer = shop.customer_at(0, "subscription").await;
    let (plan, held) = Plan::hold();
    shop.gate.plan([plan]);
    let intent = json!({ "product_id": "warranty" });
    let ask = |server| shop.update_at(server, &customer, "/update-custom-amount", intent.clone(), Some("one"));
    let release = async {
        shop.gate.wait_for_updates(1).await;
        held.release().await.unwrap();
    };
    let (first, second, third, ()) = tokio::join!(ask(0), ask(1), ask(2), release);
    for reply in [first, second, third] {
        reply.assert_success();
    }
    assert_eq!(shop.gate.updates().len(), 1);
    let other =
        shop.update_at(1, &customer, "/update-custom-amount", json!({ "product_id": "gift_wrap" }), Some("one"));
    other.await.assert_error(409);
}

#[tokio::test]
async fn one_key_at_three_servers_is_made_once() {
    let (shop, _cluster) = three(0).await;
    one_key_is_made_once(shop).await;
}

#[tokio::test]
async fn who_waits_for_a_turn_in_vain_is_told_in_time_and_keeps_no_connection() {
    let cluster = Cluster::start();
    let url = Secret::new(cluster.url());
    let database = Some(Database::Postgres { url: url.clone(), connections: 6 });
    let setup = Setup { database, stripe_limit: Duration::from_millis(400), ..Setup::default() };
    let shop = Shop::open_with(setup).await;
    let (customer, other) = (shop.customer("subscription").await, shop.customer("subscription").await);
    // Another server has the turn.
    let elsewhere = Postgres::open(&url, 3).await.unwrap();
    let turn = elsewhere.turn(&customer.session, Instant::now() + PATIENCE).await.unwrap();
    let path = "/change-subscription-interval";
    let yearly = json!({ "interval": "yearly" });
    // More than there are connections.
    for _ in 0..6 {
        timeout(PATIENCE, shop.update(&customer, path, yearly.clone(), None)).await.unwrap().assert_error(429);
    }
    shop.update(&other, path, yearly.clone(), None).await.assert_success();
    drop(turn);
    // Whoever had it says so to the database, and that is not awaited here.
    timeout(PATIENCE, async { while shop.update(&customer, path, yearly.clone(), None).await.status != 200 {} })
        .await
        .expect("the turn is not given back");
}

#[tokio::test]
async fn one_key_three_times_at_one_server_is_made_once() {
    one_key_is_made_once(one(0).await).await;
}

#[tokio::test]
async fn what_a_killed_server_leaves_the_others_finish() {
    let cluster = Cluster::start();
    let account = Account::open().await;
    let start_one = || {
        let mut command = account.command();
        command.env("DATABASE_URL", cluster.url());
        start(command)
    };
    let mut programs = [start_one(), start_one(), start_one()];
    let (cookie, session) = customer_at(&programs[0].base).await;
    let (plan, held) = Plan::hold();
    account.gate.plan([plan]);
    let body = json!({ "checkout_session_id": session, "product_id": "gift_wrap" });
    let page = {
        let (base, cookie, body) = (programs[0].base.clone(), cookie.clone(), body.clone());
        tokio::spawn(async move { post(&base, "/update-custom-amount", &cookie, &body).await })
    };
    account.gate.wait_for_updates(1).await;
    // SIGKILL: it says goodbye to nobody.
    programs[0].child.kill().unwrap();
    programs[0].child.wait().unwrap();
    assert!(page.await.is_err(), "no answer");
    // Nobody asks, and it is made all the same, under the key that Stripe knows.
    timeout(PATIENCE, account.gate.wait_for_updates(2)).await.expect("nobody finishes it");
    held.release().await.unwrap();
    let sent = account.gate.updates();
    assert_eq!(sent[0].header("idempotency-key"), sent[1].header("idempotency-key"));
    // The session's turn is free for others.
    let other = json!({ "checkout_session_id": session, "interval": "yearly" });
    timeout(PATIENCE, async {
        while post(&programs[1].base, "/change-subscription-interval", &cookie, &other).await.status != 200 {}
    })
    .await
    .expect("the turn is not free");
    post(&programs[2].base, "/update-custom-amount", &cookie, &body).await.assert_success();
    assert_eq!(account.total(&session).await, 12_500);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_restarted_loses_nothing() {
    const CUSTOMERS: usize = 20;
    let (shop, mut cluster) = three(1_000).await;
    let shop = Arc::new(shop);
    let customers = customers(&shop, CUSTOMERS).await;
    let (begun, mut begins) = tokio::sync::watch::channel(0);
    let mut work = JoinSet::new();
    for (number, customer) in customers.iter().cloned().enumerate() {
        let (shop, begun) = (Arc::clone(&shop), begun.clone());
        work.spawn(async move {
            let lamp = shop.ids(&customer).await.remove(0);
            let mut failures = 0;
            for round in 0..30_usize {
                let intent = json!({ "line_item": lamp, "quantity": round % 9 + 2 });
                let key = format!("round-{round}");
                // As the page does it: again under the same key, at whatever server, until there is an answer.
                loop {
                    let server = number + round + failures;
                    let reply = shop.update_at(server, &customer, QUANTITY, intent.clone(), Some(&key)).await;
                    match reply.status {
                        200 => break,
                        424 | 429 | 500 | 502 | 504 => failures += 1,
                        other => panic!("{other}: {:?}", reply.body),
                    }
                }
                begun.send_modify(|count| *count += 1);
            }
            failures
        });
    }
    begins.wait_for(|count| *count >= CUSTOMERS * 5).await.unwrap();
    cluster.stop();
    // Down, every server says so.
    let sick = shop.get_at(1, "/healthz").await;
    assert_eq!(sick.status, 503);
    cluster.run();
    let failures: usize = timeout(PATIENCE * 4, work.join_all()).await.expect("it does not come back").iter().sum();
    assert!(failures > 0, "nobody noticed");
    for server in 0..3 {
        let well = async { while shop.get_at(server, "/healthz").await.status != 200 {} };
        timeout(PATIENCE, well).await.expect("it does not get well");
    }
    // What was promised is there, and held.
    for customer in &customers {
        assert_eq!(shop.items(customer).await[0].1, 29 % 9 + 2);
    }
    assert_eq!(shop.left().await, 1_000 - 20 * (29 % 9 + 2));
}

#[tokio::test]
async fn a_second_sandbox_on_one_database_is_refused_and_one_is_shared() {
    let cluster = Cluster::start();
    let folder = folder();
    let command = || {
        let mut command = crate::process::command(folder.path());
        command.env("DATABASE_URL", cluster.url()).env("LOG", "off");
        command
    };
    let first = start(command());
    let (code, text) = failure(command());
    let line = "error: sandbox: another server has one of its own on this database; set SANDBOX_URL to it\n";
    assert_eq!((code, text.as_str()), (Some(1), line));
    let mut sharing = command();
    sharing.env("SANDBOX_URL", first.lines[1].strip_prefix("sandbox on ").unwrap());
    let second = start(sharing);
    let made = post(&first.base, "/create-checkout-session", "", &json!({})).await;
    let cookie = made.header("set-cookie").split(';').next().unwrap().to_owned();
    let session = made.json()["clientSecret"].as_str().unwrap().split("_secret_").next().unwrap().to_owned();
    let body = json!({ "checkout_session_id": session, "interval": "yearly" });
    post(&second.base, "/change-subscription-interval", &cookie, &body).await.assert_success();
}

#[test]
fn a_second_server_on_a_file_is_refused_in_one_line() {
    let folder = folder();
    let command = || crate::process::command(folder.path());
    let _first = start(command());
    let (code, text) = failure(command());
    let line = "error: data/demo.sqlite3: database: another server has this file; several servers share a \
                DATABASE_URL=postgres://…\n";
    assert_eq!((code, text.as_str()), (Some(1), line));
}
