//! A session as the API shows it.

use serde_json::{Value, json};

use super::expand::Expand;
use super::item;
use crate::objects::Objects;
use crate::params::create::{Mode, Permissions, UiMode};
use crate::session::totals::LineTotals;
use crate::session::{Completion, Session, Settings, Status, shipping};
use crate::version::{Day, Version};

/// Line items that come with a session; the rest is in the list of its own.
const LINE_ITEMS_WITHIN: usize = 10;

/// The session, for a caller of `version`.
pub fn session(session: &Session, objects: &Objects, version: Version, expand: &Expand) -> Value {
    let settings = &session.settings;
    let completion = match &session.status {
        Status::Complete(completion) => Some(completion),
        Status::Open | Status::Expired => None,
    };
    let mut value = json!({
        "id": session.id,
        "object": "checkout.session",
        "adaptive_pricing": settings.adaptive_pricing,
        "after_expiration": null,
        "allow_promotion_codes": settings.allow_promotion_codes,
        "allowed_payment_method_types": settings.allowed_payment_method_types,
        "amount_subtotal": session.totals.subtotal,
        "amount_total": session.totals.total,
        "automatic_tax": automatic_tax(session),
        "billing_address_collection": settings.billing_address_collection,
        "cancel_url": settings.cancel_url,
        "client_reference_id": settings.client_reference_id,
        "client_secret": client_secret(session),
        "collected_information": collected(session),
        "consent": null,
        "consent_collection": null,
        "created": session.created,
        "currency": session.currency,
        "currency_conversion": null,
        "custom_fields": [],
        "custom_text": {
            "after_submit": null,
            "shipping_address": null,
            "submit": null,
            "terms_of_service_acceptance": null,
        },
        "customer": customer(session, expand.wants("customer"), objects.created),
        "customer_account": null,
        "customer_creation": customer_creation(session),
        "customer_details": customer_details(session),
        "customer_email": session.customer_email,
        "discounts": discounts(session, objects, &expand.inner("discounts")),
        "expires_at": session.expires_at,
        "integration_identifier": settings.integration_identifier,
        "invoice": null,
        "invoice_creation": null,
        "livemode": false,
        "locale": settings.locale,
        "managed_payments": null,
        "metadata": session.metadata,
        "mode": session.mode,
        "origin_context": null,
        "payment_intent": completion.and_then(|done| payment_intent(session, done, expand.wants("payment_intent"))),
        "payment_link": null,
        "payment_method_collection": payment_method_collection(session),
        "payment_method_configuration_details": null,
        "payment_method_options": {},
        "payment_method_types": payment_method_types(session),
        "payment_status": payment_status(session, completion),
        "permissions": settings.permissions.as_ref().map(|permissions| self::permissions(permissions, version)),
        "phone_number_collection": { "enabled": settings.phone_number_collection },
        "recovered_from": null,
        "saved_payment_method_options": settings.saved_payment_method_options.as_ref().map(|options| json!({
            "allow_redisplay_filters": options.get("allow_redisplay_filters"),
            "payment_method_remove": options.get("payment_method_remove"),
            "payment_method_save": options.get("payment_method_save"),
        })),
        "setup_intent": null,
        "shipping_address_collection":
            settings.allowed_countries.as_ref().map(|countries| json!({ "allowed_countries": countries })),
        "shipping_cost": shipping_cost(session, objects, &expand.inner("shipping_cost")),
        "shipping_options": shipping_options(session, objects, expand.inner("shipping_options").wants("shipping_rate")),
        "status": session.status.name(),
        "submit_type": settings.submit_type,
        "subscription": completion.and_then(|done| subscription(session, done, expand.wants("subscription"))),
        "success_url": settings.success_url,
        "total_details": total_details(session, objects, expand.inner("total_details").wants("breakdown")),
        "ui_mode": session.ui_mode.name(version),
        "url": url(session),
        "wallet_options": settings.wallet_options,
    });
    if let Some(fields) = value.as_object_mut() {
        if let Some(url) = &settings.return_url {
            fields.insert("return_url".into(), json!(url));
        }
        if session.ui_mode == UiMode::EmbeddedPage {
            let redirect = settings.redirect_on_completion.as_deref().unwrap_or("always");
            fields.insert("redirect_on_completion".into(), json!(redirect));
        }
        if let Some(collection) = &settings.tax_id_collection {
            let required = collection.required.as_deref().unwrap_or("never");
            fields.insert("tax_id_collection".into(), json!({ "enabled": collection.enabled, "required": required }));
        }
        if version.day < Day::SHIPPING_DETAILS_MOVED {
            fields.insert("shipping_details".into(), json!(session.shipping_details));
        }
        if expand.wants("line_items") {
            let items = line_items(session, objects, &expand.inner("line_items").inner("data"));
            let has_more = items.len() > LINE_ITEMS_WITHIN;
            let data = items.into_iter().take(LINE_ITEMS_WITHIN).collect();
            fields.insert("line_items".into(), item::list(data, has_more, &line_items_url(&session.id)));
        }
    }
    value
}

/// Where the line items of a session are listed.
pub fn line_items_url(id: &str) -> String {
    format!("/v1/checkout/sessions/{id}/line_items")
}

/// Every line item.
pub fn line_items(session: &Session, objects: &Objects, expand: &Expand) -> Vec<Value> {
    let both = session.line_items.iter().zip(&session.totals.lines);
    both.map(|(item, totals)| item::line_item(session, item, totals, objects, expand)).collect()
}

fn automatic_tax(session: &Session) -> Value {
    let status = match (session.automatic_tax, &session.shipping_details) {
        (false, _) => None,
        (true, None) => Some("requires_location_inputs"),
        (true, Some(_)) => Some("complete"),
    };
    json!({
        "enabled": session.automatic_tax,
        "liability": session.automatic_tax.then(|| json!({ "type": "self" })),
        "provider": session.automatic_tax.then_some("stripe"),
        "status": status,
    })
}

fn client_secret(session: &Session) -> Option<&str> {
    let usable = session.status == Status::Open && session.ui_mode != UiMode::HostedPage;
    usable.then_some(session.client_secret.as_str())
}

fn url(session: &Session) -> Option<String> {
    let usable = session.status == Status::Open && session.ui_mode == UiMode::HostedPage;
    usable.then(|| format!("https://checkout.stripe.com/c/pay/{}", session.id))
}

fn collected(session: &Session) -> Option<Value> {
    session
        .shipping_details
        .as_ref()
        .map(|details| json!({ "business_name": null, "individual_name": null, "shipping_details": details }))
}

/// The permissions; those on discounts and line items belong to a beta, and show in it.
fn permissions(permissions: &Permissions, version: Version) -> Value {
    let mut value = json!({ "update_shipping_details": permissions.update_shipping_details });
    if let (Some(fields), true) = (value.as_object_mut(), version.server_updates) {
        fields.insert("update_discounts".into(), json!(permissions.update_discounts));
        fields.insert("update_line_items".into(), json!(permissions.update_line_items));
    }
    value
}

/// Those that were named; else those that a new account has.
fn payment_method_types(session: &Session) -> Vec<String> {
    let Settings { payment_method_types, allowed_payment_method_types, .. } = &session.settings;
    let named = payment_method_types.as_ref().or(allowed_payment_method_types.as_ref());
    named.cloned().unwrap_or_else(|| vec!["card".into()])
}

fn payment_method_collection(session: &Session) -> &str {
    match session.mode {
        Mode::Payment => "if_required",
        Mode::Subscription => session.settings.payment_method_collection.as_deref().unwrap_or("always"),
    }
}

fn customer(session: &Session, whole: bool, created: i64) -> Option<Value> {
    session.customer.as_ref().map(|customer| item::customer(customer, whole, created))
}

fn customer_creation(session: &Session) -> Option<String> {
    let chosen = session.settings.customer_creation.clone();
    let asked = session.mode == Mode::Payment && session.customer.is_none();
    asked.then(|| chosen.unwrap_or_else(|| "if_required".into()))
}

fn customer_details(session: &Session) -> Option<Value> {
    session.email.as_ref().map(|email| {
        json!({
            "address": null,
            "business_name": null,
            "email": email,
            "individual_name": null,
            "name": null,
            "phone": null,
            "tax_exempt": "none",
            "tax_ids": null,
        })
    })
}

fn discounts(session: &Session, objects: &Objects, expand: &Expand) -> Value {
    let one = |discount: &crate::session::Discount| {
        let coupon = item::coupon(&discount.coupon, expand.wants("coupon"), objects.created);
        let promotion = discount.promotion_code.as_ref();
        let promotion =
            promotion.map(|code| item::promotion_code(code, expand.wants("promotion_code"), objects.created));
        json!({ "coupon": coupon, "promotion_code": promotion })
    };
    session.discount.iter().map(one).collect()
}

fn payment_status(session: &Session, completion: Option<&Completion>) -> &'static str {
    match completion {
        Some(_) if session.totals.total == 0 => "no_payment_required",
        Some(completion) if completion.paid => "paid",
        _ => "unpaid",
    }
}

fn payment_intent(session: &Session, completion: &Completion, whole: bool) -> Option<Value> {
    let id = completion.payment_intent.as_ref()?;
    let intent = &session.intent;
    Some(if whole {
        json!({
            "id": id,
            "object": "payment_intent",
            "amount": session.totals.total,
            "currency": session.currency,
            "description": intent.description,
            "livemode": false,
            "metadata": intent.metadata,
            "setup_future_usage": intent.setup_future_usage,
            "statement_descriptor": intent.statement_descriptor,
            "statement_descriptor_suffix": intent.statement_descriptor_suffix,
            "status": if completion.paid { "succeeded" } else { "processing" },
        })
    } else {
        json!(id)
    })
}

fn subscription(session: &Session, completion: &Completion, whole: bool) -> Option<Value> {
    let id = completion.subscription.as_ref()?;
    Some(if whole {
        json!({
            "id": id,
            "object": "subscription",
            "currency": session.currency,
            "description": session.intent.description,
            "livemode": false,
            "metadata": session.intent.metadata,
            "status": if completion.paid { "active" } else { "incomplete" },
        })
    } else {
        json!(id)
    })
}

fn shipping_cost(session: &Session, objects: &Objects, expand: &Expand) -> Option<Value> {
    let (rate, totals) = (session.chosen_shipping()?, session.totals.shipping.as_ref()?);
    let mut value = json!({
        "amount_subtotal": totals.subtotal,
        "amount_tax": totals.all_tax(),
        "amount_total": totals.total,
        "shipping_rate": item::shipping_rate(rate, expand.wants("shipping_rate"), objects.created),
    });
    if let (Some(fields), true) = (value.as_object_mut(), expand.wants("taxes")) {
        fields.insert("taxes".into(), item::taxes(&totals.taxes, objects.created));
    }
    Some(value)
}

fn shipping_options(session: &Session, objects: &Objects, whole: bool) -> Value {
    let one = |rate: &std::sync::Arc<crate::catalogue::ShippingRate>| {
        json!({
            "shipping_amount": shipping::cost(rate, &session.currency),
            "shipping_rate": item::shipping_rate(rate, whole, objects.created),
        })
    };
    session.shipping_options.iter().map(one).collect()
}

fn total_details(session: &Session, objects: &Objects, breakdown: bool) -> Value {
    let totals = &session.totals;
    let mut value = json!({
        "amount_discount": totals.discount,
        "amount_shipping": totals.shipping.as_ref().map_or(0, |shipping: &LineTotals| shipping.subtotal),
        "amount_tax": totals.tax(),
    });
    if let (Some(fields), true) = (value.as_object_mut(), breakdown) {
        let discounts = session.discount.iter().map(|found| item::discount_amount(session, found, totals.discount));
        let whole = json!({
            "discounts": discounts.collect::<Value>(),
            "taxes": item::taxes(&totals.taxes_by_rate(), objects.created),
        });
        fields.insert("breakdown".into(), whole);
    }
    value
}
