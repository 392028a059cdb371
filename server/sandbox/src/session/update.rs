//! Changing a session: all of a request, or nothing of it.

use std::sync::Arc;

use super::create::{discount, trial_until};
use super::totals::{self, Line, Off, Shipping, Totals};
use super::{AppliedTax, IntentData, Session, Status, Trial, line_items, merge_metadata, shipping};
use crate::catalogue::{AutomaticTax, TaxRate};
use crate::error::ApiError;
use crate::money::{self, Decimal};
use crate::objects::{Draft, Objects};
use crate::params::Change;
use crate::params::common::{self, TaxBehavior};
use crate::params::create::{Mode, UiMode};
use crate::params::customer::Customer;
use crate::params::update::{self, Update};
use crate::version::{Day, Version};

/// Where a parameter can be updated: "the full embedded page doesn't support dynamically updating line items", "dynamic
/// updates aren't available with the Stripe-hosted version", and so on for each. What is not here can be updated
/// everywhere.
const UPDATABLE: &[(&str, &[UiMode])] = &[
    ("collected_information", &[UiMode::Elements, UiMode::EmbeddedPage]),
    ("customer", &[UiMode::Elements, UiMode::Form]),
    ("discounts", &[UiMode::Elements, UiMode::Form]),
    ("line_items", &[UiMode::Elements, UiMode::Form]),
    ("payment_intent_data", &[UiMode::Elements]),
    ("shipping_options", &[UiMode::Elements, UiMode::EmbeddedPage, UiMode::Form]),
    ("subscription_data", &[UiMode::Elements, UiMode::Form]),
];

/// Refuses what the session's `ui_mode` cannot have updated.
fn check_ui_mode(session: &Session, params: &Update, version: Version) -> Result<(), ApiError> {
    let sent = params.sent();
    let refused = UPDATABLE.iter().find(|(name, modes)| sent.contains(name) && !modes.contains(&session.ui_mode));
    let Some((name, modes)) = refused else { return Ok(()) };
    let modes: Vec<String> = modes.iter().map(|mode| format!("`{}`", mode.name(version))).collect();
    let message = format!(
        "`{name}` can only be updated on Checkout Sessions with a `ui_mode` of {}. This Checkout Session has a \
         `ui_mode` of `{}`.",
        modes.join(" or "),
        session.ui_mode.name(version)
    );
    Err(ApiError::invalid(*name, message).while_executing())
}

/// The session as it is after the update. `session` is left alone, so a refusal changes nothing.
pub fn update(
    session: &Session,
    params: Update,
    now: i64,
    version: Version,
    draft: &mut Draft<'_>,
) -> Result<Session, ApiError> {
    // Shops mark an order as fulfilled in the metadata of a session that was paid.
    if !(matches!(session.status, Status::Complete(_)) && params.sent() == ["metadata"]) {
        session.require_open("updated")?;
    }
    check_ui_mode(session, &params, version)?;
    let mut next = session.clone();
    if let Some(items) = params.line_items {
        warn_of_dropped(session, &items);
        next.line_items = line_items::merge(&next.line_items, items, draft)?;
        line_items::check(&next.line_items, next.mode, &next.currency)?;
    }
    match params.shipping_options {
        Change::Keep => {}
        Change::Clear => shipping::offer(&mut next, Vec::new()),
        Change::Set(_) if next.mode == Mode::Subscription => {
            let message = "You can not pass `shipping_options` in `subscription` mode.";
            return Err(ApiError::invalid("shipping_options", message).while_executing());
        }
        Change::Set(options) => {
            let rates = shipping::options(options, &next.currency, draft)?;
            shipping::offer(&mut next, rates);
        }
    }
    if let Some(details) = params.collected_information.and_then(|collected| collected.shipping_details) {
        shipping::set_details(&mut next, details)?;
    }
    if let Some(data) = params.payment_intent_data {
        if next.mode != Mode::Payment {
            let message = "You can not pass `payment_intent_data` in `subscription` mode.";
            return Err(ApiError::invalid("payment_intent_data", message).while_executing());
        }
        apply_intent(&mut next.intent, data)?;
    }
    preview(&mut next, params.customer, params.discounts, params.subscription_data, now, draft.objects)?;
    merge_metadata(&mut next.metadata, params.metadata, "metadata")?;
    if next.status == Status::Open {
        recalculate(&mut next, draft.objects, version)?;
    }
    Ok(next)
}

/// What can only be updated by a preview version of the API.
fn preview(
    next: &mut Session,
    customer: Option<String>,
    discounts: Change<Vec<common::Discount>>,
    subscription_data: Option<update::Trial>,
    now: i64,
    objects: &Objects,
) -> Result<(), ApiError> {
    if let Some(id) = customer {
        let customer = objects.customer(&id, "customer")?;
        next.email = customer.email.clone().or_else(|| next.email.take());
        next.customer = Some(customer);
    }
    match discounts {
        Change::Keep => {}
        Change::Clear => next.discount = None,
        Change::Set(sent) => {
            next.discount = sent.into_iter().next().map(|sent| discount(sent, &next.currency, objects)).transpose()?;
        }
    }
    let Some(data) = subscription_data else { return Ok(()) };
    if next.mode != Mode::Subscription {
        let message = "You can not pass `subscription_data` in `payment` mode.";
        return Err(ApiError::invalid("subscription_data", message).while_executing());
    }
    match (data.trial_end, data.trial_period_days) {
        (Change::Set(end), _) => next.trial = Some(trial_until(end, now)?),
        (_, Change::Set(days)) => next.trial = Some(Trial::Days(days)),
        (Change::Clear, _) | (_, Change::Clear) => next.trial = None,
        (Change::Keep, Change::Keep) => {}
    }
    Ok(())
}

/// The mistake that people make: they send the new item alone, and every other item is gone.
fn warn_of_dropped(session: &Session, sent: &[update::LineItem]) {
    let dropped = session.line_items.len();
    if dropped > 0 && sent.iter().all(|item| item.id.is_none()) {
        tracing::warn!(
            session = session.id,
            dropped,
            "line_items is the whole list: items that are not sent with their id are removed"
        );
    }
}

/// The session after its customer has done something on the page.
pub fn by_customer(session: &Session, params: Customer, objects: &Objects) -> Result<Session, ApiError> {
    session.require_open("updated")?;
    let mut next = session.clone();
    if let Some(details) = params.shipping_details {
        if next.server_only_shipping() {
            let message = "permissions[update_shipping_details] is server_only: only the server may set the address.";
            return Err(ApiError::invalid("shipping_details", message).while_executing());
        }
        shipping::ship_to(&mut next, details, "shipping_details")?;
    }
    if let Some(id) = params.shipping_option {
        if !next.shipping_options.iter().any(|rate| rate.id == id) {
            return Err(ApiError::no_such("shipping option", &id, "shipping_option"));
        }
        next.shipping_rate = Some(id);
    }
    if params.email.is_some() {
        next.email = params.email;
    }
    match params.promotion_code {
        Change::Keep => {}
        Change::Clear => next.discount = None,
        Change::Set(code) => {
            const PARAM: &str = "promotion_code";
            if next.settings.allow_promotion_codes != Some(true) {
                let message = "allow_promotion_codes is not true: customers cannot enter promotion codes.";
                return Err(ApiError::invalid(PARAM, message).while_executing());
            }
            let id = objects.promotion_code_entered(&code);
            let id = id.ok_or_else(|| ApiError::no_such("promotion code", &code, PARAM))?;
            let sent = common::Discount { coupon: None, coupon_data: None, promotion_code: Some(id.to_owned()) };
            next.discount = Some(discount(sent, &next.currency, objects)?);
        }
    }
    recalculate(&mut next, objects, Version::CURRENT)?;
    Ok(next)
}

/// Applies `payment_intent_data`.
pub fn apply_intent(intent: &mut IntentData, sent: update::IntentData) -> Result<(), ApiError> {
    set(&mut intent.description, sent.description);
    set(&mut intent.setup_future_usage, sent.setup_future_usage);
    set(&mut intent.statement_descriptor, sent.statement_descriptor);
    set(&mut intent.statement_descriptor_suffix, sent.statement_descriptor_suffix);
    merge_metadata(&mut intent.metadata, sent.metadata, "payment_intent_data[metadata]")
}

fn set(field: &mut Option<String>, change: Change<String>) {
    match change {
        Change::Keep => {}
        Change::Clear => *field = None,
        Change::Set(value) => *field = Some(value),
    }
}

/// Brings the totals up to date.
pub fn recalculate(session: &mut Session, objects: &Objects, version: Version) -> Result<(), ApiError> {
    session.totals = totals_of(session, objects, |_| true, true);
    let most = money::most(&session.currency);
    if session.totals.total > most {
        let message = format!("The Checkout Session's total amount must be no more than {most}.");
        return Err(ApiError::parameter("amount_too_large", "line_items", message).while_executing());
    }
    let least = money::least(&session.currency);
    let free = session.mode == Mode::Subscription || version.day >= Day::FREE_PAYMENTS;
    if (i64::from(free)..least).contains(&session.totals.total) {
        let (least, currency) = (money::display(least, &session.currency), &session.currency);
        let message = format!("The Checkout Session's total amount due must add up to at least {least} {currency}");
        return Err(ApiError::parameter("amount_too_small", "line_items", message).while_executing());
    }
    Ok(())
}

/// What the lines that `wanted` picks come to, with or without shipping.
pub fn totals_of(
    session: &Session,
    objects: &Objects,
    wanted: impl Fn(&super::LineItem) -> bool,
    with_shipping: bool,
) -> Totals {
    let found = automatic_rate(session, objects);
    let automatic = |behavior: TaxBehavior| {
        let tax = found.as_ref()?;
        Some(applied(tax, behavior == TaxBehavior::Inclusive))
    };
    let lines: Vec<Line> = (session.line_items.iter().filter(|item| wanted(item)))
        .map(|item| {
            let unit = item.unit(&session.currency);
            let on_trial = session.trial.is_some() && item.price.recurring.is_some();
            Line {
                unit_amount: if on_trial { Decimal::whole(0) } else { unit.unit_amount },
                quantity: item.quantity,
                taxes: if session.automatic_tax {
                    automatic(unit.tax_behavior).into_iter().collect()
                } else {
                    item.tax_rates.iter().map(|rate| by_rate(Arc::clone(rate))).collect()
                },
            }
        })
        .collect();
    let off = session.discount.as_ref().and_then(|discount| {
        let percent = discount.coupon.percent_off.map(Off::Percent);
        percent.or(discount.coupon.amount_off.map(Off::Amount))
    });
    let chosen = session.chosen_shipping().filter(|_| with_shipping);
    let shipping = chosen.map(|rate| Shipping {
        amount: shipping::cost(rate, &session.currency).unwrap_or_default(),
        taxes: automatic(rate.tax_behavior).filter(|_| session.automatic_tax).into_iter().collect(),
    });
    totals::calculate(&lines, off, shipping.as_ref())
}

fn automatic_rate<'a>(session: &Session, objects: &'a Objects) -> Option<&'a AutomaticTax> {
    if !session.automatic_tax {
        return None;
    }
    let address = &session.shipping_details.as_ref()?.address;
    objects.automatic_tax(&address.country, address.state.as_deref())
}

fn by_rate(rate: Arc<TaxRate>) -> AppliedTax {
    AppliedTax { percentage: rate.percentage, inclusive: rate.inclusive, rate }
}

fn applied(tax: &AutomaticTax, inclusive: bool) -> AppliedTax {
    let place = tax.state.as_ref().map(|state| format!("_{state}")).unwrap_or_default();
    let kind = if inclusive { "_inclusive" } else { "" };
    by_rate(Arc::new(TaxRate {
        id: format!("txr_automatic_{}{place}{kind}", tax.country),
        display_name: tax.display_name.clone(),
        percentage: tax.percentage,
        inclusive,
        country: Some(tax.country.clone()),
        state: tax.state.clone(),
    }))
}
