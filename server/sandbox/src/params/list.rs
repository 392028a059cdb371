//! The lists: sessions, and the line items of one.

use serde::Deserialize;

use super::common::{EXPAND, TEXT};
use crate::schema::{Need, Rule, Shape, optional, required};

/// Where a page of a list begins and how long it is.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Page {
    pub ending_before: Option<String>,
    pub expand: Vec<String>,
    pub limit: Option<usize>,
    pub starting_after: Option<String>,
}

/// Which sessions to list.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Filter {
    pub created: Option<Range>,
    pub customer: Option<String>,
    pub customer_account: Option<String>,
    pub customer_details: Option<CustomerDetails>,
    pub payment_intent: Option<String>,
    pub payment_link: Option<String>,
    pub status: Option<String>,
    pub subscription: Option<String>,
    #[serde(flatten)]
    pub page: Page,
}

/// A range of times.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
#[allow(missing_docs)]
pub enum Range {
    At(i64),
    Within { gt: Option<i64>, gte: Option<i64>, lt: Option<i64>, lte: Option<i64> },
}

impl Range {
    /// Whether `time` is in it.
    pub fn contains(&self, time: i64) -> bool {
        match *self {
            Self::At(at) => time == at,
            Self::Within { gt, gte, lt, lte } => {
                gt.is_none_or(|bound| time > bound)
                    && gte.is_none_or(|bound| time >= bound)
                    && lt.is_none_or(|bound| time < bound)
                    && lte.is_none_or(|bound| time <= bound)
            }
        }
    }
}

/// A customer, by e-mail address.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs)]
pub struct CustomerDetails {
    pub email: String,
}

const LIMIT: Rule = Rule::Integer(1, 100);

const RANGE: Shape = Shape {
    fields: &[
        optional("gt", Rule::Time),
        optional("gte", Rule::Time),
        optional("lt", Rule::Time),
        optional("lte", Rule::Time),
    ],
    needs: &[],
};

/// `GET /v1/checkout/sessions`.
pub const SESSIONS: Shape = Shape {
    fields: &[
        optional("created", Rule::Either(&Rule::Time, &RANGE)),
        optional("customer", TEXT),
        optional("customer_account", TEXT),
        optional("customer_details", Rule::Object(&Shape { fields: &[required("email", Rule::Email)], needs: &[] })),
        optional("ending_before", TEXT),
        EXPAND,
        optional("limit", LIMIT),
        optional("payment_intent", TEXT),
        optional("payment_link", TEXT),
        optional("starting_after", TEXT),
        optional("status", Rule::OneOf(&["complete", "expired", "open"])),
        optional("subscription", TEXT),
    ],
    needs: &[Need::AtMostOne(&["ending_before", "starting_after"])],
};

/// `GET /v1/checkout/sessions/:id/line_items`.
pub const LINE_ITEMS: Shape = Shape {
    fields: &[optional("ending_before", TEXT), EXPAND, optional("limit", LIMIT), optional("starting_after", TEXT)],
    needs: &[Need::AtMostOne(&["ending_before", "starting_after"])],
};

/// What takes `expand` and nothing else: retrieving and expiring a session.
pub const EXPAND_ONLY: Shape = Shape { fields: &[EXPAND], needs: &[] };

/// What `EXPAND_ONLY` is read into.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct ExpandOnly {
    pub expand: Vec<String>,
}
