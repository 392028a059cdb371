//! The function's own life: the deadline, retries, the token, and what the page's own functions give.

use checkout_updates::answer::{Answer, Body};
use checkout_updates::clock::{Clock, Moment};
use checkout_updates::effect::Effect;
use checkout_updates::endpoint::Endpoint;
use checkout_updates::event::Event;
use checkout_updates::failure::{Applied, FailureFacts, Kind};
use checkout_updates::metrics::Number;
use checkout_updates::payload::Payload;

use crate::support::{Bench, called, endpoint, head, http, request, token, yielded};

fn sent(endpoint: Endpoint) -> Bench {
    let mut bench = Bench::new(endpoint);
    bench.invoke(1, request("{}"));
    bench
}

fn failure(bench: &Bench) -> FailureFacts {
    assert!(bench.resolved(1) == Some(false));
    assert!(bench.machine.is_empty());
    bench.failure(1)
}

/// A redirect that was not followed has no status.
fn known(status: u16) -> Option<u16> {
    (status > 0).then_some(status)
}

fn retrying(retries: u32) -> Endpoint {
    Endpoint { retries, ..endpoint() }
}

#[test]
fn a_deadline_runs_from_the_call() {
    let mut bench = Bench::new(Endpoint { timeout: 400.0, ..endpoint() });
    bench.run(1, "{}").run(2, "{2}").ms += 500.0;
    bench.on(Event::Clock);
    assert_eq!(bench.count(|effect| matches!(effect, Effect::YieldTask(_))), 0);
}

#[test]
fn a_look_at_the_clock_does_not_cut_a_pause_short() {
    let mut bench = sent(retrying(1));
    bench.answer(1, 1, http(503)).ms += 249.0;
    bench.on(Event::Clock);
    assert_eq!(bench.sends(1), 1);
    bench.pass(1.0);
    assert_eq!(bench.sends(1), 2);
}

#[test]
fn a_token_that_comes_in_the_task_after_the_deadline_sends_nothing() {
    let mut bench = sent(Endpoint { csrf: true, ..endpoint() });
    bench.ms += 19_500.0;
    bench.on(Event::Clock).on(token(1, true));
    assert_eq!(bench.sends(1), 0);
    bench.on(yielded(1));
    assert_eq!((failure(&bench).kind, failure(&bench).applied), (Kind::Timeout, Applied::No));
}

#[test]
fn a_token_is_taken_once() {
    let mut bench = sent(Endpoint { csrf: true, ..endpoint() });
    bench.on(token(1, true)).on(token(1, true));
    assert_eq!(bench.sends(1), 1);
}

#[test]
fn the_head_of_an_attempt_that_was_given_up_says_nothing_of_the_next() {
    let mut bench = sent(Endpoint { attempt_timeout: Some(3_000.0), ..retrying(1) });
    bench.pass(2_999.0);
    assert!(!bench.has(&Effect::Abort(1)));
    bench.pass(251.0);
    assert_eq!(bench.sends(1), 2);
    bench.on(head(1, 1, 400)).pass(3_000.0);
    assert_eq!((failure(&bench).kind, failure(&bench).status), (Kind::Timeout, None));
}

#[test]
fn at_the_deadline_one_task_is_let_through_and_then_it_aborts() {
    let mut bench = sent(endpoint());
    bench.pass(19_499.0);
    bench.ms += 1.0;
    bench.on(Event::Clock);
    assert!(bench.has(&Effect::YieldTask(1)));
    assert!(!bench.has(&Effect::Abort(1)));
    bench.on(yielded(1));
    assert!(bench.has(&Effect::Abort(1)));
    let failure = failure(&bench);
    assert_eq!((failure.kind, failure.applied, failure.duration), (Kind::Timeout, Applied::Unknown, 19_500.0));
}

#[test]
fn an_answer_that_is_there_at_the_deadline_wins_and_counts_as_late() {
    let mut bench = sent(endpoint());
    bench.ms += 60_000.0;
    bench.ends(1, 1, http(200));
    assert!(bench.resolved(1) == Some(true));
    assert_eq!(bench.machine.endpoints[0].counts.get(Number::Late), 1);
    bench.on(yielded(1));
    assert!(!bench.has(&Effect::Abort(1)));
}

#[test]
fn a_refusal_whose_body_never_ends_is_still_a_refusal() {
    for (status, kind, applied) in [
        (400, Kind::Refused, Applied::No),
        (503, Kind::ServerError, Applied::Unknown),
        (200, Kind::Timeout, Applied::Unknown),
    ] {
        let mut bench = sent(endpoint());
        bench.on(head(1, 1, status)).pass(19_500.0);
        assert!(bench.has(&Effect::Abort(1)));
        let failure = failure(&bench);
        assert_eq!((failure.kind, failure.applied), (kind, applied));
        assert_eq!(failure.status, (status != 200).then_some(status));
    }
}

#[test]
fn a_sleeping_laptop_counts() {
    let mut clock = Clock::new(Moment { monotonic: 10.0, wall: 7_000.0 });
    let mut bench = sent(endpoint());
    bench.ms += clock.read(Moment { monotonic: 20.0, wall: 26_499.0 });
    bench.on(Event::Clock);
    assert!(!bench.has(&Effect::YieldTask(1)));
    bench.ms += 1.0;
    bench.on(Event::Clock);
    assert!(bench.has(&Effect::YieldTask(1)));
}

#[test]
fn the_deadline_counts_from_the_call_and_not_from_the_engine() {
    let mut bench = Bench::new(endpoint());
    let asked = bench.ms;
    bench.ms += 19_000.0;
    bench.on(Event::Invoke { id: 1, endpoint: 0, session: Some(1), payload: request("{}"), asked });
    assert_eq!(bench.sends(1), 1);
    bench.pass(500.0);
    assert_eq!(failure(&bench).kind, Kind::Timeout);

    let mut bench = Bench::new(endpoint());
    let asked = bench.ms;
    bench.ms += 19_500.0;
    bench.on(Event::Invoke { id: 1, endpoint: 0, session: Some(1), payload: request("{}"), asked });
    assert_eq!((failure(&bench).kind, failure(&bench).applied), (Kind::Timeout, Applied::No));
    assert_eq!(bench.sends(1), 0);
}

#[test]
fn every_status_is_its_kind() {
    for (status, kind, applied) in [
        (400, Kind::Refused, Applied::No),
        (404, Kind::Refused, Applied::No),
        (408, Kind::ServerError, Applied::Unknown),
        (409, Kind::Refused, Applied::Unknown),
        (429, Kind::RateLimited, Applied::No),
        (500, Kind::ServerError, Applied::Unknown),
        (0, Kind::BadResponse, Applied::Unknown),
    ] {
        let mut bench = sent(endpoint());
        bench.answer(1, 1, http(status));
        assert_eq!(
            (failure(&bench).kind, failure(&bench).applied, failure(&bench).status),
            (kind, applied, known(status))
        );
    }
}

/// The server says that the session is closed.
fn closed(status: u16) -> Answer {
    Answer::Http { status, body: Body::Closed, retry_after: None }
}

#[test]
fn retries_repeat_what_may_be_repeated() {
    for answer in [Answer::None, http(409), http(425), http(429), http(502), http(503), http(504)] {
        let mut bench = sent(retrying(1));
        bench.answer(1, 1, answer).pass(500.0);
        assert_eq!(bench.sends(1), 2, "{answer:?}");
        bench.answer(1, 2, http(200));
        assert!(bench.resolved(1) == Some(true));
        assert_eq!(bench.machine.endpoints[0].counts.get(Number::Retries), 1);
    }
    for answer in [http(400), http(404), http(408), http(500), http(0), closed(409), closed(425), closed(429)] {
        let mut bench = sent(retrying(1));
        bench.answer(1, 1, answer).pass(20_000.0);
        assert_eq!(bench.sends(1), 1, "{answer:?}");
    }
}

#[test]
fn one_attempt_in_doubt_makes_every_later_no_an_unknown() {
    let mut bench = sent(retrying(1));
    bench.answer(1, 1, Answer::None).pass(500.0).answer(1, 2, http(400));
    assert_eq!((failure(&bench).kind, failure(&bench).applied), (Kind::Refused, Applied::Unknown));
    assert_eq!(failure(&bench).attempts, 2);

    let mut bench = sent(retrying(1));
    bench.answer(1, 1, http(429)).pass(500.0).answer(1, 2, http(400));
    assert_eq!(failure(&bench).applied, Applied::No, "a 429 is no doubt");
}

#[test]
fn a_retry_after_beyond_the_deadline_fails_at_once() {
    let answer = |ms| Answer::Http { status: 429, body: Body::Empty, retry_after: Some(ms) };
    let mut bench = sent(retrying(1));
    bench.answer(1, 1, answer(19_500.0));
    assert_eq!((failure(&bench).kind, failure(&bench).duration), (Kind::RateLimited, 0.0));

    let mut bench = sent(retrying(1));
    bench.answer(1, 1, answer(3_000.0)).pass(2_999.0);
    assert_eq!(bench.sends(1), 1);
    bench.pass(1.0);
    assert_eq!(bench.sends(1), 2);
}

#[test]
fn a_silent_attempt_is_given_up_earlier() {
    let mut bench = sent(Endpoint { attempt_timeout: Some(3_000.0), ..retrying(1) });
    bench.pass(3_000.0);
    assert!(bench.has(&Effect::Abort(1)));
    bench.answer(1, 1, http(200)).pass(250.0);
    assert_eq!(bench.sends(1), 2, "what the given-up attempt says is not listened to");
    bench.pass(3_000.0);
    assert_eq!((failure(&bench).kind, failure(&bench).applied), (Kind::Timeout, Applied::Unknown));
}

#[test]
fn what_a_whole_answer_says_is_not_put_down_to_leaving() {
    let mut bench = sent(endpoint());
    bench.on(Event::Leaving).ends(1, 1, Answer::Http { status: 200, body: Body::Page, retry_after: None });
    assert_eq!(failure(&bench).kind, Kind::BadResponse);
}

#[test]
fn a_token_comes_first() {
    let mut bench = sent(Endpoint { csrf: true, ..endpoint() });
    assert!(bench.has(&Effect::Token(1)));
    assert_eq!(bench.sends(1), 0);
    bench.on(token(1, true));
    assert_eq!(bench.sends(1), 1);

    let mut bench = sent(Endpoint { csrf: true, ..endpoint() });
    bench.on(token(1, false)).yields();
    assert_eq!((failure(&bench).kind, failure(&bench).applied), (Kind::CallbackFailed, Applied::No));
    assert_eq!((failure(&bench).attempts, bench.sends(1)), (0, 0));

    let mut bench = sent(Endpoint { csrf: true, ..endpoint() });
    bench.pass(19_500.0);
    assert_eq!((failure(&bench).kind, failure(&bench).applied), (Kind::Timeout, Applied::No));
}

#[test]
fn a_refused_payload_sends_nothing() {
    for run in [false, true] {
        let (mut bench, refused) = (Bench::new(endpoint()), Payload::Refused(Kind::InvalidIntent));
        if run {
            bench.run_payload(1, refused);
            assert!(!bench.has(&Effect::Start(1)), "Stripe.js is not called");
        } else {
            bench.invoke(1, refused);
        }
        assert_eq!((failure(&bench).kind, failure(&bench).applied), (Kind::InvalidIntent, Applied::No));
        assert_eq!(bench.sends(1), 0);
    }
}

#[test]
fn a_wrapped_function_has_no_token_and_no_retries() {
    let mut bench = Bench::new(Endpoint { csrf: true, retries: 3, ..endpoint() });
    bench.invoke(1, Payload::Wrapped).answer(1, 1, Answer::Threw);
    assert_eq!((failure(&bench).kind, failure(&bench).applied), (Kind::CallbackFailed, Applied::Unknown));

    let mut bench = Bench::new(endpoint());
    bench.invoke(1, Payload::Wrapped).answer(1, 1, Answer::Value);
    assert!(bench.resolved(1) == Some(true));
}

#[test]
fn a_wrapped_functions_error_that_has_an_answer_is_judged_like_it() {
    for (status, kind, applied) in [
        (400, Kind::Refused, Applied::No),
        (409, Kind::Refused, Applied::Unknown),
        (429, Kind::RateLimited, Applied::No),
        (503, Kind::ServerError, Applied::Unknown),
        (302, Kind::BadResponse, Applied::Unknown),
        (200, Kind::CallbackFailed, Applied::Unknown),
    ] {
        let mut bench = Bench::new(retrying(3));
        bench.invoke(1, Payload::Wrapped).ends(1, 1, Answer::ThrewHttp { status, body: Body::Json });
        let failure = failure(&bench);
        assert_eq!((failure.kind, failure.applied, failure.status), (kind, applied, Some(status)));
    }
    let mut bench = Bench::new(endpoint());
    bench.invoke(1, Payload::Wrapped).ends(1, 1, Answer::ThrewHttp { status: 200, body: Body::Refusal });
    assert_eq!((failure(&bench).kind, failure(&bench).applied), (Kind::Refused, Applied::No));
}

#[test]
fn a_wrapped_function_can_say_no() {
    let mut bench = Bench::new(endpoint());
    bench.run_payload(1, Payload::Wrapped).on(called(1)).ends(1, 1, Answer::ThrewNo).ended(1, false);
    assert_eq!(bench.kind(1), Some((Kind::Refused, Applied::No)));
    assert!(!bench.is_stale());
}

#[test]
fn what_could_not_be_sent_was_not_sent() {
    let mut bench = Bench::new(retrying(3));
    bench.run(1, "{}").on(called(1)).ends(1, 1, Answer::Unsent).ended(1, false);
    assert_eq!(bench.kind(1), Some((Kind::Unavailable, Applied::No)));
    assert_eq!((bench.failure(1).attempts, bench.refresh()), (0, None));
    assert!(!bench.is_stale());

    // An earlier attempt may have been applied.
    let mut bench = sent(retrying(3));
    bench.answer(1, 1, Answer::None).pass(500.0).ends(1, 2, Answer::Unsent);
    assert_eq!((failure(&bench).kind, failure(&bench).applied), (Kind::Unavailable, Applied::Unknown));
    assert_eq!(failure(&bench).attempts, 1);
}
