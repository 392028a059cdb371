//! Texts made of texts.

/// These, one after the other. Not by the slice's own method, which is a search for a separator that is not there.
#[inline(never)]
pub(crate) fn concat(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}
