//! What JavaScript may pass as an intent or a session id: any value at all, and each that does not fit is a typed error
//! that names the field, with nothing sent.

use js_sys::{Array, BigInt, Date, Function, Object, Symbol};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Page, actions, get, json, json_with, respond, show, text, with};

async fn page() -> Page {
    let page = Page::of("{}", respond(200, "")).await;
    page.field("interval", "oneOf", r#"{"choices":["monthly","yearly"],"optional":true}"#);
    page.field("item", "identifier", r#"{"choices":["li_"],"optional":true}"#);
    page.field("quantity", "integer", r#"{"least":-2,"most":10,"optional":true}"#);
    page.field("gift", "flag", r#"{"optional":true}"#);
    page
}

/// Asks with one value at this position, and gives how it ended.
async fn ask(page: &Page, position: usize, value: &JsValue) -> String {
    let values = Array::new_with_length(4);
    values.set(position as u32, value.clone());
    let ended = page.request(&json_with("{}", "values", values)).await;
    assert!(ended.ok || !show(&ended.value).contains("probe"), "{}", show(&ended.value));
    ended.brief()
}

fn boxed(class: &str, value: impl Into<JsValue>) -> JsValue {
    let class = get(&js_sys::global(), class).unchecked_into::<Function>();
    js_sys::Reflect::construct(&class, &Array::of1(&value.into())).unwrap()
}

/// Values that no rule takes.
fn others() -> Vec<(&'static str, JsValue)> {
    vec![
        ("null", JsValue::NULL),
        ("an object", Object::new().into()),
        ("an array", Array::of1(&"yearly".into()).into()),
        ("a function", get(&js_sys::global(), "Object")),
        ("a date", Date::new_0().into()),
        ("a big integer", BigInt::from(1).into()),
        ("a boxed text", boxed("String", "yearly")),
        ("a boxed number", boxed("Number", 1)),
        ("a boxed flag", boxed("Boolean", true)),
        ("a record that says it is one", json_with("{}", "toJSON", Object::new())),
    ]
}

#[wasm_bindgen_test]
async fn what_no_rule_takes_is_refused_by_each() {
    let page = page().await;
    for (position, field) in ["interval", "item", "quantity", "gift"].into_iter().enumerate() {
        for (name, value) in others() {
            let brief = ask(&page, position, &value).await;
            assert_eq!(brief, format!("invalid_intent no does not fit its rule {field}"), "{name}");
        }
        let brief = ask(&page, position, &Symbol::for_("probe").into()).await;
        assert_eq!(brief, format!("invalid_intent no could not be read {field}"));
    }
    assert_eq!(page.requests().length(), 0);
}

#[wasm_bindgen_test]
async fn each_rule_takes_its_own_primitives_only() {
    let page = page().await;
    let longest = format!("li_{}", "a".repeat(252));
    let cases: [(usize, &[JsValue], &[JsValue]); 4] = [
        (
            0,
            &["yearly".into()],
            &["probe".into(), "".into(), "yearly ".into(), "\u{fffd}".into(), 1.into(), true.into()],
        ),
        (
            1,
            &["li_1".into(), longest.as_str().into()],
            &[
                "probe".into(),
                "".into(),
                "li_1_secret_probe".into(),
                "li_é".into(),
                "li_1\n".into(),
                format!("{longest}a").into(),
                1.into(),
            ],
        ),
        (
            2,
            &[JsValue::from_f64(-0.0), (-2).into(), 10.into()],
            &[
                f64::NAN.into(),
                f64::INFINITY.into(),
                f64::NEG_INFINITY.into(),
                0.5.into(),
                (-3).into(),
                11.into(),
                1e300.into(),
                "1".into(),
                true.into(),
            ],
        ),
        (3, &[true.into(), false.into()], &["true".into(), "".into(), 0.into(), 1.into(), f64::NAN.into()]),
    ];
    for (position, fit, unfit) in cases {
        for value in fit {
            assert_eq!(ask(&page, position, value).await, "ok", "{position}: {value:?}");
        }
        for value in unfit {
            let brief = ask(&page, position, value).await;
            assert!(brief.starts_with("invalid_intent no does not fit its rule"), "{position}: {value:?}: {brief}");
        }
    }
}

#[wasm_bindgen_test]
async fn minus_zero_is_sent_as_zero_and_what_is_left_out_not_at_all() {
    let page = page().await;
    assert_eq!(ask(&page, 2, &JsValue::from_f64(-0.0)).await, "ok");
    assert_eq!(page.body(0), r#"{"checkout_session_id":"cs_test_a1","quantity":0}"#);
    assert_eq!(ask(&page, 3, &JsValue::UNDEFINED).await, "ok");
    assert_eq!(page.body(1), r#"{"checkout_session_id":"cs_test_a1"}"#);
}

#[wasm_bindgen_test]
async fn half_a_character_reaches_no_body() {
    let page = page().await;
    let text = JsValue::from("😀").unchecked_into::<js_sys::JsString>();
    for half in [text.slice(0, 1), text.slice(1, 2)] {
        for position in [0, 1] {
            assert!(ask(&page, position, &half).await.starts_with("invalid_intent no does not fit"));
        }
    }
    assert_eq!(page.requests().length(), 0);
}

#[wasm_bindgen_test]
async fn what_is_required_is_missed_by_name() {
    let page = Page::of("{}", respond(200, "")).await;
    page.field("interval", "oneOf", r#"{"choices":["yearly"]}"#);
    page.field("gift", "flag", "{}");
    for (values, field) in [("[]", "interval"), (r#"["yearly"]"#, "gift")] {
        let ended = page.request(&json(&format!("{{\"values\":{values}}}"))).await;
        assert_eq!(ended.brief(), format!("invalid_intent no is missing {field}"));
        assert_eq!(text(&ended.value, "field"), field);
    }
}

#[wasm_bindgen_test]
async fn a_field_that_nobody_declared_is_named_before_any_other_mistake() {
    let page = page().await;
    let asked = r#"{"undeclared":"amount","values":["probe"],"session":"sk_test_probe"}"#;
    let ended = page.ended(page.call(asked)).await;
    assert_eq!(ended.brief(), "invalid_intent no is not declared amount");
    assert!(!show(&ended.value).contains("probe"));
}

#[wasm_bindgen_test]
async fn what_the_page_threw_is_the_cause() {
    let page = page().await;
    let thrown = JsValue::from(js_sys::Error::new("getter"));
    let values = Array::of1(&Symbol::for_("unreadable"));
    let ended = page.request(&with(json_with("{}", "values", values), "cause", thrown.clone())).await;
    assert_eq!(
        (ended.brief().as_str(), ended.cause()),
        ("invalid_intent no could not be read interval", thrown.clone())
    );
    let session = json_with("{}", "session", Symbol::for_("unreadable"));
    let ended = page.request(&with(session, "cause", thrown.clone())).await;
    assert_eq!((ended.brief().as_str(), ended.cause()), ("callback_failed no", thrown));
}

#[wasm_bindgen_test]
async fn a_session_id_is_one_or_says_what_was_probably_passed() {
    let page = page().await;
    for (session, hint) in [
        (JsValue::UNDEFINED, "There is no session id"),
        (JsValue::NULL, "must be a string"),
        (7.into(), "must be a string"),
        (Object::new().into(), "must be a string"),
        (boxed("String", "cs_test_probe"), "must be a string"),
        ("".into(), "is empty"),
        ("cs_test_probe_secret_2".into(), "client secret"),
        ("pi_probe".into(), "PaymentIntent"),
        ("pk_test_probe".into(), "API key"),
        ("cs_test_probe/".into(), "must look like"),
        ("cs_probe".into(), "must look like"),
    ] {
        let ended = page.request(&json_with("{}", "session", session.clone())).await;
        assert!(ended.brief().starts_with("invalid_session no "), "{session:?}: {}", ended.brief());
        assert!(text(&ended.value, "message").contains(hint), "{session:?}: {}", ended.brief());
        assert!(!show(&ended.value).contains("probe"), "{session:?}");
    }
    assert_eq!(page.requests().length(), 0);
    assert!(page.counted_kinds().iter().all(|kind| kind == "invalid_session"));
}

#[wasm_bindgen_test]
async fn the_session_is_that_of_the_call_and_else_of_the_actions_and_never_another() {
    let page = page().await;
    let actions = actions("getSession", "success");
    assert_eq!(page.run(&actions, "{}").await.brief(), "ok");
    assert_eq!(page.run(&actions, r#"{"session":"cs_test_a1"}"#).await.brief(), "ok");
    let other = page.run(&actions, r#"{"session":"cs_test_other"}"#).await;
    assert!(other.brief().starts_with("invalid_session no"), "{}", other.brief());
    assert!(text(&other.value, "message").contains("another"));
    // `null` is not left out.
    let null = page.run(&actions, r#"{"session":null}"#).await;
    assert!(null.brief().starts_with("invalid_session no"), "{}", null.brief());
    assert_eq!(page.requests().length(), 2);
}

#[wasm_bindgen_test]
async fn an_endpoint_that_is_not_there_sends_nothing_and_breaks_nothing() {
    let page = page().await;
    page.call(r#"{"endpoint":9}"#);
    page.start(&actions("getSession", "success"), r#"{"endpoint":9}"#);
    assert_eq!(page.requests().length(), 0);
    assert_eq!(ask(&page, 3, &true.into()).await, "ok");
}
