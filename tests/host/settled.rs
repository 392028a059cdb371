//! Every update that settled is told of once, as it went; and one object can be used again from within its own end.

use checkout_updates::answer::Answer;
use checkout_updates::effect::Effect;
use checkout_updates::endpoint::Endpoint;
use checkout_updates::event::Event;
use checkout_updates::failure::{Applied, FailureFacts, Kind, Reason};
use checkout_updates::payload::Payload;

use crate::support::{Bench, Outcome, called, endpoint, http, request, stripe_ended};

/// What was told of the updates: number, failure, waited, duration and attempts.
fn records(bench: &Bench) -> Vec<(u32, Option<FailureFacts>, f64, f64, u32)> {
    let record = |effect: &Effect| match *effect {
        Effect::Settled { id, endpoint: 0, failure, waited, duration, attempts, .. } => {
            Some((id, failure, waited, duration, attempts))
        }
        _ => None,
    };
    bench.effects.iter().filter_map(record).collect()
}

#[test]
fn a_success_is_told_with_its_times() {
    let mut bench = Bench::new(Endpoint { retries: 1, ..endpoint() });
    bench.run(1, "{}").pass(300.0).on(called(1)).pass(40.0).answer(1, 1, http(503)).pass(250.0);
    bench.pass(10.0).answer(1, 2, http(200));
    assert_eq!(records(&bench), [], "Stripe.js fetches the session yet");
    bench.pass(700.0).ended(1, true);
    assert_eq!(records(&bench), [(1, None, 300.0, 300.0, 2)]);
    // The page's timeline has it from the call until Stripe.js is done.
    assert!(bench.has(&Effect::Counted { id: 1, endpoint: 0, failure: None, ms: 1_000.0 }));
}

#[test]
fn what_has_ended_is_forgotten() {
    let mut bench = Bench::new(endpoint());
    bench.run(1, "{}").run(2, "{2}");
    assert_eq!(bench.machine.len(), 2);
    bench.on(called(1)).answer(1, 1, http(200)).ended(1, true);
    assert_eq!(bench.machine.len(), 1);
    bench.on(called(2)).answer(2, 1, http(200)).ended(2, true);
    assert_eq!(bench.machine.len(), 0);
    assert!(bench.machine.is_empty());
}

#[test]
fn a_failure_is_told_when_its_waiters_are() {
    let mut bench = Bench::new(endpoint());
    bench.run(1, "{}").pass(5.0).on(called(1)).answer(1, 1, Answer::None).ended(1, false);
    assert_eq!(records(&bench), [], "the refresh holds it");
    bench.pass(100.0).refreshed(true);
    let failure = bench.failure(1);
    assert_eq!((failure.kind, failure.applied), (Kind::Network, Applied::Unknown));
    assert_eq!(records(&bench), [(1, Some(failure), 5.0, 0.0, 1)]);
    let with_waiter = |effect: &Effect| matches!(effect, Effect::Settled { waiters, .. } if *waiters == [1]);
    assert!(bench.position(|effect| matches!(effect, Effect::Counted { .. })) < bench.position(with_waiter));
    assert_eq!(bench.effects.last().map(with_waiter), Some(true), "the last of all");
}

#[test]
fn a_refresh_that_failed_is_told_as_that() {
    let mut bench = Bench::new(endpoint());
    bench.run(1, "{}").on(called(1)).answer(1, 1, http(200)).ended(1, false).refreshed(false);
    assert_eq!(records(&bench)[0].1.map(|failure| failure.kind), Some(Kind::RefreshFailed));
}

#[test]
fn a_function_of_request_waits_for_nobody() {
    let mut bench = Bench::new(endpoint());
    bench.invoke(1, request("{}")).pass(20.0).answer(1, 1, http(200));
    assert_eq!(records(&bench), [(1, None, 0.0, 20.0, 1)]);
}

#[test]
fn what_was_never_called_waited_to_its_end() {
    let mut bench = Bench::new(endpoint());
    bench.run(1, "{}").run(2, "{\"b\":1}").pass(700.0).on(Event::Cancel(None));
    assert_eq!(records(&bench), [(2, Some(bench.failure(2)), 700.0, 700.0, 0)]);
}

#[test]
fn each_update_is_told_once() {
    let mut bench = Bench::new(Endpoint { latest: Some(0), ..endpoint() });
    bench
        .run(1, "{}")
        .run(2, "{}")
        .run(3, "{\"b\":1}")
        .run(4, "{\"b\":2}")
        .run_payload(5, Payload::Refused(Kind::InvalidIntent));
    bench.on(called(1)).on(Event::Detach(1)).answer(1, 1, http(200)).ended(1, true).on(Event::Dispose);
    let told: Vec<_> = records(&bench).iter().map(|record| (record.0, record.1.map(|f| (f.kind, f.reason)))).collect();
    let cancelled = |reason| Some((Kind::Cancelled, Some(reason)));
    assert_eq!(
        told,
        [
            (3, cancelled(Reason::Superseded)),
            (5, Some((Kind::InvalidIntent, None))),
            (1, None),
            (4, cancelled(Reason::Disposed))
        ],
        "the second was joined to the first"
    );
}

#[test]
fn what_begins_while_everything_ends_lives() {
    let mut bench = Bench::new(endpoint());
    bench.run(1, "{}").on(called(1)).invoke(2, Payload::Wrapped).on(Event::Refresh { id: 3, session: Some(1) });
    // What a listener does while the effects of the first are performed comes in the order in which it was done.
    bench.on(Event::Dispose);
    bench.run(4, "{}").on(Event::Dispose).run(5, "{}").on(stripe_ended(1, false));
    bench.on(called(5)).answer(5, 1, http(200)).ended(5, true);
    for (waiter, reason) in [(1, Some(Reason::Disposed)), (4, Some(Reason::Disposed))] {
        assert_eq!(
            bench.outcome(waiter).map(|outcome| matches!(outcome, Outcome::FailureFacts(f, _) if f.reason == reason)),
            Some(true)
        );
    }
    assert_eq!(bench.outcome(5), Some(&Outcome::Success(true)));
    let failure = Some(FailureFacts::bare(Kind::Cancelled, Applied::No));
    assert_eq!(bench.count(|effect| *effect == Effect::Refreshed { id: 3, failure }), 1);
    assert!(bench.machine.is_empty() && !bench.is_stale());
    // Each is over once.
    for id in [1, 2, 4, 5] {
        assert_eq!(records(&bench).iter().filter(|record| record.0 == id).count(), 1, "{id}");
    }
}
