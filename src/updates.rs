//! The API for front ends that are written in Rust. `exports.rs` shows the same to JavaScript.
//!
//! ```no_run
//! use checkout_updates::intent::{Field, Rule};
//! use checkout_updates::{Actions, Endpoint, Options, Outcome, Updates};
//! use serde::Serialize;
//!
//! #[derive(Serialize)]
//! struct Interval {
//!     interval: &'static str,
//! }
//!
//! # async fn page(actions: Actions) -> Result<(), wasm_bindgen::JsValue> {
//! let interval = Rule::OneOf(vec!["monthly".into(), "yearly".into()]);
//! let endpoint = Endpoint::new("/change-subscription-interval").field(Field::new("interval", interval)).latest();
//! let updates = Updates::new(Options::new().endpoint("changeInterval", endpoint))?;
//! match updates.run(&actions, "changeInterval", &Interval { interval: "yearly" }).await? {
//!     Outcome::Success { session, .. } => web_sys::console::log_1(&session),
//!     Outcome::Error { failure, .. } => web_sys::console::log_1(&failure.message.into()),
//!     Outcome::Cancelled(_) => {}
//! }
//! # Ok(())
//! # }
//! ```

use std::fmt;
use std::rc::{Rc, Weak};

use js_sys::{Array, Function, Object, Promise, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::{Closure, JsCast, JsValue, wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

pub use crate::browser::{Actions, Session};
use crate::browser::{Client, Guard, check};
use crate::failure::{Applied, Kind, Reason};
use crate::intent::{Field, Rule};
use crate::metrics::Counts;

#[wasm_bindgen]
extern "C" {
    type Record;

    #[wasm_bindgen(method, getter)]
    fn kind(this: &Record) -> String;
    #[wasm_bindgen(method, getter)]
    fn applied(this: &Record) -> String;
    #[wasm_bindgen(method, getter)]
    fn endpoint(this: &Record) -> String;
    #[wasm_bindgen(method, getter)]
    fn status(this: &Record) -> Option<u16>;
    #[wasm_bindgen(method, getter, js_name = durationMs)]
    fn duration_ms(this: &Record) -> f64;
    #[wasm_bindgen(method, getter)]
    fn attempts(this: &Record) -> u32;
    #[wasm_bindgen(method, getter, js_name = requestId)]
    fn request_id(this: &Record) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn message(this: &Record) -> String;
    #[wasm_bindgen(method, getter)]
    fn detail(this: &Record) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn field(this: &Record) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn reason(this: &Record) -> Option<String>;

    type Given;

    #[wasm_bindgen(method, getter, js_name = type)]
    fn kind(this: &Given) -> String;
    #[wasm_bindgen(method, getter)]
    fn session(this: &Given) -> Option<Session>;
    #[wasm_bindgen(method, getter)]
    fn body(this: &Given) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn error(this: &Given) -> JsValue;
}

/// A server URL for one customer interaction, with the rules of its intent.
///
/// ```
/// use checkout_updates::Endpoint;
/// use checkout_updates::intent::{Field, Rule};
///
/// let endpoint = Endpoint::new("/update-line-item-quantity")
///     .field(Field::new("line_item", Rule::Identifier("li_".into())))
///     .field(Field::new("quantity", Rule::Integer(0.0, 10.0)))
///     .latest_of(&["line_item"])
///     .retries(2);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Endpoint {
    url: String,
    fields: Vec<Field>,
    latest: Option<Vec<String>>,
    options: Vec<(&'static str, Setting)>,
}

#[derive(Clone, Copy, Debug)]
enum Setting {
    Number(f64),
    Flag(bool),
    Text(&'static str),
}

impl From<Setting> for JsValue {
    fn from(setting: Setting) -> Self {
        match setting {
            Setting::Number(number) => number.into(),
            Setting::Flag(flag) => flag.into(),
            Setting::Text(text) => text.into(),
        }
    }
}

impl Endpoint {
    /// A path that starts with one `/`, or a URL of an origin that [`Options::allowed_origin`] names.
    #[must_use]
    pub fn new(url: &str) -> Self {
        Self { url: url.to_owned(), ..Self::default() }
    }

    /// Adds a field. At most 16.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// A waiting update gives way to a later one: for an endpoint with one field.
    #[must_use]
    pub fn latest(mut self) -> Self {
        self.latest = Some(Vec::new());
        self
    }

    /// A waiting update gives way to a later one with the same values of these fields.
    #[must_use]
    pub fn latest_of(mut self, fields: &[&str]) -> Self {
        self.latest = Some(fields.iter().map(|&field| field.to_owned()).collect());
        self
    }

    /// An update equal to the last in the queue is one of its own.
    #[must_use]
    pub fn never_join(self) -> Self {
        self.with("join", Setting::Flag(false))
    }

    /// No `Idempotency-Key` is sent, for another origin that does not allow the header.
    #[must_use]
    pub fn without_idempotency_key(self) -> Self {
        self.with("idempotencyKey", Setting::Flag(false))
    }

    /// How often a request that may be repeated is repeated: 0 to 5.
    #[must_use]
    pub fn retries(self, retries: u32) -> Self {
        self.with("retries", Setting::Number(retries.into()))
    }

    /// Gives one silent attempt up after so many milliseconds.
    #[must_use]
    pub fn attempt_timeout_ms(self, ms: u32) -> Self {
        self.with("attemptTimeoutMs", Setting::Number(ms.into()))
    }

    /// The deadline of this endpoint's updates in milliseconds, 1 to 20,000.
    #[must_use]
    pub fn timeout_ms(self, ms: u32) -> Self {
        self.with("timeoutMs", Setting::Number(ms.into()))
    }

    /// For another origin: cookies go there.
    #[must_use]
    pub fn include_credentials(self) -> Self {
        self.with("credentials", Setting::Text("include"))
    }

    /// For another origin: whether the CSRF header goes there.
    #[must_use]
    pub fn csrf(self, csrf: bool) -> Self {
        self.with("csrf", Setting::Flag(csrf))
    }

    fn with(mut self, name: &'static str, setting: Setting) -> Self {
        self.options.push((name, setting));
        self
    }

    fn to_js(&self) -> JsValue {
        let rules = Object::new();
        for field in &self.fields {
            set(&rules, &field.name, &rule(field));
        }
        let options = Object::new();
        for (name, setting) in &self.options {
            set(&options, name, &JsValue::from(*setting));
        }
        if let Some(latest) = &self.latest {
            let fields: Array = latest.iter().map(|field| JsValue::from_str(field)).collect();
            let latest = if latest.is_empty() { JsValue::TRUE } else { fields.into() };
            set(&options, "latest", &latest);
        }
        let endpoint = Object::new();
        set(&endpoint, "url", &self.url.as_str().into());
        set(&endpoint, "rules", &rules);
        set(&endpoint, "options", &options);
        endpoint.into()
    }
}

fn set(object: &Object, name: &str, value: &JsValue) {
    // A plain object of ours takes it.
    let _ = Reflect::set(object, &name.into(), value);
}

fn rule(field: &Field) -> JsValue {
    let record = Object::new();
    let kind = match &field.rule {
        Rule::OneOf(choices) => {
            let values: Array = choices.iter().map(|choice| JsValue::from_str(choice)).collect();
            set(&record, "values", &values);
            "oneOf"
        }
        Rule::Identifier(prefix) => {
            set(&record, "prefix", &prefix.as_str().into());
            "identifier"
        }
        Rule::Integer(least, most) => {
            set(&record, "min", &(*least).into());
            set(&record, "max", &(*most).into());
            "integer"
        }
        Rule::Text(max) => {
            set(&record, "max", &JsValue::from_f64(*max as f64));
            "text"
        }
        Rule::Flag => "flag",
    };
    set(&record, "kind", &kind.into());
    set(&record, "isOptional", &field.optional.into());
    record.into()
}

/// What [`Updates::new`] takes: the options of `createUpdates`, checked by the same code.
///
/// ```no_run
/// use checkout_updates::{Endpoint, Options, Updates};
///
/// let options = Options::new()
///     .session(|| "cs_test_a1".to_owned())
///     .timeout_ms(10_000)
///     .endpoint("removeGift", Endpoint::new("/remove-gift"))
///     .on_failure(|failure| web_sys::console::warn_1(&failure.kind.name().into()));
/// let updates = Updates::new(options);
/// ```
#[derive(Debug)]
pub struct Options {
    record: Object,
    endpoints: Object,
    origins: Array,
    messages: Object,
}

impl Default for Options {
    fn default() -> Self {
        Self::new()
    }
}

impl Options {
    /// Nothing declared yet.
    #[must_use]
    pub fn new() -> Self {
        Self { record: Object::new(), endpoints: Object::new(), origins: Array::new(), messages: Object::new() }
    }

    /// Declares an endpoint under the name by which it is used and counted.
    #[must_use]
    pub fn endpoint(self, name: &str, endpoint: Endpoint) -> Self {
        set(&self.endpoints, name, &endpoint.to_js());
        self
    }

    /// Gives the Checkout Session's id. Read when an update function or `run` is called.
    #[must_use]
    pub fn session(self, session: impl Fn() -> String + 'static) -> Self {
        self.with("session", &Closure::<dyn Fn() -> String>::new(session).into_js_value())
    }

    /// The name of the session id's field in the body. `checkout_session_id` unless it is said.
    #[must_use]
    pub fn session_field(self, name: &str) -> Self {
        self.with("sessionField", &name.into())
    }

    /// The deadline of an update in milliseconds, 1 to 20,000. 19,500 unless it is said.
    #[must_use]
    pub fn timeout_ms(self, ms: u32) -> Self {
        self.with("timeoutMs", &ms.into())
    }

    /// Another origin that endpoints may name, such as `https://api.example.com`.
    #[must_use]
    pub fn allowed_origin(self, origin: &str) -> Self {
        self.origins.push(&origin.into());
        self
    }

    /// The header and the token that Rails, Django or Laravel want to see. Read once for each update.
    #[must_use]
    pub fn csrf(self, header: &str, token: impl Fn() -> String + 'static) -> Self {
        let csrf = Object::new();
        set(&csrf, "header", &header.into());
        set(&csrf, "token", &Closure::<dyn Fn() -> String>::new(token).into_js_value());
        self.with("csrf", &csrf)
    }

    /// Replaces the text of `message` for this kind.
    #[must_use]
    pub fn message(self, kind: Kind, text: &str) -> Self {
        set(&self.messages, kind.name(), &text.into());
        self
    }

    /// Called for every failure but `cancelled`.
    #[must_use]
    pub fn on_failure(self, tell: impl Fn(Failure) + 'static) -> Self {
        let tell = Closure::<dyn Fn(JsValue)>::new(move |error| tell(Failure::of(error)));
        self.with("onFailure", &tell.into_js_value())
    }

    fn with(self, name: &str, value: &JsValue) -> Self {
        set(&self.record, name, value);
        self
    }

    fn into_js(self) -> JsValue {
        set(&self.record, "endpoints", &self.endpoints);
        set(&self.record, "allowedOrigins", &self.origins);
        set(&self.record, "messages", &self.messages);
        self.record.into()
    }
}

/// How an update failed. It holds no session id, no value of an intent and no URL.
///
/// ```no_run
/// # fn show(_: &str) {}
/// # fn example(failure: checkout_updates::Failure) {
/// show(&failure.message);
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Failure {
    /// What happened.
    pub kind: Kind,
    /// Did the server make the change?
    pub applied: Applied,
    /// The endpoint's name, as declared.
    pub endpoint: String,
    /// The HTTP status of the last answer, where there was one.
    pub status: Option<u16>,
    /// Whole milliseconds from the call of the function, or of `run` if it was never called.
    pub duration_ms: f64,
    /// HTTP requests that were sent.
    pub attempts: u32,
    /// From the answer's `request-id` header, else `x-request-id`.
    pub request_id: Option<String>,
    /// Can be shown to a customer.
    pub message: String,
    /// For the page's author: which field, which rule, which file to serve.
    pub detail: Option<String>,
    /// For an invalid intent: the field.
    pub field: Option<String>,
    /// For a cancelled update: why.
    pub reason: Option<Reason>,
    /// The `CheckoutUpdateError` that JavaScript sees.
    pub error: JsValue,
}

impl Failure {
    /// Reads an error that was made here.
    fn of(error: JsValue) -> Self {
        let record: &Record = error.unchecked_ref();
        Self {
            kind: Kind::of_name(&record.kind()).unwrap_or(Kind::Internal),
            applied: Applied::of_name(&record.applied()).unwrap_or(Applied::Unknown),
            endpoint: record.endpoint(),
            status: record.status(),
            duration_ms: record.duration_ms(),
            attempts: record.attempts(),
            request_id: record.request_id(),
            message: record.message(),
            detail: record.detail(),
            field: record.field(),
            reason: record.reason().and_then(|name| Reason::of_name(&name)),
            error,
        }
    }
}

/// The one answer of [`Updates::run`].
///
/// ```no_run
/// # fn draw(_: &checkout_updates::Session) {}
/// # fn show(_: &str) {}
/// # fn example(outcome: checkout_updates::Outcome) {
/// use checkout_updates::Outcome;
///
/// match outcome {
///     Outcome::Success { session, .. } => draw(&session),
///     Outcome::Error { failure, session } => {
///         session.iter().for_each(draw);
///         show(&failure.message);
///     }
///     Outcome::Cancelled(_) => {}
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The server made the change, and Stripe.js has the fresh session.
    Success {
        /// The session with the change.
        session: Session,
        /// What the server's body says: JSON, a text, or `null`.
        body: JsValue,
    },
    /// It failed.
    Error {
        /// How.
        failure: Failure,
        /// The session as it is, where it could be fetched again.
        session: Option<Session>,
    },
    /// Nobody wants it any more.
    Cancelled(Failure),
}

/// The name of an endpoint that is not declared.
///
/// ```
/// assert_eq!(checkout_updates::Undeclared.to_string(), "no such endpoint is declared");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undeclared;

impl fmt::Display for Undeclared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("no such endpoint is declared")
    }
}

impl std::error::Error for Undeclared {}

impl From<Undeclared> for JsValue {
    fn from(error: Undeclared) -> Self {
        js_sys::TypeError::new(&error.to_string()).into()
    }
}

/// A listener of [`Updates::subscribe`]; ends when it is dropped.
///
/// ```no_run
/// # fn example(updates: checkout_updates::Updates) {
/// let listening = updates.subscribe(|| web_sys::console::log_1(&"changed".into()));
/// drop(listening);
/// # }
/// ```
#[must_use = "it ends when it is dropped"]
pub struct Subscription {
    client: Weak<Client>,
    number: u32,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(client) = self.client.upgrade() {
            client.state.forget(self.number);
        }
    }
}

/// The updates of a checkout page. A clone is the same object.
///
/// ```no_run
/// use checkout_updates::{Endpoint, Options, Updates};
///
/// # async fn example(actions: checkout_updates::Actions) -> Result<(), wasm_bindgen::JsValue> {
/// let updates = Updates::new(Options::new().endpoint("removeGift", Endpoint::new("/remove-gift")))?;
/// // The shape of Stripe's docs: a zero-argument function that gives a promise.
/// let update: js_sys::Function = updates.request("removeGift", &())?;
/// let pay_is_locked = updates.is_pending(None) || updates.is_stale();
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Updates(pub(crate) Rc<Client>);

impl Updates {
    /// The updates of a page with these options.
    ///
    /// # Errors
    ///
    /// A `TypeError` that names the key, for whatever is wrong with the options.
    pub fn new(options: Options) -> Result<Self, JsValue> {
        Ok(Self(Client::new(check(&options.into_js())?, Guard::default())))
    }

    /// A function for `runServerUpdate`. The intent is read now, the session id when the function is called.
    ///
    /// # Errors
    ///
    /// The endpoint is not declared. A wrong intent makes the function reject.
    pub fn request(&self, name: &str, intent: &impl Serialize) -> Result<Function, Undeclared> {
        let recipe = self.0.recipe(self.0.position(&name.into()).ok_or(Undeclared)?, &plain(intent));
        Ok(self.0.function(recipe))
    }

    /// Gives a request that the page makes itself the same deadline and record. `own` is given an `AbortSignal`.
    pub fn wrap(&self, name: &str, own: impl Fn(JsValue) -> Promise + 'static) -> Function {
        let own = Closure::<dyn Fn(JsValue) -> Promise>::new(own).into_js_value();
        self.0.function(self.0.own_recipe(&name.into(), own.unchecked_into()))
    }

    /// Waits for its turn, runs, refreshes where in doubt, and gives one answer.
    ///
    /// # Errors
    ///
    /// The endpoint is not declared.
    pub async fn run(&self, actions: &Actions, name: &str, intent: &impl Serialize) -> Result<Outcome, Undeclared> {
        let recipe = self.0.recipe(self.0.position(&name.into()).ok_or(Undeclared)?, &plain(intent));
        let Ok(promise) = self.0.run(actions.clone(), &recipe, None) else { return Err(Undeclared) };
        Ok(outcome(promise).await)
    }

    /// Lets Stripe.js fetch the session again.
    ///
    /// # Errors
    ///
    /// Why it could not.
    pub async fn refresh(&self, actions: &Actions) -> Result<Session, Failure> {
        match outcome(self.0.refresh(actions.clone())).await {
            Outcome::Success { session, .. } => Ok(session),
            Outcome::Error { failure, .. } | Outcome::Cancelled(failure) => Err(failure),
        }
    }

    /// Drops what is waiting, of this name or of all.
    pub fn cancel(&self, name: Option<&str>) {
        self.0.cancel(&name.into());
    }

    /// Aborts everything and lets go of listeners. A later call starts afresh.
    pub fn dispose(&self) {
        self.0.dispose();
    }

    /// The intent of the newest update of an endpoint that has not settled and has these values.
    pub fn wanted(&self, name: &str, values: &impl Serialize) -> Option<JsValue> {
        Some(self.0.wanted(&name.into(), &plain(values))).filter(|wanted| !wanted.is_undefined())
    }

    /// Whether an update, of this name or of any, has not settled.
    #[must_use]
    pub fn is_pending(&self, name: Option<&str>) -> bool {
        self.0.is_pending(&name.into())
    }

    /// Whether the page may be showing totals that the server no longer has.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.0.state.is_stale()
    }

    /// Calls the listener after each change of whether anything is pending or stale.
    pub fn subscribe(&self, listener: impl Fn() + 'static) -> Subscription {
        let listener = Closure::<dyn Fn()>::new(listener).into_js_value();
        Subscription { client: Rc::downgrade(&self.0), number: self.0.state.listen(listener.unchecked_into()) }
    }

    /// What was counted of an endpoint.
    #[must_use]
    pub fn counts(&self, name: &str) -> Option<Counts> {
        let position = self.0.place_of(&name.into())?;
        self.0.counts().get(position).cloned()
    }

    /// Sends what is new to this place by `sendBeacon` whenever the page is hidden.
    pub fn report_to(&self, url: &str) {
        self.0.listen();
        self.0.report.to(url.into());
    }
}

/// A record as a plain object; what is none has no fields.
fn plain(record: &impl Serialize) -> JsValue {
    record.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or_default()
}

async fn outcome(promise: Promise) -> Outcome {
    // It never rejects.
    let given: Given = JsFuture::from(promise).await.unwrap_or_default().unchecked_into();
    match (given.kind().as_str(), given.session()) {
        ("success", Some(session)) => Outcome::Success { session, body: given.body() },
        ("cancelled", _) => Outcome::Cancelled(Failure::of(given.error())),
        (_, session) => Outcome::Error { failure: Failure::of(given.error()), session },
    }
}
