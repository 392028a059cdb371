//! The one that knows the machine: an event goes in, and its effects are performed.
//!
//! No borrow is held across a call into the page's code. What happens during one is put into the inbox, and taken from there in
//! the order in which it happened.

mod endings;
mod payments;
mod requests;
mod server_updates;

use std::cell::{Cell, RefCell, RefMut};
use std::mem;
use std::pin::Pin;
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use js_sys::futures::spawn_local;
use wasm_bindgen::JsValue;

use super::config::Config;
use super::endpoints::Endpoints;
use super::fetch::Fetcher;
use super::in_flight::{InFlight, PageRefresh, Payment};
use super::listener::EventGuard;
use super::marks::Marks;
use super::page;
use super::reporter::{Counted, Reporter};
use super::sessions::Sessions;
use super::store::{Snapshot, Store};
use super::stripe::{Actions, Session};
use super::timer::Timer;
use crate::clock::{Clock, Moment};
use crate::effect::Effect;
use crate::endpoint::Endpoint;
use crate::event::{Event, UpdateEvent};
use crate::machine::Machine;
use crate::staleness::SessionNumber;

/// How long nothing has to be pending before leaving is no longer listened for, in milliseconds.
const IDLE: f64 = 1_000.0;

/// What comes with an event from JavaScript; the machine knows nothing of it.
pub enum Attachment {
    /// Nothing.
    Nothing,
    /// The fresh session.
    Session(Session),
    /// The actions of the session that the event names, and its id.
    Actions(SessionNumber, Option<String>, Actions),
}

/// What the browser makes happen later.
#[derive(Clone, Copy)]
pub enum Later {
    /// The signal of this waiter was aborted.
    Detach(u32),
    /// Stripe.js calls the function of this update.
    Called(u32),
    /// The task that was let through is over.
    Yielded(u32),
    /// The page may be about to go.
    Leaving,
    /// The timer has fired.
    Timer,
    /// The timer's backup has fired.
    Backup,
}

impl Later {
    fn event(self) -> Event {
        match self {
            Self::Detach(id) => Event::Detach(id),
            Self::Called(id) => Event::Update { id, event: UpdateEvent::Called },
            Self::Yielded(id) => Event::Update { id, event: UpdateEvent::Yielded },
            Self::Leaving => Event::Leaving,
            Self::Timer | Self::Backup => Event::Clock,
        }
    }
}

fn later(driver: Weak<Driver>, what: Later) -> impl Fn() + 'static {
    move || {
        let Some(driver) = driver.upgrade() else { return };
        match what {
            Later::Timer => driver.timer.clear(),
            Later::Backup => driver.timer.backup_fired(),
            _ => {}
        }
        driver.dispatch(what.event());
    }
}

/// The machine of one `Updates`, and what is kept to perform what it wants done.
pub struct Driver {
    me: Weak<Self>,
    /// What the page declared.
    pub config: Box<Config>,
    machine: RefCell<Machine>,
    clock: RefCell<Clock>,
    /// When the clock was read last.
    time: Cell<f64>,
    #[expect(clippy::vec_box, reason = "an event that is copied by its fields takes two integers for one float")]
    inbox: RefCell<Vec<Box<(Event, Attachment)>>>,
    is_busy: Cell<bool>,
    /// The names that updates have.
    pub endpoints: Endpoints,
    /// The updates that have not settled.
    #[expect(clippy::vec_box, reason = "an update that is moved by its fields is code at each move")]
    pub in_flight: RefCell<Vec<Box<InFlight>>>,
    /// The refreshes that the page asked for.
    pub refreshes: RefCell<Vec<PageRefresh>>,
    /// The payments that have not ended.
    pub payments: RefCell<Vec<Payment>>,
    marks: Marks,
    /// The sessions that the machine remembers.
    pub sessions: Sessions,
    /// What the page is shown.
    pub store: Store,
    /// What is counted, and where it is reported.
    pub reporter: Reporter,
    fetcher: Fetcher,
    timer: Timer,
    leaving: RefCell<Option<EventGuard>>,
    /// Since when nothing is pending.
    idle_since: Cell<f64>,
    /// Whether nothing of it may be seen: no listener, no entry, no mark.
    pub is_rehearsal: Cell<bool>,
}

impl Driver {
    /// A driver for these options.
    pub fn new(mut config: Box<Config>) -> Rc<Self> {
        let machine = Machine::new(mem::take(&mut config.endpoints));
        let endpoints = Endpoints::new(mem::take(&mut config.targets));
        Rc::new_cyclic(|me: &Weak<Self>| Self {
            me: me.clone(),
            config,
            machine: RefCell::new(machine),
            clock: RefCell::new(Clock::new(page::now())),
            time: Cell::default(),
            inbox: RefCell::default(),
            is_busy: Cell::default(),
            endpoints,
            in_flight: RefCell::default(),
            refreshes: RefCell::default(),
            payments: RefCell::default(),
            marks: Marks::default(),
            sessions: Sessions::default(),
            store: Store::default(),
            reporter: Reporter::default(),
            fetcher: Fetcher::default(),
            timer: Timer::new(later(me.clone(), Later::Backup)),
            leaving: RefCell::default(),
            idle_since: Cell::default(),
            is_rehearsal: Cell::default(),
        })
    }

    /// The position of a name for functions of the page, which may be new.
    pub fn position_for(&self, name: &str) -> usize {
        self.endpoints.position(name).or_else(|| self.endpoints.full()).unwrap_or_else(|| {
            let endpoint = Endpoint { timeout: self.config.timeout, ..Endpoint::default() };
            self.machine.borrow_mut().endpoints.push(endpoint);
            self.endpoints.add(name)
        })
    }

    /// Calls `read` with what the machine knows of an endpoint. Nothing of the page may be called meanwhile.
    pub fn endpoint<T>(&self, position: usize, read: impl FnOnce(&mut Endpoint) -> T) -> Option<T> {
        self.machine.borrow_mut().endpoints.get_mut(position).map(read)
    }

    /// What is kept of an update. Let go of before anything of the page is called.
    #[inline(never)]
    fn row(&self, id: u32) -> Option<RefMut<'_, InFlight>> {
        RefMut::filter_map(self.in_flight.borrow_mut(), |rows| {
            rows.iter_mut().map(AsMut::as_mut).find(|row| row.id == id)
        })
        .ok()
    }

    /// The time of the machine at a moment.
    pub fn at(&self, moment: Moment) -> f64 {
        self.now();
        self.clock.borrow().at(moment)
    }

    /// The time of the machine now.
    pub fn now(&self) -> f64 {
        let now = self.clock.borrow_mut().read(page::now());
        self.time.set(now);
        now
    }

    /// What the page is shown now.
    #[inline(never)]
    pub fn snapshot(&self) -> Snapshot {
        let pending = self.in_flight.borrow().iter().any(|row| !row.waiters.is_empty());
        let machine = self.machine.borrow();
        Snapshot { pending, stale: machine.is_stale(), paying: machine.is_paying() }
    }

    /// Tells the page what has changed in its snapshot.
    #[inline(never)]
    pub fn publish(&self) {
        self.watch_leaving(self.snapshot().pending);
        self.store.publish(&|| self.snapshot());
    }

    /// The number of the session of this id, and its actions as an attachment.
    #[inline(never)]
    pub fn attach(&self, actions: &Actions, id: Option<String>) -> (SessionNumber, Attachment) {
        let number = self.sessions.number(id.as_deref());
        (number, Attachment::Actions(number, id, actions.clone()))
    }

    /// Hands an event to the machine, now or after those before it, and performs its effects.
    pub fn dispatch(&self, event: Event) {
        self.dispatch_with(event, Attachment::Nothing);
    }

    /// The same with an attachment.
    #[inline(never)]
    pub fn dispatch_with(&self, event: Event, attachment: Attachment) {
        self.enqueue(event, attachment);
        self.run_inbox();
    }

    /// Puts an event into the inbox only.
    pub fn enqueue(&self, event: Event, attachment: Attachment) {
        self.inbox.borrow_mut().push(Box::new((event, attachment)));
    }

    /// Hands the events in the inbox to the machine, one after another.
    pub fn run_inbox(&self) {
        if self.is_busy.replace(true) {
            return;
        }
        while !self.inbox.borrow().is_empty() {
            let happened = self.inbox.borrow_mut().remove(0);
            let (event, attachment) = &*happened;
            // Register the actions here, not in `enqueue`: an earlier event in the inbox may emit `ReleaseActions` for this
            // session, and the refresh would then find no actions.
            let session = match attachment {
                Attachment::Nothing => None,
                Attachment::Session(session) => Some(session),
                Attachment::Actions(session, id, actions) => {
                    self.sessions.keep(*session, id.as_deref(), actions);
                    None
                }
            };
            let mut effects = Vec::new();
            let now = self.now();
            self.machine.borrow_mut().on(event, now, &page::random, &mut effects);
            let is_sent = |effect: &Effect| matches!(effect, Effect::Send { .. } | Effect::Refresh { .. });
            if !self.is_rehearsal.get() {
                self.mark(now, effects.iter().any(is_sent), matches!(event, Event::Left));
            }
            for effect in &effects {
                self.perform(effect, session);
            }
            self.publish();
        }
        self.is_busy.set(false);
        self.set_timer(self.time.get());
    }

    fn mark(&self, now: f64, is_sent: bool, is_left: bool) {
        let mut marked = Vec::new();
        for number in self.machine.borrow().sessions_in_doubt() {
            marked.extend(self.sessions.id(Some(number)));
        }
        self.marks.replace(marked, now, is_sent, is_left);
    }

    fn set_timer(&self, now: f64) {
        let wait = self.machine.borrow().wake(now);
        self.timer.schedule(wait, now, &|| self.later(Later::Timer));
        // A rehearsal is over within this task.
        if self.is_rehearsal.get() {
            return;
        }
        let shown = self.store.shown();
        if shown.pending || shown.stale || self.leaving.borrow().is_some() && now - self.idle_since.get() < IDLE {
            self.timer.arm_backup();
        } else {
            drop(self.leaving.take());
        }
    }

    /// What makes an event happen when the browser calls it.
    pub fn later(&self, what: Later) -> impl Fn() + 'static + use<> {
        later(self.me.clone(), what)
    }

    /// Runs a task of this driver.
    fn spawn<F: Future<Output = ()> + 'static>(&self, task: impl FnOnce(Rc<Self>) -> F) {
        let Some(driver) = self.me.upgrade() else { return };
        let task: Pin<Box<dyn Future<Output = ()>>> = Box::pin(task(driver));
        spawn_local(task);
    }

    #[inline(never)]
    fn perform(&self, effect: &Effect, session: Option<&Session>) {
        match *effect {
            Effect::Token(id) => self.spawn(|driver| driver.token(id)),
            Effect::Send { id, attempt, ref body } => self.send(id, attempt, body.clone()),
            Effect::Abort(id) => {
                let guard = self.row(id).and_then(|mut row| row.abort.take());
                drop(guard);
            }
            Effect::YieldTask(id) => {
                let task = Timeout::new(0, self.later(Later::Yielded(id)));
                let replaced = self.row(id).and_then(|mut row| row.yielding.replace(task));
                drop(replaced);
            }
            Effect::Start(id) => self.start(id),
            Effect::FunctionEnded { id, failure } => self.function_ended(id, failure),
            Effect::Counted { id, endpoint, failure, ms } => {
                if let Some(target) = self.endpoints.target(endpoint).filter(|_| !self.is_rehearsal.get()) {
                    page::measure(&target.measure, ms);
                }
                if let Some(failure) = failure.and_then(|failure| self.failure_of(id, failure)) {
                    self.tell_failure(&failure);
                }
            }
            Effect::Settled { id, endpoint, failure, fresh, waited, duration, attempts, .. } => {
                let failure = failure.and_then(|failure| self.failure_of(id, failure));
                let Some(row) = self.remove(id) else { return };
                let has_failed = failure.as_ref().map(|failure| (failure.kind, failure.applied));
                let response = row.received.response.clone();
                self.answer_waiters(row, failure.as_ref(), session.filter(|_| fresh));
                self.tell_settled(endpoint, has_failed, [waited, duration], attempts, &response);
            }
            Effect::Joined { id, to } => {
                let Some(joined) = self.remove(id) else { return };
                // Resolve the unused promise: js/gate.ts keeps every promise of this instance until it settles.
                joined.function.resolve(&JsValue::UNDEFINED);
                if let Some(mut row) = self.row(to) {
                    row.waiters.extend(joined.waiters);
                }
            }
            Effect::Detached { waiter, failure } => self.detach(waiter, failure),
            Effect::Refresh { id, session } => self.refresh(id, session),
            Effect::Refreshed { id, failure } => self.refreshed(id, failure, session),
            Effect::Compare(id) => self.compare(id),
            Effect::Confirm(id) => self.confirm(id),
            Effect::Blocked { id, reason } => self.blocked(id, reason),
            Effect::ReleaseActions(session) => self.sessions.release(session),
        }
    }

    /// Listens for the customer's leaving while that can end an update: Firefox ends requests well before `pagehide`. The
    /// timer's backup ends this, since adding a listener for each update takes a third of its time.
    fn watch_leaving(&self, pending: bool) {
        if !pending {
            if self.store.shown().pending {
                self.idle_since.set(self.time.get());
            }
            return;
        }
        if self.leaving.borrow().is_some() || self.is_rehearsal.get() {
            return;
        }
        let me = self.me.clone();
        let listener = page::listen_for_leaving(move || {
            let Some(driver) = me.upgrade() else { return };
            driver.dispatch(Event::Leaving);
            // A dialog may stand in between: what counts is when it was answered.
            Timeout::new(0, driver.later(Later::Leaving)).forget();
        });
        drop(self.leaving.replace(listener));
    }

    /// Lets go of timers and listeners.
    pub fn release(&self) {
        drop(self.leaving.take());
        self.timer.clear();
    }

    /// Sends what is new of the counters to whoever is reported to.
    pub fn report(&self) {
        self.reporter.send(self.counts(), &|url| self.fetcher.resolve(url));
    }

    /// What the machine has counted.
    pub fn counts(&self) -> Counted {
        let machine = self.machine.borrow();
        let mut endpoints = Vec::new();
        for (position, endpoint) in machine.endpoints.iter().enumerate() {
            endpoints.push((self.endpoints.name(position), endpoint.counts.clone()));
        }
        Counted { endpoints, payments: machine.payments().clone() }
    }
}
