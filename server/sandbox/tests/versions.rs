//! What depends on `Stripe-Version`.

mod common;

use common::{Answer, Api, SESSIONS};
use hyper::Method;
use serde_json::json;

const ITEM: &str = "mode=payment&return_url=https://x.example&line_items[0][price]=price_mug&line_items[0][quantity]=1";

#[allow(clippy::unwrap_used)]
async fn post(api: &Api, path: &str, body: &str, version: &str) -> Answer {
    api.send(Method::POST, path, body, &[("stripe-version", version)]).await.unwrap()
}

#[tokio::test]
async fn a_version_that_was_never_released_is_refused() {
    let api = Api::start().await;
    for version in ["latest", "2026-03-25.", "2026-03-25", "2025-09-30.acacia", "2019-12-03, 2019-12-03"] {
        let answer = post(&api, SESSIONS, ITEM, version).await;
        assert_eq!(answer.error(), (400, "invalid_request_error", "", ""), "{version}");
        assert_eq!(answer.body["error"]["message"], format!("Invalid Stripe API version: {version}"));
    }
    let newer = post(&api, SESSIONS, ITEM, "2027-03-31.fig").await;
    assert_eq!(newer.status, 400);
    assert!(newer.text.contains("knows versions up to 2026-10-28.endive"), "{}", newer.text);
    for version in ["2022-11-15", "2024-12-18.acacia", "2025-12-15.preview"] {
        let answer = api.send(Method::GET, SESSIONS, "", &[("stripe-version", version)]).await.unwrap();
        assert_eq!((answer.status, answer.header("stripe-version")), (200, version));
    }
}

#[tokio::test]
async fn the_ui_modes_have_the_names_of_their_version() {
    let api = Api::start().await;
    for (version, name, advice) in [
        ("2025-12-15.clover", "custom", ""),
        ("2025-12-15.clover", "embedded", ""),
        ("2026-03-25.dahlia", "elements", ""),
        ("2026-03-25.dahlia", "form", ""),
        // The curl of Stripe's guide on line items, whose version is older than its ui_mode.
        ("2025-03-31.basil", "elements", "send ui_mode=custom, or Stripe-Version: 2026-03-25.dahlia"),
        ("2025-12-15.clover", "embedded_page", "send ui_mode=embedded, or Stripe-Version: 2026-03-25.dahlia"),
        ("2025-12-15.clover", "form", "2025-12-15.clover has no `form`, or Stripe-Version: 2026-03-25.dahlia"),
        (
            "2026-10-28.endive",
            "custom",
            "In API version 2026-10-28.endive, `custom` is called `elements`: send ui_mode=elements",
        ),
        ("2026-10-28.endive", "sideways", "must be one of elements, embedded_page, form, or hosted_page"),
    ] {
        let answer = post(&api, SESSIONS, &format!("ui_mode={name}&{ITEM}"), version).await;
        assert_eq!(answer.status == 200, advice.is_empty(), "{version} {name}");
        if advice.is_empty() {
            assert_eq!(answer.body["ui_mode"], name);
        } else {
            assert_eq!(answer.error(), (400, "invalid_request_error", "", "ui_mode"));
            assert!(answer.text.contains(advice), "{}", answer.text);
        }
    }
}

#[tokio::test]
async fn payment_methods_are_named_as_the_version_names_them() {
    let api = Api::start().await;
    for (version, ui_mode, name, method, status) in [
        ("2026-08-26.dahlia", "elements", "payment_method_types", "klarna", 200),
        ("2026-08-26.dahlia", "elements", "payment_method_types", "paypay", 400),
        ("2026-08-26.dahlia", "elements", "allowed_payment_method_types", "card", 400),
        ("2025-03-31.basil", "custom", "payment_method_types", "us_bank_account", 200),
        ("2026-09-30.endive", "elements", "allowed_payment_method_types", "paypay", 200),
        ("2026-09-30.endive", "elements", "payment_method_types", "card", 400),
    ] {
        let body = format!("ui_mode={ui_mode}&{name}[]={method}&{name}[]=card&{ITEM}");
        let answer = post(&api, SESSIONS, &body, version).await;
        assert_eq!(answer.status, status, "{version} {name} {method}: {}", answer.text);
        if status == 200 {
            assert_eq!(answer.body["payment_method_types"], json!([method, "card"]));
            assert_eq!(answer.body["allowed_payment_method_types"].is_null(), name == "payment_method_types");
        }
    }
    let body = format!("ui_mode=elements&payment_method_types[]=card&{ITEM}");
    let answer = post(&api, SESSIONS, &body, "2026-09-30.endive").await;
    assert!(answer.text.contains("Received unknown parameter: payment_method_types"));
}

#[tokio::test]
async fn each_parameter_comes_and_goes_with_its_version() {
    let api = Api::start().await;
    let (mug, plan) = (
        api.mug().await,
        "ui_mode=elements&mode=subscription&return_url=https://x.example\
         &line_items[0][price]=price_monthly&line_items[0][quantity]=1",
    );
    let elements = format!("ui_mode=elements&{ITEM}");
    let data = "line_items[0][price_data]";
    let ticket = format!(
        "line_items[0][quantity]=1&{data}[currency]=usd&{data}[unit_amount]=900&{data}[product_data][name]=Ticket\
         &{data}[product_data][tax_details][tax_code]=txcd_1&expand[]=line_items.data.price.product"
    );
    for (path, body, param, since, before) in [
        (
            &*mug,
            "payment_intent_data[description]=x".to_owned(),
            "payment_intent_data",
            "2026-10-28.endive",
            "2026-09-30.endive",
        ),
        (SESSIONS, format!("{elements}&locale=hi-IN"), "locale", "2026-10-28.endive", "2026-09-30.endive"),
        (
            &*mug,
            ticket,
            "line_items[0][price_data][product_data][tax_details]",
            "2026-09-30.endive",
            "2026-08-26.dahlia",
        ),
        (
            SESSIONS,
            format!("{plan}&subscription_data[billing_cycle_anchor_config][day_of_month]=1"),
            "subscription_data[billing_cycle_anchor_config]",
            "2026-06-24.dahlia",
            "2026-05-27.dahlia",
        ),
    ] {
        let answer = post(&api, path, &body, since).await;
        assert_eq!(answer.status, 200, "{param}: {}", answer.text);
        if param.ends_with("[tax_details]") {
            let product = &answer.body["line_items"]["data"][0]["price"]["product"];
            assert_eq!(product["tax_details"], json!({ "performance_location": null, "tax_code": "txcd_1" }));
        }
        let answer = post(&api, path, &body, before).await;
        assert_eq!((answer.status, answer.error().3), (400, param), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_payment_of_nothing_was_refused_once() {
    let api = Api::start().await;
    let body =
        "mode=payment&success_url=https://x.example&line_items[0][price]=price_sticker&line_items[0][quantity]=1";
    assert_eq!(post(&api, SESSIONS, body, "2023-08-16").await.body["amount_total"], 0);
    let refused = post(&api, SESSIONS, body, "2022-11-15").await;
    assert_eq!(refused.error(), (400, "invalid_request_error", "amount_too_small", "line_items"));
    let message = "The Checkout Session's total amount due must add up to at least $0.50 usd";
    assert_eq!(refused.body["error"]["message"], message);
    let plan = "mode=subscription&success_url=https://x.example&line_items[0][price]=price_monthly\
                &line_items[0][quantity]=1&subscription_data[trial_period_days]=7";
    assert_eq!(post(&api, SESSIONS, plan, "2022-11-15").await.body["amount_total"], 0);
}

#[tokio::test]
async fn the_shipping_details_were_on_the_session_before_basil() {
    let api = Api::start().await;
    let mug = api.mug().await;
    let details = "collected_information[shipping_details]";
    let address = format!("{details}[address]");
    // The clients send null as an empty text.
    let body = format!("{details}[name]=Ada&{address}[country]=US&{address}[line1]=1+Way&{address}[line2]=");
    assert_eq!(api.post(&mug, &body).await.status, 200);
    let get = async |version: &str| api.send(Method::GET, &mug, "", &[("stripe-version", version)]).await.unwrap().body;
    let old = get("2025-02-24.acacia").await;
    assert_eq!(
        (&old["shipping_details"]["name"], &old["shipping_details"]["address"]["line2"]),
        (&json!("Ada"), &json!(null))
    );
    assert_eq!(old["shipping_details"], old["collected_information"]["shipping_details"]);
    assert_eq!(get("2025-03-31.basil").await.get("shipping_details"), None);
}

#[tokio::test]
async fn the_beta_of_the_first_guides_is_known() {
    const BETA: &str = "2025-03-31.basil; checkout_server_update_beta=v1;";
    let api = Api::start().await;
    // As the guide printed it first.
    let body = "ui_mode=custom&permissions[update_line_items]=server_only\
                &permissions[update_discounts]=server_only&line_items[0][price]=price_monthly\
                &line_items[0][quantity]=1&mode=subscription&return_url=https://example.com/return";
    let made = post(&api, SESSIONS, body, BETA).await;
    assert_eq!((made.status, made.header("stripe-version")), (200, BETA), "{}", made.text);
    assert_eq!(
        made.body["permissions"],
        json!({
            "update_discounts": "server_only",
            "update_line_items": "server_only",
            "update_shipping_details": null,
        })
    );
    let path = format!("{SESSIONS}/{}", made.id());
    let yearly = "line_items[0][price]=price_yearly&line_items[0][quantity]=1";
    assert_eq!(post(&api, &path, yearly, BETA).await.body["amount_total"], 10_000);
    // Without the beta there is no such permission, neither to set nor to see.
    let refused = post(&api, SESSIONS, body, "2025-03-31.basil").await;
    assert_eq!(refused.error().2, "parameter_unknown");
    assert_eq!(api.get(&path).await.body["permissions"], json!({ "update_shipping_details": null }));
    for version in ["2025-03-31.basil; checkout", "2025-03-30.basil; checkout_server_update_beta=v1"] {
        assert_eq!(post(&api, SESSIONS, body, version).await.status, 400, "{version}");
    }
}
