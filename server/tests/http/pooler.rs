//! A pooler between the servers and their database: Debian's PgBouncer, with a folder and a port of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::Duration;

use checkout_updates_server::secret::Secret;
use checkout_updates_server::store::{Postgres, Store, StoreError};
use serde_json::json;
use tokio::time::Instant;

use crate::cluster::{self, Cluster};
use crate::process::{failure, post, post_with_key, start};
use crate::shop::folder;
use crate::store::{TERMS, holder, update};

struct Pooler {
    port: u16,
    child: Child,
    folder: tempfile::TempDir,
}

impl Pooler {
    /// In one of its modes, with so many connections to the database.
    fn start(cluster: &Cluster, mode: &str, connections: usize) -> Self {
        let folder = cluster::folder();
        let port = cluster::free_port();
        Self { child: run(&folder, port, cluster, mode, connections), folder, port }
    }

    fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    async fn client(&self, database: &str) -> tokio_postgres::Client {
        let url = format!("postgres://postgres@127.0.0.1:{}/{database}", self.port);
        let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// Has it work in another mode from now on.
    async fn switch(&self, cluster: &Cluster, mode: &str, connections: usize) {
        configure(&self.folder, self.port, cluster, mode, connections);
        self.client("pgbouncer").await.batch_execute("RELOAD").await.unwrap();
    }
}

fn configure(folder: &tempfile::TempDir, port: u16, cluster: &Cluster, mode: &str, connections: usize) {
    let text = format!(
        "[databases]\npostgres = host=127.0.0.1 port={} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
         listen_port = {port}\nunix_socket_dir =\nauth_type = any\nadmin_users = postgres\npool_mode = {mode}\n\
         default_pool_size = {connections}\nmax_client_conn = 200\nserver_tls_sslmode = disable\n",
        cluster.port
    );
    std::fs::write(folder.path().join("pgbouncer.ini"), text).unwrap();
}

fn run(folder: &tempfile::TempDir, port: u16, cluster: &Cluster, mode: &str, connections: usize) -> Child {
    configure(folder, port, cluster, mode, connections);
    let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].into_iter().find(|path| std::fs::exists(path).unwrap());
    let program = program.expect("PgBouncer is needed for these tests: npm run setup, or apt-get install pgbouncer");
    let mut command = cluster::command(program.as_ref());
    let mut child = command.arg(folder.path().join("pgbouncer.ini")).stderr(Stdio::piped()).spawn().unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    let ready = log.by_ref().map_while(Result::ok).any(|line| line.contains("process up"));
    assert!(ready, "PgBouncer has ended");
    std::thread::spawn(move || log.for_each(drop));
    child
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const SHARED: &str = "error: DATABASE_URL: database: its connections share sessions, as behind a pooler in transaction \
                      mode; a session's turn is a lock that needs one of its own: use session mode, or the database \
                      itself\n";

#[test]
fn a_pooler_that_shares_sessions_is_refused_in_one_line() {
    let (cluster, folder) = (Cluster::start(), folder());
    for (mode, connections, line) in [
        ("transaction", 20, SHARED),
        // One for all: a transaction keeps the others waiting.
        ("transaction", 1, SHARED),
        ("statement", 20, SHARED),
        ("session", 1, "error: DATABASE_URL: database: it gives 1 connections of DATABASE_CONNECTIONS=24\n"),
        ("session", 23, "error: DATABASE_URL: database: it gives 23 connections of DATABASE_CONNECTIONS=24\n"),
    ] {
        let pooler = Pooler::start(&cluster, mode, connections);
        let mut command = crate::process::command(folder.path());
        command.env("DATABASE_URL", pooler.url()).env("LOG", "off");
        assert_eq!(failure(command), (Some(1), line.to_owned()), "{mode} {connections}");
    }
}

#[tokio::test]
async fn servers_behind_a_pooler_in_session_mode_sell_one_shop() {
    let (cluster, folder) = (Cluster::start(), folder());
    let pooler = Pooler::start(&cluster, "session", 48);
    let command = || {
        let mut command = crate::process::command(folder.path());
        command.env("DATABASE_URL", pooler.url()).env("LOG", "off");
        command
    };
    let first = start(command());
    let mut sharing = command();
    sharing.env("SANDBOX_URL", first.lines[1].strip_prefix("sandbox on ").unwrap());
    let second = start(sharing);
    let made = post(&first.base, "/create-checkout-session", "", &json!({})).await;
    let cookie = made.header("set-cookie").split(';').next().unwrap().to_owned();
    let session = made.json()["clientSecret"].as_str().unwrap().split("_secret_").next().unwrap().to_owned();
    for round in 0..20 {
        let server = if round % 2 == 0 { &first } else { &second };
        let interval = if round % 3 == 0 { "yearly" } else { "monthly" };
        let body = json!({ "checkout_session_id": session, "interval": interval });
        let (path, key) = ("/change-subscription-interval", round.to_string());
        post_with_key(&server.base, path, &cookie, &body, &key).await.assert_success();
    }
}

#[tokio::test]
async fn a_turn_is_not_used_in_another_session_than_it_was_taken_in() {
    let cluster = Cluster::start();
    let pooler = Pooler::start(&cluster, "session", 20);
    let store = Postgres::open(&Secret::new(pooler.url()), 2).await.unwrap();
    pooler.switch(&cluster, "transaction", 20).await;
    let turn = store.turn("cs_1", Instant::now() + Duration::from_secs(10)).await.unwrap();
    // The session that has the lock is the pooler's to give, and the next one to ask gets it.
    let other = pooler.client("postgres").await;
    other.batch_execute("BEGIN").await.unwrap();
    let refused = turn.begin(&update("cs_1", "one", 0, 1), &holder(), TERMS).await;
    let why = "the turn is held by another connection, as behind a pooler in transaction mode";
    assert_eq!(refused, Err(StoreError::NotDone(why.to_owned())));
    drop(turn);
    other.batch_execute("COMMIT").await.unwrap();
    let written = other.simple_query("SELECT 1 FROM updates").await.unwrap();
    assert!(!written.iter().any(|message| matches!(message, tokio_postgres::SimpleQueryMessage::Row(_))));
}
