//! The page around an update: its clocks, its events, and the few functions that every page has.

use js_sys::{Date, JsString, Math, Promise};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use super::listener::{Listener, Target};
use super::object;
use crate::clock::Moment;

#[wasm_bindgen]
extern "C" {
    // Looked up at each call: tests of pages put clocks of their own there.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn monotonic() -> f64;

    #[wasm_bindgen(catch, js_namespace = performance, js_name = measure)]
    fn measure_since(name: &JsString, options: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = performance, js_name = clearMeasures)]
    fn clear_measures(name: &JsString) -> Result<(), JsValue>;

    #[wasm_bindgen(catch, js_namespace = crypto, js_name = randomUUID)]
    fn random_uuid() -> Result<String, JsValue>;

    #[wasm_bindgen(catch, js_namespace = crypto, js_name = getRandomValues)]
    fn random_values(bytes: &mut [u8]) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = navigator, js_name = sendBeacon)]
    fn send_beacon(url: &JsString, data: &JsString) -> Result<bool, JsValue>;

    #[wasm_bindgen(catch, js_name = reportError)]
    fn report_error(error: &JsValue) -> Result<(), JsValue>;

    // By their own names and not by `web_sys::window()`, which asks for an instance of this realm's class: jsdom has none.
    #[wasm_bindgen(thread_local_v2, js_name = window)]
    static WINDOW: Option<Target>;

    #[wasm_bindgen(thread_local_v2, js_name = document)]
    static DOCUMENT: Option<Target>;
}

/// The time by both clocks.
pub fn now() -> Moment {
    Moment { monotonic: monotonic(), wall: Date::now() }
}

/// A number in 0..1.
pub fn random() -> f64 {
    Math::random()
}

/// 128 random bits, as good as the page has them. Stripe suggests a UUID of version 4; only secure pages have a source of
/// them.
pub fn random_key() -> String {
    random_uuid().unwrap_or_else(|_| {
        let mut bytes = [0; 16];
        if random_values(&mut bytes).is_err() {
            // A whole number below 256.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            bytes.fill_with(|| (Math::random() * 256.0) as u8);
        }
        let digit = |value: u8| char::from(if value < 10 { b'0' + value } else { b'a' + value - 10 });
        bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    })
}

/// Reports what a callback of the page threw, as the browser reports any error; nothing else changes.
pub fn report(error: &JsValue) {
    if report_error(error).is_err() {
        // Safari before 15.4 has no `reportError`: what nobody handles is reported too.
        let _ = Promise::reject(error);
    }
}

/// Records how long an update took that began so many milliseconds ago, for whoever observes the page's performance, and
/// keeps nothing.
pub fn measure(endpoint: &JsString, ms: f64) {
    let name = JsString::from("checkout-updates:").concat(endpoint);
    let start = monotonic() - ms;
    let options = object::of(&[("start", &JsValue::from_f64(if start > 0.0 { start } else { 0.0 }))]);
    // An environment without user timing loses this record alone.
    let _ = measure_since(&name, &options);
    let _ = clear_measures(&name);
}

/// Sends a report that outlives the page; whether the browser has taken it.
pub fn beacon(url: &JsString, data: &JsString) -> bool {
    send_beacon(url, data).unwrap_or_default()
}

/// What the page tells of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It is visible or online again.
    Awake,
    /// It is hidden, and may be frozen next.
    Hidden,
    /// `pagehide`.
    Left,
    /// `pageshow`; `true` from the back/forward cache.
    Back(bool),
}

/// Calls `tell` with what happens to this page until what it gives is dropped; nothing happens to what is none.
pub fn listen(tell: impl Fn(Seen) + 'static) -> Option<Listener> {
    let (window, document) = (WINDOW.with(Clone::clone)?, DOCUMENT.with(Clone::clone)?);
    let of_window = (window, &["pagehide", "pageshow", "online"][..]);
    let of_document = (document, &["visibilitychange", "resume"][..]);
    Listener::new(vec![of_window, of_document], move |event| tell(seen(&event))).ok()
}

/// Calls `tell` when this page may be about to go. To be dropped as soon as it is not needed: with such a listener Firefox
/// keeps no page for its back/forward cache.
pub fn listen_for_leaving(tell: impl Fn() + 'static) -> Option<Listener> {
    let window = WINDOW.with(Clone::clone)?;
    Listener::new(vec![(window, &["beforeunload"][..])], move |_| tell()).ok()
}

fn seen(event: &JsValue) -> Seen {
    let kind = object::member(event, "type");
    if kind == "pagehide" {
        Seen::Left
    } else if kind == "pageshow" {
        Seen::Back(object::member(event, "persisted").is_truthy())
    } else if DOCUMENT
        .with(|document| document.as_ref().is_some_and(|page| object::member(page, "visibilityState") == "hidden"))
    {
        Seen::Hidden
    } else {
        Seen::Awake
    }
}
