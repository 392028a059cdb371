//! What the machine knows that a payment depends on.

use std::sync::Arc;

use super::Machine;
use crate::context::Context;
use crate::failure::Kind;
use crate::payload::Payload;
use crate::payment::Situation;
use crate::payment::blocked::BlockReason;
use crate::staleness::SessionNumber;

impl Machine {
    /// Whether a hold may begin now: nothing is pending, stale, refreshed, held or being paid.
    #[must_use]
    pub fn can_hold(&self, now: f64) -> bool {
        let clear = self.updates.is_empty() && !self.staleness.is_stale() && !self.staleness.is_refreshing(None);
        clear && !self.payments.is_paying() && !self.payments.may_be_fetching(now)
    }

    /// Counts a payment that was blocked before it began.
    pub fn count_blocked(&mut self, reason: BlockReason) {
        self.payments.count_blocked(reason);
    }

    /// The sessions of which something is pending or stale: a reload must not forget them.
    #[must_use]
    pub fn sessions_in_doubt(&self) -> Vec<u32> {
        let mut sessions = Vec::new();
        let mut add = |session: SessionNumber| {
            if let Some(session) = session
                && !sessions.contains(&session)
            {
                sessions.push(session);
            }
        };
        for update in &self.updates {
            add(update.session);
        }
        self.staleness.stale_sessions().for_each(add);
        sessions
    }

    /// What an update that is asked for now may send: nothing while a payment or a hold is under way.
    pub(super) fn unless_paying(&self, payload: &Payload) -> Payload {
        match payload {
            Payload::Request { .. } | Payload::Wrapped if self.payments.is_paying() => Payload::Refused(Kind::Paying),
            _ => payload.clone(),
        }
    }

    fn situation(&self, session: SessionNumber) -> Situation {
        Situation {
            pending: !self.updates.is_empty(),
            stale: self.staleness.is_session_stale(session),
            refreshing: self.staleness.is_refreshing(session),
        }
    }

    pub(super) fn pay(
        &mut self,
        id: u32,
        session: SessionNumber,
        shown: &Arc<str>,
        open: bool,
        failed: bool,
        context: &mut Context,
    ) {
        let mut pending = Vec::new();
        for update in &self.updates {
            pending.push(update.id());
        }
        self.payments.pay(id, session, shown, pending, failed, context);
        if !open {
            self.payments.closed(id, context);
        }
    }

    /// The customer came back from the back/forward cache.
    pub(super) fn returns(&mut self, context: &mut Context) {
        if let Some((id, session)) = self.payments.back() {
            let refresh = self.refresh(session, context);
            self.payments.returned(id, refresh);
        }
    }

    pub(super) fn compare(&mut self, id: u32, shown: &str, open: bool, context: &mut Context) {
        if let Some(session) = self.payments.waiting() {
            self.payments.compare(id, shown, open, self.situation(session), context);
        }
    }

    /// Goes on with a payment that waits.
    pub(super) fn advance(&mut self, context: &mut Context) {
        let session = self.payments.waiting();
        let situation = self.situation(session.flatten());
        if self.payments.advance(situation, context)
            && let Some(session) = session
        {
            let refresh = self.refresh(session, context);
            self.payments.refreshing(refresh);
        }
    }
}
