//! What the shop sells, and for how much. Prices come from here and from Stripe, never from the page.

use serde::Serialize;

/// The shop's currency.
pub const CURRENCY: &str = "usd";
/// From this total of goods on, in minor units, the complimentary product is added.
pub const COMPLIMENTARY_FROM: i64 = 15_000;
/// From this total of goods on, in minor units, standard shipping is free.
pub const FREE_SHIPPING_FROM: i64 = 10_000;
/// How many of one item a customer may take.
pub const MOST_OF_AN_ITEM: u32 = 10;

/// The id of the plan in the catalogue.
pub const PLAN: &str = "team_plan";
/// The id of the product that is kept in stock.
pub const STOCKED: &str = "desk_lamp";
/// The id of the complimentary product.
pub const COMPLIMENTARY: &str = "sticker_pack";

/// How often the plan is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interval {
    /// Every month.
    Monthly,
    /// Every year.
    Yearly,
}

impl Interval {
    /// From the word in an intent.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "monthly" => Some(Self::Monthly),
            "yearly" => Some(Self::Yearly),
            _ => None,
        }
    }
}

/// What a product is to the cart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Added by `price_data`, as in Stripe's guide to payment amounts.
    AddOn,
    /// Added by its price.
    CrossSell,
    /// Given away by a rule, never by request.
    Complimentary,
}

/// Something that can be in a cart beside the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Product {
    /// What intents call it.
    pub id: &'static str,
    /// What customers call it.
    pub name: &'static str,
    /// For one, in minor units.
    pub amount: i64,
    /// What it is to the cart.
    pub role: Role,
    /// Its price at Stripe; without one, `price_data` says it all.
    pub price: Option<String>,
}

/// Prices at Stripe. They differ from account to account, so they are configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceIds {
    /// The plan, paid every month.
    pub monthly: String,
    /// The plan, paid every year.
    pub yearly: String,
    /// The desk lamp.
    pub desk_lamp: Option<String>,
    /// The notebook.
    pub notebook: Option<String>,
    /// The desk mat.
    pub desk_mat: Option<String>,
}

/// The plan at one interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanPrice {
    /// Its price at Stripe.
    pub price: String,
    /// In minor units.
    pub amount: i64,
}

/// Everything the shop sells.
#[derive(Clone, Debug)]
pub struct Catalogue {
    monthly: PlanPrice,
    yearly: PlanPrice,
    products: Vec<Product>,
}

impl Catalogue {
    /// The catalogue with the prices of one Stripe account.
    #[must_use]
    pub fn new(prices: PriceIds) -> Self {
        let product = |id, name, amount, role, price| Product { id, name, amount, role, price };
        Self {
            monthly: PlanPrice { price: prices.monthly, amount: 1_200 },
            yearly: PlanPrice { price: prices.yearly, amount: 12_000 },
            products: vec![
                product("gift_wrap", "Gift wrap", 500, Role::AddOn, None),
                product("express_shipping", "Express shipping", 1_500, Role::AddOn, None),
                product("warranty", "Extended warranty", 2_000, Role::AddOn, None),
                product(STOCKED, "Desk lamp", 4_500, Role::CrossSell, prices.desk_lamp),
                product("notebook", "Notebook", 800, Role::CrossSell, prices.notebook),
                product("desk_mat", "Desk mat", 2_400, Role::CrossSell, prices.desk_mat),
                product(COMPLIMENTARY, "Sticker pack, with our compliments", 0, Role::Complimentary, None),
            ],
        }
    }

    /// The plan at an interval.
    #[must_use]
    pub fn plan(&self, interval: Interval) -> &PlanPrice {
        match interval {
            Interval::Monthly => &self.monthly,
            Interval::Yearly => &self.yearly,
        }
    }

    /// A product by its id.
    #[must_use]
    pub fn product(&self, id: &str) -> Option<&Product> {
        self.products.iter().find(|product| product.id == id)
    }

    /// The ids of the products of a role: the words that an intent may use.
    #[must_use]
    pub fn ids(&self, role: Role) -> Vec<String> {
        self.products.iter().filter(|product| product.role == role).map(|product| product.id.to_owned()).collect()
    }

    /// Which product, or the plan, has this price.
    #[must_use]
    pub fn of_price(&self, price: &str) -> Option<&'static str> {
        if price == self.monthly.price || price == self.yearly.price {
            return Some(PLAN);
        }
        self.products.iter().find(|product| product.price.as_deref() == Some(price)).map(|product| product.id)
    }

    /// The products that are kept in stock.
    #[must_use]
    pub fn stocked(&self) -> &'static [&'static str] {
        &[STOCKED]
    }
}

/// Where the shop ships to.
#[derive(Clone, Copy, Debug)]
pub struct Country {
    /// ISO 3166-1 alpha-2.
    pub code: &'static str,
    /// What customers call it.
    pub name: &'static str,
    /// Codes and names of the states that it ships to, where the state is asked for.
    pub states: &'static [(&'static str, &'static str)],
}

/// Where the shop ships to.
pub const COUNTRIES: [Country; 4] = [
    Country {
        code: "US",
        name: "United States",
        states: &[("CA", "California"), ("NY", "New York"), ("OR", "Oregon"), ("TX", "Texas")],
    },
    Country { code: "GB", name: "United Kingdom", states: &[] },
    Country { code: "DE", name: "Germany", states: &[] },
    Country { code: "FR", name: "France", states: &[] },
];
