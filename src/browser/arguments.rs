//! What `exports.rs` needs to read what JavaScript passes, and to answer in its records.

use js_sys::{Array, Function};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

pub use super::options::read as options;
use super::page;
use super::raw_intent;
use super::read;
pub use super::records::{outcome, pay_outcome, refreshed, snapshot};
use crate::intent::Value;

#[wasm_bindgen(module = "/src/browser/check.js")]
extern "C" {
    /// The error for a name that is not declared.
    pub fn undeclared(method: &str, name: &str, declared: &Array) -> JsValue;
}

#[wasm_bindgen(module = "/src/browser/records.js")]
extern "C" {
    /// `{stale}`.
    pub fn stale(stale: bool) -> JsValue;
}

/// A member that is a number.
pub fn number(object: &JsValue, name: &str) -> Option<f64> {
    read::number(object, &name.into())
}

/// Whether a member counts as true.
pub fn is_truthy(object: &JsValue, name: &str) -> bool {
    read::is_truthy(object, &name.into())
}

/// A member that is neither `undefined` nor `null`.
pub fn there(object: &JsValue, name: &str) -> Option<JsValue> {
    Some(read::value(object, &name.into())).filter(read::is_there)
}

/// A pair of numbers.
pub fn times(object: &JsValue, name: &str) -> Option<[f64; 2]> {
    let pair = there(object, name)?;
    Some([number(&pair, "0")?, number(&pair, "1")?])
}

/// The session id that a call says, or what was thrown when it was asked for.
pub fn session(settings: &JsValue) -> Option<Result<Value, JsValue>> {
    let given = read::get(settings, &"session".into());
    given.map(|given| read::is_there(&given).then(|| raw_intent::value(&given))).transpose()
}

/// Calls a listener of the page.
pub fn notify(listener: &Function) {
    if let Err(thrown) = listener.call0(&JsValue::UNDEFINED) {
        page::report(&thrown);
    }
}
