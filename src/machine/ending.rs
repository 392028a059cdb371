//! What follows when something has ended: an update, or a refresh.

use super::{Machine, OWN_REFRESHES, PendingFetch};
use crate::context::Context;
use crate::effect::Effect;
use crate::failure::{Applied, FailureFacts, Kind};
use crate::queue;
use crate::staleness::{Doubt, SessionNumber};

impl Machine {
    /// Lets what has ended go, and starts what is next.
    pub(super) fn conclude(&mut self, context: &mut Context) {
        let mut position = 0;
        while position < self.updates.len() {
            let verdict = self.at(position).and_then(|(update, endpoint)| update.decide(endpoint, context));
            if !verdict.is_some_and(|verdict| self.conclude_one(position, verdict.err(), context)) {
                position += 1;
            }
        }
        if let Some((update, _)) = queue::next(&self.updates).and_then(|position| self.at(position)) {
            update.start(context);
        }
    }

    /// It is known how an update ended: it goes, or the refresh that belongs to it holds it. Returns whether it has gone.
    fn conclude_one(&mut self, position: usize, failure: Option<FailureFacts>, context: &mut Context) -> bool {
        self.count(position, failure, context);
        let Some(update) = self.updates.get(position) else { return false };
        let (id, session) = (update.id(), update.session);
        let (sent, external, silent) = (update.was_sent(), update.is_external(), update.is_silent());
        let Some(failure) = failure.filter(|_| sent) else {
            self.finish(position, failure.is_none(), context);
            return true;
        };
        let doubt = match failure.applied {
            Applied::Unknown => Some(Doubt::Unknown),
            Applied::Yes => Some(Doubt::Behind),
            Applied::No => None,
        };
        if let Some(doubt) = doubt {
            let fetching_update = Some(id).filter(|_| failure.kind == Kind::RefreshFailed && silent);
            self.doubt(session, doubt, fetching_update, context);
        }
        if !external {
            let refresh = self.refresh(session, context);
            if let (Some(_), Some(update)) = (doubt, self.updates.get_mut(position)) {
                update.held = Some(refresh);
                return false;
            }
        }
        self.finish(position, false, context);
        true
    }

    /// Counts how an update ended. What was cancelled is no failure, and its duration means nothing.
    fn count(&mut self, position: usize, failure: Option<FailureFacts>, context: &mut Context) {
        let kind = failure.map(|failure| failure.kind);
        if kind == Some(Kind::Cancelled) {
            return;
        }
        if let Some((update, rules)) = self.at(position) {
            rules.counts.record(kind, update.duration(context.now));
            let (id, endpoint, ms) = (update.id(), update.endpoint, update.age(context.now));
            context.emit(Effect::Counted { id, endpoint, failure, ms });
        }
    }

    /// Gives the waiters of an update its outcome, and forgets it.
    pub(super) fn finish(&mut self, position: usize, fresh: bool, context: &mut Context) {
        if position < self.updates.len() {
            let update = self.updates.remove(position);
            let sent_externally = update.is_external() && update.was_sent();
            self.payments.update_ended(update.id(), update.has_failed(), sent_externally, context.now);
            context.emit(update.into_effect(fresh, context.now));
        }
    }

    /// A session has become stale. If only `fetching_update` put the page in doubt, its own late fetch ends the doubt.
    pub(super) fn doubt(
        &mut self,
        session: SessionNumber,
        doubt: Doubt,
        fetching_update: Option<u32>,
        context: &mut Context,
    ) {
        self.pending_fetch =
            fetching_update.filter(|_| !self.staleness.is_stale()).map(|update| PendingFetch { update, session });
        self.staleness.doubt(session, doubt, context.now);
    }

    /// Begins a refresh of this session, and returns its number.
    pub(super) fn refresh(&mut self, session: SessionNumber, context: &mut Context) -> u32 {
        self.refreshes = self.refreshes.wrapping_add(1) % OWN_REFRESHES;
        let id = OWN_REFRESHES + self.refreshes;
        self.staleness.begin(id, session, false, context.now);
        context.emit(Effect::Refresh { id, session });
        id
    }

    /// A refresh ended, or was given up. The update that it held gets its outcome, and the page its answer.
    pub(super) fn refreshed(&mut self, id: u32, success: bool, open: bool, kind: Kind, context: &mut Context) {
        if !self.staleness.end(id, success, open, context.now) {
            return;
        }
        if let Some(position) = self.updates.iter().position(|update| update.held == Some(id)) {
            self.finish(position, success, context);
        }
        if let Some(session) = self.payments.refreshed(id, success, open, context) {
            self.doubt(session, Doubt::Behind, None, context);
        }
        Self::report(id, Some(kind).filter(|_| !success), context);
    }

    /// Tells the page how a refresh that it asked for ended.
    pub(super) fn report(id: u32, failed: Option<Kind>, context: &mut Context) {
        if id < OWN_REFRESHES {
            context.emit(Effect::Refreshed { id, failure: failed.map(|kind| FailureFacts::bare(kind, Applied::No)) });
        }
    }
}
