//! How far the function of an update is.

use crate::failure::{FailureFacts, Kind};

/// How far the function is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stage {
    /// Not called yet.
    Idle,
    /// It waits for the page's CSRF token.
    Token,
    /// An attempt is under way.
    Sent {
        /// Since when.
        since: f64,
    },
    /// An attempt ended without an answer, and is not judged yet.
    Lost(PendingVerdict),
    /// It waits before the next attempt.
    Pause {
        /// Until when.
        until: f64,
    },
    /// Its promise has settled.
    Ended {
        /// When.
        at: f64,
        /// How.
        result: Result<(), FailureFacts>,
    },
}

/// An attempt that ended without an answer. Either it failed, or the browser ended it since the customer leaves, which the
/// page hears of only later.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PendingVerdict {
    /// What it is if the page stays.
    pub kind: Kind,
    /// Whether the attempt may be repeated.
    pub repeatable: bool,
    /// Whether a request was sent; else the CSRF token could not be had.
    pub sent: bool,
    /// Whether the task after it is still to end.
    pub yielding: bool,
}
