//! Stripe.js, as it is typed nowhere: wherever `runServerUpdate` lives, and whatever it gives. `docs/stripe-js.md` has the
//! versions. Everything catches, since what a page passes as its actions may be anything.

use js_sys::Function;
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};

use crate::failure::Kind;

#[wasm_bindgen]
extern "C" {
    /// What Stripe.js hands out: `actions` (8 and later), `checkout` (5.10 to 7), or what React's hook merges of both.
    ///
    /// Any object fits; what has no `runServerUpdate` is `unsupported`.
    #[derive(Clone, Debug)]
    pub type Actions;

    #[wasm_bindgen(method, catch, getter, js_name = runServerUpdate)]
    fn server_update_member(this: &Actions) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = runServerUpdate)]
    fn run_server_update(this: &Actions, update: &Function) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = getSession)]
    fn get_session(this: &Actions) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = session)]
    fn session_before_8(this: &Actions) -> Result<JsValue, JsValue>;

    /// The Checkout Session as Stripe.js shows it to a page.
    #[derive(Clone, Debug)]
    pub type Session;

    #[wasm_bindgen(method, catch, getter, js_name = id)]
    fn id_member(this: &Session) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, getter)]
    fn status(this: &Session) -> Result<Status, JsValue>;

    /// `{type: "open" | "complete" | "expired"}`.
    type Status;

    #[wasm_bindgen(method, catch, getter, js_name = type)]
    fn kind(this: &Status) -> Result<JsValue, JsValue>;

    /// What `runServerUpdate` resolves to.
    type ServerUpdateResult;

    #[wasm_bindgen(method, catch, getter, js_name = type)]
    fn kind(this: &ServerUpdateResult) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, getter)]
    fn session(this: &ServerUpdateResult) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, getter)]
    fn success(this: &ServerUpdateResult) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, getter)]
    fn error(this: &ServerUpdateResult) -> Result<JsValue, JsValue>;
}

impl Session {
    /// Its id, `cs_test_…` or `cs_live_…`; `None` where it names none.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        self.id_member().ok()?.as_string()
    }

    /// Whether it is open, as far as it says.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let status = self.status().and_then(|status| status.kind());
        status.ok().and_then(|status| status.as_string()).is_none_or(|status| status == "open")
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
        if !self.server_update_member().is_ok_and(|member| member.is_function()) {
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
    let result = ServerUpdateResult::from(ended?);
    if !result.kind().is_ok_and(|kind| kind == "success") {
        return Err(result.error().unwrap_or(JsValue::UNDEFINED));
    }
    // Under `session`, up to version 6 under `success`, else with the actions.
    let members = [result.session(), result.success()];
    let session = members.into_iter().flatten().find(JsValue::is_object);
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
