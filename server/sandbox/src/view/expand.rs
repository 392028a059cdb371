//! `expand[]`: which parts of an answer come whole instead of by their id, or at all.

use super::expandable::EXPANDABLE;
use crate::error::ApiError;

/// Levels that can be expanded.
const DEEPEST: usize = 4;

/// The paths asked for, as far as they lead into the object at hand.
#[derive(Debug, Clone, Default)]
pub struct Expand {
    paths: Vec<String>,
}

/// Whether every step of `path` is a field that can be expanded, the first of them in `object`. What is null, or here
/// already, can be asked for like everything else, and stays as it is.
fn leads_somewhere(path: &str, object: &str) -> bool {
    let mut object = object;
    path.split('.').all(|step| {
        let fields = EXPANDABLE.iter().find(|(name, _)| *name == object).map(|(_, fields)| *fields);
        let found = fields.unwrap_or_default().iter().find(|(field, _)| *field == step);
        object = found.map_or("", |(_, inner)| inner);
        found.is_some()
    })
}

impl Expand {
    /// Reads the parameter for an answer that is an `object`.
    fn read(paths: Vec<String>, object: &str) -> Result<Self, ApiError> {
        for (index, path) in paths.iter().enumerate() {
            let param = format!("expand[{index}]");
            if path.split('.').count() > DEEPEST {
                let message = format!("You cannot expand more than {DEEPEST} levels of a property. Property: {path}");
                return Err(ApiError::parameter("property_expansion_max_depth", param, message));
            }
            if !leads_somewhere(path, object) {
                return Err(ApiError::invalid(param, format!("This property cannot be expanded ({path}).")));
            }
        }
        Ok(Self { paths })
    }

    /// For one session.
    pub fn session(paths: Vec<String>) -> Result<Self, ApiError> {
        Self::read(paths, "checkout.session")
    }

    /// For a list of sessions: every path begins with `data`.
    pub fn sessions(paths: Vec<String>) -> Result<Self, ApiError> {
        Self::read(paths, "list of sessions").map(|all| all.inner("data"))
    }

    /// For a list of line items: every path begins with `data`.
    pub fn line_items(paths: Vec<String>) -> Result<Self, ApiError> {
        Self::read(paths, "list").map(|all| all.inner("data"))
    }

    /// Whether `name` is to be expanded, itself or something in it.
    pub fn wants(&self, name: &str) -> bool {
        self.paths.iter().any(|path| path.split('.').next() == Some(name))
    }

    /// What is to be expanded inside `name`.
    pub fn inner(&self, name: &str) -> Self {
        let inner = self.paths.iter().filter_map(|path| path.strip_prefix(name)?.strip_prefix('.'));
        Self { paths: inner.map(str::to_owned).collect() }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_json::Value;

    use super::*;

    const OPENAPI: &str =
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/sandbox/checkout-sessions.openapi.json"));

    /// The object that a property holds, alone, in an array or by name.
    fn object_in(property: &Value) -> &str {
        if let Some(reference) = property["$ref"].as_str() {
            return reference.rsplit('/').next().unwrap();
        }
        let inner = [&property["anyOf"][0], &property["items"], &property["additionalProperties"]];
        inner.into_iter().find(|inner| inner.is_object()).map_or("", object_in)
    }

    fn names(schema: &Value) -> Vec<&str> {
        schema["x-expandableFields"].as_array().into_iter().flatten().map(|name| name.as_str().unwrap()).collect()
    }

    #[test]
    fn the_table_is_that_of_the_description() {
        let api: Value = serde_json::from_str(OPENAPI).unwrap();
        let schemas = &api["components"]["schemas"];
        let line_items = &schemas["checkout.session"]["properties"]["line_items"];
        assert_eq!(names(line_items), ["data"]);
        let mut described = BTreeMap::from([
            ("list", BTreeSet::from([("data", object_in(&line_items["properties"]["data"]))])),
            ("list of sessions", BTreeSet::from([("data", "checkout.session")])),
        ]);
        let mut left = vec!["checkout.session", "item"];
        while let Some(object) = left.pop() {
            let fields = names(&schemas[object]).into_iter().map(|name| {
                let inner = object_in(&schemas[object]["properties"][name]);
                match (name, names(&schemas[inner]).is_empty()) {
                    ("line_items", _) => (name, "list"),
                    (_, true) => (name, ""),
                    (_, false) => (name, inner),
                }
            });
            let fields = fields.collect::<BTreeSet<_>>();
            left.extend(fields.iter().map(|(_, inner)| *inner).filter(|inner| !described.contains_key(inner)));
            described.insert(object, fields);
        }
        described.remove("");
        let ours = EXPANDABLE.iter().map(|(object, fields)| (*object, fields.iter().copied().collect()));
        assert_eq!(ours.collect::<BTreeMap<_, BTreeSet<_>>>(), described);
    }
}
