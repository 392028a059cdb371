//! Values to and from a front end's own types, by serde and without JavaScript.

use std::fmt;

use serde::de::value::{MapDeserializer, StringDeserializer};
use serde::de::{self, DeserializeOwned, IntoDeserializer, Visitor};
use serde::ser::{self, Impossible, Serialize, SerializeMap, SerializeStruct, Serializer};

use super::value::Value;

/// What a type is as a [`Value`]. What no value is, such as a list, is [`Value::Other`], which no rule allows.
pub fn to_value(of: &(impl Serialize + ?Sized)) -> Value {
    of.serialize(ToValue).unwrap_or(Value::Unreadable)
}

/// A type made of a value; `None` where it is another shape.
pub fn from_value<T: DeserializeOwned>(value: Value) -> Option<T> {
    T::deserialize(value).ok()
}

/// A type said no. In which words does not matter: an intent is told of by its field.
#[derive(Debug)]
pub struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the type cannot be a value of an intent")
    }
}

impl std::error::Error for Refused {}

impl ser::Error for Refused {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl de::Error for Refused {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

struct ToValue;

macro_rules! numbers {
    ($($method:ident: $number:ty,)*) => {
        $(
            #[allow(clippy::cast_lossless, clippy::cast_precision_loss)]
            fn $method(self, number: $number) -> Result<Value, Refused> {
                Ok(Value::Number(number as f64))
            }
        )*
    };
}

impl Serializer for ToValue {
    type Ok = Value;
    type Error = Refused;
    type SerializeSeq = Impossible<Value, Refused>;
    type SerializeTuple = Impossible<Value, Refused>;
    type SerializeTupleStruct = Impossible<Value, Refused>;
    type SerializeTupleVariant = Impossible<Value, Refused>;
    type SerializeMap = Members;
    type SerializeStruct = Members;
    type SerializeStructVariant = Impossible<Value, Refused>;

    numbers! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
        serialize_f32: f32, serialize_f64: f64,
    }

    fn serialize_bool(self, flag: bool) -> Result<Value, Refused> {
        Ok(Value::Flag(flag))
    }

    fn serialize_char(self, character: char) -> Result<Value, Refused> {
        Ok(Value::Text(character.into()))
    }

    fn serialize_str(self, text: &str) -> Result<Value, Refused> {
        Ok(Value::Text(text.to_owned()))
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<Value, Refused> {
        Ok(Value::Other)
    }

    fn serialize_none(self) -> Result<Value, Refused> {
        Ok(Value::Missing)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Value, Refused> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, Refused> {
        Ok(Value::Record(Vec::new()))
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Value, Refused> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Value, Refused> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<Value, Refused> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Value, Refused> {
        Ok(Value::Other)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Refused> {
        Err(Refused)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Refused> {
        Err(Refused)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Refused> {
        Err(Refused)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Refused> {
        Err(Refused)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members, Refused> {
        Ok(Members::default())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Members, Refused> {
        Ok(Members::default())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Refused> {
        Err(Refused)
    }
}

/// The members of a record, as they come.
#[derive(Default)]
struct Members {
    found: Vec<(String, Value)>,
    name: String,
}

impl Members {
    fn add(&mut self, name: String, value: &(impl Serialize + ?Sized)) {
        self.found.push((name, value.serialize(ToValue).unwrap_or(Value::Other)));
    }
}

impl SerializeStruct for Members {
    type Ok = Value;
    type Error = Refused;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Refused> {
        self.add(name.to_owned(), value);
        Ok(())
    }

    fn end(self) -> Result<Value, Refused> {
        Ok(Value::Record(self.found))
    }
}

impl SerializeMap for Members {
    type Ok = Value;
    type Error = Refused;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, name: &T) -> Result<(), Refused> {
        let Value::Text(name) = name.serialize(ToValue)? else { return Err(Refused) };
        self.name = name;
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        let name = std::mem::take(&mut self.name);
        self.add(name, value);
        Ok(())
    }

    fn end(self) -> Result<Value, Refused> {
        Ok(Value::Record(self.found))
    }
}

impl<'de> IntoDeserializer<'de, Refused> for Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> de::Deserializer<'de> for Value {
    type Error = Refused;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        match self {
            Self::Text(text) => visitor.visit_string(text),
            // Whole numbers are asked for as such, and each that a rule allows is exact.
            #[allow(clippy::cast_possible_truncation)]
            Self::Number(number) if number.trunc() == number => visitor.visit_i64(number as i64),
            Self::Number(number) => visitor.visit_f64(number),
            Self::Flag(flag) => visitor.visit_bool(flag),
            Self::Record(members) => {
                let there = members.into_iter().filter(|(_, value)| !matches!(value, Self::Missing));
                visitor.visit_map(MapDeserializer::new(there))
            }
            Self::Missing | Self::Unreadable | Self::Other => visitor.visit_unit(),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        if matches!(self, Self::Missing) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        let Self::Text(variant) = self else { return Err(Refused) };
        visitor.visit_enum(IntoDeserializer::<Refused>::into_deserializer(variant) as StringDeserializer<Refused>)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
    #[serde(rename_all = "lowercase")]
    enum Plan {
        Yearly,
    }

    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    struct Change {
        plan: Plan,
        quantity: u32,
        gift: bool,
        note: Option<String>,
    }

    #[test]
    fn a_type_goes_to_values_and_back() {
        let change = || Change { plan: Plan::Yearly, quantity: 3, gift: true, note: None };
        let value = to_value(&change());
        assert_eq!(value.get("plan"), &Value::Text("yearly".into()));
        assert_eq!(value.get("quantity"), &Value::Number(3.0));
        assert_eq!(value.get("note"), &Value::Missing);
        assert_eq!(from_value::<Change>(value), Some(change()));
        assert_eq!(from_value::<Change>(Value::Record(Vec::new())), None);
    }

    #[test]
    fn what_no_rule_allows_is_other() {
        assert_eq!(to_value(&()), Value::Record(Vec::new()));
        assert_eq!(to_value(&vec![1]), Value::Unreadable);
        let map = std::collections::BTreeMap::from([("list", vec![1])]);
        assert_eq!(to_value(&map).get("list"), &Value::Other);
    }
}
