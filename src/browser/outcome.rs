//! What `run` and `refresh` tell a page.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::JsCast;

use super::failure::Failure;
use super::stripe::Session;
use crate::payment::blocked::BlockReason;

/// The one answer of `run`.
///
/// ```no_run
/// # fn draw(_: &checkout_updates::Session) {}
/// # fn show(_: &str) {}
/// # fn example(outcome: checkout_updates::Outcome) {
/// use checkout_updates::Outcome;
///
/// match outcome {
///     Outcome::Success { session, .. } => draw(&session),
///     Outcome::Error { failure, session } => {
///         session.iter().for_each(draw);
///         show(&failure.message);
///     }
///     Outcome::Cancelled { .. } => {}
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The server made the change, and Stripe.js has the fresh session.
    Success {
        /// The session with the change.
        session: Session,
        /// The server's answer.
        answer: ServerAnswer,
    },
    /// It failed.
    Error {
        /// How.
        failure: Rc<Failure>,
        /// The session as it is, where it could be fetched again.
        session: Option<Session>,
    },
    /// Nobody wants it any more; not to be shown.
    Cancelled {
        /// Why.
        failure: Rc<Failure>,
    },
}

/// What the server answered to a successful update.
#[derive(Clone, Debug, Default)]
pub struct ServerAnswer {
    /// The body: what its JSON is, its text, or `null`. Of a wrapped function what it returned.
    pub body: JsValue,
    pub(super) response: JsValue,
}

impl ServerAnswer {
    /// An answer with this body.
    pub(super) fn new(body: JsValue, response: JsValue) -> Self {
        Self { body, response }
    }

    /// The response, whose body was read here; `None` where the page's `fetch` returned something else, as a stand-in does.
    #[must_use]
    pub fn response(&self) -> Option<gloo_net::http::Response> {
        self.response.dyn_ref::<web_sys::Response>().map(|response| Clone::clone(response).into())
    }
}

/// How a payment ended: what `pay` returns.
#[derive(Clone, Debug)]
pub enum PayOutcome {
    /// `confirm` was called, and resolved: with this, Stripe.js's own errors included.
    Confirmed {
        /// What it resolved to.
        result: JsValue,
    },
    /// `confirm` was not called, or the customer came back before it answered.
    Blocked {
        /// Why.
        reason: BlockReason,
        /// Can be shown to a customer.
        message: String,
        /// The session as it is, where it has changed: to be shown before the customer presses again.
        session: Option<Session>,
    },
}

impl Outcome {
    /// The outcome of a failed update.
    pub(super) fn failed(failure: Rc<Failure>, session: Option<Session>) -> Self {
        if failure.kind == crate::failure::Kind::Cancelled {
            Self::Cancelled { failure }
        } else {
            Self::Error { failure, session }
        }
    }
}
