//! Time as the machine sees it: one number, made of two clocks, because each of them lies in its own way.

/// How far apart two clocks may be, in milliseconds, before one of them must have been set or stood still. Half of what
/// lies between the deadline and Stripe's limit.
const DRIFT: f64 = 250.0;

/// A reading of both clocks, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moment {
    /// `performance.now()`: never set back, but stands still while a laptop sleeps in some browsers.
    pub monotonic: f64,
    /// `Date.now()`: goes on while a laptop sleeps, but can be set.
    pub wall: f64,
}

impl Moment {
    /// Milliseconds since an earlier moment: the larger of what the two clocks say, and the wall clock's where they nearly
    /// agree. Stand-ins for clocks in tests of pages have that, and not always the other. A clock that is no finite number is
    /// left out.
    #[must_use]
    pub fn since(self, earlier: Self) -> f64 {
        let monotonic = self.monotonic - earlier.monotonic;
        let wall = self.wall - earlier.wall;
        match (is_finite(monotonic), is_finite(wall)) {
            (true, true) if monotonic - wall <= DRIFT => wall,
            (true, _) => monotonic,
            (false, true) => wall,
            (false, false) => 0.0,
        }
    }
}

/// Not `f64::is_finite`, which reads bits: the engine without WebAssembly may not keep those of a NaN.
#[allow(clippy::eq_op)]
fn is_finite(ms: f64) -> bool {
    ms - ms == 0.0
}

/// Counts milliseconds that never go back.
#[derive(Debug, Default)]
pub struct Clock {
    start: Moment,
    /// What was counted at the start, and since then.
    before: f64,
    ms: f64,
    last: Moment,
}

impl Clock {
    /// A clock that begins to count now.
    #[must_use]
    pub fn new(start: Moment) -> Self {
        Self { start, last: start, ..Self::default() }
    }

    /// The time at this reading.
    pub fn read(&mut self, now: Moment) -> f64 {
        let ms = self.before + now.since(self.start);
        if ms > self.ms {
            self.ms = ms;
        }
        self.last = now;
        // One of them was set, or stood still: from here on they are compared from scratch.
        let drift = (now.wall - self.start.wall) - (now.monotonic - self.start.monotonic);
        if !(-DRIFT..DRIFT).contains(&drift) {
            (self.start, self.before) = (now, self.ms);
        }
        self.ms
    }

    /// The time at an earlier moment, once there is a reading.
    #[must_use]
    pub fn at(&self, earlier: Moment) -> f64 {
        self.ms - self.last.since(earlier)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(monotonic: f64, wall: f64) -> Moment {
        Moment { monotonic, wall }
    }

    #[test]
    fn a_sleeping_laptop_and_a_set_clock_both_count() {
        let mut clock = Clock::new(at(100.0, 5_000.0));
        assert_eq!(clock.read(at(1_100.0, 5_999.0)), 999.0);
        // It slept for ten seconds, by the one clock that goes on.
        assert_eq!(clock.read(at(1_200.0, 16_099.0)), 11_099.0);
        // Set back by an hour: the other counts.
        assert_eq!(clock.read(at(1_300.0, 16_099.0 - 3_600_000.0)), 11_199.0);
        assert_eq!(clock.read(at(2_300.0, 17_099.0 - 3_600_000.0)), 12_199.0);
    }

    #[test]
    fn where_they_nearly_agree_it_is_the_wall_clock() {
        let mut clock = Clock::new(at(100.0, 0.0));
        // A test's clock stands still, and the page's own goes on.
        assert_eq!(clock.read(at(103.3, 0.0)), 0.0);
        assert_eq!(clock.read(at(104.1, 1_000.0)), 1_000.0);
        assert_eq!(at(250.0, 0.0).since(at(0.0, 0.0)), 0.0);
        assert_eq!(at(250.5, 0.0).since(at(0.0, 0.0)), 250.5);
        // Set back a little, and then by more than the two may differ.
        assert_eq!(clock.read(at(204.1, 900.0)), 1_000.0);
        assert_eq!(clock.read(at(604.1, 1_300.0)), 1_300.0);
        assert_eq!(clock.read(at(704.1, 900.0)), 1_600.0);
    }

    #[test]
    fn a_clock_that_is_no_number_is_left_out() {
        let mut clock = Clock::new(at(100.0, f64::NAN));
        assert_eq!(clock.read(at(1_100.0, f64::NAN)), 1_000.0);
        // It is there from now on, and counts from here.
        assert_eq!(clock.read(at(1_200.0, 5_000.0)), 1_100.0);
        assert_eq!(clock.read(at(f64::INFINITY, 6_000.0)), 2_100.0);
        assert_eq!(clock.read(at(f64::NAN, f64::NAN)), 2_100.0);
        assert_eq!(clock.read(at(9_000.0, f64::NAN)), 2_100.0);
        assert_eq!(clock.read(at(9_500.0, f64::NAN)), 2_600.0);
    }

    #[test]
    fn whole_milliseconds_beside_parts_of_them_do_not_add_up() {
        let mut clock = Clock::new(at(0.0, 0.0));
        let mut ms = 0.0;
        for step in 1..=100_000 {
            let now = f64::from(step) / 10.0;
            let next = clock.read(at(now, now.floor()));
            assert!(next >= ms);
            ms = next;
        }
        assert_eq!(ms, 10_000.0);
    }

    #[test]
    fn an_earlier_moment_has_its_time() {
        let mut clock = Clock::new(at(1_000.0, 1_000.0));
        clock.read(at(1_500.0, 1_500.0));
        assert_eq!(clock.at(at(1_200.0, 1_200.0)), 200.0);
        assert_eq!(clock.at(at(400.0, 400.0)), -600.0);
    }
}
