//! A machine, a clock that only moves when told, and what came out.

use checkout_updates::answer::{Answer, Body};
use checkout_updates::effect::Effect;
use checkout_updates::endpoint::Endpoint;
use checkout_updates::event::{Event, UpdateEvent};
use checkout_updates::failure::{Applied, FailureFacts, Kind};
use checkout_updates::machine::Machine;
use checkout_updates::payload::Payload;

/// What a waiter was given.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// Success, with a fresh session or not.
    Success(bool),
    /// FailureFacts, with a refreshed session or not.
    FailureFacts(FailureFacts, bool),
}

/// A machine with its clock.
pub struct Bench {
    pub machine: Machine,
    pub ms: f64,
    /// Everything that came out, oldest first.
    pub effects: Vec<Effect>,
    /// Whether the page was stale when each effect came out.
    pub stale: Vec<bool>,
    /// The failures of functions and updates, by update.
    failures: Vec<(u32, FailureFacts)>,
    pub settled: Vec<(u32, Outcome)>,
    next: usize,
}

pub fn endpoint() -> Endpoint {
    Endpoint { timeout: 19_500.0, dedupe: true, idempotency_key: true, ..Endpoint::default() }
}

/// A request with this body.
pub fn request(body: &str) -> Payload {
    Payload::Request { body: body.into(), group: None }
}

pub fn in_group(body: &str, group: &str) -> Payload {
    Payload::Request { body: body.into(), group: Some(group.into()) }
}

pub fn http(status: u16) -> Answer {
    let body = if status == 200 { Body::Json } else { Body::Empty };
    Answer::Http { status, body, retry_after: None }
}

/// Stripe.js called the function.
pub fn called(id: u32) -> Event {
    Event::Update { id, event: UpdateEvent::Called }
}

pub fn token(id: u32, there: bool) -> Event {
    Event::Update { id, event: UpdateEvent::Token { there } }
}

pub fn head(id: u32, attempt: u32, status: u16) -> Event {
    Event::Update { id, event: UpdateEvent::Head { attempt, status } }
}

pub fn yielded(id: u32) -> Event {
    Event::Update { id, event: UpdateEvent::Yielded }
}

/// `runServerUpdate` ended, and the session is open.
pub fn stripe_ended(id: u32, success: bool) -> Event {
    Event::Update { id, event: UpdateEvent::StripeEnded { success, open: true } }
}

pub fn not_started(id: u32, kind: Kind) -> Event {
    Event::Update { id, event: UpdateEvent::NotStarted(kind) }
}

impl Bench {
    pub fn new(endpoint: Endpoint) -> Self {
        let mut machine = Machine::default();
        machine.endpoints.push(endpoint);
        Self { machine, ms: 1_000.0, effects: vec![], stale: vec![], failures: vec![], settled: vec![], next: 0 }
    }

    /// Gives an event to the machine.
    pub fn on(&mut self, event: Event) -> &mut Self {
        let mut out = Vec::new();
        self.machine.on(&event, self.ms, &|| 0.5, &mut out);
        for effect in &out {
            match effect {
                Effect::FunctionEnded { id, failure: Some(failure) }
                | Effect::Counted { id, failure: Some(failure), .. } => self.failures.push((*id, *failure)),
                Effect::Settled { id, waiters, failure, fresh, .. } => {
                    self.failures.extend(failure.map(|failure| (*id, failure)));
                    let outcome =
                        failure.map_or(Outcome::Success(*fresh), |failure| Outcome::FailureFacts(failure, *fresh));
                    self.settled.extend(waiters.iter().map(|waiter| (*waiter, outcome)));
                }
                Effect::Detached { waiter, failure } => {
                    self.settled.push((*waiter, Outcome::FailureFacts(*failure, false)))
                }
                _ => {}
            }
        }
        self.stale.resize(self.effects.len() + out.len(), self.machine.is_stale());
        self.effects.extend(out);
        self
    }

    /// The last failure of an update, or of its function.
    pub fn failure(&self, update: u32) -> FailureFacts {
        self.failures.iter().rev().find(|(id, _)| *id == update).map(|(_, failure)| *failure).unwrap()
    }

    pub fn run(&mut self, id: u32, body: &str) -> &mut Self {
        // Where updates are superseded, all are of one group.
        let group = self.machine.endpoints[0].latest.map(|_| "".into());
        self.run_payload(id, Payload::Request { body: body.into(), group })
    }

    pub fn run_payload(&mut self, id: u32, payload: Payload) -> &mut Self {
        self.run_session(id, Some(1), payload)
    }

    pub fn run_session(&mut self, id: u32, session: Option<u32>, payload: Payload) -> &mut Self {
        let asked = self.ms;
        self.on(Event::Run { id, endpoint: 0, session, payload, asked })
    }

    pub fn invoke(&mut self, id: u32, payload: Payload) -> &mut Self {
        self.invoke_session(id, Some(1), payload)
    }

    pub fn invoke_session(&mut self, id: u32, session: Option<u32>, payload: Payload) -> &mut Self {
        let asked = self.ms;
        self.on(Event::Invoke { id, endpoint: 0, session, payload, asked })
    }

    /// An attempt ends, and the task after that.
    pub fn answer(&mut self, id: u32, attempt: u32, answer: Answer) -> &mut Self {
        self.ends(id, attempt, answer).yields();
        self
    }

    /// An attempt ends, and the task after that has not.
    pub fn ends(&mut self, id: u32, attempt: u32, answer: Answer) -> &mut Self {
        self.on(Event::Update { id, event: UpdateEvent::Answered { attempt, answer } })
    }

    pub fn ended(&mut self, id: u32, success: bool) -> &mut Self {
        self.on(stripe_ended(id, success)).yields();
        self
    }

    /// An update of this session that succeeds.
    pub fn succeed(&mut self, id: u32, session: u32) -> &mut Self {
        self.run_session(id, Some(session), request("{}"));
        self.on(called(id)).answer(id, 1, http(200)).ended(id, true)
    }

    /// Lets time pass, as the browser's timers would: the clock is looked at whenever the machine asked for it.
    pub fn pass(&mut self, ms: f64) -> &mut Self {
        let end = self.ms + ms;
        while let Some(wake) = self.machine.wake(self.ms) {
            if self.ms + wake > end {
                break;
            }
            self.ms += wake;
            self.on(Event::Clock);
            self.yields();
            assert!(wake > 0.0 || self.machine.wake(self.ms) != Some(0.0), "it does not spin");
        }
        self.ms = end;
        self
    }

    /// Ends the tasks that were let through.
    pub fn yields(&mut self) {
        let tasks: Vec<u32> = self.take(|effect| if let Effect::YieldTask(id) = effect { Some(*id) } else { None });
        for id in tasks {
            self.on(yielded(id));
        }
    }

    fn take<T>(&mut self, pick: impl Fn(&Effect) -> Option<T>) -> Vec<T> {
        let taken = self.effects.iter().skip(self.next).filter_map(pick).collect();
        self.next = self.effects.len();
        taken
    }

    pub fn has(&self, effect: &Effect) -> bool {
        self.effects.contains(effect)
    }

    pub fn count(&self, of: impl Fn(&Effect) -> bool) -> usize {
        self.effects.iter().filter(|effect| of(effect)).count()
    }

    /// The position of the first effect like this.
    pub fn position(&self, of: impl Fn(&Effect) -> bool) -> Option<usize> {
        self.effects.iter().position(of)
    }

    /// Whether the function's promise has resolved, if it has settled.
    pub fn resolved(&self, update: u32) -> Option<bool> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::FunctionEnded { id, failure } if *id == update => Some(failure.is_none()),
            _ => None,
        })
    }

    /// How often `onFailure` was told of this update.
    pub fn told_failures(&self, update: u32) -> usize {
        self.count(|effect| matches!(effect, Effect::Counted { id, failure: Some(_), .. } if *id == update))
    }

    /// The number of the last refresh that was begun.
    pub fn refresh(&self) -> Option<u32> {
        self.effects
            .iter()
            .rev()
            .find_map(|effect| if let Effect::Refresh { id, .. } = effect { Some(*id) } else { None })
    }

    pub fn refreshed(&mut self, success: bool) -> &mut Self {
        let id = self.refresh().expect("a refresh was begun");
        self.on(Event::Refreshed { id, success, open: true })
    }

    /// The page refreshes a session, which succeeds.
    pub fn page_refreshes(&mut self, id: u32, session: Option<u32>) -> &mut Self {
        self.on(Event::Refresh { id, session }).on(Event::Refreshed { id, success: true, open: true })
    }

    pub fn outcome(&self, waiter: u32) -> Option<&Outcome> {
        let mut found = self.settled.iter().filter(|(id, _)| *id == waiter);
        let outcome = found.next().map(|(_, outcome)| outcome);
        assert!(found.next().is_none(), "{waiter} settled twice");
        outcome
    }

    /// The kind and `applied` of a waiter's failure.
    pub fn kind(&self, waiter: u32) -> Option<(Kind, Applied)> {
        match self.outcome(waiter)? {
            Outcome::FailureFacts(failure, _) => Some((failure.kind, failure.applied)),
            Outcome::Success(_) => None,
        }
    }

    pub fn is_stale(&self) -> bool {
        self.machine.is_stale()
    }

    pub fn sends(&self, update: u32) -> usize {
        self.count(|effect| matches!(effect, Effect::Send { id, .. } if *id == update))
    }
}
