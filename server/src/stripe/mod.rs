//! Stripe's API, as much of it as this server needs.

pub mod client;
pub mod error;
pub mod form;
pub mod types;

pub use client::Client;
pub use error::StripeError;
pub use form::Form;
