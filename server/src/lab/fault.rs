//! What can go wrong, by the words that the page uses.

use serde::Deserialize;

/// A fault. Where nothing else is said, the change is made as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// None; the visitor's requests are kept all the same.
    None,
    /// No answer ever comes.
    Silent,
    /// The answer takes 3 s.
    Slow,
    /// The change is made after 4 s, even if nobody waits for the answer any more.
    Late,
    /// The answer's head comes at once, and its body a byte a second, without end.
    Drip,
    /// 400 with a message. Nothing is changed.
    Refused,
    /// 200 with a body that says error. Nothing is changed.
    SaysError,
    /// 429 with `Retry-After`. Nothing is changed.
    RateLimited,
    /// 500.
    BrokenApplied,
    /// 500. Nothing is changed.
    Broken,
    /// The connection is reset in place of the answer.
    Reset,
    /// Every connection is reset for 3 s, the one that fetches the session too. Nothing is changed.
    NoNetwork,
    /// 200 with the page of a log-in. Nothing is changed.
    Login,
    /// The session ends first, so that the server's own rules refuse.
    Closed,
    /// The session cannot be fetched once, after the change.
    Refresh,
}

/// Which request it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Of the page, for a change.
    Update,
    /// Of the stand-in for Stripe.js, for the session.
    Refresh,
}

impl Fault {
    /// Whether it strikes such a request.
    #[must_use]
    pub fn strikes(self, kind: Kind) -> bool {
        match self {
            Self::NoNetwork => true,
            Self::Refresh => kind == Kind::Refresh,
            _ => kind == Kind::Update,
        }
    }
}
