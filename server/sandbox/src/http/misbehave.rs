//! Going wrong on purpose, for tests of what a client does then.
//!
//! A request says what is to happen to it in the header `Sandbox-Misbehave`, or `POST /sandbox/misbehave` plans it for
//! requests to come. The words, separated by commas: `delay=MILLISECONDS` (before anything is done), then one of `429`
//! (nothing done, nothing kept under the idempotency key), `500` (nothing done, and kept) and `drop` (done, kept, and
//! the connection closed instead of an answer). A plan can also be there from the start ([`Plan`]).

use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hyper::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{App, Dropped, Reply, Shared, lock};
use crate::error::ApiError;
use crate::params::read_encoded;
use crate::schema::{Rule, Shape, optional, required};
use crate::version::Version;

const HEADER: &str = "sandbox-misbehave";
const LONGEST_DELAY: u64 = 120_000;

/// What is to happen to a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Misbehaviour {
    delay: Duration,
    fault: Option<Fault>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    RateLimited,
    Internal,
    Drop,
}

impl Misbehaviour {
    fn parse(text: &str, param: &str) -> Result<Self, ApiError> {
        let mut found = Self::default();
        for word in text.split(',').map(str::trim) {
            match word {
                "429" => found.fault = Some(Fault::RateLimited),
                "500" => found.fault = Some(Fault::Internal),
                "drop" => found.fault = Some(Fault::Drop),
                _ => {
                    let delay = word.strip_prefix("delay=").and_then(|number| number.parse().ok());
                    let delay = delay.filter(|delay| *delay <= LONGEST_DELAY).ok_or_else(|| {
                        ApiError::invalid(
                            param,
                            format!("Use delay=MILLISECONDS (at most {LONGEST_DELAY}), 429, 500 or drop"),
                        )
                    })?;
                    found.delay = Duration::from_millis(delay);
                }
            }
        }
        Ok(found)
    }
}

/// What is to happen to requests to come.
///
/// Parsed from the words of the header and, as `POST /sandbox/misbehave` takes them, `on=`, `every=` and `times=`:
/// `drop,every=3,times=10`.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    action: Option<Misbehaviour>,
    on: On,
    every: u64,
    left: Option<u64>,
    seen: u64,
    done: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum On {
    #[default]
    Update,
    Create,
    Retrieve,
    Any,
}

impl On {
    fn covers(self, method: &Method, path: &str) -> bool {
        let Some(rest) = path.strip_prefix("/v1/checkout/sessions") else { return false };
        let of_one = rest.len() > 1 && !rest.trim_start_matches('/').contains('/');
        match self {
            Self::Update => method == Method::POST && of_one,
            Self::Create => method == Method::POST && rest.is_empty(),
            Self::Retrieve => method == Method::GET && of_one,
            Self::Any => true,
        }
    }
}

impl Plan {
    /// What the plan has for this request.
    fn next(&mut self, method: &Method, path: &str) -> Misbehaviour {
        let Some(action) = self.action.filter(|_| self.on.covers(method, path)) else { return Misbehaviour::default() };
        self.seen += 1;
        if self.left == Some(0) || !self.seen.is_multiple_of(self.every.max(1)) {
            return Misbehaviour::default();
        }
        self.left = self.left.map(|left| left - 1);
        self.done += 1;
        action
    }

    fn show(&self) -> Value {
        json!({ "planned": self.action.is_some() && self.left != Some(0), "left": self.left, "seen": self.seen, "done": self.done })
    }
}

impl FromStr for Plan {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const USE: &str =
            "use delay=MILLISECONDS, 429, 500 or drop, and on=update|create|retrieve|any, every=N, times=N";
        let count = |number: &str| number.parse().ok().filter(|count| *count > 0).ok_or(USE);
        let (mut plan, mut action) = (Self::default(), Vec::new());
        for word in text.split(',').map(str::trim) {
            match word.split_once('=') {
                Some(("on", "update")) => plan.on = On::Update,
                Some(("on", "create")) => plan.on = On::Create,
                Some(("on", "retrieve")) => plan.on = On::Retrieve,
                Some(("on", "any")) => plan.on = On::Any,
                Some(("every", number)) => plan.every = count(number)?,
                Some(("times", number)) => plan.left = Some(count(number)?),
                _ => action.push(word),
            }
        }
        plan.action = Some(Misbehaviour::parse(&action.join(","), "action").map_err(|_| USE)?);
        Ok(plan)
    }
}

/// Does to a request what its header or the plan says.
pub async fn apply(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let asked = request.headers().get(HEADER).map(|value| value.to_str().unwrap_or_default().to_owned());
    let found = match (&app.misbehaviour, asked) {
        (None, None) => Ok(Misbehaviour::default()),
        (None, Some(_)) => Err(ApiError::request("This sandbox was not started with leave to misbehave.")),
        (Some(_), Some(asked)) => Misbehaviour::parse(&asked, HEADER),
        (Some(plan), None) => Ok(lock(plan).next(request.method(), request.uri().path())),
    };
    let found = match found {
        Ok(found) => found,
        Err(error) => return error.into_response(),
    };
    if found.delay > Duration::ZERO {
        tokio::time::sleep(found.delay).await;
    }
    match found.fault {
        None => next.run(request).await,
        Some(Fault::RateLimited) => ApiError::rate_limited().into_response(),
        Some(Fault::Internal) => ApiError::internal().into_response(),
        Some(Fault::Drop) => {
            let mut response = next.run(request).await;
            response.extensions_mut().insert(Dropped);
            response
        }
    }
}

#[derive(Debug, Deserialize)]
struct Asked {
    action: String,
    #[serde(default)]
    on: On,
    every: Option<u64>,
    times: Option<u64>,
}

const PLAN: Shape = Shape {
    fields: &[
        required("action", Rule::Text(100)),
        optional("every", Rule::Integer(1, 1_000_000)),
        optional("on", Rule::OneOf(&["update", "create", "retrieve", "any"])),
        optional("times", Rule::Integer(1, 1_000_000)),
    ],
    needs: &[],
};

fn permitted(app: &App) -> Result<&std::sync::Mutex<Plan>, ApiError> {
    app.misbehaviour.as_ref().ok_or_else(|| ApiError::no_such_url("any", "/sandbox/misbehave"))
}

/// `POST /sandbox/misbehave`: `action`, on every `every`th (1) request of the kind `on` (`update`), `times` in all
/// (until cleared).
pub async fn plan(State(app): Shared, body: Bytes) -> Result<Reply, ApiError> {
    let plan = permitted(&app)?;
    let asked: Asked = read_encoded(&PLAN, &body, Version::CURRENT)?;
    let action = Some(Misbehaviour::parse(&asked.action, "action")?);
    let mut plan = lock(plan);
    *plan = Plan { action, on: asked.on, every: asked.every.unwrap_or(1), left: asked.times, seen: 0, done: 0 };
    Ok(Reply(plan.show()))
}

/// `GET /sandbox/misbehave`: what is planned and how often it has happened.
pub async fn show(State(app): Shared) -> Result<Reply, ApiError> {
    Ok(Reply(lock(permitted(&app)?).show()))
}

/// `DELETE /sandbox/misbehave`
pub async fn clear(State(app): Shared) -> Result<Reply, ApiError> {
    let mut plan = lock(permitted(&app)?);
    plan.action = None;
    Ok(Reply(plan.show()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_read_from_its_words() {
        let plan: Plan = "delay=500,drop,every=3,times=10,on=create".parse().unwrap();
        assert_eq!(plan.action, Some(Misbehaviour { delay: Duration::from_millis(500), fault: Some(Fault::Drop) }));
        assert_eq!((plan.on, plan.every, plan.left), (On::Create, 3, Some(10)));
    }

    #[test]
    fn what_is_no_plan_is_refused() {
        for text in ["", "dorp", "drop,every=0", "drop,on=payment", "drop,times=x", "every=3"] {
            assert!(text.parse::<Plan>().is_err(), "{text}");
        }
    }
}
