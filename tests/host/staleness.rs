//! The page never shows a lie for long.

use checkout_updates::answer::Answer;
use checkout_updates::effect::Effect;
use checkout_updates::event::Event;
use checkout_updates::failure::{Applied, FailureFacts, Kind};
use checkout_updates::payload::Payload;
use checkout_updates::staleness::{Doubt, Staleness};
use proptest::prelude::*;

use crate::support::{Bench, called, endpoint, http, not_started, request};

/// A page that does not know what became of an update, and whose first refresh succeeded.
fn in_doubt() -> Bench {
    let mut bench = Bench::new(endpoint());
    bench.run(1, "{}").on(called(1)).answer(1, 1, Answer::None).ended(1, false).refreshed(true);
    assert!(bench.is_stale());
    bench
}

fn refreshes(bench: &Bench) -> usize {
    bench.count(|effect| matches!(effect, Effect::Refresh { .. }))
}

#[test]
fn each_refresh_has_a_number_of_its_own_and_the_page_hears_of_those_that_it_asked_for() {
    let mut bench = Bench::new(endpoint());
    bench.run(1, "{}").on(called(1)).answer(1, 1, http(500)).ended(1, false);
    let first = bench.refresh();
    bench.refreshed(false).pass(60_000.0);
    assert_ne!(bench.refresh(), first);
    bench.refreshed(true).on(Event::Refresh { id: 7, session: Some(1) });
    bench.on(Event::Refreshed { id: 7, success: true, open: true });
    let told = bench.effects.iter().filter(|effect| matches!(effect, Effect::Refreshed { .. }));
    assert_eq!(told.collect::<Vec<_>>(), [&Effect::Refreshed { id: 7, failure: None }]);
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
    let over = |effect: &Effect| matches!(effect, Effect::Settled { .. } | Effect::Detached { .. });
    let mut external = Bench::new(endpoint());
    external.invoke(1, request("{}")).answer(1, 1, http(500));
    let mut detached = Bench::new(endpoint());
    detached.run(1, "{}").on(called(1)).on(Event::Detach(1));
    for bench in [external, detached] {
        assert!(bench.stale[bench.position(over).unwrap()], "{:?}", bench.effects);
    }
}

#[test]
fn a_later_success_does_not_cut_it_short() {
    let mut bench = in_doubt();
    bench.run(2, "{\"b\":1}").on(called(2)).answer(2, 1, http(200)).ended(2, true);
    assert!(bench.is_stale());
}

#[test]
fn it_looks_again_when_the_browser_is_back() {
    for (before, event, looks) in [
        (None, Event::Awake, 2),
        (None, Event::Back { from_cache: false }, 1),
        (None, Event::Back { from_cache: true }, 2),
        (Some(Event::Left), Event::Back { from_cache: false }, 2),
        (Some(Event::Left), Event::Back { from_cache: true }, 2),
    ] {
        let mut bench = in_doubt();
        if let Some(event) = before {
            bench.on(event);
        }
        bench.on(event);
        assert_eq!(refreshes(&bench), looks);
    }
}

#[test]
fn a_page_from_the_cache_is_stale_if_an_update_ever_ran() {
    let mut bench = Bench::new(endpoint());
    bench.on(Event::Left).on(Event::Back { from_cache: true });
    assert!(!bench.is_stale());
    bench.run(1, "{}").on(called(1)).answer(1, 1, http(200)).ended(1, true);
    bench.on(Event::Left).on(Event::Back { from_cache: true });
    assert!(bench.is_stale());
    bench.refreshed(true);
    assert!(!bench.is_stale());
}

#[test]
fn a_function_of_the_pages_own_hands_makes_stale_and_refresh_ends_it() {
    let mut bench = Bench::new(endpoint());
    bench.invoke(1, request("{}")).answer(1, 1, http(500));
    assert!(bench.is_stale());
    assert_eq!(bench.machine.wake(bench.ms), None, "without actions there is nothing to wait for");
    bench.on(Event::Awake);
    assert_eq!(refreshes(&bench), 0, "the page refreshes");
    bench.ms += 5_000.0;
    bench.page_refreshes(2, Some(1));
    assert!(bench.has(&Effect::Refreshed { id: 2, failure: None }));
    assert!(!bench.is_stale());
}

#[test]
fn a_refresh_of_the_page_always_ends() {
    let mut bench = Bench::new(endpoint());
    bench.on(Event::Refresh { id: 7, session: Some(1) }).pass(40_000.0);
    assert!(bench.has(&Effect::Refreshed { id: 7, failure: Some(FailureFacts::bare(Kind::StripeError, Applied::No)) }));
    let mut bench = Bench::new(endpoint());
    bench.on(Event::Refresh { id: 7, session: Some(1) }).on(not_started(7, Kind::Unsupported));
    assert!(bench.has(&Effect::Refreshed { id: 7, failure: Some(FailureFacts::bare(Kind::Unsupported, Applied::No)) }));
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
    bench.run(1, "{}").on(called(1)).on(Event::Dispose);
    assert!(bench.has(&Effect::Abort(1)));
    assert_eq!(bench.kind(1), Some((Kind::Cancelled, Applied::Unknown)));
    bench.ended(1, false).pass(100_000.0);
    assert_eq!(refreshes(&bench), 0);
    assert!(!bench.is_stale());
    bench.run(2, "{}").on(called(2)).answer(2, 1, http(200)).ended(2, true);
    assert_eq!(bench.outcome(2), Some(&crate::support::Outcome::Success(true)), "a later call starts afresh");
}

#[test]
fn a_module_that_died_leaves_the_page_in_doubt() {
    let mut bench = Bench::new(endpoint());
    bench.on(Event::Doubt { session: Some(1) });
    assert!(bench.is_stale());
    bench.refreshed(true).pass(5_000.0).refreshed(true);
    assert!(!bench.is_stale());
}

impl Bench {
    /// An update of this session, whose answer is lost and whose first refresh succeeds.
    fn lose(&mut self, id: u32, session: u32) -> &mut Self {
        self.run_session(id, Some(session), request(&format!("{{\"session\":{session}}}")));
        self.on(called(id)).answer(id, 1, Answer::None).ended(id, false).refreshed(true)
    }

    /// The sessions that were refreshed from this effect on.
    fn refreshed_from(&self, effect: usize) -> Vec<Option<u32>> {
        let session =
            |effect: &Effect| if let Effect::Refresh { session, .. } = effect { Some(*session) } else { None };
        self.effects.iter().skip(effect).filter_map(session).collect()
    }
}

#[test]
fn doubt_belongs_to_the_session_in_which_it_arose() {
    let mut bench = Bench::new(endpoint());
    bench.lose(1, 1);
    // The page goes on with another session, and everything there is well.
    bench.succeed(2, 2);
    let before = bench.effects.len();
    bench.pass(5_000.0);
    assert_eq!(bench.refreshed_from(before), [Some(1)], "by its own actions, and not by those seen last");
    // Meanwhile the page refreshes the other one, which tells nothing.
    bench.page_refreshes(3, Some(2));
    assert!(bench.is_stale());
    bench.on(Event::Refresh { id: 4, session: Some(2) }).on(Event::Refreshed { id: 4, success: true, open: false });
    assert!(bench.is_stale(), "that the other one is closed tells nothing either");
    bench.page_refreshes(5, Some(1));
    assert!(!bench.is_stale());
}

#[test]
fn each_session_is_looked_at_by_its_own_actions() {
    let mut bench = Bench::new(endpoint());
    bench.lose(1, 1).lose(2, 2);
    let before = bench.effects.len();
    bench.on(Event::Awake);
    assert_eq!(bench.refreshed_from(before), [Some(1), Some(2)]);
    bench.on(Event::Awake);
    assert_eq!(bench.refreshed_from(before), [Some(1), Some(2)], "one at a time for each");
}

#[test]
fn a_page_from_the_cache_doubts_the_session_that_ran_last() {
    let mut bench = Bench::new(endpoint());
    for session in [1, 2] {
        bench.succeed(session, session);
    }
    bench.page_refreshes(9, Some(3));
    let before = bench.effects.len();
    bench.on(Event::Left).on(Event::Back { from_cache: true });
    assert_eq!(bench.refreshed_from(before), [Some(2)], "in the third nothing ran");

    let mut bench = Bench::new(endpoint());
    bench.invoke(1, request("{}")).answer(1, 1, http(200)).on(Event::Back { from_cache: true });
    assert!(bench.is_stale());
}

#[test]
fn a_late_end_of_stripe_tells_of_its_own_session() {
    for session in [1, 2] {
        let mut bench = Bench::new(endpoint());
        bench.run(1, "{}").on(called(1)).answer(1, 1, http(200)).pass(20_000.0);
        if session == 2 {
            // Its second refresh is under way: any that begins now would tell.
            bench.lose(2, 2).pass(5_000.0);
        }
        bench.ended(1, true);
        assert_eq!(bench.is_stale(), session == 2);
    }
}

#[test]
fn what_nobody_named_is_refreshed_by_the_last_actions() {
    let mut bench = Bench::new(endpoint());
    bench.invoke_session(1, None, Payload::Wrapped).answer(1, 1, Answer::Threw);
    assert!(bench.is_stale());
    bench.ms += 5_000.0;
    for session in [1, 2] {
        bench.on(Event::Refresh { id: session, session: Some(session) });
        bench.on(Event::Refreshed { id: session, success: session == 2, open: true });
        assert_eq!(bench.is_stale(), session == 1);
    }
    // Of a session of which no actions were seen, by actions that do not say whose they are.
    let mut bench = Bench::new(endpoint());
    bench.invoke(1, request("{}")).answer(1, 1, http(500)).ms += 5_000.0;
    bench.page_refreshes(1, None);
    assert!(!bench.is_stale());
}

#[test]
fn it_looks_by_actions_that_may_be_of_the_session_in_doubt() {
    for (doubted, acted, looks) in [(None, Some(1), true), (Some(1), None, true), (Some(1), Some(2), false)] {
        let mut bench = Bench::new(endpoint());
        bench.page_refreshes(9, acted);
        bench.invoke_session(1, doubted, request("{}")).answer(1, 1, http(500));
        let before = bench.effects.len();
        bench.on(Event::Awake);
        assert_eq!(bench.refreshed_from(before), if looks { vec![acted] } else { vec![] });
    }
}

#[test]
fn sessions_that_nothing_is_owed_to_are_released() {
    let mut bench = Bench::new(endpoint());
    bench.lose(1, 1);
    for session in 2..=20 {
        bench.succeed(session, session);
    }
    let released = |bench: &Bench| -> Vec<u32> {
        bench
            .effects
            .iter()
            .filter_map(|e| if let Effect::ReleaseActions(session) = e { *session } else { None })
            .collect()
    };
    assert_eq!(released(&bench), (2..=19).collect::<Vec<_>>(), "the last is kept, and the one in doubt");
    bench.on(Event::Dispose);
    assert_eq!(released(&bench).len(), 20);

    let mut bench = Bench::new(endpoint());
    for session in 1..=20 {
        bench.run_session(session, Some(session), Payload::Wrapped);
    }
    assert!(released(&bench).is_empty(), "they wait for their turn");

    let mut bench = Bench::new(endpoint());
    for session in 1..=9 {
        bench.on(Event::Refresh { id: session, session: Some(session) });
    }
    bench.on(Event::Refreshed { id: 2, success: true, open: true });
    assert_eq!(released(&bench), [2], "the others' refreshes are under way");
}

/// What happens to one of two sessions.
#[derive(Clone, Copy, Debug)]
enum Step {
    Doubt(Doubt),
    Begin { by_page: bool },
    End { success: bool, open: bool },
    Pass(u32),
    Look { awake: bool },
    Cache,
}

fn steps() -> impl Strategy<Value = Vec<(u32, Step)>> {
    let step = prop_oneof![
        prop_oneof![Just(Doubt::Unknown), Just(Doubt::Behind)].prop_map(Step::Doubt),
        any::<bool>().prop_map(|by_page| Step::Begin { by_page }),
        (any::<bool>(), prop::bool::weighted(0.9)).prop_map(|(success, open)| Step::End { success, open }),
        (0..30_000_u32).prop_map(Step::Pass),
        any::<bool>().prop_map(|awake| Step::Look { awake }),
        Just(Step::Cache),
    ];
    proptest::collection::vec((1..=2_u32, step), 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    /// One object for two checkouts is as two objects.
    #[test]
    fn two_sessions_are_as_two_pages(steps in steps()) {
        let mut both = Staleness::default();
        let mut alone = [Staleness::default(), Staleness::default()];
        for session in [1, 2] {
            both.touch(Some(session), true, true);
            alone[session as usize - 1].touch(Some(session), true, true);
        }
        let (mut now, mut running) = (0.0, [None; 2]);
        for (id, (session, step)) in (1..).zip(steps) {
            let position = session as usize - 1;
            let single = &mut alone[position];
            match step {
                Step::Doubt(doubt) => {
                    both.doubt(Some(session), doubt, now);
                    single.doubt(Some(session), doubt, now);
                }
                Step::Begin { by_page } => {
                    if running[position].is_none() {
                        running[position] = Some(id);
                        both.begin(id, Some(session), by_page, now);
                        single.begin(id, Some(session), by_page, now);
                    }
                }
                Step::End { success, open } => {
                    if let Some(id) = running[position].take() {
                        prop_assert_eq!(both.end(id, success, open, now), single.end(id, success, open, now));
                    }
                }
                Step::Pass(ms) => now += f64::from(ms),
                Step::Look { awake } => {
                    let mut found = Vec::new();
                    while let Some(Some(session)) = both.due(awake, now) {
                        both.begin(1_000 + session, Some(session), false, now);
                        found.push(session);
                    }
                    found.sort_unstable();
                    let expected: Vec<u32> = alone.iter_mut().filter_map(|single| single.due(awake, now)?).collect();
                    prop_assert_eq!(&found, &expected);
                    for session in found {
                        alone[session as usize - 1].begin(1_000 + session, Some(session), false, now);
                        both.end(1_000 + session, false, true, now);
                        alone[session as usize - 1].end(1_000 + session, false, true, now);
                    }
                }
                Step::Cache => {
                    both.doubt_all(now);
                    alone.iter_mut().for_each(|single| single.doubt_all(now));
                }
            }
            prop_assert_eq!(both.is_stale(), alone.iter().any(Staleness::is_stale));
            let times = |staleness: &Staleness| {
                let mut times = Vec::new();
                staleness.timers(true, &mut |time| times.push(time));
                times
            };
            let mut expected: Vec<f64> = alone.iter().flat_map(times).collect();
            let mut found = times(&both);
            expected.sort_unstable_by(f64::total_cmp);
            found.sort_unstable_by(f64::total_cmp);
            prop_assert_eq!(found, expected);
        }
    }
}
