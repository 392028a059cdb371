//! Random ids in the shapes of the API.

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// `prefix` followed by `length` random letters and digits.
pub fn random(prefix: &str, length: usize) -> String {
    let mut bytes = vec![0_u8; length];
    // Ids only have to differ; without a source of randomness the process cannot serve at all.
    if getrandom::fill(&mut bytes).is_err() {
        std::process::abort();
    }
    let mut id = String::with_capacity(prefix.len() + length);
    id.push_str(prefix);
    id.extend(
        bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(*byte) % ALPHABET.len())).map(|&c| char::from(c)),
    );
    id
}

/// A session's id: 66 characters, as long as the API allows in a path.
pub fn session() -> String {
    random("cs_test_", 58)
}

/// A client secret for the session `id`.
pub fn client_secret(id: &str) -> String {
    random(&format!("{id}_secret_"), 54)
}
