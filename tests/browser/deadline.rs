//! The one budget of an update: what is aborted, when, and what `Retry-After` may do to it.

use js_sys::Promise;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{
    Changed, Page, brief, clock, endpoint, error_of, fed, get, happen, judged, later, mock, number, pause_of, rejects,
    respond, respond_with, show, silent, stripe, stuck, told,
};

/// Keeps the browser from running anything else.
fn block(ms: f64) {
    let until = clock() + ms;
    while clock() < until {}
}

fn busy(retry_after: &str) -> JsValue {
    respond_with(503, None, &format!("{{\"retry-after\":{}}}", show(&retry_after.into())))
}

#[wasm_bindgen_test]
async fn at_the_deadline_the_request_is_aborted_and_the_function_rejects() {
    let page = Page::of("timeoutMs: 60", silent()).await;
    let began = clock();
    let error = error_of(page.call("{}")).await;
    let took = clock() - began;
    assert_eq!((brief(&error).as_str(), page.is_aborted(0)), ("timeout unknown", true));
    assert!((59.0..2_000.0).contains(&took), "{took} ms");
    assert!(number(&error, "durationMs") >= 60.0);
}

#[wasm_bindgen_test]
async fn an_endpoints_own_limit_goes_before_that_of_all() {
    let options = format!("timeoutMs: 20_000, {}", endpoint("", "timeoutMs: 40"));
    let page = Page::open(&options).await;
    page.answer(&silent());
    assert_eq!(judged(page.call("{}")).await, "timeout unknown");
    let page = Page::open(&format!("timeoutMs: 40, {}", endpoint("", ""))).await;
    page.answer(&silent());
    assert_eq!(judged(page.call("{}")).await, "timeout unknown");
}

#[wasm_bindgen_test]
async fn a_sleeping_laptop_counts_whichever_event_wakes_it() {
    for event in ["visible", "resume", "pageshow", "online"] {
        let page = Page::of("timeoutMs: 20_000", silent()).await;
        let promise = page.call("{}");
        let asleep = Changed::asleep(61_000.0);
        happen(event);
        let error = error_of(promise).await;
        drop(asleep);
        assert_eq!((brief(&error).as_str(), page.is_aborted(0)), ("timeout unknown", true), "{event}");
        assert!(number(&error, "durationMs") >= 60_000.0, "{event}");
    }
}

#[wasm_bindgen_test]
async fn the_clock_starts_at_the_call_and_covers_the_body() {
    // The head is there at once; the body never ends.
    for (status, brief) in [(400, "refused no 400"), (200, "timeout unknown")] {
        let page = Page::of("timeoutMs: 60", stuck(status)).await;
        let update = page.request("{}");
        block(80.0);
        assert_eq!(judged(crate::support::call(&update).unchecked_into()).await, brief);
        assert!(page.is_aborted(0));
    }
}

#[wasm_bindgen_test]
async fn a_token_that_never_comes_ends_at_the_deadline_with_nothing_sent() {
    let options = "csrf: { header: 'x-csrf', token: () => new Promise(() => {}) }, timeoutMs: 60";
    let page = Page::open(&format!("{options}, {}", endpoint("", ""))).await;
    assert_eq!(judged(page.call("{}")).await, "timeout no");
    assert_eq!(page.requests().length(), 0);
}

#[wasm_bindgen_test]
async fn an_answer_that_is_there_at_the_deadline_wins_and_counts_as_late() {
    let answer = later(&mock(200, "{\"type\":\"success\"}"));
    let page = Page::of("timeoutMs: 30", answer.clone().into()).await;
    let promise = page.call("{}");
    block(60.0);
    answer.now();
    assert_eq!((judged(promise).await.as_str(), page.is_aborted(0)), ("ok", false));
    assert_eq!(page.counted(), "1 1 0 1 0 0 {}");
}

#[wasm_bindgen_test]
async fn an_answer_after_the_end_changes_nothing() {
    let answer = later(&mock(200, "OK"));
    let page = Page::of("timeoutMs: 30", answer.clone().into()).await;
    page.answer(&respond(200, ""));
    let update = page.request("{}");
    let promise: Promise = crate::support::call(&update).unchecked_into();
    assert_eq!(judged(promise.clone()).await, "timeout unknown");
    answer.now();
    // Its task is over when a later update is.
    assert_eq!(judged(page.call("{}")).await, "ok");
    assert_eq!(brief(&get(&update, "failure")), "timeout unknown");
    assert_eq!(page.counted(), r#"2 1 0 0 0 0 {"timeout":1}"#);
}

#[wasm_bindgen_test]
async fn a_silent_attempt_is_aborted_earlier_and_repeated() {
    let page = Page::of("attemptTimeoutMs: 400, retries: 1", silent()).await;
    page.answer(&respond(200, ""));
    assert_eq!(judged(page.call("{}")).await, "ok");
    assert_eq!((page.is_aborted(0), page.is_aborted(1)), (true, false));
}

#[wasm_bindgen_test]
async fn what_comes_of_an_attempt_that_was_given_up_is_no_part_of_the_next() {
    let (first, second) = (fed(200), fed(400));
    let page = Page::of("attemptTimeoutMs: 400, retries: 1", first.clone().into()).await;
    page.answer(&second);
    // Its head and a part of its body are there when it is given up; the rest comes while the next is read.
    first.push("{\"error\":");
    let promise = page.call("{}");
    page.until_sent(2).await;
    second.push("{\"error\":");
    first.push("\"The old words.\"}");
    first.close();
    second.push("\"The new words.\"}");
    second.close();
    assert_eq!(judged(promise).await, "refused unknown 400 The new words.");
}

#[wasm_bindgen_test]
async fn an_answer_to_an_attempt_that_was_given_up_changes_nothing() {
    let old = respond_with(400, Some("{\"error\":\"The old words.\"}"), r#"{"request-id":"req_old"}"#);
    let (first, second) = (later(&old), later(&respond(400, "")));
    let page = Page::of("attemptTimeoutMs: 400, retries: 1", first.clone().into()).await;
    page.answer(&second);
    let promise = page.call("{}");
    page.until_sent(2).await;
    first.now();
    second.now();
    let error = error_of(promise).await;
    assert_eq!((brief(&error).as_str(), get(&error, "requestId")), ("refused unknown 400", JsValue::NULL));
}

#[wasm_bindgen_test]
async fn what_one_attempt_said_is_told_of_no_attempt_after_it() {
    let said = || {
        let headers = r#"{"retry-after":"0","request-id":"req_old"}"#;
        respond_with(503, Some(r#"{"error":"The old words."}"#), headers)
    };
    for (first, second, expected) in [
        (said(), rejects(&"reset".into()), "network unknown"),
        (said(), silent(), "timeout unknown"),
        (said(), stuck(500), "server_error unknown 500"),
        (silent(), respond(400, ""), "refused unknown 400"),
        (rejects(&"reset".into()), respond(400, ""), "refused unknown 400"),
        (respond(503, "{"), respond(400, ""), "refused unknown 400"),
    ] {
        let page = Page::of("attemptTimeoutMs: 400, retries: 1", first).await;
        page.answer(&second);
        let error = error_of(page.call("{}")).await;
        assert_eq!((brief(&error).as_str(), get(&error, "requestId")), (expected, JsValue::NULL));
        let cause = get(&error, "cause");
        assert_eq!(cause.is_undefined(), expected != "network unknown", "{expected}: {cause:?}");
    }
}

#[wasm_bindgen_test]
async fn words_are_told_to_nobody_but_those_they_are_for() {
    let page = Page::of("timeoutMs: 20_000, dedupe: false", silent()).await;
    let stripe = stripe();
    let running = page.run(&stripe, "{}");
    let waiting = page.run(&stripe, "{}");
    let asleep = Changed::asleep(30_000.0);
    let refused = page.run(&stripe, "{ amount: 1 }");
    drop(asleep);
    assert_eq!(told(waiting).await, "error: timeout no");
    assert_eq!(told(refused).await, "error: invalid_intent no amount \"amount\" is not declared");
    page.updates().dispose();
    assert_eq!(told(running).await.split(' ').nth(2), Some("unknown"));
}

#[wasm_bindgen_test]
async fn what_the_browser_ends_after_pagehide_is_cancelled_and_not_counted() {
    let answer = later(&rejects(&"gone".into()));
    let page = Page::of("", answer.clone().into()).await;
    let promise = page.call("{}");
    happen("pagehide");
    answer.now();
    assert_eq!(judged(promise).await, "cancelled unknown left");
    assert_eq!((page.told().length(), page.counted().as_str()), (0, "0 0 0 0 0 0 {}"));
    happen("pageshow");
}

/// Milliseconds until the next attempt; `None` if there is none.
async fn pause_after(retry_after: &str) -> Option<f64> {
    let page = Page::of("retries: 1, timeoutMs: 20_000", busy(retry_after)).await;
    let own = page.clone();
    let begin = Closure::<dyn FnMut() -> Promise>::new(move || own.call("{}"));
    let pause = pause_of(begin.as_ref()).await.as_f64();
    page.updates().dispose();
    pause
}

#[wasm_bindgen_test]
async fn retry_after_is_read_as_seconds_or_as_a_date() {
    for text in ["3", " 3 "] {
        let pause = pause_after(text).await.unwrap();
        assert!((2_800.0..=3_000.0).contains(&pause), "{text:?}: {pause}");
    }
    let date = |seconds: f64| {
        let at = js_sys::Date::now() + seconds * 1_000.0;
        String::from(js_sys::Date::new(&at.into()).to_utc_string())
    };
    // An HTTP date has no milliseconds.
    let pause = pause_after(&date(5.0)).await.unwrap();
    assert!((3_800.0..=5_000.0).contains(&pause), "{pause}");
    assert!(pause_after(&date(-5.0)).await.unwrap() <= 1.0);
    // What says nothing leaves our own pause: at most half a second.
    for nonsense in ["soon", "", "-1", "1.5.1"] {
        assert!(pause_after(nonsense).await.unwrap() <= 500.0, "{nonsense:?}");
    }
    // Beyond the deadline: it fails at once.
    for late in ["20", "4294967295", date(40.0).as_str()] {
        assert_eq!(pause_after(late).await, None, "{late:?}");
    }
}

#[wasm_bindgen_test]
async fn retry_after_is_waited_for() {
    let page = Page::of("retries: 1", busy("1")).await;
    page.answer(&respond(200, ""));
    let began = clock();
    assert_eq!(judged(page.call("{}")).await, "ok");
    let took = clock() - began;
    assert!((999.0..4_000.0).contains(&took), "{took} ms");
}
