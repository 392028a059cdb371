//! What one server has to itself on a shared database, and how few connections it needs.

use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::cluster::Cluster;
use crate::process::{Program, failure, post, start};
use crate::shop::folder;

/// Only to end a test that hangs.
const PATIENCE: Duration = Duration::from_secs(30);
const REFUSED: &str = "error: sandbox: another server has one of its own on this database; set SANDBOX_URL to it\n";

/// A server with a sandbox of its own.
fn command(cluster: &Cluster, folder: &std::path::Path) -> Command {
    let mut command = crate::process::command(folder);
    command.env("DATABASE_URL", cluster.url()).env("LOG", "off").env("STOCK", "1");
    command
}

fn signal(program: &Program, name: &str) {
    Command::new("kill").args([name, &program.child.id().to_string()]).status().unwrap();
}

/// A customer with goods: cookie, session.
async fn customer(base: &str) -> Option<(String, String)> {
    let made = post(base, "/create-checkout-session", "", &json!({ "cart": "goods" })).await;
    let secret = made.json()["clientSecret"].as_str()?.to_owned();
    let cookie = made.header("set-cookie").split(';').next().unwrap().to_owned();
    Some((cookie, secret.split("_secret_").next().unwrap().to_owned()))
}

async fn pay(base: &str, (cookie, session): &(String, String)) -> u16 {
    let change = json!({ "checkout_session_id": session, "change": { "confirm": { "email": "ada@example.com" } } });
    post(base, "/session", cookie, &change).await.status
}

#[tokio::test]
async fn every_number_of_connections_that_is_taken_serves() {
    let cluster = Cluster::start();
    for connections in [2, 3, 4, 5, 6, 24] {
        let folder = folder();
        let mut command = command(&cluster, folder.path());
        command.env("DATABASE_CONNECTIONS", connections.to_string()).env("STOCK", "1000");
        let mut program = start(command);
        let work = async {
            let (cookie, session) = customer(&program.base).await.expect("nothing is made");
            let body = json!({ "checkout_session_id": session, "product_id": "notebook" });
            post(&program.base, "/add-cross-sell", &cookie, &body).await.assert_success();
            // Several at once, more than there are connections.
            let mut many = JoinSet::new();
            for _ in 0..8 {
                let base = program.base.clone();
                many.spawn(async move { customer(&base).await });
            }
            assert!(many.join_all().await.iter().all(Option::is_some));
        };
        timeout(PATIENCE, work).await.unwrap_or_else(|_| panic!("{connections} connections do not serve"));
        signal(&program, "-TERM");
        assert!(program.child.wait().unwrap().success());
    }
}

#[test]
fn more_connections_than_the_database_takes_are_refused() {
    let (cluster, folder) = (Cluster::start(), folder());
    let mut command = command(&cluster, folder.path());
    command.env("DATABASE_CONNECTIONS", "210");
    let line = "error: DATABASE_URL: database: it gives 200 connections of DATABASE_CONNECTIONS=210\n";
    assert_eq!(failure(command), (Some(1), line.to_owned()));
}

#[tokio::test]
async fn a_restart_of_the_database_lets_no_second_sandbox_in() {
    let (mut cluster, folder) = (Cluster::start(), folder());
    let first = start(command(&cluster, folder.path()));
    let ada = customer(&first.base).await.unwrap();
    assert!(customer(&first.base).await.is_none(), "there was one lamp");
    cluster.stop();
    cluster.run();
    // At once: the first may not have noticed yet.
    assert_eq!(failure(command(&cluster, folder.path())), (Some(1), REFUSED.to_owned()));
    assert!(customer(&first.base).await.is_none(), "the lamp is free");
    let paid = async { while pay(&first.base, &ada).await != 204 {} };
    timeout(PATIENCE, paid).await.expect("the claim is not taken again");
}

#[tokio::test]
async fn the_claim_of_a_server_that_was_killed_ends() {
    let (cluster, folder) = (Cluster::start(), folder());
    let mut first = start(command(&cluster, folder.path()));
    customer(&first.base).await.unwrap();
    first.child.kill().unwrap();
    first.child.wait().unwrap();
    let second = start(command(&cluster, folder.path()));
    let sold = async { while customer(&second.base).await.is_none() {} };
    timeout(PATIENCE, sold).await.expect("what the first held stays");
    // One that says that it ends leaves nothing to wait for.
    signal(&second, "-TERM");
    let begin = std::time::Instant::now();
    let _third = start(command(&cluster, folder.path()));
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_server_that_was_away_for_too_long_sells_nothing_and_ends() {
    let (cluster, folder) = (Cluster::start(), folder());
    let mut frozen = command(&cluster, folder.path());
    frozen.stderr(Stdio::piped());
    let mut frozen = start(frozen);
    let ada = customer(&frozen.base).await.unwrap();
    signal(&frozen, "-STOP");
    let second = start(command(&cluster, folder.path()));
    // The lamp is free for the second, since the first's sandbox is as good as gone.
    let eve = async {
        loop {
            if let Some(eve) = customer(&second.base).await {
                return eve;
            }
        }
    };
    let eve = timeout(PATIENCE, eve).await.expect("what the first held stays");
    assert_eq!(pay(&second.base, &eve).await, 204);
    // Asked before it goes on, so that it finds the request when it has not noticed anything yet.
    let host = frozen.base.trim_start_matches("http://");
    let body =
        json!({ "checkout_session_id": ada.1, "change": { "confirm": { "email": "ada@example.com" } } }).to_string();
    let head = format!(
        "POST /session HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        ada.0,
        body.len()
    );
    let mut late = TcpStream::connect(host.replace("localhost", "127.0.0.1")).await.unwrap();
    late.write_all(head.as_bytes()).await.unwrap();
    signal(&frozen, "-CONT");
    let mut answer = String::new();
    let heard = timeout(PATIENCE, late.read_to_string(&mut answer)).await.unwrap();
    // No answer is right, too: it ends.
    assert!(
        heard.is_err() || answer.is_empty() || answer.starts_with("HTTP/1.1 424"),
        "the lamp is sold twice: {answer}"
    );
    let ended = tokio::task::spawn_blocking(move || {
        let status = frozen.child.wait().unwrap();
        let mut error = String::new();
        std::io::Read::read_to_string(&mut frozen.child.stderr.take().unwrap(), &mut error).unwrap();
        (status.code(), error)
    });
    let line = "error: sandbox: another server with one of its own has taken this one's place on the database\n";
    assert_eq!(timeout(PATIENCE, ended).await.expect("it goes on").unwrap(), (Some(1), line.to_owned()));
}
