//! The crate's class `Updates`, called in a browser as JavaScript calls it, with nothing of the npm package around it.
//! Run by `wasm-pack test --headless --chrome` and `--firefox`.

#![cfg(target_arch = "wasm32")]
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod answers;
mod card;
mod counts;
mod deadline;
mod intents;
mod queue;
mod request;
mod run;
mod state;
mod support;
#[cfg(feature = "testing")]
mod testing;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
