//! What is fuzzed: everything that reads what others wrote. Each function takes any bytes, and panics where a rule is
//! broken.
//!
//! The fuzzer's targets call these, and `server/tests/corpora.rs` runs the committed corpora through them.

mod reader;
pub mod rules;
#[cfg(feature = "servers")]
pub mod servers;
