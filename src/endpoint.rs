//! What the machine knows of a server URL: the rules of its intents and requests. Its name and URL are the browser's part.

use std::sync::Arc;

use crate::intent::json::write_value;
use crate::intent::{Field, Intent, Value};
use crate::metrics::Counts;

/// An endpoint, or a name that the page gave to a function of its own.
#[derive(Clone, Debug, Default)]
pub struct Endpoint {
    /// The fields of its intent.
    pub fields: Arc<[Field]>,
    /// The fields whose values an update must share with a later one to be superseded by it: a bit for each, the lowest for
    /// the first. `None` if updates are not superseded.
    pub latest: Option<u32>,
    /// Whether an update equal to the last in the queue shares its outcome.
    pub dedupe: bool,
    /// Whether an `Idempotency-Key` is sent.
    pub idempotency_key: bool,
    /// Whether the page's CSRF token is sent.
    pub csrf: bool,
    /// How often a request is repeated.
    pub retries: u32,
    /// Milliseconds for one attempt.
    pub attempt_timeout: Option<f64>,
    /// Milliseconds for the whole.
    pub timeout: f64,
    /// What happened so far.
    pub counts: Counts,
}

impl Endpoint {
    /// The session and the values that an update must share with a later one to be superseded by it; `None` if updates are
    /// not superseded.
    #[must_use]
    pub fn group(&self, session: &str, intent: &Intent) -> Option<String> {
        let latest = self.latest?;
        let mut group = session.to_owned();
        for (position, field) in self.fields.iter().enumerate() {
            if latest >> position & 1 == 1 {
                group.push(',');
                let value = intent.get(&field.name);
                if *value != Value::Missing {
                    write_value(&mut group, value);
                }
            }
        }
        Some(group)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intent::Rule;

    #[test]
    fn what_must_be_the_same_is_the_group() {
        let field = |name: &str| Field::new(name, Rule::Integer(0, 9)).optional();
        let fields = vec![field("item"), field("quantity"), field("size")];
        let group = |latest: Option<u32>, values: [Value; 3]| {
            let intent = Intent::check(&fields, values.to_vec()).unwrap();
            Endpoint { fields: fields.clone().into(), latest, ..Endpoint::default() }.group("cs_test", &intent)
        };
        let values = || [Value::Number(1.0), Value::Number(2.0), Value::Number(3.0)];
        assert_eq!(group(None, values()), None);
        assert_eq!(group(Some(0), values()).as_deref(), Some("cs_test"));
        assert_eq!(group(Some(0b001), values()).as_deref(), Some("cs_test,1"));
        assert_eq!(group(Some(0b101), values()).as_deref(), Some("cs_test,1,3"));
        // A field that is not there differs from one that is empty.
        let values = [Value::Missing, Value::Number(2.0), Value::Missing];
        assert_eq!(group(Some(0b011), values).as_deref(), Some("cs_test,,2"));
    }
}
