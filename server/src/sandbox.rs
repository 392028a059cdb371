//! The sandbox's catalogue: what a Stripe account would hold for this shop.

use checkout_updates_sandbox::Catalogue;
use serde_json::{Value, json};

use crate::catalogue::{self, CURRENCY, Interval, PriceIds};
use crate::rules::tax::TaxTable;

/// Rates by place: country, state, what customers read, percentage.
const RATES: [(&str, &str, &str, f64); 6] = [
    ("US", "CA", "Sales tax", 7.25),
    ("US", "NY", "Sales tax", 8.875),
    ("US", "TX", "Sales tax", 8.25),
    ("GB", "", "VAT", 20.0),
    ("DE", "", "MwSt.", 19.0),
    ("FR", "", "TVA", 20.0),
];

/// What customers of the demo can enter as a promotion code: a tenth off.
pub const PROMOTION_CODE: &str = "NORTH10";

/// The prices that the sandbox has.
#[must_use]
pub fn prices() -> PriceIds {
    PriceIds {
        monthly: "price_team_monthly".to_owned(),
        yearly: "price_team_yearly".to_owned(),
        desk_lamp: Some("price_desk_lamp".to_owned()),
        notebook: Some("price_notebook".to_owned()),
        desk_mat: Some("price_desk_mat".to_owned()),
    }
}

/// The tax rates that the sandbox has.
#[must_use]
pub fn taxes() -> TaxTable {
    let entries =
        RATES.iter().map(|(country, state, ..)| format!("{}={}", place(country, state), rate(country, state)));
    TaxTable::parse(&entries.collect::<Vec<_>>().join(",")).unwrap_or_default()
}

/// Products, prices and tax rates, for the sandbox.
///
/// # Errors
///
/// When the sandbox does not take them, which is a mistake here.
pub fn catalogue() -> Result<Catalogue, serde_json::Error> {
    let shop = catalogue::Catalogue::new(prices());
    let mut products = vec![json!({ "id": "prod_team_plan", "name": "Team plan" })];
    let mut prices = Vec::new();
    for (interval, word) in [(Interval::Monthly, "month"), (Interval::Yearly, "year")] {
        let plan = shop.plan(interval);
        prices.push(price(&plan.price, "prod_team_plan", plan.amount, Some(word)));
    }
    for id in shop.ids(catalogue::Role::CrossSell) {
        let Some((product, price_id)) = shop.product(&id).and_then(|product| Some((product, product.price.as_ref()?)))
        else {
            continue;
        };
        let product_id = format!("prod_{id}");
        products.push(json!({ "id": product_id, "name": product.name }));
        prices.push(price(price_id, &product_id, product.amount, None));
    }
    let rates = RATES.iter().map(|(country, state, name, percentage)| {
        let state = Some(*state).filter(|state| !state.is_empty());
        json!({
            "id": rate(country, state.unwrap_or("")), "display_name": name, "percentage": percentage,
            "country": country, "state": state,
        })
    });
    let automatic = RATES.iter().map(|(country, state, name, percentage)| {
        let state = Some(*state).filter(|state| !state.is_empty());
        json!({ "country": country, "state": state, "display_name": name, "percentage": percentage })
    });
    serde_json::from_value(json!({
        "products": products,
        "prices": prices,
        "tax_rates": rates.collect::<Value>(),
        "automatic_tax": automatic.collect::<Value>(),
        "coupons": [{ "id": "a_tenth_off", "name": "10% off", "percent_off": 10 }],
        "promotion_codes": [{ "id": "promo_north10", "code": PROMOTION_CODE, "coupon": "a_tenth_off" }],
    }))
}

fn price(id: &str, product: &str, amount: i64, interval: Option<&str>) -> Value {
    let recurring = interval.map(|interval| json!({ "interval": interval }));
    json!({ "id": id, "product": product, "currency": CURRENCY, "unit_amount": amount, "recurring": recurring })
}

fn place(country: &str, state: &str) -> String {
    if state.is_empty() { country.to_owned() } else { format!("{country}-{state}") }
}

fn rate(country: &str, state: &str) -> String {
    format!("txr_{}", place(country, state).replace('-', "_").to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sandbox_takes_its_catalogue() {
        assert_eq!(catalogue().unwrap().check(), Ok(()));
        assert!(!taxes().is_empty());
    }
}
