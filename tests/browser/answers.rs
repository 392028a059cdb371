//! What is made of an answer: the status decides first, then the body, by its shape and not by its class.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{
    Page, bare, brief, broken, bytes_of, call, cut_off, ended, endless, error_of, fetched, get, gives, headers_of,
    hostile, in_brief, js, judged, mock, number, outcome, rejects, respond, respond_in, respond_with, show, sized,
    stripe, text, text_of, throws, used,
};

fn is_response(value: &JsValue) -> bool {
    get(value, "constructor") == get(&js_sys::global(), "Response")
}

/// How a function of `request` ends whose server answers like this.
async fn judge(answer: JsValue) -> String {
    let page = Page::of("", answer).await;
    judged(page.call("{}")).await
}

/// JSON of this length that says yes, so that only its length can be wrong with it.
fn json_of(length: usize) -> String {
    let [start, end] = ["{\"a\":\"", "\"}"];
    [start, &"x".repeat(length - start.len() - end.len()), end].concat()
}

/// The body of the outcome of `run`.
async fn body_of(answer: JsValue) -> String {
    let page = Page::of("", answer).await;
    let outcome = outcome(page.run(&stripe(), "{}")).await;
    assert_eq!(in_brief(&outcome), "success");
    show(&get(&outcome, "body"))
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
        (200, r#"{"error":{"message":"Sold out."}}"#, "refused no 200 Sold out."),
        (200, "<!doctype html><p>Log in", "bad_response unknown 200"),
        (200, "\n <html>", "bad_response unknown 200"),
        (200, "{\"type\":\"succ", "bad_response unknown 200"),
        (200, "[1,", "bad_response unknown 200"),
    ] {
        assert_eq!(judge(respond(status, body)).await, brief, "{status} {body:?}");
    }
    assert_eq!(judge(respond_with(204, None, "{}")).await, "ok");
    assert_eq!(judge(respond_with(200, None, "{}")).await, "ok");
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
        (400, r#"{"message":"Not said as an error."}"#, "refused no 400 Not said as an error."),
        (400, "{broken", "refused no 400"),
    ] {
        assert_eq!(judge(respond(status, body)).await, brief, "{status} {body:?}");
    }
    let long = |length| format!(r#"{{"error":"{}"}}"#, "é".repeat(length));
    assert_eq!(judge(respond(400, &long(501))).await, "refused no 400");
    assert_eq!(judge(respond(400, &long(500))).await, format!("refused no 400 {}", "é".repeat(500)));
}

#[wasm_bindgen_test]
async fn a_body_that_ends_early_keeps_what_the_status_said_and_its_cause() {
    let error = JsValue::from(js_sys::TypeError::new("network error"));
    for (status, expected) in
        [(200, "bad_response unknown 200"), (400, "refused no 400"), (500, "server_error unknown 500")]
    {
        let page = Page::of("", cut_off(status, "{\"type\":", &error)).await;
        let given = error_of(page.call("{}")).await;
        assert_eq!((brief(&given).as_str(), get(&given, "cause")), (expected, error.clone()));
    }
}

#[wasm_bindgen_test]
async fn a_body_of_64_kib_is_read_and_one_byte_more_is_not() {
    for answer in [respond, mock as fn(u16, &str) -> JsValue] {
        assert_eq!(judge(answer(200, &json_of(65_536))).await, "ok");
        assert_eq!(judge(answer(200, &json_of(65_537))).await, "bad_response unknown 200");
        assert_eq!(judge(answer(400, &json_of(65_537))).await, "refused no 400");
    }
}

#[wasm_bindgen_test]
async fn an_endless_body_is_given_up_and_its_request_aborted() {
    let page = Page::of("", endless()).await;
    assert_eq!(judged(page.call("{}")).await, "bad_response unknown 200");
    assert!(page.is_aborted(0));
}

#[wasm_bindgen_test]
async fn a_body_that_says_it_is_short_is_read_at_once_and_any_other_as_a_stream() {
    for (length, reads) in [("12", 1), ("65536", 1), ("65537", 0), ("-1", 0), ("12, 12", 0)] {
        let answer = sized("{\"total\":77}", length);
        let page = Page::of("", answer.clone()).await;
        let given = ended(page.call("{}")).await.unwrap();
        assert_eq!(Array::from(&get(&answer, "asked")).length(), reads, "{length}");
        assert_eq!(text_of(&given).await, "{\"total\":77}", "{length}");
    }
    // One that says so and lies is cut off where it matters.
    assert_eq!(judge(sized(&json_of(65_537), "7")).await, "bad_response unknown 200");
}

#[wasm_bindgen_test]
async fn a_body_is_put_together_from_its_parts() {
    // One character that is cut in two.
    let (start, end) = ([b'{', b'"', 0xc3], [0xa9, b'"', b':', b'1', b'}']);
    let parts = Array::of2(&Uint8Array::from(&start[..]), &Uint8Array::from(&end[..]));
    assert_eq!(body_of(respond_in(parts)).await, "{\"é\":1}");
    let said: Array = "{\"error\":\"é😀 — ausverkauft\"}".bytes().map(|byte| Uint8Array::from(&[byte][..])).collect();
    assert_eq!(judge(respond_in(said)).await, "refused no 200 é😀 — ausverkauft");
}

#[wasm_bindgen_test]
async fn a_stream_whose_parts_are_no_bytes_is_no_answer() {
    for value in ["[123, 125]", "'{}'", "undefined", "new ArrayBuffer(2)"] {
        let stream = format!("{{ getReader: () => ({{ read: async () => ({{ done: false, value: {value} }}) }}) }}");
        let answer = format!("{{ status: 200, ok: true, body: {stream}, text: async () => 'OK' }}");
        assert_eq!(judge(gives(&js(&answer))).await, "bad_response unknown 200", "{value}");
    }
}

#[wasm_bindgen_test]
async fn success_gives_an_answer_of_its_own_with_its_body_to_be_read() {
    for (status, body) in [(200, Some("{\"total\":7}")), (201, Some("OK")), (200, None), (204, None), (205, None)] {
        let page = Page::of("", respond_with(status, body, r#"{"x-own":"1","content-type":"text/x"}"#)).await;
        let given = ended(page.call("{}")).await.unwrap();
        assert!(is_response(&given), "{status}");
        assert_eq!(number(&given, "status"), f64::from(status));
        assert_eq!((get(&given, "ok"), get(&given, "bodyUsed")), (true.into(), false.into()), "{status}");
        assert_eq!(headers_of(&given), "content-type: text/x\nx-own: 1");
        assert_eq!(text_of(&given).await, body.unwrap_or_default());
        // What belongs to the page is not ended by us any more.
        page.updates().dispose();
        assert!(!page.is_aborted(0));
    }
}

#[wasm_bindgen_test]
async fn success_keeps_what_only_the_browser_can_give_an_answer() {
    let url = "data:application/json,%7B%22total%22:7%7D";
    let page = Page::of("", fetched(url)).await;
    let given = ended(page.call("{}")).await.unwrap();
    assert!(is_response(&given));
    assert_eq!((text(&given, "url").as_str(), number(&given, "status")), (url, 200.0));
    // Firefox adds its length.
    assert!(headers_of(&given).contains("content-type: application/json"));
    assert_eq!(text_of(&given).await, "{\"total\":7}");
}

#[wasm_bindgen_test]
async fn a_body_that_is_no_utf_8_is_understood_as_the_browser_does_and_given_as_it_came() {
    let answer = |bytes: &[u8]| respond_in(Array::of1(&Uint8Array::from(bytes)));
    for (bytes, shown) in
        [(&b"{\"\xff\":1}"[..], "{\"\u{fffd}\":1}"), (b"[\"\xe9t\xe9 \xf0\x9f\"]", "[\"\u{fffd}t\u{fffd} \u{fffd}\"]")]
    {
        let page = Page::of("", answer(bytes)).await;
        let given = ended(page.call("{}")).await.unwrap();
        assert_eq!(bytes_of(&given).await, bytes);
        assert_eq!(body_of(answer(bytes)).await, shown);
    }
    // It looks like a page all the same, like nothing that JSON begins with, and like no plain yes.
    for bytes in [&b"<\xff"[..], b"{\xff", b"\xe9t\xe9 \xf0\x9f"] {
        assert_eq!(judge(answer(bytes)).await, "bad_response unknown 200");
    }
}

#[wasm_bindgen_test]
async fn a_stand_in_without_streams_is_given_as_it_is() {
    let value = js(r#"{ status: 200, text: () => '{"total":7}' }"#);
    let page = Page::of("", gives(&value)).await;
    assert_eq!(ended(page.call("{}")).await.unwrap(), value);
    assert_eq!(body_of(gives(&value)).await, "{\"total\":7}");
    // A text that is none, and one with a byte order mark, which the browser would have taken away.
    assert_eq!(judge(gives(&js("{ status: 200, text: () => 7 }"))).await, "ok");
    assert_eq!(judge(mock(200, "\u{feff}{\"error\":\"Sold out.\"}")).await, "refused no 200 Sold out.");
}

#[wasm_bindgen_test]
async fn what_looks_like_an_answer_is_one() {
    for (name, answer, brief) in [
        ("no stream", mock(200, "{\"type\":\"success\"}"), "ok"),
        ("no stream, refusal", mock(200, "{\"error\":\"Sold out.\"}"), "refused no 200 Sold out."),
        ("no stream, page", mock(200, "<html>"), "bad_response unknown 200"),
        ("no stream, 500", mock(500, "OK"), "server_error unknown 500"),
        ("no text", bare(200), "ok"),
        ("no text, 400", bare(400), "refused no 400"),
        ("clone throws", broken("clone", &"no".into()), "ok"),
        ("text throws", broken("text", &"no".into()), "bad_response unknown 200"),
        ("read before", used("OK"), "bad_response unknown 200"),
        ("a text", gives(&"OK".into()), "bad_response unknown"),
        ("undefined", gives(&JsValue::UNDEFINED), "bad_response unknown"),
        ("null", gives(&JsValue::NULL), "bad_response unknown"),
        ("a redirect", gives(&js("{ status: 0, type: 'opaqueredirect', ok: false }")), "bad_response unknown"),
        ("a getter that throws", gives(&hostile()), "network unknown"),
    ] {
        assert_eq!(judge(answer).await, brief, "{name}");
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
        js("Object.freeze({ code: 'offline' })"),
        js("Symbol('offline')"),
    ] {
        for answer in [rejects(&error), throws(&error)] {
            let page = Page::of("", answer).await;
            let given = error_of(page.call("{}")).await;
            assert_eq!((brief(&given).as_str(), get(&given, "cause")), ("network unknown", error.clone()));
            assert_eq!(page.told_kinds(), ["network"]);
        }
    }
}

#[wasm_bindgen_test]
async fn the_request_id_is_stripes_own_header_before_the_usual_one() {
    for (headers, id) in [
        (r#"{"request-id":"req_1","x-request-id":"2"}"#, JsValue::from("req_1")),
        (r#"{"x-request-id":"2"}"#, "2".into()),
        ("{}", JsValue::NULL),
    ] {
        let page = Page::of("", respond_with(400, None, headers)).await;
        assert_eq!(get(&error_of(page.call("{}")).await, "requestId"), id);
    }
}

#[wasm_bindgen_test]
async fn the_outcome_has_the_body() {
    for (body, shown) in
        [(r#"{"type":"success","n":1}"#, r#"{"type":"success","n":1}"#), ("OK", "\"OK\""), ("", "null")]
    {
        assert_eq!(body_of(respond(200, body)).await, shown);
    }
}

#[wasm_bindgen_test]
async fn the_pages_own_messages_stand_where_the_server_said_nothing() {
    let options = "messages: { refused: 'Own.', invalid_intent: 'Own intent.' }";
    let page = Page::open(&format!("{options}, {}", crate::support::endpoint("", ""))).await;
    page.answer(&respond(400, r#"{"error":"Sold out."}"#));
    page.answer(&respond(400, "{\"error\":\"<b>Markup</b>\"}"));
    assert_eq!(judged(page.call("{}")).await, "refused no 400 Sold out.");
    assert_eq!(judged(page.call("{}")).await, "refused no 400 Own.");
    // What is wrong with what was passed is for the page's author.
    let told = "invalid_intent no amount Own intent. \"amount\" is not declared";
    assert_eq!(judged(page.call("{ amount: 1 }")).await, told);
}

#[wasm_bindgen_test]
async fn a_function_of_the_page_gives_through_what_it_gives() {
    let page = Page::of("", respond(200, "")).await;
    let value = js("{}");
    assert_eq!(ended(page.wrapped(&gives(&value))).await.unwrap(), value);
    // A `Response` that is not ok is a failure, as if it were ours, and the page can still read it.
    let answer = call(&respond_with(402, Some("{\"error\":\"Sold out.\"}"), r#"{"request-id":"req_1"}"#));
    let refused = error_of(page.wrapped(&gives(&answer))).await;
    assert_eq!((brief(&refused).as_str(), text(&refused, "requestId").as_str()), ("refused no 402 Sold out.", "req_1"));
    assert_eq!(text_of(&answer).await, "{\"error\":\"Sold out.\"}");
    // One that is ok is not looked at, whatever its body says.
    let answer = ended(page.wrapped(&respond(200, "{\"error\":\"Sold out.\"}"))).await.unwrap();
    assert_eq!(text_of(&answer).await, "{\"error\":\"Sold out.\"}");
    let broken = js("() => Object.defineProperty(Promise.resolve(), 'then', { get() { throw 7 } })");
    for (own, cause) in [(rejects(&value), value.clone()), (throws(&value), value.clone()), (broken, 7.into())] {
        let thrown = error_of(page.wrapped(&own)).await;
        assert_eq!((brief(&thrown).as_str(), get(&thrown, "cause")), ("callback_failed unknown", cause));
    }
    let signal = ended(page.wrapped(&js("(signal) => signal"))).await.unwrap();
    assert_eq!(get(&signal, "constructor"), get(&js_sys::global(), "AbortSignal"));
}
