//! What is in preview: behind a flag, for preview versions, and named as that where it is refused. And promotion codes,
//! which are not.

mod common;

use common::{Answer, Api, SESSIONS, START};
use hyper::Method;
use serde_json::json;

const PREVIEW: &str = "2026-10-28.preview";
const A_DAY: i64 = 24 * 60 * 60;

#[allow(clippy::unwrap_used)]
async fn update(api: &Api, path: &str, body: &str, version: &str) -> Answer {
    api.send(Method::POST, path, body, &[("stripe-version", version)]).await.unwrap()
}

#[tokio::test]
async fn previews_need_the_flag_and_a_preview_version() {
    let (with, without) = (Api::with(|config| config.preview = true).await, Api::start().await);
    for (param, body) in [
        ("discounts", "discounts[0][coupon]=TENTH"),
        ("subscription_data", "subscription_data[trial_period_days]=7"),
        ("customer", "customer=cus_ada"),
    ] {
        for (api, version) in [(&with, "2026-10-28.endive"), (&without, PREVIEW), (&without, "2026-10-28.endive")] {
            let answer = update(api, &api.mug().await, body, version).await;
            assert_eq!(answer.error(), (400, "invalid_request_error", "parameter_unknown", param), "{version}");
            assert!(answer.text.contains("in preview"), "{}", answer.text);
        }
    }
    // As the guide on trial durations and the one on discounts name their versions.
    let plan = "mode=subscription&line_items[0][price]=price_monthly&line_items[0][quantity]=1";
    for (version, body) in [
        ("2025-03-31.preview; checkout_server_update_beta=v1;", "subscription_data[trial_period_days]=14"),
        ("2025-03-31.basil; checkout_server_update_beta=v1;", "discounts[0][coupon]=TENTH"),
    ] {
        assert_eq!(update(&with, &with.session(plan).await, body, version).await.status, 200, "{body}");
        let refused = update(&without, &without.session(plan).await, body, version).await;
        assert_eq!(refused.error().2, "parameter_unknown", "{body}");
    }
    // It came in preview one version before it was for all.
    let body = "payment_intent_data[description]=x";
    assert_eq!(update(&with, &with.mug().await, body, "2026-09-30.preview").await.status, 200);
    assert_eq!(update(&with, &with.mug().await, body, "2026-09-30.endive").await.error().2, "parameter_unknown");
}

#[tokio::test]
async fn discounts_are_set_and_cleared() {
    let api = Api::with(|config| config.preview = true).await;
    let path = api.mug().await;
    let set = update(&api, &path, "discounts[0][coupon]=TENTH", PREVIEW).await;
    assert_eq!((&set.body["amount_total"], &set.body["discounts"][0]["coupon"]), (&json!(1350), &json!("TENTH")));
    let by_code = update(&api, &path, "discounts[0][promotion_code]=promo_tenth", PREVIEW).await;
    assert_eq!(by_code.body["discounts"], json!([{ "coupon": "TENTH", "promotion_code": "promo_tenth" }]));
    assert_eq!(update(&api, &path, "discounts=", PREVIEW).await.body["amount_total"], 1500);
    // A coupon of the shop's own making.
    let data = "discounts[0][coupon_data]";
    let made = format!("{data}[amount_off]=250&{data}[currency]=usd&{data}[name]=Loyalty&expand[]=discounts.coupon");
    let made = update(&api, &path, &made, PREVIEW).await;
    assert_eq!(
        (&made.body["amount_total"], &made.body["discounts"][0]["coupon"]["name"]),
        (&json!(1250), &json!("Loyalty"))
    );
    let half = update(&api, &path, &format!("{data}[percent_off]=50"), PREVIEW).await;
    assert_eq!(half.body["amount_total"], 750);
    update(&api, &path, "discounts=", PREVIEW).await;
    for (body, param) in [
        ("discounts[0][coupon_data][amount_off]=250", "discounts[0][coupon_data][currency]"),
        (
            "discounts[0][coupon_data][amount_off]=250&discounts[0][coupon_data][currency]=eur",
            "discounts[0][coupon_data][currency]",
        ),
        ("discounts[0][coupon_data][percent_off]=0", "discounts[0][coupon_data][percent_off]"),
        ("discounts[0][coupon_data][percent_off]=50&discounts[0][coupon]=TENTH", "discounts[0][coupon_data]"),
        ("discounts[0][coupon]=none", "discounts[0][coupon]"),
        ("discounts[0][coupon]=TENTH&discounts[1][coupon]=FIVE", "discounts"),
        ("discounts[0][promotion_code]=promo_old", "discounts[0][promotion_code]"),
    ] {
        assert_eq!(update(&api, &path, body, PREVIEW).await.error().3, param, "{body}");
    }
    assert_eq!(api.get(&path).await.body["discounts"], json!([]));
}

#[tokio::test]
async fn trials_are_set_and_cleared() {
    let api = Api::with(|config| config.preview = true).await;
    let path = api.session("mode=subscription&line_items[0][price]=price_monthly&line_items[0][quantity]=1").await;
    for (body, total) in [
        ("subscription_data[trial_period_days]=14".to_owned(), 0),
        ("subscription_data[trial_period_days]=".to_owned(), 1000),
        (format!("subscription_data[trial_end]={}", START + 3 * A_DAY), 0),
        ("subscription_data[trial_end]=".to_owned(), 1000),
    ] {
        assert_eq!(update(&api, &path, &body, PREVIEW).await.body["amount_total"], total, "{body}");
    }
    for (path, body, param) in [
        (&path, format!("subscription_data[trial_end]={}", START + A_DAY), "subscription_data[trial_end]"),
        (&path, "subscription_data[trial_period_days]=0".to_owned(), "subscription_data[trial_period_days]"),
        (&api.mug().await, "subscription_data[trial_period_days]=7".to_owned(), "subscription_data"),
    ] {
        assert_eq!(update(&api, path, &body, PREVIEW).await.error().3, param, "{body}");
    }
}

#[tokio::test]
async fn the_customer_can_become_known() {
    let api = Api::with(|config| config.preview = true).await;
    let path = api.mug().await;
    let known = update(&api, &path, "customer=cus_ada", PREVIEW).await;
    assert_eq!((&known.body["customer"], known.status), (&json!("cus_ada"), 200));
    assert_eq!(known.body["customer_details"]["email"], "ada@shop.example");
    assert_eq!(update(&api, &path, "customer=cus_none", PREVIEW).await.error().2, "resource_missing");
}

#[tokio::test]
async fn customers_enter_promotion_codes_where_they_may() {
    let api = Api::start().await;
    let item = "mode=payment&line_items[0][price]=price_mug&line_items[0][quantity]=1";
    let (may, may_not) = (api.session(&format!("{item}&allow_promotion_codes=true")).await, api.session(item).await);
    let of = |path: &str, what: &str| format!("/sandbox/sessions/{}/{what}", path.rsplit('/').next().unwrap());
    let applied = api.post(&of(&may, "customer"), "promotion_code=tenth").await;
    assert_eq!((&applied.body["amount_total"], applied.status), (&json!(1350), 200), "{}", applied.text);
    let view = api.get(&of(&may, "browser")).await.body;
    assert_eq!(view["discountAmounts"][0]["promotionCode"], "TENTH");
    // The server sees it, whatever it updates meanwhile.
    let expanded = api.post(&may, "metadata[a]=1&expand[]=discounts.promotion_code").await;
    assert_eq!(expanded.body["discounts"][0]["promotion_code"]["code"], "TENTH");
    for code in ["SPRING", "none"] {
        let refused = api.post(&of(&may, "customer"), &format!("promotion_code={code}")).await;
        assert_eq!(refused.error(), (400, "invalid_request_error", "resource_missing", "promotion_code"), "{code}");
    }
    assert_eq!(api.post(&of(&may, "customer"), "promotion_code=").await.body["amount_total"], 1500);
    assert_eq!(api.post(&of(&may_not, "customer"), "promotion_code=TENTH").await.error().3, "promotion_code");
    let made = api.session(&format!("{item}&discounts[0][promotion_code]=promo_tenth")).await;
    assert_eq!(api.get(&made).await.body["amount_total"], 1350);
    assert!(api.get(SESSIONS).await.status == 200);
}
