//! All updates of one checkout session: the queue, each update's life, staleness and the counters, put together.
//!
//! Events go in, effects come out; time and chance are arguments. `docs/failures.md` and `docs/run.md` have its rules
//! as tables.

use crate::effect::{Effect, Event, News, emit};
use crate::endpoint::Endpoint;
use crate::failure::{Applied, Kind, Reason};
use crate::metrics::Number;
use crate::queue::{self, Place};
use crate::stale::{Doubt, Freshness};
use crate::update::{LEAVING, Order, Step, Update};

/// Numbers of refreshes that the machine begins itself start here; the facade counts its own from 1.
const OWN_REFRESHES: u32 = 1 << 31;

/// The state of one `createUpdates`.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    /// Its endpoints, and the names of wrapped functions.
    pub endpoints: Vec<Endpoint>,
    updates: Vec<Update>,
    freshness: Freshness,
    /// How many refreshes were begun here.
    refreshes: u32,
    /// The update whose fresh session Stripe.js still owes, and that session.
    owed: Option<(u32, u32)>,
    left: bool,
    /// Until when the page is taken to be about to go.
    leaving: Option<f64>,
    told_stale: bool,
}

/// What every step works with.
struct Turn<'a> {
    now: f64,
    random: f64,
    out: &'a mut Vec<Effect>,
}

impl Machine {
    /// Takes an event, and appends what is to be done. `now` is in milliseconds, `random` in 0..1.
    pub fn on(&mut self, event: Event, now: f64, random: f64, out: &mut Vec<Effect>) {
        let turn = &mut Turn { now, random, out };
        self.leaving = self.leaving.filter(|until| *until > now);
        for position in 0..self.updates.len() {
            if let Some((update, mut step)) = self.at(position, turn) {
                update.tick(&mut step);
            }
        }
        // Every page is shown once when it has loaded; only one that was away comes back.
        let awake = match event {
            Event::Awake | Event::Back(true) => true,
            Event::Back(false) => self.left,
            _ => false,
        };
        self.take(&event, turn);
        while let Some(id) = self.freshness.overdue(now) {
            self.refreshed(id, false, true, Kind::StripeError, turn);
        }
        self.conclude(turn);
        while let Some(session) = self.freshness.due(awake, now) {
            self.refresh(session, turn);
        }
        while let Some(session) =
            self.freshness.forget(|number| self.updates.iter().any(|update| update.session == number))
        {
            emit(turn.out, Effect::LetGo(session));
        }
        self.tell_stale(turn);
    }

    /// Milliseconds until the clock has to be looked at; `None` while nothing is waited for.
    #[must_use]
    pub fn wake(&self, now: f64) -> Option<f64> {
        let mut least: Option<f64> = None;
        let mut look = |until: f64| {
            if least.is_none_or(|least| until < least) {
                least = Some(until);
            }
        };
        if self.updates.iter().any(Update::is_lost) {
            self.leaving.into_iter().for_each(&mut look);
        }
        for update in &self.updates {
            if let Some(endpoint) = self.endpoints.get(update.endpoint) {
                update.timers(endpoint, &mut look);
            }
        }
        self.freshness.timers(&mut look);
        least.map(|until| if until > now { until - now } else { 0.0 })
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

    // By reference, and not inlined, as `Update::on` and `Client::perform`: where an enum is copied by its fields, two
    // integers travel as one float, and in WebKit the engine in plain JavaScript then keeps no pattern that is a NaN.
    #[inline(never)]
    fn take(&mut self, event: &Event, turn: &mut Turn) {
        let now = turn.now;
        match *event {
            Event::Clock | Event::Awake => {}
            Event::Run { id, endpoint, session, order, asked } => {
                self.freshness.see(session, true, true);
                self.run(Update::new(id, endpoint, session, order, asked, false), turn);
            }
            Event::Invoke { id, endpoint, session, order, asked } => {
                self.freshness.see(session, true, false);
                let mut update = Update::new(id, endpoint, session, order, asked, true);
                update.callers.push(id);
                self.updates.push(update);
                if let Some((update, mut step)) = self.find(id, turn) {
                    update.call(asked, &mut step);
                }
            }
            Event::Refresh { id, session } => {
                self.freshness.see(session, false, true);
                self.freshness.begin(id, session, true, now);
                emit(turn.out, Effect::Refresh { id, session });
            }
            Event::Refreshed { id, success, open } => self.refreshed(id, success, open, Kind::StripeError, turn),
            Event::Detach(caller) => self.detach(caller, Reason::Signal, turn),
            Event::Cancel(endpoint) => self.cancel(endpoint, turn),
            Event::Dispose => self.dispose(turn),
            Event::Doubt(session) => {
                self.freshness.see(session, true, true);
                self.doubt(session, Doubt::Unknown, None, turn);
                self.refresh(session, turn);
            }
            Event::Leaving => self.leaving = Some(now + LEAVING),
            Event::Stayed => self.leaving = None,
            Event::Left => self.left = true,
            Event::Back(from_cache) => {
                (self.left, self.leaving) = (false, None);
                if from_cache {
                    self.owed = None;
                    self.freshness.doubt_all(now);
                }
            }
            Event::Of(id, ref news) => {
                match *news {
                    News::Ended { success: true, open } => {
                        if let Some((_, session)) = self.owed.take_if(|(owed, _)| *owed == id) {
                            self.freshness.learn(session, now, true, open, now);
                        }
                    }
                    News::NotStarted(kind) => self.refreshed(id, false, true, kind, turn),
                    _ => {}
                }
                if let Some((update, mut step)) = self.find(id, turn) {
                    update.on(news, &mut step);
                }
            }
        }
    }

    /// The update at this position, with what a step of it works with.
    #[inline(never)]
    fn at<'a>(&'a mut self, position: usize, turn: &'a mut Turn) -> Option<(&'a mut Update, Step<'a>)> {
        let update = self.updates.get_mut(position)?;
        let endpoint = self.endpoints.get_mut(update.endpoint)?;
        let (left, leaving) = (self.left, self.leaving.is_some());
        let step = Step { now: turn.now, random: turn.random, left, leaving, endpoint, out: turn.out };
        Some((update, step))
    }

    /// The same for the update of this number, if it is still known.
    #[inline(never)]
    fn find<'a>(&'a mut self, id: u32, turn: &'a mut Turn) -> Option<(&'a mut Update, Step<'a>)> {
        let position = self.updates.iter().position(|update| update.id == id)?;
        self.at(position, turn)
    }

    /// Ends the function of the update at this position.
    fn abort(&mut self, position: usize, kind: Kind, reason: Option<Reason>, turn: &mut Turn) {
        if let Some((update, mut step)) = self.at(position, turn) {
            update.abort(kind, reason, &mut step);
        }
    }

    fn run(&mut self, mut update: Update, turn: &mut Turn) {
        let (id, endpoint) = (update.id, update.endpoint);
        let Some(rules) = self.endpoints.get_mut(endpoint) else { return };
        let superseded = queue::superseded(&self.updates, rules, &update);
        if let Some(position) = superseded {
            rules.counts.add(Number::Superseded);
            self.drop_waiting(position, Reason::Superseded, turn);
        }
        let Some(rules) = self.endpoints.get_mut(endpoint) else { return };
        let place = queue::place(&self.updates, rules, &update);
        if let Place::Shared(position) = place {
            rules.counts.add(Number::Joined);
            if let Some(shared) = self.updates.get_mut(position) {
                shared.callers.push(id);
            }
            emit(turn.out, Effect::Forget(id));
            return;
        }
        let refused = matches!(update.order, Order::Refused(_));
        update.callers.push(id);
        self.updates.push(update);
        if let Some((update, mut step)) = self.find(id, turn) {
            if refused {
                update.call(step.now, &mut step);
            } else if place == Place::Full {
                update.abort(Kind::Busy, None, &mut step);
            }
        }
    }

    /// Drops an update that waits: each of its callers is told why.
    fn drop_waiting(&mut self, position: usize, reason: Reason, turn: &mut Turn) {
        self.abort(position, Kind::Cancelled, Some(reason), turn);
        self.finish(position, false, false, turn);
    }

    fn cancel(&mut self, endpoint: Option<usize>, turn: &mut Turn) {
        let matches = |update: &Update| update.is_waiting() && endpoint.is_none_or(|which| update.endpoint == which);
        while let Some(position) = self.updates.iter().position(matches) {
            self.drop_waiting(position, Reason::Cancelled, turn);
        }
    }

    /// One caller no longer waits. The update goes on while anyone else does.
    fn detach(&mut self, caller: u32, reason: Reason, turn: &mut Turn) {
        let waits = |update: &Update| update.callers.contains(&caller);
        let Some(position) = self.updates.iter().position(waits) else { return };
        let Some(update) = self.updates.get_mut(position) else { return };
        update.callers.retain(|waiting| *waiting != caller);
        let applied = if update.was_sent() { Applied::Unknown } else { Applied::No };
        let failure = update.failure(Kind::Cancelled, applied, Some(reason), turn.now);
        let id = update.id;
        let alone = update.callers.is_empty();
        // The function ends first: what its promise hangs on is let go with the last caller.
        if alone {
            self.abort(position, Kind::Cancelled, Some(reason), turn);
            // Stripe.js may take a while to end; who hears that nothing is pending hears of the doubt before.
            let left = self.updates.get(position).map(|update| (update.session, update.leaves()));
            if let (Reason::Signal, Some((session, doubt @ (Doubt::Unknown | Doubt::Behind)))) = (reason, left) {
                self.doubt(session, doubt, Some(id).filter(|_| doubt == Doubt::Behind), turn);
                self.tell_stale(turn);
            }
        }
        emit(turn.out, Effect::Cancelled { caller, failure });
    }

    fn dispose(&mut self, turn: &mut Turn) {
        while let Some(update) = self.updates.first() {
            // A function that has settled keeps its result; who still waits for the outcome is told that it is over.
            if let Some(caller) = update.callers.first() {
                self.detach(*caller, Reason::Disposed, turn);
                continue;
            }
            self.abort(0, Kind::Cancelled, Some(Reason::Disposed), turn);
            self.finish(0, false, false, turn);
        }
        let (refreshes, sessions) = self.freshness.stop();
        for id in refreshes {
            report(id, Some((Kind::Cancelled, Applied::No)), turn);
        }
        for session in sessions {
            emit(turn.out, Effect::LetGo(session));
        }
        self.owed = None;
    }

    /// Lets what has ended go, and starts what is next.
    fn conclude(&mut self, turn: &mut Turn) {
        let mut position = 0;
        while position < self.updates.len() {
            let decision = self.at(position, turn).and_then(|(update, mut step)| update.decide(&mut step));
            let gone = match decision {
                None => false,
                Some(Ok(())) => {
                    self.count(position, None, turn);
                    self.finish(position, true, true, turn);
                    true
                }
                Some(Err((kind, applied))) => self.failed(position, kind, applied, turn),
            };
            if !gone {
                position += 1;
            }
        }
        if let Some((update, mut step)) = queue::next(&self.updates).and_then(|position| self.at(position, turn)) {
            update.start(&mut step);
        }
    }

    /// An update failed: it goes, or the refresh that belongs to it holds it. Gives whether it has gone.
    fn failed(&mut self, position: usize, kind: Kind, applied: Applied, turn: &mut Turn) -> bool {
        let Some(update) = self.updates.get_mut(position) else { return false };
        let (id, session) = (update.id, update.session);
        let (sent, apart, silent) = (update.was_sent(), update.is_apart(), update.is_silent());
        let doubt = match applied {
            Applied::Unknown => Doubt::Unknown,
            Applied::Yes => Doubt::Behind,
            Applied::No => Doubt::None,
        };
        self.count(position, Some(kind), turn);
        if sent && doubt != Doubt::None {
            self.doubt(session, doubt, Some(id).filter(|_| kind == Kind::RefreshFailed && silent), turn);
            if !apart {
                let refresh = self.refresh(session, turn);
                if let Some(update) = self.updates.get_mut(position) {
                    update.held = Some(refresh);
                }
                return false;
            }
        } else if sent && !apart {
            self.refresh(session, turn);
        }
        self.finish(position, false, false, turn);
        true
    }

    /// Counts how an update ended. What was cancelled is no failure, and tells nothing about durations.
    fn count(&mut self, position: usize, failed: Option<Kind>, turn: &mut Turn) {
        if failed == Some(Kind::Cancelled) {
            return;
        }
        if let Some((update, step)) = self.at(position, turn) {
            let ms = update.duration(step.now);
            step.endpoint.counts.record(failed, ms);
            emit(step.out, Effect::Measure { endpoint: update.endpoint, ms: step.now - update.began() });
            if failed.is_some() {
                emit(step.out, Effect::Count(update.id));
            }
        }
    }

    /// Gives the callers of an update its outcome, and forgets it.
    fn finish(&mut self, position: usize, ok: bool, session: bool, turn: &mut Turn) {
        if position >= self.updates.len() {
            return;
        }
        // Who hears that nothing is pending has heard of staleness.
        self.tell_stale(turn);
        let update = self.updates.remove(position);
        let record = update.record(turn.now);
        for caller in update.callers {
            emit(turn.out, Effect::Settle { caller, update: update.id, ok, session });
        }
        emit(turn.out, record);
        emit(turn.out, Effect::Forget(update.id));
    }

    /// A session has become stale. Where nothing else is in doubt, that ends once Stripe.js ends this update after all: it
    /// has begun to fetch the session before any other doubt.
    fn doubt(&mut self, session: u32, doubt: Doubt, owing: Option<u32>, turn: &mut Turn) {
        self.owed = owing.filter(|_| !self.freshness.is_stale()).map(|id| (id, session));
        self.freshness.doubt(session, doubt, turn.now);
    }

    /// Tells the page whether it is stale, if that has changed.
    fn tell_stale(&mut self, turn: &mut Turn) {
        if self.told_stale != self.freshness.is_stale() {
            self.told_stale = self.freshness.is_stale();
            emit(turn.out, Effect::Stale(self.told_stale));
        }
    }

    /// Begins a refresh of this session, and gives its number.
    fn refresh(&mut self, session: u32, turn: &mut Turn) -> u32 {
        self.refreshes = self.refreshes.wrapping_add(1) % OWN_REFRESHES;
        let id = OWN_REFRESHES + self.refreshes;
        self.freshness.begin(id, session, false, turn.now);
        emit(turn.out, Effect::Refresh { id, session });
        id
    }

    /// A refresh ended, or was given up. The update that it held gets its outcome, and the page its answer.
    fn refreshed(&mut self, id: u32, success: bool, open: bool, kind: Kind, turn: &mut Turn) {
        if !self.freshness.end(id, success, open, turn.now) {
            return;
        }
        if let Some(position) = self.updates.iter().position(|update| update.held == Some(id)) {
            self.finish(position, false, success, turn);
        }
        report(id, if success { None } else { Some((kind, Applied::No)) }, turn);
    }
}

/// Tells the page how a refresh that it asked for ended.
fn report(id: u32, failed: Option<(Kind, Applied)>, turn: &mut Turn) {
    if id < OWN_REFRESHES {
        emit(turn.out, Effect::Refreshed { id, failed });
    }
}
