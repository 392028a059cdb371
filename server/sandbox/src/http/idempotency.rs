//! `Idempotency-Key`: the first request with a key runs, and later ones get its answer.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Method, StatusCode};

use super::account::Account;
use super::auth::ApiKey;
use super::{App, Executed, RequestId, lock};
use crate::error::ApiError;
use crate::form;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const ORIGINAL: HeaderName = HeaderName::from_static("original-request");

const LONGEST_KEY: usize = 255;
/// Keys are remembered for at least this long, in seconds.
const REMEMBERED: i64 = 24 * 60 * 60;
/// More than any request of this API.
const LARGEST_BODY: usize = 1 << 20;

/// An account's own names for its requests: two API keys may use the same one, and so may connected accounts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Name {
    api_key: String,
    account: Account,
    key: String,
}

/// What is known about keys.
#[derive(Default)]
pub struct Results {
    entries: HashMap<Name, Entry>,
    /// Those that have an answer, the oldest first.
    answered: VecDeque<(i64, Name)>,
}

#[derive(Debug)]
struct Entry {
    path: String,
    params: [u8; 32],
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
    /// Forgets what is older than keys are remembered.
    pub fn sweep(&mut self, now: i64) {
        while let Some((since, name)) = self.answered.pop_front_if(|(since, _)| now - *since >= REMEMBERED) {
            // The key may have been used again since.
            if self.entries.get(&name).is_some_and(|entry| entry.since == since && entry.answer.is_some()) {
                self.entries.remove(&name);
            }
        }
    }

    fn claim(&mut self, name: &Name, path: &str, params: [u8; 32], now: i64) -> Turn {
        self.sweep(now);
        let key = &name.key;
        match self.entries.get(name) {
            None => {
                let entry = Entry { path: path.to_owned(), params, since: now, answer: None };
                self.entries.insert(name.clone(), entry);
                Turn::Run
            }
            Some(entry) if entry.path != path => Turn::Refuse(ApiError::idempotency(format!(
                "Keys for idempotent requests can only be used for the same endpoint they were first used for ('{}' vs \
                 '{path}'). Try using a key other than '{key}' if you meant to execute a different request.",
                entry.path
            ))),
            Some(entry) if entry.params != params => Turn::Refuse(ApiError::idempotency(format!(
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
                    self.answered.push_back((entry.since, name.clone()));
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
    let account = parts.extensions.get::<Account>().cloned().unwrap_or_default();
    let name = Name { api_key, account, key: key.to_owned() };
    let params = form::parse(&body)?.digest();
    let turn = lock(&app.results).claim(&name, parts.uri.path(), params, app.clock.now());
    match turn {
        Turn::Refuse(error) => return Err(error),
        Turn::Replay(answer) => return Ok(replay(answer)),
        Turn::Run => {}
    }
    let mut running = Running { app, name, answer: None };
    let request_id = parts.extensions.get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
    let response = next.run(Request::from_parts(parts, body.into())).await;
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let executed = parts.extensions.get::<Executed>().is_some();
    running.answer = executed.then(|| Answer { status: parts.status, body: body.clone(), request_id });
    Ok(Response::from_parts(parts, body.into()))
}

/// A request that has its key: what it answered is kept when it ends. One that panicked gives the key back.
struct Running<'a> {
    app: &'a App,
    name: Name,
    answer: Option<Answer>,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        lock(&self.app.results).settle(&self.name, self.answer.take());
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_for_keys_ends_with_their_day() {
        let mut results = Results::default();
        let name = |key: &str| Name { api_key: "sk_test_1".into(), account: Account::default(), key: key.into() };
        let answer = || Answer { status: StatusCode::OK, body: Bytes::new(), request_id: "req_1".into() };
        for n in 0..100 {
            let name = name(&n.to_string());
            assert!(matches!(results.claim(&name, "/", [0; 32], n), Turn::Run));
            // Some refuse their parameters, which is not kept.
            results.settle(&name, (n % 2 == 0).then(answer));
        }
        assert_eq!((results.entries.len(), results.answered.len()), (50, 50));
        assert!(matches!(results.claim(&name("running"), "/", [0; 32], 0), Turn::Run));
        results.sweep(REMEMBERED + 49);
        assert_eq!((results.entries.len(), results.answered.len()), (26, 25));
        // Nobody has to ask: time alone ends them, but for what is running.
        results.sweep(REMEMBERED + 99);
        assert_eq!((results.entries.len(), results.answered.len()), (1, 0));
    }
}
