//! `src/declaration.rs` refuses what `src/browser/options.js` refuses: one table is run against both.

use std::fs;

use checkout_updates::declaration::{Credentials, Declaration, OptionsError, Shared};
use checkout_updates::intent::{Field, Rule};
use serde_json::{Map, Value};

type Object = Map<String, Value>;

/// The members of an object, each of which is among these; `None` where Rust's types cannot say it.
fn known<'a>(object: &'a Value, names: &[&str]) -> Option<&'a Object> {
    object.as_object().filter(|object| object.keys().all(|name| names.contains(&name.as_str())))
}

/// A member that may be left out.
fn optional<T>(object: &Object, name: &str, read: impl Fn(&Value) -> Option<T>) -> Option<Option<T>> {
    object.get(name).map_or(Some(None), |value| read(value).map(Some))
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(text).collect()
}

fn whole(value: &Value) -> Option<u32> {
    value.as_u64()?.try_into().ok()
}

fn rule(given: &Value) -> Option<Rule> {
    let rule = given.as_object()?;
    Some(match rule.get("kind")?.as_str()? {
        "oneOf" => Rule::OneOf(texts(rule.get("values")?)?),
        "identifier" => Rule::Identifier(optional(rule, "prefix", text)?.unwrap_or_default()),
        "integer" => Rule::Integer(rule.get("min")?.as_i64()?, rule.get("max")?.as_i64()?),
        "text" => Rule::Text(rule.get("max")?.as_u64()?.try_into().ok()?),
        "flag" => Rule::Flag,
        "address" => Rule::Address,
        _ => return None,
    })
}

/// `latest: true` is a list of none; an empty list is nothing that Rust can say.
fn latest(value: &Value) -> Option<Vec<String>> {
    if *value == Value::Bool(true) { Some(Vec::new()) } else { texts(value).filter(|names| !names.is_empty()) }
}

fn credentials(value: &Value) -> Option<Credentials> {
    let all = [Credentials::Omit, Credentials::SameOrigin, Credentials::Include];
    all.into_iter().find(|its| value == its.name())
}

fn declaration(given: &Value) -> Option<Declaration> {
    const NAMES: [&str; 8] =
        ["latest", "dedupe", "idempotencyKey", "retries", "attemptTimeoutMs", "timeoutMs", "credentials", "csrf"];
    let given = known(given, &["url", "rules", "options"])?;
    let none = Value::Object(Map::new());
    let options = known(given.get("options").unwrap_or(&none), &NAMES)?;
    let fields = given.get("rules")?.as_object()?.iter();
    Some(Declaration {
        url: text(given.get("url")?)?,
        fields: fields.map(|(name, its)| Some(Field::new(name, rule(its)?))).collect::<Option<_>>()?,
        latest: optional(options, "latest", latest)?,
        dedupe: optional(options, "dedupe", Value::as_bool)?,
        idempotency_key: optional(options, "idempotencyKey", Value::as_bool)?,
        retries: optional(options, "retries", whole)?.unwrap_or_default(),
        attempt_timeout_ms: optional(options, "attemptTimeoutMs", whole)?,
        timeout_ms: optional(options, "timeoutMs", whole)?,
        credentials: optional(options, "credentials", credentials)?,
        csrf: optional(options, "csrf", Value::as_bool)?,
    })
}

/// What the check says of these options; `None` where Rust's types cannot say them.
fn checked(options: &Value) -> Option<Result<(), OptionsError>> {
    let options = known(options, &["endpoints", "sessionField", "timeoutMs", "allowedOrigins", "csrf"])?;
    let header = |csrf: &Value| known(csrf, &["header"])?.get("header").and_then(text);
    let shared = Shared {
        session_field: optional(options, "sessionField", text)?,
        timeout_ms: optional(options, "timeoutMs", whole)?,
        allowed_origins: optional(options, "allowedOrigins", texts)?.unwrap_or_default(),
        csrf_header: optional(options, "csrf", header)?,
    };
    let endpoints = options.get("endpoints")?.as_object()?.iter();
    let endpoints: Vec<_> = endpoints.map(|(name, its)| Some((name, declaration(its)?))).collect::<Option<_>>()?;
    let mut all = endpoints.iter().map(|(name, declared)| declared.check(name, &shared).map(drop));
    Some(shared.check().and_then(|()| all.try_for_each(|checked| checked)))
}

#[test]
fn what_javascript_refuses_is_refused_and_named() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/unit/options.table.json");
    let rows: Vec<Value> = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let (mut expressible, mut differences) = (0, Vec::new());
    for row in &rows {
        let Some(checked) = checked(&row["options"]) else { continue };
        // A token is a function; the row has none, so that it is wrong for another reason there.
        if row["key"] == "token" {
            continue;
        }
        expressible += 1;
        let key = row["key"].as_str().unwrap();
        match checked {
            Ok(()) => differences.push(format!("{}: is taken", row["name"])),
            Err(error) if error.key.ends_with(key) || error.problem.contains(&format!("\"{key}\"")) => {}
            Err(error) => differences.push(format!("{}: {error}", row["name"])),
        }
    }
    assert_eq!(differences, Vec::<String>::new());
    assert!(expressible > 30, "{expressible} of {} rows are read", rows.len());
}
