//! One request: its headers by gloo-net, sent by the page's own `fetch`.

use gloo_net::http::Headers;
use js_sys::{Array, Function, Symbol, Uint8Array};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use web_sys::{AbortSignal, Url};

use super::object;

#[wasm_bindgen]
extern "C" {
    // gloo-net's requests are built of records that what a page has put on `Object.prototype` gets into, and its `send`
    // takes a rejection that is no `Error` for impossible, which a mock, a service worker or a patched `fetch` does reject
    // with. Looked up at each call: pages put their own there.
    #[wasm_bindgen(catch, js_name = fetch)]
    fn fetch(url: &JsValue, init: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(thread_local_v2, js_name = globalThis)]
    static GLOBAL: JsValue;

    /// A request that is made to see what this environment's own class takes.
    #[wasm_bindgen(js_name = Request)]
    type Trial;

    #[wasm_bindgen(constructor, catch, js_class = Request)]
    fn new(url: &str, init: &JsValue) -> Result<Trial, JsValue>;

    /// A page's own, which may be another class than this realm's.
    #[derive(Clone)]
    #[wasm_bindgen(js_name = AbortController)]
    type Controller;

    #[wasm_bindgen(constructor, catch, js_class = AbortController)]
    fn new() -> Result<Controller, JsValue>;

    #[wasm_bindgen(method, getter)]
    fn signal(this: &Controller) -> AbortSignal;

    #[wasm_bindgen(method, catch)]
    fn abort(this: &Controller) -> Result<(), JsValue>;
}

const JSON: &str = "application/json";

/// Aborts an attempt unless it was released: a timer, a signal and `dispose` all end in its drop, so that no path can
/// forget to.
pub struct AbortGuard(Option<Controller>);

impl AbortGuard {
    /// A guard for a new attempt, and the signal to hand to it; none where the environment has no such class.
    pub fn new() -> (Self, Option<AbortSignal>) {
        let controller = Controller::new().ok();
        let signal = controller.as_ref().map(Controller::signal);
        (Self(controller), signal)
    }

    /// The attempt is over: what it gave must not be aborted any more.
    pub fn release(mut self) {
        self.0 = None;
    }
}

impl Drop for AbortGuard {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            let _ = controller.abort();
        }
    }
}

/// Whether a header can hold this, so that building a request does not fail.
pub fn fits_header(text: &str) -> bool {
    // Above 0xc3 begins what Latin-1 does not have.
    !text.trim_ascii().bytes().any(|byte| byte > 0xc3 || matches!(byte, 0 | b'\r' | b'\n'))
}

/// What an attempt sends.
pub struct Outgoing<'a> {
    /// A path of the page's own origin, or the URL of another.
    pub url: &'a str,
    /// Whether cookies go along.
    pub credentials: &'a JsValue,
    /// The session id and the intent, as JSON.
    pub body: &'a [u8],
    /// The update's `Idempotency-Key`.
    pub key: Option<&'a str>,
    /// The name and the value of the CSRF header.
    pub token: Option<(&'a str, &'a str)>,
}

/// Why nothing was sent.
#[derive(Default)]
pub struct Unsent {
    /// What the page's author can change.
    pub detail: &'static str,
    /// What was thrown.
    pub cause: JsValue,
}

/// What `fetch` gave or threw; the error is that it was not called.
pub type Sent = Result<Result<JsValue, JsValue>, Unsent>;

impl Outgoing<'_> {
    /// Sends it by the page's `fetch` option, else by `fetch`, and gives what that gives.
    pub fn send(&self, signal: Option<&AbortSignal>, own_fetch: Option<Function>) -> Sent {
        let stand_in = stand_in();
        let origin = match own_origin() {
            _ if !self.url.starts_with('/') => String::new(),
            Some(origin) => origin,
            // Nothing goes anywhere: in Node, and where an environment for tests has a page without an address.
            None if stand_in.is_some() => "http://localhost".to_owned(),
            None => return Err(Unsent { detail: "This page has no origin of http or https.", ..Unsent::default() }),
        };
        let url = [&origin, self.url].concat();
        let init =
            self.init(&url, signal).map_err(|cause| Unsent { detail: "The request could not be made.", cause })?;
        let url = JsValue::from_str(&url);
        if let Some(send) = stand_in.or(own_fetch) {
            return Ok(send.call2(&JsValue::UNDEFINED, &url, &init));
        }
        if !object::member(&GLOBAL.with(Clone::clone), "fetch").is_function() {
            return Err(Unsent { detail: "There is no fetch here.", ..Unsent::default() });
        }
        Ok(fetch(&url, &init))
    }

    /// What `fetch` is given beside the URL: plain values, which every stand-in for it understands.
    fn init(&self, url: &str, signal: Option<&AbortSignal>) -> Result<JsValue, JsValue> {
        Url::new(url)?;
        let mut headers = vec![("content-type", JSON), ("accept", JSON)];
        headers.extend(self.key.map(|key| ("idempotency-key", key)));
        headers.extend(self.token);
        let headers = match web_sys::Headers::new() {
            Ok(raw) => {
                let all = Headers::from_raw(raw);
                headers.iter().for_each(|(name, value)| all.set(name, value));
                all.into_raw().into()
            }
            // jsdom has none of the classes of `fetch`.
            Err(_) => {
                let plain = Array::new();
                for (name, value) in headers {
                    plain.push(&Array::of2(&name.into(), &value.into()));
                }
                object::record(&plain)
            }
        };
        let init = object::of(&[
            ("method", &"POST".into()),
            ("redirect", &"manual".into()),
            ("cache", &"no-store".into()),
            ("credentials", self.credentials),
            ("headers", &headers),
            ("body", &object::text(&Uint8Array::from(self.body))),
        ]);
        if let Some(signal) = signal.filter(|signal| is_taken(url, signal)) {
            object::define(&init, "signal", signal);
        }
        Ok(init)
    }
}

/// Whether `fetch` takes this signal, as far as a request can tell: one of another class, as jsdom's is for Node's `fetch`,
/// would be a request that fails.
fn is_taken(url: &str, signal: &AbortSignal) -> bool {
    let takes = |signal: &JsValue| Trial::new(url, &object::of(&[("signal", signal)])).is_ok();
    takes(signal) || !takes(&JsValue::UNDEFINED)
}

/// The stand-in server of `checkout-updates/testing`, where there is one.
fn stand_in() -> Option<Function> {
    let place = Symbol::for_("checkout-updates.server");
    object::get(&GLOBAL.with(Clone::clone), &place).ok().and_then(object::function)
}

/// The origin that a path belongs to: the page's own, wherever a `<base>` points, and in a frame by `srcdoc` that of the
/// page around it. A page by `file:` and a sandboxed frame have none.
fn own_origin() -> Option<String> {
    let global = GLOBAL.with(Clone::clone);
    let candidates =
        [object::member(&object::member(&global, "location"), "origin"), object::member(&global, "origin")];
    let origins = candidates.into_iter().filter_map(|origin| origin.as_string());
    { origins }.find(|origin| origin.starts_with("http://") || origin.starts_with("https://"))
}
