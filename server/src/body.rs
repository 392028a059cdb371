//! Reading a request's body, no further than allowed.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

use crate::answer::Answer;

/// A body that takes longer than this to come in is given up. Nothing was changed then.
const PATIENCE: Duration = Duration::from_secs(5);

/// The whole body, of at most so many bytes.
///
/// # Errors
///
/// The answer: too long, or broken off.
pub async fn read(body: Body, most: usize) -> Result<Bytes, Answer> {
    match timeout(PATIENCE, Limited::new(body, most).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Answer::TOO_LONG),
        _ => Err(Answer::BAD_REQUEST),
    }
}

/// Whether the body says that it is JSON.
#[must_use]
pub fn is_json(headers: &HeaderMap) -> bool {
    content_type(headers).eq_ignore_ascii_case("application/json")
}

/// The media type without its parameters; empty where there is none.
#[must_use]
pub fn content_type(headers: &HeaderMap) -> &str {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim()
}
