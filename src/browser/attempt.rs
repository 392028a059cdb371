//! One attempt, from top to bottom: `fetch` returns a `Response`; `read_body` makes a `ReadBody`; the machine gets its
//! `Answer`, the row keeps the rest.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::JsCast;

use super::failure::FailureDetails;
use super::promise::{Returned, resolve};
use super::read::{self, name};
use super::response::{self, ReadBody, Response};
use crate::answer::{Answer, BodyContent};
use crate::code::code;
use crate::message::message;

/// An attempt that has begun: `fetch`, or the page's own function, was called.
pub struct Attempt {
    /// What it returned or threw.
    pub returned: Returned,
    /// Whether it is the page's own function.
    pub is_wrapped: bool,
    /// Whether the body alone is wanted, as by `run`, and not the response.
    pub is_run: bool,
}

/// How an attempt ended.
pub struct Attempted {
    /// For the machine.
    pub answer: Answer,
    /// For the page.
    pub received: Box<Received>,
}

/// What an attempt has received.
#[derive(Default)]
pub struct Received {
    /// What the function's promise resolves to.
    pub response: JsValue,
    /// For `run`: what the body holds.
    pub body: JsValue,
    /// What a failure says besides.
    pub details: FailureDetails,
}

impl Attempted {
    /// One that nobody has answered.
    pub fn without_answer(answer: Answer, details: FailureDetails) -> Self {
        Self { answer, received: Box::new(Received { details, ..Received::default() }) }
    }

    /// The same with what an answer said.
    fn read(answer: Answer, response: &Response, read: ReadBody, cause: JsValue) -> Self {
        let ReadBody { content, value, .. } = read;
        let BodyContent { message, detail, code, .. } = content;
        let details = FailureDetails { message, detail, code, cause, ..FailureDetails::default() };
        Self { answer, received: Box::new(Received { response: response.clone().into(), body: value, details }) }
    }
}

/// Waits for an attempt's end. `head` is told the status once that is known, and returns whether the rest still matters.
pub async fn attempt(sent: Attempt, head: &dyn Fn(u16) -> bool) -> Attempted {
    let Attempt { returned, is_wrapped, is_run } = sent;
    let (response, page_keeps_body) = match resolve(returned).await {
        // What a function of the page returns goes through untouched, but for an answer that is not ok.
        Ok(value) if is_wrapped && !value.unchecked_ref::<Response>().is_failed() => {
            let received = Box::new(Received { response: value.clone(), body: value, ..Received::default() });
            return Attempted { answer: Answer::Value, received };
        }
        Ok(value) => (value.unchecked_into::<Response>(), is_wrapped),
        Err(thrown) if is_wrapped => return threw(thrown).await,
        // A `fetch` that somebody wrapped may reject with the answer, or with an error that has it.
        Err(thrown) => match response::of_thrown(&thrown) {
            Some(response) => (response, false),
            None => return no_answer(Answer::None, thrown),
        },
    };
    let status = response.code();
    if !head(status) {
        return no_answer(Answer::None, JsValue::UNDEFINED);
    }
    let mut read = response.read_body(status, page_keeps_body).await;
    let answer = Answer::Http {
        status,
        body: read.content.body,
        retry_after: if status >= 400 { response.retry_after() } else { None },
    };
    let cause = std::mem::take(&mut read.cause);
    // What is read of a copy needs no other, and `run` gives the body alone.
    let refilled = read.bytes.take().filter(|_| !is_run && !page_keeps_body).map(|bytes| response.refilled(&bytes));
    let mut attempted = Attempted::read(answer, &response, read, cause);
    if let Some(refilled) = refilled {
        attempted.received.response = refilled;
    }
    attempted
}

fn no_answer(answer: Answer, cause: JsValue) -> Attempted {
    Attempted::without_answer(answer, FailureDetails { cause, ..FailureDetails::default() })
}

/// A function of the page threw: what it says of an answer, or of the change, is believed.
async fn threw(thrown: JsValue) -> Attempted {
    if let Some(response) = response::of_thrown(&thrown) {
        let status = response.code();
        let read = response.read_thrown(&thrown, status).await;
        return Attempted::read(Answer::ThrewHttp { status, body: read.content.body }, &response, read, thrown);
    }
    if read::text(&thrown, &"applied".into()).as_deref() != Some("no") {
        return no_answer(Answer::Threw, thrown);
    }
    let own_message = name::MESSAGE.with(|name| read::text(&thrown, name));
    let own_code = read::text(&thrown, &"code".into());
    let details = FailureDetails {
        message: message([own_message.as_deref(), None, None, None]).map(str::to_owned),
        code: code([own_code.as_deref(), None, None]).map(str::to_owned),
        cause: thrown,
        ..FailureDetails::default()
    };
    Attempted::without_answer(Answer::ThrewNo, details)
}
