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

    /// Whether its message is the server's own, where that is for customers. After any other failure nobody has said no,
    /// and what a server said then is no answer to what the customer asks: whether the order has changed.
    #[must_use]
    pub fn shows_servers_words(self) -> bool {
        matches!(self, Self::Refused | Self::RateLimited)
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

/// HTTP's own reason phrases (RFC 9110, section 15, the registry of IANA, and the older names that frameworks kept),
/// letters only and in lower case.
const PHRASES: &str = " continue switchingprotocols processing earlyhints ok created accepted \
    nonauthoritativeinformation nocontent resetcontent partialcontent multistatus alreadyreported imused multiplechoices \
    movedpermanently found movedtemporarily seeother notmodified useproxy temporaryredirect permanentredirect badrequest \
    unauthorized paymentrequired forbidden notfound methodnotallowed notacceptable proxyauthenticationrequired \
    requesttimeout conflict gone lengthrequired preconditionfailed contenttoolarge payloadtoolarge \
    requestentitytoolarge uritoolong requesturitoolong unsupportedmediatype rangenotsatisfiable \
    requestedrangenotsatisfiable expectationfailed imateapot misdirectedrequest unprocessablecontent \
    unprocessableentity locked faileddependency tooearly upgraderequired preconditionrequired toomanyrequests \
    requestheaderfieldstoolarge unavailableforlegalreasons internalservererror servererror notimplemented badgateway \
    serviceunavailable gatewaytimeout httpversionnotsupported variantalsonegotiates insufficientstorage loopdetected \
    notextended networkauthenticationrequired ";

/// The words for a customer that a server's answer has: the first of its `message`, its `error`, the `message` of its
/// `error` and its `detail` (RFC 9457), each where it is a string, that is a sentence for people.
#[must_use]
pub fn words(candidates: [Option<&str>; 4]) -> Option<&str> {
    candidates.into_iter().flatten().find(|text| is_showable(text))
}

/// Whether a server's message can be shown to a customer: some text, not too long, no markup, none of HTTP's own phrases
/// and no bare code.
#[must_use]
pub fn is_showable(message: &str) -> bool {
    let text = message.trim_ascii();
    let markup = text.as_bytes().windows(2).any(|pair| match pair {
        [b'<', next] => next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?'),
        _ => false,
    });
    // A character's first byte is the one that continues none.
    let characters = text.bytes().filter(|byte| byte & 0xc0 != 0x80).count();
    !markup && !text.is_empty() && characters <= LONGEST_MESSAGE && !is_code(text) && !is_phrase(text)
}

/// Whether a text is for programs: one word of ASCII letters, digits and `_.:/-` (`out_of_stock`, `ERR_FOO`, `outOfStock`,
/// `declined`, `4012`, a URL). What a person would write stays: with a capital ("Expired", "Sold-out") or ended
/// ("sorry.", "Sorry!").
fn is_code(text: &str) -> bool {
    let word = text.strip_suffix('.').unwrap_or(text);
    let mut bytes = word.bytes();
    let capital = bytes.next().is_some_and(|first| first.is_ascii_uppercase());
    let written = (capital && bytes.all(|byte| byte.is_ascii_lowercase() || byte == b'-'))
        || (word.len() < text.len() && word.bytes().all(|byte| byte.is_ascii_alphabetic()));
    !written && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.:/-".contains(&byte))
}

/// Whether a text is one of HTTP's reason phrases, alone or behind its status ("404 Not Found", "HTTP 502: Bad gateway").
fn is_phrase(text: &str) -> bool {
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).map(|byte| byte.to_ascii_lowercase());
    let mut wanted: Vec<u8> = Vec::with_capacity(text.len() + 2);
    wanted.push(b' ');
    wanted.extend(letters);
    if text.is_ascii() && wanted.starts_with(b" http") && !wanted.starts_with(b" httpversion") {
        wanted.drain(1..5);
    }
    wanted.push(b' ');
    text.is_ascii() && PHRASES.as_bytes().windows(wanted.len()).any(|window| window == wanted)
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
    fn words_are_those_of_the_docs() {
        for (applied, word) in [(Applied::No, "no"), (Applied::Yes, "yes"), (Applied::Unknown, "unknown")] {
            assert_eq!((applied.name(), Applied::of_name(word)), (word, Some(applied)));
        }
        for (reason, word) in [
            (Reason::Superseded, "superseded"),
            (Reason::Cancelled, "cancelled"),
            (Reason::Signal, "signal"),
            (Reason::Disposed, "disposed"),
            (Reason::Left, "left"),
        ] {
            assert_eq!((reason.name(), Reason::of_name(word)), (word, Some(reason)));
        }
        assert_eq!((Applied::of_name("none"), Reason::of_name("none")), (None, None));
    }

    #[test]
    fn only_after_a_no_the_servers_words_are_shown() {
        let shown: Vec<_> = Kind::ALL.into_iter().filter(|kind| kind.shows_servers_words()).collect();
        assert_eq!(shown, [Kind::Refused, Kind::RateLimited]);
    }

    #[test]
    fn shows_text_only() {
        for message in ["Only 3 are left.", "a < b", "1 <2", "é", "売り切れ"] {
            assert!(is_showable(message), "{message}");
        }
        assert!(is_showable(&"é".repeat(500)));
        for message in ["", "  ", "<b>no</b>", "</p>", "<!doctype html>", "<?php", "Sorry: <br>"] {
            assert!(!is_showable(message), "{message}");
        }
        assert!(!is_showable(&"é".repeat(501)));
        assert!(is_showable(&"no, ".repeat(125)));
        assert!(!is_showable(&"no, ".repeat(126)));
    }

    #[test]
    fn a_bare_code_is_not_for_customers() {
        for code in [
            "out_of_stock",
            "ERR_FOO",
            "OUT",
            "outOfStock",
            "OutOfStock",
            "resource.missing",
            "out-of-stock",
            "declined",
            "E1001",
            "4012",
            "urn:problem:stock",
            "https://shop.example/problems/stock",
            " out_of_stock\n",
        ] {
            assert!(!is_showable(code), "{code}");
        }
        for sentence in
            ["Sorry!", "Sorry.", "sorry.", "No.", "Expired", "Sold-out", "Épuisé", "out of stock", "l'offre"]
        {
            assert!(is_showable(sentence), "{sentence}");
        }
    }

    #[test]
    fn a_phrase_of_http_is_not_for_customers() {
        for phrase in [
            "Bad Request",
            "bad request.",
            "INTERNAL SERVER ERROR",
            "404 Not Found",
            "HTTP 502: Bad gateway",
            "HTTP/1.1 409 Conflict",
            "HTTP Version Not Supported",
            "Unprocessable Entity",
            "URI Too Long",
            "I'm a teapot",
            "Not Found!",
        ] {
            assert!(!is_showable(phrase), "{phrase}");
        }
        for sentence in ["Not found in this shop.", "Bad", "Too many.", "Request", "Found: nothing", "Gateway"] {
            assert!(is_showable(sentence), "{sentence}");
        }
    }

    #[test]
    fn the_first_sentence_is_taken() {
        let (code, phrase, no) = (Some("out_of_stock"), Some("Bad Request"), Some("Only 3 left."));
        assert_eq!(words([Some("First."), no, no, no]), Some("First."));
        assert_eq!(words([None, code, no, Some("Later.")]), no);
        assert_eq!(words([phrase, code, None, no]), no);
        assert_eq!(words([phrase, code, Some("<b>"), None]), None);
    }
}
