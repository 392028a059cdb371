//! One `createUpdates`: its machine, and what JavaScript keeps for each update.
//!
//! No borrow is held across a call into JavaScript. Whatever happens during one is put into the inbox, and taken from
//! there in the order in which it happened.

use std::cell::{Cell, RefCell, RefMut};
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::clock;
use super::fetch::{self, AbortGuard, Found};
use super::host::Host;
use super::stripe;
use super::value;
use crate::answer::Answer;
use crate::clock::Moment;
use crate::effect::{Effect, Event, News};
use crate::endpoint::Endpoint;
use crate::failure::{Failure, Kind, Reason};
use crate::intent::{Intent, InvalidIntent, Problem, Rule};
use crate::machine::Machine;
use crate::metrics;
use crate::session::{InvalidSession, SessionId};
use crate::update::Order;

thread_local! {
    static CLIENTS: RefCell<Vec<Option<Rc<Client>>>> = const { RefCell::new(Vec::new()) };
}

/// An attempt under way.
type Attempt = Pin<Box<dyn Future<Output = (Answer, Found)>>>;

/// What JavaScript keeps for an update.
#[derive(Default)]
struct Slot {
    id: u32,
    actions: JsValue,
    /// What `runServerUpdate` is given.
    function: JsValue,
    endpoint: usize,
    body: Option<String>,
    key: String,
    token: String,
    guard: Option<AbortGuard>,
    found: Found,
    error: JsValue,
}

/// What the facade says of an update.
pub struct Asked {
    /// Its number.
    pub id: u32,
    /// The position of its endpoint.
    pub endpoint: usize,
    /// The intent's values in declared order; `None` for a function of the page.
    pub values: Option<Vec<JsValue>>,
    /// A field that was found and is not declared.
    pub undeclared: Option<String>,
    /// The session id as the page gave it; `undefined` if it did not.
    pub session: JsValue,
    /// What a callback of the page threw; `undefined` if none did.
    pub cause: JsValue,
    /// When it was asked for.
    pub at: Moment,
}

/// One `createUpdates`.
pub struct Client {
    host: Host,
    session_field: String,
    csrf_header: String,
    machine: RefCell<Machine>,
    inbox: RefCell<Vec<(Event, Found)>>,
    busy: Cell<bool>,
    slots: RefCell<Vec<Slot>>,
    /// The last that were seen: a refresh goes by these.
    actions: RefCell<JsValue>,
    /// What refreshes give to `runServerUpdate`.
    nothing: JsValue,
    timer: RefCell<Option<Timeout>>,
}

/// Makes a client, and gives its handle.
pub fn open(host: JsValue, session_field: String, csrf_header: String, nothing: JsValue) -> usize {
    CLIENTS.with_borrow_mut(|clients| {
        let handle = clients.iter().position(Option::is_none).unwrap_or(clients.len());
        let client = Rc::new(Client {
            host: Host::of(host),
            session_field,
            csrf_header,
            machine: RefCell::default(),
            inbox: RefCell::default(),
            busy: Cell::default(),
            slots: RefCell::default(),
            actions: RefCell::default(),
            nothing,
            timer: RefCell::default(),
        });
        match clients.get_mut(handle) {
            Some(place) => *place = Some(client),
            None => clients.push(Some(client)),
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
    /// Adds an endpoint, or the name of a wrapped function.
    pub fn add(&self, endpoint: Endpoint) {
        self.machine.borrow_mut().endpoints.push(endpoint);
    }

    /// Adds a field to the last endpoint.
    pub fn add_field(&self, field: crate::intent::Field) {
        if let Some(endpoint) = self.machine.borrow_mut().endpoints.last_mut() {
            endpoint.fields.push(field);
        }
    }

    /// Adds a choice to the last field, or gives it its prefix.
    pub fn add_choice(&self, text: String) {
        let mut machine = self.machine.borrow_mut();
        match machine.endpoints.last_mut().and_then(|endpoint| endpoint.fields.last_mut()).map(|field| &mut field.rule)
        {
            Some(Rule::OneOf(choices)) => choices.push(text),
            Some(Rule::Identifier(prefix)) => *prefix = text,
            _ => {}
        }
    }

    /// A failure that the facade met while there was no engine.
    pub fn note(&self, endpoint: usize, kind: &str, duration: f64) {
        if let (Some(endpoint), Some(kind)) =
            (self.machine.borrow_mut().endpoints.get_mut(endpoint), Kind::of_name(kind))
        {
            endpoint.counts.record(Some(kind), duration);
        }
    }

    /// The counts of every endpoint, as JSON.
    pub fn metrics(&self) -> String {
        metrics::record(&self.machine.borrow().endpoints)
    }

    /// What is new since the last time, as JSON; empty if nothing is.
    pub fn news(&self) -> String {
        metrics::news(&mut self.machine.borrow_mut().endpoints)
    }

    /// The page called `run`.
    pub fn run(self: &Rc<Self>, asked: Asked, actions: JsValue, function: JsValue) {
        let reported = stripe::session_id(&actions);
        let (order, slot) = self.prepare(&asked, reported);
        let event = Event::Run { id: asked.id, endpoint: asked.endpoint, order, asked: asked.at };
        self.actions.replace(actions.clone());
        self.slots.borrow_mut().push(Slot { actions, function, ..slot });
        self.take(event, Found::default());
    }

    /// A function of `request` or `wrap` was called.
    pub fn invoke(self: &Rc<Self>, asked: Asked) {
        let (order, slot) = self.prepare(&asked, None);
        self.slots.borrow_mut().push(slot);
        let event = Event::Invoke { id: asked.id, endpoint: asked.endpoint, order, asked: asked.at };
        self.take(event, Found::default());
    }

    /// The page wants the session fetched again.
    pub fn refresh(self: &Rc<Self>, id: u32, actions: JsValue) {
        self.actions.replace(actions);
        self.take(Event::Refresh(id), Found::default());
    }

    /// The module before this one died: the page may show old totals.
    pub fn doubt(self: &Rc<Self>, actions: JsValue) {
        self.actions.replace(actions);
        self.take(Event::Doubt, Found::default());
    }

    /// Checks what the page asked for. `reported` is the session of the actions, for `run`.
    fn prepare(&self, asked: &Asked, reported: Option<String>) -> (Order, Slot) {
        let mut slot = Slot { id: asked.id, endpoint: asked.endpoint, ..Slot::default() };
        slot.found.cause = asked.cause.clone();
        let order = match self.order(asked, reported, &mut slot) {
            Ok(order) => order,
            Err(order) => order,
        };
        (order, slot)
    }

    fn order(&self, asked: &Asked, reported: Option<String>, slot: &mut Slot) -> Result<Order, Order> {
        let machine = self.machine.borrow();
        let endpoint = machine.endpoints.get(asked.endpoint).ok_or_else(|| refused(Kind::Internal))?;
        let Some(values) = &asked.values else { return Ok(Order::Wrapped) };
        if let Some(field) = &asked.undeclared {
            return Err(invalid_intent(InvalidIntent { field: field.clone(), problem: Problem::Undeclared }));
        }
        let values = values.iter().map(value::read).collect();
        let intent = Intent::check(&endpoint.fields, values).map_err(invalid_intent)?;
        if asked.session.is_symbol() {
            return Err(refused(Kind::CallbackFailed));
        }
        let session = session_of(&asked.session, reported).map_err(invalid_session)?;
        let body = intent.body(&self.session_field, &session, &endpoint.fields);
        slot.body = Some(body.clone());
        Ok(Order::Request { session: session.as_str().to_owned(), body, group: endpoint.group(&intent) })
    }

    /// Takes an event that the facade reports, now or after what is being done.
    pub fn take(self: &Rc<Self>, event: Event, found: Found) {
        self.inbox.borrow_mut().push((event, found));
        self.drain();
    }

    /// Takes an event that the browser reports. It goes through the facade, which catches a trap.
    fn deliver(&self, event: Event, found: Found) {
        self.inbox.borrow_mut().push((event, found));
        self.host.enter();
    }

    /// Takes every event of the inbox, and performs what follows.
    pub fn drain(self: &Rc<Self>) {
        if self.busy.replace(true) {
            return;
        }
        loop {
            let (event, found) = {
                let mut inbox = self.inbox.borrow_mut();
                if inbox.is_empty() {
                    break;
                }
                inbox.remove(0)
            };
            let session = self.keep(&event, found);
            let mut effects = Vec::new();
            self.machine.borrow_mut().on(event, clock::now(), clock::random(), &mut effects);
            for effect in effects {
                self.perform(effect, &session);
            }
        }
        self.busy.set(false);
        self.set_timer();
    }

    /// Keeps what came with an event for the effects that follow. Gives the session, if that is what came.
    fn keep(&self, event: &Event, found: Found) -> JsValue {
        let Event::Of(id, news) = event else { return found.value };
        let Some(mut slot) = self.slot(*id) else { return found.value };
        match news {
            News::Answered(..) | News::Token(_) => slot.found = found,
            News::Ended { success: false, .. } => slot.found.cause = found.cause,
            _ => return found.value,
        }
        JsValue::UNDEFINED
    }

    #[inline(never)]
    fn slot(&self, id: u32) -> Option<RefMut<'_, Slot>> {
        RefMut::filter_map(self.slots.borrow_mut(), |slots| slots.iter_mut().find(|slot| slot.id == id)).ok()
    }

    /// The body of an update that succeeded, or the error of one that failed.
    fn result(&self, id: u32, ok: bool) -> JsValue {
        let Some(slot) = self.slot(id) else { return JsValue::UNDEFINED };
        if ok { slot.found.body.clone() } else { slot.error.clone() }
    }

    fn set_timer(self: &Rc<Self>) {
        let wake = self.machine.borrow().wake(clock::now());
        self.host.wake(wake.unwrap_or(-1.0));
        let timer = wake.map(|ms| {
            let client = Rc::clone(self);
            Timeout::new(clock::whole(ms), move || client.deliver(Event::Clock, Found::default()))
        });
        self.timer.replace(timer);
    }

    fn spawn(self: &Rc<Self>, work: Pin<Box<dyn Future<Output = (Event, Found)>>>) {
        let client = Rc::clone(self);
        spawn_local(async move {
            let (event, found) = work.await;
            client.deliver(event, found);
        });
    }

    fn perform(self: &Rc<Self>, effect: Effect, session: &JsValue) {
        match effect {
            Effect::Token(id) => self.ask_token(id),
            Effect::Send { id, attempt } => self.send(id, attempt),
            Effect::Abort(id) => {
                let guard = self.slot(id).and_then(|mut slot| slot.guard.take());
                drop(guard);
            }
            Effect::Yield(id) => {
                let client = Rc::clone(self);
                Timeout::new(0, move || client.deliver(Event::Of(id, News::Yielded), Found::default())).forget();
            }
            Effect::Start(id) => self.start(id),
            Effect::Fail { id, failure } => {
                let cause = self.slot(id).map(|mut slot| mem::take(&mut slot.found.cause)).unwrap_or_default();
                let error = self.error(&failure, &cause);
                if let Some(mut slot) = self.slot(id) {
                    slot.error = error;
                }
            }
            Effect::End { id, ok } => {
                let guard = self.slot(id).and_then(|mut slot| slot.guard.take());
                let mut value = self.result(id, ok);
                if ok {
                    guard.into_iter().for_each(AbortGuard::release);
                    value = self.slot(id).map(|slot| slot.found.value.clone()).unwrap_or_default();
                }
                self.host.end(id, ok, &value);
            }
            Effect::Count(id) => self.host.count(&self.result(id, false)),
            Effect::Measure { endpoint, began } => self.host.measure(&self.name(endpoint), began.monotonic),
            Effect::Settle { caller, update, ok, session: fresh } => {
                let session = if fresh { session } else { &JsValue::UNDEFINED };
                self.host.settle(caller, ok, &self.result(update, ok), session);
            }
            Effect::Cancelled { caller, failure } => {
                let error = self.error(&failure, &JsValue::UNDEFINED);
                self.host.settle(caller, false, &error, &JsValue::UNDEFINED);
            }
            Effect::Refresh(id) => self.refresh_now(id),
            Effect::Refreshed { id, failed } => match failed {
                None => self.host.settle(id, true, &JsValue::UNDEFINED, session),
                Some((kind, applied)) => {
                    let none = JsValue::UNDEFINED;
                    let error = self.host.error(kind.name(), applied.name(), "", 0, 0.0, 0, "", "", "", "", &none);
                    self.host.settle(id, false, &error, &none);
                }
            },
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

    fn name(&self, endpoint: usize) -> String {
        self.machine.borrow().endpoints.get(endpoint).map(|endpoint| endpoint.name.clone()).unwrap_or_default()
    }

    fn error(&self, failure: &Failure, cause: &JsValue) -> JsValue {
        self.host.error(
            failure.kind.name(),
            failure.applied.name(),
            &self.name(failure.endpoint),
            failure.status,
            failure.duration,
            failure.attempts,
            failure.request_id.as_deref().unwrap_or_default(),
            failure.message.as_deref().unwrap_or_default(),
            failure.field.as_deref().unwrap_or_default(),
            failure.reason.map(Reason::name).unwrap_or_default(),
            cause,
        )
    }

    fn ask_token(self: &Rc<Self>, id: u32) {
        let token = self.host.token();
        let client = Rc::clone(self);
        self.spawn(Box::pin(async move {
            match fetch::settled(token).await {
                Ok(token) => {
                    let token = token.as_string();
                    let there = token.is_some();
                    if let (Some(mut slot), Some(token)) = (client.slot(id), token) {
                        slot.token = token;
                    }
                    (Event::Of(id, News::Token(there)), Found::default())
                }
                Err(cause) => (Event::Of(id, News::Token(false)), Found::cause(cause)),
            }
        }));
    }

    fn send(self: &Rc<Self>, id: u32, attempt: u32) {
        let ended = move |(answer, found): (Answer, Found)| (Event::Of(id, News::Answered(attempt, answer)), found);
        match self.attempt(id, attempt) {
            Ok(work) => self.spawn(Box::pin(async move { ended(work.await) })),
            Err(cause) => {
                let (event, found) = ended((Answer::NotSent, Found::cause(cause)));
                self.inbox.borrow_mut().push((event, found));
            }
        }
    }

    /// An attempt, begun.
    fn attempt(self: &Rc<Self>, id: u32, attempt: u32) -> Result<Attempt, JsValue> {
        let (guard, signal) = AbortGuard::new()?;
        let Some(mut slot) = self.slot(id) else { return Err(JsValue::UNDEFINED) };
        let replaced = slot.guard.replace(guard);
        if slot.key.is_empty() {
            slot.key = clock::idempotency_key();
        }
        let (endpoint, body, key, token) = (slot.endpoint, slot.body.clone(), slot.key.clone(), slot.token.clone());
        drop(slot);
        drop(replaced);
        let Some(body) = body else {
            return Ok(Box::pin(fetch::work(self.host.work(id, &signal))));
        };
        let (url, credentials, key, csrf) = {
            let machine = self.machine.borrow();
            let Some(endpoint) = machine.endpoints.get(endpoint) else { return Err(JsValue::UNDEFINED) };
            let key = if endpoint.key { Some(key) } else { None };
            (endpoint.url.clone(), endpoint.credentials.clone(), key, endpoint.csrf)
        };
        let csrf = if csrf { Some((self.csrf_header.as_str(), token.as_str())) } else { None };
        let init = fetch::request(&body, &credentials, key.as_deref(), csrf, &signal)?;
        let client = Rc::clone(self);
        let head = move |status, request_id| {
            client.deliver(Event::Of(id, News::Head { attempt, status, request_id }), Found::default());
        };
        Ok(Box::pin(fetch::send(self.host.fetch(id, &url, &init), head)))
    }

    fn start(self: &Rc<Self>, id: u32) {
        let Some(slot) = self.slot(id) else { return };
        let (actions, function) = (slot.actions.clone(), slot.function.clone());
        drop(slot);
        match stripe::run_server_update(&actions, &function) {
            Err(kind) => self.inbox.borrow_mut().push((Event::Of(id, News::NotStarted(kind)), Found::default())),
            Ok(promise) => self.spawn(Box::pin(async move {
                let ended = stripe::ended(promise, actions).await;
                (Event::Of(id, News::Ended { success: ended.success, open: ended.open }), ended.found)
            })),
        }
    }

    fn refresh_now(self: &Rc<Self>, id: u32) {
        let actions = self.actions.borrow().clone();
        match stripe::run_server_update(&actions, &self.nothing) {
            // A session that is no longer open has nothing to be behind of.
            Err(Kind::SessionClosed) => {
                let found = Found { value: stripe::session(&actions), ..Found::default() };
                self.inbox.borrow_mut().push((Event::Refreshed { id, success: true, open: false }, found));
            }
            Err(kind) => self.inbox.borrow_mut().push((Event::Of(id, News::NotStarted(kind)), Found::default())),
            Ok(promise) => self.spawn(Box::pin(async move {
                let ended = stripe::ended(promise, actions).await;
                (Event::Refreshed { id, success: ended.success, open: ended.open }, ended.found)
            })),
        }
    }
}

fn refused(kind: Kind) -> Order {
    Order::Refused { kind, field: None, message: None }
}

fn invalid_intent(error: InvalidIntent) -> Order {
    Order::Refused {
        kind: Kind::InvalidIntent,
        message: Some(error.problem.text().to_owned()),
        field: Some(error.field),
    }
}

fn invalid_session(error: InvalidSession) -> Order {
    Order::Refused { kind: Kind::InvalidSession, field: None, message: Some(error.hint().to_owned()) }
}

/// The session that an update is for: as the page says, else as the actions do; never one against the other.
fn session_of(given: &JsValue, reported: Option<String>) -> Result<SessionId, InvalidSession> {
    let session = match (given.as_string(), &reported) {
        (Some(given), _) => SessionId::parse(&given)?,
        (None, Some(reported)) if given.is_undefined() => SessionId::parse(reported)?,
        (None, None) if given.is_undefined() => return Err(InvalidSession::Missing),
        _ => return Err(InvalidSession::NotText),
    };
    if reported.is_some_and(|reported| reported != session.as_str()) {
        return Err(InvalidSession::Another);
    }
    Ok(session)
}
