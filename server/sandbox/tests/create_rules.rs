//! Each rule of the create endpoint: what breaks it is refused by name, and there is no session.

mod common;

use common::{Api, SESSIONS, START};

const RULES: &str = include_str!("create_rules.txt");

fn body(rule: &str) -> String {
    const DAY: i64 = 24 * 60 * 60;
    let good = "ui_mode=elements&mode=payment&ITEM&URL";
    [
        ("GOOD", good),
        ("EURO", "ui_mode=elements&mode=payment&URL&line_items[0][price]=price_mug_eur&line_items[0][quantity]=1"),
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
         &locale=de&metadata[order]=7&payment_intent_data[description]=Mugs&payment_method_types[]=card\
         &payment_method_types[]=link&permissions[update_shipping_details]=server_only\
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
async fn the_ui_modes_have_the_names_of_their_version() {
    let api = Api::start().await;
    for (version, name, works) in [
        ("2025-12-15.clover", "custom", true),
        ("2025-12-15.clover", "elements", false),
        ("2026-03-25.dahlia", "elements", true),
        ("2026-03-25.dahlia", "custom", false),
    ] {
        let sent = body(&format!("ui_mode={name}&mode=payment&ITEM&URL"));
        let answer = api.send(hyper::Method::POST, SESSIONS, &sent, &[("stripe-version", version)]).await.unwrap();
        assert_eq!(answer.status == 200, works, "{version} {name}");
        assert_eq!(answer.header("stripe-version"), version);
        if works {
            assert_eq!(answer.body["ui_mode"], name);
        } else {
            assert_eq!(answer.error().3, "ui_mode");
        }
    }
}

#[tokio::test]
async fn what_stripe_takes_is_taken() {
    let api = Api::start().await;
    for sent in [
        // Nobody is sent away, so nobody has to come back.
        "ITEM&ui_mode=elements&mode=payment&payment_method_types[]=card&payment_method_types[]=link",
        "ITEM&ui_mode=embedded_page&mode=payment&redirect_on_completion=never",
        "ITEM&ui_mode=embedded_page&mode=payment&redirect_on_completion=if_required&payment_method_types[]=card",
        "ITEM&mode=payment&success_url=https://shop.example&submit_type=donate",
        "ITEMS&mode=subscription&success_url=https://shop.example&submit_type=subscribe",
        "ITEM&URL&ui_mode=embedded_page&mode=payment&submit_type=book",
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
