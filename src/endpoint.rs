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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intent::Rule;

    #[test]
    fn what_must_be_the_same_is_the_group() {
        let field = |name: &str| Field::new(name, Rule::Integer(0.0, 9.0)).optional();
        let fields = vec![field("item"), field("quantity"), field("size")];
        let group = |latest: i32, values: [Value; 3]| {
            let intent = Intent::check(&fields, values.to_vec()).unwrap();
            let mut group = b"cs_test".to_vec();
            Endpoint { fields: fields.clone(), latest, ..Endpoint::default() }.group(&intent, &mut group);
            String::from_utf8(group).unwrap()
        };
        let values = || [Value::Number(1.0), Value::Number(2.0), Value::Number(3.0)];
        assert_eq!(group(-1, values()), "cs_test");
        assert_eq!(group(0, values()), "cs_test");
        assert_eq!(group(0b001, values()), "cs_test,1");
        assert_eq!(group(0b101, values()), "cs_test,1,3");
        // A field that is not there is none that is empty.
        assert_eq!(group(0b011, [Value::Missing, Value::Number(2.0), Value::Missing]), "cs_test,,2");
    }
}
