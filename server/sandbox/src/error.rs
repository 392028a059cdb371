//! What the API answers when it refuses: the documented error envelope.

use serde_json::{Value, json};

use crate::version::Version;

/// The documented `type` of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorType {
    /// `api_error`
    Api,
    /// `idempotency_error`
    Idempotency,
    /// `invalid_request_error`
    InvalidRequest,
}

impl ErrorType {
    fn name(self) -> &'static str {
        match self {
            Self::Api => "api_error",
            Self::Idempotency => "idempotency_error",
            Self::InvalidRequest => "invalid_request_error",
        }
    }
}

/// A refusal: its status and the fields of the envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// The HTTP status.
    pub status: u16,
    /// The `type` of the envelope.
    pub kind: ErrorType,
    /// The `code` of the envelope.
    pub code: Option<&'static str>,
    /// For the developer.
    pub message: String,
    /// The parameter at fault, in bracket form.
    pub param: Option<String>,
    /// Whether the endpoint had begun to execute: only then is the answer kept under an idempotency key.
    pub executed: bool,
}

impl ApiError {
    fn new(status: u16, code: Option<&'static str>, message: impl Into<String>) -> Self {
        Self { status, kind: ErrorType::InvalidRequest, code, message: message.into(), param: None, executed: false }
    }

    fn about(mut self, param: impl Into<String>) -> Self {
        self.param = Some(param.into());
        self
    }

    /// A parameter that breaks a rule of its own.
    pub fn parameter(code: &'static str, param: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(400, Some(code), message).about(param)
    }

    /// A value outside its rule, where the API gives no code (a text that is too long, a value that is not in an enum).
    pub fn invalid(param: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(400, None, message).about(param)
    }

    /// A number outside its range, or no number.
    pub fn integer(param: impl Into<String>, message: impl Into<String>) -> Self {
        Self::parameter("parameter_invalid_integer", param, message)
    }

    /// A required parameter that was not sent.
    pub fn missing(param: impl Into<String>) -> Self {
        let param = param.into();
        Self::parameter("parameter_missing", param.clone(), format!("Missing required param: {param}."))
    }

    /// A line item without a quantity: Stripe blames the item.
    pub fn no_quantity(item: &str) -> Self {
        Self::invalid(item, format!("Quantity is required. Add `quantity` to `{item}`"))
    }

    /// A parameter the endpoint does not take.
    pub fn unknown(param: impl Into<String>) -> Self {
        let param = param.into();
        Self::parameter("parameter_unknown", param.clone(), format!("Received unknown parameter: {param}"))
    }

    /// A parameter that other API versions have.
    pub fn unknown_in(param: &str, version: &str) -> Self {
        let message = format!("Received unknown parameter: {param}. (API version {version} does not have it.)");
        Self::parameter("parameter_unknown", param, message)
    }

    /// A parameter that only previews have.
    pub fn preview(param: &str) -> Self {
        let message = format!(
            "Received unknown parameter: {param}. (It is in preview: this sandbox knows it when started with --preview, \
             in requests whose Stripe-Version ends in `.preview` or names the beta of Stripe's guides.)"
        );
        Self::parameter("parameter_unknown", param, message)
    }

    /// A parameter that this sandbox leaves out.
    pub fn left_out(param: &str) -> Self {
        let message = format!("This sandbox does not implement the parameter: {param}");
        Self::parameter("parameter_unknown", param, message)
    }

    /// Parameters of which at most one may be sent.
    pub fn exclusive(param: impl Into<String>, names: &[&str]) -> Self {
        let message = format!("You may only specify one of these parameters: {}.", names.join(", "));
        Self::parameter("parameters_exclusive", param, message)
    }

    /// An id in a parameter that names nothing.
    pub fn no_such(what: &str, id: &str, param: impl Into<String>) -> Self {
        let mut error = Self::parameter("resource_missing", param, format!("No such {what}: '{id}'"));
        error.executed = true;
        error
    }

    /// A session id in the path that names nothing.
    pub fn no_such_session(id: &str) -> Self {
        let mut error = Self::no_such("checkout.session", id, "session");
        error.status = 404;
        error
    }

    /// A session whose status does not allow the request.
    pub fn closed(action: &str, status: &str) -> Self {
        let message = format!(
            "Only Checkout Sessions with a status in [\"open\"] can be {action}. This Checkout Session has a status of `{status}`."
        );
        let mut error = Self::new(400, Some("status_transition_invalid"), message).about("session");
        error.executed = true;
        error
    }

    /// The same refusal, found after execution began.
    pub fn while_executing(mut self) -> Self {
        self.executed = true;
        self
    }

    /// No key, or one that is not known.
    pub fn unauthorized(message: &str) -> Self {
        Self::new(401, None, message)
    }

    /// A publishable key, with which only browsers call.
    pub fn publishable() -> Self {
        let message = "This API call cannot be made with a publishable API key. Please use a secret API key. You can \
                       find a list of your API keys at https://dashboard.stripe.com/account/apikeys.";
        Self::new(403, Some("secret_key_required"), message)
    }

    /// A connected account that the key cannot act for. The key is shown as Stripe shows it.
    pub fn no_such_account(key: &str, account: &str) -> Self {
        let (kind, rest) = key.split_at_checked("sk_test_".len()).unwrap_or_default();
        let shown: String = rest.chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
        let message = format!(
            "The provided key '{kind}{}{shown}' does not have access to account '{account}' (or that account does not \
             exist). Application access may have been revoked.",
            "*".repeat(20)
        );
        Self::new(403, Some("account_invalid"), message)
    }

    /// A session id in the path that can be none.
    pub fn malformed_session(id: &str) -> Self {
        Self::request(format!("Invalid checkout.session id: {id}"))
    }

    /// A request that is wrong as a whole.
    pub fn request(message: impl Into<String>) -> Self {
        Self::new(400, None, message)
    }

    /// A `Stripe-Version` that was never released, or that this sandbox is too old for.
    pub fn no_such_version(text: &str) -> Self {
        let newest = Version::CURRENT_NAME;
        let newer = text.starts_with("20") && text.get(..10) > newest.get(..10);
        let hint = if newer { format!(". This sandbox knows versions up to {newest}.") } else { String::new() };
        Self::request(format!("Invalid Stripe API version: {text}{hint}"))
    }

    /// A path or method that does not exist.
    pub fn no_such_url(method: &str, path: &str) -> Self {
        let message = format!("Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs.");
        Self::new(404, None, message)
    }

    /// An idempotency key used for something else.
    pub fn idempotency(message: impl Into<String>) -> Self {
        Self { kind: ErrorType::Idempotency, ..Self::new(400, None, message) }
    }

    /// An idempotency key whose first request is still running.
    pub fn key_in_use() -> Self {
        let message =
            "There is currently another in-progress request using this Idempotency-Key. Please try again later.";
        Self::new(409, Some("idempotency_key_in_use"), message)
    }

    /// 429, which happens before execution.
    pub fn rate_limited() -> Self {
        Self::new(429, Some("rate_limit"), "Request rate limit exceeded.")
    }

    /// 500, kept under an idempotency key like any other result.
    pub fn internal() -> Self {
        let message = "An unknown error occurred.";
        Self { kind: ErrorType::Api, executed: true, ..Self::new(500, None, message) }
    }

    /// The envelope.
    pub fn body(&self) -> Value {
        let mut error = json!({ "message": self.message, "type": self.kind.name() });
        if let Some(fields) = error.as_object_mut() {
            if let Some(code) = self.code {
                fields.insert("code".into(), json!(code));
                let page = format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-"));
                fields.insert("doc_url".into(), json!(page));
            }
            if let Some(param) = &self.param {
                fields.insert("param".into(), json!(param));
            }
        }
        json!({ "error": error })
    }
}
