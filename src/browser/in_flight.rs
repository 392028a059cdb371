//! What the edge keeps of one update until the machine has settled it: one row.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::Function;
use wasm_bindgen::JsValue;

use super::abort::AbortGuard;
use super::attempt::Received;
use super::failure::Failure;
use super::listener::EventGuard;
use super::outcome::{Outcome, PayOutcome};
use super::promise::{Deferred, Returned};
use super::stripe::{Actions, Session};
use super::update_spec::UpdateSpec;

/// How a waiter is answered.
pub enum Reply {
    /// `run`: with an outcome.
    Outcome(Box<dyn FnOnce(Outcome)>),
    /// The call of a function of `request` or `wrap`: by its `failure` alone, since it has the function's promise.
    Failure,
}

/// One caller that waits for an update.
pub struct Waiter {
    /// The number by which the machine knows it.
    pub id: u32,
    /// Whose `failure` is set.
    pub spec: Rc<UpdateSpec>,
    /// How it is answered.
    pub reply: Reply,
    /// Until then its signal may be aborted.
    pub detaching: Option<EventGuard>,
}

impl Waiter {
    /// Answers it. `failure` is what its spec shows from now on.
    #[inline(never)]
    pub fn answer(self, failure: Option<&Rc<Failure>>, outcome: &dyn Fn() -> Outcome) {
        let Self { spec, reply, detaching, .. } = self;
        drop(detaching);
        spec.set_failure(failure.cloned());
        if let Reply::Outcome(tell) = reply {
            tell(outcome());
        }
    }
}

/// One update.
pub struct InFlight {
    /// The number by which the machine knows it.
    pub id: u32,
    /// The position of its endpoint.
    pub endpoint: usize,
    /// The page's own function, for `wrap`.
    pub wrapped: Option<Function>,
    /// What has `runServerUpdate`, for `run`.
    pub actions: Option<Actions>,
    /// Settles the function's promise.
    pub function: Deferred,
    /// The callers that wait for the outcome.
    pub waiters: Vec<Waiter>,
    /// Aborts the attempt under way.
    pub abort: Option<AbortGuard>,
    /// The task that is let through at the deadline.
    pub yielding: Option<Timeout>,
    /// Whether anything was sent.
    pub is_sent: bool,
    /// Its `Idempotency-Key`, the same for every attempt.
    pub key: Option<String>,
    /// The page's CSRF token.
    pub token: Option<String>,
    /// What its last attempt has received, and what is known of how it failed.
    pub received: Box<Received>,
    /// How it failed, once it has.
    pub failure: Option<Rc<Failure>>,
}

impl InFlight {
    /// An update that nobody has begun.
    pub fn new(id: u32, endpoint: usize, actions: Option<Actions>, waiter: Waiter, function: Deferred) -> Self {
        Self {
            id,
            endpoint,
            wrapped: None,
            actions,
            function,
            waiters: vec![waiter],
            abort: None,
            yielding: None,
            is_sent: false,
            key: None,
            token: None,
            received: Box::default(),
            failure: None,
        }
    }
}

/// A refresh that the page asked for.
pub struct PageRefresh {
    /// The number by which the machine knows it.
    pub id: u32,
    /// What has `runServerUpdate`.
    pub actions: Actions,
    /// Told how it ended.
    pub tell: Box<dyn FnOnce(Result<Session, Rc<Failure>>)>,
}

/// Calls the page's `confirm`; the error is what it threw.
pub type Confirm = Box<dyn FnOnce(&Actions) -> Returned>;

/// Told how a payment ended; the error is what `confirm` threw or rejected with.
pub type TellPayment = Box<dyn FnOnce(Result<PayOutcome, JsValue>)>;

/// A payment that has not ended.
pub struct Payment {
    /// The number by which the machine knows it.
    pub id: u32,
    /// What has the session.
    pub actions: Actions,
    /// Calls `confirm`, once.
    pub confirm: Option<Confirm>,
    /// Told how it ended.
    pub tell: TellPayment,
    /// Until then its signal may be aborted.
    pub detaching: Option<EventGuard>,
}
