//! An answer, by its shape: a mocked, cross-realm or jsdom `Response` is no `web_sys::Response` of this page, and what it
//! lacks is as if it were empty.

use std::cell::RefCell;

use js_sys::{Array, Date, JSON, Uint8Array};
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};

use super::promise::resolve;
use super::read::{self, name};
use crate::answer::{Body, BodyContent, Json, LONGEST_BODY, Parsed};

#[wasm_bindgen]
extern "C" {
    /// What `fetch`, or a stand-in for it, returned.
    #[derive(Clone)]
    pub type Response;

    #[wasm_bindgen(method, catch)]
    fn text(this: &Response) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn json(this: &Response) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = arrayBuffer)]
    fn array_buffer(this: &Response) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = clone)]
    fn copy(this: &Response) -> Result<Response, JsValue>;

    type Reader;

    #[wasm_bindgen(method, catch)]
    fn read(this: &Reader) -> Result<JsValue, JsValue>;

    /// Bytes from whatever has them; a detached buffer throws.
    #[wasm_bindgen(js_name = Uint8Array)]
    type Bytes;

    #[wasm_bindgen(constructor, catch, js_class = Uint8Array)]
    fn new(of: &JsValue) -> Result<Bytes, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ArrayBuffer, js_name = isView)]
    fn is_view(value: &JsValue) -> Result<bool, JsValue>;
}

#[wasm_bindgen(module = "/src/browser/read.js")]
extern "C" {
    fn shape(json: &JsValue) -> i32;

    fn members(object: &JsValue) -> Array;

    #[wasm_bindgen(js_name = headerOf)]
    fn header_of(response: &Response, name: &str) -> Option<String>;

    #[wasm_bindgen(js_name = readerOf)]
    fn reader_of(response: &Response) -> Option<Reader>;
}

#[wasm_bindgen(module = "/src/browser/platform.js")]
extern "C" {
    fn decode(bytes: &Uint8Array) -> String;

    fn refill(like: &Response, bytes: Option<&Uint8Array>) -> JsValue;
}

/// A value that `JSON.parse` returned.
#[derive(Debug)]
pub struct Parsing(JsValue);

impl Parsed for Parsing {
    fn view(&self) -> Json<Self> {
        let json = &self.0;
        match shape(json) {
            0 => {
                let list = members(json);
                let count = list.length();
                let mut pairs = Vec::new();
                let mut position = 0;
                // Names and values by turns.
                while position < count {
                    pairs.extend(list.get(position).as_string().map(|name| (name, Self(list.get(position + 1)))));
                    position += 2;
                }
                Json::Object(pairs)
            }
            1 => Json::Flag(json.is_truthy()),
            2 => Json::Number(json.as_f64().unwrap_or_default()),
            3 => Json::Text(json.as_string().unwrap_or_default()),
            4 => {
                let mut values = Vec::new();
                for value in json.unchecked_ref::<Array>().iter() {
                    values.push(Self(value));
                }
                Json::List(values)
            }
            _ => Json::Null,
        }
    }
}

/// What was read of a body.
#[derive(Debug)]
pub struct ReadBody {
    /// What it says.
    pub content: BodyContent<Parsing>,
    /// The bytes, where they were read as such and so can be put back.
    pub bytes: Option<Uint8Array>,
    /// For `run`: what the JSON is, the text, or `null`.
    pub value: JsValue,
    /// Why it could not be read.
    pub cause: JsValue,
}

impl ReadBody {
    fn of(content: BodyContent<Parsing>) -> Self {
        let value = content.value.as_ref().map_or(JsValue::NULL, |json| json.0.clone());
        Self { content, bytes: None, value, cause: JsValue::UNDEFINED }
    }

    fn body(body: Body) -> Self {
        Self::of(BodyContent::of(body))
    }

    fn failed(body: Body, cause: JsValue) -> Self {
        Self { cause, ..Self::body(body) }
    }

    fn text(status: u16, text: &str, bytes: Option<Uint8Array>) -> Self {
        let thrown = RefCell::default();
        let parse = |text: &str| JSON::parse(text).map(Parsing).map_err(|error| thrown.replace(error)).ok();
        let mut read = Self::of(BodyContent::of_text(status, text, &parse));
        if read.content.body == Body::Broken {
            read.cause = thrown.into_inner();
        }
        let is_text = read.content.value.is_none() && !matches!(read.content.body, Body::Empty | Body::TooLong);
        let value = if is_text { JsValue::from_str(text.strip_prefix('\u{feff}').unwrap_or(text)) } else { read.value };
        Self { bytes, value, ..read }
    }

    fn json(status: u16, value: JsValue) -> Self {
        let parse = |text: &str| JSON::parse(text).map(Parsing).ok();
        Self::of(BodyContent::of_json(status, Parsing(value), &parse))
    }
}

/// What the server calls a request, for its log.
pub fn request_id(response: &JsValue) -> Option<String> {
    let response = response.unchecked_ref::<Response>();
    response.header("request-id").or_else(|| response.header("x-request-id"))
}

/// The answer that something thrown is, or has: with a status of HTTP.
pub fn of_thrown(thrown: &JsValue) -> Option<Response> {
    let response = name::RESPONSE.with(|name| read::value(thrown, name));
    let candidates = [response, thrown.clone()].map(JsCast::unchecked_into::<Response>);
    candidates.into_iter().find(|candidate| candidate.code() >= 100)
}

impl Response {
    /// Its status. What is no answer at all, and a redirect that was not followed, has 0; a stand-in without a status has its
    /// `ok`.
    pub fn code(&self) -> u16 {
        // `as` takes what is negative, too large or no number to the nearest end.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let status = name::STATUS.with(|name| read::number(self, name)).map(|status| status as u16);
        status.unwrap_or_else(|| match name::OK.with(|name| read::flag(self, name)) {
            Some(true) => 200,
            Some(false) => 400,
            None => 0,
        })
    }

    /// Whether it is a failed answer of HTTP.
    pub fn is_failed(&self) -> bool {
        name::OK.with(|name| read::flag(self, name)) == Some(false)
            && name::STATUS.with(|name| read::number(self, name)).is_some()
    }

    fn header(&self, header: &str) -> Option<String> {
        header_of(self, header)
    }

    /// Milliseconds that `Retry-After` asks for (RFC 9110, section 10.2.3).
    pub fn retry_after(&self) -> Option<f64> {
        let text = self.header("retry-after")?;
        let ms = whole(&text).map_or_else(|| Date::parse(&text) - Date::now(), |seconds| seconds * 1_000.0);
        // A date that is none is not a number.
        if ms.is_nan() { None } else { Some(if ms > 0.0 { ms } else { 0.0 }) }
    }

    /// A copy that can be read, since the page may have kept the answer to read it itself.
    fn for_reading(&self) -> Self {
        self.copy().ok().filter(|copy| copy.is_object()).unwrap_or_else(|| self.clone())
    }

    /// Reads the body once, and no further than it can matter. `page_keeps_body` is set where the page reads it too.
    pub async fn read_body(&self, status: u16, page_keeps_body: bool) -> ReadBody {
        if status == 0 || status == 204 {
            return ReadBody::body(Body::Empty);
        }
        // What a wrapper of `fetch` has read or cancelled looks as if it were empty.
        if name::BODY_USED.with(|name| read::is_truthy(self, name)) {
            return ReadBody::body(Body::Taken);
        }
        let own = if page_keeps_body { self.for_reading() } else { self.clone() };
        match own.bytes().await {
            Ok(Some(bytes)) => ReadBody::text(status, &decode(&bytes), Some(bytes)),
            Ok(None) => ReadBody::body(Body::TooLong),
            Err(Some(cause)) => ReadBody::failed(Body::CutOff, cause),
            // A stand-in without streams, or an answer without a body.
            Err(None) => own.read_stand_in(status).await,
        }
    }

    /// The bytes; `None` if there are too many, and no cause where it cannot be read as a stream.
    async fn bytes(&self) -> Result<Option<Uint8Array>, Option<JsValue>> {
        if self.is_short() {
            // One read of the whole: to cancel a stream that has ended looks like a failure in developers' tools.
            if let Ok(buffer) = self.array_buffer() {
                return bytes_of(&resolve(Ok(buffer)).await.map_err(Some)?).map(Some).map_err(Some);
            }
        }
        let Some(reader) = reader_of(self) else { return Err(None) };
        let (mut chunks, mut length) = (Vec::new(), 0);
        loop {
            let chunk = resolve(reader.read()).await.map_err(Some)?;
            if name::DONE.with(|name| read::is_truthy(&chunk, name)) {
                return Ok(Some(joined(chunks, length)));
            }
            let value = name::VALUE.with(|name| read::get(&chunk, name)).map_err(Some)?;
            if !is_view(&value).unwrap_or_default() {
                return Ok(None);
            }
            let bytes = bytes_of(&value).map_err(Some)?;
            length += bytes.length();
            if length as usize > LONGEST_BODY {
                return Ok(None);
            }
            chunks.push(bytes);
        }
    }

    /// Whether it says that it is short, and is as long as it says: across origins its encoding is hidden.
    fn is_short(&self) -> bool {
        let length = self.header("content-length").and_then(|text| whole(&text));
        length.is_some_and(|length| length <= LONGEST_BODY as f64)
            && self.header("content-encoding").is_none()
            && name::TYPE.with(|name| read::text(self, name)).as_deref() != Some("cors")
    }

    /// Reads what has no stream: by `text`, else by `json`, else by its `data`.
    async fn read_stand_in(&self, status: u16) -> ReadBody {
        if read::has_method(self, &"text".into()) {
            return match resolve(self.text()).await {
                Ok(text) => ReadBody::text(status, &text.as_string().unwrap_or_default(), None),
                Err(cause) => ReadBody::failed(Body::CutOff, cause),
            };
        }
        if read::has_method(self, &"json".into()) {
            return match resolve(self.json()).await {
                Ok(value) => ReadBody::json(status, value),
                Err(cause) => ReadBody::failed(Body::Broken, cause),
            };
        }
        let data = name::DATA.with(|name| read::value(self, name));
        match data.as_string() {
            Some(text) => ReadBody::text(status, &text, None),
            None if data.is_object() => ReadBody::json(status, data),
            None => ReadBody::body(Body::Empty),
        }
    }

    /// The content of the answer of something thrown. axios, ofetch, superagent, wretch, jQuery and Angular have read it, ky has
    /// not.
    pub async fn read_thrown(&self, thrown: &JsValue, status: u16) -> ReadBody {
        let is_stream = |value: &JsValue| read::has_method(value, &"getReader".into());
        let places = [
            (self.as_ref(), "data"),
            (thrown, "data"),
            (self.as_ref(), "body"),
            (thrown, "responseJSON"),
            (thrown, "json"),
            (thrown, "error"),
        ];
        let members = places.into_iter().map(|(object, name): (&JsValue, &str)| read::value(object, &name.into()));
        let mut data = members.filter(|value| value.is_object() && !value.is_function() && !is_stream(value));
        match data.next() {
            Some(data) => ReadBody::json(status, data),
            None if name::BODY_USED.with(|name| read::is_truthy(self, name)) => ReadBody::body(Body::Empty),
            None => self.read_body(status, false).await,
        }
    }

    /// An answer like this one, with these bytes as a body that is still to be read.
    pub fn refilled(&self, bytes: &Uint8Array) -> JsValue {
        // A body that is not null is forbidden for some statuses, as 205.
        refill(self, (bytes.length() > 0).then_some(bytes))
    }
}

/// The whole number that a header is, if it is one of digits alone.
fn whole(text: &str) -> Option<f64> {
    let digits = text.trim_ascii().as_bytes();
    let add = |sum, digit: &u8| digit.is_ascii_digit().then(|| sum * 10.0 + f64::from(digit - b'0'));
    if digits.is_empty() { None } else { digits.iter().try_fold(0.0, add) }
}

/// The bytes of these chunks, which have this length.
fn joined(mut chunks: Vec<Uint8Array>, length: u32) -> Uint8Array {
    if chunks.len() == 1
        && let Some(chunk) = chunks.pop()
    {
        return chunk;
    }
    let bytes = Uint8Array::new_with_length(length);
    let mut offset = 0;
    for chunk in chunks {
        bytes.set(&chunk, offset);
        offset += chunk.length();
    }
    bytes
}

fn bytes_of(value: &JsValue) -> Result<Uint8Array, JsValue> {
    Ok(Bytes::new(value)?.unchecked_into())
}
