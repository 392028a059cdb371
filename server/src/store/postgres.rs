//! The store in a PostgreSQL, for any number of servers.
//!
//! A session's turn is an advisory lock of a connection, so it ends when its server does, however that ends. What must
//! only happen in turn is written on that same connection: where the connection is lost, the turn and the write are.
//! Nothing else is held by a connection: what a server has for as long as it runs is a row that it renews.

mod lease;
mod session;

pub use lease::LEASE;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{
    Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, Transaction,
};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};
use tokio_postgres::config::SslMode;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Config, Error, NoTls, Row};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{Claim, End, Held, HoldChange, Holder, Later, Record, Store, StoreError, Terms, Turn, Update, UpdateId};
use crate::answer::Answer;
use crate::secret::{Secret, random_id};

/// How long it may take to get a connection.
const CONNECT: Duration = Duration::from_secs(3);
/// After this much silence, it is asked whether the other machine is still there.
const KEEPALIVE: Duration = Duration::from_secs(10);
/// How long what was sent may stay without a sign that it has arrived.
const UNHEARD: Duration = Duration::from_secs(20);
/// What every connection begins with. No statement takes long, and a server that has gone without a word (its machine
/// has lost power) keeps its turns for half a minute at most.
const SETTINGS: &str = "SET statement_timeout = '20s'; SET idle_in_transaction_session_timeout = '20s';
    SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
    SET synchronous_commit = on;
    SET default_transaction_isolation = 'read committed'";
/// From version 14 on, and not on every system: who waits for a turn is looked after, too.
const MORE_SETTINGS: &str = "SET client_connection_check_interval = '5s'";
/// How the tables came to look as they do.
const MIGRATIONS: [&str; 2] =
    [include_str!("../../migrations/postgres/1.sql"), include_str!("../../migrations/postgres/2.sql")];
/// While the tables are made.
const MIGRATING: i64 = 0x63_6865_636b_6f75;

type Result<T> = std::result::Result<T, StoreError>;
type Parameters<'a> = &'a [&'a (dyn ToSql + Sync)];

/// A database.
pub struct Postgres {
    /// For short work.
    work: Pool,
    /// One for each update that runs: apart from the others, so that nobody in turn waits for somebody out of turn.
    turns: Pool,
    /// What this server's claims are held under.
    name: String,
}

impl fmt::Debug for Postgres {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Postgres")
    }
}

fn not_done(error: impl Into<Failure>) -> StoreError {
    StoreError::NotDone(error.into().0)
}

fn in_doubt(error: impl Into<Failure>) -> StoreError {
    StoreError::InDoubt(error.into().0)
}

/// In words; it holds no value of a query.
struct Failure(String);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error.as_db_error() {
            Some(answer) => Self(format!("{} ({})", answer.message(), answer.code().code())),
            None => {
                let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
                Self(format!("{error}{cause}"))
            }
        }
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Backend(error) => error.into(),
            other => Self(other.to_string()),
        }
    }
}

/// The number of a session's lock in the database. That two share one by chance only makes one wait for the other.
fn lock_number(session: &str) -> i64 {
    let digest = Sha256::digest(format!("turn {session}"));
    digest.iter().take(8).fold(0_i64, |number, byte| (number << 8) | i64::from(*byte))
}

/// Whether `url` is one for this store, in words that show nothing of it.
///
/// # Errors
///
/// What is wrong with it.
pub fn check_url(url: &str) -> std::result::Result<(), &'static str> {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err("must start with postgres://");
    }
    let config: Config = url.parse().map_err(|_| "cannot be read; it looks like postgres://user:password@host/name")?;
    if config.get_hosts().is_empty() { Err("names no host") } else { Ok(()) }
}

impl Postgres {
    /// Connects, and makes or renews the tables.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached, cannot be worked with through what is in front of it, or comes from a newer
    /// version.
    pub async fn open(url: &Secret, connections: usize) -> Result<Self> {
        let mut config: Config =
            url.reveal().parse().map_err(|_| StoreError::NotDone("DATABASE_URL cannot be read".to_owned()))?;
        config.application_name("checkout-updates-server").connect_timeout(CONNECT);
        // A machine that has lost power says nothing: without these, its connections would stay for hours.
        config
            .keepalives_idle(KEEPALIVE)
            .keepalives_interval(KEEPALIVE / 2)
            .keepalives_retries(3)
            .tcp_user_timeout(UNHEARD);
        let work = (connections / 3).max(1);
        let store = Self {
            work: pool(&config, work)?,
            turns: pool(&config, connections.saturating_sub(work).max(1))?,
            name: random_id().map_err(|error| StoreError::NotDone(error.to_string()))?,
        };
        store.look_at_connections(connections).await?;
        store.migrate().await?;
        Ok(store)
    }

    /// All of them are there, and each is a session of the database.
    async fn look_at_connections(&self, connections: usize) -> Result<()> {
        let mut open = Vec::new();
        for pool in [&self.work, &self.turns] {
            for _ in 0..pool.status().max_size {
                match timeout(CONNECT, pool.get()).await {
                    Ok(Ok(client)) => open.push(client),
                    Ok(Err(error)) if open.is_empty() => return Err(not_done(error)),
                    Err(_) if open.is_empty() => return Err(StoreError::NotDone("no answer".to_owned())),
                    _ => {
                        let why = format!("it gives {} connections of DATABASE_CONNECTIONS={connections}", open.len());
                        return Err(StoreError::NotDone(why));
                    }
                }
            }
        }
        match open.as_slice() {
            [one, .., other] => session::check(one, other).await,
            _ => Err(StoreError::NotDone("it needs two connections".to_owned())),
        }
    }

    /// Servers that start at once wait for each other.
    async fn migrate(&self) -> Result<()> {
        let mut client = self.work.get().await.map_err(not_done)?;
        let transaction = client.transaction().await.map_err(not_done)?;
        let sql = format!(
            "SELECT pg_advisory_xact_lock({MIGRATING}); CREATE TABLE IF NOT EXISTS migrations (done integer NOT NULL)"
        );
        transaction.batch_execute(&sql).await.map_err(not_done)?;
        let row = transaction.query_one("SELECT count(*) FROM migrations", &[]).await.map_err(not_done)?;
        let done = usize::try_from(row.get::<_, i64>(0)).unwrap_or(usize::MAX);
        let Some(missing) = MIGRATIONS.get(done..) else {
            return Err(StoreError::NotDone("it was made by a newer version".to_owned()));
        };
        for migration in missing {
            transaction.batch_execute(migration).await.map_err(not_done)?;
            transaction.execute("INSERT INTO migrations VALUES (1)", &[]).await.map_err(not_done)?;
        }
        transaction.commit().await.map_err(in_doubt)
    }

    async fn client(&self) -> Result<Object> {
        self.work.get().await.map_err(not_done)
    }

    /// What needs no transaction.
    async fn rows(&self, sql: &str, parameters: Parameters<'_>) -> Result<Vec<Row>> {
        rows_once(&self.work, sql, parameters).await
    }

    /// One statement that writes is a transaction of its own.
    async fn write(&self, sql: &str, parameters: Parameters<'_>) -> Result<u64> {
        execute_once(&self.work, sql, parameters).await
    }
}

async fn rows_once(pool: &Pool, sql: &str, parameters: Parameters<'_>) -> Result<Vec<Row>> {
    let client = pool.get().await.map_err(not_done)?;
    let statement = client.prepare_cached(sql).await.map_err(not_done)?;
    client.query(&statement, parameters).await.map_err(not_done)
}

async fn execute_once(pool: &Pool, sql: &str, parameters: Parameters<'_>) -> Result<u64> {
    let client = pool.get().await.map_err(not_done)?;
    let statement = client.prepare_cached(sql).await.map_err(not_done)?;
    client.execute(&statement, parameters).await.map_err(|error| match error.as_db_error() {
        Some(_) => not_done(error),
        None => in_doubt(error),
    })
}

fn pool(config: &Config, size: usize) -> Result<Pool> {
    let manager_config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    // TLS where the URL asks for it (sslmode=require), by the certificates that browsers trust.
    let manager = if config.get_ssl_mode() == SslMode::Require {
        let roots = rustls::RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| StoreError::NotDone(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Manager::from_config(config.clone(), MakeRustlsConnect::new(tls), manager_config)
    } else {
        let mut config = config.clone();
        config.ssl_mode(SslMode::Disable);
        Manager::from_config(config, NoTls, manager_config)
    };
    Pool::builder(manager)
        .max_size(size)
        .runtime(Runtime::Tokio1)
        .create_timeout(Some(CONNECT))
        .recycle_timeout(Some(CONNECT))
        .post_create(Hook::async_fn(|client: &mut deadpool_postgres::ClientWrapper, _| {
            Box::pin(async move {
                let _ = client.batch_execute(MORE_SETTINGS).await;
                client.batch_execute(SETTINGS).await.map_err(HookError::Backend)
            })
        }))
        .build()
        .map_err(|error| StoreError::NotDone(error.to_string()))
}

/// A connection that holds an advisory lock, or waits for it.
struct Locked {
    /// Taken when it is let go.
    client: Option<Mutex<Object>>,
    number: i64,
    /// The database's process that has the lock, once it has.
    backend: Option<i32>,
}

impl Drop for Locked {
    fn drop(&mut self) {
        let Some(client) = self.client.take().map(Mutex::into_inner) else { return };
        let (number, is_held) = (self.number, self.backend.is_some());
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            if is_held {
                match session::value(&client, &format!("SELECT pg_advisory_unlock({number})")).await {
                    Ok(Some(answer)) if answer == "t" => return,
                    Ok(_) => tracing::error!("a turn was held by another connection: is a pooler in transaction mode?"),
                    Err(error) => tracing::debug!(%error, "a turn ends with its connection"),
                }
            }
            // Nobody knows what it holds, or waits for: it ends, and so does that.
            drop(Object::take(client));
        });
    }
}

impl Turn for Locked {
    fn begin<'a>(&'a self, update: &Update, holder: &Holder, terms: Terms) -> Later<'a, Held> {
        let (update, holder) = (update.clone(), holder.clone());
        Box::pin(async move {
            let Some(client) = &self.client else {
                return Err(StoreError::NotDone("the turn is over".to_owned()));
            };
            let mut client = client.lock().await;
            let transaction = client.transaction().await.map_err(not_done)?;
            let backend = rows(&transaction, "SELECT pg_backend_pid()", &[]).await.map_err(not_done)?;
            if backend.first().map(|row| row.get(0)) != self.backend {
                return Err(StoreError::NotDone(
                    "the turn is held by another connection, as behind a pooler in transaction mode".to_owned(),
                ));
            }
            let held = begin(&transaction, &update, &holder, terms).await.map_err(|error| {
                // Somebody else has written it down, which only can be where the turn was lost.
                if error.code() == Some(&SqlState::UNIQUE_VIOLATION) { in_doubt(error) } else { not_done(error) }
            })?;
            if held == Held::Yes {
                transaction.commit().await.map_err(in_doubt)?;
            }
            Ok(held)
        })
    }
}

type Outcome<T> = std::result::Result<T, Error>;

async fn rows(db: &Transaction<'_>, sql: &str, parameters: Parameters<'_>) -> Outcome<Vec<Row>> {
    let statement = db.prepare_cached(sql).await?;
    db.query(&statement, parameters).await
}

async fn execute(db: &Transaction<'_>, sql: &str, parameters: Parameters<'_>) -> Outcome<u64> {
    let statement = db.prepare_cached(sql).await?;
    db.execute(&statement, parameters).await
}

async fn number(db: &Transaction<'_>, sql: &str, parameters: Parameters<'_>) -> Outcome<i64> {
    Ok(rows(db, sql, parameters).await?.first().map_or(0, |row| row.get(0)))
}

async fn begin(db: &Transaction<'_>, update: &Update, holder: &Holder, terms: Terms) -> Outcome<Held> {
    let id = &update.id;
    let sql = "SELECT count(*) FROM (SELECT 1 FROM updates WHERE visitor = $1 LIMIT $2) AS remembered";
    if number(db, sql, &[&id.visitor, &i64::from(terms.most_updates)]).await? >= i64::from(terms.most_updates) {
        return Ok(Held::TooManyUpdates);
    }
    let found = rows(db, "SELECT held_until FROM sessions WHERE session = $1", &[&id.session]).await?;
    let until = found.first().and_then(|row| row.get::<_, Option<i64>>(0)).unwrap_or(terms.until);
    let wanted: Vec<&HoldChange> = update.holds.iter().filter(|hold| hold.after > hold.before).collect();
    lock_stock(db, wanted.iter().map(|hold| hold.product.as_str()).collect()).await?;
    let mut more = 0;
    for hold in wanted {
        let left = left_for(db, &id.session, &hold.product).await?;
        if hold.after > left {
            return Ok(Held::Short { product: hold.product.clone(), left });
        }
        more += hold.after - hold.before;
    }
    if more > 0 && until <= terms.now {
        return Ok(Held::Over);
    }
    if more > 0 && holds_too_many(db, holder, more, terms).await? {
        return Ok(Held::TooMany);
    }
    let number = number(
        db,
        "INSERT INTO updates (visitor, session, endpoint, key, intent, request, stripe_key, begun)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING number",
        &[
            &id.visitor,
            &id.session,
            &id.endpoint,
            &id.key,
            &update.intent,
            &update.request,
            &update.stripe_key,
            &terms.now,
        ],
    )
    .await?;
    for hold in &update.holds {
        let (before, after) = (i64::from(hold.before), i64::from(hold.after));
        let sql = "INSERT INTO update_holds VALUES ($1, $2, $3, $4)";
        execute(db, sql, &[&number, &hold.product, &before, &after]).await?;
        set_hold(db, &id.session, &hold.product, hold.before.max(hold.after), holder, until).await?;
    }
    if more > 0 {
        execute(db, "UPDATE sessions SET held_until = $2 WHERE session = $1", &[&id.session, &until]).await?;
    }
    Ok(Held::Yes)
}

/// Those who want the same product go one after another; always in the same order, so that nobody waits in a circle.
async fn lock_stock(db: &Transaction<'_>, products: Vec<&str>) -> Outcome<()> {
    let sql = "SELECT product FROM stock WHERE product = ANY($1) ORDER BY product FOR UPDATE";
    rows(db, sql, &[&products]).await.map(drop)
}

/// What one session could hold: the stock without what the others hold.
async fn left_for(db: &Transaction<'_>, session: &str, product: &str) -> Outcome<u32> {
    let sql = "SELECT coalesce((SELECT quantity FROM stock WHERE product = $2), 0)
        - coalesce((SELECT sum(quantity) FROM holds WHERE product = $2 AND session <> $1), 0)::bigint";
    Ok(u32::try_from(number(db, sql, &[&session, &product]).await?.max(0)).unwrap_or(u32::MAX))
}

async fn holds_too_many(db: &Transaction<'_>, holder: &Holder, more: u32, terms: Terms) -> Outcome<bool> {
    let of_visitor = "SELECT coalesce(sum(quantity), 0)::bigint FROM holds WHERE visitor = $1";
    let of_address = "SELECT coalesce(sum(quantity), 0)::bigint FROM holds WHERE address = $1";
    let more = i64::from(more);
    Ok(number(db, of_visitor, &[&holder.visitor]).await? + more > i64::from(terms.most_of_visitor)
        || number(db, of_address, &[&holder.address]).await? + more > i64::from(terms.most_of_address))
}

async fn set_hold(
    db: &Transaction<'_>,
    session: &str,
    product: &str,
    quantity: u32,
    holder: &Holder,
    until: i64,
) -> Outcome<()> {
    if quantity == 0 {
        return change_hold(db, session, product, quantity).await;
    }
    let sql = "INSERT INTO holds (session, product, visitor, address, quantity, until) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (session, product) DO UPDATE SET quantity = excluded.quantity";
    let parameters: Parameters<'_> =
        &[&session, &product, &holder.visitor, &holder.address, &i64::from(quantity), &until];
    execute(db, sql, parameters).await.map(drop)
}

async fn change_hold(db: &Transaction<'_>, session: &str, product: &str, quantity: u32) -> Outcome<()> {
    let done = if quantity == 0 {
        execute(db, "DELETE FROM holds WHERE session = $1 AND product = $2", &[&session, &product]).await
    } else {
        let sql = "UPDATE holds SET quantity = $3 WHERE session = $1 AND product = $2";
        execute(db, sql, &[&session, &product, &i64::from(quantity)]).await
    };
    done.map(drop)
}

async fn end(db: &Transaction<'_>, id: &UpdateId, end: End) -> Outcome<()> {
    let sql = "SELECT number FROM updates
        WHERE visitor = $1 AND session = $2 AND endpoint = $3 AND key = $4 AND status IS NULL FOR UPDATE";
    let open = rows(db, sql, &[&id.visitor, &id.session, &id.endpoint, &id.key]).await?;
    let Some(number) = open.first().map(|row| row.get::<_, i64>(0)) else { return Ok(()) };
    let sold = !rows(db, "SELECT 1 FROM sales WHERE session = $1", &[&id.session]).await?.is_empty();
    for row in rows(db, "SELECT product, before, after FROM update_holds WHERE number = $1", &[&number]).await? {
        let hold = hold_of(&row);
        let quantity = match end {
            End::Made => hold.after,
            End::NotMade(_) => hold.before,
            End::Unknown(_) => continue,
        };
        if !sold {
            change_hold(db, &id.session, &hold.product, quantity).await?;
        }
    }
    let answer = match end {
        End::Made => Answer::SUCCESS,
        End::NotMade(Some(answer)) | End::Unknown(answer) => answer,
        End::NotMade(None) => return execute(db, "DELETE FROM updates WHERE number = $1", &[&number]).await.map(drop),
    };
    let sql = "UPDATE updates SET status = $2, message = $3, request = NULL WHERE number = $1";
    execute(db, sql, &[&number, &i32::from(answer.status), &answer.message.as_deref()]).await.map(drop)
}

async fn settle(db: &Transaction<'_>, session: &str, sold: &[(String, u32)]) -> Outcome<()> {
    lock_stock(db, sold.iter().map(|(product, _)| product.as_str()).collect()).await?;
    execute(db, "DELETE FROM holds WHERE session = $1", &[&session]).await?;
    if sold.is_empty() {
        return Ok(());
    }
    if execute(db, "INSERT INTO sales VALUES ($1) ON CONFLICT DO NOTHING", &[&session]).await? == 0 {
        return Ok(());
    }
    for (product, quantity) in sold {
        let sql = "UPDATE stock SET quantity = greatest(quantity - $2, 0) WHERE product = $1";
        execute(db, sql, &[product, &i64::from(*quantity)]).await?;
    }
    Ok(())
}

fn small(number: i64) -> u32 {
    u32::try_from(number.max(0)).unwrap_or(u32::MAX)
}

fn hold_of(row: &Row) -> HoldChange {
    HoldChange { product: row.get("product"), before: small(row.get("before")), after: small(row.get("after")) }
}

const SELECT: &str = "SELECT u.number, u.visitor, u.session, u.endpoint, u.key, u.intent, u.request, u.stripe_key,
    u.status, u.message, h.product, h.before, h.after FROM updates u LEFT JOIN update_holds h USING (number)";

/// Updates, each with its holds; the rows of one stand together.
fn records(rows: &[Row]) -> Vec<Record> {
    let mut records: Vec<(i64, Record)> = Vec::new();
    for row in rows {
        let number: i64 = row.get("number");
        if records.last().is_none_or(|(last, _)| *last != number) {
            let id = UpdateId {
                visitor: row.get("visitor"),
                session: row.get("session"),
                endpoint: row.get("endpoint"),
                key: row.get("key"),
            };
            let update = Update {
                id,
                intent: row.get("intent"),
                request: row.get("request"),
                stripe_key: row.get("stripe_key"),
                holds: Vec::new(),
            };
            let message = row.get::<_, Option<String>>("message").map(Into::into);
            let status = row.get::<_, Option<i32>>("status").and_then(|status| u16::try_from(status).ok());
            records.push((number, Record { update, answer: status.map(|status| Answer { status, message }) }));
        }
        if let (Some((_, record)), Some(_)) = (records.last_mut(), row.get::<_, Option<String>>("product")) {
            record.update.holds.push(hold_of(row));
        }
    }
    records.into_iter().map(|(_, record)| record).collect()
}

fn names(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| row.get(0)).collect()
}

/// A transaction around a function of this module.
macro_rules! in_transaction {
    ($self:ident, $db:ident => $work:expr) => {{
        let mut client = $self.client().await?;
        let $db = client.transaction().await.map_err(not_done)?;
        let done = $work.await.map_err(not_done)?;
        $db.commit().await.map_err(in_doubt)?;
        Ok(done)
    }};
}

impl Store for Postgres {
    fn is_shared(&self) -> bool {
        true
    }

    fn claim(&self, what: &'static str) -> Later<'_, Option<Claim>> {
        Box::pin(lease::take(self.work.clone(), what, self.name.clone()))
    }

    fn turn(&self, session: &str, deadline: Instant) -> Later<'_, Box<dyn Turn>> {
        let number = lock_number(session);
        Box::pin(async move {
            let client = super::in_time(deadline, Box::pin(async { self.turns.get().await.map_err(not_done) })).await?;
            let patience = deadline.saturating_duration_since(Instant::now()).as_millis().max(1);
            // Should nobody wait for the lock any more, the connection that waits is closed.
            let mut locked = Locked { client: Some(Mutex::new(client)), number, backend: None };
            if let Some(client) = &locked.client {
                let sql = format!("SET lock_timeout = {patience}; SELECT pg_backend_pid(), pg_advisory_lock({number})");
                let backend = session::value(&*client.lock().await, &sql).await.map_err(not_done)?;
                locked.backend = backend.and_then(|backend| backend.parse().ok());
            }
            let turn: Box<dyn Turn> = Box::new(locked);
            Ok(turn)
        })
    }

    fn key(&self) -> Later<'_, Vec<u8>> {
        let mut made = vec![0; 32];
        let random = getrandom::fill(&mut made);
        Box::pin(async move {
            random.map_err(|error| StoreError::NotDone(error.to_string()))?;
            self.write("INSERT INTO keys VALUES ('server', $1) ON CONFLICT DO NOTHING", &[&made]).await?;
            let found = self.rows("SELECT value FROM keys WHERE name = 'server'", &[]).await?;
            let key = found.first().map(|row| row.get(0));
            key.ok_or_else(|| StoreError::NotDone("the key is gone".to_owned()))
        })
    }

    fn stock(&self, product: &str, quantity: u32) -> Later<'_, ()> {
        let product = product.to_owned();
        Box::pin(async move {
            let sql = "INSERT INTO stock VALUES ($1, $2) ON CONFLICT DO NOTHING";
            self.write(sql, &[&product, &i64::from(quantity)]).await.map(drop)
        })
    }

    fn left(&self, product: &str) -> Later<'_, u32> {
        let product = product.to_owned();
        Box::pin(async move { in_transaction!(self, db => left_for(&db, "", &product)) })
    }

    fn check(&self) -> Later<'_, ()> {
        Box::pin(async move {
            let sql = "INSERT INTO health VALUES (1, 1) ON CONFLICT (one) DO UPDATE SET checks = health.checks + 1";
            self.write(sql, &[]).await.map(drop)
        })
    }

    fn owner(&self, session: &str) -> Later<'_, Option<String>> {
        let session = session.to_owned();
        Box::pin(async move {
            let found = self.rows("SELECT visitor FROM sessions WHERE session = $1", &[&session]).await?;
            Ok(found.first().map(|row| row.get(0)))
        })
    }

    fn open(&self, session: &str, visitor: &str, name: &str, now: i64) -> Later<'_, ()> {
        let [session, visitor, name] = [session, visitor, name].map(str::to_owned);
        Box::pin(async move {
            let open = async |db: &Transaction<'_>| {
                execute(db, "UPDATE holds SET session = $2 WHERE session = $1", &[&name, &session]).await?;
                let sql = "INSERT INTO sessions VALUES ($1, $2, $3, (SELECT max(until) FROM holds WHERE session = $1))";
                execute(db, sql, &[&session, &visitor, &now]).await.map(drop)
            };
            in_transaction!(self, db => open(&db))
        })
    }

    fn find(&self, id: &UpdateId) -> Later<'_, Option<Record>> {
        let id = id.clone();
        Box::pin(async move {
            let sql = format!("{SELECT} WHERE visitor = $1 AND session = $2 AND endpoint = $3 AND key = $4");
            let found = self.rows(&sql, &[&id.visitor, &id.session, &id.endpoint, &id.key]).await?;
            Ok(records(&found).pop())
        })
    }

    fn unfinished(&self, session: Option<&str>) -> Later<'_, Vec<Record>> {
        let session = session.map(str::to_owned);
        Box::pin(async move {
            let sql = format!("{SELECT} WHERE status IS NULL AND ($1::text IS NULL OR session = $1) ORDER BY u.number");
            Ok(records(&self.rows(&sql, &[&session]).await?))
        })
    }

    fn end(&self, id: &UpdateId, end: End) -> Later<'_, ()> {
        let id = id.clone();
        Box::pin(async move { in_transaction!(self, db => self::end(&db, &id, end)) })
    }

    fn held(&self, session: &str, product: &str) -> Later<'_, u32> {
        let [session, product] = [session, product].map(str::to_owned);
        Box::pin(async move {
            let sql = "SELECT quantity FROM holds WHERE session = $1 AND product = $2";
            let found = self.rows(sql, &[&session, &product]).await?;
            Ok(found.first().map_or(0, |row| small(row.get(0))))
        })
    }

    fn hold(&self, name: &str, product: &str, quantity: u32, holder: &Holder, terms: Terms) -> Later<'_, Held> {
        let (name, product, holder) = (name.to_owned(), product.to_owned(), holder.clone());
        Box::pin(async move {
            let hold = async |db: &Transaction<'_>| {
                lock_stock(db, vec![&product]).await?;
                let left = left_for(db, &name, &product).await?;
                if quantity > left {
                    return Outcome::Ok(Held::Short { product: product.clone(), left });
                }
                if holds_too_many(db, &holder, quantity, terms).await? {
                    return Ok(Held::TooMany);
                }
                set_hold(db, &name, &product, quantity, &holder, terms.until).await?;
                Ok(Held::Yes)
            };
            in_transaction!(self, db => hold(&db))
        })
    }

    fn holding(&self, visitor: &str) -> Later<'_, Vec<String>> {
        let visitor = visitor.to_owned();
        Box::pin(async move {
            Ok(names(&self.rows("SELECT DISTINCT session FROM holds WHERE visitor = $1", &[&visitor]).await?))
        })
    }

    fn lapsed(&self, now: i64) -> Later<'_, Vec<String>> {
        Box::pin(async move {
            Ok(names(&self.rows("SELECT DISTINCT session FROM holds WHERE until <= $1", &[&now]).await?))
        })
    }

    fn settle(&self, session: &str, sold: Vec<(String, u32)>) -> Later<'_, ()> {
        let session = session.to_owned();
        Box::pin(async move { in_transaction!(self, db => self::settle(&db, &session, &sold)) })
    }

    fn forget(&self, before: i64) -> Later<'_, ()> {
        Box::pin(async move {
            self.write("DELETE FROM updates WHERE status IS NOT NULL AND begun < $1", &[&before]).await?;
            let sql = "DELETE FROM sessions s WHERE created < $1
                AND NOT EXISTS (SELECT 1 FROM holds WHERE session = s.session)
                AND NOT EXISTS (SELECT 1 FROM updates WHERE session = s.session AND status IS NULL)";
            self.write(sql, &[&before]).await.map(drop)
        })
    }

    fn close(&self) -> Later<'_, ()> {
        Box::pin(async move {
            let released = self.write("DELETE FROM claims WHERE holder = $1", &[&self.name]).await;
            self.work.close();
            self.turns.close();
            released.map(drop)
        })
    }
}
