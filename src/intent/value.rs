//! A value of an intent, before it is held against its rule.

/// `Number.MAX_SAFE_INTEGER`.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// What was found where a field was expected.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A string.
    Text(String),
    /// A number.
    Number(f64),
    /// `true` or `false`.
    Flag(bool),
    /// An object: its members as they were found, each read once.
    Record(Vec<(String, Value)>),
    /// Nothing, or `undefined`.
    Missing,
    /// Reading it failed, as with a getter that throws.
    Unreadable,
    /// A list, `null`, a symbol, a string with half of a character and so on: nothing that a rule allows.
    Other,
}

impl Value {
    /// The text, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The number, if it is a whole one that is exact.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            // Every whole number in between is exact, and so is the conversion.
            #[allow(clippy::cast_possible_truncation)]
            Self::Number(number) if number.trunc() == *number && number.abs() <= MAX_SAFE_INTEGER => {
                Some(*number as i64)
            }
            _ => None,
        }
    }

    /// `true` or `false`, if it is one of them.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Flag(flag) = self { Some(*flag) } else { None }
    }

    /// A member of a record; [`Value::Missing`] if there is none of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> &Self {
        if let Self::Record(members) = self { member(members, name) } else { &Self::Missing }
    }

    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }
}

/// A member by its name; [`Value::Missing`] if there is none.
pub(super) fn member<'a>(members: &'a [(String, Value)], name: &str) -> &'a Value {
    members.iter().find(|(its, _)| its == name).map_or(&Value::Missing, |(_, value)| value)
}
