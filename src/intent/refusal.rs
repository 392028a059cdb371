//! Why an intent or a body is refused.

use std::fmt;

use crate::session::InvalidSession;
use crate::text::concat;

/// Why an intent is refused. It names the field and never holds the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidIntent {
    /// The field's name as declared, or as found where nobody declared it; for a member of an address with the names
    /// around it, as in `shipping.address.country`.
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
    /// It is there more than once.
    Repeated,
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
            Self::Repeated => "is there twice",
            Self::OutsideRule => "does not fit its rule",
            Self::Unreadable => "could not be read",
        }
    }
}

impl InvalidIntent {
    /// The same error, of a value that is a member of another.
    pub(super) fn inside(mut self, outer: &str) -> Self {
        let separator = if self.field.is_empty() { "" } else { "." };
        self.field = concat(&[outer, separator, &self.field]);
        self
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

/// Why a request body is refused. It holds no value that was sent, but names as the sender wrote them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidBody {
    /// It is no object.
    NoObject,
    /// Its session is no session id.
    Session(InvalidSession),
    /// A field, or the one of the session, is missing, undeclared, there twice or outside its rule.
    Intent(InvalidIntent),
}

impl fmt::Display for InvalidBody {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoObject => formatter.write_str("the body is no JSON object"),
            Self::Session(invalid) => invalid.fmt(formatter),
            Self::Intent(invalid) => invalid.fmt(formatter),
        }
    }
}

impl std::error::Error for InvalidBody {}
