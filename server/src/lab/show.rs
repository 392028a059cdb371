//! What the page of the laboratory asks: for a fault, for what the sandbox has, and for what was received.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use checkout_updates_sandbox::display_amount;
use serde::Deserialize;
use serde_json::{Value, json};

use super::fault::Fault;
use crate::answer::{Answer, json_response};
use crate::app::App;
use crate::body;
use crate::stand_in::{failed, own, session_in};
use crate::stripe::client::session_path;

const LONGEST_BODY: usize = 1024;

#[derive(Deserialize)]
struct Asked {
    checkout_session_id: String,
    fault: Fault,
}

/// `POST /lab/fault`: `{"checkout_session_id":…, "fault":"silent"}`.
pub async fn arm(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    match take(&app, request).await {
        Ok(()) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            response
        }
        Err(answer) => answer.into_response(),
    }
}

async fn take(app: &App, request: Request) -> Result<(), Answer> {
    let (parts, body) = request.into_parts();
    if !body::is_json(&parts.headers) {
        return Err(Answer::NOT_JSON);
    }
    let body = body::read(body, LONGEST_BODY).await?;
    let asked: Asked = serde_json::from_slice(&body).map_err(|_| Answer::BAD_REQUEST)?;
    let id = own(app, &parts.headers, &asked.checkout_session_id, app.deadline()).await?;
    let visitor = app.visitor(&parts.headers).ok_or(Answer::FORBIDDEN)?;
    let lab = app.lab.as_ref().ok_or(Answer::NOT_FOUND)?;
    lab.arm(&visitor.0, id.as_str(), asked.fault);
    Ok(())
}

/// `GET /lab/truth?checkout_session_id=cs_…`: the session as the sandbox's API gives it to a merchant's server.
pub async fn truth(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let found = async {
        let deadline = app.deadline();
        let id = own(&app, &parts.headers, session_in(&parts.uri).unwrap_or_default(), deadline).await?;
        let path = format!("{}?expand[0]=line_items", session_path(&id));
        let reply = app.stripe.get("retrieve", &path, deadline).await.map_err(failed)?;
        reply.read::<Value>().map_err(failed)
    };
    match found.await {
        Ok(session) => json_response(200, &told(&session)),
        Err::<_, Answer>(answer) => answer.into_response(),
    }
}

fn told(session: &Value) -> Value {
    let at = |path: &str| session.pointer(path).cloned().unwrap_or_default();
    let total = at("/amount_total").as_i64().unwrap_or_default();
    let items = at("/line_items/data");
    let items = items.as_array().into_iter().flatten().map(|item| {
        json!({
            "name": item.get("description"),
            "quantity": item.get("quantity"),
            "interval": item.pointer("/price/recurring/interval"),
        })
    });
    json!({
        "status": at("/status"),
        "minorUnitsAmount": total,
        "amount": display_amount(total, at("/currency").as_str().unwrap_or_default()),
        "items": items.collect::<Value>(),
    })
}

/// `GET /lab/requests`: what was received from this visitor of late.
pub async fn requests(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    let visitor = app.visitor(request.headers());
    let received = match (&app.lab, visitor) {
        (Some(lab), Some(visitor)) => lab.received(&visitor.0),
        _ => Vec::new(),
    };
    json_response(200, &json!(received))
}
