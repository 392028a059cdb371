//! API keys, by bearer or by basic authentication (the key is the user name).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::header::AUTHORIZATION;

use super::App;
use crate::error::ApiError;

const MISSING: &str = "You did not provide an API key. You need to provide your API key in the Authorization header, using \
                       Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').";

/// The key that a request came with, for what lies inside.
#[derive(Clone)]
pub struct ApiKey(pub String);

/// Lets only requests with an accepted key through.
pub async fn check(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    match header.and_then(key) {
        None => ApiError::unauthorized(MISSING).into_response(),
        Some(key) if key.starts_with("pk_") => ApiError::publishable().into_response(),
        Some(key) if !accepted(&app, &key) => ApiError::unauthorized("Invalid API Key provided.").into_response(),
        Some(key) => {
            request.extensions_mut().insert(ApiKey(key));
            next.run(request).await
        }
    }
}

fn accepted(app: &App, key: &str) -> bool {
    if app.secret_keys.is_empty() {
        return ["sk_test_", "rk_test_"]
            .iter()
            .any(|prefix| key.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty()));
    }
    app.secret_keys.iter().any(|known| known == key)
}

/// The key in an `Authorization` header.
fn key(header: &str) -> Option<String> {
    let (scheme, value) = header.split_once(' ')?;
    let key = match scheme.to_ascii_lowercase().as_str() {
        "bearer" => value.trim().to_owned(),
        "basic" => String::from_utf8(base64(value.trim())?).ok()?.split(':').next()?.to_owned(),
        _ => return None,
    };
    (!key.is_empty()).then_some(key)
}

/// Decodes base64; `None` where it is none.
fn base64(text: &str) -> Option<Vec<u8>> {
    let (mut bits, mut held, mut bytes) = (0_u32, 0_u32, Vec::with_capacity(text.len()));
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).ok()?);
            bits &= (1 << held) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_from_both_schemes() {
        for (header, expected) in [
            ("Bearer sk_test_1", Some("sk_test_1")),
            ("bearer sk_test_1", Some("sk_test_1")),
            ("Basic c2tfdGVzdF8xOg==", Some("sk_test_1")),
            ("Basic c2tfdGVzdF8x", Some("sk_test_1")),
            ("Basic Og==", None),
            ("Basic !!!", None),
            ("Digest sk_test_1", None),
            ("sk_test_1", None),
            ("Bearer ", None),
        ] {
            assert_eq!(key(header).as_deref(), expected, "{header}");
        }
    }
}
