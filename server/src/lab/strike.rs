//! The faults themselves: what happens to a request that meets one.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{Method, Response};
use axum::middleware::Next;
use checkout_updates::session::SessionId;
use hyper::body::Frame;
use serde_json::json;
use tokio::time::{Interval, interval, sleep};

use super::fault::{Fault, Kind};
use super::waits::Wait;
use crate::answer::{Answer, json_response, text_response};
use crate::app::App;
use crate::body;
use crate::connections::Line;
use crate::endpoints::declaration::SESSION_FIELD;
use crate::holds;
use crate::stand_in::session_in;
use crate::visitor::Visitor;

/// No page waits as long: silence for good would be a connection for good.
const SILENCE: Duration = Duration::from_secs(60);
const SLOW: Duration = Duration::from_secs(3);
const LATE: Duration = Duration::from_secs(4);
const LONGEST_BODY: usize = 64 * 1024;
const REPORTS: &str = "/metrics/client-failures";
const LOGIN: &str = "<!doctype html><title>Log in</title><h1>Please log in to this network</h1>";

/// Keeps what a visitor of the laboratory sends, and lets the fault happen that the visitor has asked for.
pub async fn strike(State(app): State<Arc<App>>, request: Request, next: Next) -> Response<Body> {
    let Some(lab) = &app.lab else { return next.run(request).await };
    let visitor = app.visitor(request.headers()).filter(|visitor| lab.knows(&visitor.0));
    let (Some(Visitor(visitor)), Some(place)) = (visitor, Place::of(&app, &request)) else {
        return next.run(request).await;
    };
    let line = request.extensions().get::<Line>().cloned();
    let (parts, body) = request.into_parts();
    let bytes = match body::read(body, LONGEST_BODY).await {
        Ok(bytes) => bytes,
        Err(answer) => return answer.into_response(),
    };
    let session = match place {
        Place::Session => session_in(&parts.uri).map(str::to_owned),
        Place::Update(_) => named_in(&bytes),
        Place::Report => None,
    };
    if place != Place::Session {
        lab.keep(&visitor, parts.uri.path(), session.as_deref(), &parts.headers, &bytes);
    }
    let kind = if place == Place::Session { Kind::Refresh } else { Kind::Update };
    let fault = session.as_deref().and_then(|session| lab.take(&visitor, session, kind, Instant::now()));
    let request = Request::from_parts(parts, Body::from(bytes));
    let Some(fault) = fault else { return next.run(request).await };
    tracing::info!(?fault, "made in the laboratory");

    let start = Instant::now();
    // What the shop itself would have answered is counted as its answer.
    let instead = |answer: Answer| {
        if let Place::Update(name) = place {
            app.metrics.update(name, &answer, start.elapsed());
        }
        answer
    };
    let wait = || line.as_ref().map(|line| lab.waits.begin(&visitor, line));
    match fault {
        Fault::None => next.run(request).await,
        Fault::Silent => {
            next.run(request).await;
            let _wait = wait();
            sleep(SILENCE).await;
            cut(line).await
        }
        Fault::Slow => {
            let response = next.run(request).await;
            let _wait = wait();
            sleep(SLOW).await;
            response
        }
        Fault::Late => {
            // A task of its own: a page that is left drops the one that answers it.
            let late = tokio::spawn(async move {
                sleep(LATE).await;
                next.run(request).await
            });
            let _wait = wait();
            late.await.unwrap_or_else(|_| Answer::BROKEN.into_response())
        }
        Fault::Drip => next.run(request).await.map(|_| Body::new(Drip::new(wait()))),
        Fault::Refused => instead(Answer::refused("This plan is sold out at the moment.")).into_response(),
        Fault::SaysError => {
            let answer = instead(Answer::refused("This plan is sold out at the moment."));
            json_response(200, &json!({ "type": "error", "message": answer.message }))
        }
        Fault::RateLimited => instead(Answer::BUSY).into_response(),
        Fault::BrokenApplied => {
            next.run(request).await;
            Answer::BROKEN.into_response()
        }
        Fault::Broken => instead(Answer::BROKEN).into_response(),
        Fault::Reset => {
            next.run(request).await;
            cut(line).await
        }
        Fault::NoNetwork => cut(line).await,
        Fault::Login => text_response(200, "text/html; charset=utf-8", LOGIN.to_owned()),
        Fault::Closed => {
            let id = session.as_deref().and_then(|session| SessionId::parse(session).ok());
            match id {
                Some(id) if holds::expire(&app, &id, app.deadline()).await.is_ok() => next.run(request).await,
                _ => Answer::NOT_NOW.into_response(),
            }
        }
        Fault::Refresh => Answer::UPSTREAM.into_response(),
    }
}

/// What a request is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Update(&'static str),
    Session,
    Report,
}

impl Place {
    fn of(app: &App, request: &Request) -> Option<Self> {
        let (method, path) = (request.method(), request.uri().path());
        match (method, path) {
            (&Method::GET, "/session") => Some(Self::Session),
            (&Method::POST, REPORTS) => Some(Self::Report),
            (&Method::POST, _) => {
                app.endpoints.iter().find(|endpoint| endpoint.path == path).map(|endpoint| Self::Update(endpoint.name))
            }
            _ => None,
        }
    }
}

/// The session that a body names, whatever else is in it.
fn named_in(body: &[u8]) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    body.get(SESSION_FIELD)?.as_str().map(str::to_owned)
}

/// Resets the connection; nothing is answered.
async fn cut(line: Option<Line>) -> Response<Body> {
    match line {
        Some(line) => {
            line.reset();
            std::future::pending().await
        }
        None => Answer::BROKEN.into_response(),
    }
}

/// A body that comes a byte a second.
struct Drip {
    drops: u32,
    beat: Interval,
    _wait: Option<Wait>,
}

impl Drip {
    fn new(wait: Option<Wait>) -> Self {
        Self { drops: 60, beat: interval(Duration::from_secs(1)), _wait: wait }
    }
}

impl hyper::body::Body for Drip {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.drops == 0 {
            return Poll::Ready(None);
        }
        self.beat.poll_tick(context).map(|_| {
            self.drops -= 1;
            Some(Ok(Frame::data(Bytes::from_static(b" "))))
        })
    }
}
