//! What the model found (`tests/host/model`): each trace as a test.

use checkout_updates::effect::Effect;
use checkout_updates::event::Event;
use checkout_updates::failure::{Applied, Kind};

use crate::support::{Bench, called, endpoint, http, request};

/// An update whose function has succeeded, while Stripe.js fetches the session.
fn succeeded() -> Bench {
    let mut bench = Bench::new(endpoint());
    bench.run(1, "{}").on(called(1)).answer(1, 1, http(200));
    bench
}

/// Whether the page was stale when this waiter was told.
fn stale_when_told(bench: &Bench, waiter: u32) -> bool {
    let told = bench.position(|effect| match effect {
        Effect::Detached { waiter: it, .. } => *it == waiter,
        Effect::Settled { waiters, .. } => waiters.contains(&waiter),
        _ => false,
    });
    bench.stale[told.expect("it was told")]
}

#[test]
fn who_lets_go_while_stripe_fetches_leaves_a_page_that_is_behind() {
    let mut bench = succeeded();
    bench.on(Event::Detach(1));
    assert_eq!(bench.kind(1), Some((Kind::Cancelled, Applied::Unknown)));
    assert!(stale_when_told(&bench, 1), "nothing is pending any more, and the page shows old totals");
    bench.ended(1, true);
    assert!(!bench.is_stale(), "Stripe.js has fetched the session");
    assert!(bench.machine.is_empty());
}

#[test]
fn who_lets_go_and_stripe_cannot_fetch() {
    let mut bench = succeeded();
    bench.on(Event::Detach(1)).ended(1, false);
    assert!(bench.is_stale());
    bench.refreshed(true);
    assert!(!bench.is_stale());
}

#[test]
fn a_refresh_that_began_at_the_moment_of_the_doubt_does_not_end_it() {
    let mut bench = succeeded();
    bench.on(Event::Refresh { id: 7, session: Some(1) }).ended(1, false);
    assert!(bench.is_stale());
    bench.on(Event::Refreshed { id: 7, success: true, open: true });
    assert!(bench.is_stale(), "it may have fetched before the server made the change");
    bench.refreshed(true);
    assert!(!bench.is_stale());
}

#[test]
fn nor_one_that_began_before_the_page_came_back() {
    let mut bench = succeeded();
    bench.ended(1, true).on(Event::Refresh { id: 7, session: Some(1) }).on(Event::Back { from_cache: true });
    assert!(bench.is_stale());
    bench.on(Event::Refreshed { id: 7, success: true, open: true });
    assert!(bench.is_stale(), "it is as old as the page");
    bench.pass(5_000.0).refreshed(true);
    assert!(!bench.is_stale());
}

#[test]
fn a_late_end_of_stripe_does_not_end_a_doubt_that_came_after_it_began() {
    let mut bench = succeeded();
    bench.pass(10_000.0);
    assert!(bench.is_stale());
    bench.refreshed(false);
    assert_eq!(bench.kind(1), Some((Kind::RefreshFailed, Applied::Yes)));
    bench.run(2, "{2}").on(called(2)).ended(2, false);
    assert_eq!(bench.failure(2).applied, Applied::Unknown);
    // What Stripe.js fetched for the first may be older than what the second did.
    bench.ended(1, true);
    assert!(bench.is_stale());
}

#[test]
fn nor_one_that_came_before() {
    let mut bench = succeeded();
    bench.invoke(2, request("{2}")).answer(2, 1, http(500));
    assert!(bench.is_stale());
    // The update's own patience with Stripe.js ends, and then Stripe.js does answer.
    bench.pass(10_000.0).ended(1, true);
    let began = bench.count(|effect| matches!(effect, Effect::Refresh { .. }));
    assert!(bench.is_stale(), "{began} refreshes were begun, and none has ended");
}

#[test]
fn nor_does_it_where_the_update_itself_ended_in_doubt() {
    let mut bench = Bench::new(endpoint());
    bench.run(1, "{}").on(called(1)).answer(1, 1, http(500)).pass(10_000.0);
    assert!(bench.is_stale());
    // Stripe.js was silent, and then says success of a function that failed.
    bench.ended(1, true);
    assert!(bench.is_stale());
}
