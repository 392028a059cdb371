//! A session as Stripe.js shows it in the browser (`StripeCheckoutSession` of `@stripe/stripe-js`).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::catalogue::{Duration, ShippingRate};
use crate::money;
use crate::objects::Objects;
use crate::params::common::DeliveryEstimate;
use crate::session::totals::{LineTotals, TaxAmount, Totals};
use crate::session::update::totals_of;
use crate::session::{Discount, LineItem, Session, Status, Trial, shipping};

/// The session, with every amount both in minor units and as the customer reads it.
pub fn browser_session(session: &Session, objects: &Objects, business_name: Option<&str>) -> Value {
    let totals = &session.totals;
    let money = |minor: i64| amount(minor, &session.currency);
    let shipping_amount = totals.shipping.as_ref().map_or(0, |shipping| shipping.subtotal);
    json!({
        "billingAddress": null,
        "businessName": business_name,
        "canConfirm": can_confirm(session),
        "currency": session.currency,
        "currencyOptions": null,
        "discountAmounts": discount_amounts(session, totals.discount),
        "email": session.email,
        "id": session.id,
        "lastPaymentError": null,
        "lineItems": line_items(session),
        "livemode": false,
        "minorUnitsAmountDivisor": 10_u64.pow(money::digits(&session.currency)),
        "nameCollection": null,
        "optionalItems": null,
        "phoneNumber": null,
        "recurring": recurring(session, objects),
        "savedPaymentMethods": null,
        "shipping": shipping(session),
        "shippingAddress": session.shipping_details.as_ref().map(|details| json!(details)),
        "shippingOptions": session.shipping_options.iter()
            .map(|rate| shipping_option(rate, &session.currency)).collect::<Value>(),
        "status": status(session),
        "surcharge": null,
        "tax": { "status": tax_status(session) },
        "taxAmounts": tax_amounts(&totals.taxes_by_rate(), &session.currency),
        "taxIdInfo": null,
        "total": {
            "appliedBalance": money(0),
            "balanceAppliedToNextInvoice": false,
            "discount": money(totals.discount),
            "shippingRate": money(shipping_amount),
            "subtotal": money(totals.subtotal),
            "surcharge": money(0),
            "taxExclusive": money(totals.tax_by(false)),
            "taxInclusive": money(totals.tax_by(true)),
            "total": money(totals.total),
        },
    })
}

fn amount(minor: i64, currency: &str) -> Value {
    json!({ "minorUnitsAmount": minor, "amount": money::display(minor, currency) })
}

/// `fields`, with an amount in front of them.
fn with_amount(minor: i64, currency: &str, fields: Value) -> Value {
    let mut value = amount(minor, currency);
    if let (Some(value), Value::Object(fields)) = (value.as_object_mut(), fields) {
        value.extend(fields);
    }
    value
}

fn can_confirm(session: &Session) -> bool {
    let needs_address = session.settings.allowed_countries.is_some() || session.automatic_tax;
    session.status == Status::Open && (!needs_address || session.shipping_details.is_some())
}

fn tax_status(session: &Session) -> &'static str {
    if session.automatic_tax && session.shipping_details.is_none() { "requires_shipping_address" } else { "ready" }
}

fn status(session: &Session) -> Value {
    match &session.status {
        Status::Open => json!({ "type": "open" }),
        Status::Expired => json!({ "type": "expired" }),
        Status::Complete(_) if session.totals.total == 0 => {
            json!({ "type": "complete", "paymentStatus": "no_payment_required" })
        }
        Status::Complete(done) => {
            json!({ "type": "complete", "paymentStatus": if done.paid { "paid" } else { "unpaid" } })
        }
    }
}

fn line_items(session: &Session) -> Value {
    session
        .line_items
        .iter()
        .zip(&session.totals.lines)
        .map(|(item, totals)| line_item(session, item, totals))
        .collect()
}

fn line_item(session: &Session, item: &LineItem, totals: &LineTotals) -> Value {
    let currency = &session.currency;
    let money = |minor: i64| amount(minor, currency);
    let unit = item.unit(currency).unit_amount;
    let adjustable = item.adjustable_quantity.filter(|adjustable| adjustable.enabled);
    let decimal = unit.as_whole().is_none().then(|| {
        json!({ "minorUnitsAmount": unit.to_string().parse::<f64>().ok(), "amount": money::display(unit.rounded(), currency) })
    });
    json!({
        "id": item.id,
        "name": item.product.name,
        "adjustableQuantity":
            adjustable.map(|bounds| json!({ "maximum": bounds.maximum, "minimum": bounds.minimum })),
        "description": item.product.description,
        "discount": money(totals.discount),
        "discountAmounts": discount_amounts(session, totals.discount),
        "images": item.product.images,
        "isRemovable": adjustable.is_some_and(|bounds| bounds.minimum == Some(0)),
        "priceId": item.price.id,
        "pricing": null,
        "quantity": item.quantity,
        "recurring": item.price.recurring.map(|recurring| json!({
            "interval": recurring.interval,
            "intervalCount": recurring.interval_count,
            "usageType": "licensed",
        })),
        "subtotal": money(totals.subtotal),
        "taxAmounts": tax_amounts(&totals.taxes, currency),
        "taxExclusive": money(totals.tax(false)),
        "taxInclusive": money(totals.tax(true)),
        "total": money(totals.total),
        "transformQuantity": null,
        "unitAmount": money(unit.rounded()),
        "unitAmountDecimal": decimal,
        "unitLabel": item.product.unit_label,
    })
}

fn discount_amounts(session: &Session, minor: i64) -> Value {
    let Some(Discount { coupon, promotion_code, .. }) = &session.discount else { return Value::Null };
    let recurring = match coupon.duration {
        Duration::Once => Value::Null,
        Duration::Forever => json!({ "type": "forever" }),
        Duration::Repeating => json!({ "type": "repeating", "durationInMonths": coupon.duration_in_months }),
    };
    let fields = json!({
        "displayName": coupon.name.as_ref().unwrap_or(&coupon.id),
        "promotionCode": promotion_code.as_ref().map(|promotion| &promotion.code),
        "recurring": recurring,
        "percentOff": coupon.percent_off,
    });
    json!([with_amount(minor, &session.currency, fields)])
}

fn tax_amounts(taxes: &[TaxAmount], currency: &str) -> Value {
    if taxes.is_empty() {
        return Value::Null;
    }
    let one = |tax: &TaxAmount| {
        let fields = json!({
            "inclusive": tax.tax.inclusive,
            "displayName": tax.tax.rate.display_name,
            "percentage": tax.tax.percentage,
        });
        with_amount(tax.amount, currency, fields)
    };
    taxes.iter().map(one).collect()
}

fn shipping(session: &Session) -> Option<Value> {
    let (rate, totals) = (session.chosen_shipping()?, session.totals.shipping.as_ref()?);
    Some(json!({
        "shippingOption": shipping_option(rate, &session.currency),
        "taxAmounts": tax_amounts(&totals.taxes, &session.currency),
    }))
}

fn shipping_option(rate: &ShippingRate, currency: &str) -> Value {
    let estimate = |estimate: &DeliveryEstimate| json!({ "maximum": estimate.maximum, "minimum": estimate.minimum });
    let fields = json!({
        "id": rate.id,
        "currency": currency,
        "displayName": rate.display_name,
        "deliveryEstimate": rate.delivery_estimate.as_ref().map(estimate),
    });
    with_amount(shipping::cost(rate, currency).unwrap_or_default(), currency, fields)
}

/// When a trial ends, were it to begin with the session, and how many days that is.
fn trial(trial: Trial, start: i64) -> Value {
    const A_DAY: i64 = 24 * 60 * 60;
    let (end, days) = match trial {
        Trial::Until(end) => (end, (end - start) / A_DAY),
        Trial::Days(days) => (start + i64::from(days) * A_DAY, i64::from(days)),
    };
    json!({ "trialEnd": end, "trialPeriodDays": days })
}

/// What the next invoice of a subscription will say: the recurring lines alone.
fn recurring(session: &Session, objects: &Objects) -> Option<Value> {
    let recurring = session.line_items.iter().find_map(|item| item.price.recurring)?;
    let mut next = session.clone();
    next.trial = None;
    next.discount = next.discount.filter(|discount| discount.coupon.duration != Duration::Once);
    let due: Totals = totals_of(&next, objects, |item| item.price.recurring.is_some(), false);
    let money = |minor: i64| amount(minor, &session.currency);
    let due_next = BTreeMap::from([
        ("subtotal", money(due.subtotal)),
        ("total", money(due.total)),
        ("discount", money(due.discount)),
        ("taxInclusive", money(due.tax_by(true))),
        ("taxExclusive", money(due.tax_by(false))),
        ("billingCycleAnchor", Value::Null),
    ]);
    Some(json!({
        "interval": recurring.interval,
        "intervalCount": recurring.interval_count,
        "isProrated": false,
        "dueNext": due_next,
        "trial": session.trial.map(|trial| self::trial(trial, session.created)),
    }))
}
