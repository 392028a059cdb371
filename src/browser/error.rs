//! A failure as JavaScript sees it: the record that `serde` writes, and the error that is made from it.

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use super::object::{self, Member};
use crate::failure::{Applied, Failure, Kind};

#[wasm_bindgen(module = "/src/browser/error.js")]
extern "C" {
    type CheckoutUpdateError;

    #[wasm_bindgen(constructor)]
    fn new(record: &JsValue) -> CheckoutUpdateError;
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = js_sys::Object, js_name = Error)]
    type Thrown;

    #[wasm_bindgen(method, js_name = toJSON)]
    fn to_json(this: &Thrown) -> JsValue;
}

/// What is said of a failure beside what the machine decided.
#[derive(Clone, Default)]
pub struct Words {
    /// The server's words, or what is wrong with what the page passed.
    pub message: JsValue,
    /// For an intent: the field.
    pub field: Option<String>,
    /// What the server calls the request.
    pub request_id: JsValue,
    /// What was thrown.
    pub cause: JsValue,
}

/// The error of a failure, with the page's own `messages` in place of what it says of itself.
pub fn error(failure: Failure, endpoint: JsValue, words: &Words, messages: &JsValue) -> JsValue {
    let Failure { kind, applied, status, duration, attempts, reason } = failure;
    let own = object::member(messages, kind.name());
    let text = words.message.as_string().unwrap_or_default();
    let detail = match &words.field {
        Some(field) => ["\"", field, "\" ", &text].concat().into(),
        None => words.message.clone(),
    };
    // What is wrong with what the page passed gives way to the page's own words; what the server said does not.
    let message = match kind {
        Kind::InvalidIntent | Kind::InvalidSession if own.is_string() => own,
        _ if detail.is_string() => detail,
        _ => own,
    };
    let record = object::written(&[
        ("kind", Member::Text(kind.name())),
        ("applied", Member::Text(applied.name())),
        ("endpoint", Member::Value(&endpoint)),
        ("status", if status == 0 { Member::Null } else { Member::Number(status.into()) }),
        ("durationMs", Member::Number((duration + 0.5).trunc())),
        ("attempts", Member::Number(attempts.into())),
        ("requestId", said(&words.request_id)),
        ("message", said(&message)),
        ("field", words.field.as_ref().map_or(Member::Null, |field| Member::Text(field))),
        ("reason", reason.map_or(Member::Null, |reason| Member::Text(reason.name()))),
    ]);
    if !words.cause.is_undefined() {
        object::define(&record, "cause", &words.cause);
    }
    CheckoutUpdateError::new(&record).into()
}

fn said(text: &JsValue) -> Member<'_> {
    if text.is_string() { Member::Value(text) } else { Member::Null }
}

/// The record of an error made here, as the page may keep it.
pub fn record(error: &JsValue) -> JsValue {
    wasm_bindgen::JsCast::unchecked_ref::<Thrown>(error).to_json()
}

/// A failure of what sent nothing.
pub fn bare(kind: Kind) -> Failure {
    Failure::bare(kind, Applied::No)
}
