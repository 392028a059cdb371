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
    /// JSON that says error: `type: "error"`, or a truthy `error`.
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
    match text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => Body::Empty,
        Some(b'{' | b'[') => Body::Json,
        Some(b'<') => Body::Page,
        Some(_) => Body::Text,
    }
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
    /// A wrapped function resolved to something that is no failed answer.
    Value,
    /// A wrapped function threw.
    Threw,
}

/// Judges an answer by its status and body.
///
/// # Errors
///
/// The kind of the failure.
pub fn judge(status: u16, body: Body) -> Result<(), Kind> {
    match status {
        204 => Ok(()),
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
        for status in [200, 201, 299] {
            for body in [Body::Empty, Body::Json, Body::Text] {
                assert_eq!(judge(status, body), Ok(()));
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
        ] {
            assert_eq!(look(text.as_bytes()), body, "{text:?}");
        }
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
