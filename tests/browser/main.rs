//! The module's exports, called from JavaScript in a browser as `js/updates.ts` calls them.
//! Run by `wasm-pack test --headless --chrome` and `--firefox`.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod answers;
mod counts;
mod deadline;
mod handles;
mod intents;
mod request;
mod stripe;
mod support;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
