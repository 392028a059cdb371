//! How an endpoint is declared, and how a body is read by its declaration.

use std::fmt;

use checkout_updates::intent::{Field, Intent, Value};
use checkout_updates::session::SessionId;
use serde::de::{self, Deserializer, MapAccess, Visitor};

use super::Change;
use crate::answer::Answer;

/// The field that holds the session id, as in Stripe's documentation.
pub const SESSION_FIELD: &str = "checkout_session_id";

/// Which waiting updates a page drops for a newer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Latest {
    /// None.
    Never,
    /// All of this endpoint.
    Always,
    /// Those with the same value of this field.
    By(&'static str),
}

/// An endpoint for one specific customer interaction.
#[derive(Debug)]
pub struct Endpoint {
    /// What the page calls it.
    pub name: &'static str,
    /// Where it is.
    pub path: &'static str,
    /// The rules of its intent.
    pub fields: Vec<Field>,
    /// What the page may drop.
    pub latest: Latest,
    /// What it does to the cart.
    pub apply: fn(&Intent, &mut Change<'_>) -> Result<(), Answer>,
}

/// Why a body is refused. For the log; it holds no value that was sent.
#[derive(Debug, PartialEq, Eq)]
pub enum BadBody {
    /// No JSON object, or one that names a field twice.
    NotAnObject,
    /// No session id, or something else in its place.
    Session(&'static str),
    /// A field that is missing, unknown or outside its rule.
    Field(String),
}

impl fmt::Display for BadBody {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnObject => formatter.write_str("the body is no JSON object with different names"),
            Self::Session(hint) => write!(formatter, "{SESSION_FIELD}: {hint}"),
            Self::Field(what) => formatter.write_str(what),
        }
    }
}

impl std::error::Error for BadBody {}

impl Endpoint {
    /// Reads a body: the session id and an intent that fits the rules.
    ///
    /// # Errors
    ///
    /// [`BadBody`] says what is wrong.
    pub fn read(&self, body: &[u8]) -> Result<(SessionId, Intent), BadBody> {
        let mut fields = read_object(body)?;
        let place = fields.iter().position(|(name, _)| name == SESSION_FIELD).ok_or(BadBody::Session("is missing"))?;
        let session = match fields.swap_remove(place).1 {
            Value::Text(text) => SessionId::parse(&text).map_err(|invalid| BadBody::Session(invalid.hint()))?,
            _ => return Err(BadBody::Session("is no text")),
        };
        let intent = Intent::check_named(&self.fields, fields)
            // The name of an unknown field is the sender's, so it is cut short and escaped.
            .map_err(|invalid| BadBody::Field(format!("{invalid:.80}").escape_debug().to_string()))?;
        Ok((session, intent))
    }
}

/// Reads a JSON object whose names are all different.
///
/// # Errors
///
/// [`BadBody::NotAnObject`] for anything else.
pub fn read_object(body: &[u8]) -> Result<Vec<(String, Value)>, BadBody> {
    serde_json::from_slice(body).map(|Object(fields)| fields).map_err(|_| BadBody::NotAnObject)
}

/// A flat JSON object, its names all different.
struct Object(Vec<(String, Value)>);

impl<'de> de::Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor)
    }
}

struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Object;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let mut fields: Vec<(String, Value)> = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, serde_json::Value>()? {
            // JSON readers differ on which of two wins, so neither does.
            if fields.iter().any(|(other, _)| *other == name) {
                return Err(de::Error::custom("a name twice"));
            }
            fields.push((name, value_of(value)));
        }
        Ok(Object(fields))
    }
}

fn value_of(value: serde_json::Value) -> Value {
    match value {
        serde_json::Value::String(text) => Value::Text(text),
        serde_json::Value::Number(number) => number.as_f64().map_or(Value::Other, Value::Number),
        serde_json::Value::Bool(flag) => Value::Flag(flag),
        _ => Value::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{all, tests::catalogue};
    use super::*;

    fn read(name: &str, body: &str) -> Result<(SessionId, Intent), String> {
        let endpoints = all(&catalogue());
        let endpoint = endpoints.iter().find(|endpoint| endpoint.name == name).unwrap();
        endpoint.read(body.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn takes_what_is_declared() {
        let (session, intent) =
            read("changeInterval", r#"{"checkout_session_id":"cs_test_a1","interval":"yearly"}"#).unwrap();
        assert_eq!((session.as_str(), intent.get(0)), ("cs_test_a1", &Value::Text("yearly".to_owned())));
        assert!(read("updateTax", r#"{"checkout_session_id":"cs_test_a1"}"#).is_ok());
        let alone = r#"{"checkout_session_id":"cs_test_a1","product_id":"gift_wrap"}"#;
        assert!(read("updateCustomAmount", alone).is_ok());
        let quantity = r#"{"quantity":2.0,"line_item":"li_1","checkout_session_id":"cs_live_b1"}"#;
        assert!(read("setQuantity", quantity).is_ok());
    }

    #[test]
    fn refuses_everything_else_and_echoes_no_value() {
        for (name, body, why) in [
            ("updateTax", "", "the body is no JSON object"),
            ("updateTax", "[]", "the body is no JSON object"),
            ("updateTax", "{", "the body is no JSON object"),
            ("updateTax", r#"{"checkout_session_id":"cs_test_a"} x"#, "the body is no JSON object"),
            (
                "updateTax",
                r#"{"checkout_session_id":"cs_test_a","checkout_session_id":"cs_test_b"}"#,
                "the body is no JSON",
            ),
            ("updateTax", "{}", "checkout_session_id: is missing"),
            ("updateTax", r#"{"checkout_session_id":1}"#, "checkout_session_id: is no text"),
            ("updateTax", r#"{"checkout_session_id":"cs_test_a_secret_b"}"#, "checkout_session_id: "),
            ("updateTax", r#"{"checkout_session_id":"cs_test_a","amount":1}"#, "\\\"amount\\\" is not declared"),
            ("changeInterval", r#"{"checkout_session_id":"cs_test_a"}"#, "\\\"interval\\\" is missing"),
            (
                "changeInterval",
                r#"{"checkout_session_id":"cs_test_a","interval":"weekly"}"#,
                "\\\"interval\\\" does not fit",
            ),
            (
                "changeInterval",
                r#"{"checkout_session_id":"cs_test_a","interval":null}"#,
                "\\\"interval\\\" does not fit",
            ),
            (
                "setQuantity",
                r#"{"checkout_session_id":"cs_test_a","line_item":"li_1","quantity":"2"}"#,
                "\\\"quantity\\\"",
            ),
            (
                "setQuantity",
                r#"{"checkout_session_id":"cs_test_a","line_item":"li_1","quantity":11}"#,
                "\\\"quantity\\\"",
            ),
            ("setQuantity", r#"{"checkout_session_id":"cs_test_a","line_item":"x","quantity":1}"#, "\\\"line_item\\\""),
            ("updateShipping", r#"{"checkout_session_id":"cs_test_a","speed":"secret-speed"}"#, "\\\"speed\\\""),
        ] {
            let error = read(name, body).unwrap_err();
            assert!(error.starts_with(why), "{body}: {error}");
            assert!(!error.contains("weekly") && !error.contains("secret-speed") && !error.contains("cs_test_a_"));
        }
    }
}
