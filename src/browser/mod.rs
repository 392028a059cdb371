//! The edge: performs what the machine decides, by what the browser and Stripe.js give. One file a concern. An update goes:
//!
//! 1. `client`: a call becomes an event; `raw_intent` reads what the customer chose.
//! 2. `in_flight`: the one row that is kept of an update, with its promise and its waiters.
//! 3. `driver`: hands the event to the machine, and performs the effects.
//! 4. `stripe`: calls `runServerUpdate`, which calls the function.
//! 5. `fetch` sends the request; `attempt` waits for its end, and `response` reads the body.
//! 6. `failure`, `outcome`: what the waiters are answered; `records` writes it for JavaScript.
//! 7. `store`, `view`, `reporter`: what the page sees of it.

// Without `js`, only the helpers of exports.rs are unused; the build with `js` reports real dead code.
#![cfg_attr(not(feature = "js"), allow(dead_code))]

mod abort;
#[cfg(feature = "js")]
pub mod arguments;
mod attempt;
mod client;
mod config;
mod driver;
mod endpoints;
mod failure;
mod fetch;
mod in_flight;
mod listener;
mod marks;
mod members;
#[cfg(feature = "js")]
mod options;
mod outcome;
mod page;
mod payment;
mod promise;
mod raw_intent;
mod read;
mod records;
mod reporter;
mod response;
mod sessions;
mod store;
mod stripe;
mod timer;
mod update_spec;
mod view;

pub use client::{CallOptions, Client};
pub use config::{Callback, Config, Csrf, SessionId, Target, Token};
pub use failure::{Failure, Messages, SettledUpdate};
#[cfg(feature = "js")]
pub use in_flight::TellPayment;
pub use outcome::{Outcome, PayOutcome, ServerAnswer};
pub use payment::PayOptions;
#[cfg(feature = "js")]
pub use promise::Deferred;
pub use reporter::{EndpointMetrics, Metrics, PaymentMetrics};
pub use store::Snapshot;
pub use stripe::{Actions, Session};
pub use update_spec::{Source, UpdateSpec};
