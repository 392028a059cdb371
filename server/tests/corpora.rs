//! The fuzzers' corpora, through the functions that are fuzzed: `npm run fuzz` looks for more.

#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
#![allow(clippy::unreachable, clippy::cast_possible_truncation)]

use std::fs;
use std::path::Path;

#[path = "../../fuzz/src/reader.rs"]
mod reader;
#[path = "../../fuzz/src/rules.rs"]
mod rules;
#[path = "../../fuzz/src/servers.rs"]
mod servers;

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
    run("session", rules::session);
    run("intent", rules::intent);
    run("answer", rules::answer);
    run("retry", rules::retry);
    run("form", servers::form);
    run("webhook", servers::webhook);
    run("cookie", servers::cookie);
}
