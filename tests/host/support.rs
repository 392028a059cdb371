//! A machine, a clock that only moves when told, and what came out.

use std::cell::RefCell;

use checkout_updates::answer::{Answer, Body};
use checkout_updates::effect::{Effect, Event, News};
use checkout_updates::endpoint::Endpoint;
use checkout_updates::failure::{Applied, Failure, Kind};
use checkout_updates::machine::Machine;
use checkout_updates::update::Order;

/// How a caller's outcome came out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    /// Success, with a fresh session or not.
    Success(bool),
    /// Failure, with a refreshed session or not.
    Failure(Failure, bool),
}

/// A machine with its clock.
pub struct Bench {
    pub machine: Machine,
    pub ms: f64,
    /// Everything that came out, oldest first.
    pub effects: Vec<Effect>,
    /// The failures made by `Fail`, by update.
    failures: Vec<(u32, Failure)>,
    pub settled: Vec<(u32, Outcome)>,
    next: usize,
}

pub fn endpoint() -> Endpoint {
    Endpoint { timeout: 19_500.0, latest: -1, join: true, key: true, ..Endpoint::default() }
}

thread_local! {
    static TEXTS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// The number that stands for a text: the same for equal texts.
pub fn number(text: &str) -> u32 {
    TEXTS.with_borrow_mut(|texts| {
        let position = texts.iter().position(|known| known == text).unwrap_or_else(|| {
            texts.push(text.to_owned());
            texts.len() - 1
        });
        u32::try_from(position).unwrap()
    })
}

/// A request with this body, all of one group.
pub fn order(body: &str) -> Order {
    Order::Request { body: number(body), group: number("") }
}

pub fn http(status: u16) -> Answer {
    let body = if status == 200 { Body::Json } else { Body::Empty };
    Answer::Http { status, body, retry_after: None }
}

impl Bench {
    pub fn new(endpoint: Endpoint) -> Self {
        let mut machine = Machine::default();
        machine.endpoints.push(endpoint);
        Self { machine, ms: 1_000.0, effects: vec![], failures: vec![], settled: vec![], next: 0 }
    }

    /// Gives an event to the machine.
    pub fn on(&mut self, event: Event) -> &mut Self {
        let mut out = Vec::new();
        self.machine.on(event, self.ms, 0.5, &mut out);
        for effect in &out {
            match effect {
                Effect::Fail { id, failure } => self.failures.push((*id, *failure)),
                Effect::Settle { caller, update, ok, session } => {
                    let outcome = if *ok {
                        Outcome::Success(*session)
                    } else {
                        Outcome::Failure(self.failure(*update), *session)
                    };
                    self.settled.push((*caller, outcome));
                }
                Effect::Cancelled { caller, failure } => {
                    self.settled.push((*caller, Outcome::Failure(*failure, false)));
                }
                _ => {}
            }
        }
        self.effects.extend(out);
        self
    }

    /// The last failure that was made for an update.
    pub fn failure(&self, update: u32) -> Failure {
        self.failures.iter().rev().find(|(id, _)| *id == update).map(|(_, failure)| *failure).unwrap()
    }

    pub fn run(&mut self, id: u32, body: &str) -> &mut Self {
        self.run_order(id, order(body))
    }

    pub fn run_order(&mut self, id: u32, order: Order) -> &mut Self {
        let asked = self.ms;
        self.on(Event::Run { id, endpoint: 0, session: 1, order, asked })
    }

    pub fn invoke(&mut self, id: u32, order: Order) -> &mut Self {
        let asked = self.ms;
        self.on(Event::Invoke { id, endpoint: 0, session: 1, order, asked })
    }

    /// An attempt ends, and the task after that.
    pub fn answer(&mut self, id: u32, attempt: u32, answer: Answer) -> &mut Self {
        self.ends(id, attempt, answer).yields();
        self
    }

    /// An attempt ends, and the task after that has not.
    pub fn ends(&mut self, id: u32, attempt: u32, answer: Answer) -> &mut Self {
        self.on(Event::Of(id, News::Answered(attempt, answer)))
    }

    pub fn ended(&mut self, id: u32, success: bool) -> &mut Self {
        self.on(Event::Of(id, News::Ended { success, open: true })).yields();
        self
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

    /// Ends the tasks that were let through, where there are any.
    pub fn yields(&mut self) {
        let yielded: Vec<u32> = self.take(|effect| if let Effect::Yield(id) = effect { Some(*id) } else { None });
        for id in yielded {
            self.on(Event::Of(id, News::Yielded));
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

    pub fn outcome(&self, caller: u32) -> Option<&Outcome> {
        let mut found = self.settled.iter().filter(|(id, _)| *id == caller);
        let outcome = found.next().map(|(_, outcome)| outcome);
        assert!(found.next().is_none(), "{caller} settled twice");
        outcome
    }

    /// The kind and `applied` of a caller's failure.
    pub fn kind(&self, caller: u32) -> Option<(Kind, Applied)> {
        match self.outcome(caller)? {
            Outcome::Failure(failure, _) => Some((failure.kind, failure.applied)),
            Outcome::Success(_) => None,
        }
    }

    pub fn is_stale(&self) -> bool {
        let told =
            self.effects.iter().rev().find_map(|e| if let Effect::Stale(stale) = e { Some(*stale) } else { None });
        told.unwrap_or(false)
    }

    pub fn sends(&self, update: u32) -> usize {
        self.count(|effect| matches!(effect, Effect::Send { id, .. } if *id == update))
    }
}
