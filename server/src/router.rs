//! Which request goes where, and what every answer carries.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, Method, Response};
use axum::middleware::{Next, from_fn_with_state};
use axum::routing::{get, post};
use tracing::Instrument;

use crate::answer::Answer;
use crate::app::App;
use crate::config::Config;
use crate::secret::random_id;
use crate::{create, files, lab, origin, page, reports, stand_in, updates, webhook};

/// Tells a page, and the log, which request an answer belongs to.
const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

/// All of the page comes from here; wasm may be compiled, and nothing is inline.
const SANDBOX_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
/// For the lab, which shows what a page does without.
const POLICY_WITHOUT_WASM: &str = "default-src 'self'; script-src 'self'";
/// With the origins that Stripe documents for Stripe.js, Checkout and Link (docs.stripe.com/security/guide).
const STRIPE_POLICY: &str = "default-src 'self'; \
    script-src 'self' 'wasm-unsafe-eval' https://js.stripe.com https://*.js.stripe.com https://checkout.stripe.com \
    https://maps.googleapis.com; \
    connect-src 'self' https://api.stripe.com https://checkout.stripe.com https://maps.googleapis.com; \
    frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com https://checkout.stripe.com; \
    img-src 'self' https://*.stripe.com";

/// All routes.
pub fn router(app: &Arc<App>, config: &Config) -> Router {
    let mut routes = Router::new()
        .route("/create-checkout-session", post(create::handle))
        .route("/endpoints.js", get(page::endpoints_module))
        .route("/openapi.json", get(page::openapi))
        .route("/catalogue", get(page::catalogue))
        .route("/metrics/client-failures", post(reports::handle));
    for endpoint in &app.endpoints {
        let path = endpoint.path;
        let endpoint = Arc::clone(endpoint);
        routes = routes.route(path, post(move |app, request| updates::handle(app, endpoint, request)));
    }
    if app.is_sandbox {
        routes = routes
            .route("/session", get(stand_in::session).post(stand_in::change))
            .layer(from_fn_with_state(Arc::clone(app), lab::strike))
            .route("/lab/fault", post(lab::arm))
            .route("/lab/truth", get(lab::truth))
            .route("/lab/requests", get(lab::requests));
    } else {
        for path in ["/lab", "/lab/", "/lab/{*rest}"] {
            routes = routes.route(path, get(page::missing));
        }
    }
    routes
        .layer(from_fn_with_state(Arc::clone(app), own_pages_only))
        .route("/webhook", post(webhook::handle))
        .route("/metrics", get(reports::show))
        .route("/healthz", get(page::health))
        .nest_service("/dist", files::serve(&config.dist, "/dist"))
        .nest_service("/react", files::serve(&config.examples.join("react"), "/react"))
        .nest_service("/rust", files::serve(&config.examples.join("rust"), "/rust"))
        .fallback_service(files::serve(&config.www, ""))
        .layer(from_fn_with_state(Arc::clone(app), frame))
        .with_state(Arc::clone(app))
}

/// Refuses what another site's page asks for in the customer's name.
async fn own_pages_only(State(app): State<Arc<App>>, request: Request, next: Next) -> Response<Body> {
    if request.method() == Method::POST && !app.origin.takes(request.headers()) {
        tracing::warn!("a request from another origin");
        return Answer::FORBIDDEN.into_response();
    }
    next.run(request).await
}

/// A request id, a line in the log, and the headers that every answer has.
async fn frame(State(app): State<Arc<App>>, request: Request, next: Next) -> Response<Body> {
    let request_id = format!("req_{}", random_id().unwrap_or_default());
    let span = tracing::info_span!("request", id = request_id, method = %request.method(), path = request.uri().path());
    let start = Instant::now();
    let is_page = request.method() != Method::POST;
    let refuses_wasm = lab::refuses_wasm(request.uri());
    let mut response = if origin::names_its_host(request.headers(), request.version()) {
        next.run(request).instrument(span.clone()).await
    } else {
        Answer::BAD_REQUEST.into_response()
    };
    span.in_scope(|| {
        let status = response.status().as_u16();
        let milliseconds = start.elapsed().as_millis();
        if is_page {
            tracing::debug!(status, milliseconds, "answered");
        } else {
            tracing::info!(status, milliseconds, "answered");
        }
    });
    let headers = response.headers_mut();
    if let Ok(request_id) = HeaderValue::from_str(&request_id) {
        headers.insert(REQUEST_ID, request_id);
    }
    let policy = match (app.is_sandbox, refuses_wasm) {
        (true, true) => POLICY_WITHOUT_WASM,
        (true, false) => SANDBOX_POLICY,
        (false, _) => STRIPE_POLICY,
    };
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Nobody lays another page over the Pay button.
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    // The browser asks each time whether a file has changed: a new build is seen at once.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static(if is_page { "no-cache" } else { "no-store" }));
    response
}
