//! The objects that sessions refer to: those of the catalogue, and those made inline.

use std::collections::HashMap;
use std::sync::Arc;

use crate::catalogue::{
    AutomaticTax, Catalogue, Coupon, Customer, Price, Product, PromotionCode, ShippingRate, TaxRate,
};
use crate::error::ApiError;
use crate::ids;
use crate::money::Decimal;
use crate::params::common::{PriceData, ProductData, ShippingOption, ShippingRateData};
use crate::session::new_metadata;

/// Everything that can be named by an id, but for sessions.
#[derive(Debug, Clone, Default)]
pub struct Objects {
    products: HashMap<String, Arc<Product>>,
    prices: HashMap<String, Arc<Price>>,
    tax_rates: HashMap<String, Arc<TaxRate>>,
    shipping_rates: HashMap<String, Arc<ShippingRate>>,
    coupons: HashMap<String, Arc<Coupon>>,
    promotion_codes: HashMap<String, Arc<PromotionCode>>,
    customers: HashMap<String, Arc<Customer>>,
    automatic_tax: Vec<AutomaticTax>,
    /// When the catalogue was created.
    pub created: i64,
}

fn by_id<T>(objects: Vec<T>, id: impl Fn(&T) -> &String) -> HashMap<String, Arc<T>> {
    objects.into_iter().map(|object| (id(&object).clone(), Arc::new(object))).collect()
}

impl Objects {
    /// The objects of a catalogue.
    pub fn new(catalogue: Catalogue, created: i64) -> Self {
        Self {
            products: by_id(catalogue.products, |product| &product.id),
            prices: by_id(catalogue.prices, |price| &price.id),
            tax_rates: by_id(catalogue.tax_rates, |rate| &rate.id),
            shipping_rates: by_id(catalogue.shipping_rates, |rate| &rate.id),
            coupons: by_id(catalogue.coupons, |coupon| &coupon.id),
            promotion_codes: by_id(catalogue.promotion_codes, |promotion| &promotion.id),
            customers: by_id(catalogue.customers, |customer| &customer.id),
            automatic_tax: catalogue.automatic_tax,
            created,
        }
    }

    /// A coupon.
    pub fn coupon(&self, id: &str, param: &str) -> Result<Arc<Coupon>, ApiError> {
        self.coupons.get(id).cloned().ok_or_else(|| ApiError::no_such("coupon", id, param))
    }

    /// A promotion code and its coupon.
    pub fn promotion_code(&self, id: &str, param: &str) -> Result<(Arc<PromotionCode>, Arc<Coupon>), ApiError> {
        let found = self.promotion_codes.get(id).ok_or_else(|| ApiError::no_such("promotion code", id, param))?;
        if !found.active {
            let message = format!("This promotion code ({id}) is not active.");
            return Err(ApiError::parameter("coupon_expired", param, message).while_executing());
        }
        Ok((Arc::clone(found), self.coupon(&found.coupon, param)?))
    }

    /// The id of the promotion code that a customer entered.
    pub fn promotion_code_entered(&self, code: &str) -> Option<&str> {
        let found = self.promotion_codes.values().find(|known| known.active && known.code.eq_ignore_ascii_case(code));
        found.map(|promotion| promotion.id.as_str())
    }

    /// A customer.
    pub fn customer(&self, id: &str, param: &str) -> Result<Arc<Customer>, ApiError> {
        self.customers.get(id).cloned().ok_or_else(|| ApiError::no_such("customer", id, param))
    }

    /// Tax rates, in the order named.
    pub fn tax_rates(&self, ids: &[String], param: &str) -> Result<Vec<Arc<TaxRate>>, ApiError> {
        let found = ids.iter().enumerate().map(|(index, id)| {
            let rate = self.tax_rates.get(id).cloned();
            rate.ok_or_else(|| ApiError::no_such("tax rate", id, format!("{param}[{index}]")))
        });
        found.collect()
    }

    /// What automatic tax charges at an address; a rate for the state goes before one for the country.
    pub fn automatic_tax(&self, country: &str, state: Option<&str>) -> Option<&AutomaticTax> {
        let here = || self.automatic_tax.iter().filter(|tax| tax.country == country);
        here()
            .find(|tax| tax.state.is_some() && tax.state.as_deref() == state)
            .or_else(|| here().find(|tax| tax.state.is_none()))
    }

    /// Takes in what a request made.
    pub fn adopt(&mut self, made: Made) {
        self.products.extend(made.products.into_iter().map(|product| (product.id.clone(), product)));
        self.prices.extend(made.prices.into_iter().map(|price| (price.id.clone(), price)));
        self.shipping_rates.extend(made.shipping_rates.into_iter().map(|rate| (rate.id.clone(), rate)));
    }
}

/// What a request made, kept apart until the whole request has succeeded.
#[derive(Debug, Default)]
pub struct Made {
    products: Vec<Arc<Product>>,
    prices: Vec<Arc<Price>>,
    shipping_rates: Vec<Arc<ShippingRate>>,
}

/// A price and its product.
pub type Bought = (Arc<Price>, Arc<Product>);

/// Finds objects, and makes those that are described inline.
#[derive(Debug)]
pub struct Draft<'a> {
    /// What is there already.
    pub objects: &'a Objects,
    made: Made,
}

impl<'a> Draft<'a> {
    /// An empty draft.
    pub fn new(objects: &'a Objects) -> Self {
        Self { objects, made: Made::default() }
    }

    /// What was made.
    pub fn finish(self) -> Made {
        self.made
    }

    /// A price by its id, or made from `price_data`; `None` where neither was sent.
    pub fn price(
        &mut self,
        id: Option<&str>,
        data: Option<PriceData>,
        param: &str,
    ) -> Result<Option<Bought>, ApiError> {
        match (id, data) {
            (Some(id), _) => self.price_by_id(id, &format!("{param}[price]")).map(Some),
            (None, Some(data)) => self.make_price(data, &format!("{param}[price_data]")).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn price_by_id(&self, id: &str, param: &str) -> Result<Bought, ApiError> {
        let price = self.objects.prices.get(id).ok_or_else(|| ApiError::no_such("price", id, param))?;
        if !price.active {
            let message = "The price specified is inactive. This field only accepts active prices.";
            return Err(ApiError::invalid(param, message).while_executing());
        }
        let product = self.product(&price.product, param)?;
        if !product.active {
            let message = format!("Price `{id}` is not available to be purchased because its product is not active.");
            return Err(ApiError::invalid(param, message).while_executing());
        }
        Ok((Arc::clone(price), product))
    }

    fn product(&self, id: &str, param: &str) -> Result<Arc<Product>, ApiError> {
        self.objects.products.get(id).cloned().ok_or_else(|| ApiError::no_such("product", id, param))
    }

    fn make_price(&mut self, data: PriceData, param: &str) -> Result<Bought, ApiError> {
        let product = match (data.product, data.product_data) {
            (Some(id), _) => {
                let param = format!("{param}[product]");
                let product = self.product(&id, &param)?;
                if !product.active {
                    let message = format!("The product `{id}` is not active.");
                    return Err(ApiError::invalid(param, message).while_executing());
                }
                product
            }
            (None, Some(data)) => self.make_product(data),
            (None, None) => return Err(ApiError::missing(format!("{param}[product]"))),
        };
        let decimal = data.unit_amount_decimal.as_deref().and_then(Decimal::parse);
        let unit_amount = data.unit_amount.map(Decimal::whole).or(decimal);
        let price = Arc::new(Price {
            id: ids::random("price_1", 23),
            product: product.id.clone(),
            currency: data.currency,
            unit_amount: unit_amount.ok_or_else(|| ApiError::missing(format!("{param}[unit_amount]")))?,
            currency_options: Default::default(),
            recurring: data.recurring,
            tax_behavior: data.tax_behavior,
            nickname: None,
            metadata: Default::default(),
            active: false,
        });
        self.made.prices.push(Arc::clone(&price));
        Ok((price, product))
    }

    fn make_product(&mut self, data: ProductData) -> Arc<Product> {
        let product = Arc::new(Product {
            id: ids::random("prod_", 14),
            name: data.name,
            description: data.description,
            images: data.images,
            metadata: new_metadata(data.metadata),
            tax_code: data.tax_code,
            tax_details: data.tax_details,
            unit_label: data.unit_label,
            active: true,
        });
        self.made.products.push(Arc::clone(&product));
        product
    }

    /// A shipping rate by its id, or made from `shipping_rate_data`.
    pub fn shipping_rate(&mut self, option: ShippingOption, param: &str) -> Result<Arc<ShippingRate>, ApiError> {
        match (option.shipping_rate, option.shipping_rate_data) {
            (Some(id), _) => {
                let known = self.objects.shipping_rates.get(&id).cloned();
                known.ok_or_else(|| ApiError::no_such("shipping rate", &id, format!("{param}[shipping_rate]")))
            }
            (None, Some(data)) => self.make_shipping_rate(data, param),
            (None, None) => Err(ApiError::missing(format!("{param}[shipping_rate]"))),
        }
    }

    fn make_shipping_rate(&mut self, data: ShippingRateData, param: &str) -> Result<Arc<ShippingRate>, ApiError> {
        let missing = || ApiError::missing(format!("{param}[shipping_rate_data][fixed_amount]"));
        let rate = Arc::new(ShippingRate {
            id: ids::random("shr_1", 23),
            display_name: data.display_name,
            fixed_amount: data.fixed_amount.ok_or_else(missing)?,
            delivery_estimate: data.delivery_estimate,
            tax_behavior: data.tax_behavior,
            tax_code: data.tax_code,
            metadata: new_metadata(data.metadata),
        });
        self.made.shipping_rates.push(Arc::clone(&rate));
        Ok(rate)
    }
}
