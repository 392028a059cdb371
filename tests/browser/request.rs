//! What is sent: the body, the headers and the other members of `fetch`'s `init`.

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Page, get, gives, rejects, respond, respond_with, show, text, throws, with};

/// An answer that lets the next attempt begin at once.
fn again(status: u16) -> JsValue {
    respond_with(status, None, r#"{"retry-after":"0"}"#)
}

fn is_key(key: &str) -> bool {
    key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

#[wasm_bindgen_test]
async fn the_body_has_the_session_first_and_then_the_fields_as_declared() {
    let page = Page::open_with("session", "").await;
    page.endpoint("change", r#"{"url":"/change?x=1"}"#);
    page.field("interval", "oneOf", r#"{"choices":["monthly","year\"ly\u0001é\u2028😀"]}"#);
    page.field("line_item", "identifier", r#"{"choices":["li_"]}"#);
    page.field("quantity", "integer", r#"{"least":-9007199254740991,"most":9007199254740991}"#);
    page.field("gift", "flag", "{}");
    page.field("note", "flag", r#"{"optional":true}"#);
    page.answer(respond(200, ""));
    let asked = r#"{"session":"cs_live_b2","values":["year\"ly\u0001é\u2028😀","li_1",-9007199254740991,false]}"#;
    assert_eq!(page.ended(page.call(asked)).await.brief(), "ok");
    assert_eq!(
        page.body(0),
        "{\"session\":\"cs_live_b2\",\"interval\":\"year\\\"ly\\u0001é\u{2028}😀\",\"line_item\":\"li_1\",\
         \"quantity\":-9007199254740991,\"gift\":false}"
    );
    assert_eq!(text(&page.requests().get(0), "url"), "/change?x=1");
}

#[wasm_bindgen_test]
async fn the_request_is_a_json_post_that_follows_nothing_and_stores_nothing() {
    let page = Page::of(r#"{"credentials":"omit"}"#, respond(200, "")).await;
    assert!(page.ended(page.call("{}")).await.ok);
    let init = page.init(0);
    let members: Vec<String> =
        Object::keys(init.unchecked_ref::<Object>()).iter().map(|name| name.as_string().unwrap()).collect();
    let mut sorted = members.clone();
    sorted.sort();
    assert_eq!(sorted, ["body", "cache", "credentials", "headers", "method", "redirect", "signal"]);
    for (name, value) in [("method", "POST"), ("credentials", "omit"), ("redirect", "manual"), ("cache", "no-store")] {
        assert_eq!(text(&init, name), value);
    }
    let key = page.header(0, "idempotency-key").unwrap();
    assert_eq!(
        page.headers(0),
        format!("accept: application/json\ncontent-type: application/json\nidempotency-key: {key}")
    );
    // The browser takes it as it is.
    let request = Reflect::construct(
        get(&js_sys::global(), "Request").unchecked_ref::<Function>(),
        &js_sys::Array::of2(&"/change".into(), &init),
    )
    .unwrap();
    assert_eq!((text(&request, "credentials"), text(&request, "redirect")), ("omit".into(), "manual".into()));
}

#[wasm_bindgen_test]
async fn the_key_is_the_same_on_every_attempt_and_new_for_every_update() {
    let page = Page::of(r#"{"retries":3}"#, again(503)).await;
    page.answer(again(429));
    page.answer(again(502));
    page.answer(respond(200, ""));
    assert!(page.ended(page.call("{}")).await.ok);
    let keys: Vec<_> = (0..4).map(|position| page.header(position, "idempotency-key").unwrap()).collect();
    assert!(is_key(&keys[0]), "{}", keys[0]);
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    let bodies: Vec<_> = (0..4).map(|position| page.body(position)).collect();
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
    assert!(page.ended(page.call("{}")).await.ok);
    let other = page.header(4, "idempotency-key").unwrap();
    assert!(is_key(&other) && other != keys[0]);
}

#[wasm_bindgen_test]
async fn without_random_values_there_is_a_key_all_the_same() {
    let crypto = get(&js_sys::global(), "crypto");
    let refuse = Closure::<dyn FnMut() -> Result<JsValue, JsValue>>::new(|| Err("insecure".into()));
    with(crypto.clone(), "getRandomValues", refuse.as_ref());
    let page = Page::of("{}", respond(200, "")).await;
    let (first, second) = (page.call("{}"), page.call("{}"));
    let ok = page.ended(first).await.ok && page.ended(second).await.ok;
    assert!(Reflect::delete_property(crypto.unchecked_ref::<Object>(), &"getRandomValues".into()).unwrap());
    let keys = [0, 1].map(|position| page.header(position, "idempotency-key").unwrap());
    assert!(ok && is_key(&keys[0]) && is_key(&keys[1]) && keys[0] != keys[1], "{keys:?}");
}

#[wasm_bindgen_test]
async fn a_key_can_be_left_out() {
    let page = Page::of(r#"{"key":false}"#, respond(200, "")).await;
    assert!(page.ended(page.call("{}")).await.ok);
    assert_eq!(page.header(0, "idempotency-key"), None);
}

#[wasm_bindgen_test]
async fn the_csrf_token_is_asked_for_once_an_update_and_sent_on_every_attempt() {
    let page = Page::open_with("checkout_session_id", "X-CSRF-Token").await;
    page.endpoint("change", r#"{"csrf":true,"retries":1}"#);
    page.endpoint("plain", "{}");
    let count = std::rc::Rc::new(std::cell::Cell::new(0));
    let counter = count.clone();
    let token = Closure::<dyn FnMut() -> JsValue>::new(move || {
        counter.set(counter.get() + 1);
        // The first is given at once, the second as a promise.
        let token = JsValue::from(format!("token {}", counter.get()));
        if counter.get() == 1 { token } else { js_sys::Promise::resolve(&token).into() }
    });
    page.token(token.as_ref().clone());
    page.answer(again(503));
    page.answer(respond(200, ""));
    assert!(page.ended(page.call("{}")).await.ok);
    assert!(page.ended(page.call("{}")).await.ok);
    assert!(page.ended(page.call(r#"{"endpoint":1}"#)).await.ok);
    let sent: Vec<_> = (0..4).map(|position| page.header(position, "x-csrf-token")).collect();
    assert_eq!(sent, [Some("token 1".into()), Some("token 1".into()), Some("token 2".into()), None]);
    assert_eq!(count.get(), 2);
}

#[wasm_bindgen_test]
async fn a_csrf_token_that_cannot_be_had_or_sent_stops_the_update() {
    let cause = JsValue::from(js_sys::Error::new("no token"));
    for (name, header, token, told) in [
        ("throws", "x-csrf", throws(&cause), Some(cause.clone())),
        ("rejects", "x-csrf", rejects(&cause), Some(cause.clone())),
        ("undefined", "x-csrf", gives(&JsValue::UNDEFINED), Some(JsValue::UNDEFINED)),
        ("null", "x-csrf", gives(&JsValue::NULL), Some(JsValue::UNDEFINED)),
        ("a number", "x-csrf", gives(&7.into()), Some(JsValue::UNDEFINED)),
        // The browser's own errors.
        ("a line end", "x-csrf", gives(&"a\nb".into()), None),
        ("no latin", "x-csrf", gives(&"—".into()), None),
        ("no header", "no header", gives(&"token".into()), None),
    ] {
        let page = Page::open_with("checkout_session_id", header).await;
        page.endpoint("change", r#"{"csrf":true}"#);
        page.token(token);
        let ended = page.ended(page.call("{}")).await;
        assert_eq!(ended.brief(), "callback_failed no", "{name}");
        assert_eq!((page.requests().length(), get(&ended.value, "attempts")), (0, 0.into()), "{name}");
        match told {
            Some(told) => assert_eq!(ended.cause(), told, "{name}"),
            None => assert!(ended.cause().is_instance_of::<js_sys::TypeError>(), "{name}: {}", show(&ended.cause())),
        }
    }
}

#[wasm_bindgen_test]
async fn a_browser_without_abort_controller_sends_nothing() {
    let global = js_sys::global();
    let own = get(&global, "AbortController");
    // What a page's broken polyfill may do.
    let broken = Closure::<dyn FnMut() -> Result<JsValue, JsValue>>::new(|| Err("polyfill".into()));
    with(global.clone().into(), "AbortController", broken.as_ref());
    let page = Page::of("{}", respond(200, "")).await;
    let ended = page.ended(page.call("{}")).await;
    with(global.into(), "AbortController", own);
    assert_eq!((ended.brief().as_str(), page.requests().length()), ("callback_failed no", 0));
}

#[wasm_bindgen_test]
async fn the_answers_of_409_and_no_answer_are_repeated_and_a_refusal_is_not() {
    for (answers, sent, brief) in [
        (vec![again(409), respond(200, "")], 2, "ok"),
        (vec![rejects(&"reset".into()), respond(200, "")], 2, "ok"),
        (vec![again(425), again(504), respond(200, "")], 3, "ok"),
        (vec![respond(400, "")], 1, "refused no 400"),
        (vec![respond(500, "")], 1, "server_error unknown 500"),
        (vec![again(503), respond(400, "")], 2, "refused unknown 400"),
        (vec![again(429), respond(400, "")], 2, "refused no 400"),
        (vec![again(503), again(503), again(503), respond(200, "")], 3, "server_error unknown 503"),
    ] {
        let page = Page::of(r#"{"retries":2}"#, answers[0].clone()).await;
        for answer in &answers[1..] {
            page.answer(answer.clone());
        }
        let ended = page.ended(page.call("{}")).await;
        assert_eq!((page.requests().length(), ended.brief().as_str()), (sent, brief));
    }
}
