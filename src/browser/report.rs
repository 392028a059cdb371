//! What is counted, as records for the page and as reports that outlive it.

use std::cell::{Cell, RefCell};

use js_sys::{Array, JSON, JsString};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use wasm_bindgen::JsValue;

use super::client::Client;
use super::{object, page};
use crate::failure::Kind;
use crate::metrics::Counts;

/// The most failures that are kept.
const KEPT: usize = 50;

/// The last failures, who is reported to, and what was.
#[derive(Default)]
pub struct Report {
    failures: RefCell<Vec<JsValue>>,
    reporters: RefCell<Vec<(u32, JsString)>>,
    last_reporter: Cell<u32>,
    reported: RefCell<Vec<Counts>>,
}

#[derive(Serialize)]
struct Record {
    updates: u32,
    successes: u32,
    retries: u32,
    late: u32,
    joined: u32,
    superseded: u32,
    p50: Option<u32>,
    p95: Option<u32>,
    max: Option<u32>,
    failures: Failures,
}

/// How many there were of each kind; those that never arose are left out.
struct Failures(Vec<(Kind, u32)>);

impl Serialize for Failures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (kind, count) in &self.0 {
            map.serialize_entry(kind.name(), count)?;
        }
        map.end()
    }
}

impl Record {
    /// What was counted since `before`.
    fn since(before: Option<&Counts>, counts: &Counts) -> Self {
        use crate::metrics::Number::{Joined, Late, Retries, Successes, Superseded, Updates};
        let number = |number| counts.get(number) - before.map_or(0, |before| before.get(number));
        let failures =
            Kind::ALL.map(|kind| (kind, counts.failures(kind) - before.map_or(0, |before| before.failures(kind))));
        Self {
            updates: number(Updates),
            successes: number(Successes),
            retries: number(Retries),
            late: number(Late),
            joined: number(Joined),
            superseded: number(Superseded),
            p50: counts.percentile(50),
            p95: counts.percentile(95),
            max: counts.percentile(100),
            failures: Failures(failures.into_iter().filter(|(_, count)| *count > 0).collect()),
        }
    }

    fn into_js(self) -> JsValue {
        self.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).unwrap_or_default()
    }
}

impl Report {
    /// Keeps the record of a failure.
    pub fn keep(&self, failure: JsValue) {
        let mut failures = self.failures.borrow_mut();
        if failures.len() == KEPT {
            failures.remove(0);
        }
        failures.push(failure);
    }

    /// Everything that is counted.
    pub fn metrics(&self, client: &Client) -> JsValue {
        let records = Array::new();
        for (position, counts) in client.counts().iter().enumerate() {
            records.push(&Array::of2(&client.name(position), &Record::since(None, counts).into_js()));
        }
        let failures = Array::new();
        for failure in self.failures.borrow().iter() {
            failures.push(failure);
        }
        object::of(&[("endpoints", &object::record(&records)), ("failures", &failures)])
    }

    /// Sends what is new to this place when the page is hidden; gives the number by which `forget` ends this.
    pub fn to(&self, url: JsString) -> u32 {
        self.last_reporter.set(self.last_reporter.get().wrapping_add(1));
        self.reporters.borrow_mut().push((self.last_reporter.get(), url));
        self.last_reporter.get()
    }

    /// Ends this.
    pub fn forget(&self, number: u32) {
        self.reporters.borrow_mut().retain(|(known, _)| *known != number);
    }

    /// Sends what is new of the endpoints where anything is.
    pub fn send(&self, client: &Client) {
        let reporters = self.reporters.borrow().clone();
        if reporters.is_empty() {
            return;
        }
        let counts = client.counts();
        let before = self.reported.take();
        let nothing = Counts::default();
        let news = Array::new();
        for (position, counts) in counts.iter().enumerate() {
            let before = before.get(position).unwrap_or(&nothing);
            if counts != before {
                news.push(&Array::of2(&client.name(position), &Record::since(Some(before), counts).into_js()));
            }
        }
        self.reported.replace(counts);
        if news.length() == 0 {
            return;
        }
        let Ok(text) = JSON::stringify(&object::of(&[("endpoints", &object::record(&news))])) else { return };
        for (_, url) in &reporters {
            page::beacon(url, &text);
        }
    }
}
