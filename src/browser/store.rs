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

type Listener = Rc<dyn Fn()>;
type Settled = Box<dyn FnOnce(bool)>;

/// The snapshot that the page was told of last, its subscribers, and who waits until nothing is pending.
#[derive(Default)]
pub struct Store {
    shown: Cell<Snapshot>,
    subscribers: RefCell<Vec<(u32, Listener)>>,
    last_subscriber: Cell<u32>,
    waiting: RefCell<Vec<Settled>>,
    /// Who waits until the page is no longer stale.
    resuming: RefCell<Vec<Settled>>,
}

impl Store {
    /// What the page was told of last.
    pub fn shown(&self) -> Snapshot {
        self.shown.get()
    }

    /// Calls the listener after each change; returns the number by which `unsubscribe` ends this.
    pub fn subscribe(&self, listener: Listener) -> u32 {
        let number = self.last_subscriber.get().wrapping_add(1);
        self.last_subscriber.set(number);
        self.subscribers.borrow_mut().push((number, listener));
        number
    }

    /// Ends a subscription.
    pub fn unsubscribe(&self, number: u32) {
        let mut subscribers = self.subscribers.borrow_mut();
        let ended = subscribers.iter().position(|(known, _)| *known == number).map(|at| subscribers.remove(at));
        drop((subscribers, ended));
    }

    /// Calls this once with whether the page is stale, when nothing is pending.
    pub fn when_settled(&self, settled: Settled) {
        self.waiting.borrow_mut().push(settled);
    }

    /// Calls this once with whether the page is stale, when it is not.
    pub fn when_fresh(&self, fresh: Settled) {
        self.resuming.borrow_mut().push(fresh);
    }

    /// Shows what there is now; `look` is asked again once the subscribers were told, since they may have begun an update.
    pub fn show(&self, look: &dyn Fn() -> Snapshot) {
        let now = look();
        if self.shown.replace(now) != now {
            let subscribers = self.subscribers.borrow().clone();
            for (_, listener) in subscribers {
                listener();
            }
        }
        let now = look();
        if !now.pending {
            tell(&self.waiting, now);
        }
        let now = look();
        if !now.stale {
            tell(&self.resuming, now);
        }
    }
}

/// Tells those who wait.
#[inline(never)]
fn tell(waiting: &RefCell<Vec<Settled>>, now: Snapshot) {
    for settled in waiting.take() {
        settled(now.stale);
    }
}
