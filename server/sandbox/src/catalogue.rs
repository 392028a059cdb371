//! What the account sells: the objects that exist before any session does.
//!
//! A catalogue is plain data, in the names of the API, so that it can be written in code or in a JSON file.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::money::{self, Decimal, round_half_up};
use crate::params::common::{DeliveryEstimate, FixedAmount, Recurring, TaxBehavior, TaxDetails};

/// Everything that exists at start.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Catalogue {
    /// Products.
    pub products: Vec<Product>,
    /// Prices; each names a product above.
    pub prices: Vec<Price>,
    /// Tax rates.
    pub tax_rates: Vec<TaxRate>,
    /// Shipping rates.
    pub shipping_rates: Vec<ShippingRate>,
    /// Coupons.
    pub coupons: Vec<Coupon>,
    /// Promotion codes; each names a coupon above.
    pub promotion_codes: Vec<PromotionCode>,
    /// Customers.
    pub customers: Vec<Customer>,
    /// What automatic tax charges, by country: the sandbox's stand-in for a tax engine.
    pub automatic_tax: Vec<AutomaticTax>,
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// `prod_…`
    pub id: String,
    /// As the customer reads it.
    pub name: String,
    /// A longer text.
    #[serde(default)]
    pub description: Option<String>,
    /// Web addresses of pictures.
    #[serde(default)]
    pub images: Vec<String>,
    /// Key-value pairs.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// `txcd_…`
    #[serde(default)]
    pub tax_code: Option<String>,
    /// What else taxes depend on.
    #[serde(default)]
    pub tax_details: Option<TaxDetails>,
    /// What one of it is called.
    #[serde(default)]
    pub unit_label: Option<String>,
    /// Whether it can be bought.
    #[serde(default = "yes")]
    pub active: bool,
}

/// A price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// `price_…`
    pub id: String,
    /// The product's id.
    pub product: String,
    /// Lower case.
    pub currency: String,
    /// In minor units.
    pub unit_amount: Decimal,
    /// What it costs in other currencies, by their lower-case code.
    #[serde(default)]
    pub currency_options: BTreeMap<String, PriceOption>,
    /// How often it is billed, where it is not paid once.
    #[serde(default)]
    pub recurring: Option<Recurring>,
    /// Whether the tax is in it.
    #[serde(default)]
    pub tax_behavior: TaxBehavior,
    /// For the merchant.
    #[serde(default)]
    pub nickname: Option<String>,
    /// Key-value pairs.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Whether it can be used. Prices made inline are inactive.
    #[serde(default = "yes")]
    pub active: bool,
}

/// A price in another currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceOption {
    /// In minor units.
    pub unit_amount: Decimal,
    /// Whether the tax is in it.
    #[serde(default)]
    pub tax_behavior: TaxBehavior,
}

impl Price {
    /// What it costs in `currency`, if it can be paid in that.
    pub fn option(&self, currency: &str) -> Option<PriceOption> {
        if self.currency == currency {
            return Some(PriceOption { unit_amount: self.unit_amount, tax_behavior: self.tax_behavior });
        }
        self.currency_options.get(currency).cloned()
    }
}

fn yes() -> bool {
    true
}

/// A tax rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxRate {
    /// `txr_…`
    pub id: String,
    /// As the customer reads it.
    pub display_name: String,
    /// How much.
    pub percentage: Percentage,
    /// Whether the tax is in the price.
    #[serde(default)]
    pub inclusive: bool,
    /// Two letters.
    #[serde(default)]
    pub country: Option<String>,
    /// Without the country.
    #[serde(default)]
    pub state: Option<String>,
}

/// A shipping rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShippingRate {
    /// `shr_…`
    pub id: String,
    /// As the customer reads it.
    pub display_name: String,
    /// What it costs.
    pub fixed_amount: FixedAmount,
    /// How long it takes.
    #[serde(default)]
    pub delivery_estimate: Option<DeliveryEstimate>,
    /// Whether the tax is in it.
    #[serde(default)]
    pub tax_behavior: TaxBehavior,
    /// `txcd_…`
    #[serde(default)]
    pub tax_code: Option<String>,
    /// Key-value pairs.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
}

/// A coupon: either `percent_off`, or `amount_off` in `currency`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coupon {
    /// Its code.
    pub id: String,
    /// As the customer reads it.
    #[serde(default)]
    pub name: Option<String>,
    /// How much of the price it takes off.
    #[serde(default)]
    pub percent_off: Option<Percentage>,
    /// What it takes off the order, in minor units.
    #[serde(default)]
    pub amount_off: Option<i64>,
    /// Of `amount_off`.
    #[serde(default)]
    pub currency: Option<String>,
    /// How often it applies to a subscription.
    #[serde(default)]
    pub duration: Duration,
    /// Of a repeating coupon.
    #[serde(default)]
    pub duration_in_months: Option<u32>,
}

/// A code that customers enter for a coupon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromotionCode {
    /// `promo_…`
    pub id: String,
    /// What customers enter, in any case.
    pub code: String,
    /// The coupon's id.
    pub coupon: String,
    /// Whether it can be redeemed.
    #[serde(default = "yes")]
    pub active: bool,
}

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Customer {
    /// `cus_…`
    pub id: String,
    /// Where receipts go.
    #[serde(default)]
    pub email: Option<String>,
    /// Who it is.
    #[serde(default)]
    pub name: Option<String>,
}

/// How often a coupon applies to a subscription.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Duration {
    Forever,
    #[default]
    Once,
    Repeating,
}

/// What automatic tax charges in a country.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AutomaticTax {
    /// Two letters.
    pub country: String,
    /// One state only.
    #[serde(default)]
    pub state: Option<String>,
    /// As the customer reads it.
    pub display_name: String,
    /// How much.
    pub percentage: Percentage,
}

/// A percentage with at most four decimal places, exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Percentage(u32);

impl Percentage {
    const SCALE: i128 = 10_000;

    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// A percentage in ten-thousandths of a percent: 8.25 % is `82_500`.
    pub const fn ten_thousandths(value: u32) -> Self {
        Self(value)
    }

    /// As it is written.
    pub fn number(self) -> f64 {
        f64::from(self.0) / 10_000.0
    }

    /// So much of `amount`, rounded to the nearest unit.
    pub fn of(self, amount: i64) -> i64 {
        small(round_half_up(i128::from(amount) * i128::from(self.0), 100 * Self::SCALE))
    }

    /// The part of `amount` that is this tax, where the taxes in the amount add up to `all`.
    pub fn contained_in(self, amount: i64, all: Self) -> i64 {
        let whole = 100 * Self::SCALE + i128::from(all.0);
        small(round_half_up(i128::from(amount) * i128::from(self.0), whole))
    }

    /// Both together.
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

fn small(number: i128) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl TryFrom<f64> for Percentage {
    type Error = &'static str;

    fn try_from(number: f64) -> Result<Self, Self::Error> {
        if !(0.0..=100.0).contains(&number) {
            return Err("a percentage is between 0 and 100");
        }
        let scaled = (number * 10_000.0).round();
        // In range by the check above, so the conversion is exact.
        format!("{scaled:.0}").parse().map(Self).map_err(|_| "a percentage is a number")
    }
}

impl From<Percentage> for f64 {
    fn from(percentage: Percentage) -> Self {
        percentage.number()
    }
}

/// What is wrong with a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogueError(String);

impl fmt::Display for CatalogueError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "catalogue: {}", self.0)
    }
}

impl std::error::Error for CatalogueError {}

impl Catalogue {
    /// Finds ids used twice, prices of no product, promotion codes of no coupon, unknown currencies, and coupons that take nothing off.
    pub fn check(&self) -> Result<(), CatalogueError> {
        let mut seen = HashSet::new();
        let ids = (self.products.iter().map(|product| &product.id))
            .chain(self.prices.iter().map(|price| &price.id))
            .chain(self.tax_rates.iter().map(|rate| &rate.id))
            .chain(self.shipping_rates.iter().map(|rate| &rate.id))
            .chain(self.coupons.iter().map(|coupon| &coupon.id))
            .chain(self.promotion_codes.iter().map(|promotion| &promotion.id))
            .chain(self.customers.iter().map(|customer| &customer.id));
        for id in ids {
            if id.is_empty() || !seen.insert(id) {
                return Err(CatalogueError(format!("'{id}' is empty or used twice as an id")));
            }
        }
        for price in &self.prices {
            if !self.products.iter().any(|product| product.id == price.product) {
                return Err(CatalogueError(format!("{} is the price of no product", price.id)));
            }
        }
        for promotion in &self.promotion_codes {
            if !self.coupons.iter().any(|coupon| coupon.id == promotion.coupon) {
                return Err(CatalogueError(format!("{} is the promotion code of no coupon", promotion.id)));
            }
        }
        if let Some(price) = self.prices.iter().find(|price| price.currency_options.contains_key(&price.currency)) {
            return Err(CatalogueError(format!("{} has its own currency among its currency_options", price.id)));
        }
        let currencies = (self.prices.iter().map(|price| &price.currency))
            .chain(self.prices.iter().flat_map(|price| price.currency_options.keys()))
            .chain(self.shipping_rates.iter().map(|rate| &rate.fixed_amount.currency))
            .chain(self.coupons.iter().filter_map(|coupon| coupon.currency.as_ref()));
        if let Some(currency) = currencies.into_iter().find(|currency| !money::is_currency(currency)) {
            return Err(CatalogueError(format!("'{currency}' is no supported currency, in lower case")));
        }
        self.check_amounts()?;
        match self.coupons.iter().find(|coupon| {
            coupon.percent_off.is_some() == coupon.amount_off.is_some()
                || coupon.amount_off.is_some() != coupon.currency.is_some()
        }) {
            Some(coupon) => {
                Err(CatalogueError(format!("{} needs either percent_off, or amount_off and currency", coupon.id)))
            }
            None => Ok(()),
        }
    }

    /// The ids that requests can name, by kind; kinds that have none are left out.
    pub fn ids(&self) -> Vec<(&'static str, Vec<&str>)> {
        fn of<'a, T>(all: &'a [T], id: impl Fn(&'a T) -> &'a String) -> Vec<&'a str> {
            all.iter().map(|one| id(one).as_str()).collect()
        }
        let all = [
            ("products", of(&self.products, |product| &product.id)),
            ("prices", of(&self.prices, |price| &price.id)),
            ("tax rates", of(&self.tax_rates, |rate| &rate.id)),
            ("shipping rates", of(&self.shipping_rates, |rate| &rate.id)),
            ("coupons", of(&self.coupons, |coupon| &coupon.id)),
            ("promotion codes", of(&self.promotion_codes, |promotion| &promotion.id)),
            ("customers", of(&self.customers, |customer| &customer.id)),
        ];
        all.into_iter().filter(|(_, ids)| !ids.is_empty()).collect()
    }

    /// The same for people: one line a kind, `prices: price_mug, price_cap`.
    pub fn listing(&self) -> String {
        let lines: Vec<String> =
            self.ids().into_iter().map(|(kind, ids)| format!("{kind}: {}", ids.join(", "))).collect();
        lines.join("\n")
    }

    /// Amounts that Stripe would not have taken.
    fn check_amounts(&self) -> Result<(), CatalogueError> {
        let prices = self.prices.iter().flat_map(|price| {
            let others = price.currency_options.iter().map(|(currency, option)| (currency, option.unit_amount));
            let all = std::iter::once((&price.currency, price.unit_amount)).chain(others);
            all.map(|(currency, amount)| (&price.id, currency, amount))
        });
        let rates = self.shipping_rates.iter().flat_map(|rate| {
            let fixed = &rate.fixed_amount;
            let others = fixed.currency_options.iter().map(|(currency, option)| (currency, option.amount));
            let all = std::iter::once((&fixed.currency, fixed.amount)).chain(others);
            all.map(|(currency, amount)| (&rate.id, currency, Decimal::whole(amount)))
        });
        for (id, currency, amount) in prices.chain(rates) {
            if amount > Decimal::whole(money::most(currency)) || !is_chargeable(amount, currency) {
                return Err(CatalogueError(format!("{id} has an amount that {currency} cannot have")));
            }
        }
        Ok(())
    }
}

fn is_chargeable(amount: Decimal, currency: &str) -> bool {
    let step = money::step(currency);
    step == 1 || amount.is_multiple_of(step)
}
