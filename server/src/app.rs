//! What every request has at hand.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use crate::catalogue::Catalogue;
use crate::clock::Clock;
use crate::endpoints::Endpoint;
use crate::locks::{Locks, Running};
use crate::metrics::Metrics;
use crate::origin::Allowed;
use crate::rules::tax::TaxTable;
use crate::secret::{Key, Secret};
use crate::store::Store;
use crate::stripe::Client;

/// The server's parts.
#[derive(Debug)]
pub struct App {
    /// What the shop sells.
    pub catalogue: Catalogue,
    /// Tax rates by place.
    pub taxes: TaxTable,
    /// Whether Stripe Tax works out the taxes instead.
    pub stripe_tax: bool,
    /// Stripe, or the sandbox.
    pub stripe: Client,
    /// Whether it is the sandbox, so that the page uses a stand-in for Stripe.js.
    pub is_sandbox: bool,
    /// For Stripe.js.
    pub publishable_key: Option<String>,
    /// What Stripe signs its webhooks with.
    pub webhook_secret: Option<Secret>,
    /// What survives a restart.
    pub store: Arc<dyn Store>,
    /// For signatures of this server's own.
    pub key: Key,
    /// The endpoints.
    pub endpoints: Vec<Arc<Endpoint>>,
    /// `/endpoints.js`.
    pub endpoints_module: String,
    /// Which pages may ask for changes.
    pub origin: Allowed,
    /// What Stripe is given for one update.
    pub stripe_limit: Duration,
    /// How long stock is held, in seconds.
    pub hold_seconds: i64,
    /// The time.
    pub clock: Clock,
    /// One update of a session at a time.
    pub locks: Locks,
    /// The updates that are running.
    pub running: Running,
    /// What has to be finished before the server stops.
    pub tasks: TaskTracker,
    /// What is counted.
    pub metrics: Metrics,
}

impl App {
    /// When Stripe has had its time, for what begins now.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        Instant::now() + self.stripe_limit
    }
}
