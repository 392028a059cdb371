//! Which update runs next. Stripe.js runs one server update at a time, and so do we.
//!
//! The queue is the order of the updates themselves; those that the page hands to Stripe.js itself are not in it.

use crate::endpoint::Endpoint;
use crate::update::{Order, Update};

/// The most updates that wait.
pub const MOST_WAITING: usize = 32;

/// Where a new update goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It shares the outcome of the update at this position.
    Shared(usize),
    /// At the end of the queue.
    Last,
    /// Nowhere: too many are waiting.
    Full,
}

/// The position of a waiting update that the new one supersedes: same endpoint, same group.
#[must_use]
pub fn superseded(updates: &[Update], rules: &Endpoint, new: &Update) -> Option<usize> {
    if rules.latest < 0 {
        return None;
    }
    let Order::Request { group, .. } = new.order else { return None };
    updates.iter().position(|waiting| {
        let same = matches!(waiting.order, Order::Request { group: its, .. } if its == group);
        same && waiting.is_waiting() && waiting.endpoint == new.endpoint
    })
}

/// Where a new update goes, once what it supersedes is gone.
#[must_use]
pub fn place(updates: &[Update], rules: &Endpoint, new: &Update) -> Place {
    let last = updates.iter().rposition(|update| !update.is_apart());
    if let (true, Order::Request { .. }, Some(position)) = (rules.join, new.order, last) {
        let equal =
            |last: &Update| last.endpoint == new.endpoint && last.order == new.order && !last.callers.is_empty();
        if updates.get(position).is_some_and(equal) {
            return Place::Shared(position);
        }
    }
    if updates.iter().filter(|update| update.is_waiting()).count() >= MOST_WAITING { Place::Full } else { Place::Last }
}

/// The position of the update whose turn it is, if nobody else's is.
#[must_use]
pub fn next(updates: &[Update]) -> Option<usize> {
    let first = updates.iter().position(|update| !update.is_apart())?;
    updates.get(first)?.is_waiting().then_some(first)
}
