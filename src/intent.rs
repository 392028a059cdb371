//! What an endpoint lets the customer choose, and the request body that says it.
//!
//! Only declared fields whose values fit their rule ever reach a body; see "Security best practices" in
//! Stripe's guide to dynamic updates: the server looks up every price.

use std::fmt;

use crate::session::{SessionId, has_secret};

/// The most fields an endpoint may declare.
pub const MOST_FIELDS: usize = 16;

/// The longest identifier, and the longest text that a customer types, in characters.
const LONGEST: usize = 255;

/// What a field may hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// One of these texts.
    OneOf(Vec<String>),
    /// 1 to 255 of `A-Z a-z 0-9 _ -` that start with this prefix, and no secret.
    Identifier(String),
    /// What a customer types, such as a promotion code: 1 to so many characters, but never more than 255, none of them a
    /// control character, and no secret.
    Text(usize),
    /// A whole number from the first to the second, both included.
    Integer(f64, f64),
    /// `true` or `false`.
    Flag,
}

/// A declared field of an intent.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name in the intent and in the body.
    pub name: String,
    /// What it may hold.
    pub rule: Rule,
    /// Whether it may be left out.
    pub optional: bool,
}

impl Field {
    /// A field that must be there.
    #[must_use]
    pub fn new(name: &str, rule: Rule) -> Self {
        Self { name: name.to_owned(), rule, optional: false }
    }

    /// The same field, which may be left out.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Checks one value against the rule.
    ///
    /// # Errors
    ///
    /// [`InvalidIntent`] names the field and never holds the value.
    fn check(&self, value: &Value) -> Result<(), InvalidIntent> {
        let fits = match (&self.rule, value) {
            (_, Value::Missing) => {
                return if self.optional { Ok(()) } else { Err(self.wrong(Problem::Missing)) };
            }
            (_, Value::Unreadable) => return Err(self.wrong(Problem::Unreadable)),
            (Rule::OneOf(choices), Value::Text(text)) => choices.contains(text),
            (Rule::Identifier(prefix), Value::Text(text)) => is_identifier(text, prefix),
            (Rule::Text(most), Value::Text(text)) => is_text(text, *most),
            (Rule::Integer(least, most), Value::Number(number)) => {
                number.trunc() == *number && number >= least && number <= most
            }
            (Rule::Flag, Value::Flag(_)) => true,
            _ => false,
        };
        if fits { Ok(()) } else { Err(self.wrong(Problem::OutsideRule)) }
    }

    fn wrong(&self, problem: Problem) -> InvalidIntent {
        InvalidIntent { field: self.name.clone(), problem }
    }
}

/// Whether a text is an API key, or has what every client secret has.
fn is_secret(text: &str) -> bool {
    has_secret(text) || ["sk_", "rk_", "whsec_"].iter().any(|kind| text.starts_with(kind))
}

/// JavaScript's strings can hold half of a character; such a one has no text and comes as [`Value::Other`].
fn is_text(text: &str, most: usize) -> bool {
    // What is pasted has spaces around it.
    let secret = is_secret(text.trim_start());
    let characters = text.chars().count();
    !secret && characters > 0 && characters <= most && characters <= LONGEST && !text.chars().any(char::is_control)
}

fn is_identifier(text: &str, prefix: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    !is_secret(text)
        && !text.is_empty()
        && text.len() <= LONGEST
        && text.starts_with(prefix)
        && text.bytes().all(allowed)
}

/// What was found where a field was expected.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A string.
    Text(String),
    /// A number.
    Number(f64),
    /// `true` or `false`.
    Flag(bool),
    /// Nothing, or `undefined`.
    Missing,
    /// Reading it failed, as with a getter that throws.
    Unreadable,
    /// An object, `null`, a symbol, a string with half of a character and so on: nothing that a rule allows.
    Other,
}

/// Values that fit the rules of their fields, in declared order.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent(Vec<Value>);

impl Intent {
    /// Checks values given in declared order, one a field.
    ///
    /// # Errors
    ///
    /// [`InvalidIntent`] for the first field that is missing or outside its rule.
    pub fn check(fields: &[Field], values: Vec<Value>) -> Result<Self, InvalidIntent> {
        for (position, field) in fields.iter().enumerate() {
            field.check(values.get(position).unwrap_or(&Value::Missing))?;
        }
        Ok(Self(values))
    }

    /// Checks values given by name, in any order.
    ///
    /// # Errors
    ///
    /// [`InvalidIntent`] for an undeclared field, else for the first that is missing or outside its rule.
    pub fn check_named(fields: &[Field], named: Vec<(String, Value)>) -> Result<Self, InvalidIntent> {
        let mut values = vec![Value::Missing; fields.len()];
        for (name, value) in named {
            let position = fields.iter().position(|field| field.name == name);
            match position.and_then(|position| values.get_mut(position)) {
                Some(place) => *place = value,
                None => return Err(InvalidIntent { field: name, problem: Problem::Undeclared }),
            }
        }
        Self::check(fields, values)
    }

    /// The value of a field by its position in the declaration; [`Value::Missing`] when it was left out.
    #[must_use]
    pub fn get(&self, position: usize) -> &Value {
        self.0.get(position).unwrap_or(&Value::Missing)
    }

    /// The request body, JSON in UTF-8: the session field first, then the fields in declared order.
    #[must_use]
    pub fn body(&self, session_field: &str, session: &SessionId, fields: &[Field]) -> Vec<u8> {
        let mut json = vec![b'{'];
        write_text(&mut json, session_field);
        json.push(b':');
        write_text(&mut json, session.as_str());
        for (field, value) in fields.iter().zip(&self.0) {
            if *value != Value::Missing {
                json.push(b',');
                write_text(&mut json, &field.name);
                json.push(b':');
                write_value(&mut json, value);
            }
        }
        json.push(b'}');
        json
    }
}

/// Why an intent is refused. It names the field and never holds the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidIntent {
    /// The field's name as declared, or as found where nobody declared it.
    pub field: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What can be wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// It is required and not there.
    Missing,
    /// It is there and no rule allows it.
    Undeclared,
    /// Its value does not fit its rule.
    OutsideRule,
    /// Reading it failed.
    Unreadable,
}

impl Problem {
    /// What is wrong, to be put behind the field's name.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Missing => "is missing",
            Self::Undeclared => "is not declared",
            Self::OutsideRule => "does not fit its rule",
            Self::Unreadable => "could not be read",
        }
    }
}

impl fmt::Display for InvalidIntent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("\"")?;
        formatter.write_str(&self.field)?;
        formatter.write_str("\" ")?;
        formatter.write_str(self.problem.text())
    }
}

impl std::error::Error for InvalidIntent {}

/// Writes a value that fits a rule.
pub(crate) fn write_value(json: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Text(text) => write_text(json, text),
        Value::Number(number) => write_integer(json, *number),
        Value::Flag(true) => json.extend_from_slice(b"true"),
        _ => json.extend_from_slice(b"false"),
    }
}

/// Writes a JSON string (RFC 8259, section 7).
fn write_text(json: &mut Vec<u8>, text: &str) {
    json.push(b'"');
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => json.push(b'\\'),
            0..=31 => {
                let digit = byte & 15;
                json.extend_from_slice(b"\\u00");
                json.push(b'0' + (byte >> 4));
                json.push(digit + if digit < 10 { b'0' } else { b'a' - 10 });
                continue;
            }
            _ => {}
        }
        json.push(byte);
    }
    json.push(b'"');
}

/// Writes a whole number. Integer arithmetic: formatting a float brings 4 kB that nothing else needs.
fn write_integer(json: &mut Vec<u8>, number: f64) {
    // Rules hold only safe integers, so the conversion is exact.
    #[allow(clippy::cast_possible_truncation)]
    let mut rest = number as i64;
    if rest < 0 {
        json.push(b'-');
    }
    let start = json.len();
    loop {
        // A digit is below ten, whatever the sign.
        #[allow(clippy::cast_possible_truncation)]
        json.push(b'0' + (rest % 10).unsigned_abs() as u8);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if let Some(digits) = json.get_mut(start..) {
        digits.reverse();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> Vec<Field> {
        vec![
            Field::new("interval", Rule::OneOf(vec!["monthly".into(), "yearly".into()])),
            Field::new("line_item", Rule::Identifier("li_".into())).optional(),
            Field::new("quantity", Rule::Integer(-3.0, 10.0)).optional(),
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
        let body = Intent::check(&fields(), values).unwrap().body("checkout_session_id", &session, &fields());
        assert_eq!(
            String::from_utf8(body).unwrap(),
            r#"{"checkout_session_id":"cs_test_a1","interval":"yearly","line_item":"li_1","quantity":0,"selected":true}"#
        );
        let body = Intent::check(&fields(), vec![text("monthly")]).unwrap().body("session", &session, &fields());
        assert_eq!(body, br#"{"session":"cs_test_a1","interval":"monthly"}"#);
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
            assert!(any.check(&text(secret)).is_err(), "{secret}");
        }
        assert!(any.check(&text(&"a".repeat(255))).is_ok());
        assert!(any.check(&text(&"a".repeat(256))).is_err());
    }

    #[test]
    fn takes_what_a_customer_types() {
        let code = |most| Field::new("code", Rule::Text(most));
        for typed in ["SUMMER 20", "NOËL", "A", " x ", "a\"b\\c", "<10%>", "🎁", "20% off_secret"] {
            assert!(code(20).check(&text(typed)).is_ok(), "{typed}");
        }
        // Characters, neither bytes nor halves of them.
        assert!(code(2).check(&text("ËË")).is_ok());
        assert!(code(1).check(&text("🎁")).is_ok());
        assert!(code(2).check(&text("abc")).is_err());
        assert!(code(1_000).check(&text(&"Ë".repeat(255))).is_ok());
        assert!(code(1_000).check(&text(&"a".repeat(256))).is_err());
        for bad in ["", "a\nb", "\t", "a\0", "\u{7f}", "\u{85}", "sk_live_1", " rk_1", "whsec_1", "a pi_1_secret_2"] {
            assert!(code(20).check(&text(bad)).is_err(), "{bad:?}");
        }
        for other in [Value::Other, Value::Number(20.0), Value::Flag(true)] {
            assert!(code(20).check(&other).is_err(), "{other:?}");
        }
    }

    #[test]
    fn what_a_customer_types_is_escaped() {
        let fields = [Field::new("code", Rule::Text(20))];
        let session = SessionId::parse("cs_test_a1").unwrap();
        let body = Intent::check(&fields, vec![text("a\"\\Ë")]).unwrap().body("session", &session, &fields);
        assert_eq!(String::from_utf8(body).unwrap(), r#"{"session":"cs_test_a1","code":"a\"\\Ë"}"#);
    }

    #[test]
    fn takes_named_values_in_any_order() {
        let named = vec![("selected".to_owned(), Value::Flag(false)), ("interval".to_owned(), text("yearly"))];
        let intent = Intent::check_named(&fields(), named).unwrap();
        assert_eq!((intent.get(0), intent.get(3)), (&text("yearly"), &Value::Flag(false)));
        let error = Intent::check_named(&fields(), vec![("amount".to_owned(), Value::Number(1.0))]).unwrap_err();
        assert_eq!(error.to_string(), "\"amount\" is not declared");
    }

    #[test]
    fn escapes_text_and_writes_numbers() {
        let mut json = Vec::new();
        write_text(&mut json, "a\"b\\c\n\u{1f}é");
        assert_eq!(String::from_utf8(json).unwrap(), "\"a\\\"b\\\\c\\u000a\\u001fé\"");
        for number in [0.0, -7.0, 10.0, 9_007_199_254_740_991.0, -9_007_199_254_740_991.0] {
            let mut json = Vec::new();
            write_integer(&mut json, number);
            assert_eq!(json, format!("{number}").as_bytes());
        }
    }
}
