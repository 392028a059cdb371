//! What is sent: the body, the headers and the other members of `fetch`'s `init`.

use js_sys::{Function, Object, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Page, get, gives, never, rejects, respond, respond_with, text, throws, with};

/// An answer that lets the next attempt begin at once.
fn again(status: u16) -> JsValue {
    respond_with(status, None, r#"{"retry-after":"0"}"#)
}

#[wasm_bindgen_test]
async fn the_body_has_the_session_first_and_then_the_fields_as_declared() {
    let page = Page::open_with("session", "").await;
    page.endpoint("change", "{}");
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
}

#[wasm_bindgen_test]
async fn the_request_is_a_json_post_that_follows_nothing_and_stores_nothing() {
    let page = Page::of("{}", respond(200, "")).await;
    assert!(page.ended(page.call("{}")).await.ok);
    let init = page.init(0);
    let members: Vec<String> =
        Object::keys(init.unchecked_ref::<Object>()).iter().map(|name| name.as_string().unwrap()).collect();
    let mut sorted = members.clone();
    sorted.sort();
    assert_eq!(sorted, ["body", "cache", "headers", "method", "redirect", "signal"]);
    for (name, value) in [("method", "POST"), ("redirect", "manual"), ("cache", "no-store")] {
        assert_eq!(text(&init, name), value);
    }
    assert_eq!(page.headers(0), "accept: application/json\ncontent-type: application/json\nidempotency-key: key of 1");
    // The browser takes it as it is.
    let request = Reflect::construct(
        get(&js_sys::global(), "Request").unchecked_ref::<Function>(),
        &js_sys::Array::of2(&"/change".into(), &init),
    )
    .unwrap();
    assert_eq!((text(&request, "method"), text(&request, "redirect")), ("POST".into(), "manual".into()));
}

#[wasm_bindgen_test]
async fn the_key_is_the_same_on_every_attempt_and_new_for_every_update() {
    let page = Page::of(r#"{"retries":3}"#, again(503)).await;
    page.answer(again(429));
    page.answer(again(502));
    page.answer(respond(200, ""));
    assert!(page.ended(page.call("{}")).await.ok);
    let keys: Vec<_> = (0..4).map(|position| page.header(position, "idempotency-key").unwrap()).collect();
    assert_eq!(keys, ["key of 1"; 4]);
    let bodies: Vec<_> = (0..4).map(|position| page.body(position)).collect();
    assert!(bodies.iter().all(|body| *body == bodies[0]), "{bodies:?}");
    assert!(page.ended(page.call("{}")).await.ok);
    assert_eq!(page.header(4, "idempotency-key").as_deref(), Some("key of 2"));
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
    let text = |text: &str| gives(&text.into());
    for (name, token, told) in [
        ("throws", throws(&cause), cause.clone()),
        ("rejects", rejects(&cause), cause.clone()),
        ("undefined", gives(&JsValue::UNDEFINED), JsValue::UNDEFINED),
        ("null", gives(&JsValue::NULL), JsValue::UNDEFINED),
        ("a number", gives(&7.into()), JsValue::UNDEFINED),
        ("a line end", text("a\nb"), JsValue::UNDEFINED),
        ("a carriage return", text("a\rb"), JsValue::UNDEFINED),
        ("a zero", text("a\0"), JsValue::UNDEFINED),
        ("no latin", text("—"), JsValue::UNDEFINED),
        ("just no latin", text("\u{100}"), JsValue::UNDEFINED),
    ] {
        let page = Page::open_with("checkout_session_id", "x-csrf").await;
        page.endpoint("change", r#"{"csrf":true}"#);
        page.token(token);
        let ended = page.ended(page.call("{}")).await;
        assert_eq!((ended.brief().as_str(), ended.cause()), ("callback_failed no", told), "{name}");
        assert_eq!((page.requests().length(), get(&ended.value, "attempts")), (0, 0.into()), "{name}");
    }
}

#[wasm_bindgen_test]
async fn a_csrf_token_that_a_header_can_hold_is_sent_as_the_browser_does() {
    for (token, sent) in [("", ""), ("\u{ff}\u{80}\t~", "\u{ff}\u{80}\t~"), ("\r\n token \n", "token")] {
        let page = Page::open_with("checkout_session_id", "x-csrf").await;
        page.endpoint("change", r#"{"csrf":true}"#);
        page.token(gives(&token.into()));
        page.answer(respond(200, ""));
        assert_eq!(page.ended(page.call("{}")).await.brief(), "ok", "{token:?}");
        assert_eq!(page.header(0, "x-csrf").as_deref(), Some(sent), "{token:?}");
    }
}

#[wasm_bindgen_test]
async fn without_abort_controller_it_is_sent_and_its_deadline_holds() {
    let global = js_sys::global();
    let own = get(&global, "AbortController");
    // What a page's broken polyfill may do.
    let broken = Closure::<dyn FnMut() -> Result<JsValue, JsValue>>::new(|| Err("polyfill".into()));
    with(global.clone().into(), "AbortController", broken.as_ref());
    let page = Page::of(r#"{"timeout":30}"#, respond(200, "")).await;
    page.answer(gives(&never()));
    let ended = [page.ended(page.call("{}")).await, page.ended(page.call("{}")).await];
    with(global.into(), "AbortController", own);
    assert_eq!(ended.map(|ended| ended.brief()), ["ok", "timeout unknown"]);
    assert!(get(&page.init(0), "signal").is_undefined());
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
