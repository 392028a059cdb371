//! `POST /v1/checkout/sessions/:id`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::common::{
    self, AdjustableQuantity, DISCOUNTS, Discount, EXPAND, MOST_ITEMS, MOST_TRIAL_DAYS, PriceData, ShippingDetails,
    ShippingOption, TEXT,
};
use super::{Change, MetadataChange};
use crate::schema::{Need, Rule, Shape, optional};
use crate::version::Day;

/// The parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Update {
    pub collected_information: Option<CollectedInformation>,
    pub expand: Vec<String>,
    pub line_items: Option<Vec<LineItem>>,
    pub metadata: MetadataChange,
    pub payment_intent_data: Option<IntentData>,
    pub shipping_options: Change<Vec<ShippingOption>>,
    pub customer: Option<String>,
    pub discounts: Change<Vec<Discount>>,
    pub subscription_data: Option<Trial>,
}

impl Update {
    /// The names of what was sent, but for `expand`, which changes nothing.
    pub fn sent(&self) -> Vec<&'static str> {
        let all = [
            ("collected_information", self.collected_information.is_some()),
            ("customer", self.customer.is_some()),
            ("discounts", self.discounts != Change::Keep),
            ("line_items", self.line_items.is_some()),
            ("metadata", self.metadata != Change::Keep),
            ("payment_intent_data", self.payment_intent_data.is_some()),
            ("shipping_options", self.shipping_options != Change::Keep),
            ("subscription_data", self.subscription_data.is_some()),
        ];
        all.into_iter().filter(|(_, sent)| *sent).map(|(name, _)| name).collect()
    }
}

/// A subscription's trial, in `subscription_data`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Trial {
    pub trial_end: Change<i64>,
    pub trial_period_days: Change<u32>,
}

/// What the server has collected about the customer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[allow(missing_docs)]
pub struct CollectedInformation {
    pub shipping_details: Option<ShippingDetails>,
}

/// One of the retransmitted `line_items`: kept by `id`, changed by what else is sent, added where there is no `id`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct LineItem {
    pub id: Option<String>,
    pub adjustable_quantity: Option<AdjustableQuantity>,
    pub metadata: MetadataChange,
    pub price: Option<String>,
    pub price_data: Option<PriceData>,
    pub quantity: Option<u64>,
    pub tax_rates: Change<Vec<String>>,
}

/// A subset of what is applied to the payment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct IntentData {
    pub description: Change<String>,
    pub metadata: Change<BTreeMap<String, Option<String>>>,
    pub setup_future_usage: Change<String>,
    pub statement_descriptor: Change<String>,
    pub statement_descriptor_suffix: Change<String>,
}

/// The table.
pub const UPDATE: Shape = Shape {
    fields: &[
        optional(
            "collected_information",
            Rule::Object(&Shape { fields: &[optional("shipping_details", common::SHIPPING_DETAILS)], needs: &[] }),
        ),
        EXPAND,
        optional("line_items", Rule::NonEmptyList(&Rule::Object(&LINE_ITEM), 100)),
        optional("metadata", Rule::Metadata),
        optional("customer", Rule::Preview(Day::SERVER_UPDATES, &TEXT)),
        optional("discounts", Rule::Preview(Day::SERVER_UPDATES, &Rule::Clearable(&DISCOUNTS))),
        optional(
            "payment_intent_data",
            Rule::Since(
                Day::INTENT_DATA_UPDATES,
                Some(&Rule::Object(&INTENT_DATA)),
                Some(&Rule::Preview(Day::ENDIVE, &Rule::Object(&INTENT_DATA))),
            ),
        ),
        optional("shipping_options", Rule::Clearable(&Rule::List(&common::SHIPPING_OPTION, 5))),
        optional("subscription_data", Rule::Preview(Day::SERVER_UPDATES, &Rule::Object(&SUBSCRIPTION_DATA))),
    ],
    needs: &[],
};

const SUBSCRIPTION_DATA: Shape = Shape {
    fields: &[
        optional("trial_end", Rule::Clearable(&Rule::Time)),
        optional("trial_period_days", Rule::Clearable(&Rule::Integer(1, MOST_TRIAL_DAYS))),
    ],
    needs: &[Need::AtMostOne(&["trial_end", "trial_period_days"])],
};

const LINE_ITEM: Shape = Shape {
    fields: &[
        optional("adjustable_quantity", Rule::Object(&common::ADJUSTABLE_QUANTITY)),
        optional("id", TEXT),
        optional("metadata", Rule::Metadata),
        optional("price", TEXT),
        optional("price_data", Rule::Object(&common::PRICE_DATA)),
        optional("quantity", Rule::Integer(1, MOST_ITEMS)),
        optional("tax_rates", Rule::Clearable(&Rule::List(&TEXT, 5))),
    ],
    needs: &[Need::ExactlyOneUnless(&["price", "price_data"], "id"), Need::Quantity],
};

const INTENT_DATA: Shape = Shape {
    fields: &[
        optional("description", Rule::Clearable(&Rule::Text(1000))),
        optional("metadata", Rule::Metadata),
        optional("setup_future_usage", Rule::Clearable(&Rule::OneOf(&["off_session", "on_session"]))),
        optional("statement_descriptor", Rule::Clearable(&Rule::Text(22))),
        optional("statement_descriptor_suffix", Rule::Clearable(&Rule::Text(22))),
    ],
    needs: &[],
};
