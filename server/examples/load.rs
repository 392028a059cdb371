//! Full load on the built server: customers change quantities one update after another, as fast as they are answered.
//! With `--updates`, so many of them, and the server's memory after each tenth.
//!
//! The sandbox runs in this process, so that what is measured of the server is its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{HeaderMap, Request};
use checkout_updates_sandbox::{Config, Sandbox};
use checkout_updates_server::sandbox;
use clap::Parser;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tokio::sync::watch;

#[cfg(unix)]
#[allow(dead_code)]
#[path = "../tests/http/cluster.rs"]
mod cluster;

#[derive(Parser)]
struct Options {
    /// How long, at most
    #[arg(long, default_value_t = 30)]
    seconds: u64,
    /// How many updates, at most
    #[arg(long, default_value_t = u64::MAX)]
    updates: u64,
    /// How much larger the last server's memory may be at the end than half-way, in KiB
    #[arg(long)]
    growth: Option<u64>,
    /// How many customers at once
    #[arg(long, default_value_t = 32)]
    customers: usize,
    /// How many servers; several need a PostgreSQL
    #[arg(long, default_value_t = 1)]
    servers: usize,
    /// A PostgreSQL in place of SQLite
    #[arg(long)]
    database_url: Option<String>,
    /// The same, one that is started for this
    #[cfg(unix)]
    #[arg(long, conflicts_with = "database_url")]
    postgres: bool,
}

type Http = Client<HttpConnector, Full<Bytes>>;

struct Server {
    child: Child,
    /// It may have more to say.
    _out: BufReader<ChildStdout>,
    base: String,
}

impl Server {
    fn start(options: &Options, folder: &Path, stripe: &str) -> Self {
        let program = std::env::current_exe().unwrap();
        let program = program.parent().unwrap().parent().unwrap().join("checkout-updates-server");
        let mut command = Command::new(program);
        command.env_clear().current_dir(folder).env("PORT", "0").env("LOG", "error").stdout(Stdio::piped());
        for (name, value) in [
            ("STRIPE_API_BASE", stripe),
            ("STRIPE_SECRET_KEY", "sk_test_load"),
            ("STRIPE_PUBLISHABLE_KEY", "pk_test_load"),
            ("MONTHLY_PRICE", "price_team_monthly"),
            ("YEARLY_PRICE", "price_team_yearly"),
            ("DESK_LAMP_PRICE", "price_desk_lamp"),
            ("STOCK", "1000000"),
            ("HOLDS_OF_ADDRESS", "1000000"),
            ("CREATIONS_PER_MINUTE", "1000000"),
            ("UPDATES_PER_MINUTE", "1000000"),
            ("UPDATES_OF_VISITOR", "1000000"),
            ("DATABASE_URL", options.database_url.as_deref().unwrap_or("")),
        ] {
            command.env(name, value);
        }
        let mut child = command.spawn().expect("build the server first: cargo build --release");
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        let base = line.trim().strip_prefix("listening on ").unwrap_or_else(|| panic!("{line}")).to_owned();
        Self { child, _out: out, base }
    }

    /// In KiB: what is in memory now, and the most that ever was.
    fn memory(&self) -> (u64, u64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let read = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse().unwrap()
        };
        (read("VmRSS:"), read("VmHWM:"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn post(http: &Http, base: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> (u16, HeaderMap, Value) {
    let mut request = Request::post(format!("{base}{path}"));
    for (name, value) in [("origin", base), ("content-type", "application/json")].iter().chain(headers) {
        request = request.header(*name, *value);
    }
    let response = http.request(request.body(Full::from(body.to_string())).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (parts.status.as_u16(), parts.headers, serde_json::from_slice(&body).unwrap_or_default())
}

/// What all customers together do.
struct Work {
    bases: Vec<String>,
    stripe: String,
    end: Instant,
    left: AtomicU64,
    done: watch::Sender<u64>,
}

/// One customer: a session, then updates until the end. How often which status, and how long each took.
async fn customer(http: Http, work: Arc<Work>, number: usize) -> Vec<(u16, Duration)> {
    let Work { bases, stripe, .. } = &*work;
    let at = |turn: usize| bases[(number + turn) % bases.len()].as_str();
    let (status, headers, body) =
        post(&http, at(0), "/create-checkout-session", &[], &json!({ "cart": "goods" })).await;
    assert_eq!(status, 200, "{body}");
    let cookie = headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let session = body["clientSecret"].as_str().unwrap().split("_secret_").next().unwrap().to_owned();
    let items = Request::get(format!("{stripe}/v1/checkout/sessions/{session}/line_items"));
    let items = items.header("authorization", "Bearer sk_test_load").body(Full::default()).unwrap();
    let items = http.request(items).await.unwrap().into_body().collect().await.unwrap().to_bytes();
    let items: Value = serde_json::from_slice(&items).unwrap();
    let item = items["data"][0]["id"].as_str().unwrap();
    let mut seen = Vec::new();
    for turn in 0.. {
        let begin = Instant::now();
        let take = |left: u64| left.checked_sub(1);
        if begin >= work.end || work.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_err() {
            break;
        }
        let key = format!("{number}-{turn}");
        let headers = [("cookie", cookie.as_str()), ("idempotency-key", key.as_str())];
        let body = json!({ "checkout_session_id": session, "line_item": item, "quantity": turn % 9 + 1 });
        let (status, ..) = post(&http, at(turn), "/update-line-item-quantity", &headers, &body).await;
        seen.push((status, begin.elapsed()));
        work.done.send_modify(|done| *done += 1);
    }
    seen
}

#[tokio::main]
async fn main() {
    #[allow(unused_mut)]
    let mut options = Options::parse();
    #[cfg(unix)]
    let _cluster = options.postgres.then(|| {
        let cluster = cluster::Cluster::start();
        options.database_url = Some(cluster.url());
        cluster
    });
    let folder = tempfile::tempdir().unwrap();
    for (name, file) in [("www", "index.html"), ("dist", "index.js")] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        std::fs::write(folder.path().join(name).join(file), "").unwrap();
    }
    let sandbox = Sandbox::bind(Config { catalogue: sandbox::catalogue().unwrap(), ..Config::default() });
    let sandbox = sandbox.await.unwrap();
    let stripe = sandbox.base_url();
    tokio::spawn(sandbox.serve(std::future::pending()));
    let servers: Vec<_> = (0..options.servers).map(|_| Server::start(&options, folder.path(), &stripe)).collect();
    let bases: Vec<_> = servers.iter().map(|server| server.base.clone()).collect();
    let before: Vec<_> = servers.iter().map(Server::memory).collect();
    let http: Http = Client::builder(TokioExecutor::new()).build_http();
    let (done, mut progress) = watch::channel(0);
    let begin = Instant::now();
    let end = begin + Duration::from_secs(options.seconds);
    let work = Arc::new(Work { bases, stripe, end, left: AtomicU64::new(options.updates), done });
    let customers =
        (0..options.customers).map(|number| tokio::spawn(customer(http.clone(), Arc::clone(&work), number)));
    let customers: Vec<_> = customers.collect();
    drop(work);
    let mut memory = Vec::new();
    if options.updates < u64::MAX {
        for tenth in 1..=10 {
            let count = options.updates * tenth / 10;
            if progress.wait_for(|done| *done >= count).await.is_err() {
                break;
            }
            let now = servers.iter().map(|server| server.memory().0).collect::<Vec<_>>();
            println!("{count} updates, {} s: {now:?} KiB", begin.elapsed().as_secs());
            memory.push(now);
        }
    }
    let mut seen = Vec::new();
    for customer in customers {
        seen.extend(customer.await.unwrap());
    }
    let seconds = begin.elapsed().as_secs();
    let mut statuses = BTreeMap::new();
    for (status, _) in &seen {
        *statuses.entry(*status).or_insert(0_u64) += 1;
    }
    let mut times: Vec<_> = seen.iter().map(|(_, time)| *time).collect();
    times.sort();
    let at = |part: usize| times[(times.len() - 1) * part / 100];
    println!("answers by status: {statuses:?}");
    println!("updates a second: {}", times.len() as u64 / seconds.max(1));
    println!("p50 {:?}, p99 {:?}, most {:?}", at(50), at(99), at(100));
    for (server, (then, _)) in servers.iter().zip(before) {
        let (now, most) = server.memory();
        println!("memory: {then} KiB before, {now} KiB after, {most} KiB at most");
    }
    assert!(statuses.keys().all(|status| *status == 200), "there were errors");
    if let Some(growth) = options.growth {
        assert_eq!(memory.len(), 10, "there was no time for so many");
        for (half, all) in memory[4].iter().zip(&memory[9]) {
            assert!(*all <= half + growth, "memory grows: {half} KiB half-way, {all} KiB at the end");
        }
    }
}
