//! What JavaScript may pass as an intent or a session id: any value at all, and each that does not fit is a typed error
//! that names the field, with nothing sent.

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{
    Page, brief, call, ended, endpoint, error_of, get, js, judged, respond, show, stripe, text, told,
};

const RULES: &str = "interval: { kind: 'oneOf', values: ['monthly', 'yearly'], isOptional: true },
    item: { kind: 'identifier', prefix: 'li_', isOptional: true },
    quantity: { kind: 'integer', min: -2, max: 10, isOptional: true },
    gift: { kind: 'flag', isOptional: true }";
const FIELDS: [&str; 4] = ["interval", "item", "quantity", "gift"];

async fn page() -> Page {
    Page::ruled(RULES, "", respond(200, "")).await
}

/// Asks with one value of this field, written in JavaScript, and gives how it ended.
async fn ask(page: &Page, field: &str, value: &str) -> String {
    match ended(page.call(&format!("{{ {field}: {value} }}"))).await {
        Ok(_) => "ok".into(),
        Err(error) => {
            assert!(!show(&error).contains("probe"), "{}", show(&error));
            brief(&error)
        }
    }
}

fn unfit(field: &str) -> String {
    format!("invalid_intent no {field} \"{field}\" does not fit its rule")
}

#[wasm_bindgen_test]
async fn what_no_rule_takes_is_refused_by_each() {
    let page = page().await;
    for field in FIELDS {
        for value in [
            "null",
            "{}",
            "['yearly']",
            "Object",
            "new Date()",
            "1n",
            "new String('yearly')",
            "new Number(1)",
            "new Boolean(true)",
            "{ toJSON: () => 'yearly' }",
            "Symbol('probe')",
        ] {
            assert_eq!(ask(&page, field, value).await, unfit(field), "{value}");
        }
    }
    assert_eq!(page.requests().length(), 0);
}

#[wasm_bindgen_test]
async fn each_rule_takes_its_own_primitives_only() {
    let page = page().await;
    let longest = format!("'li_{}'", "a".repeat(252));
    let longer = format!("'li_{}'", "a".repeat(253));
    let cases: [(&str, &[&str], &[&str]); 4] = [
        ("interval", &["'yearly'"], &["'probe'", "''", "'yearly '", "'\u{fffd}'", r"'\ud800'", "1", "true"]),
        (
            "item",
            &["'li_1'", &longest],
            &["'probe'", "''", "'li_1_secret_probe'", "'li_é'", r"'li_1\n'", r"'li_\udc00'", &longer, "1"],
        ),
        ("quantity", &["-0", "-2", "10"], &["NaN", "Infinity", "-Infinity", "0.5", "-3", "11", "1e300", "'1'", "true"]),
        ("gift", &["true", "false"], &["'true'", "''", "0", "1", "NaN"]),
    ];
    for (field, fit, others) in cases {
        for value in fit {
            assert_eq!(ask(&page, field, value).await, "ok", "{field}: {value}");
        }
        for value in others {
            assert_eq!(ask(&page, field, value).await, unfit(field), "{value}");
        }
    }
}

#[wasm_bindgen_test]
async fn minus_zero_is_sent_as_zero_and_what_is_left_out_not_at_all() {
    let page = page().await;
    assert_eq!(ask(&page, "quantity", "-0").await, "ok");
    assert_eq!(ask(&page, "gift", "undefined").await, "ok");
    assert_eq!(
        [page.body(0), page.body(1)],
        [r#"{"checkout_session_id":"cs_test_a1","quantity":0}"#, r#"{"checkout_session_id":"cs_test_a1"}"#]
    );
}

#[wasm_bindgen_test]
async fn what_is_required_is_missed_by_name_and_what_nobody_declared_is_named_first() {
    let rules = "interval: { kind: 'oneOf', values: ['yearly'] }, gift: { kind: 'flag' }";
    let page = Page::ruled(rules, "", respond(200, "")).await;
    let missing = |field| format!("invalid_intent no {field} \"{field}\" is missing");
    for intent in ["{}", "undefined", "null", "7", "true", "Symbol()", "Object.create({ interval: 'yearly' })"] {
        assert_eq!(judged(page.call(intent)).await, missing("interval"), "{intent}");
    }
    assert_eq!(judged(page.call("{ interval: 'yearly' }")).await, missing("gift"));
    let hidden = "Object.defineProperty({ interval: 'yearly' }, 'gift', { value: true })";
    assert_eq!(judged(page.call(hidden)).await, missing("gift"));
    for (intent, named) in [
        ("{ interval: 'probe', amount: 1, price: 2 }", "amount"),
        ("{ toJSON: () => ({}) }", "toJSON"),
        ("JSON.parse('{\"__proto__\":1}')", "__proto__"),
        ("'yearly'", "0"),
        ("['yearly']", "0"),
    ] {
        let error = error_of(page.call(intent)).await;
        assert_eq!(brief(&error), format!("invalid_intent no {named} \"{named}\" is not declared"), "{intent}");
        assert!(!show(&error).contains("probe"));
    }
    assert_eq!(page.requests().length(), 0);
}

#[wasm_bindgen_test]
async fn symbols_are_ignored_and_each_value_is_read_once_when_it_is_said() {
    let page = page().await;
    let reads = js("[]");
    let make = js(
        "(reads) => ({ [Symbol('x')]: 1, get interval() { reads.push(1); return ['yearly', 'monthly'][reads.length - 1] } })",
    );
    let intent = make.unchecked_into::<Function>().call1(&JsValue::NULL, &reads).unwrap();
    let update = page.updates().request("change", &intent).unwrap();
    assert_eq!(number_of(&reads), 1);
    for _ in 0..2 {
        assert_eq!(judged(call(&update).unchecked_into()).await, "ok");
    }
    assert_eq!(number_of(&reads), 1);
    let body = r#"{"checkout_session_id":"cs_test_a1","interval":"yearly"}"#;
    assert_eq!([page.body(0), page.body(1)], [body, body]);
    // What is changed later is another intent.
    let intent = js("{ interval: 'yearly' }");
    let update = page.updates().request("change", &intent).unwrap();
    Reflect::set(&intent, &"interval".into(), &"monthly".into()).unwrap();
    assert_eq!(judged(call(&update).unchecked_into()).await, "ok");
    assert_eq!(page.body(2), body);
}

fn number_of(list: &JsValue) -> u32 {
    js_sys::Array::from(list).length()
}

#[wasm_bindgen_test]
async fn what_the_page_threw_is_the_cause_of_each_call() {
    let page = page().await;
    let update = page.request("{ get interval() { throw 'getter' } }");
    for _ in 0..2 {
        let error = error_of(call(&update).unchecked_into()).await;
        let said = "invalid_intent no interval \"interval\" could not be read";
        assert_eq!((brief(&error).as_str(), get(&error, "cause")), (said, "getter".into()));
    }
    let error = error_of(page.call("new Proxy({}, { ownKeys() { throw 'keys' } })")).await;
    assert_eq!((brief(&error).split(' ').next(), get(&error, "cause")), (Some("invalid_intent"), "keys".into()));
    let throwing = Page::open(&format!("session: () => {{ throw 'session' }}, {}", endpoint(RULES, ""))).await;
    let error = error_of(throwing.call("{}")).await;
    assert_eq!((brief(&error).as_str(), get(&error, "cause")), ("callback_failed no", "session".into()));
    let settings = js("{ get session() { throw 'getter' } }");
    let outcome = told(page.updates().run_with(&stripe(), "change", &js("{}"), &settings)).await;
    assert_eq!(outcome, "error: callback_failed no");
    assert_eq!((page.requests().length(), throwing.requests().length()), (0, 0));
}

#[wasm_bindgen_test]
async fn a_session_id_is_one_or_says_what_was_probably_passed() {
    for (session, hint) in [
        ("undefined", "There is no session id"),
        ("null", "must be a string"),
        ("7", "must be a string"),
        ("{}", "must be a string"),
        ("new String('cs_test_probe')", "must be a string"),
        ("''", "is empty"),
        ("'cs_test_probe_secret_2'", "client secret"),
        ("'pi_probe'", "PaymentIntent"),
        ("'pk_test_probe'", "API key"),
        ("'cs_test_probe/'", "must look like"),
        ("'cs_probe'", "must look like"),
    ] {
        let page = Page::open(&format!("session: () => ({session}), {}", endpoint("", ""))).await;
        let error = error_of(page.call("{}")).await;
        assert!(brief(&error).starts_with("invalid_session no "), "{session}: {}", brief(&error));
        assert!(text(&error, "detail").contains(hint), "{session}: {}", brief(&error));
        assert!(!show(&error).contains("probe"), "{session}");
        assert_eq!((page.requests().length(), page.told_kinds()), (0, vec!["invalid_session".into()]));
    }
}

#[wasm_bindgen_test]
async fn the_session_is_read_at_the_call() {
    let page = Page::open(&format!("session: () => globalThis.shown, {}", endpoint("", ""))).await;
    page.answer(&respond(200, ""));
    let update = page.request("{}");
    for id in ["cs_test_one", "cs_test_two"] {
        Reflect::set(&js_sys::global(), &"shown".into(), &id.into()).unwrap();
        assert_eq!(judged(call(&update).unchecked_into()).await, "ok");
    }
    assert!(page.body(0).contains("cs_test_one") && page.body(1).contains("cs_test_two"));
}

#[wasm_bindgen_test]
async fn the_session_is_that_of_the_call_and_else_of_the_option_and_else_of_the_actions_and_never_another() {
    let page = Page::open(&format!("session: undefined, {}", endpoint("", ""))).await;
    page.answer(&respond(200, ""));
    let (updates, stripe, intent) = (page.updates(), stripe(), js("{}"));
    let run = |settings: &str| updates.run_with(&stripe, "change", &intent, &js(settings));
    for settings in ["undefined", "{}", "{ session: undefined }", "{ session: 'cs_test_a1' }"] {
        assert_eq!(told(run(settings)).await, "success", "{settings}");
    }
    let other = told(run("{ session: 'cs_test_other' }")).await;
    assert!(other.starts_with("error: invalid_session no") && other.contains("another"), "{other}");
    assert_eq!(page.requests().length(), 4);
    // A function that is called outside of `run` has no actions to ask.
    assert!(judged(page.call("{}")).await.starts_with("invalid_session no"));
}
