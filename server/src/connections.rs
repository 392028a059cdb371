//! Connections: how long they may be silent, how many there may be, and which of them make room.
//!
//! A connection works from the head of a request to the last byte of its answer, except while it waits for more of the
//! request, or at a fault of the lab. All others only cost a file handle, and the one that has been silent longest is
//! closed where a new one needs its place.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use http_body_util::BodyExt;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// File handles for everything else: the database, the page's files, standard streams.
const OTHER_FILES: u64 = 96;
/// How long last bytes may take once nothing works any more. What is half-open then is closed.
const LAST_BYTES: Duration = Duration::from_secs(1);

/// What connections may cost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many there may be.
    pub most: usize,
    /// How long a head may take to come in, and how long a connection may be idle before it.
    pub silence: Duration,
    /// How long running requests may take once the server is to stop.
    pub last_requests: Duration,
}

/// How many connections the process has file handles for: each may need a second one, to Stripe. Raises the process's
/// limit as far as it may.
#[must_use]
pub fn most_by_files() -> usize {
    let files = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(256);
    usize::try_from(files.saturating_sub(OTHER_FILES) / 2).unwrap_or(usize::MAX).max(16)
}

/// The address at the other end of a request's connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// A request's connection.
#[derive(Clone)]
pub struct Line {
    all: Arc<All>,
    connection: Arc<Connection>,
}

impl fmt::Debug for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Line({})", self.connection.number)
    }
}

impl Line {
    /// Resets it, as a line does that breaks, whatever is still to be said.
    pub fn reset(&self) {
        self.connection.reset.cancel();
    }

    /// Does not count as work until the guard is dropped: it makes room for others, and a stop does not wait for it.
    #[must_use]
    pub fn rest(&self) -> Rest {
        self.all.fall_silent(&self.connection);
        self.all.working.send_modify(|count| *count -= 1);
        Rest(self.clone())
    }
}

/// A request's connection waits, until this is dropped.
#[derive(Debug)]
pub struct Rest(Line);

impl Drop for Rest {
    fn drop(&mut self) {
        let Line { all, connection } = &self.0;
        all.working.send_modify(|count| *count += 1);
        if connection.requests.load(Ordering::Relaxed) > 0 {
            all.leave_silence(connection);
        }
    }
}

/// Serves until `stop`, then lets what works come to its end.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: CancellationToken) {
    let all = Arc::new(All::default());
    let mut number = 0;
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, peer)) => {
                if stop.run_until_cancelled(all.make_room(limits.most)).await.is_none() {
                    break;
                }
                number += 1;
                all.connect(Connection::new(number, peer.ip()), stream, router.clone(), limits, stop.clone());
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                // Out of file handles all the same: give up a silent connection, or wait for one to end.
                tracing::warn!(%error, "cannot accept a connection");
                let room = all.make_room(all.count().max(1));
                if stop.run_until_cancelled(timeout(Duration::from_secs(1), room)).await.is_none() {
                    break;
                }
            }
        }
    }
    drop(listener);
    all.finish(limits.last_requests).await;
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset)
}

/// Every open connection, in the order in which they last fell silent.
#[derive(Default)]
struct All {
    open: Mutex<Open>,
    /// One has ended, or fallen silent.
    changed: Notify,
    /// How many work.
    working: watch::Sender<usize>,
    tasks: TaskTracker,
}

#[derive(Default)]
struct Open {
    /// By when they fell silent, counted and not measured.
    silent: BTreeMap<u64, Arc<Connection>>,
    count: usize,
    clock: u64,
}

struct Connection {
    number: u64,
    peer: IpAddr,
    close: CancellationToken,
    reset: CancellationToken,
    /// Requests of this connection that are not answered yet. One at most, by HTTP/1.
    requests: AtomicUsize,
    /// Its place among the silent.
    place: Mutex<u64>,
}

impl Connection {
    fn new(number: u64, peer: IpAddr) -> Self {
        let (close, reset) = (CancellationToken::new(), CancellationToken::new());
        Self { number, peer, close, reset, requests: AtomicUsize::new(0), place: Mutex::new(0) }
    }
}

impl All {
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self) -> usize {
        self.lock().count
    }

    /// Waits until there are fewer than `most`, and closes a silent one to that end.
    async fn make_room(&self, most: usize) {
        loop {
            let changed = self.changed.notified();
            {
                let mut open = self.lock();
                if open.count < most {
                    return;
                }
                if let Some((_, longest)) = open.silent.pop_first() {
                    tracing::debug!(connection = longest.number, "closed to make room");
                    longest.close.cancel();
                }
            }
            changed.await;
        }
    }

    fn connect(
        self: &Arc<Self>,
        connection: Connection,
        stream: TcpStream,
        router: Router,
        limits: Limits,
        stop: CancellationToken,
    ) {
        // An answer of a few bytes must not wait for more to come.
        let _ = stream.set_nodelay(true);
        let connection = Arc::new(connection);
        self.lock().count += 1;
        self.fall_silent(&connection);
        let ends = Ends { all: Arc::clone(self), connection: Arc::clone(&connection) };
        let service = service_fn({
            let (all, connection) = (Arc::clone(self), Arc::clone(&connection));
            move |request| answer(router.clone(), Works::begin(&all, &connection), request)
        });
        self.tasks.spawn(async move {
            // Dropped last, after the request that it may be cut off in.
            let _ends = ends;
            let mut serving = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(limits.silence)
                .serve_connection(TokioIo::new(stream), service);
            let result = tokio::select! {
                result = &mut serving => result,
                () = connection.close.cancelled() => Ok(()),
                () = connection.reset.cancelled() => {
                    let _ = serving.into_parts().io.into_inner().set_zero_linger();
                    Ok(())
                }
                () = stop.cancelled() => {
                    Pin::new(&mut serving).graceful_shutdown();
                    tokio::select! {
                        result = serving => result,
                        () = connection.close.cancelled() => Ok(()),
                    }
                }
            };
            if let Err(error) = result {
                tracing::debug!(%error, "connection ended");
            }
        });
    }

    fn fall_silent(&self, connection: &Arc<Connection>) {
        let mut open = self.lock();
        open.clock += 1;
        let place = open.clock;
        let before = std::mem::replace(&mut *connection.place.lock().unwrap_or_else(PoisonError::into_inner), place);
        open.silent.remove(&before);
        open.silent.insert(place, Arc::clone(connection));
        drop(open);
        self.changed.notify_waiters();
    }

    fn leave_silence(&self, connection: &Connection) {
        let place = *connection.place.lock().unwrap_or_else(PoisonError::into_inner);
        self.lock().silent.remove(&place);
    }

    /// Waits for what works, then for last bytes, and closes the rest.
    async fn finish(&self, last_requests: Duration) {
        let mut working = self.working.subscribe();
        if timeout(last_requests, working.wait_for(|count| *count == 0)).await.is_err() {
            tracing::warn!("stopped while requests were running");
        }
        self.tasks.close();
        if timeout(LAST_BYTES, self.tasks.wait()).await.is_ok() {
            return;
        }
        let silent = std::mem::take(&mut self.lock().silent);
        for connection in silent.into_values() {
            connection.close.cancel();
        }
    }
}

/// A connection has ended, however it did.
struct Ends {
    all: Arc<All>,
    connection: Arc<Connection>,
}

impl Drop for Ends {
    fn drop(&mut self) {
        self.all.leave_silence(&self.connection);
        self.all.lock().count -= 1;
        self.all.changed.notify_waiters();
    }
}

/// A request is being answered, until this is dropped.
struct Works {
    all: Arc<All>,
    connection: Arc<Connection>,
}

impl Works {
    fn begin(all: &Arc<All>, connection: &Arc<Connection>) -> Self {
        connection.requests.fetch_add(1, Ordering::Relaxed);
        all.leave_silence(connection);
        all.working.send_modify(|count| *count += 1);
        Self { all: Arc::clone(all), connection: Arc::clone(connection) }
    }
}

impl Drop for Works {
    fn drop(&mut self) {
        self.all.working.send_modify(|count| *count -= 1);
        if self.connection.requests.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.all.fall_silent(&self.connection);
        }
    }
}

async fn answer(
    router: Router,
    works: Works,
    request: hyper::Request<Incoming>,
) -> Result<axum::response::Response, Infallible> {
    let line = Line { all: Arc::clone(&works.all), connection: Arc::clone(&works.connection) };
    let mut request: Request = request.map(|body| Body::new(Awaited { body, line: line.clone(), rest: None }));
    request.extensions_mut().insert(Peer(works.connection.peer));
    request.extensions_mut().insert(line);
    let response = router.oneshot(request).await?;
    // It works until the last byte of its answer has been taken.
    Ok(response.map(|body| {
        Body::new(body.map_frame(move |frame| {
            let _ = &works;
            frame
        }))
    }))
}

/// A request's body. While more of it is awaited, the connection rests: it may never come.
struct Awaited {
    body: Incoming,
    line: Line,
    rest: Option<Rest>,
}

impl hyper::body::Body for Awaited {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        match frame {
            Poll::Ready(_) => self.rest = None,
            Poll::Pending if self.rest.is_none() => self.rest = Some(self.line.rest()),
            Poll::Pending => {}
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
