//! What is counted: the server's own work, and what pages report. Shown as Prometheus text.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::answer::Answer;
use crate::report::Report;
use crate::stripe::StripeError;

/// Bounds for durations, in seconds, up to what Stripe.js waits.
const SECONDS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    endpoint: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Endpoint {
    endpoint: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ToStripe {
    operation: &'static str,
    result: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    endpoint: &'static str,
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Event {
    endpoint: &'static str,
    event: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Statistic {
    endpoint: &'static str,
    statistic: &'static str,
}

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

/// All counters. Cloning shares them.
#[derive(Clone)]
pub struct Metrics {
    registry: Arc<Registry>,
    updates: Family<Outcome, Counter>,
    seconds: Histograms<Endpoint>,
    stripe: Family<ToStripe, Counter>,
    sold_out: Counter,
    reports: Counter,
    page_events: Family<Event, Counter>,
    page_failures: Family<Kind, Counter>,
    page_seconds: Histograms<Statistic>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Counters at zero.
    #[must_use]
    pub fn new() -> Self {
        let histogram: fn() -> Histogram = || Histogram::new(SECONDS);
        let mut registry = Registry::with_prefix("checkout");
        let updates = Family::default();
        registry.register("updates", "Updates that pages asked for, by how they were answered", updates.clone());
        let seconds = Histograms::new_with_constructor(histogram);
        registry.register("update_seconds", "How long updates took here", seconds.clone());
        let stripe = Family::default();
        registry.register("stripe_requests", "Requests to Stripe, by result", stripe.clone());
        let sold_out = Counter::default();
        registry.register("sold_out", "Updates refused because there was not enough stock", sold_out.clone());
        let reports = Counter::default();
        registry.register("page_reports", "Reports that pages sent", reports.clone());
        let page_events = Family::default();
        registry.register("page_events", "What pages counted: updates, successes, retries, …", page_events.clone());
        let page_failures = Family::default();
        registry.register("page_failures", "Failures that pages counted, by kind", page_failures.clone());
        let page_seconds = Histograms::new_with_constructor(histogram);
        registry.register("page_seconds", "Durations that pages reported, one a report", page_seconds.clone());
        Self {
            registry: Arc::new(registry),
            updates,
            seconds,
            stripe,
            sold_out,
            reports,
            page_events,
            page_failures,
            page_seconds,
        }
    }

    /// An update was answered.
    pub fn update(&self, endpoint: &'static str, answer: &Answer, took: Duration) {
        self.updates.get_or_create(&Outcome { endpoint, outcome: answer.outcome() }).inc();
        self.seconds.get_or_create(&Endpoint { endpoint }).observe(took.as_secs_f64());
    }

    /// Stripe was asked.
    pub fn stripe_request(&self, operation: &'static str, error: Option<&StripeError>) {
        let result = match error {
            None => "success",
            Some(StripeError::Answered(refusal)) if refusal.status == 429 => "rate_limited",
            Some(StripeError::Answered(refusal)) if refusal.status < 500 => "refused",
            Some(StripeError::Answered(_)) => "failed",
            Some(StripeError::TimedOut) => "timeout",
            Some(_) => "broken",
        };
        self.stripe.get_or_create(&ToStripe { operation, result }).inc();
    }

    /// Somebody wanted more than there was.
    pub fn sold_out(&self) {
        self.sold_out.inc();
    }

    /// A page reported what it counted.
    pub fn report(&self, report: &Report) {
        self.reports.inc();
        for counted in &report.endpoints {
            let endpoint = counted.endpoint;
            for (event, count) in &counted.events {
                self.page_events.get_or_create(&Event { endpoint, event }).inc_by(*count);
            }
            for (kind, count) in &counted.failures {
                self.page_failures.get_or_create(&Kind { endpoint, kind }).inc_by(*count);
            }
            for (statistic, milliseconds) in &counted.durations {
                self.page_seconds.get_or_create(&Statistic { endpoint, statistic }).observe(milliseconds / 1_000.0);
            }
        }
    }

    /// The text for Prometheus.
    ///
    /// # Errors
    ///
    /// Only when a metric cannot be written.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Metrics")
    }
}
