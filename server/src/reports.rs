//! Counts: those that pages report, and the text for Prometheus.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};

use crate::answer::{Answer, text_response};
use crate::app::App;
use crate::body;
use crate::report::Report;

/// A report of 7 endpoints takes 3 KiB.
const LONGEST_BODY: usize = 64 * 1024;

/// `POST /metrics/client-failures`: a page's report, sent as it is hidden.
pub async fn handle(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    // A beacon's text is text/plain unless the page makes a Blob of it.
    if !body::is_json(&parts.headers) && !body::content_type(&parts.headers).eq_ignore_ascii_case("text/plain") {
        return Answer::NOT_JSON.into_response();
    }
    let body = match body::read(body, LONGEST_BODY).await {
        Ok(body) => body,
        Err(answer) => return answer.into_response(),
    };
    let known = app.endpoints.iter().map(|endpoint| endpoint.name).collect::<Vec<_>>();
    let Some(report) = Report::read(&body, &known) else { return Answer::BAD_REQUEST.into_response() };
    app.metrics.report(&report);
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// `GET /metrics`.
pub async fn show(State(app): State<Arc<App>>) -> Response<Body> {
    match app.metrics.text() {
        Ok(text) => text_response(200, "application/openmetrics-text; version=1.0.0; charset=utf-8", text),
        Err(_) => Answer::BROKEN.into_response(),
    }
}
