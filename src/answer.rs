//! What an answer of the server means: the status decides first, then the body.
//!
//! What a body is read by is the caller's: a browser has `JSON.parse`, a test has `serde_json`. Here is what it says, the
//! table of `docs/failures.md`.

use crate::code::{code, is_closed};
use crate::failure::{Applied, Kind};
use crate::message::{is_for_customers, message};

/// The most bytes of a body that are read.
pub const LONGEST_BODY: usize = 64 * 1024;

/// The most characters of a text that can be a yes.
const LONGEST_YES: usize = 64;

/// The members of an object that say how an update went: each is asked only where those before it did not decide.
const STATUS_FIELDS: [&str; 5] = ["type", "success", "ok", "status", "result"];

/// The members that say what went wrong, and so that something did; they are asked where no status decided.
const ERROR_FIELDS: [&str; 4] = ["error", "errors", "errorMessage", "userErrors"];

/// Words that say no.
const NO: [&str; 8] = ["error", "fail", "failed", "failure", "declined", "denied", "rejected", "ko"];

/// Words that say no in a text, too.
const NO_IN_TEXT: [&str; 5] = ["false", "fatal", "warning", "exception", "invalid"];

/// A body, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// Nothing, or white space.
    Empty,
    /// JSON that does not say no.
    Json,
    /// A text that is plainly a yes, such as the `OK` of Express.
    Text,
    /// It says no.
    Refusal,
    /// It says no, and that the session is no longer open.
    Closed,
    /// It starts like JSON and is none, or is a text that may mean anything.
    Broken,
    /// A page: a log-in, a portal, an error of a proxy.
    Page,
    /// More than [`LONGEST_BODY`].
    TooLong,
    /// Somebody else has read it, cancelled it or holds it.
    Taken,
    /// The connection ended before the body did.
    CutOff,
}

/// A value of JSON, one level deep. `J` is what the caller's parser makes of the values inside.
#[derive(Clone, Debug, PartialEq)]
pub enum Json<J> {
    /// `null`, and what is no value of JSON.
    Null,
    /// `true` or `false`.
    Flag(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<J>),
    /// An object: its own members, in their order.
    Object(Vec<(String, J)>),
}

/// What a parser of JSON gives.
pub trait Parsed: Sized {
    /// This value, one level deep. Own members only: a page can add inherited ones.
    fn view(&self) -> Json<Self>;
}

/// A parser of JSON: `None` for what is none.
pub type Parse<'a, J> = &'a dyn Fn(&str) -> Option<J>;

/// What a body says.
#[derive(Debug)]
pub struct BodyContent<J> {
    /// As far as it matters for the judgement.
    pub body: Body,
    /// What it is as JSON.
    pub value: Option<J>,
    /// The server's own words, where a customer may read them after this failure.
    pub message: Option<String>,
    /// The server's own words for the page's author, where a customer may not read them.
    pub detail: Option<String>,
    /// The server's own word for why it refused.
    pub code: Option<String>,
}

impl<J> BodyContent<J> {
    /// One that says nothing more.
    #[must_use]
    pub fn of(body: Body) -> Self {
        Self { body, value: None, message: None, detail: None, code: None }
    }
}

impl<J: Parsed> BodyContent<J> {
    /// Reads the text of a body. Its content type does not matter: PHP and Flask send JSON as `text/html`.
    #[must_use]
    pub fn of_text(status: u16, text: &str, parse: Parse<J>) -> Self {
        if text.len() > LONGEST_BODY {
            return Self::of(Body::TooLong);
        }
        let text = trim(text);
        match text.as_bytes() {
            [] => Self::of(Body::Empty),
            [b'<', ..] => Self::of(Body::Page),
            // What a text starts with is looked at first: in a browser, to parse what is none throws an error, which is dear.
            [first, ..] => match Some(text).filter(|_| starts_json(*first)).and_then(parse) {
                Some(value) => Self::of_json(status, value, parse),
                None if matches!(first, b'{' | b'[') => Self::of(Body::Broken),
                None => Self::of(plain(text)),
            },
        }
    }

    /// Reads a body that was parsed by somebody else, such as the `json()` of a stand-in or the `data` of axios.
    #[must_use]
    pub fn of_json(status: u16, value: J, parse: Parse<J>) -> Self {
        let (body, members) = sniff(value.view(), Some(parse));
        let mut content = Self { value: Some(value), ..Self::of(body) };
        if judge(status, body).is_err() {
            content.read_reason(status, &members);
        }
        content
    }

    /// Reads why it failed.
    fn read_reason(&mut self, status: u16, members: &[(String, J)]) {
        let (error, inner) = match named(members, "error").map(Parsed::view).next() {
            Some(Json::Text(text)) => (Some(text), Vec::new()),
            Some(Json::Object(inner)) => (None, inner),
            _ => (None, Vec::new()),
        };
        let of_error = |name: &str| text(&inner, name);
        self.code =
            code([text(members, "code").as_deref(), of_error("code").as_deref(), error.as_deref()]).map(str::to_owned);
        if self.code.as_deref().is_some_and(is_closed) {
            self.body = Body::Closed;
        }
        let documented = text(members, "type").is_some_and(|word| word == "error");
        let shows = judge(status, self.body).is_err_and(Kind::shows_servers_words);
        let [first, third, fourth] = [text(members, "message"), of_error("message"), text(members, "detail")];
        let words = message([first.as_deref(), error.as_deref(), third.as_deref(), fourth.as_deref()]);
        let words = words.map(str::to_owned);
        if shows && is_for_customers(status, documented) {
            self.message = words;
        } else {
            self.detail = words;
        }
    }
}

/// A text without the byte order mark in front, and without what surrounds a value of JSON.
fn trim(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text).trim_ascii()
}

fn starts_json(first: u8) -> bool {
    matches!(first, b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n')
}

/// What a value of JSON says, and the members that say it. A string that holds JSON is read once, with `parse`.
fn sniff<J: Parsed>(value: Json<J>, parse: Option<Parse<J>>) -> (Body, Vec<(String, J)>) {
    match value {
        Json::Null | Json::Flag(true) => (Body::Json, Vec::new()),
        Json::Flag(false) => (Body::Refusal, Vec::new()),
        // WordPress answers so.
        Json::Number(number) if number == 0.0 || number == -1.0 => (Body::Refusal, Vec::new()),
        Json::Number(_) => (Body::Json, Vec::new()),
        Json::Text(text) => inner(&text, parse).unwrap_or_else(|| (plain(&text), Vec::new())),
        // As Flask sends what was meant to be a body and its status.
        Json::List(list) => match list.first().map(Parsed::view) {
            Some(Json::Object(members)) => (body_of(is_success(&members, true)), members),
            _ => (Body::Json, Vec::new()),
        },
        Json::Object(mut members) => {
            let success = is_success(&members, true);
            let mut body = body_of(success);
            // As API Gateway sends what was meant to be a status and a body.
            if let Some((its, more)) = text(&members, "body").and_then(|body| inner(&body, parse)) {
                body = if success.is_none() { its } else { body };
                members.extend(more);
            }
            (body, members)
        }
    }
}

/// What JSON in a string says.
fn inner<J: Parsed>(text: &str, parse: Option<Parse<J>>) -> Option<(Body, Vec<(String, J)>)> {
    let text = trim(text);
    let parse = parse.filter(|_| text.starts_with('{'))?;
    Some(parse(text).map_or((Body::Broken, Vec::new()), |value| sniff(value.view(), None)))
}

fn body_of(success: Option<bool>) -> Body {
    if success == Some(false) { Body::Refusal } else { Body::Json }
}

/// Whether an object reports success or a failure, or neither. `deep` asks its `data` as well, and the objects that this holds.
fn is_success<J: Parsed>(members: &[(String, J)], deep: bool) -> Option<bool> {
    let of_status = |name: &&str| named(members, name).find_map(|value| decides(name, &value.view()));
    if let Some(decided) = STATUS_FIELDS.iter().find_map(of_status) {
        return Some(decided);
    }
    let is_failed =
        ["statusCode", "status"].iter().any(|name| named(members, name).any(|value| is_error(&value.view())))
            || ERROR_FIELDS.iter().any(|name| named(members, name).any(|value| !is_empty(&value.view())));
    if is_failed {
        return Some(false);
    }
    let data = |value: &J| match value.view() {
        Json::Object(data) => is_success(&data, false).or_else(|| any_failed(data.iter().map(|(_, value)| value))),
        Json::List(data) => any_failed(data.iter()),
        _ => None,
    };
    if deep { named(members, "data").find_map(data) } else { None }
}

/// `Some(false)` if one of these values is an object that says no.
fn any_failed<'a, J: Parsed + 'a>(mut values: impl Iterator<Item = &'a J>) -> Option<bool> {
    let has_failed =
        |value: &J| matches!(value.view(), Json::Object(members) if is_success(&members, false) == Some(false));
    values.any(has_failed).then_some(false)
}

/// The members of this name, in any case.
fn named<'a, J>(members: &'a [(String, J)], name: &str) -> impl Iterator<Item = &'a J> {
    members.iter().filter(move |(its, _)| its.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// The first text of this name.
fn text<J: Parsed>(members: &[(String, J)], name: &str) -> Option<String> {
    named(members, name).find_map(|value| if let Json::Text(text) = value.view() { Some(text) } else { None })
}

/// Whether a status of this name says yes or no, or neither.
fn decides<J>(name: &str, value: &Json<J>) -> Option<bool> {
    let is = |text: &str, words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    match value {
        Json::Flag(flag) => Some(*flag),
        Json::Number(0.0) if name == "success" || name == "ok" => Some(false),
        Json::Text(text) if is(text, &NO) || is(text, &["false"]) => Some(false),
        Json::Text(text) if is(text, &["success", "ok"]) => Some(true),
        _ => None,
    }
}

/// Whether a status is one of HTTP's for failures.
fn is_error<J>(value: &Json<J>) -> bool {
    match value {
        Json::Number(status) => (400.0..600.0).contains(status),
        Json::Text(text) => matches!(text.as_bytes(), [b'4' | b'5', b'0'..=b'9', b'0'..=b'9']),
        _ => false,
    }
}

/// Whether an error is none.
fn is_empty<J>(value: &Json<J>) -> bool {
    match value {
        Json::Null | Json::Flag(false) | Json::Number(0.0) => true,
        Json::Text(text) => text.is_empty() || text == "0",
        Json::List(list) => list.is_empty(),
        Json::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// What a text says that is no JSON: yes only if that is plain.
fn plain(text: &str) -> Body {
    let strange = |character: char| {
        character.is_control() || matches!(character, '{' | '<' | '=' | ';' | '\u{2028}' | '\u{2029}' | '\u{fffd}')
    };
    let is_yes = text.chars().nth(LONGEST_YES).is_none()
        && !text.chars().any(strange)
        && !NO.iter().chain(&NO_IN_TEXT).any(|word| has_word(text.as_bytes(), word.as_bytes()))
        // Base64 of `{"`.
        && !text.starts_with("eyJ");
    if is_yes { Body::Text } else { Body::Broken }
}

/// Whether a text has a word, in any case. One of two letters must stand alone; a longer one may be part of another, as in
/// `TypeError` and `failures`.
fn has_word(text: &[u8], word: &[u8]) -> bool {
    let is_letter = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(u8::is_ascii_alphabetic);
    text.windows(word.len()).enumerate().any(|(start, part)| {
        let alone = !is_letter(start.checked_sub(1)) && !is_letter(Some(start + word.len()));
        part.eq_ignore_ascii_case(word) && (word.len() > 2 || alone)
    })
}

/// One attempt's end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Answer {
    /// An HTTP answer.
    Http {
        /// Its status; 0 for a redirect that was not followed.
        status: u16,
        /// Its body.
        body: Body,
        /// Milliseconds that `Retry-After` asks for.
        retry_after: Option<f64>,
    },
    /// No answer: offline, refused, reset, blocked.
    None,
    /// The attempt could not even begin: the page has no `fetch`, or no origin that a path belongs to.
    Unsent,
    /// A wrapped function resolved to something that is no failed answer.
    Value,
    /// A wrapped function threw.
    Threw,
    /// A wrapped function threw an error that has the answer it got, as those of axios, ky and ofetch have.
    ThrewHttp {
        /// The answer's status, at least 100.
        status: u16,
        /// Its body.
        body: Body,
    },
    /// A wrapped function threw an error that says `applied: "no"`.
    ThrewNo,
}

/// Judges an answer by its status and body.
///
/// # Errors
///
/// The kind of the failure.
pub fn judge(status: u16, body: Body) -> Result<(), Kind> {
    match status {
        204 => Ok(()),
        // Accepted, and not done.
        202 if body == Body::Empty => Err(Kind::BadResponse),
        200..=299 => match body {
            Body::Empty | Body::Json | Body::Text => Ok(()),
            Body::Refusal | Body::Closed => Err(Kind::Refused),
            Body::Broken | Body::Page | Body::TooLong | Body::Taken | Body::CutOff => Err(Kind::BadResponse),
        },
        // 499: a proxy saw the customer leave, or its own deadline pass.
        408 | 499 | 500..=599 => Err(Kind::ServerError),
        410 => Err(Kind::SessionClosed),
        400..=499 if body == Body::Closed => Err(Kind::SessionClosed),
        429 => Err(Kind::RateLimited),
        400..=499 => Err(Kind::Refused),
        _ => Err(Kind::BadResponse),
    }
}

/// Whether the server made the change, as far as one failed attempt tells. A 409 may mean that the same key is running.
#[must_use]
pub fn applied(kind: Kind, status: u16) -> Applied {
    match kind {
        Kind::Refused | Kind::SessionClosed if status != 409 => Applied::No,
        Kind::RateLimited => Applied::No,
        _ => Applied::Unknown,
    }
}

#[cfg(test)]
mod tests;
