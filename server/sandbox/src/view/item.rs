//! Line items, prices, products and the other objects around a session.

use serde_json::{Value, json};

use super::expand::Expand;
use crate::catalogue::{Coupon, Customer, Price, Product, PromotionCode, ShippingRate, TaxRate};
use crate::objects::Objects;
use crate::session::totals::{LineTotals, TaxAmount};
use crate::session::{Discount, LineItem, Session};

/// A line item.
pub fn line_item(session: &Session, item: &LineItem, totals: &LineTotals, objects: &Objects, expand: &Expand) -> Value {
    let mut value = json!({
        "id": item.id,
        "object": "item",
        "adjustable_quantity": item.adjustable_quantity.map(|adjustable| json!({
            "enabled": adjustable.enabled,
            "maximum": adjustable.maximum,
            "minimum": adjustable.minimum,
        })),
        "amount_discount": totals.discount,
        "amount_subtotal": totals.subtotal,
        "amount_tax": totals.all_tax(),
        "amount_total": totals.total,
        "currency": session.currency,
        "description": item.product.name,
        "metadata": item.metadata,
        "price": price(&item.price, &item.product, objects.created, &expand.inner("price")),
        "quantity": item.quantity,
    });
    if let Some(fields) = value.as_object_mut() {
        if expand.wants("discounts") {
            let discounts = session.discount.iter().map(|found| discount_amount(session, found, totals.discount));
            fields.insert("discounts".into(), discounts.collect());
        }
        if expand.wants("taxes") {
            fields.insert("taxes".into(), taxes(&totals.taxes, objects.created));
        }
    }
    value
}

/// A list in the API's form.
pub fn list(data: Vec<Value>, has_more: bool, url: &str) -> Value {
    json!({ "object": "list", "data": data, "has_more": has_more, "url": url })
}

/// Taxes with their rates.
pub fn taxes(taxes: &[TaxAmount], created: i64) -> Value {
    let one = |tax: &TaxAmount| {
        json!({
            "amount": tax.amount,
            "rate": tax_rate(&tax.tax.rate, created),
            "taxability_reason": "standard_rated",
            "taxable_amount": tax.taxable,
        })
    };
    taxes.iter().map(one).collect()
}

/// A discount and what it takes off.
pub fn discount_amount(session: &Session, discount: &Discount, amount: i64) -> Value {
    json!({
        "amount": amount,
        "discount": {
            "id": discount.id,
            "object": "discount",
            "checkout_session": session.id,
            "customer": null,
            "customer_account": null,
            "end": null,
            "invoice": null,
            "invoice_item": null,
            "promotion_code": discount.promotion_code.as_ref().map(|code| &code.id),
            "source": { "coupon": discount.coupon.id, "type": "coupon" },
            "start": session.created,
            "subscription": null,
            "subscription_item": null,
        },
    })
}

fn price(price: &Price, its_product: &Product, created: i64, expand: &Expand) -> Value {
    let mut value = json!({
        "id": price.id,
        "object": "price",
        "active": price.active,
        "billing_scheme": "per_unit",
        "created": created,
        "currency": price.currency,
        "custom_unit_amount": null,
        "livemode": false,
        "lookup_key": null,
        "metadata": price.metadata,
        "nickname": price.nickname,
        "product": if expand.wants("product") { product(its_product, created) } else { json!(price.product) },
        "recurring": price.recurring.map(|recurring| json!({
            "interval": recurring.interval,
            "interval_count": recurring.interval_count,
            "meter": null,
            "trial_period_days": null,
            "usage_type": "licensed",
        })),
        "tax_behavior": price.tax_behavior,
        "tiers_mode": null,
        "transform_quantity": null,
        "type": if price.recurring.is_some() { "recurring" } else { "one_time" },
        "unit_amount": price.unit_amount.as_whole(),
        "unit_amount_decimal": price.unit_amount,
    });
    if let (Some(fields), true) = (value.as_object_mut(), expand.wants("currency_options")) {
        fields.insert("currency_options".into(), currency_options(price));
    }
    value
}

/// Every currency of a price, its own among them.
fn currency_options(price: &Price) -> Value {
    let currencies = std::iter::once(&price.currency).chain(price.currency_options.keys());
    let options = currencies.filter_map(|currency| {
        let option = price.option(currency)?;
        let shown = json!({
            "custom_unit_amount": null,
            "tax_behavior": option.tax_behavior,
            "unit_amount": option.unit_amount.as_whole(),
            "unit_amount_decimal": option.unit_amount,
        });
        Some((currency.clone(), shown))
    });
    Value::Object(options.collect())
}

fn product(product: &Product, created: i64) -> Value {
    json!({
        "id": product.id,
        "object": "product",
        "active": product.active,
        "created": created,
        "default_price": null,
        "description": product.description,
        "images": product.images,
        "livemode": false,
        "marketing_features": [],
        "metadata": product.metadata,
        "name": product.name,
        "package_dimensions": null,
        "shippable": null,
        "statement_descriptor": null,
        "tax_code": product.tax_code,
        "tax_details": product.tax_details,
        "type": "service",
        "unit_label": product.unit_label,
        "updated": created,
        "url": null,
    })
}

fn tax_rate(rate: &TaxRate, created: i64) -> Value {
    json!({
        "id": rate.id,
        "object": "tax_rate",
        "active": true,
        "country": rate.country,
        "created": created,
        "description": null,
        "display_name": rate.display_name,
        "effective_percentage": rate.percentage.number(),
        "flat_amount": null,
        "inclusive": rate.inclusive,
        "jurisdiction": null,
        "jurisdiction_level": null,
        "livemode": false,
        "metadata": {},
        "percentage": rate.percentage.number(),
        "rate_type": "percentage",
        "state": rate.state,
        "tax_type": null,
    })
}

/// A shipping rate, by its id or whole.
pub fn shipping_rate(rate: &ShippingRate, whole: bool, created: i64) -> Value {
    if !whole {
        return json!(rate.id);
    }
    json!({
        "id": rate.id,
        "object": "shipping_rate",
        "active": true,
        "created": created,
        "delivery_estimate": rate.delivery_estimate,
        "display_name": rate.display_name,
        "fixed_amount": rate.fixed_amount,
        "livemode": false,
        "metadata": rate.metadata,
        "tax_behavior": rate.tax_behavior,
        "tax_code": rate.tax_code,
        "type": "fixed_amount",
    })
}

/// A customer, by its id or whole.
pub fn customer(customer: &Customer, whole: bool, created: i64) -> Value {
    if !whole {
        return json!(customer.id);
    }
    json!({
        "id": customer.id,
        "object": "customer",
        "created": created,
        "email": customer.email,
        "livemode": false,
        "metadata": {},
        "name": customer.name,
    })
}

/// A promotion code, by its id or whole.
pub fn promotion_code(promotion: &PromotionCode, whole: bool, created: i64) -> Value {
    if !whole {
        return json!(promotion.id);
    }
    json!({
        "id": promotion.id,
        "object": "promotion_code",
        "active": promotion.active,
        "code": promotion.code,
        "created": created,
        "customer": null,
        "customer_account": null,
        "expires_at": null,
        "livemode": false,
        "max_redemptions": null,
        "metadata": {},
        "promotion": { "coupon": promotion.coupon, "type": "coupon" },
        "restrictions": {
            "first_time_transaction": false,
            "minimum_amount": null,
            "minimum_amount_currency": null,
        },
        "times_redeemed": 0,
    })
}

/// A coupon, by its id or whole.
pub fn coupon(coupon: &Coupon, whole: bool, created: i64) -> Value {
    if !whole {
        return json!(coupon.id);
    }
    json!({
        "id": coupon.id,
        "object": "coupon",
        "amount_off": coupon.amount_off,
        "created": created,
        "currency": coupon.currency,
        "duration": coupon.duration,
        "duration_in_months": coupon.duration_in_months,
        "livemode": false,
        "max_redemptions": null,
        "metadata": {},
        "name": coupon.name,
        "percent_off": coupon.percent_off,
        "redeem_by": null,
        "times_redeemed": 0,
        "valid": true,
    })
}
