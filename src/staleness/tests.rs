use super::*;

/// A page that shows one session.
fn shown() -> Staleness {
    let mut staleness = Staleness::default();
    staleness.touch(Some(1), true, true);
    staleness
}

/// Runs a refresh that begins at one time and ends at another.
fn refresh(staleness: &mut Staleness, from: f64, to: f64, success: bool) {
    staleness.begin(9, Some(1), false, from);
    assert!(staleness.end(9, success, true, to));
}

#[test]
fn after_an_unknown_outcome_the_second_refresh_tells() {
    let mut staleness = shown();
    staleness.doubt(Some(1), Doubt::Unknown, 0.0);
    refresh(&mut staleness, 0.0, 100.0, true);
    assert!(staleness.is_stale());
    assert_eq!(staleness.due(false, 4_999.0), None);
    assert_eq!(staleness.due(false, 5_000.0), Some(Some(1)));
    refresh(&mut staleness, 5_000.0, 5_100.0, true);
    assert!(!staleness.is_stale());
    // The quiet one, once.
    assert_eq!(staleness.due(true, 25_099.0), None);
    assert_eq!(staleness.due(false, 25_100.0), Some(Some(1)));
    assert_eq!(staleness.due(true, 99_999.0), None);
}

#[test]
fn a_session_that_was_not_seen_before_can_be_doubted() {
    let mut staleness = shown();
    staleness.doubt(Some(2), Doubt::Behind, 0.0);
    assert!(staleness.is_stale());
    refresh(&mut staleness, 0.0, 100.0, true);
    assert!(staleness.is_stale(), "that was the other one");
}

#[test]
fn a_quiet_look_that_comes_late_is_one() {
    let mut staleness = shown();
    staleness.doubt(Some(1), Doubt::Unknown, 0.0);
    refresh(&mut staleness, 5_000.0, 5_100.0, true);
    assert_eq!(staleness.due(false, 30_000.0), Some(Some(1)));
    assert_eq!(staleness.due(false, 99_999.0), None);
}

#[test]
fn it_looks_although_nobody_began_a_refresh() {
    let mut staleness = shown();
    staleness.doubt(Some(1), Doubt::Behind, 1_000.0);
    assert_eq!(staleness.due(false, 5_999.0), None);
    assert_eq!(staleness.due(false, 6_000.0), Some(Some(1)));
}

#[test]
fn what_is_only_behind_ends_with_any_refresh() {
    let mut staleness = shown();
    staleness.doubt(Some(1), Doubt::Behind, 0.0);
    refresh(&mut staleness, 0.0, 100.0, true);
    assert!(!staleness.is_stale());
    assert_eq!(staleness.due(true, 99_999.0), None);
}

#[test]
fn it_tries_again_with_a_growing_pause() {
    let mut staleness = shown();
    staleness.doubt(Some(1), Doubt::Behind, 0.0);
    let mut now = 0.0;
    for pause in [5_000.0, 10_000.0, 20_000.0, 40_000.0, 60_000.0, 60_000.0] {
        refresh(&mut staleness, now, now, false);
        assert_eq!(staleness.due(false, now + pause - 1.0), None);
        now += pause;
        assert_eq!(staleness.due(false, now), Some(Some(1)), "{pause}");
    }
    assert_eq!(staleness.due(true, now + 1.0), Some(Some(1)), "awake");
}

#[test]
fn a_new_doubt_is_not_cut_short_by_a_lesser_one() {
    let mut staleness = shown();
    staleness.doubt(Some(1), Doubt::Unknown, 0.0);
    staleness.doubt(Some(1), Doubt::Behind, 1_000.0);
    refresh(&mut staleness, 1_000.0, 1_100.0, true);
    assert!(staleness.is_stale());
}

#[test]
fn a_greater_doubt_makes_a_lesser_one_longer() {
    let mut staleness = shown();
    staleness.doubt(Some(1), Doubt::Behind, 0.0);
    staleness.doubt(Some(1), Doubt::Unknown, 1_000.0);
    refresh(&mut staleness, 5_999.0, 6_000.0, true);
    assert!(staleness.is_stale());
    refresh(&mut staleness, 6_000.0, 6_001.0, true);
    assert!(!staleness.is_stale());
}

#[test]
fn a_closed_session_is_not_stale() {
    let mut staleness = shown();
    staleness.doubt(Some(1), Doubt::Unknown, 0.0);
    staleness.begin(1, Some(1), false, 1.0);
    assert!(staleness.end(1, true, false, 2.0));
    assert!(!staleness.is_stale());
    assert_eq!(staleness.due(true, 99_999.0), None);
}

#[test]
fn a_silent_refresh_is_given_up() {
    let mut staleness = shown();
    staleness.doubt(Some(1), Doubt::Behind, 0.0);
    staleness.begin(1, Some(1), false, 0.0);
    assert_eq!(staleness.overdue(9_999.0), None);
    assert_eq!(staleness.overdue(10_000.0), Some(1));
    assert_eq!(staleness.due(true, 10_000.0), None, "one at a time");
    assert!(staleness.end(1, false, true, 10_000.0));
    assert!(!staleness.end(1, true, true, 10_001.0), "too late");
}
