//! Update requests for a Stripe Checkout Session, made right.
//!
//! The pure part decides and is an ordinary Rust library; `browser` performs what it decided.

pub mod intent;
pub mod session;
