//! `/webhook`: Stripe tells that a session is over. The signature is checked as Stripe documents it.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, Response};
use hmac::Mac;
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use crate::answer::{Answer, json_response};
use crate::app::App;
use crate::body;
use crate::holds::{IfOpen, end};
use crate::secret::{Secret, hmac_of, unhex};

/// An event holds a whole session.
const LONGEST_BODY: usize = 256 * 1024;
/// How old, or how far ahead, a signature may be, in seconds.
const TOLERANCE: i64 = 300;
/// Stripe gives up soon after, and tells again.
const PATIENCE: Duration = Duration::from_secs(9);
const SIGNATURE: HeaderName = HeaderName::from_static("stripe-signature");

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    #[serde(default)]
    id: String,
}

/// The request. 2xx tells Stripe that it has been understood; after anything else it tells again.
pub async fn handle(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Some(secret) = &app.webhook_secret else { return Answer::NOT_FOUND.into_response() };
    let body = match body::read(body, LONGEST_BODY).await {
        Ok(body) => body,
        Err(answer) => return answer.into_response(),
    };
    let signature = parts.headers.get(SIGNATURE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !is_signed(signature, &body, secret, app.clock.now()) {
        tracing::warn!("a webhook with a wrong signature");
        return Answer::BAD_REQUEST.into_response();
    }
    let Ok(event) = serde_json::from_slice::<Event>(&body) else { return Answer::BAD_REQUEST.into_response() };
    if matches!(event.kind.as_str(), "checkout.session.completed" | "checkout.session.expired") {
        // The event only says when to look: Stripe is asked what the session has come to.
        let session = event.data.object.id;
        if let Err(error) = end(&app, &session, IfOpen::Leave, Instant::now() + PATIENCE).await {
            tracing::warn!(error, kind = event.kind, "a webhook that has to come again");
            return json_response(503, &json!({ "received": false }));
        }
        tracing::info!(kind = event.kind, "a session is over");
    }
    json_response(200, &json!({ "received": true }))
}

/// Checks `t=…,v1=…`: an HMAC-SHA256 of the time, a dot and the body. Several `v1` come while a secret is being
/// replaced.
#[must_use]
pub fn is_signed(signature: &str, body: &[u8], secret: &Secret, now: i64) -> bool {
    let parts = || signature.split(',').filter_map(|part| part.trim().split_once('='));
    let Some(time) = parts().find_map(|(name, value)| (name == "t").then_some(value)) else { return false };
    if !time.parse::<i64>().is_ok_and(|time| time.abs_diff(now) <= TOLERANCE.unsigned_abs()) {
        return false;
    }
    let mut mac = hmac_of(secret.reveal().as_bytes());
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    parts()
        .filter(|(name, _)| *name == "v1")
        .filter_map(|(_, code)| unhex(code))
        .any(|code| mac.clone().verify_slice(&code).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::hex;

    fn sign(time: i64, body: &[u8], secret: &str) -> String {
        let mut mac = hmac_of(secret.as_bytes());
        mac.update(format!("{time}.").as_bytes());
        mac.update(body);
        hex(&mac.finalize().into_bytes())
    }

    #[test]
    fn checks_signatures_as_stripe_documents_them() {
        let (secret, body, now) = (Secret::new("whsec_1"), b"{}", 1_700_000_000);
        let good = sign(now, body, "whsec_1");
        for (signature, body, taken) in [
            (format!("t={now},v1={good}"), &b"{}"[..], true),
            (format!("t={now},v1=00,v1={good},v0=ff"), b"{}", true),
            (format!("t={now},v1={good}"), b"{ }", false),
            (format!("t={now},v0={good}"), b"{}", false),
            (format!("t={},v1={good}", now + 1), b"{}", false),
            (format!("t={now},v1={}", sign(now, b"{}", "whsec_2")), b"{}", false),
            (format!("t={},v1={}", now - 300, sign(now - 300, b"{}", "whsec_1")), b"{}", true),
            (format!("t={},v1={}", now - 301, sign(now - 301, b"{}", "whsec_1")), b"{}", false),
            (format!("t={},v1={}", now + 301, sign(now + 301, b"{}", "whsec_1")), b"{}", false),
            (format!("v1={good}"), b"{}", false),
            (String::new(), b"{}", false),
            ("t=,v1=".to_owned(), b"{}", false),
            (format!("t={},v1=00", i64::MIN), b"{}", false),
        ] {
            assert_eq!(is_signed(&signature, body, &secret, now), taken, "{signature}");
        }
    }
}
