//! Making a session.

use super::totals::Totals;
use super::update::{apply_intent, recalculate};
use super::{Discount, IntentData, Session, Settings, Status, line_items, new_metadata, shipping};
use crate::error::ApiError;
use crate::ids;
use crate::objects::Draft;
use crate::params::create::{self, Create, Mode, UiMode};

const HALF_AN_HOUR: i64 = 30 * 60;
const A_DAY: i64 = 24 * 60 * 60;

/// A new session, `now` being its birth in seconds since the Unix epoch.
pub fn create(params: Create, now: i64, draft: &mut Draft<'_>) -> Result<Session, ApiError> {
    check_urls(&params)?;
    check_mode(&params)?;
    let expires_at = params.expires_at.unwrap_or(now + A_DAY);
    if !(now + HALF_AN_HOUR..=now + A_DAY).contains(&expires_at) {
        let message = "The `expires_at` timestamp must be between 30 minutes and 24 hours after the creation of the \
                       Checkout Session.";
        return Err(ApiError::integer("expires_at", message));
    }
    let line_items = line_items::create(params.line_items, draft)?;
    let currency = match (params.currency, line_items.first()) {
        (Some(currency), _) => currency,
        (None, Some(item)) => item.price.currency.clone(),
        (None, None) => return Err(ApiError::missing("line_items")),
    };
    line_items::check(&line_items, params.mode, &currency)?;
    let discount = params.discounts.into_iter().next().map(|sent| discount(sent, &currency, draft)).transpose()?;
    let shipping_options = shipping::options(params.shipping_options, &currency, draft)?;
    let mut intent = IntentData::default();
    if let Some(data) = params.payment_intent_data {
        apply_intent(&mut intent, data)?;
    }
    if let Some(data) = params.subscription_data {
        intent.description = data.description;
        intent.metadata = new_metadata(data.metadata);
    }
    let id = ids::session();
    let mut session = Session {
        client_secret: ids::client_secret(&id),
        id,
        created: now,
        expires_at,
        status: Status::Open,
        mode: params.mode,
        ui_mode: params.ui_mode,
        currency,
        line_items,
        shipping_options: Vec::new(),
        shipping_rate: None,
        discount,
        automatic_tax: params.automatic_tax.is_some_and(|tax| tax.enabled),
        metadata: new_metadata(params.metadata),
        shipping_details: None,
        email: params.customer_email.clone(),
        customer_email: params.customer_email,
        intent,
        settings: Settings {
            allow_promotion_codes: params.allow_promotion_codes,
            allowed_countries: params.shipping_address_collection.map(|collection| collection.allowed_countries),
            billing_address_collection: params.billing_address_collection,
            cancel_url: params.cancel_url,
            client_reference_id: params.client_reference_id,
            customer_creation: params.customer_creation,
            locale: params.locale,
            payment_method_types: params.payment_method_types.unwrap_or_else(|| vec!["card".into()]),
            phone_number_collection: params.phone_number_collection.is_some_and(|collection| collection.enabled),
            redirect_on_completion: params.redirect_on_completion,
            return_url: params.return_url,
            submit_type: params.submit_type,
            success_url: params.success_url,
            permissions: params.permissions.map(|permissions| permissions.update_shipping_details),
        },
        totals: Totals::default(),
    };
    shipping::offer(&mut session, shipping_options);
    recalculate(&mut session, draft.objects)?;
    Ok(session)
}

fn discount(sent: create::Discount, currency: &str, draft: &Draft<'_>) -> Result<Discount, ApiError> {
    const PARAM: &str = "discounts[0][coupon]";
    if let Some(code) = sent.promotion_code {
        return Err(ApiError::no_such("promotion code", &code, "discounts[0][promotion_code]"));
    }
    let coupon = draft.objects.coupon(&sent.coupon.unwrap_or_default(), PARAM)?;
    if coupon.currency.as_deref().is_some_and(|its| its != currency) {
        let message = "The coupon's currency is not the currency of the Checkout Session.";
        return Err(ApiError::invalid(PARAM, message).while_executing());
    }
    Ok(Discount { id: ids::random("di_1", 23), coupon })
}

/// Each way to show the checkout has addresses of its own.
fn check_urls(params: &Create) -> Result<(), ApiError> {
    let only = |name: &str, value: &Option<String>, hosted: bool| match value {
        Some(_) if hosted != (params.ui_mode == UiMode::HostedPage) => {
            Err(ApiError::invalid(name, format!("You can not pass `{name}` with this `ui_mode`.")))
        }
        _ => Ok(()),
    };
    only("success_url", &params.success_url, true)?;
    only("cancel_url", &params.cancel_url, true)?;
    only("return_url", &params.return_url, false)?;
    match params.ui_mode {
        UiMode::HostedPage if params.success_url.is_none() => Err(ApiError::missing("success_url")),
        UiMode::Elements | UiMode::EmbeddedPage if params.return_url.is_none() && redirects(params) => {
            Err(ApiError::missing("return_url"))
        }
        _ => Ok(()),
    }
}

/// Whether the customer may be sent away and has to come back. Cards and Link stay on the page. Where no methods are
/// named the account's settings decide, and an account starts with methods that redirect.
fn redirects(params: &Create) -> bool {
    match (params.ui_mode, params.redirect_on_completion.as_deref()) {
        (UiMode::EmbeddedPage, None | Some("always")) => true,
        (UiMode::EmbeddedPage, Some("never")) => false,
        _ => params.payment_method_types.is_none(),
    }
}

/// Some parameters belong to one mode, or to one way to show the checkout.
fn check_mode(params: &Create) -> Result<(), ApiError> {
    let subscription = params.mode == Mode::Subscription;
    let refused = [
        ("payment_intent_data", params.payment_intent_data.is_some() && subscription, "in `subscription` mode"),
        ("shipping_options", !params.shipping_options.is_empty() && subscription, "in `subscription` mode"),
        ("customer_creation", params.customer_creation.is_some() && subscription, "in `subscription` mode"),
        (
            "submit_type",
            params.submit_type.is_some() && params.ui_mode == UiMode::Elements,
            "when `ui_mode` is `elements`",
        ),
        ("subscription_data", params.subscription_data.is_some() && !subscription, "in `payment` mode"),
        (
            "permissions",
            params.permissions.is_some() && params.ui_mode != UiMode::Elements,
            "unless `ui_mode` is `elements`",
        ),
        (
            "redirect_on_completion",
            params.redirect_on_completion.is_some() && params.ui_mode != UiMode::EmbeddedPage,
            "unless `ui_mode` is `embedded_page`",
        ),
    ];
    match refused.into_iter().find(|(_, refuse, _)| *refuse) {
        Some((name, _, when)) => Err(ApiError::invalid(name, format!("You can not pass `{name}` {when}."))),
        None if params.allow_promotion_codes.is_some() && !params.discounts.is_empty() => {
            Err(ApiError::exclusive("discounts", &["allow_promotion_codes", "discounts"]))
        }
        None => Ok(()),
    }
}
