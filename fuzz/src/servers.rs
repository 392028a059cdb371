//! The servers: the sandbox's form bodies, the demo server's webhooks and cookies.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use checkout_updates_sandbox::form::{Param, parse};
use checkout_updates_server::secret::{Key, Secret, hex, hmac_of};
use checkout_updates_server::visitor::Visitor;
use checkout_updates_server::webhook::is_signed;
use hmac::Mac;

use super::reader::Reader;

/// The sandbox's form bodies.
pub fn form(data: &[u8]) {
    match parse(data) {
        Ok(root) => {
            assert!(matches!(root, Param::Map(_)));
            assert!(depth(&root) <= 12, "it nests {} deep", depth(&root));
        }
        Err(error) => assert!(error.status == 400 && error.param.is_some()),
    }
}

fn depth(param: &Param) -> usize {
    match param {
        Param::Text(_) => 0,
        Param::Map(entries) => 1 + entries.iter().map(|(_, inner)| depth(inner)).max().unwrap_or_default(),
        Param::List(elements) => 1 + elements.iter().map(depth).max().unwrap_or_default(),
    }
}

/// Signatures of webhooks: what anybody may send is none, and what Stripe sends is one whatever stands beside it.
pub fn webhook(data: &[u8]) {
    const NOW: i64 = 1_700_000_000;
    let mut reader = Reader(data);
    let header = reader.text();
    let body = reader.0;
    let secret = Secret::new("whsec_fuzz");
    let mut mac = hmac_of(secret.reveal().as_bytes());
    mac.update(format!("{NOW}.").as_bytes());
    mac.update(body);
    let good = hex(&mac.finalize().into_bytes());
    // A fuzzer that guesses a code of 32 bytes would be news.
    assert!(!is_signed(&header, body, &secret, NOW), "{header:?}");
    assert!(is_signed(&format!("t={NOW},v1={good},{header}"), body, &secret, NOW));
    assert!(!is_signed(&format!("t={NOW},v1={good}"), body, &Secret::new("whsec_other"), NOW));
    assert!(!is_signed(&format!("t={NOW},v1={good}"), &[body, b" "].concat(), &secret, NOW));
    assert!(!is_signed(&format!("t={NOW},v1={good},{header}"), body, &secret, NOW + 301));
}

/// The visitor's cookie: what anybody may send is nobody's, and ours is found whatever stands beside it.
pub fn cookie(data: &[u8]) {
    let key = Key::new(*b"a key of the server's own");
    let Ok(value) = HeaderValue::from_bytes(data) else { return };
    assert_eq!(Visitor::of(&HeaderMap::from_iter([(COOKIE, value.clone())]), &key, true), None);
    let visitor = Visitor("0123456789abcdef".into());
    let Some(set) = visitor.cookie(&key, true) else { panic!("it has a cookie") };
    let pair = set.to_str().unwrap_or_default().split(';').next().unwrap_or_default().to_owned();
    let Ok(beside) = HeaderValue::from_bytes(&[data, b"; ", pair.as_bytes()].concat()) else { return };
    // A header with bytes that are no ASCII is not read.
    if beside.to_str().is_ok() {
        assert_eq!(Visitor::of(&HeaderMap::from_iter([(COOKIE, beside)]), &key, true), Some(visitor.clone()));
    }
    let Ok(pair) = HeaderValue::from_str(&pair) else { return };
    let mut headers = HeaderMap::new();
    headers.append(COOKIE, value);
    headers.append(COOKIE, pair);
    assert_eq!(Visitor::of(&headers, &key, true), Some(visitor));
}
