//! `Idempotency-Key`: the first request with a key runs, and later ones get its answer.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Method, StatusCode};

use super::auth::ApiKey;
use super::{App, Executed, RequestId, lock};
use crate::error::ApiError;
use crate::form::{self, Param};

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const ORIGINAL: HeaderName = HeaderName::from_static("original-request");

const LONGEST_KEY: usize = 255;
/// Keys are remembered for at least this long, in seconds.
const REMEMBERED: i64 = 24 * 60 * 60;
/// More than any request of this API.
const LARGEST_BODY: usize = 1 << 20;

/// An account's own names for its requests: two API keys may use the same one.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Name {
    api_key: String,
    key: String,
}

/// What is known about keys.
#[derive(Default)]
pub struct Results {
    entries: HashMap<Name, Entry>,
}

#[derive(Debug)]
struct Entry {
    path: String,
    params: Param,
    since: i64,
    /// `None` while the first request is running.
    answer: Option<Answer>,
}

#[derive(Debug, Clone)]
struct Answer {
    status: StatusCode,
    body: Bytes,
    request_id: String,
}

/// What to do with a request that has a key.
enum Turn {
    Run,
    Replay(Answer),
    Refuse(ApiError),
}

impl Results {
    fn claim(&mut self, name: &Name, path: &str, params: &Param, now: i64) -> Turn {
        self.entries.retain(|_, entry| entry.answer.is_none() || now - entry.since < REMEMBERED);
        let key = &name.key;
        match self.entries.get(name) {
            None => {
                let entry = Entry { path: path.to_owned(), params: params.clone(), since: now, answer: None };
                self.entries.insert(name.clone(), entry);
                Turn::Run
            }
            Some(entry) if entry.path != path => Turn::Refuse(ApiError::idempotency(format!(
                "Keys for idempotent requests can only be used for the same endpoint they were first used for ('{}' vs \
                 '{path}'). Try using a key other than '{key}' if you meant to execute a different request.",
                entry.path
            ))),
            Some(entry) if entry.params != *params => Turn::Refuse(ApiError::idempotency(format!(
                "Keys for idempotent requests can only be used with the same parameters they were first used with. Try \
                 using a key other than '{key}' if you meant to execute a different request."
            ))),
            Some(entry) => match &entry.answer {
                Some(answer) => Turn::Replay(answer.clone()),
                None => Turn::Refuse(ApiError::key_in_use()),
            },
        }
    }

    fn settle(&mut self, name: &Name, answer: Option<Answer>) {
        match answer {
            None => {
                self.entries.remove(name);
            }
            Some(answer) => {
                if let Some(entry) = self.entries.get_mut(name) {
                    entry.answer = Some(answer);
                }
            }
        }
    }
}

/// Runs a request, or answers it from what is known about its key. Only POST requests have keys.
pub async fn apply(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    let key = request.headers().get(IDEMPOTENCY_KEY).cloned();
    let mut response = match run(&app, request, key.as_ref(), next).await {
        Ok(response) => response,
        Err(error) => error.into_response(),
    };
    if let Some(key) = key {
        response.headers_mut().insert(IDEMPOTENCY_KEY, key);
    }
    response
}

async fn run(app: &App, request: Request, key: Option<&HeaderValue>, next: Next) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LARGEST_BODY).await.map_err(|_| ApiError::request("The request body is too large."))?;
    let Some(key) = key else { return Ok(next.run(Request::from_parts(parts, body.into())).await) };
    let key = key.to_str().map_err(|_| ApiError::request("Idempotency keys must be printable ASCII."))?;
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(ApiError::request(format!("Idempotency keys must have 1 to {LONGEST_KEY} characters.")));
    }
    let api_key = parts.extensions.get::<ApiKey>().map(|key| key.0.clone()).unwrap_or_default();
    let name = Name { api_key, key: key.to_owned() };
    let params = form::parse(&body)?;
    let turn = lock(&app.results).claim(&name, parts.uri.path(), &params, app.clock.now());
    match turn {
        Turn::Refuse(error) => return Err(error),
        Turn::Replay(answer) => return Ok(replay(answer)),
        Turn::Run => {}
    }
    let request_id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let response = next.run(Request::from_parts(parts, body.into())).await;
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let executed = parts.extensions.get::<Executed>().is_some();
    let answer = executed.then(|| Answer { status: parts.status, body: body.clone(), request_id });
    lock(&app.results).settle(&name, answer);
    Ok(Response::from_parts(parts, body.into()))
}

fn replay(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    if let Ok(id) = HeaderValue::from_str(&answer.request_id) {
        response.headers_mut().insert(ORIGINAL, id);
    }
    response
}
