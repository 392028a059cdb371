//! Which update runs next. Stripe.js runs one server update at a time, and so do we.
//!
//! The queue is the order of the updates themselves; external ones are not in it.

use crate::endpoint::Endpoint;
use crate::payload::Payload;
use crate::update::Update;

/// The most updates that wait.
pub const MOST_WAITING: usize = 32;

/// What becomes of a new update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It shares the outcome of the update at this position.
    Join(usize),
    /// It waits for its turn.
    Queue,
    /// It is refused: too many are waiting.
    Full,
}

/// The position of a waiting update that the new one supersedes: of the same endpoint and the same group.
#[must_use]
pub fn superseded(updates: &[Update], new: &Update) -> Option<usize> {
    let Payload::Request { group: Some(group), .. } = new.payload() else { return None };
    updates.iter().position(|waiting| {
        let same = matches!(waiting.payload(), Payload::Request { group: Some(its), .. } if its == group);
        same && waiting.is_waiting() && waiting.endpoint == new.endpoint
    })
}

/// What becomes of a new update, once the one that it supersedes is gone.
#[must_use]
pub fn admit(updates: &[Update], endpoint: &Endpoint, new: &Update) -> Admission {
    let last = updates.iter().rposition(|update| !update.is_external());
    if let (true, Payload::Request { .. }, Some(position)) = (endpoint.dedupe, new.payload(), last) {
        let equal = |last: &Update| {
            last.endpoint == new.endpoint && last.payload() == new.payload() && !last.waiters.is_empty()
        };
        if updates.get(position).is_some_and(equal) {
            return Admission::Join(position);
        }
    }
    let waiting = updates.iter().filter(|update| update.is_waiting()).count();
    if waiting >= MOST_WAITING { Admission::Full } else { Admission::Queue }
}

/// The position of the update whose turn it is, if no other has it.
#[must_use]
pub fn next(updates: &[Update]) -> Option<usize> {
    let first = updates.iter().position(|update| !update.is_external())?;
    updates.get(first)?.is_waiting().then_some(first)
}
