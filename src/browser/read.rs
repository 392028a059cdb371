//! Reading a page's objects: each member crosses as what it has to be, and nothing that it does throws (`read.js`).

use js_sys::{Array, JsString};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen(module = "/src/browser/read.js")]
extern "C" {
    /// A member, whatever it is; `undefined` where it cannot be read.
    pub fn value(object: &JsValue, name: &JsString) -> JsValue;

    /// A member that is a string.
    pub fn text(object: &JsValue, name: &JsString) -> Option<String>;

    /// A member that is a number.
    pub fn number(object: &JsValue, name: &JsString) -> Option<f64>;

    /// A member that is a boolean.
    pub fn flag(object: &JsValue, name: &JsString) -> Option<bool>;

    /// A member that is an object.
    pub fn object(object: &JsValue, name: &JsString) -> Option<JsValue>;

    /// Whether a member is a function.
    #[wasm_bindgen(js_name = hasMethod)]
    pub fn has_method(object: &JsValue, name: &JsString) -> bool;

    /// The names of the own enumerable members of what a page gave; none of what is no object. A Proxy may throw.
    #[wasm_bindgen(catch, js_name = keysOf)]
    pub fn keys(object: &JsValue) -> Result<Array, JsValue>;

    /// Whether a member is there and counts as true.
    #[wasm_bindgen(js_name = isTruthy)]
    pub fn is_truthy(object: &JsValue, name: &JsString) -> bool;
}

#[wasm_bindgen]
extern "C" {
    /// A member of what a page gave; a getter of its may throw.
    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = get)]
    pub fn get(object: &JsValue, name: &JsValue) -> Result<JsValue, JsValue>;
}

/// Whether a value is neither `undefined` nor `null`.
pub fn is_there(value: &JsValue) -> bool {
    !value.is_undefined() && !value.is_null()
}

/// Names of members that every update reads, made once. Others are made where they are read.
pub mod name {
    use js_sys::JsString;
    use wasm_bindgen::prelude::wasm_bindgen;

    macro_rules! names {
        ($($name:ident = $text:tt;)*) => {
            #[wasm_bindgen]
            extern "C" {
                $(
                    #[allow(missing_docs)]
                    #[wasm_bindgen(thread_local_v2, static_string)]
                    pub static $name: JsString = $text;
                )*
            }
        };
    }

    names! {
        ABORTED = "aborted";
        BODY_USED = "bodyUsed";
        DATA = "data";
        DONE = "done";
        ERROR = "error";
        ID = "id";
        MESSAGE = "message";
        OK = "ok";
        RESPONSE = "response";
        RUN_SERVER_UPDATE = "runServerUpdate";
        SESSION = "session";
        STATUS = "status";
        TYPE = "type";
        VALUE = "value";
    }
}
