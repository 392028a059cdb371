//! The only part that touches the browser: it turns what happens there into events, and performs effects.

mod client;
mod clock;
mod fetch;
mod host;
mod stripe;
mod value;

pub use client::{Asked, client, close, open};
pub use fetch::Found;
