//! The server over real HTTP on loopback ports, with the sandbox behind it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod bounds;
#[cfg(unix)]
mod claims;
#[cfg(unix)]
mod cluster;
mod connections;
mod endpoints;
mod faults;
mod gate;
mod idempotency;
mod lab;
#[cfg(unix)]
mod many;
mod pages;
#[cfg(unix)]
mod pooler;
mod process;
mod requests;
mod shop;
mod stock;
mod store;
mod trouble;
mod webhooks;
