//! `POST /v1/checkout/sessions`, as far as a session made for Elements needs it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::common::{
    self, AdjustableQuantity, DISCOUNTS, Discount, EXPAND, MOST_ITEMS, PriceData, ShippingOption, TEXT,
};
use super::update::IntentData;
use super::{Change, MetadataChange};
use crate::schema::{Need, Rule, Shape, optional, required};
use crate::version::{Day, Version};

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
    #[serde(rename = "form")]
    Form,
    #[default]
    #[serde(rename = "hosted_page", alias = "hosted")]
    HostedPage,
}

/// What each mode is called, and what it was called before [`Day::UI_MODES_RENAMED`].
const UI_MODES: &[(&str, Option<&str>)] = &[
    ("elements", Some("custom")),
    ("embedded_page", Some("embedded")),
    ("form", None),
    ("hosted_page", Some("hosted")),
];

impl UiMode {
    /// Its name in an API version. A form made by a later version keeps its name in earlier ones.
    pub fn name(self, version: Version) -> &'static str {
        let renamed = version.day >= Day::UI_MODES_RENAMED;
        match self {
            Self::Elements if renamed => "elements",
            Self::Elements => "custom",
            Self::EmbeddedPage if renamed => "embedded_page",
            Self::EmbeddedPage => "embedded",
            Self::Form => "form",
            Self::HostedPage if renamed => "hosted_page",
            Self::HostedPage => "hosted",
        }
    }
}

/// The parameters.
#[derive(Debug, Clone, Deserialize)]
#[serde(default)]
#[derive(Default)]
#[allow(missing_docs)]
pub struct Create {
    pub adaptive_pricing: Option<Value>,
    pub allow_promotion_codes: Option<bool>,
    pub allowed_payment_method_types: Option<Vec<String>>,
    pub automatic_tax: Option<Enabled>,
    pub billing_address_collection: Option<String>,
    pub cancel_url: Option<String>,
    pub client_reference_id: Option<String>,
    pub currency: Option<String>,
    pub customer: Option<String>,
    pub customer_creation: Option<String>,
    pub customer_email: Option<String>,
    pub discounts: Vec<Discount>,
    pub expand: Vec<String>,
    pub expires_at: Option<i64>,
    pub integration_identifier: Option<String>,
    pub line_items: Vec<LineItem>,
    pub locale: Option<String>,
    pub metadata: MetadataChange,
    pub mode: Mode,
    pub payment_intent_data: Option<IntentData>,
    pub payment_method_collection: Option<String>,
    pub payment_method_types: Option<Vec<String>>,
    pub permissions: Option<Permissions>,
    pub phone_number_collection: Option<Enabled>,
    pub redirect_on_completion: Option<String>,
    pub return_url: Option<String>,
    pub saved_payment_method_options: Option<Value>,
    pub shipping_address_collection: Option<AddressCollection>,
    pub shipping_options: Vec<ShippingOption>,
    pub submit_type: Option<String>,
    pub subscription_data: Option<SubscriptionData>,
    pub success_url: Option<String>,
    pub tax_id_collection: Option<TaxIdCollection>,
    pub ui_mode: UiMode,
    pub wallet_options: Option<Value>,
}

/// A switch.
#[derive(Debug, Clone, Copy, Deserialize)]
#[allow(missing_docs)]
pub struct Enabled {
    pub enabled: bool,
}

/// Whether customers are asked for a tax id.
#[derive(Debug, Clone, Deserialize)]
#[allow(missing_docs)]
pub struct TaxIdCollection {
    pub enabled: bool,
    pub required: Option<String>,
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
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Permissions {
    /// `client_only` or `server_only`; of the beta.
    pub update_discounts: Option<String>,
    /// `client_only` or `server_only`; of the beta.
    pub update_line_items: Option<String>,
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
    pub trial_end: Option<i64>,
    pub trial_period_days: Option<u32>,
}

const ENABLED: Rule = Rule::Object(&Shape { fields: &[required("enabled", Rule::Boolean)], needs: &[] });

const UI_MODE: Rule = Rule::Renamed(Day::UI_MODES_RENAMED, UI_MODES);

const WHO: Rule = Rule::OneOf(&["client_only", "server_only"]);
const SWITCH: Rule = Rule::OneOf(&["disabled", "enabled"]);

/// The table.
pub const CREATE: Shape = Shape {
    fields: &[
        optional(
            "adaptive_pricing",
            Rule::Object(&Shape { fields: &[optional("enabled", Rule::Boolean)], needs: &[] }),
        ),
        optional("after_expiration", Rule::LeftOut),
        optional("allow_promotion_codes", Rule::Boolean),
        optional(
            "allowed_payment_method_types",
            Rule::Since(Day::ENDIVE, Some(&Rule::NonEmptyList(&Rule::OneOf(PAYMENT_METHODS), 100)), None),
        ),
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
        optional("customer", TEXT),
        optional("customer_account", Rule::LeftOut),
        optional("customer_creation", Rule::OneOf(&["always", "if_required"])),
        optional("customer_email", Rule::Email),
        optional("customer_update", Rule::LeftOut),
        optional("discounts", DISCOUNTS),
        optional("excluded_payment_method_types", Rule::LeftOut),
        EXPAND,
        optional("expires_at", Rule::Time),
        optional("integration_identifier", Rule::Text(200)),
        optional("invoice_creation", Rule::LeftOut),
        required("line_items", Rule::NonEmptyList(&Rule::Object(&LINE_ITEM), 100)),
        optional(
            "locale",
            Rule::Since(Day::INTENT_DATA_UPDATES, Some(&Rule::OneOf(LOCALES)), Some(&Rule::OneOf(LOCALES_BEFORE))),
        ),
        optional("managed_payments", Rule::LeftOut),
        optional("metadata", Rule::Metadata),
        required("mode", Rule::OneOf(&["payment", "subscription"])),
        optional("name_collection", Rule::LeftOut),
        optional("optional_items", Rule::LeftOut),
        optional("origin_context", Rule::LeftOut),
        optional("payment_intent_data", Rule::Object(&PAYMENT_INTENT_DATA)),
        optional("payment_method_collection", Rule::OneOf(&["always", "if_required"])),
        optional("payment_method_configuration", Rule::LeftOut),
        optional("payment_method_data", Rule::LeftOut),
        optional("payment_method_options", Rule::LeftOut),
        optional(
            "payment_method_types",
            Rule::Since(Day::ENDIVE, None, Some(&Rule::List(&Rule::OneOf(PAYMENT_METHODS_BEFORE), 100))),
        ),
        optional(
            "permissions",
            Rule::Object(&Shape {
                fields: &[
                    optional("update_discounts", Rule::Beta(&WHO)),
                    optional("update_line_items", Rule::Beta(&WHO)),
                    optional("update_shipping_details", WHO),
                ],
                needs: &[],
            }),
        ),
        optional("phone_number_collection", ENABLED),
        optional("redirect_on_completion", Rule::OneOf(&["always", "if_required", "never"])),
        optional("return_url", Rule::Url),
        optional(
            "saved_payment_method_options",
            Rule::Object(&Shape {
                fields: &[
                    optional(
                        "allow_redisplay_filters",
                        Rule::List(&Rule::OneOf(&["always", "limited", "unspecified"]), 3),
                    ),
                    optional("payment_method_remove", SWITCH),
                    optional("payment_method_save", SWITCH),
                ],
                needs: &[],
            }),
        ),
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
        optional(
            "tax_id_collection",
            Rule::Object(&Shape {
                fields: &[
                    required("enabled", Rule::Boolean),
                    optional("required", Rule::OneOf(&["if_supported", "never"])),
                ],
                needs: &[],
            }),
        ),
        optional("ui_mode", UI_MODE),
        optional(
            "wallet_options",
            Rule::Object(&Shape {
                fields: &[optional(
                    "link",
                    Rule::Object(&Shape {
                        fields: &[optional("display", Rule::OneOf(&["auto", "never"]))],
                        needs: &[],
                    }),
                )],
                needs: &[],
            }),
        ),
    ],
    needs: &[],
};

const LINE_ITEM: Shape = Shape {
    fields: &[
        optional("adjustable_quantity", Rule::Object(&common::ADJUSTABLE_QUANTITY)),
        optional("dynamic_tax_rates", Rule::Since(Day::DYNAMIC_TAX_RATES_GONE, None, Some(&Rule::LeftOut))),
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
        optional("billing_cycle_anchor_config", Rule::Since(Day::ANCHOR_CONFIG, Some(&ANCHOR_CONFIG), None)),
        optional("billing_mode", Rule::LeftOut),
        optional("default_tax_rates", Rule::LeftOut),
        optional("description", Rule::Text(500)),
        optional("invoice_settings", Rule::LeftOut),
        optional("metadata", Rule::Metadata),
        optional("on_behalf_of", Rule::LeftOut),
        optional("pending_invoice_item_interval", Rule::LeftOut),
        optional("proration_behavior", Rule::LeftOut),
        optional("transfer_data", Rule::LeftOut),
        optional("trial_end", Rule::Time),
        optional("trial_period_days", Rule::Integer(1, common::MOST_TRIAL_DAYS)),
        optional("trial_settings", Rule::LeftOut),
    ],
    needs: &[Need::AtMostOne(&["trial_end", "trial_period_days"])],
};

const ANCHOR_CONFIG: Rule = Rule::Object(&Shape {
    fields: &[
        required("day_of_month", Rule::Integer(1, 31)),
        optional("hour", Rule::Integer(0, 23)),
        optional("minute", Rule::Integer(0, 59)),
        optional("month", Rule::Integer(1, 12)),
        optional("second", Rule::Integer(0, 59)),
    ],
    needs: &[],
});

const LOCALES_BEFORE: &[&str] = &[
    "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hr", "hu",
    "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sl", "sv",
    "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
];

/// With `hi-IN`.
const LOCALES: &[&str] = &[
    "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA", "hi-IN",
    "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru", "sk",
    "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
];

const PAYMENT_METHODS_BEFORE: &[&str] = &[
    "acss_debit",
    "affirm",
    "afterpay_clearpay",
    "alipay",
    "alma",
    "amazon_pay",
    "au_becs_debit",
    "bacs_debit",
    "bancontact",
    "billie",
    "bizum",
    "blik",
    "boleto",
    "card",
    "cashapp",
    "crypto",
    "customer_balance",
    "eps",
    "fpx",
    "giropay",
    "grabpay",
    "ideal",
    "kakao_pay",
    "klarna",
    "konbini",
    "kr_card",
    "link",
    "mb_way",
    "mobilepay",
    "multibanco",
    "naver_pay",
    "nz_bank_account",
    "oxxo",
    "p24",
    "pay_by_bank",
    "payco",
    "paynow",
    "paypal",
    "payto",
    "pix",
    "promptpay",
    "revolut_pay",
    "samsung_pay",
    "satispay",
    "scalapay",
    "sepa_debit",
    "sofort",
    "sunbit",
    "swish",
    "twint",
    "upi",
    "us_bank_account",
    "wechat_pay",
    "zip",
];

/// With `paypay` and `sequra`.
const PAYMENT_METHODS: &[&str] = &[
    "acss_debit",
    "affirm",
    "afterpay_clearpay",
    "alipay",
    "alma",
    "amazon_pay",
    "au_becs_debit",
    "bacs_debit",
    "bancontact",
    "billie",
    "bizum",
    "blik",
    "boleto",
    "card",
    "cashapp",
    "crypto",
    "customer_balance",
    "eps",
    "fpx",
    "giropay",
    "grabpay",
    "ideal",
    "kakao_pay",
    "klarna",
    "konbini",
    "kr_card",
    "link",
    "mb_way",
    "mobilepay",
    "multibanco",
    "naver_pay",
    "nz_bank_account",
    "oxxo",
    "p24",
    "pay_by_bank",
    "payco",
    "paynow",
    "paypal",
    "paypay",
    "payto",
    "pix",
    "promptpay",
    "revolut_pay",
    "samsung_pay",
    "satispay",
    "scalapay",
    "sepa_debit",
    "sequra",
    "sofort",
    "sunbit",
    "swish",
    "twint",
    "upi",
    "us_bank_account",
    "wechat_pay",
    "zip",
];

/// Whether a payment method can send the customer away, to a page that sends them back. Cards, Link, debits and
/// vouchers stay where they are.
pub fn redirects(method: &str) -> bool {
    const STAY: &[&str] = &[
        "acss_debit",
        "au_becs_debit",
        "bacs_debit",
        "boleto",
        "card",
        "customer_balance",
        "konbini",
        "link",
        "multibanco",
        "nz_bank_account",
        "oxxo",
        "sepa_debit",
        "us_bank_account",
    ];
    !STAY.contains(&method)
}
