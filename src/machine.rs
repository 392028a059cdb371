//! All updates and payments of one page: the queue, the life of each update, staleness, payments and the counters, put
//! together.
//!
//! Events go in, effects come out; time and chance are arguments. `docs/failures.md` and `docs/run.md` have its rules
//! as tables.

mod ending;
mod paying;

use crate::context::{Context, Presence};
use crate::effect::Effect;
use crate::endpoint::Endpoint;
use crate::event::{Event, UpdateEvent};
use crate::failure::{Kind, Reason};
use crate::metrics::Number;
use crate::payload::Payload;
use crate::payment::Payments;
use crate::payment::blocked::PaymentCounts;
use crate::queue::{self, Admission};
use crate::staleness::{Doubt, SessionNumber, Staleness};
use crate::update::Update;

/// The numbers of refreshes that the machine begins itself start here; what the page asks for has lower ones.
pub const OWN_REFRESHES: u32 = 1 << 31;

/// An update that put the page in doubt and whose own fetch of the session is still under way: a late end of it ends the doubt.
#[derive(Clone, Copy, Debug)]
struct PendingFetch {
    update: u32,
    session: SessionNumber,
}

/// The state of one page.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    /// Its endpoints, and the names of wrapped functions.
    pub endpoints: Vec<Endpoint>,
    updates: Vec<Update>,
    staleness: Staleness,
    payments: Payments,
    /// How many refreshes were begun here.
    refreshes: u32,
    pending_fetch: Option<PendingFetch>,
    presence: Presence,
}

impl Machine {
    /// A page with these endpoints.
    #[must_use]
    pub fn new(endpoints: Vec<Endpoint>) -> Self {
        Self { endpoints, ..Self::default() }
    }

    /// Takes an event, and appends what is to be done. `now` is in milliseconds; `random` returns a number in 0..1.
    pub fn on(&mut self, event: &Event, now: f64, random: &dyn Fn() -> f64, out: &mut Vec<Effect>) {
        // Each page is shown once when it has loaded; only one that was away comes back.
        let awake = match event {
            Event::Awake | Event::Back { from_cache: true } => true,
            Event::Back { from_cache: false } => self.presence == Presence::Left,
            _ => false,
        };
        self.presence = self.presence.after(event, now);
        let context = &mut Context { now, random, presence: self.presence, out };
        for position in 0..self.updates.len() {
            if let Some((update, endpoint)) = self.at(position) {
                update.tick(endpoint, context);
            }
        }
        self.apply(event, context);
        while let Some(id) = self.staleness.overdue(now) {
            self.refreshed(id, false, true, Kind::StripeError, context);
        }
        self.conclude(context);
        self.advance(context);
        while self.payments.allows_refreshes()
            && let Some(session) = self.staleness.due(awake, now)
        {
            self.refresh(session, context);
        }
        let is_needed =
            |number| self.payments.needs(number) || self.updates.iter().any(|update| update.session == number);
        self.staleness.release(&is_needed, &mut |session| context.emit(Effect::ReleaseActions(session)));
    }

    /// Milliseconds until the clock has to be looked at; `None` while nothing is waited for.
    #[must_use]
    pub fn wake(&self, now: f64) -> Option<f64> {
        let mut least: Option<f64> = None;
        let mut wake_at = |until: f64| {
            if least.is_none_or(|least| until < least) {
                least = Some(until);
            }
        };
        if let Presence::Leaving(until) = self.presence
            && self.updates.iter().any(Update::is_lost)
        {
            wake_at(until);
        }
        for update in &self.updates {
            if let Some(endpoint) = self.endpoints.get(update.endpoint) {
                update.timers(endpoint, &mut wake_at);
            }
        }
        self.payments.timer().into_iter().for_each(&mut wake_at);
        self.staleness.timers(self.payments.allows_refreshes(), &mut wake_at);
        least.map(|until| if until > now { until - now } else { 0.0 })
    }

    /// Whether this attempt of an update is waited for. What comes of another is too late.
    #[must_use]
    pub fn awaits(&self, id: u32, attempt: u32) -> bool {
        self.updates.iter().any(|update| update.id() == id && update.awaits(attempt))
    }

    /// Whether the page may show old totals.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.staleness.is_stale()
    }

    /// Whether a payment or a hold is under way.
    #[must_use]
    pub fn is_paying(&self) -> bool {
        self.payments.is_paying()
    }

    /// How payments ended.
    #[must_use]
    pub fn payments(&self) -> &PaymentCounts {
        self.payments.counts()
    }

    /// How many updates are known, for tests of what is left behind.
    #[must_use]
    pub fn len(&self) -> usize {
        self.updates.len()
    }

    /// Whether no update is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.updates.is_empty()
    }

    // By reference and not inlined, as `Update::on`. Where an enum is copied field by field, two integers travel as one
    // float, and in WebKit the engine in plain JavaScript does not keep a pattern that is a NaN.
    #[inline(never)]
    fn apply(&mut self, event: &Event, context: &mut Context) {
        match *event {
            Event::Clock | Event::Awake | Event::Leaving | Event::Left | Event::Back { from_cache: false } => {}
            Event::Run { id, endpoint, session, ref payload, asked } => {
                self.staleness.touch(session, true, true);
                let payload = self.unless_paying(payload);
                self.run(Update::queued(id, endpoint, session, payload, asked), context);
            }
            Event::Invoke { id, endpoint, session, ref payload, asked } => {
                self.staleness.touch(session, true, false);
                let payload = self.unless_paying(payload);
                self.updates.push(Update::external(id, endpoint, session, payload, asked));
                if let Some((update, endpoint)) = self.find(id) {
                    update.call(asked, endpoint, context);
                }
            }
            Event::Update { id, ref event } => {
                match *event {
                    UpdateEvent::StripeEnded { success: true, open } => {
                        if let Some(PendingFetch { session, .. }) =
                            self.pending_fetch.take_if(|fetch| fetch.update == id)
                        {
                            self.staleness.learn(session, context.now, true, open, context.now);
                        }
                    }
                    UpdateEvent::NotStarted(kind) => self.refreshed(id, false, true, kind, context),
                    _ => {}
                }
                if let Some((update, endpoint)) = self.find(id) {
                    update.on(event, endpoint, context);
                }
            }
            Event::Refresh { id, .. } if self.payments.is_paying() => Self::report(id, Some(Kind::Paying), context),
            Event::Refresh { id, session } => {
                self.staleness.touch(session, false, true);
                self.staleness.begin(id, session, true, context.now);
                context.emit(Effect::Refresh { id, session });
            }
            Event::Refreshed { id, success, open } => self.refreshed(id, success, open, Kind::StripeError, context),
            Event::Detach(waiter) => {
                self.payments.cancel(waiter, context);
                self.detach(waiter, Reason::Signal, context);
            }
            Event::Cancel(endpoint) => self.cancel(endpoint, context),
            Event::Dispose => self.dispose(context),
            Event::Doubt { session } => {
                self.staleness.touch(session, true, true);
                self.doubt(session, Doubt::Unknown, None, context);
                if self.payments.is_paying() {
                    self.staleness.hurry(session, context.now);
                } else {
                    self.refresh(session, context);
                }
            }
            Event::Back { from_cache: true } => {
                self.pending_fetch = None;
                self.staleness.doubt_all(context.now);
                self.returns(context);
            }
            Event::Pay { id, session, ref shown, open, failed } => {
                self.staleness.touch(session, false, true);
                self.pay(id, session, shown, open, failed, context);
            }
            Event::PayShown { id, ref shown, open } => self.compare(id, shown, open, context),
            Event::Paying { id, session } => {
                self.staleness.touch(session, false, true);
                self.payments.confirming(id, session);
            }
            Event::ConfirmEnded { id, resolved } => self.payments.confirm_ended(id, resolved),
            Event::Hold(id) => self.payments.hold(id, context.now),
            Event::Release(id) => self.payments.release(id),
        }
    }

    /// The update at this position, with its endpoint.
    #[inline(never)]
    fn at(&mut self, position: usize) -> Option<(&mut Update, &mut Endpoint)> {
        let update = self.updates.get_mut(position)?;
        let endpoint = self.endpoints.get_mut(update.endpoint)?;
        Some((update, endpoint))
    }

    /// The update of this number, if it is still known, with its endpoint.
    #[inline(never)]
    fn find(&mut self, id: u32) -> Option<(&mut Update, &mut Endpoint)> {
        let position = self.updates.iter().position(|update| update.id() == id)?;
        self.at(position)
    }

    fn run(&mut self, update: Update, context: &mut Context) {
        let id = update.id();
        if let Some(position) = queue::superseded(&self.updates, &update) {
            self.add(update.endpoint, Number::Superseded);
            self.drop_waiting(position, Reason::Superseded, context);
        }
        let Some(endpoint) = self.endpoints.get(update.endpoint) else { return };
        let admission = queue::admit(&self.updates, endpoint, &update);
        if let Admission::Join(position) = admission {
            self.add(update.endpoint, Number::Joined);
            if let Some(shared) = self.updates.get_mut(position) {
                shared.waiters.push(id);
                context.emit(Effect::Joined { id, to: shared.id() });
            }
            return;
        }
        self.updates.push(update);
        if let Some((update, endpoint)) = self.find(id) {
            if matches!(update.payload(), Payload::Refused(_)) {
                update.call(context.now, endpoint, context);
            } else if admission == Admission::Full {
                update.abort(Kind::Busy, None, context);
            }
        }
    }

    fn add(&mut self, endpoint: usize, number: Number) {
        if let Some(endpoint) = self.endpoints.get_mut(endpoint) {
            endpoint.counts.add(number);
        }
    }

    /// Ends the function of the update at this position.
    fn abort(&mut self, position: usize, reason: Reason, context: &mut Context) {
        if let Some((update, _)) = self.at(position) {
            update.abort(Kind::Cancelled, Some(reason), context);
        }
    }

    /// Drops an update that waits for its turn.
    fn drop_waiting(&mut self, position: usize, reason: Reason, context: &mut Context) {
        self.abort(position, reason, context);
        self.finish(position, false, context);
    }

    fn cancel(&mut self, endpoint: Option<usize>, context: &mut Context) {
        let matches = |update: &Update| update.is_waiting() && endpoint.is_none_or(|which| update.endpoint == which);
        while let Some(position) = self.updates.iter().position(matches) {
            self.drop_waiting(position, Reason::Cancelled, context);
        }
    }

    /// One waiter no longer waits. The update goes on while anyone else does.
    fn detach(&mut self, waiter: u32, reason: Reason, context: &mut Context) {
        let waits = |update: &Update| update.waiters.contains(&waiter);
        let Some(position) = self.updates.iter().position(waits) else { return };
        let Some(update) = self.updates.get_mut(position) else { return };
        update.waiters.retain(|waiting| *waiting != waiter);
        let failure = update.detached(reason, context.now);
        // The function ends before its last waiter is told that nothing is pending.
        if update.waiters.is_empty() {
            self.abort(position, reason, context);
            self.doubt_detached(position, reason, context);
        }
        context.emit(Effect::Detached { waiter, failure });
    }

    /// Nobody waits for an update any more, and Stripe.js may take a while to end. Who is told that nothing is pending
    /// must be able to see that the page is stale.
    fn doubt_detached(&mut self, position: usize, reason: Reason, context: &mut Context) {
        let Some(update) = self.updates.get(position).filter(|_| reason == Reason::Signal) else { return };
        if let Some(doubt) = update.leaves() {
            let fetching_update = Some(update.id()).filter(|_| doubt == Doubt::Behind);
            self.doubt(update.session, doubt, fetching_update, context);
        }
    }

    fn dispose(&mut self, context: &mut Context) {
        self.payments.dispose(context);
        while let Some(update) = self.updates.first() {
            // A function that has ended keeps its result; those who still wait for the outcome are told that it is over.
            if let Some(waiter) = update.waiters.first() {
                self.detach(*waiter, Reason::Disposed, context);
                continue;
            }
            self.abort(0, Reason::Disposed, context);
            self.finish(0, false, context);
        }
        let (refreshes, sessions) = self.staleness.stop();
        for id in refreshes {
            Self::report(id, Some(Kind::Cancelled), context);
        }
        for session in sessions {
            context.emit(Effect::ReleaseActions(session));
        }
        self.pending_fetch = None;
    }
}
