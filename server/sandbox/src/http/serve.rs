//! Connections. `axum::serve` always answers; the sandbox must also be able not to.

use std::fmt;
use std::future::Future;
use std::io;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

use super::Dropped;

/// How long requests may still run once the sandbox is to stop.
const LAST_ANSWERS: Duration = Duration::from_secs(10);

/// An answer that is not to be given; the connection ends with it.
#[derive(Debug)]
struct NoAnswer;

impl fmt::Display for NoAnswer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the answer is dropped")
    }
}

impl std::error::Error for NoAnswer {}

/// Serves until `stop`, then lets the running requests end.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let open = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => connect(stream, router.clone(), &open),
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    // Out of file handles, most likely: give the open connections a moment to end.
                    tracing::warn!(%error, "cannot accept a connection");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
            () = &mut stop => break,
        }
    }
    drop(listener);
    if tokio::time::timeout(LAST_ANSWERS, open.shutdown()).await.is_err() {
        tracing::warn!("stopped while requests were running");
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset)
}

fn connect(stream: TcpStream, router: Router, open: &GracefulShutdown) {
    // Answers are small and whole, so waiting to fill a packet only costs time.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| answer(router.clone(), request));
    let connection = http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service);
    let connection = open.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "connection ended");
        }
    });
}

/// A task of its own, since a request that has begun is carried out even when its client has gone away.
async fn answer(router: Router, request: Request<Incoming>) -> Result<Response, NoAnswer> {
    let task = tokio::spawn(router.oneshot(request.map(Body::new)));
    match task.await {
        Ok(Ok(response)) if response.extensions().get::<Dropped>().is_none() => Ok(response),
        _ => Err(NoAnswer),
    }
}
