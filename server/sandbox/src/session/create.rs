//! Making a session.

use std::sync::Arc;

use super::totals::Totals;
use super::update::{apply_intent, recalculate};
use super::{Discount, IntentData, Session, Settings, Status, Trial, line_items, new_metadata, shipping};
use crate::catalogue::Coupon;
use crate::error::ApiError;
use crate::ids;
use crate::objects::{Draft, Objects};
use crate::params::common::{self, CouponData};
use crate::params::create::{Create, Mode, UiMode, redirects};
use crate::version::Version;

const HALF_AN_HOUR: i64 = 30 * 60;
const A_DAY: i64 = 24 * 60 * 60;
/// The shortest trial that ends at a time of its own.
const SHORTEST_TRIAL: i64 = 2 * A_DAY;

/// A new session, `now` being its birth in seconds since the Unix epoch.
pub fn create(params: Create, now: i64, version: Version, draft: &mut Draft<'_>) -> Result<Session, ApiError> {
    check_urls(&params)?;
    check_mode(&params, version)?;
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
    let discount =
        params.discounts.into_iter().next().map(|sent| discount(sent, &currency, draft.objects)).transpose()?;
    let customer = params.customer.map(|id| draft.objects.customer(&id, "customer")).transpose()?;
    let shipping_options = shipping::options(params.shipping_options, &currency, draft)?;
    let mut intent = IntentData::default();
    if let Some(data) = params.payment_intent_data {
        apply_intent(&mut intent, data)?;
    }
    let mut trial = None;
    if let Some(data) = params.subscription_data {
        intent.description = data.description;
        intent.metadata = new_metadata(data.metadata);
        trial = data.trial_period_days.map(Trial::Days);
        if let Some(end) = data.trial_end {
            trial = Some(trial_until(end, now)?);
        }
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
        email: params.customer_email.clone().or_else(|| customer.as_ref()?.email.clone()),
        customer,
        customer_email: params.customer_email,
        intent,
        trial,
        settings: Settings {
            adaptive_pricing: params.adaptive_pricing,
            allowed_payment_method_types: params.allowed_payment_method_types,
            allow_promotion_codes: params.allow_promotion_codes,
            allowed_countries: params.shipping_address_collection.map(|collection| collection.allowed_countries),
            billing_address_collection: params.billing_address_collection,
            cancel_url: params.cancel_url,
            client_reference_id: params.client_reference_id,
            customer_creation: params.customer_creation,
            integration_identifier: params.integration_identifier,
            locale: params.locale,
            payment_method_collection: params.payment_method_collection,
            payment_method_types: params.payment_method_types,
            phone_number_collection: params.phone_number_collection.is_some_and(|collection| collection.enabled),
            redirect_on_completion: params.redirect_on_completion,
            return_url: params.return_url,
            submit_type: params.submit_type,
            success_url: params.success_url,
            permissions: params.permissions,
            saved_payment_method_options: params.saved_payment_method_options,
            tax_id_collection: params.tax_id_collection,
            wallet_options: params.wallet_options,
        },
        totals: Totals::default(),
    };
    shipping::offer(&mut session, shipping_options);
    recalculate(&mut session, draft.objects, version)?;
    Ok(session)
}

/// What `discounts` asks for.
pub fn discount(sent: common::Discount, currency: &str, objects: &Objects) -> Result<Discount, ApiError> {
    let (param, promotion_code, coupon) = match (sent.promotion_code, sent.coupon_data) {
        (Some(id), _) => {
            let param = "discounts[0][promotion_code]";
            let (promotion, coupon) = objects.promotion_code(&id, param)?;
            (param, Some(promotion), coupon)
        }
        (None, Some(data)) => ("discounts[0][coupon_data][currency]", None, Arc::new(made(data))),
        (None, None) => {
            let param = "discounts[0][coupon]";
            (param, None, objects.coupon(&sent.coupon.unwrap_or_default(), param)?)
        }
    };
    if coupon.currency.as_deref().is_some_and(|its| its != currency) {
        let message = "The coupon's currency is not the currency of the Checkout Session.";
        return Err(ApiError::invalid(param, message).while_executing());
    }
    Ok(Discount { id: ids::random("di_1", 23), coupon, promotion_code })
}

/// A coupon for this session alone.
fn made(data: CouponData) -> Coupon {
    Coupon {
        id: ids::random("", 8),
        name: data.name,
        percent_off: data.percent_off,
        amount_off: data.amount_off,
        currency: data.currency,
        duration: data.duration,
        duration_in_months: None,
    }
}

/// A trial that ends at a time of its own.
pub fn trial_until(end: i64, now: i64) -> Result<Trial, ApiError> {
    if end < now + SHORTEST_TRIAL {
        let message = "The `trial_end` date has to be at least 2 days in the future.";
        return Err(ApiError::invalid("subscription_data[trial_end]", message));
    }
    Ok(Trial::Until(end))
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
    match (params.ui_mode, params.redirect_on_completion.as_deref()) {
        (UiMode::HostedPage, _) if params.success_url.is_none() => Err(ApiError::missing("success_url")),
        (UiMode::HostedPage, _) => Ok(()),
        (UiMode::EmbeddedPage, Some("never")) if params.return_url.is_some() => {
            let message = "You can not pass `return_url` when `redirect_on_completion` is `never`.";
            Err(ApiError::invalid("return_url", message))
        }
        _ if params.return_url.is_none() && sends_away(params) => Err(ApiError::missing("return_url")),
        _ => Ok(()),
    }
}

/// Whether the customer may be sent away and has to come back. Where no methods are named the account's settings
/// decide, and an account starts with methods that redirect.
fn sends_away(params: &Create) -> bool {
    match (params.ui_mode, params.redirect_on_completion.as_deref()) {
        (UiMode::EmbeddedPage, None | Some("always")) => true,
        (UiMode::EmbeddedPage, Some("never")) => false,
        _ => {
            let named = params.payment_method_types.as_ref().or(params.allowed_payment_method_types.as_ref());
            named.is_none_or(|methods| methods.iter().any(|method| redirects(method)))
        }
    }
}

/// Some parameters belong to one mode, or to one way to show the checkout.
fn check_mode(params: &Create, version: Version) -> Result<(), ApiError> {
    let subscription = params.mode == Mode::Subscription;
    let elements = params.ui_mode == UiMode::Elements;
    let tax_id = params.tax_id_collection.as_ref();
    let (when_elements, unless_embedded) = (
        format!("when `ui_mode` is `{}`", UiMode::Elements.name(version)),
        format!("unless `ui_mode` is `{}`", UiMode::EmbeddedPage.name(version)),
    );
    let unless_on_page = format!("{unless_embedded} or `{}`", UiMode::Elements.name(version));
    let refused = [
        ("payment_intent_data", params.payment_intent_data.is_some() && subscription, "in `subscription` mode"),
        ("shipping_options", !params.shipping_options.is_empty() && subscription, "in `subscription` mode"),
        ("customer_creation", params.customer_creation.is_some() && subscription, "in `subscription` mode"),
        ("submit_type", params.submit_type.is_some() && elements, &when_elements),
        ("payment_method_collection", params.payment_method_collection.is_some() && !subscription, "in `payment` mode"),
        (
            "tax_id_collection[required]",
            tax_id.is_some_and(|collection| collection.required.is_some()) && elements,
            &when_elements,
        ),
        ("subscription_data", params.subscription_data.is_some() && !subscription, "in `payment` mode"),
        (
            "permissions",
            params.permissions.is_some() && !matches!(params.ui_mode, UiMode::Elements | UiMode::EmbeddedPage),
            &unless_on_page,
        ),
        (
            "redirect_on_completion",
            params.redirect_on_completion.is_some() && params.ui_mode != UiMode::EmbeddedPage,
            &unless_embedded,
        ),
    ];
    match refused.into_iter().find(|(_, refuse, _)| *refuse) {
        Some((name, _, when)) => Err(ApiError::invalid(name, format!("You can not pass `{name}` {when}."))),
        None if params.customer.is_some() && params.customer_email.is_some() => {
            Err(ApiError::exclusive("customer_email", &["customer", "customer_email"]))
        }
        None if params.allow_promotion_codes.is_some() && !params.discounts.is_empty() => {
            Err(ApiError::exclusive("discounts", &["allow_promotion_codes", "discounts"]))
        }
        None => Ok(()),
    }
}
