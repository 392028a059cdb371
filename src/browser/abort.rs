//! Aborting an attempt.

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use web_sys::AbortSignal;

#[wasm_bindgen]
extern "C" {
    // Not web-sys' own: this realm's class may be another than the page's, and an old environment has none.
    #[wasm_bindgen(js_name = AbortController)]
    type Controller;

    #[wasm_bindgen(constructor, catch, js_class = AbortController)]
    fn new() -> Result<Controller, JsValue>;

    #[wasm_bindgen(method, getter)]
    fn signal(this: &Controller) -> AbortSignal;

    #[wasm_bindgen(method, catch)]
    fn abort(this: &Controller) -> Result<(), JsValue>;
}

/// Aborts an attempt unless it was released: the deadline, a signal and `dispose` all end in its drop, so that no path can
/// forget to.
pub struct AbortGuard(Option<Controller>);

impl AbortGuard {
    /// A guard for a new attempt, and the signal to hand to it; none where the environment has no such class.
    pub fn new() -> (Self, Option<AbortSignal>) {
        let controller = Controller::new().ok();
        let signal = controller.as_ref().map(Controller::signal);
        (Self(controller), signal)
    }

    /// The attempt is over: what it returned must not be aborted any more.
    pub fn release(mut self) {
        self.0 = None;
    }
}

impl Drop for AbortGuard {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            let _ = controller.abort();
        }
    }
}
