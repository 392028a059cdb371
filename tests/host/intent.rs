//! No value outside its rule ever reaches a body, and what reaches it can be read again.

use checkout_updates::intent::{Field, Intent, Rule, Value};
use checkout_updates::session::SessionId;
use proptest::prelude::*;

fn rules() -> impl Strategy<Value = Rule> {
    prop_oneof![
        proptest::collection::vec(".{0,8}", 1..5).prop_map(Rule::OneOf),
        "[a-z]{0,3}_?".prop_map(Rule::Identifier),
        (0_usize..300).prop_map(Rule::Text),
        (-50_i32..50, 0_i32..50).prop_map(|(least, more)| Rule::Integer(least.into(), (least + more).into())),
        Just(Rule::Flag),
        Just(Rule::Address),
    ]
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        ".{0,12}".prop_map(Value::Text),
        "[a-z]{1,3}_[a-zA-Z0-9_-]{0,12}(_secret_)?".prop_map(Value::Text),
        (prop_oneof![
            "(sk_|rk_|whsec_| sk_)?.{0,6}(_secret_.{0,2})?",
            "\\PC{250,258}",
            "[\\x00-\\x7fÀ-ÿ\u{80}-\u{9f}]{0,8}"
        ])
        .prop_map(Value::Text),
        (-60_i32..60).prop_map(|number| Value::Number(number.into())),
        any::<f64>().prop_map(Value::Number),
        any::<bool>().prop_map(Value::Flag),
        Just(Value::Missing),
        Just(Value::Unreadable),
        Just(Value::Other),
        recipients(),
    ]
}

/// Addresses, most of them nearly right.
fn recipients() -> impl Strategy<Value = Value> {
    let text = |pattern: &'static str| pattern.prop_map(Value::Text);
    let name =
        prop_oneof![Just("line1"), Just("line2"), Just("city"), Just("state"), Just("postal_code"), Just("phone")];
    let line = (
        name.prop_map(str::to_owned),
        prop_oneof![9 => text("[A-Zà-ü0-9 ]{1,9}"), 1 => Just(Value::Missing), 1 => text(".{0,9}")],
    );
    let country = prop_oneof![9 => text("[A-Z]{2}"), 1 => text(".{0,3}"), 1 => Just(Value::Missing)];
    let person = prop_oneof![9 => text("[A-Zà-ü ]{1,9}"), 1 => text(".{0,3}"), 1 => Just(Value::Flag(true))];
    (proptest::collection::vec(line, 0..5), country, person).prop_map(|(mut lines, country, person)| {
        lines.push(("country".to_owned(), country));
        Value::Record(vec![("address".to_owned(), Value::Record(lines)), ("name".to_owned(), person)])
    })
}

/// The rule again, in other words.
fn fits(field: &Field, value: &serde_json::Value) -> bool {
    match (&field.rule, value) {
        (Rule::OneOf(choices), serde_json::Value::String(text)) => choices.contains(text),
        (Rule::Identifier(prefix), serde_json::Value::String(text)) => {
            text.starts_with(prefix.as_str())
                && (1..=255).contains(&text.chars().count())
                && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
                && !text.contains("_secret_")
                && !["sk_", "rk_", "whsec_"].iter().any(|secret| text.starts_with(secret))
        }
        (Rule::Text(most), serde_json::Value::String(text)) => {
            let secret = text.contains("_secret_")
                || ["sk_", "rk_", "whsec_"].iter().any(|secret| text.trim_start().starts_with(secret));
            !secret && (1..=255.min(*most)).contains(&text.chars().count()) && !text.chars().any(char::is_control)
        }
        (Rule::Integer(least, most), serde_json::Value::Number(number)) => {
            number.as_i64().is_some_and(|number| (*least..=*most).contains(&number))
        }
        (Rule::Flag, serde_json::Value::Bool(_)) => true,
        (Rule::Address, address) => is_recipient(address),
        _ => false,
    }
}

fn is_recipient(recipient: &serde_json::Value) -> bool {
    let line = |value: &serde_json::Value| fits(&Field::new("", Rule::Text(255)), value);
    let names = |value: &serde_json::Value| value.as_object().map(|object| object.keys().cloned().collect::<Vec<_>>());
    let Some(address) = recipient["address"].as_object() else { return false };
    names(recipient).is_some_and(|names| names == ["address", "name"])
        && line(&recipient["name"])
        && address["country"].as_str().is_some_and(|country| country.chars().count() == 2)
        && address.contains_key("line1")
        && address.iter().all(|(name, value)| {
            ["line1", "line2", "city", "state", "postal_code", "country"].contains(&name.as_str()) && line(value)
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn a_body_holds_what_the_rules_allow(
        declared in proptest::collection::vec(("[a-z\"\\\\ -]{1,6}", rules(), any::<bool>()), 0..5),
        given in proptest::collection::vec(values(), 0..6),
    ) {
        let fields: Vec<Field> = declared
            .into_iter()
            .enumerate()
            .map(|(number, (name, rule, optional))| Field { name: format!("{name}{number}"), rule, optional })
            .collect();
        let session = SessionId::parse("cs_test_a1").unwrap();
        let Ok(intent) = Intent::check(&fields, given.clone()) else {
            // What is refused names a declared field that has no fitting value.
            let error = Intent::check(&fields, given).unwrap_err();
            prop_assert!(
                fields.iter().any(|field| {
                    let inner = error.field.strip_prefix(&field.name);
                    inner.is_some_and(|inner| inner.is_empty() || inner.starts_with('.'))
                }),
                "{error}"
            );
            return Ok(());
        };
        let body = intent.body("checkout_session_id", &session);
        let json: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&body).unwrap();
        prop_assert_eq!(json.get("checkout_session_id").and_then(|id| id.as_str()), Some("cs_test_a1"));
        let mut known = 1;
        for (position, field) in fields.iter().enumerate() {
            let value = given.get(position).unwrap_or(&Value::Missing);
            match json.get(&field.name) {
                Some(found) => {
                    known += 1;
                    prop_assert!(fits(field, found), "{field:?} {found:?}");
                    if let Value::Text(text) = value {
                        prop_assert_eq!(found.as_str(), Some(text.as_str()));
                    }
                }
                None => prop_assert!(field.optional && *value == Value::Missing),
            }
        }
        prop_assert_eq!(json.len(), known);
    }
}
