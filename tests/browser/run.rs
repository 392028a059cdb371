//! `run` with Stripe.js in every shape that its versions have, and in every way that it may end.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{
    Page, actions, brief, call, ended, error_of, get, gives, hostile, in_brief, js, keys, number, outcome, respond,
    silent, stripe, text, told, with_status,
};

/// An update whose server says yes, and how it came out.
async fn run(actions: &JsValue) -> (Page, JsValue) {
    let page = Page::of("", respond(200, "")).await;
    let outcome = outcome(page.run(actions, "{}")).await;
    (page, outcome)
}

fn calls(actions: &JsValue) -> Array {
    get(actions, "calls").unchecked_into()
}

fn version(outcome: &JsValue) -> f64 {
    number(&get(outcome, "session"), "version")
}

const SHAPES: [&str; 4] = ["getSession", "session", "success", "merged"];

#[wasm_bindgen_test]
async fn every_version_gives_the_fresh_session() {
    for shape in SHAPES {
        let actions = actions(shape, "success");
        let (page, outcome) = run(&actions).await;
        assert_eq!(in_brief(&outcome), "success", "{shape}");
        assert_eq!(page.body(0), r#"{"checkout_session_id":"cs_test_a1"}"#, "{shape}");
        assert_eq!((version(&outcome), text(&get(&outcome, "session"), "from").as_str()), (1.0, "result"), "{shape}");
        assert_eq!(calls(&actions).length(), 1, "{shape}");
        assert_eq!(keys(&outcome), ["body", "session", "type"], "{shape}");
    }
}

#[wasm_bindgen_test]
async fn without_a_session_in_the_result_the_actions_have_it() {
    for (shape, end) in [
        ("getSession", "withoutSession"),
        ("session", "withoutSession"),
        ("success", "withoutSession"),
        ("getSession", "thenable"),
    ] {
        let (_, outcome) = run(&actions(shape, end)).await;
        assert_eq!((in_brief(&outcome).as_str(), version(&outcome)), ("success", 1.0), "{shape} {end}");
    }
}

#[wasm_bindgen_test]
async fn an_error_after_the_function_succeeded_is_a_failed_refresh() {
    for end in ["error", "rejection", "nonsense"] {
        let (page, outcome) = run(&actions("getSession", end)).await;
        assert_eq!(in_brief(&outcome), "error: refresh_failed yes 200", "{end}");
        // It refreshed by itself, and that gave the session.
        assert_eq!((version(&outcome), page.updates().is_stale()), (1.0, false), "{end}");
        let cause = get(&get(&outcome, "error"), "cause");
        assert_eq!(cause.is_undefined(), end == "nonsense", "{end}");
        if end != "nonsense" {
            assert_eq!(text(&cause, "message"), "Stripe's", "{end}");
        }
    }
}

#[wasm_bindgen_test]
async fn an_end_without_a_call_is_stripes_error_and_a_later_call_is_refused() {
    for end in ["uncalled", "rejected", "thrown", "nothing"] {
        let actions = actions("getSession", end);
        let (page, outcome) = run(&actions).await;
        assert_eq!(in_brief(&outcome), "error: stripe_error no", "{end}");
        assert_eq!((page.requests().length(), page.updates().is_stale()), (0, false), "{end}");
        let error = get(&outcome, "error");
        if end != "nothing" {
            assert_eq!(text(&get(&error, "cause"), "message"), "Stripe's", "{end}");
        }
        assert_eq!(page.told_kinds(), ["stripe_error"], "{end}");
        let late = call(&get(&calls(&actions).get(0), "update"));
        assert_eq!((error_of(late.unchecked_into()).await, page.requests().length()), (error, 0), "{end}");
    }
}

#[wasm_bindgen_test]
async fn an_end_while_the_function_runs_aborts_it() {
    let page = Page::of("", silent()).await;
    assert_eq!(told(page.run(&actions("getSession", "early"), "{}")).await, "error: stripe_error unknown");
    assert!(page.is_aborted(0) && page.updates().is_stale());
    page.updates().dispose();
}

#[wasm_bindgen_test]
async fn what_the_function_saw_goes_before_what_stripe_says() {
    for end in ["success", "error", "rejection"] {
        let page = Page::of("", respond(400, r#"{"error":"Sold out."}"#)).await;
        let outcome = told(page.run(&actions("getSession", end), "{}")).await;
        assert_eq!(outcome, "error: refused no 400 Sold out.", "{end}");
    }
}

#[wasm_bindgen_test]
async fn a_function_that_is_called_twice_sends_once() {
    let (page, outcome) = run(&actions("getSession", "twice")).await;
    assert_eq!((in_brief(&outcome).as_str(), page.requests().length()), ("success", 1));
}

#[wasm_bindgen_test]
async fn what_has_no_run_server_update_is_unsupported() {
    for actions in [
        JsValue::NULL,
        JsValue::UNDEFINED,
        7.into(),
        "actions".into(),
        js("{}"),
        js("{ getSession: () => ({ id: 'cs_test_a1' }) }"),
        js("{ id: 'cs_test_a1', runServerUpdate: 7 }"),
        js("{ getSession: () => ({ id: 'cs_test_a1' }), get runServerUpdate() { throw new Error('getter') } }"),
        hostile(),
    ] {
        let page = Page::of("", respond(200, "")).await;
        assert_eq!(told(page.run(&actions, "{}")).await, "error: unsupported no", "{actions:?}");
        assert_eq!(told(page.updates().refresh(&actions)).await, "error: unsupported no", "{actions:?}");
        assert_eq!((page.requests().length(), page.told_kinds()), (0, vec!["unsupported".into()]), "{actions:?}");
    }
}

#[wasm_bindgen_test]
async fn a_session_that_is_not_open_is_closed_and_one_that_does_not_say_is_open() {
    for (status, expected) in [
        ("{ type: 'open' }", "success"),
        ("{ type: 'expired' }", "error: session_closed no"),
        ("{ type: 'complete', paymentStatus: 'paid' }", "error: session_closed no"),
        ("undefined", "success"),
        ("null", "success"),
        ("'open'", "success"),
    ] {
        let (page, outcome) = run(&with_status(&js(status))).await;
        assert_eq!(in_brief(&outcome), expected, "{status}");
        assert_eq!(page.requests().length(), u32::from(expected == "success"), "{status}");
    }
}

#[wasm_bindgen_test]
async fn a_refresh_gives_the_session_and_calls_no_server() {
    let page = Page::of("", respond(200, "")).await;
    for shape in SHAPES {
        let refreshed = outcome(page.updates().refresh(&actions(shape, "success"))).await;
        assert_eq!((in_brief(&refreshed).as_str(), version(&refreshed)), ("success", 1.0), "{shape}");
    }
    for end in ["error", "rejection", "thrown", "nothing"] {
        let refreshed = told(page.updates().refresh(&actions("getSession", end))).await;
        assert_eq!(refreshed, "error: stripe_error no", "{end}");
    }
    // A closed session is not fetched again: what the actions have is the last word.
    let closed = with_status(&js("{ type: 'expired' }"));
    assert_eq!(told(page.updates().refresh(&closed)).await, "success");
    assert_eq!((calls(&closed).length(), page.requests().length(), page.told().length()), (0, 0, 0));
}

#[wasm_bindgen_test]
async fn after_an_unknown_outcome_the_page_is_stale_and_refreshed_by_a_function_that_does_nothing() {
    let page = Page::of("", respond(500, "")).await;
    let stripe = stripe();
    let outcome = outcome(page.run(&stripe, "{}")).await;
    assert_eq!(in_brief(&outcome), "error: server_error unknown 500");
    assert!(get(&outcome, "session").is_object() && page.updates().is_stale());
    assert_eq!((calls(&stripe).length(), page.requests().length()), (2, 1));
    let nothing = call(&get(&calls(&stripe).get(1), "update"));
    assert!(ended(nothing.unchecked_into()).await.unwrap().is_undefined());
    assert_eq!(page.requests().length(), 1);
    page.updates().dispose();
}

#[wasm_bindgen_test]
async fn a_function_of_request_or_wrap_can_be_run_too() {
    let page = Page::of("", respond(200, "{\"n\":1}")).await;
    let (updates, update) = (page.updates(), page.request("{}"));
    for settings in ["undefined", "{}", "{ session: 'cs_test_a1' }"] {
        let ran = outcome(updates.run_function_with(&stripe(), &update, &js(settings))).await;
        assert_eq!((in_brief(&ran).as_str(), number(&get(&ran, "body"), "n")), ("success", 1.0), "{settings}");
    }
    let value = js("{ n: 2 }");
    let ran = outcome(updates.run_function(&stripe(), &updates.wrap("own", &gives(&value)))).await;
    assert_eq!((in_brief(&ran).as_str(), get(&ran, "body")), ("success", value));
    // How it failed is with the function too, and the next time it is not.
    page.answer(&respond(400, ""));
    page.answer(&respond(200, ""));
    assert_eq!(told(updates.run_function(&stripe(), &update)).await, "success");
    let failed = outcome(updates.run_function(&stripe(), &update)).await;
    assert_eq!(brief(&get(&failed, "error")), "refused no 400");
    assert_eq!(get(&update, "failure"), get(&failed, "error"));
    assert_eq!(told(updates.run_function(&stripe(), &update)).await, "success");
    assert!(get(&update, "failure").is_null());
}
