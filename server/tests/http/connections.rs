//! Connections that say nothing, or half of something.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::gate::Plan;
use crate::shop::{Setup, Shop};

/// Only to end a test that hangs.
const PATIENCE: Duration = Duration::from_secs(20);

async fn connect(shop: &Shop, head: &str) -> TcpStream {
    let mut stream = TcpStream::connect(shop.server().address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// Waits until the server has closed the connection.
async fn closed(mut stream: TcpStream) {
    let mut rest = Vec::new();
    // A reset is an end, too.
    let _ = timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("it stays open");
}

const HALF: &str = "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow:";

#[tokio::test]
async fn half_a_head_and_idle_connections_end_by_themselves() {
    let shop = Shop::open_with(Setup { silence: Duration::from_millis(200), ..Setup::default() }).await;
    let (silent, half) = (connect(&shop, "").await, connect(&shop, HALF).await);
    let kept = connect(&shop, "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    closed(silent).await;
    closed(half).await;
    closed(kept).await;
}

#[tokio::test]
async fn who_says_nothing_makes_room_and_who_works_stays() {
    let shop = Shop::open_with(Setup { connections: 16, ..Setup::default() }).await;
    let customer = shop.customer("subscription").await;
    let (plan, held) = Plan::hold();
    shop.gate.plan([plan]);
    let update = shop.update(&customer, "/change-subscription-interval", json!({ "interval": "yearly" }), None);
    let crowd = async {
        shop.gate.wait_for_updates(1).await;
        let mut silent = Vec::new();
        for number in 0..100 {
            silent.push(connect(&shop, if number % 2 == 0 { HALF } else { "" }).await);
        }
        // The first of them are gone, and others are served.
        closed(silent.remove(0)).await;
        for _ in 0..3 {
            let mut asks =
                connect(&shop, "GET /catalogue HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await;
            let mut answer = String::new();
            timeout(PATIENCE, asks.read_to_string(&mut answer)).await.unwrap().unwrap();
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
        held.release().await.unwrap();
    };
    let (reply, ()) = tokio::join!(update, crowd);
    reply.assert_success();
}

#[tokio::test]
async fn a_stop_does_not_wait_for_who_says_nothing() {
    let mut shop = Shop::open().await;
    let (silent, half) = (connect(&shop, "").await, connect(&shop, HALF).await);
    // Both are known to the server once it has answered another.
    shop.get("/catalogue", &[]).await;
    timeout(Duration::from_secs(5), shop.server.take().unwrap().stop()).await.expect("it waits");
    closed(silent).await;
    closed(half).await;
}

#[tokio::test]
async fn a_body_that_does_not_come_makes_room() {
    let shop = Shop::open_with(Setup { connections: 16, ..Setup::default() }).await;
    let host = shop.server().address;
    let head = format!(
        "POST /create-checkout-session HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n\
         Content-Type: application/json\r\nContent-Length: 9\r\n\r\n{{"
    );
    let mut slow = Vec::new();
    for _ in 0..16 {
        slow.push(connect(&shop, &head).await);
    }
    // Sooner than any of them is given up for its slowness.
    let asked = timeout(Duration::from_secs(3), async {
        let mut asks = connect(&shop, "GET /catalogue HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await;
        let mut answer = String::new();
        asks.read_to_string(&mut answer).await.unwrap();
        answer
    });
    let answer = asked.await.expect("nobody is served");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    // One that is still there and comes in the end is taken.
    let mut last = slow.pop().unwrap();
    last.write_all(b"       }").await.unwrap();
    let mut first = [0; 12];
    timeout(PATIENCE, last.read_exact(&mut first)).await.unwrap().unwrap();
    assert_eq!(&first, b"HTTP/1.1 200");
}
