//! What an endpoint lets the customer choose, and the request body that says it.
//!
//! Only declared fields whose values fit their rule ever reach a body; see "Security best practices" in
//! Stripe's guide to dynamic updates: the server looks up every price.

#[cfg(feature = "serde")]
mod deserialize;
pub(crate) mod json;
mod refusal;
#[cfg(feature = "browser")]
pub(crate) mod typed;
mod value;

use self::json::{write_member, write_text};
pub use self::refusal::{InvalidBody, InvalidIntent, Problem};
pub use self::value::Value;
use self::value::member;
use crate::session::{SessionId, is_secret};

/// The most fields an endpoint may declare.
pub const MOST_FIELDS: usize = 16;

/// The longest identifier, and the longest text that a customer types, in characters.
const LONGEST: usize = 255;

/// The members of an [`Rule::Address`], and of the `address` in it, in the order of the body. The first two of each are
/// required.
const RECIPIENT: [&str; 2] = ["name", "address"];
const ADDRESS: [&str; 6] = ["line1", "country", "line2", "city", "state", "postal_code"];
const REQUIRED_MEMBERS: usize = 2;

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
    Integer(i64, i64),
    /// `true` or `false`.
    Flag,
    /// What a customer enters to have goods sent there: a record of `name` and `address`, and this a record of `line1`,
    /// `country` (two letters) and optional `line2`, `city`, `state` and `postal_code`. Each is a text as of
    /// `Rule::Text(255)`, and other members are refused.
    Address,
}

impl Rule {
    /// What JavaScript calls it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::OneOf(_) => "oneOf",
            Self::Identifier(_) => "identifier",
            Self::Text(_) => "text",
            Self::Integer(..) => "integer",
            Self::Flag => "flag",
            Self::Address => "address",
        }
    }

    /// Whether updates can be told apart by the field, as `latest` and `match` do: it holds one value, not a record.
    #[must_use]
    pub fn is_single(&self) -> bool {
        *self != Self::Address
    }

    /// Whether a value that is there fits. Records have members to be checked: see [`Field::check`].
    fn allows(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::OneOf(choices), Value::Text(text)) => choices.contains(text),
            (Self::Identifier(prefix), Value::Text(text)) => is_identifier(text, prefix),
            (Self::Text(most), Value::Text(text)) => is_text(text, *most),
            (Self::Integer(least, most), Value::Number(number)) => {
                // A safe integer is exact as a float.
                #[allow(clippy::cast_precision_loss)]
                let (least, most) = (*least as f64, *most as f64);
                number.trunc() == *number && *number >= least && *number <= most
            }
            (Self::Flag, Value::Flag(_)) => true,
            _ => false,
        }
    }
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

    /// Checks one value against the rule, and puts the members of a record in their order.
    fn check(&self, value: &mut Value) -> Result<(), InvalidIntent> {
        match value {
            Value::Record(members) if self.rule == Rule::Address => arrange(&RECIPIENT, members, &check_recipient),
            _ => require(value, self.optional, |value| self.rule.allows(value)),
        }
    }
}

/// Checks one member of an [`Rule::Address`], or of the `address` in it.
fn check_recipient(position: usize, name: &str, value: &mut Value) -> Result<(), InvalidIntent> {
    match (name, value) {
        ("address", Value::Record(members)) => arrange(&ADDRESS, members, &check_recipient),
        (_, value) => require(value, position >= REQUIRED_MEMBERS, |value| match (name, value) {
            ("address", _) => false,
            ("country", Value::Text(text)) => text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()),
            (_, Value::Text(text)) => is_text(text, LONGEST),
            _ => false,
        }),
    }
}

/// Checks one value that may be missing. The error has no name yet.
fn require(value: &Value, optional: bool, fits: impl FnOnce(&Value) -> bool) -> Result<(), InvalidIntent> {
    let problem = match value {
        Value::Missing if optional => return Ok(()),
        Value::Missing => Problem::Missing,
        Value::Unreadable => Problem::Unreadable,
        value if fits(value) => return Ok(()),
        _ => Problem::OutsideRule,
    };
    Err(InvalidIntent { field: String::new(), problem })
}

/// Puts the members that were found in declared order, checks each, and drops those that are missing.
fn arrange(
    names: &[&str],
    found: &mut Vec<(String, Value)>,
    check: &dyn Fn(usize, &str, &mut Value) -> Result<(), InvalidIntent>,
) -> Result<(), InvalidIntent> {
    for (place, (name, _)) in found.iter().enumerate() {
        let is_declared = names.iter().any(|declared| declared == name);
        if !is_declared || found.iter().skip(place + 1).any(|(other, _)| other == name) {
            let problem = if is_declared { Problem::Repeated } else { Problem::Undeclared };
            return Err(InvalidIntent { field: name.clone(), problem });
        }
    }
    let mut members = Vec::new();
    for (position, name) in names.iter().enumerate() {
        let place = found.iter().position(|(given, _)| given == name);
        let mut value = place.map_or(Value::Missing, |place| found.swap_remove(place).1);
        check(position, name, &mut value).map_err(|error| error.inside(name))?;
        if !value.is_missing() {
            members.push(((*name).to_owned(), value));
        }
    }
    *found = members;
    Ok(())
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

/// The values that fit the rules of their fields, by name and in declared order.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent(Vec<(String, Value)>);

impl Intent {
    /// Checks values given in declared order, one a field.
    ///
    /// # Errors
    ///
    /// [`InvalidIntent`] for the first field that is missing or outside its rule.
    pub fn check(fields: &[Field], values: Vec<Value>) -> Result<Self, InvalidIntent> {
        let mut checked = Vec::new();
        let mut values = values.into_iter();
        for field in fields {
            let mut value = values.next().unwrap_or(Value::Missing);
            field.check(&mut value).map_err(|error| error.inside(&field.name))?;
            if !value.is_missing() {
                checked.push((field.name.clone(), value));
            }
        }
        Ok(Self(checked))
    }

    /// Checks values given by name, in any order.
    ///
    /// # Errors
    ///
    /// [`InvalidIntent`] for a field that is undeclared or there twice, else for the first that is missing or outside its
    /// rule.
    pub fn check_named(fields: &[Field], mut named: Vec<(String, Value)>) -> Result<Self, InvalidIntent> {
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        let check = |position: usize, _: &str, value: &mut Value| {
            fields.get(position).map_or(Ok(()), |field| field.check(value))
        };
        arrange(&names, &mut named, &check)?;
        Ok(Self(named))
    }

    /// Reads a request body on a server: the session id in `session_field`, and an intent that fits the rules.
    ///
    /// With the feature `serde` a [`Value`] is read from JSON like any other type: by `serde_json::from_slice`, or as axum's
    /// `Json<Value>`.
    ///
    /// ```
    /// # #[cfg(feature = "serde")]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use checkout_updates::intent::{Field, Intent, Rule, Value};
    ///
    /// let fields = [Field::new("quantity", Rule::Integer(0, 10))];
    /// let body: Value = serde_json::from_slice(br#"{"checkout_session_id":"cs_test_a1","quantity":2}"#)?;
    /// let (session, intent) = Intent::read("checkout_session_id", &fields, body)?;
    /// assert_eq!((session.as_str(), intent.get("quantity").as_i64()), ("cs_test_a1", Some(2)));
    /// # Ok(())
    /// # }
    /// # #[cfg(not(feature = "serde"))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidBody`] says what is wrong.
    pub fn read(session_field: &str, fields: &[Field], body: Value) -> Result<(SessionId, Self), InvalidBody> {
        let Value::Record(members) = body else { return Err(InvalidBody::NoObject) };
        let (mut sessions, members) = members.into_iter().partition(|(name, _)| name == session_field);
        let is_text = |_, _: &str, value: &mut Value| require(value, false, |value| value.as_str().is_some());
        arrange(&[session_field], &mut sessions, &is_text).map_err(InvalidBody::Intent)?;
        let session = member(&sessions, session_field).as_str().unwrap_or_default();
        let session = SessionId::parse(session).map_err(InvalidBody::Session)?;
        let intent = Self::check_named(fields, members).map_err(InvalidBody::Intent)?;
        Ok((session, intent))
    }

    /// The value of a field; [`Value::Missing`] if it was left out.
    ///
    /// ```
    /// use checkout_updates::intent::{Field, Intent, Rule, Value};
    ///
    /// let fields = [Field::new("quantity", Rule::Integer(0, 10))];
    /// let intent = Intent::check_named(&fields, vec![("quantity".to_owned(), Value::Number(2.0))])?;
    /// assert_eq!(intent.get("quantity").as_i64(), Some(2));
    /// # Ok::<(), checkout_updates::intent::InvalidIntent>(())
    /// ```
    #[must_use]
    pub fn get(&self, name: &str) -> &Value {
        member(&self.0, name)
    }

    /// The request body, JSON: the session field first, then the fields in declared order.
    #[must_use]
    pub fn body(&self, session_field: &str, session: &SessionId) -> String {
        let mut json = String::from("{");
        write_text(&mut json, session_field);
        json.push(':');
        write_text(&mut json, session.as_str());
        for member in &self.0 {
            json.push(',');
            write_member(&mut json, member);
        }
        json.push('}');
        json
    }
}

#[cfg(test)]
mod tests;
