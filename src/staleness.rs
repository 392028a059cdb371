//! Whether the page may show totals that the server no longer has, and when to refresh it.

/// After an unknown outcome a server may still be at work: only a refresh that begins this much later ends the doubt.
const STILL_AT_WORK: f64 = 5_000.0;
/// One quiet refresh follows this long after staleness ended.
const QUIET: f64 = 20_000.0;
/// The first and the longest pause between refreshes that fail.
const FIRST_PAUSE: f64 = 5_000.0;
const LONGEST_PAUSE: f64 = 60_000.0;
/// How long a refresh may take, and so how long it may hold the turn and the outcome of an update.
const PATIENCE: f64 = 10_000.0;
/// How long one that the page asked for may take: Stripe.js may have to end an update and its refresh first.
const PAGE_PATIENCE: f64 = 40_000.0;

/// The number of a session; `None` if the page has not named it. An unnamed session may be any of them.
pub type SessionNumber = Option<u32>;

/// Why a session is stale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It is not known whether the server made a change.
    Unknown,
    /// The server made a change, or the page is an old one. Any refresh ends this.
    Behind,
}

/// One refresh under way.
#[derive(Clone, Copy, Debug)]
struct Refresh {
    id: u32,
    session: SessionNumber,
    began: f64,
    limit: f64,
}

/// The state of a stale session.
#[derive(Clone, Copy, Debug)]
struct Stale {
    /// A refresh ends it if it began after this.
    tells: f64,
    /// When to refresh next.
    next: f64,
    pause: f64,
    /// Whether a quiet refresh follows.
    quiet: bool,
}

/// Whether both may be the same session.
fn concerns(one: SessionNumber, other: SessionNumber) -> bool {
    one == other || one.is_none() || other.is_none()
}

/// One session that the page works with.
#[derive(Clone, Copy, Debug, Default)]
struct Session {
    number: SessionNumber,
    stale: Option<Stale>,
    /// When the quiet refresh is due.
    quiet: Option<f64>,
    /// Whether an update of it ever ran.
    ran: bool,
    /// Whether actions of it were seen, without which it cannot be refreshed.
    acted: bool,
}

/// The sessions of a page, which of them are stale, and the refreshes that end that.
#[derive(Clone, Debug, Default)]
pub struct Staleness {
    /// In the order in which they were used last.
    sessions: Vec<Session>,
    running: Vec<Refresh>,
}

impl Staleness {
    /// Whether the page may show old totals.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.sessions.iter().any(|session| session.stale.is_some())
    }

    /// Whether that is so of this session.
    #[must_use]
    pub fn is_session_stale(&self, number: SessionNumber) -> bool {
        self.stale_sessions().any(|stale| concerns(stale, number))
    }

    /// The sessions that are stale.
    pub fn stale_sessions(&self) -> impl Iterator<Item = SessionNumber> {
        self.sessions.iter().filter(|session| session.stale.is_some()).map(|session| session.number)
    }

    /// Whether a refresh of this session is under way.
    #[must_use]
    pub fn is_refreshing(&self, number: SessionNumber) -> bool {
        self.running.iter().any(|refresh| concerns(refresh.session, number))
    }

    /// The page uses this session: it runs an update (`ran`), or passes its actions (`acted`).
    pub fn touch(&mut self, number: SessionNumber, ran: bool, acted: bool) {
        let known = self.sessions.iter().position(|session| session.number == number);
        let mut session =
            known.map_or(Session { number, ..Session::default() }, |position| self.sessions.remove(position));
        session.ran |= ran;
        session.acted |= acted;
        self.sessions.push(session);
    }

    /// Forgets the sessions of which nothing is pending, stale, refreshed or due, and calls `released` with the number of
    /// each. `is_pending` tells whether a session has updates.
    ///
    /// Two are kept: the one that ran an update last, for the way back from the back/forward cache, and the one whose
    /// actions were seen last, by which a session without actions is refreshed.
    pub fn release(&mut self, is_pending: &dyn Fn(SessionNumber) -> bool, released: &mut dyn FnMut(SessionNumber)) {
        let last = |of: fn(&&Session) -> bool| self.sessions.iter().rev().find(of).map(|session| session.number);
        let kept = [last(|session| session.ran), last(|session| session.acted)];
        let in_need = |session: &Session| {
            session.stale.is_some()
                || session.quiet.is_some()
                || is_pending(session.number)
                || self.is_refreshing(session.number)
        };
        let mut needs = Vec::new();
        for session in &self.sessions {
            if in_need(session) {
                needs.push(session.number);
            }
        }
        let mut position = 0;
        while let Some(Session { number, .. }) = self.sessions.get(position).copied() {
            if kept.contains(&Some(number)) || needs.iter().any(|other| concerns(*other, number)) {
                position += 1;
            } else {
                self.sessions.remove(position);
                released(number);
            }
        }
    }

    /// A session has become stale. Its first refresh is the caller's to begin; this one looks again later.
    pub fn doubt(&mut self, number: SessionNumber, doubt: Doubt, now: f64) {
        if !self.sessions.iter().any(|session| session.number == number) {
            self.touch(number, false, false);
        }
        if let Some(session) = self.sessions.iter_mut().find(|session| session.number == number) {
            session.doubt(doubt, now);
        }
        self.outdate(number);
    }

    /// A stale session is to be refreshed as soon as that is allowed.
    pub fn hurry(&mut self, number: SessionNumber, now: f64) {
        let session = self.sessions.iter_mut().find(|session| session.number == number);
        session.into_iter().filter_map(|session| session.stale.as_mut()).for_each(|stale| stale.next = now);
    }

    /// What the page shows is old: every session that an update ran for is behind.
    pub fn doubt_all(&mut self, now: f64) {
        self.sessions.iter_mut().filter(|session| session.ran).for_each(|session| session.doubt(Doubt::Behind, now));
        self.outdate(None);
    }

    /// The refreshes under way do not end a new doubt, even if the clock is too coarse to tell that they began before it.
    fn outdate(&mut self, number: SessionNumber) {
        let running = self.running.iter_mut().filter(|refresh| concerns(refresh.session, number));
        running.for_each(|refresh| refresh.began = f64::NEG_INFINITY);
    }

    /// A refresh begins.
    pub fn begin(&mut self, id: u32, session: SessionNumber, by_page: bool, now: f64) {
        let limit = now + if by_page { PAGE_PATIENCE } else { PATIENCE };
        self.running.push(Refresh { id, session, began: now, limit });
    }

    /// A refresh ended; `open` tells whether the session still is. Returns whether the refresh was under way.
    pub fn end(&mut self, id: u32, success: bool, open: bool, now: f64) -> bool {
        let Some(position) = self.running.iter().position(|refresh| refresh.id == id) else { return false };
        let refresh = self.running.remove(position);
        self.learn(refresh.session, refresh.began, success, open, now);
        true
    }

    /// Stripe.js fetched this session, or failed to, in a refresh that began at that moment.
    pub fn learn(&mut self, number: SessionNumber, began: f64, success: bool, open: bool, now: f64) {
        for session in self.sessions.iter_mut().filter(|session| concerns(session.number, number)) {
            session.learn(began, success, open, now);
        }
    }

    /// Forgets everything. Returns the refreshes that were under way, and the sessions.
    pub fn stop(&mut self) -> (Vec<u32>, Vec<SessionNumber>) {
        let (mut refreshes, mut sessions) = (Vec::new(), Vec::new());
        for refresh in &self.running {
            refreshes.push(refresh.id);
        }
        for session in &self.sessions {
            sessions.push(session.number);
        }
        self.running.clear();
        self.sessions.clear();
        (refreshes, sessions)
    }

    /// A refresh that took too long: it counts as failed from now on.
    #[must_use]
    pub fn overdue(&self, now: f64) -> Option<u32> {
        self.running.iter().find(|refresh| refresh.limit <= now).map(|refresh| refresh.id)
    }

    /// By whose actions a session is refreshed: its own, or if either is not named, any that were seen last. `None` while
    /// there are none, or while such a refresh is under way.
    fn by(&self, session: &Session) -> Option<SessionNumber> {
        let fits = |other: &&Session| other.acted && concerns(other.number, session.number);
        let own = Some(session).filter(|own| own.acted);
        let by = own.or_else(|| self.sessions.iter().rev().find(fits))?.number;
        (!self.running.iter().any(|refresh| refresh.session == by)).then_some(by)
    }

    /// The number of the session by whose actions it is time to refresh. There may be another once that has begun. `awake`
    /// is set when the browser is online again or the page visible.
    pub fn due(&mut self, awake: bool, now: f64) -> Option<SessionNumber> {
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

    /// Calls `wake_at` with each time that staleness waits for. `may_begin` is set while a refresh may.
    pub fn timers(&self, may_begin: bool, wake_at: &mut dyn FnMut(f64)) {
        for refresh in &self.running {
            wake_at(refresh.limit);
        }
        if !may_begin {
            return;
        }
        for session in self.sessions.iter().filter(|session| self.by(session).is_some()) {
            session.quiet.into_iter().for_each(&mut *wake_at);
            session.stale.into_iter().for_each(|stale| wake_at(stale.next));
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
mod tests;
