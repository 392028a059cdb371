//! What creating and updating a session have in common.

use serde::{Deserialize, Serialize};

use super::MetadataChange;
use crate::catalogue::{Duration, Percentage};
use crate::money::MOST_ANYWHERE;
use crate::schema::{Field, Need, Rule, Shape, optional, required};
use crate::version::Day;

/// The longest text where the API sets no shorter limit.
pub const LONG: usize = 5000;
/// The highest quantity.
pub const MOST_ITEMS: i64 = 999_999;

/// How often a price is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Interval {
    Day,
    Week,
    Month,
    Year,
}

/// Whether an amount has its tax in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum TaxBehavior {
    Exclusive,
    Inclusive,
    #[default]
    Unspecified,
}

/// The recurring part of a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recurring {
    /// The unit.
    pub interval: Interval,
    /// How many units.
    #[serde(default = "one")]
    pub interval_count: u32,
}

fn one() -> u32 {
    1
}

/// Bounds on what a customer may change a quantity to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct AdjustableQuantity {
    /// Whether the customer may.
    pub enabled: bool,
    /// At most; 99 where it was not set.
    pub maximum: Option<u64>,
    /// At least; 0 where it was not set.
    pub minimum: Option<u64>,
}

/// A price made for one line item.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[allow(missing_docs)]
pub struct PriceData {
    pub currency: String,
    pub product: Option<String>,
    pub product_data: Option<ProductData>,
    pub recurring: Option<Recurring>,
    #[serde(default)]
    pub tax_behavior: TaxBehavior,
    pub unit_amount: Option<i64>,
    pub unit_amount_decimal: Option<String>,
}

/// A product made for one line item.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[allow(missing_docs)]
pub struct ProductData {
    pub name: String,
    pub description: Option<String>,
    #[serde(default)]
    pub images: Vec<String>,
    #[serde(default)]
    pub metadata: MetadataChange,
    pub tax_code: Option<String>,
    pub tax_details: Option<TaxDetails>,
    pub unit_label: Option<String>,
}

/// What else taxes depend on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TaxDetails {
    /// Where a performance takes place.
    pub performance_location: Option<String>,
    /// `txcd_…`
    pub tax_code: Option<String>,
}

/// One of `shipping_options`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[allow(missing_docs)]
pub struct ShippingOption {
    pub shipping_rate: Option<String>,
    pub shipping_rate_data: Option<ShippingRateData>,
}

/// One of `discounts`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[allow(missing_docs)]
pub struct Discount {
    pub coupon: Option<String>,
    pub coupon_data: Option<CouponData>,
    pub promotion_code: Option<String>,
}

/// A coupon made for one session; in preview.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[allow(missing_docs)]
pub struct CouponData {
    pub amount_off: Option<i64>,
    pub currency: Option<String>,
    #[serde(default)]
    pub duration: Duration,
    pub name: Option<String>,
    pub percent_off: Option<Percentage>,
}

/// A shipping rate made for one session.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[allow(missing_docs)]
pub struct ShippingRateData {
    pub display_name: String,
    pub delivery_estimate: Option<DeliveryEstimate>,
    pub fixed_amount: Option<FixedAmount>,
    #[serde(default)]
    pub metadata: MetadataChange,
    #[serde(default)]
    pub tax_behavior: TaxBehavior,
    pub tax_code: Option<String>,
}

/// How long shipping takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct DeliveryEstimate {
    pub maximum: Option<Estimate>,
    pub minimum: Option<Estimate>,
}

/// A bound of a [`DeliveryEstimate`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    /// `business_day`, `day`, `hour`, `month` or `week`.
    pub unit: String,
    /// How many.
    pub value: u64,
}

/// What shipping costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixedAmount {
    /// In minor units.
    pub amount: i64,
    /// Lower case.
    pub currency: String,
    /// In other currencies.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub currency_options: std::collections::BTreeMap<String, CurrencyOption>,
}

/// What shipping costs in another currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrencyOption {
    /// In minor units.
    pub amount: i64,
    /// Whether the tax is in it.
    #[serde(default)]
    pub tax_behavior: TaxBehavior,
}

/// A name and where that person lives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShippingDetails {
    /// Where.
    pub address: Address,
    /// Who.
    pub name: String,
}

/// An address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Address {
    pub city: Option<String>,
    pub country: String,
    pub line1: String,
    pub line2: Option<String>,
    pub postal_code: Option<String>,
    pub state: Option<String>,
}

/// An id or another text without a limit of its own.
pub const TEXT: Rule = Rule::Text(LONG);
const TAX_BEHAVIOR: Rule = Rule::OneOf(&["exclusive", "inclusive", "unspecified"]);

/// `expand`.
pub const EXPAND: Field = optional("expand", Rule::List(&TEXT, 20));

/// The longest trial, in days.
pub const MOST_TRIAL_DAYS: i64 = 730;

/// `discounts`.
pub const DISCOUNTS: Rule = Rule::List(&DISCOUNT, 1);

const DISCOUNT: Rule = Rule::Object(&Shape {
    fields: &[
        optional("coupon", TEXT),
        optional("coupon_data", Rule::Preview(Day::SERVER_UPDATES, &COUPON_DATA)),
        optional("promotion_code", TEXT),
    ],
    needs: &[Need::ExactlyOne(&["coupon", "promotion_code", "coupon_data"])],
});

const COUPON_DATA: Rule = Rule::Object(&Shape {
    fields: &[
        optional("amount_off", Rule::Integer(1, MOST_ANYWHERE)),
        optional("currency", Rule::Currency),
        optional("duration", Rule::OneOf(&["forever", "once"])),
        optional("name", Rule::Text(40)),
        optional("percent_off", Rule::Percentage),
    ],
    needs: &[Need::ExactlyOne(&["amount_off", "percent_off"]), Need::Together("amount_off", "currency")],
});

/// `adjustable_quantity`.
pub const ADJUSTABLE_QUANTITY: Shape = Shape {
    fields: &[
        required("enabled", Rule::Boolean),
        optional("maximum", Rule::Integer(1, MOST_ITEMS)),
        optional("minimum", Rule::Integer(0, MOST_ITEMS)),
    ],
    needs: &[Need::Ordered("minimum", "maximum")],
};

/// `price_data`.
pub const PRICE_DATA: Shape = Shape {
    fields: &[
        required("currency", Rule::Currency),
        optional("product", TEXT),
        optional("product_data", Rule::Object(&PRODUCT_DATA)),
        optional("recurring", Rule::Object(&RECURRING)),
        optional("tax_behavior", TAX_BEHAVIOR),
        optional("unit_amount", Rule::Integer(0, MOST_ANYWHERE)),
        optional("unit_amount_decimal", Rule::Amount(MOST_ANYWHERE)),
    ],
    needs: &[
        Need::ExactlyOne(&["product", "product_data"]),
        Need::ExactlyOne(&["unit_amount", "unit_amount_decimal"]),
        Need::AmountOfCurrency("unit_amount"),
        Need::AmountOfCurrency("unit_amount_decimal"),
    ],
};

const PRODUCT_DATA: Shape = Shape {
    fields: &[
        required("name", TEXT),
        optional("description", Rule::Text(40_000)),
        optional("images", Rule::List(&Rule::Url, 8)),
        optional("metadata", Rule::Metadata),
        optional("tax_code", TEXT),
        optional("tax_details", Rule::Since(Day::ENDIVE, Some(&TAX_DETAILS), None)),
        optional("unit_label", Rule::Text(12)),
    ],
    needs: &[],
};

const TAX_DETAILS: Rule = Rule::Object(&Shape {
    fields: &[optional("performance_location", TEXT), optional("tax_code", Rule::Clearable(&TEXT))],
    needs: &[],
});

const RECURRING: Shape = Shape {
    fields: &[
        required("interval", Rule::OneOf(&["day", "month", "week", "year"])),
        optional("interval_count", Rule::Integer(1, 1095)),
    ],
    needs: &[Need::ThreeYears],
};

/// One of `shipping_options`.
pub const SHIPPING_OPTION: Rule = Rule::Object(&Shape {
    fields: &[optional("shipping_rate", TEXT), optional("shipping_rate_data", Rule::Object(&SHIPPING_RATE_DATA))],
    needs: &[Need::ExactlyOne(&["shipping_rate", "shipping_rate_data"])],
});

const SHIPPING_RATE_DATA: Shape = Shape {
    fields: &[
        required("display_name", Rule::Text(100)),
        optional("delivery_estimate", Rule::Object(&DELIVERY_ESTIMATE)),
        // The type decides what is needed, and there is only one type, which is also what is meant where none is sent.
        required("fixed_amount", Rule::Object(&FIXED_AMOUNT)),
        optional("metadata", Rule::Metadata),
        optional("tax_behavior", TAX_BEHAVIOR),
        optional("tax_code", TEXT),
        optional("type", Rule::OneOf(&["fixed_amount"])),
    ],
    needs: &[],
};

const DELIVERY_ESTIMATE: Shape = Shape {
    fields: &[
        optional("maximum", Rule::Clearable(&Rule::Object(&ESTIMATE))),
        optional("minimum", Rule::Clearable(&Rule::Object(&ESTIMATE))),
    ],
    needs: &[],
};

const ESTIMATE: Shape = Shape {
    fields: &[
        required("unit", Rule::OneOf(&["business_day", "day", "hour", "month", "week"])),
        required("value", Rule::Integer(1, MOST_ITEMS)),
    ],
    needs: &[],
};

const FIXED_AMOUNT: Shape = Shape {
    fields: &[
        required("amount", Rule::Integer(0, MOST_ANYWHERE)),
        required("currency", Rule::Currency),
        optional(
            "currency_options",
            Rule::ByCurrency(&Rule::Object(&Shape {
                fields: &[required("amount", Rule::Integer(0, MOST_ANYWHERE)), optional("tax_behavior", TAX_BEHAVIOR)],
                needs: &[],
            })),
        ),
    ],
    needs: &[Need::AmountOfCurrency("amount")],
};

/// `shipping_details`.
pub const SHIPPING_DETAILS: Rule = Rule::Object(&Shape {
    fields: &[required("address", Rule::Object(&ADDRESS)), required("name", Rule::Text(255))],
    needs: &[],
});

const ADDRESS: Shape = Shape {
    fields: &[
        optional("city", TEXT),
        required("country", Rule::Country),
        required("line1", TEXT),
        // The clients send it empty where it is null.
        optional("line2", Rule::Clearable(&TEXT)),
        optional("postal_code", TEXT),
        optional("state", TEXT),
    ],
    needs: &[],
};
