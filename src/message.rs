//! Which words of a server a customer may read.

/// The most characters of a message.
const LONGEST: usize = 500;

/// What HTTP calls 400, 402, 409, 422 (today and before RFC 9110) and 429: frameworks put it where a message belongs.
const PHRASES: [&str; 6] = [
    "Bad Request",
    "Payment Required",
    "Conflict",
    "Unprocessable Content",
    "Unprocessable Entity",
    "Too Many Requests",
];

/// In front of a phrase there may be its status, as in `HTTP/1.1 409 Conflict`, in at most so many characters.
const LONGEST_STATUS: usize = 16;

/// Whether an answer's words are for the customer: it has the form that Stripe documents (`type: "error"`), or a status
/// that shops use to explain a refusal. Those of 401, 403, 404, 405, 419 and their like are a framework's, for developers.
#[must_use]
pub fn is_for_customers(status: u16, documented: bool) -> bool {
    match status {
        200..=299 | 400 | 402 | 409 | 422 | 429 => true,
        400..=499 => documented,
        _ => false,
    }
}

/// The first of these texts that a customer can read, without the spaces around it. They are a body's `message`, `error`,
/// `error.message` and `detail` (RFC 9457).
#[must_use]
pub fn message(candidates: [Option<&str>; 4]) -> Option<&str> {
    candidates.into_iter().flatten().find_map(sentence)
}

/// A text without the spaces around it, if it is a sentence that a customer can read.
#[must_use]
pub fn sentence(text: &str) -> Option<&str> {
    let text = text.trim_ascii();
    let (mut length, mut is_sentence) = (0, false);
    for character in text.chars() {
        length += 1;
        is_sentence |= is_of_a_sentence(character);
        if length > LONGEST || is_unseen(character) {
            return None;
        }
    }
    (is_sentence && !is_technical(text.as_bytes()) && !is_phrase(text)).then_some(text)
}

/// A space, or a letter beyond ASCII: a bare code has neither. Without Unicode's tables, which are kilobytes: what is
/// neither Latin-1 punctuation nor a symbol.
fn is_of_a_sentence(character: char) -> bool {
    matches!(character, ' ' | '\u{a0}' | '\u{c0}'..='\u{1fff}' | '\u{2c00}'..='\u{fffc}' | '\u{20000}'..)
}

/// Whether a character cannot be seen, deceives, or is of a program.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{fffd}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\\' | '{')
}

/// Ids, keys, and what a database and a browser put in front of what they could not say.
const MARKS: [&[u8]; 9] = [
    b"_secret_",
    b"cs_test_",
    b"cs_live_",
    b"sk_test_",
    b"sk_live_",
    b"rk_test_",
    b"rk_live_",
    b"SQLSTATE",
    b"[object ",
];

/// Whether a text has what only developers can read: markup, a placeholder, a path, a stack frame, an id or a key.
fn is_technical(text: &[u8]) -> bool {
    let mut before = 0;
    for at in 0..text.len() {
        let Some(rest) = text.get(at..) else { return false };
        let is_mark = match rest {
            [b'<', next, ..] => next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?'),
            [b'&', b'#', ..] | [b':', b':', ..] => true,
            // "%name", "%s", "%(name)s", but neither "20%ige" nor the Turkish "%20".
            [b'%', next, ..] => !u8::is_ascii_digit(&before) && (next.is_ascii_alphabetic() || *next == b'('),
            _ => MARKS.iter().any(|mark| rest.starts_with(mark)) || starts_with_frame(rest),
        };
        if is_mark {
            return true;
        }
        before = rest.first().copied().unwrap_or_default();
    }
    false
}

/// Whether a text starts with the end of a stack frame: a file's extension and a line (`.js:10`, `.php(3)`,
/// `.php on line 3`, `.py", line 3`, `.cs:line 3`), or a method behind " at " (` at Cart.add(`).
fn starts_with_frame(text: &[u8]) -> bool {
    if let Some(method) = text.strip_prefix(b" at ") {
        let word = method.iter().take_while(|byte| !matches!(byte, b' ' | b'(')).count();
        let (name, rest) = method.split_at_checked(word).unwrap_or_default();
        return name.contains(&b'.') && rest.trim_ascii_start().starts_with(b"(");
    }
    let Some(extension) = text.strip_prefix(b".") else { return false };
    let letters = extension.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    match extension.get(letters..) {
        _ if letters == 0 || letters > 5 => false,
        Some([b':' | b'(', digit, ..]) if digit.is_ascii_digit() => true,
        Some(rest) => [":line ", "\", line ", " on line "].iter().any(|line| rest.starts_with(line.as_bytes())),
        None => false,
    }
}

/// Whether a text is one of HTTP's phrases, alone or behind its status.
fn is_phrase(text: &str) -> bool {
    let text = text.strip_suffix(['.', '!']).unwrap_or(text).as_bytes();
    PHRASES.iter().any(|phrase| {
        let Some((status, end)) = text.len().checked_sub(phrase.len()).and_then(|at| text.split_at_checked(at)) else {
            return false;
        };
        let is_status = status.is_empty() || status.len() <= LONGEST_STATUS && status.iter().any(u8::is_ascii_digit);
        is_status && end.eq_ignore_ascii_case(phrase.as_bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_can_be_shown() {
        for text in [
            "Only 3 are left.",
            "a < b",
            "1 <2",
            "é",
            "売り切れ",
            "Épuisé",
            "Нет",
            "غير متوفر",
            "Sold out!",
            "20% off is over.",
            "Die 20%ige Ermäßigung ist vorbei.",
            "Sepette %20 indirim bitti.",
            "5 % sind weg.",
            "Tom & Jerry",
            "Please call us at (030) 1234 or at home.",
            "Open at 12:30:05, see shop.example: 3 left.",
            "Address line 2 is missing.",
            "I'm sorry.",
            "Not found in this shop.",
            "No such voucher: SUMMER20",
            "This is no bad request",
            "For order 4711 there were too many requests.",
            "See shop.example:443 for more.",
        ] {
            assert_eq!(sentence(text), Some(text));
        }
        assert_eq!(sentence("\t Sold out.\r\n"), Some("Sold out."));
        assert!(sentence(&"é".repeat(500)).is_some() && sentence(&"é".repeat(501)).is_none());
    }

    #[test]
    fn a_bare_code_is_not_for_customers() {
        for text in [
            "",
            "  ",
            "out_of_stock",
            "ERR_FOO",
            "outOfStock",
            "resource.missing",
            "declined",
            "Expired",
            "Sorry.",
            "4012",
            "urn:problem:stock",
            "https://shop.example/problems/stock",
            " out_of_stock\n",
            "8\u{85}",
            "8\u{a0}\u{85}",
            "8…",
            "→",
        ] {
            assert_eq!(sentence(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_is_for_developers_is_not_for_customers() {
        for text in [
            "<b>no way</b>",
            "Sorry: <br>",
            "a </p>",
            "<!doctype html> a",
            "<?php a",
            "Don&#39;t do that.",
            "No query results for model [App\\Models\\Session] cs_test_a1",
            "No such checkout.session: 'cs_test_a1'",
            "Invalid API Key provided: sk_test_****1234",
            "The secret is pi_1_secret_2",
            "SQLSTATE[23000]: Integrity constraint violation",
            "Call to undefined method Cart::add()",
            "%name is required.",
            "The field %s is required.",
            "The field %(name)s is required.",
            "Wrong {field}",
            "[object Object]",
            "{\"message\": \"a b\"}",
            "TypeError: x is not a function at add (/srv/cart.js:10:5)",
            "x is null at com.shop.Cart.add(Native Method)",
            "x is null at Array.map (native)",
            "File \"/srv/app.py\", line 3, in add",
            "Undefined variable $x in /var/www/cart.php on line 3",
            "#0 /var/www/cart.php(12): main()",
            "panic: main.go:12 +0x1d",
            "at Shop.Cart.Add() in Cart.cs:line 42",
            "a\nb",
            "a \u{0}b",
            "a \u{7f}b",
            "a \u{9f}b",
            "a \u{202e}b",
            "a \u{2066}b",
            "a \u{fffd}b",
        ] {
            assert_eq!(sentence(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_phrase_of_http_is_not_for_customers() {
        for text in [
            "Bad Request",
            "bad request.",
            "PAYMENT REQUIRED",
            "409 Conflict",
            "HTTP/1.1 409 Conflict",
            "Error 422: Unprocessable Entity",
            "Unprocessable Content!",
            "Too many requests",
        ] {
            assert_eq!(sentence(text), None, "{text}");
        }
    }

    #[test]
    fn the_first_sentence_is_taken() {
        let (code, phrase, no) = (Some("out_of_stock"), Some("Bad Request"), Some("Only 3 left."));
        assert_eq!(message([Some("First of all."), no, no, no]), Some("First of all."));
        assert_eq!(message([None, code, no, Some("Much later.")]), no);
        assert_eq!(message([phrase, code, None, Some(" Only 3 left.\n")]), no);
        assert_eq!(message([phrase, code, Some("<b>"), None]), None);
    }

    #[test]
    fn the_status_says_whom_the_words_are_for() {
        for status in [200, 202, 400, 402, 409, 422, 429] {
            assert!(is_for_customers(status, false) && is_for_customers(status, true), "{status}");
        }
        for status in [401, 403, 404, 405, 410, 419, 451] {
            assert!(!is_for_customers(status, false) && is_for_customers(status, true), "{status}");
        }
        for status in [0, 302, 500, 503] {
            assert!(!is_for_customers(status, true), "{status}");
        }
    }
}
