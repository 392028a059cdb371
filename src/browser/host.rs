//! What the facade does for the engine: it owns every promise, error, timer and callback that the page sees, so that
//! nothing the page holds depends on this module being alive. `Host` in `js/host.ts` is the other side.

use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

#[wasm_bindgen]
extern "C" {
    /// The facade's side of one `createUpdates`.
    #[derive(Clone)]
    pub type Host;

    /// Takes the texts of [`Word`](super::word::Word), with a space behind each.
    #[wasm_bindgen(method)]
    pub fn words(this: &Host, texts: &str);

    // Objects. None of these throws: what a page's object does instead is as if the member were not there.

    /// A member; `undefined` where there is none, or where reading it throws.
    #[wasm_bindgen(method)]
    pub fn get(this: &Host, object: &JsValue, word: u8) -> JsValue;

    /// A member that is a number, else not a number.
    #[wasm_bindgen(method)]
    pub fn number(this: &Host, object: &JsValue, word: u8) -> f64;

    /// Whether a member is truthy.
    #[wasm_bindgen(method)]
    pub fn is(this: &Host, object: &JsValue, word: u8) -> bool;

    /// Whether a member is this text.
    #[wasm_bindgen(method)]
    pub fn says(this: &Host, object: &JsValue, word: u8, text: u8) -> bool;

    /// Whether a member is a function.
    #[wasm_bindgen(method)]
    pub fn can(this: &Host, object: &JsValue, word: u8) -> bool;

    /// Calls a method; `undefined` where there is none, or where it throws.
    #[wasm_bindgen(method)]
    pub fn call(this: &Host, object: &JsValue, word: u8, argument: &JsValue) -> JsValue;

    /// Sets a member of an object of our own.
    #[wasm_bindgen(method)]
    pub fn put(this: &Host, object: &JsValue, word: u8, value: &JsValue);

    /// The text of a word.
    #[wasm_bindgen(method)]
    pub fn word(this: &Host, word: u8) -> JsValue;

    /// A new object of a global class; `undefined` where there is no such class.
    #[wasm_bindgen(method)]
    pub fn create(this: &Host, word: u8) -> JsValue;

    /// A member that is an array of at most so many bytes.
    #[wasm_bindgen(method)]
    pub fn bytes(this: &Host, object: &JsValue, word: u8, most: usize) -> Option<Vec<u8>>;

    /// The text of these bytes.
    #[wasm_bindgen(method)]
    pub fn decode(this: &Host, bytes: &[u8]) -> JsValue;

    /// Milliseconds that the text of a `Retry-After` asks for (RFC 9110, section 10.2.3), else not a number.
    #[wasm_bindgen(method)]
    pub fn delay(this: &Host, text: &JsValue) -> f64;

    // What the facade keeps for an update, so that the engine need not.

    /// Keeps a value under this name.
    #[wasm_bindgen(method)]
    pub fn keep(this: &Host, id: u32, word: u8, value: &JsValue);

    /// What is kept under this name; `undefined` if nothing is.
    #[wasm_bindgen(method)]
    pub fn kept(this: &Host, id: u32, word: u8) -> JsValue;

    /// Its idempotency key.
    #[wasm_bindgen(method)]
    pub fn key(this: &Host, id: u32) -> JsValue;

    /// What this text is as JSON; `undefined` where it is none, with the error as the cause that is kept.
    #[wasm_bindgen(method)]
    pub fn parse(this: &Host, id: u32, text: &JsValue) -> JsValue;

    /// Puts these bytes back into the answer that is kept, for who is given it to read.
    #[wasm_bindgen(method)]
    pub fn refill(this: &Host, id: u32, bytes: &[u8]);

    /// What has `runServerUpdate` for it; for a refresh, what was seen last.
    #[wasm_bindgen(method)]
    pub fn actions(this: &Host, id: u32) -> JsValue;

    // What takes time. Each end, of whatever these give or throw, is `came` of `exports.rs`, with `id` and `what`.

    /// Sends the request of an update.
    #[wasm_bindgen(method)]
    pub fn fetch(this: &Host, id: u32, what: u32, init: &JsValue);

    /// Asks the page for its CSRF token.
    #[wasm_bindgen(method)]
    pub fn token(this: &Host, id: u32, what: u32);

    /// Calls the page's own function of this update.
    #[wasm_bindgen(method)]
    pub fn work(this: &Host, id: u32, what: u32, signal: &JsValue);

    /// Calls `runServerUpdate` of its actions with the update's function; for a refresh, with one that does nothing.
    #[wasm_bindgen(method)]
    pub fn run(this: &Host, id: u32, what: u32);

    /// Calls a method and waits for what it gives.
    #[wasm_bindgen(method)]
    pub fn later(this: &Host, id: u32, what: u32, object: &JsValue, word: u8);

    /// Lets one task through, and says so.
    #[wasm_bindgen(method)]
    pub fn rest(this: &Host, id: u32);

    /// When to look at the clock next, in milliseconds; negative for never.
    #[wasm_bindgen(method)]
    pub fn wake(this: &Host, ms: f64);

    // What the page is given.

    /// Makes the error of an update, which becomes its result, or settles a caller with it.
    #[wasm_bindgen(method)]
    #[allow(clippy::too_many_arguments)]
    pub fn fail(
        this: &Host,
        id: u32,
        settles: bool,
        kind: u8,
        applied: u8,
        status: u16,
        duration: f64,
        attempts: u32,
        reason: u8,
    );

    /// Settles the promise of a function, with the answer or the error.
    #[wasm_bindgen(method)]
    pub fn end(this: &Host, id: u32, ok: bool);

    /// Says that nothing more is heard of an update.
    #[wasm_bindgen(method)]
    pub fn forget(this: &Host, id: u32);

    /// Gives a caller the result of an update, and the session if there is a fresh one.
    #[wasm_bindgen(method)]
    pub fn settle(this: &Host, caller: u32, update: u32, ok: bool, session: &JsValue);

    /// Tells the page that an update failed.
    #[wasm_bindgen(method)]
    pub fn count(this: &Host, id: u32);

    /// Records how long an update took that began so many milliseconds ago.
    #[wasm_bindgen(method)]
    pub fn measure(this: &Host, endpoint: usize, ms: f64);

    /// Tells the page whether it may be showing old totals.
    #[wasm_bindgen(method)]
    pub fn stale(this: &Host, stale: bool);
}

impl Host {
    /// Takes what the facade passed.
    pub fn of(value: JsValue) -> Self {
        value.unchecked_into()
    }
}
