//! Payments: the call of `confirm`, and what the customer sees.

use super::Driver;
use crate::browser::in_flight::Payment;
use crate::browser::outcome::PayOutcome;
use crate::browser::promise::{Returned, resolve};
use crate::browser::records;
use crate::browser::stripe::Actions;
use crate::event::Event;
use crate::payment::blocked::BlockReason;

impl Driver {
    /// Whether a hold may begin now.
    pub fn can_hold(&self) -> bool {
        // What waits in the inbox may be an update.
        let now = self.now();
        !self.snapshot().pending && self.machine.borrow().can_hold(now)
    }

    /// Counts a payment that was blocked before it reached the machine.
    pub fn count_blocked(&self, reason: BlockReason) {
        self.machine.borrow_mut().count_blocked(reason);
    }

    fn payment_actions(&self, id: u32) -> Option<Actions> {
        self.payments.borrow().iter().find(|payment| payment.id == id).map(|payment| payment.actions.clone())
    }

    fn remove_payment(&self, id: u32) -> Option<Payment> {
        let mut payments = self.payments.borrow_mut();
        payments.iter().position(|payment| payment.id == id).map(|position| payments.remove(position))
    }

    /// Reads what the customer sees now.
    pub(super) fn compare(&self, id: u32) {
        let Some(session) = self.payment_actions(id).map(|actions| actions.session()) else { return };
        self.dispatch(Event::PayShown { id, shown: session.shown(), open: session.is_open() });
    }

    /// Calls `confirm`, in this task.
    pub(super) fn confirm(&self, id: u32) {
        let confirm = {
            let mut payments = self.payments.borrow_mut();
            let payment = payments.iter_mut().find(|payment| payment.id == id);
            payment.and_then(|payment| Some((payment.actions.clone(), payment.confirm.take()?)))
        };
        if let Some((actions, confirm)) = confirm {
            self.await_confirm(id, confirm(&actions));
        }
    }

    /// Waits for the end of `confirm`.
    pub fn await_confirm(&self, id: u32, returned: Returned) {
        self.spawn(|driver| async move {
            let result = resolve(returned).await;
            let ended = driver.remove_payment(id);
            driver.dispatch(Event::ConfirmEnded { id, resolved: result.is_ok() });
            if let Some(Payment { tell, detaching, .. }) = ended {
                drop(detaching);
                tell(result.map(|result| PayOutcome::Confirmed { result }));
            }
        });
    }

    /// A payment is over without an answer of `confirm`.
    pub(super) fn blocked(&self, id: u32, reason: BlockReason) {
        let Some(Payment { actions, tell, detaching, .. }) = self.remove_payment(id) else { return };
        drop(detaching);
        let session = Some(reason).filter(|reason| *reason == BlockReason::Changed).map(|_| actions.session());
        tell(Ok(records::blocked(reason, session)));
    }
}
