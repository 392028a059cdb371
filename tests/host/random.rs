//! Random orders of events: whatever the page, Stripe.js, the network and the server do, each update settles exactly
//! once and in time, and what it says of the server is true.

use std::collections::BTreeMap;

use checkout_updates::answer::{Answer, Body};
use checkout_updates::effect::Effect;
use checkout_updates::endpoint::Endpoint;
use checkout_updates::event::{Event, UpdateEvent};
use checkout_updates::failure::{Applied, FailureFacts, Kind, Reason};
use checkout_updates::machine::Machine;
use checkout_updates::payload::Payload;
use proptest::prelude::*;

use crate::support::{called, token, yielded};

/// Numbers that decide whatever is left to chance; zeros when they are used up.
struct Chance(std::vec::IntoIter<u16>);

impl Chance {
    fn below(&mut self, bound: u16) -> u16 {
        self.0.next().unwrap_or(0) % bound
    }

    /// Milliseconds: mostly short, sometimes near or past a limit.
    fn delay(&mut self) -> f64 {
        match self.below(6) {
            0 => 0.0,
            1 => f64::from(self.below(50)),
            2 => f64::from(self.below(2_000)),
            3 => f64::from(self.below(21_000)),
            4 => 19_490.0 + f64::from(self.below(30)),
            _ => f64::from(self.below(400)),
        }
    }
}

/// What is known of one update: what the server did, and what the page was told.
#[derive(Default)]
struct Known {
    applied: bool,
    /// The server may apply it until then, whatever it answers.
    may_still: bool,
    called_at: Option<f64>,
    /// What its function may take.
    limit: f64,
    ended: u32,
}

/// A call of `pay`.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Pay {
    Waiting,
    Confirming,
    /// The page came back from the cache.
    Returned,
    Over,
}

struct World {
    machine: Machine,
    chance: Chance,
    now: f64,
    /// What will happen, and when.
    agenda: Vec<(f64, Event)>,
    known: BTreeMap<u32, Known>,
    failures: BTreeMap<u32, FailureFacts>,
    settled: BTreeMap<u32, u32>,
    /// (waiter, update, failure or success) in the order told.
    told: Vec<(u32, u32, Option<FailureFacts>)>,
    timeouts: Vec<f64>,
    /// Whether the page was left and has not come back.
    gone: bool,
    pays: BTreeMap<u32, Pay>,
    /// How each update settled.
    records: BTreeMap<u32, Vec<Option<FailureFacts>>>,
}

impl World {
    fn new(chance: Chance) -> Self {
        let endpoint = |retries, attempt_timeout, csrf, timeout| Endpoint {
            dedupe: true,
            idempotency_key: true,
            csrf,
            retries,
            attempt_timeout,
            timeout,
            latest: Some(0),
            ..Endpoint::default()
        };
        let endpoints = vec![
            endpoint(0, None, false, 19_500.0),
            endpoint(5, Some(3_000.0), false, 19_500.0),
            endpoint(1, None, true, 400.0),
        ];
        let timeouts = endpoints.iter().map(|endpoint| endpoint.timeout).collect();
        let mut machine = Machine::default();
        machine.endpoints = endpoints;
        let (agenda, known, failures) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        Self {
            machine,
            chance,
            now: 0.0,
            agenda,
            known,
            failures,
            settled: BTreeMap::new(),
            told: vec![],
            timeouts,
            gone: false,
            pays: BTreeMap::new(),
            records: BTreeMap::new(),
        }
    }

    fn later(&mut self, event: Event) {
        let at = self.now + self.chance.delay();
        self.agenda.push((at, event));
    }

    fn on(&mut self, event: Event) {
        if let Event::Update { id, event: UpdateEvent::Called } = event {
            let now = self.now;
            self.known.entry(id).or_default().called_at.get_or_insert(now);
        }
        if let Event::Run { id, endpoint, .. } | Event::Invoke { id, endpoint, .. } = event {
            self.known.entry(id).or_default().limit = self.timeouts[endpoint];
        }
        match event {
            Event::Left => self.gone = true,
            Event::Back { from_cache } => {
                self.gone = false;
                let open = self.pays.values_mut().filter(|pay| from_cache && **pay != Pay::Over);
                open.for_each(|pay| *pay = Pay::Returned);
            }
            // It stays until it is answered or blocked; a late answer is none.
            Event::ConfirmEnded { id, .. } => drop(self.pays.insert(id, Pay::Over)),
            _ => {}
        }
        let mut out = Vec::new();
        let random = f64::from(self.chance.below(1_000)) / 1_000.0;
        self.machine.on(&event, self.now, &|| random, &mut out);
        for effect in out {
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Token(id) => {
                let there = self.chance.below(8) != 0;
                self.later(token(id, there));
            }
            Effect::Send { id, attempt, .. } => {
                assert!(!self.is_confirming(), "{id} is sent while the customer pays");
                self.attempt(id, attempt);
            }
            // The server does not notice at once.
            Effect::Abort(_) => {}
            Effect::YieldTask(id) => self.agenda.push((self.now, yielded(id))),
            Effect::Start(id) => self.stripe(id),
            Effect::FunctionEnded { id, failure } => {
                if let Some(failure) = failure {
                    assert!(!self.gone || failure.kind != Kind::Network, "{id} is no failure: the customer has left");
                    assert!(self.gone || failure.reason != Some(Reason::Left), "{id} was not left");
                    self.failures.insert(id, failure);
                }
                let now = self.now;
                let known = self.known.entry(id).or_default();
                known.ended += 1;
                if let (Some(at), Some(_)) = (known.called_at, failure) {
                    assert!(now - at <= known.limit + 1.0, "update {id} ended {} ms after its call", now - at);
                }
            }
            Effect::Counted { id, failure, .. } => {
                self.failures.extend(failure.map(|failure| (id, failure)));
            }
            Effect::Detached { waiter, failure } => {
                *self.settled.entry(waiter).or_default() += 1;
                self.told.push((waiter, 0, Some(failure)));
            }
            Effect::Refresh { id, .. } => {
                let (success, open) = (self.chance.below(3) != 0, self.chance.below(10) != 0);
                if self.chance.below(8) != 0 {
                    self.later(Event::Refreshed { id, success, open });
                }
            }
            Effect::Settled { id, waiters, failure, waited, duration, attempts, .. } => {
                for waiter in waiters {
                    *self.settled.entry(waiter).or_default() += 1;
                    self.told.push((waiter, id, failure));
                }
                self.failures.extend(failure.map(|failure| (id, failure)));
                self.records.entry(id).or_default().push(failure);
                assert!(waited >= 0.0 && duration >= 0.0);
                assert!(failure.is_none_or(|failure| failure.attempts == attempts));
            }
            Effect::Refreshed { .. } | Effect::ReleaseActions(_) | Effect::Joined { .. } => {}
            Effect::Compare(id) => {
                let shown = if self.chance.below(4) == 0 { "12" } else { "10" }.into();
                let open = self.chance.below(10) != 0;
                self.agenda.push((self.now, Event::PayShown { id, shown, open }));
            }
            Effect::Confirm(id) => {
                assert!(!self.is_confirming(), "{id} is confirmed while another is");
                assert!(self.machine.is_empty() && !self.machine.sessions_in_doubt().contains(&1));
                assert_eq!(self.pays.insert(id, Pay::Confirming), Some(Pay::Waiting));
                if self.chance.below(8) != 0 {
                    let resolved = self.chance.below(3) != 0;
                    self.later(Event::ConfirmEnded { id, resolved });
                }
            }
            Effect::Blocked { id, .. } => {
                assert!(self.pays.insert(id, Pay::Over).is_some_and(|pay| pay != Pay::Over), "{id} was over");
            }
        }
    }

    fn is_confirming(&self) -> bool {
        self.pays.values().any(|pay| *pay == Pay::Confirming)
    }

    fn pay(&mut self, id: u32) {
        self.pays.insert(id, Pay::Waiting);
        let open = self.chance.below(10) != 0;
        self.on(Event::Pay { id, session: Some(1), shown: "10".into(), open, failed: false });
    }

    /// The server: it applies an update or not, and answers, or not.
    fn attempt(&mut self, id: u32, attempt: u32) {
        let http = |status, body| Answer::Http { status, body, retry_after: None };
        let maybe = self.chance.below(2) == 0;
        let (answer, applies) = match self.chance.below(12) {
            0 | 1 => (http(200, Body::Json), true),
            2 => (http(204, Body::Empty), true),
            3 => (http(400, Body::Json), false),
            4 => (http(200, Body::Refusal), false),
            5 => (http(429, Body::Empty), false),
            6 => (http(503, Body::Empty), maybe),
            7 => (http(409, Body::Json), maybe),
            8 => (http(200, Body::CutOff), maybe),
            9 => (http(0, Body::Empty), maybe),
            10 => (Answer::Unsent, false),
            _ => (Answer::None, maybe),
        };
        let silent = self.chance.below(6) == 0;
        let known = self.known.entry(id).or_default();
        // Whether it was applied is only known once it answered; until then it may be.
        known.applied |= applies && !silent;
        known.may_still |= silent;
        if !silent {
            self.later(Event::Update { id, event: UpdateEvent::Answered { attempt, answer } });
        }
    }

    /// Stripe.js: it calls the function, once, twice or never, and ends, or not.
    fn stripe(&mut self, id: u32) {
        for _ in 0..[1, 1, 1, 1, 2, 0][usize::from(self.chance.below(6))] {
            self.later(called(id));
        }
        let (success, open) = (self.chance.below(3) != 0, self.chance.below(10) != 0);
        if self.chance.below(8) != 0 {
            self.later(Event::Update { id, event: UpdateEvent::StripeEnded { success, open } });
        }
    }

    /// Lets the next thing happen: what is on the agenda, or a look at the clock.
    fn step(&mut self) -> bool {
        // A browser's timers have whole milliseconds; less than that may vanish in the sum.
        let wake = self.machine.wake(self.now).map(|ms| self.now + ms.max(0.01));
        let next = (0..self.agenda.len()).min_by(|a, b| self.agenda[*a].0.total_cmp(&self.agenda[*b].0));
        match (next, wake) {
            (Some(position), wake) if wake.is_none_or(|wake| self.agenda[position].0 <= wake) => {
                let (at, event) = self.agenda.remove(position);
                self.now = self.now.max(at);
                self.on(event);
            }
            (_, Some(wake)) => {
                self.now = self.now.max(wake);
                self.on(Event::Clock);
            }
            (_, None) => return false,
        }
        true
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn each_update_settles_once_in_time_and_tells_the_truth(numbers in proptest::collection::vec(any::<u16>(), 0..400)) {
        let mut world = World::new(Chance(numbers.into_iter()));
        let mut waiters = Vec::new();
        for id in 1..=8 {
            let endpoint = usize::from(world.chance.below(3));
            let session = u32::from(world.chance.below(3));
            let named = Some(session).filter(|session| *session > 0);
            let body = u32::from(world.chance.below(3));
            let payload = Payload::Request {
                body: format!("{session} {body}").into(),
                group: Some(session.to_string().into()),
            };
            let asked = world.now;
            if world.chance.below(5) == 0 {
                world.known.entry(id).or_default().called_at = Some(world.now);
                world.on(Event::Invoke { id, endpoint, session: named, payload, asked });
            } else {
                waiters.push(id);
                world.on(Event::Run { id, endpoint, session: named, payload, asked });
            }
            for _ in 0..world.chance.below(6) {
                world.step();
            }
            match world.chance.below(16) {
                0 => world.on(Event::Detach(id)),
                1 => world.on(Event::Cancel(None)),
                2 => world.on(Event::Awake),
                3 => world.on(Event::Back { from_cache: true }),
                4 => world.on(Event::Dispose),
                5 => world.on(Event::Leaving),
                6 => world.on(Event::Back { from_cache: false }),
                7 => world.on(Event::Left),
                8 | 9 => world.pay(100 + id),
                10 if world.machine.can_hold(world.now) => world.on(Event::Hold(200 + id)),
                11 => world.on(Event::Release(200 + id - 1)),
                _ => {}
            }
        }
        let mut steps = 0;
        while !world.machine.is_empty() || world.pays.values().any(|pay| matches!(pay, Pay::Waiting | Pay::Returned)) {
            prop_assert!(world.step(), "something is left, and nothing would ever happen");
            steps += 1;
            prop_assert!(steps < 10_000, "it does not come to an end: {} {:?} {:?}", world.now, world.machine, world.agenda);
        }
        for waiter in &waiters {
            prop_assert_eq!(world.settled.get(waiter), Some(&1), "waiter {} settled once", waiter);
        }
        for (id, known) in &world.known {
            prop_assert!(known.ended <= 1, "function {} settled {} times", id, known.ended);
            if known.called_at.is_some() && !world.failures.get(id).is_some_and(|failure| failure.kind == Kind::Timeout) {
                prop_assert!(known.ended == 1 || !world.failures.contains_key(id));
            }
        }
        for (update, records) in &world.records {
            prop_assert!(records.len() == 1, "update {} was told of {} times", update, records.len());
        }
        for (waiter, update, failure) in &world.told {
            // A waiter that was cancelled alone has no update here.
            prop_assert!(*update == 0 || world.records[update] == [*failure], "waiter {waiter} and the record differ");
            let Some(known) = world.known.get(update) else { continue };
            match failure.as_ref().map(|failure| failure.applied) {
                None | Some(Applied::Yes) => prop_assert!(known.applied, "waiter {waiter} was told yes"),
                Some(Applied::No) => {
                    prop_assert!(!known.applied && !known.may_still, "waiter {waiter} was told no: {failure:?}");
                }
                Some(Applied::Unknown) => {}
            }
        }
    }
}
