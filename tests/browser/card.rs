//! What the crate promises, each once, and what a page can do to it: wrong options, calls from within callbacks, leaks.

use js_sys::{Array, Function, Object, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{
    Changed, Page, brief, call, ended, endpoint, error_of, get, happen, hostile, js, judged, later, mock, number,
    outcome, refusal, respond, silent, stripe, text, told, unhandled,
};

#[wasm_bindgen_test]
async fn request_is_a_function_without_arguments_that_gives_a_promise() {
    let page = Page::of("", respond(200, r#"{"type":"success"}"#)).await;
    let update = page.request("{}");
    assert_eq!((update.is_function(), update.length()), (true, 0));
    assert_eq!(page.requests().length(), 0);
    let promise = call(&update);
    assert!(promise.is_instance_of::<Promise>());
    let response = ended(promise.unchecked_into()).await.unwrap();
    assert_eq!(number(&response, "status"), 200.0);
    // What Stripe.js passes is of no interest, and each call is a new update.
    assert!(ended(update.call1(&JsValue::NULL, &7.into()).unwrap().unchecked_into()).await.is_ok());
    assert_eq!((page.requests().length(), page.counted().as_str()), (2, "2 2 0 0 0 0 {}"));
    let given = page.updates().run(&stripe(), "change", &js("{}"));
    assert_eq!(told(given).await, "success");
}

#[wasm_bindgen_test]
async fn run_server_update_takes_it_as_it_is() {
    let page = Page::of("", respond(200, "")).await;
    let stripe = stripe();
    let run = get(&stripe, "runServerUpdate").unchecked_into::<Function>();
    let result = outcome(run.call1(&stripe, &page.request("{}")).unwrap().unchecked_into()).await;
    assert_eq!((text(&result, "type").as_str(), page.requests().length()), ("success", 1));
}

#[wasm_bindgen_test]
async fn the_limit_is_half_a_second_below_stripes_and_ends_the_request() {
    let page = Page::of("", silent()).await;
    let update = page.request("{}");
    let promise: Promise = call(&update).unchecked_into();
    let early = Changed::ahead(19_300.0);
    happen("visible");
    assert!(page.updates().is_pending() && !page.is_aborted(0));
    drop(early);
    let late = Changed::ahead(19_600.0);
    happen("visible");
    let error = error_of(promise).await;
    drop(late);
    assert_eq!((brief(&error).as_str(), page.is_aborted(0)), ("timeout unknown", true));
    assert!((19_500.0..20_000.0).contains(&number(&error, "durationMs")));
    assert_eq!(get(&update, "failure"), error);
}

#[wasm_bindgen_test]
async fn a_failure_is_counted_told_and_kept_with_its_function() {
    let page = Page::of("", respond(400, r#"{"error":"Sold out."}"#)).await;
    let update = page.request("{}");
    assert!(get(&update, "failure").is_null());
    let error = error_of(call(&update).unchecked_into()).await;
    assert_eq!((brief(&error).as_str(), text(&error, "endpoint").as_str()), ("refused no 400 Sold out.", "change"));
    assert!(error.is_instance_of::<js_sys::Error>());
    assert_eq!((page.told().length(), page.told().get(0)), (1, error.clone()));
    assert_eq!(get(&update, "failure"), error);
    assert_eq!(page.counted(), r#"1 0 0 0 0 0 {"refused":1}"#);
    // The next call clears it at once, and its success leaves it cleared.
    page.answer(&respond(200, ""));
    let promise = call(&update);
    assert!(get(&update, "failure").is_null());
    assert_eq!(judged(promise.unchecked_into()).await, "refused no 400 Sold out.");
    assert_eq!(judged(call(&update).unchecked_into()).await, "ok");
    assert!(get(&update, "failure").is_null());
}

#[wasm_bindgen_test]
async fn what_is_no_endpoint_or_no_function_of_ours_is_a_type_error() {
    let page = Page::of("", respond(200, "")).await;
    let updates = page.updates();
    let type_error = |error: JsValue| error.is_instance_of::<js_sys::TypeError>();
    for name in ["other", "", "toString", "__proto__"] {
        assert!(type_error(updates.request(name, &js("{}")).unwrap_err()), "{name}");
        assert!(type_error(error_of(updates.run(&stripe(), name, &js("{}"))).await), "{name}");
    }
    updates.wrap("own", &js("() => 7"));
    assert!(type_error(updates.request("own", &js("{}")).unwrap_err()));
    for what in [js("() => Promise.resolve()"), JsValue::NULL, 7.into(), Object::new().into(), hostile()] {
        assert!(type_error(error_of(updates.run_function(&stripe(), &what)).await), "{what:?}");
    }
    let foreign = Page::of("", respond(200, "")).await;
    assert!(type_error(error_of(updates.run_function(&stripe(), &foreign.request("{}"))).await));
    assert_eq!((page.requests().length(), page.told().length(), updates.is_pending()), (0, 0, false));
}

#[wasm_bindgen_test]
async fn wrong_options_are_a_type_error_that_names_the_key() {
    let change = "{ url: '/change', rules: {} }";
    for (options, named) in [
        ("undefined".to_owned(), "createUpdates"),
        ("{}".into(), "\"endpoints\""),
        (format!("{{ endpoints: {{ change: {change} }}, timeoutMs: 20_001 }}"), "\"timeoutMs\""),
        (format!("{{ endpoints: {{ change: {change} }}, timeoutMs: 0 }}"), "\"timeoutMs\""),
        (format!("{{ endpoints: {{ change: {change} }}, timeout: 1 }}"), "\"timeout\""),
        (format!("{{ endpoints: {{ change: {change} }}, session: 'cs_test_1' }}"), "\"session\""),
        (format!("{{ endpoints: {{ change: {change} }}, onFailure: 1 }}"), "\"onFailure\""),
        (format!("{{ endpoints: {{ change: {change} }}, messages: {{ time_out: 'x' }} }}"), "\"time_out\""),
        (format!("{{ endpoints: {{ change: {change} }}, csrf: {{ header: 'cookie', token() {{}} }} }}"), "\"header\""),
        ("{ endpoints: { change: { url: '//evil.test', rules: {} } } }".into(), "endpoint \"change\": \"url\""),
        ("{ endpoints: { change: { url: 'https://evil.test/', rules: {} } } }".into(), "endpoint \"change\": \"url\""),
        (
            "{ endpoints: { change: { url: '/x', rules: { amount: { kind: 'integer', min: 0, max: 9 } } } } }".into(),
            "\"amount\"",
        ),
        ("{ endpoints: { change: { url: '/x', rules: { a: { kind: 'any' } } } } }".into(), "\"a\""),
        ("{ endpoints: { change: { url: '/x', rules: {}, options: { retries: 6 } } } }".into(), "\"retries\""),
        ("{ endpoints: { change: { url: '/x', rules: {}, options: { latest: ['b'] } } } }".into(), "\"b\""),
    ] {
        let error = refusal(&js(&options)).await;
        assert!(error.is_instance_of::<js_sys::TypeError>(), "{options}: {error:?}");
        assert!(text(&error, "message").contains(named), "{options}: {error:?}");
        assert!(!text(&error, "message").contains("evil"), "{options}: {error:?}");
    }
}

#[wasm_bindgen_test]
async fn a_promise_that_nobody_handles_bothers_nobody() {
    let page = Page::of("", respond(500, "")).await;
    let (updates, update) = (page.updates(), page.request("{}"));
    let act = wasm_bindgen::closure::Closure::<dyn FnMut() -> Promise>::new(move || {
        call(&update);
        call(&updates.wrap("own", &js("() => { throw new Error('own') }")));
        let _ = updates.run(&stripe(), "change", &js("{}"));
        updates.settled()
    });
    assert_eq!(Array::from(&unhandled(act.as_ref()).await).length(), 0);
    page.updates().dispose();
}

#[wasm_bindgen_test]
async fn a_callback_that_throws_is_reported_and_changes_nothing() {
    let reported = Array::new();
    let report = js("(list) => (error) => list.push(error)").unchecked_into::<Function>();
    let report = report.call1(&JsValue::NULL, &reported).unwrap();
    let _reporting = Changed::member("globalThis", "reportError", &report);
    let options = format!("onFailure: () => {{ throw 'told' }}, {}", endpoint("", ""));
    let page = Page::open(&options).await;
    page.answer(&respond(400, ""));
    page.updates().subscribe(&js("() => { throw 'listener' }"));
    assert_eq!(judged(page.call("{}")).await, "refused no 400");
    assert_eq!(reported.join(" "), "listener told listener");
    assert!(!page.updates().is_pending());
}

#[wasm_bindgen_test]
async fn callbacks_may_call_everything_again() {
    // Each of these is called while an update of `change` is begun, under way or ending.
    for place in ["session", "onFailure", "token", "listener", "fetch", "runServerUpdate", "getter"] {
        let options = "endpoints: { change: { url: '/change', rules: { gift: { kind: 'flag', isOptional: true } } }, \
                       other: { url: '/other', rules: {} } }, session: () => (globalThis.act('session'), 'cs_test_a1'), \
                       onFailure: () => globalThis.act('onFailure'), \
                       csrf: { header: 'x-csrf', token: () => (globalThis.act('token'), 'token') }";
        let page = Page::open(options).await;
        let prepare = js("(place, updates, actions, results) => {
            let left = 1;
            globalThis.act = (at) => {
                if (at !== place || left-- < 1) return;
                results.push(updates.run(actions, 'other', {}), updates.refresh(actions), updates.settled());
                const end = updates.subscribe(() => {});
                updates.wrap('own', () => 7)();
                updates.cancel('change'), updates.metrics(), updates.isPending('other'), updates.pendingIntent('change');
                updates.getSnapshot(), updates.note({ endpoint: 'own', kind: 'timeout', durationMs: 1 });
                end();
            };
        }");
        let stripe = js(
            "(own) => ({ ...own, runServerUpdate: (update) => (globalThis.act('runServerUpdate'), own.runServerUpdate(update)) })",
        );
        let stripe = stripe.unchecked_into::<Function>().call1(&JsValue::NULL, &crate::support::stripe()).unwrap();
        let results = Array::new();
        let given = Array::of4(&place.into(), &page.updates(), &stripe, &results);
        prepare.unchecked_into::<Function>().apply(&JsValue::NULL, &given).unwrap();
        page.answer(&js("() => (globalThis.act('fetch'), new Response('', { status: 400 }))"));
        page.updates().subscribe(&js("() => globalThis.act('listener')"));
        let outcome = told(page.run(&stripe, "{ get gift() { globalThis.act('getter'); return true } }")).await;
        // `cancel` may have come in time.
        assert!(
            ["error: refused no 400", "cancelled: cancelled no cancelled"].contains(&outcome.as_str()),
            "{place}: {outcome}"
        );
        assert_eq!(results.length(), 3, "{place}");
        assert_eq!(told(results.get(0).unchecked_into()).await, "error: refused no 400", "{place}");
        assert_eq!(told(results.get(1).unchecked_into()).await, "success", "{place}");
        ended(results.get(2).unchecked_into()).await.unwrap();
        page.updates().dispose();
    }
}

#[wasm_bindgen_test]
async fn callbacks_may_dispose() {
    for place in ["fetch", "onFailure", "listener"] {
        let options = format!("onFailure: () => globalThis.act('onFailure'), {}", endpoint("", ""));
        let page = Page::open(&options).await;
        let prepare = js("(place, updates) => void (globalThis.act = (at) => at === place && updates.dispose())");
        prepare.unchecked_into::<Function>().call2(&JsValue::NULL, &place.into(), &page.updates()).unwrap();
        page.answer(&js("() => (globalThis.act('fetch'), new Response('', { status: 500 }))"));
        page.updates().subscribe(&js("() => globalThis.act('listener')"));
        let outcome = told(page.run(&stripe(), "{}")).await;
        assert!(outcome.starts_with("cancelled: cancelled") || outcome.starts_with("error: server_error"), "{outcome}");
        call(&js("() => void (globalThis.act = () => {})"));
        page.answer(&respond(200, ""));
        page.answer(&respond(200, ""));
        assert!(told(page.run(&stripe(), "{}")).await.starts_with("error: server_error"), "{place}");
        assert_eq!(told(page.run(&stripe(), "{}")).await, "success", "{place}");
        page.updates().dispose();
    }
}

#[wasm_bindgen_test]
async fn an_object_that_was_let_go_of_leaves_what_it_gave_at_work() {
    let answer = later(&mock(200, "OK"));
    let page = Page::of("", answer.clone().into()).await;
    let promise = page.call("{}");
    page.leave();
    answer.now();
    assert_eq!(judged(promise).await, "ok");
}

#[wasm_bindgen_test]
async fn two_objects_are_independent() {
    let (one, two) = (Page::of("", silent()).await, Page::of("", respond(200, "")).await);
    let running = one.run(&stripe(), "{}");
    assert_eq!(told(two.run(&stripe(), "{}")).await, "success");
    two.updates().dispose();
    assert!(one.updates().is_pending() && !one.is_aborted(0));
    one.updates().dispose();
    assert_eq!(told(running).await, "cancelled: cancelled unknown disposed");
}
