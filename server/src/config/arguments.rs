//! The settings as they are given, and what is wrong with them.

use std::fmt::Display;
use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use axum::http::HeaderName;
use clap::Parser;

use super::{Backend, Config, ConfigError, Database, LogFormat, STRIPE, STRIPE_LIMIT, StripeAccount};
use crate::bounds::UPDATES_OF_VISITOR;
use crate::catalogue::{MOST_OF_AN_ITEM, PriceIds};
use crate::origin::Allowed;
use crate::rules::tax::TaxTable;
use crate::secret::Secret;
use crate::store::postgres;

/// The demo server of checkout-updates. Without STRIPE_SECRET_KEY it runs on its own sandbox.
#[derive(Parser)]
#[command(name = "checkout-updates-server", version, args_override_self = true)]
pub(super) struct Arguments {
    /// Address to listen on
    #[arg(long, env = "ADDRESS", default_value = "127.0.0.1")]
    address: String,
    /// Port to listen on; 0 takes a free one
    #[arg(long, env = "PORT", default_value = "4242")]
    port: String,
    /// Origin of the pages, where it is not that of the Host header, such as https://shop.example
    #[arg(long, env = "ORIGIN")]
    origin: Option<String>,
    /// Stripe's secret or restricted key; without it, the sandbox
    #[arg(long, env = "STRIPE_SECRET_KEY", hide_env_values = true)]
    stripe_secret_key: Option<String>,
    /// Stripe's publishable key, of the same account
    #[arg(long, env = "STRIPE_PUBLISHABLE_KEY")]
    stripe_publishable_key: Option<String>,
    /// Secret of the webhook at /webhook
    #[arg(long, env = "STRIPE_WEBHOOK_SECRET", hide_env_values = true)]
    stripe_webhook_secret: Option<String>,
    /// Version of Stripe's API
    #[arg(long, env = "STRIPE_API_VERSION", default_value = "2026-10-28.endive")]
    stripe_api_version: String,
    /// Price of the plan, paid every month
    #[arg(long, env = "MONTHLY_PRICE")]
    monthly_price: Option<String>,
    /// Price of the plan, paid every year
    #[arg(long, env = "YEARLY_PRICE")]
    yearly_price: Option<String>,
    /// Price of the desk lamp; without it, it is sold by price_data
    #[arg(long, env = "DESK_LAMP_PRICE")]
    desk_lamp_price: Option<String>,
    /// Price of the notebook; without it, it is sold by price_data
    #[arg(long, env = "NOTEBOOK_PRICE")]
    notebook_price: Option<String>,
    /// Price of the desk mat; without it, it is sold by price_data
    #[arg(long, env = "DESK_MAT_PRICE")]
    desk_mat_price: Option<String>,
    /// Tax rates by place, where Stripe Tax is off, such as US-CA=txr_1,GB=txr_2
    #[arg(long, env = "TAX_RATES")]
    tax_rates: Option<String>,
    /// Lets Stripe Tax work out the taxes
    #[arg(long, env = "STRIPE_TAX", default_value = "off", value_name = "on|off")]
    stripe_tax: String,
    /// File of the database, for one server
    #[arg(long, env = "DATABASE", default_value = "data/demo.sqlite3")]
    database: PathBuf,
    /// A PostgreSQL in place of the file, for several servers, such as postgres://user:password@host/name
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// How many connections this server may have to the PostgreSQL
    #[arg(long, env = "DATABASE_CONNECTIONS", default_value = "24")]
    database_connections: String,
    /// The header in which a balancer says where a request comes from, such as x-forwarded-for
    #[arg(long, env = "CLIENT_ADDRESS_HEADER")]
    client_address_header: Option<String>,
    /// How many of the stock everybody at one address may hold; a quarter of it, and 10 at least, unless set
    #[arg(long, env = "HOLDS_OF_ADDRESS")]
    holds_of_address: Option<String>,
    /// How many sessions one address may create in a minute
    #[arg(long, env = "CREATIONS_PER_MINUTE", default_value = "60")]
    creations_per_minute: String,
    /// How many updates one address may make in a minute, for longer than a few
    #[arg(long, env = "UPDATES_PER_MINUTE", default_value = "600")]
    updates_per_minute: String,
    /// How many updates one visitor may make in two days
    #[arg(long, env = "UPDATES_OF_VISITOR", default_value_t = UPDATES_OF_VISITOR.to_string())]
    updates_of_visitor: String,
    /// Desk lamps in stock when the database is made
    #[arg(long, env = "STOCK", default_value = "24")]
    stock: String,
    /// Folder of the demo page
    #[arg(long, env = "WWW", default_value = "www")]
    www: PathBuf,
    /// Folder of the built package
    #[arg(long, env = "DIST", default_value = "dist")]
    dist: PathBuf,
    /// Folder of the built examples
    #[arg(long, env = "EXAMPLES", default_value = "build/examples")]
    examples: PathBuf,
    /// How many connections there may be, where the process may have as many files
    #[arg(long, env = "CONNECTIONS", default_value = "4096")]
    connections: String,
    /// How long a connection may be idle, or take to send a request's head, in seconds
    #[arg(long, env = "IDLE_SECONDS", default_value = "30")]
    idle_seconds: String,
    /// How logs look
    #[arg(long, env = "LOG_FORMAT", default_value = "text", value_name = "text|json")]
    log_format: String,
    /// What is logged, in tracing's notation
    #[arg(long, env = "LOG", default_value = "info,checkout_updates_sandbox=warn")]
    log: String,
    /// Port of the sandbox; 0 takes a free one
    #[arg(long, env = "SANDBOX_PORT", default_value = "0")]
    sandbox_port: String,
    /// A sandbox that runs already, in place of one of its own: that of another server of this shop
    #[arg(long, env = "SANDBOX_URL")]
    sandbox_url: Option<String>,
    /// Lets requests to the sandbox ask it to misbehave
    #[arg(long)]
    misbehave: bool,
    /// Where Stripe's API is, for a stand-in on this machine
    #[arg(long, env = "STRIPE_API_BASE", default_value = STRIPE, hide = true)]
    stripe_api_base: String,
}

impl Arguments {
    /// The configuration, or the first thing that is wrong with it.
    pub(super) fn check(self) -> Result<Config, ConfigError> {
        let address = self.address.parse().map_err(|_| wrong("ADDRESS", "must be an IP address, such as 127.0.0.1"))?;
        let port = port("PORT", &self.port)?;
        let sandbox_port = self::port("SANDBOX_PORT", &self.sandbox_port)?;
        let origin = self.origin.as_deref().map(parse_origin).transpose()?;
        let stripe_tax = one_of("STRIPE_TAX", &self.stripe_tax, &[("on", true), ("off", false)])?;
        let log_format =
            one_of("LOG_FORMAT", &self.log_format, &[("text", LogFormat::Text), ("json", LogFormat::Json)])?;
        let stock = number("STOCK", &self.stock, 0..=1_000_000)?;
        if self.log.parse::<tracing_subscriber::EnvFilter>().is_err() {
            return Err(wrong("LOG", "must be a filter of tracing, such as info or checkout_updates_server=debug"));
        }
        if self.www.join("index.html").metadata().is_err() {
            return Err(wrong("WWW", "has no index.html in it; start the server where the folder www is"));
        }
        if self.dist.join("index.js").metadata().is_err() {
            return Err(wrong("DIST", "has no index.js in it; build the package first (npm run build)"));
        }
        Ok(Config {
            address,
            port,
            origin: origin.unwrap_or(Allowed::on(address)),
            stripe_tax,
            stock,
            connections: number("CONNECTIONS", &self.connections, 16..=1_000_000)?,
            silence: Duration::from_secs(number("IDLE_SECONDS", &self.idle_seconds, 1..=3_600)?),
            log_format,
            log: self.log.clone(),
            stripe_limit: STRIPE_LIMIT,
            api_version: self.stripe_api_version.clone(),
            database: self.database()?,
            address_header: self.address_header()?,
            holds_of_address: self.holds_of_address(stock)?,
            creations: a_minute("CREATIONS_PER_MINUTE", &self.creations_per_minute)?,
            updates: a_minute("UPDATES_PER_MINUTE", &self.updates_per_minute)?,
            updates_of_visitor: number("UPDATES_OF_VISITOR", &self.updates_of_visitor, 1..=1_000_000)?,
            www: self.www.clone(),
            dist: self.dist.clone(),
            examples: self.examples.clone(),
            backend: self.backend(sandbox_port)?,
        })
    }

    fn database(&self) -> Result<Database, ConfigError> {
        let Some(url) = self.database_url.as_deref().filter(|url| !url.is_empty()) else {
            return Ok(Database::File(self.database.clone()));
        };
        postgres::check_url(url).map_err(|why| wrong("DATABASE_URL", why))?;
        let connections = number("DATABASE_CONNECTIONS", &self.database_connections, 2..=1_000)?;
        Ok(Database::Postgres { url: Secret::new(url), connections })
    }

    fn address_header(&self) -> Result<Option<HeaderName>, ConfigError> {
        let name = self.client_address_header.as_deref().filter(|name| !name.is_empty());
        let name = name.map(HeaderName::from_str).transpose();
        name.map_err(|_| wrong("CLIENT_ADDRESS_HEADER", "must be the name of a header, such as x-forwarded-for"))
    }

    fn holds_of_address(&self, stock: u32) -> Result<u32, ConfigError> {
        match self.holds_of_address.as_deref().filter(|most| !most.is_empty()) {
            Some(most) => number("HOLDS_OF_ADDRESS", most, 1..=1_000_000),
            None => Ok(MOST_OF_AN_ITEM.max(stock / 4)),
        }
    }

    fn backend(self, sandbox_port: u16) -> Result<Backend, ConfigError> {
        let Some(secret_key) = self.stripe_secret_key.filter(|key| !key.is_empty()) else {
            if self.stripe_publishable_key.is_some_and(|key| !key.is_empty()) {
                return Err(wrong("STRIPE_PUBLISHABLE_KEY", "needs STRIPE_SECRET_KEY beside it"));
            }
            return match self.sandbox_url.filter(|url| !url.is_empty()) {
                Some(base) if is_loopback_url(&base) => Ok(Backend::RunningSandbox { base, webhook_secret: None }),
                Some(_) => Err(wrong("SANDBOX_URL", "must be http on this machine, such as http://127.0.0.1:4243")),
                None => Ok(Backend::Sandbox { port: sandbox_port, misbehave: self.misbehave }),
            };
        };
        if self.misbehave {
            return Err(ConfigError("--misbehave is for the sandbox, not for Stripe".to_owned()));
        }
        let secret_mode = mode("STRIPE_SECRET_KEY", &secret_key, &["sk_", "rk_"])?;
        let publishable_key = self
            .stripe_publishable_key
            .filter(|key| !key.is_empty())
            .ok_or_else(|| wrong("STRIPE_PUBLISHABLE_KEY", "is missing; STRIPE_SECRET_KEY needs it beside it"))?;
        if mode("STRIPE_PUBLISHABLE_KEY", &publishable_key, &["pk_"])? != secret_mode {
            return Err(wrong("STRIPE_PUBLISHABLE_KEY", "and STRIPE_SECRET_KEY must both be test keys or both live"));
        }
        let webhook_secret = self.stripe_webhook_secret.filter(|secret| !secret.is_empty());
        if webhook_secret.as_ref().is_some_and(|secret| !secret.starts_with("whsec_")) {
            return Err(wrong("STRIPE_WEBHOOK_SECRET", "must start with whsec_"));
        }
        let needed = |name, id: Option<String>| {
            price(name, id)?.ok_or_else(|| wrong(name, "is missing; STRIPE_SECRET_KEY needs it beside it"))
        };
        let prices = PriceIds {
            monthly: needed("MONTHLY_PRICE", self.monthly_price)?,
            yearly: needed("YEARLY_PRICE", self.yearly_price)?,
            desk_lamp: price("DESK_LAMP_PRICE", self.desk_lamp_price)?,
            notebook: price("NOTEBOOK_PRICE", self.notebook_price)?,
            desk_mat: price("DESK_MAT_PRICE", self.desk_mat_price)?,
        };
        let taxes = TaxTable::parse(self.tax_rates.as_deref().unwrap_or("")).map_err(|entry| {
            ConfigError(format!("TAX_RATES: entry {entry} does not look like US-CA=txr_1 or GB=txr_1"))
        })?;
        if !self.stripe_api_base.starts_with("https://") && !is_loopback_url(&self.stripe_api_base) {
            return Err(wrong("STRIPE_API_BASE", "must be https, or http on this machine"));
        }
        Ok(Backend::Stripe(Box::new(StripeAccount {
            base: self.stripe_api_base,
            secret_key: Secret::new(secret_key),
            publishable_key,
            webhook_secret: webhook_secret.map(Secret::new),
            prices,
            taxes,
        })))
    }
}

fn wrong(name: &str, what: &str) -> ConfigError {
    ConfigError(format!("{name} {what}"))
}

fn port(name: &str, text: &str) -> Result<u16, ConfigError> {
    text.parse().map_err(|_| wrong(name, "must be a number from 0 to 65535"))
}

fn one_of<T: Copy>(name: &str, text: &str, choices: &[(&str, T)]) -> Result<T, ConfigError> {
    choices.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(|| {
        let words = choices.iter().map(|(word, _)| *word).collect::<Vec<_>>();
        wrong(name, &format!("must be {}", words.join(" or ")))
    })
}

fn number<T: FromStr + PartialOrd + Display>(
    name: &str,
    text: &str,
    range: RangeInclusive<T>,
) -> Result<T, ConfigError> {
    let (least, most) = (range.start(), range.end());
    let found = text.parse().ok().filter(|number| range.contains(number));
    found.ok_or_else(|| wrong(name, &format!("must be a number from {least} to {most}")))
}

fn a_minute(name: &str, text: &str) -> Result<NonZeroU32, ConfigError> {
    Ok(NonZeroU32::new(number(name, text, 1..=1_000_000)?).unwrap_or(NonZeroU32::MIN))
}

/// `test` or `live`.
fn mode(name: &str, key: &str, prefixes: &[&str]) -> Result<bool, ConfigError> {
    let rest = prefixes.iter().find_map(|prefix| key.strip_prefix(prefix));
    let is_plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    match rest {
        Some(rest) if is_plain && rest.starts_with("test_") => Ok(false),
        Some(rest) if is_plain && rest.starts_with("live_") => Ok(true),
        _ => Err(wrong(name, &format!("must start with {}test_ or {0}live_", prefixes.first().unwrap_or(&"")))),
    }
}

fn price(name: &str, id: Option<String>) -> Result<Option<String>, ConfigError> {
    let Some(id) = id.filter(|id| !id.is_empty()) else { return Ok(None) };
    let is_plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if id.starts_with("price_") && is_plain { Ok(Some(id)) } else { Err(wrong(name, "must start with price_")) }
}

fn parse_origin(text: &str) -> Result<Allowed, ConfigError> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_host = |host: &str| {
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
    };
    if host.is_some_and(is_host) {
        Ok(Allowed::One(text.to_owned()))
    } else {
        Err(wrong("ORIGIN", "must look like https://shop.example, without a path"))
    }
}

fn is_loopback_url(text: &str) -> bool {
    let host = text.strip_prefix("http://").unwrap_or("");
    ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|name| host.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/'])))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page and a package to point at.
    fn folders() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("index.html"), "").unwrap();
        std::fs::write(folder.path().join("index.js"), "").unwrap();
        folder
    }

    fn read(arguments: &[&str]) -> Result<Config, ConfigError> {
        let folder = folders();
        let path = folder.path().to_str().unwrap();
        Config::from_arguments(["server", "--www", path, "--dist", path].iter().chain(arguments))
    }

    const STRIPE: [&str; 8] = [
        "--stripe-secret-key",
        "sk_test_hidden",
        "--stripe-publishable-key",
        "pk_test_1",
        "--monthly-price",
        "price_1",
        "--yearly-price",
        "price_2",
    ];

    #[test]
    fn runs_on_the_sandbox_without_a_key() {
        let config = read(&["--port", "0", "--misbehave"]).unwrap();
        assert!(matches!(config.backend, Backend::Sandbox { port: 0, misbehave: true }));
        assert_eq!((config.address.to_string().as_str(), config.origin), ("127.0.0.1", Allowed::Loopback));
    }

    #[test]
    fn takes_an_account_and_hides_its_secrets() {
        let config = read(&STRIPE).unwrap();
        assert!(!format!("{config:?}").contains("hidden"), "{config:?}");
        let Backend::Stripe(account) = config.backend else { panic!("not Stripe") };
        assert_eq!((account.base.as_str(), account.prices.monthly.as_str()), (super::STRIPE, "price_1"));
    }

    #[test]
    fn says_in_one_line_what_is_wrong() {
        let with = |more: &[&'static str]| [&STRIPE[..], more].concat();
        for (arguments, message) in [
            (vec!["--port", "70000"], "PORT must be a number from 0 to 65535"),
            (vec!["--address", "here"], "ADDRESS must be an IP address, such as 127.0.0.1"),
            (vec!["--sandbox-port", "x"], "SANDBOX_PORT must be a number from 0 to 65535"),
            (vec!["--log-format", "xml"], "LOG_FORMAT must be text or json"),
            (vec!["--log", "a=b=c"], "LOG must be a filter of tracing, such as info or checkout_updates_server=debug"),
            (vec!["--stock", "many"], "STOCK must be a number from 0 to 1000000"),
            (vec!["--origin", "shop.example"], "ORIGIN must look like https://shop.example, without a path"),
            (vec!["--origin", "https://shop.example/"], "ORIGIN must look like https://shop.example, without a path"),
            (vec!["--www", "/nowhere"], "WWW has no index.html in it; start the server where the folder www is"),
            (vec!["--dist", "/nowhere"], "DIST has no index.js in it; build the package first (npm run build)"),
            (vec!["--stripe-publishable-key", "pk_test_1"], "STRIPE_PUBLISHABLE_KEY needs STRIPE_SECRET_KEY beside it"),
            (vec!["--stripe-secret-key", "hidden"], "STRIPE_SECRET_KEY must start with sk_test_ or sk_live_"),
            (
                vec!["--stripe-secret-key", "sk_test_hidden"],
                "STRIPE_PUBLISHABLE_KEY is missing; STRIPE_SECRET_KEY needs it beside it",
            ),
            (with(&["--stripe-webhook-secret", "hidden"]), "STRIPE_WEBHOOK_SECRET must start with whsec_"),
            (with(&["--tax-rates", "GB=1"]), "TAX_RATES: entry 1 does not look like US-CA=txr_1 or GB=txr_1"),
            (
                with(&["--stripe-api-base", "http://evil.example"]),
                "STRIPE_API_BASE must be https, or http on this machine",
            ),
            (with(&["--misbehave"]), "--misbehave is for the sandbox, not for Stripe"),
            (vec!["--database-url", "mysql://u:hidden@h/d"], "DATABASE_URL must start with postgres://"),
            (
                vec!["--database-url", "postgres://u:hidden@h:port/d"],
                "DATABASE_URL cannot be read; it looks like postgres://user:password@host/name",
            ),
            (vec!["--database-url", "postgres://u:hidden@/d"], "DATABASE_URL names no host"),
            (vec!["--connections", "1"], "CONNECTIONS must be a number from 16 to 1000000"),
            (vec!["--idle-seconds", "0"], "IDLE_SECONDS must be a number from 1 to 3600"),
            (vec!["--creations-per-minute", "0"], "CREATIONS_PER_MINUTE must be a number from 1 to 1000000"),
            (vec!["--updates-per-minute", "0"], "UPDATES_PER_MINUTE must be a number from 1 to 1000000"),
            (vec!["--updates-of-visitor", "0"], "UPDATES_OF_VISITOR must be a number from 1 to 1000000"),
            (
                vec!["--client-address-header", "a b"],
                "CLIENT_ADDRESS_HEADER must be the name of a header, such as x-forwarded-for",
            ),
            (
                vec!["--sandbox-url", "http://sandbox.example"],
                "SANDBOX_URL must be http on this machine, such as http://127.0.0.1:4243",
            ),
            (vec!["--nonsense"], "unexpected argument '--nonsense' found"),
        ] {
            let error = read(&arguments).unwrap_err().to_string();
            assert_eq!(error, message, "{arguments:?}");
            assert!(!error.contains("hidden") && !error.contains('\n'));
        }
    }

    #[test]
    fn an_address_holds_a_part_of_the_stock() {
        for (arguments, most) in
            [(vec![], 10), (vec!["--stock", "1000"], 250), (vec!["--stock", "1000", "--holds-of-address", "3"], 3)]
        {
            assert_eq!(read(&arguments).unwrap().holds_of_address, most, "{arguments:?}");
        }
    }

    #[test]
    fn takes_a_database_for_several_servers_and_hides_its_password() {
        let config = read(&["--database-url", "postgres://shop:hidden@db.example/shop"]).unwrap();
        assert!(matches!(config.database, Database::Postgres { connections: 24, .. }));
        assert!(!format!("{config:?}").contains("hidden"), "{config:?}");
    }
}
