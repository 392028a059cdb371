//! A Checkout Sessions API over HTTP, for tests and demos.
//!
//! [`Sandbox`] binds a port and serves the part of Stripe's API that a checkout built on Elements uses: creating,
//! retrieving, listing, updating and expiring Checkout Sessions, and listing their line items. Stripe's official
//! clients can be pointed at it. What is not Stripe's lies under `/sandbox/`.

#![forbid(unsafe_code)]
// A session has more fields than `json!` can take by default.
#![recursion_limit = "256"]

pub mod catalogue;
pub mod clock;
mod countries;
pub mod error;
pub mod form;
mod http;
mod ids;
pub mod log;
mod money;
mod objects;
mod params;
mod schema;
mod session;
mod store;
mod version;
mod view;
mod webhook;

use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::mpsc::unbounded_channel;

pub use catalogue::Catalogue;
use catalogue::CatalogueError;
use clock::{Clock, SystemClock};
pub use http::misbehave::Plan;
pub use hyper::Uri;
pub use money::{Decimal, display as display_amount};
pub use params::common::{CurrencyOption, DeliveryEstimate, Estimate, FixedAmount, Interval, Recurring, TaxBehavior};
pub use webhook::{Webhook, signature};

/// How often sessions are looked over for those whose time has passed.
const SWEEP: Duration = Duration::from_secs(1);

/// How a sandbox is set up.
#[derive(Clone)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub address: SocketAddr,
    /// The accepted secret keys. Where there are none, any `sk_test_…` or `rk_test_…` is accepted.
    pub secret_keys: Vec<String>,
    /// What the account sells.
    pub catalogue: Catalogue,
    /// Shown to customers.
    pub business_name: Option<String>,
    /// Whether requests may ask the sandbox to go wrong.
    pub misbehave: bool,
    /// Whether parameters that are in preview are known, to requests with a preview version.
    pub preview: bool,
    /// What goes wrong from the start, where requests may ask for more.
    pub plan: Plan,
    /// Where events are sent to. It can be set later, by [`Sandbox::set_webhook`].
    pub webhook: Option<Webhook>,
    /// The time that sessions and idempotency keys live by.
    pub clock: Arc<dyn Clock>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            secret_keys: Vec::new(),
            catalogue: Catalogue::default(),
            business_name: None,
            misbehave: false,
            preview: false,
            plan: Plan::default(),
            webhook: None,
            clock: Arc::new(SystemClock),
        }
    }
}

/// Why a sandbox could not be started.
#[derive(Debug)]
pub enum StartError {
    /// The catalogue contradicts itself.
    Catalogue(CatalogueError),
    /// The address cannot be listened on.
    Bind(SocketAddr, io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Catalogue(error) => error.fmt(formatter),
            Self::Bind(address, error) => write!(formatter, "cannot listen on {address}: {error}"),
        }
    }
}

impl std::error::Error for StartError {}

/// A sandbox that has its port, and is ready to serve.
pub struct Sandbox {
    listener: TcpListener,
    address: SocketAddr,
    config: Config,
}

impl Sandbox {
    /// Checks the configuration and takes the port. Connections wait until [`serve`](Self::serve).
    pub async fn bind(config: Config) -> Result<Self, StartError> {
        config.catalogue.check().map_err(StartError::Catalogue)?;
        let failed = |error| StartError::Bind(config.address, error);
        let listener = TcpListener::bind(config.address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address, config })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:PORT`, to be used in place of `https://api.stripe.com`.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What the account sells.
    pub fn catalogue(&self) -> &Catalogue {
        &self.config.catalogue
    }

    /// Sends events there.
    pub fn set_webhook(&mut self, webhook: Webhook) {
        self.config.webhook = Some(webhook);
    }

    /// Serves until `stop`. Running requests are let to their end.
    pub async fn serve(self, stop: impl Future<Output = ()>) {
        let Self { listener, config, .. } = self;
        let (events, received) = unbounded_channel();
        let delivery = config.webhook.map(|webhook| tokio::spawn(webhook::deliver(webhook, received)));
        let now = config.clock.now();
        let index = serde_json::json!({ "object": "sandbox", "catalogue": config.catalogue });
        let app = Arc::new(http::App {
            secret_keys: config.secret_keys,
            business_name: config.business_name,
            preview: config.preview,
            index,
            clock: config.clock,
            stores: Mutex::new(http::Stores::new(objects::Objects::new(config.catalogue, now))),
            results: Mutex::default(),
            misbehaviour: config.misbehave.then(|| Mutex::new(config.plan)),
            events,
        });
        let router = http::router(Arc::clone(&app));
        tokio::select! {
            () = http::serve(listener, router, stop) => {}
            () = sweep(app) => {}
        }
        if let Some(delivery) = delivery {
            delivery.abort();
        }
    }
}

/// Expires sessions on time even when nobody asks for them, so that webhooks hear of it, and forgets idempotency keys.
async fn sweep(app: Arc<http::App>) {
    let mut ticks = tokio::time::interval(SWEEP);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        ticks.tick().await;
        app.sweep();
    }
}
