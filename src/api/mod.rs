//! The API for front ends written in Rust. `exports.rs` offers the same to JavaScript.
//!
//! ```no_run
//! use checkout_updates::{Actions, Endpoint, Options, Outcome, Updates};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize)]
//! #[serde(rename_all = "lowercase")]
//! enum Plan {
//!     Monthly,
//!     Yearly,
//! }
//!
//! #[derive(Serialize, Deserialize)]
//! struct Interval {
//!     interval: Plan,
//! }
//!
//! # async fn page(actions: Actions) -> Result<(), checkout_updates::OptionsError> {
//! let change = Endpoint::<Interval>::new("/change-subscription-interval").one_of("interval", ["monthly", "yearly"]).latest();
//! let updates = Updates::new(Options::new().endpoint("changeInterval", &change))?;
//! match updates.run(&actions, &change, Interval { interval: Plan::Yearly }).await {
//!     Outcome::Success { session, .. } => web_sys::console::log_1(&session),
//!     Outcome::Error { failure, .. } => web_sys::console::log_1(&failure.message.as_str().into()),
//!     Outcome::Cancelled { .. } => {}
//! }
//! # Ok(())
//! # }
//! ```

mod endpoint;
mod handles;
mod options;
mod updates;

pub use endpoint::Endpoint;
pub use handles::{Hold, Subscription, UpdateFunction};
pub use options::{Options, RunOptions};
pub use updates::Updates;

pub use crate::browser::{
    Actions, EndpointMetrics, Failure, Metrics, Outcome, PayOutcome, PaymentMetrics, ServerAnswer, Session,
    SettledUpdate, Snapshot,
};
pub use crate::declaration::{Credentials, OptionsError};
pub use crate::payment::blocked::BlockReason;
