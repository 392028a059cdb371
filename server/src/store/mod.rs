//! What must survive a restart: stock, holds, and which updates were made.
//!
//! A small interface, so that a database which several servers share can take SQLite's place.

pub mod sqlite;

use std::fmt;
use std::future::Future;
use std::pin::Pin;

pub use sqlite::Sqlite;

use crate::answer::Answer;

/// What a store gives back, later.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// The database failed. It says how, for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError(pub String);

impl fmt::Display for StoreError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "database: {}", self.0)
    }
}

impl std::error::Error for StoreError {}

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

/// The store. Times are seconds since 1970.
pub trait Store: Send + Sync + fmt::Debug {
    /// A key of the server's own, made on first use.
    fn key(&self) -> Later<'_, Vec<u8>>;

    /// Puts a product in stock, unless it is known already.
    fn stock(&self, product: &str, quantity: u32) -> Later<'_, ()>;

    /// How many are left that nobody holds.
    fn left(&self, product: &str) -> Later<'_, u32>;

    /// What is known of an update.
    fn find(&self, id: &UpdateId) -> Later<'_, Option<Record>>;

    /// The updates that have not ended, the oldest first: of one session, or of all.
    fn unfinished(&self, session: Option<&str>) -> Later<'_, Vec<Record>>;

    /// Holds the stock and writes the update down, both or neither. Until the update has ended, the larger of the two
    /// quantities is held.
    fn begin(&self, update: &Update, now: i64, until: i64) -> Later<'_, Held>;

    /// Writes down how an update ended, and holds what is then right.
    fn end(&self, id: &UpdateId, end: End) -> Later<'_, ()>;

    /// What a session holds of a product.
    fn held(&self, session: &str, product: &str) -> Later<'_, u32>;

    /// Holds stock for a session that is yet to be made, under a name that [`Store::rename`] replaces.
    fn hold(&self, visitor: &str, session: &str, product: &str, quantity: u32, until: i64) -> Later<'_, Held>;

    /// Gives holds to the session that was made.
    fn rename(&self, from: &str, to: &str) -> Later<'_, ()>;

    /// The sessions that hold something for a visitor.
    fn holding(&self, visitor: &str) -> Later<'_, Vec<String>>;

    /// The sessions whose holds have lasted their time.
    fn lapsed(&self, now: i64) -> Later<'_, Vec<String>>;

    /// Ends a session's holds: what was sold leaves the stock, the rest is free again. Saying it twice sells once.
    fn settle(&self, session: &str, sold: Vec<(String, u32)>) -> Later<'_, ()>;

    /// Forgets ended updates from before a time. Stripe forgets its keys, too.
    fn forget(&self, before: i64) -> Later<'_, ()>;
}
