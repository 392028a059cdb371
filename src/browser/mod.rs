//! The edge: performs what the machine decides, by what the browser and Stripe.js give. One file a concern.

mod attempt;
mod caller;
mod client;
mod error;
mod guard;
mod listener;
pub mod object;
mod options;
mod order;
mod page;
mod promise;
mod reading;
mod recipe;
mod report;
mod request;
mod response;
mod slot;
mod state;
mod stripe;
mod timer;

pub use client::{Client, Settings};
pub use error::record;
pub use guard::{Guard, Keeper};
pub use options::check;
pub use promise::Deferred;
pub use recipe::Recipe;
pub use stripe::{Actions, Session};
