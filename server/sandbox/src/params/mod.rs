//! The parameters of each endpoint: a table for the validator, and the types that a valid request is read into.

pub mod common;
#[cfg(test)]
mod conformance;
pub mod create;
pub mod customer;
pub mod list;
pub mod update;

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use crate::error::ApiError;
use crate::form::{self, Param};
use crate::schema::{self, Shape};
use crate::version::Version;

/// What a request says about a parameter that can be cleared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// Nothing was sent.
    #[default]
    Keep,
    /// It was sent empty.
    Clear,
    /// A new value.
    Set(T),
}

impl<T> Change<T> {
    /// The new value, if there is one.
    pub fn set(self) -> Option<T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Clear => None,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Change<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

/// Key-value pairs to merge; `None` unsets a key.
pub type MetadataChange = Change<BTreeMap<String, Option<String>>>;

/// A request's parameters: as they were sent, for comparing, and as they were read.
pub fn read<T: DeserializeOwned>(shape: &Shape, params: &Param, version: Version) -> Result<T, ApiError> {
    let checked = schema::check(shape, params, version)?;
    // The types mirror the tables, so this fails only where the two have drifted apart: a test reads every parameter.
    serde_json::from_value(checked).map_err(|error| {
        tracing::error!(%error, "a valid request could not be read");
        ApiError::internal()
    })
}

/// The same, from an encoded body or query string.
pub fn read_encoded<T: DeserializeOwned>(shape: &Shape, encoded: &[u8], version: Version) -> Result<T, ApiError> {
    read(shape, &form::parse(encoded)?, version)
}
