//! What the browser ends because the customer leaves is no failure, and what fails on a page that stays is one.

use checkout_updates::answer::{Answer, Body};
use checkout_updates::context::{LEAVING, Presence};
use checkout_updates::effect::Effect;
use checkout_updates::endpoint::Endpoint;
use checkout_updates::event::Event;
use checkout_updates::failure::{Applied, Kind, Reason};
use checkout_updates::metrics::Number;
use checkout_updates::payload::Payload;

use crate::support::{Bench, Outcome, called, endpoint, http, request, stripe_ended, token};

const CUT_OFF: Answer = Answer::Http { status: 200, body: Body::CutOff, retry_after: None };

/// The ways an attempt ends without an answer, and what each is on a page that stays.
fn lost() -> [(Payload, Answer, Kind); 3] {
    [
        (request("{}"), Answer::None, Kind::Network),
        (request("{}"), CUT_OFF, Kind::BadResponse),
        (Payload::Wrapped, Answer::Threw, Kind::CallbackFailed),
    ]
}

fn sent(payload: Payload) -> Bench {
    let mut bench = Bench::new(endpoint());
    bench.invoke(1, payload);
    bench
}

fn is_left(bench: &Bench, applied: Applied) -> bool {
    let failure = bench.failure(1);
    assert_eq!((failure.kind, failure.reason), (Kind::Cancelled, Some(Reason::Left)));
    assert!(bench.told_failures(1) == 0);
    assert_eq!(bench.machine.endpoints[0].counts.get(Number::Updates), 0);
    failure.applied == applied
}

#[test]
fn a_success_of_stripe_is_one_also_where_the_page_may_go() {
    let mut bench = Bench::new(endpoint());
    bench.run(1, "{}").on(called(1)).answer(1, 1, http(200));
    bench.on(Event::Leaving).on(stripe_ended(1, true));
    assert_eq!(bench.outcome(1), Some(&Outcome::Success(true)));
}

#[test]
fn the_news_may_come_before_the_end_or_in_the_task_after_it() {
    for (payload, answer, _) in lost() {
        let mut bench = sent(payload.clone());
        bench.on(Event::Left).ends(1, 1, answer);
        assert!(is_left(&bench, Applied::Unknown));

        let mut bench = sent(payload.clone());
        bench.ends(1, 1, answer);
        assert!(bench.has(&Effect::YieldTask(1)));
        assert!(bench.resolved(1) != Some(false), "{answer:?} is not judged yet");
        bench.on(Event::Left);
        assert!(is_left(&bench, Applied::Unknown));
    }
}

#[test]
fn on_a_page_that_stays_it_is_judged_one_task_later() {
    for (payload, answer, kind) in lost() {
        for stays in [None, Some(Event::Back { from_cache: false })] {
            let mut bench = sent(payload.clone());
            if let Some(event) = stays {
                bench.on(Event::Left).on(Event::Leaving).on(event);
            }
            bench.answer(1, 1, answer);
            assert_eq!((bench.failure(1).kind, bench.failure(1).applied), (kind, Applied::Unknown));
        }
    }
}

#[test]
fn an_answer_is_an_answer_even_then() {
    for (status, kind) in [(400, Kind::Refused), (503, Kind::ServerError)] {
        let mut bench = sent(request("{}"));
        bench.on(Event::Left).ends(1, 1, Answer::Http { status, body: Body::CutOff, retry_after: None });
        assert_eq!(bench.failure(1).kind, kind);
    }
    let mut bench = sent(request("{}"));
    bench.on(Event::Left).ends(1, 1, http(200));
    assert!(bench.resolved(1) == Some(true));
}

#[test]
fn while_the_page_may_be_about_to_go_it_is_not_judged() {
    for (payload, answer, kind) in lost() {
        let after = || {
            let mut bench = sent(payload.clone());
            bench.on(Event::Leaving).pass(500.0).answer(1, 1, answer).pass(LEAVING - 501.0);
            assert!(bench.resolved(1) != Some(false));
            bench
        };
        let mut bench = after();
        bench.on(Event::Left);
        assert!(is_left(&bench, Applied::Unknown));
        // What was wrongly supposed is taken back.
        let mut bench = after();
        bench.on(Event::Back { from_cache: false });
        assert_eq!(bench.failure(1).kind, kind);
        let mut bench = after();
        bench.pass(1.0);
        assert_eq!((bench.failure(1).kind, bench.failure(1).duration), (kind, LEAVING));
        // A dialog stood in between.
        let mut bench = after();
        bench.on(Event::Leaving).pass(LEAVING - 1.0).on(Event::Left);
        assert!(is_left(&bench, Applied::Unknown));
    }
}

#[test]
fn the_deadline_does_not_wait_for_it() {
    let mut bench = Bench::new(Endpoint { timeout: 1_000.0, ..endpoint() });
    bench.invoke(1, request("{}")).on(Event::Leaving).answer(1, 1, Answer::None).pass(999.0);
    assert!(bench.resolved(1) != Some(false));
    bench.pass(1.0);
    assert_eq!((bench.failure(1).kind, bench.failure(1).duration), (Kind::Network, 1_000.0));
    assert!(bench.machine.is_empty());

    let mut bench = Bench::new(Endpoint { timeout: 1_000.0, ..endpoint() });
    bench.run(1, "{}").on(called(1)).on(Event::Leaving).answer(1, 1, http(200)).ended(1, false);
    bench.pass(999.0);
    assert!(bench.told_failures(1) == 0);
    bench.pass(1.0);
    assert_eq!(bench.failure(1).kind, Kind::RefreshFailed);

    let mut bench = sent(request("{}"));
    bench.ms += 60_000.0;
    bench.ends(1, 1, Answer::None);
    assert_eq!(bench.failure(1).kind, Kind::Network);
    assert_eq!(bench.machine.endpoints[0].counts.get(Number::Late), 0, "it is no answer");
}

#[test]
fn it_is_repeated_where_the_page_stays() {
    let mut bench = Bench::new(Endpoint { retries: 1, ..endpoint() });
    bench.invoke(1, request("{}")).on(Event::Leaving).answer(1, 1, Answer::None).pass(LEAVING).pass(500.0);
    assert_eq!(bench.sends(1), 2);
    bench.ends(1, 2, Answer::None).on(Event::Left);
    assert!(is_left(&bench, Applied::Unknown));
    assert_eq!(bench.sends(1), 2);
}

#[test]
fn a_page_that_may_go_wakes_nobody_for_that() {
    let mut bench = Bench::new(endpoint());
    bench.on(Event::Leaving);
    assert_eq!(bench.machine.wake(bench.ms), None);
}

#[test]
fn a_token_that_could_not_be_had_is_lost_like_an_answer() {
    let asked = || {
        let mut bench = Bench::new(Endpoint { csrf: true, ..endpoint() });
        bench.invoke(1, request("{}")).on(token(1, false));
        bench
    };
    let mut bench = asked();
    bench.on(Event::Left);
    assert!(is_left(&bench, Applied::No));
    let mut bench = asked();
    bench.yields();
    assert_eq!((bench.failure(1).kind, bench.failure(1).applied), (Kind::CallbackFailed, Applied::No));
}

#[test]
fn what_stripe_could_not_end_is_lost_like_an_answer() {
    let ended = |is_called: bool, answered: bool| {
        let mut bench = Bench::new(endpoint());
        bench.run(1, "{}");
        if is_called {
            bench.on(called(1));
        }
        if answered {
            bench.ends(1, 1, http(200));
        }
        bench.on(Event::Leaving).on(stripe_ended(1, false));
        assert_eq!(bench.outcome(1), None);
        bench
    };
    for (is_called, answered, kind, applied) in [
        (false, false, Kind::StripeError, Applied::No),
        (true, false, Kind::StripeError, Applied::Unknown),
        (true, true, Kind::RefreshFailed, Applied::Yes),
    ] {
        let mut bench = ended(is_called, answered);
        bench.on(Event::Left).pass(10_000.0);
        assert!(is_left(&bench, if is_called { Applied::Unknown } else { Applied::No }));
        assert_eq!(bench.kind(1).map(|(kind, _)| kind), Some(Kind::Cancelled));

        let mut bench = ended(is_called, answered);
        bench.yields();
        bench.pass(LEAVING - 1.0);
        assert!(bench.told_failures(1) == 0);
        bench.pass(1.0);
        assert_eq!((bench.failure(1).kind, bench.failure(1).applied), (kind, applied));
        assert!(bench.told_failures(1) == 1);
    }
}

#[test]
fn nothing_is_sent_once_stripe_has_failed() {
    let mut bench = Bench::new(Endpoint { csrf: true, ..endpoint() });
    bench.run(1, "{}").on(called(1));
    bench.on(Event::Leaving).ended(1, false).on(token(1, true));
    assert_eq!((bench.sends(1), bench.kind(1)), (0, Some((Kind::StripeError, Applied::No))));
}

#[test]
fn both_sides_may_be_lost() {
    for left in [true, false] {
        let mut bench = Bench::new(endpoint());
        bench.run(1, "{}").on(called(1)).on(Event::Leaving);
        bench.answer(1, 1, Answer::None).ended(1, false);
        assert!(bench.resolved(1) != Some(false));
        bench.on(if left { Event::Left } else { Event::Back { from_cache: false } }).refreshed(true);
        let kind = if left { Kind::Cancelled } else { Kind::Network };
        assert_eq!(bench.kind(1), Some((kind, Applied::Unknown)));
    }
}

#[test]
fn a_success_of_stripe_does_not_judge_what_is_lost() {
    let mut bench = Bench::new(endpoint());
    bench.run(1, "{}").on(called(1)).ends(1, 1, Answer::None).ended(1, true);
    bench.refreshed(true);
    assert_eq!(bench.kind(1), Some((Kind::Network, Applied::Unknown)));
}

#[test]
fn a_page_that_was_left_is_left_until_it_is_back() {
    let leaving = Presence::Leaving(1_000.0 + LEAVING);
    let back = Event::Back { from_cache: true };
    for (before, event, after) in [
        (Presence::Here, Event::Leaving, leaving),
        (Presence::Leaving(1_500.0), Event::Leaving, leaving),
        (Presence::Left, Event::Leaving, Presence::Left),
        (Presence::Here, Event::Left, Presence::Left),
        (leaving, Event::Left, Presence::Left),
        (leaving, back.clone(), Presence::Here),
        (Presence::Left, back, Presence::Here),
        (Presence::Leaving(1_000.1), Event::Clock, Presence::Leaving(1_000.1)),
        (Presence::Leaving(1_000.0), Event::Clock, Presence::Here),
        (Presence::Left, Event::Clock, Presence::Left),
    ] {
        assert_eq!(before.after(&event, 1_000.0), after, "{before:?} {event:?}");
    }
}
