//! What is recorded when an update does not succeed.

/// What happened, as one word. `docs/failures.md` says when each arises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// The intent does not fit its rules; nothing was sent.
    InvalidIntent,
    /// The session id is none, or another session's; nothing was sent.
    InvalidSession,
    /// What was passed has no `runServerUpdate`.
    Unsupported,
    /// The module cannot be loaded.
    Unavailable,
    /// The Checkout Session is not open.
    SessionClosed,
    /// Too many updates are waiting.
    Busy,
    /// A function of the page threw.
    CallbackFailed,
    /// Superseded, cancelled, disposed or left.
    Cancelled,
    /// The deadline passed, or nobody's turn came.
    Timeout,
    /// No answer.
    Network,
    /// The server said no.
    Refused,
    /// The server said: later.
    RateLimited,
    /// The server failed; what it did before is not known.
    ServerError,
    /// A 2xx that is no answer, or a redirect.
    BadResponse,
    /// Stripe.js failed without calling the function, or ended while it ran.
    StripeError,
    /// The server applied it and Stripe.js could not fetch the session again.
    RefreshFailed,
    /// A bug here.
    Internal,
}

impl Kind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; 17] = [
        Self::InvalidIntent,
        Self::InvalidSession,
        Self::Unsupported,
        Self::Unavailable,
        Self::SessionClosed,
        Self::Busy,
        Self::CallbackFailed,
        Self::Cancelled,
        Self::Timeout,
        Self::Network,
        Self::Refused,
        Self::RateLimited,
        Self::ServerError,
        Self::BadResponse,
        Self::StripeError,
        Self::RefreshFailed,
        Self::Internal,
    ];

    /// The name that JavaScript, the beacon and the docs use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::InvalidIntent => "invalid_intent",
            Self::InvalidSession => "invalid_session",
            Self::Unsupported => "unsupported",
            Self::Unavailable => "unavailable",
            Self::SessionClosed => "session_closed",
            Self::Busy => "busy",
            Self::CallbackFailed => "callback_failed",
            Self::Cancelled => "cancelled",
            Self::Timeout => "timeout",
            Self::Network => "network",
            Self::Refused => "refused",
            Self::RateLimited => "rate_limited",
            Self::ServerError => "server_error",
            Self::BadResponse => "bad_response",
            Self::StripeError => "stripe_error",
            Self::RefreshFailed => "refresh_failed",
            Self::Internal => "internal",
        }
    }

    /// The kind of this name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Did the server make the change?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// It did not.
    No,
    /// It did.
    Yes,
    /// Nobody here can tell.
    Unknown,
}

impl Applied {
    /// The word that JavaScript and the docs use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Yes => "yes",
            Self::Unknown => "unknown",
        }
    }

    /// What this word says.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::No, Self::Yes, Self::Unknown].into_iter().find(|applied| applied.name() == name)
    }
}

/// Why an update was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A later update of the same thing took its place.
    Superseded,
    /// By `cancel`.
    Cancelled,
    /// By the caller's signal.
    Signal,
    /// By `dispose`.
    Disposed,
    /// The customer left the page.
    Left,
}

impl Reason {
    /// The word that JavaScript and the docs use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Superseded => "superseded",
            Self::Cancelled => "cancelled",
            Self::Signal => "signal",
            Self::Disposed => "disposed",
            Self::Left => "left",
        }
    }

    /// The reason of this word.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let all = [Self::Superseded, Self::Cancelled, Self::Signal, Self::Disposed, Self::Left];
        all.into_iter().find(|reason| reason.name() == name)
    }
}

/// What decides and counts of the record. Texts go around it: the request id, the server's message, a field's name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Failure {
    /// What happened.
    pub kind: Kind,
    /// Did the server make the change?
    pub applied: Applied,
    /// The status of the last answer; 0 where there was none.
    pub status: u16,
    /// Milliseconds since the function was called, or since `run` was where it never was.
    pub duration: f64,
    /// Requests that were sent.
    pub attempts: u32,
    /// For a cancelled update: why.
    pub reason: Option<Reason>,
}

impl Failure {
    /// A failure of what sent nothing.
    #[must_use]
    pub fn bare(kind: Kind, applied: Applied) -> Self {
        Self { kind, applied, status: 0, duration: 0.0, attempts: 0, reason: None }
    }
}

/// The most characters of a server's message that are shown to a customer.
const LONGEST_MESSAGE: usize = 500;

/// Whether a server's message can be shown to a customer: some text, not too long, no markup.
#[must_use]
pub fn is_showable(message: &str) -> bool {
    let markup = message.as_bytes().windows(2).any(|pair| match pair {
        [b'<', next] => next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?'),
        _ => false,
    });
    // A character's first byte is the one that continues none.
    let characters = message.bytes().filter(|byte| byte & 0xc0 != 0x80).count();
    !markup && !message.trim_ascii().is_empty() && characters <= LONGEST_MESSAGE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_again() {
        for (number, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, number);
            assert_eq!(Kind::of_name(kind.name()), Some(kind));
        }
        assert_eq!(Kind::of_name("none"), None);
    }

    #[test]
    fn shows_text_only() {
        for message in ["Only 3 are left.", "a < b", "1 <2", "x"] {
            assert!(is_showable(message), "{message}");
        }
        assert!(is_showable(&"é".repeat(500)));
        for message in ["", "  ", "<b>no</b>", "</p>", "<!doctype html>", "<?php"] {
            assert!(!is_showable(message), "{message}");
        }
        assert!(!is_showable(&"é".repeat(501)));
    }
}
