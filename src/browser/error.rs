//! A failure as JavaScript sees it: the record that `serde` writes, and the error that is made from it.

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use super::object::{self, Member};
use super::page;
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
    /// The server's words for a customer.
    pub message: JsValue,
    /// What the page's author can change.
    pub detail: JsValue,
    /// For an intent: the field.
    pub field: Option<String>,
    /// What the server calls the request.
    pub request_id: JsValue,
    /// What was thrown.
    pub cause: JsValue,
}

/// The error of a failure, with the page's own `messages` in place of ours; the server's go before both where it said no.
pub fn error(failure: Failure, endpoint: &JsValue, words: &Words, messages: &JsValue) -> JsValue {
    let shows = failure.kind.shows_servers_words() && words.message.is_string();
    let message = if shows { words.message.clone() } else { object::member(messages, failure.kind.name()) };
    let made = made(failure, endpoint, words, &message);
    match object::function(messages.clone()) {
        Some(own) if !shows => match own.call1(&JsValue::UNDEFINED, &made) {
            Ok(message) if message.is_string() => self::made(failure, endpoint, words, &message),
            Ok(_) => made,
            Err(thrown) => {
                page::report(&thrown);
                made
            }
        },
        _ => made,
    }
}

fn made(failure: Failure, endpoint: &JsValue, words: &Words, message: &JsValue) -> JsValue {
    let Failure { kind, applied, status, duration, attempts, reason } = failure;
    let text = words.detail.as_string().unwrap_or_default();
    let detail = match &words.field {
        Some(field) => ["\"", field, "\" ", &text].concat().into(),
        // A customer need not read what a server says of itself; who looks for the fault may.
        None if words.detail.is_undefined() && !kind.shows_servers_words() => words.message.clone(),
        None => words.detail.clone(),
    };
    let record = object::written(&[
        ("kind", Member::Text(kind.name())),
        ("applied", Member::Text(applied.name())),
        ("endpoint", Member::Value(endpoint)),
        ("status", if status == 0 { Member::Null } else { Member::Number(status.into()) }),
        ("durationMs", whole(duration)),
        ("attempts", Member::Number(attempts.into())),
        ("requestId", said(&words.request_id)),
        ("message", said(message)),
        ("detail", said(&detail)),
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

/// Whole milliseconds.
fn whole(ms: f64) -> Member<'static> {
    Member::Number((ms + 0.5).trunc())
}

/// The record of an update that has settled. `times` are the milliseconds that it waited, and those that it took.
pub fn settled(
    failure: Option<Failure>,
    endpoint: &JsValue,
    [waited, duration]: [f64; 2],
    attempts: u32,
    request_id: &JsValue,
) -> JsValue {
    let outcome = match failure {
        None => "success",
        Some(Failure { kind: Kind::Cancelled, .. }) => "cancelled",
        Some(_) => "error",
    };
    let applied = failure.map_or(Applied::Yes, |failure| failure.applied);
    object::written(&[
        ("endpoint", Member::Value(endpoint)),
        ("outcome", Member::Text(outcome)),
        ("kind", failure.map_or(Member::Null, |failure| Member::Text(failure.kind.name()))),
        ("applied", Member::Text(applied.name())),
        ("waitedMs", whole(waited)),
        ("durationMs", whole(duration)),
        ("attempts", Member::Number(attempts.into())),
        ("requestId", said(request_id)),
    ])
}

/// The record of an error made here, as the page may keep it.
pub fn record(error: &JsValue) -> JsValue {
    wasm_bindgen::JsCast::unchecked_ref::<Thrown>(error).to_json()
}
