//! What the page needs to know before it does anything.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::answer::{Answer, json_response, text_response};
use crate::app::App;
use crate::catalogue::{COUNTRIES, MOST_OF_AN_ITEM, Role};
use crate::store::in_time;

/// `GET /endpoints.js`: the declarations of the endpoints.
pub async fn endpoints_module(State(app): State<Arc<App>>) -> Response<Body> {
    text_response(200, "text/javascript; charset=utf-8", app.endpoints_module.clone())
}

/// `GET /openapi.json`: the same for whoever wants to call them.
pub async fn openapi(State(app): State<Arc<App>>) -> Response<Body> {
    text_response(200, "application/json", app.openapi.clone())
}

/// `GET /catalogue`: what can be added, how many of what can be taken, and where the shop ships to. For display only;
/// what things cost is looked up here when they are bought.
pub async fn catalogue(State(app): State<Arc<App>>) -> Response<Body> {
    let of = |role| {
        let ids = app.catalogue.ids(role);
        let products = ids.iter().filter_map(|id| app.catalogue.product(id));
        products
            .map(|product| json!({ "id": product.id, "name": product.name, "amount": dollars(product.amount) }))
            .collect::<Value>()
    };
    let quantities = app.catalogue.ids(Role::CrossSell);
    let quantities = quantities.iter().filter_map(|id| app.catalogue.product(id));
    let quantities = quantities
        .map(|product| json!({ "name": product.name, "minimum": 1, "maximum": MOST_OF_AN_ITEM }))
        .collect::<Value>();
    let countries = COUNTRIES.iter().map(|country| {
        let states = country.states.iter().map(|(code, name)| json!({ "code": code, "name": name }));
        json!({ "code": country.code, "name": country.name, "states": states.collect::<Value>() })
    });
    json_response(
        200,
        &json!({
            "extras": of(Role::AddOn),
            "offers": of(Role::CrossSell),
            "quantities": quantities,
            "countries": countries.collect::<Value>(),
        }),
    )
}

/// For what is there on the sandbox only.
pub async fn missing() -> Response<Body> {
    Answer::NOT_FOUND.into_response()
}

/// Who asks for health does not wait longer.
const HEALTH: Duration = Duration::from_secs(3);

/// `GET /healthz`: whether the server and its database are there, and the database takes what is written.
pub async fn health(State(app): State<Arc<App>>) -> Response<Body> {
    match in_time(Instant::now() + HEALTH, app.store.check()).await {
        Ok(_) => json_response(200, &json!({ "status": "ok" })),
        Err(error) => {
            tracing::error!(%error, "health");
            json_response(503, &json!({ "status": "failing" }))
        }
    }
}

/// Cents as customers read them.
fn dollars(cents: i64) -> String {
    format!("${}.{:02}", cents / 100, cents % 100)
}
