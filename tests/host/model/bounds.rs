//! The worlds that are explored, each by what may happen in it and how often.

use checkout_updates::endpoint::Endpoint;
use checkout_updates::payload::Payload;

use crate::world::{Ask, Says};

/// What may happen in a world.
#[derive(Clone, Debug)]
pub struct Bounds {
    pub name: &'static str,
    pub endpoints: Vec<Endpoint>,
    /// The updates that the page asks for, in this order and at any time.
    pub asks: Vec<Ask>,
    /// Whether the page may ask at any time, or only for all of them at first.
    pub anytime: bool,
    /// Whether Stripe.js may still do something for an update that has settled, and the server with a request of which the
    /// page was told long ago that nobody knows.
    pub late: bool,
    /// What the server and the network may say.
    pub says: &'static [Says],
    /// Whether the head of an answer may come without its body.
    pub heads: bool,
    /// What else the page does, and how often in all.
    pub page: &'static [&'static str],
    pub whims: u8,
    /// How often something may happen between two moments that anything waits for. At those, it always may.
    pub stops: u8,
    /// How often a refresh may fail, or time pass while one is under way; `None` for any number.
    pub troubles: Option<u8>,
    /// How often the laptop sleeps.
    pub sleeps: u8,
    /// Whether Stripe.js may call a function twice, refuse to start, or find the session closed.
    pub twice: bool,
    pub refuses: bool,
    pub closes: bool,
    /// How often the customer presses Pay, and opens a wallet.
    pub pays: u8,
    pub holds: u8,
}

/// Everything that a page can do besides asking for updates.
pub const PAGE: &[&str] = &["detach", "cancel", "refresh", "awake", "leave", "dispose"];

/// One of each way in which an attempt can end, as far as the machine tells them apart without retries.
const PLAIN: &[Says] = &[Says::Yes, Says::No, Says::Error, Says::Dropped];

/// One for each of what `applied` can say.
const FEW: &[Says] = &[Says::Yes, Says::No, Says::Dropped];

/// The same where attempts are repeated.
const REPEATED: &[Says] = &[Says::Yes, Says::No, Says::Error, Says::Unavailable, Says::Dropped];

/// The first endpoint keeps the latest of its updates and repeats a request once; the second has a token.
fn endpoints() -> Vec<Endpoint> {
    let plain = Endpoint { timeout: 19_500.0, dedupe: true, idempotency_key: true, ..Endpoint::default() };
    vec![
        Endpoint { latest: Some(0), retries: 1, attempt_timeout: Some(6_000.0), ..plain.clone() },
        Endpoint { csrf: true, ..plain },
    ]
}

/// One keeps the latest and repeats a request once; the other does neither.
fn plain_endpoints() -> Vec<Endpoint> {
    let plain = Endpoint { timeout: 19_500.0, dedupe: true, idempotency_key: true, ..Endpoint::default() };
    vec![Endpoint { latest: Some(0), retries: 1, ..plain.clone() }, plain]
}

/// A request with this body. Of the first endpoint all are of one group.
fn request(endpoint: usize, body: u32) -> Payload {
    Payload::Request { body: body.to_string().into(), group: (endpoint == 0).then(|| "".into()) }
}

fn ask(endpoint: usize, body: u32) -> Ask {
    Ask { endpoint, payload: request(endpoint, body), external: false }
}

/// A function that the page hands to `runServerUpdate` itself.
fn external(endpoint: usize, payload: Payload) -> Ask {
    Ask { endpoint, payload, external: true }
}

impl Bounds {
    fn new(name: &'static str, asks: &[Ask]) -> Self {
        Self {
            name,
            endpoints: endpoints(),
            asks: asks.to_vec(),
            anytime: false,
            late: false,
            says: PLAIN,
            heads: false,
            page: PAGE,
            whims: 0,
            stops: 0,
            troubles: None,
            sleeps: 0,
            twice: false,
            refuses: false,
            closes: false,
            pays: 0,
            holds: 0,
        }
    }

    /// Few updates and much that can happen to them: what `cargo test` explores.
    pub fn short() -> Vec<Self> {
        let plain = |bounds: Self| Self { endpoints: plain_endpoints(), says: FEW, troubles: Some(0), ..bounds };
        vec![
            plain(Self { whims: 1, ..Self::new("one update, and one thing that the page does", &[ask(1, 1)]) }),
            Self { says: REPEATED, late: true, ..Self::new("one update that is repeated", &[ask(0, 1)]) },
            plain(Self::new("two updates of two endpoints", &[ask(0, 1), ask(1, 2)])),
            Self {
                endpoints: plain_endpoints(),
                says: FEW,
                pays: 1,
                anytime: true,
                troubles: Some(1),
                ..Self::new("an update and a payment", &[ask(1, 1)])
            },
            plain(Self {
                pays: 1,
                holds: 1,
                anytime: true,
                ..Self::new("a function of the page, a wallet and a payment", &[external(1, Payload::Wrapped)])
            }),
        ]
    }

    /// What `npm run prove -- model` explores.
    pub fn full() -> Vec<Self> {
        vec![
            Self {
                endpoints: plain_endpoints(),
                says: FEW,
                troubles: Some(0),
                ..Self::new("three updates of two endpoints", &[ask(0, 1), ask(1, 2), ask(0, 3)])
            },
            Self {
                says: &Says::ALL,
                late: true,
                heads: true,
                twice: true,
                refuses: true,
                closes: true,
                troubles: Some(1),
                ..Self::new("one update, whatever the server and Stripe.js do", &[ask(0, 1)])
            },
            Self {
                says: REPEATED,
                late: true,
                stops: 2,
                sleeps: 1,
                troubles: Some(1),
                ..Self::new("one update on a laptop that sleeps, and at times between", &[ask(0, 1)])
            },
            Self { whims: 1, ..Self::new("one update, and one thing that the page does", &[ask(1, 1)]) },
            Self::new("two updates, and refreshes that fail at will", &[ask(0, 1), ask(1, 2)]),
            Self {
                endpoints: plain_endpoints(),
                says: FEW,
                anytime: true,
                troubles: Some(0),
                ..Self::new("two updates at any time", &[ask(0, 1), ask(1, 2)])
            },
            Self {
                endpoints: plain_endpoints(),
                says: FEW,
                whims: 1,
                troubles: Some(0),
                ..Self::new(
                    "two updates of which one gives way, and one thing that the page does",
                    &[ask(0, 1), ask(0, 2)],
                )
            },
            Self {
                endpoints: plain_endpoints(),
                says: FEW,
                whims: 1,
                troubles: Some(0),
                ..Self::new("two equal updates, and one thing that the page does", &[ask(1, 1), ask(1, 1)])
            },
            Self {
                endpoints: plain_endpoints(),
                says: FEW,
                troubles: Some(0),
                ..Self::new(
                    "an update, a request and a function of the page",
                    &[ask(0, 1), external(0, request(0, 2)), external(1, Payload::Wrapped)],
                )
            },
            Self {
                endpoints: plain_endpoints(),
                says: FEW,
                late: true,
                troubles: Some(1),
                ..Self::new("two updates, a refresh that fails, and what comes late", &[ask(1, 1), ask(1, 2)])
            },
            Self {
                endpoints: plain_endpoints(),
                late: true,
                anytime: true,
                closes: true,
                pays: 2,
                ..Self::new("an update and two payments, whatever fails", &[ask(1, 1)])
            },
            Self {
                endpoints: plain_endpoints(),
                says: FEW,
                anytime: true,
                pays: 1,
                troubles: Some(0),
                ..Self::new("two updates and a payment", &[ask(0, 1), ask(1, 2)])
            },
            Self {
                endpoints: plain_endpoints(),
                says: FEW,
                anytime: true,
                pays: 1,
                holds: 1,
                whims: 1,
                troubles: Some(1),
                ..Self::new("an update, a wallet, a payment, and one thing that the page does", &[ask(1, 1)])
            },
            Self {
                endpoints: plain_endpoints(),
                says: FEW,
                anytime: true,
                pays: 1,
                holds: 1,
                troubles: Some(0),
                ..Self::new(
                    "an update, a function of the page, a wallet and a payment",
                    &[ask(1, 1), external(1, Payload::Wrapped)],
                )
            },
        ]
    }
}
