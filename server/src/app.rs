//! What every request has at hand.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName};
use tokio::sync::OwnedMutexGuard;
use tokio::time::{Instant, timeout_at};
use tokio_util::task::TaskTracker;

use crate::bounds::Bounds;
use crate::catalogue::Catalogue;
use crate::clock::Clock;
use crate::endpoints::Endpoint;
use crate::lab::Lab;
use crate::locks::{Locks, Running};
use crate::metrics::Metrics;
use crate::origin::Allowed;
use crate::rules::tax::TaxTable;
use crate::secret::{Key, Secret};
use crate::store::{Claim, Held, Holder, Store, StoreError, Terms, Turn, Update, in_time};
use crate::stripe::Client;
use crate::visitor::Visitor;

/// Beside what Stripe is given, it leaves the page an answer.
const LAST_WORDS: Duration = Duration::from_secs(2);

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
    /// That no other server of this shop has a sandbox of its own: its sessions would be unknown there, and what they
    /// hold free to be sold.
    pub claim: Claim,
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
    /// `/openapi.json`.
    pub openapi: String,
    /// Which pages may ask for changes.
    pub origin: Allowed,
    /// What Stripe is given for one update.
    pub stripe_limit: Duration,
    /// What one visitor and one address may take.
    pub bounds: Bounds,
    /// The header in which a balancer says where a request comes from.
    pub address_header: Option<HeaderName>,
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
    /// Faults on request, on the sandbox.
    pub lab: Option<Lab>,
}

/// A session's turn: nobody else changes it until this is dropped. First among servers, then within this one.
pub struct SessionTurn {
    shared: Box<dyn Turn>,
    _own: OwnedMutexGuard<()>,
}

impl SessionTurn {
    /// Holds the stock and writes the update down, while the turn lasts.
    ///
    /// # Errors
    ///
    /// The store's.
    pub async fn begin(
        &self,
        update: &Update,
        holder: &Holder,
        terms: Terms,
        deadline: Instant,
    ) -> Result<Held, StoreError> {
        in_time(deadline, self.shared.begin(update, holder, terms)).await
    }
}

impl App {
    /// Waits for a session's turn: first within this server, so that one session takes one connection to the database,
    /// however many want to change it.
    ///
    /// # Errors
    ///
    /// It did not come before the deadline, or the store has failed.
    pub async fn turn(&self, session: &str, deadline: Instant) -> Result<SessionTurn, StoreError> {
        let late = |_| StoreError::NotDone("the session is busy".to_owned());
        let own = timeout_at(deadline, self.locks.turn(session)).await.map_err(late)?;
        let shared = in_time(deadline, self.store.turn(session, deadline)).await?;
        Ok(SessionTurn { shared, _own: own })
    }

    /// Whose request it is, by its cookie.
    #[must_use]
    pub fn visitor(&self, headers: &HeaderMap) -> Option<Visitor> {
        Visitor::of(headers, &self.key, self.origin.is_secure())
    }

    /// What stock is held by now.
    #[must_use]
    pub fn terms(&self) -> Terms {
        let now = self.clock.now();
        Terms {
            now,
            until: now + self.hold_seconds,
            most_of_visitor: self.bounds.of_visitor,
            most_of_address: self.bounds.of_address,
            most_updates: self.bounds.updates_of_visitor,
        }
    }

    /// For what has to be said or written at the end, when Stripe may have used up all the time. The page still waits.
    #[must_use]
    pub fn last_words(&self, deadline: Instant) -> Instant {
        deadline.max(Instant::now() + LAST_WORDS)
    }

    /// When Stripe has had its time, for what begins now.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        Instant::now() + self.stripe_limit
    }
}
