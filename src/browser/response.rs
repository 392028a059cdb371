//! An answer, by its shape: a mocked, cross-realm or jsdom `Response` is no `web_sys::Response` of this page, and what it
//! lacks is as if it were empty.

use js_sys::{Array, Date, JSON, Uint8Array};
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};

use super::object;
use super::promise::settled;
use crate::answer::{self, Body, COMPLAINING, LONGEST_BODY, Member, SAYING, look};
use crate::failure::words;

#[wasm_bindgen]
extern "C" {
    /// What `fetch`, or a stand-in for it, gave.
    #[derive(Clone)]
    pub type Answer;

    #[wasm_bindgen(method, catch)]
    fn text(this: &Answer) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn json(this: &Answer) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = arrayBuffer)]
    fn array_buffer(this: &Answer) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, catch, js_name = clone)]
    fn copy(this: &Answer) -> Result<Answer, JsValue>;

    type AnswerHeaders;

    #[wasm_bindgen(method, catch)]
    fn get(this: &AnswerHeaders, name: &str) -> Result<JsValue, JsValue>;

    type Stream;

    #[wasm_bindgen(method, catch, js_name = getReader)]
    fn get_reader(this: &Stream) -> Result<Reader, JsValue>;

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

    #[wasm_bindgen(js_name = Response)]
    type OwnResponse;

    /// The answer itself says its status, its status text and its headers.
    #[wasm_bindgen(constructor, catch, js_class = Response)]
    fn new(body: Option<&Uint8Array>, like: &Answer) -> Result<OwnResponse, JsValue>;
}

/// The text that the body has for somebody who was promised it, and what it means.
pub struct Content {
    /// As far as it matters.
    pub body: Body,
    /// The bytes, where they were read as such and so can be put back.
    pub bytes: Option<Uint8Array>,
    /// For `run`: what the JSON is, the text, or `null`.
    pub value: JsValue,
    /// The server's own words, where they can be shown to a customer.
    pub message: JsValue,
    /// Why it could not be read.
    pub cause: JsValue,
}

impl Content {
    fn of(body: Body) -> Self {
        Self { body, bytes: None, value: JsValue::NULL, message: JsValue::UNDEFINED, cause: JsValue::UNDEFINED }
    }
}

impl Answer {
    /// Its status. What is no answer at all, and a redirect that was not followed, has 0.
    pub fn code(&self) -> u16 {
        // `as` takes what is negative, too large or no number to the nearest end.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let status = object::member(self, "status").as_f64().map(|status| status as u16);
        status.unwrap_or_else(|| match object::member(self, "ok").as_bool() {
            // A stand-in that has no status.
            Some(ok) => {
                if ok {
                    200
                } else {
                    400
                }
            }
            None => 0,
        })
    }

    /// Whether it is a failed answer of HTTP.
    pub fn is_failed(&self) -> bool {
        object::member(self, "ok") == JsValue::FALSE && object::member(self, "status").as_f64().is_some()
    }

    fn header(&self, name: &str) -> JsValue {
        object::member(self, "headers").unchecked_into::<AnswerHeaders>().get(name).unwrap_or_default()
    }

    /// What the server calls this request, for its log.
    pub fn request_id(&self) -> JsValue {
        Some(self.header("request-id")).filter(JsValue::is_string).unwrap_or_else(|| self.header("x-request-id"))
    }

    /// Milliseconds that `Retry-After` asks for (RFC 9110, section 10.2.3).
    pub fn retry_after(&self) -> Option<f64> {
        let text = self.header("retry-after").as_string()?;
        let ms = number(&text).map_or_else(|| Date::parse(&text) - Date::now(), |seconds| seconds * 1_000.0);
        // A date that is none is not a number.
        if ms.is_nan() { None } else { Some(if ms > 0.0 { ms } else { 0.0 }) }
    }

    /// A copy that can be read, since the page may have kept the answer to read it itself.
    pub fn for_reading(&self) -> Self {
        self.copy().ok().filter(|copy| copy.is_object()).unwrap_or_else(|| self.clone())
    }

    /// Reads the body once, and no further than it can matter.
    pub async fn content(&self, status: u16) -> Content {
        if status == 0 || status == 204 {
            return Content::of(Body::Empty);
        }
        match self.bytes().await {
            Ok(Some(bytes)) => understand(object::text(&bytes).into(), Some(bytes)),
            Ok(None) => Content::of(Body::TooLong),
            Err(Some(cause)) => Content { cause, ..Content::of(Body::CutOff) },
            // A stand-in without streams, or an answer without a body.
            Err(None) => self.content_by_text().await,
        }
    }

    /// The bytes; `None` if there are too many, and no cause where it cannot be read as a stream.
    async fn bytes(&self) -> Result<Option<Uint8Array>, Option<JsValue>> {
        let stream: Stream = object::member(self, "body").unchecked_into();
        if self.is_short() {
            // One read of the whole: to cancel a stream that has ended looks like a failure in developers' tools.
            if let Ok(buffer) = self.array_buffer() {
                return bytes_of(&settled(Ok(buffer)).await.map_err(Some)?).map(Some).map_err(Some);
            }
        }
        let reader = stream.get_reader().map_err(|_| None)?;
        if !reader.is_object() {
            return Err(None);
        }
        let mut bytes = Vec::new();
        loop {
            let chunk = settled(reader.read()).await.map_err(Some)?;
            if object::member(&chunk, "done").is_truthy() {
                return Ok(Some(Uint8Array::from(&*bytes)));
            }
            let value = object::get(&chunk, &"value".into()).map_err(Some)?;
            if !is_view(&value).unwrap_or_default() {
                return Ok(None);
            }
            let more = bytes_of(&value).map_err(Some)?;
            if bytes.len() + more.length() as usize > LONGEST_BODY {
                return Ok(None);
            }
            bytes.extend(more.to_vec());
        }
    }

    /// Whether it says that it is short, and is as long as it says.
    fn is_short(&self) -> bool {
        let length = self.header("content-length").as_string().and_then(|text| number(&text));
        length.is_some_and(|length| length <= LONGEST_BODY as f64) && !self.header("content-encoding").is_string()
    }

    async fn content_by_text(&self) -> Content {
        let copy = self.for_reading();
        if !object::member(&copy, "text").is_function() {
            if !object::member(&copy, "json").is_function() {
                return Content::of(Body::Empty);
            }
            return match settled(copy.json()).await {
                Ok(value) => said(&value, Content::of(Body::Json)),
                Err(cause) => Content { cause, ..Content::of(Body::Broken) },
            };
        }
        match settled(copy.text()).await {
            Ok(text) => understand(text, None),
            Err(cause) => Content { cause, ..Content::of(Body::CutOff) },
        }
    }

    /// The content of the answer of something thrown: axios and ofetch have read it, ky has not.
    pub async fn content_or_data(&self, thrown: &JsValue, status: u16) -> Content {
        let data = [object::member(self, "data"), object::member(thrown, "data")].into_iter().find(JsValue::is_object);
        match data {
            Some(data) => said(&data, Content::of(Body::Json)),
            None if object::member(self, "bodyUsed").is_truthy() => Content::of(Body::Empty),
            None => self.content(status).await,
        }
    }

    /// An answer like this one, with these bytes as a body that is still to be read.
    pub fn refilled(&self, bytes: &Uint8Array) -> JsValue {
        // A body that is not null is forbidden for some statuses, as 205.
        let body = if bytes.length() == 0 { None } else { Some(bytes) };
        match OwnResponse::new(body, self) {
            Ok(response) => {
                object::define(&response, "url", &object::member(self, "url"));
                response.into()
            }
            Err(_) => self.into(),
        }
    }
}

/// The number that a header is, if it is one of digits alone.
fn number(text: &str) -> Option<f64> {
    let digits = text.trim_ascii().as_bytes();
    let add = |sum, digit: &u8| digit.is_ascii_digit().then(|| sum * 10.0 + f64::from(digit - b'0'));
    if digits.is_empty() { None } else { digits.iter().try_fold(0.0, add) }
}

fn bytes_of(value: &JsValue) -> Result<Uint8Array, JsValue> {
    Ok(Bytes::new(value)?.unchecked_into())
}

fn understand(given: JsValue, bytes: Option<Uint8Array>) -> Content {
    let text = given.as_string().unwrap_or_default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if text.len() > LONGEST_BODY {
        return Content::of(Body::TooLong);
    }
    let body = look(text.as_bytes());
    let content = Content { bytes, ..Content::of(body) };
    match body {
        Body::Text => Content { value: JsValue::from_str(text), ..content },
        Body::Json => match JSON::parse(text) {
            Ok(value) => said(&value, content),
            Err(cause) => Content { body: Body::Broken, cause, ..content },
        },
        _ => content,
    }
}

/// What a record says: whether no, and in which words.
fn said(value: &JsValue, content: Content) -> Content {
    let read = |name: &str| {
        let member = object::member(value, name);
        let text = member.as_string();
        (member, text)
    };
    let (saying, complaining) = (SAYING.map(read), COMPLAINING.map(read));
    let body = if Array::is_array(value) {
        Body::Json
    } else {
        answer::says(saying.each_ref().map(as_member), complaining.each_ref().map(as_member))
    };
    let [(error, error_text), _] = complaining;
    let error_message = object::member(&error, "message").as_string();
    let (message, detail) = (read("message").1, read("detail").1);
    let found = words([message.as_deref(), error_text.as_deref(), error_message.as_deref(), detail.as_deref()]);
    let message = found.map_or(JsValue::UNDEFINED, Into::into);
    Content { body, value: value.clone(), message, ..content }
}

/// A member as far as it says how an update went.
fn as_member((value, text): &(JsValue, Option<String>)) -> Member<'_> {
    let is_empty = || object::keys(value).is_ok_and(|keys| keys.length() == 0);
    match (text, value.as_bool()) {
        (Some(text), _) => Member::Text(text),
        (None, Some(flag)) => Member::Flag(flag),
        _ if value.is_undefined() => Member::Missing,
        _ if value.is_null() => Member::Null,
        _ if value.is_object() && is_empty() => Member::Empty,
        _ => Member::Other,
    }
}
