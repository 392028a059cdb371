//! Time and chance, as the browser has them.

use wasm_bindgen::prelude::wasm_bindgen;

use crate::clock::Moment;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn monotonic() -> f64;

    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    fn wall() -> f64;

    /// A number in 0..1.
    #[wasm_bindgen(js_namespace = Math)]
    pub fn random() -> f64;
}

/// The time by both clocks.
pub fn now() -> Moment {
    Moment { monotonic: monotonic(), wall: wall() }
}
