//! What the machine wants done, in the order in which it is to be done.

use std::sync::Arc;

use crate::failure::FailureFacts;
use crate::payment::blocked::BlockReason;
use crate::staleness::SessionNumber;

/// One thing to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask the page for its CSRF token.
    Token(u32),
    /// Send an attempt.
    Send {
        /// The update.
        id: u32,
        /// The number of the attempt, from 1.
        attempt: u32,
        /// The body; `None` to call the page's own function instead.
        body: Option<Arc<str>>,
    },
    /// Abort the attempt under way.
    Abort(u32),
    /// Let one task through, then send [`UpdateEvent::Yielded`](crate::event::UpdateEvent::Yielded).
    YieldTask(u32),
    /// Call `runServerUpdate`.
    Start(u32),
    /// Settle the function's promise.
    FunctionEnded {
        /// The update.
        id: u32,
        /// Why it failed.
        failure: Option<FailureFacts>,
    },
    /// It is known how an update ended, and counted. Tell `onFailure` of a failure, and measure. Never sent for
    /// `cancelled`.
    Counted {
        /// The update.
        id: u32,
        /// The position of its endpoint.
        endpoint: usize,
        /// Why it failed.
        failure: Option<FailureFacts>,
        /// Milliseconds since it began.
        ms: f64,
    },
    /// An update is over. Give each waiter the outcome, tell `onSettled`, and forget the update. Sent once for each update
    /// that did not join another.
    Settled {
        /// The update.
        id: u32,
        /// Who still waits for the outcome.
        waiters: Vec<u32>,
        /// The position of its endpoint.
        endpoint: usize,
        /// Why it failed.
        failure: Option<FailureFacts>,
        /// Whether the event that led here brought a fresh session.
        fresh: bool,
        /// Milliseconds from `run` to the call of the function, or to the end of what was never called.
        waited: f64,
        /// Milliseconds as in [`FailureFacts::duration`].
        duration: f64,
        /// How many requests were sent.
        attempts: u32,
    },
    /// A new update shares the outcome of another. Its waiter waits for that one.
    Joined {
        /// The new update.
        id: u32,
        /// The other one.
        to: u32,
    },
    /// Tell one waiter that it no longer waits, whatever becomes of the update.
    Detached {
        /// The waiter.
        waiter: u32,
        /// Why.
        failure: FailureFacts,
    },
    /// Let Stripe.js fetch a session again.
    Refresh {
        /// The number of the refresh.
        id: u32,
        /// The session, by the actions of it that were seen last.
        session: SessionNumber,
    },
    /// Tell the page how its `refresh` ended.
    Refreshed {
        /// The number of the refresh.
        id: u32,
        /// Why it failed.
        failure: Option<FailureFacts>,
    },
    /// Read what the customer sees now, and send [`Event::PayShown`](crate::event::Event::PayShown) in the same task.
    Compare(u32),
    /// Call `confirm`, and send [`Event::ConfirmEnded`](crate::event::Event::ConfirmEnded) when it has ended.
    Confirm(u32),
    /// A payment is over, and `confirm` was not called or its answer no longer counts.
    Blocked {
        /// The payment.
        id: u32,
        /// Why.
        reason: BlockReason,
    },
    /// Let go of the actions of this session until it is used again.
    ReleaseActions(SessionNumber),
}
