//! Update requests for a Stripe Checkout Session, made right.
//!
//! The pure part decides, and is an ordinary Rust library: [`machine`] takes events and gives effects, and a server
//! reads the rules of [`session`] and [`intent`]. The feature `browser` performs the effects.

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
mod exports;

// SAFETY: the module has one thread; it is never compiled with atomics.
#[cfg(all(feature = "browser", target_arch = "wasm32"))]
#[global_allocator]
#[allow(unsafe_code)]
static ALLOCATOR: lol_alloc::AssumeSingleThreaded<lol_alloc::FreeListAllocator> =
    unsafe { lol_alloc::AssumeSingleThreaded::new(lol_alloc::FreeListAllocator::new()) };
