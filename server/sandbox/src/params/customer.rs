//! `POST /sandbox/sessions/:id/customer`: what a customer does on the page, for stand-ins of Stripe.js.

use serde::Deserialize;

use super::Change;
use super::common::{SHIPPING_DETAILS, ShippingDetails, TEXT};
use crate::schema::{Rule, Shape, optional};

/// The parameters.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Customer {
    pub email: Option<String>,
    pub promotion_code: Change<String>,
    pub shipping_details: Option<ShippingDetails>,
    pub shipping_option: Option<String>,
}

/// The table.
pub const CUSTOMER: Shape = Shape {
    fields: &[
        optional("email", Rule::Email),
        optional("promotion_code", Rule::Clearable(&TEXT)),
        optional("shipping_details", SHIPPING_DETAILS),
        optional("shipping_option", TEXT),
    ],
    needs: &[],
};
