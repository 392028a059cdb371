//! What `Updates` is given, checked by `options.js` and read here by the names of its members: derived `Deserialize`
//! would cost a third of the module (bench/SIZE.md).

use std::rc::Rc;

use js_sys::{Array, Function, JsString};
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};

use super::object;
use crate::endpoint::Endpoint;
use crate::intent::{Field, Rule};

#[wasm_bindgen(module = "/src/browser/options.js")]
extern "C" {
    /// Throws a `TypeError` that names the key, for whatever is wrong.
    #[wasm_bindgen(catch)]
    pub fn check(given: &JsValue) -> Result<Checked, JsValue>;
}

// What options.js imports: only files that are named here are carried along.
#[wasm_bindgen(module = "/src/browser/check.js")]
extern "C" {
    #[wasm_bindgen(js_name = fail)]
    fn _carry_check();
}

#[wasm_bindgen(module = "/src/browser/rules.js")]
extern "C" {
    #[wasm_bindgen(js_name = lint)]
    fn _carry_rules();
}

#[wasm_bindgen]
extern "C" {
    /// A record that `check` gives, with every default filled in: frozen, so nothing here can throw. Its members are
    /// read by their names: a getter for each of two dozen would be two kilobytes of imports.
    #[derive(Clone)]
    pub type Checked;

    #[wasm_bindgen(method, indexing_getter)]
    fn get(this: &Checked, name: &str) -> JsValue;

    #[wasm_bindgen(method, indexing_getter)]
    fn record(this: &Checked, name: &str) -> Option<Checked>;

    #[wasm_bindgen(method, indexing_getter)]
    fn list(this: &Checked, name: &str) -> Option<Vec<Checked>>;

    #[wasm_bindgen(method, indexing_getter)]
    fn number(this: &Checked, name: &str) -> f64;

    #[wasm_bindgen(method, indexing_getter)]
    fn string(this: &Checked, name: &str) -> Option<String>;

    #[wasm_bindgen(method, catch)]
    fn token(this: &Checked) -> Result<JsValue, JsValue>;
}

/// Where the requests of an endpoint go, or the name of a function of the page.
#[derive(Clone)]
pub struct Place {
    /// The name under which it is counted.
    pub name: JsString,
    /// A path, or the URL of another origin.
    pub url: String,
    /// Whether cookies go along.
    pub credentials: JsValue,
}

impl Place {
    /// For a function of the page, which has a name alone.
    pub fn named(name: &JsValue) -> Self {
        Self { name: name.clone().unchecked_into(), url: String::new(), credentials: JsValue::UNDEFINED }
    }
}

/// How a page gives its CSRF token.
pub struct Csrf(Checked);

impl Csrf {
    /// The header that it goes into.
    pub fn header(&self) -> String {
        self.0.text("header")
    }

    /// Asks the page for it.
    pub fn token(&self) -> Result<JsValue, JsValue> {
        self.0.token()
    }
}

impl Checked {
    /// What gives the session id.
    pub fn session(&self) -> Option<Function> {
        object::function(self.get("session"))
    }

    /// The name that the session id has in a body.
    pub fn session_field(&self) -> String {
        self.text("sessionField")
    }

    /// The deadline where an endpoint has none of its own.
    pub fn timeout_ms(&self) -> f64 {
        self.number("timeoutMs")
    }

    /// The page's own words, by kind of failure.
    pub fn messages(&self) -> JsValue {
        self.get("messages")
    }

    /// Whom each failure is told.
    pub fn on_failure(&self) -> Option<Function> {
        object::function(self.get("onFailure"))
    }

    /// Whom each update that has settled is told.
    pub fn on_settled(&self) -> Option<Function> {
        object::function(self.get("onSettled"))
    }

    /// What is used in place of the global `fetch`.
    pub fn fetch(&self) -> Option<Function> {
        object::function(self.get("fetch"))
    }

    /// How the page gives its CSRF token, if it does.
    pub fn csrf(&self) -> Option<Csrf> {
        self.record("csrf").map(Csrf)
    }

    /// The endpoints: what the machine decides by, and where their requests go.
    pub fn places(&self) -> (Vec<Endpoint>, Vec<Rc<Place>>) {
        let with_token = self.csrf().is_some();
        let (mut endpoints, mut places) = (Vec::new(), Vec::new());
        for declared in self.list("endpoints").unwrap_or_default() {
            endpoints.push(declared.endpoint(with_token));
            let (name, credentials) = (declared.get("name").unchecked_into(), declared.get("credentials"));
            places.push(Rc::new(Place { name, url: declared.text("url"), credentials }));
        }
        (endpoints, places)
    }

    fn text(&self, name: &str) -> String {
        self.string(name).unwrap_or_default()
    }

    fn flag(&self, name: &str) -> bool {
        self.get(name).is_truthy()
    }

    fn endpoint(&self, with_token: bool) -> Endpoint {
        // Positions of fields.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let bit = |position: JsValue| 1 << position.as_f64().unwrap_or_default() as u8;
        let latest = self.get("latest");
        Endpoint {
            fields: self.list("fields").unwrap_or_default().iter().map(Self::field).collect(),
            latest: if latest.is_null() { -1 } else { Array::from(&latest).iter().map(bit).sum() },
            join: self.flag("join"),
            key: self.flag("idempotencyKey"),
            csrf: with_token && self.flag("csrf"),
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            retries: self.number("retries") as u32,
            attempt_timeout: self.number("attemptTimeoutMs"),
            timeout: self.number("timeoutMs"),
            ..Endpoint::default()
        }
    }

    fn field(&self) -> Field {
        let declared: Self = self.get("rule").unchecked_into();
        let rule = match declared.text("kind").as_str() {
            "oneOf" => {
                let values = declared.get("values").unchecked_into::<Array>();
                Rule::OneOf(values.iter().filter_map(|choice| choice.as_string()).collect())
            }
            "identifier" => Rule::Identifier(declared.text("prefix")),
            "integer" => Rule::Integer(declared.number("min"), declared.number("max")),
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            "text" => Rule::Text(declared.number("max") as usize),
            _ => Rule::Flag,
        };
        Field { name: self.text("name"), rule, optional: declared.flag("isOptional") }
    }
}
