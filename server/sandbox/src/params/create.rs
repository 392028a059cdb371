//! `POST /v1/checkout/sessions`, as far as a session made for Elements needs it.

use serde::{Deserialize, Serialize};

use super::common::{self, AdjustableQuantity, EXPAND, MOST_ITEMS, PriceData, ShippingOption, TEXT};
use super::update::IntentData;
use super::{Change, MetadataChange};
use crate::schema::{Need, Rule, Shape, optional, required};
use crate::version::Version;

/// What a session is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Mode {
    #[default]
    Payment,
    Subscription,
}

/// Who shows the checkout. Each mode has the name of today and the one before 2026-03-25.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[allow(missing_docs)]
pub enum UiMode {
    #[serde(rename = "elements", alias = "custom")]
    Elements,
    #[serde(rename = "embedded_page", alias = "embedded")]
    EmbeddedPage,
    #[default]
    #[serde(rename = "hosted_page", alias = "hosted")]
    HostedPage,
}

/// The parameters.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
#[derive(Default)]
#[allow(missing_docs)]
pub struct Create {
    pub allow_promotion_codes: Option<bool>,
    pub automatic_tax: Option<Enabled>,
    pub billing_address_collection: Option<String>,
    pub cancel_url: Option<String>,
    pub client_reference_id: Option<String>,
    pub currency: Option<String>,
    pub customer_creation: Option<String>,
    pub customer_email: Option<String>,
    pub discounts: Vec<Discount>,
    pub expand: Vec<String>,
    pub expires_at: Option<i64>,
    pub line_items: Vec<LineItem>,
    pub locale: Option<String>,
    pub metadata: MetadataChange,
    pub mode: Mode,
    pub payment_intent_data: Option<IntentData>,
    pub payment_method_types: Option<Vec<String>>,
    pub permissions: Option<Permissions>,
    pub phone_number_collection: Option<Enabled>,
    pub redirect_on_completion: Option<String>,
    pub return_url: Option<String>,
    pub shipping_address_collection: Option<AddressCollection>,
    pub shipping_options: Vec<ShippingOption>,
    pub submit_type: Option<String>,
    pub subscription_data: Option<SubscriptionData>,
    pub success_url: Option<String>,
    pub ui_mode: UiMode,
}

/// A switch.
#[derive(Debug, Clone, Copy, Deserialize)]
#[allow(missing_docs)]
pub struct Enabled {
    pub enabled: bool,
}

/// One of `discounts`.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs)]
pub struct Discount {
    pub coupon: Option<String>,
    pub promotion_code: Option<String>,
}

/// One of `line_items`.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs)]
pub struct LineItem {
    pub adjustable_quantity: Option<AdjustableQuantity>,
    #[serde(default)]
    pub metadata: MetadataChange,
    pub price: Option<String>,
    pub price_data: Option<PriceData>,
    pub quantity: Option<u64>,
    #[serde(default)]
    pub tax_rates: Change<Vec<String>>,
}

/// Who may change what.
#[derive(Debug, Clone, Deserialize)]
pub struct Permissions {
    /// `client_only` or `server_only`.
    pub update_shipping_details: Option<String>,
}

/// Where the shop ships to.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs)]
pub struct AddressCollection {
    pub allowed_countries: Vec<String>,
}

/// What is applied to the subscription.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
#[derive(Default)]
#[allow(missing_docs)]
pub struct SubscriptionData {
    pub description: Option<String>,
    pub metadata: MetadataChange,
}

const ENABLED: Rule = Rule::Object(&Shape { fields: &[required("enabled", Rule::Boolean)], needs: &[] });

const UI_MODE: Rule = Rule::Since(
    Version::UI_MODES_RENAMED,
    &Rule::OneOf(&["elements", "embedded_page", "hosted_page"]),
    Some(&Rule::OneOf(&["custom", "embedded", "hosted"])),
);

/// The table.
pub const CREATE: Shape = Shape {
    fields: &[
        optional("adaptive_pricing", Rule::LeftOut),
        optional("after_expiration", Rule::LeftOut),
        optional("allow_promotion_codes", Rule::Boolean),
        optional(
            "automatic_tax",
            Rule::Object(&Shape {
                fields: &[required("enabled", Rule::Boolean), optional("liability", Rule::LeftOut)],
                needs: &[],
            }),
        ),
        optional("billing_address_collection", Rule::OneOf(&["auto", "required"])),
        optional("branding_settings", Rule::LeftOut),
        optional("cancel_url", Rule::Url),
        optional("client_reference_id", Rule::Text(200)),
        optional("consent_collection", Rule::LeftOut),
        optional("currency", Rule::Currency),
        optional("custom_fields", Rule::LeftOut),
        optional("custom_text", Rule::LeftOut),
        optional("customer", Rule::LeftOut),
        optional("customer_account", Rule::LeftOut),
        optional("customer_creation", Rule::OneOf(&["always", "if_required"])),
        optional("customer_email", Rule::Email),
        optional("customer_update", Rule::LeftOut),
        optional("discounts", Rule::List(&DISCOUNT, 1)),
        optional("excluded_payment_method_types", Rule::LeftOut),
        EXPAND,
        optional("expires_at", Rule::Time),
        optional("integration_identifier", Rule::LeftOut),
        optional("invoice_creation", Rule::LeftOut),
        required("line_items", Rule::NonEmptyList(&Rule::Object(&LINE_ITEM), 100)),
        optional("locale", Rule::OneOf(LOCALES)),
        optional("managed_payments", Rule::LeftOut),
        optional("metadata", Rule::Metadata),
        required("mode", Rule::OneOf(&["payment", "subscription"])),
        optional("name_collection", Rule::LeftOut),
        optional("optional_items", Rule::LeftOut),
        optional("origin_context", Rule::LeftOut),
        optional("payment_intent_data", Rule::Object(&PAYMENT_INTENT_DATA)),
        optional("payment_method_collection", Rule::LeftOut),
        optional("payment_method_configuration", Rule::LeftOut),
        optional("payment_method_data", Rule::LeftOut),
        optional("payment_method_options", Rule::LeftOut),
        optional("payment_method_types", Rule::List(&Rule::OneOf(&["card", "link"]), 2)),
        optional(
            "permissions",
            Rule::Object(&Shape {
                fields: &[optional("update_shipping_details", Rule::OneOf(&["client_only", "server_only"]))],
                needs: &[],
            }),
        ),
        optional("phone_number_collection", ENABLED),
        optional("redirect_on_completion", Rule::OneOf(&["always", "if_required", "never"])),
        optional("return_url", Rule::Url),
        optional("saved_payment_method_options", Rule::LeftOut),
        optional("setup_intent_data", Rule::LeftOut),
        optional(
            "shipping_address_collection",
            Rule::Object(&Shape {
                fields: &[required("allowed_countries", Rule::NonEmptyList(&Rule::Country, 300))],
                needs: &[],
            }),
        ),
        optional("shipping_options", Rule::List(&common::SHIPPING_OPTION, 5)),
        optional("submit_type", Rule::OneOf(&["auto", "book", "donate", "pay", "subscribe"])),
        optional("subscription_data", Rule::Object(&SUBSCRIPTION_DATA)),
        optional("success_url", Rule::Url),
        optional("tax_id_collection", Rule::LeftOut),
        optional("ui_mode", UI_MODE),
        optional("wallet_options", Rule::LeftOut),
    ],
    needs: &[],
};

const DISCOUNT: Rule = Rule::Object(&Shape {
    fields: &[optional("coupon", TEXT), optional("promotion_code", TEXT)],
    needs: &[Need::ExactlyOne(&["coupon", "promotion_code"])],
});

const LINE_ITEM: Shape = Shape {
    fields: &[
        optional("adjustable_quantity", Rule::Object(&common::ADJUSTABLE_QUANTITY)),
        optional("dynamic_tax_rates", Rule::LeftOut),
        optional("metadata", Rule::Metadata),
        optional("price", TEXT),
        optional("price_data", Rule::Object(&common::PRICE_DATA)),
        optional("quantity", Rule::Integer(1, MOST_ITEMS)),
        optional("tax_rates", Rule::List(&TEXT, 5)),
    ],
    // Stripe needs no quantity of metered prices, and there are none.
    needs: &[Need::ExactlyOne(&["price", "price_data"]), Need::Quantity],
};

const PAYMENT_INTENT_DATA: Shape = Shape {
    fields: &[
        optional("application_fee_amount", Rule::LeftOut),
        optional("capture_method", Rule::LeftOut),
        optional("description", Rule::Text(1000)),
        optional("metadata", Rule::Metadata),
        optional("on_behalf_of", Rule::LeftOut),
        optional("receipt_email", Rule::LeftOut),
        optional("setup_future_usage", Rule::OneOf(&["off_session", "on_session"])),
        optional("shipping", Rule::LeftOut),
        optional("statement_descriptor", Rule::Text(22)),
        optional("statement_descriptor_suffix", Rule::Text(22)),
        optional("transfer_data", Rule::LeftOut),
        optional("transfer_group", Rule::LeftOut),
    ],
    needs: &[],
};

const SUBSCRIPTION_DATA: Shape = Shape {
    fields: &[
        optional("application_fee_percent", Rule::LeftOut),
        optional("billing_cycle_anchor", Rule::LeftOut),
        optional("billing_mode", Rule::LeftOut),
        optional("default_tax_rates", Rule::LeftOut),
        optional("description", Rule::Text(500)),
        optional("invoice_settings", Rule::LeftOut),
        optional("metadata", Rule::Metadata),
        optional("on_behalf_of", Rule::LeftOut),
        optional("pending_invoice_item_interval", Rule::LeftOut),
        optional("proration_behavior", Rule::LeftOut),
        optional("transfer_data", Rule::LeftOut),
        optional("trial_end", Rule::LeftOut),
        optional("trial_period_days", Rule::LeftOut),
        optional("trial_settings", Rule::LeftOut),
    ],
    needs: &[],
};

const LOCALES: &[&str] = &[
    "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hr", "hu",
    "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sv",
    "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
];
