//! The store in one SQLite file, for one server.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension, Result, Row, Transaction, TransactionBehavior, params};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::{Claim, End, Held, HoldChange, Holder, Later, Record, Store, StoreError, Terms, Turn, Update, UpdateId};
use crate::answer::Answer;

/// How long another process may keep the file locked.
const BUSY: Duration = Duration::from_secs(1);
/// How long requests wait for each other. Behind a locked file they do not: see [`Open::begin`].
const QUEUE: Duration = Duration::from_secs(10);

/// How the file came to look as it does. Its version is how many of these it has seen.
const MIGRATIONS: [&str; 3] = [
    include_str!("../../migrations/sqlite/1.sql"),
    include_str!("../../migrations/sqlite/2.sql"),
    include_str!("../../migrations/sqlite/3.sql"),
];

/// One file.
#[derive(Clone, Debug)]
pub struct Sqlite {
    open: Arc<Mutex<Option<Open>>>,
}

/// Closed in this order.
#[derive(Debug)]
struct Open {
    connection: Connection,
    _lock: File,
    /// When it was last found locked by somebody else.
    found_locked: Option<Instant>,
}

impl Open {
    /// Begins a transaction. One request waits for a file that is locked; who comes soon after it only has a look, or
    /// they would wait one after another.
    fn begin(&mut self) -> Result<Transaction<'_>> {
        let soon_after = self.found_locked.is_some_and(|then| then.elapsed() < BUSY);
        self.connection.busy_timeout(if soon_after { Duration::ZERO } else { BUSY })?;
        let begun = self.connection.transaction_with_behavior(TransactionBehavior::Immediate);
        let is_locked = begun.as_ref().is_err_and(|error| error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy));
        self.found_locked = is_locked.then(Instant::now);
        begun
    }
}

impl Sqlite {
    /// Opens the file and makes what is missing, its folder too.
    ///
    /// # Errors
    ///
    /// When another server has it, when it is no database, cannot be written, or comes from a newer version.
    pub fn open(path: &Path) -> std::result::Result<Self, StoreError> {
        let not_done = |error: std::io::Error| StoreError::NotDone(error.to_string());
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(not_done)?;
        }
        keep_private(path).map_err(not_done)?;
        let lock = lock(path)?;
        let connection = connect(path).map_err(|error| StoreError::NotDone(error.to_string()))?;
        match connection {
            Some(connection) => {
                Ok(Self { open: Arc::new(Mutex::new(Some(Open { connection, _lock: lock, found_locked: None }))) })
            }
            None => Err(StoreError::NotDone("the file was made by a newer version".to_owned())),
        }
    }

    /// Runs a job in a transaction of its own, away from the threads that serve requests.
    fn run<T: Send + 'static>(&self, job: impl FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static) -> Later<'_, T> {
        let open = Arc::clone(&self.open);
        Box::pin(async move {
            let Ok(mut open) = timeout(QUEUE, open.lock_owned()).await else {
                return Err(StoreError::NotDone("others have been at it for too long".to_owned()));
            };
            let work = move || {
                let Some(open) = open.as_mut() else {
                    return Err(StoreError::NotDone("it is closed".to_owned()));
                };
                let not_done = |error: rusqlite::Error| StoreError::NotDone(error.to_string());
                let transaction = open.begin().map_err(not_done)?;
                let result = job(&transaction).map_err(not_done)?;
                transaction.commit().map_err(|error| match error.sqlite_error_code() {
                    Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy) => not_done(error),
                    _ => StoreError::InDoubt(error.to_string()),
                })?;
                Ok(result)
            };
            let done = tokio::task::spawn_blocking(work).await;
            done.unwrap_or_else(|error| Err(StoreError::InDoubt(error.to_string())))
        })
    }
}

/// `None` where the file comes from a newer version.
fn connect(path: &Path) -> Result<Option<Connection>> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    // A record must be on the disk before Stripe hears of it.
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let version = transaction.query_row("PRAGMA user_version", [], |row| row.get::<_, u32>(0))?;
    let Some(missing) = usize::try_from(version).ok().and_then(|version| MIGRATIONS.get(version..)) else {
        return Ok(None);
    };
    for migration in missing {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX))?;
    transaction.commit()?;
    Ok(Some(connection))
}

/// One server only: another one would take what this one holds for forgotten. The lock is on a file beside the
/// database, since locks on the database itself are SQLite's own, and it ends with the process.
fn lock(path: &Path) -> std::result::Result<File, StoreError> {
    let mut beside = path.as_os_str().to_owned();
    beside.push("-lock");
    let file = File::options().create(true).truncate(false).write(true).open(PathBuf::from(beside));
    let file = file.map_err(|error| StoreError::NotDone(error.to_string()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::NotDone(
            "another server has this file; several servers share a DATABASE_URL=postgres://…".to_owned(),
        )),
        Err(TryLockError::Error(error)) => Err(StoreError::NotDone(error.to_string())),
    }
}

impl Turn for Sqlite {
    fn begin<'a>(&'a self, update: &Update, holder: &Holder, terms: Terms) -> Later<'a, Held> {
        let Update { id, intent, request, stripe_key, holds } = update.clone();
        let holder = holder.clone();
        self.run(move |db| {
            let sql = "SELECT count(*) FROM (SELECT 1 FROM updates WHERE visitor = ?1 LIMIT ?2)";
            if db.query_row(sql, params![id.visitor, terms.most_updates], |row| row.get::<_, u32>(0))?
                >= terms.most_updates
            {
                return Ok(Held::TooManyUpdates);
            }
            let held_until = db
                .query_row("SELECT held_until FROM sessions WHERE session = ?1", [&id.session], |row| row.get(0))
                .optional()?
                .flatten();
            let until = held_until.unwrap_or(terms.until);
            let mut more = 0;
            for hold in holds.iter().filter(|hold| hold.after > hold.before) {
                let left = left_for(db, &id.session, &hold.product)?;
                if hold.after > left {
                    return Ok(Held::Short { product: hold.product.clone(), left });
                }
                more += hold.after - hold.before;
            }
            if more > 0 && until <= terms.now {
                return Ok(Held::Over);
            }
            if more > 0 && holds_too_many(db, &holder, more, terms)? {
                return Ok(Held::TooMany);
            }
            db.execute(
                "INSERT INTO updates (visitor, session, endpoint, key, intent, request, stripe_key, begun)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![id.visitor, id.session, id.endpoint, id.key, intent, request, stripe_key, terms.now],
            )?;
            let number = db.last_insert_rowid();
            for hold in holds {
                db.execute(
                    "INSERT INTO update_holds VALUES (?1, ?2, ?3, ?4)",
                    params![number, hold.product, hold.before, hold.after],
                )?;
                let quantity = hold.before.max(hold.after);
                set_hold(db, &id.session, &hold.product, quantity, &holder, until)?;
            }
            if more > 0 {
                db.execute("UPDATE sessions SET held_until = ?2 WHERE session = ?1", params![id.session, until])?;
            }
            Ok(Held::Yes)
        })
    }
}

impl Store for Sqlite {
    fn is_shared(&self) -> bool {
        false
    }

    fn claim(&self, _what: &'static str) -> Later<'_, Option<Claim>> {
        // The whole file is this server's alone.
        Box::pin(async { Ok(Some(Claim::Forever)) })
    }

    fn turn(&self, _session: &str, _deadline: Instant) -> Later<'_, Box<dyn Turn>> {
        let turn: Box<dyn Turn> = Box::new(self.clone());
        Box::pin(async { Ok(turn) })
    }

    fn check(&self) -> Later<'_, ()> {
        self.run(|db| {
            // SQLite does not write what is there already.
            db.execute("INSERT INTO health VALUES (1, 1) ON CONFLICT DO UPDATE SET checks = checks + 1", [])?;
            Ok(())
        })
    }

    fn owner(&self, session: &str) -> Later<'_, Option<String>> {
        let session = session.to_owned();
        self.run(move |db| {
            db.query_row("SELECT visitor FROM sessions WHERE session = ?1", [session], |row| row.get(0)).optional()
        })
    }

    fn open(&self, session: &str, visitor: &str, name: &str, now: i64) -> Later<'_, ()> {
        let [session, visitor, name] = [session, visitor, name].map(str::to_owned);
        self.run(move |db| {
            db.execute("UPDATE holds SET session = ?2 WHERE session = ?1", [&name, &session])?;
            db.execute(
                "INSERT INTO sessions VALUES (?1, ?2, ?3, (SELECT max(until) FROM holds WHERE session = ?1))",
                params![session, visitor, now],
            )?;
            Ok(())
        })
    }

    fn close(&self) -> Later<'_, ()> {
        Box::pin(async move {
            drop(self.open.lock().await.take());
            Ok(())
        })
    }
    fn key(&self) -> Later<'_, Vec<u8>> {
        let mut made = [0; 32];
        if let Err(error) = getrandom::fill(&mut made) {
            return Box::pin(async move { Err(StoreError::NotDone(error.to_string())) });
        }
        self.run(move |db| {
            db.execute("INSERT INTO keys VALUES ('server', ?1) ON CONFLICT DO NOTHING", [made])?;
            db.query_row("SELECT value FROM keys WHERE name = 'server'", [], |row| row.get(0))
        })
    }

    fn stock(&self, product: &str, quantity: u32) -> Later<'_, ()> {
        let product = product.to_owned();
        self.run(move |db| {
            db.execute("INSERT INTO stock VALUES (?1, ?2) ON CONFLICT DO NOTHING", params![product, quantity])?;
            Ok(())
        })
    }

    fn left(&self, product: &str) -> Later<'_, u32> {
        let product = product.to_owned();
        self.run(move |db| left_for(db, "", &product))
    }

    fn find(&self, id: &UpdateId) -> Later<'_, Option<Record>> {
        let id = id.clone();
        self.run(move |db| {
            let found = db
                .query_row(
                    &format!("{SELECT} WHERE visitor = ?1 AND session = ?2 AND endpoint = ?3 AND key = ?4"),
                    params![id.visitor, id.session, id.endpoint, id.key],
                    read_record,
                )
                .optional()?;
            found.map(|found| with_holds(db, found)).transpose()
        })
    }

    fn unfinished(&self, session: Option<&str>) -> Later<'_, Vec<Record>> {
        let session = session.map(str::to_owned);
        self.run(move |db| {
            let found = db.prepare(&unfinished())?.query_map([session], read_record)?.collect::<Result<Vec<_>>>()?;
            found.into_iter().map(|found| with_holds(db, found)).collect()
        })
    }

    fn end(&self, id: &UpdateId, end: End) -> Later<'_, ()> {
        let id = id.clone();
        self.run(move |db| {
            let open = db
                .query_row(
                    "SELECT number FROM updates
                     WHERE visitor = ?1 AND session = ?2 AND endpoint = ?3 AND key = ?4 AND status IS NULL",
                    params![id.visitor, id.session, id.endpoint, id.key],
                    |row| row.get::<_, i64>(0),
                )
                .optional()?;
            let Some(number) = open else { return Ok(()) };
            let sold = is_settled(db, &id.session)?;
            for hold in holds_of(db, number)? {
                let quantity = match end {
                    End::Made => hold.after,
                    End::NotMade(_) => hold.before,
                    End::Unknown(_) => continue,
                };
                if !sold {
                    change_hold(db, &id.session, &hold.product, quantity)?;
                }
            }
            let answer = match end {
                End::Made => Answer::SUCCESS,
                End::NotMade(Some(answer)) | End::Unknown(answer) => answer,
                End::NotMade(None) => {
                    db.execute("DELETE FROM updates WHERE number = ?1", [number])?;
                    return Ok(());
                }
            };
            db.execute(
                "UPDATE updates SET status = ?2, message = ?3, request = NULL WHERE number = ?1",
                params![number, answer.status, answer.message],
            )?;
            Ok(())
        })
    }

    fn held(&self, session: &str, product: &str) -> Later<'_, u32> {
        let (session, product) = (session.to_owned(), product.to_owned());
        self.run(move |db| {
            db.query_row(
                "SELECT coalesce(sum(quantity), 0) FROM holds WHERE session = ?1 AND product = ?2",
                [session, product],
                |row| row.get(0),
            )
        })
    }

    fn hold(&self, name: &str, product: &str, quantity: u32, holder: &Holder, terms: Terms) -> Later<'_, Held> {
        let (name, product, holder) = (name.to_owned(), product.to_owned(), holder.clone());
        self.run(move |db| {
            let left = left_for(db, &name, &product)?;
            if quantity > left {
                return Ok(Held::Short { product, left });
            }
            if holds_too_many(db, &holder, quantity, terms)? {
                return Ok(Held::TooMany);
            }
            set_hold(db, &name, &product, quantity, &holder, terms.until)?;
            Ok(Held::Yes)
        })
    }

    fn holding(&self, visitor: &str) -> Later<'_, Vec<String>> {
        let visitor = visitor.to_owned();
        self.run(move |db| {
            db.prepare("SELECT DISTINCT session FROM holds WHERE visitor = ?1")?
                .query_map([visitor], |row| row.get(0))?
                .collect()
        })
    }

    fn lapsed(&self, now: i64) -> Later<'_, Vec<String>> {
        self.run(move |db| {
            db.prepare("SELECT DISTINCT session FROM holds WHERE until <= ?1")?
                .query_map([now], |row| row.get(0))?
                .collect()
        })
    }

    fn settle(&self, session: &str, sold: Vec<(String, u32)>) -> Later<'_, ()> {
        let session = session.to_owned();
        self.run(move |db| {
            db.execute("DELETE FROM holds WHERE session = ?1", [&session])?;
            if sold.is_empty() || is_settled(db, &session)? {
                return Ok(());
            }
            db.execute("INSERT INTO sales VALUES (?1)", [&session])?;
            for (product, quantity) in sold {
                db.execute(
                    "UPDATE stock SET quantity = max(quantity - ?2, 0) WHERE product = ?1",
                    params![product, quantity],
                )?;
            }
            Ok(())
        })
    }

    fn forget(&self, before: i64) -> Later<'_, ()> {
        self.run(move |db| {
            db.execute("DELETE FROM updates WHERE status IS NOT NULL AND begun < ?1", [before])?;
            db.execute(
                "DELETE FROM sessions AS s WHERE created < ?1
                   AND NOT EXISTS (SELECT 1 FROM holds WHERE session = s.session)
                   AND NOT EXISTS (SELECT 1 FROM updates WHERE session = s.session AND status IS NULL)",
                [before],
            )?;
            Ok(())
        })
    }
}

/// Makes the file so that nobody else on this machine can read it: the key that cookies are signed with is in it.
fn keep_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

const SELECT: &str =
    "SELECT number, visitor, session, endpoint, key, intent, request, stripe_key, status, message FROM updates";

/// By the plus sign it is sorted after it is found by its index: in the order of the table, all that is remembered would be
/// read for each update.
fn unfinished() -> String {
    format!("{SELECT} WHERE status IS NULL AND (?1 IS NULL OR session = ?1) ORDER BY +number")
}

fn read_record(row: &Row<'_>) -> Result<(i64, Record)> {
    let id = UpdateId { visitor: row.get(1)?, session: row.get(2)?, endpoint: row.get(3)?, key: row.get(4)? };
    let update = Update { id, intent: row.get(5)?, request: row.get(6)?, stripe_key: row.get(7)?, holds: Vec::new() };
    let message = row.get::<_, Option<String>>(9)?.map(Into::into);
    let answer = row.get::<_, Option<u16>>(8)?.map(|status| Answer { status, message });
    Ok((row.get(0)?, Record { update, answer }))
}

fn with_holds(db: &Connection, (number, mut record): (i64, Record)) -> Result<Record> {
    record.update.holds = holds_of(db, number)?;
    Ok(record)
}

fn holds_of(db: &Connection, number: i64) -> Result<Vec<HoldChange>> {
    db.prepare("SELECT product, before, after FROM update_holds WHERE number = ?1")?
        .query_map([number], |row| Ok(HoldChange { product: row.get(0)?, before: row.get(1)?, after: row.get(2)? }))?
        .collect()
}

/// What one session could hold: the stock without what the others hold. A hold that has lasted its time counts until
/// its session is known to have ended, since until then it may still be paid for.
fn left_for(db: &Connection, session: &str, product: &str) -> Result<u32> {
    let left: i64 = db.query_row(
        "SELECT coalesce((SELECT quantity FROM stock WHERE product = ?2), 0)
              - coalesce((SELECT sum(quantity) FROM holds WHERE product = ?2 AND session <> ?1), 0)",
        [session, product],
        |row| row.get(0),
    )?;
    Ok(u32::try_from(left.max(0)).unwrap_or(u32::MAX))
}

/// Whether `more` would be too many for the visitor, or for everybody at the address.
fn holds_too_many(db: &Connection, holder: &Holder, more: u32, terms: Terms) -> Result<bool> {
    let held = |by: &str, value: &str| -> Result<i64> {
        let sql = format!("SELECT coalesce(sum(quantity), 0) FROM holds WHERE {by} = ?1");
        db.query_row(&sql, [value], |row| row.get(0))
    };
    Ok(held("visitor", &holder.visitor)? + i64::from(more) > i64::from(terms.most_of_visitor)
        || held("address", &holder.address)? + i64::from(more) > i64::from(terms.most_of_address))
}

/// The end of a hold that is there stays as it is.
fn set_hold(db: &Connection, session: &str, product: &str, quantity: u32, holder: &Holder, until: i64) -> Result<()> {
    if quantity == 0 {
        return change_hold(db, session, product, quantity);
    }
    db.execute(
        "INSERT INTO holds (session, product, visitor, address, quantity, until) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT DO UPDATE SET quantity = excluded.quantity",
        params![session, product, holder.visitor, holder.address, quantity, until],
    )?;
    Ok(())
}

/// Of a hold that is there, if it is.
fn change_hold(db: &Connection, session: &str, product: &str, quantity: u32) -> Result<()> {
    let (change, quantity) = match quantity {
        0 => ("DELETE FROM holds WHERE session = ?1 AND product = ?2 AND ?3 = 0", 0),
        more => ("UPDATE holds SET quantity = ?3 WHERE session = ?1 AND product = ?2", more),
    };
    db.execute(change, params![session, product, quantity])?;
    Ok(())
}

fn is_settled(db: &Connection, session: &str) -> Result<bool> {
    db.query_row("SELECT EXISTS (SELECT 1 FROM sales WHERE session = ?1)", [session], |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unfinished_is_found_without_reading_what_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let db = connect(&folder.path().join("shop.sqlite3")).unwrap().unwrap();
        let plan = format!("EXPLAIN QUERY PLAN {}", unfinished());
        let steps =
            db.prepare(&plan).unwrap().query_map(["cs_1"], |row| row.get(3)).unwrap().collect::<Result<Vec<String>>>();
        assert!(steps.unwrap().iter().any(|step| step.contains("USING INDEX unfinished_updates")));
    }
}
