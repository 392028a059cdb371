//! The configuration: from the environment or the command line, checked before anything is opened.

mod arguments;

use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use axum::http::HeaderName;
use clap::Parser;

use crate::catalogue::PriceIds;
use crate::origin::Allowed;
use crate::rules::tax::TaxTable;
use crate::secret::Secret;
use arguments::Arguments;

/// What Stripe is given, so that an answer reaches the page inside its own limit.
pub const STRIPE_LIMIT: Duration = Duration::from_secs(15);
/// Where Stripe is.
pub const STRIPE: &str = "https://api.stripe.com";

/// What is wrong with the configuration, in one line that shows no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(String);

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

/// Who takes the payments.
#[derive(Clone, Debug)]
pub enum Backend {
    /// The server's own sandbox.
    Sandbox {
        /// Its port; 0 takes a free one.
        port: u16,
        /// Whether requests may ask it to misbehave.
        misbehave: bool,
    },
    /// A sandbox that runs already.
    RunningSandbox {
        /// Its address, such as `http://127.0.0.1:4243`.
        base: String,
        /// What it signs its webhooks with, if it sends them here.
        webhook_secret: Option<Secret>,
    },
    /// Stripe.
    Stripe(Box<StripeAccount>),
}

/// An account at Stripe.
#[derive(Clone, Debug)]
pub struct StripeAccount {
    /// Where the API is.
    pub base: String,
    /// The secret key.
    pub secret_key: Secret,
    /// The publishable key.
    pub publishable_key: String,
    /// For the webhook.
    pub webhook_secret: Option<Secret>,
    /// The prices.
    pub prices: PriceIds,
    /// The tax rates.
    pub taxes: TaxTable,
}

/// Where the database is.
#[derive(Clone, Debug)]
pub enum Database {
    /// SQLite's file, for one server.
    File(PathBuf),
    /// A PostgreSQL, for any number of servers.
    Postgres {
        /// With a password in it.
        url: Secret,
        /// How many connections this server may have to it.
        connections: usize,
    },
}

/// How logs look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One object a line.
    Json,
}

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address to listen on.
    pub address: IpAddr,
    /// Port to listen on; 0 takes a free one.
    pub port: u16,
    /// Which pages may ask for changes.
    pub origin: Allowed,
    /// Who takes the payments.
    pub backend: Backend,
    /// The version of Stripe's API.
    pub api_version: String,
    /// Whether Stripe Tax works out the taxes.
    pub stripe_tax: bool,
    /// What is kept, and where.
    pub database: Database,
    /// Desk lamps in stock when the database is made.
    pub stock: u32,
    /// The demo page.
    pub www: PathBuf,
    /// The built package.
    pub dist: PathBuf,
    /// The built examples; what is not built is not found.
    pub examples: PathBuf,
    /// How logs look.
    pub log_format: LogFormat,
    /// What is logged.
    pub log: String,
    /// The header in which a balancer says where a request comes from.
    pub address_header: Option<HeaderName>,
    /// How many of the stock one address may hold.
    pub holds_of_address: u32,
    /// How many sessions one address may create in a minute.
    pub creations: NonZeroU32,
    /// How many updates one address may make in a minute.
    pub updates: NonZeroU32,
    /// How many updates one visitor may make in two days.
    pub updates_of_visitor: u32,
    /// How many connections there may be, where the process may have as many files.
    pub connections: usize,
    /// How long a connection may be silent: idle, or in the middle of a request's head.
    pub silence: Duration,
    /// What Stripe is given, all requests of an update together. The page waits 19.5 s.
    pub stripe_limit: Duration,
}

impl Config {
    /// From this process's arguments and environment.
    ///
    /// # Errors
    ///
    /// One line. `--help` and `--version` print and end the process.
    pub fn read() -> Result<Self, ConfigError> {
        Self::from_arguments(std::env::args_os())
    }

    /// From arguments, the first being the program's name, and the environment.
    ///
    /// # Errors
    ///
    /// One line that names the setting and shows no secret.
    pub fn from_arguments<A: Into<std::ffi::OsString> + Clone>(
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<Self, ConfigError> {
        match Arguments::try_parse_from(arguments) {
            Ok(arguments) => arguments.check(),
            Err(error) if !error.use_stderr() => error.exit(),
            Err(error) => {
                let text = error.to_string();
                let line = text.lines().next().unwrap_or_default();
                Err(ConfigError(line.trim_start_matches("error: ").to_owned()))
            }
        }
    }
}
