//! The line items of a session: how a retransmitted array becomes the new one, and what must hold for all of them.

use std::collections::HashSet;

use super::{LineItem, new_metadata};
use crate::catalogue::TaxRate;
use crate::error::ApiError;
use crate::ids;
use crate::objects::Draft;
use crate::params::common::{AdjustableQuantity, Recurring, TaxBehavior};
use crate::params::create::Mode;
use crate::params::{Change, create, update};

/// Line items of each kind, recurring and paid once, that a subscription may have.
const MOST_OF_A_KIND: usize = 20;

/// The new array: exactly the items sent, in their order. One with an `id` is the old one, changed by what was sent
/// with it; one without is new; an old one that was not sent is gone.
pub fn merge(old: &[LineItem], sent: Vec<update::LineItem>, draft: &mut Draft<'_>) -> Result<Vec<LineItem>, ApiError> {
    let mut named = HashSet::new();
    let mut merged = Vec::with_capacity(sent.len());
    for (index, item) in sent.into_iter().enumerate() {
        let param = format!("line_items[{index}]");
        let kept = match item.id.clone() {
            None => None,
            Some(id) => {
                let known = old.iter().find(|old| old.id == id);
                let known = known.ok_or_else(|| ApiError::no_such("line item", &id, format!("{param}[id]")))?;
                if !named.insert(id) {
                    let message = "A line item may be retransmitted only once";
                    return Err(ApiError::invalid(format!("{param}[id]"), message));
                }
                Some(known.clone())
            }
        };
        merged.push(change(kept, item, &param, draft)?);
    }
    Ok(merged)
}

fn change(
    kept: Option<LineItem>,
    sent: update::LineItem,
    param: &str,
    draft: &mut Draft<'_>,
) -> Result<LineItem, ApiError> {
    let bought = draft.price(sent.price.as_deref(), sent.price_data, param)?;
    let mut item = match (kept, bought) {
        (Some(mut item), bought) => {
            if let Some((price, product)) = bought {
                item.price = price;
                item.product = product;
            }
            item
        }
        (None, Some((price, product))) => LineItem {
            id: ids::random("li_1", 23),
            price,
            product,
            quantity: 1,
            adjustable_quantity: None,
            metadata: Default::default(),
            tax_rates: Vec::new(),
        },
        (None, None) => return Err(ApiError::missing(format!("{param}[price]"))),
    };
    if let Some(quantity) = sent.quantity {
        item.quantity = quantity;
    }
    if let Some(adjustable) = sent.adjustable_quantity {
        item.adjustable_quantity = Some(bounds(adjustable));
    }
    super::merge_metadata(&mut item.metadata, sent.metadata, &format!("{param}[metadata]"))?;
    match sent.tax_rates {
        Change::Keep => {}
        Change::Clear => item.tax_rates.clear(),
        Change::Set(ids) => item.tax_rates = draft.objects.tax_rates(&ids, &format!("{param}[tax_rates]"))?,
    }
    Ok(item)
}

/// The items of a new session.
pub fn create(sent: Vec<create::LineItem>, draft: &mut Draft<'_>) -> Result<Vec<LineItem>, ApiError> {
    let items = sent.into_iter().map(|item| update::LineItem {
        id: None,
        adjustable_quantity: item.adjustable_quantity,
        metadata: Change::Set(new_metadata(item.metadata).into_iter().map(|(key, value)| (key, Some(value))).collect()),
        price: item.price,
        price_data: item.price_data,
        quantity: item.quantity,
        tax_rates: item.tax_rates,
    });
    merge(&[], items.collect(), draft)
}

/// Bounds with their defaults; without leave to adjust there are none.
fn bounds(sent: AdjustableQuantity) -> AdjustableQuantity {
    if !sent.enabled {
        return AdjustableQuantity { enabled: false, maximum: None, minimum: None };
    }
    AdjustableQuantity {
        enabled: true,
        maximum: Some(sent.maximum.unwrap_or(99)),
        minimum: Some(sent.minimum.unwrap_or(0)),
    }
}

/// What must hold for all items together: one currency, prices that fit the mode, one billing interval, and quantities
/// inside the bounds that were set for the customer.
pub fn check(items: &[LineItem], mode: Mode, currency: &str) -> Result<(), ApiError> {
    for (index, item) in items.iter().enumerate() {
        let param = |name: &str| format!("line_items[{index}][{name}]");
        if item.price.option(currency).is_none() {
            let message = "All line items must have the currency of the Checkout Session, or it among their price's \
                           currency_options.";
            return Err(ApiError::invalid(param("price"), message).while_executing());
        }
        if mode == Mode::Payment && item.price.recurring.is_some() {
            let message = "You specified `payment` mode but passed a recurring price. Either switch to `subscription` \
                           mode or use only one-time prices.";
            return Err(ApiError::invalid(param("price"), message).while_executing());
        }
        let behavior = item.unit(currency).tax_behavior;
        let conflicts = |rate: &TaxRate| match behavior {
            TaxBehavior::Inclusive => !rate.inclusive,
            TaxBehavior::Exclusive => rate.inclusive,
            TaxBehavior::Unspecified => false,
        };
        if item.tax_rates.iter().any(|rate| conflicts(rate)) {
            let message = "One or more prices has a `tax_behavior` that conflicts with the tax rates that apply to the \
                           corresponding line item.";
            return Err(ApiError::invalid(param("tax_rates"), message).while_executing());
        }
        let bounds = item.adjustable_quantity.filter(|bounds| bounds.enabled);
        let (least, most) =
            bounds.map_or((0, u64::MAX), |bounds| (bounds.minimum.unwrap_or(0), bounds.maximum.unwrap_or(u64::MAX)));
        if !(least..=most).contains(&item.quantity) {
            let message = "The quantity must be between adjustable_quantity's minimum and maximum.";
            return Err(ApiError::integer(param("quantity"), message).while_executing());
        }
    }
    if mode == Mode::Subscription { check_subscription(items) } else { Ok(()) }
}

fn check_subscription(items: &[LineItem]) -> Result<(), ApiError> {
    let intervals: Vec<Recurring> = items.iter().filter_map(|item| item.price.recurring).collect();
    let refuse = |message: &str| Err(ApiError::invalid("line_items", message).while_executing());
    match intervals.first() {
        None => {
            return refuse("You must provide at least one recurring price in `subscription` mode when using prices.");
        }
        Some(first) if intervals.iter().any(|interval| interval != first) => {
            return refuse("Checkout does not support multiple prices with different billing intervals.");
        }
        Some(_) => {}
    }
    if intervals.len() > MOST_OF_A_KIND || items.len() - intervals.len() > MOST_OF_A_KIND {
        return refuse("A subscription may have at most 20 recurring and 20 one-time line items.");
    }
    Ok(())
}
