//! Nobody pays a total that the page has not shown: `pay` and `hold` row by row.

use checkout_updates::answer::Answer;
use checkout_updates::effect::Effect;
use checkout_updates::event::Event;
use checkout_updates::failure::{Applied, Kind};
use checkout_updates::payload::Payload;
use checkout_updates::payment::blocked::BlockReason;

use crate::support::{Bench, Outcome, called, endpoint, http, request};

/// The number of the payment, and of another.
const PAY: u32 = 50;
const AGAIN: u32 = 51;
const HOLD: u32 = 60;

impl Bench {
    fn pay(&mut self, id: u32) -> &mut Self {
        self.on(Event::Pay { id, session: Some(1), shown: "10".into(), open: true, failed: false })
    }

    /// What the customer sees now.
    fn shows(&mut self, shown: &str) -> &mut Self {
        self.on(Event::PayShown { id: PAY, shown: shown.into(), open: true })
    }

    fn confirms(&self) -> usize {
        self.count(|effect| matches!(effect, Effect::Confirm(_)))
    }

    fn blocked(&self, id: u32) -> Option<BlockReason> {
        let mut reasons = self.effects.iter().filter_map(|effect| match effect {
            Effect::Blocked { id: its, reason } if *its == id => Some(*reason),
            _ => None,
        });
        let reason = reasons.next();
        assert_eq!(reasons.next(), None, "{id} is blocked twice");
        reason
    }

    fn is_compared(&self) -> bool {
        self.has(&Effect::Compare(PAY))
    }

    fn can_hold(&self) -> bool {
        self.machine.can_hold(self.ms)
    }
}

fn bench() -> Bench {
    Bench::new(endpoint())
}

/// A page that does not know what became of an update, and whose first refresh succeeded.
fn in_doubt() -> Bench {
    let mut bench = bench();
    bench.run(1, "{}").on(called(1)).answer(1, 1, Answer::None).ended(1, false).refreshed(true);
    assert!(bench.is_stale());
    bench
}

/// A payment whose `confirm` runs.
fn confirming() -> Bench {
    let mut bench = bench();
    bench.pay(PAY);
    bench
}

#[test]
fn where_nothing_is_in_the_way_confirm_is_called_at_once() {
    let mut bench = bench();
    bench.pay(PAY);
    assert_eq!(bench.effects, [Effect::Confirm(PAY)]);
    assert!(bench.machine.is_paying());
    bench.on(Event::ConfirmEnded { id: PAY, resolved: true });
    assert!(!bench.machine.is_paying());
    assert_eq!(bench.machine.payments().confirmed(), 1);
    // A confirm that rejects is no confirmed payment, and the next one may be called.
    bench.pay(AGAIN).on(Event::ConfirmEnded { id: AGAIN, resolved: false });
    assert_eq!((bench.confirms(), bench.machine.payments().confirmed()), (2, 1));
}

#[test]
fn an_update_that_has_ended_is_not_in_the_way() {
    let mut bench = bench();
    bench.succeed(1, 1).pay(PAY);
    assert_eq!(bench.confirms(), 1);
}

#[test]
fn what_is_pending_is_waited_for() {
    let mut bench = bench();
    bench.run(1, "{}").run(2, "{2}").on(called(1)).pay(PAY);
    bench.answer(1, 1, http(200)).ended(1, true);
    assert!(bench.has(&Effect::Start(2)), "what waited for its turn was asked for before");
    bench.on(called(2)).answer(2, 1, http(200));
    assert!(!bench.is_compared());
    bench.ended(2, true);
    assert!(bench.is_compared());
    assert_eq!(bench.confirms(), 0);
    bench.shows("10");
    assert_eq!((bench.confirms(), bench.blocked(PAY)), (1, None));
}

#[test]
fn a_total_that_is_not_the_one_that_was_seen_is_not_paid() {
    let mut bench = bench();
    bench.run(1, "{}").on(called(1)).pay(PAY).answer(1, 1, http(200)).ended(1, true).shows("12");
    assert_eq!((bench.confirms(), bench.blocked(PAY)), (0, Some(BlockReason::Changed)));
    assert!(!bench.machine.is_paying());
    assert_eq!(bench.machine.payments().blocked(BlockReason::Changed), 1);
    // The customer has seen it, and presses again.
    bench.pay(AGAIN);
    assert_eq!(bench.confirms(), 1);
}

#[test]
fn what_did_not_succeed_is_not_paid_for() {
    for ends in [http(400), http(429)] {
        let mut bench = bench();
        bench.run(1, "{}").on(called(1)).pay(PAY).answer(1, 1, ends).ended(1, false);
        assert!(!bench.is_compared(), "it refreshes, since no is only the server's word");
        bench.refreshed(true).shows("10");
        assert_eq!((bench.confirms(), bench.blocked(PAY)), (0, Some(BlockReason::Failed)));
    }
    let mut bench = bench();
    bench.run(1, "{}").run(2, "{2}").pay(PAY).on(Event::Cancel(None));
    bench.on(called(1)).answer(1, 1, http(200)).ended(1, true).shows("10");
    assert_eq!(bench.blocked(PAY), Some(BlockReason::Failed), "what was cancelled was not made");
}

#[test]
fn nor_for_what_failed_before_the_module_was_there() {
    let mut bench = bench();
    bench.on(Event::Pay { id: PAY, session: Some(1), shown: "10".into(), open: true, failed: true }).shows("10");
    assert_eq!((bench.confirms(), bench.blocked(PAY)), (0, Some(BlockReason::Failed)));
}

#[test]
fn an_update_that_failed_before_is_the_pages_to_show() {
    let mut bench = bench();
    bench.run(1, "{}").on(called(1)).answer(1, 1, http(400)).ended(1, false).refreshed(true).pay(PAY);
    assert_eq!(bench.confirms(), 1);
}

#[test]
fn a_refresh_that_is_under_way_is_waited_for() {
    let mut bench = bench();
    bench.run(1, "{}").on(called(1)).answer(1, 1, http(400)).ended(1, false).pay(PAY);
    assert!(!bench.is_compared());
    bench.refreshed(true);
    assert!(bench.is_compared());

    let mut bench = Bench::new(endpoint());
    bench.on(Event::Refresh { id: 7, session: Some(1) }).pay(PAY).pass(9_999.0);
    assert!(!bench.is_compared());
    bench.pass(1.0).shows("10");
    assert_eq!(bench.blocked(PAY), Some(BlockReason::Stale), "ten seconds at most");
}

#[test]
fn a_refresh_that_is_under_way_is_the_one_that_staleness_needs() {
    let mut bench = in_doubt();
    bench.pass(5_000.0);
    let before = bench.refresh();
    bench.pay(PAY);
    assert_eq!(bench.refresh(), before);
    bench.refreshed(true);
    assert!(bench.is_compared());
}

#[test]
fn what_is_shown_is_only_taken_when_it_was_asked_for() {
    let mut bench = in_doubt();
    bench.pay(PAY).shows("10");
    assert_eq!((bench.confirms(), bench.blocked(PAY)), (0, None));
    bench.refreshed(false).on(Event::PayShown { id: AGAIN, shown: "10".into(), open: true });
    assert_eq!((bench.confirms(), bench.blocked(PAY)), (0, None));
    bench.shows("10");
    assert_eq!(bench.blocked(PAY), Some(BlockReason::Stale));
}

#[test]
fn what_is_refused_meanwhile_was_not_pending() {
    let mut bench = bench();
    bench.run(1, "{}").on(called(1)).pay(PAY).run(2, "{2}").invoke(3, Payload::Wrapped);
    bench.answer(1, 1, http(200)).ended(1, true).shows("10");
    assert_eq!((bench.confirms(), bench.refresh()), (1, None));
}

#[test]
fn a_session_that_is_not_open_is_not_paid() {
    let mut bench = bench();
    bench.on(Event::Pay { id: PAY, session: Some(1), shown: "10".into(), open: false, failed: false });
    assert_eq!(bench.effects, [Effect::Blocked { id: PAY, reason: BlockReason::Closed }]);
    assert!(!bench.machine.is_paying());
    // Nor one that closes meanwhile, whatever else is so.
    bench.run(1, "{}").on(called(1)).pay(AGAIN).answer(1, 1, http(400)).ended(1, false);
    let id = bench.refresh().unwrap();
    bench.on(Event::Refreshed { id, success: true, open: false });
    bench.on(Event::PayShown { id: AGAIN, shown: "12".into(), open: false });
    assert_eq!(bench.blocked(AGAIN), Some(BlockReason::Closed));
}

#[test]
fn staleness_is_refreshed_at_once_and_waited_for() {
    let mut bench = in_doubt();
    bench.pass(2_000.0);
    let before = bench.refresh();
    bench.pay(PAY);
    assert_ne!(bench.refresh(), before, "at once");
    bench.refreshed(true);
    assert!(!bench.is_compared(), "only the second tells");
    bench.pass(3_000.0).refreshed(true);
    assert!(bench.is_compared() && !bench.is_stale());
    bench.shows("10");
    assert_eq!(bench.confirms(), 1);
}

#[test]
fn staleness_that_stays_is_not_paid() {
    let mut bench = in_doubt();
    bench.pay(PAY).refreshed(false);
    assert!(bench.is_compared(), "a refresh that fails ends the wait");
    bench.shows("10");
    assert_eq!(bench.blocked(PAY), Some(BlockReason::Stale));

    let mut bench = in_doubt();
    bench.pay(PAY).refreshed(true).pass(9_999.0);
    assert!(!bench.is_compared(), "the second is silent");
    bench.pass(1.0).shows("10");
    assert_eq!(bench.blocked(PAY), Some(BlockReason::Stale));

    let mut bench = in_doubt();
    bench.pay(PAY).pass(8_000.0).refreshed(true).pass(1_999.0);
    assert!(!bench.is_compared());
    bench.pass(1.0);
    assert!(bench.is_compared(), "ten seconds for all of it");
}

#[test]
fn staleness_of_another_session_is_not_in_the_way() {
    let mut bench = in_doubt();
    bench.on(Event::Pay { id: PAY, session: Some(2), shown: "10".into(), open: true, failed: false });
    assert_eq!(bench.confirms(), 1);
}

#[test]
fn a_refresh_follows_a_function_whose_end_is_out_of_sight() {
    for answered_before in [false, true] {
        let mut bench = bench();
        bench.invoke(1, request("{}"));
        if answered_before {
            bench.answer(1, 1, http(200)).pass(999.0).pay(PAY);
        } else {
            bench.pay(PAY);
            assert_eq!(bench.refresh(), None);
            bench.answer(1, 1, http(200));
        }
        assert!(bench.refresh().is_some() && !bench.is_compared());
        bench.refreshed(true).shows("10");
        assert_eq!(bench.confirms(), 1, "{answered_before}");
    }
    let mut bench = bench();
    bench.invoke(1, request("{}")).answer(1, 1, http(200)).pass(1_000.0).pay(PAY);
    assert_eq!((bench.confirms(), bench.refresh()), (1, None));
}

#[test]
fn none_follows_where_the_function_failed_and_the_server_said_so() {
    let mut bench = bench();
    bench.invoke(1, request("{}")).pay(PAY).answer(1, 1, http(400));
    assert_eq!((bench.is_compared(), bench.refresh()), (true, None));
    bench.shows("10");
    assert_eq!(bench.blocked(PAY), Some(BlockReason::Failed));
}

#[test]
fn without_that_refresh_the_page_may_be_behind() {
    let mut bench = bench();
    bench.invoke(1, Payload::Wrapped).pay(PAY).answer(1, 1, Answer::Value).refreshed(false);
    assert!(bench.is_stale());
    bench.shows("10");
    assert_eq!(bench.blocked(PAY), Some(BlockReason::Stale));
    bench.pass(5_000.0).refreshed(true);
    assert!(!bench.is_stale());
}

#[test]
fn a_second_press_never_confirms_twice() {
    let mut bench = confirming();
    bench.pay(AGAIN);
    assert_eq!((bench.confirms(), bench.blocked(AGAIN)), (1, Some(BlockReason::Paying)));
    bench.on(Event::ConfirmEnded { id: AGAIN, resolved: true });
    assert!(bench.machine.is_paying(), "that was not its end");

    let mut bench = in_doubt();
    bench.pay(PAY).pay(AGAIN);
    assert_eq!(bench.blocked(AGAIN), Some(BlockReason::Paying));
}

#[test]
fn a_signal_and_dispose_end_it_until_confirm_is_called() {
    for event in [Event::Detach(PAY), Event::Dispose] {
        let mut bench = in_doubt();
        bench.pay(PAY).on(event.clone());
        assert_eq!(bench.blocked(PAY), Some(BlockReason::Cancelled));
        assert!(!bench.machine.is_paying());
        bench.shows("10");
        assert_eq!(bench.confirms(), 0);

        let mut bench = confirming();
        bench.on(event);
        assert_eq!((bench.blocked(PAY), bench.machine.is_paying()), (None, true));
        bench.on(Event::ConfirmEnded { id: PAY, resolved: true });
        assert_eq!(bench.machine.payments().confirmed(), 1);
    }
}

#[test]
fn no_update_and_no_refresh_starts_meanwhile() {
    let mut waiting = in_doubt();
    waiting.pay(PAY);
    let mut held = bench();
    held.on(Event::Hold(HOLD));
    for mut bench in [waiting, held, confirming()] {
        bench.run(11, "{11}").invoke(12, request("{}")).invoke(13, Payload::Wrapped).on(called(12)).on(called(13));
        for id in 11..=13 {
            assert_eq!((bench.kind(id), bench.sends(id)), (Some((Kind::Paying, Applied::No)), 0));
            assert_eq!(bench.told_failures(id), 1, "like any failure");
        }
        bench.on(Event::Refresh { id: 14, session: Some(1) });
        let refused = |effect: &Effect| matches!(effect, Effect::Refreshed { id: 14, failure: Some(failure) } if failure.kind == Kind::Paying);
        assert_eq!(bench.count(refused), 1);
        bench.run_payload(15, Payload::Refused(Kind::InvalidIntent));
        assert_eq!(bench.kind(15), Some((Kind::InvalidIntent, Applied::No)), "it says what is wrong with it");
    }
    let mut bench = confirming();
    bench.on(Event::Hold(HOLD)).on(Event::ConfirmEnded { id: PAY, resolved: true });
    bench.succeed(1, 1);
    assert_eq!(bench.outcome(1), Some(&Outcome::Success(true)), "and afterwards they run again");
}

#[test]
fn what_staleness_wants_waits_for_the_end_of_confirm() {
    let mut bench = in_doubt();
    // The quiet look would come after 20 s.
    bench.pass(5_000.0).refreshed(true);
    let before = bench.refresh();
    bench.pay(PAY).pass(60_000.0).on(Event::Awake);
    assert_eq!((bench.refresh(), bench.machine.wake(bench.ms)), (before, None));
    bench.on(Event::ConfirmEnded { id: PAY, resolved: true });
    assert_ne!(bench.refresh(), before);

    // Nor does it come while something is pending.
    let mut bench = in_doubt();
    bench.pass(5_000.0).refreshed(true).pass(15_000.0).run(2, "{2}").on(called(2));
    let before = bench.refresh();
    bench.pay(PAY).pass(5_000.0);
    assert_eq!((bench.refresh(), bench.is_compared()), (before, false));
    bench.answer(2, 1, http(200)).ended(2, true).shows("10");
    assert_eq!((bench.confirms(), bench.refresh()), (1, before));

    // A module that is told of both.
    let mut bench = Bench::new(endpoint());
    bench.on(Event::Paying { id: PAY, session: Some(1) }).on(Event::Doubt { session: Some(1) }).pass(1.0);
    assert_eq!((bench.refresh(), bench.is_stale()), (None, true));
    bench.on(Event::ConfirmEnded { id: PAY, resolved: true });
    assert!(bench.refresh().is_some());
}

#[test]
fn a_hold_is_granted_where_nothing_is_in_the_way() {
    assert!(bench().can_hold());
    assert!(!in_doubt().can_hold() && !confirming().can_hold());
    let mut bench = bench();
    bench.on(Event::Hold(HOLD));
    assert!(!bench.can_hold() && bench.machine.is_paying());
    bench.on(Event::Release(HOLD + 1));
    assert!(!bench.can_hold(), "that was not its release");
    bench.on(Event::Release(HOLD));
    assert!(bench.can_hold() && !bench.machine.is_paying());
    bench.run(1, "{}");
    assert!(!bench.can_hold());
    bench.on(called(1)).answer(1, 1, http(400)).ended(1, false);
    assert!(bench.machine.is_empty() && !bench.can_hold(), "a refresh is under way");
    bench.refreshed(true);
    assert!(bench.can_hold());
    bench.invoke(2, request("{}")).answer(2, 1, http(200)).pass(999.0);
    assert!(!bench.can_hold(), "Stripe.js may be fetching");
    bench.pass(1.0);
    assert!(bench.can_hold());
}

#[test]
fn a_payment_takes_a_hold_over() {
    let mut bench = bench();
    bench.on(Event::Hold(HOLD)).pay(PAY);
    assert_eq!(bench.confirms(), 1);
    bench.on(Event::Release(HOLD));
    assert!(bench.machine.is_paying());
    bench.on(Event::ConfirmEnded { id: PAY, resolved: true });
    assert!(bench.can_hold());
}

#[test]
fn a_hold_ends_after_ten_minutes_and_by_dispose() {
    let mut bench = bench();
    bench.on(Event::Hold(HOLD)).pass(599_999.0);
    assert!(bench.machine.is_paying());
    bench.pass(1.0);
    assert!(!bench.machine.is_paying());
    bench.on(Event::Hold(HOLD)).on(Event::Dispose);
    assert!(bench.can_hold());
}

#[test]
fn the_way_back_from_the_cache_ends_what_has_not_been_answered() {
    let back = Event::Back { from_cache: true };
    let mut bench = bench();
    bench.on(Event::Hold(HOLD)).on(Event::Left).on(back.clone());
    assert!(!bench.machine.is_paying());

    for (ran, success, open, reason) in [
        (false, true, true, BlockReason::Stale),
        (true, true, true, BlockReason::Stale),
        (true, true, false, BlockReason::Closed),
        (true, false, true, BlockReason::Stale),
        (true, false, false, BlockReason::Stale),
    ] {
        let mut bench = Bench::new(endpoint());
        if ran {
            bench.succeed(1, 1);
        }
        bench.pay(PAY).on(Event::Left).on(back.clone());
        assert_eq!((bench.machine.is_paying(), bench.is_stale()), (false, ran));
        assert_eq!(bench.count(|effect| matches!(effect, Effect::Refresh { .. })), 1);
        assert_eq!(bench.blocked(PAY), None, "after the refresh");
        let id = bench.refresh().unwrap();
        bench.on(Event::Refreshed { id, success, open });
        assert_eq!(bench.blocked(PAY), Some(reason));
        bench.on(Event::ConfirmEnded { id: PAY, resolved: true });
        assert_eq!(bench.machine.payments().confirmed(), 0);
    }
    // Without the cache the page is another one.
    let mut bench = confirming();
    bench.on(Event::Left).on(Event::Back { from_cache: false });
    assert!(bench.machine.is_paying());
}

#[test]
fn an_answer_that_comes_before_that_refresh_counts() {
    let mut bench = confirming();
    bench.on(Event::Back { from_cache: true }).on(Event::ConfirmEnded { id: PAY, resolved: true }).refreshed(true);
    assert_eq!((bench.blocked(PAY), bench.machine.payments().confirmed()), (None, 1));

    let mut bench = confirming();
    bench.on(Event::Back { from_cache: true }).on(Event::Dispose);
    assert_eq!(bench.blocked(PAY), Some(BlockReason::Stale));
}

#[test]
fn a_payment_that_waits_does_not_go_on_by_itself_after_the_way_back() {
    let mut bench = in_doubt();
    bench.pay(PAY).on(Event::Back { from_cache: true }).refreshed(true);
    assert_eq!((bench.confirms(), bench.blocked(PAY)), (0, Some(BlockReason::Stale)));
}

#[test]
fn a_module_that_comes_late_is_told_of_what_is_under_way() {
    let mut bench = bench();
    bench.on(Event::Paying { id: PAY, session: Some(1) }).run(1, "{}").pay(AGAIN);
    assert_eq!((bench.kind(1), bench.blocked(AGAIN)), (Some((Kind::Paying, Applied::No)), Some(BlockReason::Paying)));
    bench.on(Event::ConfirmEnded { id: PAY, resolved: true });
    assert_eq!(bench.machine.payments().confirmed(), 1);
    let mut bench = Bench::new(endpoint());
    bench.on(Event::Paying { id: PAY, session: Some(1) }).on(Event::ConfirmEnded { id: PAY, resolved: true });
    bench.run_session(1, Some(2), request("{}"));
    assert!(bench.has(&Effect::ReleaseActions(Some(1))), "its actions are let go of");
}

#[test]
fn its_actions_are_kept() {
    let released = |bench: &Bench| bench.has(&Effect::ReleaseActions(Some(1)));
    let mut bench = confirming();
    bench.run_session(1, Some(2), request("{}")).run_session(2, Some(3), request("{}"));
    assert!(bench.has(&Effect::ReleaseActions(Some(2))) && !released(&bench));
    bench.on(Event::Back { from_cache: true });
    let of_payment = |effect: &Effect| match effect {
        Effect::Refresh { id, session: Some(1) } => Some(*id),
        _ => None,
    };
    let id = bench.effects.iter().find_map(of_payment).unwrap();
    assert!(!released(&bench));
    bench.on(Event::Refreshed { id, success: true, open: true });
    assert!(released(&bench));
}

#[test]
fn what_a_reload_must_not_forget() {
    let mut bench = bench();
    assert!(bench.machine.sessions_in_doubt().is_empty());
    bench.run_session(1, Some(2), request("{}")).run_session(2, Some(1), request("{2}"));
    bench.invoke_session(3, None, Payload::Wrapped);
    bench.on(Event::Doubt { session: Some(2) }).on(Event::Doubt { session: Some(3) });
    let mut sessions = bench.machine.sessions_in_doubt();
    sessions.sort_unstable();
    assert_eq!(sessions, [1, 2, 3], "each once");
}

#[test]
fn each_reason_has_its_word_and_its_count() {
    let words = BlockReason::ALL.map(BlockReason::name);
    assert_eq!(words, ["cancelled", "paying", "closed", "stale", "failed", "changed"]);
    let mut bench = confirming();
    bench.pay(AGAIN).pay(AGAIN + 1);
    let counts = BlockReason::ALL.map(|reason| bench.machine.payments().blocked(reason));
    assert_eq!(counts, [0, 2, 0, 0, 0, 0]);
}
