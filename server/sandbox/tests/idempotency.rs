//! `Idempotency-Key`: replay, mismatch, at the same time, and what is not kept.

mod common;

use common::{Answer, Api, SESSIONS};
use hyper::Method;
use tokio::join;

#[allow(clippy::unwrap_used)]
async fn post(api: &Api, path: &str, body: &str, key: &str) -> Answer {
    api.send(Method::POST, path, body, &[("idempotency-key", key)]).await.unwrap()
}

#[tokio::test]
async fn the_same_key_replays() {
    let api = Api::start().await;
    let path = api.mug().await;
    let body = "line_items[0][price]=price_mug&line_items[0][quantity]=1";
    let first = post(&api, &path, body, "k").await;
    assert_eq!((first.header("idempotent-replayed"), first.header("idempotency-key")), ("", "k"));
    // In between, somebody else changes the session: a replay still says what was said.
    api.post(&path, "metadata[a]=1").await;
    let items = api.items(&path).await;
    let again = post(&api, &path, body, "k").await;
    assert_eq!((again.status, &again.text), (first.status, &first.text));
    assert_eq!(again.header("idempotent-replayed"), "true");
    assert_eq!(again.header("original-request"), first.header("request-id"));
    assert_ne!(again.header("request-id"), first.header("request-id"));
    assert_eq!(api.items(&path).await, items);
    assert_ne!(post(&api, &path, body, "other").await.text, first.text);
    // Remembered for a day.
    api.clock.advance(24 * 60 * 60 - 1);
    assert_eq!(post(&api, &path, body, "k").await.text, first.text);
    api.clock.advance(1);
    assert_eq!(post(&api, &path, body, "k").await.error().2, "status_transition_invalid");
}

#[tokio::test]
async fn a_key_belongs_to_its_request() {
    let api = Api::start().await;
    let (path, other) = (api.mug().await, api.mug().await);
    post(&api, &path, "metadata[a]=1", "k").await;
    for (path, body) in [(&path, "metadata[a]=2"), (&path, ""), (&other, "metadata[a]=1")] {
        let answer = post(&api, path, body, "k").await;
        assert_eq!(answer.error(), (400, "idempotency_error", "", ""), "{body}");
    }
    assert_eq!(api.get(&path).await.body["metadata"]["a"], "1");
    // How the same parameters were encoded makes no difference.
    assert_eq!(post(&api, &path, "metadata%5Ba%5D=1", "k").await.header("idempotent-replayed"), "true");
    let long = "x".repeat(256);
    assert_eq!(post(&api, &path, "metadata[a]=3", &long).await.status, 400);
    assert_eq!(post(&api, &path, "metadata[a]=3", &long[1..]).await.status, 200);
}

#[tokio::test]
async fn failed_validation_is_not_kept_but_a_failed_execution_is() {
    let api = Api::start().await;
    let path = api.mug().await;
    assert_eq!(post(&api, &path, "metadata[a]=1&nonsense=1", "k").await.status, 400);
    assert_eq!(post(&api, &path, "metadata[a]=1", "k").await.status, 200);
    let missing = "line_items[0][price]=price_none&line_items[0][quantity]=1";
    let first = post(&api, &path, missing, "k2").await;
    assert_eq!(first.error().2, "resource_missing");
    assert_eq!(post(&api, &path, missing, "k2").await.header("idempotent-replayed"), "true");
    let unauthorized = [("authorization", "Bearer no"), ("idempotency-key", "k3")];
    assert_eq!(api.send(Method::POST, &path, "metadata[a]=4", &unauthorized).await.unwrap().status, 401);
    assert_eq!(post(&api, &path, "metadata[a]=4", "k3").await.header("idempotent-replayed"), "");
}

#[tokio::test]
async fn a_key_that_is_running_is_a_conflict() {
    let api = Api::misbehaving().await;
    let path = api.mug().await;
    api.post("/sandbox/misbehave", "action=delay=1000&times=1").await;
    let (first, conflict) = join!(post(&api, &path, "metadata[a]=1", "k"), async {
        // Counted when it begins, so from then on the first request has its key.
        while api.get("/sandbox/misbehave").await.body["done"] != 1 {}
        post(&api, &path, "metadata[a]=1", "k").await
    });
    assert_eq!(first.status, 200);
    assert_eq!(conflict.error(), (409, "invalid_request_error", "idempotency_key_in_use", ""));
    // The conflict was not kept.
    let replay = post(&api, &path, "metadata[a]=1", "k").await;
    assert_eq!((replay.status, replay.header("idempotent-replayed")), (200, "true"));
}

#[tokio::test]
async fn creating_twice_by_one_key_makes_one_session() {
    let api = Api::start().await;
    let body = "ui_mode=elements&mode=payment&return_url=https://x.example&line_items[0][price]=price_mug\
                &line_items[0][quantity]=1";
    let first = post(&api, SESSIONS, body, "k").await.id();
    assert_eq!(post(&api, SESSIONS, body, "k").await.id(), first);
    assert_eq!(api.get(SESSIONS).await.body["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn each_account_key_has_keys_of_its_own() {
    let api = Api::start().await;
    let path = api.mug().await;
    let post = async |account: &str, body: &str| {
        let account = format!("Bearer {account}");
        let headers = [("idempotency-key", "k"), ("authorization", &*account)];
        api.send(Method::POST, &path, body, &headers).await.unwrap()
    };
    assert_eq!(post("sk_test_a", "metadata[a]=1").await.status, 200);
    let other = post("sk_test_b", "metadata[a]=2").await;
    assert_eq!((other.status, other.header("idempotent-replayed")), (200, ""), "{}", other.text);
    assert_eq!(post("sk_test_a", "metadata[a]=2").await.error().1, "idempotency_error");
}
