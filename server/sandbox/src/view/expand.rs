//! `expand[]`: which parts of an answer come whole instead of by their id, or at all.

use crate::error::ApiError;

/// Levels that can be expanded.
const DEEPEST: usize = 4;

/// The paths asked for, as far as they lead into the object at hand.
#[derive(Debug, Clone, Default)]
pub struct Expand {
    paths: Vec<String>,
}

/// What can be expanded in a session.
const SESSION: &[&str] = &[
    "discounts.coupon",
    "line_items",
    "line_items.data",
    "line_items.data.discounts",
    "line_items.data.price",
    "line_items.data.price.product",
    "line_items.data.taxes",
    "payment_intent",
    "shipping_cost.shipping_rate",
    "shipping_cost.taxes",
    "shipping_options.shipping_rate",
    "subscription",
    "total_details.breakdown",
];

impl Expand {
    /// Reads the parameter for an answer that is a session, or has sessions or line items under `prefix`.
    fn read(paths: Vec<String>, known: impl Fn(&str) -> bool) -> Result<Self, ApiError> {
        for (index, path) in paths.iter().enumerate() {
            let refuse = |message: String| Err(ApiError::invalid(format!("expand[{index}]"), message));
            if path.split('.').count() > DEEPEST {
                return refuse(format!("You cannot expand more than {DEEPEST} levels of a property."));
            }
            if !known(path) {
                return refuse(format!("This property cannot be expanded ({path})."));
            }
        }
        Ok(Self { paths })
    }

    /// For one session.
    pub fn session(paths: Vec<String>) -> Result<Self, ApiError> {
        Self::read(paths, |path| SESSION.contains(&path))
    }

    /// For a list of sessions: every path begins with `data`.
    pub fn sessions(paths: Vec<String>) -> Result<Self, ApiError> {
        let all = Self::read(paths, |path| path.strip_prefix("data.").is_some_and(|inner| SESSION.contains(&inner)))?;
        Ok(all.inner("data"))
    }

    /// For a list of line items: every path begins with `data`.
    pub fn line_items(paths: Vec<String>) -> Result<Self, ApiError> {
        let all = Self::read(paths, |path| SESSION.contains(&format!("line_items.{path}").as_str()))?;
        Ok(all.inner("data"))
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
