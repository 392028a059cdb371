//! What a page is shown of its updates, and who is told when that changes.

use std::cell::{Cell, RefCell};

use js_sys::Function;
use wasm_bindgen::JsValue;

use super::promise::Deferred;
use super::{client, object};

/// Whether updates are pending, and whether the page is stale.
#[derive(Default)]
pub struct State {
    stale: Cell<bool>,
    pending: Cell<bool>,
    /// The same object until something changes.
    snapshot: RefCell<Option<JsValue>>,
    shown_stale: Cell<bool>,
    listeners: RefCell<Vec<(u32, Function)>>,
    last_listener: Cell<u32>,
    idle: RefCell<Vec<Deferred>>,
}

impl State {
    /// Whether the page may be showing totals that the server no longer has.
    pub fn is_stale(&self) -> bool {
        self.stale.get()
    }

    /// Says so, or not; `show` tells of it.
    pub fn set_stale(&self, stale: bool) {
        self.stale.set(stale);
    }

    /// `{pending, stale}`: the same object until something changes.
    pub fn snapshot(&self) -> JsValue {
        let kept = self.snapshot.borrow().clone();
        kept.unwrap_or_else(|| {
            let (pending, stale) = (self.pending.get().into(), self.shown_stale.get().into());
            let made = object::of(&[("pending", &pending), ("stale", &stale)]);
            self.snapshot.replace(Some(made.clone()));
            made
        })
    }

    /// Calls the listener after each change; gives the number by which `forget` ends this.
    pub fn listen(&self, listener: Function) -> u32 {
        self.last_listener.set(self.last_listener.get().wrapping_add(1));
        self.listeners.borrow_mut().push((self.last_listener.get(), listener));
        self.last_listener.get()
    }

    /// Ends this.
    pub fn forget(&self, number: u32) {
        self.listeners.borrow_mut().retain(|(known, _)| *known != number);
    }

    /// Resolves this with `{stale}` once nothing is pending.
    pub fn settle_later(&self, idle: Deferred) {
        self.idle.borrow_mut().push(idle);
    }

    /// Shows what has changed; `is_pending` says whether it still is once the listeners were told.
    pub fn show(&self, pending: bool, is_pending: impl Fn() -> bool) {
        let stale = self.stale.get();
        if (pending, stale) != (self.pending.get(), self.shown_stale.get()) {
            self.pending.set(pending);
            self.shown_stale.set(stale);
            self.snapshot.take();
            let listeners = self.listeners.borrow().clone();
            for (_, listener) in &listeners {
                client::call(listener, &JsValue::UNDEFINED);
            }
        }
        if !is_pending() {
            for idle in self.idle.take() {
                idle.resolve(&object::of(&[("stale", &self.stale.get().into())]));
            }
        }
    }
}
