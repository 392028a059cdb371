//! A Checkout Session as the sandbox keeps it.

pub mod create;
pub mod line_items;
#[cfg(test)]
mod properties;
pub mod shipping;
pub mod totals;
pub mod update;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::catalogue::{
    Coupon, Customer, Percentage, Price, PriceOption, Product, PromotionCode, ShippingRate, TaxRate,
};
use crate::error::ApiError;
use crate::params::MetadataChange;
use crate::params::common::{AdjustableQuantity, ShippingDetails};
use crate::params::create::{Mode, Permissions, TaxIdCollection, UiMode};
use totals::Totals;

/// The API's limit on keys in one `metadata`.
const METADATA_KEYS: usize = 50;

/// Key-value pairs of the merchant.
pub type Metadata = BTreeMap<String, String>;

/// A session.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Session {
    pub id: String,
    pub client_secret: String,
    pub created: i64,
    pub expires_at: i64,
    pub status: Status,
    pub mode: Mode,
    pub ui_mode: UiMode,
    pub currency: String,
    pub line_items: Vec<LineItem>,
    pub shipping_options: Vec<Arc<ShippingRate>>,
    /// The id of the option that is chosen: the first one until the customer chooses.
    pub shipping_rate: Option<String>,
    pub discount: Option<Discount>,
    pub automatic_tax: bool,
    pub metadata: Metadata,
    pub shipping_details: Option<ShippingDetails>,
    pub customer: Option<Arc<Customer>>,
    pub customer_email: Option<String>,
    pub email: Option<String>,
    pub intent: IntentData,
    /// Before the first bill of a subscription.
    pub trial: Option<Trial>,
    pub settings: Settings,
    /// Recalculated after every change.
    pub totals: Totals,
}

/// Where a session is in its life.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Status {
    Open,
    Complete(Completion),
    Expired,
}

impl Status {
    /// As the API writes it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Complete(_) => "complete",
            Self::Expired => "expired",
        }
    }
}

/// What completing a session made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Completion {
    pub payment_intent: Option<String>,
    pub subscription: Option<String>,
    pub paid: bool,
}

/// A line item.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct LineItem {
    pub id: String,
    pub price: Arc<Price>,
    pub product: Arc<Product>,
    pub quantity: u64,
    pub adjustable_quantity: Option<AdjustableQuantity>,
    pub metadata: Metadata,
    pub tax_rates: Vec<Arc<TaxRate>>,
}

impl LineItem {
    /// What one costs in the session's currency. A price that has none was refused.
    pub fn unit(&self, currency: &str) -> PriceOption {
        let own = || PriceOption { unit_amount: self.price.unit_amount, tax_behavior: self.price.tax_behavior };
        self.price.option(currency).unwrap_or_else(own)
    }
}

/// A coupon applied to the session.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Discount {
    pub id: String,
    pub coupon: Arc<Coupon>,
    /// The code it came by.
    pub promotion_code: Option<Arc<PromotionCode>>,
}

/// How long a subscription costs nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trial {
    /// Until then, in seconds since the Unix epoch.
    Until(i64),
    /// So many days from when it begins.
    Days(u32),
}

/// What will be applied to the payment, or to the subscription.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct IntentData {
    pub description: Option<String>,
    pub metadata: Metadata,
    pub setup_future_usage: Option<String>,
    pub statement_descriptor: Option<String>,
    pub statement_descriptor_suffix: Option<String>,
}

/// What was set at creation and only shows in the answer.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs)]
pub struct Settings {
    pub adaptive_pricing: Option<Value>,
    pub allow_promotion_codes: Option<bool>,
    pub allowed_payment_method_types: Option<Vec<String>>,
    pub allowed_countries: Option<Vec<String>>,
    pub billing_address_collection: Option<String>,
    pub cancel_url: Option<String>,
    pub client_reference_id: Option<String>,
    pub customer_creation: Option<String>,
    pub integration_identifier: Option<String>,
    pub locale: Option<String>,
    pub payment_method_collection: Option<String>,
    pub payment_method_types: Option<Vec<String>>,
    pub phone_number_collection: bool,
    pub redirect_on_completion: Option<String>,
    pub return_url: Option<String>,
    pub saved_payment_method_options: Option<Value>,
    pub submit_type: Option<String>,
    pub success_url: Option<String>,
    pub tax_id_collection: Option<TaxIdCollection>,
    pub permissions: Option<Permissions>,
    pub wallet_options: Option<Value>,
}

/// A tax as it is applied: a rate, or what automatic tax found.
#[derive(Debug, Clone, PartialEq)]
pub struct AppliedTax {
    /// The rate, as the API shows it.
    pub rate: Arc<TaxRate>,
    /// How much of the amount.
    pub percentage: Percentage,
    /// Whether the tax is in the amount.
    pub inclusive: bool,
}

impl Session {
    /// Refuses where the session is not open.
    pub fn require_open(&self, action: &str) -> Result<(), ApiError> {
        match self.status {
            Status::Open => Ok(()),
            Status::Complete(_) | Status::Expired => Err(ApiError::closed(action, self.status.name())),
        }
    }

    /// The chosen shipping option.
    pub fn chosen_shipping(&self) -> Option<&Arc<ShippingRate>> {
        let chosen = self.shipping_rate.as_ref()?;
        self.shipping_options.iter().find(|rate| rate.id == *chosen)
    }

    /// Whether only the server may set the shipping details.
    pub fn server_only_shipping(&self) -> bool {
        let who =
            self.settings.permissions.as_ref().and_then(|permissions| permissions.update_shipping_details.as_ref());
        who.is_some_and(|who| who == "server_only")
    }
}

/// Merges `change` into `metadata`: keys are set, or unset where their value is empty.
pub fn merge_metadata(metadata: &mut Metadata, change: MetadataChange, param: &str) -> Result<(), ApiError> {
    match change {
        MetadataChange::Keep => {}
        MetadataChange::Clear => metadata.clear(),
        MetadataChange::Set(pairs) => {
            for (key, value) in pairs {
                match value {
                    Some(value) => metadata.insert(key, value),
                    None => metadata.remove(&key),
                };
            }
        }
    }
    if metadata.len() > METADATA_KEYS {
        return Err(ApiError::invalid(param, format!("You may have at most {METADATA_KEYS} metadata keys")));
    }
    Ok(())
}

/// Metadata of something new.
pub fn new_metadata(change: MetadataChange) -> Metadata {
    let pairs = change.set().unwrap_or_default();
    pairs.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}
