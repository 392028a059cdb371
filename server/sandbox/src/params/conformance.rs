//! The tables against Stripe's own description of the API: same names, same types, same limits.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{create, list, update};
use crate::schema::{Field, Rule, Shape};
use crate::version::Version;

const OPENAPI: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/sandbox/checkout-sessions.openapi.json"));

/// Where the tables are stricter than the description, with the reason.
const STRICTER: &[(&str, &str)] = &[
    ("line_items", "needed in the modes that are there: payment and subscription"),
    ("mode", "needed by the documentation; setup is left out"),
    ("fixed_amount", "needed where the type is fixed_amount, and there is no other"),
    ("currency", "a format, not a length"),
    ("country", "a format, not a length"),
];

fn post(path: &str) -> Value {
    let api: Value = serde_json::from_str(OPENAPI).unwrap();
    api["paths"][path]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"].clone()
}

fn stricter(name: &str) -> bool {
    STRICTER.iter().any(|(known, _)| *known == name)
}

/// The rule that a parameter has in the version of the description; `None` where it has none.
fn described(rule: &'static Rule) -> Option<&'static Rule> {
    match rule {
        Rule::Since(day, now, before) => {
            let described_in = Version::parse("2026-05-27.dahlia").unwrap().day;
            (if described_in >= *day { *now } else { *before }).and_then(described)
        }
        Rule::Beta(_) | Rule::Preview(..) => None,
        rule => Some(rule),
    }
}

fn shape(shape: &'static Shape, schema: &Value, path: &str) {
    let known: BTreeSet<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
    for name in &known {
        assert!(shape.fields.iter().any(|field| field.name == *name), "{path}.{name} is missing from the table");
    }
    let required: BTreeSet<&str> =
        schema["required"].as_array().into_iter().flatten().map(|name| name.as_str().unwrap()).collect();
    for Field { name, rule, required: needed } in shape.fields {
        assert_eq!(described(rule).is_some(), known.contains(name), "{path}.{name}");
        let Some(rule) = described(rule) else { continue };
        assert!(*needed == required.contains(name) || (*needed && stricter(name)), "{path}.{name}: required");
        value(rule, &schema["properties"][name], &format!("{path}.{name}"), name);
    }
}

fn value(rule: &'static Rule, schema: &Value, path: &str, name: &str) {
    let kind = schema["type"].as_str().unwrap_or("anyOf");
    match rule {
        Rule::LeftOut => {}
        Rule::Since(..) | Rule::Beta(_) | Rule::Preview(..) => value(described(rule).unwrap(), schema, path, name),
        // `form` is newer than its description.
        Rule::Renamed(_, names) => {
            let ours: BTreeSet<&str> = names.iter().map(|(now, _)| *now).collect();
            for name in schema["enum"].as_array().unwrap() {
                assert!(ours.contains(name.as_str().unwrap()), "{path}");
            }
        }
        Rule::Clearable(_) | Rule::Metadata | Rule::Either(..) if kind == "anyOf" => {
            let inner = &schema["anyOf"];
            match rule {
                Rule::Clearable(rule) => {
                    assert_eq!(inner[1]["enum"][0], "", "{path}");
                    value(rule, &inner[0], path, name);
                }
                Rule::Either(_, inner_shape) => shape(inner_shape, &inner[0], path),
                _ => assert_eq!(inner[1]["enum"][0], "", "{path}"),
            }
        }
        // An empty bound means that there is none, says the documentation; the description cannot.
        Rule::Clearable(rule) if path.contains("delivery_estimate") => value(rule, schema, path, name),
        // The clients send it empty where it is null.
        Rule::Clearable(rule) if name == "line2" => value(rule, schema, path, name),
        Rule::Object(inner) => shape(inner, schema, path),
        Rule::List(rule, _) | Rule::NonEmptyList(rule, _) => {
            assert_eq!(kind, "array", "{path}");
            value(rule, &schema["items"], path, name);
        }
        Rule::ByCurrency(rule) => value(rule, &schema["additionalProperties"], path, name),
        Rule::Metadata => assert!(schema["additionalProperties"].is_object(), "{path}"),
        Rule::Text(most) => {
            assert_eq!(kind, "string", "{path}");
            let length = schema["maxLength"].as_u64();
            // Some texts have no length there; the general limit stands for them.
            assert_eq!(usize::try_from(length.unwrap_or(5000)).unwrap(), *most, "{path}");
        }
        Rule::OneOf(names) => {
            let described: BTreeSet<&str> =
                schema["enum"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
            let ours: BTreeSet<&str> = names.iter().copied().collect();
            assert!(ours == described || (stricter(name) && ours.is_subset(&described)), "{path}");
        }
        Rule::Integer(..) | Rule::Time => assert_eq!(kind, "integer", "{path}"),
        Rule::Boolean => assert_eq!(kind, "boolean", "{path}"),
        Rule::Currency | Rule::Country | Rule::Url | Rule::Email => assert_eq!(kind, "string", "{path}"),
        Rule::Percentage => assert_eq!(kind, "number", "{path}"),
        Rule::Amount(_) => assert_eq!(schema["format"], "decimal", "{path}"),
        Rule::Clearable(_) | Rule::Either(..) => panic!("{path}: not so in the description"),
    }
}

#[test]
fn the_tables_are_those_of_the_description() {
    shape(&update::UPDATE, &post("/v1/checkout/sessions/{session}"), "update");
    shape(&create::CREATE, &post("/v1/checkout/sessions"), "create");
    shape(&list::EXPAND_ONLY, &post("/v1/checkout/sessions/{session}/expire"), "expire");
}

#[test]
fn the_lists_take_the_parameters_of_the_description() {
    let api: Value = serde_json::from_str(OPENAPI).unwrap();
    for (path, table) in [
        ("/v1/checkout/sessions", &list::SESSIONS),
        ("/v1/checkout/sessions/{session}", &list::EXPAND_ONLY),
        ("/v1/checkout/sessions/{session}/line_items", &list::LINE_ITEMS),
    ] {
        let parameters = api["paths"][path]["get"]["parameters"].as_array().unwrap();
        let described: BTreeSet<&str> = (parameters.iter().filter(|parameter| parameter["in"] == "query"))
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        assert_eq!(table.fields.iter().map(|field| field.name).collect::<BTreeSet<_>>(), described, "{path}");
    }
}
