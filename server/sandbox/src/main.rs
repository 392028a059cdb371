//! The sandbox on its own, so that any server can be tested against it.

#![forbid(unsafe_code)]

use std::fs;
use std::io::{self, IsTerminal};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use checkout_updates_sandbox::{Catalogue, Config, Plan, Sandbox, Uri, Webhook};
use clap::{Parser, ValueEnum};
use tracing_subscriber::EnvFilter;

/// A Checkout Sessions API on a port of its own.
///
/// Point an official client at it: Node `new Stripe("sk_test_123", {host, port, protocol: "http"})`, Python
/// `StripeClient("sk_test_123", base_addresses={"api": url})`.
#[derive(Parser)]
#[command(name = "checkout-updates-sandbox", version)]
struct Options {
    /// The port to listen on; 0 takes a free one
    #[arg(long, env = "SANDBOX_PORT", default_value_t = 12111)]
    port: u16,
    /// The address to listen on
    #[arg(long, env = "SANDBOX_ADDRESS", default_value = "127.0.0.1")]
    address: IpAddr,
    /// A secret key to accept; can be repeated. Without it, any key that begins with sk_test_ or rk_test_
    #[arg(long = "key", env = "SANDBOX_KEY", hide_env_values = true, value_delimiter = ',')]
    keys: Vec<String>,
    /// A JSON file with products, prices, tax rates, shipping rates and coupons; a small one is built in
    #[arg(long, env = "SANDBOX_CATALOGUE", value_name = "FILE")]
    catalogue: Option<PathBuf>,
    /// Write the built-in catalogue to standard output, to begin one's own with, and end
    #[arg(long)]
    print_catalogue: bool,
    /// Where to send events to
    #[arg(long, env = "SANDBOX_WEBHOOK_URL", requires = "webhook_secret")]
    webhook_url: Option<Uri>,
    /// What to sign events with
    #[arg(long, env = "SANDBOX_WEBHOOK_SECRET", hide_env_values = true)]
    webhook_secret: Option<String>,
    /// Let requests ask for faults, by the header Sandbox-Misbehave or by POST /sandbox/misbehave. With words, also go
    /// wrong from the start: drop,every=3,times=10. Words: delay=MILLISECONDS, 429, 500 or drop; on=update, create,
    /// retrieve or any; every=N; times=N
    #[arg(long, value_name = "WORDS", num_args = 0..=1, require_equals = true)]
    misbehave: Option<Option<Plan>>,
    /// Know parameters that are in preview, in requests whose Stripe-Version ends in .preview or names the beta of
    /// Stripe's guides: discounts, trials and the customer on update
    #[arg(long)]
    preview: bool,
    /// How to write the log, which goes to standard error
    #[arg(long, env = "LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

#[derive(Clone, Copy, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

const BUILT_IN: &str = include_str!("../catalogue.json");

fn catalogue(file: Option<&Path>) -> Result<Catalogue, String> {
    let (name, text) = match file {
        None => ("the built-in catalogue".to_owned(), BUILT_IN.to_owned()),
        Some(file) => {
            let name = file.display().to_string();
            let text = fs::read_to_string(file).map_err(|error| format!("{name}: {error}"))?;
            (name, text)
        }
    };
    serde_json::from_str(&text).map_err(|error| format!("{name}: {error}"))
}

fn log(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let subscriber =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    match format {
        LogFormat::Text => subscriber.fmt_fields(checkout_updates_sandbox::log::fields()).init(),
        LogFormat::Json => subscriber.json().init(),
    }
}

async fn start(options: Options) -> Result<(), String> {
    let webhook = options.webhook_url.zip(options.webhook_secret).map(|(url, secret)| Webhook { url, secret });
    if webhook.as_ref().is_some_and(|webhook| webhook.url.scheme_str() != Some("http")) {
        return Err("--webhook-url must begin with http://".into());
    }
    let sandbox = Sandbox::bind(Config {
        address: SocketAddr::new(options.address, options.port),
        secret_keys: options.keys,
        catalogue: catalogue(options.catalogue.as_deref())?,
        business_name: Some("Sandbox".into()),
        misbehave: options.misbehave.is_some(),
        preview: options.preview,
        plan: options.misbehave.flatten().unwrap_or_default(),
        webhook,
        ..Config::default()
    });
    let sandbox = sandbox.await.map_err(|error| error.to_string())?;
    println!("sandbox listening on {}", sandbox.base_url());
    println!("{}", sandbox.catalogue().listing());
    sandbox.serve(stopped()).await;
    Ok(())
}

/// Ends when the process is asked to.
async fn stopped() {
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<Option<()>>();
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated => {}
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    if options.print_catalogue {
        print!("{BUILT_IN}");
        return ExitCode::SUCCESS;
    }
    log(options.log_format);
    match start(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("checkout-updates-sandbox: {message}");
            ExitCode::FAILURE
        }
    }
}
