//! What a page sees of its updates: what is pending, the snapshot, and what was counted.

use std::rc::Rc;

#[cfg(feature = "js")]
use wasm_bindgen::JsValue;

use super::client::Client;
#[cfg(feature = "js")]
use super::failure::Failure;
#[cfg(feature = "js")]
use super::members::{Member, record};
use super::page;
#[cfg(feature = "js")]
use super::raw_intent;
use super::reporter::Metrics;
use super::store::Snapshot;
use crate::intent::Value;
use crate::payload::RawIntent;
use crate::payment::blocked::BlockReason;

impl Client {
    /// The snapshot now.
    pub fn snapshot(&self) -> Snapshot {
        self.driver.snapshot()
    }

    /// The snapshot that the page was told of last.
    pub fn shown(&self) -> Snapshot {
        self.driver.store.shown()
    }

    /// Calls `tell` once with whether the page is stale, when nothing is pending.
    pub fn when_idle(&self, tell: Box<dyn FnOnce(bool)>) {
        self.driver.store.when_idle(tell);
        self.driver.publish();
    }

    /// Calls the subscriber after each change; returns the number by which `unsubscribe` ends this.
    pub fn subscribe(&self, subscriber: Rc<dyn Fn()>) -> u32 {
        self.driver.store.subscribe(subscriber)
    }

    /// Ends a subscription.
    pub fn unsubscribe(&self, number: u32) {
        self.driver.store.unsubscribe(number);
    }

    /// Sends what is new to this URL when the page is hidden, for a share of the pages from 0 to 1; returns the number by
    /// which `forget` ends this.
    pub fn report_to(&self, url: &str, rate: f64) -> Option<u32> {
        self.listen();
        (page::random() < rate).then(|| self.driver.reporter.add(url.to_owned()))
    }

    /// Ends reports.
    pub fn forget(&self, number: u32) {
        self.driver.reporter.forget(number);
    }

    /// The next update is one that nobody can see.
    #[cfg(feature = "js")]
    pub fn rehearse(&self) {
        self.driver.is_rehearsal.set(true);
    }

    /// Counts a payment that was blocked before it reached the machine.
    pub fn count_blocked(&self, reason: BlockReason) {
        self.driver.count_blocked(reason);
    }

    /// The values of the newest update of an endpoint that has not settled, and has those that are asked for.
    pub fn pending_intent(&self, endpoint: usize, asked: &RawIntent) -> Option<Vec<Value>> {
        let fits = |intent: &[Value]| {
            let mut pairs = asked.values.iter().zip(intent);
            asked.undeclared.is_none() && pairs.all(|(asked, value)| *asked == Value::Missing || asked == value)
        };
        let rows = self.driver.in_flight.borrow();
        let mut newest = None;
        let mut found = None;
        for waiter in rows.iter().filter(|row| row.endpoint == endpoint).flat_map(|row| &row.waiters) {
            let values = waiter.spec.source.values();
            if Some(waiter.id) > newest && fits(values) {
                (newest, found) = (Some(waiter.id), Some(values));
            }
        }
        found.map(<[Value]>::to_vec)
    }

    /// The same as a record, by the values of a page's object.
    #[cfg(feature = "js")]
    pub fn pending(&self, endpoint: usize, values: &JsValue) -> Option<JsValue> {
        let fields = self.fields(endpoint)?;
        let intent = self.pending_intent(endpoint, &raw_intent::read(&fields, values).0)?;
        let mut members = Vec::new();
        for (field, value) in fields.iter().zip(&intent) {
            members.extend(raw_intent::to_js(value).map(|value| (field.name.as_str(), Member::Value(value))));
        }
        Some(record(&members))
    }

    /// Whether an update of this endpoint has not settled.
    pub fn is_pending(&self, endpoint: usize) -> bool {
        let rows = self.driver.in_flight.borrow();
        rows.iter().any(|row| row.endpoint == endpoint && !row.waiters.is_empty())
    }

    /// Whether any update that has not settled may have sent something.
    pub fn has_sent(&self) -> bool {
        // A module that died while it wrote them down cannot tell.
        self.driver.in_flight.try_borrow().map_or(true, |rows| rows.iter().any(|row| row.is_sent))
    }

    /// What was counted, by endpoint, and the last failures.
    pub fn metrics(&self) -> Metrics {
        self.driver.reporter.metrics(&self.driver.counts())
    }

    /// Counts a failure that was met while there was no module; a refresh has no name, and is not counted.
    #[cfg(feature = "js")]
    pub fn note(&self, error: &JsValue) {
        let failure = Failure::met(error);
        if !failure.endpoint.is_empty() {
            let position = self.driver.position_for(&failure.endpoint);
            self.driver.endpoint(position, |rules| rules.counts.record(Some(failure.kind), failure.duration_ms));
        }
        self.driver.reporter.keep(&failure);
    }
}
