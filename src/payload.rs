//! From what the page asks for to what is sent: the checks of `session` and `intent`, and the body.

use std::sync::Arc;

use crate::endpoint::Endpoint;
use crate::failure::Kind;
use crate::intent::{Field, Intent, InvalidIntent, Problem, Value};
use crate::session::{InvalidSession, SessionId};

/// What an update is to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// A request.
    Request {
        /// The body, JSON. It names the session.
        body: Arc<str>,
        /// The session and the values of the endpoint's `latest` fields; `None` if it has no `latest`.
        group: Option<Arc<str>>,
    },
    /// Nothing of ours: a function of the page is called.
    Wrapped,
    /// Nothing: it was refused here.
    Refused(Kind),
}

/// An intent before it is checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawIntent {
    /// The values of the declared fields, in declared order.
    pub values: Vec<Value>,
    /// The first field that is not declared.
    pub undeclared: Option<String>,
}

impl RawIntent {
    /// What a record has for these fields; what is none has nothing.
    #[must_use]
    pub fn named(fields: &[Field], record: Value) -> Self {
        let mut raw = Self { values: vec![Value::Missing; fields.len()], undeclared: None };
        let Value::Record(members) = record else { return raw };
        for (name, value) in members {
            let position = fields.iter().position(|field| field.name == name);
            match position.and_then(|position| raw.values.get_mut(position)) {
                Some(place) => *place = value,
                None => drop(raw.undeclared.get_or_insert(name)),
            }
        }
        raw
    }
}

/// Why nothing is sent. It never holds a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong.
    pub kind: Kind,
    /// The field that is wrong.
    pub field: Option<String>,
    /// What is wrong with it, for the page's author; empty if what the page threw says it.
    pub detail: &'static str,
}

impl From<InvalidIntent> for Refusal {
    fn from(error: InvalidIntent) -> Self {
        Self { kind: Kind::InvalidIntent, field: Some(error.field), detail: error.problem.text() }
    }
}

impl From<InvalidSession> for Refusal {
    fn from(error: InvalidSession) -> Self {
        Self { kind: Kind::InvalidSession, field: None, detail: error.hint() }
    }
}

/// Checks an update and writes its body.
///
/// `given` is the session as the page says it, [`Value::Missing`] if it does not; `reported` is the session of the actions.
///
/// # Errors
///
/// A field that is undeclared, missing or outside its rule; a session that could not be read, is malformed, or is another
/// than that of the actions.
pub fn payload(
    endpoint: &Endpoint,
    intent: &RawIntent,
    given: &Value,
    reported: Option<&str>,
    session_field: &str,
) -> Result<Payload, Refusal> {
    if let Some(field) = intent.undeclared.clone() {
        return Err(InvalidIntent { field, problem: Problem::Undeclared }.into());
    }
    let intent = Intent::check(&endpoint.fields, intent.values.clone())?;
    if *given == Value::Unreadable {
        return Err(Refusal { kind: Kind::CallbackFailed, field: None, detail: "" });
    }
    let session = session_of(given, reported)?;
    let group = endpoint.group(session.as_str(), &intent).map(Arc::from);
    Ok(Payload::Request { body: intent.body(session_field, &session).into(), group })
}

/// The session that an update is for: as the page says, else as the actions do; never one against the other.
fn session_of(given: &Value, reported: Option<&str>) -> Result<SessionId, InvalidSession> {
    let session = match (given, reported) {
        (Value::Text(given), _) => SessionId::parse(given)?,
        (Value::Missing, Some(reported)) => SessionId::parse(reported)?,
        (Value::Missing, None) => return Err(InvalidSession::Missing),
        _ => return Err(InvalidSession::NotText),
    };
    if reported.is_some_and(|reported| reported != session.as_str()) {
        return Err(InvalidSession::Another);
    }
    Ok(session)
}
