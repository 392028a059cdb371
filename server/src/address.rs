//! Where a request comes from, for what one place may hold and create.

use std::net::{IpAddr, Ipv6Addr};

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName};

use crate::connections::Peer;

/// The client's address. Of IPv6 the first half: the other is the client's to choose.
#[must_use]
pub fn of(request: &Request, header: Option<&HeaderName>) -> String {
    let named = header.and_then(|header| last(request.headers(), header));
    let peer = request.extensions().get::<Peer>().map(|peer| peer.0);
    named.or(peer).map(place).unwrap_or_default()
}

/// Of several, the last: it was written by the balancer next to this server. The others may say anything.
fn last(headers: &HeaderMap, header: &HeaderName) -> Option<IpAddr> {
    headers.get_all(header).iter().next_back()?.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
}

fn place(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_word_of_the_nearest_balancer_only() {
        let header = HeaderName::from_static("x-forwarded-for");
        for (sent, trusted, expected) in [
            (&["198.51.100.1"][..], true, "198.51.100.1"),
            (&["203.0.113.9, 198.51.100.1"], true, "198.51.100.1"),
            (&["203.0.113.9", "198.51.100.1"], true, "198.51.100.1"),
            (&["2001:db8:1:2:3:4:5:6"], true, "2001:db8:1:2::/64"),
            (&["::ffff:198.51.100.1"], true, "198.51.100.1"),
            (&["nonsense"], true, "192.0.2.1"),
            (&["198.51.100.1"], false, "192.0.2.1"),
            (&[], true, "192.0.2.1"),
        ] {
            let mut request = Request::new(axum::body::Body::empty());
            request.extensions_mut().insert(Peer("192.0.2.1".parse().unwrap()));
            for value in sent {
                request.headers_mut().append(&header, value.parse().unwrap());
            }
            assert_eq!(of(&request, trusted.then_some(&header)), expected, "{sent:?}");
        }
    }
}
