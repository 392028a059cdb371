//! A shop of a test's own: server, gate, sandbox and database.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Request};
use checkout_updates_sandbox::{Sandbox, Webhook};
use checkout_updates_server::app::App;
use checkout_updates_server::config::{Backend, Database, LogFormat, STRIPE_LIMIT};
use checkout_updates_server::origin::Allowed;
use checkout_updates_server::secret::Secret;
use checkout_updates_server::server::Replaced;
use checkout_updates_server::{Config, Server, sandbox};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::gate::Gate;

pub const WEBHOOK_SECRET: &str = "whsec_of_the_tests";

type Http = Client<HttpConnector, Full<Bytes>>;

/// An HTTP answer.
#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts the documented error.
    #[track_caller]
    pub fn assert_error(&self, status: u16) {
        assert_eq!((self.status, &self.json()["type"]), (status, &json!("error")), "{:?}", self.body);
        let message = self.json()["message"].as_str().unwrap().to_owned();
        assert!(!message.is_empty() && !message.contains("stripe") && !message.contains("No such"), "{message}");
    }

    #[track_caller]
    pub fn assert_success(&self) {
        assert_eq!((self.status, self.json()), (200, json!({ "type": "success" })));
    }
}

/// How a shop differs from the usual one.
#[derive(Clone)]
pub struct Setup {
    pub stock: u32,
    pub stripe_limit: Duration,
    pub connections: usize,
    pub silence: Duration,
    pub holds_of_address: u32,
    pub creations: NonZeroU32,
    pub updates: NonZeroU32,
    pub updates_of_visitor: u32,
    /// A file of the test's own unless set.
    pub database: Option<Database>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            stock: 24,
            stripe_limit: STRIPE_LIMIT,
            connections: 1_000,
            silence: Duration::from_secs(30),
            // A test is many customers at one address.
            holds_of_address: u32::MAX,
            creations: NonZeroU32::MAX,
            updates: NonZeroU32::MAX,
            updates_of_visitor: 1_000_000,
            database: None,
        }
    }
}

/// A server that runs.
pub struct Running {
    pub address: SocketAddr,
    pub app: Arc<App>,
    stop: CancellationToken,
    task: JoinHandle<Result<(), Replaced>>,
}

impl Running {
    pub async fn start(server: Server) -> Self {
        let (address, app, stop) = (server.address(), server.app(), CancellationToken::new());
        let task = tokio::spawn(server.serve(stop.clone().cancelled_owned()));
        Self { address, app, stop, task }
    }

    pub async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap().unwrap();
    }
}

pub struct Shop {
    pub server: Option<Running>,
    /// More servers on the same database.
    pub others: Vec<Running>,
    pub gate: Gate,
    pub sandbox: String,
    pub config: Config,
    pub http: Http,
    _folder: tempfile::TempDir,
}

/// A customer with a session.
#[derive(Clone, Debug)]
pub struct Customer {
    pub cookie: String,
    pub session: String,
}

pub fn customer_of(reply: &Reply) -> Option<Customer> {
    Some(Customer {
        session: reply.json()["clientSecret"].as_str()?.split("_secret_").next().unwrap().to_owned(),
        cookie: reply.header("set-cookie").split(';').next().unwrap().to_owned(),
    })
}

pub fn http() -> Http {
    Client::builder(TokioExecutor::new()).build_http()
}

pub async fn send(http: &Http, method: Method, url: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Reply {
    let mut request = Request::new(Full::new(body.into()));
    *request.method_mut() = method;
    *request.uri_mut() = url.parse().unwrap();
    for (name, value) in headers {
        let name = axum::http::HeaderName::from_bytes(name.as_bytes()).unwrap();
        request.headers_mut().append(name, value.parse().unwrap());
    }
    let response = http.request(request).await.unwrap();
    let (parts, body) = response.into_parts();
    Reply { status: parts.status.as_u16(), headers: parts.headers, body: body.collect().await.unwrap().to_bytes() }
}

/// Folders with a page and a package in them.
pub fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("www")).unwrap();
    std::fs::create_dir_all(folder.path().join("dist")).unwrap();
    for (file, text) in [
        ("www/index.html", "<!doctype html><title>Shop</title>"),
        ("www/main.js", "export {};"),
        ("www/base.css", "body {}"),
        ("www/icon.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
        ("dist/index.js", "export {};"),
        ("dist/checkout_updates.wasm", "\0asm"),
        ("secret.txt", "not for the web"),
    ] {
        std::fs::write(folder.path().join(file), text).unwrap();
    }
    folder
}

pub fn config(folder: &std::path::Path, backend: Backend, setup: &Setup) -> Config {
    let path = |name: &str| -> PathBuf { folder.join(name) };
    Config {
        address: [127, 0, 0, 1].into(),
        port: 0,
        origin: Allowed::Loopback,
        backend,
        api_version: "2026-10-28.endive".to_owned(),
        stripe_tax: false,
        database: setup.database.clone().unwrap_or(Database::File(path("data/test.sqlite3"))),
        address_header: None,
        holds_of_address: setup.holds_of_address,
        creations: setup.creations,
        updates: setup.updates,
        updates_of_visitor: setup.updates_of_visitor,
        stock: setup.stock,
        www: path("www"),
        dist: path("dist"),
        examples: path("examples"),
        log_format: LogFormat::Text,
        log: "warn".to_owned(),
        stripe_limit: setup.stripe_limit,
        connections: setup.connections,
        silence: setup.silence,
    }
}

impl Shop {
    pub async fn open() -> Self {
        Self::open_with(Setup::default()).await
    }

    pub async fn open_with(setup: Setup) -> Self {
        let mut sandbox = Sandbox::bind(checkout_updates_sandbox::Config {
            catalogue: sandbox::catalogue().unwrap(),
            ..Default::default()
        })
        .await
        .unwrap();
        let gate = Gate::start(sandbox.address()).await;
        let folder = folder();
        let backend = Backend::RunningSandbox {
            base: format!("http://{}", gate.address),
            webhook_secret: Some(Secret::new(WEBHOOK_SECRET)),
        };
        let mut config = config(folder.path(), backend, &setup);
        let server = Server::bind(&config).await.unwrap();
        config.port = server.address().port();
        let url = format!("http://{}/webhook", server.address()).parse().unwrap();
        sandbox.set_webhook(Webhook { url, secret: WEBHOOK_SECRET.to_owned() });
        let base = sandbox.base_url();
        tokio::spawn(sandbox.serve(std::future::pending()));
        let server = Some(Running::start(server).await);
        Self { server, others: Vec::new(), gate, sandbox: base, config, http: http(), _folder: folder }
    }

    pub fn server(&self) -> &Running {
        self.server.as_ref().unwrap()
    }

    pub fn app(&self) -> &Arc<App> {
        &self.server().app
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.config.port)
    }

    /// One more server on the same database.
    pub async fn add_server(&mut self) {
        let config = Config { port: 0, ..self.config.clone() };
        self.others.push(Running::start(Server::bind(&config).await.unwrap()).await);
    }

    /// One of the servers, whatever the number.
    fn origin_of(&self, number: usize) -> String {
        let servers = self.server.iter().chain(&self.others).collect::<Vec<_>>();
        format!("http://{}", servers[number % servers.len()].address)
    }

    pub async fn get_at(&self, server: usize, path: &str) -> Reply {
        send(&self.http, Method::GET, &format!("{}{path}", self.origin_of(server)), &[], "").await
    }

    pub async fn customer_at(&self, server: usize, cart: &str) -> Customer {
        let origin = self.origin_of(server);
        let headers = [("origin", &*origin), ("content-type", "application/json")];
        let url = format!("{origin}/create-checkout-session");
        let reply = send(&self.http, Method::POST, &url, &headers, json!({ "cart": cart }).to_string()).await;
        customer_of(&reply).unwrap_or_else(|| panic!("{reply:?}"))
    }

    pub async fn update_at(
        &self,
        server: usize,
        customer: &Customer,
        path: &str,
        intent: Value,
        key: Option<&str>,
    ) -> Reply {
        let mut body = json!({ "checkout_session_id": customer.session });
        body.as_object_mut().unwrap().extend(intent.as_object().unwrap().clone());
        let origin = self.origin_of(server);
        let mut headers =
            vec![("origin", &*origin), ("content-type", "application/json"), ("cookie", &*customer.cookie)];
        if let Some(key) = key {
            headers.push(("idempotency-key", key));
        }
        send(&self.http, Method::POST, &format!("{origin}{path}"), &headers, body.to_string()).await
    }

    pub fn origin(&self) -> String {
        self.url("")
    }

    /// Stops the server and starts it again, with the same port and database.
    pub async fn restart(&mut self) {
        self.server.take().unwrap().stop().await;
        // Connections of the old server are of no use.
        self.http = http();
        let server = Server::bind(&self.config).await.unwrap();
        self.server = Some(Running::start(server).await);
    }

    pub async fn post(&self, path: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Reply {
        send(&self.http, Method::POST, &self.url(path), headers, body).await
    }

    pub async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        send(&self.http, Method::GET, &self.url(path), headers, "").await
    }

    /// As a browser sends it from our page.
    pub async fn post_json(&self, path: &str, cookie: &str, body: &Value) -> Reply {
        let headers = [("origin", &*self.origin()), ("content-type", "application/json"), ("cookie", cookie)];
        self.post(path, &headers, body.to_string()).await
    }

    pub async fn try_customer(&self, cart: &str, cookie: &str) -> (Reply, Option<Customer>) {
        let reply = self.post_json("/create-checkout-session", cookie, &json!({ "cart": cart })).await;
        let customer = customer_of(&reply);
        (reply, customer)
    }

    pub async fn customer(&self, cart: &str) -> Customer {
        let (reply, customer) = self.try_customer(cart, "").await;
        customer.unwrap_or_else(|| panic!("{reply:?}"))
    }

    /// An update as the package sends it; without a key, as the snippet of the guide does.
    pub async fn update(&self, customer: &Customer, path: &str, intent: Value, key: Option<&str>) -> Reply {
        self.update_at(0, customer, path, intent, key).await
    }

    /// Asks the sandbox itself, past the gate.
    pub async fn stripe(&self, method: Method, path: &str, form: &str) -> Value {
        let headers =
            [("authorization", "Bearer sk_test_of_the_tests"), ("content-type", "application/x-www-form-urlencoded")];
        let reply = send(&self.http, method, &format!("{}{path}", self.sandbox), &headers, form.to_owned()).await;
        assert_eq!(reply.status, 200, "{path}: {:?}", reply.body);
        reply.json()
    }

    /// The session as Stripe has it, with its line items and their taxes.
    pub async fn session(&self, customer: &Customer) -> Value {
        let expand = "expand[]=line_items&expand[]=line_items.data.taxes&expand[]=shipping_options.shipping_rate";
        self.stripe(Method::GET, &format!("/v1/checkout/sessions/{}?{expand}", customer.session), "").await
    }

    /// Names and quantities of the session's items, in order.
    pub async fn items(&self, customer: &Customer) -> Vec<(String, u64)> {
        let session = self.session(customer).await;
        let items = session["line_items"]["data"].as_array().unwrap();
        items
            .iter()
            .map(|item| (item["description"].as_str().unwrap().to_owned(), item["quantity"].as_u64().unwrap()))
            .collect()
    }

    /// The ids of the session's items, in order.
    pub async fn ids(&self, customer: &Customer) -> Vec<String> {
        let session = self.session(customer).await;
        let items = session["line_items"]["data"].as_array().unwrap();
        items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
    }

    /// The customer's address, as Stripe.js would have sent it.
    pub async fn ship_to(&self, customer: &Customer, country: &str, state: Option<&str>) {
        let address = json!({ "country": country, "state": state });
        let change = json!({ "updateShippingAddress": { "name": "Ada", "address": address } });
        let body = json!({ "checkout_session_id": customer.session, "change": change });
        assert_eq!(self.post_json("/session", &customer.cookie, &body).await.status, 204);
    }

    /// The customer pays. Waits until the server has heard of it.
    pub async fn pay(&self, customer: &Customer) {
        self.stripe(Method::POST, &format!("/sandbox/sessions/{}/complete", customer.session), "").await;
    }

    pub async fn left(&self) -> u32 {
        self.app().store.left("desk_lamp").await.unwrap()
    }
}
