//! A page, its server and its Stripe.js, as `page/*.js` makes them.

// The module under test: its class is taken from its JavaScript side, so that arguments cross as they do for a page.
use checkout_updates as _;
use js_sys::{Array, Function, JSON, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// The class of `src/exports.rs`.
    pub type Updates;

    #[wasm_bindgen(method, catch)]
    pub fn request(this: &Updates, name: &str, intent: &JsValue) -> Result<Function, JsValue>;
    #[wasm_bindgen(method)]
    pub fn wrap(this: &Updates, name: &str, own: &JsValue) -> Function;
    #[wasm_bindgen(method)]
    pub fn run(this: &Updates, actions: &JsValue, name: &str, intent: &JsValue) -> Promise;
    #[wasm_bindgen(method, js_name = run)]
    pub fn run_with(this: &Updates, actions: &JsValue, name: &str, intent: &JsValue, settings: &JsValue) -> Promise;
    #[wasm_bindgen(method, js_name = run)]
    pub fn run_function(this: &Updates, actions: &JsValue, update: &JsValue) -> Promise;
    #[wasm_bindgen(method, js_name = run)]
    pub fn run_function_with(this: &Updates, actions: &JsValue, update: &JsValue, settings: &JsValue) -> Promise;
    #[wasm_bindgen(method, catch)]
    pub fn invoke(this: &Updates, update: &Function, settings: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method)]
    pub fn refresh(this: &Updates, actions: &JsValue) -> Promise;
    #[wasm_bindgen(method)]
    pub fn cancel(this: &Updates);
    #[wasm_bindgen(method, js_name = cancel)]
    pub fn cancel_of(this: &Updates, name: &str);
    #[wasm_bindgen(method)]
    pub fn dispose(this: &Updates);
    #[wasm_bindgen(method, js_name = pendingIntent)]
    pub fn pending_intent(this: &Updates, name: &str) -> JsValue;
    #[wasm_bindgen(method, js_name = pendingIntent)]
    pub fn pending_intent_with(this: &Updates, name: &str, values: &JsValue) -> JsValue;
    #[wasm_bindgen(method, js_name = isPending)]
    pub fn is_pending(this: &Updates) -> bool;
    #[wasm_bindgen(method, js_name = isPending)]
    pub fn is_pending_of(this: &Updates, name: &str) -> bool;
    #[wasm_bindgen(method, js_name = isPending)]
    pub fn is_pending_with(this: &Updates, name: &str, values: &JsValue) -> bool;
    #[wasm_bindgen(method, js_name = isStale)]
    pub fn is_stale(this: &Updates) -> bool;
    #[wasm_bindgen(method)]
    pub fn settled(this: &Updates) -> Promise;
    #[wasm_bindgen(method)]
    pub fn subscribe(this: &Updates, listener: &JsValue) -> Function;
    #[wasm_bindgen(method, js_name = getSnapshot)]
    pub fn snapshot(this: &Updates) -> JsValue;
    #[wasm_bindgen(method)]
    pub fn metrics(this: &Updates) -> JsValue;
    #[wasm_bindgen(method, js_name = reportTo)]
    pub fn report_to(this: &Updates, url: &str) -> Function;
    #[wasm_bindgen(method, js_name = reportTo)]
    pub fn report_to_with(this: &Updates, url: &str, settings: &JsValue) -> Function;
    #[wasm_bindgen(method, js_name = hasSent)]
    pub fn has_sent(this: &Updates) -> bool;
    #[wasm_bindgen(method)]
    pub fn note(this: &Updates, failure: &JsValue);
    #[wasm_bindgen(method)]
    pub fn doubt(this: &Updates, actions: &JsValue);
}

#[wasm_bindgen(module = "/tests/browser/page/page.js")]
extern "C" {
    /// A page with one `Updates`, and what its server was sent.
    #[derive(Clone)]
    pub type Page;

    #[wasm_bindgen(js_name = openPage)]
    async fn open_page(options: &JsValue) -> JsValue;
    /// What is thrown where options are wrong.
    pub async fn refusal(options: &JsValue) -> JsValue;
    /// What is written in JavaScript.
    pub fn js(text: &str) -> JsValue;
    fn ahead(ms: f64, both: bool) -> Function;
    #[wasm_bindgen(js_name = replace)]
    fn replace_member(object: &JsValue, name: &str, value: &JsValue) -> Function;
    /// What the browser tells a page.
    pub fn happen(kind: &str);
    #[wasm_bindgen(js_name = pauseOf)]
    pub async fn pause_of(begin: &JsValue) -> JsValue;
    #[wasm_bindgen(js_name = unhandled)]
    pub async fn unhandled(act: &JsValue) -> JsValue;

    #[wasm_bindgen(method, getter)]
    pub fn updates(this: &Page) -> Updates;
    #[wasm_bindgen(method, getter)]
    pub fn requests(this: &Page) -> Array;
    #[wasm_bindgen(method, getter)]
    pub fn told(this: &Page) -> Array;
    #[wasm_bindgen(method)]
    pub fn answer(this: &Page, answer: &JsValue);
    #[wasm_bindgen(method)]
    async fn sent(this: &Page, count: u32);
    #[wasm_bindgen(method)]
    pub fn leave(this: &Page);
}

#[wasm_bindgen(module = "/tests/browser/page/answers.js")]
extern "C" {
    #[wasm_bindgen(js_name = respond)]
    pub fn respond_with(status: u16, text: Option<&str>, headers: &str) -> JsValue;
    #[wasm_bindgen(js_name = respondIn)]
    pub fn respond_in(parts: Array) -> JsValue;
    #[wasm_bindgen(js_name = cutOff)]
    pub fn cut_off(status: u16, part: &str, error: &JsValue) -> JsValue;
    pub fn stuck(status: u16) -> JsValue;
    pub fn never() -> JsValue;
    pub fn endless() -> JsValue;
    pub fn sized(text: &str, length: &str) -> JsValue;
    pub fn mock(status: u16, text: &str) -> JsValue;
    pub fn bare(status: u16) -> JsValue;
    pub fn broken(member: &str, error: &JsValue) -> JsValue;
    pub fn used(text: &str) -> JsValue;
    pub fn rejects(error: &JsValue) -> JsValue;
    pub fn throws(error: &JsValue) -> JsValue;
    pub fn gives(value: &JsValue) -> JsValue;
    pub fn silent() -> JsValue;
    pub fn hostile() -> JsValue;
    async fn read(response: &JsValue) -> JsValue;
    #[wasm_bindgen(js_name = readBytes)]
    async fn read_bytes(response: &JsValue) -> JsValue;
    pub fn fetched(url: &str) -> JsValue;
    #[wasm_bindgen(js_name = headersOf)]
    pub fn headers_of(of: &JsValue) -> String;

    /// An answer that is given when the test says so.
    #[derive(Clone)]
    pub type Later;
    pub fn later(answer: &JsValue) -> Later;
    #[wasm_bindgen(method)]
    pub fn now(this: &Later);

    /// An answer whose body comes as the test says.
    #[derive(Clone)]
    pub type Fed;
    pub fn fed(status: u16) -> Fed;
    #[wasm_bindgen(method)]
    pub fn push(this: &Fed, text: &str);
    #[wasm_bindgen(method)]
    pub fn close(this: &Fed);
}

#[wasm_bindgen(module = "/tests/browser/page/stripe.js")]
extern "C" {
    /// Stripe.js in the shape of a version, and how its first call ends.
    pub fn actions(shape: &str, end: &str) -> JsValue;
    #[wasm_bindgen(js_name = withStatus)]
    pub fn with_status(status: &JsValue) -> JsValue;
}

/// Stripe.js of today, when all goes well.
pub fn stripe() -> JsValue {
    actions("getSession", "success")
}

/// A member of an object.
pub fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).expect("an object")
}

/// A member of a member.
pub fn dig<const N: usize>(object: &JsValue, names: [&str; N]) -> JsValue {
    names.iter().fold(object.clone(), |object, name| get(&object, name))
}

/// The names of an object's members, sorted.
pub fn keys(object: &JsValue) -> Vec<String> {
    let mut names: Vec<_> =
        Object::keys(object.unchecked_ref::<Object>()).iter().map(|name| name.as_string().expect("a name")).collect();
    names.sort();
    names
}

/// A member that is a number.
pub fn number(object: &JsValue, name: &str) -> f64 {
    get(object, name).as_f64().unwrap_or_else(|| panic!("{name} is no number"))
}

/// A member that is a string.
pub fn text(object: &JsValue, name: &str) -> String {
    get(object, name).as_string().unwrap_or_else(|| panic!("{name} is no string"))
}

/// A value as JSON, `undefined` included.
pub fn show(value: &JsValue) -> String {
    JSON::stringify(value).ok().and_then(|text| text.as_string()).unwrap_or_else(|| "undefined".into())
}

/// The message of what a call of `updates` throws; the call is written in JavaScript.
pub fn thrown(updates: &Updates, call: &str) -> String {
    let act = js(&format!("(updates) => {{ try {{ {call} }} catch (error) {{ return error.message; }} }}"));
    let message = act.unchecked_into::<Function>().call1(&JsValue::UNDEFINED, updates).expect("no exception");
    message.as_string().unwrap_or_else(|| panic!("{call} throws nothing"))
}

/// Calls a function without arguments.
pub fn call(function: &JsValue) -> JsValue {
    function.unchecked_ref::<Function>().call0(&JsValue::UNDEFINED).expect("no exception")
}

/// Milliseconds by the clock of the page.
pub fn clock() -> f64 {
    js("performance.now()").as_f64().expect("a number")
}

/// An answer without headers of its own.
pub fn respond(status: u16, text: &str) -> JsValue {
    respond_with(status, Some(text), "{}")
}

/// An answer that lets the next attempt begin at once.
pub fn again(status: u16) -> JsValue {
    respond_with(status, None, r#"{"retry-after":"0"}"#)
}

/// The text of an answer, read by the page that was given it.
pub async fn text_of(response: &JsValue) -> String {
    read(response).await.as_string().expect("a text")
}

/// The bytes of an answer, read by the page that was given it.
pub async fn bytes_of(response: &JsValue) -> Vec<u8> {
    read_bytes(response).await.unchecked_into::<Uint8Array>().to_vec()
}

/// Something that is put right again when this is dropped.
pub struct Changed(Function);

impl Changed {
    /// A laptop that sleeps: the wall clock alone is ahead.
    pub fn asleep(ms: f64) -> Self {
        Self(ahead(ms, false))
    }

    /// Time has passed, and no timer has fired.
    pub fn ahead(ms: f64) -> Self {
        Self(ahead(ms, true))
    }

    /// A member of a global object has this value.
    pub fn member(object: &str, name: &str, value: &JsValue) -> Self {
        Self(replace_member(&js(object), name, value))
    }
}

impl Drop for Changed {
    fn drop(&mut self) {
        call(&self.0);
    }
}

/// What a promise gives.
pub async fn ended(promise: Promise) -> Result<JsValue, JsValue> {
    JsFuture::from(promise).await
}

/// The error that a promise is rejected with.
pub async fn error_of(promise: Promise) -> JsValue {
    ended(promise).await.expect_err("a rejection")
}

/// How a function of `request` or `wrap` ended: `ok`, or the failure in brief.
pub async fn judged(promise: Promise) -> String {
    ended(promise).await.map_or_else(|error| brief(&error), |_| "ok".into())
}

/// The outcome of `run` or `refresh`.
pub async fn outcome(promise: Promise) -> JsValue {
    ended(promise).await.expect("an outcome")
}

/// An outcome in brief: its type and, where there is one, the failure.
pub async fn told(promise: Promise) -> String {
    in_brief(&outcome(promise).await)
}

/// See `told`.
pub fn in_brief(outcome: &JsValue) -> String {
    let error = get(outcome, "error");
    let kind = text(outcome, "type");
    if error.is_undefined() { kind } else { [kind.as_str(), ": ", &brief(&error)].concat() }
}

/// A failure's kind, applied and, where there are any, status, reason, field, and words that are none of our own.
pub fn brief(error: &JsValue) -> String {
    assert_eq!(text(error, "name"), "CheckoutUpdateError", "{error:?}");
    let mut words = vec![text(error, "kind"), text(error, "applied")];
    let status = get(error, "status").as_f64().map(|status| status.to_string());
    words.extend(status);
    words.extend(["reason", "field"].into_iter().filter_map(|name| get(error, name).as_string()));
    let message = text(error, "message");
    if !message.starts_with("Your change was") && !message.starts_with("Your change may not") {
        words.push(message);
    }
    words.extend(get(error, "detail").as_string());
    words.join(" ")
}

impl Page {
    /// A page with these options, written in JavaScript.
    pub async fn open(options: &str) -> Self {
        open_page(&js(&format!("{{ {options} }}"))).await.unchecked_into()
    }

    /// A page with one endpoint, `change`, without fields, and these options of it; its server answers like this.
    pub async fn of(options: &str, answer: JsValue) -> Self {
        let page = Self::open(&endpoint("", options)).await;
        page.answer(&answer);
        page
    }

    /// As `of`, with these rules.
    pub async fn ruled(rules: &str, options: &str, answer: JsValue) -> Self {
        let page = Self::open(&endpoint(rules, options)).await;
        page.answer(&answer);
        page
    }

    /// The function of `request` for `change` with this intent, which is written in JavaScript.
    pub fn request(&self, intent: &str) -> Function {
        self.updates().request("change", &js(intent)).expect("a declared endpoint")
    }

    /// Makes such a function, and calls it.
    pub fn call(&self, intent: &str) -> Promise {
        call(&self.request(intent)).unchecked_into()
    }

    /// Calls a function of `wrap`.
    pub fn wrapped(&self, own: &JsValue) -> Promise {
        call(&self.updates().wrap("own", own)).unchecked_into()
    }

    /// `run` of `change` with this intent.
    pub fn run(&self, actions: &JsValue, intent: &str) -> Promise {
        self.updates().run(actions, "change", &js(intent))
    }

    /// Waits until so many requests were sent.
    pub async fn until_sent(&self, count: u32) {
        self.sent(count).await;
    }

    pub fn url(&self, position: u32) -> String {
        text(&self.requests().get(position), "url")
    }

    /// The `init` of a request, counted from 0.
    pub fn init(&self, position: u32) -> JsValue {
        get(&self.requests().get(position), "init")
    }

    pub fn body(&self, position: u32) -> String {
        text(&self.init(position), "body")
    }

    /// A header of a request.
    pub fn header(&self, position: u32, name: &str) -> Option<String> {
        let headers = headers_of(&self.init(position));
        headers.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).map(str::to_owned)
    }

    pub fn is_aborted(&self, position: u32) -> bool {
        dig(&self.init(position), ["signal", "aborted"]).is_truthy()
    }

    /// The kinds of failures that the page was told of.
    pub fn told_kinds(&self) -> Vec<String> {
        self.told().iter().map(|error| text(&error, "kind")).collect()
    }

    /// What was counted of an endpoint.
    pub fn counts(&self, name: &str) -> JsValue {
        dig(&self.updates().metrics(), ["endpoints", name])
    }

    /// `updates successes retries late joined superseded` of `change`, and the failures by kind.
    pub fn counted(&self) -> String {
        let counts = self.counts("change");
        let numbers = ["updates", "successes", "retries", "late", "joined", "superseded"];
        let numbers = numbers.map(|name| number(&counts, name).to_string());
        format!("{} {}", numbers.join(" "), show(&get(&counts, "failures")))
    }
}

/// Options with `change` as the one endpoint.
pub fn endpoint(rules: &str, options: &str) -> String {
    format!("endpoints: {{ change: {{ url: '/change', rules: {{ {rules} }}, options: {{ {options} }} }} }}")
}
