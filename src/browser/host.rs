//! What the facade does for the engine: it owns every promise, error and callback that the page sees, so that nothing
//! the page holds depends on this module being alive.

use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortSignal, RequestInit};

#[wasm_bindgen]
extern "C" {
    /// The facade's side of one `createUpdates`; `Host` in `js/engine.ts`.
    #[derive(Clone)]
    pub type Host;

    /// Calls [`drain`](crate::drain) where a trap can be caught.
    #[wasm_bindgen(method)]
    pub fn enter(this: &Host);

    /// Says when the clock is looked at next, in milliseconds, so that the facade can look too; -1 for never.
    #[wasm_bindgen(method)]
    pub fn wake(this: &Host, ms: f64);

    /// The global `fetch`, or the stand-in server of a unit test.
    #[wasm_bindgen(method, catch)]
    pub fn fetch(this: &Host, update: u32, url: &str, init: &RequestInit) -> Result<JsValue, JsValue>;

    /// The page's CSRF token, or a promise of it.
    #[wasm_bindgen(method, catch)]
    pub fn token(this: &Host) -> Result<JsValue, JsValue>;

    /// Calls the page's own function of this update.
    #[wasm_bindgen(method, catch)]
    pub fn work(this: &Host, update: u32, signal: &AbortSignal) -> Result<JsValue, JsValue>;

    /// Makes a `CheckoutUpdateError`. Empty texts stand for none.
    #[wasm_bindgen(method)]
    #[allow(clippy::too_many_arguments)]
    pub fn error(
        this: &Host,
        kind: &str,
        applied: &str,
        endpoint: &str,
        status: u16,
        duration: f64,
        attempts: u32,
        request_id: &str,
        message: &str,
        field: &str,
        reason: &str,
        cause: &JsValue,
    ) -> JsValue;

    /// Settles the promise of a function.
    #[wasm_bindgen(method)]
    pub fn end(this: &Host, update: u32, ok: bool, value: &JsValue);

    /// Says that nothing more is heard of an update.
    #[wasm_bindgen(method)]
    pub fn forget(this: &Host, update: u32);

    /// Gives a caller its outcome: the body or the error, and the session if there is a fresh one.
    #[wasm_bindgen(method)]
    pub fn settle(this: &Host, caller: u32, ok: bool, value: &JsValue, session: &JsValue);

    /// Tells the page of a failure.
    #[wasm_bindgen(method)]
    pub fn count(this: &Host, error: &JsValue);

    /// Records how long an update took, from this time of `performance.now()`.
    #[wasm_bindgen(method)]
    pub fn measure(this: &Host, endpoint: &str, began: f64);

    /// Tells the page whether it may be showing old totals.
    #[wasm_bindgen(method)]
    pub fn stale(this: &Host, stale: bool);
}

impl Host {
    /// Takes what the facade passed.
    pub fn of(value: JsValue) -> Self {
        value.unchecked_into()
    }
}
