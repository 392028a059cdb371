//! One `createUpdates`: its machine, and what JavaScript keeps for each update.
//!
//! No borrow is held across a call into JavaScript. Whatever happens during one is put into the inbox, and taken from
//! there in the order in which it happened.

use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::clock;
use super::fetch::AbortGuard;
use super::host::Host;
use super::order;
use super::slot::{NO_ATTEMPT, Slot};
use super::word::{TEXTS, Word};
use crate::clock::{Clock, Moment};
use crate::effect::{Effect, Event};
use crate::failure::Failure;
use crate::intent::Value;
use crate::machine::Machine;
use crate::update::Order;

thread_local! {
    static CLIENTS: RefCell<Vec<Option<Rc<Client>>>> = const { RefCell::new(Vec::new()) };
}

const NONE: JsValue = JsValue::UNDEFINED;

/// What was waited for.
#[derive(Clone, Copy)]
#[repr(u8)]
pub enum Step {
    Token,
    Head,
    Work,
    Chunk,
    Text,
    Stripe,
    Refresh,
}

/// How many bits of a number that goes through the host hold a step.
const STEP_BITS: u32 = 3;

impl Step {
    /// The number by which the host says that this step of an attempt has ended.
    pub fn of(self, attempt: u32) -> u32 {
        attempt << STEP_BITS | self as u32
    }
}

/// One `createUpdates`.
pub struct Client {
    /// The facade's side.
    pub host: Host,
    session_field: String,
    machine: RefCell<Machine>,
    clock: RefCell<Clock>,
    /// What happened, and the session that it brought.
    inbox: RefCell<Vec<(Event, JsValue)>>,
    busy: Cell<bool>,
    slots: RefCell<Vec<Slot>>,
    /// What the next update consists of, so far.
    values: RefCell<Vec<Value>>,
}

/// Makes a client, and gives its handle.
pub fn open(host: JsValue, session_field: String) -> usize {
    let host = Host::of(host);
    host.words(TEXTS);
    let client = Rc::new(Client {
        host,
        session_field,
        machine: RefCell::default(),
        clock: RefCell::new(Clock::new(clock::now())),
        inbox: RefCell::default(),
        busy: Cell::default(),
        slots: RefCell::default(),
        values: RefCell::default(),
    });
    CLIENTS.with_borrow_mut(|clients| {
        let handle = clients.iter().position(Option::is_none).unwrap_or_else(|| {
            clients.push(None);
            clients.len() - 1
        });
        if let Some(place) = clients.get_mut(handle) {
            *place = Some(client);
        }
        handle
    })
}

/// Lets go of a client.
pub fn close(handle: usize) {
    let client = CLIENTS.with_borrow_mut(|clients| clients.get_mut(handle).and_then(Option::take));
    drop(client);
}

/// The client of this handle, if there is one.
#[inline(never)]
pub fn client(handle: usize) -> Option<Rc<Client>> {
    CLIENTS.with_borrow(|clients| clients.get(handle).cloned().flatten())
}

impl Client {
    /// Its machine.
    pub fn machine(&self) -> RefMut<'_, Machine> {
        self.machine.borrow_mut()
    }

    /// The session id that the page names for the next update, or a value of its intent.
    pub fn value(&self, value: Value) {
        self.values.borrow_mut().push(value);
    }

    /// `run`, or the call of a function of `request` or `wrap`; `own` for a function of the page.
    pub fn ask(
        self: &Rc<Self>,
        id: u32,
        endpoint: usize,
        run: bool,
        own: bool,
        undeclared: Option<String>,
        at: Moment,
    ) {
        self.now();
        let asked = self.clock.borrow().at(at);
        let reported = if run { self.session_id(&self.host.actions(id)) } else { None };
        let mut slot = Slot { id, endpoint, ..Slot::default() };
        let values = self.values.take();
        let checked = match self.machine.borrow().endpoints.get(endpoint) {
            Some(rules) if !own => {
                let slots = self.slots.borrow();
                order::check(rules, undeclared, values, reported, &self.session_field, &slots, &mut slot)
            }
            _ => Ok(Order::Wrapped),
        };
        self.slots.borrow_mut().push(slot);
        let order = checked.unwrap_or_else(|refusal| {
            self.host.keep(id, Word::Message as u8, &JsValue::from_str(refusal.text));
            if let Some(field) = refusal.field {
                self.host.keep(id, Word::Field as u8, &JsValue::from_str(&field));
            }
            Order::Refused(refusal.kind)
        });
        self.take(
            if run { Event::Run { id, endpoint, order, asked } } else { Event::Invoke { id, endpoint, order, asked } },
            NONE,
        );
    }

    /// Whether requests of an endpoint have an idempotency key, and a CSRF token.
    pub fn sends(&self, endpoint: usize) -> (bool, bool) {
        let machine = self.machine.borrow();
        machine.endpoints.get(endpoint).map(|endpoint| (endpoint.key, endpoint.csrf)).unwrap_or_default()
    }

    /// Acts on what is kept for an update, if it is still known. `act` does not call into JavaScript.
    pub fn slot<T>(&self, id: u32, act: impl FnOnce(&mut Slot) -> T) -> Option<T> {
        let slot = RefMut::filter_map(self.slots.borrow_mut(), |slots| slots.iter_mut().find(|slot| slot.id == id));
        slot.ok().map(|mut slot| act(&mut slot))
    }

    /// Something that was waited for has ended.
    pub fn came(self: &Rc<Self>, id: u32, what: u32, ok: bool, value: JsValue) {
        let attempt = what >> STEP_BITS;
        let step = what & ((1 << STEP_BITS) - 1);
        if step >= Step::Stripe as u32 {
            return self.stripe_came(id, step == Step::Refresh as u32, ok, value);
        }
        // What is no longer waited for is not looked at.
        if self.slot(id, |slot| slot.attempt) != Some(attempt) {
            return;
        }
        match step {
            0 => self.token_came(id, ok, &value),
            1 => self.head_came(id, attempt, ok, &value),
            2 => self.work_came(id, attempt, ok, &value),
            3 => self.chunk_came(id, attempt, ok, &value),
            _ => self.text_came(id, attempt, ok, &value),
        }
    }

    /// Takes an event, now or after what is being done, and performs what follows.
    pub fn take(self: &Rc<Self>, event: Event, brought: JsValue) {
        self.inbox.borrow_mut().push((event, brought));
        if self.busy.replace(true) {
            return;
        }
        loop {
            let happened = self.inbox.take();
            if happened.is_empty() {
                break;
            }
            for (event, brought) in &happened {
                let mut effects = Vec::new();
                let now = self.now();
                self.machine.borrow_mut().on(*event, now, clock::random(), &mut effects);
                for effect in &effects {
                    self.perform(*effect, brought);
                }
            }
        }
        self.busy.set(false);
        let wake = self.machine.borrow().wake(self.now());
        self.host.wake(wake.unwrap_or(-1.0));
    }

    fn now(&self) -> f64 {
        let now = clock::now();
        self.clock.borrow_mut().read(now)
    }

    fn perform(self: &Rc<Self>, effect: Effect, session: &JsValue) {
        match effect {
            Effect::Token(id) => self.host.token(id, Step::Token.of(0)),
            Effect::Send { id, attempt } => self.send(id, attempt),
            Effect::Abort(id) => {
                let guard = self.slot(id, |slot| slot.guard.take());
                drop(guard);
            }
            Effect::Yield(id) => self.host.rest(id),
            Effect::Start(id) => self.start(id),
            Effect::Fail { id, failure } => self.fail(id, false, failure),
            Effect::End { id, ok } => {
                let guard = self.slot(id, |slot| {
                    // What comes late must not change what was given.
                    slot.attempt = NO_ATTEMPT;
                    slot.guard.take()
                });
                if ok {
                    guard.flatten().into_iter().for_each(AbortGuard::release);
                }
                self.host.end(id, ok);
            }
            Effect::Count(id) => self.host.count(id),
            Effect::Measure { endpoint, ms } => self.host.measure(endpoint, ms),
            Effect::Settle { caller, update, ok, session: fresh } => {
                let none = NONE;
                self.host.settle(caller, update, ok, if fresh { session } else { &none });
            }
            Effect::Cancelled { caller, failure } => self.fail(caller, true, failure),
            Effect::Refresh(id) => self.refresh(id),
            Effect::Refreshed { id, failed: None } => self.host.settle(id, id, true, session),
            Effect::Refreshed { id, failed: Some((kind, applied)) } => {
                self.fail(id, true, Failure::bare(kind, applied));
            }
            Effect::Stale(stale) => self.host.stale(stale),
            Effect::Forget(id) => {
                let slot = {
                    let mut slots = self.slots.borrow_mut();
                    slots.iter().position(|slot| slot.id == id).map(|position| slots.swap_remove(position))
                };
                drop(slot);
                self.host.forget(id);
            }
        }
    }

    fn fail(&self, id: u32, settles: bool, of: Failure) {
        let reason = of.reason.map_or(0, |reason| reason as u8);
        let (kind, applied) = (of.kind as u8, of.applied as u8);
        self.host.fail(id, settles, kind, applied, of.status, of.duration, of.attempts, reason);
    }
}
