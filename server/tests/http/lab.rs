//! The laboratory: each fault as it comes over the wire, for one visitor and one request.

use std::io::ErrorKind;
use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::shop::{Customer, Setup, Shop};

const CHANGE: &str = "/change-subscription-interval";

async fn arm(shop: &Shop, customer: &Customer, fault: &str) -> u16 {
    let body = json!({ "checkout_session_id": customer.session, "fault": fault });
    shop.post_json("/lab/fault", &customer.cookie, &body).await.status
}

async fn truth(shop: &Shop, customer: &Customer) -> Value {
    let path = format!("/lab/truth?checkout_session_id={}", customer.session);
    shop.get(&path, &[("cookie", &customer.cookie)]).await.json()
}

async fn interval(shop: &Shop, customer: &Customer) -> Value {
    truth(shop, customer).await["items"][0]["interval"].clone()
}

fn yearly() -> Value {
    json!({ "interval": "yearly" })
}

/// The request on a connection of its own, so that its end can be seen.
async fn on_a_line(shop: &Shop, customer: &Customer) -> TcpStream {
    let body = json!({ "checkout_session_id": customer.session, "interval": "yearly" }).to_string();
    let (host, length, cookie) = (shop.server().address, body.len(), &customer.cookie);
    let head = format!(
        "POST {CHANGE} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {cookie}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

#[tokio::test]
async fn answers_that_go_wrong_say_what_they_should_and_are_given_once() {
    for (fault, status, kind, after) in [
        ("none", 200, "success", "year"),
        ("refused", 400, "error", "month"),
        ("says_error", 200, "error", "month"),
        ("rate_limited", 429, "error", "month"),
        ("broken_applied", 500, "error", "year"),
        ("broken", 500, "error", "month"),
        ("closed", 400, "error", "month"),
    ] {
        let shop = Shop::open().await;
        let customer = shop.customer("subscription").await;
        assert_eq!(arm(&shop, &customer, fault).await, 204);
        let reply = shop.update(&customer, CHANGE, yearly(), None).await;
        assert_eq!((reply.status, &reply.json()["type"]), (status, &json!(kind)), "{fault}");
        assert_eq!(reply.header("retry-after"), if fault == "rate_limited" { "1" } else { "" });
        assert_eq!(interval(&shop, &customer).await, after, "{fault}");
        let status = truth(&shop, &customer).await["status"].clone();
        assert_eq!(status, if fault == "closed" { "expired" } else { "open" });
        if fault != "closed" {
            shop.update(&customer, CHANGE, yearly(), None).await.assert_success();
        }
    }
}

#[tokio::test]
async fn a_log_in_page_and_a_session_that_cannot_be_fetched() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    arm(&shop, &customer, "login").await;
    let reply = shop.update(&customer, CHANGE, yearly(), None).await;
    assert_eq!((reply.status, reply.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(interval(&shop, &customer).await, "month");

    arm(&shop, &customer, "refresh").await;
    shop.update(&customer, CHANGE, yearly(), None).await.assert_success();
    let path = format!("/session?checkout_session_id={}", customer.session);
    for status in [502, 200] {
        assert_eq!(shop.get(&path, &[("cookie", &customer.cookie)]).await.status, status);
    }
}

#[tokio::test]
async fn a_line_is_reset_after_the_change_or_before_it() {
    let shop = Shop::open().await;
    for (fault, after) in [("no_network", "month"), ("reset", "year")] {
        let customer = shop.customer("subscription").await;
        arm(&shop, &customer, fault).await;
        let mut line = on_a_line(&shop, &customer).await;
        let error = line.read_to_end(&mut Vec::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{fault}");
        // The next request of the one is answered; of the other it is not, nor is the session.
        let mut line = on_a_line(&shop, &customer).await;
        let mut first = [0; 12];
        let next = line.read_exact(&mut first).await;
        assert_eq!(next.is_ok_and(|_| &first == b"HTTP/1.1 200"), fault == "reset", "{fault}");
        assert_eq!(interval(&shop, &customer).await, after, "{fault}");
    }
}

#[tokio::test]
async fn silence_and_drops_have_made_the_change() {
    let shop = Shop::open().await;
    for (fault, begins) in [("silent", ""), ("drip", "HTTP/1.1 200")] {
        let customer = shop.customer("subscription").await;
        arm(&shop, &customer, fault).await;
        let mut line = on_a_line(&shop, &customer).await;
        let mut answer = Vec::new();
        let heard = timeout(Duration::from_millis(1_500), line.read_to_end(&mut answer)).await;
        assert!(heard.is_err(), "{fault} ends");
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with(begins) && answer.is_empty() == begins.is_empty(), "{answer}");
        assert_eq!(interval(&shop, &customer).await, "year", "{fault}");
    }
    let customer = shop.customer("subscription").await;
    arm(&shop, &customer, "slow").await;
    let start = Instant::now();
    shop.update(&customer, CHANGE, yearly(), None).await.assert_success();
    assert!(start.elapsed() >= Duration::from_secs(3));
}

#[tokio::test]
async fn a_fault_is_for_its_own_visitor_and_session() {
    let shop = Shop::open().await;
    let (ada, eve) = (shop.customer("subscription").await, shop.customer("subscription").await);
    assert_eq!(arm(&shop, &Customer { cookie: eve.cookie.clone(), ..ada.clone() }, "silent").await, 403);
    assert_eq!(arm(&shop, &Customer { cookie: String::new(), ..ada.clone() }, "silent").await, 403);
    assert_eq!(arm(&shop, &ada, "made_up").await, 400);
    assert_eq!(arm(&shop, &ada, "refused").await, 204);
    shop.update(&eve, CHANGE, yearly(), None).await.assert_success();
    let path = format!("/lab/truth?checkout_session_id={}", ada.session);
    assert_eq!(shop.get(&path, &[("cookie", &eve.cookie)]).await.status, 403);
    assert_eq!(shop.update(&ada, CHANGE, yearly(), None).await.status, 400);
    let body = json!({ "checkout_session_id": ada.session, "fault": "none" }).to_string();
    let headers = [("origin", "https://evil.example"), ("content-type", "application/json"), ("cookie", &*ada.cookie)];
    assert_eq!(shop.post("/lab/fault", &headers, body).await.status, 403);
}

#[tokio::test]
async fn a_visitor_sees_the_own_requests_without_the_cookies_value() {
    let shop = Shop::open().await;
    let (ada, eve) = (shop.customer("subscription").await, shop.customer("subscription").await);
    shop.update(&ada, CHANGE, yearly(), None).await.assert_success();
    arm(&shop, &ada, "none").await;
    shop.update(&ada, CHANGE, yearly(), Some("key-1")).await.assert_success();
    shop.update(&eve, CHANGE, yearly(), None).await.assert_success();
    let headers = [("origin", &*shop.origin()), ("content-type", "text/plain"), ("cookie", &*ada.cookie)];
    assert_eq!(shop.post("/metrics/client-failures", &headers, "{\"endpoints\":{}}").await.status, 204);

    let received = shop.get("/lab/requests", &[("cookie", &ada.cookie)]).await;
    assert!(!received.text().contains(ada.cookie.split_once('=').unwrap().1));
    let received = received.json();
    let of = |number: usize, field: &str| received[number][field].clone();
    assert_eq!(received.as_array().unwrap().len(), 2, "{received}");
    assert_eq!((of(0, "path"), of(0, "session")), (json!(CHANGE), json!(ada.session)));
    let sent = json!({ "checkout_session_id": ada.session, "interval": "yearly" });
    assert_eq!(serde_json::from_str::<Value>(of(0, "body").as_str().unwrap()).unwrap(), sent);
    let headers = of(0, "headers");
    assert!(headers.as_array().unwrap().contains(&json!(["idempotency-key", "key-1"])), "{headers}");
    let cookie = format!("{}=…", ada.cookie.split_once('=').unwrap().0);
    assert!(headers.as_array().unwrap().contains(&json!(["cookie", cookie])), "{headers}");
    assert_eq!((of(1, "path"), of(1, "session")), (json!("/metrics/client-failures"), Value::Null));
    assert_eq!(shop.get("/lab/requests", &[("cookie", &eve.cookie)]).await.json(), json!([]));
    assert_eq!(shop.get("/lab/requests", &[]).await.json(), json!([]));
}

#[tokio::test]
async fn what_the_laboratory_answers_itself_is_counted_as_the_shops_answer() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    for fault in ["refused", "broken", "broken_applied"] {
        arm(&shop, &customer, fault).await;
        shop.update(&customer, CHANGE, yearly(), None).await;
    }
    let text = shop.get("/metrics", &[]).await.text().to_owned();
    for outcome in ["refused", "unknown", "success"] {
        let line = format!("checkout_updates_total{{endpoint=\"changeInterval\",outcome=\"{outcome}\"}} 1");
        assert!(text.lines().any(|other| other == line), "{line}\n{text}");
    }
}

#[tokio::test]
async fn the_page_is_served_with_a_stricter_policy_on_request_and_no_other_is() {
    let shop = Shop::open().await;
    std::fs::create_dir_all(shop.config.www.join("lab")).unwrap();
    std::fs::write(shop.config.www.join("lab/index.html"), "<!doctype html>").unwrap();
    let usual = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
    for (path, policy) in [
        ("/lab/", usual),
        ("/lab/?without=wasm", "default-src 'self'; script-src 'self'"),
        ("/lab/?without=wasm2", usual),
        ("/?without=wasm", usual),
    ] {
        let reply = shop.get(path, &[]).await;
        assert_eq!((reply.status, reply.header("content-security-policy")), (200, policy), "{path}");
    }
    let moved = crate::shop::send(&shop.http, Method::GET, &shop.url("/lab"), &[], "").await;
    assert_eq!((moved.status, moved.header("location")), (307, "/lab/"));
}

/// Waits until the server has made the change, and then keeps the connection waiting.
async fn waiting(shop: &Shop, customer: &Customer, fault: &str) -> TcpStream {
    assert_eq!(arm(shop, customer, fault).await, 204);
    let before = shop.gate.updates().len();
    let line = on_a_line(shop, customer).await;
    shop.gate.wait_for_updates(before + 1).await;
    line
}

/// Whether the server has ended a connection.
fn is_over(line: &TcpStream) -> bool {
    !matches!(line.try_read(&mut [0; 4096]), Err(error) if error.kind() == ErrorKind::WouldBlock)
}

#[tokio::test]
async fn what_waits_makes_room_and_no_stop_waits_for_it() {
    let mut shop = Shop::open_with(Setup { connections: 16, ..Setup::default() }).await;
    let mut lines = Vec::new();
    for number in 0..16 {
        let customer = shop.customer("subscription").await;
        lines.push(waiting(&shop, &customer, ["silent", "drip"][number % 2]).await);
        // One connection for itself: what this test asks is served all the time.
        shop.http = crate::shop::http();
    }
    let health = timeout(Duration::from_secs(3), shop.get("/healthz", &[])).await.expect("nobody is served");
    assert_eq!(health.status, 200);
    timeout(Duration::from_secs(5), shop.server.take().unwrap().stop()).await.expect("it waits");
}

#[tokio::test]
async fn one_visitor_keeps_four_connections_waiting_and_all_keep_thirty_two() {
    let shop = Shop::open().await;
    let ada = shop.customer("subscription").await;
    let mut lines = Vec::new();
    for _ in 0..6 {
        let another = shop.try_customer("subscription", &ada.cookie).await.1.unwrap();
        let another = Customer { cookie: ada.cookie.clone(), ..another };
        lines.push(waiting(&shop, &another, "silent").await);
    }
    for line in &lines[..2] {
        timeout(Duration::from_secs(5), line.readable()).await.expect("it is kept").unwrap();
        assert!(is_over(line));
    }
    assert!(lines[2..].iter().all(|line| !is_over(line)), "more than were too many have ended");
    for _ in 0..30 {
        let customer = shop.customer("subscription").await;
        lines.push(waiting(&shop, &customer, "silent").await);
    }
    for line in &lines[2..4] {
        timeout(Duration::from_secs(5), line.readable()).await.expect("it is kept").unwrap();
    }
    assert_eq!(lines.iter().filter(|line| !is_over(line)).count(), 32);
}
