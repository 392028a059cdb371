//! `Stripe-Account` (Connect): a request that names a connected account is about that account's objects.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::auth::ApiKey;
use crate::error::ApiError;

const HEADER: &str = "stripe-account";

/// The account whose objects a request is about; `None` for that of the key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Account(pub Option<String>);

/// Lets only requests through that name no account, or one that can be.
pub async fn check(mut request: Request, next: Next) -> Response {
    let named = request.headers().get(HEADER).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    if let Some(name) = named.as_deref().filter(|name| !is_account(name)) {
        let key = request.extensions().get::<ApiKey>().map(|key| key.0.clone()).unwrap_or_default();
        return ApiError::no_such_account(&key, name).into_response();
    }
    request.extensions_mut().insert(Account(named));
    next.run(request).await
}

fn is_account(name: &str) -> bool {
    name.strip_prefix("acct_").is_some_and(|rest| {
        (1..=64).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}
