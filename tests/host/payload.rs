//! What an update sends, or why it sends nothing.

use checkout_updates::endpoint::Endpoint;
use checkout_updates::failure::Kind;
use checkout_updates::intent::{Field, Rule, Value};
use checkout_updates::payload::{Payload, RawIntent, Refusal, payload};

use crate::support::endpoint;

fn quantity(latest: Option<u32>) -> Endpoint {
    let fields = vec![
        Field::new("line_item", Rule::Identifier("li_".into())),
        Field::new("quantity", Rule::Integer(0, 99)).optional(),
    ];
    Endpoint { fields: fields.into(), latest, ..endpoint() }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn intent(quantity: Value) -> RawIntent {
    RawIntent { values: vec![text("li_1"), quantity], undeclared: None }
}

fn made(latest: Option<u32>, given: &Value, reported: Option<&str>) -> Result<Payload, Refusal> {
    payload(&quantity(latest), &intent(Value::Number(2.0)), given, reported, "session")
}

#[test]
fn a_request_has_the_session_and_the_declared_intent() {
    let body = r#"{"session":"cs_test_1","line_item":"li_1","quantity":2}"#;
    for (latest, group) in [(None, None), (Some(0), Some("cs_test_1")), (Some(0b01), Some("cs_test_1,\"li_1\""))] {
        let expected = Payload::Request { body: body.into(), group: group.map(Into::into) };
        assert_eq!(made(latest, &text("cs_test_1"), None), Ok(expected));
    }
}

#[test]
fn the_session_is_that_of_the_page_or_of_the_actions() {
    let one = made(None, &text("cs_test_1"), None);
    assert_eq!(made(None, &text("cs_test_1"), Some("cs_test_1")), one);
    assert_eq!(made(None, &Value::Missing, Some("cs_test_1")), one);
    for (given, reported, detail) in [
        (text("cs_test_1"), Some("cs_test_2"), "another"),
        (Value::Missing, None, "no session id"),
        (Value::Other, Some("cs_test_1"), "a string"),
        (text("cs_test_1_secret_2"), None, "client secret"),
        (Value::Missing, Some("pi_1"), "PaymentIntent"),
    ] {
        let refusal = made(None, &given, reported).unwrap_err();
        assert_eq!((refusal.kind, &refusal.field), (Kind::InvalidSession, &None));
        assert!(refusal.detail.contains(detail), "{refusal:?}");
    }
}

#[test]
fn what_is_wrong_with_an_intent_names_the_field_and_no_value() {
    let refused = |raw: &RawIntent| {
        let refusal = payload(&quantity(None), raw, &text("cs_test_1"), None, "session").unwrap_err();
        assert_eq!(refusal.kind, Kind::InvalidIntent);
        (refusal.field.unwrap(), refusal.detail)
    };
    let undeclared = RawIntent { undeclared: Some("amount".into()), ..intent(Value::Missing) };
    assert_eq!(refused(&undeclared), ("amount".into(), "is not declared"));
    assert_eq!(refused(&RawIntent::default()), ("line_item".into(), "is missing"));
    assert_eq!(refused(&intent(Value::Number(100.0))), ("quantity".into(), "does not fit its rule"));
}

#[test]
fn a_session_that_could_not_be_read_is_the_pages_own_failure() {
    let refusal = made(None, &Value::Unreadable, Some("cs_test_1")).unwrap_err();
    assert_eq!(refusal, Refusal { kind: Kind::CallbackFailed, field: None, detail: "" });
}
