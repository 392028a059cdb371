//! Stripe.js in every shape that its versions have, and in every way that it may end.

use js_sys::{Array, Object};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{
    Page, Settled, actions, get, gives, hostile, json, later, mock, number, respond, silent, text, unreadable,
    with_status, without,
};

/// An update whose server says yes, and how it came out.
async fn run(actions: &JsValue) -> (Page, Settled) {
    let page = Page::of("{}", respond(200, "")).await;
    let outcome = page.run(actions, "{}").await;
    (page, outcome)
}

fn calls(actions: &JsValue) -> Array {
    Array::from(&get(actions, "calls"))
}

#[wasm_bindgen_test]
async fn every_version_gives_the_fresh_session() {
    for shape in ["getSession", "session", "success", "merged"] {
        let actions = actions(shape, "success");
        let (page, outcome) = run(&actions).await;
        assert!(outcome.ok, "{shape}");
        assert_eq!(page.body(0), r#"{"checkout_session_id":"cs_test_a1"}"#, "{shape}");
        assert_eq!(
            (number(&outcome.session, "version"), text(&outcome.session, "from")),
            (1.0, "result".into()),
            "{shape}"
        );
        assert_eq!(calls(&actions).length(), 1, "{shape}");
    }
}

#[wasm_bindgen_test]
async fn without_a_session_in_the_result_the_actions_have_it() {
    for shape in ["getSession", "session", "success"] {
        let (_, outcome) = run(&actions(shape, "withoutSession")).await;
        assert_eq!((outcome.ok, number(&outcome.session, "version")), (true, 1.0), "{shape}");
    }
}

#[wasm_bindgen_test]
async fn a_thenable_is_as_good_as_a_promise() {
    let (_, outcome) = run(&actions("getSession", "thenable")).await;
    assert_eq!((outcome.ok, number(&outcome.session, "version")), (true, 1.0));
}

#[wasm_bindgen_test]
async fn an_error_after_the_function_succeeded_is_a_failed_refresh() {
    for end in ["error", "rejection", "nonsense"] {
        let (page, outcome) = run(&actions("getSession", end)).await;
        assert_eq!(outcome.brief(), "refresh_failed yes 200", "{end}");
        // It refreshed by itself, and that gave the session.
        assert_eq!(number(&outcome.session, "version"), 1.0, "{end}");
        assert_eq!(page.stale().join(" "), "true false", "{end}");
        let cause = outcome.cause();
        assert_eq!(cause.is_undefined(), end == "nonsense", "{end}");
        if end != "nonsense" {
            assert_eq!(text(&cause, "message"), "Stripe's", "{end}");
        }
    }
}

#[wasm_bindgen_test]
async fn an_end_without_a_call_is_stripes_error_and_nothing_was_sent() {
    for end in ["uncalled", "rejected", "thrown", "nothing"] {
        let (page, outcome) = run(&actions("getSession", end)).await;
        assert_eq!(outcome.brief(), "stripe_error no", "{end}");
        assert_eq!((page.requests().length(), page.stale().length()), (0, 0), "{end}");
        if end != "nothing" {
            assert_eq!(text(&outcome.cause(), "message"), "Stripe's", "{end}");
        }
        assert_eq!(page.counted_kinds(), ["stripe_error"], "{end}");
    }
}

#[wasm_bindgen_test]
async fn a_call_that_comes_too_late_is_refused_and_sends_nothing() {
    let actions = actions("getSession", "uncalled");
    let (page, outcome) = run(&actions).await;
    let update = get(&calls(&actions).get(0), "update");
    let called = js_sys::Function::from(update).call0(&JsValue::UNDEFINED).unwrap();
    let refused = wasm_bindgen_futures::JsFuture::from(js_sys::Promise::resolve(&called)).await.unwrap_err();
    assert_eq!((refused, page.requests().length()), (outcome.value, 0));
}

#[wasm_bindgen_test]
async fn an_end_while_the_function_runs_aborts_it() {
    let page = Page::of("{}", silent()).await;
    let outcome = page.run(&actions("getSession", "early"), "{}").await;
    assert_eq!(outcome.brief(), "stripe_error unknown");
    assert!(page.is_aborted(0));
    assert_eq!(page.stale().join(" "), "true");
    page.dispose();
}

#[wasm_bindgen_test]
async fn what_the_function_saw_goes_before_what_stripe_says() {
    for end in ["success", "error", "rejection"] {
        let page = Page::of("{}", respond(400, r#"{"error":"Sold out."}"#)).await;
        let outcome = page.run(&actions("getSession", end), "{}").await;
        assert_eq!(outcome.brief(), "refused no 400 Sold out.", "{end}");
    }
}

#[wasm_bindgen_test]
async fn a_function_that_is_called_twice_sends_once() {
    let (page, outcome) = run(&actions("getSession", "twice")).await;
    assert_eq!((outcome.ok, page.requests().length()), (true, 1));
}

#[wasm_bindgen_test]
async fn what_has_no_run_server_update_is_unsupported() {
    for (name, actions) in [
        ("none", without()),
        ("a getter that throws", unreadable()),
        ("no function", json(r#"{"id":"cs_test_a1","runServerUpdate":7}"#)),
    ] {
        let (page, outcome) = run(&actions).await;
        assert_eq!(outcome.brief(), "unsupported no", "{name}");
        assert_eq!(page.requests().length(), 0, "{name}");
    }
}

#[wasm_bindgen_test]
async fn what_is_no_object_at_all_is_a_typed_failure() {
    for (name, actions) in [
        ("null", JsValue::NULL),
        ("a number", 7.into()),
        ("a text", "actions".into()),
        ("an empty object", Object::new().into()),
        ("a proxy whose members throw", hostile()),
    ] {
        let page = Page::of("{}", respond(200, "")).await;
        assert!(page.run(&actions, "{}").await.brief().starts_with("invalid_session no"), "{name}");
        let outcome = page.run(&actions, r#"{"session":"cs_test_a1"}"#).await;
        assert_eq!(outcome.brief(), "unsupported no", "{name}");
        let refreshed = page.settled(page.refresh(&actions)).await;
        assert_eq!(refreshed.brief(), "unsupported no", "{name}");
    }
}

#[wasm_bindgen_test]
async fn a_session_that_is_not_open_is_closed_and_one_that_does_not_say_is_open() {
    for (status, brief) in [
        (json(r#"{"type":"open"}"#), "ok"),
        (json(r#"{"type":"expired"}"#), "session_closed no"),
        (json(r#"{"type":"complete","paymentStatus":"paid"}"#), "session_closed no"),
        (JsValue::UNDEFINED, "ok"),
        (JsValue::NULL, "ok"),
        ("open".into(), "ok"),
    ] {
        let (page, outcome) = run(&with_status(&status)).await;
        assert_eq!(outcome.brief(), brief, "{status:?}");
        assert_eq!(page.requests().length(), u32::from(outcome.ok), "{status:?}");
    }
}

#[wasm_bindgen_test]
async fn a_refresh_gives_the_session_and_calls_no_server() {
    for shape in ["getSession", "session", "success", "merged"] {
        let page = Page::of("{}", respond(200, "")).await;
        let refreshed = page.settled(page.refresh(&actions(shape, "success"))).await;
        assert_eq!((refreshed.ok, number(&refreshed.session, "version")), (true, 1.0), "{shape}");
        assert_eq!(page.requests().length(), 0, "{shape}");
    }
    let page = Page::of("{}", respond(200, "")).await;
    for end in ["error", "rejection", "thrown", "nothing"] {
        let refreshed = page.settled(page.refresh(&actions("getSession", end))).await;
        assert_eq!(refreshed.brief(), "stripe_error no", "{end}");
    }
    // A closed session is not fetched again: what the actions have is the last word.
    let closed = with_status(&json(r#"{"type":"expired"}"#));
    assert!(page.settled(page.refresh(&closed)).await.ok);
    assert_eq!(calls(&closed).length(), 0);
}

#[wasm_bindgen_test]
async fn after_an_unknown_outcome_the_page_is_stale_and_refreshed_by_a_function_that_does_nothing() {
    let page = Page::of("{}", respond(500, "")).await;
    let actions = actions("getSession", "success");
    let outcome = page.run(&actions, "{}").await;
    assert_eq!(outcome.brief(), "server_error unknown 500");
    assert!(outcome.session.is_object());
    assert_eq!(page.stale().join(" "), "true");
    let calls = calls(&actions);
    assert_eq!((calls.length(), page.requests().length()), (2, 1));
    let nothing = js_sys::Function::from(get(&calls.get(1), "update")).call0(&JsValue::UNDEFINED).unwrap();
    assert!(wasm_bindgen_futures::JsFuture::from(js_sys::Promise::resolve(&nothing)).await.unwrap().is_undefined());
    page.dispose();
}

#[wasm_bindgen_test]
async fn a_page_that_comes_back_from_the_cache_is_stale_if_an_update_ever_ran() {
    let page = Page::of("{}", respond(200, "")).await;
    page.event(4);
    assert_eq!(page.stale().length(), 0);
    assert!(page.run(&actions("getSession", "success"), "{}").await.ok);
    page.event(3);
    assert_eq!(page.stale().length(), 0);
    page.event(4);
    assert_eq!(page.stale().join(" "), "true");
    page.dispose();
}

#[wasm_bindgen_test]
async fn after_the_module_died_the_new_one_asks_what_is_true() {
    let page = Page::of("{}", respond(200, "")).await;
    let actions = actions("getSession", "success");
    page.doubt(&actions);
    assert_eq!((page.stale().join(" ").as_string(), calls(&actions).length()), (Some("true".into()), 1));
    page.dispose();
}

#[wasm_bindgen_test]
async fn one_update_runs_at_a_time() {
    let first = later(&mock(200, "1"));
    let page = Page::of(r#"{"join":false}"#, first.clone().into()).await;
    page.answer(respond(200, "2"));
    let actions = actions("getSession", "success");
    let ids = [page.start(&actions, "{}"), page.start(&actions, "{}")];
    assert_eq!((page.requests().length(), calls(&actions).length()), (1, 1));
    first.now();
    let [one, two] = [page.settled(ids[0]).await, page.settled(ids[1]).await];
    assert_eq!((one.value, two.value), ("1".into(), "2".into()));
}

#[wasm_bindgen_test]
async fn a_waiting_update_is_superseded_by_the_latest_of_its_group() {
    let first = later(&mock(200, ""));
    let page = Page::of(r#"{"latest":1}"#, first.clone().into()).await;
    page.answer(respond(200, ""));
    page.field("item", "identifier", r#"{"choices":["li_"]}"#);
    page.field("quantity", "integer", r#"{"most":9}"#);
    let actions = actions("getSession", "success");
    let start = |item: &str, quantity: u32| page.start(&actions, &format!(r#"{{"values":["{item}",{quantity}]}}"#));
    let ids = [start("li_1", 2), start("li_1", 3), start("li_2", 5), start("li_1", 4)];
    first.now();
    let mut briefs = Vec::new();
    for id in ids {
        briefs.push(page.settled(id).await.brief());
    }
    assert_eq!(briefs, ["ok", "cancelled no superseded", "ok", "ok"]);
    let sent: Vec<_> = (0..3).map(|position| json(&page.body(position))).collect();
    let sent: Vec<_> = sent.iter().map(|body| (text(body, "item"), number(body, "quantity"))).collect();
    assert_eq!(sent, [("li_1".into(), 2.0), ("li_2".into(), 5.0), ("li_1".into(), 4.0)]);
}

#[wasm_bindgen_test]
async fn at_most_32_updates_wait() {
    let page = Page::of(r#"{"join":false}"#, silent()).await;
    let actions = actions("getSession", "success");
    let ids: Vec<_> = (0..34).map(|_| page.start(&actions, "{}")).collect();
    assert_eq!(page.settled(ids[33]).await.brief(), "busy no");
    assert_eq!(page.counted_kinds(), ["busy"]);
    page.dispose();
    assert_eq!(page.settled(ids[32]).await.brief(), "cancelled no disposed");
}

#[wasm_bindgen_test]
async fn a_function_of_request_or_wrap_can_be_run_too() {
    let page = Page::open().await;
    page.endpoint("own", "{}");
    let value = json(r#"{"n":1}"#);
    let id = page.start_own(&actions("getSession", "success"), &gives(&value));
    let outcome = page.settled(id).await;
    assert_eq!((outcome.ok, outcome.value), (true, value));
}
