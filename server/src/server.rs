//! The server as a whole: everything is opened, then it serves until told to stop.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use checkout_updates_sandbox::{Sandbox, Webhook};
use tokio::net::TcpListener;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::app::App;
use crate::bounds::Bounds;
use crate::catalogue::{Catalogue, PriceIds, STOCKED};
use crate::clock::Clock;
use crate::config::{Backend, Config, Database, STRIPE};
use crate::connections::{self, Limits};
use crate::endpoints::{self, openapi, script};
use crate::holds::{self, HOLD_SECONDS};
use crate::lab::Lab;
use crate::metrics::Metrics;
use crate::rules::tax::TaxTable;
use crate::secret::{Key, Secret, random_id};
use crate::store::postgres::LEASE;
use crate::store::{Claim, Postgres, Sqlite, Store, StoreError, in_time};
use crate::stripe::Client;
use crate::{router, sandbox, update};

/// How long running requests may take when the server stops. An update takes 15 s at most.
const LAST_REQUESTS: Duration = Duration::from_secs(20);

/// How long the database may take at the start, and at the end.
const FIRST_WORDS: Duration = Duration::from_secs(10);

/// Why the server could not be started.
#[derive(Debug)]
pub enum StartError {
    /// The port cannot be listened on.
    Port(SocketAddr, io::Error),
    /// The database cannot be opened.
    Store(String, StoreError),
    /// The sandbox could not be started.
    Sandbox(String),
    /// The key or the version cannot be sent.
    Stripe(String),
    /// The operating system has no randomness.
    Random(getrandom::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Port(address, error) if error.kind() == io::ErrorKind::AddrInUse => {
                write!(formatter, "port {} is taken; set PORT to another", address.port())
            }
            Self::Port(address, error) => write!(formatter, "cannot listen on {address}: {error}"),
            Self::Store(file, error) => write!(formatter, "{file}: {error}"),
            Self::Sandbox(why) => write!(formatter, "sandbox: {why}"),
            Self::Stripe(why) => formatter.write_str(why),
            Self::Random(error) => write!(formatter, "no randomness: {error}"),
        }
    }
}

impl std::error::Error for StartError {}

/// Why a server has ended by itself: another one has its database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replaced;

impl fmt::Display for Replaced {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("sandbox: another server with one of its own has taken this one's place on the database")
    }
}

impl std::error::Error for Replaced {}

/// A server that has its port, its database and its sandbox, and is ready to serve.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    sandbox: Option<OwnSandbox>,
    payments_at: String,
    app: Arc<App>,
    router: axum::Router,
    limits: Limits,
}

struct OwnSandbox(Sandbox);

impl fmt::Debug for OwnSandbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sandbox({})", self.0.base_url())
    }
}

/// The account that the server works with.
struct Account {
    base: String,
    secret_key: Secret,
    publishable_key: Option<String>,
    webhook_secret: Option<Secret>,
    prices: PriceIds,
    taxes: TaxTable,
}

impl Server {
    /// Opens everything, the database first and the port after it.
    ///
    /// # Errors
    ///
    /// [`StartError`] says in one line what is in the way.
    pub async fn bind(config: &Config) -> Result<Self, StartError> {
        let (store, named) = open_store(&config.database).await?;
        let broken = |error| StartError::Store(named.clone(), error);
        let begin = Instant::now() + FIRST_WORDS;
        in_time(begin, store.stock(STOCKED, config.stock)).await.map_err(broken)?;
        let key = Key::new(in_time(begin, store.key()).await.map_err(broken)?);
        let claim = match config.backend {
            Backend::Sandbox { .. } => in_time(begin + LEASE, store.claim("sandbox")).await.map_err(broken)?,
            _ => Some(Claim::Forever),
        };
        let Some(claim) = claim else {
            return Err(StartError::Sandbox(
                "another server has one of its own on this database; set SANDBOX_URL to it".to_owned(),
            ));
        };

        let wanted = SocketAddr::new(config.address, config.port);
        let failed = |error| StartError::Port(wanted, error);
        let listener = TcpListener::bind(wanted).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;

        let (account, sandbox) = open_account(config, address).await?;
        let metrics = Metrics::new();
        let stripe = Client::new(&account.base, &account.secret_key, &config.api_version, metrics.clone())
            .map_err(|error| StartError::Stripe(error.to_string()))?;
        let catalogue = Catalogue::new(account.prices);
        let endpoints = endpoints::all(&catalogue);
        let app = Arc::new(App {
            endpoints_module: script::module(&endpoints),
            openapi: openapi::document(&endpoints).to_string(),
            endpoints: endpoints.into_iter().map(Arc::new).collect(),
            catalogue,
            taxes: account.taxes,
            stripe_tax: config.stripe_tax,
            stripe,
            is_sandbox: account.publishable_key.is_none(),
            claim,
            lab: account.publishable_key.is_none().then(Lab::default),
            publishable_key: account.publishable_key,
            webhook_secret: account.webhook_secret,
            store,
            key,
            origin: config.origin.clone(),
            stripe_limit: config.stripe_limit,
            bounds: Bounds::new(config),
            address_header: config.address_header.clone(),
            hold_seconds: HOLD_SECONDS,
            clock: Clock::default(),
            locks: crate::locks::Locks::default(),
            running: crate::locks::Running::default(),
            tasks: TaskTracker::new(),
            metrics,
        });
        let router = router::router(&app, config);
        let limits = Limits {
            most: config.connections.min(connections::most_by_files()),
            silence: config.silence,
            last_requests: LAST_REQUESTS,
        };
        Ok(Self { listener, address, sandbox, payments_at: account.base, app, router, limits })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Who takes the payments, for whoever has started it.
    #[must_use]
    pub fn payments(&self) -> String {
        match (&self.app.is_sandbox, self.payments_at.as_str()) {
            (true, url) => format!("sandbox on {url}"),
            (false, STRIPE) => "payments by Stripe".to_owned(),
            (false, url) => format!("payments by what stands in for Stripe on {url}"),
        }
    }

    /// The ids that requests to its own sandbox can name, a line a kind; `None` without a sandbox of its own.
    #[must_use]
    pub fn sells(&self) -> Option<String> {
        self.sandbox.as_ref().map(|sandbox| sandbox.0.catalogue().listing())
    }

    /// What its requests share.
    #[must_use]
    pub fn app(&self) -> Arc<App> {
        Arc::clone(&self.app)
    }

    /// Serves until `stop`, lets what is running come to its end, and stops the sandbox last.
    ///
    /// # Errors
    ///
    /// [`Replaced`] where it could not go on: it had lost its database, and another server has taken its place.
    pub async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), Replaced> {
        let Self { listener, sandbox, app, router, limits, .. } = self;
        let (stopping, sandbox_stop) = (CancellationToken::new(), CancellationToken::new());
        let sandbox = sandbox.map(|sandbox| tokio::spawn(sandbox.0.serve(sandbox_stop.clone().cancelled_owned())));
        let sweeper = tokio::spawn({
            let (app, stopping, is_new) = (Arc::clone(&app), stopping.clone(), sandbox.is_some());
            async move {
                // An update that is left in the middle stays unfinished, as it was.
                if !app.store.is_shared() {
                    stopping.run_until_cancelled(update::recover(&app)).await;
                }
                if is_new {
                    stopping.run_until_cancelled(holds::release_forgotten(&app)).await;
                }
                let finishing = async {
                    if app.store.is_shared() {
                        update::keep_finishing(&app, stopping.clone()).await;
                    }
                };
                tokio::join!(holds::keep_sweeping(&app, stopping.clone()), finishing);
            }
        });

        tokio::spawn({
            let (stopping, claim) = (stopping.clone(), app.claim.clone());
            async move {
                tokio::select! {
                    () = stop => tracing::info!("stopping"),
                    () = claim.lost() => tracing::error!("stopping: {Replaced}"),
                }
                stopping.cancel();
            }
        });
        connections::serve(listener, router, limits, stopping.clone()).await;
        app.tasks.close();
        let _ = timeout(LAST_REQUESTS, app.tasks.wait()).await;
        stopping.cancel();
        let _ = timeout(LAST_REQUESTS, sweeper).await;
        let is_replaced = app.claim.is_lost();
        let _ = in_time(Instant::now() + FIRST_WORDS, app.store.close()).await;
        sandbox_stop.cancel();
        if let Some(sandbox) = sandbox {
            let _ = timeout(LAST_REQUESTS, sandbox).await;
        }
        if is_replaced { Err(Replaced) } else { Ok(()) }
    }
}

/// The store, and what to call it in an error.
async fn open_store(database: &Database) -> Result<(Arc<dyn Store>, String), StartError> {
    match database {
        Database::File(file) => {
            let named = file.display().to_string();
            let store = Sqlite::open(file).map_err(|error| StartError::Store(named.clone(), error))?;
            Ok((Arc::new(store), named))
        }
        Database::Postgres { url, connections } => {
            let named = "DATABASE_URL".to_owned();
            let store = Postgres::open(url, *connections).await;
            Ok((Arc::new(store.map_err(|error| StartError::Store(named.clone(), error))?), named))
        }
    }
}

async fn open_account(config: &Config, address: SocketAddr) -> Result<(Account, Option<OwnSandbox>), StartError> {
    let on_sandbox = |base, webhook_secret| -> Result<Account, StartError> {
        Ok(Account {
            base,
            // The sandbox takes any test key. Always the same: idempotency keys belong to it, also after a restart.
            secret_key: Secret::new("sk_test_of_this_shop"),
            publishable_key: None,
            webhook_secret,
            prices: sandbox::prices(),
            taxes: sandbox::taxes(),
        })
    };
    match &config.backend {
        Backend::Stripe(account) => {
            let account = account.as_ref().clone();
            let account = Account {
                base: account.base,
                secret_key: account.secret_key,
                publishable_key: Some(account.publishable_key),
                webhook_secret: account.webhook_secret,
                prices: account.prices,
                taxes: account.taxes,
            };
            Ok((account, None))
        }
        Backend::RunningSandbox { base, webhook_secret } => {
            Ok((on_sandbox(base.clone(), webhook_secret.clone())?, None))
        }
        Backend::Sandbox { port, misbehave } => {
            let failed = |why: String| StartError::Sandbox(why);
            let secret = format!("whsec_{}", random_id().map_err(StartError::Random)?);
            let url = format!("http://{}/webhook", reachable(address));
            let url = url.parse().map_err(|_| failed("the webhook has no address".to_owned()))?;
            let sandbox = Sandbox::bind(checkout_updates_sandbox::Config {
                address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), *port),
                catalogue: sandbox::catalogue().map_err(|error| failed(error.to_string()))?,
                business_name: Some("Northdesk".to_owned()),
                misbehave: *misbehave,
                webhook: Some(Webhook { url, secret: secret.clone() }),
                ..Default::default()
            });
            let sandbox = sandbox.await.map_err(|error| failed(error.to_string()))?;
            Ok((on_sandbox(sandbox.base_url(), Some(Secret::new(secret)))?, Some(OwnSandbox(sandbox))))
        }
    }
}

/// Where this machine finds a server that listens on all addresses.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
    };
    SocketAddr::new(ip, address.port())
}
