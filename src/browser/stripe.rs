//! Stripe.js, as it is typed nowhere: wherever `runServerUpdate` lives, and whatever it returns. `docs/stripe-js.md` has the
//! versions. Everything catches, since what a page passes as its actions may be anything.

use std::sync::Arc;

use js_sys::{Function, JsString};
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};

use super::promise::Returned;
use super::read::{self, name};
use crate::failure::Kind;

#[wasm_bindgen]
extern "C" {
    /// What Stripe.js hands out: `actions` (8 and later), `checkout` (5.10 to 7), or what React's hook merges of both.
    ///
    /// Any object fits; what has no `runServerUpdate` is `unsupported`. In a Rust page they come from `loadActions()` of the
    /// checkout SDK: `docs/rust.md` shows how.
    #[derive(Clone, Debug)]
    #[wasm_bindgen(typescript_type = "object")]
    pub type Actions;

    #[wasm_bindgen(method, catch, js_name = runServerUpdate)]
    fn run_server_update(this: &Actions, update: &Function) -> Result<JsValue, JsValue>;

    /// The Checkout Session as Stripe.js shows it to a page.
    #[derive(Clone, Debug)]
    #[wasm_bindgen(typescript_type = "object")]
    pub type Session;
}

#[wasm_bindgen(module = "/src/browser/platform.js")]
extern "C" {
    fn shown(session: &JsValue) -> String;
}

#[wasm_bindgen(module = "/src/browser/read.js")]
extern "C" {
    #[wasm_bindgen(js_name = isOpen)]
    fn is_open(session: &JsValue) -> bool;

    #[wasm_bindgen(js_name = sessionOf)]
    fn session_of(actions: &JsValue) -> Session;
}

impl Session {
    /// Its id, `cs_test_…` or `cs_live_…`; `None` where it names none.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        name::ID.with(|name| read::text(self, name))
    }

    /// Whether it is open, as far as it says.
    #[must_use]
    pub fn is_open(&self) -> bool {
        is_open(self)
    }

    /// What the customer sees of it, to be compared.
    pub(super) fn shown(&self) -> Arc<str> {
        shown(self).into()
    }
}

impl Actions {
    /// The session that they report: `getSession()` (8 and later), `session()` (5.10 to 7), or the object itself, into
    /// which React's hook merges it.
    #[must_use]
    pub fn session(&self) -> Session {
        session_of(self)
    }

    /// Calls `runServerUpdate`, and returns what it returns.
    ///
    /// # Errors
    ///
    /// It was not called: there is none, or the session is not open.
    pub(super) fn start(&self, update: &Function) -> Result<Returned, Kind> {
        if !name::RUN_SERVER_UPDATE.with(|name| read::has_method(self, name)) {
            return Err(Kind::Unsupported);
        }
        if !self.session().is_open() {
            return Err(Kind::SessionClosed);
        }
        Ok(self.run_server_update(update))
    }
}

/// How `runServerUpdate` ended: with the fresh session, or with what it reported.
pub(super) fn outcome(ended: Result<JsValue, JsValue>, actions: &Actions) -> Result<Session, JsValue> {
    let result = ended?;
    if name::TYPE.with(|name| read::text(&result, name)).as_deref() != Some("success") {
        return Err(name::ERROR.with(|name| read::value(&result, name)));
    }
    // Under `session`, up to version 6 under `success`, else with the actions.
    let of = |name: &JsString| read::object(&result, name);
    let session = name::SESSION.with(of).or_else(|| of(&"success".into()));
    Ok(session.map_or_else(|| actions.session(), JsCast::unchecked_into))
}
