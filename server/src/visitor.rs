//! Who a session was created for: a signed cookie that scripts cannot read.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

use crate::secret::{Key, random_id};

/// Sessions last 24 hours at most, and so does the visitor's name.
const SECONDS: u32 = 24 * 60 * 60;

/// A visitor's name, made here. It is no account: a new browser is a new visitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor(pub String);

impl Visitor {
    /// A new one.
    ///
    /// # Errors
    ///
    /// When the operating system has no randomness.
    pub fn new() -> Result<Self, getrandom::Error> {
        random_id().map(Self)
    }

    /// From the request's cookies, if the signature is ours. `secure` where pages come by https.
    #[must_use]
    pub fn of(headers: &HeaderMap, key: &Key, secure: bool) -> Option<Self> {
        let wanted = cookie_name(key, secure);
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|cookies| cookies.to_str().ok())
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().strip_prefix(&wanted)?.strip_prefix('='))
            .filter_map(|value| value.split_once('.'))
            .find(|(name, code)| key.verify("visitor", &[name], code))
            .map(|(name, _)| Self(name.to_owned()))
    }

    /// The `Set-Cookie` header.
    #[must_use]
    pub fn cookie(&self, key: &Key, secure: bool) -> Option<HeaderValue> {
        let (name, code) = (cookie_name(key, secure), key.sign("visitor", &[&self.0]));
        let secure = if secure { "; Secure" } else { "" };
        let cookie = format!("{name}={}.{code}; Path=/; Max-Age={SECONDS}; HttpOnly; SameSite=Strict{secure}", self.0);
        HeaderValue::from_str(&cookie).ok()
    }
}

/// One for each shop: cookies belong to a host, not to a port, and another shop there has another key. By https, no other
/// host of the domain can set it (`__Host-`).
fn cookie_name(key: &Key, secure: bool) -> String {
    let code = key.sign("cookie", &[]);
    format!("{}visitor_{}", if secure { "__Host-" } else { "" }, code.get(..8).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(COOKIE, HeaderValue::from_str(cookie).unwrap())])
    }

    #[test]
    fn knows_its_own_cookie() {
        let key = Key::new(*b"key");
        let visitor = Visitor::new().unwrap();
        let set = visitor.cookie(&key, true).unwrap();
        let set = set.to_str().unwrap();
        for attribute in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/"] {
            assert!(set.split("; ").any(|part| part == attribute), "{set}");
        }
        let pair = set.split(';').next().unwrap();
        assert!(pair.starts_with("__Host-visitor_"), "{pair}");
        let of = |cookies: &str| Visitor::of(&headers(cookies), &key, true);
        assert_eq!(of(&format!("a=b; {pair}; c=d")), Some(visitor.clone()));
        assert_eq!(Visitor::of(&headers(pair), &Key::new(*b"other"), true), None);
        assert_eq!(of(&pair.replacen('=', "=0", 1)), None);
        let name = cookie_name(&key, true);
        assert_eq!(of(&format!("{name}=abc")), None);
        assert_eq!(Visitor::of(&HeaderMap::new(), &key, true), None);
        // One that somebody else set for the same name does not hide ours.
        assert_eq!(of(&format!("{name}=x.y; {pair}")), Some(visitor));
        // What another host of the domain may have set is not read.
        assert_eq!(of(pair.trim_start_matches("__Host-")), None);
    }

    #[test]
    fn two_shops_on_one_host_have_a_cookie_each() {
        let (one, other) = (Key::new(*b"one"), Key::new(*b"other"));
        assert_ne!(cookie_name(&one, false), cookie_name(&other, false));
        assert_eq!(cookie_name(&one, true), format!("__Host-{}", cookie_name(&one, false)));
    }
}
