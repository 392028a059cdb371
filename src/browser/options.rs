//! What `Updates` is given, checked by `options.js` and read here by typed getters: derived `Deserialize` would cost a
//! third of the module (bench/SIZE.md).

use js_sys::{Array, Function, JsString};
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};
use web_sys::RequestCredentials;

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
    /// The options with every default filled in, as `check` gives them: a frozen record, so nothing here can throw.
    #[derive(Clone)]
    pub type Checked;

    #[wasm_bindgen(method, getter)]
    pub fn session(this: &Checked) -> Option<Function>;

    #[wasm_bindgen(method, getter, js_name = sessionField)]
    pub fn session_field(this: &Checked) -> String;

    #[wasm_bindgen(method, getter, js_name = timeoutMs)]
    pub fn timeout_ms(this: &Checked) -> f64;

    #[wasm_bindgen(method, getter)]
    pub fn messages(this: &Checked) -> JsValue;

    #[wasm_bindgen(method, getter)]
    pub fn csrf(this: &Checked) -> Option<Csrf>;

    #[wasm_bindgen(method, getter, js_name = onFailure)]
    pub fn on_failure(this: &Checked) -> Option<Function>;

    #[wasm_bindgen(method, getter)]
    fn endpoints(this: &Checked) -> Array;

    /// The header and the function that gives its value.
    pub type Csrf;

    #[wasm_bindgen(method, getter)]
    pub fn header(this: &Csrf) -> String;

    #[wasm_bindgen(method, catch)]
    pub fn token(this: &Csrf) -> Result<JsValue, JsValue>;

    type Declared;

    #[wasm_bindgen(method, getter)]
    fn name(this: &Declared) -> JsString;

    #[wasm_bindgen(method, getter)]
    fn url(this: &Declared) -> String;

    #[wasm_bindgen(method, getter)]
    fn credentials(this: &Declared) -> RequestCredentials;

    #[wasm_bindgen(method, getter)]
    fn csrf(this: &Declared) -> bool;

    #[wasm_bindgen(method, getter)]
    fn fields(this: &Declared) -> Array;

    #[wasm_bindgen(method, getter)]
    fn latest(this: &Declared) -> Option<Vec<u8>>;

    #[wasm_bindgen(method, getter)]
    fn join(this: &Declared) -> bool;

    #[wasm_bindgen(method, getter, js_name = idempotencyKey)]
    fn idempotency_key(this: &Declared) -> bool;

    #[wasm_bindgen(method, getter)]
    fn retries(this: &Declared) -> u32;

    #[wasm_bindgen(method, getter, js_name = attemptTimeoutMs)]
    fn attempt_timeout_ms(this: &Declared) -> f64;

    #[wasm_bindgen(method, getter, js_name = timeoutMs)]
    fn timeout_ms(this: &Declared) -> f64;

    type DeclaredField;

    #[wasm_bindgen(method, getter)]
    fn name(this: &DeclaredField) -> String;

    #[wasm_bindgen(method, getter)]
    fn rule(this: &DeclaredField) -> DeclaredRule;

    type DeclaredRule;

    #[wasm_bindgen(method, getter)]
    fn kind(this: &DeclaredRule) -> String;

    #[wasm_bindgen(method, getter, js_name = isOptional)]
    fn is_optional(this: &DeclaredRule) -> Option<bool>;

    #[wasm_bindgen(method, getter)]
    fn values(this: &DeclaredRule) -> Array;

    #[wasm_bindgen(method, getter)]
    fn prefix(this: &DeclaredRule) -> Option<String>;

    #[wasm_bindgen(method, getter)]
    fn min(this: &DeclaredRule) -> f64;

    #[wasm_bindgen(method, getter)]
    fn max(this: &DeclaredRule) -> f64;
}

/// Where the requests of an endpoint go, or the name of a function of the page.
#[derive(Clone)]
pub struct Place {
    /// The name under which it is counted.
    pub name: JsString,
    /// A path, or the URL of another origin.
    pub url: String,
    /// Whether cookies go along.
    pub credentials: RequestCredentials,
}

impl Place {
    /// For a function of the page, which has a name alone.
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), url: String::new(), credentials: RequestCredentials::SameOrigin }
    }
}

impl Place {
    /// Whether this is its name.
    pub fn is_named(&self, name: &str) -> bool {
        self.name == *name
    }
}

impl Checked {
    /// The endpoints: what the machine decides by, and where their requests go.
    pub fn places(&self) -> Vec<(Endpoint, Place)> {
        let with_token = Checked::csrf(self).is_some();
        let declared = self.endpoints();
        declared.iter().map(|declared| place(declared.unchecked_ref(), with_token)).collect()
    }
}

fn place(declared: &Declared, with_token: bool) -> (Endpoint, Place) {
    let endpoint = Endpoint {
        fields: declared.fields().iter().map(|field| field_of(field.unchecked_ref())).collect(),
        latest: declared.latest().map_or(-1, |fields| fields.iter().fold(0, |bits, field| bits | 1 << field)),
        join: declared.join(),
        key: declared.idempotency_key(),
        csrf: with_token && declared.csrf(),
        retries: declared.retries(),
        attempt_timeout: declared.attempt_timeout_ms(),
        timeout: declared.timeout_ms(),
        ..Endpoint::default()
    };
    let place = Place { name: declared.name(), url: declared.url(), credentials: declared.credentials() };
    (endpoint, place)
}

fn field_of(field: &DeclaredField) -> Field {
    let declared = field.rule();
    let rule = match declared.kind().as_str() {
        "oneOf" => Rule::OneOf(declared.values().iter().filter_map(|choice| choice.as_string()).collect()),
        "identifier" => Rule::Identifier(declared.prefix().unwrap_or_default()),
        "integer" => Rule::Integer(declared.min(), declared.max()),
        _ => Rule::Flag,
    };
    Field { name: field.name(), rule, optional: declared.is_optional().unwrap_or_default() }
}
