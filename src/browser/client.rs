//! One `Updates`: its machine, and what is kept for each update while it performs what the machine wants done.
//!
//! No borrow is held across a call into JavaScript. Whatever happens during one is put into the inbox, and taken from
//! there in the order in which it happened.

use std::cell::{Cell, RefCell, RefMut};
use std::mem;
use std::rc::{Rc, Weak};

use gloo_timers::callback::Timeout;
use js_sys::{Array, Function, JsString, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::{Closure, JsCast, wasm_bindgen};

use super::caller::{Caller, Told};
use super::error::{Words, error};
use super::guard::Guard;
use super::listener::{Listener, Target};
use super::options::{Checked, Place};
use super::page::{self, Seen};
use super::promise::{Deferred, settled};
use super::reading::{Reading, value_of};
use super::recipe::{Functions, Recipe, Work};
use super::request::AbortGuard;
use super::slot::{NO_ATTEMPT, Slot};
use super::state::State;
use super::stripe::{self, Actions, Session};
use super::timer::Timer;
use super::{attempt, object, order, report::Report};
use crate::clock::{Clock, Moment};
use crate::effect::{Effect, Event, News};
use crate::endpoint::Endpoint;
use crate::failure::{Applied, Failure, Kind, Reason};
use crate::intent::Value;
use crate::machine::Machine;
use crate::metrics::Counts;
use crate::stale::UNNAMED;
use crate::update::Order;

/// The most names of wrapped functions; later ones share the last.
const MOST_NAMES: usize = 64;

#[wasm_bindgen]
extern "C" {
    /// What a call says beside the intent: `{signal, session}`, and `asked`, by both clocks, for a call that was made
    /// before the module was there; its session is read already. A page's object, so a getter may throw.
    #[derive(Clone)]
    pub type Settings;
}

/// One `Updates`.
pub struct Client {
    me: Weak<Self>,
    /// What keeps the page alive when this module dies.
    pub guard: Guard,
    /// What the page declared.
    pub options: Checked,
    session_field: String,
    messages: JsValue,
    machine: RefCell<Machine>,
    clock: RefCell<Clock>,
    /// What happened, and the session that it brought.
    inbox: RefCell<Vec<(Event, JsValue)>>,
    busy: Cell<bool>,
    places: RefCell<Vec<Rc<Place>>>,
    declared: usize,
    slots: RefCell<Vec<Slot>>,
    callers: RefCell<Vec<Caller>>,
    last_id: Cell<u32>,
    /// Each session that was named, and the actions of it that were seen last. Its number is its place, from 1.
    sessions: RefCell<Vec<(String, Option<Actions>)>>,
    /// Those of a session that nobody names.
    unnamed: RefCell<Option<Actions>>,
    functions: Functions,
    /// What the page is shown.
    pub state: State,
    /// What is counted, and where it is reported.
    pub report: Report,
    timer: Timer,
    listening: RefCell<Option<Listener>>,
    leaving: RefCell<Option<Listener>>,
    leaving_again: RefCell<Option<Timeout>>,
}

impl Client {
    /// A client for these options.
    pub fn new(options: Checked, guard: Guard) -> Rc<Self> {
        let (endpoints, places) = options.places();
        let mut machine = Machine::default();
        machine.endpoints = endpoints;
        Rc::new_cyclic(|me| Self {
            me: me.clone(),
            guard,
            session_field: options.session_field(),
            messages: options.messages(),
            options,
            machine: RefCell::new(machine),
            clock: RefCell::new(Clock::new(page::now())),
            inbox: RefCell::default(),
            busy: Cell::default(),
            declared: places.len(),
            places: RefCell::new(places),
            slots: RefCell::default(),
            callers: RefCell::default(),
            last_id: Cell::default(),
            sessions: RefCell::default(),
            unnamed: RefCell::default(),
            functions: Functions::new(),
            state: State::default(),
            report: Report::default(),
            timer: Timer::default(),
            listening: RefCell::default(),
            leaving: RefCell::default(),
            leaving_again: RefCell::default(),
        })
    }

    fn me(&self) -> Option<Rc<Self>> {
        self.me.upgrade()
    }

    /// Its machine.
    pub fn machine(&self) -> RefMut<'_, Machine> {
        self.machine.borrow_mut()
    }

    /// The name of an endpoint; `undefined` where there is none.
    pub fn name(&self, endpoint: usize) -> JsString {
        self.places.borrow().get(endpoint).map(|place| place.name.clone()).unwrap_or_default()
    }

    /// What was counted of each endpoint.
    pub fn counts(&self) -> Vec<Counts> {
        self.machine().endpoints.iter().map(|endpoint| endpoint.counts.clone()).collect()
    }

    /// Where the requests of an endpoint go.
    pub fn place(&self, endpoint: usize) -> Option<Rc<Place>> {
        self.places.borrow().get(endpoint).cloned()
    }

    /// The position of a declared endpoint.
    pub fn position(&self, name: &JsValue) -> Option<usize> {
        self.place_of(name).filter(|position| *position < self.declared)
    }

    /// The position of a name, of an endpoint or of a function of the page.
    pub fn place_of(&self, name: &JsValue) -> Option<usize> {
        self.places.borrow().iter().position(|place| place.name.as_ref() as &JsValue == name)
    }

    /// The position of a name for functions of the page, which may be new.
    pub fn place_for(&self, name: &JsValue) -> usize {
        if let Some(found) = self.place_of(name) {
            return found;
        }
        let mut places = self.places.borrow_mut();
        if places.len() - self.declared >= MOST_NAMES {
            return places.len() - 1;
        }
        places.push(Rc::new(Place::named(name)));
        self.machine().endpoints.push(Endpoint {
            latest: -1,
            timeout: self.options.timeout_ms(),
            ..Endpoint::default()
        });
        places.len() - 1
    }

    /// An update of a declared endpoint, read now.
    pub fn recipe(&self, endpoint: usize, intent: &JsValue) -> Rc<Recipe> {
        let fields = self.machine().endpoints.get(endpoint).map(|endpoint| endpoint.fields.clone()).unwrap_or_default();
        Recipe::new(endpoint, Work::Request(Reading::of(&fields, intent)))
    }

    /// An update by a function of the page, under a name.
    pub fn own_recipe(&self, name: &JsValue, own: Function) -> Rc<Recipe> {
        Recipe::new(self.place_for(name), Work::Own(own))
    }

    /// The function for `runServerUpdate` that is made of a recipe.
    pub fn function(self: &Rc<Self>, recipe: Rc<Recipe>) -> Function {
        self.functions.make(recipe, self)
    }

    /// What such a function was made of.
    pub fn recipe_of(&self, function: &JsValue) -> Option<Rc<Recipe>> {
        self.functions.find(function)
    }

    /// The call of such a function: a new update, for which everything that the page says is read now.
    pub fn invoke(self: &Rc<Self>, recipe: &Rc<Recipe>, settings: Option<&Settings>) -> Promise {
        let mut promise = None;
        // Stripe.js is the one who calls.
        self.guard.enter(&mut || {
            let told = Told::Invoke(Rc::clone(recipe));
            promise = Some(self.ask(self.next_id(), recipe, settings, None, told));
        });
        promise.unwrap_or_else(|| Promise::reject(&JsValue::UNDEFINED))
    }

    /// `run`: gives the promise of an outcome.
    ///
    /// # Errors
    ///
    /// What was passed as a signal is none.
    pub fn run(
        self: &Rc<Self>,
        actions: Actions,
        recipe: &Rc<Recipe>,
        settings: Option<&Settings>,
    ) -> Result<Promise, JsValue> {
        let outcome = Deferred::new();
        let promise = outcome.promise().clone();
        let id = self.next_id();
        let signal = settings.map(|settings| object::member(settings, "signal")).unwrap_or_default();
        let aborting = match is_there(&signal) {
            true => {
                let detach = self.later(Event::Detach(id));
                let detach = move |_| detach();
                Some(Listener::new(vec![(signal.clone().unchecked_into::<Target>(), &["abort"])], detach)?)
            }
            false => None,
        };
        if object::member(&signal, "aborted").is_truthy() {
            // Nothing is asked for, so nothing is sent.
            let failure = Failure { reason: Some(Reason::Signal), ..Failure::bare(Kind::Cancelled, Applied::No) };
            let error = self.error(failure, recipe.endpoint, &Words::default());
            recipe.set_failure(error.clone());
            outcome.resolve(&failed(&error, None));
            self.tell_settled(Some(failure), recipe.endpoint, [0.0; 2], 0, &JsValue::UNDEFINED);
            return Ok(promise);
        }
        let told = Told::Run { outcome, recipe: Rc::clone(recipe), _aborting: aborting };
        drop(self.ask(id, recipe, settings, Some(actions), told));
        Ok(promise)
    }

    /// Lets Stripe.js fetch the session again, and gives the promise of how that ended.
    pub fn refresh(self: &Rc<Self>, actions: Actions) -> Promise {
        let outcome = Deferred::new();
        let promise = outcome.promise().clone();
        let id = self.next_id();
        self.listen();
        let session = self.session_number(actions.session().id().as_deref());
        let told = Told::Refresh { outcome, actions: actions.clone() };
        self.callers.borrow_mut().push(Caller { id, endpoint: usize::MAX, wanted: Vec::new(), told });
        self.take(Event::Refresh { id, session }, actions.into());
        promise
    }

    /// Drops what is waiting, of this name or of all.
    pub fn cancel(&self, name: &JsValue) {
        let position = self.place_of(name);
        if position.is_some() || !is_there(name) {
            self.take(Event::Cancel(position), JsValue::UNDEFINED);
        }
    }

    /// Aborts everything, and lets go of timers and listeners.
    pub fn dispose(&self) {
        self.take(Event::Dispose, JsValue::UNDEFINED);
        drop(self.listening.take());
    }

    /// The module before this one died while it owed something, and these were the actions that it saw last.
    pub fn doubt(self: &Rc<Self>, actions: Option<Actions>) {
        self.listen();
        let id = actions.as_ref().and_then(|actions| actions.session().id());
        let session = self.session_number(id.as_deref());
        self.take(Event::Doubt(session), actions.map_or(JsValue::UNDEFINED, Into::into));
    }

    /// The intent of the newest update of an endpoint that has not settled, and has these values.
    pub fn wanted(&self, name: &JsValue, values: &JsValue) -> JsValue {
        let position = self.position(name);
        let fields = position.and_then(|position| Some(self.machine().endpoints.get(position)?.fields.clone()));
        let (Some(position), Some(fields)) = (position, fields) else { return JsValue::UNDEFINED };
        let asked = Reading::of(&fields, values);
        let matches = |caller: &&Caller| {
            let mut pairs = asked.values.iter().zip(&caller.wanted);
            asked.undeclared.is_none() && pairs.all(|(asked, wanted)| *asked == Value::Missing || asked == wanted)
        };
        let callers = self.callers.borrow();
        let of_endpoint = callers.iter().filter(|caller| caller.counts() && caller.endpoint == position);
        let Some(newest) = of_endpoint.rev().find(matches) else { return JsValue::UNDEFINED };
        let entries = Array::new();
        for (field, value) in fields.iter().zip(&newest.wanted) {
            if let Some(value) = shown(value) {
                entries.push(&Array::of2(&field.name.as_str().into(), &value));
            }
        }
        object::record(&entries)
    }

    /// Whether an update, of this name or of any, has not settled.
    pub fn is_pending(&self, name: &JsValue) -> bool {
        let (all, position) = (!is_there(name), self.place_of(name));
        let is_meant = |endpoint| all || position == Some(endpoint);
        self.callers.borrow().iter().any(|caller| caller.counts() && is_meant(caller.endpoint))
    }

    /// Whether any update that has not settled may have sent something.
    pub fn has_sent(&self) -> bool {
        // A module that died while it wrote them down cannot tell.
        self.slots.try_borrow().map_or(true, |slots| slots.iter().any(|slot| slot.sent))
    }

    fn next_id(&self) -> u32 {
        // The machine's own refreshes have the upper half of the numbers.
        self.last_id.set(self.last_id.get() % (u32::MAX >> 1) + 1);
        self.last_id.get()
    }

    /// Makes an update known to the machine, and gives the promise of its function.
    fn ask(
        self: &Rc<Self>,
        id: u32,
        recipe: &Rc<Recipe>,
        settings: Option<&Settings>,
        actions: Option<Actions>,
        told: Told,
    ) -> Promise {
        recipe.set_failure(JsValue::NULL);
        let asked = settings.map(|settings| object::member(settings, "asked")).unwrap_or_default();
        let clock = |position| object::member(&asked, position).as_f64();
        let before = clock("0").zip(clock("1"));
        let at = before.map_or_else(page::now, |(monotonic, wall)| Moment { monotonic, wall });
        let endpoint = recipe.endpoint;
        let work = Deferred::new();
        let promise = work.promise().clone();
        let mut slot = Slot::new(id, endpoint, work);
        let mut wanted = Vec::new();
        // What the actions report goes first: where the page names another, it is wrong.
        let reported = actions.as_ref().and_then(|actions| actions.session().id());
        let mut session = reported.clone();
        let order = match &recipe.work {
            Work::Own(own) => {
                slot.own = Some(own.clone());
                Order::Wrapped
            }
            Work::Request(reading) => {
                wanted.clone_from(&reading.values);
                let given = self.session_of(settings, before.is_some());
                slot.words.cause = reading.cause.clone();
                let given = given.unwrap_or_else(|thrown| {
                    if slot.words.cause.is_undefined() {
                        slot.words.cause = thrown;
                    }
                    Value::Unreadable
                });
                if let (None, Value::Text(id)) = (&session, &given) {
                    session = Some(id.clone());
                }
                self.check(reading, given, reported, &mut slot)
            }
        };
        let session = self.session_number(session.as_deref());
        slot.actions = actions.clone();
        self.now();
        let asked = self.clock.borrow().at(at);
        self.slots.borrow_mut().push(slot);
        self.callers.borrow_mut().push(Caller { id, endpoint, wanted, told });
        self.listen();
        let happened = match actions {
            Some(actions) => (Event::Run { id, endpoint, session, order, asked }, actions.into()),
            None => (Event::Invoke { id, endpoint, session, order, asked }, JsValue::UNDEFINED),
        };
        self.inbox.borrow_mut().push(happened);
        // Before anything comes of it, so that a page that draws what is pending draws this too.
        self.changed();
        self.drain();
        promise
    }

    fn check(&self, reading: &Reading, given: Value, reported: Option<String>, slot: &mut Slot) -> Order {
        let machine = self.machine.borrow();
        let slots = self.slots.borrow();
        let Some(rules) = machine.endpoints.get(slot.endpoint) else { return Order::Refused(Kind::Internal) };
        let checked = order::check(rules, reading, given, reported, &self.session_field, &slots, slot);
        checked.unwrap_or_else(|refusal| {
            slot.words.detail = if refusal.text.is_empty() { JsValue::UNDEFINED } else { refusal.text.into() };
            slot.words.field = refusal.field;
            Order::Refused(refusal.kind)
        })
    }

    /// The session id, read now: as the call says, else as the option does.
    fn session_of(&self, settings: Option<&Settings>, is_read: bool) -> Result<Value, JsValue> {
        let given = settings.map_or(Ok(JsValue::UNDEFINED), |settings| object::get(settings, &"session".into()))?;
        let is_there = is_there(&given);
        match self.options.session() {
            Some(session) if !is_there && !is_read => Ok(value_of(&session.call0(&JsValue::UNDEFINED)?)),
            _ if is_there => Ok(value_of(&given)),
            _ => Ok(Value::Missing),
        }
    }

    /// What is kept for an update, if it is still known. Let go of before anything of the page is called.
    pub fn slot(&self, id: u32) -> Option<RefMut<'_, Slot>> {
        RefMut::filter_map(self.slots.borrow_mut(), |slots| slots.iter_mut().find(|slot| slot.id == id)).ok()
    }

    /// Takes an event, now or after what is being done, and performs what follows.
    pub fn take(&self, event: Event, brought: JsValue) {
        self.inbox.borrow_mut().push((event, brought));
        self.drain();
    }

    fn drain(&self) {
        if self.busy.replace(true) {
            return;
        }
        loop {
            let happened = self.inbox.take();
            if happened.is_empty() {
                break;
            }
            for (event, brought) in &happened {
                // Here and not when they came: what is let go of for an event before is let go of by then.
                if let Event::Run { session, .. } | Event::Refresh { session, .. } | Event::Doubt(session) = *event {
                    self.see(session, brought);
                }
                let mut effects = Vec::new();
                let (now, random) = (self.now(), page::random());
                self.machine.borrow_mut().on(*event, now, random, &mut effects);
                for effect in &effects {
                    self.perform(effect, brought);
                    if self.guard.is_dead() {
                        return;
                    }
                }
            }
        }
        self.busy.set(false);
        let now = self.now();
        let wait = self.machine.borrow().wake(now);
        self.timer.set(wait, self.later(Event::Clock));
    }

    /// The number of a session; that of none is 0.
    fn session_number(&self, id: Option<&str>) -> u32 {
        let Some(id) = id else { return UNNAMED };
        let mut sessions = self.sessions.borrow_mut();
        let place = sessions.iter().position(|(known, _)| known == id).unwrap_or_else(|| {
            sessions.push((id.to_owned(), None));
            sessions.len() - 1
        });
        u32::try_from(place + 1).unwrap_or(UNNAMED)
    }

    /// Keeps the actions of a session, or lets go of them.
    fn see(&self, session: u32, actions: &JsValue) {
        let actions = is_there(actions).then(|| actions.clone().unchecked_into());
        let replaced = match session {
            UNNAMED => self.unnamed.replace(actions),
            number => {
                let mut sessions = self.sessions.borrow_mut();
                sessions.get_mut(number as usize - 1).and_then(|(_, known)| mem::replace(known, actions))
            }
        };
        drop(replaced);
    }

    /// The actions of a session that were seen last.
    fn actions_of(&self, session: u32) -> Option<Actions> {
        match session {
            UNNAMED => self.unnamed.borrow().clone(),
            number => self.sessions.borrow().get(number as usize - 1).and_then(|(_, actions)| actions.clone()),
        }
    }

    /// What makes an event happen when the browser calls it.
    fn later(&self, event: Event) -> impl Fn() + 'static {
        let me = self.me.clone();
        move || {
            if let Some(client) = me.upgrade() {
                client.guard.enter(&mut || {
                    if matches!(event, Event::Clock) {
                        client.timer.fired();
                    }
                    client.take(event, JsValue::UNDEFINED);
                });
            }
        }
    }

    fn now(&self) -> f64 {
        let now = page::now();
        self.clock.borrow_mut().read(now)
    }

    #[inline(never)]
    fn perform(&self, effect: &Effect, session: &JsValue) {
        match *effect {
            Effect::Token(id) => self.spawn(move |client| attempt::token(client, id)),
            Effect::Send { id, attempt: number } => match attempt::begin(self, id, number) {
                Ok(given) => self.spawn(move |client| attempt::attempt(client, id, number, given)),
                Err(unsent) => attempt::unsent(self, id, number, unsent),
            },
            Effect::Abort(id) => {
                let guard = self.slot(id).and_then(|mut slot| slot.abort.take());
                drop(guard);
            }
            Effect::Yield(id) => self.let_through(id),
            Effect::Start(id) => self.start(id),
            Effect::Fail { id, failure } => {
                let Some(known) = self.slot(id).map(|mut slot| (slot.endpoint, mem::take(&mut slot.words))) else {
                    return;
                };
                let (endpoint, words) = known;
                let error = self.error(failure, endpoint, &words);
                if let Some(mut slot) = self.slot(id) {
                    slot.words = Words { cause: JsValue::UNDEFINED, ..words };
                    slot.error = error;
                }
            }
            Effect::End { id, ok } => self.end(id, ok),
            Effect::Count(id) => {
                if let Some(error) = self.slot(id).map(|slot| slot.error.clone()) {
                    self.report.keep(super::error::record(&error));
                    if let Some(callback) = self.options.on_failure() {
                        call(&callback, &error);
                    }
                }
            }
            Effect::Measure { endpoint, ms } => page::measure(&self.name(endpoint), ms),
            Effect::Settle { caller, update, ok, session: fresh } => {
                let given = self.slot(update).map(|slot| if ok { slot.body_value.clone() } else { slot.error.clone() });
                self.settle(caller, ok, given.unwrap_or_default(), fresh.then_some(session));
            }
            Effect::Cancelled { caller, failure } => {
                let endpoint =
                    self.callers.borrow().iter().find(|known| known.id == caller).map(|known| known.endpoint);
                let error = self.error(failure, endpoint.unwrap_or(usize::MAX), &Words::default());
                self.settle(caller, false, error, None);
            }
            Effect::Refresh { id, session } => self.start_refresh(id, session),
            Effect::LetGo(session) => self.see(session, &JsValue::UNDEFINED),
            Effect::Settled { update, endpoint, failure, waited, duration, attempts } => {
                let request_id = self.slot(update).map(|slot| slot.words.request_id.clone()).unwrap_or_default();
                self.tell_settled(failure, endpoint, [waited, duration], attempts, &request_id);
            }
            Effect::Refreshed { id, failed: None } => self.settle(id, true, JsValue::UNDEFINED, Some(session)),
            Effect::Refreshed { id, failed: Some((kind, applied)) } => {
                let error = self.error(Failure::bare(kind, applied), usize::MAX, &Words::default());
                self.settle(id, false, error, None);
            }
            Effect::Stale(stale) => {
                self.state.set_stale(stale);
                self.changed();
            }
            Effect::Forget(id) => {
                let slot = {
                    let mut slots = self.slots.borrow_mut();
                    slots.iter().position(|slot| slot.id == id).map(|position| slots.remove(position))
                };
                drop(slot);
            }
        }
    }

    /// Tells the page of an update that has settled.
    fn tell_settled(
        &self,
        failure: Option<Failure>,
        endpoint: usize,
        times: [f64; 2],
        attempts: u32,
        request_id: &JsValue,
    ) {
        if let Some(callback) = self.options.on_settled() {
            let place = self.name(endpoint).into();
            call(&callback, &super::error::settled(failure, &place, times, attempts, request_id));
        }
    }

    /// Runs a task of this client.
    fn spawn<T: Future<Output = ()> + 'static>(&self, task: impl FnOnce(Rc<Self>) -> T) {
        if let Some(client) = self.me() {
            self.guard.spawn(task(client));
        }
    }

    fn error(&self, failure: Failure, endpoint: usize, words: &Words) -> JsValue {
        error(failure, &self.name(endpoint).into(), words, &self.messages)
    }

    /// Lets one task through, in which an answer that is already there may win.
    fn let_through(&self, id: u32) {
        let rest = Timeout::new(0, self.later(Event::Of(id, News::Yielded)));
        let replaced = self.slot(id).and_then(|mut slot| slot.rest.replace(rest));
        drop(replaced);
    }

    /// Settles the promise of a function.
    fn end(&self, id: u32, ok: bool) {
        let ended = self.slot(id).map(|mut slot| {
            // What comes late must not change what was given.
            slot.attempt = NO_ATTEMPT;
            (slot.abort.take(), slot.work.clone(), if ok { slot.answer.clone() } else { slot.error.clone() })
        });
        let Some((abort, work, given)) = ended else { return };
        if ok {
            abort.into_iter().for_each(AbortGuard::release);
            work.resolve(&given);
        } else {
            drop(abort);
            work.reject(&given);
        }
    }

    /// Calls `runServerUpdate` for an update.
    fn start(&self, id: u32) {
        let known = self.slot(id).and_then(|slot| Some((slot.actions.clone()?, slot.work.clone(), slot.endpoint)));
        let Some((actions, work, endpoint)) = known else { return };
        let promise = self.guard.owe(work.promise(), &self.name(endpoint));
        let called = self.later(Event::Of(id, News::Called));
        // Each call gets the same promise. One that comes too late is told so by it.
        let update = Closure::<dyn Fn() -> Promise>::new(move || {
            called();
            promise.clone()
        });
        match actions.start(update.into_js_value().unchecked_ref()) {
            Err(kind) => self.take(Event::Of(id, News::NotStarted(kind)), JsValue::UNDEFINED),
            Ok(given) => self.spawn(move |client| ended(client, id, actions, given, false)),
        }
    }

    /// Lets Stripe.js fetch the session again.
    fn start_refresh(&self, id: u32, session: u32) {
        let asked = self.callers.borrow().iter().find_map(|caller| match &caller.told {
            Told::Refresh { actions, .. } if caller.id == id => Some(actions.clone()),
            _ => None,
        });
        let Some(actions) = asked.or_else(|| self.actions_of(session)) else {
            return self.take(Event::Of(id, News::NotStarted(Kind::Unsupported)), JsValue::UNDEFINED);
        };
        match actions.start(&stripe::nothing()) {
            // A session that is no longer open has nothing to be behind of.
            Err(Kind::SessionClosed) => {
                self.take(Event::Refreshed { id, success: true, open: false }, actions.session().into());
            }
            Err(kind) => self.take(Event::Of(id, News::NotStarted(kind)), JsValue::UNDEFINED),
            Ok(given) => self.spawn(move |client| ended(client, id, actions, given, true)),
        }
    }

    /// Tells a caller how it ended.
    fn settle(&self, id: u32, ok: bool, given: JsValue, session: Option<&JsValue>) {
        let caller = {
            let mut callers = self.callers.borrow_mut();
            callers.iter().position(|caller| caller.id == id).map(|position| callers.remove(position))
        };
        let Some(caller) = caller else { return };
        let success =
            || object::of(&[("type", &"success".into()), ("session", session.unwrap_or(&JsValue::UNDEFINED))]);
        match &caller.told {
            Told::Invoke(recipe) => recipe.set_failure(if ok { JsValue::NULL } else { given }),
            Told::Run { outcome, .. } if ok => {
                let success = success();
                object::define(&success, "body", &given);
                outcome.resolve(&success);
            }
            Told::Run { outcome, recipe, .. } => {
                recipe.set_failure(given.clone());
                outcome.resolve(&failed(&given, session));
            }
            Told::Refresh { outcome, .. } if ok => outcome.resolve(&success()),
            Told::Refresh { outcome, .. } => {
                outcome.resolve(&object::of(&[("type", &"error".into()), ("error", &given)]));
            }
        }
        drop(caller);
        self.changed();
    }

    /// Tells the page what has changed of what it is shown.
    pub fn changed(&self) {
        let is_pending = || self.is_pending(&JsValue::UNDEFINED);
        let pending = is_pending();
        self.watch_leaving(pending);
        self.state.show(pending, is_pending);
    }

    /// Listens for the customer's leaving while that can end an update: Firefox ends requests well before `pagehide`.
    fn watch_leaving(&self, pending: bool) {
        if pending == self.leaving.borrow().is_some() {
            return;
        }
        let me = self.me.clone();
        let listener = pending.then(|| {
            page::listen_for_leaving(move || {
                let Some(client) = me.upgrade() else { return };
                client.later(Event::Leaving)();
                // A dialog may stand in between: what counts is when it was answered.
                let again = Timeout::new(0, client.later(Event::Leaving));
                drop(client.leaving_again.replace(Some(again)));
            })
        });
        drop(self.leaving.replace(listener.flatten()));
    }

    /// Listens to the page, from the first use on.
    pub fn listen(&self) {
        if self.listening.borrow().is_some() {
            return;
        }
        let me = self.me.clone();
        let listening = page::listen(move |seen| {
            if let Some(client) = me.upgrade() {
                client.guard.enter(&mut || client.seen(seen));
            }
        });
        self.listening.replace(listening);
    }

    fn seen(&self, seen: Seen) {
        if matches!(seen, Seen::Hidden | Seen::Left) {
            self.report.send(self);
        }
        let event = match seen {
            Seen::Awake => Event::Awake,
            Seen::Hidden => Event::Clock,
            Seen::Left => Event::Left,
            Seen::Back(from_cache) => Event::Back(from_cache),
        };
        self.take(event, JsValue::UNDEFINED);
    }
}

/// Waits for what `runServerUpdate` gave for an update or for a refresh.
async fn ended(client: Rc<Client>, id: u32, actions: Actions, given: Result<JsValue, JsValue>, refreshes: bool) {
    let (success, brought) = match stripe::outcome(settled(given).await, &actions) {
        Ok(session) => (true, session),
        Err(cause) => (false, cause.unchecked_into::<Session>()),
    };
    let open = !success || brought.is_open();
    let event = if refreshes {
        Event::Refreshed { id, success, open }
    } else {
        if let Some(mut slot) = client.slot(id) {
            slot.words.cause = if success { JsValue::UNDEFINED } else { brought.clone().into() };
        }
        Event::Of(id, News::Ended { success, open })
    };
    client.take(event, if success { brought.into() } else { JsValue::UNDEFINED });
}

/// An outcome that is none of success.
fn failed(error: &JsValue, session: Option<&JsValue>) -> JsValue {
    let is_cancelled = object::member(error, "kind") == "cancelled";
    let kind = if is_cancelled { "cancelled" } else { "error" };
    let outcome = object::of(&[("type", &kind.into()), ("error", error)]);
    if let Some(session) = session {
        object::define(&outcome, "session", session);
    }
    outcome
}

fn is_there(value: &JsValue) -> bool {
    !value.is_undefined() && !value.is_null()
}

/// A value of an intent as the page gave it.
fn shown(value: &Value) -> Option<JsValue> {
    match value {
        Value::Text(text) => Some(text.into()),
        Value::Number(number) => Some((*number).into()),
        Value::Flag(flag) => Some((*flag).into()),
        Value::Missing | Value::Unreadable | Value::Other => None,
    }
}

/// Calls a callback of the page.
pub fn call(callback: &Function, given: &JsValue) {
    if let Err(thrown) = callback.call1(&JsValue::UNDEFINED, given) {
        page::report(&thrown);
    }
}
