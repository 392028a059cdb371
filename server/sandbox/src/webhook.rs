//! Events, signed as Stripe documents it: `Stripe-Signature: t=…,v1=…`, HMAC-SHA256 over `t.body`.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::CONTENT_TYPE;
use hyper::{Request, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::ids;
use crate::version::Version;

/// Pauses before an event is sent again. The last failure is final.
const PAUSES: [Duration; 4] =
    [Duration::from_millis(100), Duration::from_millis(500), Duration::from_secs(2), Duration::from_secs(5)];

/// How long a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where events are sent to.
#[derive(Clone)]
pub struct Webhook {
    /// `http://…`
    pub url: Uri,
    /// The signing secret, `whsec_…`.
    pub secret: String,
}

/// Without the secret.
impl std::fmt::Debug for Webhook {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Webhook").field("url", &self.url).finish_non_exhaustive()
    }
}

/// Something that happened to a session.
#[derive(Debug, Clone)]
pub struct Event {
    /// `checkout.session.completed` or `checkout.session.expired`.
    pub kind: &'static str,
    /// The session, as it is now.
    pub object: Value,
    /// The connected account it belongs to, if it does.
    pub account: Option<String>,
}

impl Event {
    /// As it is sent.
    fn body(&self, now: i64) -> String {
        let mut body = json!({
            "id": ids::random("evt_1", 23),
            "object": "event",
            "api_version": Version::CURRENT_NAME,
            "created": now,
            "data": { "object": self.object },
            "livemode": false,
            "pending_webhooks": 1,
            "request": { "id": null, "idempotency_key": null },
            "type": self.kind,
        });
        if let (Some(account), Some(fields)) = (&self.account, body.as_object_mut()) {
            fields.insert("account".into(), json!(account));
        }
        body.to_string()
    }
}

/// The value of `Stripe-Signature` for `body`, signed at `now`.
pub fn signature(secret: &str, body: &str, now: i64) -> String {
    let mut signed = String::new();
    // HMAC takes keys of any length, so there is always a signature.
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) {
        mac.update(format!("{now}.{body}").as_bytes());
        signed.extend(mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")));
    }
    format!("t={now},v1={signed}")
}

/// Sends events, one after another, until the channel is closed.
pub async fn deliver(webhook: Webhook, mut events: UnboundedReceiver<(Event, i64)>) {
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    while let Some((event, now)) = events.recv().await {
        send(&client, &webhook, &event, now).await;
    }
}

async fn send(client: &Client<HttpConnector, Full<Bytes>>, webhook: &Webhook, event: &Event, now: i64) {
    let body = event.body(now);
    for pause in PAUSES.iter().map(Some).chain([None]) {
        let request = Request::post(webhook.url.clone())
            .header(CONTENT_TYPE, "application/json; charset=utf-8")
            .header("stripe-signature", signature(&webhook.secret, &body, now))
            .header("user-agent", "Stripe/1.0 (sandbox)")
            .body(Full::from(body.clone()));
        let Ok(request) = request else { return };
        match tokio::time::timeout(PATIENCE, client.request(request)).await {
            Ok(Ok(answer)) if answer.status().is_success() => {
                tracing::info!(event = event.kind, "webhook delivered");
                return;
            }
            Ok(Ok(answer)) => tracing::warn!(event = event.kind, status = answer.status().as_u16(), "webhook refused"),
            Ok(Err(error)) => tracing::warn!(event = event.kind, %error, "webhook not delivered"),
            Err(_) => tracing::warn!(event = event.kind, "webhook timed out"),
        }
        if let Some(pause) = pause {
            tokio::time::sleep(*pause).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_hex_hmac_over_time_and_body() {
        // Computed with: printf '1700000000.{}' | openssl dgst -sha256 -hmac whsec_test
        assert_eq!(
            signature("whsec_test", "{}", 1_700_000_000),
            "t=1700000000,v1=35495024f4ef3f94e5a93e22221544c4b75e9a42300cd965ab81cb85cd994e91"
        );
    }
}
