//! Which pages may ask for changes: those that this server has served.

use std::net::IpAddr;

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};

/// What an `Origin` header is held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// The one that is configured.
    One(String),
    /// That of the `Host` header, where it names this machine: no other name may be made to point here.
    Loopback,
    /// That of the `Host` header.
    Host,
}

impl Allowed {
    /// For the address that is listened on, where nothing is configured.
    #[must_use]
    pub fn on(address: IpAddr) -> Self {
        if address.is_loopback() { Self::Loopback } else { Self::Host }
    }

    /// Whether a request with these headers comes from one of our pages. Browsers send `Origin` with every POST.
    #[must_use]
    pub fn takes(&self, headers: &HeaderMap) -> bool {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let Some(origin) = text(ORIGIN) else { return false };
        match self {
            Self::One(own) => origin == own,
            Self::Loopback | Self::Host => {
                let Some(host) = text(HOST) else { return false };
                let is_own = origin.strip_prefix("http://") == Some(host);
                is_own && (*self == Self::Host || is_loopback(host))
            }
        }
    }

    /// Whether pages come by https, so that cookies may, too.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        matches!(self, Self::One(own) if own.starts_with("https://"))
    }
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name == "localhost" || name == "127.0.0.1" || name == "[::1]"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_its_own_pages_only() {
        let own = Allowed::One("https://shop.example".to_owned());
        for (allowed, origin, host, taken) in [
            (&Allowed::Loopback, Some("http://localhost:4242"), "localhost:4242", true),
            (&Allowed::Loopback, Some("http://127.0.0.1:4242"), "127.0.0.1:4242", true),
            (&Allowed::Loopback, Some("http://[::1]:4242"), "[::1]:4242", true),
            (&Allowed::Loopback, Some("http://localhost"), "localhost", true),
            (&Allowed::Loopback, Some("http://localhost:4243"), "localhost:4242", false),
            (&Allowed::Loopback, Some("http://evil.example:4242"), "evil.example:4242", false),
            (&Allowed::Loopback, Some("http://evil.example"), "localhost:4242", false),
            (&Allowed::Loopback, Some("null"), "localhost:4242", false),
            (&Allowed::Loopback, None, "localhost:4242", false),
            (&Allowed::Host, Some("http://shop.lan:4242"), "shop.lan:4242", true),
            (&Allowed::Host, Some("http://evil.example"), "shop.lan:4242", false),
            (&own, Some("https://shop.example"), "anything", true),
            (&own, Some("http://shop.example"), "shop.example", false),
        ] {
            let mut headers = HeaderMap::from_iter([(HOST, host.parse().unwrap())]);
            if let Some(origin) = origin {
                headers.insert(ORIGIN, origin.parse().unwrap());
            }
            assert_eq!(allowed.takes(&headers), taken, "{allowed:?} {origin:?} {host}");
        }
    }
}
