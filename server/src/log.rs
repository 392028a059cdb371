//! The log, on standard error.

use std::io::{self, IsTerminal};

use checkout_updates_sandbox::log::fields;
use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// Starts the log. A second start changes nothing.
pub fn start(config: &Config) {
    let filter = EnvFilter::try_new(&config.log).unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let builder = builder.with_ansi(io::stderr().is_terminal());
    let _ = match config.log_format {
        LogFormat::Text => builder.with_target(false).fmt_fields(fields()).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
}
