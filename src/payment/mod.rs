//! Nobody pays a total that the page has not shown: when `confirm` may be called, and what may not start meanwhile.
//!
//! The call of `confirm`, and the promise of `pay`, are the caller's: they outlive this module.

pub mod blocked;

use std::sync::Arc;

use self::blocked::{BlockReason, PaymentCounts};
use crate::context::Context;
use crate::effect::Effect;
use crate::staleness::SessionNumber;

/// After the end of an external function Stripe.js may fetch the session for this long, out of our sight.
const FETCHES: f64 = 1_000.0;
/// The longest that a payment waits for staleness to end.
const STALE_PATIENCE: f64 = 10_000.0;
/// The longest that a hold lasts.
const LONGEST_HOLD: f64 = 600_000.0;

/// What stands between a payment and its `confirm`.
#[derive(Clone, Copy, Debug)]
pub struct Situation {
    /// Whether an update is known.
    pub pending: bool,
    /// Whether the session of the payment is stale.
    pub stale: bool,
    /// Whether a refresh of that session is under way.
    pub refreshing: bool,
}

/// One call of `pay` that has not called `confirm`.
#[derive(Clone, Debug)]
struct Payment {
    id: u32,
    session: SessionNumber,
    /// What the customer saw.
    shown: Arc<str>,
    /// The updates that were pending.
    awaited: Vec<u32>,
    /// Whether one of them did not succeed.
    failed: bool,
    /// Whether one of them was external, so that a refresh has to follow.
    follow_up: bool,
    step: Step,
}

/// What a payment waits for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    /// Nothing yet: it was called just now.
    Called,
    /// The updates that were pending.
    Pending,
    /// The refresh after an external function.
    Refresh(u32),
    /// The end of staleness, and of the refreshes under way, until then.
    Stale(f64),
    /// What the customer sees now.
    Comparison,
}

#[derive(Clone, Debug)]
enum Stage {
    /// The sheet of a wallet is open.
    Held { id: u32, until: f64 },
    /// `pay` waits.
    Waiting(Payment),
    /// `confirm` was called, and has not ended.
    Confirming { id: u32, session: SessionNumber },
}

/// A payment that the customer came back from. It ends with the refresh of this number.
#[derive(Clone, Debug)]
struct Returned {
    id: u32,
    refresh: u32,
}

/// The payment or the hold that is under way.
#[derive(Clone, Debug, Default)]
pub struct Payments {
    stage: Option<Stage>,
    returned: Vec<Returned>,
    /// When an external function ended last that had sent something.
    external_ended: Option<f64>,
    counts: PaymentCounts,
}

impl Payments {
    /// How payments ended.
    #[must_use]
    pub fn counts(&self) -> &PaymentCounts {
        &self.counts
    }

    /// Counts a payment that was blocked before it began.
    pub fn count_blocked(&mut self, reason: BlockReason) {
        self.counts.block(reason);
    }

    /// Whether a payment or a hold is under way, so that no update may start.
    #[must_use]
    pub fn is_paying(&self) -> bool {
        self.stage.is_some()
    }

    /// Whether a refresh may start by itself: not while what the customer sees must stay as it is.
    #[must_use]
    pub fn allows_refreshes(&self) -> bool {
        match &self.stage {
            None => true,
            Some(Stage::Waiting(payment)) => matches!(payment.step, Step::Stale(_)),
            Some(_) => false,
        }
    }

    /// Whether a payment needs the actions of this session.
    #[must_use]
    pub fn needs(&self, session: SessionNumber) -> bool {
        match &self.stage {
            Some(Stage::Waiting(Payment { session: its, .. }) | Stage::Confirming { session: its, .. }) => {
                *its == session
            }
            _ => false,
        }
    }

    /// Whether Stripe.js may be fetching the session after an external function.
    #[must_use]
    pub fn may_be_fetching(&self, now: f64) -> bool {
        self.external_ended.is_some_and(|ended| now - ended < FETCHES)
    }

    /// The session of the payment that waits.
    #[must_use]
    pub fn waiting(&self) -> Option<SessionNumber> {
        if let Some(Stage::Waiting(payment)) = &self.stage { Some(payment.session) } else { None }
    }

    /// The page called `pay`. `awaited` are the updates that are pending; `failed` is set if one that was pending when it
    /// was called has failed already.
    pub fn pay(
        &mut self,
        id: u32,
        session: SessionNumber,
        shown: &Arc<str>,
        awaited: Vec<u32>,
        failed: bool,
        context: &mut Context,
    ) {
        if matches!(self.stage, Some(Stage::Waiting(_) | Stage::Confirming { .. })) {
            return self.block(id, BlockReason::Paying, context);
        }
        let (shown, follow_up) = (Arc::clone(shown), self.may_be_fetching(context.now));
        let payment = Payment { id, session, shown, awaited, failed, follow_up, step: Step::Called };
        self.stage = Some(Stage::Waiting(payment));
    }

    /// The session of this payment turned out to be closed before anything else was looked at.
    pub fn closed(&mut self, id: u32, context: &mut Context) {
        if self.take_waiting(id).is_some() {
            self.block(id, BlockReason::Closed, context);
        }
    }

    /// `confirm` was called while this module was not there.
    pub fn confirming(&mut self, id: u32, session: SessionNumber) {
        self.stage = Some(Stage::Confirming { id, session });
    }

    /// `confirm` ended; `resolved` unless it threw or rejected.
    pub fn confirm_ended(&mut self, id: u32, resolved: bool) {
        let confirming = matches!(self.stage, Some(Stage::Confirming { id: its, .. }) if its == id);
        let returned = self.returned.iter().any(|returned| returned.id == id);
        if confirming {
            self.stage = None;
        }
        self.returned.retain(|returned| returned.id != id);
        if resolved && (confirming || returned) {
            self.counts.confirm();
        }
    }

    /// The sheet of a wallet opened.
    pub fn hold(&mut self, id: u32, now: f64) {
        if self.stage.is_none() {
            self.stage = Some(Stage::Held { id, until: now + LONGEST_HOLD });
        }
    }

    /// It closed.
    pub fn release(&mut self, id: u32) {
        self.stage.take_if(|stage| matches!(stage, Stage::Held { id: its, .. } if *its == id));
    }

    /// The signal of a payment was aborted. Once `confirm` was called that ends nothing.
    pub fn cancel(&mut self, id: u32, context: &mut Context) {
        if self.take_waiting(id).is_some() {
            self.block(id, BlockReason::Cancelled, context);
        }
    }

    /// `dispose`. A payment whose `confirm` was called goes on.
    pub fn dispose(&mut self, context: &mut Context) {
        match &self.stage {
            Some(Stage::Waiting(payment)) => self.cancel(payment.id, context),
            Some(Stage::Held { .. }) => self.stage = None,
            _ => {}
        }
        for returned in std::mem::take(&mut self.returned) {
            self.block(returned.id, BlockReason::Stale, context);
        }
    }

    /// The page came back from the back/forward cache, which ends a hold and a payment. Returns the payment and its
    /// session: a refresh has to follow, to be told by [`Payments::returned`].
    pub fn back(&mut self) -> Option<(u32, SessionNumber)> {
        match self.stage.take()? {
            Stage::Held { .. } => None,
            Stage::Waiting(Payment { id, session, .. }) | Stage::Confirming { id, session } => Some((id, session)),
        }
    }

    /// The refresh after which a payment that the customer came back from ends.
    pub fn returned(&mut self, id: u32, refresh: u32) {
        self.returned.push(Returned { id, refresh });
    }

    /// An update is over. `external` is set for an external one that had sent something.
    pub fn update_ended(&mut self, update: u32, failed: bool, external: bool, now: f64) {
        if external {
            self.external_ended = Some(now);
        }
        if let Some(Stage::Waiting(payment)) = &mut self.stage
            && payment.awaited.contains(&update)
        {
            payment.failed |= failed;
            payment.follow_up |= external;
        }
    }

    /// A refresh ended. Returns the session that is behind, if a payment counted on the refresh and it failed.
    pub fn refreshed(&mut self, id: u32, success: bool, open: bool, context: &mut Context) -> Option<SessionNumber> {
        if let Some(position) = self.returned.iter().position(|returned| returned.refresh == id) {
            let returned = self.returned.remove(position);
            let closed = success && !open;
            self.block(returned.id, if closed { BlockReason::Closed } else { BlockReason::Stale }, context);
        }
        let Some(Stage::Waiting(payment)) = &mut self.stage else { return None };
        match payment.step {
            Step::Refresh(its) if its == id => {
                // A failure ends the wait.
                payment.step = Step::Stale(context.now + if success { STALE_PATIENCE } else { 0.0 });
                (!success).then_some(payment.session)
            }
            Step::Stale(_) if !success => {
                payment.step = Step::Stale(context.now);
                None
            }
            _ => None,
        }
    }

    /// Goes on with a payment that waits. Returns whether a refresh of its session is to begin, to be told by
    /// [`Payments::refreshing`].
    pub fn advance(&mut self, situation: Situation, context: &mut Context) -> bool {
        self.stage.take_if(|stage| matches!(stage, Stage::Held { until, .. } if *until <= context.now));
        self.external_ended.take_if(|ended| context.now - *ended >= FETCHES);
        let Some(Stage::Waiting(payment)) = &mut self.stage else { return false };
        let in_the_way = situation.stale || situation.refreshing;
        match payment.step {
            Step::Refresh(_) | Step::Comparison => return false,
            _ if situation.pending => {
                payment.step = Step::Pending;
                return false;
            }
            Step::Called if !in_the_way && !payment.follow_up && !payment.failed => {
                self.confirm(context);
                return false;
            }
            Step::Called | Step::Pending if payment.follow_up && !payment.failed => return true,
            Step::Called | Step::Pending if in_the_way => {
                payment.step = Step::Stale(context.now + STALE_PATIENCE);
                return situation.stale && !situation.refreshing;
            }
            Step::Stale(until) if in_the_way && context.now < until => return false,
            Step::Called | Step::Pending | Step::Stale(_) => {}
        }
        payment.step = Step::Comparison;
        let id = payment.id;
        context.emit(Effect::Compare(id));
        false
    }

    /// The refresh that a payment asked for has begun.
    pub fn refreshing(&mut self, id: u32) {
        if let Some(Stage::Waiting(payment)) = &mut self.stage
            && !matches!(payment.step, Step::Stale(_))
        {
            payment.step = Step::Refresh(id);
        }
    }

    /// What the customer sees now: the answer to [`Effect::Compare`].
    pub fn compare(&mut self, id: u32, shown: &str, open: bool, situation: Situation, context: &mut Context) {
        let Some(Stage::Waiting(payment)) = &self.stage else { return };
        if payment.id != id || payment.step != Step::Comparison {
            return;
        }
        let reason = if !open {
            BlockReason::Closed
        } else if situation.stale || situation.refreshing {
            BlockReason::Stale
        } else if payment.failed {
            BlockReason::Failed
        } else if *payment.shown != *shown {
            BlockReason::Changed
        } else {
            return self.confirm(context);
        };
        self.stage = None;
        self.block(id, reason, context);
    }

    /// When it wants the clock to be read.
    #[must_use]
    pub fn timer(&self) -> Option<f64> {
        match &self.stage {
            Some(Stage::Held { until, .. } | Stage::Waiting(Payment { step: Step::Stale(until), .. })) => Some(*until),
            _ => None,
        }
    }

    /// Ends the payment of this number if it waits.
    fn take_waiting(&mut self, id: u32) -> Option<Stage> {
        self.stage.take_if(|stage| matches!(stage, Stage::Waiting(payment) if payment.id == id))
    }

    fn confirm(&mut self, context: &mut Context) {
        if let Some(Stage::Waiting(Payment { id, session, .. })) = self.stage {
            self.stage = Some(Stage::Confirming { id, session });
            context.emit(Effect::Confirm(id));
        }
    }

    fn block(&mut self, id: u32, reason: BlockReason, context: &mut Context) {
        self.counts.block(reason);
        context.emit(Effect::Blocked { id, reason });
    }
}
