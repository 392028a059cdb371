//! An intent as a page's object has it: each own enumerable member is read once, so that it cannot show one value to the check
//! and another to the body.

use wasm_bindgen::JsValue;

use super::read;
use crate::intent::{Field, Rule, Value};
use crate::request::RawIntent;

/// Reads an intent, and what was thrown on the way. What is no object has no fields.
pub fn read(fields: &[Field], intent: &JsValue) -> (RawIntent, JsValue) {
    let mut raw = RawIntent { values: vec![Value::Missing; fields.len()], undeclared: None };
    let mut thrown = JsValue::UNDEFINED;
    match read::keys(intent) {
        Ok(keys) => {
            for key in keys.iter() {
                let name = key.as_string().unwrap_or_default();
                let position = fields.iter().position(|field| field.name == name);
                let place = position.and_then(|position| Some((fields.get(position)?, raw.values.get_mut(position)?)));
                let Some((field, place)) = place else {
                    raw.undeclared.get_or_insert(name);
                    continue;
                };
                let is_nested = matches!(field.rule, Rule::Address);
                *place = member(intent, &key, is_nested, &mut thrown);
            }
        }
        Err(cause) => {
            raw.values.fill(Value::Unreadable);
            thrown = cause;
        }
    }
    (raw, thrown)
}

fn member(object: &JsValue, key: &JsValue, is_nested: bool, thrown: &mut JsValue) -> Value {
    let value = match read::get(object, key) {
        Ok(value) => value,
        Err(cause) => {
            *thrown = cause;
            return Value::Unreadable;
        }
    };
    if !is_nested || !value.is_object() {
        return self::value(&value);
    }
    match read::keys(&value) {
        Ok(keys) => {
            let one = |key: JsValue| (key.as_string().unwrap_or_default(), member(&value, &key, true, thrown));
            Value::Record(keys.iter().map(one).collect())
        }
        Err(cause) => {
            *thrown = cause;
            Value::Unreadable
        }
    }
}

/// A value as the rules see it.
pub fn value(value: &JsValue) -> Value {
    if let Some(text) = value.as_string() {
        // Half of a character has become U+FFFD on the way here; whoever sends a real one says what it is.
        // By bytes: the search of the standard library is 2 kB.
        let is_marked = text.as_bytes().windows(3).any(|bytes| bytes == "\u{fffd}".as_bytes());
        if is_marked && JsValue::from_str(&text) != *value { Value::Other } else { Value::Text(text) }
    } else if let Some(number) = value.as_f64() {
        Value::Number(number)
    } else if value.is_undefined() {
        Value::Missing
    } else {
        value.as_bool().map_or(Value::Other, Value::Flag)
    }
}

/// A value of an intent as the page gave it.
pub fn to_js(value: &Value) -> Option<JsValue> {
    match value {
        Value::Text(text) => Some(text.into()),
        Value::Number(number) => Some((*number).into()),
        Value::Flag(flag) => Some((*flag).into()),
        Value::Record(members) => {
            let shown = members.iter().filter_map(|(name, value)| Some((name.as_str(), to_js(value)?)));
            Some(record(shown))
        }
        Value::Missing | Value::Unreadable | Value::Other => None,
    }
}

/// A record with these members of its own, whatever a page has added to `Object.prototype`.
pub fn record<'a>(members: impl Iterator<Item = (&'a str, JsValue)>) -> JsValue {
    let entries = js_sys::Array::new();
    for (name, value) in members {
        entries.push(&js_sys::Array::of2(&name.into(), &value));
    }
    from_entries(&entries).unwrap_or_default()
}

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Object, js_name = fromEntries)]
    fn from_entries(entries: &js_sys::Array) -> Result<JsValue, JsValue>;
}
