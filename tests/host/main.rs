//! The machine under virtual time: the contract's tables row by row, and random orders of events against simple models.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::panic, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod answer;
mod found;
mod intent;
mod layers;
mod leaving;
mod life;
mod options;
mod payload;
mod payment;
mod queue;
mod random;
mod run;
mod settled;
mod staleness;
mod support;
