//! Listening to events, of the page and of what it passes.

use wasm_bindgen::prelude::{Closure, JsValue, wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    /// What has events, by its shape: an environment's or a polyfill's is of another class than `web_sys::EventTarget`,
    /// and what is none throws, which gloo-events takes for impossible.
    #[derive(Clone)]
    pub type Target;

    #[wasm_bindgen(method, catch, js_name = addEventListener)]
    fn add_event_listener(this: &Target, kind: &str, listener: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = removeEventListener)]
    fn remove_event_listener(this: &Target, kind: &str, listener: &JsValue) -> Result<(), JsValue>;
}

/// Listens until it is dropped.
pub struct Listener {
    targets: Vec<(Target, &'static [&'static str])>,
    // `Fn`, since an event may be dispatched inside the listener of another.
    listener: Closure<dyn Fn(JsValue)>,
}

impl Listener {
    /// Calls `act` with each event of these kinds.
    ///
    /// # Errors
    ///
    /// One of the targets has no events.
    pub fn new(targets: Vec<(Target, &'static [&'static str])>, act: Box<dyn Fn(JsValue)>) -> Result<Self, JsValue> {
        let listening = Self { targets, listener: Closure::wrap(act) };
        listening.each(Target::add_event_listener)?;
        Ok(listening)
    }

    fn each(&self, act: fn(&Target, &str, &JsValue) -> Result<(), JsValue>) -> Result<(), JsValue> {
        for (target, kinds) in &self.targets {
            for kind in *kinds {
                act(target, kind, self.listener.as_ref())?;
            }
        }
        Ok(())
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.each(Target::remove_event_listener);
    }
}
