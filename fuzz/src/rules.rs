//! The crate's own rules: what may be sent, and what an answer means.

use checkout_updates::answer::{self, Body, BodyContent, applied, judge};
use checkout_updates::failure::{Applied, Kind};
use checkout_updates::intent::{Field, Intent, Rule, Value};
use checkout_updates::message::sentence;
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
            let names = |field: &Field| {
                error.field.strip_prefix(&field.name).is_some_and(|inner| inner.is_empty() || inner.starts_with('.'))
            };
            assert!(fields.iter().any(names), "{error}");
            return;
        }
    };
    let named = fields.iter().zip(values).map(|(field, value)| (field.name.clone(), value)).rev().collect();
    assert_eq!(Intent::check_named(&fields, named).as_ref(), Ok(&intent), "the order makes no difference");
    let Ok(session) = SessionId::parse("cs_test_a1") else { unreachable!("it is one") };
    let body = intent.body(&field_name, &session);
    let Ok(Json::Object(object)) = serde_json::from_str::<Json>(&body) else { panic!("no JSON: {body:?}") };
    let mut expected = vec![(field_name.clone(), Json::from("cs_test_a1"))];
    for field in &fields {
        let value = intent.get(&field.name);
        if *value == Value::Missing {
            assert!(field.optional);
        } else {
            expected.push((field.name.clone(), json_of(&field.rule, value)));
        }
    }
    // A session field that is called like a field of the intent is the options' to refuse.
    if fields.iter().all(|field| field.name != field_name) {
        assert!(body.starts_with("{\""));
        assert_eq!(object, expected.into_iter().collect());
    }
}

/// What a body says for a value that fits its rule.
fn json_of(rule: &Rule, value: &Value) -> Json {
    match value {
        Value::Text(text) => {
            assert!(matches!(rule, Rule::OneOf(choices) if choices.contains(text)) || !is_secret(text));
            text.as_str().into()
        }
        // Rules hold whole numbers that are exact.
        Value::Number(number) => Json::from(*number as i64),
        Value::Flag(flag) => (*flag).into(),
        Value::Record(members) => {
            assert_eq!(*rule, Rule::Address);
            let known = ["name", "address", "line1", "country", "line2", "city", "state", "postal_code"];
            assert!(members.iter().all(|(name, _)| known.contains(&name.as_str())));
            members.iter().map(|(name, value)| (name.clone(), json_of(rule, value))).collect()
        }
        Value::Missing | Value::Unreadable | Value::Other => panic!("what no rule allows"),
    }
}

fn is_secret(text: &str) -> bool {
    let text = text.trim_start();
    text.contains("_secret_") || ["sk_", "rk_", "whsec_"].iter().any(|kind| text.starts_with(kind))
}

fn field(position: u8, reader: &mut Reader) -> Field {
    let kind = reader.byte();
    let rule = match kind % 6 {
        0 => Rule::OneOf(vec![reader.text(), reader.text()]),
        1 => Rule::Identifier(reader.text()),
        2 => Rule::Text(usize::from(reader.byte()) * 2),
        // As `integer` takes them: whole, and no larger than a page's numbers are exact.
        3 => {
            let exact = |number: f64| number.clamp(-9_007_199_254_740_991.0, 9_007_199_254_740_991.0) as i64;
            Rule::Integer(exact(reader.number()), exact(reader.number()))
        }
        4 => Rule::Flag,
        _ => Rule::Address,
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
        (5, Rule::Integer(least, _)) => Value::Number(*least as f64 + f64::from(reader.byte())),
        (5, Rule::Flag) => Value::Flag(true),
        (5, Rule::Address) => recipient(reader),
        _ => Value::Text(reader.text()),
    }
}

/// An address of which some members are as they were drawn.
fn recipient(reader: &mut Reader) -> Value {
    let mut line = |name: &str, usual: &str| {
        let value = match reader.byte() % 4 {
            0 => Value::Text(reader.text()),
            1 => Value::Missing,
            _ => Value::Text(usual.to_owned()),
        };
        (name.to_owned(), value)
    };
    let lines = vec![line("country", "DE"), line("city", "Köln"), line("line1", "Domplatte 1"), line("line2", "")];
    Value::Record(vec![line("name", "Ada"), ("address".to_owned(), Value::Record(lines))])
}

/// Answers: the status, then the body.
pub fn answer(data: &[u8]) {
    let mut reader = Reader(data);
    let status = u16::from_be_bytes([reader.byte(), reader.byte()]);
    // As a browser decodes a body.
    let text = String::from_utf8_lossy(reader.0);
    let content = BodyContent::of_text(status, &text, &|text| serde_json::from_str(text).ok().map(Parsed));
    let verdict = judge(status, content.body);
    match verdict {
        Ok(()) => {
            assert!((200..300).contains(&status));
            assert!(status == 204 || matches!(content.body, Body::Empty | Body::Json | Body::Text));
            assert!(content.message.is_none() && content.code.is_none(), "a yes has no reason");
        }
        Err(kind) => {
            let no = applied(kind, status) == Applied::No;
            assert!(!no || matches!(kind, Kind::Refused | Kind::RateLimited | Kind::SessionClosed));
            assert!(!no || status < 499 && !matches!(status, 408 | 409), "a {status} is no \"no\"");
        }
    }
    if let Some(shown) = content.message {
        assert!(verdict.is_err_and(Kind::shows_servers_words));
        assert_eq!(sentence(&shown), Some(shown.as_str()), "what is shown is shown as it is");
        assert!(shown.chars().count() <= 500 && !shown.chars().any(char::is_control));
        assert!(!shown.contains("</") && !shown.contains("<!") && !shown.contains("cs_test_"));
        assert!(shown.contains(' ') || !shown.is_ascii(), "a bare code is for programs");
    }
    if let Some(code) = content.code {
        assert!((1..=64).contains(&code.len()) && !is_secret(&code) && !code.starts_with("cs_"));
        assert!(code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte)));
    }
}

/// JSON as `serde_json` parses it.
struct Parsed(Json);

impl answer::Parsed for Parsed {
    fn view(&self) -> answer::Json<Self> {
        match &self.0 {
            Json::Null => answer::Json::Null,
            Json::Bool(flag) => answer::Json::Flag(*flag),
            Json::Number(number) => answer::Json::Number(number.as_f64().unwrap_or_default()),
            Json::String(text) => answer::Json::Text(text.clone()),
            Json::Array(list) => answer::Json::List(list.iter().cloned().map(Self).collect()),
            Json::Object(members) => {
                answer::Json::Object(members.iter().map(|(name, value)| (name.clone(), Self(value.clone()))).collect())
            }
        }
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
