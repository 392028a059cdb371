//! Handles, calls from inside callbacks, and what is left behind: nothing.

use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Page, actions, later, mock, references_and_memory, respond, respond_with, silent, text};

#[wasm_bindgen_test]
async fn a_handle_is_used_again_once_it_is_closed() {
    let first = Page::open().await;
    let second = Page::open().await;
    assert_ne!(first.handle(), second.handle());
    first.close();
    let third = Page::of("{}", respond(200, "")).await;
    assert_eq!(third.handle(), first.handle());
    assert!(third.ended(third.call("{}")).await.ok);
    second.close();
    third.close();
}

#[wasm_bindgen_test]
async fn a_closed_handle_does_nothing() {
    let page = Page::of("{}", respond(200, "")).await;
    page.close();
    page.close();
    page.call("{}");
    page.start(&actions("getSession", "success"), "{}");
    page.refresh(&actions("getSession", "success"));
    page.dispose();
    page.cancel(None);
    page.detach(1);
    page.note(0, "timeout", 1.0);
    page.event(1);
    page.doubt(&JsValue::NULL);
    page.endpoint("other", "{}");
    page.field("field", "flag", "{}");
    assert_eq!((page.counter(0, "updates"), page.requests().length()), (-1.0, 0));
    assert_eq!((page.wakes().length(), page.entered()), (0, 0));
}

#[wasm_bindgen_test]
async fn what_comes_after_a_handle_was_closed_reaches_nobody() {
    let answer = later(&mock(200, ""));
    let old = Page::of("{}", answer.clone().into()).await;
    old.call("{}");
    old.dispose();
    old.leave();
    let new = Page::of("{}", respond(200, "")).await;
    assert_eq!(new.handle(), old.handle());
    answer.now();
    assert!(new.ended(new.call("{}")).await.ok);
    assert_eq!((old.counted().length(), new.counted().length()), (0, 0));
    assert_eq!(new.counters(0, ["updates", "successes"]), [1.0, 1.0]);
    new.close();
}

#[wasm_bindgen_test]
async fn after_dispose_the_same_handle_works_again() {
    let page = Page::of("{}", silent()).await;
    let actions = actions("getSession", "success");
    let (run, refresh) = (page.start(&actions, "{}"), page.refresh(&stuck_actions()));
    page.dispose();
    assert_eq!(page.settled(run).await.brief(), "cancelled unknown disposed");
    assert_eq!(page.settled(refresh).await.brief(), "cancelled no");
    assert_eq!(page.last_wake(), -1.0);
    page.dispose();
    page.answer(respond(200, ""));
    page.call("{}");
    assert!(page.run(&actions, "{}").await.ok);
}

/// Actions whose `runServerUpdate` never ends.
fn stuck_actions() -> JsValue {
    let forever = Closure::<dyn FnMut() -> JsValue>::new(crate::support::never);
    let actions = crate::support::json_with(r#"{"id":"cs_test_a1"}"#, "runServerUpdate", forever.as_ref().clone());
    forever.forget();
    actions
}

/// Calls this, once, from within a function of the host.
fn during(page: &Page, name: &str, act: impl FnOnce(&Page) + 'static) {
    page.during(name, Closure::once_into_js(move |page: JsValue| act(page.unchecked_ref())));
}

#[wasm_bindgen_test]
async fn callbacks_may_call_every_export_again() {
    for name in ["run", "fetch", "fail", "end", "forget", "settle", "count", "stale", "wake"] {
        let page = Page::of(r#"{"join":false}"#, respond(500, "")).await;
        page.endpoint("other", "{}");
        let actions = actions("getSession", "success");
        let own = actions.clone();
        during(&page, name, move |page| {
            page.start(&own, r#"{"endpoint":1}"#);
            page.call(r#"{"endpoint":1}"#);
            page.refresh(&own);
            page.detach(99);
            page.cancel(Some(7));
            page.event(0);
            page.event(1);
            page.note(1, "timeout", 1.0);
            page.endpoint("third", "{}");
            assert_eq!((page.counter(1, "timeout"), page.counter(2, "updates")), (1.0, 0.0));
        });
        let outcome = page.run(&actions, "{}").await;
        assert_eq!(outcome.brief(), "server_error unknown 500", "{name}");
        for id in [2, 3] {
            let inner = if id == 2 { page.settled(id).await } else { page.ended(id).await };
            assert_eq!(inner.brief(), "server_error unknown 500", "{name} {id}");
        }
        assert!(page.settled(4).await.ok, "{name}");
        assert_eq!(page.requests().length(), 3, "{name}");
        page.dispose();
    }
}

#[wasm_bindgen_test]
async fn callbacks_may_dispose_and_close() {
    for name in ["run", "fetch", "fail", "end", "forget", "settle", "count", "stale", "wake"] {
        for close in [false, true] {
            let page = Page::of("{}", respond(500, "")).await;
            let actions = actions("getSession", "success");
            during(&page, name, move |page| {
                page.dispose();
                if close {
                    page.leave();
                }
            });
            let outcome = page.run(&actions, "{}").await;
            assert!(!outcome.ok, "{name}");
            let kind = text(&outcome.value, "kind");
            assert!(kind == "cancelled" || kind == "server_error", "{name}: {kind}");
            // And the page goes on with another handle, or with this one.
            let next = if close { Page::of("{}", respond(200, "")).await } else { page };
            next.answer(respond(200, ""));
            next.dispose();
            next.close();
        }
    }
}

#[wasm_bindgen_test]
async fn a_server_that_answers_within_fetch_is_heard_in_order() {
    let page = Page::of(r#"{"join":false}"#, respond(200, "1")).await;
    page.answer(respond(200, "2"));
    let actions = actions("getSession", "success");
    let own = actions.clone();
    during(&page, "settle", move |page| {
        page.start(&own, "{}");
    });
    let (first, second) = (page.start(&actions, "{}"), page.start(&actions, "{}"));
    assert_eq!(page.settled(first).await.value, JsValue::from("1"));
    assert!(page.settled(second).await.ok && page.settled(3).await.ok);
}

#[wasm_bindgen_test]
async fn every_update_is_let_go_of_once_also_one_that_shares_another() {
    let page = Page::of("{}", respond(200, "")).await;
    let actions = actions("getSession", "success");
    let asked = [
        page.start(&actions, "{}"),
        page.start(&actions, "{}"),
        page.call("{}"),
        page.call(r#"{"session":"pi_1"}"#),
        page.start(&JsValue::NULL, "{}"),
        page.start(&actions, r#"{"undeclared":"amount"}"#),
    ];
    for id in asked {
        page.settled(id).await;
    }
    let mut forgotten: Vec<_> = page.forgotten().iter().map(|id| id.as_f64().unwrap()).collect();
    forgotten.sort_by(f64::total_cmp);
    assert_eq!(forgotten, asked.map(f64::from));
}

/// Every way for an update to end, once.
async fn every_end(page: &Page, actions: &JsValue, broken: &JsValue) {
    for (answer, endpoint) in [
        (respond(200, "{\"type\":\"success\"}"), 0),
        (respond(400, r#"{"error":"No."}"#), 0),
        (respond_with(503, None, r#"{"retry-after":"0"}"#), 1),
    ] {
        let asked = format!("{{\"endpoint\":{endpoint}}}");
        page.answer(answer);
        let (one, two, three) = (page.call(&asked), page.start(actions, &asked), page.start(actions, &asked));
        page.ended(one).await;
        page.settled(two).await;
        page.settled(three).await;
        page.clear();
    }
    let refresh = page.refresh(actions);
    let unsupported = page.start(broken, r#"{"session":"cs_test_a1"}"#);
    page.settled(refresh).await;
    page.settled(unsupported).await;
    page.clear();
}

#[wasm_bindgen_test]
async fn thousands_of_updates_leave_nothing_behind() {
    let page = Page::of("{}", respond(200, "")).await;
    page.endpoint("again", r#"{"retries":1}"#);
    let (stripe, broken) = (actions("getSession", "success"), JsValue::from(js_sys::Object::new()));
    let rounds = |count: u32| {
        let (page, stripe, broken) = (&page, &stripe, &broken);
        async move {
            for _ in 0..count {
                every_end(page, stripe, broken).await;
                // What is stale would otherwise be looked at again later, and Stripe.js' calls are the test's own.
                page.dispose();
                js_sys::Array::from(&crate::support::get(stripe, "calls")).set_length(0);
            }
        }
    };
    rounds(40).await;
    let before = references_and_memory().await;
    rounds(300).await;
    assert_eq!(references_and_memory().await, before);
}

#[wasm_bindgen_test]
async fn thousands_of_clients_leave_nothing_behind() {
    let rounds = |count: u32| async move {
        for _ in 0..count {
            let page = Page::of("{}", silent()).await;
            page.field("item", "identifier", "{}");
            let id = page.call(r#"{"values":["li_1"]}"#);
            page.refresh(&actions("getSession", "success"));
            page.dispose();
            page.ended(id).await;
            page.leave();
        }
    };
    rounds(100).await;
    let before = references_and_memory().await;
    rounds(2_000).await;
    assert_eq!(references_and_memory().await, before);
}
