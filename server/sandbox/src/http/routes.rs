//! The endpoints: parameters in, the store's answer out.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use hyper::HeaderMap;
use hyper::header::CONTENT_TYPE;

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

fn query(query: &Option<String>) -> &[u8] {
    query.as_deref().unwrap_or_default().as_bytes()
}

pub async fn create(
    State(app): Shared,
    Extension(version): Extension<Version>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let params = read_encoded(&create::CREATE, &form(&headers, body)?, version)?;
    app.with_store(|store, now| store.create(params, now, version)).map(Reply)
}

pub async fn list(State(app): Shared, Extension(version): Extension<Version>, RawQuery(raw): RawQuery) -> Answer {
    let filter = read_encoded(&list::SESSIONS, query(&raw), version)?;
    app.with_store(|store, _| store.list(filter, version)).map(Reply)
}

pub async fn retrieve(
    State(app): Shared,
    Extension(version): Extension<Version>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Answer {
    let params: ExpandOnly = read_encoded(&list::EXPAND_ONLY, query(&raw), version)?;
    app.with_store(|store, _| store.retrieve(&id, params.expand, version)).map(Reply)
}

pub async fn update(
    State(app): Shared,
    Extension(version): Extension<Version>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let params = read_encoded(&update::UPDATE, &form(&headers, body)?, version)?;
    app.with_store(|store, _| store.update(&id, params, version)).map(Reply)
}

pub async fn line_items(
    State(app): Shared,
    Extension(version): Extension<Version>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Answer {
    let page = read_encoded(&list::LINE_ITEMS, query(&raw), version)?;
    app.with_store(|store, _| store.line_items(&id, page)).map(Reply)
}

pub async fn expire(
    State(app): Shared,
    Extension(version): Extension<Version>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let params: ExpandOnly = read_encoded(&list::EXPAND_ONLY, &form(&headers, body)?, version)?;
    app.with_store(|store, _| store.expire(&id, params.expand, version)).map(Reply)
}

pub async fn browser(State(app): Shared, Path(id): Path<String>) -> Answer {
    app.with_store(|store, _| store.browser(&id, app.business_name.as_deref())).map(Reply)
}

pub async fn customer(
    State(app): Shared,
    Extension(version): Extension<Version>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let params = read_encoded(&customer::CUSTOMER, &form(&headers, body)?, version)?;
    app.with_store(|store, _| store.by_customer(&id, params, version)).map(Reply)
}

pub async fn complete(State(app): Shared, Extension(version): Extension<Version>, Path(id): Path<String>) -> Answer {
    app.with_store(|store, _| store.complete(&id, version)).map(Reply)
}
