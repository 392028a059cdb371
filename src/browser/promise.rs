//! Promises that are made here, and waiting for what a page gives.

use std::rc::Rc;

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::JsFuture;

/// A promise with its ends. Nobody has to handle its rejection.
#[derive(Clone)]
pub struct Deferred(Rc<Ends>);

struct Ends {
    promise: Promise,
    resolve: Function,
    reject: Function,
}

thread_local! {
    static IGNORE: Closure<dyn FnMut(JsValue)> = Closure::new(drop);
}

impl Deferred {
    /// A promise that has not settled.
    pub fn new() -> Self {
        let mut ends = None;
        let promise = Promise::new(&mut |resolve, reject| ends = Some((resolve, reject)));
        let (resolve, reject) = ends.unwrap_or_default();
        // Not `catch`: the promise that this gives would go on with a page's value, whose `then` may throw.
        IGNORE.with(|ignore| drop(promise.then2(ignore, ignore)));
        Self(Rc::new(Ends { promise, resolve, reject }))
    }

    /// The promise.
    pub fn promise(&self) -> &Promise {
        &self.0.promise
    }

    /// Settles it with this value, unless it has settled.
    pub fn resolve(&self, value: &JsValue) {
        let _ = self.0.resolve.call1(&JsValue::UNDEFINED, value);
    }

    /// Settles it with this error, unless it has settled.
    pub fn reject(&self, error: &JsValue) {
        let _ = self.0.reject.call1(&JsValue::UNDEFINED, error);
    }
}

/// Waits for a promise, a thenable or a plain value, as `await` does; what a function threw in place of giving one is an
/// error at once.
pub async fn settled(given: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    let value = given?;
    // Not `Promise.resolve`: a promise goes through that as it is, and its own `then` may throw.
    let promise = Promise::new(&mut |resolve, _| drop(resolve.call1(&JsValue::UNDEFINED, &value)));
    JsFuture::from(promise).await
}
