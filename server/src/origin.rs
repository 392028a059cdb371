//! Which pages may ask for changes: those that this server has served.

use std::net::IpAddr;

use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Version};

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

/// Whether a request names its host as RFC 9112, section 3.2, wants it: once, and HTTP/1.0 may leave it out. What passes it
/// on may have read another one of several.
#[must_use]
pub fn names_its_host(headers: &HeaderMap, version: Version) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => is_authority(host),
        (None, _) => version == Version::HTTP_10,
        _ => false,
    }
}

fn is_authority(host: &HeaderValue) -> bool {
    host.to_str().is_ok_and(|host| !host.contains('@') && host.parse::<Authority>().is_ok())
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
    fn a_request_names_one_host() {
        for (hosts, version, taken) in [
            (&["localhost:4242"][..], Version::HTTP_11, true),
            (&["[::1]:4242"], Version::HTTP_11, true),
            (&["shop.example"], Version::HTTP_10, true),
            (&[], Version::HTTP_11, false),
            // As balancers ask for health.
            (&[], Version::HTTP_10, true),
            (&["localhost", "localhost"], Version::HTTP_11, false),
            (&["localhost", "evil.example"], Version::HTTP_10, false),
            (&["localhost, evil.example"], Version::HTTP_11, false),
            (&["shop@evil.example"], Version::HTTP_11, false),
            (&["localhost/evil"], Version::HTTP_11, false),
            (&[""], Version::HTTP_11, false),
        ] {
            let mut headers = HeaderMap::new();
            for host in hosts {
                headers.append(HOST, host.parse().unwrap());
            }
            assert_eq!(names_its_host(&headers, version), taken, "{hosts:?} {version:?}");
        }
    }

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
