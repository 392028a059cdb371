//! What an update does when it is right.

mod common;

use std::sync::{Arc, Mutex};

use common::{Api, SESSIONS};
use serde_json::json;

#[tokio::test]
async fn items_are_kept_changed_added_removed_and_reordered() {
    let api = Api::start().await;
    let path = api
        .session(
            "mode=payment&line_items[0][price]=price_mug&line_items[0][quantity]=1\
        &line_items[1][price]=price_sticker&line_items[1][quantity]=3",
        )
        .await;
    let before = api.items(&path).await;
    let (mug, sticker) = (&before[0].0, &before[1].0);
    // Reordered and added to.
    let body = format!(
        "line_items[0][id]={sticker}&line_items[1][price]=price_mug&line_items[1][quantity]=2\
        &line_items[2][id]={mug}"
    );
    assert_eq!(api.post(&path, &body).await.status, 200);
    let after = api.items(&path).await;
    assert_eq!((&after[0], &after[2]), (&before[1], &before[0]));
    let added = &after[1].0;
    assert!(added.starts_with("li_") && added != mug && added != sticker);
    // Changed and removed; an indexless array is the same.
    let body = format!("line_items[][id]={mug}&line_items[][quantity]=5");
    assert_eq!(api.post(&path, &body).await.status, 200);
    assert_eq!(api.items(&path).await, [(mug.clone(), "price_mug".into(), 5)]);
    // Another price leaves the rest as it was.
    let body = format!("line_items[0][id]={mug}&line_items[0][price]=price_sticker");
    assert_eq!(api.post(&path, &body).await.status, 200);
    assert_eq!(api.items(&path).await, [(mug.clone(), "price_sticker".into(), 5)]);
    // So does a price described with the item's id.
    let data = "line_items[0][price_data]";
    let body = format!("line_items[0][id]={mug}&{data}[currency]=usd&{data}[product]=prod_mug&{data}[unit_amount]=70");
    assert_eq!(api.post(&path, &body).await.body["amount_total"], 350);
    let (id, price, quantity) = api.items(&path).await.remove(0);
    assert_eq!((&id, quantity), (mug, 5));
    assert!(price.starts_with("price_1"));
    assert_eq!(
        api.post(&path, &format!("line_items[0][id]={mug}&line_items[0][price]=price_sticker")).await.status,
        200
    );
    // Nothing sent, nothing changed.
    assert_eq!(api.post(&path, "").await.status, 200);
    assert_eq!(api.items(&path).await, [(mug.clone(), "price_sticker".into(), 5)]);
}

/// What a test logs.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    #[allow(clippy::unwrap_used)]
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn who_drops_items_by_sending_only_the_new_one_is_told() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
    // The sandbox runs on this test's thread.
    let _guard = tracing::subscriber::set_default(subscriber);
    let told = || String::from_utf8(log.0.lock().unwrap().clone()).unwrap().matches("the whole list").count();
    let api = Api::start().await;
    let path = api.mug().await;
    let mug = api.items(&path).await[0].0.clone();
    let new = "line_items[0][price]=price_sticker&line_items[0][quantity]=1";
    assert_eq!(api.post(&path, &format!("{new}&line_items[1][id]={mug}")).await.status, 200);
    assert_eq!(told(), 0);
    assert_eq!(api.post(&path, new).await.status, 200);
    assert_eq!((told(), api.items(&path).await.len()), (1, 1));
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("dropped=2") && text.contains("WARN"), "{text}");
}

#[tokio::test]
async fn a_price_can_be_described_in_full() {
    let api = Api::start().await;
    let path = api.session("mode=subscription&line_items[0][price]=price_monthly&line_items[0][quantity]=1").await;
    let data = "line_items[0][price_data]";
    let product = format!("{data}[product_data]");
    let body = format!(
        "line_items[0][quantity]=3&line_items[0][metadata][a]=1&line_items[0][tax_rates][0]=txr_sales\
         &line_items[0][adjustable_quantity][enabled]=true&line_items[0][adjustable_quantity][minimum]=1\
         &line_items[0][adjustable_quantity][maximum]=10&{data}[currency]=usd&{data}[tax_behavior]=exclusive\
         &{data}[unit_amount_decimal]=0.123456789012&{data}[recurring][interval]=month\
         &{data}[recurring][interval_count]=36&{product}[name]=Grain&{product}[description]=One+grain\
         &{product}[images][]=https://x.example/1.png&{product}[metadata][b]=2&{product}[tax_code]=txcd_1\
         &{product}[unit_label]=twelve+chars&expand[]=line_items.data.price.product&expand[]=line_items.data.taxes"
    );
    let answer = api.post(&path, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let item = &answer.body["line_items"]["data"][0];
    assert_eq!(item["adjustable_quantity"], json!({ "enabled": true, "maximum": 10, "minimum": 1 }));
    assert_eq!(item["metadata"], json!({ "a": "1" }));
    assert_eq!(item["taxes"][0]["rate"]["id"], "txr_sales");
    // 3 * 0.123456789012 rounds to nothing.
    assert_eq!((&item["amount_subtotal"], &item["quantity"]), (&json!(0), &json!(3)));
    let price = &item["price"];
    assert_eq!(price["active"], false);
    assert_eq!((&price["unit_amount"], &price["unit_amount_decimal"]), (&json!(null), &json!("0.123456789012")));
    assert_eq!(price["recurring"]["interval_count"], 36);
    assert_eq!(price["tax_behavior"], "exclusive");
    let product = &price["product"];
    assert_eq!(product["description"], "One grain");
    assert_eq!(product["images"], json!(["https://x.example/1.png"]));
    assert_eq!(product["metadata"], json!({ "b": "2" }));
    assert_eq!((&product["tax_code"], &product["unit_label"]), (&json!("txcd_1"), &json!("twelve chars")));
    // A price made inline belongs to its item; it cannot be bought again.
    let id = price["id"].as_str().unwrap();
    let again = api.post(&path, &format!("line_items[0][price]={id}&line_items[0][quantity]=1")).await;
    assert_eq!(again.error().3, "line_items[0][price]");
}

#[tokio::test]
async fn empty_values_clear() {
    let api = Api::start().await;
    let path = api
        .session(
            "mode=payment&line_items[0][price]=price_mug&line_items[0][quantity]=1\
        &line_items[0][tax_rates][]=txr_sales&line_items[0][metadata][a]=1&line_items[0][metadata][b]=2\
        &metadata[a]=1&metadata[b]=2&metadata[c]=3&shipping_options[0][shipping_rate]=shr_standard",
        )
        .await;
    let id = api.items(&path).await[0].0.clone();
    let answer = api
        .post(
            &path,
            &format!(
                "metadata[a]=&metadata[c]=4&line_items[0][id]={id}\
        &line_items[0][metadata][a]=&expand[]=line_items"
            ),
        )
        .await;
    assert_eq!(answer.body["metadata"], json!({ "b": "2", "c": "4" }));
    assert_eq!(answer.body["line_items"]["data"][0]["metadata"], json!({ "b": "2" }));
    assert_eq!(answer.body["amount_total"], 1500 + 124 + 500);
    let answer = api
        .post(
            &path,
            &format!(
                "metadata=&shipping_options=&line_items[0][id]={id}\
        &line_items[0][metadata]=&line_items[0][tax_rates]=&expand[]=line_items"
            ),
        )
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.body["metadata"], json!({}));
    assert_eq!(answer.body["line_items"]["data"][0]["metadata"], json!({}));
    assert_eq!((&answer.body["shipping_options"], &answer.body["shipping_cost"]), (&json!([]), &json!(null)));
    assert_eq!(answer.body["amount_total"], 1500);
}

#[tokio::test]
async fn the_customer_does_what_the_session_permits() {
    let api = Api::start().await;
    let item = "mode=payment&line_items[0][price]=price_mug&line_items[0][quantity]=1";
    let path = api.session(&format!("{item}&permissions[update_shipping_details]=server_only")).await;
    let customer = format!("/sandbox/sessions/{}/customer", path.rsplit('/').next().unwrap());
    let ship_to = "shipping_details[name]=Ada&shipping_details[address][country]=US&shipping_details[address][line1]=1";
    assert_eq!(api.post(&customer, ship_to).await.error().3, "shipping_details");
    assert_eq!(api.post(&customer, "shipping_option=shr_express").await.error().3, "shipping_option");
    assert_eq!(api.post(&customer, "line_items[0][quantity]=2").await.error().2, "parameter_unknown");
    let done = api.post(&customer, "email=ada@shop.example").await;
    assert_eq!(done.body["customer_details"]["email"], "ada@shop.example");
    api.post(&format!("{path}/expire"), "").await;
    assert_eq!(api.post(&customer, "email=eve@shop.example").await.error().2, "status_transition_invalid");
}

#[tokio::test]
async fn shipping_is_offered_chosen_and_paid_for() {
    let api = Api::start().await;
    let path = api
        .session(
            "mode=payment&line_items[0][price]=price_mug&line_items[0][quantity]=1\
        &shipping_address_collection[allowed_countries][]=US",
        )
        .await;
    let data = "shipping_options[1][shipping_rate_data]";
    let details = "collected_information[shipping_details]";
    let estimate = format!("{data}[delivery_estimate]");
    let answer = api.post(&path, &format!(
        "shipping_options[0][shipping_rate]=shr_standard&{data}[display_name]=Courier&{data}[type]=fixed_amount\
         &{data}[fixed_amount][amount]=2500&{data}[fixed_amount][currency]=usd&{data}[metadata][a]=1\
         &{data}[fixed_amount][currency_options][eur][amount]=2300&{data}[tax_behavior]=exclusive&{data}[tax_code]=txcd_1\
         &{data}[fixed_amount][currency_options][eur][tax_behavior]=inclusive\
         &{estimate}[minimum][unit]=hour&{estimate}[minimum][value]=4&{estimate}[maximum]=\
         &{details}[name]=Ada&{details}[address][country]=US&{details}[address][line1]=1+Way&{details}[address][state]=CA\
         &expand[]=shipping_options.shipping_rate"
    )).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let courier = &answer.body["shipping_options"][1];
    assert_eq!(courier["shipping_rate"]["delivery_estimate"]["minimum"], json!({ "unit": "hour", "value": 4 }));
    assert_eq!(courier["shipping_rate"]["fixed_amount"]["currency_options"]["eur"]["amount"], 2300);
    // The first option is chosen until the customer chooses.
    assert_eq!(answer.body["shipping_cost"]["amount_total"], 500);
    assert_eq!(answer.body["collected_information"]["shipping_details"]["address"]["state"], "CA");
    let id = path.rsplit('/').next().unwrap();
    let rate = courier["shipping_rate"]["id"].as_str().unwrap();
    let chosen = api.post(&format!("/sandbox/sessions/{id}/customer"), &format!("shipping_option={rate}")).await;
    assert_eq!(chosen.body["amount_total"], 1500 + 2500);
    // The choice stands while it is offered.
    let offer = format!("shipping_options[0][shipping_rate]=shr_express&shipping_options[1][shipping_rate]={rate}");
    assert_eq!(api.post(&path, &offer).await.body["amount_total"], 1500 + 2500);
    let offer = "shipping_options[0][shipping_rate]=shr_express";
    assert_eq!(api.post(&path, offer).await.body["amount_total"], 1500 + 1500);
}

#[tokio::test]
async fn totals_follow_discounts_taxes_and_currencies() {
    let api = Api::start().await;
    let item =
        |price: &str, more: &str| format!("mode=payment&line_items[0][price]={price}&line_items[0][quantity]=1{more}");
    // (at creation, subtotal, discount, tax, total)
    for (session, expected) in [
        (item("price_mug", ""), (1500, 0, 0, 1500)),
        (item("price_mug", "&discounts[0][coupon]=TENTH"), (1500, 150, 0, 1350)),
        (item("price_mug", "&discounts[0][coupon]=FIVE"), (1500, 500, 0, 1000)),
        (item("price_sticker", "&discounts[0][coupon]=FIVE"), (0, 0, 0, 0)),
        (item("price_mug", "&line_items[0][tax_rates][]=txr_sales"), (1500, 0, 124, 1624)),
        (item("price_mug", "&line_items[0][tax_rates][]=txr_vat"), (1500, 0, 250, 1500)),
        (item("price_mug", "&discounts[0][coupon]=TENTH&line_items[0][tax_rates][]=txr_sales"), (1500, 150, 111, 1461)),
        (
            item("price_mug_jpy", "&discounts[0][coupon]=TENTH&line_items[0][tax_rates][]=txr_sales"),
            (1800, 180, 134, 1754),
        ),
        (item("price_mug_eur", "&shipping_options[0][shipping_rate]=shr_standard"), (1400, 0, 0, 1850)),
    ] {
        let path = api.session(&session).await;
        let body = api.get(&format!("{path}?expand[]=total_details.breakdown")).await.body;
        let number = |value: &serde_json::Value| value.as_i64().unwrap();
        let details = &body["total_details"];
        let got = (
            number(&body["amount_subtotal"]),
            number(&details["amount_discount"]),
            number(&details["amount_tax"]),
            number(&body["amount_total"]),
        );
        assert_eq!(got, expected, "{session}");
        let taxes = details["breakdown"]["taxes"].as_array().unwrap().iter();
        assert_eq!(taxes.map(|tax| number(&tax["amount"])).sum::<i64>(), got.2, "{session}");
    }
}

#[tokio::test]
async fn everything_that_stripe_expands_can_be_asked_for() {
    let api = Api::start().await;
    let path = api.session("mode=payment&line_items[0][price]=price_mug&line_items[0][quantity]=1").await;
    let before = api.get(&path).await.body;
    // Null or whole already: it stays as it is.
    for name in [
        "customer",
        "invoice",
        "setup_intent",
        "payment_link",
        "payment_intent",
        "automatic_tax.liability",
        "custom_text.submit",
        "collected_information.shipping_details",
        "consent_collection",
        "total_details",
        "payment_method_options.card.installments",
        "after_expiration.recovery",
        "discounts.promotion_code",
        "shipping_cost.shipping_rate",
        "customer_details.tax_ids",
        "permissions",
        "currency_conversion",
    ] {
        let answer = api.get(&format!("{path}?expand[]={name}")).await;
        assert_eq!((answer.status, &answer.body), (200, &before), "{name}");
    }
    for name in [
        "line_items.data.price.product",
        "line_items.data.taxes.rate",
        "line_items.data.discounts.discount",
        "line_items.data.adjustable_quantity",
        "line_items.data.price.recurring",
        "line_items.data.price.tiers",
    ] {
        let answer = api.get(&format!("{path}?expand[]={name}")).await;
        assert_eq!(answer.body["line_items"]["data"][0]["price"]["id"], "price_mug", "{name}: {}", answer.text);
    }
    // The list's own level counts.
    let deep = "data.line_items.data.price";
    let listed = api.get(&format!("{SESSIONS}?expand[]={deep}")).await;
    assert_eq!(listed.body["data"][0]["line_items"]["data"][0]["price"]["id"], "price_mug", "{}", listed.text);
    let listed = api.get(&format!("{SESSIONS}?expand[]={deep}.product")).await;
    assert_eq!(listed.error(), (400, "invalid_request_error", "property_expansion_max_depth", "expand[0]"));
    let items = api.get(&format!("{path}/line_items?expand[]=data.price.product&expand[]=data.taxes.rate")).await;
    assert_eq!(items.body["data"][0]["price"]["product"]["id"], "prod_mug", "{}", items.text);
}

#[tokio::test]
async fn nothing_and_the_minimum_can_be_charged() {
    let api = Api::start().await;
    let path = api.mug().await;
    let data = "line_items[0][price_data]";
    let item = format!("line_items[0][quantity]=1&{data}[product]=prod_mug&{data}[currency]=usd&{data}[unit_amount]=");
    for (amount, works) in [(0, true), (1, false), (49, false), (50, true)] {
        assert_eq!(api.post(&path, &format!("{item}{amount}")).await.status == 200, works, "{amount}");
    }
    // What is refused leaves the session as it was.
    assert_eq!(api.get(&path).await.body["amount_total"], 50);
}

#[tokio::test]
async fn amounts_are_those_of_their_currency() {
    let api = Api::start().await;
    for (currency, amount) in
        [("kwd", 5_120), ("isk", 500), ("ugx", 700_000), ("inr", 999_999_999), ("idr", 999_999_999_999_i64)]
    {
        let data = "line_items[0][price_data]";
        let item = format!("{data}[product]=prod_mug&{data}[currency]={currency}&{data}[unit_amount]={amount}");
        let path = api.session(&format!("mode=payment&line_items[0][quantity]=1&{item}")).await;
        assert_eq!(api.get(&path).await.body["amount_total"], amount, "{currency}");
    }
}

#[tokio::test]
async fn a_price_costs_what_its_options_say_in_another_currency() {
    let api = Api::start().await;
    let item = "mode=payment&line_items[0][price]=price_cap&line_items[0][quantity]=2";
    let dollars = api.get(&api.session(item).await).await.body;
    assert_eq!((&dollars["currency"], &dollars["amount_total"]), (&json!("usd"), &json!(4000)));
    let path = api.session(&format!("{item}&currency=eur&automatic_tax[enabled]=true")).await;
    let euros = api.get(&format!("{path}?expand[]=line_items.data.price.currency_options")).await.body;
    let line = &euros["line_items"]["data"][0];
    assert_eq!((&euros["amount_total"], &line["currency"]), (&json!(3800), &json!("eur")));
    assert_eq!((&line["price"]["currency"], &line["price"]["unit_amount"]), (&json!("usd"), &json!(2000)));
    let options = &line["price"]["currency_options"];
    assert_eq!((&options["usd"]["unit_amount"], &options["eur"]["unit_amount"]), (&json!(2000), &json!(1900)));
    assert_eq!(options["eur"]["tax_behavior"], "inclusive");
    // They come when they are asked for.
    let line = &api.get(&format!("{path}?expand[]=line_items")).await.body["line_items"]["data"][0];
    assert_eq!(line["price"].get("currency_options"), None);
    let browser = path.replace("/v1/checkout", "/sandbox") + "/browser";
    let shown = api.get(&browser).await.body;
    assert_eq!(shown["lineItems"][0]["unitAmount"], json!({ "minorUnitsAmount": 1900, "amount": "€19.00" }));
    // The tax is in the price in euros.
    let details = "collected_information[shipping_details]";
    let germany = format!("{details}[name]=Ada&{details}[address][country]=DE&{details}[address][line1]=1");
    let taxed = api.post(&path, &germany).await.body;
    assert_eq!((&taxed["amount_total"], &taxed["total_details"]["amount_tax"]), (&json!(3800), &json!(607)));
}

#[tokio::test]
async fn automatic_tax_waits_for_the_address() {
    let api = Api::start().await;
    let path = api
        .session(
            "mode=payment&line_items[0][price]=price_mug_eur&line_items[0][quantity]=1\
        &line_items[1][price_data][currency]=eur&line_items[1][price_data][product]=prod_mug&line_items[1][quantity]=1\
        &line_items[1][price_data][unit_amount]=1000&automatic_tax[enabled]=true\
        &shipping_options[0][shipping_rate]=shr_standard",
        )
        .await;
    let ship_to = |country: &str| {
        let details = "collected_information[shipping_details]";
        format!("{details}[name]=Ada&{details}[address][country]={country}&{details}[address][line1]=1")
    };
    let before = api.get(&path).await.body;
    assert_eq!(
        (&before["automatic_tax"]["status"], &before["amount_total"]),
        (&json!("requires_location_inputs"), &json!(2850))
    );
    // 19 % is in the first price, and is added to the second and to shipping.
    let after = api.post(&path, &ship_to("DE")).await.body;
    assert_eq!(after["automatic_tax"]["status"], "complete");
    assert_eq!(after["total_details"]["amount_tax"], 224 + 190 + 86);
    assert_eq!(after["amount_total"], 2850 + 190 + 86);
    assert_eq!(api.post(&path, &ship_to("JP")).await.body["amount_total"], 2850);
}
