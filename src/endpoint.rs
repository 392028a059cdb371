//! A server URL for one specific customer interaction, with the rules of its intent. Its name and URL are the facade's.

use crate::intent::{Field, Intent, Value, write_value};
use crate::metrics::Counts;

/// An endpoint, or a name that the page gave to a function of its own.
#[derive(Clone, Debug, Default)]
pub struct Endpoint {
    /// The fields of its intent.
    pub fields: Vec<Field>,
    /// Whether a waiting update gives way to a later one: negative for no, else a bit for each field that must be the
    /// same, the lowest for the first.
    pub latest: i32,
    /// Whether an update equal to the last in the queue shares its outcome.
    pub join: bool,
    /// Whether an `Idempotency-Key` is sent.
    pub key: bool,
    /// Whether the page's CSRF token is sent.
    pub csrf: bool,
    /// How often a request is repeated.
    pub retries: u32,
    /// Milliseconds for one attempt; 0 for no such limit.
    pub attempt_timeout: f64,
    /// Milliseconds for the whole.
    pub timeout: f64,
    /// What happened so far.
    pub counts: Counts,
}

impl Endpoint {
    /// Appends the values that updates must share for the later to supersede the earlier.
    pub fn group(&self, intent: &Intent, group: &mut Vec<u8>) {
        for position in 0..self.fields.len() {
            if self.latest >= 0 && self.latest >> position & 1 == 1 {
                group.push(b',');
                if *intent.get(position) != Value::Missing {
                    write_value(group, intent.get(position));
                }
            }
        }
    }
}
