//! What is counted, as records for the page and as reports that outlive it.

use std::cell::{Cell, RefCell};

use js_sys::{Array, JSON, JsString};
use wasm_bindgen::JsValue;

use super::client::Client;
use super::object::{self, Member};
use super::page;
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

/// What was counted since `before`; kinds of failure that never arose are left out.
fn record(before: &Counts, counts: &Counts) -> JsValue {
    use crate::metrics::Number::{Joined, Late, Retries, Successes, Superseded, Updates};
    let number = |number| Member::Number((counts.get(number) - before.get(number)).into());
    let percentile = |share| counts.percentile(share).map_or(Member::Null, |ms| Member::Number(ms.into()));
    let mut failures = Vec::new();
    for kind in Kind::ALL {
        let count = counts.failures(kind) - before.failures(kind);
        if count > 0 {
            failures.push((kind.name(), Member::Number(count.into())));
        }
    }
    object::written(&[
        ("updates", number(Updates)),
        ("successes", number(Successes)),
        ("retries", number(Retries)),
        ("late", number(Late)),
        ("joined", number(Joined)),
        ("superseded", number(Superseded)),
        ("p50", percentile(50)),
        ("p95", percentile(95)),
        ("max", percentile(100)),
        ("failures", Member::Record(&failures)),
    ])
}

/// The records of the endpoints by their names; with `before`, of those where anything has changed since.
fn records(client: &Client, counts: &[Counts], before: Option<&[Counts]>) -> Array {
    let (records, nothing) = (Array::new(), Counts::default());
    for (position, counts) in counts.iter().enumerate() {
        let known = before.and_then(|before| before.get(position)).unwrap_or(&nothing);
        if before.is_none() || counts != known {
            records.push(&Array::of2(&client.name(position), &record(known, counts)));
        }
    }
    records
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
        let records = records(client, &client.counts(), None);
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
        let news = records(client, &counts, Some(&self.reported.take()));
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
