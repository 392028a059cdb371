//! Counters of an endpoint, its last durations, and the two records that are made of them.

use crate::endpoint::Endpoint;
use crate::failure::Kind;
use crate::intent::{write_integer, write_text};

/// How many durations are kept.
const KEPT: usize = 100;

/// What happened at one endpoint. Bounded, however long the page lives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    /// Updates that ended.
    pub updates: u32,
    /// Of these, with success.
    pub successes: u32,
    /// Of these, with each kind of failure.
    pub failures: [u32; Kind::ALL.len()],
    /// Requests that were repeated.
    pub retries: u32,
    /// Answers that came after the deadline and were still taken.
    pub late: u32,
    /// Callers that shared another's outcome.
    pub joined: u32,
    /// Updates that gave way to a later one.
    pub superseded: u32,
    durations: Vec<u32>,
    oldest: usize,
}

impl Counts {
    /// An update ended, after so many milliseconds.
    pub fn record(&mut self, failed: Option<Kind>, duration: f64) {
        self.updates += 1;
        match failed {
            None => self.successes += 1,
            Some(kind) => self.count(kind),
        }
        // Whole milliseconds; `as` takes what is negative or too large to the nearest end.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let ms = (duration + 0.5) as u32;
        if let Some(place) = self.durations.get_mut(self.oldest) {
            *place = ms;
        } else {
            self.durations.push(ms);
        }
        self.oldest = (self.oldest + 1) % KEPT;
    }

    /// One more failure of this kind.
    pub fn count(&mut self, kind: Kind) {
        if let Some(count) = self.failures.get_mut(kind as usize) {
            *count += 1;
        }
    }

    /// The smallest kept duration that at least so many per cent of them do not exceed: exact, and without a sort,
    /// which would cost more bytes than it saves time.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> Option<u32> {
        let enough = |candidate: u32| {
            let within = self.durations.iter().filter(|ms| **ms <= candidate).count();
            within * 100 >= self.durations.len() * percent
        };
        self.durations.iter().copied().filter(|ms| enough(*ms)).min()
    }

    /// What came since an earlier state of the same counts; durations are not taken back.
    fn since(&self, earlier: &Self) -> Self {
        let mut new = self.clone();
        new.updates -= earlier.updates;
        new.successes -= earlier.successes;
        new.retries -= earlier.retries;
        new.late -= earlier.late;
        new.joined -= earlier.joined;
        new.superseded -= earlier.superseded;
        for (count, before) in new.failures.iter_mut().zip(earlier.failures) {
            *count -= before;
        }
        new
    }

    fn write(&self, json: &mut String) {
        json.push('{');
        for (name, count) in [
            ("updates", self.updates),
            ("successes", self.successes),
            ("retries", self.retries),
            ("late", self.late),
            ("joined", self.joined),
            ("superseded", self.superseded),
        ] {
            write_member(json, name, Some(count));
        }
        for (name, percent) in [("p50", 50), ("p95", 95), ("max", 100)] {
            write_member(json, name, self.percentile(percent));
        }
        write_text(json, "failures");
        json.push_str(":{");
        for (kind, count) in Kind::ALL.into_iter().zip(self.failures) {
            if count > 0 {
                write_member(json, kind.name(), Some(count));
            }
        }
        end(json);
        end(json);
    }
}

/// Writes `"name":7,`.
fn write_member(json: &mut String, name: &str, number: Option<u32>) {
    write_text(json, name);
    json.push(':');
    match number {
        Some(number) => write_integer(json, f64::from(number)),
        None => json.push_str("null"),
    }
    json.push(',');
}

/// Ends an object whose members each left a comma.
fn end(json: &mut String) {
    if json.ends_with(',') {
        json.pop();
    }
    json.push('}');
}

/// The counts of every endpoint as JSON: an object of objects, by name.
#[must_use]
pub fn record(endpoints: &[Endpoint]) -> String {
    let mut json = String::from("{");
    for endpoint in endpoints {
        write_text(&mut json, &endpoint.name);
        json.push(':');
        endpoint.counts.write(&mut json);
        json.push(',');
    }
    end(&mut json);
    json
}

/// What is sent by the beacon: what is new since `sent`, of the endpoints where anything is. `None` if nothing is.
#[must_use]
pub fn news(endpoints: &[Endpoint], sent: &mut Vec<Counts>) -> Option<String> {
    sent.resize(endpoints.len(), Counts::default());
    let mut json = String::from("{\"endpoints\":{");
    let empty = json.len();
    for (endpoint, sent) in endpoints.iter().zip(sent.iter_mut()) {
        if endpoint.counts == *sent {
            continue;
        }
        write_text(&mut json, &endpoint.name);
        json.push(':');
        endpoint.counts.since(sent).write(&mut json);
        json.push(',');
        sent.clone_from(&endpoint.counts);
    }
    if json.len() == empty {
        return None;
    }
    end(&mut json);
    end(&mut json);
    Some(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(name: &str) -> Endpoint {
        Endpoint { name: name.into(), ..Endpoint::default() }
    }

    #[test]
    fn percentiles_are_exact() {
        let mut counts = Counts::default();
        assert_eq!(counts.percentile(50), None);
        for ms in (1..=100).rev() {
            counts.record(None, f64::from(ms));
        }
        assert_eq!([50, 95, 100].map(|percent| counts.percentile(percent)), [Some(50), Some(95), Some(100)]);
        // The next push the first out, one by one: 100, the oldest, goes first.
        counts.record(None, 7.4);
        assert_eq!([50, 100].map(|percent| counts.percentile(percent)), [Some(49), Some(99)]);
    }

    #[test]
    fn the_beacon_has_what_is_new() {
        let mut endpoints = vec![endpoint("a"), endpoint("b")];
        let mut sent = Vec::new();
        assert_eq!(news(&endpoints, &mut sent), None);
        endpoints[1].counts.record(Some(Kind::Timeout), 19_500.0);
        assert_eq!(
            news(&endpoints, &mut sent).unwrap(),
            "{\"endpoints\":{\"b\":{\"updates\":1,\"successes\":0,\"retries\":0,\"late\":0,\"joined\":0,\"superseded\":0,\
             \"p50\":19500,\"p95\":19500,\"max\":19500,\"failures\":{\"timeout\":1}}}}"
        );
        assert_eq!(news(&endpoints, &mut sent), None);
        endpoints[1].counts.record(None, 20.0);
        assert!(news(&endpoints, &mut sent).unwrap().contains("\"updates\":1,\"successes\":1"));
    }

    #[test]
    fn the_record_names_every_endpoint() {
        assert_eq!(record(&[]), "{}");
        let json = record(&[endpoint("a\"b")]);
        assert!(json.starts_with("{\"a\\\"b\":{\"updates\":0,"), "{json}");
        assert!(json.ends_with("\"p50\":null,\"p95\":null,\"max\":null,\"failures\":{}}}"), "{json}");
    }
}
