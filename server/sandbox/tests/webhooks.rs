//! Events: sent when a session ends, signed, and sent again where the receiver failed.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use checkout_updates_sandbox::{Webhook, signature};
use common::{Api, SESSIONS, START};
use hyper::Method;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const SECRET: &str = "whsec_test";

/// A receiver that fails the first time.
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
async fn receiver() -> (Webhook, UnboundedReceiver<(String, String)>) {
    let (sender, received) = unbounded_channel();
    let failed = Arc::new(AtomicBool::new(false));
    let hook = move |headers: HeaderMap, body: String| {
        let (sender, failed) = (sender.clone(), Arc::clone(&failed));
        async move {
            if !failed.swap(true, Ordering::SeqCst) {
                return StatusCode::SERVICE_UNAVAILABLE;
            }
            let signature = headers["stripe-signature"].to_str().unwrap().to_owned();
            sender.send((signature, body)).unwrap();
            StatusCode::OK
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/webhook", listener.local_addr().unwrap()).parse().unwrap();
    tokio::spawn(async { axum::serve(listener, Router::new().route("/webhook", post(hook))).await });
    (Webhook { url, secret: SECRET.into() }, received)
}

#[tokio::test]
async fn each_end_of_a_session_is_told_once_and_signed() {
    let (webhook, mut received) = receiver().await;
    let api = Api::telling(webhook).await;
    let (complete, expire, late) = (api.mug().await, api.mug().await, api.mug().await);
    let id = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    let done = api.post(&format!("/sandbox/sessions/{}/complete", id(&complete)), "").await;
    assert_eq!((&done.body["status"], &done.body["payment_status"]), (&"complete".into(), &"paid".into()));
    api.post(&format!("{expire}/expire"), "").await;
    api.clock.advance(24 * 60 * 60);
    let now = START + 24 * 60 * 60;
    for (path, kind, at) in [
        (&complete, "checkout.session.completed", START),
        (&expire, "checkout.session.expired", START),
        (&late, "checkout.session.expired", now),
    ] {
        let (header, body) = received.recv().await.unwrap();
        assert_eq!(header, signature(SECRET, &body, at));
        let event: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((&event["object"], &event["type"]), (&"event".into(), &kind.into()));
        assert!(event["id"].as_str().unwrap().starts_with("evt_"));
        assert_eq!(event["data"]["object"]["id"], id(path));
        assert_eq!(event["data"]["object"]["object"], "checkout.session");
    }
    assert!(received.try_recv().is_err());
}

#[tokio::test]
async fn events_of_connected_accounts_name_them() {
    let (webhook, mut received) = receiver().await;
    let api = Api::telling(webhook).await;
    let account = [("stripe-account", "acct_a")];
    let body = "ui_mode=elements&mode=payment&return_url=https://x.example&line_items[0][price]=price_mug\
                &line_items[0][quantity]=1";
    let id = api.send(Method::POST, SESSIONS, body, &account).await.unwrap().id();
    let done = api.send(Method::POST, &format!("/sandbox/sessions/{id}/complete"), "", &account).await.unwrap();
    assert_eq!(done.status, 200);
    let event: Value = serde_json::from_str(&received.recv().await.unwrap().1).unwrap();
    assert_eq!((&event["account"], &event["data"]["object"]["id"]), (&"acct_a".into(), &id.into()));
    let own = api.mug().await;
    api.post(&format!("{own}/expire"), "").await;
    let event: Value = serde_json::from_str(&received.recv().await.unwrap().1).unwrap();
    assert_eq!(event.get("account"), None);
}

#[tokio::test]
async fn a_completed_session_knows_what_was_paid_and_how() {
    let api = Api::start().await;
    let plan = api
        .session(
            "mode=subscription&line_items[0][price]=price_monthly&line_items[0][quantity]=1\
        &subscription_data[metadata][a]=1",
        )
        .await;
    let free = api.session("mode=payment&line_items[0][price]=price_sticker&line_items[0][quantity]=1").await;
    let mug = api.mug().await;
    api.post(&mug, "payment_intent_data[description]=A+mug&payment_intent_data[metadata][a]=1").await;
    api.post(&mug, "payment_intent_data[metadata][b]=2&payment_intent_data[statement_descriptor]=MUGS").await;
    for (path, status) in [(&plan, "paid"), (&free, "no_payment_required"), (&mug, "paid")] {
        let id = path.rsplit('/').next().unwrap();
        assert_eq!(api.post(&format!("/sandbox/sessions/{id}/complete"), "").await.body["payment_status"], status);
        let again = api.post(&format!("/sandbox/sessions/{id}/complete"), "").await;
        assert_eq!(again.error().2, "status_transition_invalid");
    }
    let subscription = api.get(&format!("{plan}?expand[]=subscription")).await.body["subscription"].clone();
    assert_eq!((&subscription["status"], &subscription["metadata"]["a"]), (&"active".into(), &"1".into()));
    assert_eq!(api.get(&free).await.body["payment_intent"], Value::Null);
    let intent = api.get(&format!("{mug}?expand[]=payment_intent")).await.body["payment_intent"].clone();
    assert_eq!((&intent["amount"], &intent["description"]), (&1500.into(), &"A mug".into()));
    assert_eq!(intent["metadata"], serde_json::json!({ "a": "1", "b": "2" }));
    assert_eq!(intent["statement_descriptor"], "MUGS");
}
