//! What the edge remembers of one update, until the machine forgets it.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::Function;
use wasm_bindgen::JsValue;

use super::error::Words;
use super::promise::Deferred;
use super::request::AbortGuard;
use super::stripe::Actions;

/// The number of an attempt that nothing belongs to any more.
pub const NO_ATTEMPT: u32 = u32::MAX;

/// An update under way.
pub struct Slot {
    /// The update's number.
    pub id: u32,
    /// The position of its endpoint.
    pub endpoint: usize,
    /// The body of its request, JSON in UTF-8; `None` for a function of the page.
    pub body: Option<Rc<[u8]>>,
    /// The session and the values of the endpoint's `latest` fields.
    pub group: Vec<u8>,
    /// The numbers that stand for `body` and `group`.
    pub numbers: (u32, u32),
    /// The page's own function, for `wrap`.
    pub own: Option<Function>,
    /// What has `runServerUpdate`, for `run`.
    pub actions: Option<Actions>,
    /// What settles the function's promise.
    pub work: Deferred,
    /// The attempt under way.
    pub attempt: u32,
    /// Aborts it.
    pub abort: Option<AbortGuard>,
    /// The task that is let through at the deadline.
    pub rest: Option<Timeout>,
    /// Whether anything was sent.
    pub sent: bool,
    /// Its `Idempotency-Key`, the same for every attempt.
    pub key: Option<Rc<str>>,
    /// The page's CSRF token.
    pub token: Option<Rc<str>>,
    /// What the function's promise resolves to.
    pub answer: JsValue,
    /// For `run`: what the body says.
    pub body_value: JsValue,
    /// What is known of how it failed.
    pub words: Words,
    /// The error, once it has failed.
    pub error: JsValue,
}

impl Slot {
    /// What is remembered of a new update.
    pub fn new(id: u32, endpoint: usize, work: Deferred) -> Self {
        Self {
            id,
            endpoint,
            work,
            body: None,
            group: Vec::new(),
            numbers: (id, id),
            own: None,
            actions: None,
            attempt: 0,
            abort: None,
            rest: None,
            sent: false,
            key: None,
            token: None,
            answer: JsValue::UNDEFINED,
            body_value: JsValue::NULL,
            words: Words::default(),
            error: JsValue::UNDEFINED,
        }
    }
}
