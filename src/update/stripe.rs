//! Stripe.js's side of an update: `runServerUpdate`, which calls the function and then fetches the session again.

/// How far Stripe.js is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stripe {
    /// The page calls `runServerUpdate` itself, out of our sight.
    External,
    /// `runServerUpdate` has not been called: the update waits for its turn.
    Waiting,
    /// `runServerUpdate` was called.
    Called {
        /// When.
        since: f64,
    },
    /// It failed, and whether that counts is not judged yet: the browser also ends its requests when the customer leaves.
    Lost {
        /// When it was called.
        since: f64,
        /// Whether the task after the failure is still to end.
        yielding: bool,
    },
    /// It has ended.
    Ended {
        /// When it was called.
        since: f64,
        /// Whether it succeeded.
        success: bool,
    },
}
