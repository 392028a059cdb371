//! An intent as a page's object has it: each own enumerable member is read once, so that it cannot show one value to the check
//! and another to the body.

use wasm_bindgen::JsValue;

use super::members::{Member, record};
use super::read;
use crate::intent::{Field, Rule, Value};
use crate::payload::RawIntent;

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
                let depth = if matches!(field.rule, Rule::Address) { NESTED } else { 0 };
                *place = member(intent, &key, depth, &mut thrown);
            }
        }
        Err(cause) => {
            raw.values.fill(Value::Unreadable);
            thrown = cause;
        }
    }
    (raw, thrown)
}

/// How deep an address goes: its lines are members of a member. An object may be a member of itself.
const NESTED: u8 = 2;

fn member(object: &JsValue, key: &JsValue, depth: u8, thrown: &mut JsValue) -> Value {
    let value = match read::get(object, key) {
        Ok(value) => value,
        Err(cause) => {
            *thrown = cause;
            return Value::Unreadable;
        }
    };
    if depth == 0 || !value.is_object() {
        return self::value(&value);
    }
    match read::keys(&value) {
        Ok(keys) => {
            let mut members = Vec::new();
            for key in keys.iter() {
                let name = key.as_string().unwrap_or_default();
                members.push((name, member(&value, &key, depth - 1, thrown)));
            }
            Value::Record(members)
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
            let mut shown = Vec::new();
            for (name, value) in members {
                shown.extend(to_js(value).map(|value| (name.as_str(), Member::Value(value))));
            }
            Some(record(&shown))
        }
        Value::Missing | Value::Unreadable | Value::Other => None,
    }
}
