//! `Stripe-Account`: sessions, lists and idempotency keys are the named account's.

mod common;

use common::{Answer, Api, SESSIONS};
use hyper::Method;

const MUG: &str = "ui_mode=elements&mode=payment&return_url=https://x.example&line_items[0][price]=price_mug\
                   &line_items[0][quantity]=1";

#[allow(clippy::unwrap_used)]
async fn send(api: &Api, method: Method, path: &str, body: &str, account: &str, key: &str) -> Answer {
    // An empty header is not sent.
    api.send(method, path, body, &[("stripe-account", account), ("idempotency-key", key)]).await.unwrap()
}

#[tokio::test]
async fn an_account_has_its_own_sessions_and_keys() {
    let api = Api::start().await;
    let made = |account: &'static str| send(&api, Method::POST, SESSIONS, MUG, account, "one_key");
    let (own, a, b) = (made("").await.id(), made("acct_a").await.id(), made("acct_b").await.id());
    assert!(own != a && a != b && own != b);
    // Each key is remembered for its account.
    assert_eq!(made("acct_a").await.id(), a);
    for (account, its) in [("", &own), ("acct_a", &a), ("acct_b", &b)] {
        let list = send(&api, Method::GET, SESSIONS, "", account, "").await;
        let ids: Vec<&str> = list.body["data"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
        assert_eq!(ids, [its], "{account}");
        for id in [&own, &a, &b] {
            let path = format!("{SESSIONS}/{id}");
            let expected = if id == its { 200 } else { 404 };
            for (method, path) in [(Method::GET, path.clone()), (Method::GET, format!("{path}/line_items"))] {
                assert_eq!(send(&api, method, &path, "", account, "").await.status, expected, "{account} {path}");
            }
            let update = send(&api, Method::POST, &path, "metadata[a]=1", account, "").await;
            assert_eq!(update.status, expected, "{account} {path}");
            let view = format!("/sandbox/sessions/{id}/browser");
            assert_eq!(send(&api, Method::GET, &view, "", account, "").await.status, expected);
        }
    }
}

#[tokio::test]
async fn what_is_no_account_is_refused_as_stripe_does() {
    let api = Api::start().await;
    for account in ["a", "acct_", "acct_a b", "cus_1"] {
        let answer = send(&api, Method::GET, SESSIONS, "", account, "").await;
        assert_eq!(answer.error(), (403, "invalid_request_error", "account_invalid", ""), "{account}");
        let message = answer.body["error"]["message"].as_str().unwrap();
        assert!(message.contains(&format!("does not have access to account '{account}'")), "{message}");
        assert!(message.starts_with("The provided key 'sk_test_****"), "{message}");
    }
}

#[tokio::test]
async fn sessions_of_connected_accounts_expire_by_the_clock_too() {
    let api = Api::start().await;
    let id = send(&api, Method::POST, SESSIONS, MUG, "acct_a", "").await.id();
    api.clock.advance(24 * 60 * 60);
    let session = send(&api, Method::GET, &format!("{SESSIONS}/{id}"), "", "acct_a", "").await;
    assert_eq!(session.body["status"], "expired");
}
