//! What an `Updates` was given, checked: from Rust by `src/api`, from JavaScript by `options.rs`.

use std::rc::Rc;

use js_sys::{Function, JsString};
use wasm_bindgen::JsValue;

use super::failure::{Failure, Messages, SettledUpdate};
use super::promise::Returned;
use crate::endpoint::Endpoint;
use crate::intent::Value;
use crate::text::concat;

/// Where the requests of an endpoint go, or the name of a function of the page.
#[derive(Clone, Debug)]
pub struct Target {
    /// The name under which it is counted.
    pub name: String,
    /// The name of its entries in the page's performance.
    pub measure: JsString,
    /// A path, or the URL of another origin.
    pub url: String,
    /// `omit`, `same-origin` or `include`.
    pub credentials: String,
}

impl Target {
    /// An endpoint's.
    pub fn new(name: &str, url: String, credentials: String) -> Rc<Self> {
        let measure = JsString::from(concat(&["checkout-updates:", name]));
        Rc::new(Self { name: name.to_owned(), measure, url, credentials })
    }

    /// For a function of the page, which has a name alone.
    pub fn named(name: &str) -> Rc<Self> {
        Self::new(name, String::new(), String::new())
    }

    /// Whether it is a path of the page's own origin.
    pub fn is_path(&self) -> bool {
        self.url.starts_with('/')
    }
}

/// How the page gives its CSRF token.
pub struct Csrf {
    /// The header that it goes into.
    pub header: String,
    /// Asks the page for it: a string, or a promise of one.
    pub token: Token,
}

/// Asks the page for a token; the error is what it threw.
pub type Token = Box<dyn Fn() -> Returned>;

/// Asks the page for the session id; the error is what it threw.
pub type SessionId = Box<dyn Fn() -> Result<Value, JsValue>>;

/// Told of something that happened.
pub type Callback<T> = Box<dyn Fn(&T)>;

/// The options of one `Updates`, with every default filled in.
pub struct Config {
    /// What the machine decides by, one for an endpoint.
    pub endpoints: Vec<Endpoint>,
    /// Where requests go, one for an endpoint.
    pub targets: Vec<Rc<Target>>,
    /// What gives the session id.
    pub session: Option<SessionId>,
    /// The name that the session id has in a body.
    pub session_field: String,
    /// The deadline of wrapped functions, in milliseconds.
    pub timeout: f64,
    /// How the page gives its CSRF token, if it does.
    pub csrf: Option<Csrf>,
    /// The page's own words.
    pub messages: Option<Messages>,
    /// Told of each failure but `cancelled`.
    pub on_failure: Option<Callback<Failure>>,
    /// Told of each update that has settled.
    pub on_settled: Option<Callback<SettledUpdate>>,
    /// Used in place of the global `fetch`.
    pub fetch: Option<Function>,
}
