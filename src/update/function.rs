//! The function of an update: everything from its call to the end of its promise. It does not know what Stripe.js does.

use super::stage::{PendingVerdict, Stage};
use crate::answer::{self, Answer, Body};
use crate::context::Context;
use crate::effect::Effect;
use crate::endpoint::Endpoint;
use crate::failure::{Applied, FailureFacts, Kind, Reason};
use crate::metrics::Number;
use crate::payload::Payload;
use crate::retry;

/// How long the task that is let through at the deadline may take, in milliseconds: a script that clears every timer of the
/// page clears it, too.
const LAST_TASK: f64 = 1_000.0;

/// The function of one update.
#[derive(Clone, Debug)]
pub struct FunctionRun {
    id: u32,
    payload: Payload,
    /// When the update was asked for.
    asked: f64,
    called: Option<f64>,
    stage: Stage,
    attempts: u32,
    /// Whether an attempt failed after which the server may have made the change.
    in_doubt: bool,
    /// Since when the deadline has passed. One more task is let through then.
    overdue: Option<f64>,
    /// Whether nothing may be sent any more, since Stripe.js has failed.
    stopped: bool,
    /// The status of the last answer.
    status: Option<u16>,
}

impl FunctionRun {
    /// A function that was not called yet.
    #[must_use]
    pub fn new(id: u32, payload: Payload, asked: f64) -> Self {
        Self {
            id,
            payload,
            asked,
            called: None,
            stage: Stage::Idle,
            attempts: 0,
            in_doubt: false,
            overdue: None,
            stopped: false,
            status: None,
        }
    }

    /// The number of the update.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// What it sends.
    #[must_use]
    pub fn payload(&self) -> &Payload {
        &self.payload
    }

    /// When the update was asked for.
    #[must_use]
    pub fn asked(&self) -> f64 {
        self.asked
    }

    /// When it was called, or the update was asked for if it never was.
    #[must_use]
    pub fn began(&self) -> f64 {
        self.called.unwrap_or(self.asked)
    }

    /// How many requests were sent.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Whether it was never called.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.stage == Stage::Idle
    }

    /// Whether an attempt ended as it does when the customer leaves, and is not judged yet.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        matches!(self.stage, Stage::Lost(_))
    }

    /// How it ended, and when.
    #[must_use]
    pub fn ended(&self) -> Option<(f64, Result<(), FailureFacts>)> {
        if let Stage::Ended { at, result } = self.stage { Some((at, result)) } else { None }
    }

    /// Milliseconds from the request of the update to the call of the function, or to the end of what was never called.
    #[must_use]
    pub fn waited(&self, now: f64) -> f64 {
        at_least_zero(self.called.unwrap_or(self.end(now)) - self.asked)
    }

    /// Milliseconds since it was called, or since the update was asked for if it never was.
    #[must_use]
    pub fn duration(&self, now: f64) -> f64 {
        at_least_zero(self.end(now) - self.began())
    }

    fn end(&self, now: f64) -> f64 {
        if let Stage::Ended { at, .. } = self.stage { at } else { now }
    }

    /// A failure of this update. One attempt in doubt makes every later "no" an "unknown".
    #[must_use]
    pub fn failure(&self, kind: Kind, applied: Applied, reason: Option<Reason>, now: f64) -> FailureFacts {
        FailureFacts {
            kind,
            applied: if self.in_doubt && applied == Applied::No { Applied::Unknown } else { applied },
            status: self.status,
            duration: self.duration(now),
            attempts: self.attempts,
            reason,
        }
    }

    /// It was called at that moment. A second call changes nothing: it gets the first promise.
    pub fn call(&mut self, at: f64, endpoint: &Endpoint, context: &mut Context) {
        if self.stage != Stage::Idle {
            return;
        }
        self.called = Some(at);
        if let Payload::Refused(kind) = self.payload {
            self.abort(kind, None, context);
        } else if self.left(endpoint, context) <= 0.0 {
            self.abort(Kind::Timeout, None, context);
        } else if endpoint.csrf && self.payload != Payload::Wrapped {
            self.stage = Stage::Token;
            context.emit(Effect::Token(self.id));
        } else {
            self.send(context);
        }
    }

    /// Sends nothing any more: Stripe.js has failed.
    pub fn stop(&mut self) {
        self.stopped = true;
    }

    /// The CSRF token is there, or could not be had.
    pub fn token(&mut self, there: bool, context: &mut Context) {
        if self.stage != Stage::Token || self.overdue.is_some() {
            return;
        }
        if there {
            self.send(context);
        } else {
            self.lose(Kind::CallbackFailed, false, context);
        }
    }

    fn send(&mut self, context: &mut Context) {
        if self.stopped {
            return self.abort(Kind::StripeError, None, context);
        }
        self.attempts += 1;
        self.status = None;
        self.stage = Stage::Sent { since: context.now };
        let body = match &self.payload {
            Payload::Request { body, .. } => Some(body.clone()),
            Payload::Wrapped | Payload::Refused(_) => None,
        };
        context.emit(Effect::Send { id: self.id, attempt: self.attempts, body });
    }

    /// Whether this attempt is the one that is waited for.
    #[must_use]
    pub fn awaits(&self, attempt: u32) -> bool {
        matches!(self.stage, Stage::Sent { .. }) && attempt == self.attempts
    }

    /// The head of an answer arrived. On 4xx and 5xx it is all that counts, should the body never end.
    pub fn head(&mut self, attempt: u32, status: u16) {
        if self.awaits(attempt) {
            self.status = known(status);
        }
    }

    /// An attempt ended. What is no longer waited for is ignored.
    pub fn answered(&mut self, attempt: u32, answer: &Answer, endpoint: &mut Endpoint, context: &mut Context) {
        if !self.awaits(attempt) {
            return;
        }
        if self.overdue.is_some() && !matches!(answer, Answer::None | Answer::Unsent) {
            endpoint.counts.add(Number::Late);
        }
        match *answer {
            Answer::Value => self.settle(Ok(()), context),
            Answer::None => self.lose(Kind::Network, true, context),
            Answer::Unsent => {
                self.attempts -= 1;
                self.fail(Kind::Unavailable, Applied::No, None, context);
            }
            Answer::Threw => self.lose(Kind::CallbackFailed, false, context),
            Answer::ThrewNo => self.failed(Kind::Refused, false, None, endpoint, context),
            Answer::ThrewHttp { status, body } => {
                self.status = known(status);
                // It threw: even an answer that says yes is no success.
                let kind = answer::judge(status, body).err().unwrap_or(Kind::CallbackFailed);
                self.failed(kind, false, None, endpoint, context);
            }
            Answer::Http { status, body, retry_after } => {
                self.status = known(status);
                match answer::judge(status, body) {
                    Ok(()) => self.settle(Ok(()), context),
                    Err(kind @ Kind::BadResponse) if body == Body::CutOff => {
                        self.lose(kind, retry::may_repeat(status), context);
                    }
                    Err(kind) => {
                        // A closed session stays closed.
                        let repeatable = kind != Kind::SessionClosed && retry::may_repeat(status);
                        self.failed(kind, repeatable, retry_after, endpoint, context);
                    }
                }
            }
        }
    }

    /// An attempt ended without an answer, or there is no token. It is judged one task later: that the page was left may be
    /// reported after it.
    fn lose(&mut self, kind: Kind, repeatable: bool, context: &mut Context) {
        let sent = self.stage != Stage::Token;
        self.stage = Stage::Lost(PendingVerdict { kind, repeatable, sent, yielding: true });
        context.emit(Effect::YieldTask(self.id));
    }

    /// Judges a lost attempt once it is known whether the page is left.
    pub fn judge_lost(&mut self, endpoint: &mut Endpoint, context: &mut Context) {
        let Stage::Lost(PendingVerdict { kind, repeatable, sent, yielding }) = self.stage else { return };
        if context.is_left() {
            self.abort(Kind::Cancelled, Some(Reason::Left), context);
        } else if self.may_wait(yielding, endpoint, context) {
            // Not known yet.
        } else if sent {
            self.failed(kind, repeatable, None, endpoint, context);
        } else {
            self.abort(kind, None, context);
        }
    }

    /// Whether what may be due to the end of the page can wait to be judged. The deadline does not wait.
    #[must_use]
    pub fn may_wait(&self, yielding: bool, endpoint: &Endpoint, context: &Context) -> bool {
        (yielding || context.is_leaving()) && self.left(endpoint, context) > 0.0
    }

    /// An attempt failed: it is repeated, or the function ends.
    fn failed(
        &mut self,
        kind: Kind,
        repeatable: bool,
        retry_after: Option<f64>,
        endpoint: &mut Endpoint,
        context: &mut Context,
    ) {
        let applied = answer::applied(kind, self.status.unwrap_or_default());
        self.in_doubt |= applied != Applied::No;
        let again = repeatable
            && self.overdue.is_none()
            && self.payload != Payload::Wrapped
            && self.attempts <= endpoint.retries;
        let left = self.left(endpoint, context);
        if again && let Some(ms) = retry::pause(self.attempts, (context.random)(), retry_after, left) {
            endpoint.counts.add(Number::Retries);
            self.stage = Stage::Pause { until: context.now + ms };
            return;
        }
        self.fail(kind, applied, None, context);
    }

    /// Milliseconds that are left of the deadline.
    fn left(&self, endpoint: &Endpoint, context: &Context) -> f64 {
        self.began() + endpoint.timeout - context.now
    }

    /// Looks at the clock. At the deadline one more task is let through first: an answer that is there already wins.
    pub fn tick(&mut self, endpoint: &mut Endpoint, context: &mut Context) {
        let running = !matches!(self.stage, Stage::Idle | Stage::Lost(_) | Stage::Ended { .. });
        if let Some(since) = self.overdue
            && running
            && since + LAST_TASK <= context.now
        {
            return self.yielded(endpoint, context);
        }
        if !running || self.overdue.is_some() {
            return;
        }
        if self.left(endpoint, context) <= 0.0 {
            self.overdue = Some(context.now);
            context.emit(Effect::YieldTask(self.id));
            return;
        }
        match self.stage {
            Stage::Pause { until } if until <= context.now => self.send(context),
            Stage::Sent { since } if endpoint.attempt_timeout.is_some_and(|ms| since + ms <= context.now) => {
                context.emit(Effect::Abort(self.id));
                let (kind, repeatable) = self.silence();
                self.failed(kind, repeatable, None, endpoint, context);
            }
            _ => {}
        }
    }

    /// The task that was let through is over: after an attempt was lost, or after the deadline, and no answer came in it.
    pub fn yielded(&mut self, endpoint: &mut Endpoint, context: &mut Context) {
        if let Stage::Lost(verdict) = &mut self.stage {
            verdict.yielding = false;
            return;
        }
        if self.overdue.is_none() {
            return;
        }
        if let Stage::Sent { .. } = self.stage {
            context.emit(Effect::Abort(self.id));
            let (kind, _) = self.silence();
            self.failed(kind, false, None, endpoint, context);
        } else {
            self.abort(Kind::Timeout, None, context);
        }
    }

    /// What an attempt is that was given up: a timeout, unless its status has said more. And whether it may be repeated.
    fn silence(&mut self) -> (Kind, bool) {
        match self.status {
            Some(status @ 400..) if let Err(kind) = answer::judge(status, Body::CutOff) => {
                (kind, retry::may_repeat(status))
            }
            _ => {
                self.status = None;
                (Kind::Timeout, true)
            }
        }
    }

    /// Ends the function where it is: at the deadline, or because nobody wants it any more.
    pub fn abort(&mut self, kind: Kind, reason: Option<Reason>, context: &mut Context) {
        let applied = match self.stage {
            Stage::Ended { .. } => return,
            Stage::Sent { .. } => {
                context.emit(Effect::Abort(self.id));
                Applied::Unknown
            }
            Stage::Lost(PendingVerdict { sent: true, .. }) => Applied::Unknown,
            _ => Applied::No,
        };
        self.fail(kind, applied, reason, context);
    }

    fn fail(&mut self, kind: Kind, applied: Applied, reason: Option<Reason>, context: &mut Context) {
        self.settle(Err(self.failure(kind, applied, reason, context.now)), context);
    }

    fn settle(&mut self, result: Result<(), FailureFacts>, context: &mut Context) {
        self.stage = Stage::Ended { at: context.now, result };
        context.emit(Effect::FunctionEnded { id: self.id, failure: result.err() });
    }

    /// Calls `wake_at` with each time that it waits for. `may_still_end` is set while Stripe.js's failure waits to be judged.
    pub fn timers(&self, may_still_end: bool, endpoint: &Endpoint, wake_at: &mut dyn FnMut(f64)) {
        let unsettled = !matches!(self.stage, Stage::Idle | Stage::Ended { .. });
        let running = unsettled && self.overdue.is_none();
        if unsettled {
            self.overdue.into_iter().for_each(|since| wake_at(since + LAST_TASK));
        }
        if running || may_still_end || self.is_lost() {
            wake_at(self.began() + endpoint.timeout);
        }
        match self.stage {
            Stage::Pause { until } if running => wake_at(until),
            Stage::Sent { since } if running => endpoint.attempt_timeout.into_iter().for_each(|ms| wake_at(since + ms)),
            _ => {}
        }
    }
}

/// The status of an answer: a redirect that was not followed has none.
fn known(status: u16) -> Option<u16> {
    (status > 0).then_some(status)
}

/// `f64::max` is large where it becomes JavaScript.
fn at_least_zero(ms: f64) -> f64 {
    if ms > 0.0 { ms } else { 0.0 }
}
