//! Whether the page may be showing totals that the server no longer has, and when to look again.

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
    began: f64,
    limit: f64,
}

#[derive(Clone, Copy, Debug)]
struct Stale {
    /// A refresh tells if it began when this had run out.
    tells: f64,
    /// When to look next.
    next: f64,
    pause: f64,
    quiet: bool,
}

/// Staleness and the refreshes that end it.
#[derive(Debug, Default)]
pub struct Freshness {
    stale: Option<Stale>,
    quiet: Option<f64>,
    running: Vec<Refresh>,
}

impl Freshness {
    /// Whether the page may be showing old totals.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.stale.is_some()
    }

    /// The page has become stale. A first refresh is the caller's to begin; this one looks again later.
    pub fn doubt(&mut self, doubt: Doubt, now: f64) {
        let wait = if doubt == Doubt::Unknown { STILL_AT_WORK } else { 0.0 };
        let tells = now + wait;
        let before = self.stale;
        let tells = match before {
            Some(stale) if stale.tells > tells => stale.tells,
            _ => tells,
        };
        self.stale = Some(Stale {
            tells,
            next: now + FIRST_PAUSE,
            pause: FIRST_PAUSE,
            quiet: doubt == Doubt::Unknown || before.is_some_and(|stale| stale.quiet),
        });
    }

    /// A refresh begins.
    pub fn begin(&mut self, id: u32, by_page: bool, now: f64) {
        let limit = now + if by_page { PAGE_PATIENCE } else { PATIENCE };
        self.running.push(Refresh { id, began: now, limit });
    }

    /// A refresh ended; `open` says whether the session still is. Gives whether it was one that is under way.
    pub fn end(&mut self, id: u32, success: bool, open: bool, now: f64) -> bool {
        let Some(position) = self.running.iter().position(|refresh| refresh.id == id) else { return false };
        let refresh = self.running.remove(position);
        self.learn(refresh.began, success, open, now);
        true
    }

    /// Stripe.js fetched the session, or failed to, in a refresh that began then.
    pub fn learn(&mut self, began: f64, success: bool, open: bool, now: f64) {
        let Some(stale) = &mut self.stale else { return };
        if success && (!open || stale.tells <= began) {
            if stale.quiet && open {
                self.quiet = Some(now + QUIET);
            }
            self.stale = None;
        } else if success {
            stale.next = stale.tells;
        } else {
            stale.next = now + stale.pause;
            stale.pause *= 2.0;
            if stale.pause > LONGEST_PAUSE {
                stale.pause = LONGEST_PAUSE;
            }
        }
    }

    /// Forgets everything. Gives a refresh that was under way; there may be more.
    pub fn stop(&mut self) -> Option<u32> {
        (self.stale, self.quiet) = (None, None);
        self.running.pop().map(|refresh| refresh.id)
    }

    /// A refresh that took too long: it counts as failed from now on.
    #[must_use]
    pub fn overdue(&self, now: f64) -> Option<u32> {
        self.running.iter().find(|refresh| refresh.limit <= now).map(|refresh| refresh.id)
    }

    /// Whether it is time to look. `awake` is set when the browser is online again or the page visible.
    pub fn is_due(&mut self, awake: bool, now: f64) -> bool {
        if !self.running.is_empty() {
            return false;
        }
        if self.quiet.is_some_and(|until| until <= now) {
            self.quiet = None;
            return true;
        }
        self.stale.is_some_and(|stale| awake || stale.next <= now)
    }

    /// Calls `look` with each time that staleness waits for.
    pub fn timers(&self, look: &mut dyn FnMut(f64)) {
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

    /// Runs a refresh that begins at one time and ends at another.
    fn refresh(freshness: &mut Freshness, from: f64, to: f64, success: bool) {
        freshness.begin(9, false, from);
        assert!(freshness.end(9, success, true, to));
    }

    #[test]
    fn after_an_unknown_outcome_the_second_refresh_tells() {
        let mut freshness = Freshness::default();
        freshness.doubt(Doubt::Unknown, 0.0);
        refresh(&mut freshness, 0.0, 100.0, true);
        assert!(freshness.is_stale());
        assert!(!freshness.is_due(false, 4_999.0));
        assert!(freshness.is_due(false, 5_000.0));
        refresh(&mut freshness, 5_000.0, 5_100.0, true);
        assert!(!freshness.is_stale());
        // The quiet one, once.
        assert!(!freshness.is_due(true, 25_099.0));
        assert!(freshness.is_due(false, 25_100.0));
        assert!(!freshness.is_due(true, 99_999.0));
    }

    #[test]
    fn what_is_only_behind_ends_with_any_refresh() {
        let mut freshness = Freshness::default();
        freshness.doubt(Doubt::Behind, 0.0);
        refresh(&mut freshness, 0.0, 100.0, true);
        assert!(!freshness.is_stale());
        assert!(!freshness.is_due(true, 99_999.0));
    }

    #[test]
    fn it_tries_again_with_a_growing_pause() {
        let mut freshness = Freshness::default();
        freshness.doubt(Doubt::Behind, 0.0);
        let mut now = 0.0;
        for pause in [5_000.0, 10_000.0, 20_000.0, 40_000.0, 60_000.0, 60_000.0] {
            refresh(&mut freshness, now, now, false);
            assert!(!freshness.is_due(false, now + pause - 1.0));
            now += pause;
            assert!(freshness.is_due(false, now), "{pause}");
        }
        assert!(freshness.is_due(true, now + 1.0), "awake");
    }

    #[test]
    fn a_new_doubt_is_not_cut_short_by_a_lesser_one() {
        let mut freshness = Freshness::default();
        freshness.doubt(Doubt::Unknown, 0.0);
        freshness.doubt(Doubt::Behind, 1_000.0);
        refresh(&mut freshness, 1_000.0, 1_100.0, true);
        assert!(freshness.is_stale());
    }

    #[test]
    fn a_closed_session_is_not_stale() {
        let mut freshness = Freshness::default();
        freshness.doubt(Doubt::Unknown, 0.0);
        freshness.begin(1, false, 1.0);
        assert!(freshness.end(1, true, false, 2.0));
        assert!(!freshness.is_stale());
        assert!(!freshness.is_due(true, 99_999.0));
    }

    #[test]
    fn a_silent_refresh_is_given_up() {
        let mut freshness = Freshness::default();
        freshness.doubt(Doubt::Behind, 0.0);
        freshness.begin(1, false, 0.0);
        assert_eq!(freshness.overdue(9_999.0), None);
        assert_eq!(freshness.overdue(10_000.0), Some(1));
        assert!(!freshness.is_due(true, 10_000.0), "one at a time");
        assert!(freshness.end(1, false, true, 10_000.0));
        assert!(!freshness.end(1, true, true, 10_001.0), "too late");
    }
}
