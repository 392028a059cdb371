//! Reports that survive the page.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = navigator, js_name = sendBeacon, catch)]
    fn send_beacon(url: &str, data: &str) -> Result<bool, JsValue>;
}

/// Hands text to the browser, which sends it even after the page is gone. Gives whether the browser took it.
pub fn send(url: &str, text: &str) -> bool {
    send_beacon(url, text).unwrap_or(false)
}
