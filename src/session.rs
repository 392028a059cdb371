//! Checkout Session ids: what one looks like, and what is often passed in its place.

use std::fmt;

/// The longest id that is accepted, in bytes. Stripe asks for room for 255 characters in an id.
const LONGEST: usize = 255;

/// The id of a Checkout Session: `cs_test_…` or `cs_live_…`, never the client secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionId(String);

impl SessionId {
    /// Takes the id as text.
    ///
    /// # Errors
    ///
    /// [`InvalidSession`] says what was probably passed instead; it never holds the value.
    pub fn parse(text: &str) -> Result<Self, InvalidSession> {
        if text.is_empty() {
            return Err(InvalidSession::Empty);
        }
        if has_secret(text) {
            return Err(InvalidSession::ClientSecret);
        }
        let Some(rest) = text.strip_prefix("cs_test_").or_else(|| text.strip_prefix("cs_live_")) else {
            return Err(InvalidSession::of_prefix(text));
        };
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if rest.is_empty() || text.len() > LONGEST || !rest.bytes().all(allowed) {
            return Err(InvalidSession::Malformed);
        }
        Ok(Self(text.to_owned()))
    }

    /// The id as it is sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text has what every client secret has. By hand: the search of the standard library is 2 kB.
pub(crate) fn has_secret(text: &str) -> bool {
    text.as_bytes().windows(8).any(|window| window == b"_secret_")
}

/// Whether a text is an API key, or has what every client secret has.
pub(crate) fn is_secret(text: &str) -> bool {
    has_secret(text) || ["sk_", "rk_", "whsec_"].iter().any(|kind| text.starts_with(kind))
}

/// Why something is no session id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidSession {
    /// Nothing: neither the call, nor the option, nor Stripe.js names one.
    Missing,
    /// An empty string.
    Empty,
    /// No string at all.
    NotText,
    /// A client secret, which must never be sent to an update endpoint.
    ClientSecret,
    /// The id of a payment intent.
    PaymentIntent,
    /// An API key.
    ApiKey,
    /// Another id, or an id that is cut off or has characters that no id has.
    Malformed,
    /// The page's Stripe.js has another session than the one that was named.
    Another,
}

impl InvalidSession {
    fn of_prefix(text: &str) -> Self {
        if text.starts_with("pi_") {
            Self::PaymentIntent
        } else if ["sk_", "rk_", "pk_"].iter().any(|prefix| text.starts_with(prefix)) {
            Self::ApiKey
        } else {
            Self::Malformed
        }
    }

    /// A sentence for the person who wrote the page. It never holds the value.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Missing => "There is no session id: pass the `session` option, or Stripe.js's actions.",
            Self::Empty => "The session id is empty.",
            Self::NotText => "The session id must be a string.",
            Self::ClientSecret => "This is a client secret. Pass the session's id, which has no \"_secret_\".",
            Self::PaymentIntent => "This is a PaymentIntent. Pass the Checkout Session's id, cs_test_… or cs_live_….",
            Self::ApiKey => "This is an API key. Pass the Checkout Session's id, cs_test_… or cs_live_….",
            Self::Malformed => "The session id must look like cs_test_… or cs_live_….",
            Self::Another => "Stripe.js has another Checkout Session than the one named here.",
        }
    }
}

impl fmt::Display for InvalidSession {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.hint())
    }
}

impl std::error::Error for InvalidSession {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_test_and_live_ids() {
        for id in ["cs_test_a11YYufWQzNY63zpQ6QSNRQhkUpVph4WRmzW0zWJO2znZKdVujZ0N0S22u", "cs_live_b1"] {
            assert_eq!(SessionId::parse(id).map(|parsed| parsed.as_str().to_owned()), Ok(id.to_owned()));
        }
    }

    #[test]
    fn says_what_was_probably_passed() {
        for (text, reason) in [
            ("", InvalidSession::Empty),
            ("cs_test_a1_secret_b2", InvalidSession::ClientSecret),
            ("pi_3MtwBwLkdIwHu7ix_secret_YrKJ", InvalidSession::ClientSecret),
            ("pi_3MtwBwLkdIwHu7ix", InvalidSession::PaymentIntent),
            ("sk_test_4eC39H", InvalidSession::ApiKey),
            ("pk_test_4eC39H", InvalidSession::ApiKey),
            ("cs_test_", InvalidSession::Malformed),
            ("cs_a1", InvalidSession::Malformed),
            ("cs_test_a1/../x", InvalidSession::Malformed),
            ("cs_test_a1\n", InvalidSession::Malformed),
            (" cs_test_a1", InvalidSession::Malformed),
            ("cs_test_é", InvalidSession::Malformed),
        ] {
            assert_eq!(SessionId::parse(text), Err(reason), "{text:?}");
        }
        let of_length = |length: usize| SessionId::parse(&format!("cs_test_{}", "a".repeat(length - 8)));
        assert!(of_length(255).is_ok());
        assert_eq!(of_length(256), Err(InvalidSession::Malformed));
    }

    #[test]
    fn says_it_in_a_sentence() {
        for (reason, words) in [
            (InvalidSession::Missing, "no session id"),
            (InvalidSession::Empty, "is empty"),
            (InvalidSession::NotText, "a string"),
            (InvalidSession::ClientSecret, "a client secret"),
            (InvalidSession::PaymentIntent, "a PaymentIntent"),
            (InvalidSession::ApiKey, "an API key"),
            (InvalidSession::Malformed, "look like cs_test_"),
            (InvalidSession::Another, "another Checkout Session"),
        ] {
            assert!(reason.hint().contains(words) && reason.hint().ends_with('.'), "{reason:?}");
            assert_eq!(reason.to_string(), reason.hint());
        }
    }

    #[test]
    fn never_echoes_the_value() {
        let secret = "cs_test_a1_secret_b2";
        let reason = SessionId::parse(secret).unwrap_err();
        assert!(!format!("{reason} {reason:?}").contains("cs_test_a1"));
    }
}
