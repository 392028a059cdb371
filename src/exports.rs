//! What JavaScript sees. The facade, `js/engine.ts`, calls these and nobody else does; each call returns at once.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::browser;
use crate::clock::Moment;
use crate::effect::{Event, News};
use crate::endpoint::Endpoint;
use crate::failure::Kind;
use crate::intent::{Field, Rule, Value};

/// Makes the engine's side of one `createUpdates` and gives its handle.
#[wasm_bindgen]
pub fn open(host: JsValue, session_field: String) -> usize {
    browser::open(host, session_field)
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
    latest: i32,
    join: bool,
    key: bool,
    csrf: bool,
    retries: u32,
    attempt_timeout: f64,
    timeout: f64,
) {
    let (fields, counts) = Default::default();
    let endpoint = Endpoint { fields, latest, join, key, csrf, retries, attempt_timeout, timeout, counts };
    if let Some(client) = browser::client(handle) {
        client.machine().endpoints.push(endpoint);
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
    let Some(client) = browser::client(handle) else { return };
    if let Some(endpoint) = client.machine().endpoints.last_mut() {
        endpoint.fields.push(Field { name, rule, optional });
    }
}

/// Adds a choice to the last field, or gives it its prefix.
#[wasm_bindgen]
pub fn choice(handle: usize, text: String) {
    let Some(client) = browser::client(handle) else { return };
    let mut machine = client.machine();
    let field = machine.endpoints.last_mut().and_then(|endpoint| endpoint.fields.last_mut());
    match field.map(|field| &mut field.rule) {
        Some(Rule::OneOf(choices)) => choices.push(text),
        Some(Rule::Identifier(prefix)) => *prefix = text,
        _ => {}
    }
}

/// Counts a failure that the facade met while there was no engine.
#[wasm_bindgen]
pub fn note(handle: usize, endpoint: usize, kind: usize, duration: f64) {
    let Some(client) = browser::client(handle) else { return };
    if let (Some(endpoint), Some(kind)) = (client.machine().endpoints.get_mut(endpoint), Kind::of_number(kind)) {
        endpoint.counts.record(Some(kind), duration);
    }
}

/// Says one value of the update that `ask` asks for next; the first is the session id as the page gave it, then those of
/// the intent in declared order: 0 a text, 1 a number, 2 a flag, 3 nothing, 4 what could not be read; else what no rule
/// allows.
#[wasm_bindgen]
pub fn value(handle: usize, kind: u8, number: f64, text: String) {
    let value = match kind {
        0 => Value::Text(text),
        1 => Value::Number(number),
        2 => Value::Flag(number > 0.0),
        3 => Value::Missing,
        4 => Value::Unreadable,
        _ => Value::Other,
    };
    if let Some(client) = browser::client(handle) {
        client.value(value);
    }
}

/// `run`, or the call of a function of `request` or `wrap`; `own` for a function of the page. `undeclared` is the name of
/// a field that was found and is not declared; then by both clocks when it was asked for.
#[wasm_bindgen]
#[allow(clippy::too_many_arguments)]
pub fn ask(
    handle: usize,
    id: u32,
    endpoint: usize,
    run: bool,
    own: bool,
    undeclared: Option<String>,
    monotonic: f64,
    wall: f64,
) {
    if let Some(client) = browser::client(handle) {
        client.ask(id, endpoint, run, own, undeclared, Moment { monotonic, wall });
    }
}

/// What happened: 0 look at the clock, 1 the page is awake, 2 left, 3 back, 4 back from the back/forward cache; 5 Stripe.js
/// called the function of this update, 6 the task that was let through for it is over, 7 this caller's signal was
/// aborted; 8 `cancel` of this endpoint, or of all where it is negative; 9 `dispose`;
/// 10 the page's `refresh` of this number; 11 the module before this one died.
#[wasm_bindgen]
pub fn on(handle: usize, event: u8, id: i32) {
    #[allow(clippy::cast_sign_loss)]
    let number = id as u32;
    let event = match event {
        1 => Event::Awake,
        2 => Event::Left,
        3 | 4 => Event::Back(event == 4),
        5 => Event::Of(number, News::Called),
        6 => Event::Of(number, News::Yielded),
        7 => Event::Detach(number),
        8 => Event::Cancel(usize::try_from(id).ok()),
        9 => Event::Dispose,
        10 => Event::Refresh(number),
        11 => Event::Doubt,
        _ => Event::Clock,
    };
    if let Some(client) = browser::client(handle) {
        client.take(event, JsValue::UNDEFINED);
    }
}

/// What the host was to wait for has ended: `value` is what it gave, or what it threw where `ok` is not set.
#[wasm_bindgen]
pub fn came(handle: usize, id: u32, what: u32, ok: bool, value: JsValue) {
    if let Some(client) = browser::client(handle) {
        client.came(id, what, ok, value);
    }
}

/// A counter of an endpoint by its position, see `metrics.rs`; -1 where there is none.
#[wasm_bindgen]
pub fn count(handle: usize, endpoint: usize, position: usize) -> f64 {
    let Some(client) = browser::client(handle) else { return -1.0 };
    let count = client.machine().endpoints.get(endpoint).and_then(|endpoint| endpoint.counts.at(position));
    count.map_or(-1.0, f64::from)
}

/// Traps, for the tests of what happens then.
#[cfg(feature = "trap")]
#[wasm_bindgen]
pub fn trap() {
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable()
}
