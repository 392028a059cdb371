//! What a page keeps: functions for Stripe.js, and what ends when it is dropped.

use std::rc::{Rc, Weak};

use js_sys::Function;

use crate::browser::{Client, Failure, UpdateSpec};

/// A function without arguments for `runServerUpdate`.
#[derive(Clone)]
pub struct UpdateFunction {
    pub(super) function: Function,
    pub(super) spec: Rc<UpdateSpec>,
    /// Whether its endpoint is declared by other updates.
    pub(super) is_foreign: bool,
}

impl UpdateFunction {
    /// The function to pass to Stripe.js.
    #[must_use]
    pub fn function(&self) -> &Function {
        &self.function
    }

    /// How the last call failed; `None` before the first call, while it runs, and after a success.
    #[must_use]
    pub fn failure(&self) -> Option<Rc<Failure>> {
        self.spec.failure()
    }
}

/// A listener of [`Updates::subscribe`](crate::Updates::subscribe). Dropping it unsubscribes.
///
/// ```no_run
/// # fn example(updates: checkout_updates::Updates) {
/// let listening = updates.subscribe(|| web_sys::console::log_1(&"changed".into()));
/// drop(listening);
/// # }
/// ```
#[must_use = "it ends when it is dropped"]
pub struct Subscription {
    pub(super) client: Weak<Client>,
    pub(super) number: u32,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(client) = self.client.upgrade() {
            client.unsubscribe(self.number);
        }
    }
}

/// A hold of [`Updates::hold`](crate::Updates::hold). Dropping it ends the hold.
#[must_use = "it ends when it is dropped"]
pub struct Hold {
    pub(super) client: Weak<Client>,
    pub(super) id: u32,
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(client) = self.client.upgrade() {
            client.release(self.id);
        }
    }
}
