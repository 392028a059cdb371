//! Time, timers and chance, as the browser has them.

use js_sys::{Date, Math};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::clock::Moment;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;

    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn get_random_values(bytes: &mut [u8]) -> Result<JsValue, JsValue>;
}

/// The time by both clocks.
pub fn now() -> Moment {
    Moment { monotonic: performance_now(), wall: Date::now() }
}

/// A number in 0..1.
pub fn random() -> f64 {
    Math::random()
}

/// Whole milliseconds that are enough: a timer that fires early would have to be set again.
pub fn whole(ms: f64) -> u32 {
    // `as` takes what is too large to the largest number.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let whole = ms as u32;
    whole.saturating_add(1).min(i32::MAX.unsigned_abs())
}

/// A new idempotency key: 128 random bits in hexadecimal. `crypto.randomUUID` is there on secure pages only.
pub fn idempotency_key() -> String {
    let mut bytes = [0_u8; 16];
    if get_random_values(&mut bytes).is_err() {
        for byte in &mut bytes {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let random = (random() * 256.0) as u8;
            *byte = random;
        }
    }
    let mut key = String::with_capacity(32);
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            key.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
    }
    key
}
