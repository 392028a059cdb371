//! What is sent: the body, the headers and the other members of `fetch`'s `init`.

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{
    Changed, Page, again, brief, endpoint, error_of, get, gives, headers_of, js, judged, keys, never, rejects, respond,
    silent, stripe, text, told,
};

#[wasm_bindgen_test]
async fn the_body_has_the_session_first_and_then_the_fields_as_declared() {
    let rules = r#"interval: { kind: 'oneOf', values: ['monthly', 'year"ly\u0001é\u2028😀'] },
        line_item: { kind: 'identifier', prefix: 'li_' },
        quantity: { kind: 'integer', min: -9007199254740991, max: 9007199254740991 },
        gift: { kind: 'flag' }, note: { kind: 'flag', isOptional: true }"#;
    let options = format!("sessionField: 'session', session: () => 'cs_live_b2', {}", endpoint(rules, ""));
    let page = Page::open(&options).await;
    page.answer(&respond(200, ""));
    let intent =
        r#"{ gift: false, quantity: -9007199254740991, line_item: 'li_1', interval: 'year"ly\u0001é\u2028😀' }"#;
    assert_eq!(judged(page.call(intent)).await, "ok");
    let body = "{\"session\":\"cs_live_b2\",\"interval\":\"year\\\"ly\\u0001é\u{2028}😀\",\"line_item\":\"li_1\",\
                \"quantity\":-9007199254740991,\"gift\":false}";
    assert_eq!(page.body(0), body);
}

#[wasm_bindgen_test]
async fn the_request_is_a_json_post_that_follows_nothing_and_stores_nothing() {
    let page = Page::of("", respond(200, "")).await;
    assert_eq!(judged(page.call("{}")).await, "ok");
    let init = page.init(0);
    let names = ["body", "cache", "credentials", "headers", "method", "redirect", "referrerPolicy", "signal"];
    assert_eq!(keys(&init), names);
    for (name, value) in [
        ("method", "POST"),
        ("redirect", "manual"),
        ("cache", "no-store"),
        ("credentials", "same-origin"),
        ("referrerPolicy", "same-origin"),
    ] {
        assert_eq!(text(&init, name), value);
    }
    // A plain record, since wrappers of `fetch` spread it and walk it.
    assert_eq!(keys(&get(&init, "headers")), ["Accept", "Content-Type", "Idempotency-Key"]);
    assert_eq!(page.body(0), r#"{"checkout_session_id":"cs_test_a1"}"#);
    let headers = headers_of(&init);
    let names: Vec<_> = headers.lines().map(|line| line.split_once(": ").unwrap().0).collect();
    assert_eq!(names, ["accept", "content-type", "idempotency-key"]);
    for name in ["accept", "content-type"] {
        assert_eq!(page.header(0, name).as_deref(), Some("application/json"));
    }
    // The browser takes it as it is.
    let class = get(&js_sys::global(), "Request").unchecked_into::<Function>();
    let request = Reflect::construct(&class, &js_sys::Array::of2(&"/change".into(), &init)).unwrap();
    assert_eq!((text(&request, "method"), text(&request, "redirect")), ("POST".into(), "manual".into()));
}

#[wasm_bindgen_test]
async fn a_path_goes_to_the_pages_own_origin_wherever_a_base_points() {
    let page = Page::of("", respond(200, "")).await;
    assert_eq!(judged(page.call("{}")).await, "ok");
    js("document.head.append(Object.assign(document.createElement('base'), { href: 'https://elsewhere.test/x/' }))");
    let judged = judged(page.call("{}")).await;
    js("document.querySelector('base').remove()");
    // Wrappers of `fetch` know their own addresses by the path, so it is given as declared where that leads there.
    let given = [0, 1].map(|position| text(&page.requests().get(position), "given"));
    let absolute = js("location.origin").as_string().unwrap() + "/change";
    assert_eq!((judged.as_str(), given), ("ok", ["/change".to_owned(), absolute]));
}

#[wasm_bindgen_test]
async fn another_origin_gets_neither_cookies_nor_token_unless_the_endpoint_says_so() {
    let page = Page::open(
        "allowedOrigins: ['https://api.test'], csrf: { header: 'x-csrf', token: () => 'token' }, endpoints: {
            change: { url: 'https://api.test/change?x=1', rules: {} },
            open: { url: 'https://api.test/open', rules: {}, options: { credentials: 'include', csrf: true } },
            shut: { url: '/shut', rules: {}, options: { credentials: 'omit', csrf: false } },
        }",
    )
    .await;
    page.answer(&respond(200, ""));
    for name in ["change", "open", "shut"] {
        assert_eq!(told(page.updates().run(&stripe(), name, &js("{}"))).await, "success");
    }
    let sent: Vec<_> = (0..3)
        .map(|at| {
            let [credentials, referrer] = ["credentials", "referrerPolicy"].map(|name| text(&page.init(at), name));
            format!("{} {credentials} {referrer} {:?}", page.url(at), page.header(at, "x-csrf"))
        })
        .collect();
    assert_eq!(
        sent,
        [
            "https://api.test/change?x=1 omit strict-origin None",
            "https://api.test/open include strict-origin Some(\"token\")",
            "/shut omit same-origin None"
        ]
    );
}

#[wasm_bindgen_test]
async fn the_key_is_a_uuid_the_same_on_every_attempt_and_new_for_every_update() {
    let page = Page::of("retries: 3", again(503)).await;
    for answer in [again(429), again(502), respond(200, "")] {
        page.answer(&answer);
    }
    let update = page.request("{}");
    for _ in 0..2 {
        assert_eq!(judged(crate::support::call(&update).unchecked_into()).await, "ok");
    }
    let keys: Vec<_> = (0..5).map(|position| page.header(position, "idempotency-key").unwrap()).collect();
    let form = js(r"(key) => /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/.test(key)");
    for key in &keys {
        assert!(form.unchecked_ref::<Function>().call1(&JsValue::NULL, &key.into()).unwrap().is_truthy(), "{key}");
    }
    assert!(keys[..4].iter().all(|key| *key == keys[0]), "{keys:?}");
    assert_ne!(keys[4], keys[0]);
    assert!((0..4).all(|position| page.body(position) == page.body(0)));
}

#[wasm_bindgen_test]
async fn a_page_that_is_not_secure_has_a_key_all_the_same() {
    let digits = js(r"(key) => /^[\da-f]{32}$/.test(key)").unchecked_into::<Function>();
    for crypto in ["{ getRandomValues: (bytes) => bytes.fill(10, 1) }", "{}", "undefined"] {
        let _crypto = Changed::member("globalThis", "crypto", &js(crypto));
        let page = Page::of("", respond(200, "")).await;
        assert_eq!(judged(page.call("{}")).await, "ok");
        assert_eq!(judged(page.call("{}")).await, "ok");
        let keys = [0, 1].map(|position| page.header(position, "idempotency-key").unwrap());
        assert!(digits.call1(&JsValue::NULL, &keys[0].as_str().into()).unwrap().is_truthy(), "{crypto}: {keys:?}");
        assert_eq!(keys[0] == keys[1], crypto.contains("fill"), "{crypto}: {keys:?}");
    }
}

#[wasm_bindgen_test]
async fn a_key_can_be_left_out() {
    let page = Page::of("idempotencyKey: false", respond(200, "")).await;
    assert_eq!(judged(page.call("{}")).await, "ok");
    assert_eq!(page.header(0, "idempotency-key"), None);
}

async fn with_token(token: &str, options: &str) -> Page {
    let page = Page::open(&format!("csrf: {{ header: 'X-CSRF', {token} }}, {}", endpoint("", options))).await;
    page.answer(&again(503));
    page.answer(&respond(200, ""));
    page
}

#[wasm_bindgen_test]
async fn the_csrf_token_is_asked_for_once_an_update_and_sent_on_every_attempt() {
    let token = "count: 0, token() { globalThis.asked = (globalThis.asked ?? 0) + 1; \
                 return asked === 1 ? 'token 1' : Promise.resolve('token 2') }";
    let page = with_token(&token.replace("count: 0, ", ""), "retries: 1").await;
    assert_eq!((judged(page.call("{}")).await, judged(page.call("{}")).await), ("ok".into(), "ok".into()));
    let sent: Vec<_> = (0..3).map(|position| page.header(position, "x-csrf").unwrap()).collect();
    assert_eq!(sent, ["token 1", "token 1", "token 2"]);
    assert_eq!(js("globalThis.asked"), 2);
}

#[wasm_bindgen_test]
async fn a_csrf_token_that_cannot_be_had_or_sent_stops_the_update() {
    let unfit = "callback_failed no \"csrf.token\" returned no text that fits a header.";
    for (token, told, cause) in [
        ("token: () => { throw 'no token' }", "callback_failed no", JsValue::from("no token")),
        ("token: () => Promise.reject('no token')", "callback_failed no", "no token".into()),
        ("token: () => undefined", unfit, JsValue::UNDEFINED),
        ("token: () => null", unfit, JsValue::UNDEFINED),
        ("token: () => 7", unfit, JsValue::UNDEFINED),
        (r"token: () => 'a\nb'", unfit, JsValue::UNDEFINED),
        (r"token: () => 'a\rb'", unfit, JsValue::UNDEFINED),
        (r"token: () => 'a\0'", unfit, JsValue::UNDEFINED),
        ("token: () => '—'", unfit, JsValue::UNDEFINED),
        (r"token: () => '\u0100'", unfit, JsValue::UNDEFINED),
    ] {
        let page = with_token(token, "").await;
        let error = error_of(page.call("{}")).await;
        assert_eq!((brief(&error).as_str(), get(&error, "cause")), (told, cause), "{token}");
        assert_eq!((page.requests().length(), get(&error, "attempts")), (0, 0.into()), "{token}");
    }
}

#[wasm_bindgen_test]
async fn a_csrf_token_that_a_header_can_hold_is_sent_as_the_browser_does() {
    for (token, sent) in [("''", ""), (r"'\xff\x80\t~'", "\u{ff}\u{80}\t~"), (r"'\r\n token \n'", "token")] {
        let page = with_token(&format!("token: () => {token}"), "retries: 1").await;
        assert_eq!(judged(page.call("{}")).await, "ok", "{token}");
        assert_eq!(page.header(0, "x-csrf").as_deref(), Some(sent), "{token}");
    }
}

#[wasm_bindgen_test]
async fn without_abort_controller_it_is_sent_and_its_deadline_holds() {
    for broken in ["undefined", "class { constructor() { throw new Error('polyfill') } }"] {
        let _class = Changed::member("globalThis", "AbortController", &js(broken));
        let page = Page::of("timeoutMs: 30", respond(200, "")).await;
        page.answer(&gives(&never()));
        assert_eq!(judged(page.call("{}")).await, "ok", "{broken}");
        assert_eq!(judged(page.call("{}")).await, "timeout unknown", "{broken}");
        assert!(get(&page.init(0), "signal").is_undefined(), "{broken}");
    }
}

#[wasm_bindgen_test]
async fn an_abort_controller_of_another_class_is_handed_to_a_fetch_that_takes_it() {
    let foreign =
        js("class { signal = { aborted: false, mark: 'own' }; abort() { this.signal.aborted = true; throw 7 } }");
    let _class = Changed::member("globalThis", "AbortController", &foreign);
    {
        let _request = Changed::member("globalThis", "Request", &js("class {}"));
        let page = Page::of("timeoutMs: 30", gives(&never())).await;
        assert_eq!(judged(page.call("{}")).await, "timeout unknown");
        assert_eq!((text(&get(&page.init(0), "signal"), "mark").as_str(), page.is_aborted(0)), ("own", true));
    }
    let page = Page::of("timeoutMs: 30", respond(200, "")).await;
    page.answer(&gives(&never()));
    assert_eq!(judged(page.call("{}")).await, "ok");
    assert_eq!(judged(page.call("{}")).await, "timeout unknown");
    // WebKit's own request takes whatever it is given, and does nothing with it.
    let takes = js("(() => { try { return !!new Request('/', { signal: {} }) } catch { return false } })()");
    assert_eq!(!get(&page.init(0), "signal").is_undefined(), takes.is_truthy(), "only what the browser's own takes");
}

#[wasm_bindgen_test]
async fn where_there_are_no_headers_or_no_requests_the_page_is_asked_all_the_same() {
    for (name, broken) in [
        ("Headers", "undefined"),
        ("Headers", "class { constructor() { throw 7 } }"),
        ("Request", "undefined"),
        ("Request", "class { constructor() { throw 7 } }"),
    ] {
        let page = Page::of("", respond(200, "")).await;
        let _class = Changed::member("globalThis", name, &js(broken));
        assert_eq!(judged(page.call("{}")).await, "ok", "{name} {broken}");
    }
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
        let page = Page::of("retries: 2", answers[0].clone()).await;
        for answer in &answers[1..] {
            page.answer(answer);
        }
        assert_eq!((judged(page.call("{}")).await.as_str(), page.requests().length()), (brief, sent));
    }
}

#[wasm_bindgen_test]
async fn a_page_that_leaves_while_a_token_is_awaited_sends_nothing() {
    let page = with_token("token: () => new Promise(() => {})", "").await;
    let promise = page.call("{}");
    page.updates().dispose();
    assert_eq!(judged(promise).await, "cancelled no disposed");
    assert_eq!((page.requests().length(), page.updates().has_sent()), (0, false));
    page.answer(&silent());
}
