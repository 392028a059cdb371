//! One attempt, from top to bottom: the request, its answer, and what that says.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::JsCast;

use super::client::Client;
use super::promise::settled;
use super::request::{AbortGuard, Outgoing, Sent, Unsent, fits_header};
use super::response::Answer as Given;
use super::{object, page};
use crate::answer::Answer;
use crate::effect::{Event, News};
use crate::failure::is_showable;

const NONE: JsValue = JsValue::UNDEFINED;

/// Asks the page for its CSRF token.
pub async fn token(client: Rc<Client>, id: u32) {
    let Some(csrf) = client.options.csrf() else { return };
    let given = settled(csrf.token()).await;
    let token = given.as_ref().ok().and_then(JsValue::as_string).filter(|token| fits_header(token));
    let there = token.is_some();
    if let Some(mut slot) = client.slot(id) {
        slot.token = token.map(Rc::from);
        slot.words.cause = given.err().unwrap_or_default();
    }
    client.take(Event::Of(id, News::Token(there)), NONE);
}

/// Begins an attempt: sends the request, or calls the page's own function. Gives what these gave.
///
/// # Errors
///
/// Nothing could be sent.
pub fn begin(client: &Client, id: u32, number: u32) -> Result<Result<JsValue, JsValue>, Unsent> {
    let (abort, signal) = AbortGuard::new();
    let mut slot = client.slot(id).ok_or_else(Unsent::default)?;
    slot.attempt = number;
    // What is known of an attempt is not known of the next.
    (slot.words.cause, slot.words.request_id) = (NONE, NONE);
    let replaced = slot.abort.replace(abort);
    let own = slot.own.clone();
    drop(slot);
    drop(replaced);
    let given = match own {
        Some(own) => own.call1(&NONE, &signal.map_or(NONE, Into::into)),
        None => send(client, id, signal.as_ref()).unwrap_or_else(|| Err(Unsent::default()))?,
    };
    if let Some(mut slot) = client.slot(id) {
        slot.sent = true;
    }
    Ok(given)
}

/// An attempt could not begin.
pub fn unsent(client: &Client, id: u32, number: u32, Unsent { detail, cause }: Unsent) {
    if let Some(mut slot) = client.slot(id) {
        slot.words.detail = detail.into();
    }
    answered(client, id, number, Answer::Unsent, cause);
}

/// Waits for what an attempt gives, and judges it.
pub async fn attempt(client: Rc<Client>, id: u32, number: u32, given: Result<JsValue, JsValue>) {
    let given = settled(given).await;
    let is_own = client.slot(id).is_some_and(|slot| slot.own.is_some());
    match given {
        Err(thrown) if is_own => threw(&client, id, number, thrown).await,
        // A `fetch` that somebody wrapped may reject with the answer, or with an error that has it.
        Err(thrown) => match answer_of(&thrown) {
            Some(answer) => came(&client, id, number, answer, false).await,
            None => answered(&client, id, number, Answer::None, thrown),
        },
        // What a function of the page gives goes through untouched, but for an answer that is not ok.
        Ok(value) if is_own && !value.unchecked_ref::<Given>().is_failed() => {
            if let Some(mut slot) = client.slot(id) {
                (slot.answer, slot.body_value) = (value.clone(), value);
            }
            answered(&client, id, number, Answer::Value, NONE);
        }
        Ok(value) => came(&client, id, number, value.unchecked_into(), is_own).await,
    }
}

/// The answer that something thrown is, or has: with a status of HTTP.
fn answer_of(thrown: &JsValue) -> Option<Given> {
    let response = object::member(thrown, "response");
    let candidates = [response, thrown.clone()].map(JsCast::unchecked_into::<Given>);
    candidates.into_iter().find(|candidate| candidate.code() >= 100)
}

/// A function of the page threw: what it says of an answer, or of the change, is believed.
async fn threw(client: &Rc<Client>, id: u32, number: u32, thrown: JsValue) {
    if let Some(answer) = answer_of(&thrown) {
        let status = answer.code();
        let content = answer.content_or_data(&thrown, status).await;
        if let Some(mut slot) = client.slot(id).filter(|slot| slot.attempt == number) {
            slot.words.message = content.message;
            slot.words.request_id = answer.request_id();
        }
        return answered(client, id, number, Answer::ThrewHttp { status, body: content.body }, thrown);
    }
    let says_no = object::member(&thrown, "applied") == "no";
    if says_no && let Some(mut slot) = client.slot(id).filter(|slot| slot.attempt == number) {
        let message = object::member(&thrown, "message");
        let showable = message.as_string().is_some_and(|text| is_showable(&text));
        slot.words.message = if showable { message } else { NONE };
    }
    answered(client, id, number, if says_no { Answer::ThrewNo } else { Answer::Threw }, thrown);
}

/// Sends the request of an update.
fn send(client: &Client, id: u32, signal: Option<&web_sys::AbortSignal>) -> Option<Sent> {
    let slot = client.slot(id)?;
    let (endpoint, body, key, token) = (slot.endpoint, slot.body.clone()?, slot.key.clone(), slot.token.clone());
    drop(slot);
    let place = client.place(endpoint)?;
    let (with_key, with_token) = client.machine().endpoints.get(endpoint).map(|rules| (rules.key, rules.csrf))?;
    let key = with_key.then(|| key.unwrap_or_else(|| page::random_key().into()));
    if let Some(mut slot) = client.slot(id) {
        slot.key.clone_from(&key);
    }
    let header = if with_token { client.options.csrf().map(|csrf| csrf.header()) } else { None };
    let token = header.as_deref().zip(token.as_deref());
    let credentials = &place.credentials;
    let fetch = client.options.fetch();
    Some(Outgoing { url: &place.url, credentials, body: &body, key: key.as_deref(), token }.send(signal, fetch))
}

/// An answer has come; its body is still to be read.
async fn came(client: &Rc<Client>, id: u32, number: u32, answer: Given, is_own: bool) {
    // What is no longer waited for is not looked at.
    let is_awaited = || client.slot(id).is_some_and(|slot| slot.attempt == number);
    if !is_awaited() {
        return;
    }
    let status = answer.code();
    let request_id = answer.request_id();
    if let Some(mut slot) = client.slot(id) {
        slot.words.request_id = request_id;
        slot.answer = answer.clone().into();
        slot.body_value = JsValue::NULL;
    }
    client.take(Event::Of(id, News::Head { attempt: number, status }), NONE);
    let content = if is_own { answer.for_reading() } else { answer.clone() }.content(status).await;
    if !is_awaited() {
        return;
    }
    // `run` gives the body alone, and what is read of a copy needs no other.
    let is_run = client.slot(id).is_some_and(|slot| slot.actions.is_some());
    let refilled = content.bytes.filter(|_| !is_run && !is_own).map(|bytes| answer.refilled(&bytes));
    let retry_after = answer.retry_after();
    if let Some(mut slot) = client.slot(id) {
        if let Some(refilled) = refilled {
            slot.answer = refilled;
        }
        slot.body_value = content.value;
        slot.words.cause = content.cause;
        slot.words.message = content.message;
    }
    let http = Answer::Http { status, body: content.body, retry_after };
    client.take(Event::Of(id, News::Answered(number, http)), NONE);
    // What the server says is about this attempt alone.
    if let Some(mut slot) = client.slot(id) {
        slot.words.message = NONE;
    }
}

/// The attempt ended without an answer of HTTP.
fn answered(client: &Client, id: u32, number: u32, answer: Answer, cause: JsValue) {
    let Some(mut slot) = client.slot(id).filter(|slot| slot.attempt == number) else { return };
    slot.words.cause = cause;
    drop(slot);
    client.take(Event::Of(id, News::Answered(number, answer)), NONE);
}
