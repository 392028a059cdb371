//! From the name of a fault to what is done to the connection.

use std::time::{Duration, SystemTime};

use crate::http::{Answer, Request};
use crate::params::{Apply, Cors, Params};

const SUCCESS: &str = r#"{"type":"success"}"#;
const REFUSAL: &str = r#"{"type":"error","message":"Sold out."}"#;
const REFUSAL_AS_TEXT: &str = r#"{"error":"Sold out."}"#;
const REFUSALS: [&str; 2] = [REFUSAL, REFUSAL_AS_TEXT];
const PAGE: &str = "<!doctype html><title>Sign in</title><p>Please sign in.";

/// `SUCCESS` as `gzip -9n` writes it.
const GZIPPED: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\x02\x03\xab\x56\x2a\xa9\x2c\x48\x55\xb2\x52\x2a\x2e\x4d\x4e\x4e\x2d\x2e\x56\xaa\x05\0\x9e\xc6\xdf\xb0\x12\0\0\0";

/// What is sent, and how it ends.
#[derive(Clone, Debug)]
pub enum Reply {
    /// All of it; the connection stays open.
    Whole(Answer),
    /// Nothing, until the peer leaves.
    Silence,
    /// One byte at a time after the first so many, for as long as it takes.
    Drip { bytes: Vec<u8>, at_once: usize, every: Duration },
    /// These bytes, then the end of the connection.
    Cut { bytes: Vec<u8>, how: Cut },
    /// This head, then chunks until the peer leaves.
    Endless(Answer),
}

/// How a connection ends before its answer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// FIN.
    Close,
    /// RST.
    Reset,
}

/// What one request gets.
#[derive(Clone, Debug)]
pub struct Plan {
    pub apply: Apply,
    /// Passes before the first byte.
    pub delay: Duration,
    pub reply: Reply,
}

/// The plan of a fault for this attempt of its key, `None` for an unknown name.
pub fn plan(name: &str, params: &Params, request: &Request, attempt: u32, other: &str) -> Option<Plan> {
    if request.method == "OPTIONS" {
        let reply = Reply::Whole(preflight(params, request));
        return Some(Plan { apply: Apply::No, delay: Duration::ZERO, reply });
    }
    if params.times.is_some_and(|times| attempt > times) {
        let later = Params { cors: params.cors, ..Params::default() };
        return strike(params.then.as_deref().unwrap_or("success"), &later, request, other);
    }
    strike(name, params, request, other)
}

fn strike(name: &str, params: &Params, request: &Request, other: &str) -> Option<Plan> {
    let (apply, mut reply) = fault(name, params, other)?;
    if let Reply::Whole(answer) | Reply::Endless(answer) = &mut reply {
        decorate(answer, params, request);
    }
    Some(Plan { apply: params.apply.unwrap_or(apply), delay: params.delay, reply })
}

/// What a fault does, and when it makes the change unless it is told.
fn fault(name: &str, params: &Params, other: &str) -> Option<(Apply, Reply)> {
    let code = params.code.unwrap_or(200);
    let whole = |answer: Answer| {
        // A refusal is the server's word that nothing was changed.
        let refused = answer.status >= 300 || REFUSALS.iter().any(|refusal| answer.body.ends_with(refusal.as_bytes()));
        (if refused { Apply::No } else { Apply::After }, Reply::Whole(answer))
    };
    let broken = |reply: Reply| (Apply::No, reply);
    let json = |body: &str| whole(Answer::json(code, body));
    let verdict = if code < 300 { SUCCESS } else { REFUSAL };
    let cut = |how: Cut| {
        let mut bytes = Answer::json(code, verdict).bytes();
        bytes.truncate(bytes.len() - 8);
        broken(Reply::Cut { bytes, how })
    };
    let drip = |from_head: bool| {
        let answer = Answer::json(code, format!("{verdict:60000}"));
        // The first byte of the body comes with the head: Firefox hands no head over without one.
        let at_once = if from_head { 1 } else { answer.head(Some(answer.body.len())).len() + 1 };
        let every = params.every.unwrap_or(Duration::from_secs(1));
        broken(Reply::Drip { bytes: answer.bytes(), at_once, every })
    };
    let raw = |bytes: &[u8]| broken(Reply::Cut { bytes: bytes.to_vec(), how: Cut::Close });
    Some(match name {
        "success" => whole(Answer::json(200, SUCCESS)),
        "no-content" => whole(Answer::empty(204)),
        "empty" => whole(Answer::empty(code)),
        "ok-text" => whole(Answer::new(code, "text/plain", "OK")),
        "json-as-html" => whole(Answer::new(code, "text/html; charset=utf-8", SUCCESS)),
        "json-bom" => json(&format!("\u{feff}{SUCCESS}")),
        "error-bom" => whole(Answer::json(code, format!("\u{feff}{REFUSAL}"))),
        "type-error" => json(REFUSAL),
        "error-text" => json(REFUSAL_AS_TEXT),
        "html" => whole(Answer::new(code, "text/html; charset=utf-8", PAGE)),
        "broken-json" => json(r#"{"type":"success""#),
        "status" => json(verdict),
        // Whatever the test wants to see judged.
        "answer" => {
            let kind = params.kind.as_deref().unwrap_or("application/json");
            whole(Answer::new(code, kind, params.body.clone().unwrap_or_default()))
        }
        "redirect" => {
            let target = if params.to_other { other } else { "" };
            let answer = Answer::empty(params.code.unwrap_or(302));
            whole(answer.with("location", format!("{target}/fault/success?id=redirected&cors=yes")))
        }
        "big" => whole(Answer::new(code, "text/plain", vec![b'a'; params.bytes.unwrap_or(10 * 1024 * 1024)])),
        "endless" => broken(Reply::Endless(Answer::new(code, "text/plain", ""))),
        "gzip-unnamed" => whole(Answer::json(code, GZIPPED)),
        "utf-16" => whole(Answer::json(code, utf_16(SUCCESS))),
        "not-gzip" => whole(Answer::json(code, SUCCESS).with("content-encoding", "gzip")),
        "silent" => broken(Reply::Silence),
        "drip" => drip(false),
        "drip-head" => drip(true),
        "cut" => cut(Cut::Close),
        "cut-reset" => cut(Cut::Reset),
        "cut-head" => {
            let head = Answer::json(code, "").head(Some(100));
            raw(head.get(..params.bytes.unwrap_or(30)).unwrap_or(&head))
        }
        "not-http" => raw(b"220 mail.example.com ESMTP\r\n"),
        "close" => raw(b""),
        "reset" => broken(Reply::Cut { bytes: Vec::new(), how: Cut::Reset }),
        _ => return None,
    })
}

/// A text in UTF-16, little-endian and without a mark, as some frameworks write it.
fn utf_16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// What other origins may ask.
fn preflight(params: &Params, request: &Request) -> Answer {
    let mut answer = Answer::empty(204);
    allow_origin(&mut answer, params, request);
    let allowed = match params.cors {
        Cors::Nothing => return answer,
        Cors::Everything => "content-type, idempotency-key",
        Cors::NoKey => "content-type",
    };
    answer.with("access-control-allow-methods", "POST").with("access-control-allow-headers", allowed)
}

fn allow_origin(answer: &mut Answer, params: &Params, request: &Request) {
    if let (Cors::Everything | Cors::NoKey, Some(origin)) = (params.cors, request.header("origin")) {
        answer.headers.push(("access-control-allow-origin".into(), origin.into()));
    }
}

/// Adds the headers that were asked for.
fn decorate(answer: &mut Answer, params: &Params, request: &Request) {
    allow_origin(answer, params, request);
    if let Some(id) = &params.request_id {
        answer.headers.push(("request-id".into(), id.clone()));
    }
    let date = params.retry_after_date.map(|seconds| {
        // A date has whole seconds; rounding up keeps the promise of "at least".
        httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(seconds) + Duration::from_millis(999))
    });
    if let Some(value) = params.retry_after.clone().or(date) {
        answer.headers.push(("retry-after".into(), value));
    }
}
