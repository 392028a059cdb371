//! One attempt: the request, its answer and the answer's body, step by step.
//!
//! Answers are looked at by their shape: a mocked, cross-realm or jsdom `Response` is no `Response` of this page.

use std::mem;
use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::client::{Client, Step};
use super::host::Host;
use super::word::Word;
use crate::answer::{Answer, Body, LONGEST_BODY, look};
use crate::effect::{Event, News};
use crate::failure::is_showable;

const NONE: JsValue = JsValue::UNDEFINED;

/// Aborts an attempt unless it was released: a timer, a signal and `dispose` all end in its drop, so that no path can
/// forget to.
pub struct AbortGuard {
    host: Host,
    controller: Option<JsValue>,
}

impl AbortGuard {
    /// A guard for a new attempt, and the signal to hand to it.
    fn new(host: &Host) -> (Self, JsValue) {
        let controller = host.create(Word::AbortController as u8);
        let signal = host.get(&controller, Word::Signal as u8);
        (Self { host: host.clone(), controller: Some(controller) }, signal)
    }

    /// The attempt is over: what it gave must not be aborted any more.
    pub fn release(mut self) {
        self.controller = None;
    }
}

impl Drop for AbortGuard {
    fn drop(&mut self) {
        if let Some(controller) = &self.controller {
            self.host.call(controller, Word::Abort as u8, &NONE);
        }
    }
}

/// Whether a header can hold this, so that `fetch` does not take it for a failure of the network.
fn fits_header(text: &str) -> bool {
    // Above 0xc3 begins what Latin-1 does not have.
    !text.trim_ascii().bytes().any(|byte| byte > 0xc3 || matches!(byte, 0 | b'\r' | b'\n'))
}

impl Client {
    /// The page gave its CSRF token, or something else, or threw.
    pub fn token_came(self: &Rc<Self>, id: u32, ok: bool, value: &JsValue) {
        let there = ok && value.as_string().is_some_and(|token| fits_header(&token));
        self.host.keep(id, if ok { Word::Token } else { Word::Cause } as u8, value);
        self.take(Event::Of(id, News::Token(there)), NONE);
    }

    /// Begins an attempt.
    pub fn send(&self, id: u32, attempt: u32) {
        let (guard, signal) = AbortGuard::new(&self.host);
        let begun = self.slot(id, |slot| {
            slot.attempt = attempt;
            (slot.endpoint, slot.body.clone(), slot.guard.replace(guard))
        });
        let Some((endpoint, body, replaced)) = begun else { return };
        drop(replaced);
        // What is known of an attempt is not known of the next.
        for word in [Word::KeptRequestId, Word::Cause] {
            self.host.keep(id, word as u8, &NONE);
        }
        let Some(body) = body else { return self.host.work(id, Step::Work.of(attempt), &signal) };
        let headers = self.object(&[(Word::ContentType, Word::Json), (Word::Accept, Word::Json)]);
        let (with_key, with_token) = self.sends(endpoint);
        if with_key {
            self.host.put(&headers, Word::IdempotencyKey as u8, &self.host.key(id));
        }
        if with_token {
            self.host.put(&headers, Word::CsrfHeader as u8, &self.host.kept(id, Word::Token as u8));
        }
        let texts = [(Word::Method, Word::Post), (Word::Redirect, Word::Manual), (Word::Cache, Word::NoStore)];
        let init = self.object(&texts);
        self.host.put(&init, Word::Body as u8, &self.host.decode(&body));
        self.host.put(&init, Word::Headers as u8, &headers);
        self.host.put(&init, Word::Signal as u8, &signal);
        self.host.fetch(id, Step::Head.of(attempt), &init);
    }

    /// An object with these members.
    fn object(&self, members: &[(Word, Word)]) -> JsValue {
        let object = self.host.create(Word::Object as u8);
        for (name, text) in members {
            self.host.put(&object, *name as u8, &self.host.word(*text as u8));
        }
        object
    }

    /// `fetch` has settled.
    pub fn head_came(self: &Rc<Self>, id: u32, attempt: u32, ok: bool, value: &JsValue) {
        if !ok {
            return self.answered(id, attempt, Answer::None, value);
        }
        self.take(Event::Of(id, News::Head { attempt, status: self.status(value) }), NONE);
        self.read(id, attempt, value, value);
    }

    /// A function of the page has settled. What it gives goes through untouched, but for a `Response` that is not ok.
    pub fn work_came(self: &Rc<Self>, id: u32, attempt: u32, ok: bool, value: &JsValue) {
        if !ok {
            return self.answered(id, attempt, Answer::Threw, value);
        }
        let failed = self.host.get(value, Word::Ok as u8) == JsValue::FALSE;
        if failed && !self.host.number(value, Word::Status as u8).is_nan() {
            // The page may have kept it, to read it itself.
            let copy = self.host.call(value, Word::Clone as u8, &NONE);
            return self.read(id, attempt, value, &copy);
        }
        self.host.keep(id, Word::Answer as u8, value);
        self.host.keep(id, Word::Result as u8, value);
        self.answered(id, attempt, Answer::Value, &NONE);
    }

    /// Its status. What is no answer at all, and a redirect that was not followed, has 0.
    fn status(&self, answer: &JsValue) -> u16 {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let status = self.host.number(answer, Word::Status as u8) as u16;
        status
    }

    fn header(&self, answer: &JsValue, name: Word) -> Option<JsValue> {
        let headers = self.host.get(answer, Word::Headers as u8);
        let value = self.host.call(&headers, Word::Get as u8, &self.host.word(name as u8));
        value.is_string().then_some(value)
    }

    /// Reads the body of `copy`, which is the answer itself or a copy of it.
    fn read(self: &Rc<Self>, id: u32, attempt: u32, answer: &JsValue, copy: &JsValue) {
        let status = self.status(answer);
        self.slot(id, |slot| {
            slot.status = status;
            slot.bytes.clear();
        });
        let request_id = self.header(answer, Word::RequestId).or_else(|| self.header(answer, Word::XRequestId));
        self.host.keep(id, Word::KeptRequestId as u8, &request_id.unwrap_or(NONE));
        self.host.keep(id, Word::Answer as u8, answer);
        self.host.keep(id, Word::Result as u8, &JsValue::NULL);
        if status == 0 || status == 204 {
            return self.judge(id, attempt, Body::Empty, &NONE);
        }
        let stream = self.host.get(copy, Word::Body as u8);
        let reader = self.host.call(&stream, Word::GetReader as u8, &NONE);
        if !reader.is_undefined() {
            self.host.keep(id, Word::Reader as u8, &reader);
            return self.host.later(id, Step::Chunk.of(attempt), &reader, Word::Read as u8);
        }
        // A stand-in without streams, or an answer without a body.
        let again = self.host.call(copy, Word::Clone as u8, &NONE);
        let copy = if again.is_undefined() { copy } else { &again };
        if self.host.can(copy, Word::Text as u8) {
            self.host.later(id, Step::Text.of(attempt), copy, Word::Text as u8);
        } else {
            self.judge(id, attempt, Body::Empty, &NONE);
        }
    }

    /// A part of a body came, or its end.
    pub fn chunk_came(self: &Rc<Self>, id: u32, attempt: u32, ok: bool, value: &JsValue) {
        if !ok {
            return self.cut_off(id, attempt, value);
        }
        if self.host.is(value, Word::Done as u8) {
            let bytes = self.slot(id, |slot| mem::take(&mut slot.bytes)).unwrap_or_default();
            self.host.refill(id, &bytes);
            return self.understand(id, attempt, look(&bytes), &self.host.decode(&bytes));
        }
        let room = self.slot(id, |slot| LONGEST_BODY - slot.bytes.len()).unwrap_or_default();
        let Some(chunk) = self.host.bytes(value, Word::Value as u8, room) else {
            return self.judge(id, attempt, Body::TooLong, &NONE);
        };
        self.slot(id, |slot| slot.bytes.extend_from_slice(&chunk));
        let reader = self.host.kept(id, Word::Reader as u8);
        self.host.later(id, Step::Chunk.of(attempt), &reader, Word::Read as u8);
    }

    /// A body came as one text.
    pub fn text_came(self: &Rc<Self>, id: u32, attempt: u32, ok: bool, value: &JsValue) {
        if !ok {
            return self.cut_off(id, attempt, value);
        }
        let text = value.as_string().unwrap_or_default();
        let body = if text.len() > LONGEST_BODY { Body::TooLong } else { look(text.as_bytes()) };
        // As a stream is decoded: without a byte order mark, which `JSON.parse` would refuse.
        self.understand(id, attempt, body, &self.host.decode(text.as_bytes()));
    }

    /// Goes on by what a body's text looks like.
    fn understand(self: &Rc<Self>, id: u32, attempt: u32, body: Body, text: &JsValue) {
        if body != Body::Json {
            if body == Body::Text {
                self.host.keep(id, Word::Result as u8, text);
            }
            return self.judge(id, attempt, body, &NONE);
        }
        let value = self.host.parse(id, text);
        if value.is_undefined() {
            return self.judge(id, attempt, Body::Broken, &NONE);
        }
        self.host.keep(id, Word::Result as u8, &value);
        let says_error = self.host.says(&value, Word::Type as u8, Word::Error as u8);
        let refusal = says_error || self.host.is(&value, Word::Error as u8);
        let mut message = self.host.get(&value, Word::Error as u8);
        if says_error && !message.is_string() {
            message = self.host.get(&value, Word::Message as u8);
        }
        let shown = if message.as_string().is_some_and(|text| is_showable(&text)) { message } else { NONE };
        self.judge(id, attempt, if refusal { Body::Refusal } else { Body::Json }, &shown);
    }

    /// A body could not be read to its end.
    fn cut_off(self: &Rc<Self>, id: u32, attempt: u32, cause: &JsValue) {
        self.host.keep(id, Word::Cause as u8, cause);
        self.judge(id, attempt, Body::CutOff, &NONE);
    }

    /// The answer is complete.
    fn judge(self: &Rc<Self>, id: u32, attempt: u32, body: Body, message: &JsValue) {
        let Some(status) = self.slot(id, |slot| slot.status) else { return };
        let text = self.header(&self.host.kept(id, Word::Answer as u8), Word::RetryAfter);
        let retry_after = text.map(|text| self.host.delay(&text)).filter(|ms| !ms.is_nan());
        // What the server says is about this attempt alone.
        self.host.keep(id, Word::Message as u8, message);
        self.take(Event::Of(id, News::Answered(attempt, Answer::Http { status, body, retry_after })), NONE);
        self.host.keep(id, Word::Message as u8, &NONE);
    }

    /// The attempt ended without an HTTP answer.
    fn answered(self: &Rc<Self>, id: u32, attempt: u32, answer: Answer, cause: &JsValue) {
        self.host.keep(id, Word::Cause as u8, cause);
        self.take(Event::Of(id, News::Answered(attempt, answer)), NONE);
    }
}
