//! Makes the server requests behind Stripe.js's `runServerUpdate`.
//!
//! On a checkout page built with Stripe Elements and Checkout Sessions, the customer can change the order, but only
//! your server can change the session. This crate sends your server only the session ID and the customer's choice. It
//! gives up before Stripe's 20-second limit, and tells you what failed and whether the change went through.
//!
//! | you write | you need | start with |
//! |---|---|---|
//! | a page in Rust | the feature `browser`, for wasm32 | [`Updates`] and [A page](#a-page) |
//! | a server in Rust | no default features, and `serde` to read JSON | [`intent::Intent::read`] and [A server](#a-server) |
//! | a page in JavaScript | the npm package `checkout-updates` | its README |
//! | a page without npm | `wasm-pack build --target web` | [A module without npm](#a-module-without-npm) |
//!
//! # A page
//!
//! ```toml
//! checkout-updates = { version = "0.1", default-features = false, features = ["browser"] }
//! ```
//!
//! `actions` is the object that Stripe.js's `loadActions()` returns: the one with `runServerUpdate`. Any version of
//! Stripe.js from 5.10 works.
//!
//! ```no_run
//! # #[cfg(feature = "browser")]
//! # mod page {
//! use checkout_updates::{Actions, Endpoint, Options, Outcome, PayOutcome, Updates};
//! use js_sys::futures::JsFuture;
//! use js_sys::{Promise, Reflect};
//! use serde::{Deserialize, Serialize};
//! use wasm_bindgen::prelude::*;
//!
//! #[wasm_bindgen]
//! extern "C" {
//!     type Stripe;
//!     #[wasm_bindgen(js_name = Stripe)]
//!     fn stripe(publishable_key: &str) -> Stripe;
//!     #[wasm_bindgen(method, js_name = initCheckoutElementsSdk)]
//!     fn init_checkout_elements_sdk(this: &Stripe, options: &JsValue) -> Sdk;
//!
//!     type Sdk;
//!     #[wasm_bindgen(method, js_name = loadActions)]
//!     fn load_actions(this: &Sdk) -> Promise;
//!
//!     type Confirm;
//!     #[wasm_bindgen(method)]
//!     fn confirm(this: &Confirm) -> Promise;
//! }
//!
//! #[derive(Serialize, Deserialize)]
//! struct Interval {
//!     interval: String,
//! }
//!
//! /// `options` is a JavaScript record with the `clientSecret` that your server returned.
//! async fn open(publishable_key: &str, options: &JsValue) -> Result<Actions, JsValue> {
//!     let sdk = stripe(publishable_key).init_checkout_elements_sdk(options);
//!     let loaded = JsFuture::from(sdk.load_actions()).await?;
//!     Ok(Reflect::get(&loaded, &"actions".into())?.unchecked_into())
//! }
//!
//! async fn checkout(actions: Actions, show: impl Fn(&str)) -> Result<(), JsValue> {
//!     let change = Endpoint::<Interval>::new("/change-subscription-interval")
//!         .one_of("interval", ["monthly", "yearly"])
//!         .latest();
//!     let options = Options::new().endpoint("changeInterval", &change);
//!     let updates = Updates::new(options).map_err(|error| error.to_string())?;
//!
//!     // In the handler of the switch.
//!     let yearly = Interval { interval: "yearly".to_owned() };
//!     match updates.run(&actions, &change, yearly).await {
//!         Outcome::Success { .. } => show("Your plan is yearly now."),
//!         Outcome::Error { failure, .. } => show(&failure.message),
//!         Outcome::Cancelled { .. } => {}
//!     }
//!
//!     // In the handler of Pay.
//!     let confirm = |actions: &Actions| actions.unchecked_ref::<Confirm>().confirm();
//!     match updates.pay(&actions, confirm, None).await? {
//!         // What `confirm` resolved to, errors of Stripe.js included.
//!         PayOutcome::Confirmed { result } => drop(result),
//!         PayOutcome::Blocked { message, .. } => show(&message),
//!     }
//!     Ok(())
//! }
//! # }
//! # fn main() {}
//! ```
//!
//! [`api`] lists the other functions: `pending_intent` for steppers, `subscribe`, `hold` for wallets, `resume` after a
//! reload.
//!
//! # A server
//!
//! ```toml
//! checkout-updates = { version = "0.1", default-features = false, features = ["serde"] }
//! ```
//!
//! Your server can check a request by the same rules as your page. Without the feature `browser`, the crate contains
//! only these rules and the state machine. With the feature `serde`, read an [`intent::Value`] with `serde_json` or as
//! axum's `Json<Value>`.
//!
//! ```
//! use checkout_updates::intent::{Field, Intent, InvalidBody, Rule, Value};
//!
//! fn change_interval(body: Value) -> Result<String, InvalidBody> {
//!     let fields = [Field::new("interval", Rule::OneOf(vec!["monthly".to_owned(), "yearly".to_owned()]))];
//!     let (session, intent) = Intent::read("checkout_session_id", &fields, body)?;
//!     // Check that the session is this visitor's, look up the price, and send Stripe all line items.
//!     Ok(format!("{} becomes {}", session.as_str(), intent.get("interval").as_str().unwrap_or_default()))
//! }
//! # let body = Value::Record(vec![
//! #     ("checkout_session_id".to_owned(), Value::Text("cs_test_a1".to_owned())),
//! #     ("interval".to_owned(), Value::Text("yearly".to_owned())),
//! # ]);
//! # assert_eq!(change_interval(body).ok().as_deref(), Some("cs_test_a1 becomes yearly"));
//! ```
//!
//! # A module without npm
//!
//! `wasm-pack build --target web` makes a module with the class `Updates`. The npm package adds a loader, and recovers
//! from a trap of the module.
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
//! const outcome = await updates.run(actions, "changeInterval", { interval: "monthly" });
//! ```
//!
//! # Testing a page
//!
//! Turn on the feature `testing`. The module `testing` then has stand-ins for Stripe.js and for a server, for use with
//! `wasm-bindgen-test`:
//!
//! ```no_run
//! # #[cfg(feature = "testing")]
//! # async fn test() {
//! use checkout_updates::testing::{FakeStripe, respond};
//! use checkout_updates::{Endpoint, Options, Outcome, Updates};
//!
//! let stripe = FakeStripe::new("cs_test_a1");
//! let remove_gift = Endpoint::<()>::new("/remove-gift");
//! let options = Options::new().endpoint("removeGift", &remove_gift).fetch(respond(200, "{}"));
//! let Ok(updates) = Updates::new(options) else { return };
//! let outcome = updates.run(stripe.actions(), &remove_gift, ()).await;
//! assert!(matches!(outcome, Outcome::Success { .. }));
//! # }
//! ```
//!
//! The npm package's `checkout-updates/testing` has a complete stand-in for Stripe.js, with payments and wallets.
//! Import it with `#[wasm_bindgen(raw_module = "…/testing.js")]`, as `examples/rust` of the repository does.
//!
//! # The layers
//!
//! A layer uses only the layers below it.
//!
//! | layer | code | what it knows |
//! |---|---|---|
//! | shows | [`api`] for Rust, `exports.rs` for JavaScript | what people call |
//! | performs | `browser/` | the browser and Stripe.js, through typed bindings |
//! | decides | the other modules | no browser: [`machine`] receives events and returns effects |

// But for the line that makes the allocator of the npm package.
#![cfg_attr(not(all(feature = "small-allocator", target_arch = "wasm32")), forbid(unsafe_code))]

pub mod answer;
pub mod clock;
pub mod code;
pub mod context;
pub mod declaration;
pub mod effect;
pub mod endpoint;
pub mod event;
pub mod failure;
pub mod intent;
pub mod machine;
pub mod message;
pub mod metrics;
pub mod payload;
pub mod payment;
pub mod queue;
pub mod retry;
pub mod session;
pub mod staleness;
mod text;
pub mod update;

#[cfg(feature = "browser")]
pub mod api;
#[cfg(feature = "browser")]
mod browser;
#[cfg(feature = "js")]
#[doc(hidden)]
pub mod exports;
#[cfg(feature = "testing")]
pub mod testing;

#[cfg(feature = "browser")]
pub use api::{
    Actions, BlockReason, Credentials, Endpoint, EndpointMetrics, Failure, Hold, Metrics, Options, OptionsError,
    Outcome, PayOutcome, PaymentMetrics, RunOptions, ServerAnswer, Session, SettledUpdate, Snapshot, Subscription,
    UpdateFunction, Updates,
};

// SAFETY: the module has one thread; it is never compiled with atomics.
#[cfg(all(feature = "small-allocator", target_arch = "wasm32"))]
#[global_allocator]
#[allow(unsafe_code)]
static ALLOCATOR: lol_alloc::AssumeSingleThreaded<lol_alloc::FreeListAllocator> =
    unsafe { lol_alloc::AssumeSingleThreaded::new(lol_alloc::FreeListAllocator::new()) };
