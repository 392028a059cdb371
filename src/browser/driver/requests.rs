//! The requests of an update: its CSRF token, and each of its attempts.

use std::mem;
use std::rc::Rc;
use std::sync::Arc;

use wasm_bindgen::JsValue;

use super::Driver;
use crate::answer::Answer;
use crate::browser::abort::AbortGuard;
use crate::browser::attempt::{Attempt, Attempted, attempt};
use crate::browser::failure::FailureDetails;
use crate::browser::fetch::{Outgoing, Unsent, fits_header};
use crate::browser::page;
use crate::browser::promise::{Returned, resolve};
use crate::event::{Event, UpdateEvent};

impl Driver {
    /// Asks the page for its CSRF token.
    pub(super) async fn token(self: Rc<Self>, id: u32) {
        let Some(csrf) = &self.config.csrf else { return };
        let returned = resolve((csrf.token)()).await;
        let token = returned.as_ref().ok().and_then(JsValue::as_string).filter(|token| fits_header(token));
        let there = token.is_some();
        if let Some(mut row) = self.row(id) {
            row.token = token;
            match returned {
                Err(thrown) => row.received.details.cause = thrown,
                Ok(_) if !there => {
                    row.received.details.detail = Some("\"csrf.token\" returned no text that fits a header.".to_owned())
                }
                Ok(_) => {}
            }
        }
        self.dispatch(Event::Update { id, event: UpdateEvent::Token { there } });
    }

    /// Begins an attempt.
    pub(super) fn send(&self, id: u32, number: u32, body: Option<Arc<str>>) {
        let (abort, signal) = AbortGuard::new();
        let Some(mut row) = self.row(id) else { return };
        // What is known of an attempt is not known of the next.
        let before = mem::take(&mut row.received);
        let replaced = row.abort.replace(abort);
        let (wrapped, is_run, endpoint) = (row.wrapped.clone(), row.actions.is_some(), row.endpoint);
        drop(row);
        drop((replaced, before));
        let returned = match (&wrapped, body) {
            (Some(wrapped), _) => {
                Ok(wrapped.call1(&JsValue::UNDEFINED, &signal.map_or(JsValue::UNDEFINED, Into::into)))
            }
            (None, Some(body)) => self.request(id, endpoint, &body, signal.as_ref()),
            (None, None) => Err(Unsent::default()),
        };
        let returned = match returned {
            Ok(returned) => returned,
            Err(Unsent { detail, cause }) => {
                let details = FailureDetails { detail: Some(detail.to_owned()), cause, ..FailureDetails::default() };
                return self.attempted(id, number, Attempted::without_answer(Answer::Unsent, details));
            }
        };
        if let Some(mut row) = self.row(id) {
            row.is_sent = true;
        }
        let sent = Attempt { returned, is_wrapped: wrapped.is_some(), is_run };
        self.spawn(|driver| async move {
            let head = |status| driver.head(id, number, status);
            let attempted = attempt(sent, &head).await;
            driver.attempted(id, number, attempted);
        });
    }

    /// Sends the request of an update.
    fn request(
        &self,
        id: u32,
        endpoint: usize,
        body: &str,
        signal: Option<&web_sys::AbortSignal>,
    ) -> Result<Returned, Unsent> {
        let rules = self.endpoint(endpoint, |rules| (rules.idempotency_key, rules.csrf));
        let (Some(target), Some((with_key, with_token))) = (self.endpoints.target(endpoint), rules) else {
            return Err(Unsent::default());
        };
        let (key, token) = self.row(id).map(|row| (row.key.clone(), row.token.clone())).unwrap_or_default();
        let key = with_key.then(|| key.unwrap_or_else(page::random_key));
        if let Some(mut row) = self.row(id) {
            row.key.clone_from(&key);
        }
        let header = self.config.csrf.as_ref().filter(|_| with_token).map(|csrf| csrf.header.as_str());
        let token = header.zip(token.as_deref());
        let request = Outgoing { target: &target, body, key: key.as_deref(), token, signal };
        self.fetcher.send(&request, self.config.fetch.as_ref())
    }

    /// The head of an answer is there. Returns whether its body still matters.
    fn head(&self, id: u32, attempt: u32, status: u16) -> bool {
        self.dispatch(Event::Update { id, event: UpdateEvent::Head { attempt, status } });
        self.machine.borrow().awaits(id, attempt)
    }

    /// An attempt ended. What is no longer waited for is dropped here.
    fn attempted(&self, id: u32, attempt: u32, attempted: Attempted) {
        if !self.machine.borrow().awaits(id, attempt) {
            return;
        }
        if let Some(mut row) = self.row(id) {
            row.received = attempted.received;
        }
        self.dispatch(Event::Update { id, event: UpdateEvent::Answered { attempt, answer: attempted.answer } });
        // What the server says is about this attempt alone.
        if let Some(mut row) = self.row(id) {
            (row.received.details.message, row.received.details.code) = (None, None);
        }
    }
}
