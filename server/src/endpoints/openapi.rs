//! `/openapi.json`: the server's own description, from the same declarations.

use checkout_updates::intent::{Field, Rule};
use serde_json::{Map, Value, json};

use super::Endpoint;
use super::declaration::SESSION_FIELD;

/// What answers of each status say. Every one but the success carries a message for the customer.
const STATUSES: [(&str, &str); 11] = [
    ("200", "The session is as the customer wants it."),
    ("400", "Refused by a rule of the shop, or a body that does not fit. Nothing has changed."),
    ("403", "Another page's request, or another visitor's session. Nothing has changed."),
    ("409", "The idempotency key was used for something else, or its request is still running."),
    ("413", "The body is longer than any that is taken. Nothing has changed."),
    ("415", "The body is not called JSON. Nothing has changed."),
    ("424", "Something that is needed first could not be done. Nothing has changed."),
    ("429", "Too much at once. Nothing has changed."),
    ("500", "Whether something has changed is not known."),
    ("502", "Stripe failed or broke off. Whether something has changed is not known."),
    ("504", "Stripe was silent. Whether something has changed is not known."),
];

/// The document, in the form of `OpenAPI` 3.1: the endpoints, and how a visit begins.
#[must_use]
pub fn document(endpoints: &[Endpoint]) -> Value {
    let mut paths: Map<String, Value> =
        endpoints.iter().map(|endpoint| (endpoint.path.into(), update(endpoint))).collect();
    paths.insert("/create-checkout-session".into(), create());
    json!({
        "openapi": "3.1.0",
        "info": { "title": "The demo server of checkout-updates", "version": env!("CARGO_PKG_VERSION") },
        "paths": paths,
        "components": { "schemas": { "Success": success(), "Refusal": refusal(), "Session": begun() } },
    })
}

/// An endpoint for one thing that a customer can do.
fn update(endpoint: &Endpoint) -> Value {
    let mut properties = Map::from_iter([(SESSION_FIELD.to_owned(), session())]);
    let mut required = vec![SESSION_FIELD];
    for Field { name, rule, optional } in &endpoint.fields {
        properties.insert(name.to_string(), schema(rule));
        if !optional {
            required.push(name);
        }
    }
    let body = json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    let key = json!({
        "name": "Idempotency-Key",
        "in": "header",
        "description": "The same on every attempt of one update.",
        "schema": { "type": "string", "pattern": "^[!-~]{1,255}$" },
    });
    json!({ "post": {
        "operationId": endpoint.name,
        "parameters": [key],
        "requestBody": { "required": true, "content": { "application/json": { "schema": body } } },
        "responses": responses("Success"),
    } })
}

/// A new session, and with it a visit.
fn create() -> Value {
    let body = json!({
        "type": "object",
        "properties": {
            "cart": { "enum": ["subscription", "goods"] },
            "address_by": { "enum": ["client", "server"] },
            "ui_mode": { "enum": ["elements", "form"] },
        },
        "additionalProperties": false,
    });
    json!({ "post": {
        "operationId": "createCheckoutSession",
        "requestBody": { "content": { "application/json": { "schema": body } } },
        "responses": responses("Session"),
    } })
}

fn responses(success: &str) -> Value {
    let one = |(status, description): &(&str, &str)| {
        let name = if *status == "200" { success } else { "Refusal" };
        let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
        let content = json!({ "application/json": { "schema": schema } });
        ((*status).to_owned(), json!({ "description": description, "content": content }))
    };
    STATUSES.iter().map(one).collect::<Map<_, _>>().into()
}

fn success() -> Value {
    json!({ "type": "object", "properties": { "type": { "const": "success" } }, "required": ["type"] })
}

fn begun() -> Value {
    json!({ "type": "object", "properties": { "clientSecret": { "type": "string" } }, "required": ["clientSecret"] })
}

fn refusal() -> Value {
    json!({
        "type": "object",
        "properties": { "type": { "const": "error" }, "message": { "type": "string", "minLength": 1 } },
        "required": ["type", "message"],
    })
}

fn session() -> Value {
    json!({ "type": "string", "pattern": "^cs_(test|live)_[A-Za-z0-9_]{1,247}$" })
}

/// What a rule takes, as JSON Schema can say it: secrets are refused beyond that.
fn schema(rule: &Rule) -> Value {
    match rule {
        Rule::OneOf(choices) => json!({ "enum": choices }),
        Rule::Identifier(prefix) => json!({
            "type": "string",
            "pattern": format!("^{prefix}[A-Za-z0-9_-]*$"),
            "minLength": 1,
            "maxLength": 255,
        }),
        Rule::Text(most) => json!({ "type": "string", "minLength": 1, "maxLength": most }),
        Rule::Integer(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Rule::Flag => json!({ "type": "boolean" }),
        Rule::Address => {
            let line = schema(&Rule::Text(255));
            let country = json!({ "type": "string", "pattern": "^[A-Za-z]{2}$" });
            let lines = json!({
                "line1": line, "country": country, "line2": line, "city": line, "state": line, "postal_code": line,
            });
            record(&json!({ "name": line, "address": record(&lines, &["line1", "country"]) }), &["name", "address"])
        }
    }
}

fn record(properties: &Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

#[cfg(test)]
mod tests {
    use super::super::{all, tests::catalogue};
    use super::*;

    #[test]
    fn says_what_each_endpoint_takes() {
        let document = document(&all(&catalogue()));
        let body = |path: &str| {
            document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"].clone()
        };
        let quantity = body("/update-line-item-quantity");
        assert_eq!(quantity["required"], json!(["checkout_session_id", "line_item", "quantity"]));
        assert_eq!(quantity["properties"]["quantity"], json!({ "type": "integer", "minimum": 0, "maximum": 10 }));
        assert_eq!(quantity["properties"]["line_item"]["pattern"], "^li_[A-Za-z0-9_-]*$");
        let amount = body("/update-custom-amount");
        assert_eq!(amount["required"], json!(["checkout_session_id", "product_id"]));
        assert_eq!(
            amount["properties"]["product_id"],
            json!({ "enum": ["gift_wrap", "express_shipping", "warranty"] })
        );
        assert_eq!(amount["additionalProperties"], false);
        assert_eq!(body("/update-tax")["required"], json!(["checkout_session_id"]));
        let place = body("/move-line-item");
        assert_eq!(place["required"], json!(["checkout_session_id", "line_item", "position"]));
        assert_eq!(place["properties"]["position"], json!({ "type": "integer", "minimum": 0, "maximum": 99 }));
        let shipping = &body("/calculate-shipping-options")["properties"]["shipping_details"];
        assert_eq!(shipping["required"], json!(["name", "address"]));
        assert_eq!(document["paths"].as_object().map(Map::len), Some(10));
    }
}
