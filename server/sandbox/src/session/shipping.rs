//! Shipping options and the shipping address of a session.

use std::sync::Arc;

use super::Session;
use crate::catalogue::ShippingRate;
use crate::error::ApiError;
use crate::objects::Draft;
use crate::params::common::{ShippingDetails, ShippingOption};

/// The options of a session in `currency`, each by id or made from its data.
pub fn options(
    sent: Vec<ShippingOption>,
    currency: &str,
    draft: &mut Draft<'_>,
) -> Result<Vec<Arc<ShippingRate>>, ApiError> {
    let mut rates: Vec<Arc<ShippingRate>> = Vec::with_capacity(sent.len());
    for (index, option) in sent.into_iter().enumerate() {
        let param = format!("shipping_options[{index}]");
        let rate = draft.shipping_rate(option, &param)?;
        if cost(&rate, currency).is_none() {
            let message = "The shipping rate has no amount in the currency of the Checkout Session.";
            return Err(ApiError::invalid(param, message).while_executing());
        }
        if rates.iter().any(|known| known.id == rate.id) {
            let message = "Each shipping rate may be offered only once.";
            return Err(ApiError::invalid(format!("{param}[shipping_rate]"), message).while_executing());
        }
        rates.push(rate);
    }
    Ok(rates)
}

/// What a rate costs in `currency`.
pub fn cost(rate: &ShippingRate, currency: &str) -> Option<i64> {
    if rate.fixed_amount.currency == currency {
        return Some(rate.fixed_amount.amount);
    }
    rate.fixed_amount.currency_options.get(currency).map(|option| option.amount)
}

/// Offers other options. The customer's choice stands where it is still among them.
pub fn offer(session: &mut Session, rates: Vec<Arc<ShippingRate>>) {
    session.shipping_options = rates;
    if session.chosen_shipping().is_none() {
        session.shipping_rate = session.shipping_options.first().map(|rate| rate.id.clone());
    }
}

/// Sets the shipping details, by the server.
pub fn set_details(session: &mut Session, details: ShippingDetails) -> Result<(), ApiError> {
    ship_to(session, details, "collected_information[shipping_details]")
}

/// Sets the shipping details, by whomever may.
pub fn ship_to(session: &mut Session, details: ShippingDetails, param: &str) -> Result<(), ApiError> {
    let country = &details.address.country;
    if session.settings.allowed_countries.as_ref().is_some_and(|allowed| !allowed.contains(country)) {
        let message = "The country is not among the allowed_countries of shipping_address_collection.";
        let param = format!("{param}[address][country]");
        return Err(ApiError::parameter("shipping_address_invalid", param, message).while_executing());
    }
    session.shipping_details = Some(details);
    Ok(())
}
