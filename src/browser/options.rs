//! The options that JavaScript gives, checked by `options.js` and read here: derived `Deserialize` would cost a third of the
//! module (bench/SIZE.md).

use js_sys::{Array, Function};
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};

use super::config::{Config, Csrf, SessionId, Target};
use super::failure::{Failure, Messages, SettledUpdate};
use super::{page, raw_intent, read, records};
use crate::endpoint::Endpoint;
use crate::intent::{Field, Rule};

#[wasm_bindgen(module = "/src/browser/options.js")]
extern "C" {
    /// Throws a `TypeError` that names the key, for whatever is wrong.
    #[wasm_bindgen(catch)]
    fn check(given: &JsValue) -> Result<Checked, JsValue>;
}

// What options.js imports: wasm-bindgen copies only files that an `extern` names.
#[wasm_bindgen(module = "/src/browser/rules.js")]
extern "C" {
    #[wasm_bindgen(js_name = lint)]
    fn _carry_rules();
}

#[wasm_bindgen]
extern "C" {
    /// A record that `check` returns, with every default filled in: frozen, so nothing here can throw.
    #[derive(Clone)]
    type Checked;

    #[wasm_bindgen(method, indexing_getter)]
    fn get(this: &Checked, name: &str) -> JsValue;

    #[wasm_bindgen(method, indexing_getter)]
    fn record(this: &Checked, name: &str) -> Option<Checked>;

    #[wasm_bindgen(method, catch)]
    fn token(this: &Checked) -> Result<JsValue, JsValue>;
}

/// Checks and reads options.
///
/// # Errors
///
/// A `TypeError` that names the key, for whatever is wrong.
pub fn read(given: &JsValue) -> Result<Box<Config>, JsValue> {
    let options = check(given)?;
    let with_token = options.record("csrf").is_some();
    let (mut endpoints, mut targets) = (Vec::new(), Vec::new());
    for declared in options.list("endpoints").iter() {
        let declared: Checked = declared.unchecked_into();
        // The check knows the same kinds of rules.
        let unknown = || JsValue::from(js_sys::TypeError::new("createUpdates: unknown kind of rule"));
        declared.add_to(&mut endpoints, with_token).ok_or_else(unknown)?;
        targets.push(Target::new(&declared.text("name"), declared.text("url"), declared.text("credentials")));
    }
    Ok(Box::new(Config {
        endpoints,
        targets,
        session: options.function("session").map(|session| {
            let ask = move || Ok(raw_intent::value(&session.call0(&JsValue::UNDEFINED)?));
            Box::new(ask) as SessionId
        }),
        session_field: options.text("sessionField"),
        timeout: options.number("timeoutMs"),
        csrf: options
            .record("csrf")
            .map(|csrf| Csrf { header: csrf.text("header"), token: Box::new(move || csrf.token()) }),
        messages: options.messages(),
        on_failure: options.function("onFailure").map(|tell| {
            Box::new(move |failure: &Failure| drop(page::call(&tell, &failure.error))) as Box<dyn Fn(&Failure)>
        }),
        on_settled: options.function("onSettled").map(|tell| {
            Box::new(move |settled: &SettledUpdate| drop(page::call(&tell, &records::settled(settled))))
                as Box<dyn Fn(&SettledUpdate)>
        }),
        fetch: options.function("fetch"),
    }))
}

impl Checked {
    fn function(&self, name: &str) -> Option<Function> {
        self.get(name).dyn_into().ok()
    }

    fn text(&self, name: &str) -> String {
        self.get(name).as_string().unwrap_or_default()
    }

    fn list(&self, name: &str) -> Array {
        self.get(name).unchecked_into()
    }

    fn number(&self, name: &str) -> f64 {
        self.get(name).as_f64().unwrap_or_default()
    }

    fn flag(&self, name: &str) -> bool {
        self.get(name).is_truthy()
    }

    /// The page's own words: by kind, or as a function of the failure.
    fn messages(&self) -> Option<Messages> {
        let own = self.get("messages");
        if let Some(function) = own.dyn_ref::<Function>().cloned() {
            return Some(Box::new(move |failure| page::call(&function, &failure.error)?.as_string()));
        }
        let by_kind = own.is_object().then_some(own)?;
        Some(Box::new(move |failure| read::text(&by_kind, &failure.kind.name().into())))
    }

    /// Adds what the machine decides by of an endpoint; `None` for a rule of an unknown kind.
    // Not returned: an enum that is copied by its fields takes two integers for one float (scripts/build/plain.mjs).
    fn add_to(&self, endpoints: &mut Vec<Endpoint>, with_token: bool) -> Option<()> {
        let mut fields = Vec::new();
        for declared in self.list("fields").iter() {
            fields.push(declared.unchecked_into::<Self>().field()?);
        }
        // Positions of fields.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let bit = |position: JsValue| 1_u32 << position.as_f64().unwrap_or_default() as u8;
        let latest = self.get("latest");
        let attempt_timeout = self.number("attemptTimeoutMs");
        endpoints.push(Endpoint {
            fields: fields.into(),
            latest: (!latest.is_null()).then(|| Array::from(&latest).iter().map(bit).sum()),
            dedupe: self.flag("dedupe"),
            idempotency_key: self.flag("idempotencyKey"),
            csrf: with_token && self.flag("csrf"),
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            retries: self.number("retries") as u32,
            attempt_timeout: Some(attempt_timeout).filter(|ms| *ms > 0.0),
            timeout: self.number("timeoutMs"),
            ..Endpoint::default()
        });
        Some(())
    }

    fn field(&self) -> Option<Field> {
        let declared: Self = self.get("rule").unchecked_into();
        let rule = match declared.text("kind").as_str() {
            "oneOf" => {
                let mut choices = Vec::new();
                for choice in declared.list("values").iter() {
                    choices.extend(choice.as_string());
                }
                Rule::OneOf(choices)
            }
            "identifier" => Rule::Identifier(declared.text("prefix")),
            // Checked to be safe integers.
            #[allow(clippy::cast_possible_truncation)]
            "integer" => Rule::Integer(declared.number("min") as i64, declared.number("max") as i64),
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            "text" => Rule::Text(declared.number("max") as usize),
            "flag" => Rule::Flag,
            "address" => Rule::Address,
            _ => return None,
        };
        Some(Field { name: self.text("name"), rule, optional: declared.flag("isOptional") })
    }
}
