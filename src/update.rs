//! The life of one update: events in, effects out. It knows no browser and no queue.
//!
//! Two things run beside each other: the page's *function*, which sends the request, and *Stripe.js*, whose
//! `runServerUpdate` calls that function and then fetches the session again. What both say is held against each other
//! in [`Update::decide`].

use crate::answer::{self, Answer, Body};
use crate::effect::{Effect, News, emit};
use crate::endpoint::Endpoint;
use crate::failure::{Applied, Failure, Kind, Reason};
use crate::metrics::Number;
use crate::retry;
use crate::stale::Doubt;

/// Stripe's limit on the function, and ours on waiting: for a turn, and for Stripe.js to call the function.
pub const LIMIT: f64 = 20_000.0;
/// An end of Stripe.js this late is its timeout.
const STRIPE_GAVE_UP: f64 = 19_000.0;
/// How long Stripe.js may be silent after the function failed.
const SILENT_AFTER_FAILURE: f64 = 1_000.0;
/// How long Stripe.js may be silent after the function succeeded: it fetches the session.
const SILENT_AFTER_SUCCESS: f64 = 10_000.0;
/// How long a page that may be about to go is taken to be going. What comes next has to answer before the page is hidden,
/// so it is a slow server's time; only what a page that stayed lost in it is told late.
pub const LEAVING: f64 = 3_000.0;

/// What an update is to send.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Order {
    /// A request. Numbers stand for texts: two live updates of one endpoint have the same where the texts are equal.
    Request {
        /// The body, which names the session.
        body: u32,
        /// The session and the values of the endpoint's `latest` fields; of no meaning where it has none.
        group: u32,
    },
    /// A function of the page.
    Wrapped,
    /// Nothing: it was refused here.
    Refused(Kind),
}

/// How far the function is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    /// Not called yet.
    Idle,
    /// It waits for the page's CSRF token.
    Token,
    /// An attempt is under way since then.
    Sent(f64),
    /// An attempt ended without an answer, and is not judged yet.
    Lost(Loss),
    /// It waits before the next attempt, until then.
    Pause(f64),
    /// It has settled then.
    Ended(f64),
}

/// An attempt that ended without an answer: it failed, or the browser ended it since the customer leaves, which the page
/// hears of later.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Loss {
    /// What it is if the page stays.
    kind: Kind,
    repeatable: bool,
    /// Whether there was an attempt; else it was the page's CSRF token.
    sent: bool,
    /// Whether the task after it is under way.
    fresh: bool,
}

/// How far Stripe.js is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stripe {
    /// It is out of sight: a function of `request` or `wrap` that the page hands to Stripe.js itself.
    Apart,
    /// `runServerUpdate` has not been called: the update waits for its turn.
    Waiting,
    /// `runServerUpdate` was called.
    Called,
    /// It has failed, which is not judged yet: the browser ends its requests too when the customer leaves. Set while the
    /// task after that is under way.
    Lost(bool),
    /// It has ended, with success or not.
    Ended(bool),
}

/// What a step of an update works with.
pub struct Step<'a> {
    /// The time.
    pub now: f64,
    /// A random number in 0..1.
    pub random: f64,
    /// Set after `pagehide`, when it is the browser that ends attempts.
    pub left: bool,
    /// Set while the page may be about to go.
    pub leaving: bool,
    /// The update's endpoint.
    pub endpoint: &'a mut Endpoint,
    /// What is to be done.
    pub out: &'a mut Vec<Effect>,
}

/// How an update ended: what went wrong, and whether the server made the change.
pub type Verdict = Result<(), (Kind, Applied)>;

/// One update.
#[derive(Clone, Debug)]
pub struct Update {
    /// Its number, given by the facade.
    pub id: u32,
    /// The position of its endpoint.
    pub endpoint: usize,
    /// The number of its session.
    pub session: u32,
    /// What it is to send.
    pub order: Order,
    /// Who waits for the outcome: numbers given by the facade.
    pub callers: Vec<u32>,
    /// The refresh after its failure, while that holds its turn and its outcome.
    pub held: Option<u32>,
    asked: f64,
    turn: f64,
    called: Option<f64>,
    stage: Stage,
    stripe: Stripe,
    result: Option<Verdict>,
    /// What it failed with, if it did.
    failed: Option<Failure>,
    attempts: u32,
    doubt: bool,
    overdue: bool,
    status: u16,
}

impl Update {
    /// An update that was asked for then. `apart` is set where the page hands the function to Stripe.js itself.
    #[must_use]
    pub fn new(id: u32, endpoint: usize, session: u32, order: Order, asked: f64, apart: bool) -> Self {
        Self {
            id,
            endpoint,
            session,
            order,
            callers: Vec::new(),
            held: None,
            asked,
            turn: asked,
            called: None,
            stage: Stage::Idle,
            stripe: if apart { Stripe::Apart } else { Stripe::Waiting },
            result: None,
            failed: None,
            attempts: 0,
            doubt: false,
            overdue: false,
            status: 0,
        }
    }

    /// Whether it is none of the queue's business.
    #[must_use]
    pub fn is_apart(&self) -> bool {
        self.stripe == Stripe::Apart
    }

    /// Whether it waits for its turn.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.stripe == Stripe::Waiting
    }

    /// Whether a request was sent, or the page's own function was called.
    #[must_use]
    pub fn was_sent(&self) -> bool {
        self.attempts > 0
    }

    /// Whether something of it ended as it does when the customer leaves, and is not judged yet.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        matches!(self.stage, Stage::Lost(_)) || matches!(self.stripe, Stripe::Lost(_))
    }

    /// What the page may lack of it while Stripe.js has not ended: the change, or whether there was one.
    #[must_use]
    pub fn leaves(&self) -> Doubt {
        match self.result {
            Some(Err((_, Applied::Unknown))) => Doubt::Unknown,
            Some(Ok(())) => Doubt::Behind,
            _ => Doubt::None,
        }
    }

    /// The moment that [`Update::duration`] counts from.
    #[must_use]
    pub fn began(&self) -> f64 {
        self.called.unwrap_or(self.asked)
    }

    /// Milliseconds since the function was called, or since the update was asked for where it never was.
    #[must_use]
    pub fn duration(&self, now: f64) -> f64 {
        let end = if let Stage::Ended(at) = self.stage { at } else { now };
        let ms = end - self.began();
        if ms > 0.0 { ms } else { 0.0 }
    }

    /// What the page is told once it has settled.
    #[must_use]
    pub fn record(&self, now: f64) -> Effect {
        let end = if let Stage::Ended(at) = self.stage { at } else { now };
        let waited = self.called.unwrap_or(end) - self.asked;
        Effect::Settled {
            update: self.id,
            endpoint: self.endpoint,
            failure: self.failed,
            waited: if waited > 0.0 { waited } else { 0.0 },
            duration: self.duration(now),
            attempts: self.attempts,
        }
    }

    /// A failure of this update. One attempt in doubt makes every later "no" an "unknown".
    #[must_use]
    pub fn failure(&self, kind: Kind, applied: Applied, reason: Option<Reason>, now: f64) -> Failure {
        Failure {
            kind,
            applied: if self.doubt && applied == Applied::No { Applied::Unknown } else { applied },
            status: self.status,
            duration: self.duration(now),
            attempts: self.attempts,
            reason,
        }
    }

    /// Its turn has come: `runServerUpdate` is called next.
    pub fn start(&mut self, step: &mut Step) {
        self.stripe = Stripe::Called;
        self.turn = step.now;
        emit(step.out, Effect::Start(self.id));
    }

    /// Something happened to it.
    #[inline(never)]
    pub fn on(&mut self, news: &News, step: &mut Step) {
        match *news {
            News::NotStarted(kind) => self.abort(kind, None, step),
            News::Called => self.call(step.now, step),
            News::Token(there) => self.token(there, step),
            News::Head { attempt, status } => self.head(attempt, status),
            News::Answered(attempt, ref answer) => self.answered(attempt, answer, step),
            News::Yielded => self.yielded(step),
            News::Ended { success, .. } => self.stripe_ended(success, step),
        }
    }

    /// The function was called at that moment. A second call changes nothing: it gets the first promise.
    pub fn call(&mut self, at: f64, step: &mut Step) {
        if self.stage != Stage::Idle {
            return;
        }
        self.called = Some(at);
        if let Order::Refused(kind) = self.order {
            self.abort(kind, None, step);
        } else if self.left(step) <= 0.0 {
            self.abort(Kind::Timeout, None, step);
        } else if step.endpoint.csrf && self.order != Order::Wrapped {
            self.stage = Stage::Token;
            emit(step.out, Effect::Token(self.id));
        } else {
            self.send(step);
        }
    }

    /// The CSRF token is there, or could not be had.
    fn token(&mut self, there: bool, step: &mut Step) {
        if self.stage != Stage::Token || self.overdue {
            return;
        }
        if there {
            self.send(step);
        } else {
            self.lost(Kind::CallbackFailed, false, step);
        }
    }

    fn send(&mut self, step: &mut Step) {
        if let Stripe::Lost(_) = self.stripe {
            return self.abort(Kind::StripeError, None, step);
        }
        self.attempts += 1;
        self.status = 0;
        self.stage = Stage::Sent(step.now);
        emit(step.out, Effect::Send { id: self.id, attempt: self.attempts });
    }

    /// The head of an answer is there. On 4xx and 5xx it is all that counts, should the body never end.
    fn head(&mut self, attempt: u32, status: u16) {
        if matches!(self.stage, Stage::Sent(_)) && attempt == self.attempts {
            self.status = status;
        }
    }

    /// An attempt ended. What is no longer waited for is ignored.
    fn answered(&mut self, attempt: u32, answer: &Answer, step: &mut Step) {
        if !matches!(self.stage, Stage::Sent(_)) || attempt != self.attempts {
            return;
        }
        if self.overdue && !matches!(answer, Answer::None | Answer::Unsent) {
            step.endpoint.counts.add(Number::Late);
        }
        match *answer {
            Answer::Value => self.end(Ok(()), step),
            Answer::None => self.lost(Kind::Network, true, step),
            Answer::Unsent => {
                self.attempts -= 1;
                self.fail(Kind::Unavailable, Applied::No, None, step);
            }
            Answer::Threw => self.lost(Kind::CallbackFailed, false, step),
            Answer::ThrewNo => self.failed(Kind::Refused, false, None, step),
            Answer::ThrewHttp { status, body } => {
                self.status = status;
                // It threw: whatever the answer says, that is no success.
                let kind = answer::judge(status, body).err().unwrap_or(Kind::CallbackFailed);
                self.failed(kind, false, None, step);
            }
            Answer::Http { status, body, retry_after } => {
                self.status = status;
                match answer::judge(status, body) {
                    Ok(()) => self.end(Ok(()), step),
                    Err(kind @ Kind::BadResponse) if body == Body::CutOff => {
                        self.lost(kind, retry::may_repeat(status), step);
                    }
                    Err(kind) => self.failed(kind, retry::may_repeat(status), retry_after, step),
                }
            }
        }
    }

    /// An attempt ended without an answer, or there is no token. It is judged one task later: the news that the page was
    /// left may be on its way.
    fn lost(&mut self, kind: Kind, repeatable: bool, step: &mut Step) {
        let sent = self.stage != Stage::Token;
        self.stage = Stage::Lost(Loss { kind, repeatable, sent, fresh: true });
        emit(step.out, Effect::Yield(self.id));
    }

    /// Judges a lost attempt, once it can be told whether the page is left. The deadline does not wait for that.
    fn weigh(&mut self, step: &mut Step) {
        let Stage::Lost(Loss { kind, repeatable, sent, fresh }) = self.stage else { return };
        if step.left {
            self.abort(Kind::Cancelled, Some(Reason::Left), step);
        } else if self.may_wait(fresh, step) {
        } else if sent {
            self.failed(kind, repeatable, None, step);
        } else {
            self.abort(kind, None, step);
        }
    }

    /// Whether what may be the end of the page can wait to be judged.
    fn may_wait(&self, fresh: bool, step: &Step) -> bool {
        (fresh || step.leaving) && self.left(step) > 0.0
    }

    /// An attempt failed: it is repeated, or the function ends.
    fn failed(&mut self, kind: Kind, repeatable: bool, retry_after: Option<f64>, step: &mut Step) {
        let applied = answer::applied(kind, self.status);
        if applied == Applied::Unknown {
            self.doubt = true;
        }
        let again =
            repeatable && !self.overdue && self.order != Order::Wrapped && self.attempts <= step.endpoint.retries;
        if again && let Some(ms) = retry::pause(self.attempts, step.random, retry_after, self.left(step)) {
            step.endpoint.counts.add(Number::Retries);
            self.stage = Stage::Pause(step.now + ms);
            return;
        }
        self.fail(kind, applied, None, step);
    }

    /// Milliseconds that are left of the deadline.
    fn left(&self, step: &Step) -> f64 {
        self.began() + step.endpoint.timeout - step.now
    }

    /// Looks at the clock. At the deadline one more task is let through first: an answer that is there already wins.
    pub fn tick(&mut self, step: &mut Step) {
        let running = !matches!(self.stage, Stage::Idle | Stage::Lost(_) | Stage::Ended(_));
        if !running || self.overdue {
            return;
        }
        if self.left(step) <= 0.0 {
            self.overdue = true;
            emit(step.out, Effect::Yield(self.id));
            return;
        }
        match self.stage {
            Stage::Pause(until) if until <= step.now => self.send(step),
            Stage::Sent(since) if attempt_limit(since, step.endpoint).is_some_and(|limit| limit <= step.now) => {
                emit(step.out, Effect::Abort(self.id));
                let (kind, repeatable) = self.silence();
                self.failed(kind, repeatable, None, step);
            }
            _ => {}
        }
    }

    /// The task that was let through is over: after something was lost, or after the deadline, and no answer came in it.
    fn yielded(&mut self, step: &mut Step) {
        if let Stripe::Lost(fresh) = &mut self.stripe {
            *fresh = false;
        }
        if let Stage::Lost(loss) = &mut self.stage {
            loss.fresh = false;
            return;
        }
        if !self.overdue {
            return;
        }
        if let Stage::Sent(_) = self.stage {
            emit(step.out, Effect::Abort(self.id));
            let (kind, _) = self.silence();
            self.failed(kind, false, None, step);
        } else {
            self.abort(Kind::Timeout, None, step);
        }
    }

    /// What an attempt is that was given up: a timeout, unless its status has said more. And whether it may be repeated.
    fn silence(&mut self) -> (Kind, bool) {
        match answer::judge(self.status, Body::CutOff) {
            Err(kind) if self.status >= 400 => (kind, retry::may_repeat(self.status)),
            _ => {
                self.status = 0;
                (Kind::Timeout, true)
            }
        }
    }

    /// Ends the function where it is: at the deadline, or since nobody wants it any more.
    pub fn abort(&mut self, kind: Kind, reason: Option<Reason>, step: &mut Step) {
        let applied = match self.stage {
            Stage::Ended(_) => return,
            Stage::Sent(_) => {
                emit(step.out, Effect::Abort(self.id));
                Applied::Unknown
            }
            Stage::Lost(Loss { sent: true, .. }) => Applied::Unknown,
            _ => Applied::No,
        };
        self.fail(kind, applied, reason, step);
    }

    fn fail(&mut self, kind: Kind, applied: Applied, reason: Option<Reason>, step: &mut Step) {
        let applied = self.fails(kind, applied, reason, step);
        self.end(Err((kind, applied)), step);
    }

    /// Makes the error that the page is told of. Gives what it says of the server.
    fn fails(&mut self, kind: Kind, applied: Applied, reason: Option<Reason>, step: &mut Step) -> Applied {
        let failure = self.failure(kind, applied, reason, step.now);
        self.failed = Some(failure);
        emit(step.out, Effect::Fail { id: self.id, failure });
        failure.applied
    }

    fn end(&mut self, result: Verdict, step: &mut Step) {
        emit(step.out, Effect::End { id: self.id, ok: result.is_ok() });
        self.stage = Stage::Ended(step.now);
        self.result = Some(result);
    }

    /// Stripe.js has ended. Its failure is judged one task later where the page may be about to go.
    fn stripe_ended(&mut self, success: bool, step: &mut Step) {
        if self.stripe != Stripe::Called {
            return;
        }
        if success || !(step.leaving || step.left) {
            self.stripe = Stripe::Ended(success);
        } else {
            self.stripe = Stripe::Lost(true);
            emit(step.out, Effect::Yield(self.id));
        }
    }

    /// Judges a failure of Stripe.js, once it can be told whether the page is left, or at once where the function has failed
    /// and decides. Gives whether it cannot yet.
    fn weigh_stripe(&mut self, step: &mut Step) -> bool {
        let Stripe::Lost(fresh) = self.stripe else { return false };
        let failed = matches!(self.result, Some(Err(_)));
        if !failed && !step.left && self.may_wait(fresh, step) {
            return true;
        }
        self.stripe = Stripe::Ended(false);
        if step.left {
            self.abort(Kind::Cancelled, Some(Reason::Left), step);
        }
        if let (true, Some(Ok(()))) = (step.left, self.result) {
            // The server made it: that is not known to have reached the page.
            let (kind, applied) = (Kind::Cancelled, Applied::Unknown);
            self.fails(kind, applied, Some(Reason::Left), step);
            self.result = Some(Err((kind, applied)));
        }
        false
    }

    /// Holds what Stripe.js did against what the function saw: the table in `docs/run.md`. `None`: not yet.
    pub fn decide(&mut self, step: &mut Step) -> Option<Verdict> {
        if self.held.is_some() {
            return None;
        }
        self.weigh(step);
        if self.weigh_stripe(step) {
            return None;
        }
        let silent = self.patience().is_some_and(|limit| limit <= step.now);
        let gave_up = match (self.stripe, self.stage) {
            (Stripe::Waiting, _) | (Stripe::Called, Stage::Idle) if silent => Some(Kind::Timeout),
            (Stripe::Ended(_), Stage::Idle) => Some(Kind::StripeError),
            (Stripe::Ended(_), Stage::Lost(_) | Stage::Ended(_)) => None,
            (Stripe::Ended(_), _) if step.now - self.turn >= STRIPE_GAVE_UP => Some(Kind::Timeout),
            (Stripe::Ended(_), _) => Some(Kind::StripeError),
            _ => None,
        };
        if let Some(kind) = gave_up {
            self.abort(kind, None, step);
        }
        match (self.result?, self.stripe) {
            (Ok(()), Stripe::Apart | Stripe::Ended(true)) => Some(Ok(())),
            (Ok(()), Stripe::Called) if !silent => None,
            (Ok(()), _) => {
                let (kind, applied) = (Kind::RefreshFailed, Applied::Yes);
                self.fails(kind, applied, None, step);
                Some(Err((kind, applied)))
            }
            (Err(_), Stripe::Called) if self.was_sent() && !silent => None,
            (result, _) => Some(result),
        }
    }

    /// Whether Stripe.js is the one that has not answered.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.stripe == Stripe::Called
    }

    /// When patience with Stripe.js, or with the queue, ends.
    fn patience(&self) -> Option<f64> {
        match (self.stripe, self.stage) {
            (Stripe::Waiting, _) => Some(self.asked + LIMIT),
            (Stripe::Called, Stage::Idle) => Some(self.turn + LIMIT),
            (Stripe::Called, Stage::Ended(at)) => {
                let succeeded = matches!(self.result, Some(Ok(())));
                Some(at + if succeeded { SILENT_AFTER_SUCCESS } else { SILENT_AFTER_FAILURE })
            }
            _ => None,
        }
    }

    /// Calls `look` with each time that this update waits for.
    pub fn timers(&self, endpoint: &Endpoint, look: &mut dyn FnMut(f64)) {
        if self.held.is_some() {
            return;
        }
        if let Some(limit) = self.patience() {
            look(limit);
        }
        let running = !matches!(self.stage, Stage::Idle | Stage::Ended(_)) && !self.overdue;
        if running || self.is_lost() {
            look(self.began() + endpoint.timeout);
        }
        if !running {
            return;
        }
        match self.stage {
            Stage::Pause(until) => look(until),
            Stage::Sent(since) => attempt_limit(since, endpoint).into_iter().for_each(look),
            _ => {}
        }
    }
}

/// When a silent attempt that was sent then is given up.
fn attempt_limit(since: f64, endpoint: &Endpoint) -> Option<f64> {
    (endpoint.attempt_timeout > 0.0).then_some(since + endpoint.attempt_timeout)
}
