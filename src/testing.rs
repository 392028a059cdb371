//! Stand-ins for a page's own tests in `wasm-bindgen-test`: [`FakeStripe`] for Stripe.js and [`respond`] for the server.
//!
//! ```no_run
//! use checkout_updates::testing::{FakeStripe, respond};
//! use checkout_updates::{Endpoint, Options, Outcome, Updates};
//!
//! # async fn test() {
//! let stripe = FakeStripe::new("cs_test_a1");
//! let remove_gift = Endpoint::<()>::new("/remove-gift");
//! let options = Options::new().endpoint("removeGift", &remove_gift).fetch(respond(200, "{}"));
//! let Ok(updates) = Updates::new(options) else { return };
//! let outcome = updates.run(stripe.actions(), &remove_gift, ()).await;
//! assert!(matches!(outcome, Outcome::Success { .. }));
//! assert_eq!(stripe.updates(), 1);
//! # }
//! ```

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::futures::{JsFuture, future_to_promise};
use js_sys::{Array, Function, Object, Promise};
use wasm_bindgen::prelude::{Closure, JsCast, JsValue, wasm_bindgen};

use crate::api::Actions;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Response)]
    type Answer;

    #[wasm_bindgen(constructor, catch, js_class = Response)]
    fn new(body: &str, init: &JsValue) -> Result<Answer, JsValue>;
}

struct State {
    session: RefCell<JsValue>,
    fails_to_refresh: Cell<bool>,
    updates: Cell<u32>,
    payments: Cell<u32>,
    last: RefCell<Promise>,
}

/// A stand-in for Stripe.js: `runServerUpdate` runs one update at a time, rejects where the function does, and resolves with
/// the session; `confirm` resolves. It has no limit of 20 seconds, since the package's own comes first.
pub struct FakeStripe {
    actions: Actions,
    state: Rc<State>,
}

impl FakeStripe {
    /// One that shows an open session of this id.
    #[must_use]
    pub fn new(session_id: &str) -> Self {
        let state = Rc::new(State {
            session: RefCell::new(session(session_id, "open")),
            fails_to_refresh: Cell::default(),
            updates: Cell::default(),
            payments: Cell::default(),
            last: RefCell::new(Promise::resolve(&JsValue::UNDEFINED)),
        });
        let of = Rc::clone(&state);
        let get_session = Closure::<dyn Fn() -> JsValue>::new(move || of.session.borrow().clone());
        let of = Rc::clone(&state);
        let run_server_update = Closure::<dyn Fn(Function) -> Promise>::new(move |update| of.run_server_update(update));
        let of = Rc::clone(&state);
        let confirm = Closure::<dyn Fn() -> Promise>::new(move || {
            of.payments.set(of.payments.get() + 1);
            Promise::resolve(&of.result())
        });
        let actions = record(&[
            ("getSession", get_session.into_js_value()),
            ("runServerUpdate", run_server_update.into_js_value()),
            ("confirm", confirm.into_js_value()),
        ]);
        Self { actions: actions.unchecked_into(), state }
    }

    /// What the page passes to `run`, `refresh`, `pay` and `resume`.
    #[must_use]
    pub fn actions(&self) -> &Actions {
        &self.actions
    }

    /// Shows this session from now on: an object as Stripe.js has it, with `id` and `status`.
    pub fn set_session(&self, session: JsValue) {
        self.state.session.replace(session);
    }

    /// Shows the session of this id as paid, so that updates end as `session_closed`.
    pub fn complete(&self, session_id: &str) {
        self.set_session(session(session_id, "complete"));
    }

    /// Whether `runServerUpdate` cannot fetch the session after the function: it resolves to `{ type: "error" }` then.
    pub fn set_fails_to_refresh(&self, fails: bool) {
        self.state.fails_to_refresh.set(fails);
    }

    /// How often `runServerUpdate` has called its function, refreshes included.
    #[must_use]
    pub fn updates(&self) -> u32 {
        self.state.updates.get()
    }

    /// How often `confirm` was called.
    #[must_use]
    pub fn payments(&self) -> u32 {
        self.state.payments.get()
    }
}

impl State {
    fn run_server_update(self: &Rc<Self>, update: Function) -> Promise {
        let (state, before) = (Rc::clone(self), self.last.borrow().clone());
        let promise = future_to_promise(async move {
            // One at a time, however the one before ended.
            let _ = JsFuture::from(before).await;
            state.updates.set(state.updates.get() + 1);
            JsFuture::from(Promise::resolve(&update.call0(&JsValue::UNDEFINED)?)).await?;
            Ok(state.result())
        });
        drop(self.last.replace(promise.clone()));
        promise
    }

    fn result(&self) -> JsValue {
        if self.fails_to_refresh.get() {
            let error = record(&[("message", "The session could not be fetched.".into()), ("code", JsValue::NULL)]);
            return record(&[("type", "error".into()), ("error", error)]);
        }
        record(&[("type", "success".into()), ("session", self.session.borrow().clone())])
    }
}

/// A server that answers each request with this status and body: for [`Options::fetch`](crate::Options::fetch).
#[must_use]
pub fn respond(status: u16, body: &str) -> Function {
    let body = body.to_owned();
    let answer =
        Closure::<dyn Fn() -> Promise>::new(move || match Answer::new(&body, &record(&[("status", status.into())])) {
            Ok(answer) => Promise::resolve(&JsValue::from(answer)),
            Err(error) => Promise::reject(&error),
        });
    answer.into_js_value().unchecked_into()
}

fn session(id: &str, status: &str) -> JsValue {
    record(&[("id", id.into()), ("status", record(&[("type", status.into())]))])
}

fn record(members: &[(&str, JsValue)]) -> JsValue {
    let entries = Array::new();
    for (name, value) in members {
        entries.push(&Array::of2(&(*name).into(), value));
    }
    Object::from_entries(&entries).map(Into::into).unwrap_or_default()
}
