//! The one budget of an update: what is aborted, when, and what `Retry-After` may do to it.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Date;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{
    Page, Sleep, actions, fed, get, gives, json_with, later, mock, never, number, rejects, respond, respond_with, show,
    silent, stuck, text,
};

fn now() -> f64 {
    let performance = get(&js_sys::global(), "performance");
    let now = get(&performance, "now").unchecked_into::<js_sys::Function>();
    now.call0(&performance).unwrap().as_f64().unwrap()
}

/// Keeps the browser from running anything else.
fn block(ms: f64) {
    let until = now() + ms;
    while now() < until {}
}

fn busy(retry_after: &str) -> JsValue {
    respond_with(503, None, &format!("{{\"retry-after\":{}}}", show(&retry_after.into())))
}

#[wasm_bindgen_test]
async fn at_the_deadline_the_request_is_aborted_and_the_function_rejects() {
    let page = Page::of(r#"{"timeout":60}"#, silent()).await;
    let began = now();
    let ended = page.ended(page.call("{}")).await;
    let took = now() - began;
    assert_eq!(ended.brief(), "timeout unknown");
    assert!(page.is_aborted(0));
    assert!((60.0..2_000.0).contains(&took), "{took} ms");
    assert!(number(&ended.value, "durationMs") >= 60.0);
}

#[wasm_bindgen_test]
async fn a_sleeping_laptop_counts() {
    let page = Page::of(r#"{"timeout":60000}"#, silent()).await;
    let id = page.call("{}");
    let _asleep = Sleep::of(61_000.0);
    page.event(1);
    let ended = page.ended(id).await;
    assert_eq!((ended.brief().as_str(), page.is_aborted(0)), ("timeout unknown", true));
    assert!(number(&ended.value, "durationMs") >= 60_000.0);
}

#[wasm_bindgen_test]
async fn the_clock_starts_at_the_call_and_covers_the_body() {
    // The head is there at once; the body never ends.
    let head = stuck(400);
    let page = Page::of(r#"{"timeout":60}"#, head).await;
    let ended = page.ended(page.call("{}")).await;
    assert_eq!(ended.brief(), "refused no 400");
    assert!(page.is_aborted(0));
}

#[wasm_bindgen_test]
async fn a_token_that_never_comes_ends_at_the_deadline_with_nothing_sent() {
    let page = Page::open_with("checkout_session_id", "x-csrf").await;
    page.endpoint("change", r#"{"csrf":true,"timeout":60}"#);
    page.token(gives(&never()));
    assert_eq!(page.ended(page.call("{}")).await.brief(), "timeout no");
    assert_eq!(page.requests().length(), 0);
}

#[wasm_bindgen_test]
async fn an_answer_that_is_there_at_the_deadline_wins_and_counts_as_late() {
    let answer = later(&mock(200, "{\"type\":\"success\"}"));
    let page = Page::of(r#"{"timeout":30}"#, answer.clone().into()).await;
    let id = page.call("{}");
    block(60.0);
    answer.now();
    let ended = page.ended(id).await;
    assert_eq!((ended.brief().as_str(), page.is_aborted(0)), ("ok", false));
    assert_eq!(page.counter(0, "late"), 1.0);
}

#[wasm_bindgen_test]
async fn an_answer_after_the_end_changes_nothing() {
    let answer = later(&mock(200, "OK"));
    let page = Page::of(r#"{"timeout":30}"#, answer.clone().into()).await;
    let id = page.call("{}");
    assert_eq!(page.ended(id).await.brief(), "timeout unknown");
    let entered = page.entered();
    answer.now();
    // Its task is over when a later update is.
    page.answer(respond(200, ""));
    assert!(page.ended(page.call("{}")).await.ok);
    assert!(page.entered() > entered);
    assert_eq!((page.settled(id).await.brief().as_str(), page.counted().length()), ("timeout unknown", 1));
}

#[wasm_bindgen_test]
async fn a_silent_attempt_is_aborted_earlier_and_repeated() {
    let page = Page::of(r#"{"attemptTimeout":40,"retries":1}"#, silent()).await;
    page.answer(respond(200, ""));
    assert!(page.ended(page.call("{}")).await.ok);
    assert_eq!((page.is_aborted(0), page.is_aborted(1)), (true, false));
}

#[wasm_bindgen_test]
async fn what_comes_of_an_attempt_that_was_given_up_is_no_part_of_the_next() {
    let (first, second) = (fed(200), fed(400));
    let page = Page::of(r#"{"attemptTimeout":40,"retries":1}"#, first.clone().into()).await;
    page.answer(second.clone().into());
    // Its head and a part of its body are there when it is given up; the rest comes while the next is read.
    first.push("{\"error\":");
    let id = page.call("{}");
    page.until_sent(2).await;
    second.push("{\"error\":");
    first.push("\"Old.\"}");
    first.close();
    second.push("\"New.\"}");
    second.close();
    assert_eq!(page.ended(id).await.brief(), "refused unknown 400 New.");
}

#[wasm_bindgen_test]
async fn an_answer_to_an_attempt_that_was_given_up_changes_nothing() {
    let old = respond_with(400, Some("{\"error\":\"Old.\"}"), r#"{"request-id":"req_old"}"#);
    let (first, second) = (later(&old), later(&respond(400, "")));
    let page = Page::of(r#"{"attemptTimeout":40,"retries":1}"#, first.clone().into()).await;
    page.answer(second.clone().into());
    let id = page.call("{}");
    page.until_sent(2).await;
    first.now();
    second.now();
    let ended = page.ended(id).await;
    assert_eq!((ended.brief().as_str(), text(&ended.value, "requestId").as_str()), ("refused unknown 400", ""));
}

#[wasm_bindgen_test]
async fn a_cause_is_the_last_attempts() {
    for first in [silent(), rejects(&"reset".into()), respond(503, "{")] {
        let page = Page::of(r#"{"attemptTimeout":40,"retries":1}"#, first).await;
        page.answer(respond(400, ""));
        let ended = page.ended(page.call("{}")).await;
        assert_eq!((ended.brief().as_str(), ended.cause()), ("refused unknown 400", JsValue::UNDEFINED));
    }
}

#[wasm_bindgen_test]
async fn what_an_answer_said_is_told_of_no_attempt_after_it() {
    let headers = r#"{"retry-after":"0","request-id":"req_old"}"#;
    for (second, brief) in [
        (rejects(&"reset".into()), "network unknown"),
        (silent(), "timeout unknown"),
        (stuck(500), "server_error unknown 500"),
    ] {
        let said = respond_with(503, Some(r#"{"error":"Old."}"#), headers);
        let page = Page::of(r#"{"attemptTimeout":40,"retries":1}"#, said).await;
        page.answer(second);
        let ended = page.ended(page.call("{}")).await;
        assert_eq!((ended.brief().as_str(), text(&ended.value, "requestId").as_str()), (brief, ""));
    }
}

#[wasm_bindgen_test]
async fn words_are_told_to_nobody_but_those_they_are_for() {
    // The clock is looked at in the same event that brings the words, and ends another update.
    let asleep = Rc::new(RefCell::new(None));
    let own = Rc::clone(&asleep);
    let words = Closure::<dyn FnMut() -> JsValue>::new(move || {
        own.replace(Some(Sleep::of(30_000.0)));
        "{\"error\":\"Sold out.\"}".into()
    });
    let answer = gives(&json_with(r#"{"status":400}"#, "text", words.as_ref().clone()));
    let page = Page::of(r#"{"timeout":60000,"join":false}"#, answer).await;
    let stripe = actions("getSession", "success");
    let (running, waiting) = (page.start(&stripe, "{}"), page.start(&stripe, "{}"));
    let waited = page.settled(waiting).await;
    drop(asleep.take());
    assert_eq!(waited.brief(), "timeout no");
    assert_eq!(page.settled(running).await.brief(), "refused no 400 Sold out.");

    let page = Page::of(r#"{"timeout":60000,"join":false}"#, silent()).await;
    page.start(&stripe, "{}");
    let waiting = page.start(&stripe, "{}");
    let asleep = Sleep::of(30_000.0);
    let refused = page.start(&stripe, r#"{"undeclared":"amount"}"#);
    drop(asleep);
    assert_eq!(page.settled(waiting).await.brief(), "timeout no");
    assert_eq!(page.settled(refused).await.brief(), "invalid_intent no is not declared amount");
    page.dispose();
}

#[wasm_bindgen_test]
async fn who_lets_go_of_an_update_aborts_its_request() {
    for (name, let_go, reason) in [
        ("detach", (|page: &Page, id| page.detach(id)) as fn(&Page, u32), "signal"),
        ("dispose", |page, _| page.dispose(), "disposed"),
    ] {
        let page = Page::of("{}", silent()).await;
        let id = page.start(&actions("getSession", "success"), "{}");
        assert_eq!((page.requests().length(), page.is_aborted(0)), (1, false), "{name}");
        let_go(&page, id);
        assert!(page.is_aborted(0), "{name}");
        let outcome = page.settled(id).await;
        assert_eq!(outcome.brief(), format!("cancelled unknown {reason}"));
        assert_eq!(page.counted().length(), 0, "{name}");
        page.dispose();
    }
}

#[wasm_bindgen_test]
async fn a_shared_update_goes_on_while_one_caller_is_left() {
    let page = Page::of("{}", silent()).await;
    let actions = actions("getSession", "success");
    let (first, second) = (page.start(&actions, "{}"), page.start(&actions, "{}"));
    page.detach(first);
    assert_eq!(page.settled(first).await.brief(), "cancelled unknown signal");
    assert_eq!((page.requests().length(), page.is_aborted(0)), (1, false));
    page.detach(second);
    assert!(page.is_aborted(0));
    page.dispose();
}

#[wasm_bindgen_test]
async fn cancel_drops_what_waits_and_leaves_what_runs() {
    let page = Page::of(r#"{"join":false}"#, silent()).await;
    page.endpoint("other", "{}");
    let actions = actions("getSession", "success");
    let running = page.start(&actions, "{}");
    let (waiting, other) = (page.start(&actions, "{}"), page.start(&actions, r#"{"endpoint":1}"#));
    page.cancel(Some(0));
    assert_eq!(page.settled(waiting).await.brief(), "cancelled no cancelled");
    page.cancel(None);
    assert_eq!(page.settled(other).await.brief(), "cancelled no cancelled");
    assert!(!page.is_aborted(0));
    page.dispose();
    assert_eq!(page.settled(running).await.brief(), "cancelled unknown disposed");
}

#[wasm_bindgen_test]
async fn what_the_browser_ends_after_pagehide_is_cancelled() {
    let answer = later(&rejects(&"gone".into()));
    let page = Page::of("{}", answer.clone().into()).await;
    let id = page.call("{}");
    page.event(2);
    answer.now();
    assert_eq!(page.ended(id).await.brief(), "cancelled unknown left");
    assert_eq!(page.counted().length(), 0);
}

#[wasm_bindgen_test]
async fn retry_after_in_seconds_is_waited_for() {
    let page = Page::of(r#"{"retries":1}"#, busy("1")).await;
    page.answer(respond(200, ""));
    let began = now();
    assert!(page.ended(page.call("{}")).await.ok);
    let took = now() - began;
    assert!((1_000.0..4_000.0).contains(&took), "{took} ms");
}

/// Milliseconds until the next attempt, as the host is told them; `None` if there is none.
async fn pause_after(retry_after: &str) -> Option<f64> {
    let page = Page::of(r#"{"retries":1,"timeout":20000}"#, busy(retry_after)).await;
    page.call("{}");
    let pause = page.pause().await;
    page.dispose();
    pause
}

#[wasm_bindgen_test]
async fn retry_after_is_read_as_seconds_or_as_a_date() {
    assert!((2_900.0..=3_000.0).contains(&pause_after("3").await.unwrap()));
    assert!((2_900.0..=3_000.0).contains(&pause_after(" 3 ").await.unwrap()));
    let date = |seconds: f64| String::from(Date::new(&(Date::now() + seconds * 1_000.0).into()).to_utc_string());
    // An HTTP date has no milliseconds.
    let pause = pause_after(&date(5.0)).await.unwrap();
    assert!((3_800.0..=5_000.0).contains(&pause), "{pause}");
    assert!(pause_after(&date(-5.0)).await.unwrap() <= 0.0);
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
async fn the_host_is_told_when_to_look_at_the_clock_and_when_no_longer() {
    let page = Page::of(r#"{"timeout":5000}"#, respond(200, "")).await;
    let id = page.call("{}");
    assert!((4_900.0..=5_000.0).contains(&page.last_wake()), "{}", page.last_wake());
    assert!(page.ended(id).await.ok);
    assert_eq!(page.last_wake(), -1.0);
}

#[wasm_bindgen_test]
async fn each_update_is_measured_from_its_call() {
    let page = Page::of("{}", respond(200, "")).await;
    let before = now();
    let id = page.call("{}");
    let after = now();
    page.ended(id).await;
    let measure = page.measured().get(0);
    assert_eq!((page.measured().length(), text(&measure, "endpoint").as_str()), (1, "change"));
    let began = number(&measure, "began");
    // Clocks have fractions of a millisecond, the machine perhaps not.
    assert!((before - 1.0..=after + 1.0).contains(&began), "{before} {began} {after}");
}
