//! What is counted, as records for the page and as reports that outlive it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{JSON, JsString};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use super::failure::Failure;
use super::members::{Member, record};
use crate::failure::Kind;
use crate::metrics::{Counts, Number};
use crate::payment::blocked::{BlockReason, PaymentCounts};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = navigator, js_name = sendBeacon)]
    fn send_beacon(url: &str, data: &JsString) -> Result<bool, JsValue>;
}

#[wasm_bindgen(module = "/src/browser/platform.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = canKeepAlive)]
    fn can_keep_alive() -> Result<bool, JsValue>;

    #[wasm_bindgen(catch, js_name = keepAlive)]
    fn keep_alive(request: &web_sys::Request) -> Result<(), JsValue>;
}

#[wasm_bindgen(module = "/src/browser/error.js")]
extern "C" {
    fn recorded(error: &JsValue) -> JsValue;
}

/// The most failures that are kept.
const KEPT: usize = 50;

/// What was counted of one endpoint since the page was loaded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EndpointMetrics {
    /// Updates that ended.
    pub updates: u32,
    /// Of these, with success.
    pub successes: u32,
    /// Requests that were repeated.
    pub retries: u32,
    /// Answers that came after the deadline and were still taken.
    pub late: u32,
    /// Callers that shared another's outcome.
    pub joined: u32,
    /// Updates that gave way to a later one.
    pub superseded: u32,
    /// The median of the last 100 durations, in milliseconds.
    pub p50: Option<u32>,
    /// What 95 % of the last 100 durations do not exceed, in milliseconds.
    pub p95: Option<u32>,
    /// The longest of the last 100 durations, in milliseconds.
    pub max: Option<u32>,
    /// How many failed, by kind; kinds that never arose are not there.
    pub failures: Vec<(Kind, u32)>,
}

impl EndpointMetrics {
    /// What was counted since `before`.
    fn since(before: &Counts, counts: &Counts) -> Self {
        let number = |number| counts.get(number) - before.get(number);
        let mut failures = Vec::new();
        for kind in Kind::ALL {
            let count = counts.failures(kind) - before.failures(kind);
            if count > 0 {
                failures.push((kind, count));
            }
        }
        Self {
            updates: number(Number::Updates),
            successes: number(Number::Successes),
            retries: number(Number::Retries),
            late: number(Number::Late),
            joined: number(Number::Joined),
            superseded: number(Number::Superseded),
            p50: counts.percentile(50),
            p95: counts.percentile(95),
            max: counts.percentile(100),
            failures,
        }
    }
}

/// How payments ended since the page was loaded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PaymentMetrics {
    /// How often `confirm` was called and resolved.
    pub confirmed: u32,
    /// How often a payment was blocked, by reason; reasons that never arose are not there.
    pub blocked: Vec<(BlockReason, u32)>,
}

impl PaymentMetrics {
    /// What was counted since `before`.
    fn since(before: &PaymentCounts, counts: &PaymentCounts) -> Self {
        let mut blocked = Vec::new();
        for reason in BlockReason::ALL {
            let count = counts.blocked(reason) - before.blocked(reason);
            if count > 0 {
                blocked.push((reason, count));
            }
        }
        Self { confirmed: counts.confirmed() - before.confirmed(), blocked }
    }

    fn to_js(&self) -> JsValue {
        let mut blocked = Vec::new();
        for (reason, count) in &self.blocked {
            blocked.push((reason.name(), Member::Count(Some(*count))));
        }
        record(&[("confirmed", Member::Count(Some(self.confirmed))), ("blocked", Member::Value(record(&blocked)))])
    }
}

/// What `metrics` returns.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    /// How payments ended.
    pub payments: PaymentMetrics,
    /// By the name of the endpoint or of the wrapped function.
    pub endpoints: Vec<(String, EndpointMetrics)>,
    /// The last 50 failures, the oldest first.
    pub failures: Vec<Rc<Failure>>,
}

fn endpoint(metrics: &EndpointMetrics) -> JsValue {
    let count = |count: u32| Member::Count(Some(count));
    let mut failures = Vec::new();
    for (kind, number) in &metrics.failures {
        failures.push((kind.name(), count(*number)));
    }
    record(&[
        ("updates", count(metrics.updates)),
        ("successes", count(metrics.successes)),
        ("retries", count(metrics.retries)),
        ("late", count(metrics.late)),
        ("joined", count(metrics.joined)),
        ("superseded", count(metrics.superseded)),
        ("p50", Member::Count(metrics.p50)),
        ("p95", Member::Count(metrics.p95)),
        ("max", Member::Count(metrics.max)),
        ("failures", Member::Value(record(&failures))),
    ])
}

impl Metrics {
    /// As JavaScript sees it.
    pub fn to_js(&self) -> JsValue {
        let failures = js_sys::Array::new();
        for failure in &self.failures {
            failures.push(&recorded(&failure.error));
        }
        record(&[
            ("endpoints", Member::Value(endpoints(&self.endpoints))),
            ("payments", Member::Value(self.payments.to_js())),
            ("failures", Member::Value(failures.into())),
        ])
    }
}

fn endpoints(endpoints: &[(String, EndpointMetrics)]) -> JsValue {
    let mut members = Vec::new();
    for (name, metrics) in endpoints {
        members.push((name.as_str(), Member::Value(endpoint(metrics))));
    }
    record(&members)
}

/// Everything that was counted.
#[derive(Default)]
pub struct Counted {
    /// By the name of the endpoint or of the wrapped function.
    pub endpoints: Vec<(String, Counts)>,
    /// How payments ended.
    pub payments: PaymentCounts,
}

/// Whom is reported to, and what the browser has taken for it.
struct Recipient {
    number: u32,
    url: String,
    told: RefCell<Rc<Counted>>,
}

/// The last failures, and what was reported.
#[derive(Default)]
pub struct Reporter {
    failures: RefCell<Vec<Rc<Failure>>>,
    recipients: RefCell<Vec<Rc<Recipient>>>,
    last_number: Cell<u32>,
    /// What was reported last, with which a new recipient begins.
    told: RefCell<Rc<Counted>>,
}

impl Reporter {
    /// Keeps a failure.
    pub fn keep(&self, failure: &Rc<Failure>) {
        let mut failures = self.failures.borrow_mut();
        if failures.len() == KEPT {
            failures.remove(0);
        }
        failures.push(Rc::clone(failure));
    }

    /// Everything that was counted.
    pub fn metrics(&self, counted: &Counted) -> Metrics {
        let nothing = Counts::default();
        let mut endpoints = Vec::new();
        for (name, counts) in &counted.endpoints {
            endpoints.push((name.clone(), EndpointMetrics::since(&nothing, counts)));
        }
        let payments = PaymentMetrics::since(&PaymentCounts::default(), &counted.payments);
        Metrics { endpoints, payments, failures: self.failures.borrow().clone() }
    }

    /// Sends what is new to this place when the page is hidden; returns the number by which `forget` ends this.
    pub fn add(&self, url: String) -> u32 {
        let number = self.last_number.get().wrapping_add(1);
        self.last_number.set(number);
        let told = self.told.clone();
        self.recipients.borrow_mut().push(Rc::new(Recipient { number, url, told }));
        number
    }

    /// Ends reports to the recipient of this number.
    pub fn forget(&self, number: u32) {
        self.recipients.borrow_mut().retain(|known| known.number != number);
    }

    /// Sends each recipient what is new since the browser has last taken a report for it. `resolve` says where a URL leads.
    pub fn send(&self, counted: Counted, resolve: &dyn Fn(&str) -> Option<String>) {
        let counted = Rc::new(counted);
        let recipients = self.recipients.borrow().clone();
        for recipient in &recipients {
            let text = report(&recipient.told.borrow(), &counted);
            let is_taken = text.zip(resolve(&recipient.url)).is_some_and(|(text, url)| is_sent(&url, &text));
            if is_taken {
                recipient.told.replace(Rc::clone(&counted));
                self.told.replace(Rc::clone(&counted));
            }
        }
    }
}

/// What is new, of the endpoints and of payments where anything is.
fn report(told: &Counted, counted: &Counted) -> Option<JsString> {
    let nothing = Counts::default();
    let mut news = Vec::new();
    for (position, (name, counts)) in counted.endpoints.iter().enumerate() {
        let before = told.endpoints.get(position).map_or(&nothing, |(_, before)| before);
        if before != counts {
            news.push((name.clone(), EndpointMetrics::since(before, counts)));
        }
    }
    let has_paid = told.payments != counted.payments;
    if news.is_empty() && !has_paid {
        return None;
    }
    let mut members = vec![("endpoints", Member::Value(endpoints(&news)))];
    if has_paid {
        let payments = PaymentMetrics::since(&told.payments, &counted.payments);
        members.push(("payments", Member::Value(payments.to_js())));
    }
    JSON::stringify(&record(&members)).ok()
}

/// Sends a report that outlives the page: by a beacon, or where there is none or it is refused by a request that is kept alive.
/// Returns whether the browser has taken it.
fn is_sent(url: &str, text: &JsString) -> bool {
    if send_beacon(url, text).unwrap_or_default() {
        return true;
    }
    if !can_keep_alive().unwrap_or_default() {
        return false;
    }
    // gloo-net makes the request here, where no wrapper of `fetch` depends on its form (docs/architecture.md).
    let request = gloo_net::http::Request::post(url).body(text.clone()).ok();
    request.is_some_and(|request| keep_alive(&request.into()).is_ok())
}
