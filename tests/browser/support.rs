//! A page, its server and its Stripe.js, as `page/*.js` makes them.

// The module under test; nothing of its Rust side is called.
use checkout_updates as _;
use js_sys::{Array, Function, JSON, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

#[wasm_bindgen(module = "/tests/browser/page/page.js")]
extern "C" {
    /// What the facade does for the module, recorded.
    #[derive(Clone)]
    pub type Page;

    #[wasm_bindgen(js_name = openPage)]
    async fn open_page(session_field: &str, csrf_header: &str) -> JsValue;
    async fn taken() -> JsValue;
    fn sleep(ms: f64) -> Function;

    #[wasm_bindgen(method)]
    pub fn during(this: &Page, name: &str, act: JsValue);
    #[wasm_bindgen(method)]
    pub fn answer(this: &Page, answer: JsValue);
    #[wasm_bindgen(method)]
    pub fn token(this: &Page, token: JsValue);
    #[wasm_bindgen(method, js_name = endpoint)]
    fn declare(this: &Page, name: &str, options: JsValue);
    #[wasm_bindgen(method, js_name = field)]
    fn declare_field(this: &Page, name: &str, kind: &str, options: JsValue);
    #[wasm_bindgen(method, js_name = call)]
    fn call_with(this: &Page, asked: &JsValue) -> u32;
    #[wasm_bindgen(method, js_name = run)]
    fn run_with(this: &Page, actions: &JsValue, asked: &JsValue) -> u32;
    #[wasm_bindgen(method)]
    pub fn refresh(this: &Page, actions: &JsValue) -> u32;
    #[wasm_bindgen(method, js_name = ended)]
    async fn until_ended(this: &Page, id: u32) -> JsValue;
    #[wasm_bindgen(method, js_name = settled)]
    async fn until_settled(this: &Page, id: u32) -> JsValue;
    #[wasm_bindgen(method)]
    async fn paused(this: &Page) -> JsValue;
    #[wasm_bindgen(method)]
    pub fn clear(this: &Page);
    #[wasm_bindgen(method)]
    pub fn counter(this: &Page, endpoint: u32, name: &str) -> f64;
    #[wasm_bindgen(method)]
    async fn sent(this: &Page, count: u32);
    #[wasm_bindgen(method)]
    pub fn note(this: &Page, endpoint: u32, kind: &str, duration: f64);
    #[wasm_bindgen(method)]
    pub fn detach(this: &Page, id: u32);
    #[wasm_bindgen(method)]
    pub fn cancel(this: &Page, endpoint: Option<u32>);
    #[wasm_bindgen(method)]
    pub fn dispose(this: &Page);
    #[wasm_bindgen(method)]
    pub fn doubt(this: &Page, actions: &JsValue);
    #[wasm_bindgen(method)]
    pub fn event(this: &Page, event: u8);
    #[wasm_bindgen(method)]
    pub fn close(this: &Page);
    #[wasm_bindgen(method)]
    pub fn leave(this: &Page);
    #[wasm_bindgen(method, getter)]
    pub fn handle(this: &Page) -> u32;
    #[wasm_bindgen(method, getter)]
    pub fn requests(this: &Page) -> Array;
    #[wasm_bindgen(method, getter)]
    pub fn counted(this: &Page) -> Array;
    #[wasm_bindgen(method, getter)]
    pub fn measured(this: &Page) -> Array;
    #[wasm_bindgen(method, getter)]
    pub fn stale(this: &Page) -> Array;
    #[wasm_bindgen(method, getter)]
    pub fn wakes(this: &Page) -> Array;
    #[wasm_bindgen(method, getter)]
    pub fn forgotten(this: &Page) -> Array;
    #[wasm_bindgen(method, getter)]
    pub fn entered(this: &Page) -> u32;
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
    pub fn actions(shape: &str, end: &str) -> JsValue;
    #[wasm_bindgen(js_name = withStatus)]
    pub fn with_status(status: &JsValue) -> JsValue;
    pub fn without() -> JsValue;
    pub fn unreadable() -> JsValue;
}

/// A record, from JSON.
pub fn json(text: &str) -> JsValue {
    JSON::parse(text).expect("JSON")
}

/// A record from JSON, with one more member.
pub fn json_with(text: &str, name: &str, value: impl Into<JsValue>) -> JsValue {
    with(json(text), name, value)
}

/// The same record, with one more member.
pub fn with(record: JsValue, name: &str, value: impl Into<JsValue>) -> JsValue {
    Reflect::set(&record, &name.into(), &value.into()).expect("an object");
    record
}

/// A member of an object.
pub fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).expect("an object")
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

/// An answer without headers of its own.
pub fn respond(status: u16, text: &str) -> JsValue {
    respond_with(status, Some(text), "{}")
}

/// The text of an answer, read by the page that was given it.
pub async fn text_of(response: &JsValue) -> String {
    read(response).await.as_string().expect("a text")
}

/// The bytes of an answer, read by the page that was given it.
pub async fn bytes_of(response: &JsValue) -> Vec<u8> {
    read_bytes(response).await.unchecked_into::<Uint8Array>().to_vec()
}

/// How many references the module holds, and the bytes of memory that it has taken.
pub async fn references_and_memory() -> (f64, f64) {
    let taken = Array::from(&taken().await);
    (taken.get(0).as_f64().expect("a number"), taken.get(1).as_f64().expect("a number"))
}

/// A laptop that sleeps: the wall clock is ahead until this is dropped.
pub struct Sleep(Function);

impl Sleep {
    pub fn of(ms: f64) -> Self {
        Self(sleep(ms))
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.0.call0(&JsValue::UNDEFINED).expect("a clock");
    }
}

/// How a function, or a caller, was settled.
pub struct Settled {
    pub ok: bool,
    /// The answer, the body or the error.
    pub value: JsValue,
    pub session: JsValue,
}

impl Settled {
    fn of(value: &JsValue) -> Self {
        Self { ok: get(value, "ok").is_truthy(), value: get(value, "value"), session: get(value, "session") }
    }

    /// `ok`, or the failure's kind, applied and, where there are any, status, message, reason and field.
    pub fn brief(&self) -> String {
        if self.ok { "ok".into() } else { brief(&self.value) }
    }

    pub fn cause(&self) -> JsValue {
        get(&self.value, "cause")
    }
}

/// A failure's kind, applied and, where there are any, status, message, reason and field.
pub fn brief(error: &JsValue) -> String {
    let mut words = vec![text(error, "kind"), text(error, "applied")];
    if number(error, "status") > 0.0 {
        words.push(number(error, "status").to_string());
    }
    for name in ["message", "reason", "field"] {
        if !text(error, name).is_empty() {
            words.push(text(error, name));
        }
    }
    words.join(" ")
}

impl Page {
    /// A page without endpoints.
    pub async fn open() -> Self {
        Self::open_with("checkout_session_id", "").await
    }

    pub async fn open_with(session_field: &str, csrf_header: &str) -> Self {
        open_page(session_field, csrf_header).await.unchecked_into()
    }

    /// A page with one endpoint without fields, whose server answers like this.
    pub async fn of(options: &str, answer: JsValue) -> Self {
        let page = Self::open().await;
        page.endpoint("change", options);
        page.answer(answer);
        page
    }

    pub fn endpoint(&self, name: &str, options: &str) {
        self.declare(name, json(options));
    }

    pub fn field(&self, name: &str, kind: &str, options: &str) {
        self.declare_field(name, kind, json(options));
    }

    /// Calls a function of `request`.
    pub fn call(&self, asked: &str) -> u32 {
        self.call_with(&json(asked))
    }

    pub async fn ended(&self, id: u32) -> Settled {
        Settled::of(&self.until_ended(id).await)
    }

    pub async fn settled(&self, id: u32) -> Settled {
        Settled::of(&self.until_settled(id).await)
    }

    /// Waits until so many requests were sent.
    pub async fn until_sent(&self, count: u32) {
        self.sent(count).await;
    }

    /// The counters of an endpoint by these names.
    pub fn counters<const N: usize>(&self, endpoint: u32, names: [&str; N]) -> [f64; N] {
        names.map(|name| self.counter(endpoint, name))
    }

    /// Milliseconds until the next attempt of the update under way; `None` if there is none. For a limit of 20 s.
    pub async fn pause(&self) -> Option<f64> {
        self.paused().await.as_f64()
    }

    /// Calls a function of `request`, to its end.
    pub async fn request(&self, asked: &JsValue) -> Settled {
        self.ended(self.call_with(asked)).await
    }

    /// `run`, to its outcome.
    pub async fn run(&self, actions: &JsValue, asked: &str) -> Settled {
        self.settled(self.start(actions, asked)).await
    }

    /// `run`; gives the caller's number.
    pub fn start(&self, actions: &JsValue, asked: &str) -> u32 {
        self.run_with(actions, &json(asked))
    }

    /// Runs a function of `wrap`; gives the caller's number.
    pub fn start_own(&self, actions: &JsValue, work: &JsValue) -> u32 {
        self.run_with(actions, &json_with("{}", "work", work))
    }

    /// Calls a function of `wrap`.
    pub fn wrapped(&self, work: &JsValue) -> u32 {
        self.call_with(&json_with("{}", "work", work))
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
        let headers = self.headers(position);
        headers.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).map(str::to_owned)
    }

    pub fn headers(&self, position: u32) -> String {
        headers_of(&self.init(position))
    }

    pub fn is_aborted(&self, position: u32) -> bool {
        get(&get(&self.init(position), "signal"), "aborted").is_truthy()
    }

    /// The kinds of failures that the page was told of.
    pub fn counted_kinds(&self) -> Vec<String> {
        self.counted().iter().map(|error| text(&error, "kind")).collect()
    }

    /// When the host was last told to look at the clock, in milliseconds.
    pub fn last_wake(&self) -> f64 {
        self.wakes().at(-1).as_f64().expect("a wake")
    }
}
