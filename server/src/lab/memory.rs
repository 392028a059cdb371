//! What the laboratory remembers: for a few visitors, the fault that is next, and the last requests.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION};
use axum::http::{HeaderMap, HeaderName};
use serde::Serialize;

use super::fault::{Fault, Kind};
use super::waits::Waits;

const MOST_VISITORS: usize = 64;
const MOST_FAULTS: usize = 8;
const MOST_REQUESTS: usize = 16;
const MOST_HEADERS: usize = 32;
const LONGEST_VALUE: usize = 256;
const LONGEST_BODY: usize = 4 * 1024;
/// How long a network is away.
const AWAY: Duration = Duration::from_secs(3);
/// Of these the name is shown and the value is not.
const MASKED: [HeaderName; 3] = [COOKIE, AUTHORIZATION, PROXY_AUTHORIZATION];

/// A request as it was received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Received {
    /// Counts this visitor's requests.
    pub number: u64,
    /// Where to.
    pub path: String,
    /// Of which session; none for a beacon.
    pub session: Option<String>,
    /// Names and values, in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// As text.
    pub body: String,
}

#[derive(Debug)]
struct Armed {
    session: String,
    fault: Fault,
    /// For a fault that lasts, once it has begun.
    until: Option<Instant>,
}

#[derive(Debug)]
struct Guest {
    visitor: String,
    armed: VecDeque<Armed>,
    received: VecDeque<Received>,
    count: u64,
}

/// The laboratory's memory. It is bounded, and of this server alone.
#[derive(Debug, Default)]
pub struct Lab {
    guests: Mutex<VecDeque<Guest>>,
    /// What is kept waiting.
    pub waits: Waits,
}

impl Lab {
    /// The next request of this session that the fault concerns meets it. Its visitor's requests are kept from now on.
    pub fn arm(&self, visitor: &str, session: &str, fault: Fault) {
        let mut guests = self.guests();
        let position = guests.iter().position(|guest| guest.visitor == visitor);
        let mut guest = position.and_then(|position| guests.remove(position)).unwrap_or_else(|| Guest {
            visitor: visitor.to_owned(),
            armed: VecDeque::new(),
            received: VecDeque::new(),
            count: 0,
        });
        guest.armed.retain(|armed| armed.session != session);
        if fault != Fault::None {
            guest.armed.push_back(Armed { session: session.to_owned(), fault, until: None });
        }
        keep_last(&mut guest.armed, MOST_FAULTS);
        guests.push_back(guest);
        keep_last(&mut guests, MOST_VISITORS);
    }

    /// Whether this visitor has been here.
    #[must_use]
    pub fn knows(&self, visitor: &str) -> bool {
        self.guests().iter().any(|guest| guest.visitor == visitor)
    }

    /// The fault that such a request of this session meets. It is forgotten with it, unless it lasts.
    #[must_use]
    pub fn take(&self, visitor: &str, session: &str, kind: Kind, now: Instant) -> Option<Fault> {
        let mut guests = self.guests();
        let guest = guests.iter_mut().find(|guest| guest.visitor == visitor)?;
        guest.armed.retain(|armed| armed.until.is_none_or(|until| until > now));
        let position = guest.armed.iter().position(|armed| armed.session == session && armed.fault.strikes(kind))?;
        let armed = guest.armed.get_mut(position)?;
        let fault = armed.fault;
        if fault == Fault::NoNetwork {
            armed.until.get_or_insert(now + AWAY);
        } else {
            guest.armed.remove(position);
        }
        Some(fault)
    }

    /// Keeps a request of this visitor.
    pub fn keep(&self, visitor: &str, path: &str, session: Option<&str>, headers: &HeaderMap, body: &[u8]) {
        let mut guests = self.guests();
        let Some(guest) = guests.iter_mut().find(|guest| guest.visitor == visitor) else { return };
        guest.count += 1;
        guest.received.push_back(Received {
            number: guest.count,
            path: path.to_owned(),
            session: session.map(str::to_owned),
            headers: shown(headers),
            body: cut(&String::from_utf8_lossy(body), LONGEST_BODY),
        });
        keep_last(&mut guest.received, MOST_REQUESTS);
    }

    /// What was received from this visitor, oldest first.
    #[must_use]
    pub fn received(&self, visitor: &str) -> Vec<Received> {
        let guests = self.guests();
        let guest = guests.iter().find(|guest| guest.visitor == visitor);
        guest.map(|guest| guest.received.iter().cloned().collect()).unwrap_or_default()
    }

    fn guests(&self) -> MutexGuard<'_, VecDeque<Guest>> {
        self.guests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn keep_last<T>(items: &mut VecDeque<T>, most: usize) {
    while items.len() > most {
        items.pop_front();
    }
}

fn shown(headers: &HeaderMap) -> Vec<(String, String)> {
    let masked = |name: &HeaderName| MASKED.contains(name);
    let text = |name: &HeaderName, value: &[u8]| match String::from_utf8_lossy(value) {
        value if *name == COOKIE => cut(&names_of(&value), LONGEST_VALUE),
        _ if masked(name) => "…".to_owned(),
        value => cut(&value, LONGEST_VALUE),
    };
    headers
        .iter()
        .take(MOST_HEADERS)
        .map(|(name, value)| (cut(name.as_str(), LONGEST_VALUE), text(name, value.as_bytes())))
        .collect()
}

/// The cookies by their names.
fn names_of(cookies: &str) -> String {
    let names = cookies.split(';').map(|cookie| match cookie.trim().split_once('=') {
        Some((name, _)) => format!("{name}=…"),
        None => "…".to_owned(),
    });
    names.collect::<Vec<_>>().join("; ")
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_of_one_session_and_of_one_request() {
        let (lab, now) = (Lab::default(), Instant::now());
        lab.arm("ada", "cs_1", Fault::Broken);
        lab.arm("ada", "cs_2", Fault::Refresh);
        assert_eq!(lab.take("eve", "cs_1", Kind::Update, now), None);
        assert_eq!(lab.take("ada", "cs_3", Kind::Update, now), None);
        assert_eq!(lab.take("ada", "cs_1", Kind::Refresh, now), None);
        assert_eq!(lab.take("ada", "cs_1", Kind::Update, now), Some(Fault::Broken));
        assert_eq!(lab.take("ada", "cs_1", Kind::Update, now), None);
        assert_eq!(lab.take("ada", "cs_2", Kind::Update, now), None);
        assert_eq!(lab.take("ada", "cs_2", Kind::Refresh, now), Some(Fault::Refresh));
        lab.arm("ada", "cs_1", Fault::Broken);
        lab.arm("ada", "cs_1", Fault::None);
        assert_eq!(lab.take("ada", "cs_1", Kind::Update, now), None);
    }

    #[test]
    fn a_network_is_away_for_a_while() {
        let (lab, now) = (Lab::default(), Instant::now());
        lab.arm("ada", "cs_1", Fault::NoNetwork);
        assert_eq!(lab.take("ada", "cs_1", Kind::Update, now), Some(Fault::NoNetwork));
        assert_eq!(lab.take("ada", "cs_1", Kind::Refresh, now + AWAY / 2), Some(Fault::NoNetwork));
        assert_eq!(lab.take("ada", "cs_1", Kind::Refresh, now + AWAY), None);
    }

    #[test]
    fn it_shows_names_of_cookies_only_and_its_memory_ends() {
        let (lab, now) = (Lab::default(), Instant::now());
        let value = "x".repeat(LONGEST_VALUE + 1);
        let headers = HeaderMap::from_iter([
            (COOKIE, "visitor=secret; theme=dark; odd".parse().unwrap()),
            (AUTHORIZATION, "Bearer secret".parse().unwrap()),
            (HeaderName::from_static("x-long"), value.parse().unwrap()),
        ]);
        lab.keep("ada", "/x", None, &headers, b"{}");
        assert_eq!(lab.received("ada"), []);
        lab.arm("ada", "cs_1", Fault::None);
        for _ in 0..=MOST_REQUESTS {
            lab.keep("ada", "/x", Some("cs_1"), &headers, &vec![b'b'; LONGEST_BODY * 2]);
        }
        let received = lab.received("ada");
        assert_eq!((received.len(), received[0].number), (MOST_REQUESTS, 2));
        assert_eq!(received[0].body.chars().count(), LONGEST_BODY + 1);
        let of = |name: &str| &received[0].headers.iter().find(|(other, _)| other == name).unwrap().1;
        assert_eq!(of("cookie"), "visitor=…; theme=…; …");
        assert_eq!(of("authorization"), "…");
        assert_eq!(of("x-long").chars().count(), LONGEST_VALUE + 1);
        assert!(!format!("{received:?}").contains("secret"));

        for number in 0..MOST_VISITORS {
            lab.arm(&format!("visitor {number}"), "cs_1", Fault::None);
        }
        assert!(!lab.knows("ada") && lab.knows("visitor 0"));
        for number in 0..=MOST_FAULTS {
            lab.arm("visitor 0", &format!("cs_{number}"), Fault::Broken);
        }
        assert_eq!(lab.take("visitor 0", "cs_0", Kind::Update, now), None);
        assert_eq!(lab.take("visitor 0", "cs_1", Kind::Update, now), Some(Fault::Broken));
    }
}
