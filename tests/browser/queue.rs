//! One update at a time: who waits, who joins, who is superseded, and who lets go.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{
    Changed, Page, call, ended, get, happen, in_brief, js, judged, later, mock, outcome, respond, show, silent, stripe,
    told,
};

const ITEM: &str = "item: { kind: 'identifier', prefix: 'li_' }, quantity: { kind: 'integer', min: 0, max: 9 }";

#[wasm_bindgen_test]
async fn one_update_runs_at_a_time() {
    let first = later(&mock(200, "1"));
    let page = Page::of("dedupe: false", first.clone().into()).await;
    page.answer(&respond(200, "2"));
    let stripe = stripe();
    let promises = [page.run(&stripe, "{}"), page.run(&stripe, "{}")];
    assert_eq!((page.requests().length(), get(&stripe, "calls").unchecked_into::<Array>().length()), (1, 1));
    first.now();
    let mut bodies = Vec::new();
    for promise in promises {
        bodies.push(show(&get(&outcome(promise).await, "body")));
    }
    assert_eq!(bodies, ["1", "2"]);
}

#[wasm_bindgen_test]
async fn functions_of_request_wait_for_nobody() {
    let page = Page::of("", silent()).await;
    let _ = page.run(&stripe(), "{}");
    let update = page.request("{}");
    call(&update);
    call(&update);
    assert_eq!(page.requests().length(), 3);
    page.updates().dispose();
}

#[wasm_bindgen_test]
async fn an_equal_update_shares_the_outcome_of_the_last_in_the_queue() {
    let first = later(&mock(200, ""));
    let page = Page::ruled(ITEM, "", first.clone().into()).await;
    page.answer(&respond(200, ""));
    let stripe = stripe();
    let run = |quantity: u32| page.run(&stripe, &format!("{{ item: 'li_1', quantity: {quantity} }}"));
    let promises = [run(1), run(1), run(2), run(1), run(1)];
    first.now();
    let mut outcomes = Vec::new();
    for promise in promises {
        outcomes.push(outcome(promise).await);
    }
    assert!(outcomes.iter().all(|outcome| in_brief(outcome) == "success"));
    assert_eq!((page.requests().length(), page.counted().as_str()), (3, "3 3 0 0 2 0 {}"));
}

#[wasm_bindgen_test]
async fn a_waiting_update_is_superseded_by_the_latest_of_its_group() {
    let first = later(&mock(200, ""));
    let page = Page::ruled(ITEM, "latest: ['item']", first.clone().into()).await;
    page.answer(&respond(200, ""));
    let stripe = stripe();
    let run = |item: &str, quantity: u32| page.run(&stripe, &format!("{{ item: '{item}', quantity: {quantity} }}"));
    let promises = [run("li_1", 2), run("li_1", 3), run("li_2", 5), run("li_1", 4)];
    first.now();
    let mut told_of = Vec::new();
    for promise in promises {
        told_of.push(told(promise).await);
    }
    assert_eq!(told_of, ["success", "cancelled: cancelled no superseded", "success", "success"]);
    let sent: Vec<_> = (0..3).map(|position| page.body(position)).collect();
    let body =
        |item, quantity| format!(r#"{{"checkout_session_id":"cs_test_a1","item":"{item}","quantity":{quantity}}}"#);
    assert_eq!(sent, [body("li_1", 2), body("li_2", 5), body("li_1", 4)]);
    assert_eq!((page.counted().as_str(), page.told().length()), ("3 3 0 0 0 1 {}", 0));
}

#[wasm_bindgen_test]
async fn a_signal_detaches_its_own_caller_and_the_last_one_ends_the_request() {
    let page = Page::of("", silent()).await;
    let (updates, stripe, intent) = (page.updates(), stripe(), js("{}"));
    let controllers = [js("new AbortController()"), js("new AbortController()")];
    let mut promises = Vec::new();
    for controller in &controllers {
        let settings = js_sys::Object::new();
        js_sys::Reflect::set(&settings, &"signal".into(), &get(controller, "signal")).unwrap();
        promises.push(updates.run_with(&stripe, "change", &intent, &settings));
    }
    let abort = |controller: &JsValue| {
        get(controller, "abort").unchecked_into::<js_sys::Function>().call0(controller).unwrap();
    };
    abort(&controllers[0]);
    assert_eq!(told(promises.remove(0)).await, "cancelled: cancelled unknown signal");
    assert_eq!((page.requests().length(), page.is_aborted(0), updates.is_pending()), (1, false, true));
    abort(&controllers[1]);
    assert_eq!(told(promises.remove(0)).await, "cancelled: cancelled unknown signal");
    assert!(page.is_aborted(0) && !updates.is_pending());
    assert_eq!(page.told().length(), 0);
    updates.dispose();
}

#[wasm_bindgen_test]
async fn a_signal_that_is_aborted_sends_nothing_and_what_is_none_is_an_outcome() {
    let page = Page::of("", respond(200, "")).await;
    let (updates, stripe, intent) = (page.updates(), stripe(), js("{}"));
    let run = |settings: &str| updates.run_with(&stripe, "change", &intent, &js(settings));
    assert_eq!(told(run("{ signal: AbortSignal.abort() }")).await, "cancelled: cancelled no signal");
    // A polyfill's, which is of no class of the platform.
    let foreign = "{ signal: { aborted: true, addEventListener() {}, removeEventListener() {} } }";
    assert_eq!(told(run(foreign)).await, "cancelled: cancelled no signal");
    let told_of = "error: invalid_intent no signal \"signal\" is no AbortSignal";
    assert_eq!(told(run("{ signal: {} }")).await, told_of);
    assert_eq!((page.requests().length(), updates.is_pending()), (0, false));
    // Once it has settled nobody listens any more.
    let signal = js("Object.assign(new EventTarget(), { aborted: false, heard: [] })");
    let watch = js(
        "(signal) => { for (const name of ['addEventListener', 'removeEventListener']) { const own = signal[name].bind(signal); signal[name] = (...given) => (signal.heard.push(name), own(...given)) } }",
    );
    watch.unchecked_into::<js_sys::Function>().call1(&JsValue::NULL, &signal).unwrap();
    let settings = js_sys::Object::new();
    js_sys::Reflect::set(&settings, &"signal".into(), &signal).unwrap();
    assert_eq!(told(updates.run_with(&stripe, "change", &intent, &settings)).await, "success");
    assert_eq!(show(&get(&signal, "heard")), r#"["addEventListener","removeEventListener"]"#);
}

#[wasm_bindgen_test]
async fn cancel_drops_what_waits_and_leaves_what_runs() {
    let page = Page::open(
        "endpoints: { change: { url: '/change', rules: {}, options: { dedupe: false } }, other: { url: '/other', rules: {} } }",
    )
    .await;
    page.answer(&silent());
    let (updates, stripe) = (page.updates(), stripe());
    let running = page.run(&stripe, "{}");
    let (waiting, other) = (page.run(&stripe, "{}"), updates.run(&stripe, "other", &js("{}")));
    updates.cancel_of("change");
    assert_eq!(told(waiting).await, "cancelled: cancelled no cancelled");
    assert!(updates.is_pending_of("other"));
    updates.cancel();
    assert_eq!(told(other).await, "cancelled: cancelled no cancelled");
    assert!(!page.is_aborted(0) && updates.is_pending_of("change"));
    updates.dispose();
    assert_eq!(told(running).await, "cancelled: cancelled unknown disposed");
}

#[wasm_bindgen_test]
async fn dispose_ends_everything_and_a_later_call_starts_afresh() {
    let page = Page::of("dedupe: false", silent()).await;
    let (updates, stripe) = (page.updates(), stripe());
    let stuck = js("{ id: 'cs_test_a1', runServerUpdate: () => new Promise(() => {}) }");
    let (running, waiting, called) = (page.run(&stripe, "{}"), page.run(&stripe, "{}"), page.call("{}"));
    let refresh = updates.refresh(&stuck);
    updates.dispose();
    assert!(page.is_aborted(0) && page.is_aborted(1) && !updates.is_pending() && !updates.is_stale());
    assert_eq!(told(running).await, "cancelled: cancelled unknown disposed");
    assert_eq!(told(waiting).await, "cancelled: cancelled no disposed");
    assert_eq!(judged(called).await, "cancelled unknown disposed");
    assert_eq!(in_brief(&outcome(refresh).await), "error: cancelled no");
    assert_eq!((page.told().length(), page.counted().as_str()), (0, "0 0 0 0 0 0 {}"));
    updates.dispose();
    page.answer(&respond(200, ""));
    page.answer(&respond(200, ""));
    let first = page.call("{}");
    assert_eq!(told(page.run(&stripe, "{}")).await, "success");
    updates.dispose();
    assert_eq!(judged(first).await, "cancelled unknown disposed");
}

#[wasm_bindgen_test]
async fn dispose_lets_go_of_the_pages_events() {
    // Each listener once, as the browser does. What objects of other tests let go of meanwhile is none of these.
    let watch = "(target) => {
        globalThis.listening ??= [];
        const { addEventListener: add, removeEventListener: remove } = target;
        const find = (kind, listener) =>
            listening.findIndex((one) => one.target === target && one.kind === kind && one.listener === listener);
        target.addEventListener = (kind, listener, ...more) => {
            add.call(target, kind, listener, ...more);
            if (find(kind, listener) < 0) listening.push({ target, kind, listener });
        };
        target.removeEventListener = (kind, listener, ...more) => {
            remove.call(target, kind, listener, ...more);
            const at = find(kind, listener);
            if (at < 0) return;
            listening.splice(at, 1);
            if (kind === 'beforeunload') globalThis.letGo?.();
        };
    }";
    for target in ["window", "document"] {
        js(watch).unchecked_into::<js_sys::Function>().call1(&JsValue::NULL, &js(target)).unwrap();
    }
    let page = Page::of("", respond(200, "")).await;
    let kinds = || js("listening.map((one) => one.kind).sort().join(' ')").as_string().unwrap();
    let (of_page, all) = (
        "online pagehide pageshow resume visibilitychange",
        "beforeunload online pagehide pageshow resume visibilitychange",
    );
    assert_eq!(kinds(), "");
    for _ in 0..2 {
        assert_eq!(judged(page.call("{}")).await, "ok");
        assert_eq!(kinds(), all);
    }
    // Some time after the last update, since Firefox keeps no page for its cache that listens to this.
    ended(js("new Promise((resolve) => (globalThis.letGo = resolve))").unchecked_into()).await.unwrap();
    assert_eq!(kinds(), of_page);
    assert_eq!(judged(page.call("{}")).await, "ok");
    assert_eq!(kinds(), all);
    page.updates().dispose();
    let left = kinds();
    for target in ["window", "document"] {
        js(&format!("[delete {target}.addEventListener, delete {target}.removeEventListener]"));
    }
    assert_eq!(left, "");
}

#[wasm_bindgen_test]
async fn at_most_32_updates_wait_and_none_longer_than_20_seconds() {
    let page = Page::of("dedupe: false", silent()).await;
    let stripe = stripe();
    let mut promises: Vec<_> = (0..34).map(|_| page.run(&stripe, "{}")).collect();
    assert_eq!(told(promises.pop().unwrap()).await.split(' ').take(3).collect::<Vec<_>>(), ["error:", "busy", "no"]);
    assert_eq!(page.told_kinds(), ["busy"]);
    let late = Changed::ahead(20_100.0);
    happen("visible");
    drop(late);
    assert_eq!(told(promises.pop().unwrap()).await, "error: timeout no");
    page.updates().dispose();
}
