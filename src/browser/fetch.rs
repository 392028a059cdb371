//! One attempt: a `fetch` with its abort, and the reading of its answer.

use js_sys::{Date, JSON, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, Headers, RequestInit};

use super::value::{call, get, get_text};
use crate::answer::{Answer, Body, LONGEST_BODY, look};
use crate::failure::is_showable;

/// Aborts its attempt when it is dropped, so that no path can forget to.
pub struct AbortGuard(Option<AbortController>);

impl AbortGuard {
    /// A guard for a new attempt, and the signal to hand to it. The browser's own error where there is no
    /// `AbortController`.
    pub fn new() -> Result<(Self, AbortSignal), JsValue> {
        let controller = AbortController::new()?;
        let signal = controller.signal();
        Ok((Self(Some(controller)), signal))
    }

    /// The attempt is over: what it gave must not be aborted any more.
    pub fn release(mut self) {
        self.0 = None;
    }
}

impl Drop for AbortGuard {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

/// The JavaScript side of how something ended.
#[derive(Default)]
pub struct Found {
    /// The `Response`, what a wrapped function gave, or a session.
    pub value: JsValue,
    /// The answer's body, parsed if it is JSON; `null` if it is empty.
    pub body: JsValue,
    /// What was thrown.
    pub cause: JsValue,
}

impl Found {
    /// Only a cause.
    pub fn cause(cause: JsValue) -> Self {
        Self { cause, ..Self::default() }
    }
}

/// Waits for a promise, a thenable or a plain value.
pub async fn settled(value: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&value?)).await
}

/// The `init` of a request.
///
/// # Errors
///
/// What `Headers` threw: a CSRF header or token that no header can hold.
pub fn request(
    body: &str,
    credentials: &str,
    key: Option<&str>,
    csrf: Option<(&str, &str)>,
    signal: &AbortSignal,
) -> Result<RequestInit, JsValue> {
    let headers = Headers::new()?;
    headers.set("content-type", "application/json")?;
    headers.set("accept", "application/json")?;
    if let Some(key) = key {
        headers.set("idempotency-key", key)?;
    }
    if let Some((name, token)) = csrf {
        headers.set(name, token)?;
    }
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&JsValue::from_str(body));
    init.set_headers(&headers);
    init.set_signal(Some(signal));
    for (name, value) in [("credentials", credentials), ("redirect", "manual"), ("cache", "no-store")] {
        // An object literal of our own: setting a member of it cannot fail.
        let _ = js_sys::Reflect::set(&init, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    Ok(init)
}

/// Sends a request and reads the answer. `head` is called with the status and the request id, before the body is read.
pub async fn send(sent: Result<JsValue, JsValue>, head: impl FnOnce(u16, Option<String>)) -> (Answer, Found) {
    match settled(sent).await {
        Ok(response) => {
            head(status(&response), request_id(&response));
            read(response).await
        }
        Err(cause) => (Answer::None, Found::cause(cause)),
    }
}

/// Waits for a function of the page. What it gives goes through untouched, but for a `Response` that is not ok.
pub async fn work(work: Result<JsValue, JsValue>) -> (Answer, Found) {
    match settled(work).await {
        Ok(value) if get(&value, "ok") == JsValue::FALSE && get(&value, "status").as_f64().is_some() => {
            read(value).await
        }
        Ok(value) => (Answer::Value, Found { body: value.clone(), value, cause: JsValue::UNDEFINED }),
        Err(cause) => (Answer::Threw, Found::cause(cause)),
    }
}

fn header(response: &JsValue, name: &str) -> Option<String> {
    call(&get(response, "headers"), "get", &JsValue::from_str(name)).ok()?.as_string()
}

/// Its status. What is no answer at all, and a redirect that was not followed, has 0.
fn status(response: &JsValue) -> u16 {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let status = get(response, "status").as_f64().unwrap_or(0.0) as u16;
    status
}

fn request_id(response: &JsValue) -> Option<String> {
    header(response, "request-id").or_else(|| header(response, "x-request-id"))
}

/// Milliseconds that a `Retry-After` asks for: seconds, or a date (RFC 9110, section 10.2.3).
fn retry_after(value: &str) -> Option<f64> {
    if let Ok(seconds) = value.trim().parse::<u32>() {
        return Some(f64::from(seconds) * 1_000.0);
    }
    let ms = Date::parse(value) - Date::now();
    if ms.is_nan() { None } else { Some(ms.max(0.0)) }
}

/// Reads an answer from a copy of it, so that the caller's own is still to be read.
async fn read(response: JsValue) -> (Answer, Found) {
    let status = status(&response);
    let mut found = Found { value: response, body: JsValue::NULL, cause: JsValue::UNDEFINED };
    let mut message = None;
    let body = if status == 0 || status == 204 {
        Body::Empty
    } else {
        let copy = call(&found.value, "clone", &JsValue::UNDEFINED).unwrap_or_else(|_| found.value.clone());
        match read_text(&copy).await {
            Ok(text) => understand(&text, &mut found, &mut message),
            Err((body, cause)) => {
                found.cause = cause;
                body
            }
        }
    };
    let request_id = request_id(&found.value);
    let retry_after = header(&found.value, "retry-after").and_then(|value| retry_after(&value));
    (Answer::Http { status, body, message, request_id, retry_after }, found)
}

/// Says what a body's text means, and keeps what the page may want of it.
fn understand(text: &str, found: &mut Found, message: &mut Option<String>) -> Body {
    let body = look(text);
    match body {
        Body::Json => match JSON::parse(text.trim_start_matches('\u{feff}')) {
            Ok(json) => {
                let error = get(&json, "error");
                let refusal = get_text(&json, "type").is_some_and(|kind| kind == "error");
                *message = error
                    .as_string()
                    .or_else(|| if refusal { get_text(&json, "message") } else { None })
                    .filter(|text| is_showable(text));
                found.body = json;
                if refusal || error.is_truthy() { Body::Refusal } else { Body::Json }
            }
            Err(cause) => {
                found.cause = cause;
                Body::Broken
            }
        },
        Body::Text => {
            found.body = JsValue::from_str(text);
            Body::Text
        }
        other => other,
    }
}

/// A body's text, as far as it is short enough and came whole.
async fn read_text(response: &JsValue) -> Result<String, (Body, JsValue)> {
    let cut_off = |cause| (Body::CutOff, cause);
    let stream = get(response, "body");
    let Ok(reader) = call(&stream, "getReader", &JsValue::UNDEFINED) else {
        // A stand-in without streams, or an answer without a body.
        return match settled(call(response, "text", &JsValue::UNDEFINED)).await {
            Ok(text) => Ok(text.as_string().unwrap_or_default()).and_then(short),
            Err(cause) if cause.is_undefined() => Ok(String::new()),
            Err(cause) => Err(cut_off(cause)),
        };
    };
    let mut bytes = Vec::new();
    loop {
        let chunk = settled(call(&reader, "read", &JsValue::UNDEFINED)).await.map_err(cut_off)?;
        if get(&chunk, "done").is_truthy() {
            return Ok(String::from_utf8_lossy(&bytes).into_owned());
        }
        let chunk: Uint8Array = get(&chunk, "value").unchecked_into();
        if bytes.len() + chunk.length() as usize > LONGEST_BODY {
            return Err((Body::TooLong, JsValue::UNDEFINED));
        }
        bytes.extend(chunk.to_vec());
    }
}

fn short(text: String) -> Result<String, (Body, JsValue)> {
    if text.len() > LONGEST_BODY { Err((Body::TooLong, JsValue::UNDEFINED)) } else { Ok(text) }
}
