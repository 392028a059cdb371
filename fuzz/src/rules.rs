//! The crate's own rules: what may be sent, and what an answer means.

use checkout_updates::answer::{Body, COMPLAINING, Member, SAYING, applied, judge, look, says};
use checkout_updates::failure::{Applied, Kind, is_showable, words};
use checkout_updates::intent::{Field, Intent, Rule, Value};
use checkout_updates::retry::pause;
use checkout_updates::session::SessionId;
use serde_json::Value as Json;

use super::reader::Reader;

/// Session ids.
pub fn session(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match SessionId::parse(text) {
        Ok(id) => {
            assert_eq!(id.as_str(), text);
            assert!(text.starts_with("cs_test_") || text.starts_with("cs_live_"));
            assert!(text.len() <= 255 && !text.contains("_secret_"));
            assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
        }
        // What is said of it is one of a few sentences.
        Err(reason) => assert!(reason.to_string().len() < 100),
    }
}

/// Rules, the values that are held against them, and the body that says these.
pub fn intent(data: &[u8]) {
    let mut reader = Reader(data);
    let fields: Vec<Field> = (0..reader.byte() % 5).map(|position| field(position, &mut reader)).collect();
    let values: Vec<Value> = fields.iter().map(|field| value(field, &mut reader)).collect();
    let field_name = reader.text();
    let intent = match Intent::check(&fields, values.clone()) {
        Ok(intent) => intent,
        Err(error) => {
            assert!(fields.iter().any(|field| field.name == error.field));
            return;
        }
    };
    let named = fields.iter().zip(values).map(|(field, value)| (field.name.clone(), value)).rev().collect();
    assert_eq!(Intent::check_named(&fields, named).as_ref(), Ok(&intent), "the order makes no difference");
    let Ok(session) = SessionId::parse("cs_test_a1") else { unreachable!("it is one") };
    let body = intent.body(&field_name, &session, &fields);
    let Ok(Json::Object(object)) = serde_json::from_slice::<Json>(&body) else { panic!("no JSON: {body:?}") };
    let mut expected = vec![(field_name.clone(), Json::from("cs_test_a1"))];
    for (position, field) in fields.iter().enumerate() {
        match intent.get(position) {
            Value::Missing => assert!(field.optional),
            Value::Text(text) => {
                assert!(matches!(&field.rule, Rule::OneOf(choices) if choices.contains(text)) || !is_secret(text));
                expected.push((field.name.clone(), text.as_str().into()));
            }
            // Rules hold whole numbers that are exact.
            Value::Number(number) => expected.push((field.name.clone(), Json::from(*number as i64))),
            Value::Flag(flag) => expected.push((field.name.clone(), (*flag).into())),
            Value::Unreadable | Value::Other => panic!("what no rule allows"),
        }
    }
    // A session field that is called like a field of the intent is the options' to refuse.
    if fields.iter().all(|field| field.name != field_name) {
        assert!(body.starts_with(b"{\""));
        assert_eq!(object, expected.into_iter().collect());
    }
}

fn is_secret(text: &str) -> bool {
    let text = text.trim_start();
    text.contains("_secret_") || ["sk_", "rk_", "whsec_"].iter().any(|kind| text.starts_with(kind))
}

fn field(position: u8, reader: &mut Reader) -> Field {
    let kind = reader.byte();
    let rule = match kind % 5 {
        0 => Rule::OneOf(vec![reader.text(), reader.text()]),
        1 => Rule::Identifier(reader.text()),
        2 => Rule::Text(usize::from(reader.byte()) * 2),
        // As `integer` takes them: whole, and no larger than a page's numbers are exact.
        3 => {
            let exact = |number: f64| number.clamp(-9_007_199_254_740_991.0, 9_007_199_254_740_991.0).trunc();
            Rule::Integer(exact(reader.number()), exact(reader.number()))
        }
        _ => Rule::Flag,
    };
    let mut name = reader.text();
    // Names differ, as the keys of a record do.
    name.push(char::from(b'a' + position));
    let field = Field::new(&name, rule);
    if kind & 0x80 == 0 { field } else { field.optional() }
}

fn value(field: &Field, reader: &mut Reader) -> Value {
    match (reader.byte() % 8, &field.rule) {
        (0, _) => Value::Missing,
        (1, _) => Value::Unreadable,
        (2, _) => Value::Other,
        (3, _) => Value::Flag(reader.byte() & 1 == 1),
        (4, _) => Value::Number(reader.number()),
        // Something that fits.
        (5, Rule::OneOf(choices)) => Value::Text(choices[0].clone()),
        (5, Rule::Identifier(prefix)) => Value::Text(format!("{prefix}{}", reader.text())),
        (5, Rule::Integer(least, _)) => Value::Number(*least + f64::from(reader.byte())),
        (5, Rule::Flag) => Value::Flag(true),
        _ => Value::Text(reader.text()),
    }
}

/// Answers: the status, then the body.
pub fn answer(data: &[u8]) {
    let mut reader = Reader(data);
    let status = u16::from_be_bytes([reader.byte(), reader.byte()]);
    let text = reader.0;
    let mut body = look(text);
    let json = serde_json::from_slice::<Json>(text).ok();
    if body == Body::Json {
        body = match &json {
            None => Body::Broken,
            Some(Json::Object(object)) => {
                let members = |name| object.get(name).map_or(Member::Missing, member);
                says(SAYING.map(members), COMPLAINING.map(members))
            }
            Some(_) => Body::Json,
        };
    }
    match judge(status, body) {
        Ok(()) => {
            assert!((200..300).contains(&status));
            assert!(status == 204 || matches!(body, Body::Empty | Body::Json | Body::Text));
        }
        Err(kind) => {
            let no = applied(kind, status) == Applied::No;
            assert!(!no || matches!(kind, Kind::Refused | Kind::RateLimited));
            assert!(!no || status < 500 && !matches!(status, 408 | 409), "a {status} is no \"no\"");
        }
    }
    if let Some(Json::Object(object)) = &json {
        let text = |name| object.get(name).and_then(Json::as_str);
        if let Some(shown) = words([text("message"), text("error"), None, text("detail")]) {
            let shown = shown.trim();
            assert!(is_showable(shown) && shown.chars().count() <= 500);
            assert!(!shown.is_empty() && !shown.contains("</") && !shown.contains("<!"));
        }
    }
}

fn member(value: &Json) -> Member<'_> {
    match value {
        Json::Null => Member::Null,
        Json::Bool(flag) => Member::Flag(*flag),
        Json::String(text) => Member::Text(text),
        Json::Array(list) if list.is_empty() => Member::Empty,
        Json::Object(object) if object.is_empty() => Member::Empty,
        _ => Member::Other,
    }
}

/// `Retry-After`, once the browser has read it as a number of any kind, and what is left of the deadline.
pub fn retry(data: &[u8]) {
    let mut reader = Reader(data);
    let attempts = u32::from(reader.byte());
    let random = f64::from(reader.byte()) / 256.0;
    let asked = (reader.byte() & 1 == 1).then(|| reader.number()).filter(|ms| *ms >= 0.0);
    let left = reader.number();
    if let Some(ms) = pause(attempts, random, asked, left) {
        assert!(ms >= 0.0 && !ms.is_nan(), "it waits for {ms} ms");
        // Of the smallest number that there is, a random part is the whole.
        assert!(ms <= left || left.is_nan(), "it waits for {ms} of {left} ms");
        assert!(asked.is_none_or(|asked| ms >= asked), "it comes back sooner than it was asked to");
        assert!(asked.is_some() || ms <= 8_000.0, "it waits for {ms} ms");
    }
}
