//! Sessions as others see them: the API, and Stripe.js in the browser.

pub mod browser;
pub mod expand;
mod expandable;
pub mod item;
pub mod session;
