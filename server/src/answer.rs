//! What an endpoint says to the page: `{"type":"success"}`, or `{"type":"error","message":…}`.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, Response};
use serde_json::{Value, json};

/// Stripe's words for a request that cannot be done.
pub const COULD_NOT: &str = "We couldn't process your request. Please try again later.";
/// Stripe's words for a failure on this side.
pub const WENT_WRONG: &str = "Something went wrong on our end. Please try again later.";

/// The answer to an update: 4xx when nothing has changed, 5xx when that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// For the customer; `None` on success.
    pub message: Option<Cow<'static, str>>,
}

impl Answer {
    /// The session is as the customer wants it.
    pub const SUCCESS: Self = Self { status: 200, message: None };
    /// The request is not one that this server takes.
    pub const BAD_REQUEST: Self = Self::error(400, COULD_NOT);
    /// Another page's request, or another visitor's session.
    pub const FORBIDDEN: Self = Self::error(403, COULD_NOT);
    /// There is no such thing.
    pub const NOT_FOUND: Self = Self::error(404, COULD_NOT);
    /// The key was used for something else.
    pub const KEY_REUSED: Self = Self::error(409, COULD_NOT);
    /// The body is longer than any that an endpoint takes.
    pub const TOO_LONG: Self = Self::error(413, COULD_NOT);
    /// The body is not JSON.
    pub const NOT_JSON: Self = Self::error(415, COULD_NOT);
    /// Something that is needed first could not be done, so nothing was changed.
    pub const NOT_NOW: Self = Self::error(424, COULD_NOT);
    /// Too much at once. Nothing was changed.
    pub const BUSY: Self = Self::error(429, COULD_NOT);
    /// The visitor, or everybody at that address, holds as much of the stock as they may. Nothing was changed.
    pub const TOO_MANY_HELD: Self =
        Self::error(429, "Too many of these are set aside for you at the moment. Please try again later.");
    /// A bug here, or a failure that Stripe repeats. Whether something has changed is not known, and asking again would
    /// not tell.
    pub const BROKEN: Self = Self::error(500, WENT_WRONG);
    /// Stripe failed or broke off. Whether something has changed is not known.
    pub const UPSTREAM: Self = Self::error(502, WENT_WRONG);
    /// Stripe was silent. Whether something has changed is not known.
    pub const TIMED_OUT: Self = Self::error(504, WENT_WRONG);

    const fn error(status: u16, message: &'static str) -> Self {
        Self { status, message: Some(Cow::Borrowed(message)) }
    }

    /// A refusal by the shop's own rules, in words for the customer.
    #[must_use]
    pub fn refused(message: impl Into<Cow<'static, str>>) -> Self {
        Self { status: 400, message: Some(message.into()) }
    }

    /// Whether it is a success.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.message.is_none()
    }

    /// One word for the metrics.
    #[must_use]
    pub fn outcome(&self) -> &'static str {
        match self.status {
            ..400 => "success",
            429 => "busy",
            400..500 => "refused",
            _ => "unknown",
        }
    }

    /// The HTTP answer.
    #[must_use]
    pub fn into_response(self) -> Response<Body> {
        let mut response = match &self.message {
            None => json_response(self.status, &json!({ "type": "success" })),
            Some(message) => json_response(self.status, &json!({ "type": "error", "message": message })),
        };
        if self.status == 429 {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// An answer with a JSON body.
#[must_use]
pub fn json_response(status: u16, body: &Value) -> Response<Body> {
    text_response(status, "application/json", body.to_string())
}

/// An answer with a body of any type.
#[must_use]
pub fn text_response(status: u16, content_type: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status.try_into().unwrap_or_default();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
