//! Stripe.js: calling `runServerUpdate` for an update or a refresh, and how that ended.

use js_sys::Function;
use wasm_bindgen::prelude::{Closure, JsValue, wasm_bindgen};

use super::{Attachment, Driver, Later};
use crate::browser::in_flight::PageRefresh;
use crate::browser::promise::{Returned, resolve};
use crate::browser::stripe::{self, Actions, Session};
use crate::event::{Event, UpdateEvent};
use crate::failure::{FailureFacts, Kind};
use crate::staleness::SessionNumber;

#[wasm_bindgen(module = "/src/browser/platform.js")]
extern "C" {
    #[wasm_bindgen(js_name = serverUpdate)]
    fn server_update(called: &JsValue, promise: &JsValue) -> Function;

    #[wasm_bindgen(thread_local_v2, js_name = nothing)]
    static NOTHING: Function;
}

impl Driver {
    /// Calls `runServerUpdate` for an update.
    pub(super) fn start(&self, id: u32) {
        let known = self.row(id).and_then(|row| Some((row.actions.clone()?, row.function.promise())));
        let Some((actions, promise)) = known else { return };
        let called = Closure::<dyn Fn()>::new(self.later(Later::Called(id)));
        // Each call gets the same promise. One that comes too late is told so by it.
        let update = server_update(&called.into_js_value(), &promise);
        match actions.start(&update) {
            Err(kind) => self.dispatch(Event::Update { id, event: UpdateEvent::NotStarted(kind) }),
            Ok(returned) => self.await_stripe(id, actions, returned, false),
        }
    }

    /// Lets Stripe.js fetch the session again.
    pub(super) fn refresh(&self, id: u32, session: SessionNumber) {
        let asked =
            self.refreshes.borrow().iter().find(|refresh| refresh.id == id).map(|refresh| refresh.actions.clone());
        let Some(actions) = asked.or_else(|| self.sessions.actions(session)) else {
            return self.dispatch(Event::Update { id, event: UpdateEvent::NotStarted(Kind::Unsupported) });
        };
        match NOTHING.with(|nothing| actions.start(nothing)) {
            // A session that is no longer open has nothing to be behind of.
            Err(Kind::SessionClosed) => {
                let closed = actions.session();
                self.dispatch_with(Event::Refreshed { id, success: true, open: false }, Attachment::Session(closed));
            }
            Err(kind) => self.dispatch(Event::Update { id, event: UpdateEvent::NotStarted(kind) }),
            Ok(returned) => self.await_stripe(id, actions, returned, true),
        }
    }

    /// Tells the page how a refresh that it asked for ended.
    pub(super) fn refreshed(&self, id: u32, failure: Option<FailureFacts>, session: Option<&Session>) {
        let ended = {
            let mut refreshes = self.refreshes.borrow_mut();
            refreshes.iter().position(|refresh| refresh.id == id).map(|position| refreshes.remove(position))
        };
        let Some(PageRefresh { actions, tell, .. }) = ended else { return };
        match failure {
            None => tell(Ok(session.cloned().unwrap_or_else(|| actions.session()))),
            Some(failure) => tell(Err(self.failure_without_details(failure, None))),
        }
    }

    /// Waits for what `runServerUpdate` returned for an update or for a refresh.
    #[inline(never)]
    fn await_stripe(&self, id: u32, actions: Actions, returned: Returned, is_refresh: bool) {
        self.spawn(move |driver| async move {
            let outcome = stripe::outcome(resolve(returned).await, &actions);
            driver.stripe_ended(id, outcome, is_refresh);
        });
    }

    fn stripe_ended(&self, id: u32, outcome: Result<Session, JsValue>, is_refresh: bool) {
        let (session, cause) = match outcome {
            Ok(session) => (Some(session), JsValue::UNDEFINED),
            Err(cause) => (None, cause),
        };
        let success = session.is_some();
        let open = session.as_ref().is_none_or(Session::is_open);
        let event = if is_refresh {
            Event::Refreshed { id, success, open }
        } else {
            if let Some(mut row) = self.row(id) {
                row.received.details.cause = cause;
            }
            Event::Update { id, event: UpdateEvent::StripeEnded { success, open } }
        };
        self.dispatch_with(event, session.map_or(Attachment::Nothing, Attachment::Session));
    }
}
