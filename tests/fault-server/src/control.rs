//! What the tests ask of the server, beside its faults.

use std::time::Duration;

use serde::Serialize;

use crate::http::{Answer, Request};
use crate::record::{Filter, Record};

/// How long `GET /recorded/wait` waits unless told otherwise.
const PATIENCE: Duration = Duration::from_secs(10);

/// The ports, all on 127.0.0.1.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Ports {
    /// Serves the page.
    pub page: u16,
    /// Serves the same as another origin.
    pub other: u16,
    /// Has a full backlog that nobody empties.
    pub unaccepting: u16,
    /// Is taken, but nobody listens: a connection is refused.
    pub refusing: u16,
}

/// Answers `/ports`, `/reset`, `/recorded` and `/recorded/wait`; `None` for any other path.
pub async fn answer(request: &Request, record: &Record, ports: Ports) -> Option<Answer> {
    let answer = match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/ports") => json(200, &ports),
        ("POST", "/reset") => {
            record.reset();
            Answer::empty(204)
        }
        ("GET", "/recorded") => match Query::read(request) {
            Ok(query) => json(200, &record.read(&query.filter)),
            Err(problem) => misuse(&problem),
        },
        ("GET", "/recorded/wait") => match Query::read(request) {
            Ok(query) => {
                let (recorded, in_time) = record.wait(&query.filter, query.count, query.left, query.limit).await;
                json(if in_time { 200 } else { 504 }, &recorded)
            }
            Err(problem) => misuse(&problem),
        },
        _ => return None,
    };
    Some(answer)
}

/// The answer to a question that the server does not understand. No fault has this status.
pub fn misuse(problem: &str) -> Answer {
    Answer::new(418, "text/plain", format!("unknown: {problem}"))
}

fn json(status: u16, value: &impl Serialize) -> Answer {
    match serde_json::to_vec(value) {
        Ok(body) => Answer::json(status, body),
        Err(error) => misuse(&error.to_string()),
    }
}

struct Query {
    filter: Filter,
    count: usize,
    left: usize,
    limit: Duration,
}

impl Query {
    fn read(request: &Request) -> Result<Self, String> {
        let mut query = Self { filter: Filter::default(), count: 0, left: 0, limit: PATIENCE };
        for (name, value) in request.params() {
            let wrong = || format!("{name}={value}");
            match name.as_str() {
                "path" => query.filter.path = Some(value),
                "method" => query.filter.method = Some(value),
                "key" => query.filter.key = Some(value),
                "count" => query.count = value.parse().map_err(|_| wrong())?,
                "left" => query.left = value.parse().map_err(|_| wrong())?,
                "timeout_ms" => query.limit = Duration::from_millis(value.parse().map_err(|_| wrong())?),
                _ => return Err(wrong()),
            }
        }
        Ok(query)
    }
}
