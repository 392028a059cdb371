//! What all update endpoints have in common: reading the request, and answering it.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, Response};

use crate::address;
use crate::answer::Answer;
use crate::app::App;
use crate::body;
use crate::endpoints::Endpoint;
use crate::secret::random_id;
use crate::update::{Call, carry_out};

/// An intent is a handful of words.
const LONGEST_BODY: usize = 4 * 1024;
/// As at Stripe.
const LONGEST_KEY: usize = 255;
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// An update request.
pub async fn handle(State(app): State<Arc<App>>, endpoint: Arc<Endpoint>, request: Request) -> Response<Body> {
    let start = Instant::now();
    let name = endpoint.name;
    let answer = match read(&app, endpoint, request).await {
        Ok(call) => carry_out(Arc::clone(&app), call).await,
        Err(answer) => answer,
    };
    app.metrics.update(name, &answer, start.elapsed());
    answer.into_response()
}

async fn read(app: &App, endpoint: Arc<Endpoint>, request: Request) -> Result<Call, Answer> {
    let address = address::of(&request, app.address_header.as_ref());
    let (parts, body) = request.into_parts();
    if !body::is_json(&parts.headers) {
        return Err(Answer::NOT_JSON);
    }
    let body = body::read(body, LONGEST_BODY).await?;
    let (session, intent) = endpoint.read(&body).map_err(|error| {
        tracing::warn!(%error, "a body that is not accepted");
        Answer::BAD_REQUEST
    })?;
    let key = key_of(&parts.headers)?;
    let visitor = app.visitor(&parts.headers).ok_or(Answer::FORBIDDEN)?.0;
    if !app.bounds.update(&address) {
        tracing::warn!("an address makes too many updates");
        return Err(Answer::BUSY);
    }
    let within = app.bounds.begin(&visitor).ok_or(Answer::BUSY)?;
    Ok(Call { visitor, address, endpoint, session, intent, key, _within: within })
}

/// The page's key. The snippet of Stripe's guide sends none: then every request is an update of its own.
fn key_of(headers: &HeaderMap) -> Result<String, Answer> {
    let Some(key) = headers.get(IDEMPOTENCY_KEY) else {
        return random_id().map(|id| format!("own-{id}")).map_err(|_| Answer::NOT_NOW);
    };
    match key.to_str() {
        Ok(key) if (1..=LONGEST_KEY).contains(&key.len()) => Ok(format!("page-{key}")),
        _ => Err(Answer::BAD_REQUEST),
    }
}
