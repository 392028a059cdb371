//! One update at a time: joining, superseding, waiting, detaching. The rules in words are in `docs/run.md`.

use checkout_updates::answer::Answer;
use checkout_updates::effect::Effect;
use checkout_updates::endpoint::Endpoint;
use checkout_updates::event::Event;
use checkout_updates::failure::{Applied, Kind, Reason};
use checkout_updates::metrics::Number;
use checkout_updates::payload::Payload;
use proptest::prelude::*;

use crate::support::{Bench, Outcome, called, endpoint, http, in_group, request};

fn latest() -> Endpoint {
    Endpoint { latest: Some(1), ..endpoint() }
}

fn quantity(item: &str, quantity: u32) -> Payload {
    let body = format!("{{\"line_item\":\"{item}\",\"quantity\":{quantity}}}");
    in_group(&body, item)
}

fn reason(bench: &Bench, waiter: u32) -> Option<Reason> {
    match bench.outcome(waiter)? {
        Outcome::FailureFacts(failure, _) if failure.kind == Kind::Cancelled => failure.reason,
        other => panic!("{other:?}"),
    }
}

fn succeed(bench: &mut Bench, id: u32) {
    bench.on(called(id)).answer(id, 1, http(200)).ended(id, true);
}

#[test]
fn only_the_latest_of_what_waits_is_sent() {
    let mut bench = Bench::new(latest());
    bench.run_payload(2, quantity("a", 2)).run_payload(3, quantity("a", 3)).run_payload(9, quantity("b", 9));
    bench.run_payload(4, quantity("a", 4));
    assert_eq!(reason(&bench, 3), Some(Reason::Superseded));
    assert_eq!(bench.outcome(9), None, "another item's is left alone");
    for id in [2, 9, 4] {
        assert!(bench.has(&Effect::Start(id)));
        succeed(&mut bench, id);
        assert_eq!(bench.outcome(id), Some(&Outcome::Success(true)));
    }
    assert_eq!(bench.machine.endpoints[0].counts.get(Number::Superseded), 1);
}

#[test]
fn an_update_equal_to_the_last_shares_its_outcome() {
    let mut bench = Bench::new(endpoint());
    bench.run(1, "{}").run(2, "{}");
    assert!(bench.has(&Effect::Joined { id: 2, to: 1 }), "its own function is never called");
    succeed(&mut bench, 1);
    assert_eq!(bench.outcome(2), Some(&Outcome::Success(true)));
    assert_eq!(bench.machine.endpoints[0].counts.get(Number::Joined), 1);
    assert_eq!(bench.machine.endpoints[0].counts.get(Number::Updates), 1);

    let mut bench = Bench::new(endpoint());
    bench.run(1, "{}").run(2, "{\"b\":1}").run(3, "{}");
    succeed(&mut bench, 1);
    assert_eq!(bench.outcome(3), None, "it is equal to the first, not to the last");
}

#[test]
fn what_was_asked_back_to_where_it_was_shares_what_runs() {
    let mut bench = Bench::new(Endpoint { latest: Some(0), ..endpoint() });
    bench.run(1, "{\"interval\":\"yearly\"}").run(2, "{\"interval\":\"monthly\"}").run(3, "{\"interval\":\"yearly\"}");
    assert_eq!(reason(&bench, 2), Some(Reason::Superseded));
    succeed(&mut bench, 1);
    assert_eq!(bench.outcome(3), Some(&Outcome::Success(true)));
}

#[test]
fn another_session_is_not_joined() {
    let mut bench = Bench::new(endpoint());
    // A body names its session, and a group begins with it: neither is that of the other session.
    let other = in_group("b2 {}", "b2");
    bench.run(1, "{}").run_payload(2, other);
    succeed(&mut bench, 1);
    assert_eq!(bench.outcome(2), None);
    assert!(bench.has(&Effect::Start(2)));
}

#[test]
fn joining_can_be_switched_off() {
    let mut bench = Bench::new(Endpoint { dedupe: false, ..endpoint() });
    bench.run(1, "{}").run(2, "{}");
    succeed(&mut bench, 1);
    assert!(bench.has(&Effect::Start(2)));
}

#[test]
fn thirty_two_wait_and_no_more() {
    let mut bench = Bench::new(endpoint());
    for id in 1..=34 {
        bench.run(id, &format!("{{\"n\":{id}}}"));
    }
    assert_eq!(bench.kind(34), Some((Kind::Busy, Applied::No)));
    assert_eq!(bench.outcome(33), None);
    succeed(&mut bench, 1);
    bench.run(35, "{\"n\":35}");
    assert_eq!(bench.outcome(35), None, "there is room again");
}

#[test]
fn nobody_waits_longer_than_twenty_seconds() {
    let mut bench = Bench::new(endpoint());
    bench.run(1, "{}").run(2, "{\"b\":1}").on(called(1)).pass(19_000.0);
    assert_eq!(bench.outcome(2), None);
    bench.pass(1_000.0);
    assert_eq!(bench.kind(2), Some((Kind::Timeout, Applied::No)));
    assert!(!bench.has(&Effect::Start(2)));
}

#[test]
fn a_signal_detaches_its_own_waiter() {
    let mut bench = Bench::new(endpoint());
    bench.run(1, "{}").run(2, "{}").on(called(1)).on(Event::Detach(1));
    assert_eq!(reason(&bench, 1), Some(Reason::Signal));
    assert!(!bench.has(&Effect::Abort(1)), "somebody else waits");
    bench.answer(1, 1, http(200)).ended(1, true);
    assert_eq!(bench.outcome(2), Some(&Outcome::Success(true)));
}

#[test]
fn the_last_waiters_signal_aborts() {
    let mut bench = Bench::new(endpoint());
    bench.run(1, "{}").on(called(1)).on(Event::Detach(1));
    assert!(bench.has(&Effect::Abort(1)));
    assert_eq!(bench.kind(1), Some((Kind::Cancelled, Applied::Unknown)));
    bench.run(2, "{}");
    assert!(!bench.has(&Effect::Start(2)), "Stripe.js has not ended, and what is aborted is not joined");
    bench.ended(1, false);
    assert!(bench.is_stale());
    bench.refreshed(true);
    assert!(bench.has(&Effect::Start(2)));
    assert!(bench.told_failures(1) == 0, "cancelled is no failure");
}

#[test]
fn the_function_ends_before_its_last_waiter_is_told() {
    for sent in [false, true] {
        let mut bench = Bench::new(endpoint());
        bench.run(1, "{}").run(2, "{}");
        if sent {
            bench.on(called(1));
        }
        bench.on(Event::Detach(1));
        assert!(bench.resolved(1) != Some(false));
        bench.on(Event::Detach(2));
        let ended = bench.position(|effect| matches!(effect, Effect::FunctionEnded { id: 1, failure: Some(_) }));
        let told = bench.position(|effect| matches!(effect, Effect::Detached { waiter: 2, .. }));
        assert!(ended.is_some() && ended < told, "{ended:?} {told:?}");
    }
}

#[test]
fn a_signal_before_anything_was_sent_frees_the_turn() {
    let mut bench = Bench::new(endpoint());
    bench.run(1, "{}").run(2, "{\"b\":1}").on(Event::Detach(1));
    assert_eq!(bench.kind(1), Some((Kind::Cancelled, Applied::No)));
    assert!(bench.has(&Effect::Start(2)));
    bench.on(called(1));
    assert_eq!(bench.sends(1), 0);
    assert_eq!(bench.refresh(), None);
}

#[test]
fn cancel_drops_what_waits() {
    let mut bench = Bench::new(endpoint());
    bench.machine.endpoints.push(endpoint());
    bench.run(1, "{}").run(2, "{\"b\":1}");
    let asked = bench.ms;
    bench.on(Event::Run { id: 3, endpoint: 1, session: Some(1), payload: request("{}"), asked });
    bench.on(Event::Cancel(Some(1)));
    assert_eq!((reason(&bench, 3), bench.outcome(2)), (Some(Reason::Cancelled), None));
    bench.on(Event::Cancel(None));
    assert_eq!(reason(&bench, 2), Some(Reason::Cancelled));
    succeed(&mut bench, 1);
    assert_eq!(bench.outcome(1), Some(&Outcome::Success(true)), "what runs is left alone");
}

#[test]
fn a_function_of_request_neither_waits_nor_joins() {
    let mut bench = Bench::new(endpoint());
    bench.run(1, "{}").on(called(1)).invoke(2, request("{}"));
    assert_eq!(bench.sends(2), 1);
    bench.answer(2, 1, Answer::None);
    assert!(bench.resolved(2) == Some(false));
}

/// What the page can do with one item's quantity, and what Stripe.js does.
#[derive(Clone, Debug)]
enum Step {
    Run { item: u8, quantity: u8 },
    Finish,
    Cancel,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..3_u8, 0..4_u8).prop_map(|(item, quantity)| Step::Run { item, quantity }),
        2 => Just(Step::Finish),
        1 => Just(Step::Cancel),
    ];
    proptest::collection::vec(step, 0..60)
}

/// The queue as a list of (item, quantity, waiters); the first one runs.
#[derive(Default)]
struct Model {
    queue: Vec<(u8, u8, Vec<u32>)>,
    told: Vec<(u32, Option<Reason>)>,
    sent: Vec<(u8, u8)>,
}

impl Model {
    fn run(&mut self, id: u32, item: u8, quantity: u8) {
        if let Some(position) = self.queue.iter().skip(1).position(|(other, ..)| *other == item) {
            let (.., waiters) = self.queue.remove(position + 1);
            self.told.extend(waiters.into_iter().map(|waiter| (waiter, Some(Reason::Superseded))));
        }
        match self.queue.last_mut() {
            Some((other, same, waiters)) if *other == item && *same == quantity => waiters.push(id),
            _ => {
                self.queue.push((item, quantity, vec![id]));
                self.start();
            }
        }
    }

    fn start(&mut self) {
        if let (1, Some((item, quantity, _))) = (self.queue.len(), self.queue.first()) {
            self.sent.push((*item, *quantity));
        }
    }

    fn finish(&mut self) {
        if self.queue.is_empty() {
            return;
        }
        let (.., waiters) = self.queue.remove(0);
        self.told.extend(waiters.into_iter().map(|waiter| (waiter, None)));
        if let Some((item, quantity, _)) = self.queue.first() {
            self.sent.push((*item, *quantity));
        }
    }

    fn cancel(&mut self) {
        for (.., waiters) in self.queue.drain(1.min(self.queue.len())..) {
            self.told.extend(waiters.into_iter().map(|waiter| (waiter, Some(Reason::Cancelled))));
        }
    }
}

proptest! {
    #[test]
    fn it_does_what_a_list_would(steps in steps()) {
        let mut bench = Bench::new(latest());
        let mut model = Model::default();
        let mut running = Vec::new();
        for (id, step) in (1..).zip(steps) {
            match step {
                Step::Run { item, quantity: count } => {
                    bench.run_payload(id, quantity(&item.to_string(), count.into()));
                    model.run(id, item, count);
                }
                Step::Finish => {
                    let started: Vec<u32> =
                        bench.effects.iter().filter_map(|e| if let Effect::Start(id) = e { Some(*id) } else { None }).collect();
                    if let Some(id) = started.last().copied().filter(|id| !running.contains(id)) {
                        running.push(id);
                        succeed(&mut bench, id);
                    }
                    model.finish();
                }
                Step::Cancel => {
                    bench.on(Event::Cancel(None));
                    model.cancel();
                }
            }
        }
        let told: Vec<_> = bench.settled.iter().map(|(id, outcome)| match outcome {
            Outcome::Success(_) => (*id, None),
            Outcome::FailureFacts(failure, _) => (*id, failure.reason),
        }).collect();
        prop_assert_eq!(told, model.told);
        let started = bench.count(|effect| matches!(effect, Effect::Start(_)));
        prop_assert_eq!(started, model.sent.len());
    }
}
