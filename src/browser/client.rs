//! What people call, turned into events for the machine.

use std::cell::{Cell, OnceCell};
use std::rc::Rc;
use std::sync::Arc;

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::JsCast;

use super::config::Config;
use super::driver::{Attachment, Driver, Later};
use super::endpoints::Endpoints;
use super::failure::{Failure, FailureDetails};
use super::in_flight::{InFlight, PageRefresh, Reply, Waiter};
use super::listener::EventGuard;
use super::outcome::Outcome;
use super::page::{PageEvent, PageListener};
use super::promise::Deferred;
use super::raw_intent;
use super::read::{self, name};
use super::stripe::{Actions, Session};
use super::update_spec::{Functions, Source, UpdateSpec};
use crate::clock::Moment;
use crate::event::Event;
use crate::failure::{Applied, FailureFacts, Kind, Reason};
use crate::intent::{Field, Value};
use crate::machine::OWN_REFRESHES;
use crate::payload::{self, Payload, RawIntent, Refusal};

/// What a call says besides the intent.
#[derive(Default)]
pub struct CallOptions {
    /// Detaches this caller.
    pub signal: Option<JsValue>,
    /// The session id, in place of the `session` option; an error is what was thrown when it was asked for.
    pub session: Option<Result<Value, JsValue>>,
    /// When it was called, where there was no module yet; its session was read then.
    pub asked: Option<Moment>,
}

/// One `Updates`.
pub struct Client {
    /// What performs.
    pub(super) driver: Rc<Driver>,
    functions: Functions,
    last_id: Cell<u32>,
    listener: OnceCell<PageListener>,
}

impl Client {
    /// A client for these options.
    pub fn new(config: Box<Config>) -> Rc<Self> {
        let driver = Driver::new(config);
        Rc::new(Self { driver, functions: Functions::new(), last_id: Cell::default(), listener: OnceCell::default() })
    }

    /// The names that updates have.
    pub fn endpoints(&self) -> &Endpoints {
        &self.driver.endpoints
    }

    /// What an intent of an endpoint consists of.
    #[inline(never)]
    pub fn fields(&self, endpoint: usize) -> Option<Arc<[Field]>> {
        self.driver.endpoint(endpoint, |rules| rules.fields.clone())
    }

    /// An update of a declared endpoint, whose intent is read now.
    pub fn read(&self, endpoint: usize, intent: &JsValue) -> Rc<UpdateSpec> {
        let fields = self.fields(endpoint).unwrap_or_default();
        let (raw, thrown) = raw_intent::read(&fields, intent);
        UpdateSpec::new(endpoint, Source::Request(raw, thrown))
    }

    /// An update by a function of the page, under a name.
    pub fn wrap(&self, name: &str, function: Function) -> Rc<UpdateSpec> {
        UpdateSpec::new(self.driver.position_for(name), Source::Wrapped(function))
    }

    /// The function for `runServerUpdate` that is made of a spec.
    pub fn function(self: &Rc<Self>, spec: Rc<UpdateSpec>) -> Function {
        let (client, of) = (Rc::clone(self), Rc::clone(&spec));
        self.functions.make(&spec, move || client.invoke(&of, CallOptions::default()).into())
    }

    /// A function for `runServerUpdate` of an endpoint that is not declared here: it rejects.
    pub fn foreign_function(self: &Rc<Self>, spec: &Rc<UpdateSpec>) -> Function {
        let (client, of) = (Rc::clone(self), Rc::clone(spec));
        self.functions.make(spec, move || {
            let failure = client.foreign();
            let error = failure.error.clone();
            of.set_failure(Some(failure));
            Promise::reject(&error).into()
        })
    }

    /// What such a function was made of.
    pub fn spec_of(&self, function: &JsValue) -> Option<Rc<UpdateSpec>> {
        self.functions.find(function)
    }

    /// The call of such a function: a new update, for which everything that the page says is read now.
    pub fn invoke(&self, spec: &Rc<UpdateSpec>, options: CallOptions) -> Promise {
        let waiter = Waiter { id: self.next_id(), spec: Rc::clone(spec), reply: Reply::Failure, detaching: None };
        let function = Deferred::new();
        let promise = function.promise();
        self.ask(spec, options, None, waiter, function, None);
        promise
    }

    /// `run`: calls `tell` with the outcome.
    pub fn run(&self, actions: Actions, spec: &Rc<UpdateSpec>, options: CallOptions, tell: Box<dyn FnOnce(Outcome)>) {
        let id = self.next_id();
        let mut waiter = Waiter { id, spec: Rc::clone(spec), reply: Reply::Outcome(tell), detaching: None };
        let mut refusal = None;
        if let Some(signal) = &options.signal {
            if is_aborted(signal) {
                return self.cancelled(spec, waiter);
            }
            match self.on_abort(id, signal) {
                Ok(guard) => waiter.detaching = Some(guard),
                Err(cause) => {
                    refusal = Some(FailureDetails {
                        field: Some("signal".to_owned()),
                        detail: Some("is no AbortSignal".to_owned()),
                        cause,
                        ..FailureDetails::default()
                    })
                }
            }
        }
        self.ask(spec, options, Some(actions), waiter, Deferred::new(), refusal);
    }

    /// The failure of an update whose endpoint is not declared here.
    pub fn foreign(&self) -> Rc<Failure> {
        let details = FailureDetails {
            detail: Some("This endpoint is declared by other updates.".to_owned()),
            ..FailureDetails::default()
        };
        let facts = FailureFacts::bare(Kind::InvalidIntent, Applied::No);
        let messages = self.driver.config.messages.as_ref();
        let failure = Failure::new(facts, String::new(), &details, &JsValue::UNDEFINED, messages);
        self.driver.tell_failure(&failure);
        failure
    }

    /// Whoever calls with a signal that is aborted already asks for nothing, so nothing is sent.
    fn cancelled(&self, spec: &UpdateSpec, waiter: Waiter) {
        let facts = FailureFacts { reason: Some(Reason::Signal), ..FailureFacts::bare(Kind::Cancelled, Applied::No) };
        let failure = self.driver.failure_without_details(facts, Some(spec.endpoint));
        waiter.answer(Some(&failure), &|| Outcome::failed(Rc::clone(&failure), None));
        self.driver.tell_settled(spec.endpoint, Some((Kind::Cancelled, Applied::No)), [0.0; 2], 0, &JsValue::UNDEFINED);
    }

    /// Detaches a caller when its signal is aborted.
    ///
    /// # Errors
    ///
    /// It is no signal.
    #[inline(never)]
    pub(super) fn on_abort(&self, id: u32, signal: &JsValue) -> Result<EventGuard, JsValue> {
        let detach = self.driver.later(Later::Detach(id));
        EventGuard::new(signal.clone().unchecked_into(), "abort", Box::new(detach))
    }

    /// Lets Stripe.js fetch the session again, and calls `tell` with how that ended.
    pub fn refresh(&self, actions: Actions, tell: Box<dyn FnOnce(Result<Session, Rc<Failure>>)>) {
        let id = self.next_id();
        self.listen();
        let (session, attachment) = self.driver.attach(&actions, actions.session().id());
        self.driver.refreshes.borrow_mut().push(PageRefresh { id, actions, tell });
        self.driver.dispatch_with(Event::Refresh { id, session }, attachment);
    }

    /// Drops what is waiting, of the endpoint at this position or of all.
    pub fn cancel(&self, endpoint: Option<usize>) {
        self.driver.dispatch(Event::Cancel(endpoint));
    }

    /// Aborts everything, and lets go of timers and listeners.
    pub fn dispose(&self) {
        self.driver.dispatch(Event::Dispose);
        if let Some(listener) = self.listener.get() {
            listener.unlisten();
        }
        self.driver.release();
    }

    /// The module before this one died while something of it was in doubt, and these were the actions that it saw last.
    pub fn doubt(&self, actions: Option<Actions>) {
        self.listen();
        let (session, attachment) = match actions {
            Some(actions) => self.driver.attach(&actions, actions.session().id()),
            None => (self.driver.sessions.number(None), Attachment::Nothing),
        };
        self.driver.dispatch_with(Event::Doubt { session }, attachment);
    }

    pub(super) fn next_id(&self) -> u32 {
        self.last_id.set(self.last_id.get() % (OWN_REFRESHES - 1) + 1);
        self.last_id.get()
    }

    /// Makes an update known to the machine. `function` has the promise of its function.
    fn ask(
        &self,
        spec: &UpdateSpec,
        options: CallOptions,
        actions: Option<Actions>,
        waiter: Waiter,
        function: Deferred,
        refused: Option<FailureDetails>,
    ) {
        spec.set_failure(None);
        let (id, endpoint) = (waiter.id, spec.endpoint);
        let asked = options.asked.map_or_else(|| self.driver.now(), |moment| self.driver.at(moment));
        let mut row = InFlight::new(id, endpoint, actions, waiter, function);
        // What the actions report goes first: where the page names another, it is wrong.
        let mut session = row.actions.as_ref().and_then(|actions| actions.session().id());
        let payload = match &spec.source {
            Source::Wrapped(function) => {
                row.wrapped = Some(function.clone());
                Payload::Wrapped
            }
            Source::Request(raw, thrown) => {
                row.received.details.cause = thrown.clone();
                let given = self.session(options).unwrap_or_else(|thrown| {
                    if row.received.details.cause.is_undefined() {
                        row.received.details.cause = thrown;
                    }
                    Value::Unreadable
                });
                let payload = self.payload(endpoint, raw, &given, session.as_deref(), &mut row);
                if let (None, Value::Text(id)) = (&session, given) {
                    session = Some(id);
                }
                payload
            }
        };
        let payload = match refused {
            None => payload,
            Some(details) => {
                row.received.details = details;
                Payload::Refused(Kind::InvalidIntent)
            }
        };
        let (event, attachment) = match &row.actions {
            Some(actions) => {
                let (session, attachment) = self.driver.attach(actions, session);
                (Event::Run { id, endpoint, session, payload, asked }, attachment)
            }
            None => {
                let session = self.driver.sessions.number(session.as_deref());
                (Event::Invoke { id, endpoint, session, payload, asked }, Attachment::Nothing)
            }
        };
        self.driver.in_flight.borrow_mut().push(Box::new(row));
        self.listen();
        self.driver.enqueue(event, attachment);
        // Before anything comes of it, so that a page that draws what is pending draws this too.
        self.driver.publish();
        self.driver.run_inbox();
    }

    fn payload(
        &self,
        endpoint: usize,
        raw: &RawIntent,
        given: &Value,
        reported: Option<&str>,
        row: &mut InFlight,
    ) -> Payload {
        let field = &self.driver.config.session_field;
        let checked = self.driver.endpoint(endpoint, |rules| payload::payload(rules, raw, given, reported, field));
        let refusal = match checked {
            None => return Payload::Refused(Kind::Internal),
            Some(Ok(payload)) => return payload,
            Some(Err(refusal)) => refusal,
        };
        let Refusal { kind, field, detail } = refusal;
        row.received.details.detail = Some(detail).filter(|text| !text.is_empty()).map(str::to_owned);
        row.received.details.field = field;
        Payload::Refused(kind)
    }

    /// The session id, read now: as the call says, else as the option does.
    fn session(&self, options: CallOptions) -> Result<Value, JsValue> {
        match (options.session, &self.driver.config.session, options.asked) {
            (Some(given), ..) => given,
            (None, Some(session), None) => session(),
            _ => Ok(Value::Missing),
        }
    }

    /// Listens to the page, from the first use on. Again at each use: `document.open()` removes every listener.
    pub fn listen(&self) {
        if self.driver.is_rehearsal.get() {
            return;
        }
        let listener = self.listener.get_or_init(|| {
            let driver = Rc::downgrade(&self.driver);
            PageListener::new(move |event| {
                if let Some(driver) = driver.upgrade() {
                    happened(&driver, event);
                }
            })
        });
        listener.listen();
    }
}

/// Whether this signal is aborted already.
#[inline(never)]
pub(super) fn is_aborted(signal: &JsValue) -> bool {
    name::ABORTED.with(|name| read::is_truthy(signal, name))
}

/// Something happened to the page.
fn happened(driver: &Driver, event: PageEvent) {
    if matches!(event, PageEvent::Hidden | PageEvent::Left) {
        driver.report();
    }
    driver.dispatch(match event {
        PageEvent::Awake => Event::Awake,
        PageEvent::Hidden => Event::Clock,
        PageEvent::Left => Event::Left,
        PageEvent::Back { from_cache } => Event::Back { from_cache },
    });
}
