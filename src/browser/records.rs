//! What crosses to JavaScript as a plain record, made by the literals of `records.js`.

use std::rc::Rc;

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use web_sys::AbortSignal;

use super::failure::{Failure, SettledUpdate, message_of};
use super::outcome::{Outcome, PayOutcome};
use super::store::Snapshot;
use super::stripe::Session;
use crate::failure::Kind;
use crate::payment::blocked::BlockReason;

#[wasm_bindgen(module = "/src/browser/records.js")]
extern "C" {
    #[wasm_bindgen(js_name = snapshot)]
    fn new_snapshot(pending: bool, stale: bool, paying: bool) -> JsValue;

    fn success(session: &JsValue, body: &JsValue) -> JsValue;

    fn failed(error: &JsValue, session: Option<&Session>) -> JsValue;

    fn confirmed(result: &JsValue) -> JsValue;

    #[wasm_bindgen(js_name = blocked)]
    fn new_blocked(reason: &str, session: Option<&Session>) -> JsValue;

    #[wasm_bindgen(js_name = refreshed)]
    fn new_refreshed(session: &JsValue) -> JsValue;

    #[wasm_bindgen(js_name = notRefreshed)]
    fn not_refreshed(error: &JsValue) -> JsValue;

    #[wasm_bindgen(js_name = settled)]
    fn new_settled(
        endpoint: &str,
        outcome: &str,
        kind: Option<&str>,
        applied: &str,
        waited_ms: f64,
        duration_ms: f64,
        attempts: u32,
        request_id: Option<&str>,
    ) -> JsValue;

    /// What `fetch` is given besides the URL.
    pub fn init(
        credentials: &str,
        referrer_policy: &str,
        body: &str,
        key: Option<&str>,
        header: Option<&str>,
        token: Option<&str>,
        signal: Option<&AbortSignal>,
    ) -> JsValue;
}

// What records.js imports: wasm-bindgen copies only files that an `extern` names.
#[wasm_bindgen(module = "/src/browser/error.js")]
extern "C" {
    #[wasm_bindgen(js_name = isCheckoutUpdateError)]
    fn _carry_error();
}

/// `{pending, stale, paying}`.
pub fn snapshot(Snapshot { pending, stale, paying }: Snapshot) -> JsValue {
    new_snapshot(pending, stale, paying)
}

/// What `run` resolves to.
pub fn outcome(outcome: &Outcome) -> JsValue {
    match outcome {
        Outcome::Success { session, answer } => success(session, &answer.body),
        Outcome::Error { failure, session } => failed(&failure.error, session.as_ref()),
        Outcome::Cancelled { failure } => failed(&failure.error, None),
    }
}

/// What `refresh` resolves to.
pub fn refreshed(ended: Result<&Session, &Rc<Failure>>) -> JsValue {
    match ended {
        Ok(session) => new_refreshed(session),
        Err(failure) => not_refreshed(&failure.error),
    }
}

/// What `pay` resolves to.
pub fn pay_outcome(outcome: &PayOutcome) -> JsValue {
    match outcome {
        PayOutcome::Confirmed { result } => confirmed(result),
        PayOutcome::Blocked { reason, session, .. } => new_blocked(reason.name(), session.as_ref()),
    }
}

/// The outcome of a payment that was blocked.
pub fn blocked(reason: BlockReason, session: Option<Session>) -> PayOutcome {
    let record = new_blocked(reason.name(), None);
    PayOutcome::Blocked { reason, message: message_of(&record), session }
}

/// The record of an update that has settled.
pub fn settled(settled: &SettledUpdate) -> JsValue {
    let outcome = match settled.failed {
        None => "success",
        Some(Kind::Cancelled) => "cancelled",
        Some(_) => "error",
    };
    new_settled(
        &settled.endpoint,
        outcome,
        settled.failed.map(Kind::name),
        settled.applied.name(),
        settled.waited_ms,
        settled.duration_ms,
        settled.attempts,
        settled.request_id.as_deref(),
    )
}
