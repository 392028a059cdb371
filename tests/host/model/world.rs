//! The world around the machine: the page, Stripe.js, the browser, the server and time, each free to do whatever it can
//! do next, and what is promised of all that.

use std::hash::{DefaultHasher, Hash, Hasher};

use checkout_updates::answer::{Answer, Body};
use checkout_updates::effect::{Effect, Event, News};
use checkout_updates::failure::{Applied, Failure, Kind};
use checkout_updates::machine::Machine;
use checkout_updates::update::Order;

use crate::bounds::Bounds;
use crate::fingerprint;

/// Where the numbers of the page's refreshes start, and those of the machine's own.
const PAGE_REFRESHES: u32 = 100;
const OWN_REFRESHES: u32 = 1 << 31;

/// A server is taken to be at work for this long after an update's outcome became unknown: the second refresh comes
/// then. What it applies later is the exception of `docs/reliability.md`.
const STILL_AT_WORK: f64 = 5_000.0;

/// The longest that anyone waits: for a turn, for Stripe.js to call the function, for the function, for Stripe.js to
/// fetch the session, and for the refresh that belongs to the update.
const LONGEST_WAIT: f64 = 20_000.0 + 20_000.0 + 19_500.0 + 10_000.0 + 10_000.0;

/// How long a laptop sleeps.
pub const SLEEP: f64 = 30_000.0;

/// What is promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    ToldOnce,
    Deadline,
    OneAtATime,
    Truth,
    Fresh,
    NoWaitForEver,
}

/// An update as the page asks for it.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    pub endpoint: usize,
    pub order: Order,
    /// Whether the page hands the function to Stripe.js itself.
    pub apart: bool,
}

/// Whatever happens next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// The page asks for its next update.
    Ask,
    /// The caller of this number lets go.
    Detach(u32),
    Cancel(Option<usize>),
    Refresh,
    Awake,
    Leaving,
    Stayed,
    Left,
    Back(bool),
    Dispose,
    Token(u32, bool),
    /// Stripe.js calls the function.
    Called(u32),
    NotStarted(u32, Kind),
    /// Stripe.js ends.
    Ended {
        id: u32,
        success: bool,
        open: bool,
    },
    /// The server makes the change.
    Apply(u32),
    /// The head of an answer arrives, and its body does not.
    Head(u32, u16),
    Answer(u32, Says),
    /// A refresh ends.
    Fetched {
        id: u32,
        success: bool,
        open: bool,
    },
    /// The task that was let through is over.
    Task(u32),
    /// The timer that the machine asked for.
    Clock,
    /// So many milliseconds pass: until the next moment that anything waits for.
    Pass(f64),
    /// So many milliseconds pass, and something happens before that moment.
    Stop(f64),
    /// The laptop sleeps.
    Sleep,
}

/// What the page is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// Done.
    Yes,
    /// No, and that is the last word for this key.
    No,
    /// 429: not now.
    Later,
    /// 409: the same key may be running.
    Running,
    /// 503.
    Unavailable,
    /// 500.
    Error,
    /// A log-in page.
    Page,
    /// The connection drops, before the server read the request or after.
    Dropped,
    /// There was no `fetch`.
    Unsent,
}

impl Says {
    pub const ALL: [Self; 9] = [
        Self::Yes,
        Self::No,
        Self::Later,
        Self::Running,
        Self::Unavailable,
        Self::Error,
        Self::Page,
        Self::Dropped,
        Self::Unsent,
    ];

    fn answer(self, wrapped: bool) -> Answer {
        let http = |status, body| match (wrapped, status) {
            (false, _) => Answer::Http { status, body, retry_after: None },
            (true, _) => Answer::ThrewHttp { status, body },
        };
        match self {
            Self::Yes if wrapped => Answer::Value,
            Self::Yes => http(200, Body::Json),
            Self::No if wrapped => Answer::ThrewNo,
            Self::No => http(400, Body::Json),
            Self::Later => http(429, Body::Empty),
            Self::Running => http(409, Body::Empty),
            Self::Unavailable => http(503, Body::Empty),
            Self::Error => http(500, Body::Empty),
            Self::Page => http(200, Body::Page),
            Self::Dropped if wrapped => Answer::Threw,
            Self::Dropped => Answer::None,
            Self::Unsent => Answer::Unsent,
        }
    }
}

/// Stripe.js, as far as one `runServerUpdate` of ours goes.
#[derive(Clone, Debug)]
struct Stripe {
    calls: u8,
    ended: bool,
    /// What the server had when it could begin to fetch the session.
    had: u8,
}

/// What is known of one update.
#[derive(Clone, Debug)]
struct Update {
    id: u32,
    endpoint: usize,
    apart: bool,
    wrapped: bool,
    /// When its function was called, while that runs.
    called: Option<f64>,
    token: bool,
    stripe: Option<Stripe>,
    failed: Option<(Kind, Applied)>,
    /// The attempt that the page waits for.
    open: Option<u32>,
    headed: bool,
    /// Whether the server may still get a request that the page no longer waits for.
    loose: bool,
    /// Whether the server has said no for this key.
    refused: bool,
    settled: bool,
    /// Whether the page was told that the server did not make the change.
    denied: bool,
    /// Since when the page knows that it does not know.
    doubt: Option<f64>,
    /// Whether what the page shows may lack it for good.
    excused: bool,
}

/// A refresh under way.
#[derive(Clone, Debug)]
struct Fetch {
    id: u32,
    had: u8,
    /// When patience with it ends; `None` once it has.
    limit: Option<f64>,
}

/// Who waits to be told.
#[derive(Clone, Debug)]
struct Waiting {
    caller: u32,
    since: f64,
}

/// The world at one moment.
#[derive(Clone, Debug)]
pub struct World {
    /// Its endpoints are kept in the bounds, since they never change but for what they count.
    machine: Machine,
    pub now: f64,
    /// When the machine wants to look at the clock.
    wake: Option<f64>,
    asked: usize,
    /// How often the page may still do something else.
    whims: u8,
    /// How often time may still stop between two timers.
    stops: u8,
    sleeps: u8,
    troubles: Option<u8>,
    slept: bool,
    page_refreshes: u32,
    updates: Vec<Update>,
    fetches: Vec<Fetch>,
    waiting: Vec<Waiting>,
    tasks: Vec<u32>,
    /// The updates that the server made, and those that the page shows, a bit each.
    has: u8,
    shows: u8,
    stale: bool,
    acted: bool,
    leaving: bool,
    gone: bool,
    closed: bool,
    broken: Option<(Promise, &'static str)>,
}

impl Hash for World {
    fn hash<H: Hasher>(&self, state: &mut H) {
        fingerprint::hash(self, self.now, state);
    }
}

/// Worlds are the same where nothing tells them apart that could ever matter.
impl PartialEq for World {
    fn eq(&self, other: &Self) -> bool {
        let of = |world: &Self| {
            let mut hasher = DefaultHasher::new();
            world.hash(&mut hasher);
            hasher.finish()
        };
        of(self) == of(other)
    }
}

fn bit(id: u32) -> u8 {
    1 << id
}

impl World {
    pub fn new(bounds: &Bounds) -> Self {
        Self {
            machine: Machine::default(),
            now: 1_000.0,
            wake: None,
            asked: 0,
            whims: bounds.whims,
            stops: bounds.stops,
            sleeps: bounds.sleeps,
            troubles: bounds.troubles,
            slept: false,
            page_refreshes: 0,
            updates: Vec::new(),
            fetches: Vec::new(),
            waiting: Vec::new(),
            tasks: Vec::new(),
            has: 0,
            shows: 0,
            stale: false,
            acted: false,
            leaving: false,
            gone: false,
            closed: false,
            broken: None,
        }
    }

    /// The promise that is broken here, and how.
    pub fn broken(&self) -> Option<(Promise, &'static str)> {
        self.broken
    }

    /// Whether everything that the bounds allow has happened and all is well.
    pub fn is_at_rest(&self, bounds: &Bounds) -> bool {
        self.asked == bounds.asks.len() && self.machine.is_empty() && !self.stale && self.waiting.is_empty()
    }

    pub fn is_stale(&self) -> bool {
        self.stale
    }

    /// Whether the page shows everything that the server has.
    pub fn shows_all(&self) -> bool {
        self.has & !self.shows == 0
    }

    /// Everything that can happen next.
    pub fn actions(&self, bounds: &Bounds, actions: &mut Vec<Action>) {
        if self.broken.is_some() {
            return;
        }
        actions.extend(self.tasks.first().map(|id| Action::Task(*id)));
        self.page_actions(bounds, actions);
        for update in &self.updates {
            self.server_actions(update, bounds, actions);
            self.stripe_actions(update, bounds, actions);
        }
        for Fetch { id, .. } in &self.fetches {
            self.ends(bounds, |success, open| {
                if success || self.troubles != Some(0) {
                    actions.push(Action::Fetched { id: *id, success, open });
                }
            });
        }
        // A browser runs the next task before time passes.
        if self.tasks.is_empty() {
            self.time_actions(actions);
        }
    }

    fn page_actions(&self, bounds: &Bounds, actions: &mut Vec<Action>) {
        if self.gone {
            actions.extend([Action::Back(true), Action::Back(false)]);
            return;
        }
        if self.asked < bounds.asks.len() && (bounds.anytime || self.is_at_start()) {
            actions.push(Action::Ask);
        }
        if self.leaving {
            actions.extend([Action::Stayed, Action::Left]);
        }
        for update in self.updates.iter().filter(|update| update.token && update.called.is_some()) {
            actions.extend([Action::Token(update.id, true), Action::Token(update.id, false)]);
        }
        if self.whims == 0 || self.asked == 0 {
            return;
        }
        for waiting in self.waiting.iter().filter(|waiting| waiting.caller < PAGE_REFRESHES) {
            let apart = self.updates.iter().any(|update| update.id == waiting.caller && update.apart);
            if bounds.page.contains(&"detach") && !apart {
                actions.push(Action::Detach(waiting.caller));
            }
        }
        for (name, action) in [
            ("cancel", Action::Cancel(None)),
            ("cancel", Action::Cancel(Some(0))),
            ("refresh", Action::Refresh),
            ("awake", Action::Awake),
            ("leave", Action::Leaving),
            ("leave", Action::Left),
            ("dispose", Action::Dispose),
        ] {
            if bounds.page.contains(&name) && !(self.leaving && action == Action::Leaving) {
                actions.push(action);
            }
        }
    }

    /// Whether nothing has happened but that the page asked.
    fn is_at_start(&self) -> bool {
        let idle = |update: &Update| update.stripe.as_ref().is_none_or(|stripe| stripe.calls == 0 && !stripe.ended);
        self.waiting.len() == self.asked
            && self.waiting.iter().all(|waiting| waiting.since == self.now)
            && self.updates.iter().all(idle)
    }

    fn server_actions(&self, update: &Update, bounds: &Bounds, actions: &mut Vec<Action>) {
        let id = update.id;
        let applied = self.has & bit(id) != 0;
        if (update.open.is_some() || update.loose) && !applied && !update.refused {
            actions.push(Action::Apply(id));
        }
        if update.open.is_none() {
            return;
        }
        if self.gone {
            // The browser has ended it.
            actions.push(Action::Answer(id, Says::Dropped));
            return;
        }
        for says in bounds.says {
            let can = match says {
                Says::Yes => applied,
                Says::No | Says::Later => !applied,
                Says::Unsent => !applied && !update.loose && !update.wrapped,
                _ => true,
            };
            if can {
                actions.push(Action::Answer(id, *says));
            }
        }
        if bounds.heads && !update.headed && !update.wrapped {
            actions.push(Action::Head(id, 503));
            if !applied {
                actions.push(Action::Head(id, 400));
            }
        }
    }

    fn stripe_actions(&self, update: &Update, bounds: &Bounds, actions: &mut Vec<Action>) {
        let (id, Some(stripe)) = (update.id, &update.stripe) else { return };
        if stripe.calls < if bounds.twice { 2 } else { 1 } && !self.gone {
            actions.push(Action::Called(id));
        }
        if stripe.ended {
            return;
        }
        if bounds.refuses && stripe.calls == 0 && !update.settled {
            actions.extend([Kind::Unsupported, Kind::SessionClosed].map(|kind| Action::NotStarted(id, kind)));
        }
        self.ends(bounds, |success, open| actions.push(Action::Ended { id, success, open }));
    }

    /// How a call of Stripe.js may end.
    fn ends(&self, bounds: &Bounds, mut push: impl FnMut(bool, bool)) {
        push(false, true);
        if !self.gone {
            push(true, true);
        }
        if !self.gone && bounds.closes {
            push(true, false);
        }
    }

    fn time_actions(&self, actions: &mut Vec<Action>) {
        let wake = self.wake.map(|at| at - self.now);
        if self.troubles == Some(0) && !self.fetches.is_empty() {
            return;
        }
        if wake.is_some_and(|ms| ms <= 0.0) {
            actions.push(Action::Clock);
        } else {
            let gave_up = self.updates.iter().filter_map(|update| update.called).map(|at| at + 19_000.0 - self.now);
            let moments = wake.into_iter().chain(gave_up).filter(|ms| *ms > 0.0);
            if let Some(next) = moments.min_by(f64::total_cmp) {
                actions.push(Action::Pass(next));
                let half = (next / 2.0).floor();
                if self.stops > 0 && half > 0.0 {
                    actions.push(Action::Stop(half));
                }
            }
        }
        if self.sleeps > 0 && !self.machine.is_empty() {
            actions.push(Action::Sleep);
        }
    }

    /// Lets something happen. `seen` is shown each effect.
    pub fn step(&mut self, action: Action, bounds: &Bounds, seen: &mut dyn FnMut(&Effect)) {
        if let Some(event) = self.before(action, bounds) {
            let mut effects = Vec::new();
            self.machine.endpoints.clone_from(&bounds.endpoints);
            self.machine.on(event, self.now, 0.5, &mut effects);
            self.wake = self.machine.wake(self.now).map(|ms| self.now + ms);
            self.machine.endpoints.clear();
            let spins = effects.is_empty() && action == Action::Clock;
            for effect in effects {
                seen(&effect);
                self.perform(effect);
            }
            self.check(spins, action, bounds);
        }
        self.forget(bounds);
    }

    /// What an action does to the world, and what the machine hears of it.
    fn before(&mut self, action: Action, bounds: &Bounds) -> Option<Event> {
        Some(match action {
            Action::Ask => self.ask(bounds.asks.get(self.asked).copied()?),
            Action::Detach(caller) => self.whim(Event::Detach(caller)),
            Action::Cancel(endpoint) => self.whim(Event::Cancel(endpoint)),
            Action::Refresh => {
                self.page_refreshes += 1;
                self.acted = true;
                let id = PAGE_REFRESHES + self.page_refreshes;
                self.waiting.push(Waiting { caller: id, since: self.now });
                self.whim(Event::Refresh { id, session: 1 })
            }
            Action::Awake => self.whim(Event::Awake),
            Action::Leaving => {
                self.leaving = true;
                self.whim(Event::Leaving)
            }
            Action::Stayed => {
                self.leaving = false;
                Event::Stayed
            }
            Action::Left => {
                if self.leaving {
                    self.leaving = false;
                } else {
                    self.whims -= 1;
                }
                self.gone = true;
                Event::Left
            }
            Action::Back(cached) => {
                self.gone = false;
                Event::Back(cached)
            }
            Action::Dispose => {
                // It lets go of everything, also of what it was about to look at.
                self.updates.iter_mut().for_each(|update| update.excused = true);
                self.acted = false;
                self.whim(Event::Dispose)
            }
            Action::Token(id, there) => {
                self.update(id)?.token = false;
                Event::Of(id, News::Token(there))
            }
            Action::Called(id) => {
                let now = self.now;
                let update = self.update(id)?;
                let stripe = update.stripe.as_mut()?;
                stripe.calls += 1;
                if stripe.calls == 1 && !update.settled {
                    update.called = Some(now);
                }
                Event::Of(id, News::Called)
            }
            Action::NotStarted(id, kind) => {
                let stripe = self.update(id)?.stripe.as_mut()?;
                (stripe.calls, stripe.ended) = (2, true);
                Event::Of(id, News::NotStarted(kind))
            }
            Action::Ended { id, success, open } => {
                let stripe = self.update(id)?.stripe.as_mut()?;
                stripe.ended = true;
                let had = stripe.had;
                self.show(success, open, had);
                Event::Of(id, News::Ended { success, open })
            }
            Action::Fetched { id, success, open } => {
                self.trouble(!success);
                let place = self.fetches.iter().position(|fetch| fetch.id == id)?;
                let had = self.fetches.remove(place).had;
                self.show(success, open, had);
                Event::Refreshed { id, success, open }
            }
            Action::Apply(id) => {
                self.apply(id);
                return None;
            }
            Action::Head(id, status) => {
                let update = self.update(id)?;
                update.headed = true;
                // A server that has said no to this key means it.
                update.refused |= status == 400;
                Event::Of(id, News::Head { attempt: update.open?, status })
            }
            Action::Answer(id, says) => {
                let update = self.update(id)?;
                let attempt = update.open.take()?;
                match says {
                    Says::Yes | Says::Later | Says::Unsent => {}
                    Says::No => update.refused = true,
                    _ => update.loose = true,
                }
                Event::Of(id, News::Answered(attempt, says.answer(update.wrapped)))
            }
            Action::Task(id) => {
                self.tasks.retain(|task| *task != id);
                Event::Of(id, News::Yielded)
            }
            Action::Clock => Event::Clock,
            Action::Pass(ms) => {
                self.trouble(!self.fetches.is_empty());
                self.now += ms;
                return None;
            }
            Action::Stop(ms) => {
                self.now += ms;
                self.stops -= 1;
                return None;
            }
            Action::Sleep => {
                self.now += SLEEP;
                self.sleeps -= 1;
                self.slept = true;
                return None;
            }
        })
    }

    fn ask(&mut self, ask: Ask) -> Event {
        self.asked += 1;
        let id = u32::try_from(self.asked).unwrap();
        self.updates.push(Update {
            id,
            endpoint: ask.endpoint,
            apart: ask.apart,
            wrapped: ask.order == Order::Wrapped,
            called: ask.apart.then_some(self.now),
            token: false,
            stripe: None,
            failed: None,
            open: None,
            headed: false,
            loose: false,
            refused: false,
            settled: false,
            denied: false,
            doubt: None,
            excused: false,
        });
        self.waiting.push(Waiting { caller: id, since: self.now });
        let (endpoint, order, asked, session) = (ask.endpoint, ask.order, self.now, 1);
        if ask.apart {
            return Event::Invoke { id, endpoint, session, order, asked };
        }
        self.acted = true;
        Event::Run { id, endpoint, session, order, asked }
    }

    fn trouble(&mut self, there: bool) {
        if let (true, Some(left)) = (there, &mut self.troubles) {
            *left = left.saturating_sub(1);
        }
    }

    fn whim(&mut self, event: Event) -> Event {
        self.whims -= 1;
        event
    }

    /// Stripe.js shows what it fetched: the session as it was when the fetch began, since it may have read it then, and
    /// whatever was made later could only make the page more right.
    fn show(&mut self, success: bool, open: bool, had: u8) {
        if success {
            self.shows |= had;
            self.closed |= !open;
        }
    }

    fn apply(&mut self, id: u32) {
        self.has |= bit(id);
        let now = self.now;
        let Some(update) = self.update(id) else { return };
        // The same key again changes nothing.
        update.loose = false;
        if update.doubt.is_some_and(|since| now - since >= STILL_AT_WORK) {
            update.excused = true;
        }
        if update.denied {
            self.breaks(Promise::Truth, "the server makes a change of which the page was told \"no\"");
        }
        self.look();
    }

    fn update(&mut self, id: u32) -> Option<&mut Update> {
        self.updates.iter_mut().find(|update| update.id == id)
    }

    fn breaks(&mut self, promise: Promise, how: &'static str) {
        self.broken.get_or_insert((promise, how));
    }

    fn perform(&mut self, effect: Effect) {
        let has = self.has;
        match effect {
            Effect::Token(id) => {
                self.update(id).unwrap().token = true;
            }
            Effect::Send { id, attempt } => self.send(id, attempt),
            Effect::Abort(id) => {
                let update = self.update(id).unwrap();
                // The server does not notice.
                if update.open.take().is_some() {
                    update.loose = true;
                }
            }
            Effect::Yield(id) => self.tasks.push(id),
            Effect::Start(id) => {
                let busy = |other: &Update| other.stripe.is_some() && !other.settled;
                if self.updates.iter().any(busy) {
                    self.breaks(Promise::OneAtATime, "an update starts while another has not ended");
                }
                self.update(id).unwrap().stripe = Some(Stripe { calls: 0, ended: false, had: has });
            }
            Effect::Fail { id, failure } => {
                let Failure { kind, applied, attempts, .. } = failure;
                if attempts == 0 && applied == Applied::Unknown {
                    self.breaks(Promise::Truth, "nothing was sent, and that is said not to be known");
                }
                self.update(id).unwrap().failed = Some((kind, applied));
            }
            Effect::End { id, ok } => {
                let update = self.update(id).unwrap();
                (update.called, update.token) = (None, false);
                if update.open.take().is_some() {
                    update.loose = true;
                }
                if let Some(stripe) = &mut update.stripe {
                    stripe.had = has;
                }
                if update.apart && ok {
                    // Stripe.js fetches the session next, and nobody waits for us.
                    self.shows |= bit(id);
                }
            }
            Effect::Settle { caller, update, ok, .. } => {
                let failed = if ok { None } else { self.update(update).unwrap().failed };
                self.told(caller, update, ok, failed.map(|(_, applied)| applied));
            }
            Effect::Cancelled { caller, failure } => {
                // Where others still wait for it the update goes on, and this is said of the caller alone.
                if self.update(caller).is_some_and(|update| update.failed.is_some()) {
                    self.told(caller, caller, false, Some(failure.applied));
                } else {
                    self.answered(caller);
                    self.look();
                }
            }
            Effect::Refresh { id, .. } => {
                self.doubt();
                let patience = if id < OWN_REFRESHES { 40_000.0 } else { 10_000.0 };
                self.fetches.push(Fetch { id, had: has, limit: Some(self.now + patience) });
            }
            Effect::Refreshed { id, .. } => self.answered(id),
            Effect::Stale(stale) => self.stale = stale,
            Effect::Settled { update, .. } => {
                self.update(update).unwrap().settled = true;
            }
            // Also of a caller that shares another's update.
            Effect::Forget(id) => {
                self.update(id).unwrap().settled = true;
            }
            Effect::Count(_) => self.doubt(),
            Effect::Measure { .. } | Effect::LetGo(_) => {}
        }
    }

    fn send(&mut self, id: u32, attempt: u32) {
        let apart = self.update(id).unwrap().apart;
        if !apart && self.updates.iter().any(|other| other.id != id && !other.apart && other.open.is_some()) {
            self.breaks(Promise::OneAtATime, "a request is sent while another is under way");
        }
        let update = self.update(id).unwrap();
        let (twice, late) = (update.open.is_some(), update.settled || update.called.is_none());
        update.loose |= twice;
        update.open = Some(attempt);
        update.headed = false;
        if twice {
            self.breaks(Promise::OneAtATime, "two attempts of one update are under way");
        }
        if late {
            self.breaks(Promise::Truth, "a request is sent whose function is over, or was never called");
        }
    }

    /// The page knows from now on what it does not know.
    fn doubt(&mut self) {
        let now = self.now;
        let failed = |update: &&mut Update| update.failed.is_some_and(|(_, applied)| applied != Applied::No);
        for update in self.updates.iter_mut().filter(failed) {
            update.doubt.get_or_insert(now);
        }
    }

    fn answered(&mut self, caller: u32) {
        let before = self.waiting.len();
        self.waiting.retain(|waiting| waiting.caller != caller);
        if self.waiting.len() + 1 != before {
            self.breaks(Promise::ToldOnce, "somebody is told again");
        }
    }

    /// A caller is told how its update ended.
    fn told(&mut self, caller: u32, id: u32, ok: bool, applied: Option<Applied>) {
        self.answered(caller);
        let (now, has) = (self.now, self.has & bit(id) != 0);
        let Some(update) = self.update(id) else { return };
        match applied {
            None if ok => {}
            None => return self.breaks(Promise::Truth, "an update fails without a failure"),
            Some(Applied::No) => update.denied = true,
            Some(Applied::Unknown | Applied::Yes) => {
                update.doubt.get_or_insert(now);
            }
        }
        let yes = ok || applied == Some(Applied::Yes);
        let denied = applied == Some(Applied::No);
        if yes && !has {
            self.breaks(Promise::Truth, "the page is told \"yes\", and the server made no change");
        }
        if denied && has {
            self.breaks(Promise::Truth, "the page is told \"no\", and the server made the change");
        }
        self.look();
    }

    /// What a page that thinks all is well shows.
    fn look(&mut self) {
        let pending = self.waiting.iter().any(|waiting| waiting.caller < PAGE_REFRESHES);
        if self.stale || pending || self.gone || self.closed {
            return;
        }
        let lacks = self.has & !self.shows;
        if self.updates.iter().any(|update| lacks & bit(update.id) != 0 && !update.excused) {
            self.breaks(Promise::Fresh, "the page is neither stale nor pending, and does not show what the server has");
        }
    }

    fn check(&mut self, spins: bool, action: Action, bounds: &Bounds) {
        let (now, wake, tasks) = (self.now, self.wake, &self.tasks);
        let limit = |update: &Update| update.called.map(|at| at + bounds.endpoints[update.endpoint].timeout);
        let outlives = |update: &Update| {
            // The one task that is let through, once.
            let let_through = tasks.contains(&update.id) && action != Action::Task(update.id);
            limit(update).is_some_and(|limit| now >= limit) && !let_through
        };
        if self.updates.iter().any(outlives) {
            self.breaks(Promise::Deadline, "a function outlives its deadline by more than a turn");
        }
        let waits = !self.waiting.is_empty() || !self.machine.is_empty();
        if waits && wake.is_none() && self.tasks.is_empty() {
            self.breaks(Promise::NoWaitForEver, "somebody waits, and the clock is never looked at");
        }
        if self.stale && self.acted && wake.is_none() {
            self.breaks(Promise::NoWaitForEver, "the page is stale, and nobody will look again");
        }
        if spins && wake == Some(now) && self.tasks.is_empty() {
            self.breaks(Promise::NoWaitForEver, "the clock is looked at again and again");
        }
        let longest = LONGEST_WAIT + if self.slept { SLEEP } else { 0.0 };
        if self.waiting.iter().any(|waiting| now - waiting.since > longest) {
            self.breaks(Promise::NoWaitForEver, "somebody waits longer than every limit together");
        }
        self.look();
    }

    /// Lets go of what makes no difference any more, so that equal worlds are equal.
    fn forget(&mut self, bounds: &Bounds) {
        let now = self.now;
        for fetch in &mut self.fetches {
            fetch.limit = fetch.limit.filter(|limit| *limit > now);
        }
        // Of those that were given up one is enough: a late end changes nothing, and what it shows is never too little.
        let most = usize::from(bounds.late);
        while self.fetches.iter().filter(|fetch| fetch.limit.is_none()).count() > most {
            let oldest = self.fetches.iter().position(|fetch| fetch.limit.is_none());
            self.fetches.remove(oldest.unwrap());
        }
        for update in self.updates.iter_mut().filter(|update| update.settled) {
            update.failed = None;
            update.headed = false;
            if let Some(since) = update.doubt {
                update.doubt = Some(since.max(now - STILL_AT_WORK)).filter(|_| update.loose);
                update.loose &= bounds.late || now - since < STILL_AT_WORK;
            }
            if !bounds.late {
                update.stripe = None;
            }
        }
        let (has, shows) = (self.has, self.shows);
        self.updates.retain(|update| {
            let lacks = has & !shows & bit(update.id) != 0;
            !update.settled || update.loose || update.stripe.is_some() || lacks
        });
        let known = self.updates.iter().fold(0, |known, update| known | bit(update.id));
        self.has &= known;
        self.shows &= known;
    }
}
