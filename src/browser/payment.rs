//! Calls that pay, hold and resume, turned into events for the machine.

use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

use super::client::{Client, is_aborted};
use super::in_flight::{Confirm, Payment, TellPayment};
use super::records;
use super::stripe::{Actions, Session};
use crate::event::Event;
use crate::payment::blocked::BlockReason;

#[wasm_bindgen(module = "/src/browser/marks.js")]
extern "C" {
    #[wasm_bindgen(js_name = isMarked)]
    fn is_marked(session: &str) -> bool;
}

/// What `pay` takes besides `confirm`.
#[derive(Default)]
pub struct PayOptions {
    /// Blocks the payment, as long as `confirm` was not called.
    pub signal: Option<JsValue>,
    /// The session as the customer saw it at the press, where that was before this call.
    pub seen: Option<Session>,
    /// Whether an update that was pending at the press has failed, before this module was there.
    pub has_failed: bool,
}

impl Client {
    /// Calls `confirm` once nothing is in the way, and `tell` with how that ended.
    pub fn pay(&self, actions: Actions, confirm: Confirm, options: PayOptions, tell: TellPayment) {
        let id = self.next_id();
        let PayOptions { signal, seen, has_failed } = options;
        let mut payment = Payment { id, actions: actions.clone(), confirm: Some(confirm), tell, detaching: None };
        if let Some(signal) = signal {
            if is_aborted(&signal) {
                self.driver.count_blocked(BlockReason::Cancelled);
                return (payment.tell)(Ok(records::blocked(BlockReason::Cancelled, None)));
            }
            // What is no signal never aborts: a shop must always be able to take money.
            payment.detaching = self.on_abort(id, &signal).ok();
        }
        self.listen();
        let session = actions.session();
        let (named, open) = (session.id(), session.is_open());
        let shown = seen.as_ref().unwrap_or(&session).shown();
        let (session, attachment) = self.driver.attach(&actions, named);
        self.driver.payments.borrow_mut().push(payment);
        self.driver.dispatch_with(Event::Pay { id, session, shown, open, failed: has_failed }, attachment);
    }

    /// `confirm` was called before this module was there: waits for what it returned.
    pub fn paying(&self, actions: Actions, result: JsValue, tell: TellPayment) {
        let id = self.next_id();
        self.listen();
        let (session, attachment) = self.driver.attach(&actions, actions.session().id());
        self.driver.payments.borrow_mut().push(Payment { id, actions, confirm: None, tell, detaching: None });
        self.driver.dispatch_with(Event::Paying { id, session }, attachment);
        self.driver.await_confirm(id, Ok(result));
    }

    /// No update may start until this is released; `None` where something is in the way.
    pub fn hold(&self) -> Option<u32> {
        self.driver.can_hold().then(|| self.holding())
    }

    /// A hold that began before this module was there.
    pub fn holding(&self) -> u32 {
        let id = self.next_id();
        self.listen();
        self.driver.dispatch(Event::Hold(id));
        id
    }

    /// Ends a hold.
    pub fn release(&self, id: u32) {
        self.driver.dispatch(Event::Release(id));
    }

    /// Makes the page stale where a reload has left a mark of this session, and calls `tell` when that is over.
    pub fn resume(&self, actions: Actions, tell: Box<dyn FnOnce(bool)>) {
        if actions.session().id().is_some_and(|id| is_marked(&id)) {
            self.doubt(Some(actions));
        }
        self.driver.store.when_fresh(tell);
        self.driver.publish();
    }
}
