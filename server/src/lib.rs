//! The demo server of checkout-updates: what a merchant's side of an update looks like.
//!
//! A page sends the id of its session and what the customer chose, nothing else. The server looks the session up at
//! Stripe, works out what follows, and sends all line items back.

#![forbid(unsafe_code)]

pub mod address;
pub mod answer;
pub mod app;
pub mod body;
pub mod bounds;
pub mod cart;
pub mod catalogue;
pub mod clock;
pub mod config;
pub mod connections;
pub mod create;
pub mod endpoints;
pub mod files;
pub mod holds;
pub mod lab;
pub mod locks;
pub mod log;
pub mod metrics;
pub mod origin;
pub mod page;
pub mod plan;
pub mod report;
pub mod reports;
pub mod router;
pub mod rules;
pub mod sandbox;
pub mod secret;
pub mod server;
pub mod stand_in;
pub mod store;
pub mod stripe;
pub mod update;
pub mod updates;
pub mod visitor;
pub mod webhook;

pub use config::Config;
pub use server::{Server, StartError};
