//! JavaScript values, looked at by their shape: a mocked, cross-realm or jsdom `Response` is no `web_sys::Response`.

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::intent::Value;

/// A member of an object; `undefined` where there is none, or where reading it throws.
pub fn get(object: &JsValue, name: &str) -> JsValue {
    // Reading a member of `null` throws, and each throw that wasm-bindgen catches costs a slot of its table for good.
    if !object.is_object() && !object.is_function() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// A member that is a string.
pub fn get_text(object: &JsValue, name: &str) -> Option<String> {
    get(object, name).as_string()
}

/// Calls a method. The error is what it threw, or `undefined` if there is no such method.
pub fn call(object: &JsValue, method: &str, argument: &JsValue) -> Result<JsValue, JsValue> {
    let function = get(object, method);
    if function.is_function() {
        function.unchecked_into::<Function>().call1(object, argument)
    } else {
        Err(JsValue::UNDEFINED)
    }
}

/// A value of an intent. The facade passes a symbol where reading it failed.
pub fn read(value: &JsValue) -> Value {
    if value.is_undefined() {
        Value::Missing
    } else if let Some(text) = value.as_string() {
        Value::Text(text)
    } else if let Some(number) = value.as_f64() {
        Value::Number(number)
    } else if let Some(flag) = value.as_bool() {
        Value::Flag(flag)
    } else if value.is_symbol() {
        Value::Unreadable
    } else {
        Value::Other
    }
}
