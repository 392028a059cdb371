//! What holds for every request: keys, headers, errors, lists and expansion.

mod common;

use common::{Api, SESSIONS};
use hyper::Method;
use serde_json::Value;

#[tokio::test]
async fn only_accepted_keys_get_in() {
    let open = Api::start().await;
    let strict = Api::with(|config| config.secret_keys = vec!["sk_test_right".into()]).await;
    for (api, authorization, code) in [
        (&open, "", 401),
        (&open, "Bearer", 401),
        (&open, "Bearer sk_live_1", 401),
        (&open, "Bearer sk_test_", 401),
        (&open, "Bearer pk_test_1", 403),
        (&strict, "Bearer pk_test_1", 403),
        (&open, "Basic ", 401),
        (&open, "Bearer sk_test_any", 200),
        (&open, "Bearer rk_test_any", 200),
        (&strict, "Bearer sk_test_any", 401),
        (&strict, "Bearer sk_test_right", 200),
        // sk_test_right:
        (&strict, "Basic c2tfdGVzdF9yaWdodDo=", 200),
    ] {
        let answer = api.send(Method::GET, SESSIONS, "", &[("authorization", authorization)]).await.unwrap();
        assert_eq!(answer.status, code, "{authorization}");
        assert!(answer.header("request-id").starts_with("req_"), "{authorization}");
        if code == 401 {
            assert_eq!(answer.error().1, "invalid_request_error");
            assert!(answer.header("www-authenticate").starts_with("Basic"));
            assert!(!answer.text.contains("sk_live_1"));
            assert_eq!(answer.body["error"].get("request_log_url"), None);
        }
    }
    let publishable = open.send(Method::GET, SESSIONS, "", &[("authorization", "Bearer pk_test_1")]).await.unwrap();
    assert_eq!(publishable.error().2, "secret_key_required");
}

#[tokio::test]
async fn what_is_not_of_the_api_is_refused() {
    let api = Api::start().await;
    for (method, path) in [
        (Method::GET, "/v1/charges"),
        (Method::DELETE, SESSIONS),
        (Method::PUT, "/v1/checkout/sessions/cs_test_1"),
        (Method::GET, "/v1/checkout/sessions/cs_test_1/expire"),
    ] {
        let answer = api.send(method.clone(), path, "", &[]).await.unwrap();
        assert_eq!(answer.error(), (404, "invalid_request_error", "", ""), "{method} {path}");
    }
    let path = api.mug().await;
    let json = [("content-type", "application/json")];
    assert_eq!(api.send(Method::POST, &path, "{\"metadata\":1}", &json).await.unwrap().status, 400);
    let form = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
    assert_eq!(api.send(Method::POST, &path, "metadata[a]=1", &form).await.unwrap().status, 200);
    let long = format!("metadata[a]={}", "x".repeat(2 << 20));
    assert_eq!(api.post(&path, &long).await.status, 400);
    assert_eq!(api.get(&path).await.body["metadata"]["a"], "1");
}

#[tokio::test]
async fn what_is_no_id_is_told_from_an_id_that_names_nothing() {
    let api = Api::start().await;
    let secret = api.get(&api.mug().await).await.body["client_secret"].as_str().unwrap().to_owned();
    let braces = "%7BCHECKOUT_SESSION_ID%7D";
    for (id, shown) in [("foo", "foo"), ("cs_test_", "cs_test_"), (braces, "{CHECKOUT_SESSION_ID}"), (&secret, &secret)]
    {
        for (method, path) in
            [(Method::GET, ""), (Method::POST, ""), (Method::POST, "/expire"), (Method::GET, "/line_items")]
        {
            let answer = api.send(method, &format!("{SESSIONS}/{id}{path}"), "", &[]).await.unwrap();
            assert_eq!(answer.error(), (400, "invalid_request_error", "", ""), "{id}{path}");
            assert_eq!(answer.body["error"]["message"], format!("Invalid checkout.session id: {shown}"));
        }
    }
    assert_eq!(api.get(&format!("{SESSIONS}/cs_test_%FF")).await.error(), (400, "invalid_request_error", "", ""));
    let missing = api.get(&format!("{SESSIONS}/cs_live_a1")).await;
    assert_eq!(missing.error(), (404, "invalid_request_error", "resource_missing", "session"));
}

#[tokio::test]
async fn errors_say_where_their_log_is_and_replays_say_the_same() {
    let api = Api::start().await;
    let path = api.mug().await;
    let key = [("idempotency-key", "k")];
    let body = "line_items[0][price]=price_none&line_items[0][quantity]=1";
    let first = api.send(Method::POST, &path, body, &key).await.unwrap();
    let url = format!("https://dashboard.stripe.com/test/logs/{}?t={}", first.header("request-id"), common::START);
    assert_eq!(first.body["error"]["request_log_url"], url);
    assert_eq!(api.send(Method::POST, &path, body, &key).await.unwrap().text, first.text);
    assert!(api.get("/v1/charges").await.body["error"]["request_log_url"].is_string());
}

#[tokio::test]
async fn bytes_that_are_no_utf_8_change_nothing() {
    let api = Api::start().await;
    let path = api.mug().await;
    for body in ["metadata[a]=%FF", "metadata[%C3]=1", "metadata[b]=1&%80=1"] {
        for headers in [&[][..], &[("idempotency-key", "k")]] {
            let answer = api.send(Method::POST, &path, body, headers).await.unwrap();
            assert_eq!((answer.status, answer.error().2), (400, ""), "{body}");
        }
    }
    assert_eq!(api.get(&format!("{SESSIONS}?customer=%FF")).await.status, 400);
    assert_eq!(api.get(&path).await.body["metadata"], serde_json::json!({}));
}

#[tokio::test]
async fn a_body_of_many_parameters_is_answered_at_once() {
    let api = Api::start().await;
    let path = api.mug().await;
    let body = (0..40_000).map(|n| format!("metadata[k{n}]=v")).collect::<Vec<_>>().join("&");
    let start = std::time::Instant::now();
    let answer = api.send(Method::POST, &path, &body, &[("idempotency-key", "k")]).await.unwrap();
    assert_eq!(answer.error().3, "metadata");
    // When the time was quadratic this took half a minute, unoptimised; now it takes a fraction of a second.
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

#[tokio::test]
async fn what_the_account_sells_is_listed_for_everybody() {
    let api = Api::start().await;
    let index = api.send(Method::GET, "/", "", &[("authorization", "")]).await.unwrap();
    assert_eq!(index.status, 200);
    let listed: checkout_updates_sandbox::Catalogue = serde_json::from_value(index.body["catalogue"].clone()).unwrap();
    assert_eq!(listed.ids(), common::catalogue().ids());
    let prices = listed.ids().into_iter().find(|(kind, _)| *kind == "prices").unwrap().1;
    assert!(prices.contains(&"price_mug") && prices.contains(&"price_monthly"));
}

#[tokio::test]
async fn sessions_are_listed_newest_first_in_pages() {
    let api = Api::start().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.insert(0, api.mug().await.rsplit('/').next().unwrap().to_owned());
        api.clock.advance(1);
    }
    let ids = |body: &Value| -> Vec<String> {
        body["data"].as_array().unwrap().iter().map(|session| session["id"].as_str().unwrap().to_owned()).collect()
    };
    let api = &api;
    let list = |query: String| async move { api.get(&format!("{SESSIONS}?{query}")).await.body };
    let all = list(String::new()).await;
    assert_eq!((ids(&all), &all["has_more"], &all["url"]), (made.clone(), &false.into(), &SESSIONS.into()));
    let first = list("limit=2".into()).await;
    assert_eq!((ids(&first), &first["has_more"]), (made[..2].to_vec(), &true.into()));
    let next = list(format!("limit=2&starting_after={}", made[1])).await;
    assert_eq!((ids(&next), &next["has_more"]), (made[2..4].to_vec(), &true.into()));
    let last = list(format!("limit=2&starting_after={}", made[3])).await;
    assert_eq!((ids(&last), &last["has_more"]), (made[4..].to_vec(), &false.into()));
    let back = list(format!("limit=2&ending_before={}", made[3])).await;
    assert_eq!((ids(&back), &back["has_more"]), (made[1..3].to_vec(), &true.into()));
    assert_eq!(ids(&list(format!("created[gte]={}", common::START + 3)).await), made[..2]);
    assert_eq!(
        ids(&list(format!("created[gt]={}&created[lt]={}", common::START, common::START + 2)).await),
        made[3..4]
    );
    assert_eq!(ids(&list(format!("created={}", common::START)).await), made[4..]);
    api.post(&format!("{SESSIONS}/{}/expire", made[2]), "").await;
    assert_eq!(ids(&list("status=expired".into()).await), made[2..3]);
    for none in
        ["customer=cus_ada", "customer_account=a", "payment_link=plink_1", "payment_intent=pi_1", "subscription=sub_1"]
    {
        assert_eq!(ids(&list(none.into()).await), Vec::<String>::new(), "{none}");
    }
    api.post(&format!("/sandbox/sessions/{}/customer", made[4]), "email=ada@shop.example").await;
    assert_eq!(ids(&list("customer_details[email]=ada@shop.example".into()).await), made[4..]);
    let paid = api.post(&format!("/sandbox/sessions/{}/complete", made[3]), "").await;
    let intent = paid.body["payment_intent"].as_str().unwrap();
    assert_eq!(ids(&list(format!("payment_intent={intent}")).await), made[3..4]);
    for (query, param) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("starting_after=cs_none", "starting_after"),
        ("ending_before=cs_none", "ending_before"),
        ("starting_after=a&ending_before=b", "starting_after"),
        ("created[after]=1", "created[after]"),
        ("status=closed", "status"),
        ("customer_details[email]=x", "customer_details[email]"),
        ("expand[]=line_items", "expand[0]"),
        ("page=2", "page"),
    ] {
        let answer = api.get(&format!("{SESSIONS}?{query}")).await;
        assert_eq!((answer.status, answer.error().3), (400, param), "{query}");
    }
}

#[tokio::test]
async fn line_items_come_when_asked_for_and_in_pages() {
    let api = Api::start().await;
    let items: Vec<String> =
        (0..12).map(|n| format!("line_items[{n}][price]=price_mug&line_items[{n}][quantity]={}", n + 1)).collect();
    let path = api.session(&format!("mode=payment&{}", items.join("&"))).await;
    assert_eq!(api.get(&path).await.body.get("line_items"), None);
    let quantities = |list: &Value| -> Vec<u64> {
        list["data"].as_array().unwrap().iter().map(|item| item["quantity"].as_u64().unwrap()).collect()
    };
    // As many as the API gives along with a session; the list has the others.
    let within = api.get(&format!("{path}?expand[]=line_items")).await.body["line_items"].clone();
    assert_eq!((quantities(&within), &within["has_more"]), ((1..=10).collect(), &true.into()));
    let list = |query: &str| {
        let (api, path) = (&api, format!("{path}/line_items?{query}"));
        async move { api.get(&path).await.body }
    };
    assert_eq!(quantities(&list("").await), (1..=10).collect::<Vec<_>>());
    let all = list("limit=100").await;
    assert_eq!((quantities(&all), &all["has_more"]), ((1..=12).collect(), &false.into()));
    let tenth = all["data"][9]["id"].as_str().unwrap();
    assert_eq!(quantities(&list(&format!("starting_after={tenth}")).await), [11, 12]);
    assert_eq!(quantities(&list(&format!("limit=2&ending_before={tenth}")).await), [8, 9]);
    let expanded = list("expand[0]=data.price.product").await;
    assert_eq!(expanded["data"][0]["price"]["product"]["name"], "Mug");
    let listed = api.get(&format!("{SESSIONS}?expand[]=data.line_items")).await;
    assert_eq!(quantities(&listed.body["data"][0]["line_items"]).len(), 10);
}

#[tokio::test]
async fn sessions_expire_by_the_clock() {
    let api = Api::start().await;
    let (short, long) = (
        api.session(&format!(
            "mode=payment&line_items[0][price]=price_mug&line_items[0][quantity]=1\
        &expires_at={}",
            common::START + 1800
        ))
        .await,
        api.mug().await,
    );
    api.clock.advance(1799);
    assert_eq!(api.get(&short).await.body["status"], "open");
    api.clock.advance(1);
    let expired = api.get(&short).await.body;
    assert_eq!((&expired["status"], &expired["client_secret"]), (&"expired".into(), &Value::Null));
    assert_eq!(api.post(&short, "metadata[a]=1").await.error().2, "status_transition_invalid");
    assert_eq!(api.get(&long).await.body["status"], "open");
    api.clock.advance(24 * 60 * 60);
    assert_eq!(api.get(&long).await.body["status"], "expired");
}

#[test]
fn the_readme_names_what_the_built_in_catalogue_has() {
    let built_in = include_str!("../catalogue.json");
    let readme = include_str!("../README.md");
    let words = readme.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let mut ids = words.filter(|word| word.starts_with("price_") && *word != "price_data").peekable();
    assert!(ids.peek().is_some());
    for id in ids {
        assert!(built_in.contains(&format!("\"{id}\"")), "{id}");
    }
}
