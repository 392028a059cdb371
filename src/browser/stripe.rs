//! Stripe.js, as it is typed nowhere: wherever `runServerUpdate` lives, and whatever it gives. `docs/stripe-js.md` has the
//! versions. Everything catches, since what a page passes as its actions may be anything.

use js_sys::Function;
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};

use super::object;
use crate::failure::Kind;

#[wasm_bindgen]
extern "C" {
    /// What Stripe.js hands out: `actions` (8 and later), `checkout` (5.10 to 7), or what React's hook merges of both.
    ///
    /// Any object fits; what has no `runServerUpdate` is `unsupported`.
    #[derive(Clone, Debug)]
    pub type Actions;

    #[wasm_bindgen(method, catch, js_name = runServerUpdate)]
    fn run_server_update(this: &Actions, update: &Function) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = getSession)]
    fn get_session(this: &Actions) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = session)]
    fn session_before_8(this: &Actions) -> Result<JsValue, JsValue>;

    /// The Checkout Session as Stripe.js shows it to a page.
    #[derive(Clone, Debug)]
    pub type Session;
}

impl Session {
    /// Its id, `cs_test_…` or `cs_live_…`; `None` where it names none.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        object::member(self, "id").as_string()
    }

    /// Whether it is open, as far as it says.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let status = object::member(&object::member(self, "status"), "type");
        !status.is_string() || status == "open"
    }
}

impl Actions {
    /// The session that they report: `getSession()` (8 and later), `session()` (5.10 to 7), or the object itself, into
    /// which React's hook merges it.
    #[must_use]
    pub fn session(&self) -> Session {
        let there = |session: &JsValue| !session.is_undefined();
        let found = self.get_session().ok().filter(there).or_else(|| self.session_before_8().ok().filter(there));
        found.unwrap_or_else(|| self.into()).unchecked_into()
    }

    /// Calls `runServerUpdate`, and gives what it gives.
    ///
    /// # Errors
    ///
    /// It was not called: there is none, or the session is not open.
    pub(super) fn start(&self, update: &Function) -> Result<Result<JsValue, JsValue>, Kind> {
        if !object::member(self, "runServerUpdate").is_function() {
            return Err(Kind::Unsupported);
        }
        if !self.session().is_open() {
            return Err(Kind::SessionClosed);
        }
        Ok(self.run_server_update(update))
    }
}

/// How `runServerUpdate` ended: with the fresh session, or with what it said.
pub(super) fn outcome(ended: Result<JsValue, JsValue>, actions: &Actions) -> Result<Session, JsValue> {
    let result = ended?;
    if object::member(&result, "type") != "success" {
        return Err(object::member(&result, "error"));
    }
    // Under `session`, up to version 6 under `success`, else with the actions.
    let session = ["session", "success"].map(|name| object::member(&result, name)).into_iter().find(JsValue::is_object);
    Ok(session.map_or_else(|| actions.session(), JsCast::unchecked_into))
}

/// What a refresh lets Stripe.js call: a function that gives a promise, and does nothing.
pub(super) fn nothing() -> Function {
    thread_local! {
        static NOTHING: wasm_bindgen::prelude::Closure<dyn FnMut() -> js_sys::Promise> =
            wasm_bindgen::prelude::Closure::new(|| js_sys::Promise::resolve(&JsValue::UNDEFINED));
    }
    NOTHING.with(|nothing| nothing.as_ref().clone().unchecked_into())
}
