//! Payments and holds in the world: the page that pays, Stripe.js that confirms, and what is promised of both.

use std::sync::Arc;

use checkout_updates::event::Event;
use checkout_updates::payment::blocked::BlockReason;

use crate::bounds::Bounds;
use crate::world::{Action, Promise, World, bit};

/// Where the numbers of payments and holds start.
pub const PAYMENTS: u32 = 50;

/// Stripe.js fetches the session within this time after a function that the page handed to it.
pub const FETCHES: f64 = 1_000.0;

/// The longest that a payment waits once nothing is pending: for the refresh after a function, and for staleness.
const LONGEST_WAIT: f64 = 20_000.0;

const LONGEST_HOLD: f64 = 600_000.0;

/// How `confirm` ends. It may also never end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    Paid,
    Declined,
    Rejected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Waiting,
    Confirming,
    /// The page came back from the cache.
    Returned,
}

/// A call of `pay`.
#[derive(Clone, Debug)]
struct Payment {
    id: u32,
    /// The changes that the page showed when it was called.
    seen: u8,
    /// The updates that were pending then, a bit each.
    awaited: u8,
    /// Whether one of them did not succeed.
    denied: bool,
    since: f64,
    stage: Stage,
}

/// What the page has done to pay.
#[derive(Clone, Debug, Default)]
pub struct Paying {
    /// How often it may still pay, and click a wallet.
    pays: u8,
    holds: u8,
    /// How many payments and holds there were.
    begun: u32,
    payments: Vec<Payment>,
    held: Option<(u32, f64)>,
    /// Whether Stripe.js' fetching after a function of the page is of interest here.
    lags: bool,
    /// The changes that Stripe.js is yet to fetch, and until when it does.
    lag: Option<(u8, f64)>,
}

impl Paying {
    pub fn new(bounds: &Bounds) -> Self {
        let lags = bounds.pays > 0 || bounds.holds > 0;
        Self { pays: bounds.pays, holds: bounds.holds, lags, ..Self::default() }
    }

    fn is(&self, stage: Stage) -> bool {
        self.payments.iter().any(|payment| payment.stage == stage)
    }

    pub fn is_confirming(&self) -> bool {
        self.is(Stage::Confirming)
    }

    pub fn is_over(&self) -> bool {
        self.payments.is_empty() && self.held.is_none()
    }

    /// Whether a call of `pay` waits for something else than its `confirm`.
    pub fn waits(&self) -> bool {
        self.is(Stage::Waiting) || self.is(Stage::Returned)
    }

    /// Whether what the customer sees must stay as it is.
    fn is_fixed(&self, now: f64) -> bool {
        self.is_confirming() || self.held.is_some_and(|(_, since)| now - since < LONGEST_HOLD)
    }

    /// Until when Stripe.js will have fetched what it is fetching.
    pub fn lags_until(&self) -> Option<f64> {
        self.lag.map(|(_, until)| until)
    }

    fn lagging(&self) -> u8 {
        self.lag.map_or(0, |(lagging, _)| lagging)
    }

    pub fn is_lagging(&self, id: u32) -> bool {
        self.lagging() & bit(id) != 0
    }

    /// A function of the page has succeeded: Stripe.js fetches the session next.
    pub fn lag(&mut self, id: u32, now: f64) {
        if self.lags {
            self.lag = Some((self.lagging() | bit(id), now + FETCHES));
        }
    }

    /// Stripe.js has fetched a session with these changes.
    pub fn catch_up(&mut self, had: u8) {
        self.lag = self.lag.map(|(lagging, until)| (lagging & !had, until)).filter(|(lagging, _)| *lagging != 0);
    }

    /// An update did not succeed.
    pub fn deny(&mut self, update: u32) {
        for payment in self.payments.iter_mut().filter(|payment| payment.awaited & bit(update) != 0) {
            payment.denied = true;
        }
    }

    pub fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        if self.pays > 0 {
            actions.push(Action::Pay);
        }
        if self.holds > 0 && world.can_hold() {
            actions.push(Action::Hold);
        }
        actions.extend(self.held.map(|_| Action::Release));
        actions.extend(self.lag.map(|_| Action::CatchUp));
        for Payment { id, .. } in self.payments.iter().filter(|payment| payment.stage != Stage::Waiting) {
            let all = [Confirmation::Paid, Confirmation::Declined, Confirmation::Rejected];
            actions.extend(all.map(|how| Action::ConfirmEnds(*id, how)));
        }
    }

    /// The payments that a signal could end.
    pub fn signals(&self) -> impl Iterator<Item = u32> {
        self.payments.iter().filter(|payment| payment.stage != Stage::Returned).map(|payment| payment.id)
    }

    /// The page comes back from the cache.
    pub fn back(&mut self) {
        self.held = None;
        self.payments.iter_mut().for_each(|payment| payment.stage = Stage::Returned);
    }

    pub fn dispose(&mut self) {
        self.held = None;
    }
}

impl World {
    /// What the customer sees.
    pub fn shown(&self) -> Arc<str> {
        self.seen().to_string().into()
    }

    fn seen(&self) -> u8 {
        self.shows & !self.paying.lagging()
    }

    pub fn pay(&mut self) -> Event {
        let (seen, awaited, since) = (self.seen(), self.unsettled(), self.now);
        let paying = &mut self.paying;
        (paying.pays, paying.begun, paying.held) = (paying.pays - 1, paying.begun + 1, None);
        let id = PAYMENTS + paying.begun;
        paying.payments.push(Payment { id, seen, awaited, denied: false, since, stage: Stage::Waiting });
        self.acted = true;
        Event::Pay { id, session: Some(1), shown: self.shown(), open: !self.closed, failed: false }
    }

    pub fn hold(&mut self) -> Event {
        let (paying, now) = (&mut self.paying, self.now);
        (paying.holds, paying.begun) = (paying.holds - 1, paying.begun + 1);
        let id = PAYMENTS + paying.begun;
        paying.held = Some((id, now));
        Event::Hold(id)
    }

    pub fn release(&mut self) -> Option<Event> {
        self.paying.held.take().map(|(id, _)| Event::Release(id))
    }

    pub fn confirm_ends(&mut self, id: u32, how: Confirmation) -> Event {
        self.paying.payments.retain(|payment| payment.id != id);
        self.closed |= how == Confirmation::Paid;
        Event::ConfirmEnded { id, resolved: how != Confirmation::Rejected }
    }

    /// `confirm` is called.
    pub fn confirms(&mut self, id: u32) {
        if self.paying.is_confirming() {
            self.breaks(Promise::ConfirmOnce, "`confirm` is called while it runs");
        }
        if self.stale || self.unsettled() != 0 {
            self.breaks(Promise::Settled, "`confirm` is called while the page is stale, or an update pending");
        }
        if self.is_request_open() {
            self.breaks(Promise::Undisturbed, "`confirm` is called while a request is under way");
        }
        let seen_now = self.seen();
        let Some(payment) = self.paying.payments.iter_mut().find(|payment| payment.id == id) else { return };
        payment.stage = Stage::Confirming;
        let (seen, denied) = (payment.seen, payment.denied);
        if denied {
            self.breaks(Promise::Seen, "the customer pays, and something that was asked for before was not made");
        }
        if seen != seen_now {
            self.breaks(Promise::Seen, "the customer pays another total than the one at the press");
        }
        if self.has_more_than(seen) {
            self.breaks(Promise::Seen, "the customer pays a total that the page has not shown");
        }
    }

    pub fn blocked(&mut self, id: u32, reason: BlockReason) {
        let position = self.paying.payments.iter().position(|payment| payment.id == id);
        let Some(position) = position else {
            return self.breaks(Promise::PayEnds, "a payment is blocked that has ended");
        };
        let payment = self.paying.payments.remove(position);
        let stays = matches!(reason, BlockReason::Closed | BlockReason::Stale);
        match payment.stage {
            Stage::Waiting => {}
            Stage::Returned if stays => {}
            _ => self.breaks(Promise::PayEnds, "a payment ends before its `confirm` does"),
        }
    }

    /// Something starts that could change what the customer pays.
    pub fn disturbs(&mut self) {
        if self.paying.is_fixed(self.now) {
            self.breaks(Promise::Undisturbed, "something starts while `confirm` runs, or a wallet is open");
        }
    }

    /// The server makes a change that is not too late to be known of.
    pub fn changes(&mut self) {
        if self.paying.is_confirming() {
            self.breaks(Promise::Undisturbed, "the server makes a change while `confirm` runs");
        }
    }

    pub fn check_payments(&mut self) {
        let (now, is_paying) = (self.now, self.machine.is_paying());
        self.paying.held.take_if(|(_, since)| now - *since >= LONGEST_HOLD);
        let paying = &self.paying;
        if is_paying != (paying.held.is_some() || paying.is(Stage::Waiting) || paying.is_confirming()) {
            self.breaks(Promise::PayEnds, "updates are kept from running by no payment, or are not by one");
        }
        let longest = crate::world::LONGEST_WAIT + LONGEST_WAIT;
        let too_long = |payment: &Payment| payment.stage == Stage::Waiting && now - payment.since > longest;
        if self.paying.payments.iter().any(too_long) {
            self.breaks(Promise::PayEnds, "a payment waits longer than every limit together");
        }
    }
}
