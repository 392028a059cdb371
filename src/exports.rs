//! What JavaScript sees. The facade, `js/engine.ts`, calls these and nobody else does; each call returns at once.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::browser::{self, Asked, Found};
use crate::clock::Moment;
use crate::effect::{Event, News};
use crate::endpoint::Endpoint;
use crate::intent::{Field, Rule};

/// Makes the engine's side of one `createUpdates` and gives its handle. `nothing` is the function that a refresh hands
/// to `runServerUpdate`.
#[wasm_bindgen]
pub fn open(host: JsValue, session_field: String, csrf_header: String, nothing: JsValue) -> usize {
    browser::open(host, session_field, csrf_header, nothing)
}

/// Lets go of it.
#[wasm_bindgen]
pub fn close(handle: usize) {
    browser::close(handle);
}

/// Adds an endpoint, or the name of a wrapped function. Milliseconds; 0 for no limit of one attempt. `latest` has a bit
/// for each field that updates must share for the later to supersede the earlier; -1 for never.
#[wasm_bindgen]
#[allow(clippy::too_many_arguments)]
pub fn endpoint(
    handle: usize,
    name: String,
    url: String,
    credentials: String,
    latest: i32,
    join: bool,
    key: bool,
    csrf: bool,
    retries: u32,
    attempt_timeout: f64,
    timeout: f64,
) {
    let counts = Default::default();
    let fields = Vec::new();
    let endpoint =
        Endpoint { name, url, credentials, fields, latest, join, key, csrf, retries, attempt_timeout, timeout, counts };
    if let Some(client) = browser::client(handle) {
        client.add(endpoint);
    }
}

/// Adds a field to the last endpoint: 0 a closed choice, 1 an identifier, 2 an integer from `least` to `most`, 3 a flag.
#[wasm_bindgen]
pub fn field(handle: usize, name: String, optional: bool, kind: u8, least: f64, most: f64) {
    let rule = match kind {
        0 => Rule::OneOf(Vec::new()),
        1 => Rule::Identifier(String::new()),
        2 => Rule::Integer(least, most),
        _ => Rule::Flag,
    };
    if let Some(client) = browser::client(handle) {
        client.add_field(Field { name, rule, optional });
    }
}

/// Adds a choice to the last field, or gives it its prefix.
#[wasm_bindgen]
pub fn choice(handle: usize, text: String) {
    if let Some(client) = browser::client(handle) {
        client.add_choice(text);
    }
}

/// Counts a failure that the facade met while there was no engine.
#[wasm_bindgen]
pub fn note(handle: usize, endpoint: usize, kind: &str, duration: f64) {
    if let Some(client) = browser::client(handle) {
        client.note(endpoint, kind, duration);
    }
}

/// `run`, where there are actions, or the call of a function of `request` or `wrap`. `values` is `undefined` for a
/// function of the page; a symbol stands for what could not be read.
#[wasm_bindgen]
#[allow(clippy::too_many_arguments)]
pub fn ask(
    handle: usize,
    id: u32,
    endpoint: usize,
    values: Option<Vec<JsValue>>,
    undeclared: Option<String>,
    session: JsValue,
    cause: JsValue,
    monotonic: f64,
    wall: f64,
    actions: JsValue,
    function: JsValue,
) {
    let asked = Asked { id, endpoint, values, undeclared, session, cause, at: Moment { monotonic, wall } };
    let Some(client) = browser::client(handle) else { return };
    if function.is_undefined() {
        client.invoke(asked);
    } else {
        client.run(asked, actions, function);
    }
}

/// The page's `refresh`.
#[wasm_bindgen]
pub fn refresh(handle: usize, id: u32, actions: JsValue) {
    if let Some(client) = browser::client(handle) {
        client.refresh(id, actions);
    }
}

/// The module before this one died; `actions` are the last that were seen.
#[wasm_bindgen]
pub fn doubt(handle: usize, actions: JsValue) {
    if let Some(client) = browser::client(handle) {
        client.doubt(actions);
    }
}

/// Stripe.js called the function of this update.
#[wasm_bindgen]
pub fn call(handle: usize, id: u32) {
    tell(handle, Event::Of(id, News::Called));
}

/// A caller's signal was aborted.
#[wasm_bindgen]
pub fn detach(handle: usize, id: u32) {
    tell(handle, Event::Detach(id));
}

/// `cancel`, of one endpoint or of all.
#[wasm_bindgen]
pub fn cancel(handle: usize, endpoint: Option<usize>) {
    tell(handle, Event::Cancel(endpoint));
}

/// `dispose`.
#[wasm_bindgen]
pub fn dispose(handle: usize) {
    tell(handle, Event::Dispose);
}

/// What the page's events say: 0 look at the clock, 1 awake, 2 left, 3 back, 4 back from the back/forward cache.
#[wasm_bindgen]
pub fn page(handle: usize, event: u8) {
    tell(
        handle,
        match event {
            1 => Event::Awake,
            2 => Event::Left,
            3 | 4 => Event::Back(event == 4),
            _ => Event::Clock,
        },
    );
}

/// Takes what the browser reported.
#[wasm_bindgen]
pub fn drain(handle: usize) {
    if let Some(client) = browser::client(handle) {
        client.drain();
    }
}

/// The counts, as JSON.
#[wasm_bindgen]
pub fn metrics(handle: usize) -> String {
    browser::client(handle).map(|client| client.metrics()).unwrap_or_default()
}

/// What is new since the last time, as JSON; empty if nothing is.
#[wasm_bindgen]
pub fn news(handle: usize) -> String {
    browser::client(handle).map(|client| client.news()).unwrap_or_default()
}

/// Traps, for the tests of what happens then.
#[cfg(feature = "trap")]
#[wasm_bindgen]
pub fn trap() {
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable()
}

#[inline(never)]
fn tell(handle: usize, event: Event) {
    if let Some(client) = browser::client(handle) {
        client.take(event, Found::default());
    }
}
