use super::json::write_integer;
use super::*;
use crate::session::InvalidSession;

fn fields() -> Vec<Field> {
    vec![
        Field::new("interval", Rule::OneOf(vec!["monthly".into(), "yearly".into()])),
        Field::new("line_item", Rule::Identifier("li_".into())).optional(),
        Field::new("quantity", Rule::Integer(-3, 10)).optional(),
        Field::new("selected", Rule::Flag).optional(),
    ]
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

#[test]
fn writes_the_session_first_and_the_fields_as_declared() {
    let session = SessionId::parse("cs_test_a1").unwrap();
    let values = vec![text("yearly"), text("li_1"), Value::Number(-0.0), Value::Flag(true)];
    let body = Intent::check(&fields(), values).unwrap().body("checkout_session_id", &session);
    assert_eq!(
        body,
        r#"{"checkout_session_id":"cs_test_a1","interval":"yearly","line_item":"li_1","quantity":0,"selected":true}"#
    );
    let body = Intent::check(&fields(), vec![text("monthly")]).unwrap().body("session", &session);
    assert_eq!(body, r#"{"session":"cs_test_a1","interval":"monthly"}"#);
}

#[test]
fn refuses_what_does_not_fit() {
    let cases = [
        (vec![], "interval", Problem::Missing),
        (vec![Value::Unreadable], "interval", Problem::Unreadable),
        (vec![text("weekly")], "interval", Problem::OutsideRule),
        (vec![Value::Other], "interval", Problem::OutsideRule),
        (vec![text("yearly"), text("")], "line_item", Problem::OutsideRule),
        (vec![text("yearly"), text("si_1")], "line_item", Problem::OutsideRule),
        (vec![text("yearly"), text("li_1_secret_2")], "line_item", Problem::OutsideRule),
        (vec![text("yearly"), text("li_1/2")], "line_item", Problem::OutsideRule),
        (vec![text("yearly"), Value::Missing, Value::Number(0.5)], "quantity", Problem::OutsideRule),
        (vec![text("yearly"), Value::Missing, Value::Number(11.0)], "quantity", Problem::OutsideRule),
        (vec![text("yearly"), Value::Missing, Value::Number(f64::NAN)], "quantity", Problem::OutsideRule),
        (vec![text("yearly"), Value::Missing, text("1")], "quantity", Problem::OutsideRule),
        (vec![text("yearly"), Value::Missing, Value::Missing, text("true")], "selected", Problem::OutsideRule),
    ];
    for (values, field, problem) in cases {
        let error = Intent::check(&fields(), values.clone()).unwrap_err();
        assert_eq!((error.field.as_str(), error.problem), (field, problem), "{values:?}");
    }
}

#[test]
fn refuses_keys_and_secrets_as_identifiers() {
    let any = Field::new("item", Rule::Identifier(String::new()));
    for secret in ["sk_test_1", "rk_live_1", "whsec_1", "pi_1_secret_2"] {
        assert!(any.check(&mut text(secret)).is_err(), "{secret}");
    }
    assert!(any.check(&mut text(&"a".repeat(255))).is_ok());
    assert!(any.check(&mut text(&"a".repeat(256))).is_err());
}

#[test]
fn takes_what_a_customer_types() {
    let code = |most| Field::new("code", Rule::Text(most));
    for typed in ["SUMMER 20", "NOËL", "A", " x ", "a\"b\\c", "<10%>", "🎁", "20% off_secret"] {
        assert!(code(20).check(&mut text(typed)).is_ok(), "{typed}");
    }
    // Characters, neither bytes nor halves of them.
    assert!(code(2).check(&mut text("ËË")).is_ok());
    assert!(code(1).check(&mut text("🎁")).is_ok());
    assert!(code(2).check(&mut text("abc")).is_err());
    assert!(code(1_000).check(&mut text(&"Ë".repeat(255))).is_ok());
    assert!(code(1_000).check(&mut text(&"a".repeat(256))).is_err());
    for bad in ["", "a\nb", "\t", "a\0", "\u{7f}", "\u{85}", "sk_live_1", " rk_1", "whsec_1", "a pi_1_secret_2"] {
        assert!(code(20).check(&mut text(bad)).is_err(), "{bad:?}");
    }
    for other in [Value::Other, Value::Number(20.0), Value::Flag(true)] {
        assert!(code(20).check(&mut other.clone()).is_err(), "{other:?}");
    }
}

#[test]
fn what_a_customer_types_is_escaped() {
    let fields = [Field::new("code", Rule::Text(20))];
    let session = SessionId::parse("cs_test_a1").unwrap();
    let body = Intent::check(&fields, vec![text("a\"\\Ë")]).unwrap().body("session", &session);
    assert_eq!(body, r#"{"session":"cs_test_a1","code":"a\"\\Ë"}"#);
}

#[test]
fn takes_named_values_in_any_order() {
    let named = vec![("selected".to_owned(), Value::Flag(false)), ("interval".to_owned(), text("yearly"))];
    let intent = Intent::check_named(&fields(), named).unwrap();
    assert_eq!((intent.get("interval").as_str(), intent.get("selected").as_bool()), (Some("yearly"), Some(false)));
    let error = Intent::check_named(&fields(), vec![("amount".to_owned(), Value::Number(1.0))]).unwrap_err();
    assert_eq!(error.to_string(), "\"amount\" is not declared");
}

#[test]
fn escapes_text_and_writes_numbers() {
    let mut json = String::new();
    write_text(&mut json, "a\"b\\c\n\u{1f}é");
    assert_eq!(json, "\"a\\\"b\\\\c\\u000a\\u001fé\"");
    for number in [0.0, -7.0, 10.0, 9_007_199_254_740_991.0, -9_007_199_254_740_991.0] {
        let mut json = String::new();
        write_integer(&mut json, number);
        assert_eq!(json, number.to_string());
    }
}

fn record(members: &[(&str, Value)]) -> Value {
    Value::Record(members.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}

/// An address with what is given in place of its own lines.
fn recipient(changed: &[(&str, Value)]) -> Value {
    let mut lines = vec![("country", text("DE")), ("city", text("Köln")), ("line1", text("Domplatte 1"))];
    lines.retain(|(name, _)| changed.iter().all(|(other, _)| name != other));
    lines.extend_from_slice(changed);
    record(&[("address", record(&lines)), ("name", text("Ada"))])
}

fn ship(value: Value) -> Result<Intent, InvalidIntent> {
    Intent::check(&[Field::new("shipping", Rule::Address)], vec![value])
}

#[test]
fn an_address_crosses_as_a_record_of_exactly_these() {
    let session = SessionId::parse("cs_test_a1").unwrap();
    let intent = ship(recipient(&[("state", Value::Missing), ("postal_code", text("50667"))])).unwrap();
    assert_eq!(
        intent.body("session", &session),
        "{\"session\":\"cs_test_a1\",\"shipping\":{\"name\":\"Ada\",\"address\":{\"line1\":\"Domplatte 1\",\
         \"country\":\"DE\",\"city\":\"Köln\",\"postal_code\":\"50667\"}}}"
    );
    let address = intent.get("shipping").get("address");
    assert_eq!((address.get("country").as_str(), address.get("line2")), (Some("DE"), &Value::Missing));
}

#[test]
fn an_address_is_refused_by_the_name_of_its_member() {
    let line = |name, value| (recipient(&[(name, value)]), format!("shipping.address.{name}"));
    let whole = |value, name: &str| (value, name.to_owned());
    let twice = record(&[("name", text("Ada")), ("name", text("Ada"))]);
    for ((value, field), problem) in [
        (line("line1", Value::Missing), Problem::Missing),
        (line("country", Value::Missing), Problem::Missing),
        (line("country", text("Germany")), Problem::OutsideRule),
        (line("country", text("D1")), Problem::OutsideRule),
        (line("country", text("é")), Problem::OutsideRule),
        (line("country", Value::Flag(true)), Problem::OutsideRule),
        (line("line2", text("")), Problem::OutsideRule),
        (line("state", text(&"a".repeat(256))), Problem::OutsideRule),
        (line("city", text("a\nb")), Problem::OutsideRule),
        (line("postal_code", Value::Number(50_667.0)), Problem::OutsideRule),
        (line("line1", text("pi_1_secret_2")), Problem::OutsideRule),
        (line("line1", record(&[])), Problem::OutsideRule),
        (line("city", Value::Other), Problem::OutsideRule),
        (line("city", Value::Unreadable), Problem::Unreadable),
        (line("phone", text("1")), Problem::Undeclared),
        (line("address", record(&[])), Problem::Undeclared),
        (whole(record(&[("name", text("Ada"))]), "shipping.address"), Problem::Missing),
        (whole(record(&[("address", record(&[]))]), "shipping.name"), Problem::Missing),
        (whole(record(&[("name", text("Ada")), ("address", text("Köln"))]), "shipping.address"), Problem::OutsideRule),
        (
            whole(record(&[("name", text("Ada")), ("address", Value::Unreadable)]), "shipping.address"),
            Problem::Unreadable,
        ),
        (whole(record(&[("name", record(&[])), ("address", Value::Missing)]), "shipping.name"), Problem::OutsideRule),
        (whole(record(&[("amount", Value::Number(1.0))]), "shipping.amount"), Problem::Undeclared),
        (whole(twice, "shipping.name"), Problem::Repeated),
        (whole(record(&[]), "shipping.name"), Problem::Missing),
        (whole(text("Köln"), "shipping"), Problem::OutsideRule),
        (whole(Value::Other, "shipping"), Problem::OutsideRule),
        (whole(Value::Missing, "shipping"), Problem::Missing),
        (whole(Value::Unreadable, "shipping"), Problem::Unreadable),
    ] {
        let error = ship(value.clone()).unwrap_err();
        assert_eq!((error.field, error.problem), (field, problem), "{value:?}");
    }
    assert!(ship(recipient(&[("country", text("de"))])).is_ok());
    assert!(ship(recipient(&[("state", text(&"é".repeat(255)))])).is_ok());
}

#[test]
fn a_record_fits_no_other_rule() {
    for rule in [Rule::OneOf(vec![String::new()]), Rule::Identifier(String::new()), Rule::Text(9), Rule::Flag] {
        let kind = rule.kind();
        assert!(rule.is_single());
        let error = Intent::check(&[Field::new("x", rule)], vec![recipient(&[])]).unwrap_err();
        assert_eq!((error.field.as_str(), error.problem), ("x", Problem::OutsideRule), "{kind}");
    }
    assert!(!Rule::Address.is_single());
}

#[test]
fn a_server_reads_what_the_page_wrote() {
    let fields = fields();
    let read = |members: &[(&str, Value)]| Intent::read("session", &fields, record(members));
    let interval = ("interval", text("yearly"));
    let (session, intent) = read(&[interval.clone(), ("session", text("cs_test_a1"))]).unwrap();
    assert_eq!((session.as_str(), intent.get("interval").as_str()), ("cs_test_a1", Some("yearly")));
    for (members, message) in [
        (vec![interval.clone()], "\"session\" is missing"),
        (vec![("session", Value::Number(1.0)), interval.clone()], "\"session\" does not fit its rule"),
        (vec![("session", text("cs_test_a1"))], "\"interval\" is missing"),
        (vec![("session", text("cs_test_a1")), ("amount", text("1"))], "\"amount\" is not declared"),
        (vec![("session", text("cs_test_a1")), interval.clone(), interval.clone()], "\"interval\" is there twice"),
        (vec![("session", text("cs_test_a1")), ("session", text("cs_test_b1"))], "\"session\" is there twice"),
        (vec![("session", text("pi_1"))], InvalidSession::PaymentIntent.hint()),
    ] {
        assert_eq!(read(&members).unwrap_err().to_string(), message);
    }
    assert_eq!(Intent::read("session", &fields, Value::Other), Err(InvalidBody::NoObject));
}

#[test]
fn values_are_read_by_their_type() {
    for (number, whole) in [(2.0, Some(2)), (-3.0, Some(-3)), (0.5, None), (f64::NAN, None), (1e300, None)] {
        assert_eq!(Value::Number(number).as_i64(), whole);
    }
    assert_eq!((text("a").as_str(), text("a").as_i64(), text("a").as_bool()), (Some("a"), None, None));
    assert_eq!((Value::Flag(true).as_bool(), Value::Flag(true).as_str()), (Some(true), None));
    assert_eq!(text("a").get("a"), &Value::Missing);
}
