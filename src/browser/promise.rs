//! Promises that are made here, and waiting for what a page gives.

use js_sys::Promise;
use js_sys::futures::JsFuture;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen(module = "/src/browser/platform.js")]
extern "C" {
    /// A promise with its ends. Nobody has to handle its rejection.
    #[derive(Clone)]
    #[wasm_bindgen(typescript_type = "object")]
    pub type Deferred;

    #[wasm_bindgen(js_name = deferred)]
    fn new_deferred() -> Deferred;

    /// The promise.
    #[wasm_bindgen(method, getter)]
    pub fn promise(this: &Deferred) -> Promise;

    /// Settles it with this value, unless it has settled.
    #[wasm_bindgen(method)]
    pub fn resolve(this: &Deferred, value: &JsValue);

    /// Settles it with this error, unless it has settled.
    #[wasm_bindgen(method)]
    pub fn reject(this: &Deferred, error: &JsValue);

    #[wasm_bindgen(js_name = asPromise)]
    fn as_promise(value: &JsValue) -> Promise;
}

impl Deferred {
    /// A promise that has not settled.
    pub fn new() -> Self {
        new_deferred()
    }
}

/// What a function of the page returned, or threw.
pub type Returned = Result<JsValue, JsValue>;

/// Waits for a promise, a thenable or a plain value, as `await` does; what a function threw in place of returning one is an
/// error at once.
pub async fn resolve(returned: Returned) -> Result<JsValue, JsValue> {
    JsFuture::from(as_promise(&returned?)).await
}
