//! An intent as it was found: each own enumerable property read once, so that it cannot show one value to the check and
//! another to the body.

use wasm_bindgen::JsValue;

use super::object;
use crate::intent::{Field, Value};

/// The values of the declared fields, in declared order.
#[derive(Clone)]
pub struct Reading {
    /// One a field.
    pub values: Vec<Value>,
    /// The first field that was found and is not declared.
    pub undeclared: Option<String>,
    /// What was thrown while it was read.
    pub cause: JsValue,
}

impl Reading {
    /// Reads an intent. What is no object has no fields.
    pub fn of(fields: &[Field], intent: &JsValue) -> Self {
        let mut reading =
            Self { values: vec![Value::Missing; fields.len()], undeclared: None, cause: JsValue::UNDEFINED };
        match object::keys(intent) {
            Ok(keys) => keys.iter().for_each(|key| reading.member(fields, intent, &key)),
            Err(thrown) => {
                reading.values.fill(Value::Unreadable);
                reading.cause = thrown;
            }
        }
        reading
    }

    fn member(&mut self, fields: &[Field], intent: &JsValue, key: &JsValue) {
        let name = key.as_string().unwrap_or_default();
        let position = fields.iter().position(|field| field.name == name);
        let Some(place) = position.and_then(|position| self.values.get_mut(position)) else {
            self.undeclared.get_or_insert(name);
            return;
        };
        *place = match object::get(intent, key) {
            Ok(value) => value_of(&value),
            Err(thrown) => {
                self.cause = thrown;
                Value::Unreadable
            }
        };
    }
}

/// A value as the rules see it.
pub fn value_of(value: &JsValue) -> Value {
    if value.is_undefined() {
        Value::Missing
    } else if let Some(text) = value.as_string() {
        // Half of a character is replaced on the way here.
        if JsValue::from_str(&text) == *value { Value::Text(text) } else { Value::Other }
    } else if let Some(number) = value.as_f64() {
        Value::Number(number)
    } else {
        value.as_bool().map_or(Value::Other, Value::Flag)
    }
}
