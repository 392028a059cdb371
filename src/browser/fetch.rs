//! One request, sent by the page's own `fetch`.

use std::cell::{Cell, OnceCell};

use js_sys::Function;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use web_sys::{AbortSignal, Url};

use super::config::Target;
use super::promise::Returned;
use super::{page, records};

#[wasm_bindgen(module = "/src/browser/platform.js")]
extern "C" {
    // Looked up at each call: pages put their own `fetch` there.
    fn sender(own: Option<&Function>) -> Option<Function>;

    #[wasm_bindgen(js_name = takesSignal)]
    fn takes_signal(signal: Option<&AbortSignal>) -> bool;
}

/// Whether a header can hold this: what none can hold makes `fetch` throw.
pub fn fits_header(text: &str) -> bool {
    // Above 0xc3 begins what Latin-1 does not have.
    !text.trim_ascii().bytes().any(|byte| byte > 0xc3 || matches!(byte, 0 | b'\r' | b'\n'))
}

/// What an attempt sends.
pub struct Outgoing<'a> {
    /// Where to.
    pub target: &'a Target,
    /// The session id and the intent, as JSON.
    pub body: &'a str,
    /// The update's `Idempotency-Key`.
    pub key: Option<&'a str>,
    /// The name and the value of the CSRF header.
    pub token: Option<(&'a str, &'a str)>,
    /// Aborts it.
    pub signal: Option<&'a AbortSignal>,
}

/// Why nothing was sent.
#[derive(Debug, Default)]
pub struct Unsent {
    /// What the page's author can change.
    pub detail: &'static str,
    /// What was thrown.
    pub cause: JsValue,
}

impl Unsent {
    fn since(detail: &'static str) -> Self {
        Self { detail, ..Self::default() }
    }
}

/// What a client sends its requests by: what is asked of the page once.
#[derive(Default)]
pub struct Fetcher {
    origin: OnceCell<Option<String>>,
    takes_signal: Cell<Option<bool>>,
}

impl Fetcher {
    /// Where a URL that was declared leads; `None` where a path has no origin.
    pub fn resolve(&self, url: &str) -> Option<String> {
        if !url.starts_with('/') {
            return Some(url.to_owned());
        }
        page::resolve(url, self.origin.get_or_init(page::origin).as_deref())
    }

    /// Sends a request by `own_fetch`, else by `fetch`, and returns what that returned or threw.
    ///
    /// # Errors
    ///
    /// It was not called.
    pub fn send(&self, request: &Outgoing, own_fetch: Option<&Function>) -> Result<Returned, Unsent> {
        let Outgoing { target, body, key, token, signal } = request;
        let url = self.resolve(&target.url).ok_or(Unsent::since("This page has no origin of http or https."))?;
        let is_path = target.is_path();
        if !is_path {
            Url::new(&url).map_err(|cause| Unsent { detail: "The URL is none.", cause })?;
        }
        // A page's address may hold a client secret.
        let referrer_policy = if is_path { "same-origin" } else { "strict-origin" };
        let signal = signal.filter(|signal| self.takes(signal));
        let (header, token) = token.unzip();
        let init = records::init(&target.credentials, referrer_policy, body, *key, header, token, signal);
        let send = sender(own_fetch).ok_or(Unsent::since("There is no fetch here."))?;
        Ok(send.call2(&JsValue::UNDEFINED, &url.into(), &init))
    }

    /// Whether `fetch` takes such a signal, as far as a request can tell: one of another class, as jsdom's is for Node's
    /// `fetch`, would be a request that fails.
    fn takes(&self, signal: &AbortSignal) -> bool {
        let known = self.takes_signal.get();
        known.unwrap_or_else(|| {
            let takes = takes_signal(Some(signal)) || !takes_signal(None);
            self.takes_signal.set(Some(takes));
            takes
        })
    }
}
