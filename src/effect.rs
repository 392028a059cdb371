//! What the machine is told, and what it wants done.

use crate::answer::Answer;
use crate::failure::{Applied, Failure, Kind};
use crate::update::Order;

/// What happened.
#[derive(Clone, Copy, Debug)]
pub enum Event {
    /// Nothing but time passed.
    Clock,
    /// The page called `run`.
    Run {
        /// The caller's number, and the update's if it is a new one.
        id: u32,
        /// The position of the endpoint.
        endpoint: usize,
        /// The session's number, [`UNNAMED`](crate::stale::UNNAMED) where nobody named it. Its actions are seen by this.
        session: u32,
        /// What to send.
        order: Order,
        /// When it was called; earlier than now if the engine was not loaded then.
        asked: f64,
    },
    /// The page, or Stripe.js on its behalf, called a function of `request` or `wrap`.
    Invoke {
        /// The call's number.
        id: u32,
        /// The position of the endpoint.
        endpoint: usize,
        /// The session's number, as for `Run`.
        session: u32,
        /// What to send.
        order: Order,
        /// When it was called; earlier than now if the engine was not loaded then.
        asked: f64,
    },
    /// Something happened to one update.
    Of(u32, News),
    /// The page called `refresh`.
    Refresh {
        /// Which.
        id: u32,
        /// The number of the session whose actions it passed.
        session: u32,
    },
    /// A refresh ended.
    Refreshed {
        /// Which.
        id: u32,
        /// Whether the session was fetched.
        success: bool,
        /// Whether it is still open.
        open: bool,
    },
    /// A caller's signal was aborted.
    Detach(u32),
    /// `cancel`: of the endpoint at this position, or all.
    Cancel(Option<usize>),
    /// `dispose`.
    Dispose,
    /// The browser is online again, or the page visible.
    Awake,
    /// The page may be about to go: `beforeunload`, or a navigation that leaves the document. To be told again where a
    /// dialog may have stood in between.
    Leaving,
    /// It stays after all: the navigation failed or was called off. Without this it is taken to stay after a while.
    Stayed,
    /// `pagehide`.
    Left,
    /// The module before this one died while it owed something to this session.
    Doubt(u32),
    /// `pageshow`; `true` if the page comes from the back/forward cache.
    Back(bool),
}

/// What happened to one update.
#[derive(Clone, Copy, Debug)]
pub enum News {
    /// `runServerUpdate` could not be called for it, or for this refresh.
    NotStarted(Kind),
    /// Stripe.js called its function.
    Called,
    /// The page gave its CSRF token, or threw.
    Token(bool),
    /// The head of an answer is there; its body is not.
    Head {
        /// Of which attempt.
        attempt: u32,
        /// Its status.
        status: u16,
    },
    /// An attempt ended: its number, and how.
    Answered(u32, Answer),
    /// The task that was let through, at the deadline or after an attempt was lost, is over.
    Yielded,
    /// `runServerUpdate` ended.
    Ended {
        /// Whether with success.
        success: bool,
        /// Whether the session is still open.
        open: bool,
    },
}

/// What is to be done, in this order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Effect {
    /// Ask the page for its CSRF token.
    Token(u32),
    /// Send an attempt, or call the page's own function.
    Send {
        /// Of which update.
        id: u32,
        /// Its number, from 1.
        attempt: u32,
    },
    /// Abort the attempt.
    Abort(u32),
    /// Let one task through.
    Yield(u32),
    /// Call `runServerUpdate`.
    Start(u32),
    /// Make the error that `End`, `Count` and `Settle` of this update speak of.
    Fail {
        /// Of which update.
        id: u32,
        /// What happened.
        failure: Failure,
    },
    /// Settle the function's promise.
    End {
        /// Of which update.
        id: u32,
        /// With the answer, or with the error.
        ok: bool,
    },
    /// Tell the page of the failure.
    Count(u32),
    /// Record the time that an update took.
    Measure {
        /// The position of the endpoint.
        endpoint: usize,
        /// How many milliseconds ago it began.
        ms: f64,
    },
    /// Give a caller the outcome.
    Settle {
        /// The caller.
        caller: u32,
        /// The update.
        update: u32,
        /// Success or failure.
        ok: bool,
        /// Whether the event that led here brought a fresh session.
        session: bool,
    },
    /// Tell the page that an update has settled: once for each that was not joined to another, the last of all that is
    /// told of it, also where it was cancelled.
    Settled {
        /// The update.
        update: u32,
        /// The position of its endpoint.
        endpoint: usize,
        /// Why it failed; `None` after success.
        failure: Option<Failure>,
        /// Milliseconds between `run` and the call of the function, or the end where it never was called.
        waited: f64,
        /// Milliseconds as in [`Failure::duration`].
        duration: f64,
        /// Requests that were sent.
        attempts: u32,
    },
    /// Tell a caller that its update is cancelled, whatever becomes of the update.
    Cancelled {
        /// The caller.
        caller: u32,
        /// Why.
        failure: Failure,
    },
    /// Let Stripe.js fetch the session again.
    Refresh {
        /// By which number its end is told.
        id: u32,
        /// By the actions seen last of the session of this number.
        session: u32,
    },
    /// Tell the page how its `refresh` ended: with the session, or with this kind.
    Refreshed {
        /// Which.
        id: u32,
        /// Why it failed.
        failed: Option<(Kind, Applied)>,
    },
    /// Whether the page may be showing old totals has changed.
    Stale(bool),
    /// Let go of what was kept for this update.
    Forget(u32),
    /// Let go of the actions of the session of this number, until it is used again.
    LetGo(u32),
}

/// Adds to what is to be done. Not inlined: a push is long, and there are many.
#[inline(never)]
pub fn emit(out: &mut Vec<Effect>, effect: Effect) {
    out.push(effect);
}
