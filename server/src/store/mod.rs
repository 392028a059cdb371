//! What must survive a restart, and what several servers must agree on: stock, holds, which updates were made, and whose
//! turn it is.
//!
//! One file for one server, or a PostgreSQL for as many as there are.

pub mod claim;
pub mod postgres;
pub mod sqlite;

use std::fmt;
use std::future::Future;
use std::pin::Pin;

pub use claim::Claim;
pub use postgres::Postgres;
pub use sqlite::Sqlite;
use tokio::time::{Instant, timeout_at};

use crate::answer::Answer;

/// What a store gives back, later.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// The database failed. It says how, for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// Nothing was written.
    NotDone(String),
    /// It may have been written.
    InDoubt(String),
}

impl fmt::Display for StoreError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotDone(why) => write!(formatter, "database: {why}"),
            Self::InDoubt(why) => write!(formatter, "database, and it may have been done: {why}"),
        }
    }
}

impl std::error::Error for StoreError {}

/// Waits for the store until `deadline`, and no longer: a page waits behind it.
///
/// # Errors
///
/// The store's, or that time was up. What was asked may be done all the same then.
pub async fn in_time<T>(deadline: Instant, later: Later<'_, T>) -> Result<T, StoreError> {
    let late = || StoreError::InDoubt("no answer in time".to_owned());
    timeout_at(deadline, later).await.unwrap_or_else(|_| Err(late()))
}

/// What names an update: saying it twice means the same update.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UpdateId {
    /// Whose.
    pub visitor: String,
    /// Of which session.
    pub session: String,
    /// By which endpoint.
    pub endpoint: String,
    /// The `Idempotency-Key` header.
    pub key: String,
}

/// A session's hold on a product, before and after an update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldChange {
    /// Which product.
    pub product: String,
    /// How many were held.
    pub before: u32,
    /// How many will be, if the update is made.
    pub after: u32,
}

/// An update as it is written down before Stripe hears of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Its name.
    pub id: UpdateId,
    /// Of the intent: another one under the same name is a mistake.
    pub intent: String,
    /// The body for Stripe; `None` when Stripe need not be told.
    pub request: Option<String>,
    /// The key for Stripe.
    pub stripe_key: String,
    /// What it does to the stock.
    pub holds: Vec<HoldChange>,
}

/// What is known of an update.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// As it was written down.
    pub update: Update,
    /// How it ended; `None` while that is not known.
    pub answer: Option<Answer>,
}

/// Who holds stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// The visitor.
    pub visitor: String,
    /// Where the request came from.
    pub address: String,
}

/// What holding stock is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The time.
    pub now: i64,
    /// Until when a session holds stock that has held none before. It is never put off.
    pub until: i64,
    /// How many a visitor may hold, all sessions together.
    pub most_of_visitor: u32,
    /// How many an address may hold, all visitors together.
    pub most_of_address: u32,
    /// How many updates of a visitor are remembered; it may begin no more.
    pub most_updates: u32,
}

/// What came of asking for stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// It is held.
    Yes,
    /// There is not enough: so many could be held.
    Short {
        /// Of which product.
        product: String,
        /// How many.
        left: u32,
    },
    /// The visitor, or everybody at that address, would hold too many.
    TooMany,
    /// The session has held stock for as long as it may.
    Over,
    /// The visitor has made as many updates as are remembered of one.
    TooManyUpdates,
}

/// How an update ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// It was made.
    Made,
    /// It was not made. `Some` keeps the answer for a repeat; `None` lets a repeat try again.
    NotMade(Option<Answer>),
    /// Nobody knows, and it will not be tried again.
    Unknown(Answer),
}

/// A session's turn among all servers. Dropping it ends the turn; so does the end of the process.
pub trait Turn: Send + Sync {
    /// Holds the stock and writes the update down, both or neither, and only while the turn lasts. Until the update has
    /// ended, the larger of the two quantities is held.
    fn begin<'a>(&'a self, update: &Update, holder: &Holder, terms: Terms) -> Later<'a, Held>;
}

/// The store. Times are seconds since 1970.
pub trait Store: Send + Sync + fmt::Debug {
    /// Whether other servers may share it.
    fn is_shared(&self) -> bool;

    /// Makes something this server's own for as long as it runs; `None` where another server has it.
    fn claim(&self, what: &'static str) -> Later<'_, Option<Claim>>;

    /// Waits for a session's turn among all servers. Within one server, whoever calls this has the turn already.
    fn turn(&self, session: &str, deadline: Instant) -> Later<'_, Box<dyn Turn>>;

    /// A key of the server's own, made on first use.
    fn key(&self) -> Later<'_, Vec<u8>>;

    /// Puts a product in stock, unless it is known already.
    fn stock(&self, product: &str, quantity: u32) -> Later<'_, ()>;

    /// How many are left that nobody holds.
    fn left(&self, product: &str) -> Later<'_, u32>;

    /// Writes, and so says whether the database can be written.
    fn check(&self) -> Later<'_, ()>;

    /// Whose a session is.
    fn owner(&self, session: &str) -> Later<'_, Option<String>>;

    /// Writes down whose a new session is, and gives it what was held under `name`.
    fn open(&self, session: &str, visitor: &str, name: &str, now: i64) -> Later<'_, ()>;

    /// What is known of an update.
    fn find(&self, id: &UpdateId) -> Later<'_, Option<Record>>;

    /// The updates that have not ended, the oldest first: of one session, or of all.
    fn unfinished(&self, session: Option<&str>) -> Later<'_, Vec<Record>>;

    /// Writes down how an update ended, and holds what is then right.
    fn end(&self, id: &UpdateId, end: End) -> Later<'_, ()>;

    /// What a session holds of a product.
    fn held(&self, session: &str, product: &str) -> Later<'_, u32>;

    /// Holds stock for a session that is yet to be made, under a name that [`Store::open`] replaces.
    fn hold(&self, name: &str, product: &str, quantity: u32, holder: &Holder, terms: Terms) -> Later<'_, Held>;

    /// The sessions that hold something for a visitor.
    fn holding(&self, visitor: &str) -> Later<'_, Vec<String>>;

    /// The sessions whose holds have lasted their time.
    fn lapsed(&self, now: i64) -> Later<'_, Vec<String>>;

    /// Ends a session's holds: what was sold leaves the stock, the rest is free again. Saying it twice sells once.
    fn settle(&self, session: &str, sold: Vec<(String, u32)>) -> Later<'_, ()>;

    /// Forgets ended updates and sessions from before a time. Stripe forgets its keys, too.
    fn forget(&self, before: i64) -> Later<'_, ()>;

    /// Lets go of the database, so that another server may have it.
    fn close(&self) -> Later<'_, ()>;
}
