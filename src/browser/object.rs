//! Plain objects of JavaScript, made and read so that nothing of a page's can get in the way.

use js_sys::{Array, Function, JsString, Object, Uint8Array};
use serde::ser::{Serialize, SerializeMap, Serializer};
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    // Each catches, since these objects are a page's: a getter or a Proxy may throw.
    #[wasm_bindgen(catch, js_namespace = Object, js_name = keys)]
    fn own_keys(object: &JsValue) -> Result<Array, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Reflect, js_name = get)]
    fn reflect_get(object: &JsValue, name: &JsValue) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = Object, js_name = defineProperty)]
    fn define_property(object: &JsValue, name: &JsValue, descriptor: &JsValue) -> Result<JsValue, JsValue>;

    type TextDecoder;

    #[wasm_bindgen(constructor)]
    fn new() -> TextDecoder;

    #[wasm_bindgen(method)]
    fn decode(this: &TextDecoder, bytes: &Uint8Array) -> JsString;

    #[wasm_bindgen(catch, js_namespace = Object, js_name = fromEntries)]
    fn from_entries(entries: &Array) -> Result<JsValue, JsValue>;
}

/// The names of an object's own enumerable properties; none of what is no object.
pub fn keys(object: &JsValue) -> Result<Array, JsValue> {
    if is_nothing(object) { Ok(Array::new()) } else { own_keys(object) }
}

fn is_nothing(value: &JsValue) -> bool {
    value.is_undefined() || value.is_null()
}

/// A member of a page's object.
pub fn get(object: &JsValue, name: &JsValue) -> Result<JsValue, JsValue> {
    reflect_get(object, name)
}

/// A member of a page's object; `undefined` where to ask for it throws, or there is no object.
pub fn member(object: &JsValue, name: &str) -> JsValue {
    // Asked first: an error that is thrown and caught takes as long as a tenth of an update.
    if is_nothing(object) { JsValue::UNDEFINED } else { reflect_get(object, &name.into()).unwrap_or_default() }
}

/// An object with these members of its own.
pub fn of(members: &[(&str, &JsValue)]) -> JsValue {
    let entries = Array::new();
    for (name, value) in members {
        entries.push(&Array::of2(&JsValue::from_str(name), value));
    }
    record(&entries)
}

/// An object with these entries as its own members. Defined and not assigned, whatever a page has added to
/// `Object.prototype`.
pub fn record(entries: &Array) -> JsValue {
    from_entries(entries).unwrap_or_default()
}

/// What a record that serde writes has in it.
pub enum Member<'a> {
    /// `null`.
    Null,
    /// A number.
    Number(f64),
    /// A text.
    Text(&'a str),
    /// A value of JavaScript, as it is.
    Value(&'a JsValue),
    /// A record.
    Record(&'a [(&'a str, Member<'a>)]),
}

// By hand and as a map: what is derived for a struct keeps each name in a hash map, which is a kilobyte more.
impl Serialize for Member<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Number(number) => serializer.serialize_f64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Value(value) => serde_wasm_bindgen::preserve::serialize(*value, serializer),
            Self::Record(members) => serde_wasm_bindgen::preserve::serialize(&written(members), serializer),
        }
    }
}

/// The members of a record, as serde's map.
struct Members<'a>(&'a [(&'a str, Member<'a>)]);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, member) in self.0 {
            map.serialize_entry(name, member)?;
        }
        map.end()
    }
}

/// A record with these members. As a `Map` first: an object's members would be assigned, and a page may have put some on
/// `Object.prototype` that cannot be.
pub fn written(members: &[(&str, Member)]) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible().serialize_maps_as_objects(false);
    let entries = Members(members).serialize(&serializer).unwrap_or_default();
    record(entries.unchecked_ref())
}

/// Gives a function or an object of ours a member of its own.
pub fn define(object: &JsValue, name: &str, value: &JsValue) {
    let yes = &JsValue::TRUE;
    define_as(object, name, &[("value", value), ("enumerable", yes), ("configurable", yes), ("writable", yes)]);
}

/// Gives a function of ours a member that is asked for each time.
pub fn define_getter(object: &JsValue, name: &str, getter: &JsValue) {
    define_as(object, name, &[("get", getter), ("enumerable", &JsValue::TRUE)]);
}

fn define_as(object: &JsValue, name: &str, members: &[(&str, &JsValue)]) {
    // By itself: what a page has added to `Object.prototype` would be part of it.
    let descriptor = of(members).unchecked_into::<Object>();
    let descriptor = Object::set_prototype_of(&descriptor, JsValue::NULL.unchecked_ref());
    let _ = define_property(object, &JsValue::from_str(name), &descriptor);
}

/// The text that these bytes are: the platform's decoder is there already, that of `core` is a kilobyte.
pub fn text(bytes: &Uint8Array) -> JsString {
    TextDecoder::new().decode(bytes)
}

/// The function that a value is, if it is one.
pub fn function(value: JsValue) -> Option<Function> {
    value.is_function().then(|| value.unchecked_into())
}
