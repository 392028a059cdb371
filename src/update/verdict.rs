//! How an update ended: what Stripe.js did against what the function saw. `docs/run.md` has the table in words.

use super::Update;
use super::stripe::Stripe;
use crate::context::Context;
use crate::endpoint::Endpoint;
use crate::failure::{Applied, FailureFacts, Kind, Reason};

/// Stripe's limit on the function, and ours on waiting: for a turn, and for Stripe.js to call the function.
pub const LIMIT: f64 = 20_000.0;
/// An end of Stripe.js this long after the call is its timeout.
const STRIPE_GAVE_UP: f64 = 19_000.0;
/// How long Stripe.js may be silent after the function failed.
const SILENT_AFTER_FAILURE: f64 = 1_000.0;
/// How long Stripe.js may be silent after the function succeeded: it fetches the session.
const SILENT_AFTER_SUCCESS: f64 = 10_000.0;

impl Update {
    /// How it ended, once: `None` if that is not known yet, or was returned before.
    pub fn decide(&mut self, endpoint: &mut Endpoint, context: &mut Context) -> Option<Result<(), FailureFacts>> {
        if self.verdict.is_some() {
            return None;
        }
        self.function.judge_lost(endpoint, context);
        self.verdict = self.judge_lost_stripe(endpoint, context)?;
        self.give_up(context);
        self.verdict = self.verdict.or_else(|| self.judge(context));
        self.verdict
    }

    /// Judges a failure of Stripe.js once it is known whether the page is left, or at once if the function has failed and
    /// decides. Returns `None` while it cannot, and the verdict if the page was left.
    #[expect(clippy::option_option, reason = "the outer one waits, the inner one is no verdict yet")]
    fn judge_lost_stripe(
        &mut self,
        endpoint: &Endpoint,
        context: &mut Context,
    ) -> Option<Option<Result<(), FailureFacts>>> {
        let Stripe::Lost { since, yielding } = self.stripe else { return Some(None) };
        let result = self.function.ended().map(|(_, result)| result);
        let failed = matches!(result, Some(Err(_)));
        if !failed && !context.is_left() && self.function.may_wait(yielding, endpoint, context) {
            return None;
        }
        self.stripe = Stripe::Ended { since, success: false };
        if !context.is_left() {
            return Some(None);
        }
        self.abort(Kind::Cancelled, Some(Reason::Left), context);
        // The server made the change, and it is not known whether that reached the page.
        let left = || self.function.failure(Kind::Cancelled, Applied::Unknown, Some(Reason::Left), context.now);
        Some(matches!(result, Some(Ok(()))).then(|| Err(left())))
    }

    /// Ends a function that still runs when Stripe.js has ended, or has been silent for too long.
    fn give_up(&mut self, context: &mut Context) {
        let kind = match self.stripe {
            Stripe::Waiting if self.is_out_of_patience(context) => Kind::Timeout,
            Stripe::Called { .. } if self.function.is_idle() && self.is_out_of_patience(context) => Kind::Timeout,
            Stripe::Ended { since, .. }
                if !self.function.is_idle() && !self.function.is_lost() && context.now - since >= STRIPE_GAVE_UP =>
            {
                Kind::Timeout
            }
            Stripe::Ended { .. } if !self.function.is_lost() => Kind::StripeError,
            _ => return,
        };
        self.abort(kind, None, context);
    }

    /// The table, once the function has ended.
    fn judge(&self, context: &Context) -> Option<Result<(), FailureFacts>> {
        let (_, result) = self.function.ended()?;
        let may_still_end = self.is_silent() && !self.is_out_of_patience(context);
        match (result, self.stripe) {
            (Ok(()), Stripe::External | Stripe::Ended { success: true, .. }) => Some(Ok(())),
            (Ok(()), _) if may_still_end => None,
            (Ok(()), _) => Some(Err(self.function.failure(Kind::RefreshFailed, Applied::Yes, None, context.now))),
            (Err(_), _) if may_still_end && self.was_sent() => None,
            (Err(failure), _) => Some(Err(failure)),
        }
    }

    fn is_out_of_patience(&self, context: &Context) -> bool {
        self.patience().is_some_and(|limit| limit <= context.now)
    }

    /// When patience with Stripe.js, or with the queue, ends.
    fn patience(&self) -> Option<f64> {
        match (self.stripe, self.function.ended()) {
            (Stripe::Waiting, _) => Some(self.function.asked() + LIMIT),
            (Stripe::Called { since }, None) if self.function.is_idle() => Some(since + LIMIT),
            (Stripe::Called { .. }, Some((at, Ok(())))) => Some(at + SILENT_AFTER_SUCCESS),
            (Stripe::Called { .. }, Some((at, Err(_)))) => Some(at + SILENT_AFTER_FAILURE),
            _ => None,
        }
    }

    /// Calls `wake_at` with each time that this update waits for.
    pub fn timers(&self, endpoint: &Endpoint, wake_at: &mut dyn FnMut(f64)) {
        if self.verdict.is_some() {
            return;
        }
        self.patience().into_iter().for_each(&mut *wake_at);
        self.function.timers(matches!(self.stripe, Stripe::Lost { .. }), endpoint, wake_at);
    }
}
