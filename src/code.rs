//! The server's own word for why it refused, for the page's program: `out_of_stock`.

use crate::session::is_secret;

/// The most characters of a code.
const LONGEST: usize = 64;

/// So many characters without a separator, a digit among them, are an id or a hash, not a word.
const SHORTEST_ID: usize = 12;

/// The first of these texts that is a code. They are a body's `code`, `error.code` and `error`.
#[must_use]
pub fn code(candidates: [Option<&str>; 3]) -> Option<&str> {
    candidates.into_iter().flatten().find(|text| is_code(text))
}

/// Whether a code says that the Checkout Session is no longer open.
#[must_use]
pub fn is_closed(code: &str) -> bool {
    matches!(code, "session_closed" | "session_expired")
}

/// Whether a text is 1 to 64 of `A-Z a-z 0-9 _ . -`, no id and no secret.
fn is_code(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || is_separator(byte);
    let is_id = ["cs_", "pi_", "seti_", "pk_"].iter().any(|prefix| text.starts_with(prefix))
        || text
            .as_bytes()
            .split(|byte| is_separator(*byte))
            .any(|part| part.len() >= SHORTEST_ID && part.iter().any(u8::is_ascii_digit));
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(allowed) && !is_id && !is_secret(text)
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b'_' | b'.' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_one_word_for_programs() {
        let longest = "a".repeat(64);
        for text in [
            "out_of_stock",
            "ERR_FOO",
            "E1001",
            "4012",
            "resource.missing",
            "Sold-out",
            "sub_not_found",
            "line1",
            &longest,
        ] {
            assert_eq!(code([Some(text), None, None]), Some(text));
        }
        let too_long = "a".repeat(65);
        for text in ["", " ", "out of stock", "no!", "Épuisé", "a/b", "a:b", "a\n", &too_long] {
            assert_eq!(code([Some(text), None, None]), None, "{text:?}");
        }
    }

    #[test]
    fn an_id_or_a_secret_is_no_code() {
        for text in [
            "cs_test_a1",
            "cs_live_b1",
            "cs_test_a1_secret_b2",
            "pi_3MtwBwLkdIwHu7ix",
            "seti_1",
            "sk_test_1",
            "rk_live_1",
            "pk_test_1",
            "whsec_1",
            "cus_NffrFeUfNV2Hib",
            "price_1MoBy5LkdIwHu7ixZhnattbh",
            "550e8400-e29b-41d4-a716-446655440000",
            "d41d8cd98f00b204e9800998ecf8427e",
            "4242424242424242",
        ] {
            assert_eq!(code([None, Some(text), None]), None, "{text}");
        }
    }

    #[test]
    fn the_first_code_is_taken() {
        assert_eq!(code([Some("a"), Some("b"), Some("c")]), Some("a"));
        assert_eq!(code([Some("not a code"), None, Some("c")]), Some("c"));
        assert_eq!(code([None, Some("cs_test_a1"), None]), None);
    }

    #[test]
    fn two_codes_say_that_the_session_is_closed() {
        assert!(is_closed("session_closed") && is_closed("session_expired"));
        assert!(!is_closed("session") && !is_closed("SESSION_CLOSED") && !is_closed("closed"));
    }
}
