//! What each step of the machine works with.

use crate::effect::Effect;
use crate::event::Event;

/// How long a page that may be about to go is taken to be going. The server that comes next has to answer before the page
/// is hidden, so this is a slow server's time. On a page that stays, only failures that fall into it are reported late.
pub const LEAVING: f64 = 3_000.0;

/// Whether the customer is on the page.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Presence {
    /// The page is shown.
    #[default]
    Here,
    /// The page may be about to go; until then it is taken to be going.
    Leaving(f64),
    /// The page was hidden for good: from now on it is the browser that ends attempts.
    Left,
}

impl Presence {
    /// The presence after an event.
    #[must_use]
    pub fn after(self, event: &Event, now: f64) -> Self {
        match (event, self) {
            (Event::Left, _) => Self::Left,
            (Event::Back { .. }, _) => Self::Here,
            (Event::Leaving, Self::Here | Self::Leaving(_)) => Self::Leaving(now + LEAVING),
            (_, Self::Leaving(until)) if until <= now => Self::Here,
            _ => self,
        }
    }
}

/// The arguments of one event, and where its effects go.
pub struct Context<'a> {
    /// The time in milliseconds.
    pub now: f64,
    /// Gives a random number in 0..1.
    pub random: &'a dyn Fn() -> f64,
    /// Whether the customer is on the page.
    pub presence: Presence,
    /// What is to be done.
    pub out: &'a mut Vec<Effect>,
}

impl Context<'_> {
    /// Adds to what is to be done. Not inlined: a push is long, and there are many.
    #[inline(never)]
    pub fn emit(&mut self, effect: Effect) {
        self.out.push(effect);
    }

    /// Whether the page was left.
    #[must_use]
    pub fn is_left(&self) -> bool {
        self.presence == Presence::Left
    }

    /// Whether the page may be about to go.
    #[must_use]
    pub fn is_leaving(&self) -> bool {
        matches!(self.presence, Presence::Leaving(_))
    }
}
