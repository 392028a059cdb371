//! The edge: performs what the machine decides, by what the browser and Stripe.js give. One file a concern.
//!
//! `client` turns calls into events, `driver` hands them to the machine and performs its effects, `attempt` is one request
//! from top to bottom, `in_flight` is the one row that is kept of an update.

// What only exports.rs calls is dead without it. What nobody calls is found with it.
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
