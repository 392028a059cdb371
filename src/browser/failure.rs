//! How an update failed, as a page is told of it.

use std::rc::Rc;

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use super::read::{self, name};
use crate::failure::{Applied, FailureFacts, Kind, Reason};
use crate::text::concat;

#[wasm_bindgen(module = "/src/browser/records.js")]
extern "C" {
    #[wasm_bindgen(js_name = failure)]
    fn new_error(
        kind: &str,
        applied: &str,
        endpoint: &str,
        status: Option<u16>,
        duration_ms: f64,
        attempts: u32,
        request_id: Option<&str>,
        code: Option<&str>,
        message: Option<&str>,
        detail: Option<&str>,
        field: Option<&str>,
        reason: Option<&str>,
        cause: &JsValue,
    ) -> JsValue;
}

/// How an update failed. It holds no session id, no value of an intent and no URL.
///
/// ```no_run
/// # fn show(_: &str) {}
/// # fn example(failure: checkout_updates::Failure) {
/// if failure.code.as_deref() == Some("out_of_stock") {
///     show("That was the last one.");
/// } else {
///     show(&failure.message);
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Failure {
    /// What happened.
    pub kind: Kind,
    /// Did the server make the change?
    pub applied: Applied,
    /// The endpoint's name, as declared; empty for a refresh.
    pub endpoint: String,
    /// The HTTP status of the last answer, where there was one.
    pub status: Option<u16>,
    /// Whole milliseconds from the call of the function, or of `run` if it was never called.
    pub duration_ms: f64,
    /// HTTP requests that were sent.
    pub attempts: u32,
    /// From the answer's `request-id` header, else `x-request-id`.
    pub request_id: Option<String>,
    /// The server's own word for why it refused, for the page's program.
    pub code: Option<String>,
    /// Can be shown to a customer.
    pub message: String,
    /// For the page's author: which field, which rule, which file to serve.
    pub detail: Option<String>,
    /// For an invalid intent: the field.
    pub field: Option<String>,
    /// For a cancelled update: why.
    pub reason: Option<Reason>,
    /// The `CheckoutUpdateError` that JavaScript sees.
    pub error: JsValue,
}

/// What is known of a failure besides what the machine decides.
#[derive(Clone, Debug, Default)]
pub struct FailureDetails {
    /// The server's words for a customer.
    pub message: Option<String>,
    /// The server's word for the page's program.
    pub code: Option<String>,
    /// What the page's author can change.
    pub detail: Option<String>,
    /// For an invalid intent: the field.
    pub field: Option<String>,
    /// What the server calls the request.
    pub request_id: Option<String>,
    /// What was thrown.
    pub cause: JsValue,
}

/// The page's own words in place of ours: called with the failure as it is without them.
pub type Messages = Box<dyn Fn(&Failure) -> Option<String>>;

impl Failure {
    /// The failure that a page is told of. The server's words go first where it said no, then the page's own.
    pub fn new(
        facts: FailureFacts,
        endpoint: String,
        details: &FailureDetails,
        cause: &JsValue,
        messages: Option<&Messages>,
    ) -> Rc<Self> {
        let FailureFacts { kind, applied, status, duration, attempts, reason } = facts;
        let servers = details.message.as_deref().filter(|_| kind.shows_servers_words());
        let detail = match &details.field {
            Some(field) => Some(concat(&["\"", field, "\" ", details.detail.as_deref().unwrap_or_default()])),
            None => details.detail.clone(),
        };
        let mut made = Self {
            kind,
            applied,
            endpoint,
            status,
            duration_ms: whole(duration),
            attempts,
            request_id: details.request_id.clone(),
            code: details.code.clone(),
            message: String::new(),
            detail,
            field: details.field.clone(),
            reason,
            error: JsValue::UNDEFINED,
        };
        made.complete(servers, cause);
        if servers.is_none()
            && let Some(own) = messages.and_then(|messages| messages(&made))
        {
            made.complete(Some(&own), cause);
        }
        Rc::new(made)
    }

    /// Makes the error, which knows the default message.
    #[inline(never)]
    fn complete(&mut self, message: Option<&str>, cause: &JsValue) {
        self.error = self.to_error(message, cause);
        self.message = message_of(&self.error);
    }

    /// The error of a self. Without a message it has the default one.
    fn to_error(&self, message: Option<&str>, cause: &JsValue) -> JsValue {
        new_error(
            self.kind.name(),
            self.applied.name(),
            &self.endpoint,
            self.status,
            self.duration_ms,
            self.attempts,
            self.request_id.as_deref(),
            self.code.as_deref(),
            message,
            self.detail.as_deref(),
            self.field.as_deref(),
            self.reason.map(Reason::name),
            cause,
        )
    }
}

/// The message of an error that was made here.
pub fn message_of(error: &JsValue) -> String {
    name::MESSAGE.with(|name| read::text(error, name)).unwrap_or_default()
}

/// Whole milliseconds.
pub fn whole(ms: f64) -> f64 {
    (ms + 0.5).trunc()
}

/// How an update settled. It holds no session id, no value of an intent and no URL.
#[derive(Clone, Debug)]
pub struct SettledUpdate {
    /// The endpoint's name, as declared.
    pub endpoint: String,
    /// What happened where it did not succeed.
    pub failed: Option<Kind>,
    /// Did the server make the change?
    pub applied: Applied,
    /// Whole milliseconds of waiting for a turn.
    pub waited_ms: f64,
    /// Whole milliseconds that the function took.
    pub duration_ms: f64,
    /// HTTP requests that were sent.
    pub attempts: u32,
    /// From the answer's `request-id` header, else `x-request-id`.
    pub request_id: Option<String>,
}

#[cfg(feature = "js")]
impl Failure {
    /// A failure that was met before there was a module, as far as it is counted; the rest is its error's.
    pub fn met(error: &JsValue) -> Rc<Self> {
        let text = |name: &str| read::text(error, &name.into());
        let kind = text("kind").and_then(|name| Kind::of_name(&name)).unwrap_or(Kind::Internal);
        Rc::new(Self {
            kind,
            applied: Applied::Unknown,
            endpoint: text("endpoint").unwrap_or_default(),
            status: None,
            duration_ms: read::number(error, &"durationMs".into()).unwrap_or_default(),
            attempts: 0,
            request_id: None,
            code: None,
            message: String::new(),
            detail: None,
            field: None,
            reason: None,
            error: error.clone(),
        })
    }
}
