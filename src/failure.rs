//! What is recorded when an update does not succeed.

/// An enum whose values have a word each: that of JavaScript, the beacon and the docs. A new value is one line here.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum $name {
            $($(#[$doc])* $variant,)*
        }

        impl $name {
            /// Every value, in the order of their numbers.
            pub const ALL: [Self; [$($word),*].len()] = [$(Self::$variant),*];

            /// The word that JavaScript and the docs use.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// The value of this word.
            #[must_use]
            pub fn of_name(name: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|value| value.name() == name)
            }
        }
    };
}

pub(crate) use words;

words! {
    /// What happened, as one word. `docs/failures.md` says when each arises.
    Kind {
        /// The intent does not fit its rules; nothing was sent.
        InvalidIntent = "invalid_intent",
        /// The session id is none, or another session's; nothing was sent.
        InvalidSession = "invalid_session",
        /// What was passed has no `runServerUpdate`.
        Unsupported = "unsupported",
        /// The module cannot be loaded.
        Unavailable = "unavailable",
        /// The Checkout Session is not open.
        SessionClosed = "session_closed",
        /// Too many updates are waiting.
        Busy = "busy",
        /// The customer is paying, or a wallet's sheet is open; nothing was sent.
        Paying = "paying",
        /// A function of the page threw.
        CallbackFailed = "callback_failed",
        /// Superseded, cancelled, disposed or left.
        Cancelled = "cancelled",
        /// The deadline passed, or nobody's turn came.
        Timeout = "timeout",
        /// No answer.
        Network = "network",
        /// The server said no.
        Refused = "refused",
        /// The server said: later.
        RateLimited = "rate_limited",
        /// The server failed; what it did before is not known.
        ServerError = "server_error",
        /// A 2xx that is no answer, or a redirect.
        BadResponse = "bad_response",
        /// Stripe.js failed without calling the function, or ended while it ran.
        StripeError = "stripe_error",
        /// The server applied it and Stripe.js could not fetch the session again.
        RefreshFailed = "refresh_failed",
        /// A bug here.
        Internal = "internal",
    }
}

impl Kind {
    /// Whether its message is the server's own, where that is for customers. After any other failure nobody has said no,
    /// and what a server said then is no answer to what the customer asks: whether the order has changed.
    #[must_use]
    pub fn shows_servers_words(self) -> bool {
        matches!(self, Self::Refused | Self::RateLimited)
    }
}

words! {
    /// Did the server make the change?
    Applied {
        /// It did not.
        No = "no",
        /// It did.
        Yes = "yes",
        /// Nobody here can tell.
        Unknown = "unknown",
    }
}

words! {
    /// Why an update was cancelled.
    Reason {
        /// A later update of the same thing took its place.
        Superseded = "superseded",
        /// By `cancel`.
        Cancelled = "cancelled",
        /// By the caller's signal.
        Signal = "signal",
        /// By `dispose`.
        Disposed = "disposed",
        /// The customer left the page.
        Left = "left",
    }
}

/// What decides and counts of the record. Texts go around it: the request id, the server's message, a field's name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FailureFacts {
    /// What happened.
    pub kind: Kind,
    /// Did the server make the change?
    pub applied: Applied,
    /// The status of the last answer.
    pub status: Option<u16>,
    /// Milliseconds since the function was called, or since `run` was where it never was.
    pub duration: f64,
    /// Requests that were sent.
    pub attempts: u32,
    /// For a cancelled update: why.
    pub reason: Option<Reason>,
}

impl FailureFacts {
    /// A failure of what sent nothing.
    #[must_use]
    pub fn bare(kind: Kind, applied: Applied) -> Self {
        Self { kind, applied, status: None, duration: 0.0, attempts: 0, reason: None }
    }
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
}
