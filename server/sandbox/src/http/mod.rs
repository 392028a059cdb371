//! The API over HTTP.
//!
//! A request passes, from the outside in: a request id and the log, the key, the account, the API version, the
//! idempotency key, and misbehaviour where it was asked for.

mod account;
mod auth;
mod idempotency;
pub mod misbehave;
mod routes;
mod serve;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use crate::clock::Clock;
use crate::error::ApiError;
use crate::ids;
use crate::objects::Objects;
use crate::store::Store;
use crate::version::Version;
use crate::webhook::Event;
use account::Account;
pub use serve::serve;

const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
const STRIPE_VERSION: HeaderName = HeaderName::from_static("stripe-version");

/// What the handlers share.
pub struct App {
    /// Accepted keys; any test key where there are none.
    pub secret_keys: Vec<String>,
    /// Shown in the browser.
    pub business_name: Option<String>,
    /// What is at `/`: the catalogue.
    pub index: Value,
    /// Whether parameters in preview are known.
    pub preview: bool,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The accounts.
    pub stores: Mutex<Stores>,
    /// Results by idempotency key.
    pub results: Mutex<idempotency::Results>,
    /// What is to go wrong; `None` where the sandbox was not started for that.
    pub misbehaviour: Option<Mutex<misbehave::Plan>>,
    /// Where events go.
    pub events: UnboundedSender<(Event, i64)>,
}

impl App {
    /// Does something to an account's store, at its present time, and hands the events on.
    pub fn with_store<T>(&self, account: &Account, act: impl FnOnce(&mut Store, i64) -> T) -> T {
        let now = self.clock.now();
        let mut stores = lock(&self.stores);
        let store = stores.of(account);
        store.sweep(now);
        let result = act(store, now);
        self.tell(account, store, now);
        result
    }

    /// Ends what time ends, asked for or not.
    pub fn sweep(&self) {
        let now = self.clock.now();
        lock(&self.results).sweep(now);
        for (account, store) in lock(&self.stores).all() {
            store.sweep(now);
            self.tell(account, store, now);
        }
    }

    fn tell(&self, account: &Account, store: &mut Store, now: i64) {
        for event in store.take_events() {
            // Nobody listens where no webhook was configured.
            let _ = self.events.send((Event { account: account.0.clone(), ..event }, now));
        }
    }
}

/// The stores of the key's account and of those connected to it, each with the objects of the catalogue.
pub struct Stores {
    blank: Objects,
    by_account: HashMap<Account, Store>,
}

impl Stores {
    /// No sessions anywhere.
    pub fn new(blank: Objects) -> Self {
        Self { blank, by_account: HashMap::new() }
    }

    fn of(&mut self, account: &Account) -> &mut Store {
        let Self { blank, by_account } = self;
        by_account.entry(account.clone()).or_insert_with(|| Store::new(blank.clone()))
    }

    fn all(&mut self) -> impl Iterator<Item = (&Account, &mut Store)> {
        self.by_account.iter_mut()
    }
}

/// A lock that outlives a panic: what it guards is replaced as a whole, so it is never half written.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The API.
pub fn router(app: Arc<App>) -> Router {
    let layer = |app: &Arc<App>| Arc::clone(app);
    Router::new()
        .route("/v1/checkout/sessions", get(routes::list).post(routes::create))
        .route("/v1/checkout/sessions/{id}", get(routes::retrieve).post(routes::update))
        .route("/v1/checkout/sessions/{id}/line_items", get(routes::line_items))
        .route("/v1/checkout/sessions/{id}/expire", post(routes::expire))
        .route("/sandbox/sessions/{id}/browser", get(routes::browser))
        .route("/sandbox/sessions/{id}/customer", post(routes::customer))
        .route("/sandbox/sessions/{id}/complete", post(routes::complete))
        .layer(middleware::from_fn_with_state(layer(&app), misbehave::apply))
        .route("/sandbox/misbehave", get(misbehave::show).post(misbehave::plan).delete(misbehave::clear))
        .fallback(unknown_url)
        .method_not_allowed_fallback(unknown_url)
        .layer(middleware::from_fn_with_state(layer(&app), idempotency::apply))
        .layer(middleware::from_fn_with_state(layer(&app), version))
        .layer(middleware::from_fn(account::check))
        .layer(middleware::from_fn_with_state(layer(&app), auth::check))
        // For people who look for a price's id, so it takes no key.
        .route("/", get(routes::index))
        .layer(middleware::from_fn_with_state(layer(&app), identify))
        .with_state(app)
}

async fn unknown_url(request: Request) -> ApiError {
    ApiError::no_such_url(request.method().as_str(), request.uri().path())
}

/// The id of a request, for what lies inside.
#[derive(Debug, Clone)]
pub struct RequestId(pub String);

tokio::task_local! {
    /// Where Stripe's dashboard would show the request that is running.
    static LOG_URL: String;
}

async fn identify(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let id = ids::random("req_", 14);
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    request.extensions_mut().insert(RequestId(id.clone()));
    let log_url = format!("https://dashboard.stripe.com/test/logs/{id}?t={}", app.clock.now());
    let mut response = LOG_URL.scope(log_url, next.run(request)).await;
    tracing::info!(%method, path, status = response.status().as_u16(), request_id = id, "request");
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache, no-store"));
    response
}

async fn version(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let named = request.headers().get(STRIPE_VERSION).cloned();
    let version = match &named {
        None => Ok(Version::CURRENT),
        Some(value) => {
            let text = String::from_utf8_lossy(value.as_bytes());
            Version::parse(&text).ok_or_else(|| ApiError::no_such_version(&text))
        }
    };
    let version = match version {
        Ok(version) => Version { preview: version.preview && app.preview, ..version },
        Err(error) => return error.into_response(),
    };
    request.extensions_mut().insert(version);
    let mut response = next.run(request).await;
    let named = named.unwrap_or(HeaderValue::from_static(Version::CURRENT_NAME));
    response.headers_mut().insert(STRIPE_VERSION, named);
    response
}

/// Whether the endpoint had begun to execute when it answered: only such an answer is kept under an idempotency key.
#[derive(Debug, Clone, Copy)]
pub struct Executed;

/// The connection is to be closed instead of this answer.
#[derive(Debug, Clone, Copy)]
pub struct Dropped;

/// A successful answer.
pub struct Reply(pub Value);

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = json_response(200, &self.0);
        response.extensions_mut().insert(Executed);
        response
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut body = self.body();
        // There is no log of a request that nobody is known to have sent.
        if let (Ok(url), Some(error), false) =
            (LOG_URL.try_with(Clone::clone), body.get_mut("error").and_then(Value::as_object_mut), self.status == 401)
        {
            error.insert("request_log_url".into(), json!(url));
        }
        let mut response = json_response(self.status, &body);
        if self.executed {
            response.extensions_mut().insert(Executed);
        }
        if self.status == 401 {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Stripe\""));
        }
        response
    }
}

fn json_response(status: u16, body: &Value) -> Response {
    let mut response = Response::new(body.to_string().into());
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Shared state, as the handlers take it.
pub type Shared = State<Arc<App>>;
