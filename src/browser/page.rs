//! The page around an update: its clocks, its events, and the few functions that every page has.

use js_sys::{Function, JsString, Math};
use wasm_bindgen::prelude::{Closure, JsCast, JsValue, wasm_bindgen};

use super::listener::{EventGuard, EventTarget};
use super::read;
use crate::clock::Moment;
use crate::intent::json::hex_digit;
use crate::text::concat;

#[wasm_bindgen(module = "/src/browser/platform.js")]
extern "C" {
    // Both are looked up at each call: tests of pages put clocks of their own there. Not a number where that is no clock.
    #[wasm_bindgen(js_name = readClocks)]
    fn read_clocks(into: &mut [f64]);

    /// Records how long an update took that began so many milliseconds ago, for whoever observes the page's performance.
    pub fn measure(name: &JsString, ms: f64);

    /// Reports what a callback of the page threw, as the browser reports any error; nothing else changes.
    pub fn report(error: &JsValue);

    #[wasm_bindgen(js_name = standIn)]
    fn stand_in() -> Option<Function>;

    #[wasm_bindgen(catch)]
    fn listen(listener: &Function) -> Result<(), JsValue>;

    #[wasm_bindgen(catch)]
    fn unlisten(listener: &Function) -> Result<(), JsValue>;
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = crypto, js_name = randomUUID)]
    fn random_uuid() -> Result<String, JsValue>;

    #[wasm_bindgen(catch, js_namespace = crypto, js_name = getRandomValues)]
    fn random_values(bytes: &mut [u8]) -> Result<JsValue, JsValue>;

    // By their own names and not by `web_sys::window()`, which asks for an instance of this realm's class: jsdom has none.
    #[wasm_bindgen(thread_local_v2, js_name = globalThis)]
    static GLOBAL: EventTarget;

    #[wasm_bindgen(thread_local_v2, js_name = window)]
    static WINDOW: Option<EventTarget>;

    #[wasm_bindgen(thread_local_v2, js_name = document)]
    static DOCUMENT: Option<EventTarget>;
}

/// The time by both clocks.
pub fn now() -> Moment {
    let mut clocks = [0.0; 2];
    read_clocks(&mut clocks);
    let [monotonic, wall] = clocks;
    Moment { monotonic, wall }
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
        let mut key = String::new();
        for byte in bytes {
            key.push(hex_digit(byte >> 4));
            key.push(hex_digit(byte & 15));
        }
        key
    })
}

/// Calls a callback of the page.
pub fn call(callback: &Function, given: &JsValue) -> Option<JsValue> {
    callback.call1(&JsValue::UNDEFINED, given).map_err(|thrown| report(&thrown)).ok()
}

/// The origin of this page: its own, wherever a `<base>` points, and in a frame by `srcdoc` or `blob:` that of the page
/// around it. `None` for a page by `file:`, a sandboxed frame and an environment without pages.
pub fn origin() -> Option<String> {
    let global = GLOBAL.with(Clone::clone);
    let of_location = read::text(&read::value(&global, &"location".into()), &"origin".into());
    let is_web = |origin: &String| origin.starts_with("http://") || origin.starts_with("https://");
    of_location.filter(is_web).or_else(|| read::text(&global, &"origin".into()).filter(is_web))
}

/// Where a path of this page's origin is, as `fetch` has to be told: as it was declared, since wrappers of `fetch` know their
/// own addresses by it, unless a `<base>` would lead it elsewhere. `None` where there is no origin of http or https.
pub fn resolve(path: &str, origin: Option<&str>) -> Option<String> {
    let Some(origin) = origin else {
        // Nothing goes anywhere: in Node, and where an environment for tests has a page without an address.
        return stand_in().map(|_| concat(&["http://localhost", path]));
    };
    let base = DOCUMENT.with(|document| read::text(document.as_ref()?, &"baseURI".into()));
    let is_own = |base: String| base.strip_prefix(origin).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    Some(if base.is_some_and(is_own) { path.to_owned() } else { concat(&[origin, path]) })
}

/// What the page tells of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageEvent {
    /// It is visible or online again.
    Awake,
    /// It is hidden, and may be frozen next.
    Hidden,
    /// `pagehide`.
    Left,
    /// `pageshow`.
    Back {
        /// Whether it comes from the back/forward cache.
        from_cache: bool,
    },
}

/// Listens to this page until it is dropped; nothing happens where there is no page.
pub struct PageListener(Closure<dyn Fn(JsValue)>);

impl PageListener {
    /// Calls `tell` with what happens to this page, once it is [listened](Self::listen) to.
    pub fn new(tell: impl Fn(PageEvent) + 'static) -> Self {
        Self(Closure::new(move |event: JsValue| tell(page_event(&event))))
    }

    /// Listens from now on. Again changes nothing, unless `document.open()` has removed every listener meanwhile.
    pub fn listen(&self) {
        let _ = listen(self.0.as_ref().unchecked_ref());
    }

    /// Listens no more, until it is to again.
    pub fn unlisten(&self) {
        let _ = unlisten(self.0.as_ref().unchecked_ref());
    }
}

impl Drop for PageListener {
    fn drop(&mut self) {
        self.unlisten();
    }
}

/// Calls `tell` when this page may be about to go. To be dropped when it is not needed: with such a listener Firefox keeps no
/// page for its back/forward cache.
pub fn listen_for_leaving(tell: impl Fn() + 'static) -> Option<EventGuard> {
    let window = WINDOW.with(Clone::clone)?;
    EventGuard::new(window, "beforeunload", Box::new(tell)).ok()
}

fn page_event(event: &JsValue) -> PageEvent {
    let is_hidden = |document: &Option<EventTarget>| {
        let state = document.as_ref().and_then(|document| read::text(document, &"visibilityState".into()));
        state.is_some_and(|state| state == "hidden")
    };
    match read::name::TYPE.with(|name| read::text(event, name)).as_deref() {
        Some("pagehide") => PageEvent::Left,
        Some("pageshow") => PageEvent::Back { from_cache: read::is_truthy(event, &"persisted".into()) },
        _ if DOCUMENT.with(is_hidden) => PageEvent::Hidden,
        _ => PageEvent::Awake,
    }
}
