//! What stands between the server and the sandbox: it records the requests, and goes wrong where a test says so.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Request, Response, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};

/// What happens to a request.
pub enum Plan {
    /// It goes through.
    Pass,
    /// It never arrives, and the connection is closed.
    Lose,
    /// It goes through, and the connection is closed in place of the answer.
    Drop,
    /// It is answered here.
    Answer(u16, &'static str),
    /// It is answered here, without end.
    Silence,
    /// It waits until the test lets it through, and tells when the sandbox has done it.
    Hold(oneshot::Receiver<()>, oneshot::Sender<()>),
}

/// The test's side of [`Plan::Hold`].
pub struct Held {
    release: oneshot::Sender<()>,
    passed: oneshot::Receiver<()>,
}

impl Held {
    /// Lets the request through.
    pub fn release(self) -> oneshot::Receiver<()> {
        self.release.send(()).unwrap();
        self.passed
    }
}

impl Plan {
    pub fn hold() -> (Self, Held) {
        let ((release, released), (tell, passed)) = (oneshot::channel(), oneshot::channel());
        (Self::Hold(released, tell), Held { release, passed })
    }
}

/// A request as the sandbox got it, or would have.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Seen {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The form's fields, decoded.
    pub fn fields(&self) -> Vec<(String, String)> {
        self.body
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap();
                (decode(name), decode(value))
            })
            .collect()
    }

    pub fn is_update(&self) -> bool {
        self.method == Method::POST
            && self.path.strip_prefix("/v1/checkout/sessions/").is_some_and(|rest| !rest.contains('/'))
    }
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        match (first, tail) {
            (b'%', [high, low, tail @ ..]) => {
                bytes.push(u8::from_str_radix(std::str::from_utf8(&[*high, *low]).unwrap(), 16).unwrap());
                rest = tail;
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[derive(Default)]
struct Inner {
    seen: Vec<Seen>,
    /// For the updates to come, the first first.
    updates: VecDeque<Plan>,
    /// For every request while it lasts.
    down: bool,
}

#[derive(Clone)]
pub struct Gate {
    pub address: SocketAddr,
    inner: Arc<Mutex<Inner>>,
    arrived: watch::Receiver<usize>,
}

impl Gate {
    pub async fn start(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let inner = Arc::new(Mutex::new(Inner::default()));
        let (arrive, arrived) = watch::channel(0);
        let gate = Self { address, inner, arrived };
        let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
        tokio::spawn({
            let inner = Arc::clone(&gate.inner);
            async move {
                loop {
                    let (connection, _) = listener.accept().await.unwrap();
                    let (inner, client, arrive) = (Arc::clone(&inner), client.clone(), arrive.clone());
                    tokio::spawn(async move {
                        let service = service_fn(move |request| {
                            // As at Stripe, a request goes on when the one who made it has gone.
                            let pass = pass(request, target, Arc::clone(&inner), client.clone(), arrive.clone());
                            let task = tokio::spawn(pass);
                            async { task.await.unwrap() }
                        });
                        let io = TokioIo::new(connection);
                        let _ = hyper::server::conn::http1::Builder::new().serve_connection(io, service).await;
                    });
                }
            }
        });
        gate
    }

    /// What is to happen to the updates to come, one after another; those after them go through.
    pub fn plan(&self, plans: impl IntoIterator<Item = Plan>) {
        self.inner.lock().unwrap().updates.extend(plans);
    }

    /// Closes every connection before a request gets through, or no more.
    pub fn set_down(&self, down: bool) {
        self.inner.lock().unwrap().down = down;
    }

    /// The updates that were seen.
    pub fn updates(&self) -> Vec<Seen> {
        self.seen().into_iter().filter(Seen::is_update).collect()
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.inner.lock().unwrap().seen.clone()
    }

    /// Waits until so many updates have arrived.
    pub async fn wait_for_updates(&self, count: usize) {
        self.arrived.clone().wait_for(|arrived| *arrived >= count).await.unwrap();
    }
}

async fn pass(
    request: Request<Incoming>,
    target: SocketAddr,
    inner: Arc<Mutex<Inner>>,
    client: Client<HttpConnector, Full<Bytes>>,
    arrive: watch::Sender<usize>,
) -> Result<Response<Full<Bytes>>, Closed> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Closed)?.to_bytes();
    let seen = Seen {
        method: parts.method.clone(),
        path: parts.uri.path().to_owned(),
        headers: parts.headers.clone(),
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    let plan = {
        let mut inner = inner.lock().unwrap();
        let is_update = seen.is_update();
        inner.seen.push(seen);
        if inner.down {
            return Err(Closed);
        }
        if is_update { inner.updates.pop_front().unwrap_or(Plan::Pass) } else { Plan::Pass }
    };
    let updates = inner.lock().unwrap().seen.iter().filter(|seen| seen.is_update()).count();
    arrive.send_replace(updates);
    let (mut drops, mut passed) = (false, None);
    match plan {
        Plan::Pass => {}
        Plan::Drop => drops = true,
        Plan::Lose => return Err(Closed),
        Plan::Silence => match std::future::pending::<Infallible>().await {},
        Plan::Answer(status, body) => {
            let mut response = Response::new(Full::from(body));
            *response.status_mut() = status.try_into().unwrap();
            return Ok(response);
        }
        Plan::Hold(release, tell) => {
            // A test that has ended lets go, too.
            drop(release.await);
            passed = Some(tell);
        }
    }
    let mut onward = Request::new(Full::new(body));
    *onward.method_mut() = parts.method;
    *onward.headers_mut() = parts.headers;
    let path = parts.uri.path_and_query().unwrap().as_str();
    *onward.uri_mut() = format!("http://{target}{path}").parse::<Uri>().unwrap();
    let response = client.request(onward).await.map_err(|_| Closed)?;
    let (parts, body) = response.into_parts();
    let body = body.collect().await.map_err(|_| Closed)?.to_bytes();
    if let Some(passed) = passed {
        let _ = passed.send(());
    }
    if drops { Err(Closed) } else { Ok(Response::from_parts(parts, Full::new(body))) }
}

/// The connection is closed without an answer.
#[derive(Debug)]
struct Closed;

impl std::fmt::Display for Closed {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("closed on purpose")
    }
}

impl std::error::Error for Closed {}
