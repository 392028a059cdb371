//! The only part that touches the browser: it turns what happens there into events, and performs effects.

mod client;
mod clock;
mod fetch;
mod host;
mod order;
mod slot;
mod stripe;
mod word;

pub use client::{client, close, open};
