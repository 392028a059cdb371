//! Counters of an endpoint, its last durations, and the two records that are made of them.

use crate::endpoint::Endpoint;
use crate::failure::Kind;
use crate::intent::{write_integer, write_text};

/// How many durations are kept.
const KEPT: usize = 100;

/// What is counted beside the kinds of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// Updates that ended.
    Updates,
    /// Of these, with success.
    Successes,
    /// Requests that were repeated.
    Retries,
    /// Answers that came after the deadline and were still taken.
    Late,
    /// Callers that shared another's outcome.
    Joined,
    /// Updates that gave way to a later one.
    Superseded,
}

/// Their names, in order; the kinds of failures follow.
const NAMES: [&str; 6] = ["updates", "successes", "retries", "late", "joined", "superseded"];

/// One number a name, then one a kind.
type Numbers = [u32; NAMES.len() + Kind::ALL.len()];

/// What happened at one endpoint. Bounded, however long the page lives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    numbers: Numbers,
    /// What of it was reported.
    reported: Numbers,
    durations: Vec<u32>,
    oldest: usize,
}

impl Counts {
    /// One more of these.
    pub fn add(&mut self, number: Number) {
        self.increase(number as usize);
    }

    fn increase(&mut self, position: usize) {
        if let Some(count) = self.numbers.get_mut(position) {
            *count += 1;
        }
    }

    /// How many there were.
    #[must_use]
    pub fn get(&self, number: Number) -> u32 {
        self.numbers.get(number as usize).copied().unwrap_or_default()
    }

    /// How many updates failed like this.
    #[must_use]
    pub fn failures(&self, kind: Kind) -> u32 {
        self.numbers.get(NAMES.len() + kind as usize).copied().unwrap_or_default()
    }

    /// An update ended, after so many milliseconds.
    pub fn record(&mut self, failed: Option<Kind>, duration: f64) {
        self.add(Number::Updates);
        self.increase(failed.map_or(Number::Successes as usize, |kind| NAMES.len() + kind as usize));
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

    /// The smallest kept duration that at least so many per cent of them do not exceed: exact, and without a sort,
    /// which would cost more bytes than it saves time.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> Option<u32> {
        let mut least = None;
        for candidate in &self.durations {
            let within = self.durations.iter().filter(|ms| *ms <= candidate).count();
            if within * 100 >= self.durations.len() * percent && least.is_none_or(|least| least > *candidate) {
                least = Some(*candidate);
            }
        }
        least
    }

    fn write(&self, json: &mut String, since: &Numbers) {
        let mut new = self.numbers.iter().zip(since).map(|(number, before)| number - before);
        json.push('{');
        for (name, count) in NAMES.into_iter().zip(&mut new) {
            write_member(json, name, Some(count));
        }
        for (name, percent) in [("p50", 50), ("p95", 95), ("max", 100)] {
            write_member(json, name, self.percentile(percent));
        }
        write_text(json, "failures");
        json.push_str(":{");
        for (kind, count) in Kind::ALL.into_iter().zip(new) {
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
    if json.as_bytes().last() == Some(&b',') {
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
        endpoint.counts.write(&mut json, &Numbers::default());
        json.push(',');
    }
    end(&mut json);
    json
}

/// What a beacon sends: what is new since the last time, of the endpoints where anything is. Empty if nothing is.
#[must_use]
pub fn news(endpoints: &mut [Endpoint]) -> String {
    let mut json = String::new();
    for endpoint in endpoints {
        let counts = &mut endpoint.counts;
        if counts.numbers == counts.reported {
            continue;
        }
        json.push_str(if json.is_empty() { "{\"endpoints\":{" } else { "," });
        write_text(&mut json, &endpoint.name);
        json.push(':');
        counts.write(&mut json, &counts.reported);
        counts.reported = counts.numbers;
    }
    if !json.is_empty() {
        json.push_str("}}");
    }
    json
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
        assert_eq!(news(&mut endpoints), "");
        endpoints[1].counts.record(Some(Kind::Timeout), 19_500.0);
        assert_eq!(
            news(&mut endpoints),
            "{\"endpoints\":{\"b\":{\"updates\":1,\"successes\":0,\"retries\":0,\"late\":0,\"joined\":0,\"superseded\":0,\
             \"p50\":19500,\"p95\":19500,\"max\":19500,\"failures\":{\"timeout\":1}}}}"
        );
        assert_eq!(news(&mut endpoints), "");
        endpoints[1].counts.record(None, 20.0);
        assert!(news(&mut endpoints).contains("\"updates\":1,\"successes\":1"));
    }

    #[test]
    fn the_record_names_every_endpoint() {
        assert_eq!(record(&[]), "{}");
        let json = record(&[endpoint("a\"b")]);
        assert!(json.starts_with("{\"a\\\"b\":{\"updates\":0,"), "{json}");
        assert!(json.ends_with("\"p50\":null,\"p95\":null,\"max\":null,\"failures\":{}}}"), "{json}");
    }
}
