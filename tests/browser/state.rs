//! What a page is shown: pending, stale, pending intents, and who is told when it changes.

use js_sys::{Array, Function};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{
    Page, call, ended, get, happen, js, judged, later, mock, respond, show, silent, stripe, thrown, told,
};

const ITEM: &str = "item: { kind: 'identifier', prefix: 'li_' }, quantity: { kind: 'integer', min: 0, max: 9 }, \
                    gift: { kind: 'flag', isOptional: true }";

#[wasm_bindgen_test]
async fn the_pending_intent_is_the_newest_intent_that_has_not_settled_and_has_these_values() {
    let page = Page::ruled(ITEM, "", silent()).await;
    let (updates, stripe) = (page.updates(), stripe());
    assert!(updates.pending_intent("change").is_undefined());
    let _ = page.run(&stripe, "{ item: 'li_1', quantity: 2 }");
    let _ = page.run(&stripe, "{ quantity: 5, item: 'li_2', gift: true }");
    let _ = page.run(&stripe, "{ item: 'li_1', quantity: 3 }");
    let wanted = |values: &str| show(&updates.pending_intent_with("change", &js(values)));
    assert_eq!(show(&updates.pending_intent("change")), r#"{"item":"li_1","quantity":3}"#);
    assert_eq!(wanted("{ item: 'li_2' }"), r#"{"item":"li_2","quantity":5,"gift":true}"#);
    assert_eq!(wanted("{ item: 'li_1', quantity: 2 }"), r#"{"item":"li_1","quantity":2}"#);
    assert_eq!(wanted("{ gift: true, quantity: 5 }"), r#"{"item":"li_2","quantity":5,"gift":true}"#);
    for none in ["{ item: 'li_3' }", "{ quantity: '3' }", "{ amount: 1 }", "{ item: null }"] {
        assert_eq!(wanted(none), "undefined", "{none}");
    }
    for call in ["pendingIntent('other')", "isPending('other')", "cancel('other')"] {
        let (method, _) = call.split_once('(').unwrap();
        let message = format!("{method}: no endpoint \"other\"; declared are \"change\"");
        assert_eq!(thrown(&updates, &format!("updates.{call}")), message);
    }
    for (values, pending) in [("{ item: 'li_2' }", true), ("{ item: 'li_3' }", false), ("undefined", true)] {
        assert_eq!(updates.is_pending_with("change", &js(values)), pending, "{values}");
    }
    updates.dispose();
    assert!(
        updates.pending_intent("change").is_undefined() && !updates.is_pending_with("change", &js("{ item: 'li_1' }"))
    );
}

#[wasm_bindgen_test]
async fn it_is_pending_until_it_has_settled_and_a_refresh_is_not() {
    let answer = later(&mock(200, ""));
    let page = Page::of("", answer.clone().into()).await;
    let updates = page.updates();
    assert!(!updates.is_pending());
    let promise = page.call("{}");
    assert!(updates.is_pending() && updates.is_pending_of("change"));
    assert!(updates.has_sent());
    answer.now();
    assert_eq!(judged(promise).await, "ok");
    assert!(!updates.is_pending() && !updates.has_sent());
    let refresh = updates.refresh(&stripe());
    assert!(!updates.is_pending());
    assert_eq!(told(refresh).await, "success");
    let own = page.wrapped(&js("() => new Promise(() => {})"));
    assert!(updates.is_pending_of("own") && !updates.is_pending_of("change"));
    updates.dispose();
    assert_eq!(judged(own).await, "cancelled unknown disposed");
}

#[wasm_bindgen_test]
async fn the_snapshot_is_the_same_until_something_changes_and_listeners_are_told_once() {
    let answer = later(&mock(200, ""));
    let page = Page::of("", answer.clone().into()).await;
    let updates = page.updates();
    let idle = updates.snapshot();
    assert_eq!(
        (show(&idle).as_str(), idle == updates.snapshot()),
        (r#"{"pending":false,"stale":false,"paying":false}"#, true)
    );
    let seen = Array::new();
    let listener = js("(updates, seen) => () => seen.push(updates.getSnapshot().pending)").unchecked_into::<Function>();
    let listener = listener.call2(&JsValue::NULL, &updates, &seen).unwrap();
    // Each subscription counts for itself.
    let (first, second) = (updates.subscribe(&listener), updates.subscribe(&listener));
    let promises = [page.call("{}"), page.call("{}")];
    let pending = updates.snapshot();
    assert_eq!(
        (show(&pending).as_str(), pending == updates.snapshot()),
        (r#"{"pending":true,"stale":false,"paying":false}"#, true)
    );
    assert_eq!(seen.join(" "), "true true");
    call(&first);
    call(&first);
    answer.now();
    for promise in promises {
        assert_eq!(judged(promise).await, "ok");
    }
    assert_eq!(seen.join(" "), "true true false");
    call(&second);
    page.answer(&respond(200, ""));
    assert_eq!(judged(page.call("{}")).await, "ok");
    assert_eq!(seen.length(), 3);
}

#[wasm_bindgen_test]
async fn settled_waits_for_what_is_pending_and_says_whether_the_page_is_stale() {
    let page = Page::of("", respond(200, "")).await;
    page.answer(&respond(500, ""));
    let updates = page.updates();
    let settled = async || show(&ended(updates.settled()).await.unwrap());
    assert_eq!(settled().await, r#"{"stale":false}"#);
    let order = Array::new();
    let note = js("(order, text) => () => order.push(text)").unchecked_into::<Function>();
    let note = |text: &str| note.call2(&JsValue::NULL, &order, &text.into()).unwrap();
    let then = |promise: &JsValue, text: &str| {
        get(promise, "then").unchecked_into::<Function>().call1(promise, &note(text)).unwrap()
    };
    then(&page.call("{}"), "updated");
    let promise = updates.settled();
    then(&promise, "settled");
    ended(promise).await.unwrap();
    assert_eq!(order.join(" "), "updated settled");
    let outcome = page.run(&stripe(), "{}");
    assert_eq!(settled().await, r#"{"stale":true}"#);
    assert_eq!(told(outcome).await, "error: server_error unknown 500");
    updates.dispose();
}

#[wasm_bindgen_test]
async fn a_page_that_comes_back_from_the_cache_is_stale_if_an_update_ever_ran() {
    let page = Page::of("", respond(200, "")).await;
    let (updates, stripe) = (page.updates(), stripe());
    assert_eq!(told(updates.refresh(&stripe)).await, "success");
    happen("pagehide");
    happen("pageshow persisted");
    assert!(!updates.is_stale());
    assert_eq!(told(page.run(&stripe, "{}")).await, "success");
    happen("pageshow");
    assert!(!updates.is_stale());
    let seen = Array::new();
    let listener = js("(updates, seen) => () => seen.push(updates.isStale())").unchecked_into::<Function>();
    updates.subscribe(&listener.call2(&JsValue::NULL, &updates, &seen).unwrap());
    happen("pageshow persisted");
    assert!(updates.is_stale());
    // It refreshes itself.
    for _ in 0..20 {
        ended(js_sys::Promise::resolve(&JsValue::UNDEFINED)).await.unwrap();
    }
    assert_eq!((seen.join(" "), get(&stripe, "calls").unchecked_into::<Array>().length()), ("true false".into(), 3));
    updates.dispose();
}

#[wasm_bindgen_test]
async fn while_stale_it_looks_again_when_the_page_wakes() {
    let page = Page::of("", respond(500, "")).await;
    let (updates, stripe) = (page.updates(), stripe());
    let calls = || get(&stripe, "calls").unchecked_into::<Array>().length();
    assert_eq!(told(page.run(&stripe, "{}")).await, "error: server_error unknown 500");
    assert_eq!((updates.is_stale(), calls()), (true, 2));
    for (event, expected) in [("hidden", 2), ("online", 3), ("visible", 4)] {
        happen(event);
        for _ in 0..20 {
            ended(js_sys::Promise::resolve(&JsValue::UNDEFINED)).await.unwrap();
        }
        assert_eq!(calls(), expected, "{event}");
    }
    updates.dispose();
    assert!(!updates.is_stale());
    happen("online");
    assert_eq!(calls(), 4);
}

#[wasm_bindgen_test]
async fn after_the_module_before_it_died_it_asks_what_is_true() {
    let page = Page::of("", respond(200, "")).await;
    let stripe = stripe();
    page.updates().doubt(&stripe);
    assert!(page.updates().is_stale());
    assert_eq!(get(&stripe, "calls").unchecked_into::<Array>().length(), 1);
    page.updates().dispose();
}
