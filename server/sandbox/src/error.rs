//! What the API answers when it refuses: the documented error envelope.

use serde_json::{Value, json};

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

/// The code of what the API documents no code for (a text that is too long, a value that is not in an enum).
pub const INVALID: &str = "parameter_invalid";

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

    /// A value outside its rule, where no code is documented.
    pub fn invalid(param: impl Into<String>, message: impl Into<String>) -> Self {
        Self::parameter(INVALID, param, message)
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

    /// A line item without a quantity: Stripe blames the item, and gives no code.
    pub fn no_quantity(item: &str) -> Self {
        Self::new(400, None, format!("Quantity is required. Add `quantity` to `{item}`")).about(item)
    }

    /// A parameter the endpoint does not take.
    pub fn unknown(param: impl Into<String>) -> Self {
        let param = param.into();
        Self::parameter("parameter_unknown", param.clone(), format!("Received unknown parameter: {param}"))
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
    pub fn unauthorized(code: Option<&'static str>, message: &str) -> Self {
        Self::new(401, code, message)
    }

    /// A request that is wrong as a whole.
    pub fn request(message: impl Into<String>) -> Self {
        Self::new(400, None, message)
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
                if code != INVALID {
                    let page = format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-"));
                    fields.insert("doc_url".into(), json!(page));
                }
            }
            if let Some(param) = &self.param {
                fields.insert("param".into(), json!(param));
            }
        }
        json!({ "error": error })
    }
}
