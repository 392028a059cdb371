//! What was received, what was applied, and how each connection ended.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::watch;

use crate::http::Request;

/// Which of the two origins a request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The one that serves the page.
    Page,
    /// Another port, so another origin for a browser.
    Other,
}

/// How a request ended, whoever came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    /// The server sent all it had to send.
    Answered,
    /// The server closed the connection early.
    Closed,
    /// The server reset the connection.
    Reset,
    /// The peer closed or reset the connection before the server was done.
    Left,
}

/// One received request. Times are milliseconds since the server started.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    pub id: u64,
    pub origin: Origin,
    /// Requests with the same number shared a connection.
    pub connection: u64,
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// What attempts and changes are counted by: `id` of the query, else the `Idempotency-Key`, else the target.
    pub key: String,
    pub at_ms: u64,
    pub end: Option<End>,
    pub end_at_ms: Option<u64>,
}

/// Which entries are meant. Everything that is not given matches.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub path: Option<String>,
    pub method: Option<String>,
    pub key: Option<String>,
}

impl Filter {
    fn takes(&self, entry: &Entry) -> bool {
        self.path.as_ref().is_none_or(|path| entry.path.starts_with(path.as_str()))
            && self.method.as_ref().is_none_or(|method| entry.method == *method)
            && self.key.as_ref().is_none_or(|key| entry.key == *key)
    }
}

/// What `GET /recorded` gives.
#[derive(Clone, Debug, Serialize)]
pub struct Recorded {
    pub requests: Vec<Entry>,
    /// How many changes were made, by key.
    pub applied: BTreeMap<String, u32>,
}

impl Recorded {
    /// Whether there are this many requests, and this many whose peer left.
    pub fn reaches(&self, count: usize, left: usize) -> bool {
        let gone = self.requests.iter().filter(|entry| entry.end == Some(End::Left)).count();
        self.requests.len() >= count && gone >= left
    }
}

#[derive(Default)]
struct Inner {
    entries: Vec<Entry>,
    applied: BTreeMap<String, u32>,
    attempts: BTreeMap<String, u32>,
    last_id: u64,
    last_connection: u64,
}

/// The shared record.
pub struct Record {
    started: Instant,
    inner: Mutex<Inner>,
    /// Changes with each event, for those who wait for one.
    version: watch::Sender<u64>,
}

impl Record {
    pub fn new() -> Self {
        Self { started: Instant::now(), inner: Mutex::default(), version: watch::Sender::new(0) }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn changed(&self) {
        self.version.send_modify(|version| *version += 1);
    }

    /// The number of a new connection.
    pub fn connection(&self) -> u64 {
        let mut inner = self.lock();
        inner.last_connection += 1;
        inner.last_connection
    }

    /// Takes a request down. Gives its id and which attempt of its key this is, from 1.
    pub fn request(&self, origin: Origin, connection: u64, request: &Request, key: &str) -> (u64, u32) {
        let now = self.now_ms();
        let mut inner = self.lock();
        inner.last_id += 1;
        let id = inner.last_id;
        inner.entries.push(Entry {
            id,
            origin,
            connection,
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            headers: request.headers.clone(),
            body: String::from_utf8_lossy(&request.body).into_owned(),
            key: key.to_owned(),
            at_ms: now,
            end: None,
            end_at_ms: None,
        });
        // A preflight is the browser's own and no attempt.
        let attempts = inner.attempts.entry(key.to_owned()).or_default();
        if request.method != "OPTIONS" {
            *attempts += 1;
        }
        let attempt = *attempts;
        drop(inner);
        self.changed();
        (id, attempt)
    }

    /// Makes the change; a server that honours the key makes it once.
    pub fn apply(&self, key: &str, honours_key: bool) {
        let mut inner = self.lock();
        let times = inner.applied.entry(key.to_owned()).or_default();
        if *times == 0 || !honours_key {
            *times += 1;
        }
        drop(inner);
        self.changed();
    }

    /// The request is over. Only the first end counts.
    pub fn end(&self, id: u64, end: End) {
        let now = self.now_ms();
        if let Some(entry) = self.lock().entries.iter_mut().find(|entry| entry.id == id && entry.end.is_none()) {
            entry.end = Some(end);
            entry.end_at_ms = Some(now);
        }
        self.changed();
    }

    /// The peer closed or reset this connection: what is under way on it is left.
    pub fn left(&self, connection: u64) {
        let now = self.now_ms();
        for entry in self.lock().entries.iter_mut().filter(|entry| entry.connection == connection) {
            if entry.end.is_none() {
                entry.end = Some(End::Left);
                entry.end_at_ms = Some(now);
            }
        }
        self.changed();
    }

    /// Forgets everything but the numbers already given.
    pub fn reset(&self) {
        let mut inner = self.lock();
        inner.entries.clear();
        inner.applied.clear();
        inner.attempts.clear();
        drop(inner);
        self.changed();
    }

    /// What was received so far.
    pub fn read(&self, filter: &Filter) -> Recorded {
        let inner = self.lock();
        let requests = inner.entries.iter().filter(|entry| filter.takes(entry)).cloned().collect();
        let meant = |key: &str| filter.key.as_ref().is_none_or(|wanted| wanted == key);
        let applied = inner.applied.iter().filter(|(key, _)| meant(key)).map(|(key, n)| (key.clone(), *n)).collect();
        Recorded { requests, applied }
    }

    /// Waits until so many requests are there and so many peers left; gives what there is, and whether that was it.
    pub async fn wait(&self, filter: &Filter, count: usize, left: usize, limit: Duration) -> (Recorded, bool) {
        let mut version = self.version.subscribe();
        let reached = async {
            while !self.read(filter).reaches(count, left) {
                if version.changed().await.is_err() {
                    break;
                }
            }
        };
        let in_time = tokio::time::timeout(limit, reached).await.is_ok();
        (self.read(filter), in_time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str) -> Request {
        Request {
            method: method.into(),
            path: "/fault/success".into(),
            query: String::new(),
            headers: vec![],
            body: vec![],
        }
    }

    #[test]
    fn counts_attempts_and_changes_by_key() {
        let record = Record::new();
        assert_eq!(record.request(Origin::Page, 1, &request("OPTIONS"), "a"), (1, 0));
        assert_eq!(record.request(Origin::Page, 1, &request("POST"), "a"), (2, 1));
        assert_eq!(record.request(Origin::Page, 1, &request("POST"), "a"), (3, 2));
        assert_eq!(record.request(Origin::Page, 1, &request("POST"), "b"), (4, 1));
        record.apply("a", true);
        record.apply("a", true);
        record.apply("b", false);
        record.apply("b", false);
        let all = record.read(&Filter::default());
        assert_eq!(all.applied, BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 2)]));
        assert_eq!(record.read(&Filter { key: Some("b".into()), ..Filter::default() }).requests.len(), 1);
        record.reset();
        assert_eq!(record.request(Origin::Page, 1, &request("POST"), "a"), (5, 1));
    }

    #[test]
    fn the_first_end_counts() {
        let record = Record::new();
        record.request(Origin::Page, 1, &request("POST"), "a");
        record.request(Origin::Page, 2, &request("POST"), "a");
        record.end(1, End::Answered);
        record.left(1);
        record.left(2);
        record.end(2, End::Answered);
        let ends: Vec<_> = record.read(&Filter::default()).requests.iter().map(|entry| entry.end).collect();
        assert_eq!(ends, [Some(End::Answered), Some(End::Left)]);
    }
}
