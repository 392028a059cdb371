//! What is made of an answer: the status decides first, then the body, by its shape and not by its class.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{
    Page, actions, bare, broken, bytes_of, cut_off, endless, fetched, get, gives, headers_of, hostile, json_with, mock,
    number, rejects, respond, respond_in, respond_with, show, text, text_of, throws, used,
};

fn is_response(value: &JsValue) -> bool {
    get(value, "constructor") == get(&js_sys::global(), "Response")
}

/// How a function of `request` ends whose server answers like this.
async fn judged(answer: JsValue) -> String {
    Page::of("{}", answer).await.request(&JsValue::from(js_sys::Object::new())).await.brief()
}

#[wasm_bindgen_test]
async fn a_2xx_is_judged_by_its_body() {
    for (status, body, brief) in [
        (200, r#"{"type":"success"}"#, "ok"),
        (201, "[]", "ok"),
        (200, "", "ok"),
        (200, " \r\n", "ok"),
        (200, "OK", "ok"),
        (299, "\"OK\"", "ok"),
        (200, "\u{feff}{\"type\":\"success\"}", "ok"),
        (200, "\u{feff}", "ok"),
        (200, r#"{"error":null}"#, "ok"),
        (200, r#"{"error":""}"#, "ok"),
        (200, r#"{"type":"error","message":"Sold out."}"#, "refused no 200 Sold out."),
        (200, "\u{feff}{\"type\":\"error\"}", "refused no 200"),
        (200, r#"{"error":"Sold out."}"#, "refused no 200 Sold out."),
        (200, r#"{"error":{"message":"Sold out."}}"#, "refused no 200"),
        (200, "<!doctype html><p>Log in", "bad_response unknown 200"),
        (200, "\n <html>", "bad_response unknown 200"),
        (200, "{\"type\":\"succ", "bad_response unknown 200"),
        (200, "[1,", "bad_response unknown 200"),
    ] {
        assert_eq!(judged(respond(status, body)).await, brief, "{status} {body:?}");
    }
    assert_eq!(judged(respond_with(204, None, "{}")).await, "ok");
    assert_eq!(judged(respond_with(200, None, "{}")).await, "ok");
}

#[wasm_bindgen_test]
async fn other_statuses_decide_and_the_body_only_speaks() {
    let said = r#"{"type":"error","message":"Sold out."}"#;
    for (status, body, brief) in [
        (400, said, "refused no 400 Sold out."),
        (400, r#"{"type":"success"}"#, "refused no 400"),
        (404, "<html>", "refused no 404"),
        (422, "", "refused no 422"),
        (409, said, "refused unknown 409 Sold out."),
        (408, said, "server_error unknown 408 Sold out."),
        (429, "slow down", "rate_limited no 429"),
        (500, said, "server_error unknown 500 Sold out."),
        (503, "", "server_error unknown 503"),
        (400, r#"{"type":"error","message":"<b>no</b>"}"#, "refused no 400"),
        (400, r#"{"type":"error","message":7}"#, "refused no 400"),
        (400, r#"{"message":"Not said as an error."}"#, "refused no 400"),
        (400, "{broken", "refused no 400"),
    ] {
        assert_eq!(judged(respond(status, body)).await, brief, "{status} {body:?}");
    }
    let long = |length| format!(r#"{{"error":"{}"}}"#, "é".repeat(length));
    assert_eq!(judged(respond(400, &long(501))).await, "refused no 400");
    assert_eq!(judged(respond(400, &long(500))).await, format!("refused no 400 {}", "é".repeat(500)));
}

#[wasm_bindgen_test]
async fn a_body_that_ends_early_keeps_what_the_status_said_and_its_cause() {
    let error = JsValue::from(js_sys::TypeError::new("network error"));
    for (status, brief) in
        [(200, "bad_response unknown 200"), (400, "refused no 400"), (500, "server_error unknown 500")]
    {
        let page = Page::of("{}", cut_off(status, "{\"type\":", &error)).await;
        let ended = page.ended(page.call("{}")).await;
        assert_eq!((ended.brief().as_str(), ended.cause()), (brief, error.clone()));
    }
}

#[wasm_bindgen_test]
async fn a_body_of_64_kib_is_read_and_one_byte_more_is_not() {
    let body = |length: usize| "x".repeat(length);
    assert_eq!(judged(respond(200, &body(65_536))).await, "ok");
    assert_eq!(judged(respond(200, &body(65_537))).await, "bad_response unknown 200");
    assert_eq!(judged(mock(200, &body(65_536))).await, "ok");
    assert_eq!(judged(mock(200, &body(65_537))).await, "bad_response unknown 200");
    assert_eq!(judged(respond(400, &body(65_537))).await, "refused no 400");
}

#[wasm_bindgen_test]
async fn an_endless_body_is_given_up_and_its_request_aborted() {
    let page = Page::of("{}", endless()).await;
    assert_eq!(page.ended(page.call("{}")).await.brief(), "bad_response unknown 200");
    assert!(page.is_aborted(0));
}

#[wasm_bindgen_test]
async fn a_body_is_put_together_from_its_parts() {
    // One character that is cut in two.
    let (start, end) = ([b'{', b'"', 0xc3], [0xa9, b'"', b':', b'1', b'}']);
    let parts = Array::of2(&Uint8Array::from(&start[..]), &Uint8Array::from(&end[..]));
    let page = Page::of("{}", respond_in(parts)).await;
    let outcome = page.run(&actions("getSession", "success"), "{}").await;
    assert_eq!((outcome.ok, show(&outcome.value).as_str()), (true, "{\"é\":1}"));
    let said: Array = "{\"error\":\"é😀 — ausverkauft\"}".bytes().map(|byte| Uint8Array::from(&[byte][..])).collect();
    assert_eq!(judged(respond_in(said)).await, "refused no 200 é😀 — ausverkauft");
}

#[wasm_bindgen_test]
async fn success_gives_an_answer_of_its_own_with_its_body_to_be_read() {
    for (status, body) in [(200, Some("{\"total\":7}")), (201, Some("OK")), (200, None), (204, None), (205, None)] {
        let page = Page::of("{}", respond_with(status, body, r#"{"x-own":"1","content-type":"text/x"}"#)).await;
        let ended = page.ended(page.call("{}")).await;
        assert!(ended.ok && is_response(&ended.value), "{status}");
        assert_eq!(number(&ended.value, "status"), f64::from(status));
        assert_eq!((get(&ended.value, "ok"), get(&ended.value, "bodyUsed")), (true.into(), false.into()), "{status}");
        assert_eq!(headers_of(&ended.value), "content-type: text/x\nx-own: 1");
        assert_eq!(text_of(&ended.value).await, body.unwrap_or_default());
        // What belongs to the page is not ended by us any more.
        page.dispose();
        assert!(!page.is_aborted(0));
    }
}

#[wasm_bindgen_test]
async fn success_keeps_what_only_the_browser_can_give_an_answer() {
    let url = "data:application/json,%7B%22total%22:7%7D";
    let page = Page::of("{}", fetched(url)).await;
    let ended = page.ended(page.call("{}")).await;
    assert!(ended.ok && is_response(&ended.value));
    assert_eq!((text(&ended.value, "url").as_str(), number(&ended.value, "status")), (url, 200.0));
    // Firefox adds its length.
    assert!(headers_of(&ended.value).contains("content-type: application/json"));
    assert_eq!(text_of(&ended.value).await, "{\"total\":7}");
}

#[wasm_bindgen_test]
async fn a_body_that_is_no_utf_8_is_understood_as_the_browser_does_and_given_as_it_came() {
    for (bytes, shown) in
        [(&b"{\"\xff\":1}"[..], "{\"\u{fffd}\":1}"), (b"\xe9t\xe9 \xf0\x9f", "\"\u{fffd}t\u{fffd} \u{fffd}\"")]
    {
        let answer = || respond_in(Array::of1(&Uint8Array::from(bytes)));
        let page = Page::of("{}", answer()).await;
        let ended = page.ended(page.call("{}")).await;
        assert_eq!((ended.ok, bytes_of(&ended.value).await.as_slice()), (true, bytes));
        let outcome = page.run(&actions("getSession", "success"), "{}").await;
        assert_eq!((outcome.ok, show(&outcome.value).as_str()), (true, shown));
    }
    // It looks like a page all the same, and like nothing that JSON begins with.
    assert_eq!(judged(respond_in(Array::of1(&Uint8Array::from(&b"<\xff"[..])))).await, "bad_response unknown 200");
    assert_eq!(judged(respond_in(Array::of1(&Uint8Array::from(&b"{\xff"[..])))).await, "bad_response unknown 200");
}

#[wasm_bindgen_test]
async fn a_stand_in_without_streams_is_given_as_it_is() {
    let value = json_with(r#"{"status":200}"#, "text", gives(&"{\"total\":7}".into()));
    let page = Page::of("{}", gives(&value)).await;
    let ended = page.ended(page.call("{}")).await;
    assert_eq!((ended.ok, &ended.value), (true, &value));
    let outcome = page.run(&actions("getSession", "success"), "{}").await;
    assert_eq!((outcome.ok, show(&outcome.value).as_str()), (true, "{\"total\":7}"));
    // A text that is none, and one with a byte order mark, which the browser would have taken away.
    assert_eq!(judged(gives(&json_with(r#"{"status":200}"#, "text", gives(&7.into())))).await, "ok");
    assert_eq!(judged(mock(200, "\u{feff}{\"error\":\"No.\"}")).await, "refused no 200 No.");
}

#[wasm_bindgen_test]
async fn what_looks_like_an_answer_is_one() {
    let none = JsValue::UNDEFINED;
    for (name, answer, brief) in [
        ("no stream", mock(200, "{\"type\":\"success\"}"), "ok"),
        ("no stream, refusal", mock(200, "{\"error\":\"No.\"}"), "refused no 200 No."),
        ("no stream, page", mock(200, "<html>"), "bad_response unknown 200"),
        ("no stream, 500", mock(500, "OK"), "server_error unknown 500"),
        ("no text", bare(200), "ok"),
        ("no text, 400", bare(400), "refused no 400"),
        ("clone throws", broken("clone", &"no".into()), "ok"),
        ("text throws", broken("text", &"no".into()), "bad_response unknown 200"),
        ("read before", used("OK"), "bad_response unknown 200"),
        ("a text", gives(&"OK".into()), "bad_response unknown"),
        ("undefined", gives(&none), "bad_response unknown"),
        ("null", gives(&JsValue::NULL), "bad_response unknown"),
        ("a getter that throws", gives(&hostile()), "network unknown"),
    ] {
        assert_eq!(judged(answer).await, brief, "{name}");
    }
}

#[wasm_bindgen_test]
async fn a_fetch_that_rejects_or_throws_anything_is_no_answer() {
    for error in [
        JsValue::from(js_sys::TypeError::new("Failed to fetch")),
        JsValue::UNDEFINED,
        JsValue::NULL,
        "text".into(),
        7.into(),
    ] {
        for answer in [rejects(&error), throws(&error)] {
            let page = Page::of("{}", answer).await;
            let ended = page.ended(page.call("{}")).await;
            assert_eq!((ended.brief().as_str(), ended.cause()), ("network unknown", error.clone()));
            assert_eq!(page.counted_kinds(), ["network"]);
        }
    }
}

#[wasm_bindgen_test]
async fn the_request_id_is_stripes_own_header_before_the_usual_one() {
    for (headers, id) in
        [(r#"{"request-id":"req_1","x-request-id":"2"}"#, "req_1"), (r#"{"x-request-id":"2"}"#, "2"), ("{}", "")]
    {
        let page = Page::of("{}", respond_with(400, None, headers)).await;
        let ended = page.ended(page.call("{}")).await;
        assert_eq!(text(&ended.value, "requestId"), id);
    }
}

#[wasm_bindgen_test]
async fn the_outcome_has_the_body() {
    for (body, shown) in
        [(r#"{"type":"success","n":1}"#, r#"{"type":"success","n":1}"#), ("OK", "\"OK\""), ("", "null")]
    {
        let page = Page::of("{}", respond(200, body)).await;
        let outcome = page.run(&actions("getSession", "success"), "{}").await;
        assert_eq!((outcome.ok, show(&outcome.value).as_str()), (true, shown));
    }
}

#[wasm_bindgen_test]
async fn a_function_of_the_page_gives_through_what_it_gives() {
    let page = Page::open().await;
    page.endpoint("own", "{}");
    let value = JsValue::from(js_sys::Object::new());
    let ended = page.ended(page.wrapped(&gives(&value))).await;
    assert_eq!((ended.ok, &ended.value), (true, &value));
    // A `Response` that is not ok is a failure, as if it were ours.
    let refused = page.ended(page.wrapped(&respond(400, "{\"error\":\"No.\"}"))).await;
    assert_eq!(refused.brief(), "refused no 400 No.");
    let named = respond_with(402, None, r#"{"request-id":"req_1"}"#);
    assert_eq!(text(&page.ended(page.wrapped(&named)).await.value, "requestId"), "req_1");
    // One that is ok is not looked at, whatever its body says.
    let answer = page.ended(page.wrapped(&respond(200, "{\"error\":\"No.\"}"))).await;
    assert_eq!((answer.ok, text_of(&answer.value).await.as_str()), (true, "{\"error\":\"No.\"}"));
    for work in [rejects(&value), throws(&value)] {
        let thrown = page.ended(page.wrapped(&work)).await;
        assert_eq!((thrown.brief().as_str(), thrown.cause()), ("callback_failed unknown", value.clone()));
    }
    assert!(get(&page.init(0), "signal").is_object());
}
