//! Counters of an endpoint and its last durations.

use crate::failure::Kind;

/// How many durations are kept.
const KEPT: usize = 100;

/// What is counted besides the kinds of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// Updates that ended.
    Updates,
    /// Of these, with success.
    Successes,
    /// Requests that were repeated.
    Retries,
    /// Answers that arrived after the deadline and still counted.
    Late,
    /// Updates that shared the outcome of another.
    Joined,
    /// Updates that gave way to a later one.
    Superseded,
}

/// How many of these there are; one for each kind of failure follows.
const NUMBERS: usize = 6;

/// What happened at one endpoint. Bounded, however long the page lives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    numbers: [u32; NUMBERS + Kind::ALL.len()],
    durations: Vec<u32>,
    oldest: usize,
}

impl Counts {
    /// One more of these.
    pub fn add(&mut self, number: Number) {
        self.increase(number as usize);
    }

    fn increase(&mut self, position: usize) {
        if let Some(count) = self.numbers.get_mut(position) {
            *count += 1;
        }
    }

    /// How many there were.
    #[must_use]
    pub fn get(&self, number: Number) -> u32 {
        self.numbers.get(number as usize).copied().unwrap_or_default()
    }

    /// How many updates failed like this.
    #[must_use]
    pub fn failures(&self, kind: Kind) -> u32 {
        self.numbers.get(NUMBERS + kind as usize).copied().unwrap_or_default()
    }

    /// An update ended, after so many milliseconds.
    pub fn record(&mut self, failed: Option<Kind>, duration: f64) {
        self.add(Number::Updates);
        self.increase(failed.map_or(Number::Successes as usize, |kind| NUMBERS + kind as usize));
        // Whole milliseconds; `as` takes what is negative or too large to the nearest end.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let ms = (duration + 0.5) as u32;
        if let Some(place) = self.durations.get_mut(self.oldest) {
            *place = ms;
        } else {
            self.durations.push(ms);
        }
        self.oldest = (self.oldest + 1) % KEPT;
    }

    /// The smallest kept duration that at least so many per cent of them do not exceed: exact, and without a sort,
    /// which would cost more bytes than it saves time.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> Option<u32> {
        let mut least = None;
        for candidate in &self.durations {
            let within = self.durations.iter().filter(|ms| *ms <= candidate).count();
            if within * 100 >= self.durations.len() * percent && least.is_none_or(|least| least > *candidate) {
                least = Some(*candidate);
            }
        }
        least
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_exact() {
        let mut counts = Counts::default();
        assert_eq!(counts.percentile(50), None);
        for ms in (1..=100).rev() {
            counts.record(None, f64::from(ms));
        }
        assert_eq!([50, 95, 100].map(|percent| counts.percentile(percent)), [Some(50), Some(95), Some(100)]);
        // The next push the first out, one by one: 100, the oldest, goes first.
        counts.record(None, 7.4);
        assert_eq!([50, 100].map(|percent| counts.percentile(percent)), [Some(49), Some(99)]);
    }

    #[test]
    fn each_counter_is_its_own() {
        let mut counts = Counts::default();
        counts.record(Some(Kind::Timeout), 19_500.0);
        counts.record(None, 20.0);
        counts.add(Number::Late);
        use Number::{Joined, Late, Retries, Successes, Superseded, Updates};
        let all = [Updates, Successes, Retries, Late, Joined, Superseded].map(|number| counts.get(number));
        assert_eq!(all, [2, 1, 0, 1, 0, 0]);
        for kind in Kind::ALL {
            assert_eq!(counts.failures(kind), u32::from(kind == Kind::Timeout), "{kind:?}");
        }
    }
}
