//! The one way in: what the browser calls here, and each step of a task, goes through the page's guard if there is one.
//!
//! A panic is a trap, and a trap in a task or in a listener surfaces nowhere. The guard of `js/engine.ts` catches it,
//! settles what was owed, and puts a fresh instance in the place of this one. Without a guard everything is called as it is.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use js_sys::Promise;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    /// What keeps a page alive when this module dies.
    #[derive(Clone)]
    pub type Keeper;

    /// Calls `act`, unless the module has died; a trap in it ends here.
    #[wasm_bindgen(method)]
    fn enter(this: &Keeper, act: &mut dyn FnMut());

    /// The same promise, which is rejected if the module dies before it has settled.
    #[wasm_bindgen(method)]
    fn owe(this: &Keeper, promise: &Promise, endpoint: &JsValue) -> Promise;

    /// Whether the module has died.
    #[wasm_bindgen(method, getter)]
    fn dead(this: &Keeper) -> bool;
}

/// The keeper of a client, if it has one.
#[derive(Clone, Default)]
pub struct Guard(pub Option<Keeper>);

impl Guard {
    /// Whether the module has died: what is still on the stack then must do nothing more.
    pub fn is_dead(&self) -> bool {
        self.0.as_ref().is_some_and(Keeper::dead)
    }

    /// Does something that the browser asks for.
    pub fn enter(&self, act: &mut dyn FnMut()) {
        match &self.0 {
            Some(keeper) => keeper.enter(&mut || act()),
            None => act(),
        }
    }

    /// A promise for somebody who waits for it whatever becomes of this module.
    pub fn owe(&self, promise: &Promise, endpoint: &JsValue) -> Promise {
        self.0.as_ref().map_or_else(|| promise.clone(), |keeper| keeper.owe(promise, endpoint))
    }

    /// Runs a task from the next microtask on.
    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        wasm_bindgen_futures::spawn_local(Guarded { guard: self.clone(), task: Box::pin(task) });
    }
}

struct Guarded {
    guard: Guard,
    task: Pin<Box<dyn Future<Output = ()>>>,
}

impl Future for Guarded {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut state = Poll::Pending;
        let guard = self.guard.clone();
        guard.enter(&mut || state = self.task.as_mut().poll(context));
        state
    }
}
