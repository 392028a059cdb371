//! What this server reads of Stripe's objects. Unknown fields are skipped.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The `ui_mode` of Stripe's Form, in which the customer alone sets the address.
pub const FORM: &str = "form";

/// A Checkout Session.
#[derive(Clone, Debug, Deserialize)]
pub struct Session {
    /// `cs_…`.
    pub id: String,
    /// `open`, `complete` or `expired`.
    #[serde(default)]
    pub status: Option<String>,
    /// `elements` or `form`.
    #[serde(default)]
    pub ui_mode: Option<String>,
    /// `payment` or `subscription`.
    pub mode: String,
    /// For the browser; there at creation only.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// In seconds since 1970.
    pub expires_at: i64,
    /// The shop's own notes.
    #[serde(default)]
    pub metadata: Option<BTreeMap<String, String>>,
    /// Stripe Tax.
    #[serde(default)]
    pub automatic_tax: Option<AutomaticTax>,
    /// The address, once there is one.
    #[serde(default)]
    pub collected_information: Option<CollectedInformation>,
    /// What the customer can choose from.
    #[serde(default)]
    pub shipping_options: Vec<ShippingOption>,
    /// The first items; there when asked for.
    #[serde(default)]
    pub line_items: Option<List<LineItem>>,
}

impl Session {
    /// One of the shop's own notes.
    #[must_use]
    pub fn note(&self, name: &str) -> Option<&str> {
        self.metadata.as_ref()?.get(name).map(String::as_str)
    }

    /// The shipping address, once there is one.
    #[must_use]
    pub fn address(&self) -> Option<&Address> {
        Some(&self.collected_information.as_ref()?.shipping_details.as_ref()?.address)
    }

    /// Whether the server may set the address.
    #[must_use]
    pub fn takes_address(&self) -> bool {
        self.ui_mode.as_deref() != Some(FORM)
    }

    /// Whether Stripe Tax works out the taxes.
    #[must_use]
    pub fn has_stripe_tax(&self) -> bool {
        self.automatic_tax.as_ref().is_some_and(|tax| tax.enabled)
    }
}

/// Stripe Tax.
#[derive(Clone, Debug, Deserialize)]
pub struct AutomaticTax {
    /// Whether it is on.
    pub enabled: bool,
}

/// What the customer has told so far.
#[derive(Clone, Debug, Deserialize)]
pub struct CollectedInformation {
    /// Where to send it.
    #[serde(default)]
    pub shipping_details: Option<ShippingDetails>,
}

/// Where to send it.
#[derive(Clone, Debug, Deserialize)]
pub struct ShippingDetails {
    /// The address.
    pub address: Address,
}

/// An address, as much as taxes and shipping depend on.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Address {
    /// ISO 3166-1 alpha-2.
    #[serde(default)]
    pub country: Option<String>,
    /// State, county or province.
    #[serde(default)]
    pub state: Option<String>,
}

/// One way of shipping.
#[derive(Clone, Debug, Deserialize)]
pub struct ShippingOption {
    /// In minor units.
    pub shipping_amount: i64,
}

/// A page of a list.
#[derive(Clone, Debug, Deserialize)]
pub struct List<T> {
    /// The objects on this page.
    pub data: Vec<T>,
    /// Whether more follow.
    #[serde(default)]
    pub has_more: bool,
}

/// A line item.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct LineItem {
    /// `li_…`.
    pub id: String,
    /// The price.
    #[serde(default)]
    pub price: Option<Price>,
    /// How many.
    #[serde(default)]
    pub quantity: Option<u32>,
    /// Before discounts and taxes, in minor units.
    #[serde(default)]
    pub amount_subtotal: i64,
    /// The shop's own notes.
    #[serde(default)]
    pub metadata: Option<BTreeMap<String, String>>,
    /// The taxes; there when asked for.
    #[serde(default)]
    pub taxes: Vec<Tax>,
}

/// A price.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Price {
    /// `price_…`.
    pub id: String,
}

/// A tax on a line item.
#[derive(Clone, Debug, Deserialize)]
pub struct Tax {
    /// The rate it comes from.
    pub rate: TaxRate,
}

/// A tax rate.
#[derive(Clone, Debug, Deserialize)]
pub struct TaxRate {
    /// `txr_…`.
    pub id: String,
}
