//! Records whose members only Rust knows, written by serde.

use serde::ser::{Serialize, SerializeMap, Serializer};
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Object, js_name = fromEntries)]
    fn from_entries(entries: &JsValue) -> Result<JsValue, JsValue>;
}

/// What a member is.
pub enum Member {
    /// A number, or `null`.
    Count(Option<u32>),
    /// A value of JavaScript.
    Value(JsValue),
}

impl Serialize for Member {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Count(Some(count)) => serializer.serialize_u32(*count),
            Self::Count(None) => serializer.serialize_none(),
            Self::Value(value) => serde_wasm_bindgen::preserve::serialize(value, serializer),
        }
    }
}

/// A map of names and values. By hand: what is derived for a struct keeps each name in a hash map, which is a kilobyte more.
struct Map<'a>(&'a [(&'a str, Member)]);

impl Serialize for Map<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// A record of these members of its own. As a `Map` first: an object's members would be assigned, and a page may have put some
/// on `Object.prototype` that cannot be.
pub fn record(members: &[(&str, Member)]) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible().serialize_maps_as_objects(false);
    let map = Map(members).serialize(&serializer).unwrap_or_default();
    from_entries(&map).unwrap_or_default()
}
