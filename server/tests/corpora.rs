//! The fuzzers' corpora, through the functions that are fuzzed: `npm run fuzz` looks for more.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
#![allow(clippy::unreachable, clippy::cast_possible_truncation)]

use std::fs;
use std::path::Path;

#[path = "../../fuzz/src/lib.rs"]
mod fuzzed;

/// Runs each file of a corpus.
fn run(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(name);
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!files.is_empty(), "{name} has no corpus");
    for file in files {
        // A failure shows which.
        println!("{}", file.display());
        target(&fs::read(&file).unwrap());
    }
}

#[test]
fn every_target_takes_its_corpus() {
    run("session", fuzzed::session);
    run("intent", fuzzed::intent);
    run("answer", fuzzed::answer);
    run("retry", fuzzed::retry);
    run("form", fuzzed::form);
    run("webhook", fuzzed::webhook);
    run("cookie", fuzzed::cookie);
}
