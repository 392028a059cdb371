//! What an answer of the server means: the status decides first, then the body.

use crate::failure::{Applied, Kind};

/// The most bytes of a body that are read.
pub const LONGEST_BODY: usize = 64 * 1024;

/// A body, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// Nothing, or white space.
    Empty,
    /// JSON that does not say error.
    Json,
    /// It says no: JSON by [`says`], or the `false`, `0` or `-1` of WordPress.
    Refusal,
    /// It starts like JSON and is none.
    Broken,
    /// A page: a log-in, a portal, an error of a proxy.
    Page,
    /// Any other text, such as the `OK` of Express.
    Text,
    /// More than [`LONGEST_BODY`].
    TooLong,
    /// The connection ended before the body did.
    CutOff,
}

/// How a body starts, which says what it claims to be. The content type does not: PHP and Flask send JSON as
/// `text/html`.
#[must_use]
pub fn look(text: &[u8]) -> Body {
    // A byte order mark is no text.
    match text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii() {
        [] => Body::Empty,
        [b'{' | b'[', ..] => Body::Json,
        [b'<', ..] => Body::Page,
        b"false" | b"0" | b"-1" => Body::Refusal,
        _ => Body::Text,
    }
}

/// One member of a JSON object, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member<'a> {
    /// It is not there.
    Missing,
    /// `null`.
    Null,
    /// `true` or `false`.
    Flag(bool),
    /// A string.
    Text(&'a str),
    /// `[]` or `{}`.
    Empty,
    /// A number, or a list or an object that holds something.
    Other,
}

/// The members of an object that say how an update went: each is asked only where those before it did not tell.
pub const SAYING: [&str; 5] = ["type", "success", "ok", "status", "result"];

/// The members that say what went wrong, and so that something did; they are asked where none of [`SAYING`] told.
pub const COMPLAINING: [&str; 2] = ["error", "errors"];

/// Whether a member says no (`Some(false)`), yes (`Some(true)`) or neither.
fn word(member: Member) -> Option<bool> {
    let is = |text: &str, words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    match member {
        Member::Flag(flag) => Some(flag),
        Member::Text(text) if is(text, &["error", "fail", "failed", "failure"]) => Some(false),
        Member::Text(text) if is(text, &["success", "ok"]) => Some(true),
        _ => None,
    }
}

/// What a JSON object says: [`Body::Refusal`], or [`Body::Json`] where it does not say no. `saying` are the values of
/// [`SAYING`], `complaining` those of [`COMPLAINING`]. An array, a number and so on say nothing.
#[must_use]
pub fn says(saying: [Member; SAYING.len()], complaining: [Member; COMPLAINING.len()]) -> Body {
    let empty = |member: &Member| {
        matches!(member, Member::Missing | Member::Null | Member::Flag(false) | Member::Text("") | Member::Empty)
    };
    let yes = saying.into_iter().find_map(word).unwrap_or_else(|| complaining.iter().all(empty));
    if yes { Body::Json } else { Body::Refusal }
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
            Body::Refusal => Err(Kind::Refused),
            Body::Broken | Body::Page | Body::TooLong | Body::CutOff => Err(Kind::BadResponse),
        },
        429 => Err(Kind::RateLimited),
        408 | 500..=599 => Err(Kind::ServerError),
        400..=499 => Err(Kind::Refused),
        _ => Err(Kind::BadResponse),
    }
}

/// Whether the server made the change, as far as one failed attempt tells. A 409 may mean that the same key is running.
#[must_use]
pub fn applied(kind: Kind, status: u16) -> Applied {
    match kind {
        Kind::Refused if status != 409 => Applied::No,
        Kind::RateLimited => Applied::No,
        _ => Applied::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_decides_first() {
        for (status, kind) in [
            (400, Kind::Refused),
            (404, Kind::Refused),
            (409, Kind::Refused),
            (425, Kind::Refused),
            (408, Kind::ServerError),
            (429, Kind::RateLimited),
            (500, Kind::ServerError),
            (503, Kind::ServerError),
            (599, Kind::ServerError),
            (0, Kind::BadResponse),
            (100, Kind::BadResponse),
            (302, Kind::BadResponse),
            (304, Kind::BadResponse),
            (600, Kind::BadResponse),
        ] {
            for body in [Body::Empty, Body::Json, Body::Refusal, Body::Page, Body::TooLong, Body::CutOff] {
                assert_eq!(judge(status, body), Err(kind), "{status} {body:?}");
            }
        }
    }

    #[test]
    fn another_2xx_is_judged_by_its_body() {
        for status in [200, 201, 202, 299] {
            for body in [Body::Empty, Body::Json, Body::Text] {
                let done = status != 202 || body != Body::Empty;
                assert_eq!(
                    judge(status, body),
                    if done { Ok(()) } else { Err(Kind::BadResponse) },
                    "{status} {body:?}"
                );
            }
            assert_eq!(judge(status, Body::Refusal), Err(Kind::Refused));
            for body in [Body::Broken, Body::Page, Body::TooLong, Body::CutOff] {
                assert_eq!(judge(status, body), Err(Kind::BadResponse));
            }
        }
        assert_eq!(judge(204, Body::CutOff), Ok(()));
    }

    #[test]
    fn looks_at_the_first_character() {
        for (text, body) in [
            ("", Body::Empty),
            (" \r\n", Body::Empty),
            ("\u{feff}", Body::Empty),
            ("\u{feff}{}", Body::Json),
            ("\n [1]", Body::Json),
            ("\t<!doctype html>", Body::Page),
            ("OK", Body::Text),
            ("\"OK\"", Body::Text),
            ("false", Body::Refusal),
            ("\u{feff} 0\r\n", Body::Refusal),
            ("-1", Body::Refusal),
            ("falsely", Body::Text),
            ("0 left", Body::Text),
            ("-10", Body::Text),
            ("False", Body::Text),
            ("null", Body::Text),
            ("1", Body::Text),
        ] {
            assert_eq!(look(text.as_bytes()), body, "{text:?}");
        }
    }

    /// What an object says that has these members only.
    fn object(members: &[(&str, Member<'static>)]) -> bool {
        let value =
            |name: &str| members.iter().find(|(its, _)| *its == name).map_or(Member::Missing, |(_, member)| *member);
        says(SAYING.map(value), COMPLAINING.map(value)) == Body::Json
    }

    #[test]
    fn each_dialect_says_no_and_yes() {
        for name in SAYING {
            for no in ["error", "fail", "failed", "failure", "ERROR", "Failed"] {
                assert!(!object(&[(name, Member::Text(no))]), "{name} {no}");
            }
            assert!(!object(&[(name, Member::Flag(false))]), "{name}");
            for yes in [Member::Text("success"), Member::Text("ok"), Member::Text("OK"), Member::Flag(true)] {
                assert!(object(&[(name, yes), ("error", Member::Text("Was repaired."))]), "{name} {yes:?}");
            }
        }
    }

    #[test]
    fn the_first_that_tells_decides() {
        let (yes, no) = (Member::Flag(true), Member::Flag(false));
        for (first, name) in SAYING.iter().enumerate() {
            for later in SAYING.iter().skip(first + 1).chain(&COMPLAINING) {
                assert!(object(&[(name, yes), (later, Member::Text("error"))]), "{name} {later}");
                assert!(!object(&[(name, no), (later, Member::Text(""))]), "{name} {later}");
            }
            for nothing in [Member::Null, Member::Text("open"), Member::Text(""), Member::Empty, Member::Other] {
                assert!(object(&[(name, nothing)]), "{name} {nothing:?}");
                assert!(!object(&[(name, nothing), ("errors", Member::Other)]), "{name} {nothing:?}");
                if *name != "result" {
                    assert!(!object(&[(name, nothing), ("result", no)]), "{name} {nothing:?}");
                }
            }
        }
    }

    #[test]
    fn an_error_is_a_no_unless_it_is_empty() {
        for name in COMPLAINING {
            for full in [Member::Flag(true), Member::Text("No."), Member::Other] {
                assert!(!object(&[(name, full)]), "{name} {full:?}");
            }
            for empty in [Member::Missing, Member::Null, Member::Flag(false), Member::Text(""), Member::Empty] {
                assert!(object(&[(name, empty)]), "{name} {empty:?}");
            }
        }
        assert!(!object(&[("error", Member::Null), ("errors", Member::Other)]));
        assert!(object(&[]));
    }

    #[test]
    fn only_a_refusal_is_a_no() {
        assert_eq!(applied(Kind::Refused, 400), Applied::No);
        assert_eq!(applied(Kind::Refused, 200), Applied::No);
        assert_eq!(applied(Kind::RateLimited, 429), Applied::No);
        assert_eq!(applied(Kind::Refused, 409), Applied::Unknown);
        for kind in [Kind::ServerError, Kind::Network, Kind::BadResponse, Kind::Timeout] {
            assert_eq!(applied(kind, 0), Applied::Unknown);
        }
    }
}
