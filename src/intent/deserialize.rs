//! A [`Value`] out of JSON, or of whatever else serde reads: for servers.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::value::Value;

/// Objects keep every member that was sent, so that one that is there twice can be refused: readers differ on which counts.
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value of JSON")
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::Text(text))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Flag(flag))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number))
    }

    // What is not exact as a number of JavaScript is beyond every rule.
    #[allow(clippy::cast_precision_loss)]
    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    #[allow(clippy::cast_precision_loss)]
    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number as f64))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Value::Record(members))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Field, Intent, InvalidBody, Problem, Rule};
    use super::*;

    fn value(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn json_is_read_as_it_is() {
        let text = |text: &str| Value::Text(text.to_owned());
        let member = |name: &str, value: Value| (name.to_owned(), value);
        let json = r#"{"a":"x\n","b":[{"c":1}],"d":null,"e":true,"f":-1,"g":1.5,"h":{"a":1,"a":2}}"#;
        let inner = vec![member("a", Value::Number(1.0)), member("a", Value::Number(2.0))];
        let expected = vec![
            member("a", text("x\n")),
            member("b", Value::Other),
            member("d", Value::Other),
            member("e", Value::Flag(true)),
            member("f", Value::Number(-1.0)),
            member("g", Value::Number(1.5)),
            member("h", Value::Record(inner)),
        ];
        assert_eq!(value(json), Value::Record(expected));
        assert_eq!((value("[]"), value("\"a\"")), (Value::Other, text("a")));
        for broken in ["", "{", "{\"a\":}", "[1,]", "{} x"] {
            assert!(serde_json::from_str::<Value>(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn an_inexact_number_fits_no_rule() {
        let fields = [Field::new("n", Rule::Integer(0, 9_007_199_254_740_991))];
        let read = |json: &str| Intent::read("s", &fields, value(json));
        assert!(read(r#"{"s":"cs_test_a1","n":9007199254740991}"#).is_ok());
        for json in [r#"{"s":"cs_test_a1","n":9007199254740993}"#, r#"{"s":"cs_test_a1","n":1e300}"#] {
            assert!(matches!(read(json), Err(InvalidBody::Intent(error)) if error.problem == Problem::OutsideRule));
        }
    }
}
