//! The page never shows a lie for long.

use checkout_updates::answer::Answer;
use checkout_updates::effect::{Effect, Event, News};
use checkout_updates::failure::{Applied, Kind};

use crate::support::{Bench, endpoint, http, order};

/// A page that does not know what became of an update, and whose first refresh succeeded.
fn in_doubt() -> Bench {
    let mut bench = Bench::new(endpoint());
    bench.run(1, "{}").on(Event::Of(1, News::Called)).answer(1, 1, Answer::None).ended(1, false).refreshed(true);
    assert!(bench.is_stale());
    bench
}

fn refreshes(bench: &Bench) -> usize {
    bench.count(|effect| matches!(effect, Effect::Refresh(_)))
}

#[test]
fn the_second_refresh_tells_and_a_quiet_one_follows() {
    let mut bench = in_doubt();
    bench.pass(4_999.0);
    assert_eq!(refreshes(&bench), 1);
    bench.pass(1.0);
    assert_eq!(refreshes(&bench), 2);
    bench.refreshed(true);
    assert!(!bench.is_stale());
    bench.pass(20_000.0);
    assert_eq!(refreshes(&bench), 3);
    assert!(!bench.is_stale());
    bench.refreshed(false).pass(100_000.0);
    assert_eq!(refreshes(&bench), 3, "nothing hangs on the quiet one");
    assert_eq!(bench.machine.wake(bench.ms), None);
}

#[test]
fn who_hears_that_an_update_is_over_has_heard_that_the_page_is_stale() {
    let over = |effect: &Effect| matches!(effect, Effect::Settle { .. } | Effect::Cancelled { .. });
    let mut apart = Bench::new(endpoint());
    apart.invoke(1, order("{}")).answer(1, 1, http(500));
    let mut detached = Bench::new(endpoint());
    detached.run(1, "{}").on(Event::Of(1, News::Called)).on(Event::Detach(1));
    for bench in [apart, detached] {
        let position = |of: &dyn Fn(&Effect) -> bool| bench.effects.iter().position(of).unwrap();
        assert!(position(&|effect| *effect == Effect::Stale(true)) < position(&over), "{:?}", bench.effects);
    }
}

#[test]
fn a_later_success_does_not_cut_it_short() {
    let mut bench = in_doubt();
    bench.run(2, "{\"b\":1}").on(Event::Of(2, News::Called)).answer(2, 1, http(200)).ended(2, true);
    assert!(bench.is_stale());
}

#[test]
fn it_looks_again_when_the_browser_is_back() {
    for event in [Event::Awake, Event::Back(false)] {
        let mut bench = in_doubt();
        bench.on(event);
        assert_eq!(refreshes(&bench), 2);
    }
}

#[test]
fn a_page_from_the_cache_is_stale_if_an_update_ever_ran() {
    let mut bench = Bench::new(endpoint());
    bench.on(Event::Left).on(Event::Back(true));
    assert!(!bench.is_stale());
    bench.run(1, "{}").on(Event::Of(1, News::Called)).answer(1, 1, http(200)).ended(1, true);
    bench.on(Event::Left).on(Event::Back(true));
    assert!(bench.is_stale());
    bench.refreshed(true);
    assert!(!bench.is_stale());
}

#[test]
fn a_function_of_the_pages_own_hands_makes_stale_and_refresh_ends_it() {
    let mut bench = Bench::new(endpoint());
    bench.invoke(1, order("{}")).answer(1, 1, http(500));
    assert!(bench.is_stale());
    assert_eq!(bench.machine.wake(bench.ms), None, "without actions there is nothing to wait for");
    bench.on(Event::Awake);
    assert_eq!(refreshes(&bench), 0, "the page refreshes");
    bench.ms += 5_000.0;
    bench.on(Event::Refresh(2)).on(Event::Refreshed { id: 2, success: true, open: true });
    assert!(bench.has(&Effect::Refreshed { id: 2, failed: None }));
    assert!(!bench.is_stale());
}

#[test]
fn a_refresh_of_the_page_always_ends() {
    let mut bench = Bench::new(endpoint());
    bench.on(Event::Refresh(7)).pass(40_000.0);
    assert!(bench.has(&Effect::Refreshed { id: 7, failed: Some((Kind::StripeError, Applied::No)) }));
    let mut bench = Bench::new(endpoint());
    bench.on(Event::Refresh(7)).on(Event::Of(7, News::NotStarted(Kind::Unsupported)));
    assert!(bench.has(&Effect::Refreshed { id: 7, failed: Some((Kind::Unsupported, Applied::No)) }));
}

#[test]
fn a_session_that_is_no_longer_open_is_not_stale() {
    let mut bench = in_doubt();
    bench.pass(5_000.0);
    let id = bench.refresh().unwrap();
    bench.on(Event::Refreshed { id, success: true, open: false });
    assert!(!bench.is_stale());
    bench.pass(100_000.0);
    assert_eq!(refreshes(&bench), 2);
}

#[test]
fn nothing_is_refreshed_once_disposed() {
    let mut bench = Bench::new(endpoint());
    bench.run(1, "{}").on(Event::Of(1, News::Called)).on(Event::Dispose);
    assert!(bench.has(&Effect::Abort(1)));
    assert_eq!(bench.kind(1), Some((Kind::Cancelled, Applied::Unknown)));
    bench.ended(1, false).pass(100_000.0);
    assert_eq!(refreshes(&bench), 0);
    assert!(!bench.is_stale());
    bench.run(2, "{}").on(Event::Of(2, News::Called)).answer(2, 1, http(200)).ended(2, true);
    assert_eq!(bench.outcome(2), Some(&crate::support::Outcome::Success(true)), "a later call starts afresh");
}

#[test]
fn a_module_that_died_leaves_the_page_in_doubt() {
    let mut bench = Bench::new(endpoint());
    bench.on(Event::Doubt);
    assert!(bench.is_stale());
    bench.refreshed(true).pass(5_000.0).refreshed(true);
    assert!(!bench.is_stale());
}
