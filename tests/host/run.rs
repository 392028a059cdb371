//! The table of `run`: what Stripe.js did against what the function saw. `docs/run.md` has it in words.

use checkout_updates::answer::Answer;
use checkout_updates::effect::Effect;
use checkout_updates::failure::{Applied, Kind};
use checkout_updates::metrics::Number;

use crate::support::{Bench, Outcome, called, endpoint, http, not_started, token};

/// An update whose function Stripe.js has called, and which has sent its request.
fn running() -> Bench {
    let mut bench = Bench::new(endpoint());
    bench.run(1, "{}");
    assert!(bench.has(&Effect::Start(1)));
    bench.on(called(1));
    assert!(bench.has(&Effect::Send { id: 1, attempt: 1, body: Some("{}".into()) }));
    bench
}

#[test]
fn stripe_that_never_calls_the_function_gave_up_nothing_of_ours() {
    let mut bench = Bench::new(endpoint());
    bench.run(1, "{}").pass(19_500.0).ended(1, false);
    assert_eq!(bench.kind(1), Some((Kind::StripeError, Applied::No)));
}

#[test]
fn success_and_success() {
    let mut bench = running();
    bench.answer(1, 1, http(200));
    assert_eq!(bench.outcome(1), None);
    bench.ended(1, true);
    assert_eq!(bench.outcome(1), Some(&Outcome::Success(true)));
    assert!(bench.machine.is_empty());
    assert!(!bench.is_stale());
}

#[test]
fn whatever_stripe_says_a_failed_function_is_its_failure() {
    for success in [true, false] {
        let mut bench = running();
        bench.answer(1, 1, http(400)).ended(1, success);
        assert_eq!(bench.kind(1), Some((Kind::Refused, Applied::No)));
        assert!(!bench.is_stale());
        assert!(bench.refresh().is_some(), "no is only the server's word");
    }
}

#[test]
fn a_failed_function_waits_one_second_for_a_silent_stripe() {
    let mut bench = running();
    bench.answer(1, 1, http(400)).pass(999.0);
    assert_eq!(bench.outcome(1), None);
    bench.pass(1.0);
    assert_eq!(bench.kind(1), Some((Kind::Refused, Applied::No)));
}

#[test]
fn an_error_after_success_is_a_failed_refresh() {
    let mut bench = running();
    bench.answer(1, 1, http(200)).ended(1, false);
    assert!(bench.is_stale());
    assert_eq!(bench.outcome(1), None, "the first refresh belongs to the update");
    bench.refreshed(true);
    let Some(Outcome::FailureFacts(failure, true)) = bench.outcome(1) else { panic!("{:?}", bench.outcome(1)) };
    assert_eq!((failure.kind, failure.applied), (Kind::RefreshFailed, Applied::Yes));
    assert!(!bench.is_stale());
}

#[test]
fn ten_silent_seconds_after_success_are_a_failed_refresh_until_stripe_answers() {
    let mut bench = running();
    bench.answer(1, 1, http(200)).pass(9_999.0);
    assert!(!bench.is_stale());
    bench.pass(1.0);
    assert!(bench.is_stale());
    bench.pass(10_000.0);
    assert_eq!(bench.kind(1), Some((Kind::RefreshFailed, Applied::Yes)));
    assert!(bench.is_stale());
    bench.ended(1, true);
    assert!(!bench.is_stale(), "Stripe.js did answer");
}

#[test]
fn an_end_while_the_function_runs() {
    for (ms, kind) in [(18_999.0, Kind::StripeError), (19_000.0, Kind::Timeout)] {
        for success in [true, false] {
            let mut bench = running();
            bench.pass(ms).ended(1, success);
            assert!(bench.has(&Effect::Abort(1)), "it is aborted");
            assert!(bench.resolved(1) == Some(false));
            bench.refreshed(true);
            assert_eq!(bench.kind(1), Some((kind, Applied::Unknown)));
            assert!(bench.is_stale(), "the second refresh tells");
        }
    }
}

#[test]
fn an_end_before_anything_was_sent_is_a_no() {
    let mut bench = Bench::new(checkout_updates::endpoint::Endpoint { csrf: true, ..endpoint() });
    bench.run(1, "{}").on(called(1)).ended(1, false);
    assert_eq!(bench.kind(1), Some((Kind::StripeError, Applied::No)));
    bench.on(token(1, true));
    assert_eq!(bench.sends(1), 0, "a token that comes too late sends nothing");
}

#[test]
fn an_end_without_a_call_refuses_a_late_call() {
    for success in [true, false] {
        let mut bench = Bench::new(endpoint());
        bench.run(1, "{}").ended(1, success);
        assert_eq!(bench.kind(1), Some((Kind::StripeError, Applied::No)));
        assert!(bench.resolved(1) == Some(false), "the function's promise rejects");
        bench.on(called(1));
        assert_eq!(bench.sends(1), 0);
        assert_eq!(bench.refresh(), None);
    }
}

#[test]
fn twenty_silent_seconds_without_a_call() {
    let mut bench = Bench::new(endpoint());
    bench.run(1, "{}").pass(19_999.0);
    assert_eq!(bench.outcome(1), None);
    bench.pass(1.0);
    assert_eq!(bench.kind(1), Some((Kind::Timeout, Applied::No)));
    bench.on(called(1));
    assert_eq!(bench.sends(1), 0);
}

#[test]
fn a_second_call_sends_nothing() {
    let mut bench = running();
    bench.on(called(1));
    assert_eq!(bench.sends(1), 1);
}

#[test]
fn what_cannot_be_started() {
    for kind in [Kind::Unsupported, Kind::SessionClosed] {
        let mut bench = Bench::new(endpoint());
        bench.run(1, "{}").on(not_started(1, kind));
        assert_eq!(bench.kind(1), Some((kind, Applied::No)));
        assert!(bench.machine.is_empty());
    }
}

#[test]
fn a_lost_answer_is_refreshed_before_the_outcome() {
    let mut bench = running();
    bench.answer(1, 1, Answer::None).ended(1, false);
    assert!(bench.is_stale());
    assert_eq!(bench.outcome(1), None);
    bench.run(2, "{\"other\":1}");
    assert!(!bench.has(&Effect::Start(2)), "it holds the turn");
    bench.refreshed(true);
    let Some(Outcome::FailureFacts(failure, true)) = bench.outcome(1) else { panic!("{:?}", bench.outcome(1)) };
    assert_eq!((failure.kind, failure.applied), (Kind::Network, Applied::Unknown));
    assert!(bench.has(&Effect::Start(2)));
}

#[test]
fn a_silent_refresh_holds_the_outcome_for_ten_seconds() {
    let mut bench = running();
    bench.answer(1, 1, http(500)).ended(1, false).pass(9_999.0);
    assert_eq!(bench.outcome(1), None);
    bench.pass(1.0);
    assert_eq!(bench.kind(1), Some((Kind::ServerError, Applied::Unknown)));
}

#[test]
fn the_failure_is_counted_once() {
    let mut bench = running();
    bench.answer(1, 1, Answer::None).ended(1, false).refreshed(false).pass(60_000.0);
    assert_eq!(bench.told_failures(1), 1);
    assert_eq!(bench.machine.endpoints[0].counts.get(Number::Updates), 1);
    assert_eq!(bench.machine.endpoints[0].counts.failures(Kind::Network), 1);
}
