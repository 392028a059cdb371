//! Counters of an endpoint and its last durations.

use crate::failure::Kind;

/// How many durations are kept.
const KEPT: usize = 100;

/// What is counted beside the kinds of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// Updates that ended.
    Updates,
    /// Of these, with success.
    Successes,
    /// Requests that were repeated.
    Retries,
    /// Answers that came after the deadline and were still taken.
    Late,
    /// Callers that shared another's outcome.
    Joined,
    /// Updates that gave way to a later one.
    Superseded,
}

/// How many of these there are; one for each kind of failure follows.
const NUMBERS: usize = 6;

/// The percentiles that can be asked for, behind the counters; `js/ledger.ts` knows the same order.
const PERCENTILES: [usize; 3] = [50, 95, 100];

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

    /// A counter by its position, or a percentile of the durations, in milliseconds; `None` where there is none.
    #[must_use]
    pub fn at(&self, position: usize) -> Option<u32> {
        match self.numbers.get(position) {
            Some(count) => Some(*count),
            None => self.percentile(*PERCENTILES.get(position - self.numbers.len())?),
        }
    }

    /// The counters as they were exported, by [`Counts::numbers`] and [`Counts::durations`]: they outlive the module. What
    /// is missing is 0, and of more durations than are kept the last are taken.
    #[must_use]
    pub fn restore(numbers: &[u32], durations: &[u32]) -> Self {
        let mut counts = Self::default();
        for (place, number) in counts.numbers.iter_mut().zip(numbers) {
            *place = *number;
        }
        let kept = durations.len().saturating_sub(KEPT);
        counts.durations.extend(durations.iter().skip(kept));
        counts.oldest = counts.durations.len() % KEPT;
        counts
    }

    /// Every counter, in the order of [`Counts::at`].
    #[must_use]
    pub fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    /// The kept durations in milliseconds, the oldest first.
    pub fn durations(&self) -> impl Iterator<Item = u32> {
        // While there is room yet, the oldest is the first, and its place is behind the last.
        self.durations.iter().skip(self.oldest).chain(self.durations.iter().take(self.oldest)).copied()
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
    fn everything_is_found_by_its_position() {
        let mut counts = Counts::default();
        counts.record(Some(Kind::Timeout), 19_500.0);
        counts.record(None, 20.0);
        counts.add(Number::Late);
        let all: Vec<_> = (0..27).map(|position| counts.at(position)).collect();
        let mut expected = vec![Some(0); 23];
        for (position, count) in [(0, 2), (1, 1), (3, 1), (NUMBERS + Kind::Timeout as usize, 1)] {
            expected[position] = Some(count);
        }
        expected.extend([Some(20), Some(19_500), Some(19_500), None]);
        assert_eq!(all, expected);
        assert_eq!(Counts::default().at(23), None);
    }

    #[test]
    fn they_outlive_the_module() {
        for updates in [0_u32, 1, 99, 100, 101, 250] {
            let mut counts = Counts::default();
            for ms in 0..updates {
                counts.record((ms % 3 == 0).then_some(Kind::Network), f64::from(ms));
            }
            counts.add(Number::Late);
            let durations: Vec<u32> = counts.durations().collect();
            assert_eq!(durations, (updates.saturating_sub(100)..updates).collect::<Vec<_>>());
            let mut again = Counts::restore(counts.numbers(), &durations);
            for ms in [7.0, 8.0] {
                counts.record(None, ms);
                again.record(None, ms);
            }
            assert_eq!(again.numbers(), counts.numbers());
            assert_eq!(again.numbers().first(), Some(&(updates + 2)));
            assert!(again.durations().eq(counts.durations()), "{updates}");
        }
        // What another version kept.
        let counts = Counts::restore(&[3], &(0..300).collect::<Vec<_>>());
        assert_eq!((counts.get(Number::Updates), counts.failures(Kind::Internal)), (3, 0));
        assert!(counts.durations().eq(200..300));
    }
}
