//! Secrets: never printed, never in a log.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// A text that must not be shown, such as an API key.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes the text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one place that needs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

/// A key of the server's own, for signing cookies and deriving Stripe's idempotency keys.
#[derive(Clone)]
pub struct Key(Vec<u8>);

impl Key {
    /// Takes the bytes.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The code of some texts under this key, in hexadecimal. `purpose` keeps codes of different uses apart.
    #[must_use]
    pub fn sign(&self, purpose: &str, texts: &[&str]) -> String {
        hex(&self.mac(purpose, texts).finalize().into_bytes())
    }

    /// Whether `code` is what [`Key::sign`] gives, found out in constant time.
    #[must_use]
    pub fn verify(&self, purpose: &str, texts: &[&str], code: &str) -> bool {
        unhex(code).is_some_and(|bytes| self.mac(purpose, texts).verify_slice(&bytes).is_ok())
    }

    fn mac(&self, purpose: &str, texts: &[&str]) -> Hmac<Sha256> {
        let mut mac = hmac_of(&self.0);
        for text in std::iter::once(&purpose).chain(texts) {
            // The length first, so that no two lists of texts run together to the same bytes.
            mac.update(&(text.len() as u64).to_be_bytes());
            mac.update(text.as_bytes());
        }
        mac
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

/// An HMAC-SHA256 to be fed with bytes.
#[must_use]
pub fn hmac_of(key: &[u8]) -> Hmac<Sha256> {
    // HMAC takes keys of every length (RFC 2104), so the fallback is never reached.
    Hmac::new_from_slice(key).unwrap_or_else(|_| Hmac::new(&Default::default()))
}

/// Random bytes from the operating system, in hexadecimal: 32 digits.
///
/// # Errors
///
/// When the operating system has none.
pub fn random_id() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(hex(&bytes))
}

/// Bytes as hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Hexadecimal digits as bytes.
#[must_use]
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let mut digits = text.chars().map(|digit| digit.to_digit(16));
    let mut bytes = Vec::with_capacity(text.len() / 2);
    while let Some(high) = digits.next() {
        let low = digits.next()??;
        bytes.push(u8::try_from(high? * 16 + low).ok()?);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_what_it_holds() {
        assert_eq!(format!("{:?} {:?}", Secret::new("sk_test_1"), Key::new(*b"sk_test_1")), "[redacted] [redacted]");
    }

    #[test]
    fn tells_purposes_and_texts_apart() {
        let key = Key::new(*b"key");
        let code = key.sign("visitor", &["ab", "c"]);
        assert!(key.verify("visitor", &["ab", "c"], &code));
        assert!(!key.verify("visitor", &["a", "bc"], &code));
        assert!(!key.verify("stripe", &["ab", "c"], &code));
        assert!(!Key::new(*b"other").verify("visitor", &["ab", "c"], &code));
        assert!(!key.verify("visitor", &["ab", "c"], ""));
        assert!(!key.verify("visitor", &["ab", "c"], "zz"));
    }

    #[test]
    fn computes_the_hmac_of_rfc_4231() {
        // Test case 2.
        let mut mac = hmac_of(b"Jefe");
        mac.update(b"what do ya want for nothing?");
        let code = hex(&mac.finalize().into_bytes());
        assert_eq!(code, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        assert_eq!(unhex("00ff1").as_deref(), None);
        assert_eq!(unhex("00fF"), Some(vec![0, 255]));
    }
}
