//! Whether the page may be showing totals that the server no longer has, and when to look again.

use crate::clock::{Moment, Timer};

/// After an unknown outcome a server may still be at work: only a refresh this much later tells.
const STILL_AT_WORK: f64 = 5_000.0;
/// The quiet look, this long after staleness ended.
const QUIET: f64 = 20_000.0;
/// The first and the longest pause between looks that fail.
const FIRST_PAUSE: f64 = 5_000.0;
const LONGEST_PAUSE: f64 = 60_000.0;
/// How long a refresh may take, and so how long it may hold the turn and the outcome of an update.
const PATIENCE: f64 = 10_000.0;
/// How long one that the page asked for may take: Stripe.js may have an update and its refresh to end first.
const PAGE_PATIENCE: f64 = 40_000.0;

/// Why the page is stale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It is not.
    None,
    /// Nobody knows whether the server made the change.
    Unknown,
    /// The server made it, or the page is an old one; any refresh tells.
    Behind,
}

/// One refresh under way.
#[derive(Clone, Copy, Debug)]
struct Refresh {
    id: u32,
    began: Moment,
    limit: Timer,
}

#[derive(Clone, Copy, Debug)]
struct Stale {
    /// A refresh tells if it began when this had run out.
    tells: Timer,
    /// When to look next.
    next: Timer,
    pause: f64,
    quiet: bool,
}

/// Staleness and the refreshes that end it.
#[derive(Debug, Default)]
pub struct Freshness {
    stale: Option<Stale>,
    quiet: Option<Timer>,
    running: Vec<Refresh>,
}

impl Freshness {
    /// Whether the page may be showing old totals.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.stale.is_some()
    }

    /// The page has become stale. A first refresh is the caller's to begin; this one looks again later.
    pub fn doubt(&mut self, doubt: Doubt, now: Moment) {
        let wait = if doubt == Doubt::Unknown { STILL_AT_WORK } else { 0.0 };
        let tells = Timer::new(now, wait);
        let before = self.stale;
        let tells = match before {
            Some(stale) if stale.tells.left(now) > tells.left(now) => stale.tells,
            _ => tells,
        };
        self.stale = Some(Stale {
            tells,
            next: Timer::new(now, FIRST_PAUSE),
            pause: FIRST_PAUSE,
            quiet: doubt == Doubt::Unknown || before.is_some_and(|stale| stale.quiet),
        });
    }

    /// A refresh begins.
    pub fn begin(&mut self, id: u32, by_page: bool, now: Moment) {
        let limit = Timer::new(now, if by_page { PAGE_PATIENCE } else { PATIENCE });
        self.running.push(Refresh { id, began: now, limit });
    }

    /// A refresh ended; `open` says whether the session still is. Gives whether it was one that is under way.
    pub fn end(&mut self, id: u32, success: bool, open: bool, now: Moment) -> bool {
        let Some(position) = self.running.iter().position(|refresh| refresh.id == id) else { return false };
        let refresh = self.running.remove(position);
        self.learn(refresh.began, success, open, now);
        true
    }

    /// Stripe.js fetched the session, or failed to, in a refresh that began then.
    pub fn learn(&mut self, began: Moment, success: bool, open: bool, now: Moment) {
        let Some(stale) = &mut self.stale else { return };
        if success && (!open || stale.tells.is_over(began)) {
            if stale.quiet && open {
                self.quiet = Some(Timer::new(now, QUIET));
            }
            self.stale = None;
        } else if success {
            stale.next = stale.tells;
        } else {
            stale.next = Timer::new(now, stale.pause);
            stale.pause *= 2.0;
            if stale.pause > LONGEST_PAUSE {
                stale.pause = LONGEST_PAUSE;
            }
        }
    }

    /// Forgets everything. Gives the refreshes that were under way.
    pub fn stop(&mut self) -> Vec<u32> {
        let running = self.running.iter().map(|refresh| refresh.id).collect();
        *self = Self::default();
        running
    }

    /// A refresh that took too long: it counts as failed from now on.
    #[must_use]
    pub fn overdue(&self, now: Moment) -> Option<u32> {
        self.running.iter().find(|refresh| refresh.limit.is_over(now)).map(|refresh| refresh.id)
    }

    /// Whether it is time to look. `awake` is set when the browser is online again or the page visible.
    pub fn is_due(&mut self, awake: bool, now: Moment) -> bool {
        if !self.running.is_empty() {
            return false;
        }
        if self.quiet.is_some_and(|timer| timer.is_over(now)) {
            self.quiet = None;
            return true;
        }
        self.stale.is_some_and(|stale| awake || stale.next.is_over(now))
    }

    /// Calls `look` with each timer that staleness waits for.
    pub fn timers(&self, look: &mut dyn FnMut(Timer)) {
        for refresh in &self.running {
            look(refresh.limit);
        }
        if self.running.is_empty() {
            self.quiet.into_iter().for_each(&mut *look);
            self.stale.into_iter().for_each(|stale| look(stale.next));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: f64) -> Moment {
        Moment { monotonic: ms, wall: ms }
    }

    /// Runs a refresh that begins at one time and ends at another.
    fn refresh(freshness: &mut Freshness, from: f64, to: f64, success: bool) {
        freshness.begin(9, false, at(from));
        assert!(freshness.end(9, success, true, at(to)));
    }

    #[test]
    fn after_an_unknown_outcome_the_second_refresh_tells() {
        let mut freshness = Freshness::default();
        freshness.doubt(Doubt::Unknown, at(0.0));
        refresh(&mut freshness, 0.0, 100.0, true);
        assert!(freshness.is_stale());
        assert!(!freshness.is_due(false, at(4_999.0)));
        assert!(freshness.is_due(false, at(5_000.0)));
        refresh(&mut freshness, 5_000.0, 5_100.0, true);
        assert!(!freshness.is_stale());
        // The quiet one, once.
        assert!(!freshness.is_due(true, at(25_099.0)));
        assert!(freshness.is_due(false, at(25_100.0)));
        assert!(!freshness.is_due(true, at(99_999.0)));
    }

    #[test]
    fn what_is_only_behind_ends_with_any_refresh() {
        let mut freshness = Freshness::default();
        freshness.doubt(Doubt::Behind, at(0.0));
        refresh(&mut freshness, 0.0, 100.0, true);
        assert!(!freshness.is_stale());
        assert!(!freshness.is_due(true, at(99_999.0)));
    }

    #[test]
    fn it_tries_again_with_a_growing_pause() {
        let mut freshness = Freshness::default();
        freshness.doubt(Doubt::Behind, at(0.0));
        let mut now = 0.0;
        for pause in [5_000.0, 10_000.0, 20_000.0, 40_000.0, 60_000.0, 60_000.0] {
            refresh(&mut freshness, now, now, false);
            assert!(!freshness.is_due(false, at(now + pause - 1.0)));
            now += pause;
            assert!(freshness.is_due(false, at(now)), "{pause}");
        }
        assert!(freshness.is_due(true, at(now + 1.0)), "awake");
    }

    #[test]
    fn a_new_doubt_is_not_cut_short_by_a_lesser_one() {
        let mut freshness = Freshness::default();
        freshness.doubt(Doubt::Unknown, at(0.0));
        freshness.doubt(Doubt::Behind, at(1_000.0));
        refresh(&mut freshness, 1_000.0, 1_100.0, true);
        assert!(freshness.is_stale());
    }

    #[test]
    fn a_closed_session_is_not_stale() {
        let mut freshness = Freshness::default();
        freshness.doubt(Doubt::Unknown, at(0.0));
        freshness.begin(1, false, at(1.0));
        assert!(freshness.end(1, true, false, at(2.0)));
        assert!(!freshness.is_stale());
        assert!(!freshness.is_due(true, at(99_999.0)));
    }

    #[test]
    fn a_silent_refresh_is_given_up() {
        let mut freshness = Freshness::default();
        freshness.doubt(Doubt::Behind, at(0.0));
        freshness.begin(1, false, at(0.0));
        assert_eq!(freshness.overdue(at(9_999.0)), None);
        assert_eq!(freshness.overdue(at(10_000.0)), Some(1));
        assert!(!freshness.is_due(true, at(10_000.0)), "one at a time");
        assert!(freshness.end(1, false, true, at(10_000.0)));
        assert!(!freshness.end(1, true, true, at(10_001.0)), "too late");
    }
}
