//! Update requests for a Stripe Checkout Session, made right.
//!
//! On a checkout page built with Stripe Elements and Checkout Sessions, the customer changes something, and only the
//! merchant's server may change the session. The page sends a request and wraps it in Stripe.js' `runServerUpdate`. This
//! crate makes that request: it forwards the session id and a declared intent and nothing else, ends it before Stripe's 20
//! seconds are over, tells a refusal from a time-out and from an answer that nobody can read, and counts how often each
//! happens.
//!
//! # From JavaScript
//!
//! `wasm-pack build --target web` makes a module with the class `Updates`, complete by itself. The npm package of the same
//! name puts a loader, TypeScript's types and the survival of a trap around it.
//!
//! ```js
//! import init, { Updates } from "./pkg/checkout_updates.js";
//! await init();
//! const updates = new Updates({
//!   session: () => actions.getSession().id,
//!   endpoints: {
//!     changeInterval: {
//!       url: "/change-subscription-interval",
//!       rules: { interval: { kind: "oneOf", values: ["monthly", "yearly"] } },
//!       options: { latest: true },
//!     },
//!   },
//! });
//! await actions.runServerUpdate(updates.request("changeInterval", { interval: "yearly" }));
//! const outcome = await updates.run(actions, "changeInterval", { interval: "monthly" });
//! ```
//!
//! # From Rust
//!
//! [`Updates`] is the same for a front end that is written in Rust; `examples/rust` is a page of it.
//!
//! ```no_run
//! # #[cfg(feature = "browser")]
//! # async fn page(actions: checkout_updates::Actions) -> Result<(), wasm_bindgen::JsValue> {
//! use checkout_updates::{Endpoint, Options, Outcome, Updates};
//!
//! let updates = Updates::new(Options::new().endpoint("removeGift", Endpoint::new("/remove-gift")))?;
//! if let Outcome::Error { failure, .. } = updates.run(&actions, "removeGift", &()).await? {
//!     web_sys::console::log_1(&failure.message.into());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # The layers
//!
//! Each reads only downwards.
//!
//! | layer | where | what it knows |
//! |---|---|---|
//! | shows | [`updates`], `exports.rs` | what people call |
//! | performs | `browser/` | the browser and Stripe.js, through typed bindings |
//! | decides | the other modules | no browser: [`machine`] takes events and gives effects |
//!
//! The layer that decides is an ordinary Rust library. A server takes it without the feature `browser`, for the rules of
//! [`session`] and [`intent`].

// But for the line that makes the allocator of the npm package.
#![cfg_attr(not(all(feature = "small-allocator", target_arch = "wasm32")), forbid(unsafe_code))]

pub mod answer;
pub mod clock;
pub mod effect;
pub mod endpoint;
pub mod failure;
pub mod intent;
pub mod machine;
pub mod metrics;
pub mod queue;
pub mod retry;
pub mod session;
pub mod stale;
pub mod update;

#[cfg(feature = "browser")]
mod browser;
#[cfg(feature = "browser")]
#[doc(hidden)]
pub mod exports;
#[cfg(feature = "browser")]
pub mod updates;

#[cfg(feature = "browser")]
pub use updates::{Actions, Endpoint, Failure, Options, Outcome, Session, Subscription, Undeclared, Updates};

// SAFETY: the module has one thread; it is never compiled with atomics.
#[cfg(all(feature = "small-allocator", target_arch = "wasm32"))]
#[global_allocator]
#[allow(unsafe_code)]
static ALLOCATOR: lol_alloc::AssumeSingleThreaded<lol_alloc::FreeListAllocator> =
    unsafe { lol_alloc::AssumeSingleThreaded::new(lol_alloc::FreeListAllocator::new()) };
