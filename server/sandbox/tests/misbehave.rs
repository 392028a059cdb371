//! Going wrong on purpose, and only with leave.

mod common;

use std::time::{Duration, Instant};

use common::Api;
use hyper::Method;

const PLAN: &str = "/sandbox/misbehave";

#[tokio::test]
async fn not_without_leave() {
    let api = Api::start().await;
    let path = api.mug().await;
    let header = [("sandbox-misbehave", "500")];
    assert_eq!(api.send(Method::POST, &path, "metadata[a]=1", &header).await.unwrap().status, 400);
    assert_eq!(api.post(PLAN, "action=drop").await.status, 404);
    assert_eq!(api.get(&path).await.body["metadata"], serde_json::json!({}));
}

#[tokio::test]
async fn a_request_asks_for_its_own_fault() {
    let api = Api::misbehaving().await;
    let path = api.mug().await;
    let send = |fault: &'static str, key: &'static str| {
        let (api, path) = (&api, &path);
        async move {
            let headers = [("sandbox-misbehave", fault), ("idempotency-key", key)];
            api.send(Method::POST, path, "metadata[a]=1", &headers).await
        }
    };
    let metadata = || async { api.get(&path).await.body["metadata"].clone() };
    let nothing = serde_json::json!({});
    // 429: nothing done, nothing kept.
    assert_eq!(send("429", "a").await.unwrap().error(), (429, "invalid_request_error", "rate_limit", ""));
    assert_eq!(metadata().await, nothing);
    // 500: nothing done, and kept: the same key gets it again.
    assert_eq!(send("500", "b").await.unwrap().error().1, "api_error");
    let again = send("", "b").await.unwrap();
    assert_eq!((again.status, again.header("idempotent-replayed")), (500, "true"));
    assert_eq!(metadata().await, nothing);
    // The key that met 429 runs now.
    let start = Instant::now();
    assert_eq!(send("delay=60", "a").await.unwrap().status, 200);
    assert!(start.elapsed() >= Duration::from_millis(60));
    // Dropped: done, kept, and no answer.
    assert!(send("drop", "c").await.is_none());
    assert_eq!(send("", "c").await.unwrap().header("idempotent-replayed"), "true");
    for nonsense in ["explode", "delay=x", "delay=999999999", "429,,500"] {
        assert_eq!(send(nonsense, "d").await.unwrap().status, 400, "{nonsense}");
    }
}

#[tokio::test]
async fn a_plan_is_carried_out_and_counted() {
    let api = Api::misbehaving().await;
    let path = api.mug().await;
    assert_eq!(api.post(PLAN, "action=drop&every=2&times=2").await.status, 200);
    let mut answered = Vec::new();
    for n in 0..6 {
        let body = format!("metadata[a]={n}");
        answered.push(api.send(Method::POST, &path, &body, &[]).await.is_some());
        // What is dropped is done all the same, and other requests are let be.
        assert_eq!(api.get(&path).await.body["metadata"]["a"], n.to_string());
    }
    assert_eq!(answered, [true, false, true, false, true, true]);
    let shown = api.get(PLAN).await.body;
    assert_eq!((&shown["done"], &shown["left"], &shown["planned"]), (&2.into(), &0.into(), &false.into()));
    for (on, method) in [("retrieve", Method::GET), ("any", Method::GET), ("update", Method::POST)] {
        assert_eq!(api.post(PLAN, &format!("action=429&on={on}")).await.status, 200);
        assert_eq!(api.send(method, &path, "", &[]).await.unwrap().status, 429, "{on}");
    }
    assert_eq!(api.send(Method::DELETE, PLAN, "", &[]).await.unwrap().status, 200);
    assert_eq!(api.post(&path, "").await.status, 200);
    for (body, param) in
        [("", "action"), ("action=x", "action"), ("action=429&on=all", "on"), ("action=429&times=0", "times")]
    {
        let answer = api.post(PLAN, body).await;
        assert_eq!((answer.status, answer.error().3), (400, param), "{body}");
    }
}

#[tokio::test]
async fn a_plan_can_be_there_from_the_start() {
    let api = Api::with(|config| {
        config.misbehave = true;
        config.plan = "500,every=2,times=1".parse().unwrap();
    })
    .await;
    let path = api.mug().await;
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(api.post(&path, "metadata[a]=1").await.status);
    }
    assert_eq!(statuses, [200, 500, 200, 200]);
}
