//! For the stand-in of Stripe.js, on the sandbox only: the session as Stripe.js would show it, and what the customer
//! does to it there. With Stripe, the page's Stripe.js and Stripe do this among themselves.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, StatusCode, Uri};
use checkout_updates::session::SessionId;
use serde::Deserialize;
use serde_json::Value;
use tokio::time::Instant;

use crate::answer::{Answer, text_response};
use crate::app::App;
use crate::body;
use crate::endpoints::declaration::SESSION_FIELD;
use crate::secret::random_id;
use crate::store::in_time;
use crate::stripe::{Form, StripeError};

const LONGEST_BODY: usize = 4 * 1024;

/// Stripe's words for a promotion code that it does not know.
const INVALID_CODE: &str = "This code is invalid.";

/// `GET /session?checkout_session_id=cs_…`: the visitor's own session.
pub async fn session(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let id = session_in(&parts.uri);
    let deadline = app.deadline();
    let show = async {
        let id = own(&app, &parts.headers, id.unwrap_or_default(), deadline).await?;
        let path = format!("/sandbox/sessions/{}/browser", id.as_str());
        let reply = app.stripe.get("browser", &path, deadline).await.map_err(failed)?;
        Ok(String::from_utf8_lossy(&reply.body).into_owned())
    };
    match show.await {
        Ok(session) => text_response(200, "application/json", session),
        Err::<_, Answer>(answer) => answer.into_response(),
    }
}

/// The session that an address names.
#[must_use]
pub fn session_in(uri: &Uri) -> Option<&str> {
    uri.query()?.split('&').find_map(|part| part.strip_prefix(SESSION_FIELD)?.strip_prefix('='))
}

#[derive(Deserialize)]
struct Told {
    checkout_session_id: String,
    change: Change,
}

/// What the customer did, named as the actions of Stripe.js. What is not here has no effect on the session.
#[derive(Deserialize)]
struct Change {
    #[serde(rename = "updateEmail")]
    email: Option<String>,
    #[serde(rename = "updateShippingAddress")]
    contact: Option<Contact>,
    #[serde(rename = "updateShippingOption")]
    shipping_option: Option<String>,
    #[serde(rename = "applyPromotionCode")]
    promotion_code: Option<String>,
    #[serde(rename = "removePromotionCode", default)]
    removes_promotion_code: bool,
    confirm: Option<Value>,
}

#[derive(Deserialize)]
struct Contact {
    name: Option<String>,
    address: Address,
}

#[derive(Deserialize)]
struct Address {
    country: String,
    line1: Option<String>,
    line2: Option<String>,
    city: Option<String>,
    postal_code: Option<String>,
    state: Option<String>,
}

/// `POST /session`: `{"checkout_session_id":…, "change":{"updateShippingAddress":…}}`, as the stand-in's `onChange`
/// gives it.
pub async fn change(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    match make(&app, request).await {
        Ok(()) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            response
        }
        Err(answer) => answer.into_response(),
    }
}

async fn make(app: &App, request: Request) -> Result<(), Answer> {
    let (parts, body) = request.into_parts();
    if !body::is_json(&parts.headers) {
        return Err(Answer::NOT_JSON);
    }
    let body = body::read(body, LONGEST_BODY).await?;
    let told: Told = serde_json::from_slice(&body).map_err(|_| Answer::BAD_REQUEST)?;
    let deadline = app.deadline();
    let id = own(app, &parts.headers, &told.checkout_session_id, deadline).await?;
    if told.change.confirm.is_some() && !app.claim.is_held() {
        // What the session holds may be free by now, for a server that has taken this one's place.
        return Err(Answer::NOT_NOW);
    }
    let confirmed_email = told.change.confirm.as_ref().and_then(|confirm| confirm.get("email")?.as_str());
    let mut form = Form::new();
    if let Some(email) = told.change.email.as_deref().or(confirmed_email) {
        form.add("email", email);
    }
    if let Some(contact) = &told.change.contact {
        add_contact(&mut form, contact);
    }
    if let Some(option) = &told.change.shipping_option {
        form.add("shipping_option", option);
    }
    let path = format!("/sandbox/sessions/{}", id.as_str());
    if !form.is_empty() {
        post(app, &format!("{path}/customer"), form, deadline).await?;
    }
    let code = told.change.promotion_code.as_deref().or(told.change.removes_promotion_code.then_some(""));
    if let Some(code) = code {
        let mut form = Form::new();
        form.add("promotion_code", code);
        let entered = post(app, &format!("{path}/customer"), form, deadline).await;
        // What the customer typed is all that can be wrong with it.
        entered.map_err(|answer| if answer.status == 400 { Answer::refused(INVALID_CODE) } else { answer })?;
    }
    if told.change.confirm.is_some() {
        post(app, &format!("{path}/complete"), Form::new(), deadline).await?;
    }
    Ok(())
}

/// Stripe.js takes addresses that are not complete yet; the API does not.
fn add_contact(form: &mut Form, contact: &Contact) {
    let Contact { name, address } = contact;
    form.add("shipping_details[name]", name.as_deref().filter(|name| !name.is_empty()).unwrap_or("Customer"));
    form.add("shipping_details[address][country]", &address.country);
    let line1 = address.line1.as_deref().filter(|line| !line.is_empty()).unwrap_or("Not given yet");
    form.add("shipping_details[address][line1]", line1);
    for (field, value) in [
        ("line2", &address.line2),
        ("city", &address.city),
        ("postal_code", &address.postal_code),
        ("state", &address.state),
    ] {
        if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
            form.add(format!("shipping_details[address][{field}]"), value);
        }
    }
}

async fn post(app: &App, path: &str, form: Form, deadline: Instant) -> Result<(), Answer> {
    let key = random_id().map_err(|_| Answer::NOT_NOW)?;
    app.stripe.post("customer", path, form.encode(), &key, deadline).await.map(drop).map_err(failed)
}

/// The id, if the session is this visitor's.
///
/// # Errors
///
/// The answer: it is somebody else's, or cannot be looked up.
pub async fn own(app: &App, headers: &HeaderMap, id: &str, deadline: Instant) -> Result<SessionId, Answer> {
    let visitor = app.visitor(headers).ok_or(Answer::FORBIDDEN)?;
    let id = SessionId::parse(id).map_err(|_| Answer::BAD_REQUEST)?;
    let owner = in_time(deadline, app.store.owner(id.as_str())).await.map_err(|error| {
        tracing::error!(%error, "store");
        Answer::NOT_NOW
    })?;
    if owner.as_ref() == Some(&visitor.0) { Ok(id) } else { Err(Answer::FORBIDDEN) }
}

/// What is said where the sandbox failed.
pub fn failed(error: StripeError) -> Answer {
    match error.status() {
        Some(404) => Answer::FORBIDDEN,
        Some(429) => Answer::BUSY,
        Some(400..500) => Answer::BAD_REQUEST,
        _ => Answer::UPSTREAM,
    }
}
