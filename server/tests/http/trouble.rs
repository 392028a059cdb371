//! A database that is locked, or full.

use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::shop::Shop;

/// Before, 20 requests took 46 s one after another; a page waits 19.5.
const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::test]
async fn nobody_queues_behind_a_locked_database() {
    let shop = std::sync::Arc::new(Shop::open().await);
    let customer = shop.customer("subscription").await;
    let file = shop.config.www.parent().unwrap().join("data/test.sqlite3");
    let other = rusqlite::Connection::open(file).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut asked = JoinSet::new();
    for number in 0..20 {
        let (shop, customer) = (std::sync::Arc::clone(&shop), customer.clone());
        asked.spawn(async move {
            let intent = json!({ "interval": "yearly" });
            let key = number.to_string();
            shop.update(&customer, "/change-subscription-interval", intent, Some(&key)).await.status
        });
    }
    let answers = timeout(PATIENCE, asked.join_all()).await.expect("they queue");
    assert!(answers.iter().all(|status| *status == 500), "{answers:?}");
    let health = timeout(PATIENCE, shop.get("/healthz", &[])).await.expect("it queues");
    assert_eq!((health.status, health.json()), (503, json!({ "status": "failing" })));
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(shop.get("/healthz", &[]).await.status, 200);
    let intent = json!({ "interval": "yearly" });
    shop.update(&customer, "/change-subscription-interval", intent, Some("1")).await.assert_success();
}

/// Where no more can be written, the server is not well, even if it can read.
#[cfg(unix)]
#[tokio::test]
async fn a_full_disk_is_not_ok() {
    use crate::process::{command, start};
    use crate::shop::{folder, http, send};

    let folder = folder();
    let plain = command(folder.path());
    // No file of this process grows beyond 200 KiB: to SQLite the same as a full disk.
    let mut limited = std::process::Command::new("sh");
    let script = "trap '' XFSZ; ulimit -f 400; exec \"$0\"";
    limited.args(["-c", script]).arg(plain.get_program()).env_clear().current_dir(folder.path());
    limited.env("PORT", "0").env("LOG", "off").stdout(std::process::Stdio::piped());
    let program = start(limited);
    let (http, url) = (http(), format!("{}/healthz", program.base));
    let mut answers = Vec::new();
    while answers.last() != Some(&503) && answers.len() < 1_000 {
        answers.push(send(&http, axum::http::Method::GET, &url, &[], "").await.status);
    }
    assert_eq!((answers.first(), answers.last()), (Some(&200), Some(&503)), "{}", answers.len());
}
