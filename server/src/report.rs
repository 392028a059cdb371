//! The report of a page: what it counted since its last one. Anyone can send anything, so only known names count.

use checkout_updates::failure::Kind;
use serde_json::{Map, Value};

const EVENTS: [&str; 6] = ["updates", "successes", "retries", "late", "joined", "superseded"];
const STATISTICS: [&str; 3] = ["p50", "p95", "max"];
/// More than a page can do: a larger number is nonsense.
const MOST: u64 = 100_000;

/// What a page counted, by endpoint.
#[derive(Debug, Default, PartialEq)]
pub struct Report {
    /// The endpoints that it names and that exist.
    pub endpoints: Vec<Counted>,
}

/// What a page counted of one endpoint.
#[derive(Debug, PartialEq)]
pub struct Counted {
    /// Its name.
    pub endpoint: &'static str,
    /// Updates, successes and so on.
    pub events: Vec<(&'static str, u64)>,
    /// Failures by kind.
    pub failures: Vec<(&'static str, u64)>,
    /// In milliseconds.
    pub durations: Vec<(&'static str, f64)>,
}

impl Report {
    /// Reads a report. What is unknown is left out; what is no report is `None`.
    #[must_use]
    pub fn read(body: &[u8], known: &[&'static str]) -> Option<Self> {
        let report: Value = serde_json::from_slice(body).ok()?;
        let named = report.get("endpoints")?.as_object()?;
        let mut endpoints = Vec::new();
        for endpoint in known {
            let Some(counted) = named.get(*endpoint) else { continue };
            let counted = counted.as_object()?;
            let failures = match counted.get("failures") {
                Some(failures) => counts(failures.as_object()?, &Kind::ALL.map(Kind::name))?,
                None => Vec::new(),
            };
            let durations = STATISTICS.iter().filter_map(|statistic| {
                let milliseconds = counted.get(*statistic)?.as_f64()?;
                (0.0..=3_600_000.0).contains(&milliseconds).then_some((*statistic, milliseconds))
            });
            let durations = durations.collect();
            endpoints.push(Counted { endpoint, events: counts(counted, &EVENTS)?, failures, durations });
        }
        Some(Self { endpoints })
    }
}

fn counts<const N: usize>(counted: &Map<String, Value>, names: &[&'static str; N]) -> Option<Vec<(&'static str, u64)>> {
    let mut counts = Vec::new();
    for name in names {
        if let Some(count) = counted.get(*name) {
            counts.push((*name, count.as_u64().filter(|count| *count <= MOST)?));
        }
    }
    Some(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_known_names_only() {
        let body = br#"{"endpoints":{"a":{"updates":3,"successes":1,"failures":{"timeout":2,"evil{}":9},"p50":12.5,"p95":null},"evil":{"updates":1}}}"#;
        let report = Report::read(body, &["a", "b"]).unwrap();
        assert_eq!(
            report.endpoints,
            [Counted {
                endpoint: "a",
                events: vec![("updates", 3), ("successes", 1)],
                failures: vec![("timeout", 2)],
                durations: vec![("p50", 12.5)],
            }]
        );
    }

    #[test]
    fn refuses_nonsense() {
        for body in [
            "",
            "[]",
            "{}",
            r#"{"endpoints":[]}"#,
            r#"{"endpoints":{"a":1}}"#,
            r#"{"endpoints":{"a":{"updates":-1}}}"#,
            r#"{"endpoints":{"a":{"updates":1e9}}}"#,
            r#"{"endpoints":{"a":{"updates":1000000}}}"#,
            r#"{"endpoints":{"a":{"failures":{"timeout":"1"}}}}"#,
        ] {
            assert_eq!(Report::read(body.as_bytes(), &["a"]), None, "{body}");
        }
    }
}
