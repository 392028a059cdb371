//! Stripe.js' side: wherever `runServerUpdate` lives, and whatever it gives. See `docs/stripe-js.md` for the versions.

use wasm_bindgen::JsValue;

use super::fetch::{Found, settled};
use super::value::{call, get, get_text};
use crate::failure::Kind;

/// The session that these actions report: `getSession()` (8 and later), `session()` (5.10 to 7), or the object itself,
/// into which React's hook merges it.
pub fn session(actions: &JsValue) -> JsValue {
    for method in ["getSession", "session"] {
        if let Ok(session) = call(actions, method, &JsValue::UNDEFINED) {
            return session;
        }
    }
    actions.clone()
}

/// The id of the session that these actions report.
pub fn session_id(actions: &JsValue) -> Option<String> {
    get_text(&session(actions), "id")
}

/// Whether a session is open, as far as it says.
fn is_open(session: &JsValue) -> bool {
    get_text(&get(session, "status"), "type").is_none_or(|status| status == "open")
}

/// Calls `runServerUpdate`.
///
/// # Errors
///
/// `Unsupported` or `SessionClosed`: it was not called.
pub fn run_server_update(actions: &JsValue, update: &JsValue) -> Result<Result<JsValue, JsValue>, Kind> {
    if !get(actions, "runServerUpdate").is_function() {
        return Err(Kind::Unsupported);
    }
    if !is_open(&session(actions)) {
        return Err(Kind::SessionClosed);
    }
    Ok(call(actions, "runServerUpdate", update))
}

/// How `runServerUpdate` ended.
pub struct Ended {
    /// Whether it gave `{type: "success"}`.
    pub success: bool,
    /// Whether the session is still open.
    pub open: bool,
    /// The session, or what Stripe.js said in its place.
    pub found: Found,
}

/// Waits for `runServerUpdate`. The session is under `session`, up to version 6 under `success`, else with the actions.
pub async fn ended(promise: Result<JsValue, JsValue>, actions: JsValue) -> Ended {
    let result = match settled(promise).await {
        Ok(result) => result,
        Err(cause) => return Ended { success: false, open: true, found: Found::cause(cause) },
    };
    if get_text(&result, "type").is_none_or(|kind| kind != "success") {
        return Ended { success: false, open: true, found: Found::cause(get(&result, "error")) };
    }
    let given = ["session", "success"].into_iter().map(|key| get(&result, key)).find(JsValue::is_object);
    let value = given.unwrap_or_else(|| session(&actions));
    Ended { success: true, open: is_open(&value), found: Found { value, ..Found::default() } }
}
