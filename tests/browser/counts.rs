//! The counters: they say what happened, and add up. What the page makes of them is the facade's.

use checkout_updates::failure::Kind;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Page, actions, later, mock, rejects, respond, respond_with, silent};

const NUMBERS: [&str; 6] = ["updates", "successes", "retries", "late", "joined", "superseded"];
const PERCENTILES: [&str; 3] = ["p50", "p95", "max"];

/// The kinds that were counted, with how often.
fn failures(page: &Page, endpoint: u32) -> Vec<(&'static str, f64)> {
    let kinds = Kind::ALL.map(Kind::name);
    let counted = kinds.into_iter().zip(page.counters(endpoint, kinds));
    counted.filter(|(_, count)| *count != 0.0).collect()
}

#[wasm_bindgen_test]
async fn the_counts_add_up() {
    let page = Page::of(r#"{"retries":1}"#, respond(200, "")).await;
    let again = respond_with(503, None, r#"{"retry-after":"0"}"#);
    for answer in [respond(400, ""), again.clone(), again, rejects(&"reset".into()), respond(200, "")] {
        page.answer(answer);
    }
    for _ in 0..4 {
        page.ended(page.call("{}")).await;
    }
    page.ended(page.call(r#"{"session":"pi_1"}"#)).await;
    assert_eq!(page.counters(0, NUMBERS), [5.0, 2.0, 2.0, 0.0, 0.0, 0.0]);
    assert_eq!(failures(&page, 0), [("invalid_session", 1.0), ("refused", 1.0), ("server_error", 1.0)]);
    assert_eq!(page.counted_kinds(), ["refused", "server_error", "invalid_session"]);
    let [p50, p95, max] = page.counters(0, PERCENTILES);
    assert!(0.0 <= p50 && p50 <= p95 && p95 <= max && max < 5_000.0, "{p50} {p95} {max}");
    assert_eq!(max.fract(), 0.0);
}

#[wasm_bindgen_test]
async fn every_endpoint_has_counters_of_its_own_and_nothing_else_has_any() {
    let page = Page::of("{}", respond(200, "")).await;
    page.endpoint("other", "{}");
    page.ended(page.call("{}")).await;
    assert_eq!(page.counters(0, NUMBERS), [1.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!((page.counters(1, NUMBERS), failures(&page, 1)), ([0.0; 6], vec![]));
    assert_eq!(page.counters(1, PERCENTILES), [-1.0; 3]);
    for (endpoint, name) in [(2, "updates"), (u32::MAX, "updates"), (0, "no such counter")] {
        assert_eq!(page.counter(endpoint, name), -1.0, "{endpoint} {name}");
    }
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
        assert_eq!((page.counters(0, NUMBERS), failures(&page, 0)), (counted, vec![]), "{latest}");
        assert_eq!(page.counted().length(), 0);
    }
}

#[wasm_bindgen_test]
async fn what_is_cancelled_is_not_counted() {
    let page = Page::of("{}", silent()).await;
    let id = page.call("{}");
    page.dispose();
    assert_eq!(page.ended(id).await.brief(), "cancelled unknown disposed");
    assert_eq!((page.counters(0, NUMBERS), failures(&page, 0)), ([0.0; 6], vec![]));
    assert_eq!((page.counted().length(), page.measured().length()), (0, 0));
}

#[wasm_bindgen_test]
async fn what_failed_before_there_was_an_engine_is_added() {
    let page = Page::of("{}", respond(200, "")).await;
    page.note(0, "unavailable", 19_500.0);
    page.note(0, "no such kind", 1.0);
    page.note(9, "unavailable", 1.0);
    assert_eq!(page.counters(0, ["updates", "max"]), [1.0, 19_500.0]);
    assert_eq!(failures(&page, 0), [("unavailable", 1.0)]);
}
