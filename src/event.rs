//! What the machine is told.

use std::sync::Arc;

use crate::answer::Answer;
use crate::failure::Kind;
use crate::payload::Payload;
use crate::staleness::SessionNumber;

/// What happened. Numbers are given by the caller and stay below 2^31; a session without a number is one that nobody
/// named.
#[derive(Clone, Debug)]
pub enum Event {
    /// Nothing but time passed.
    Clock,
    /// The page called `run`.
    Run {
        /// The number of the waiter, and of the update if it is a new one.
        id: u32,
        /// The position of the endpoint.
        endpoint: usize,
        /// The number of the session whose actions were passed.
        session: SessionNumber,
        /// What to send.
        payload: Payload,
        /// When it was called; earlier than now if the module was not loaded then.
        asked: f64,
    },
    /// The page, or Stripe.js on its behalf, called a function of `request` or `wrap`.
    Invoke {
        /// The number of the update, and of its waiter.
        id: u32,
        /// The position of the endpoint.
        endpoint: usize,
        /// The number of the session.
        session: SessionNumber,
        /// What to send.
        payload: Payload,
        /// When it was called; earlier than now if the module was not loaded then.
        asked: f64,
    },
    /// Something happened to one update.
    Update {
        /// The update; with [`UpdateEvent::NotStarted`] also a refresh.
        id: u32,
        /// What happened.
        event: UpdateEvent,
    },
    /// The page called `refresh`.
    Refresh {
        /// The number of the refresh.
        id: u32,
        /// The number of the session whose actions were passed.
        session: SessionNumber,
    },
    /// A refresh ended.
    Refreshed {
        /// The refresh.
        id: u32,
        /// Whether Stripe.js fetched the session.
        success: bool,
        /// Whether the session is still open.
        open: bool,
    },
    /// The signal of this waiter was aborted.
    Detach(u32),
    /// `cancel`: of the endpoint at this position, or of all.
    Cancel(Option<usize>),
    /// `dispose`.
    Dispose,
    /// The browser is online again, or the page visible.
    Awake,
    /// The page may be about to go: `beforeunload`, or a navigation that leaves the document. Send it again after a
    /// dialog may have stood in between.
    Leaving,
    /// `pagehide`.
    Left,
    /// `pageshow`.
    Back {
        /// Whether the page comes from the back/forward cache.
        from_cache: bool,
    },
    /// What became of the last updates of this session is not known: the module before this one died while one was under
    /// way, or the page was reloaded then. The session is stale from now on, and refreshed at once.
    Doubt {
        /// The number of the session.
        session: SessionNumber,
    },
    /// The page called `pay`. [`Event::Detach`] is also for its signal.
    Pay {
        /// The number of the payment.
        id: u32,
        /// The number of the session whose actions were passed.
        session: SessionNumber,
        /// What the customer sees. It is only compared.
        shown: Arc<str>,
        /// Whether the session is open, or that cannot be read.
        open: bool,
        /// Whether an update that was pending when `pay` was called has failed, before this module was there.
        failed: bool,
    },
    /// What the customer sees now: the answer to [`Effect::Compare`](crate::effect::Effect::Compare).
    PayShown {
        /// The payment.
        id: u32,
        /// As in [`Event::Pay`].
        shown: Arc<str>,
        /// As in [`Event::Pay`].
        open: bool,
    },
    /// `confirm` of this payment was called before this module was there, and has not ended. To be sent first of all.
    Paying {
        /// The payment.
        id: u32,
        /// The number of the session whose actions were passed.
        session: SessionNumber,
    },
    /// `confirm` ended.
    ConfirmEnded {
        /// The payment.
        id: u32,
        /// Whether it resolved, with whatever result.
        resolved: bool,
    },
    /// `hold` was granted: [`Machine::can_hold`](crate::machine::Machine::can_hold) said so, or there was no module to ask.
    Hold(u32),
    /// The hold of this number was released.
    Release(u32),
}

/// What happened to one update.
#[derive(Clone, Debug)]
pub enum UpdateEvent {
    /// `runServerUpdate` could not be called.
    NotStarted(Kind),
    /// Stripe.js called the function.
    Called,
    /// The page's CSRF token was asked for.
    Token {
        /// Whether there is one.
        there: bool,
    },
    /// The head of an answer arrived; its body has not.
    Head {
        /// The attempt.
        attempt: u32,
        /// The status.
        status: u16,
    },
    /// An attempt ended.
    Answered {
        /// The attempt.
        attempt: u32,
        /// How it ended.
        answer: Answer,
    },
    /// The task that was let through is over.
    Yielded,
    /// `runServerUpdate` ended.
    StripeEnded {
        /// Whether it succeeded.
        success: bool,
        /// Whether the session is still open.
        open: bool,
    },
}
