//! How a request to Stripe can fail, and whether it may have changed something.

use std::fmt;

/// A request that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StripeError {
    /// Stripe's error answer.
    Answered(Box<Refusal>),
    /// No connection could be made, so nothing was sent.
    Unreachable,
    /// The connection ended before there was a whole answer.
    Dropped,
    /// Time was up before there was a whole answer.
    TimedOut,
    /// An answer that cannot be read.
    Malformed,
}

/// What Stripe's error answer says. It is for the log: the customer never sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// `invalid_request_error`, `idempotency_error`, `api_error`, …
    pub kind: String,
    /// `resource_missing`, `parameter_unknown`, …
    pub code: String,
    /// The parameter that is to blame.
    pub param: String,
    /// Stripe's words.
    pub message: String,
    /// From the `request-id` header.
    pub request_id: String,
}

impl StripeError {
    /// Whether Stripe has surely not done what was asked.
    #[must_use]
    pub fn nothing_changed(&self) -> bool {
        match self {
            // 409: a request with the same key is still running. An idempotency error: an earlier one was there.
            Self::Answered(refusal) => {
                (400..500).contains(&refusal.status)
                    && refusal.status != 408
                    && refusal.status != 409
                    && !self.is_other_use_of_key()
            }
            Self::Unreachable => true,
            Self::Dropped | Self::TimedOut | Self::Malformed => false,
        }
    }

    /// The HTTP status, where Stripe answered.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Answered(refusal) => Some(refusal.status),
            _ => None,
        }
    }

    /// Whether the idempotency key was used for another request before.
    #[must_use]
    pub fn is_other_use_of_key(&self) -> bool {
        matches!(self, Self::Answered(refusal) if refusal.kind == "idempotency_error")
    }

    /// Whether the object does not exist.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.status() == Some(404)
    }
}

impl fmt::Display for StripeError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answered(refusal) => {
                write!(formatter, "{} {} {}", refusal.status, refusal.kind, refusal.code)?;
                if !refusal.param.is_empty() {
                    write!(formatter, " ({})", refusal.param)?;
                }
                write!(formatter, ": {} [{}]", refusal.message, refusal.request_id)
            }
            Self::Unreachable => formatter.write_str("no connection"),
            Self::Dropped => formatter.write_str("the connection was dropped"),
            Self::TimedOut => formatter.write_str("no answer in time"),
            Self::Malformed => formatter.write_str("an answer that cannot be read"),
        }
    }
}

impl std::error::Error for StripeError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_when_nothing_changed() {
        let answered = |status, kind: &str| {
            StripeError::Answered(Box::new(Refusal { status, kind: kind.to_owned(), ..Refusal::default() }))
        };
        for (error, nothing_changed) in [
            (answered(400, "invalid_request_error"), true),
            (answered(400, "idempotency_error"), false),
            (answered(404, "invalid_request_error"), true),
            (answered(408, ""), false),
            (answered(409, "invalid_request_error"), false),
            (answered(429, "invalid_request_error"), true),
            (answered(500, "api_error"), false),
            (answered(302, ""), false),
            (StripeError::Unreachable, true),
            (StripeError::Dropped, false),
            (StripeError::TimedOut, false),
            (StripeError::Malformed, false),
        ] {
            assert_eq!(error.nothing_changed(), nothing_changed, "{error}");
        }
    }
}
