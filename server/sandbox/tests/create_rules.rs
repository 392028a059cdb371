//! Each rule of the create endpoint: what breaks it is refused by name, and there is no session.

mod common;

use common::{Api, SESSIONS, START};
use serde_json::json;

const RULES: &str = include_str!("create_rules.txt");

fn body(rule: &str) -> String {
    const DAY: i64 = 24 * 60 * 60;
    let good = "ui_mode=elements&mode=payment&ITEM&URL";
    [
        ("GOOD", good),
        ("EURO", "ui_mode=elements&mode=payment&URL&line_items[0][price]=price_mug_eur&line_items[0][quantity]=1"),
        ("PLAN", "ITEMS&URL&ui_mode=elements&mode=subscription"),
        ("ITEMS", "line_items[0][price]=price_monthly&line_items[0][quantity]=1"),
        ("ITEM", "line_items[0][price]=price_mug&line_items[0][quantity]=1"),
        (
            "DATA",
            "line_items[0][quantity]=1&line_items[0][price_data][currency]=usd\
             &line_items[0][price_data][product_data][name]=Card",
        ),
        ("URL", "return_url=https://shop.example"),
        ("SOON", &(START + 30 * 60 - 1).to_string()),
        ("LATE", &(START + DAY + 1).to_string()),
        ("TEXT201", &"x".repeat(201)),
        ("TEXT4983", &"x".repeat(4983)),
        ("TEXT4982", &"x".repeat(4982)),
        (
            "SIX",
            &(0..6).map(|n| format!("shipping_options[{n}][shipping_rate]=shr_standard")).collect::<Vec<_>>().join("&"),
        ),
    ]
    .iter()
    .fold(rule.to_owned(), |body, (name, text)| body.replace(name, text))
}

#[tokio::test]
async fn each_rule_is_enforced() {
    let api = Api::start().await;
    let rules: Vec<&str> = RULES.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert!(rules.len() > 40);
    for rule in rules {
        let [status, code, param, breaks] = rule.splitn(4, ' ').collect::<Vec<_>>()[..] else { panic!("{rule}") };
        let answer = api.post(SESSIONS, &body(breaks)).await;
        let code = if code == "-" { "" } else { code };
        let expected = (status.parse().unwrap(), "invalid_request_error", code, param);
        assert_eq!(answer.error(), expected, "{rule}: {}", answer.text);
    }
    assert_eq!(api.get(SESSIONS).await.body["data"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn everything_that_can_be_set_shows() {
    let api = Api::start().await;
    let more = format!(
        "&automatic_tax[enabled]=true&billing_address_collection=required&client_reference_id=cart_1\
         &customer_creation=always&customer_email=ada@shop.example&discounts[0][coupon]=TENTH&expires_at={}\
         &locale=de&metadata[order]=7&payment_intent_data[description]=Mugs&allowed_payment_method_types[]=card\
         &allowed_payment_method_types[]=link&permissions[update_shipping_details]=server_only\
         &phone_number_collection[enabled]=true&shipping_address_collection[allowed_countries][]=US\
         &shipping_options[0][shipping_rate]=shr_standard&currency=usd\
         &line_items[0][adjustable_quantity][enabled]=true&line_items[0][metadata][colour]=blue\
         &line_items[0][tax_rates][]=txr_sales&expand[]=line_items&expand[]=discounts.coupon",
        START + 3600
    );
    let answer = api.post(SESSIONS, &body(&format!("GOOD{more}"))).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let session = &answer.body;
    assert_eq!(session["automatic_tax"]["status"], "requires_location_inputs");
    assert_eq!(session["client_reference_id"], "cart_1");
    assert_eq!(session["customer_details"]["email"], "ada@shop.example");
    assert_eq!(session["discounts"][0]["coupon"]["percent_off"], 10.0);
    assert_eq!(session["expires_at"], START + 3600);
    assert_eq!(session["line_items"]["data"][0]["adjustable_quantity"]["maximum"], 99);
    assert_eq!(session["line_items"]["data"][0]["metadata"]["colour"], "blue");
    assert_eq!(session["metadata"]["order"], "7");
    assert_eq!(session["permissions"]["update_shipping_details"], "server_only");
    assert_eq!(session["phone_number_collection"]["enabled"], true);
    assert_eq!(session["shipping_address_collection"]["allowed_countries"][0], "US");
    assert_eq!(session["ui_mode"], "elements");
    assert_eq!(session["url"], serde_json::Value::Null);
    assert!(session["client_secret"].as_str().unwrap().contains("_secret_"));
    assert_eq!((&session["amount_subtotal"], &session["amount_total"]), (&1500.into(), &(1350 + 500).into()));
}

#[tokio::test]
async fn what_pages_with_elements_send_is_taken_and_shown() {
    let api = Api::start().await;
    let more = "&adaptive_pricing[enabled]=true&integration_identifier=shop_1&wallet_options[link][display]=never\
                &tax_id_collection[enabled]=true&saved_payment_method_options[payment_method_save]=enabled\
                &saved_payment_method_options[allow_redisplay_filters][]=always&allow_promotion_codes=true\
                &allowed_payment_method_types[]=card&allowed_payment_method_types[]=klarna";
    let session = api.post(SESSIONS, &body(&format!("GOOD{more}"))).await.body;
    for (name, expected) in [
        ("adaptive_pricing", json!({ "enabled": true })),
        ("integration_identifier", json!("shop_1")),
        ("wallet_options", json!({ "link": { "display": "never" } })),
        ("tax_id_collection", json!({ "enabled": true, "required": "never" })),
        (
            "saved_payment_method_options",
            json!({
                "allow_redisplay_filters": ["always"],
                "payment_method_remove": null,
                "payment_method_save": "enabled",
            }),
        ),
        ("allow_promotion_codes", json!(true)),
        ("allowed_payment_method_types", json!(["card", "klarna"])),
        ("payment_method_types", json!(["card", "klarna"])),
        ("payment_method_collection", json!("if_required")),
    ] {
        assert_eq!(session[name], expected, "{name}");
    }
    let plain = api.post(SESSIONS, &body("GOOD")).await.body;
    for name in ["adaptive_pricing", "allowed_payment_method_types", "managed_payments", "wallet_options"] {
        assert_eq!(plain.get(name), Some(&json!(null)), "{name}");
    }
    let plan = api.post(SESSIONS, &body("PLAN&payment_method_collection=if_required")).await.body;
    assert_eq!(plan["payment_method_collection"], "if_required");
    assert_eq!(api.post(SESSIONS, &body("PLAN")).await.body["payment_method_collection"], "always");
}

#[tokio::test]
async fn too_many_shipping_options_are_refused_in_stripe_s_words() {
    let api = Api::start().await;
    let refused = api.post(SESSIONS, &body("GOOD&SIX")).await;
    assert_eq!(refused.body["error"]["message"], "Array shipping_options exceeded maximum 5 allowed elements.");
}

#[tokio::test]
async fn a_form_is_a_page_of_its_own() {
    let api = Api::start().await;
    let made = api
        .post(SESSIONS, &body("ITEM&URL&ui_mode=form&mode=payment&shipping_options[0][shipping_rate]=shr_standard"))
        .await;
    assert_eq!((made.status, &made.body["ui_mode"], &made.body["url"]), (200, &json!("form"), &json!(null)));
    assert!(made.body["client_secret"].as_str().unwrap().contains("_secret_"));
    let id = made.id();
    let path = format!("{SESSIONS}/{id}");
    // Once per address: the server offers what it can deliver there.
    let updated = api.post(&path, "shipping_options[0][shipping_rate]=shr_express").await;
    assert_eq!(updated.body["amount_total"], 1500 + 1500);
    let view = api.get(&format!("/sandbox/sessions/{id}/browser")).await.body;
    assert_eq!(view["shipping"]["shippingOption"]["id"], "shr_express");
    let customer =
        "shipping_details[name]=Ada&shipping_details[address][country]=US&shipping_details[address][line1]=1";
    assert_eq!(api.post(&format!("/sandbox/sessions/{id}/customer"), customer).await.status, 200);
    assert_eq!(api.post(&format!("/sandbox/sessions/{id}/complete"), "").await.body["payment_status"], "paid");
}

#[tokio::test]
async fn a_session_has_the_customer_it_was_made_for() {
    let api = Api::start().await;
    let made = api.post(SESSIONS, &body("GOOD&customer=cus_ada&expand[]=customer")).await;
    assert_eq!(
        (&made.body["customer"]["id"], &made.body["customer"]["object"]),
        (&json!("cus_ada"), &json!("customer"))
    );
    assert_eq!(made.body["customer_details"]["email"], "ada@shop.example");
    assert_eq!((&made.body["customer_email"], &made.body["customer_creation"]), (&json!(null), &json!(null)));
    api.post(SESSIONS, &body("GOOD")).await;
    let listed = api.get(&format!("{SESSIONS}?customer=cus_ada")).await.body;
    assert_eq!((listed["data"].as_array().unwrap().len(), &listed["data"][0]["id"]), (1, &made.body["id"]));
}

#[tokio::test]
async fn a_trial_costs_nothing_today() {
    let api = Api::start().await;
    let plan = "PLAN&line_items[1][price]=price_mug&line_items[1][quantity]=1";
    for (trial, days) in [
        ("subscription_data[trial_period_days]=7".to_owned(), 7),
        (format!("subscription_data[trial_end]={}", START + 10 * 24 * 60 * 60), 10),
    ] {
        let made = api.post(SESSIONS, &body(&format!("{plan}&{trial}"))).await;
        assert_eq!(made.body["amount_total"], 1500, "{}", made.text);
        let view = api.get(&format!("/sandbox/sessions/{}/browser", made.id())).await.body;
        assert_eq!(
            view["recurring"]["trial"],
            json!({ "trialEnd": START + days * 24 * 60 * 60, "trialPeriodDays": days })
        );
        assert_eq!(view["recurring"]["dueNext"]["total"]["minorUnitsAmount"], 1000);
    }
}

#[tokio::test]
async fn what_stripe_takes_is_taken() {
    let api = Api::start().await;
    for sent in [
        // Nobody is sent away, so nobody has to come back.
        "ITEM&ui_mode=elements&mode=payment&allowed_payment_method_types[]=card&allowed_payment_method_types[]=link",
        "ITEM&ui_mode=embedded_page&mode=payment&redirect_on_completion=never",
        "ITEM&ui_mode=embedded_page&mode=payment&redirect_on_completion=if_required&allowed_payment_method_types[]=card",
        "ITEM&mode=payment&success_url=https://shop.example&submit_type=donate",
        "ITEMS&mode=subscription&success_url=https://shop.example&submit_type=subscribe",
        "ITEM&URL&ui_mode=embedded_page&mode=payment&submit_type=book",
        "ITEM&URL&ui_mode=embedded_page&mode=payment&permissions[update_shipping_details]=server_only",
        "ITEM&URL&ui_mode=form&mode=payment&submit_type=pay",
        "ITEM&ui_mode=elements&mode=payment&return_url=https://x.example/TEXT4982",
        "ITEM&ui_mode=elements&mode=payment&allowed_payment_method_types[]=sepa_debit",
        "GOOD&locale=hi-IN",
        "PLAN&subscription_data[billing_cycle_anchor_config][day_of_month]=31",
        "EURO&line_items[0][tax_rates][]=txr_vat",
    ] {
        let answer = api.post(SESSIONS, &body(sent)).await;
        assert_eq!(answer.status, 200, "{sent}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_hosted_page_has_an_address_and_no_secret() {
    let api = Api::start().await;
    let answer = api.post(SESSIONS, &body("ITEM&mode=payment&success_url=https://shop.example")).await;
    assert!(answer.body["url"].as_str().unwrap().starts_with("https://"));
    assert_eq!(answer.body["client_secret"], serde_json::Value::Null);
    assert_eq!(answer.body["ui_mode"], "hosted_page");
}
