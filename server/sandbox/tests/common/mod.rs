//! A sandbox of its own for each test, and a plain client.

// Clippy knows test functions, but not what only they call; and no test calls everything.
#![allow(dead_code, clippy::unwrap_used, clippy::indexing_slicing)]

use std::sync::Arc;

use checkout_updates_sandbox::clock::ManualClock;
use checkout_updates_sandbox::{Catalogue, Config, Sandbox, Webhook};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{HeaderMap, Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tokio::sync::oneshot;

pub const START: i64 = 1_795_000_000;
pub const SESSIONS: &str = "/v1/checkout/sessions";

pub struct Api {
    pub url: String,
    pub clock: Arc<ManualClock>,
    client: Client<HttpConnector, Full<Bytes>>,
    _stop: oneshot::Sender<()>,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    pub body: Value,
}

impl Answer {
    pub fn error(&self) -> (u16, &str, &str, &str) {
        let field = |name: &str| self.body["error"][name].as_str().unwrap_or("");
        (self.status, field("type"), field("code"), field("param"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn id(&self) -> String {
        assert_eq!(self.status, 200, "{}", self.text);
        self.body["id"].as_str().unwrap().to_owned()
    }
}

pub fn catalogue() -> Catalogue {
    serde_json::from_str(include_str!("../../catalogue.json")).unwrap()
}

impl Api {
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn misbehaving() -> Self {
        Self::with(|config| config.misbehave = true).await
    }

    pub async fn telling(webhook: Webhook) -> Self {
        Self::with(|config| config.webhook = Some(webhook)).await
    }

    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let clock = Arc::new(ManualClock::at(START));
        let mut config = Config { catalogue: catalogue(), clock: clock.clone(), ..Config::default() };
        change(&mut config);
        let sandbox = Sandbox::bind(config).await.unwrap();
        let url = sandbox.base_url();
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(sandbox.serve(async {
            let _ = stopped.await;
        }));
        Self { url, clock, client: Client::builder(TokioExecutor::new()).build_http(), _stop: stop }
    }

    /// `None` where the connection ended without an answer.
    pub async fn send(&self, method: Method, path: &str, body: &str, headers: &[(&str, &str)]) -> Option<Answer> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        if !headers.iter().any(|(name, _)| *name == "authorization") {
            request = request.header("authorization", "Bearer sk_test_1");
        }
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::from(body.to_owned())).unwrap();
        let response = self.client.request(request).await.ok()?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let body = serde_json::from_str(&text).unwrap();
        Some(Answer { status, headers, text, body })
    }

    pub async fn post(&self, path: &str, body: &str) -> Answer {
        self.send(Method::POST, path, body, &[]).await.unwrap()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, "", &[]).await.unwrap()
    }

    /// The path of a new session: what `more` says, in `elements` mode.
    pub async fn session(&self, more: &str) -> String {
        let body = format!("ui_mode=elements&return_url=https://shop.example/return&{more}");
        format!("{SESSIONS}/{}", self.post(SESSIONS, &body).await.id())
    }

    /// A session in payment mode that buys one mug.
    pub async fn mug(&self) -> String {
        self.session("mode=payment&line_items[0][price]=price_mug&line_items[0][quantity]=1").await
    }

    /// A session's line items, as `(id, price, quantity)`.
    pub async fn items(&self, path: &str) -> Vec<(String, String, u64)> {
        let list = self.get(&format!("{path}/line_items?limit=100")).await;
        let item = |item: &Value| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (text(&item["id"]), text(&item["price"]["id"]), item["quantity"].as_u64().unwrap())
        };
        list.body["data"].as_array().unwrap().iter().map(item).collect()
    }
}
