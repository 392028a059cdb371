//! Time as the machine sees it: two clocks, because each of them lies in its own way.

/// A reading of both clocks, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moment {
    /// `performance.now()`: never set back, but stands still while a laptop sleeps in some browsers.
    pub monotonic: f64,
    /// `Date.now()`: goes on while a laptop sleeps, but can be set.
    pub wall: f64,
}

impl Moment {
    /// Milliseconds since an earlier moment: the larger of what the two clocks say.
    #[must_use]
    pub fn since(self, earlier: Self) -> f64 {
        let monotonic = self.monotonic - earlier.monotonic;
        let wall = self.wall - earlier.wall;
        if wall > monotonic { wall } else { monotonic }
    }
}

/// A span that began at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timer {
    start: Moment,
    ms: f64,
}

impl Timer {
    /// A timer that runs out so many milliseconds after its start.
    #[must_use]
    pub fn new(start: Moment, ms: f64) -> Self {
        Self { start, ms }
    }

    /// Milliseconds that are left; zero or less when it has run out.
    #[must_use]
    pub fn left(self, now: Moment) -> f64 {
        self.ms - now.since(self.start)
    }

    /// Whether it has run out.
    #[must_use]
    pub fn is_over(self, now: Moment) -> bool {
        self.left(now) <= 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleeping_laptop_and_a_set_clock_both_count() {
        let start = Moment { monotonic: 100.0, wall: 5_000.0 };
        let timer = Timer::new(start, 1_000.0);
        assert!(!timer.is_over(Moment { monotonic: 1_099.0, wall: 5_999.0 }));
        assert!(timer.is_over(Moment { monotonic: 1_100.0, wall: 5_001.0 }));
        assert!(timer.is_over(Moment { monotonic: 101.0, wall: 6_000.0 }));
        // Set back by an hour: the monotonic clock still counts.
        assert!(timer.is_over(Moment { monotonic: 1_100.0, wall: -3_595_000.0 }));
    }
}
