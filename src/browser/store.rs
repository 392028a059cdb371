//! What a page is shown of its updates, and who is told when that changes.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// What a page is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Whether an update has not settled.
    pub pending: bool,
    /// Whether the page may be showing totals that the server no longer has.
    pub stale: bool,
    /// Whether a payment or a hold is under way.
    pub paying: bool,
}

type Subscriber = Rc<dyn Fn()>;
/// Called once with whether the page is stale.
type TellStale = Box<dyn FnOnce(bool)>;

/// The snapshot that the page was told of last, its subscribers, and who waits until nothing is pending or nothing is stale.
#[derive(Default)]
pub struct Store {
    shown: Cell<Snapshot>,
    subscribers: RefCell<Vec<(u32, Subscriber)>>,
    last_subscriber: Cell<u32>,
    until_idle: RefCell<Vec<TellStale>>,
    until_fresh: RefCell<Vec<TellStale>>,
}

impl Store {
    /// What the page was told of last.
    pub fn shown(&self) -> Snapshot {
        self.shown.get()
    }

    /// Calls the subscriber after each change; returns the number by which `unsubscribe` ends this.
    pub fn subscribe(&self, subscriber: Subscriber) -> u32 {
        let number = self.last_subscriber.get().wrapping_add(1);
        self.last_subscriber.set(number);
        self.subscribers.borrow_mut().push((number, subscriber));
        number
    }

    /// Ends a subscription.
    pub fn unsubscribe(&self, number: u32) {
        let mut subscribers = self.subscribers.borrow_mut();
        let ended = subscribers.iter().position(|(known, _)| *known == number).map(|at| subscribers.remove(at));
        drop((subscribers, ended));
    }

    /// Calls this once with whether the page is stale, when nothing is pending.
    pub fn when_idle(&self, tell: TellStale) {
        self.until_idle.borrow_mut().push(tell);
    }

    /// Calls this once with whether the page is stale, when it is not.
    pub fn when_fresh(&self, tell: TellStale) {
        self.until_fresh.borrow_mut().push(tell);
    }

    /// Tells the page what there is now. `snapshot` is called again after the subscribers, since they may have begun an update.
    pub fn publish(&self, snapshot: &dyn Fn() -> Snapshot) {
        let now = snapshot();
        if self.shown.replace(now) != now {
            let subscribers = self.subscribers.borrow().clone();
            for (_, subscriber) in subscribers {
                subscriber();
            }
        }
        let now = snapshot();
        if !now.pending {
            tell_stale(&self.until_idle, now);
        }
        let now = snapshot();
        if !now.stale {
            tell_stale(&self.until_fresh, now);
        }
    }
}

/// Answers those who wait, with whether the page is stale.
#[inline(never)]
fn tell_stale(waiting: &RefCell<Vec<TellStale>>, now: Snapshot) {
    for tell in waiting.take() {
        tell(now.stale);
    }
}
