//! The life of one update. It knows no browser and no queue.
//!
//! Two things run beside each other: the page's `FunctionRun`, which sends the request, and Stripe.js, whose
//! `runServerUpdate` calls that function and then fetches the session again. `verdict.rs` holds them against each other.

mod function;
mod stage;
mod stripe;
mod verdict;

use self::function::FunctionRun;
use self::stripe::Stripe;
use crate::context::Context;
use crate::effect::Effect;
use crate::endpoint::Endpoint;
use crate::event::UpdateEvent;
use crate::failure::{Applied, FailureFacts, Kind, Reason};
use crate::payload::Payload;
use crate::staleness::{Doubt, SessionNumber};

/// One update.
#[derive(Clone, Debug)]
pub struct Update {
    /// The position of its endpoint.
    pub endpoint: usize,
    /// The number of its session.
    pub session: SessionNumber,
    /// The callers that wait for the outcome.
    pub waiters: Vec<u32>,
    /// The refresh after its failure, while that holds its turn and its outcome.
    pub held: Option<u32>,
    function: FunctionRun,
    stripe: Stripe,
    verdict: Option<Result<(), FailureFacts>>,
}

impl Update {
    fn new(id: u32, endpoint: usize, session: SessionNumber, payload: Payload, asked: f64, stripe: Stripe) -> Self {
        let function = FunctionRun::new(id, payload, asked);
        Self { endpoint, session, waiters: vec![id], held: None, function, stripe, verdict: None }
    }

    /// An update that was asked for at that moment, and for which `runServerUpdate` is called here.
    #[must_use]
    pub fn queued(id: u32, endpoint: usize, session: SessionNumber, payload: Payload, asked: f64) -> Self {
        Self::new(id, endpoint, session, payload, asked, Stripe::Waiting)
    }

    /// The call of a function that the page handed to `runServerUpdate` itself.
    #[must_use]
    pub fn external(id: u32, endpoint: usize, session: SessionNumber, payload: Payload, asked: f64) -> Self {
        Self::new(id, endpoint, session, payload, asked, Stripe::External)
    }

    /// Its number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.function.id()
    }

    /// What it sends.
    #[must_use]
    pub fn payload(&self) -> &Payload {
        self.function.payload()
    }

    /// Whether the page calls `runServerUpdate` itself. The queue does not concern it.
    #[must_use]
    pub fn is_external(&self) -> bool {
        self.stripe == Stripe::External
    }

    /// Whether this attempt of it is waited for.
    #[must_use]
    pub fn awaits(&self, attempt: u32) -> bool {
        self.function.awaits(attempt)
    }

    /// Whether it waits for its turn.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.stripe == Stripe::Waiting
    }

    /// Whether a request was sent, or the page's own function was called.
    #[must_use]
    pub fn was_sent(&self) -> bool {
        self.function.attempts() > 0
    }

    /// Whether something of it ended as it does when the customer leaves, and is not judged yet.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.function.is_lost() || matches!(self.stripe, Stripe::Lost { .. })
    }

    /// Whether `runServerUpdate` was called and has not ended.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        matches!(self.stripe, Stripe::Called { .. })
    }

    /// What the page may lack of it while Stripe.js has not ended: the change, or whether there was one.
    #[must_use]
    pub fn leaves(&self) -> Option<Doubt> {
        match self.function.ended()?.1 {
            Ok(()) => Some(Doubt::Behind),
            Err(failure) => (failure.applied == Applied::Unknown).then_some(Doubt::Unknown),
        }
    }

    /// Milliseconds since its function was called, or since it was asked for.
    #[must_use]
    pub fn age(&self, now: f64) -> f64 {
        now - self.function.began()
    }

    /// How long its function took, or has taken.
    #[must_use]
    pub fn duration(&self, now: f64) -> f64 {
        self.function.duration(now)
    }

    /// That a waiter no longer waits.
    #[must_use]
    pub fn detached(&self, reason: Reason, now: f64) -> FailureFacts {
        let applied = if self.was_sent() { Applied::Unknown } else { Applied::No };
        self.function.failure(Kind::Cancelled, applied, Some(reason), now)
    }

    /// How it ended, as far as that is known.
    fn result(&self) -> Option<Result<(), FailureFacts>> {
        self.verdict.or(self.function.ended().map(|(_, result)| result))
    }

    /// Whether it is known to have failed.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.result().is_some_and(|result| result.is_err())
    }

    /// What is told once it is over.
    #[must_use]
    pub fn into_effect(self, fresh: bool, now: f64) -> Effect {
        Effect::Settled {
            id: self.id(),
            endpoint: self.endpoint,
            failure: self.result().and_then(Result::err),
            fresh,
            waited: self.function.waited(now),
            duration: self.function.duration(now),
            attempts: self.function.attempts(),
            waiters: self.waiters,
        }
    }

    /// Its turn has come.
    pub fn start(&mut self, context: &mut Context) {
        self.stripe = Stripe::Called { since: context.now };
        context.emit(Effect::Start(self.id()));
    }

    /// Its function was called at that moment.
    pub fn call(&mut self, at: f64, endpoint: &Endpoint, context: &mut Context) {
        self.function.call(at, endpoint, context);
    }

    /// Ends its function.
    pub fn abort(&mut self, kind: Kind, reason: Option<Reason>, context: &mut Context) {
        self.function.abort(kind, reason, context);
    }

    /// Looks at the clock.
    pub fn tick(&mut self, endpoint: &mut Endpoint, context: &mut Context) {
        self.function.tick(endpoint, context);
    }

    /// Something happened to it.
    #[inline(never)]
    pub fn on(&mut self, event: &UpdateEvent, endpoint: &mut Endpoint, context: &mut Context) {
        match *event {
            UpdateEvent::NotStarted(kind) => self.abort(kind, None, context),
            UpdateEvent::Called => self.call(context.now, endpoint, context),
            UpdateEvent::Token { there } => self.function.token(there, context),
            UpdateEvent::Head { attempt, status } => self.function.head(attempt, status),
            UpdateEvent::Answered { attempt, ref answer } => {
                self.function.answered(attempt, answer, endpoint, context);
            }
            UpdateEvent::Yielded => {
                if let Stripe::Lost { yielding, .. } = &mut self.stripe {
                    *yielding = false;
                }
                self.function.yielded(endpoint, context);
            }
            UpdateEvent::StripeEnded { success, .. } => self.stripe_ended(success, context),
        }
    }

    /// Stripe.js has ended. Its failure is judged one task later if the page may be about to go.
    fn stripe_ended(&mut self, success: bool, context: &mut Context) {
        let Stripe::Called { since } = self.stripe else { return };
        if success || !(context.is_leaving() || context.is_left()) {
            self.stripe = Stripe::Ended { since, success };
        } else {
            self.stripe = Stripe::Lost { since, yielding: true };
            self.function.stop();
            context.emit(Effect::YieldTask(self.id()));
        }
    }
}
