//! An update of one endpoint, as somebody writes it who needs no more: a request, a deadline, and failures with a type.

use gloo_net::http::Request;
use gloo_timers::callback::Timeout;
use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::{from_value, to_value};
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

/// Stripe.js waits for 20 seconds.
const DEADLINE_MS: u32 = 19_500;

#[derive(Serialize)]
struct Body<'a> {
    checkout_session_id: &'a str,
    interval: &'a str,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Answer {
    Success,
    Error { message: String },
}

/// Why an update failed, with what a page tells its customer or its log.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum Failure {
    Timeout,
    Network { message: String },
    Status { status: u16 },
    Rejected { message: String },
    Answer { message: String },
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> Self {
        to_value(&failure).unwrap_or(Self::NULL)
    }
}

fn json(body: &Body) -> Result<String, JsValue> {
    Ok(js_sys::JSON::stringify(&to_value(body)?)?.into())
}

fn answer(text: &str) -> Result<Answer, Failure> {
    let unreadable = |message| Failure::Answer { message };
    let value = js_sys::JSON::parse(text).map_err(|_| unreadable(text.to_owned()))?;
    from_value(value).map_err(|error| unreadable(error.to_string()))
}

/// Resolves when the server has made the change; rejects with a `Failure`.
#[wasm_bindgen(wasm_bindgen_futures = js_sys::futures)]
pub async fn update(session: String, interval: String) -> Result<(), JsValue> {
    let body = json(&Body { checkout_session_id: &session, interval: &interval })?;
    let controller = AbortController::new()?;
    let signal = controller.signal();
    let _deadline = Timeout::new(DEADLINE_MS, move || controller.abort());
    let failed = |error: gloo_net::Error| match signal.aborted() {
        true => Failure::Timeout,
        false => Failure::Network { message: error.to_string() },
    };

    let request = Request::post("/change-subscription-interval")
        .header("Content-Type", "application/json")
        .abort_signal(Some(&signal))
        .body(body)
        .map_err(failed)?;
    let response = request.send().await.map_err(failed)?;
    let text = response.text().await.map_err(failed)?;
    if !response.ok() {
        let status = response.status();
        return Err(Failure::Status { status }.into());
    }
    match answer(&text)? {
        Answer::Success => Ok(()),
        Answer::Error { message } => Err(Failure::Rejected { message }.into()),
    }
}
