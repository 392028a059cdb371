//! A database that is locked or full, and a process that may have few files.

use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::shop::Shop;

/// Before, 20 requests took 46 s one after another; a page waits 19.5.
const PATIENCE: Duration = Duration::from_secs(19);

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

/// A server whose process is limited by the shell.
#[cfg(unix)]
fn limited(folder: &std::path::Path, limit: &str) -> crate::process::Program {
    let plain = crate::process::command(folder);
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", &format!("{limit}; exec \"$0\"")]).arg(plain.get_program());
    limited.env_clear().current_dir(folder).env("PORT", "0").env("LOG", "off").stdout(std::process::Stdio::piped());
    crate::process::start(limited)
}

/// 1,100 connections that said nothing stopped a server with 1,024 files.
#[cfg(unix)]
#[tokio::test]
async fn more_silent_connections_than_files_stop_nobody() {
    use crate::shop::{folder, http, send};

    let folder = folder();
    let program = limited(folder.path(), "ulimit -n 256");
    let address = program.base.replace("http://localhost", "127.0.0.1");
    let mut silent = Vec::new();
    for _ in 0..300 {
        silent
            .push(timeout(PATIENCE, tokio::net::TcpStream::connect(&address)).await.expect("nobody accepts").unwrap());
    }
    let headers = [("origin", &*program.base), ("content-type", "application/json")];
    let url = format!("{}/create-checkout-session", program.base);
    let http = http();
    let made = timeout(PATIENCE, send(&http, axum::http::Method::POST, &url, &headers, "{}"));
    assert_eq!(made.await.expect("nobody answers").status, 200);
}

/// Where no more can be written, the server is not well, even if it can read.
#[cfg(unix)]
#[tokio::test]
async fn a_full_disk_is_not_ok() {
    use crate::shop::{folder, http, send};

    let folder = folder();
    // No file of this process grows beyond 200 KiB: to SQLite the same as a full disk.
    let program = limited(folder.path(), "trap '' XFSZ; ulimit -f 400");
    let (http, url) = (http(), format!("{}/healthz", program.base));
    let mut answers = Vec::new();
    while answers.last() != Some(&503) && answers.len() < 1_000 {
        answers.push(send(&http, axum::http::Method::GET, &url, &[], "").await.status);
    }
    assert_eq!((answers.first(), answers.last()), (Some(&200), Some(&503)), "{}", answers.len());
}
