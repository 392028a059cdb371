//! Requests to Stripe's API: form bodies, a pinned version, a key for every change, and a limit in time.

use std::time::Duration;

use axum::body::Bytes;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName};
use axum::http::{HeaderMap, HeaderValue, Method, Request, Uri};
use checkout_updates::session::SessionId;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};

use super::error::{Refusal, StripeError};
use super::form::encode_into;
use super::types::{LineItem, List, Session};
use crate::metrics::Metrics;
use crate::secret::Secret;

/// The longest answer that is read, in bytes. A session with 100 line items takes a tenth of it.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;
/// Idle connections are given up before Stripe does it, so that no request meets one that is just closing.
const IDLE: Duration = Duration::from_secs(20);

const STRIPE_VERSION: HeaderName = HeaderName::from_static("stripe-version");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REQUEST_ID: HeaderName = HeaderName::from_static("request-id");

/// Talks to Stripe, or to the sandbox in the same words.
#[derive(Clone, Debug)]
pub struct Client {
    http: hyper_util::client::legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    base: String,
    headers: HeaderMap,
    metrics: Metrics,
}

/// An answer as Stripe gave it.
#[derive(Debug)]
pub struct Reply {
    /// The JSON text.
    pub body: Bytes,
    /// From the `request-id` header.
    pub request_id: String,
}

impl Reply {
    /// The object in it.
    ///
    /// # Errors
    ///
    /// [`StripeError::Malformed`] when it is another than expected.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, StripeError> {
        serde_json::from_slice(&self.body).map_err(|_| StripeError::Malformed)
    }
}

/// Why there can be no client: the key or the version has characters that no header takes.
#[derive(Debug)]
pub struct BadHeader(&'static str);

impl std::fmt::Display for BadHeader {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} has characters that no HTTP header takes", self.0)
    }
}

impl std::error::Error for BadHeader {}

impl Client {
    /// A client for the API at `base`, such as `https://api.stripe.com`.
    ///
    /// # Errors
    ///
    /// [`BadHeader`] names what cannot be put in a header.
    pub fn new(base: &str, key: &Secret, version: &str, metrics: Metrics) -> Result<Self, BadHeader> {
        let mut bearer =
            HeaderValue::from_str(&format!("Bearer {}", key.reveal())).map_err(|_| BadHeader("STRIPE_SECRET_KEY"))?;
        bearer.set_sensitive(true);
        let version = HeaderValue::from_str(version).map_err(|_| BadHeader("STRIPE_API_VERSION"))?;
        let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer), (STRIPE_VERSION, version)]);
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.enforce_http(false);
        let connector =
            HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().wrap_connector(connector);
        let http = hyper_util::client::legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        Ok(Self { http, base: base.trim_end_matches('/').to_owned(), headers, metrics })
    }

    /// A session with **all** its line items and their taxes.
    ///
    /// # Errors
    ///
    /// [`StripeError`]; nothing has changed.
    pub async fn session(&self, id: &SessionId, deadline: Instant) -> Result<Session, StripeError> {
        let path = format!("{}?expand[0]=line_items&expand[1]=line_items.data.taxes", session_path(id));
        let mut session: Session = self.get("retrieve", &path, deadline).await?.read()?;
        let mut items = session.line_items.take().ok_or(StripeError::Malformed)?;
        while items.has_more {
            let last = items.data.last().map(|item| item.id.clone()).ok_or(StripeError::Malformed)?;
            let mut path = format!("{}/line_items?limit=100&expand[0]=data.taxes&starting_after=", session_path(id));
            encode_into(&mut path, &last);
            let page: List<LineItem> = self.get("list_line_items", &path, deadline).await?.read()?;
            items.has_more = page.has_more;
            items.data.extend(page.data);
        }
        session.line_items = Some(items);
        Ok(session)
    }

    /// A GET request.
    ///
    /// # Errors
    ///
    /// [`StripeError`]; nothing has changed.
    pub async fn get(&self, operation: &'static str, path: &str, deadline: Instant) -> Result<Reply, StripeError> {
        self.send(operation, Method::GET, path, None, deadline).await
    }

    /// A POST request. `key` makes saying it twice safe.
    ///
    /// # Errors
    ///
    /// [`StripeError`], which knows whether something may have changed.
    pub async fn post(
        &self,
        operation: &'static str,
        path: &str,
        form: String,
        key: &str,
        deadline: Instant,
    ) -> Result<Reply, StripeError> {
        self.send(operation, Method::POST, path, Some((form, key)), deadline).await
    }

    async fn send(
        &self,
        operation: &'static str,
        method: Method,
        path: &str,
        change: Option<(String, &str)>,
        deadline: Instant,
    ) -> Result<Reply, StripeError> {
        let result = match timeout_at(deadline, self.exchange(method, path, change)).await {
            Ok(result) => result,
            Err(_) => Err(StripeError::TimedOut),
        };
        self.metrics.stripe_request(operation, result.as_ref().err());
        match &result {
            Ok(reply) => tracing::debug!(operation, stripe_request_id = reply.request_id, "stripe answered"),
            Err(error) => tracing::warn!(operation, %error, "stripe request failed"),
        }
        result
    }

    async fn exchange(&self, method: Method, path: &str, change: Option<(String, &str)>) -> Result<Reply, StripeError> {
        let uri: Uri = format!("{}{path}", self.base).parse().map_err(|_| StripeError::Malformed)?;
        let (body, key) = change.map_or((Bytes::new(), None), |(form, key)| (Bytes::from(form), Some(key)));
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers.clone();
        if let Some(key) = key {
            let key = HeaderValue::from_str(key).map_err(|_| StripeError::Malformed)?;
            request.headers_mut().insert(IDEMPOTENCY_KEY, key);
            let form = HeaderValue::from_static("application/x-www-form-urlencoded");
            request.headers_mut().insert(CONTENT_TYPE, form);
        }
        let response = self
            .http
            .request(request)
            .await
            .map_err(|error| if error.is_connect() { StripeError::Unreachable } else { StripeError::Dropped })?;
        let status = response.status();
        let request_id = response.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or("").to_owned();
        let body = Limited::new(response.into_body(), LONGEST_ANSWER).collect().await;
        if status.is_success() {
            return Ok(Reply { body: body.map_err(|_| StripeError::Dropped)?.to_bytes(), request_id });
        }
        // The status has said it all; the body only explains, so a broken one changes nothing.
        let body = body.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        Err(StripeError::Answered(Box::new(refusal(status.as_u16(), request_id, &body))))
    }
}

/// Where a session is found.
#[must_use]
pub fn session_path(id: &SessionId) -> String {
    format!("/v1/checkout/sessions/{}", id.as_str())
}

fn refusal(status: u16, request_id: String, body: &[u8]) -> Refusal {
    #[derive(Default, Deserialize)]
    struct Envelope {
        error: Detail,
    }
    #[derive(Default, Deserialize)]
    struct Detail {
        #[serde(default, rename = "type")]
        kind: String,
        #[serde(default)]
        code: Option<String>,
        #[serde(default)]
        param: Option<String>,
        #[serde(default)]
        message: Option<String>,
    }
    let Envelope { error } = serde_json::from_slice(body).unwrap_or_default();
    Refusal {
        status,
        kind: error.kind,
        code: error.code.unwrap_or_default(),
        param: error.param.unwrap_or_default(),
        message: error.message.unwrap_or_default(),
        request_id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_error_envelope_and_does_without() {
        let body = br#"{"error":{"type":"invalid_request_error","code":"resource_missing","param":"price","message":"No such price"}}"#;
        let read = refusal(404, "req_1".to_owned(), body);
        assert_eq!((read.kind.as_str(), read.code.as_str()), ("invalid_request_error", "resource_missing"));
        assert_eq!((read.param.as_str(), read.message.as_str()), ("price", "No such price"));
        assert_eq!(refusal(502, String::new(), b"<html>"), Refusal { status: 502, ..Refusal::default() });
    }

    #[test]
    fn shows_no_key() {
        let client =
            Client::new("https://api.stripe.com/", &Secret::new("sk_test_hidden"), "v", Metrics::new()).unwrap();
        assert!(!format!("{client:?}").contains("hidden"));
        let error = Client::new("x", &Secret::new("sk_test_\n"), "v", Metrics::new()).unwrap_err();
        assert!(error.to_string().starts_with("STRIPE_SECRET_KEY"));
    }
}
