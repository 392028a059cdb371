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
    session: u32,
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

/// The number of a session that nobody named. Its doubt may be any session's, and its refresh too.
pub const UNNAMED: u32 = 0;

/// Whether what is known of one session may be so of the other.
fn concerns(one: u32, other: u32) -> bool {
    one == other || one == UNNAMED || other == UNNAMED
}

/// The most sessions that are remembered without need.
const MOST_SESSIONS: usize = 8;

/// One session that the page works with.
#[derive(Clone, Copy, Debug, Default)]
struct Session {
    number: u32,
    stale: Option<Stale>,
    quiet: Option<f64>,
    /// Whether an update of it ever ran.
    ran: bool,
    /// Whether actions of it were seen, without which nothing can be refreshed.
    acted: bool,
}

/// Staleness and the refreshes that end it, each session's for itself.
#[derive(Clone, Debug, Default)]
pub struct Freshness {
    /// The last used is the last.
    sessions: Vec<Session>,
    running: Vec<Refresh>,
}

impl Freshness {
    /// Whether the page may be showing old totals.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.sessions.iter().any(|session| session.stale.is_some())
    }

    /// The page uses this session: it runs an update, or shows its actions.
    pub fn see(&mut self, number: u32, ran: bool, acted: bool) {
        let known = self.sessions.iter().position(|session| session.number == number);
        let mut session =
            known.map_or(Session { number, ..Session::default() }, |position| self.sessions.remove(position));
        session.ran |= ran;
        session.acted |= acted;
        self.sessions.push(session);
    }

    /// Forgets the session that was longest not used, where there are many and nothing of it is owed. `needed` says
    /// whether a session has updates. Gives its number.
    pub fn forget(&mut self, needed: impl Fn(u32) -> bool) -> Option<u32> {
        if self.sessions.len() <= MOST_SESSIONS {
            return None;
        }
        let idle = |session: &Session| {
            let refreshed = self.running.iter().any(|refresh| refresh.session == session.number);
            session.stale.is_none() && session.quiet.is_none() && !refreshed && !needed(session.number)
        };
        let position = self.sessions.iter().position(idle)?;
        Some(self.sessions.remove(position).number)
    }

    /// A session has become stale. A first refresh is the caller's to begin; this one looks again later.
    pub fn doubt(&mut self, number: u32, doubt: Doubt, now: f64) {
        if !self.sessions.iter().any(|session| session.number == number) {
            self.see(number, false, false);
        }
        if let Some(session) = self.sessions.iter_mut().find(|session| session.number == number) {
            session.doubt(doubt, now);
        }
        self.outdate(number);
    }

    /// What the page shows is old: every session that an update ran for is behind.
    pub fn doubt_all(&mut self, now: f64) {
        self.sessions.iter_mut().filter(|session| session.ran).for_each(|session| session.doubt(Doubt::Behind, now));
        self.outdate(UNNAMED);
    }

    /// The refreshes that are under way tell nothing of a new doubt, even where the clock is too coarse to say so.
    fn outdate(&mut self, number: u32) {
        let running = self.running.iter_mut().filter(|refresh| concerns(refresh.session, number));
        running.for_each(|refresh| refresh.began = f64::NEG_INFINITY);
    }

    /// A refresh begins.
    pub fn begin(&mut self, id: u32, session: u32, by_page: bool, now: f64) {
        let limit = now + if by_page { PAGE_PATIENCE } else { PATIENCE };
        self.running.push(Refresh { id, session, began: now, limit });
    }

    /// A refresh ended; `open` says whether the session still is. Gives whether it was one that is under way.
    pub fn end(&mut self, id: u32, success: bool, open: bool, now: f64) -> bool {
        let Some(position) = self.running.iter().position(|refresh| refresh.id == id) else { return false };
        let refresh = self.running.remove(position);
        self.learn(refresh.session, refresh.began, success, open, now);
        true
    }

    /// Stripe.js fetched this session, or failed to, in a refresh that began then.
    pub fn learn(&mut self, number: u32, began: f64, success: bool, open: bool, now: f64) {
        for session in self.sessions.iter_mut().filter(|session| concerns(session.number, number)) {
            session.learn(began, success, open, now);
        }
    }

    /// Forgets everything. Gives the refreshes that were under way, and the sessions.
    pub fn stop(&mut self) -> (Vec<u32>, Vec<u32>) {
        let running = self.running.drain(..).map(|refresh| refresh.id).collect();
        (running, self.sessions.drain(..).map(|session| session.number).collect())
    }

    /// A refresh that took too long: it counts as failed from now on.
    #[must_use]
    pub fn overdue(&self, now: f64) -> Option<u32> {
        self.running.iter().find(|refresh| refresh.limit <= now).map(|refresh| refresh.id)
    }

    /// By whose actions a session is refreshed: its own, or where either is not named any that were seen last; `None`
    /// while there are none, or while such a refresh is under way.
    fn by(&self, session: &Session) -> Option<u32> {
        let fits = |other: &&Session| other.acted && concerns(other.number, session.number);
        let own = Some(session).filter(|own| own.acted);
        let by = own.or_else(|| self.sessions.iter().rev().find(fits))?.number;
        (!self.running.iter().any(|refresh| refresh.session == by)).then_some(by)
    }

    /// The session by whose actions it is time to look; there may be more once that has begun. `awake` is set when the
    /// browser is online again or the page visible.
    pub fn due(&mut self, awake: bool, now: f64) -> Option<u32> {
        let due = |session: &Session| {
            session.quiet.is_some_and(|until| until <= now)
                || session.stale.is_some_and(|stale| awake || stale.next <= now)
        };
        let (position, by) = self
            .sessions
            .iter()
            .enumerate()
            .find_map(|(position, session)| Some((position, self.by(session).filter(|_| due(session))?)))?;
        if let Some(session) = self.sessions.get_mut(position) {
            session.quiet = session.quiet.filter(|until| *until > now);
        }
        Some(by)
    }

    /// Calls `look` with each time that staleness waits for.
    pub fn timers(&self, look: &mut dyn FnMut(f64)) {
        for refresh in &self.running {
            look(refresh.limit);
        }
        for session in self.sessions.iter().filter(|session| self.by(session).is_some()) {
            session.quiet.into_iter().for_each(&mut *look);
            session.stale.into_iter().for_each(|stale| look(stale.next));
        }
    }
}

impl Session {
    fn doubt(&mut self, doubt: Doubt, now: f64) {
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

    fn learn(&mut self, began: f64, success: bool, open: bool, now: f64) {
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
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page that shows one session.
    fn shown() -> Freshness {
        let mut freshness = Freshness::default();
        freshness.see(1, true, true);
        freshness
    }

    /// Runs a refresh that begins at one time and ends at another.
    fn refresh(freshness: &mut Freshness, from: f64, to: f64, success: bool) {
        freshness.begin(9, 1, false, from);
        assert!(freshness.end(9, success, true, to));
    }

    #[test]
    fn after_an_unknown_outcome_the_second_refresh_tells() {
        let mut freshness = shown();
        freshness.doubt(1, Doubt::Unknown, 0.0);
        refresh(&mut freshness, 0.0, 100.0, true);
        assert!(freshness.is_stale());
        assert_eq!(freshness.due(false, 4_999.0), None);
        assert_eq!(freshness.due(false, 5_000.0), Some(1));
        refresh(&mut freshness, 5_000.0, 5_100.0, true);
        assert!(!freshness.is_stale());
        // The quiet one, once.
        assert_eq!(freshness.due(true, 25_099.0), None);
        assert_eq!(freshness.due(false, 25_100.0), Some(1));
        assert_eq!(freshness.due(true, 99_999.0), None);
    }

    #[test]
    fn a_session_that_was_not_seen_before_can_be_doubted() {
        let mut freshness = shown();
        freshness.doubt(2, Doubt::Behind, 0.0);
        assert!(freshness.is_stale());
        refresh(&mut freshness, 0.0, 100.0, true);
        assert!(freshness.is_stale(), "that was the other one");
    }

    #[test]
    fn a_quiet_look_that_comes_late_is_one() {
        let mut freshness = shown();
        freshness.doubt(1, Doubt::Unknown, 0.0);
        refresh(&mut freshness, 5_000.0, 5_100.0, true);
        assert_eq!(freshness.due(false, 30_000.0), Some(1));
        assert_eq!(freshness.due(false, 99_999.0), None);
    }

    #[test]
    fn it_looks_although_nobody_began_a_refresh() {
        let mut freshness = shown();
        freshness.doubt(1, Doubt::Behind, 1_000.0);
        assert_eq!(freshness.due(false, 5_999.0), None);
        assert_eq!(freshness.due(false, 6_000.0), Some(1));
    }

    #[test]
    fn what_is_only_behind_ends_with_any_refresh() {
        let mut freshness = shown();
        freshness.doubt(1, Doubt::Behind, 0.0);
        refresh(&mut freshness, 0.0, 100.0, true);
        assert!(!freshness.is_stale());
        assert_eq!(freshness.due(true, 99_999.0), None);
    }

    #[test]
    fn it_tries_again_with_a_growing_pause() {
        let mut freshness = shown();
        freshness.doubt(1, Doubt::Behind, 0.0);
        let mut now = 0.0;
        for pause in [5_000.0, 10_000.0, 20_000.0, 40_000.0, 60_000.0, 60_000.0] {
            refresh(&mut freshness, now, now, false);
            assert_eq!(freshness.due(false, now + pause - 1.0), None);
            now += pause;
            assert_eq!(freshness.due(false, now), Some(1), "{pause}");
        }
        assert_eq!(freshness.due(true, now + 1.0), Some(1), "awake");
    }

    #[test]
    fn a_new_doubt_is_not_cut_short_by_a_lesser_one() {
        let mut freshness = shown();
        freshness.doubt(1, Doubt::Unknown, 0.0);
        freshness.doubt(1, Doubt::Behind, 1_000.0);
        refresh(&mut freshness, 1_000.0, 1_100.0, true);
        assert!(freshness.is_stale());
    }

    #[test]
    fn a_greater_doubt_makes_a_lesser_one_longer() {
        let mut freshness = shown();
        freshness.doubt(1, Doubt::Behind, 0.0);
        freshness.doubt(1, Doubt::Unknown, 1_000.0);
        refresh(&mut freshness, 5_999.0, 6_000.0, true);
        assert!(freshness.is_stale());
        refresh(&mut freshness, 6_000.0, 6_001.0, true);
        assert!(!freshness.is_stale());
    }

    #[test]
    fn a_closed_session_is_not_stale() {
        let mut freshness = shown();
        freshness.doubt(1, Doubt::Unknown, 0.0);
        freshness.begin(1, 1, false, 1.0);
        assert!(freshness.end(1, true, false, 2.0));
        assert!(!freshness.is_stale());
        assert_eq!(freshness.due(true, 99_999.0), None);
    }

    #[test]
    fn a_silent_refresh_is_given_up() {
        let mut freshness = shown();
        freshness.doubt(1, Doubt::Behind, 0.0);
        freshness.begin(1, 1, false, 0.0);
        assert_eq!(freshness.overdue(9_999.0), None);
        assert_eq!(freshness.overdue(10_000.0), Some(1));
        assert_eq!(freshness.due(true, 10_000.0), None, "one at a time");
        assert!(freshness.end(1, false, true, 10_000.0));
        assert!(!freshness.end(1, true, true, 10_001.0), "too late");
    }
}
