//! The store in one SQLite file.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Result, Row, Transaction, TransactionBehavior, params};

use super::{End, Held, HoldChange, Later, Record, Store, StoreError, Update, UpdateId};
use crate::answer::Answer;

/// How long another process may keep the file locked.
const PATIENCE: Duration = Duration::from_secs(5);

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS keys (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS stock (product TEXT PRIMARY KEY, quantity INTEGER NOT NULL CHECK (quantity >= 0)) STRICT;
CREATE TABLE IF NOT EXISTS holds (
  session TEXT NOT NULL, product TEXT NOT NULL, visitor TEXT NOT NULL,
  quantity INTEGER NOT NULL CHECK (quantity > 0), until INTEGER NOT NULL,
  PRIMARY KEY (session, product)
) STRICT;
CREATE INDEX IF NOT EXISTS holds_of_visitor ON holds (visitor);
CREATE TABLE IF NOT EXISTS sales (session TEXT PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS updates (
  number INTEGER PRIMARY KEY,
  visitor TEXT NOT NULL, session TEXT NOT NULL, endpoint TEXT NOT NULL, key TEXT NOT NULL,
  intent TEXT NOT NULL, request TEXT, stripe_key TEXT NOT NULL, begun INTEGER NOT NULL,
  status INTEGER, message TEXT,
  UNIQUE (visitor, session, endpoint, key)
) STRICT;
CREATE INDEX IF NOT EXISTS unfinished_updates ON updates (session) WHERE status IS NULL;
CREATE TABLE IF NOT EXISTS update_holds (
  number INTEGER NOT NULL REFERENCES updates ON DELETE CASCADE,
  product TEXT NOT NULL, before INTEGER NOT NULL, after INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS holds_of_update ON update_holds (number);
";

/// The version of the schema, kept in the file.
const VERSION: i64 = 1;

/// One file.
#[derive(Clone, Debug)]
pub struct Sqlite {
    connection: Arc<Mutex<Connection>>,
}

impl Sqlite {
    /// Opens the file and makes what is missing, its folder too.
    ///
    /// # Errors
    ///
    /// When it is no database, cannot be written, or comes from a newer version.
    pub fn open(path: &Path) -> std::result::Result<Self, StoreError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| StoreError(error.to_string()))?;
        }
        keep_private(path).map_err(|error| StoreError(error.to_string()))?;
        let open = || -> Result<Connection> {
            let connection = Connection::open(path)?;
            connection.busy_timeout(PATIENCE)?;
            // A record must be on the disk before Stripe hears of it.
            connection
                .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")?;
            connection.execute_batch(SCHEMA)?;
            Ok(connection)
        };
        let connection = open().map_err(|error| StoreError(error.to_string()))?;
        let version = connection
            .query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))
            .and_then(|version| {
                connection.pragma_update(None, "user_version", version.max(VERSION))?;
                Ok(version)
            })
            .map_err(|error| StoreError(error.to_string()))?;
        if version > VERSION {
            return Err(StoreError("the file was made by a newer version".to_owned()));
        }
        Ok(Self { connection: Arc::new(Mutex::new(connection)) })
    }

    /// Runs a job in a transaction of its own, away from the threads that serve requests.
    fn run<T: Send + 'static>(&self, job: impl FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static) -> Later<'_, T> {
        let connection = Arc::clone(&self.connection);
        Box::pin(async move {
            let work = move || -> Result<T> {
                let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
                let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let result = job(&transaction)?;
                transaction.commit()?;
                Ok(result)
            };
            match tokio::task::spawn_blocking(work).await {
                Ok(result) => result.map_err(|error| StoreError(error.to_string())),
                Err(error) => Err(StoreError(error.to_string())),
            }
        })
    }
}

impl Store for Sqlite {
    fn key(&self) -> Later<'_, Vec<u8>> {
        let mut made = [0; 32];
        if let Err(error) = getrandom::fill(&mut made) {
            return Box::pin(async move { Err(StoreError(error.to_string())) });
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
            let sql = format!("{SELECT} WHERE status IS NULL AND (?1 IS NULL OR session = ?1) ORDER BY number");
            let found = db.prepare(&sql)?.query_map([session], read_record)?.collect::<Result<Vec<_>>>()?;
            found.into_iter().map(|found| with_holds(db, found)).collect()
        })
    }

    fn begin(&self, update: &Update, now: i64, until: i64) -> Later<'_, Held> {
        let Update { id, intent, request, stripe_key, holds } = update.clone();
        self.run(move |db| {
            for hold in holds.iter().filter(|hold| hold.after > hold.before) {
                let left = left_for(db, &id.session, &hold.product)?;
                if hold.after > left {
                    return Ok(Held::Short { product: hold.product.clone(), left });
                }
            }
            db.execute(
                "INSERT INTO updates (visitor, session, endpoint, key, intent, request, stripe_key, begun)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![id.visitor, id.session, id.endpoint, id.key, intent, request, stripe_key, now],
            )?;
            let number = db.last_insert_rowid();
            for hold in holds {
                db.execute(
                    "INSERT INTO update_holds VALUES (?1, ?2, ?3, ?4)",
                    params![number, hold.product, hold.before, hold.after],
                )?;
                let quantity = hold.before.max(hold.after);
                set_hold(db, &id.session, &id.visitor, &hold.product, quantity, Some(until))?;
            }
            Ok(Held::Yes)
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
                    set_hold(db, &id.session, &id.visitor, &hold.product, quantity, None)?;
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
                "UPDATE updates SET status = ?2, message = ?3 WHERE number = ?1",
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

    fn hold(&self, visitor: &str, session: &str, product: &str, quantity: u32, until: i64) -> Later<'_, Held> {
        let (visitor, session, product) = (visitor.to_owned(), session.to_owned(), product.to_owned());
        self.run(move |db| {
            let left = left_for(db, &session, &product)?;
            if quantity > left {
                return Ok(Held::Short { product, left });
            }
            set_hold(db, &session, &visitor, &product, quantity, Some(until))?;
            Ok(Held::Yes)
        })
    }

    fn rename(&self, from: &str, to: &str) -> Later<'_, ()> {
        let (from, to) = (from.to_owned(), to.to_owned());
        self.run(move |db| {
            db.execute("UPDATE holds SET session = ?2 WHERE session = ?1", [from, to])?;
            Ok(())
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

/// `until` of `None` leaves the end of an existing hold as it is.
fn set_hold(
    db: &Connection,
    session: &str,
    visitor: &str,
    product: &str,
    quantity: u32,
    until: Option<i64>,
) -> Result<()> {
    if quantity == 0 {
        db.execute("DELETE FROM holds WHERE session = ?1 AND product = ?2", [session, product])?;
    } else if let Some(until) = until {
        db.execute(
            "INSERT INTO holds VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO UPDATE SET quantity = excluded.quantity, until = excluded.until",
            params![session, product, visitor, quantity, until],
        )?;
    } else {
        db.execute(
            "UPDATE holds SET quantity = ?3 WHERE session = ?1 AND product = ?2",
            params![session, product, quantity],
        )?;
    }
    Ok(())
}

fn is_settled(db: &Connection, session: &str) -> Result<bool> {
    db.query_row("SELECT EXISTS (SELECT 1 FROM sales WHERE session = ?1)", [session], |row| row.get(0))
}
