//! Which requests are not taken: nothing is changed then, and the answer is the documented one.

use axum::http::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::shop::{Customer, Shop, send};

const PATH: &str = "/change-subscription-interval";

#[tokio::test]
async fn bodies_that_are_no_intent_are_refused_in_the_documented_words() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    let id = &customer.session;
    let origin = shop.origin();
    let headers = [("origin", &*origin), ("content-type", "application/json"), ("cookie", &*customer.cookie)];
    for body in [
        String::new(),
        "null".to_owned(),
        "{".to_owned(),
        format!(r#"{{"checkout_session_id":"{id}"}}"#),
        format!(r#"{{"checkout_session_id":"{id}","interval":"weekly"}}"#),
        format!(r#"{{"checkout_session_id":"{id}","interval":1}}"#),
        format!(r#"{{"checkout_session_id":"{id}","interval":"yearly","price":"price_1"}}"#),
        format!(r#"{{"checkout_session_id":"{id}_secret_1","interval":"yearly"}}"#),
        r#"{"checkout_session_id":"../x","interval":"yearly"}"#.to_owned(),
    ] {
        let reply = shop.post(PATH, &headers, body.clone()).await;
        assert_eq!(reply.status, 400, "{body}");
        let words = "We couldn't process your request. Please try again later.";
        assert_eq!(reply.json(), json!({ "type": "error", "message": words }), "{body}");
        assert!(reply.header("request-id").starts_with("req_"));
    }
    assert_eq!(shop.gate.updates().len(), 0);
}

#[tokio::test]
async fn bodies_are_json_of_at_most_4_kib() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    let body = format!(r#"{{"checkout_session_id":"{}","interval":"yearly"}}"#, customer.session);
    let origin = shop.origin();
    for (kind, status) in [("text/plain", 415), ("application/x-www-form-urlencoded", 415), ("", 415)] {
        let headers = [("origin", &*origin), ("content-type", kind), ("cookie", &*customer.cookie)];
        shop.post(PATH, &headers, body.clone()).await.assert_error(status);
    }
    let headers =
        [("origin", &*origin), ("content-type", "application/json; charset=utf-8"), ("cookie", &*customer.cookie)];
    shop.post(PATH, &headers, format!("{body}{}", " ".repeat(4097 - body.len()))).await.assert_error(413);
    shop.post(PATH, &headers, format!("{body}{}", " ".repeat(4096 - body.len()))).await.assert_success();
    assert_eq!(shop.get(PATH, &[]).await.status, 405);
}

#[tokio::test]
async fn only_our_own_pages_are_listened_to() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    let body = format!(r#"{{"checkout_session_id":"{}","interval":"yearly"}}"#, customer.session);
    for origin in [Some("https://evil.example"), Some("null"), Some("http://localhost:1"), None] {
        let mut headers = vec![("content-type", "application/json"), ("cookie", &*customer.cookie)];
        headers.extend(origin.map(|origin| ("origin", origin)));
        shop.post(PATH, &headers, body.clone()).await.assert_error(403);
        shop.post("/create-checkout-session", &headers, "").await.assert_error(403);
        shop.post("/session", &headers, "{}").await.assert_error(403);
        shop.post("/metrics/client-failures", &headers, "{}").await.assert_error(403);
    }
    assert_eq!(shop.gate.updates().len(), 0);
    // By the other name of this machine, which is another origin.
    let origin = format!("http://localhost:{}", shop.config.port);
    let host = origin.trim_start_matches("http://").to_owned();
    let headers =
        [("content-type", "application/json"), ("cookie", &*customer.cookie), ("origin", &*origin), ("host", &*host)];
    shop.post(PATH, &headers, body).await.assert_success();
}

#[tokio::test]
async fn a_session_is_its_visitors_own() {
    let shop = Shop::open().await;
    let (customer, other) = (shop.customer("subscription").await, shop.customer("subscription").await);
    let mut thief = customer.clone();
    for cookie in [other.cookie.clone(), String::new(), customer.cookie.replace('.', "0."), "visitor=x.y".to_owned()] {
        thief.cookie = cookie;
        shop.update(&thief, PATH, json!({ "interval": "yearly" }), None).await.assert_error(403);
        let query = format!("/session?checkout_session_id={}", customer.session);
        shop.get(&query, &[("cookie", &thief.cookie)]).await.assert_error(403);
    }
    // A session that nobody made looks the same.
    let nobody = crate::shop::Customer { cookie: other.cookie, session: "cs_test_nothing".to_owned() };
    shop.update(&nobody, PATH, json!({ "interval": "yearly" }), None).await.assert_error(403);
    assert_eq!(shop.gate.updates().len(), 0);

    let reply = shop.post_json("/create-checkout-session", "", &json!({})).await;
    let cookie = reply.header("set-cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    // The same visitor keeps the name.
    let again = shop.post_json("/create-checkout-session", cookie.split(';').next().unwrap(), &json!({})).await;
    assert_eq!(again.header("set-cookie"), cookie);
}

#[tokio::test]
async fn a_session_that_is_over_is_not_changed() {
    let shop = Shop::open().await;
    let intent = json!({ "interval": "yearly" });
    let closed = "This checkout is no longer open. Please start again.";

    let expired = shop.customer("subscription").await;
    shop.stripe(Method::POST, &format!("/v1/checkout/sessions/{}/expire", expired.session), "").await;
    let reply = shop.update(&expired, PATH, intent.clone(), None).await;
    reply.assert_error(400);
    assert_eq!(reply.json()["message"], closed);

    let paid = shop.customer("subscription").await;
    shop.pay(&paid).await;
    shop.update(&paid, PATH, intent.clone(), None).await.assert_error(400);

    let late = shop.customer("subscription").await;
    let expires_at = shop.session(&late).await["expires_at"].as_i64().unwrap();
    let clock = &shop.app().clock;
    clock.advance(expires_at - clock.now());
    let reply = shop.update(&late, PATH, intent, None).await;
    reply.assert_error(400);
    assert_eq!(reply.json()["message"], closed);
    assert_eq!(shop.gate.updates().len(), 0);
}

#[tokio::test]
async fn a_session_is_created_with_and_without_a_body() {
    let shop = Shop::open().await;
    let origin = shop.origin();
    for (kind, body, status) in [
        ("", "", 200),
        ("application/json", "{}", 200),
        ("application/json", r#"{"cart":"goods"}"#, 200),
        ("application/json", r#"{"cart":"everything"}"#, 400),
        ("application/json", r#"{"price":"price_1"}"#, 400),
        ("text/plain", "{}", 415),
    ] {
        let headers = [("origin", &*origin), ("content-type", kind)];
        let reply = shop.post("/create-checkout-session", &headers, body).await;
        assert_eq!(reply.status, status, "{body}: {:?}", reply.body);
        if status == 200 {
            let secret = reply.json()["clientSecret"].as_str().unwrap().to_owned();
            assert!(secret.starts_with("cs_test_") && secret.contains("_secret_"));
            assert!(reply.json()["publishableKey"].is_null());
        }
    }
}

#[tokio::test]
async fn the_stand_in_of_stripe_js_gets_the_session_and_tells_of_changes() {
    let shop = Shop::open().await;
    let customer = shop.customer("goods").await;
    shop.ship_to(&customer, "GB", None).await;
    let tell = async |change| {
        let body = json!({ "checkout_session_id": customer.session, "change": change });
        shop.post_json("/session", &customer.cookie, &body).await.status
    };
    assert_eq!(tell(json!({ "updateEmail": "ada@example.com" })).await, 204);
    assert_eq!(tell(json!({ "updateEmail": "nonsense" })).await, 400);
    assert_eq!(tell(json!({ "updatePhoneNumber": "1" })).await, 204);
    let query = format!("/session?checkout_session_id={}", customer.session);
    let show = async || shop.get(&query, &[("cookie", &customer.cookie)]).await.json();
    let session = show().await;
    assert_eq!((&session["id"], &session["email"]), (&json!(customer.session), &json!("ada@example.com")));
    assert_eq!(session["shippingAddress"]["address"]["country"], "GB");
    assert_eq!(session["total"]["total"]["amount"], "$50.00");
    let express = session["shippingOptions"][1]["id"].as_str().unwrap();
    assert_eq!(tell(json!({ "updateShippingOption": express })).await, 204);
    assert_eq!(show().await["shipping"]["shippingOption"]["id"], express);
    assert_eq!(tell(json!({ "confirm": { "email": "ada@example.com" } })).await, 204);
    assert_eq!(show().await["status"]["type"], "complete");
    assert_eq!(shop.get("/session", &[("cookie", &customer.cookie)]).await.status, 400);
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    let mut connection = tokio::net::TcpStream::connect(shop.server().address).await.unwrap();
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\norigin: {}\r\ncookie: {}\r\ncontent-type: application/json\r\n\
         content-length: 100\r\n\r\n{{",
        shop.config.port,
        shop.origin(),
        customer.cookie
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 12];
    connection.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, b"HTTP/1.1 400");
    let health = send(&shop.http, Method::GET, &shop.url("/healthz"), &[], "").await;
    assert_eq!(health.status, 200);
}

/// The status of an answer to what is sent as it stands.
async fn status_of(shop: &Shop, head: &str) -> u16 {
    let mut stream = TcpStream::connect(shop.server().address).await.unwrap();
    stream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_request_with_two_hosts_or_none_is_refused() {
    let shop = Shop::open().await;
    let host = shop.server().address;
    for (head, status) in [
        (format!("GET /catalogue HTTP/1.1\r\nHost: {host}\r\n"), 200),
        ("GET /catalogue HTTP/1.1\r\n".to_owned(), 400),
        (format!("GET /catalogue HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n"), 400),
        (format!("GET /catalogue HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n"), 400),
        ("GET /catalogue HTTP/1.1\r\nHost: a@evil.example\r\n".to_owned(), 400),
        ("GET /healthz HTTP/1.0\r\n".to_owned(), 200),
    ] {
        assert_eq!(status_of(&shop, &head).await, status, "{head}");
    }
    // With the one host that is allowed in the first place, and another's page behind it.
    let head = format!(
        "POST /create-checkout-session HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\nOrigin: http://{host}\r\n\
         Content-Length: 0\r\n"
    );
    assert_eq!(status_of(&shop, &head).await, 400);
}

#[tokio::test]
async fn two_shops_on_one_host_keep_their_visitors() {
    let shops = [Shop::open().await, Shop::open().await];
    let mut customers = Vec::new();
    for shop in &shops {
        customers.push(shop.customer("subscription").await);
    }
    let name = |customer: &Customer| customer.cookie.split('=').next().unwrap().to_owned();
    assert_ne!(name(&customers[0]), name(&customers[1]), "one overwrites the other's");
    // A browser sends what it has of a host to all of its ports.
    let cookie = format!("{}; {}", customers[0].cookie, customers[1].cookie);
    for (shop, customer) in shops.iter().zip(customers) {
        let customer = Customer { cookie: cookie.clone(), ..customer };
        shop.update(&customer, PATH, json!({ "interval": "yearly" }), None).await.assert_success();
    }
}
