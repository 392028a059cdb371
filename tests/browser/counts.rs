//! The counts and what of them is reported: JSON that says what happened, adds up, and holds nothing else.

use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Page, actions, get, json, later, mock, number, rejects, respond, respond_with, show, silent};

const NUMBERS: [&str; 6] = ["updates", "successes", "retries", "late", "joined", "superseded"];

fn numbers(counts: &JsValue) -> [f64; 6] {
    NUMBERS.map(|name| number(counts, name))
}

fn of(page: &Page, endpoint: &str) -> JsValue {
    get(&json(&page.metrics()), endpoint)
}

/// A page on which five updates end: two with success, three with a failure each of its own.
async fn busy_page() -> Page {
    let page = Page::of(r#"{"retries":1}"#, respond(200, "")).await;
    let again = respond_with(503, None, r#"{"retry-after":"0"}"#);
    for answer in [respond(400, ""), again.clone(), again, rejects(&"reset".into()), respond(200, "")] {
        page.answer(answer);
    }
    for _ in 0..4 {
        page.ended(page.call("{}")).await;
    }
    page.ended(page.call(r#"{"session":"pi_1"}"#)).await;
    page
}

#[wasm_bindgen_test]
async fn the_counts_add_up() {
    let page = busy_page().await;
    let counts = of(&page, "change");
    assert_eq!(numbers(&counts), [5.0, 2.0, 2.0, 0.0, 0.0, 0.0]);
    assert_eq!(show(&get(&counts, "failures")), r#"{"invalid_session":1,"refused":1,"server_error":1}"#);
    assert_eq!(page.counted_kinds(), ["refused", "server_error", "invalid_session"]);
    let [p50, p95, max] = ["p50", "p95", "max"].map(|name| number(&counts, name));
    assert!(0.0 <= p50 && p50 <= p95 && p95 <= max && max < 5_000.0, "{p50} {p95} {max}");
    assert_eq!(max.fract(), 0.0);
}

#[wasm_bindgen_test]
async fn the_record_names_every_endpoint_also_one_without_updates() {
    let page = Page::of("{}", respond(200, "")).await;
    let name = "a \"name\"\\\n\u{2028}é";
    page.endpoint(name, "{}");
    let counts = of(&page, name);
    assert_eq!(numbers(&counts), [0.0; 6]);
    assert_eq!(show(&get(&counts, "failures")), "{}");
    assert!(["p50", "p95", "max"].iter().all(|name| get(&counts, name).is_null()));
}

#[wasm_bindgen_test]
async fn who_joins_and_who_is_superseded_is_counted_and_no_failure() {
    for (latest, counted) in [(-1, [3.0, 3.0, 0.0, 0.0, 2.0, 0.0]), (0, [2.0, 2.0, 0.0, 0.0, 1.0, 2.0])] {
        let first = later(&mock(200, ""));
        let page = Page::of(&format!("{{\"latest\":{latest}}}"), first.clone().into()).await;
        page.field("quantity", "integer", r#"{"most":9}"#);
        page.answer(respond(200, ""));
        let actions = actions("getSession", "success");
        let start = |quantity: u32| page.start(&actions, &format!("{{\"values\":[{quantity}]}}"));
        let ids = [start(1), start(1), start(2), start(3), start(3)];
        first.now();
        for id in ids {
            page.settled(id).await;
        }
        let counts = of(&page, "change");
        assert_eq!((numbers(&counts), show(&get(&counts, "failures")).as_str()), (counted, "{}"), "{latest}");
        assert_eq!(page.counted().length(), 0);
    }
}

#[wasm_bindgen_test]
async fn what_is_cancelled_is_not_counted() {
    let page = Page::of("{}", silent()).await;
    let id = page.call("{}");
    page.dispose();
    assert_eq!(page.ended(id).await.brief(), "cancelled unknown disposed");
    assert_eq!((numbers(&of(&page, "change")), page.counted().length()), ([0.0; 6], 0));
    assert_eq!(page.measured().length(), 0);
}

#[wasm_bindgen_test]
async fn what_failed_before_there_was_an_engine_is_added() {
    let page = Page::of("{}", respond(200, "")).await;
    page.note(0, "unavailable", 19_500.0);
    page.note(0, "no such kind", 1.0);
    page.note(9, "unavailable", 1.0);
    let counts = of(&page, "change");
    assert_eq!((number(&counts, "updates"), number(&counts, "max")), (1.0, 19_500.0));
    assert_eq!(show(&get(&counts, "failures")), r#"{"unavailable":1}"#);
}

#[wasm_bindgen_test]
async fn news_is_what_came_since_the_last_and_only_of_where_anything_did() {
    let page = busy_page().await;
    page.endpoint("other", "{}");
    let news = json(&page.news());
    let change = get(&get(&news, "endpoints"), "change");
    assert_eq!(numbers(&change), [5.0, 2.0, 2.0, 0.0, 0.0, 0.0]);
    assert!(get(&get(&news, "endpoints"), "other").is_undefined());
    assert_eq!(page.news(), "");
    page.ended(page.call("{}")).await;
    let change = get(&get(&json(&page.news()), "endpoints"), "change");
    assert_eq!(numbers(&change), [1.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(show(&get(&change, "failures")), "{}");
    // The page's own record is not shortened by that.
    assert_eq!(number(&of(&page, "change"), "updates"), 6.0);
}

#[wasm_bindgen_test]
async fn neither_holds_what_was_sent_or_said() {
    let page = Page::of(r#"{"url":"/secret-url"}"#, respond(400, r#"{"error":"Secret words."}"#)).await;
    page.field("item", "identifier", r#"{"choices":["li_"]}"#);
    page.ended(page.call(r#"{"values":["li_secret"],"session":"cs_test_secret"}"#)).await;
    let told = page.metrics() + &page.news();
    assert!(told.contains("refused") && !told.to_lowercase().contains("secret"), "{told}");
}
