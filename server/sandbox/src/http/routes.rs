//! The endpoints: parameters in, the store's answer out.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{FromRequestParts, Path, RawQuery, State};
use axum::http::request::Parts;
use hyper::HeaderMap;
use hyper::header::CONTENT_TYPE;

use super::account::Account;
use super::{Reply, Shared};
use crate::error::ApiError;
use crate::params::list::ExpandOnly;
use crate::params::{create, customer, list, read_encoded, update};
use crate::version::Version;

type Answer = Result<Reply, ApiError>;

/// A body that says it is something else than a form would be read as nonsense.
fn form(headers: &HeaderMap, body: Bytes) -> Result<Bytes, ApiError> {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if body.is_empty() || kind.is_empty() || kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(body);
    }
    Err(ApiError::request("Invalid request (check that your POST content type is application/x-www-form-urlencoded)."))
}

/// The id in the path, where it can be a session's.
pub struct SessionId(String);

impl<S: Send + Sync> FromRequestParts<S> for SessionId {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path(id) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| {
            // It is no UTF-8.
            ApiError::malformed_session(parts.uri.path().rsplit('/').next().unwrap_or_default())
        })?;
        let rest = id.strip_prefix("cs_test_").or_else(|| id.strip_prefix("cs_live_"));
        let is_id = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if rest.is_some_and(is_id) { Ok(Self(id)) } else { Err(ApiError::malformed_session(&id)) }
    }
}

fn query(query: &Option<String>) -> &[u8] {
    query.as_deref().unwrap_or_default().as_bytes()
}

/// `GET /`: what the account sells.
pub async fn index(State(app): Shared) -> Reply {
    Reply(app.index.clone())
}

pub async fn create(
    State(app): Shared,
    Extension(account): Extension<Account>,
    Extension(version): Extension<Version>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let params = read_encoded(&create::CREATE, &form(&headers, body)?, version)?;
    app.with_store(&account, |store, now| store.create(params, now, version)).map(Reply)
}

pub async fn list(
    State(app): Shared,
    Extension(account): Extension<Account>,
    Extension(version): Extension<Version>,
    RawQuery(raw): RawQuery,
) -> Answer {
    let filter = read_encoded(&list::SESSIONS, query(&raw), version)?;
    app.with_store(&account, |store, _| store.list(filter, version)).map(Reply)
}

pub async fn retrieve(
    State(app): Shared,
    Extension(account): Extension<Account>,
    Extension(version): Extension<Version>,
    SessionId(id): SessionId,
    RawQuery(raw): RawQuery,
) -> Answer {
    let params: ExpandOnly = read_encoded(&list::EXPAND_ONLY, query(&raw), version)?;
    app.with_store(&account, |store, _| store.retrieve(&id, params.expand, version)).map(Reply)
}

pub async fn update(
    State(app): Shared,
    Extension(account): Extension<Account>,
    Extension(version): Extension<Version>,
    SessionId(id): SessionId,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let params = read_encoded(&update::UPDATE, &form(&headers, body)?, version)?;
    app.with_store(&account, |store, now| store.update(&id, params, now, version)).map(Reply)
}

pub async fn line_items(
    State(app): Shared,
    Extension(account): Extension<Account>,
    Extension(version): Extension<Version>,
    SessionId(id): SessionId,
    RawQuery(raw): RawQuery,
) -> Answer {
    let page = read_encoded(&list::LINE_ITEMS, query(&raw), version)?;
    app.with_store(&account, |store, _| store.line_items(&id, page)).map(Reply)
}

pub async fn expire(
    State(app): Shared,
    Extension(account): Extension<Account>,
    Extension(version): Extension<Version>,
    SessionId(id): SessionId,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let params: ExpandOnly = read_encoded(&list::EXPAND_ONLY, &form(&headers, body)?, version)?;
    app.with_store(&account, |store, _| store.expire(&id, params.expand, version)).map(Reply)
}

pub async fn browser(State(app): Shared, Extension(account): Extension<Account>, SessionId(id): SessionId) -> Answer {
    app.with_store(&account, |store, _| store.browser(&id, app.business_name.as_deref())).map(Reply)
}

pub async fn customer(
    State(app): Shared,
    Extension(account): Extension<Account>,
    Extension(version): Extension<Version>,
    SessionId(id): SessionId,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let params = read_encoded(&customer::CUSTOMER, &form(&headers, body)?, version)?;
    app.with_store(&account, |store, _| store.by_customer(&id, params, version)).map(Reply)
}

pub async fn complete(
    State(app): Shared,
    Extension(account): Extension<Account>,
    Extension(version): Extension<Version>,
    SessionId(id): SessionId,
) -> Answer {
    app.with_store(&account, |store, _| store.complete(&id, version)).map(Reply)
}
