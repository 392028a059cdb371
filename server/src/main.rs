//! Starts the demo server.

#![forbid(unsafe_code)]

use std::io::{self, Write};
use std::process::ExitCode;

use checkout_updates_server::{Config, Server, log};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), String> {
    let config = Config::read().map_err(|error| error.to_string())?;
    log::start(&config);
    let server = Server::bind(&config).await.map_err(|error| error.to_string())?;
    let address = server.address();
    let host = if address.ip().is_loopback() { "localhost".to_owned() } else { address.ip().to_string() };
    println!("listening on http://{host}:{}", address.port());
    println!("{}", server.payments());
    if let Some(ids) = server.sells() {
        // Who has started it may have read enough by now, and closed the pipe.
        let _ = writeln!(io::stdout(), "{ids}");
    }
    server.serve(asked_to_stop()).await.map_err(|error| error.to_string())
}

/// Ends when the process is asked to stop.
async fn asked_to_stop() {
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
