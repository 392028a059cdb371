//! The laboratory, on the sandbox only: a visitor asks for a fault, and the server makes it in that visitor's next
//! request and forgets it. What it has received from such a visitor is kept for that visitor to see.

mod fault;
mod memory;
mod show;
mod strike;
mod waits;

pub use fault::Fault;
pub use memory::{Lab, Received};
pub use show::{arm, requests, truth};
pub use strike::strike;

use axum::http::Uri;

/// Whether a page asks to be served with a policy that refuses WebAssembly. It can only ask for less than it may do.
#[must_use]
pub fn refuses_wasm(uri: &Uri) -> bool {
    uri.path() == "/lab/" && uri.query().is_some_and(|query| query.split('&').any(|part| part == "without=wasm"))
}
