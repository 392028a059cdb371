//! Each row of the table of endpoints, and each rule.

use serde_json::{Value, json};

use crate::shop::{Customer, Shop};

async fn change(shop: &Shop, customer: &Customer, path: &str, intent: Value) {
    shop.update(customer, path, intent, None).await.assert_success();
}

fn names(items: &[(String, u64)]) -> Vec<&str> {
    items.iter().map(|(name, _)| name.as_str()).collect()
}

#[tokio::test]
async fn change_subscription_interval_swaps_the_price_and_keeps_every_other_item() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    change(&shop, &customer, "/update-custom-amount", json!({ "product_id": "warranty" })).await;
    let before = shop.ids(&customer).await;

    change(&shop, &customer, "/change-subscription-interval", json!({ "interval": "yearly" })).await;
    let session = shop.session(&customer).await;
    assert_eq!(session["line_items"]["data"][0]["price"]["recurring"]["interval"], "year");
    assert_eq!(session["amount_total"], 12_000 + 2_000);
    assert_eq!(shop.ids(&customer).await, before);

    change(&shop, &customer, "/change-subscription-interval", json!({ "interval": "monthly" })).await;
    assert_eq!(shop.session(&customer).await["amount_total"], 1_200 + 2_000);
    assert_eq!(shop.ids(&customer).await, before);
}

#[tokio::test]
async fn the_interval_is_absolute() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    change(&shop, &customer, "/change-subscription-interval", json!({ "interval": "monthly" })).await;
    assert_eq!(shop.gate.updates().len(), 0, "nothing had to be changed");
    let goods = shop.customer("goods").await;
    let reply = shop.update(&goods, "/change-subscription-interval", json!({ "interval": "yearly" }), None).await;
    reply.assert_error(400);
}

#[tokio::test]
async fn update_custom_amount_adds_and_removes_by_price_data_and_keeps_every_other_item() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    for product in ["gift_wrap", "express_shipping", "warranty"] {
        change(&shop, &customer, "/update-custom-amount", json!({ "product_id": product, "selected": true })).await;
    }
    let all = ["Team plan", "Gift wrap", "Express shipping", "Extended warranty"];
    assert_eq!(names(&shop.items(&customer).await), all);
    assert_eq!(shop.session(&customer).await["amount_total"], 1_200 + 500 + 1_500 + 2_000);
    let off = json!({ "product_id": "express_shipping", "selected": false });
    change(&shop, &customer, "/update-custom-amount", off.clone()).await;
    change(&shop, &customer, "/update-custom-amount", off).await;
    assert_eq!(names(&shop.items(&customer).await), ["Team plan", "Gift wrap", "Extended warranty"]);
}

#[tokio::test]
async fn update_custom_amount_takes_the_product_alone_and_adds_it_once() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    let intent = json!({ "product_id": "gift_wrap" });
    // As a browser repeats it, whose connection broke before the answer: twice at once, without a key.
    let (first, second) = tokio::join!(
        shop.update(&customer, "/update-custom-amount", intent.clone(), None),
        shop.update(&customer, "/update-custom-amount", intent.clone(), None),
    );
    first.assert_success();
    second.assert_success();
    assert_eq!(names(&shop.items(&customer).await), ["Team plan", "Gift wrap"]);
}

#[tokio::test]
async fn cross_sells_are_added_and_removed_by_their_price() {
    let shop = Shop::open().await;
    let customer = shop.customer("goods").await;
    change(&shop, &customer, "/add-cross-sell", json!({ "product_id": "notebook" })).await;
    change(&shop, &customer, "/add-cross-sell", json!({ "product_id": "notebook" })).await;
    let session = shop.session(&customer).await;
    assert_eq!(session["line_items"]["data"][1]["price"]["id"], "price_notebook");
    assert_eq!(names(&shop.items(&customer).await), ["Desk lamp", "Notebook"]);
    change(&shop, &customer, "/remove-cross-sell", json!({ "product_id": "notebook" })).await;
    change(&shop, &customer, "/remove-cross-sell", json!({ "product_id": "notebook" })).await;
    assert_eq!(names(&shop.items(&customer).await), ["Desk lamp"]);
}

#[tokio::test]
async fn quantities_change_and_zero_removes_but_something_stays() {
    let shop = Shop::open().await;
    let customer = shop.customer("goods").await;
    let path = "/update-line-item-quantity";
    let lamp = shop.ids(&customer).await.remove(0);
    change(&shop, &customer, path, json!({ "line_item": lamp, "quantity": 3 })).await;
    assert_eq!(shop.items(&customer).await, [("Desk lamp".to_owned(), 3)]);
    assert_eq!(shop.ids(&customer).await.first(), Some(&lamp));
    assert_eq!(shop.left().await, 24 - 3);

    let none = json!({ "line_item": lamp, "quantity": 0 });
    let reply = shop.update(&customer, path, none.clone(), None).await;
    reply.assert_error(400);
    assert_eq!(reply.json()["message"], "At least one item has to stay in the order.");
    change(&shop, &customer, "/add-cross-sell", json!({ "product_id": "notebook" })).await;
    change(&shop, &customer, path, none).await;
    assert_eq!(names(&shop.items(&customer).await), ["Notebook"]);
    assert_eq!(shop.left().await, 24);

    // Not an item of this session any more; nor is the plan sold by number.
    shop.update(&customer, path, json!({ "line_item": lamp, "quantity": 1 }), None).await.assert_error(400);
    let subscriber = shop.customer("subscription").await;
    let plan = shop.ids(&subscriber).await.remove(0);
    shop.update(&subscriber, path, json!({ "line_item": plan, "quantity": 2 }), None).await.assert_error(400);
}

#[tokio::test]
async fn shipping_is_for_the_sessions_own_address_and_total_the_wanted_speed_first() {
    let shop = Shop::open().await;
    let customer = shop.customer("goods").await;
    let options = async || {
        let session = shop.session(&customer).await;
        let options = session["shipping_options"].as_array().unwrap().clone();
        let name = |option: &Value| option["shipping_rate"]["display_name"].as_str().unwrap().to_owned();
        options.iter().map(|one| (name(one), one["shipping_amount"].as_i64().unwrap())).collect::<Vec<_>>()
    };
    let is = |list: &[(&str, i64)]| list.iter().map(|(name, amount)| ((*name).to_owned(), *amount)).collect::<Vec<_>>();
    assert_eq!(options().await, is(&[("Standard", 500), ("Express", 1_200)]));

    change(&shop, &customer, "/update-shipping", json!({ "speed": "express" })).await;
    assert_eq!(options().await, is(&[("Express", 1_200), ("Standard", 500)]));
    assert_eq!(shop.session(&customer).await["shipping_cost"]["amount_total"], 1_200);

    // The total passes the threshold: the speed stays, standard is free now, in the same update.
    let lamp = shop.ids(&customer).await.remove(0);
    change(&shop, &customer, "/update-line-item-quantity", json!({ "line_item": lamp, "quantity": 3 })).await;
    assert_eq!(options().await, is(&[("Express", 1_200), ("Standard", 0)]));

    shop.ship_to(&customer, "GB", None).await;
    change(&shop, &customer, "/update-shipping", json!({ "speed": "standard" })).await;
    assert_eq!(options().await, is(&[("International standard", 900), ("International express", 3_900)]));

    let subscriber = shop.customer("subscription").await;
    shop.update(&subscriber, "/update-shipping", json!({ "speed": "express" }), None).await.assert_error(400);
}

#[tokio::test]
async fn the_complimentary_product_comes_and_goes_with_the_total_in_the_same_update() {
    let shop = Shop::open().await;
    let customer = shop.customer("goods").await;
    let lamp = shop.ids(&customer).await.remove(0);
    for (quantity, has_gift) in [(3, false), (4, true), (5, true), (3, false)] {
        let sent = shop.gate.updates().len();
        let intent = json!({ "line_item": lamp, "quantity": quantity });
        change(&shop, &customer, "/update-line-item-quantity", intent).await;
        assert_eq!(shop.gate.updates().len(), sent + 1);
        let items = shop.items(&customer).await;
        assert_eq!(items.iter().any(|(name, _)| name.starts_with("Sticker pack")), has_gift, "{items:?}");
        assert_eq!(items[0], ("Desk lamp".to_owned(), quantity));
    }
    let total = shop.session(&customer).await["amount_subtotal"].as_i64();
    assert_eq!(total, Some(3 * 4_500));
}

#[tokio::test]
async fn taxes_follow_the_address_on_every_item() {
    let shop = Shop::open().await;
    let customer = shop.customer("goods").await;
    change(&shop, &customer, "/update-custom-amount", json!({ "product_id": "gift_wrap" })).await;
    let rates = async || {
        let session = shop.session(&customer).await;
        let items = session["line_items"]["data"].as_array().unwrap().clone();
        let of = |item: &Value| {
            let taxes = item["taxes"].as_array().unwrap();
            taxes.iter().map(|tax| tax["rate"]["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        items.iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(rates().await, [vec![""; 0], vec![]]);

    shop.ship_to(&customer, "US", Some("CA")).await;
    change(&shop, &customer, "/update-tax", json!({})).await;
    assert_eq!(rates().await, [["txr_us_ca"], ["txr_us_ca"]]);
    let session = shop.session(&customer).await;
    // 7.25 % of 45.00 and of 5.00, each rounded.
    assert_eq!(session["total_details"]["amount_tax"], 326 + 36);

    // Brought up to date by every update, for the items that it adds too.
    shop.ship_to(&customer, "GB", None).await;
    change(&shop, &customer, "/add-cross-sell", json!({ "product_id": "notebook" })).await;
    assert_eq!(rates().await, [["txr_gb"], ["txr_gb"], ["txr_gb"]]);

    // Oregon has no sales tax: the rates are cleared.
    shop.ship_to(&customer, "US", Some("OR")).await;
    change(&shop, &customer, "/update-tax", json!({})).await;
    assert_eq!(rates().await, [vec![""; 0], vec![], vec![]]);
    let sent = shop.gate.updates().len();
    change(&shop, &customer, "/update-tax", json!({})).await;
    assert_eq!(shop.gate.updates().len(), sent, "nothing had to be changed");
}

#[tokio::test]
async fn all_items_are_sent_back_by_id_and_in_order() {
    let shop = Shop::open().await;
    let customer = shop.customer("goods").await;
    for product in ["gift_wrap", "warranty"] {
        change(&shop, &customer, "/update-custom-amount", json!({ "product_id": product })).await;
    }
    let ids = shop.ids(&customer).await;
    change(&shop, &customer, "/add-cross-sell", json!({ "product_id": "desk_mat" })).await;
    let sent = shop.gate.updates().pop().unwrap();
    let fields = sent.fields();
    for (place, id) in ids.iter().enumerate() {
        assert!(fields.contains(&(format!("line_items[{place}][id]"), id.clone())), "{fields:?}");
    }
    assert!(fields.contains(&("line_items[3][price]".to_owned(), "price_desk_mat".to_owned())));
    assert_eq!(&shop.ids(&customer).await[..3], &ids[..]);
    assert_eq!(sent.header("stripe-version"), "2026-10-28.endive");
    assert_eq!(sent.header("content-type"), "application/x-www-form-urlencoded");
    assert_eq!(sent.header("idempotency-key").len(), 64);
}

#[tokio::test]
async fn a_session_with_more_items_than_come_with_it_loses_none() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    // Items that only this shop's back office adds.
    let id = shop.ids(&customer).await.remove(0);
    let mut form = format!("line_items[0][id]={id}");
    for place in 1..18 {
        form += &format!(
            "&line_items[{place}][quantity]=1&line_items[{place}][price_data][currency]=usd\
             &line_items[{place}][price_data][unit_amount]=10&line_items[{place}][price_data][product_data][name]=N{place}"
        );
    }
    shop.stripe(axum::http::Method::POST, &format!("/v1/checkout/sessions/{}", customer.session), &form).await;
    change(&shop, &customer, "/change-subscription-interval", json!({ "interval": "yearly" })).await;
    let page = format!("/v1/checkout/sessions/{}/line_items?limit=100", customer.session);
    let list = shop.stripe(axum::http::Method::GET, &page, "").await;
    let list = list["data"].as_array().unwrap();
    assert_eq!(list.len(), 18);
    assert_eq!((&list[0]["id"], &list[17]["description"]), (&json!(id), &json!("N17")));
    assert_eq!(list[0]["price"]["recurring"]["interval"], "year");
}

#[tokio::test]
async fn two_updates_at_once_are_both_made() {
    let shop = Shop::open().await;
    let customer = shop.customer("subscription").await;
    let updates = ["gift_wrap", "express_shipping", "warranty"].map(|product| {
        shop.update(&customer, "/update-custom-amount", json!({ "product_id": product }), Some(product))
    });
    let interval =
        shop.update(&customer, "/change-subscription-interval", json!({ "interval": "yearly" }), Some("interval"));
    let [one, two, three] = updates;
    let (one, two, three, four) = tokio::join!(one, two, three, interval);
    for reply in [one, two, three, four] {
        reply.assert_success();
    }
    // 12,000 + 500 + 1,500 + 2,000: the gift is there, too.
    assert_eq!(shop.session(&customer).await["amount_total"], 16_000);
    assert_eq!(shop.items(&customer).await.len(), 5);
}

#[tokio::test]
async fn an_item_is_moved_and_every_item_stays() {
    let shop = Shop::open().await;
    let customer = shop.customer("goods").await;
    for product in ["notebook", "desk_mat"] {
        change(&shop, &customer, "/add-cross-sell", json!({ "product_id": product })).await;
    }
    let [lamp, notebook, mat] = <[String; 3]>::try_from(shop.ids(&customer).await).unwrap();
    let path = "/move-line-item";
    change(&shop, &customer, path, json!({ "line_item": mat, "position": 0 })).await;
    assert_eq!(shop.ids(&customer).await, [&*mat, &*lamp, &*notebook]);
    change(&shop, &customer, path, json!({ "line_item": mat, "position": 99 })).await;
    assert_eq!(shop.ids(&customer).await, [&*lamp, &*notebook, &*mat]);
    let before = shop.gate.updates().len();
    change(&shop, &customer, path, json!({ "line_item": mat, "position": 2 })).await;
    assert_eq!(shop.gate.updates().len(), before, "nothing had to be changed");
    shop.update(&customer, path, json!({ "line_item": "li_other", "position": 0 }), None).await.assert_error(400);
}

fn to(country: &str, state: Option<&str>) -> Value {
    let mut address = json!({ "line1": "1 Way", "country": country, "city": "Anytown", "postal_code": "12345" });
    if let Some(state) = state {
        address["state"] = json!(state);
    }
    json!({ "shipping_details": { "name": "Ada Lovelace", "address": address } })
}

#[tokio::test]
async fn the_server_sets_the_address_with_options_and_taxes_for_it_in_one_update() {
    let shop = Shop::open().await;
    let body = json!({ "cart": "goods", "address_by": "server" });
    let reply = shop.post_json("/create-checkout-session", "", &body).await;
    let customer = crate::shop::customer_of(&reply).unwrap();
    assert_eq!(shop.session(&customer).await["permissions"], json!({ "update_shipping_details": "server_only" }));
    // Nobody else may.
    let address = json!({ "country": "GB", "line1": "1 Way" });
    let told = json!({ "updateShippingAddress": { "name": "Ada", "address": address } });
    let told = json!({ "checkout_session_id": customer.session, "change": told });
    assert_eq!(shop.post_json("/session", &customer.cookie, &told).await.status, 400);

    let path = "/calculate-shipping-options";
    for (intent, country, shipping, taxes) in
        [(to("US", Some("CA")), "US", 500, 7.25), (to("gb", None), "GB", 1_900, 20.0)]
    {
        change(&shop, &customer, path, intent).await;
        let session = shop.session(&customer).await;
        let details = &session["collected_information"]["shipping_details"];
        assert_eq!((&details["name"], &details["address"]["country"]), (&json!("Ada Lovelace"), &json!(country)));
        assert_eq!(details["address"]["postal_code"], "12345");
        assert_eq!(session["shipping_cost"]["amount_total"], shipping);
        assert_eq!(session["line_items"]["data"][0]["taxes"][0]["rate"]["percentage"], taxes);
    }
    assert_eq!(shop.gate.updates().len(), 2, "one update for each address");
    let reply = shop.update(&customer, path, to("JP", None), None).await;
    reply.assert_error(400);
    assert_eq!(reply.json()["message"], "We do not ship to this country.");
}

#[tokio::test]
async fn with_stripes_form_an_address_brings_options_and_taxes_and_is_left_to_the_customer() {
    let shop = Shop::open().await;
    let body = json!({ "cart": "goods", "ui_mode": "form" });
    let customer = crate::shop::customer_of(&shop.post_json("/create-checkout-session", "", &body).await).unwrap();
    assert_eq!(shop.session(&customer).await["ui_mode"], "form");
    change(&shop, &customer, "/calculate-shipping-options", to("GB", None)).await;
    let session = shop.session(&customer).await;
    assert_eq!(session["collected_information"]["shipping_details"], Value::Null);
    assert_eq!(session["shipping_cost"]["amount_total"], 1_900);
    assert_eq!(session["line_items"]["data"][0]["taxes"][0]["rate"]["percentage"], 20.0);
    for body in [
        json!({ "ui_mode": "form" }),
        json!({ "cart": "goods", "address_by": "server", "ui_mode": "form" }),
        json!({ "cart": "goods", "ui_mode": "hosted_page" }),
    ] {
        shop.post_json("/create-checkout-session", "", &body).await.assert_error(400);
    }
}

#[tokio::test]
async fn a_promotion_code_is_entered_and_removed_and_an_unknown_one_is_refused_in_stripes_words() {
    let shop = Shop::open().await;
    let customer = shop.customer("goods").await;
    let tell = async |what: Value| {
        let told = json!({ "checkout_session_id": customer.session, "change": what });
        shop.post_json("/session", &customer.cookie, &told).await
    };
    let refused = tell(json!({ "applyPromotionCode": "NORTH11" })).await;
    refused.assert_error(400);
    assert_eq!(refused.json()["message"], "This code is invalid.");
    let code = checkout_updates_server::sandbox::PROMOTION_CODE.to_lowercase();
    assert_eq!(tell(json!({ "applyPromotionCode": code })).await.status, 204);
    assert_eq!(shop.session(&customer).await["total_details"]["amount_discount"], 450);
    // It stays with what the server changes afterwards.
    change(&shop, &customer, "/add-cross-sell", json!({ "product_id": "notebook" })).await;
    assert_eq!(shop.session(&customer).await["total_details"]["amount_discount"], 530);
    assert_eq!(tell(json!({ "removePromotionCode": true })).await.status, 204);
    assert_eq!(shop.session(&customer).await["total_details"]["amount_discount"], 0);
}

#[tokio::test]
async fn what_is_no_address_is_refused() {
    let shop = Shop::open().await;
    let customer = shop.customer("goods").await;
    let with = |path: &str, value: Value| {
        let mut intent = to("US", Some("CA"));
        *intent.pointer_mut(path).unwrap() = value;
        intent
    };
    for intent in [
        json!({}),
        json!({ "shipping_details": "1 Way" }),
        with("/shipping_details/name", json!("")),
        with("/shipping_details/address", json!([])),
        with("/shipping_details/address/country", json!("USA")),
        with("/shipping_details/address/line1", json!({ "a": "b" })),
        with("/shipping_details/address/line1", json!("x".repeat(256))),
        with("/shipping_details/address", json!({ "line1": "1 Way", "country": "US", "amount": 1 })),
    ] {
        shop.update(&customer, "/calculate-shipping-options", intent, None).await.assert_error(400);
    }
    assert_eq!(shop.gate.updates().len(), 0);
    let subscriber = shop.customer("subscription").await;
    let reply = shop.update(&subscriber, "/calculate-shipping-options", to("US", None), None).await;
    reply.assert_error(400);
}
