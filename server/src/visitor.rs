//! Who a session was created for: a signed cookie that scripts cannot read.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

use crate::secret::{Key, random_id};

const NAME: &str = "visitor";
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

    /// From the request's cookies, if the signature is ours.
    #[must_use]
    pub fn of(headers: &HeaderMap, key: &Key) -> Option<Self> {
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|cookies| cookies.to_str().ok())
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().strip_prefix(NAME)?.strip_prefix('='))
            .filter_map(|value| value.split_once('.'))
            .find(|(name, code)| key.verify("visitor", &[name], code))
            .map(|(name, _)| Self(name.to_owned()))
    }

    /// The `Set-Cookie` header.
    #[must_use]
    pub fn cookie(&self, key: &Key, secure: bool) -> Option<HeaderValue> {
        let code = key.sign("visitor", &[&self.0]);
        let secure = if secure { "; Secure" } else { "" };
        let cookie = format!("{NAME}={}.{code}; Path=/; Max-Age={SECONDS}; HttpOnly; SameSite=Strict{secure}", self.0);
        HeaderValue::from_str(&cookie).ok()
    }
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
        assert_eq!(Visitor::of(&headers(&format!("a=b; {pair}; c=d")), &key), Some(visitor.clone()));
        assert_eq!(Visitor::of(&headers(pair), &Key::new(*b"other")), None);
        let forged = pair.replacen("visitor=", "visitor=0", 1);
        assert_eq!(Visitor::of(&headers(&forged), &key), None);
        assert_eq!(Visitor::of(&headers("visitor=abc"), &key), None);
        assert_eq!(Visitor::of(&HeaderMap::new(), &key), None);
        // One that somebody else set for the same name does not hide ours.
        assert_eq!(Visitor::of(&headers(&format!("visitor=x.y; {pair}")), &key), Some(visitor));
    }
}
