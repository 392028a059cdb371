//! Listening to events, of the page and of what it passes.

use wasm_bindgen::prelude::{Closure, JsValue, wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    /// What has events, by its shape: an environment's or a polyfill's is of another class than `web_sys::EventTarget`,
    /// and what is none throws, which gloo-events takes for impossible.
    #[derive(Clone)]
    pub type EventTarget;

    #[wasm_bindgen(method, catch, js_name = addEventListener)]
    fn add_event_listener(this: &EventTarget, kind: &str, listener: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = removeEventListener)]
    fn remove_event_listener(this: &EventTarget, kind: &str, listener: &JsValue) -> Result<(), JsValue>;
}

/// Listens until it is dropped.
pub struct EventGuard {
    target: EventTarget,
    kind: &'static str,
    // `Fn`, since an event may be dispatched inside the listener of another.
    listener: Closure<dyn Fn()>,
}

impl EventGuard {
    /// Calls `act` at each event of this kind.
    ///
    /// # Errors
    ///
    /// The target has no events.
    pub fn new(target: EventTarget, kind: &'static str, act: Box<dyn Fn()>) -> Result<Self, JsValue> {
        let listener = Closure::wrap(act);
        target.add_event_listener(kind, listener.as_ref())?;
        Ok(Self { target, kind, listener })
    }
}

impl Drop for EventGuard {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener(self.kind, self.listener.as_ref());
    }
}
