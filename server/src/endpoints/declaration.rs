//! How an endpoint is declared, and how a body is read by its declaration.

use std::fmt;

use checkout_updates::intent::{Field, Intent, InvalidBody, Value};
use checkout_updates::session::SessionId;

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
pub struct BadBody(String);

impl fmt::Display for BadBody {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
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
        let body = serde_json::from_slice(body).unwrap_or(Value::Other);
        // The name of an unknown field is the sender's, so it is cut short and escaped.
        let bad =
            |invalid: InvalidBody| BadBody(invalid.to_string().chars().take(80).flat_map(char::escape_debug).collect());
        Intent::read(SESSION_FIELD, &self.fields, body).map_err(bad)
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
        assert_eq!((session.as_str(), intent.get("interval")), ("cs_test_a1", &Value::Text("yearly".to_owned())));
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
                "\\\"checkout_session_id\\\" is there twice",
            ),
            ("updateTax", "{}", "\\\"checkout_session_id\\\" is missing"),
            ("updateTax", r#"{"checkout_session_id":1}"#, "\\\"checkout_session_id\\\" does not fit"),
            ("updateTax", r#"{"checkout_session_id":"cs_test_a_secret_b"}"#, "This is a client secret."),
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
        let long = format!(r#"{{"checkout_session_id":"cs_test_a","{}":1}}"#, "x".repeat(500));
        assert!(read("updateTax", &long).unwrap_err().len() < 100, "a sender's name fills the log");
    }
}
