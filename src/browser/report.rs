//! What is counted, as records for the page and as reports that outlive it.

use std::cell::{Cell, RefCell};

use js_sys::{Array, JSON, JsString, Uint32Array};
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
    reporters: RefCell<Vec<Reporter>>,
    last_reporter: Cell<u32>,
    /// What was reported last, with which a new reporter begins.
    told: RefCell<Vec<Counts>>,
}

/// Who is reported to, and what the browser has taken for it.
#[derive(Clone)]
struct Reporter {
    number: u32,
    url: JsString,
    told: Vec<Counts>,
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
        let number = self.last_reporter.get();
        let told = self.told.borrow().clone();
        self.reporters.borrow_mut().push(Reporter { number, url, told });
        number
    }

    /// Ends this.
    pub fn forget(&self, number: u32) {
        self.reporters.borrow_mut().retain(|known| known.number != number);
    }

    /// Sends each reporter what is new since the browser has last taken a report for it.
    pub fn send(&self, client: &Client) {
        let reporters = self.reporters.borrow().clone();
        if reporters.is_empty() {
            return;
        }
        let counts = client.counts();
        for Reporter { number, url, told } in reporters {
            if !sent(client, &url, &told, &counts) {
                continue;
            }
            self.told.borrow_mut().clone_from(&counts);
            if let Some(reporter) = self.reporters.borrow_mut().iter_mut().find(|known| known.number == number) {
                reporter.told.clone_from(&counts);
            }
        }
    }

    /// What a fresh module goes on with: a list of each endpoint's name, counters and durations, and the last failures.
    pub fn saved(&self, client: &Client) -> Array {
        let counts = Array::new();
        for (position, of) in client.counts().iter().enumerate() {
            let durations: Vec<u32> = of.durations().collect();
            let (numbers, durations) = (Uint32Array::from(of.numbers()), Uint32Array::from(&*durations));
            counts.push(&Array::of3(&client.name(position), &numbers, &durations));
        }
        Array::of2(&counts, &self.failures.borrow().iter().collect::<Array>())
    }

    /// Goes on from what was saved.
    pub fn restore(&self, client: &Client, saved: &Array) {
        for of in Array::from(&saved.get(0)).iter().map(|of| Array::from(&of)) {
            let list = |position| Uint32Array::new(&of.get(position)).to_vec();
            let counts = Counts::restore(&list(1), &list(2));
            let position = client.place_for(&of.get(0));
            if let Some(endpoint) = client.machine().endpoints.get_mut(position) {
                endpoint.counts = counts;
            }
        }
        self.failures.replace(Array::from(&saved.get(1)).iter().collect());
        // What was reported before was reported by the module that died.
        self.told.replace(client.counts());
    }
}

/// Sends what is new of the endpoints where anything is; whether the browser has taken it.
fn sent(client: &Client, url: &JsString, told: &[Counts], counts: &[Counts]) -> bool {
    let news = records(client, counts, Some(told));
    let text = JSON::stringify(&object::of(&[("endpoints", &object::record(&news))]));
    news.length() > 0 && text.is_ok_and(|text| page::beacon(url, &text))
}
