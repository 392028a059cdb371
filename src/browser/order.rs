//! From what the page asked for to what is sent: the checks of `session` and `intent`, and the body.

use super::reading::Reading;
use super::slot::Slot;
use crate::endpoint::Endpoint;
use crate::failure::Kind;
use crate::intent::{Intent, InvalidIntent, Problem, Value};
use crate::session::{InvalidSession, SessionId};
use crate::update::Order;

/// Why nothing is sent: with words for the page's author that hold no value.
pub struct Refusal {
    /// What is wrong.
    pub kind: Kind,
    /// With which field.
    pub field: Option<String>,
    /// The words, to be put behind the field's name if there is one.
    pub text: &'static str,
}

impl From<InvalidIntent> for Refusal {
    fn from(error: InvalidIntent) -> Self {
        Self { kind: Kind::InvalidIntent, field: Some(error.field), text: error.problem.text() }
    }
}

impl From<InvalidSession> for Refusal {
    fn from(error: InvalidSession) -> Self {
        Self { kind: Kind::InvalidSession, field: None, text: error.hint() }
    }
}

/// Checks an update, and writes its body into `slot`. `given` is the session as the page says it, `reported` that of the
/// actions, for `run`; `slots` are those of the updates before it.
pub fn check(
    endpoint: &Endpoint,
    reading: &Reading,
    given: Value,
    reported: Option<String>,
    session_field: &str,
    slots: &[Slot],
    slot: &mut Slot,
) -> Result<Order, Refusal> {
    if let Some(field) = reading.undeclared.clone() {
        return Err(InvalidIntent { field, problem: Problem::Undeclared }.into());
    }
    let intent = Intent::check(&endpoint.fields, reading.values.clone())?;
    if given == Value::Unreadable {
        return Err(Refusal { kind: Kind::CallbackFailed, field: None, text: "" });
    }
    let session = session_of(given, reported)?;
    let body = intent.body(session_field, &session, &endpoint.fields);
    let mut group = session.as_str().as_bytes().to_vec();
    endpoint.group(&intent, &mut group);
    // Equal texts of one endpoint get the number of the first that has them.
    let mut numbers = (slot.id, slot.id);
    for other in slots.iter().rev().filter(|other| other.endpoint == slot.endpoint) {
        if other.body.as_ref().is_some_and(|known| **known == *body) {
            numbers.0 = other.numbers.0;
        }
        if other.group == group {
            numbers.1 = other.numbers.1;
        }
    }
    (slot.body, slot.group, slot.numbers) = (Some(body.into()), group, numbers);
    Ok(Order::Request { body: numbers.0, group: numbers.1 })
}

/// The session that an update is for: as the page says, else as the actions do; never one against the other.
fn session_of(given: Value, reported: Option<String>) -> Result<SessionId, InvalidSession> {
    let session = match (given, &reported) {
        (Value::Text(given), _) => SessionId::parse(&given)?,
        (Value::Missing, Some(reported)) => SessionId::parse(reported)?,
        (Value::Missing, None) => return Err(InvalidSession::Missing),
        _ => return Err(InvalidSession::NotText),
    };
    if reported.is_some_and(|reported| reported != session.as_str()) {
        return Err(InvalidSession::Another);
    }
    Ok(session)
}
