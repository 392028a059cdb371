//! The world around the machine: the page, Stripe.js, the browser, the server and time, each free to do whatever it can
//! do next, and what is promised of all that.

use std::hash::{DefaultHasher, Hash, Hasher};

use checkout_updates::answer::{Answer, Body};
use checkout_updates::effect::Effect;
use checkout_updates::event::{Event, UpdateEvent};
use checkout_updates::failure::{Applied, FailureFacts, Kind, Reason};
use checkout_updates::machine::Machine;
use checkout_updates::payload::Payload;

use crate::bounds::Bounds;
use crate::fingerprint;
use crate::paying::{Confirmation, Paying};

/// Where the numbers of the page's refreshes start, and those of the machine's own.
const PAGE_REFRESHES: u32 = 100;
const OWN_REFRESHES: u32 = 1 << 31;

/// A server is taken to be at work for this long after an update's outcome became unknown: the second refresh comes
/// then. What it applies later is the exception of `docs/reliability.md`.
const STILL_AT_WORK: f64 = 5_000.0;

/// The longest that anyone waits: for a turn, for Stripe.js to call the function, for the function, for Stripe.js to
/// fetch the session, and for the refresh that belongs to the update.
pub const LONGEST_WAIT: f64 = 20_000.0 + 20_000.0 + 19_500.0 + 10_000.0 + 10_000.0;

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
    Undisturbed,
    Settled,
    Seen,
    ConfirmOnce,
    PayEnds,
}

/// An update as the page asks for it.
#[derive(Clone, Debug)]
pub struct Ask {
    pub endpoint: usize,
    pub payload: Payload,
    /// Whether the page calls `runServerUpdate` itself.
    pub external: bool,
}

/// Whatever happens next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// The page asks for its next update.
    Ask,
    /// The waiter of this number lets go.
    Detach(u32),
    Cancel(Option<usize>),
    Refresh,
    Awake,
    Leaving,
    Left,
    Back(bool),
    Dispose,
    /// The customer presses Pay.
    Pay,
    /// The customer clicks a wallet, and its sheet opens.
    Hold,
    /// The customer closes it.
    Release,
    ConfirmEnds(u32, Confirmation),
    /// Stripe.js has fetched what a function of the page did.
    CatchUp,
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
    external: bool,
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

/// A caller that waits to be told.
#[derive(Clone, Debug)]
struct Waiting {
    waiter: u32,
    since: f64,
}

/// The world at one moment.
#[derive(Clone, Debug)]
pub struct World {
    /// Its endpoints are kept in the bounds, since they never change but for what they count.
    pub machine: Machine,
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
    pub shows: u8,
    pub stale: bool,
    pub acted: bool,
    leaving: bool,
    gone: bool,
    pub closed: bool,
    pub paying: Paying,
    broken: Option<(Promise, &'static str)>,
}

impl Hash for World {
    fn hash<H: Hasher>(&self, state: &mut H) {
        fingerprint::hash(self, self.now, state);
    }
}

/// Worlds are the same where nothing tells them external that could ever matter.
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

pub fn bit(id: u32) -> u8 {
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
            paying: Paying::new(bounds),
            broken: None,
        }
    }

    /// The promise that is broken here, and how.
    pub fn broken(&self) -> Option<(Promise, &'static str)> {
        self.broken
    }

    /// Whether everything that the bounds allow has happened and all is well.
    pub fn is_at_rest(&self, bounds: &Bounds) -> bool {
        self.asked == bounds.asks.len()
            && self.machine.is_empty()
            && !self.stale
            && self.waiting.is_empty()
            && self.paying.is_over()
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
        // The redirect of a payment.
        if self.leaving || self.paying.is_confirming() {
            actions.push(Action::Left);
        }
        self.paying.actions(self, actions);
        for update in self.updates.iter().filter(|update| update.token && update.called.is_some()) {
            actions.extend([Action::Token(update.id, true), Action::Token(update.id, false)]);
        }
        if self.whims == 0 || self.asked == 0 {
            return;
        }
        for waiting in self.waiting.iter().filter(|waiting| waiting.waiter < PAGE_REFRESHES) {
            let external = self.updates.iter().any(|update| update.id == waiting.waiter && update.external);
            if bounds.page.contains(&"detach") && !external {
                actions.push(Action::Detach(waiting.waiter));
            }
        }
        if bounds.page.contains(&"detach") {
            actions.extend(self.paying.signals().map(Action::Detach));
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
            let lags = self.paying.lags_until().map(|at| at - self.now);
            let moments = wake.into_iter().chain(gave_up).chain(lags).filter(|ms| *ms > 0.0);
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
        let mut spins = action == Action::Clock;
        let mut happened = self.before(action, bounds);
        let is_event = happened.is_some();
        while let Some(event) = happened.take() {
            let mut effects = Vec::new();
            self.machine.endpoints.clone_from(&bounds.endpoints);
            self.machine.on(&event, self.now, &|| 0.5, &mut effects);
            self.stale = self.machine.is_stale();
            self.wake = self.machine.wake(self.now).map(|ms| self.now + ms);
            self.machine.endpoints.clear();
            spins &= effects.is_empty();
            for effect in effects {
                seen(&effect);
                if let Effect::Compare(id) = effect {
                    happened = Some(Event::PayShown { id, shown: self.shown(), open: !self.closed });
                }
                self.perform(effect);
            }
        }
        if is_event {
            self.check(spins, action, bounds);
        }
        self.forget(bounds);
    }

    /// What an action does to the world, and what the machine hears of it.
    fn before(&mut self, action: Action, bounds: &Bounds) -> Option<Event> {
        Some(match action {
            Action::Ask => self.ask(bounds.asks.get(self.asked)?.clone()),
            Action::Detach(waiter) => self.whim(Event::Detach(waiter)),
            Action::Cancel(endpoint) => self.whim(Event::Cancel(endpoint)),
            Action::Refresh => {
                self.page_refreshes += 1;
                self.acted = true;
                let id = PAGE_REFRESHES + self.page_refreshes;
                self.waiting.push(Waiting { waiter: id, since: self.now });
                self.whim(Event::Refresh { id, session: Some(1) })
            }
            Action::Awake => self.whim(Event::Awake),
            Action::Leaving => {
                self.leaving = true;
                self.whim(Event::Leaving)
            }
            Action::Left => {
                if self.leaving {
                    self.leaving = false;
                } else if !self.paying.is_confirming() {
                    self.whims -= 1;
                }
                self.gone = true;
                Event::Left
            }
            Action::Back(cached) => {
                self.gone = false;
                if cached {
                    self.paying.back();
                }
                Event::Back { from_cache: cached }
            }
            Action::Dispose => {
                // It lets go of everything, also of what it was about to look at.
                self.updates.iter_mut().for_each(|update| update.excused = true);
                self.acted = false;
                self.paying.dispose();
                self.whim(Event::Dispose)
            }
            Action::Pay => self.pay(),
            Action::Hold => self.hold(),
            Action::Release => self.release()?,
            Action::ConfirmEnds(id, how) => self.confirm_ends(id, how),
            Action::CatchUp => {
                self.paying.catch_up(u8::MAX);
                return None;
            }
            Action::Token(id, there) => {
                self.update(id)?.token = false;
                Event::Update { id, event: UpdateEvent::Token { there } }
            }
            Action::Called(id) => {
                let now = self.now;
                let update = self.update(id)?;
                let stripe = update.stripe.as_mut()?;
                stripe.calls += 1;
                if stripe.calls == 1 && !update.settled {
                    update.called = Some(now);
                }
                Event::Update { id, event: UpdateEvent::Called }
            }
            Action::NotStarted(id, kind) => {
                let stripe = self.update(id)?.stripe.as_mut()?;
                (stripe.calls, stripe.ended) = (2, true);
                Event::Update { id, event: UpdateEvent::NotStarted(kind) }
            }
            Action::Ended { id, success, open } => {
                let stripe = self.update(id)?.stripe.as_mut()?;
                stripe.ended = true;
                let had = stripe.had;
                self.show(success, open, had);
                Event::Update { id, event: UpdateEvent::StripeEnded { success, open } }
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
                Event::Update { id, event: UpdateEvent::Head { attempt: update.open?, status } }
            }
            Action::Answer(id, says) => {
                let update = self.update(id)?;
                let attempt = update.open.take()?;
                match says {
                    Says::Yes | Says::Later | Says::Unsent => {}
                    Says::No => update.refused = true,
                    _ => update.loose = true,
                }
                let answer = says.answer(update.wrapped);
                Event::Update { id, event: UpdateEvent::Answered { attempt, answer } }
            }
            Action::Task(id) => {
                self.tasks.retain(|task| *task != id);
                Event::Update { id, event: UpdateEvent::Yielded }
            }
            Action::Clock => Event::Clock,
            Action::Pass(ms) => {
                self.trouble(!self.fetches.is_empty());
                self.passes(ms);
                return None;
            }
            Action::Stop(ms) => {
                self.passes(ms);
                self.stops -= 1;
                return None;
            }
            Action::Sleep => {
                self.passes(SLEEP);
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
            external: ask.external,
            wrapped: ask.payload == Payload::Wrapped,
            called: ask.external.then_some(self.now),
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
        self.waiting.push(Waiting { waiter: id, since: self.now });
        let (endpoint, payload, asked, session) = (ask.endpoint, ask.payload, self.now, Some(1));
        if ask.external {
            return Event::Invoke { id, endpoint, session, payload, asked };
        }
        self.acted = true;
        Event::Run { id, endpoint, session, payload, asked }
    }

    fn passes(&mut self, ms: f64) {
        self.now += ms;
        if self.paying.lags_until().is_some_and(|until| until <= self.now) {
            self.paying.catch_up(u8::MAX);
        }
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
            self.paying.catch_up(had);
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
        let (denied, excused) = (update.denied, update.excused);
        if !excused {
            self.changes();
        }
        if denied {
            self.breaks(Promise::Truth, "the server makes a change of which the page was told \"no\"");
        }
        self.check_shown();
    }

    /// The updates that have not settled, a bit each.
    pub fn unsettled(&self) -> u8 {
        self.updates.iter().filter(|update| !update.settled).fold(0, |bits, update| bits | bit(update.id))
    }

    pub fn is_request_open(&self) -> bool {
        self.updates.iter().any(|update| update.open.is_some())
    }

    /// Whether the server has a change that these lack, and that is not too late to be known of.
    pub fn has_more_than(&self, seen: u8) -> bool {
        self.updates.iter().any(|update| self.has & !seen & bit(update.id) != 0 && !update.excused)
    }

    pub fn can_hold(&self) -> bool {
        self.machine.can_hold(self.now)
    }

    fn update(&mut self, id: u32) -> Option<&mut Update> {
        self.updates.iter_mut().find(|update| update.id == id)
    }

    pub fn breaks(&mut self, promise: Promise, how: &'static str) {
        self.broken.get_or_insert((promise, how));
    }

    fn perform(&mut self, effect: Effect) {
        let has = self.has;
        match effect {
            Effect::Token(id) => {
                self.update(id).unwrap().token = true;
            }
            Effect::Send { id, attempt, .. } => self.send(id, attempt),
            Effect::Abort(id) => {
                let update = self.update(id).unwrap();
                // The server does not notice.
                if update.open.take().is_some() {
                    update.loose = true;
                }
            }
            Effect::YieldTask(id) => self.tasks.push(id),
            Effect::Start(id) => {
                let busy = |other: &Update| other.stripe.is_some() && !other.settled;
                if self.updates.iter().any(busy) {
                    self.breaks(Promise::OneAtATime, "an update starts while another has not ended");
                }
                self.disturbs();
                self.update(id).unwrap().stripe = Some(Stripe { calls: 0, ended: false, had: has });
            }
            Effect::FunctionEnded { id, failure } => {
                self.failed(id, failure);
                let update = self.update(id).unwrap();
                (update.called, update.token) = (None, false);
                if update.open.take().is_some() {
                    update.loose = true;
                }
                if let Some(stripe) = &mut update.stripe {
                    stripe.had = has;
                }
                if update.external && failure.is_none() {
                    // Stripe.js fetches the session next, and nobody waits for us.
                    self.shows |= bit(id);
                    let now = self.now;
                    self.paying.lag(id, now);
                }
            }
            Effect::Counted { id, failure, .. } => {
                self.failed(id, failure);
                self.doubt();
            }
            Effect::Settled { id, waiters, failure, .. } => {
                self.failed(id, failure);
                if failure.is_some_and(|failure| failure.reason != Some(Reason::Superseded)) {
                    self.paying.deny(id);
                }
                for waiter in waiters {
                    self.told(waiter, id, failure.map(|failure| failure.applied));
                }
                self.update(id).unwrap().settled = true;
            }
            Effect::Joined { id, .. } => self.update(id).unwrap().settled = true,
            Effect::Detached { waiter, failure } => {
                // While others wait for it the update goes on, and this is said of the waiter alone.
                if self.update(waiter).is_some_and(|update| update.failed.is_some()) {
                    self.told(waiter, waiter, Some(failure.applied));
                } else {
                    self.answered(waiter);
                    self.check_shown();
                }
            }
            Effect::Refresh { id, .. } => {
                self.doubt();
                self.disturbs();
                let patience = if id < OWN_REFRESHES { 40_000.0 } else { 10_000.0 };
                self.fetches.push(Fetch { id, had: has, limit: Some(self.now + patience) });
            }
            Effect::Refreshed { id, .. } => self.answered(id),
            Effect::Confirm(id) => self.confirms(id),
            Effect::Blocked { id, reason } => self.blocked(id, reason),
            // It is answered in the same task.
            Effect::Compare(_) | Effect::ReleaseActions(_) => {}
        }
    }

    fn failed(&mut self, id: u32, failure: Option<FailureFacts>) {
        let Some(FailureFacts { kind, applied, attempts, .. }) = failure else { return };
        if attempts == 0 && applied == Applied::Unknown {
            self.breaks(Promise::Truth, "nothing was sent, and that is said not to be known");
        }
        self.update(id).unwrap().failed = Some((kind, applied));
    }

    fn send(&mut self, id: u32, attempt: u32) {
        self.disturbs();
        let external = self.update(id).unwrap().external;
        if !external && self.updates.iter().any(|other| other.id != id && !other.external && other.open.is_some()) {
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

    fn answered(&mut self, waiter: u32) {
        let before = self.waiting.len();
        self.waiting.retain(|waiting| waiting.waiter != waiter);
        if self.waiting.len() + 1 != before {
            self.breaks(Promise::ToldOnce, "somebody is told again");
        }
    }

    /// A waiter is told how its update ended.
    fn told(&mut self, waiter: u32, id: u32, applied: Option<Applied>) {
        self.answered(waiter);
        let (now, has) = (self.now, self.has & bit(id) != 0);
        let Some(update) = self.update(id) else { return };
        match applied {
            None => {}
            Some(Applied::No) => update.denied = true,
            Some(Applied::Unknown | Applied::Yes) => {
                update.doubt.get_or_insert(now);
            }
        }
        let yes = matches!(applied, None | Some(Applied::Yes));
        let denied = applied == Some(Applied::No);
        if yes && !has {
            self.breaks(Promise::Truth, "the page is told \"yes\", and the server made no change");
        }
        if denied && has {
            self.breaks(Promise::Truth, "the page is told \"no\", and the server made the change");
        }
        self.check_shown();
    }

    /// What a page that thinks all is well shows.
    fn check_shown(&mut self) {
        let pending = self.waiting.iter().any(|waiting| waiting.waiter < PAGE_REFRESHES);
        if self.stale || pending || self.gone || self.closed {
            return;
        }
        if self.has_more_than(self.shows) {
            self.breaks(Promise::Fresh, "the page is neither stale nor pending, and does not show what the server has");
        }
    }

    fn check(&mut self, spins: bool, action: Action, bounds: &Bounds) {
        self.check_payments();
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

        let waits = !self.waiting.is_empty() || !self.machine.is_empty() || self.paying.waits();
        if waits && wake.is_none() && self.tasks.is_empty() {
            self.breaks(Promise::NoWaitForEver, "somebody waits, and the clock is never looked at");
        }
        if self.stale && self.acted && wake.is_none() && !self.machine.is_paying() {
            self.breaks(Promise::NoWaitForEver, "the page is stale, and nobody will look again");
        }
        if spins && wake == Some(now) && self.tasks.is_empty() {
            self.breaks(Promise::NoWaitForEver, "the clock is looked at again and again");
        }
        let longest = LONGEST_WAIT + if self.slept { SLEEP } else { 0.0 };
        if self.waiting.iter().any(|waiting| now - waiting.since > longest) {
            self.breaks(Promise::NoWaitForEver, "somebody waits longer than every limit together");
        }
        self.check_shown();
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
        let (has, shows, paying) = (self.has, self.shows, &self.paying);
        self.updates.retain(|update| {
            let lacks = has & !shows & bit(update.id) != 0 || paying.is_lagging(update.id);
            !update.settled || update.loose || update.stripe.is_some() || lacks
        });
        let known = self.updates.iter().fold(0, |known, update| known | bit(update.id));
        self.has &= known;
        self.shows &= known;
    }
}
