//! What is counted, kept and reported.

use js_sys::{Array, Function};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{
    Changed, Page, again, call, clock, dig, endpoint, error_of, get, happen, js, judged, keys, number, rejects,
    respond, show, silent, stripe, text, told,
};

#[wasm_bindgen_test]
async fn the_counts_add_up() {
    let page = Page::of("retries: 1", respond(200, "")).await;
    for answer in [respond(400, ""), again(503), again(503), rejects(&"reset".into()), respond(200, "")] {
        page.answer(&answer);
    }
    for _ in 0..4 {
        judged(page.call("{}")).await;
    }
    judged(page.call("{ amount: 1 }")).await;
    assert_eq!(page.counted(), r#"5 2 2 0 0 0 {"invalid_intent":1,"refused":1,"server_error":1}"#);
    assert_eq!(page.told_kinds(), ["refused", "server_error", "invalid_intent"]);
    let [p50, p95, max] = ["p50", "p95", "max"].map(|name| number(&page.counts("change"), name));
    assert!(0.0 <= p50 && p50 <= p95 && p95 <= max && max < 5_000.0, "{p50} {p95} {max}");
    assert_eq!(max.fract(), 0.0);
}

#[wasm_bindgen_test]
async fn every_name_has_counters_of_its_own_whatever_it_is_called() {
    let names = ["a \"name\"\\\n\u{2028}é", "7", "constructor"];
    let endpoints: Vec<_> =
        names.iter().map(|name| format!("{}: {{ url: '/change', rules: {{}} }}", show(&(*name).into()))).collect();
    let page = Page::open(&format!("endpoints: {{ {} }}", endpoints.join(", "))).await;
    page.answer(&respond(200, ""));
    for (times, name) in names.iter().enumerate() {
        for _ in 0..times {
            judged(call(&page.updates().request(name, &js("{}")).unwrap()).unchecked_into()).await;
        }
    }
    judged(page.wrapped(&js("() => 7"))).await;
    for (times, name) in names.iter().enumerate() {
        assert_eq!(number(&page.counts(name), "updates"), times as f64, "{name}");
    }
    let unused = r#"{"updates":0,"successes":0,"retries":0,"late":0,"joined":0,"superseded":0,"p50":null,"p95":null,"max":null,"failures":{}}"#;
    assert_eq!(show(&page.counts(names[0])), unused);
    assert_eq!(number(&page.counts("own"), "updates"), 1.0);
}

#[wasm_bindgen_test]
async fn the_last_50_failures_are_kept_as_plain_records_without_their_cause() {
    let page = Page::of("", js("() => Promise.reject(new Error('secret'))")).await;
    for _ in 0..60 {
        judged(page.call("{}")).await;
    }
    judged(page.call("{ amount: 1 }")).await;
    let kept = Array::from(&get(&page.updates().metrics(), "failures"));
    assert_eq!(kept.length(), 50);
    let last = kept.get(49);
    assert_eq!(text(&last, "field"), "amount");
    assert!(!last.is_instance_of::<js_sys::Error>() && get(&kept.get(0), "cause").is_undefined());
    let names = keys(&last);
    let expected =
        ["applied", "attempts", "code", "durationMs", "endpoint", "field", "kind", "reason", "requestId", "status"];
    assert_eq!(names, expected);
    // What is given is a copy.
    kept.set_length(0);
    get(&page.updates().metrics(), "failures").unchecked_into::<Array>().set_length(0);
    assert_eq!(Array::from(&get(&page.updates().metrics(), "failures")).length(), 50);
}

#[wasm_bindgen_test]
async fn at_most_64_names_of_functions_are_known_and_the_next_share_the_last() {
    let page = Page::of("", respond(200, "")).await;
    for number in 0..70 {
        let own = page.updates().wrap(&format!("own {number}"), &js("() => 7"));
        judged(call(&own).unchecked_into()).await;
    }
    let endpoints = get(&page.updates().metrics(), "endpoints");
    assert_eq!(keys(&endpoints).len(), 65);
    assert_eq!(number(&get(&endpoints, "own 63"), "updates"), 7.0);
    assert!(get(&endpoints, "own 64").is_undefined());
}

#[wasm_bindgen_test]
async fn what_is_cancelled_is_not_counted_and_told_to_nobody() {
    let page = Page::of("", silent()).await;
    let promise = page.call("{}");
    page.updates().dispose();
    assert_eq!(judged(promise).await, "cancelled unknown disposed");
    assert_eq!((page.told().length(), page.counted().as_str()), (0, "0 0 0 0 0 0 {}"));
    assert_eq!(Array::from(&get(&page.updates().metrics(), "failures")).length(), 0);
}

#[wasm_bindgen_test]
async fn what_failed_before_there_was_a_module_is_added() {
    let page = Page::of("", respond(200, "")).await;
    let failure = |endpoint: &str| {
        js(&format!(
            "{{ kind: 'unavailable', applied: 'no', endpoint: '{endpoint}', status: null, durationMs: 19_500, attempts: 0,
                requestId: null, code: null, message: 'x', detail: 'y', field: null, reason: null }}"
        ))
    };
    for endpoint in ["change", "own", ""] {
        page.updates().note(&failure(endpoint));
    }
    assert_eq!(page.counted(), r#"1 0 0 0 0 0 {"unavailable":1}"#);
    assert_eq!(number(&page.counts("change"), "max"), 19_500.0);
    assert_eq!(show(&get(&page.counts("own"), "failures")), r#"{"unavailable":1}"#);
    // A refresh has no name: it is kept, and not counted.
    let metrics = page.updates().metrics();
    assert_eq!(keys(&get(&metrics, "endpoints")).len(), 2);
    let record = |endpoint: &str| {
        format!(
            r#"{{"kind":"unavailable","applied":"no","endpoint":"{endpoint}","status":null,"code":null,"durationMs":19500,"attempts":0,"requestId":null,"field":null,"reason":null}}"#
        )
    };
    assert_eq!(show(&get(&metrics, "failures")), format!("[{}]", ["change", "own", ""].map(record).join(",")));
}

/// The beacons that are sent, as `[url, text]`, while `_beacon` lives.
fn beacons(answer: &str) -> (Array, Changed) {
    let sent = Array::new();
    let make = js(&format!("(sent) => (url, text) => {{ sent.push([url, text]); {answer} }}"));
    let beacon = make.unchecked_into::<Function>().call1(&JsValue::NULL, &sent).unwrap();
    (sent, Changed::member("navigator", "sendBeacon", &beacon))
}

#[wasm_bindgen_test]
async fn what_is_new_is_sent_whenever_the_page_is_hidden_once_to_each_reporter() {
    let (sent, _beacon) = beacons("return true");
    let page =
        Page::open("endpoints: { change: { url: '/change', rules: {} }, other: { url: '/other', rules: {} } }").await;
    page.answer(&respond(200, ""));
    let updates = page.updates();
    updates.report_to("/metrics");
    let end = updates.report_to_with("/second", &js("{ sampleRate: 1 }"));
    updates.report_to_with("/never", &js("{ sampleRate: 0 }"));
    happen("hidden");
    assert_eq!(sent.length(), 0);
    assert_eq!(judged(page.call("{}")).await, "ok");
    happen("hidden");
    happen("pagehide");
    let urls: Vec<_> = sent.iter().map(|pair| text(&pair, "0")).collect();
    assert_eq!(urls, ["/metrics", "/second"]);
    let report = js(&text(&sent.get(0), "1"));
    assert_eq!(keys(&get(&report, "endpoints")), ["change"]);
    assert_eq!(number(&dig(&report, ["endpoints", "change"]), "successes"), 1.0);
    call(&end);
    sent.set_length(0);
    // Only what came since.
    for _ in 0..2 {
        assert_eq!(told(updates.run(&stripe(), "other", &js("{}"))).await, "success");
    }
    happen("pagehide");
    let urls: Vec<_> = sent.iter().map(|pair| text(&pair, "0")).collect();
    assert_eq!(urls, ["/metrics"]);
    let report = js(&text(&sent.get(0), "1"));
    assert_eq!(keys(&get(&report, "endpoints")), ["other"]);
    assert_eq!(number(&dig(&report, ["endpoints", "other"]), "updates"), 2.0);
    happen("pageshow");
    updates.dispose();
}

#[wasm_bindgen_test]
async fn a_report_has_no_messages_ids_values_or_urls() {
    let (sent, _beacon) = beacons("return true");
    let rules = "interval: { kind: 'oneOf', values: ['yearly'] }";
    let page = Page::ruled(rules, "", respond(400, r#"{"error":"Secret words."}"#)).await;
    page.updates().report_to("/metrics");
    judged(page.call("{ interval: 'yearly' }")).await;
    happen("hidden");
    let report = text(&sent.get(0), "1");
    assert!(report.contains(r#""failures":{"refused":1}"#), "{report}");
    for word in ["Secret", "cs_test", "yearly", "interval", "http", "/"] {
        assert!(!report.contains(word), "{report}");
    }
    page.updates().dispose();
}

#[wasm_bindgen_test]
async fn a_beacon_that_is_missing_throws_or_is_refused_is_silent_and_others_are_still_told() {
    let reported = Array::new();
    let report = js("(list) => (error) => list.push(error)").unchecked_into::<Function>();
    let _reporting = Changed::member("globalThis", "reportError", &report.call1(&JsValue::NULL, &reported).unwrap());
    for answer in ["throw new TypeError('beacon')", "return false"] {
        let (sent, _beacon) = beacons(answer);
        let page = Page::of("", respond(200, "")).await;
        page.updates().report_to("/one");
        page.updates().report_to("/two");
        judged(page.call("{}")).await;
        happen("hidden");
        assert_eq!((sent.length(), reported.length()), (2, 0), "{answer}");
        assert_eq!(judged(page.call("{}")).await, "ok");
        page.updates().dispose();
    }
    let _beacon = Changed::member("navigator", "sendBeacon", &JsValue::UNDEFINED);
    let page = Page::of("", respond(200, "")).await;
    page.updates().report_to("/one");
    judged(page.call("{}")).await;
    happen("hidden");
    assert_eq!((judged(page.call("{}")).await.as_str(), reported.length()), ("ok", 0));
    page.updates().dispose();
}

#[wasm_bindgen_test]
async fn each_update_is_a_measure_from_its_call_that_is_cleared_once_it_is_measured() {
    let measured = Array::new();
    let make = js(
        "(list, own) => (name, options) => (list.push([name, options.start]), own.call(performance, name, options))",
    );
    let measure = make.unchecked_into::<Function>();
    let measure = measure.call2(&JsValue::NULL, &measured, &js("performance.measure")).unwrap();
    let _measure = Changed::member("performance", "measure", &measure);
    let page = Page::of("", respond(200, "")).await;
    let before = clock();
    let promise = page.call("{}");
    let after = clock();
    assert_eq!(judged(promise).await, "ok");
    assert_eq!((measured.length(), text(&measured.get(0), "0").as_str()), (1, "checkout-updates:change"));
    let began = number(&measured.get(0), "1");
    // Clocks have fractions of a millisecond, the machine perhaps not.
    assert!((before - 1.5..=after + 1.5).contains(&began), "{before} {began} {after}");
    assert_eq!(js("performance.getEntriesByType('measure').length"), 0);
    let _broken = Changed::member("performance", "measure", &js("() => { throw new Error('no user timing') }"));
    assert_eq!(judged(page.call("{}")).await, "ok");
}

#[wasm_bindgen_test]
async fn an_error_is_one_that_can_be_copied_printed_and_logged() {
    let options = format!("onFailure: undefined, {}", endpoint("", ""));
    let page = Page::open(&options).await;
    page.answer(&rejects(&"offline".into()));
    let error = error_of(page.call("{}")).await;
    let copy = js("(error) => ({ ...error })").unchecked_into::<Function>().call1(&JsValue::NULL, &error).unwrap();
    for name in ["name", "kind", "applied", "endpoint"] {
        assert_eq!(text(&copy, name), text(&error, name));
    }
    assert!(get(&copy, "cause").is_undefined() && !show(&error).contains("offline"));
    let printed = js("String").unchecked_into::<Function>().call1(&JsValue::NULL, &error).unwrap().as_string();
    assert!(printed.unwrap().starts_with("CheckoutUpdateError: Your change may not have been saved"));
}
