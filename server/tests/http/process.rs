//! The program itself: how it starts, how it fails, how it stops, and what a crash leaves.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use axum::http::Method;
use checkout_updates_sandbox::Sandbox;
use checkout_updates_server::sandbox;
use serde_json::json;

use crate::gate::{Gate, Plan};
use crate::shop::{Reply, folder, http, send};

pub struct Program {
    pub child: Child,
    pub lines: Vec<String>,
    pub base: String,
    /// What it prints after these lines.
    pub more: BufReader<ChildStdout>,
}

pub fn command(folder: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_checkout-updates-server"));
    command.env_clear().current_dir(folder).env("PORT", "0").env("LOG", "info").stdout(Stdio::piped());
    command
}

/// Starts the program and waits for the lines that say where it is.
pub fn start(mut command: Command) -> Program {
    let mut child = command.spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let lines = [(); 2].map(|()| {
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        line.trim().to_owned()
    });
    let base = lines[0].strip_prefix("listening on ").unwrap().to_owned();
    Program { child, lines: lines.to_vec(), base, more: out }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How a program ends that must not start, and what it says.
pub fn failure(mut command: Command) -> (Option<i32>, String) {
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut started = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut started).unwrap();
    if !started.is_empty() {
        let _ = child.kill();
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!(started, "", "it has started");
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

const DATABASE_AWAY: &str =
    "error: DATABASE_URL: database: error connecting to server: Connection refused (os error 111)\n";

#[test]
fn a_wrong_configuration_is_one_line_and_no_secret() {
    let folder = folder();
    for (name, value, line) in [
        ("PORT", "http", "error: PORT must be a number from 0 to 65535\n"),
        ("STRIPE_SECRET_KEY", "pk_hidden", "error: STRIPE_SECRET_KEY must start with sk_test_ or sk_live_\n"),
        ("DATABASE_URL", "postgres://shop:hidden@127.0.0.1:1/shop", DATABASE_AWAY),
        ("DATABASE", "www/index.html", "error: www/index.html: database: file is not a database\n"),
    ] {
        let mut command = command(folder.path());
        command.env(name, value);
        let (code, text) = failure(command);
        assert_eq!((code, text.as_str()), (Some(1), line));
    }
}

#[test]
fn a_taken_port_is_said_so() {
    let folder = folder();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let mut command = command(folder.path());
    command.env("PORT", &port);
    let (code, text) = failure(command);
    assert_eq!((code, text), (Some(1), format!("error: port {port} is taken; set PORT to another\n")));
}

#[test]
fn help_names_every_setting_and_shows_no_secret() {
    let folder = folder();
    let mut command = command(folder.path());
    command.arg("--help").env("STRIPE_SECRET_KEY", "sk_test_hidden").env("STRIPE_WEBHOOK_SECRET", "whsec_hidden");
    let text = String::from_utf8(command.output().unwrap().stdout).unwrap();
    for name in [
        "ADDRESS",
        "PORT",
        "STRIPE_SECRET_KEY",
        "STRIPE_PUBLISHABLE_KEY",
        "STRIPE_WEBHOOK_SECRET",
        "STRIPE_API_VERSION",
        "MONTHLY_PRICE",
        "YEARLY_PRICE",
        "DATABASE",
        "DATABASE_URL",
        "DATABASE_CONNECTIONS",
        "CLIENT_ADDRESS_HEADER",
        "CONNECTIONS",
        "IDLE_SECONDS",
        "HOLDS_OF_ADDRESS",
        "CREATIONS_PER_MINUTE",
        "UPDATES_PER_MINUTE",
        "UPDATES_OF_VISITOR",
        "SANDBOX_URL",
        "LOG_FORMAT",
        "SANDBOX_PORT",
        "--misbehave",
    ] {
        assert!(text.contains(name), "{name}\n{text}");
    }
    assert!(!text.contains("hidden"), "{text}");
}

#[tokio::test]
async fn its_second_line_says_who_takes_the_payments() {
    let folder = folder();
    let own = start(command(folder.path()));
    let url = own.lines[1].strip_prefix("sandbox on ").unwrap().to_owned();
    for (name, line) in [
        ("SANDBOX_URL", format!("sandbox on {url}")),
        ("STRIPE_API_BASE", format!("payments by what stands in for Stripe on {url}")),
    ] {
        let mut sharing = if name == "SANDBOX_URL" { command(folder.path()) } else { Account::open().await.command() };
        sharing.env("DATABASE", folder.path().join(name)).current_dir(folder.path()).env(name, &url);
        assert_eq!(start(sharing).lines[1], line);
    }
}

#[tokio::test]
async fn it_prints_the_ids_that_its_sandbox_knows() {
    let folder = folder();
    let mut program = start(command(folder.path()));
    let sandbox = program.lines[1].strip_prefix("sandbox on ").unwrap().to_owned();
    let known = send(&http(), Method::GET, &format!("{sandbox}/"), &[], "").await.json()["catalogue"].clone();
    for (kind, field) in [
        ("products", "products"),
        ("prices", "prices"),
        ("tax rates", "tax_rates"),
        ("coupons", "coupons"),
        ("promotion codes", "promotion_codes"),
    ] {
        let mut line = String::new();
        program.more.read_line(&mut line).unwrap();
        let ids = known[field].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap());
        assert_eq!(line.trim(), format!("{kind}: {}", ids.collect::<Vec<_>>().join(", ")));
    }
}

#[tokio::test]
async fn it_runs_on_its_own_sandbox_and_stops_when_asked() {
    let folder = folder();
    let mut command = command(folder.path());
    command.arg("--misbehave").env("LOG_FORMAT", "json").stderr(Stdio::piped());
    let mut program = start(command);
    assert!(program.base.starts_with("http://localhost:"), "{:?}", program.lines);
    let sandbox = program.lines[1].strip_prefix("sandbox on ").unwrap().to_owned();
    let (http, base) = (http(), program.base.clone());
    let headers = [("origin", &*base), ("content-type", "application/json")];
    let create = format!("{base}/create-checkout-session");
    let reply = send(&http, Method::POST, &create, &headers, r#"{"cart":"goods"}"#).await;
    assert_eq!(reply.status, 200);
    let plan = format!("{sandbox}/sandbox/misbehave");
    let key = [("authorization", "Bearer sk_test_1")];
    assert_eq!(send(&http, Method::GET, &plan, &key, "").await.status, 200);

    Command::new("kill").arg(program.child.id().to_string()).status().unwrap();
    let status = program.child.wait().unwrap();
    assert!(status.success(), "{status}");
    let mut log = String::new();
    std::io::Read::read_to_string(&mut program.child.stderr.take().unwrap(), &mut log).unwrap();
    let lines = log.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()).collect::<Vec<_>>();
    let created = lines.iter().find(|line| line["span"]["path"] == "/create-checkout-session").unwrap();
    assert_eq!((&created["status"], &created["span"]["id"]), (&json!(200), &json!(reply.header("request-id"))));
    assert!(folder.path().join("data/demo.sqlite3").exists());
}

/// A program that talks to a sandbox of the test, through a gate, as if it were Stripe.
pub struct Account {
    pub gate: Gate,
    sandbox: String,
    folder: tempfile::TempDir,
}

impl Account {
    pub async fn open() -> Self {
        let sandbox = Sandbox::bind(checkout_updates_sandbox::Config {
            catalogue: sandbox::catalogue().unwrap(),
            ..Default::default()
        });
        let sandbox = sandbox.await.unwrap();
        let (gate, base) = (Gate::start(sandbox.address()).await, sandbox.base_url());
        tokio::spawn(sandbox.serve(std::future::pending()));
        Self { gate, sandbox: base, folder: folder() }
    }

    fn start(&self) -> Program {
        start(self.command())
    }

    pub fn command(&self) -> Command {
        let mut command = command(self.folder.path());
        command
            .env("STRIPE_API_BASE", format!("http://{}", self.gate.address))
            .env("STRIPE_SECRET_KEY", "sk_test_1")
            .env("STRIPE_PUBLISHABLE_KEY", "pk_test_1")
            .env("MONTHLY_PRICE", "price_team_monthly")
            .env("YEARLY_PRICE", "price_team_yearly")
            .env("LOG", "off");
        command
    }

    pub async fn total(&self, session: &str) -> i64 {
        let url = format!("{}/v1/checkout/sessions/{session}", self.sandbox);
        let reply = send(&http(), Method::GET, &url, &[("authorization", "Bearer sk_test_1")], "").await;
        reply.json()["amount_total"].as_i64().unwrap()
    }
}

pub async fn post(base: &str, path: &str, cookie: &str, body: &serde_json::Value) -> Reply {
    post_with_key(base, path, cookie, body, "one").await
}

pub async fn post_with_key(base: &str, path: &str, cookie: &str, body: &serde_json::Value, key: &str) -> Reply {
    let headers =
        [("origin", base), ("content-type", "application/json"), ("cookie", cookie), ("idempotency-key", key)];
    send(&http(), Method::POST, &format!("{base}{path}"), &headers, body.to_string()).await
}

pub async fn customer(base: &str) -> (String, String) {
    let reply = post(base, "/create-checkout-session", "", &json!({})).await;
    let secret = reply.json()["clientSecret"].as_str().unwrap().to_owned();
    assert_eq!(reply.json()["publishableKey"], "pk_test_1");
    let cookie = reply.header("set-cookie").split(';').next().unwrap().to_owned();
    (cookie, secret.split("_secret_").next().unwrap().to_owned())
}

#[tokio::test]
async fn an_update_that_a_crash_has_cut_short_is_made_once() {
    let account = Account::open().await;
    let mut program = account.start();
    let (cookie, session) = customer(&program.base).await;
    let (plan, held) = Plan::hold();
    account.gate.plan([plan]);
    let body = json!({ "checkout_session_id": session, "product_id": "gift_wrap" });
    let page = {
        let (base, cookie, body) = (program.base.clone(), cookie.clone(), body.clone());
        tokio::spawn(async move { post(&base, "/update-custom-amount", &cookie, &body).await })
    };
    account.gate.wait_for_updates(1).await;
    program.child.kill().unwrap();
    program.child.wait().unwrap();
    assert!(page.await.is_err(), "no answer");
    held.release().await.unwrap();

    let program = account.start();
    account.gate.wait_for_updates(2).await;
    let reply = post(&program.base, "/update-custom-amount", &cookie, &body).await;
    reply.assert_success();
    let sent = account.gate.updates();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0].header("idempotency-key"), sent[1].header("idempotency-key"));
    assert_eq!(account.total(&session).await, 1_700);
}

#[tokio::test]
async fn nobody_else_writes_lines_into_the_log() {
    let account = Account::open().await;
    let mut command = account.command();
    command.env("LOG", "info").stderr(Stdio::piped());
    let mut program = start(command);
    let (cookie, session) = customer(&program.base).await;
    let refusal = r#"{"error":{"type":"invalid_request_error","param":"x\nINFO forged by the parameter",
        "message":"no\n2026-01-01T00:00:00Z  INFO forged by the message \u001b[2J\u009b2J\r\u2028."}}"#;
    account.gate.plan([Plan::Answer(400, refusal)]);
    let body = json!({ "checkout_session_id": session, "interval": "yearly" });
    post(&program.base, "/change-subscription-interval", &cookie, &body).await.assert_error(400);
    Command::new("kill").arg(program.child.id().to_string()).status().unwrap();
    program.child.wait().unwrap();
    let mut log = String::new();
    std::io::Read::read_to_string(&mut program.child.stderr.take().unwrap(), &mut log).unwrap();
    let forged = log.lines().filter(|line| line.contains("forged by")).collect::<Vec<_>>();
    assert!(matches!(&forged[..], [line] if line.contains("stripe request failed")), "{log}");
    assert!(!log.contains(['\u{1b}', '\u{9b}', '\r', '\u{2028}']), "{log:?}");
}

#[tokio::test]
async fn a_stop_lets_running_updates_finish() {
    let account = Account::open().await;
    let mut program = account.start();
    let (cookie, session) = customer(&program.base).await;
    let (plan, held) = Plan::hold();
    account.gate.plan([plan]);
    let body = json!({ "checkout_session_id": session, "interval": "yearly" });
    let page = {
        let (base, cookie) = (program.base.clone(), cookie.clone());
        tokio::spawn(async move { post(&base, "/change-subscription-interval", &cookie, &body).await })
    };
    account.gate.wait_for_updates(1).await;
    Command::new("kill").arg(program.child.id().to_string()).status().unwrap();
    // It takes no new connections any more, and still works on the old one.
    let address = program.base.replace("http://localhost", "127.0.0.1");
    while tokio::net::TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    held.release();
    page.await.unwrap().assert_success();
    assert!(program.child.wait().unwrap().success());
    assert_eq!(account.total(&session).await, 12_000);
}

#[tokio::test]
async fn what_the_last_run_of_its_own_sandbox_held_is_free_again() {
    let folder = folder();
    for _ in 0..2 {
        let mut command = command(folder.path());
        command.env("STOCK", "1").env("LOG", "off");
        let program = start(command);
        let create = format!("{}/create-checkout-session", program.base);
        let headers = [("origin", &*program.base), ("content-type", "application/json")];
        // The server says that it listens before it has looked through its database.
        let mut reply = send(&http(), Method::POST, &create, &headers, r#"{"cart":"goods"}"#).await;
        while reply.status == 400 {
            reply = send(&http(), Method::POST, &create, &headers, r#"{"cart":"goods"}"#).await;
        }
        assert_eq!(reply.status, 200);
    }
}
