//! What makes two states of a world the same: everything it holds, with each moment as far from now as it is.
//!
//! It reads what `Debug` writes, so that no field can be forgotten, not even a private one that is added later.

use std::fmt::{self, Debug, Write};
use std::hash::Hasher;
use std::num::ParseFloatError;

/// The numbers of refreshes that the machine begins itself start here.
const OWN_REFRESHES: u64 = 1 << 31;

/// What lies this far back, in milliseconds, is past every limit.
const LONG_AGO: f64 = -120_000.0;

/// Fields that say how long, and not when.
const SPANS: [&str; 4] = ["pause", "timeout", "attempt_timeout", "retry_after"];

/// Fields that are told, and decide nothing: how long an update took, how payments ended, and how many refreshes there
/// were, by which they are numbered.
const TOLD: [&str; 4] = ["duration", "refreshes", "confirmed", "blocked"];

/// Writes a text into a hash, word by word.
struct Words<'a, H> {
    hash: &'a mut H,
    now: f64,
    word: String,
    /// The field that was named last.
    field: String,
    /// The machine's own refreshes in the order in which they are named.
    refreshes: Vec<u64>,
}

/// Puts a state into a hash. `now` is its time.
pub fn hash(state: &impl Debug, now: f64, hash: &mut impl Hasher) {
    let mut words = Words { hash, now, word: String::new(), field: String::new(), refreshes: Vec::new() };
    let written = write!(words, "{state:?} ");
    debug_assert!(written.is_ok(), "nothing fails here");
}

/// Reads a number with its point. Nearly all are whole, which is quicker to read.
fn moment(word: &str) -> Result<f64, ParseFloatError> {
    match word.strip_suffix(".0").and_then(|whole| whole.parse::<i32>().ok()) {
        Some(whole) => Ok(whole.into()),
        None => word.parse(),
    }
}

impl<H: Hasher> Words<'_, H> {
    fn end(&mut self, after: char) {
        let mut word = std::mem::take(&mut self.word);
        if after == ':' {
            self.hash.write(word.as_bytes());
            std::mem::swap(&mut self.field, &mut word);
        } else if !word.starts_with(|first: char| first.is_ascii_digit() || first == '-') {
            self.hash.write(word.as_bytes());
        } else if TOLD.contains(&self.field.as_str()) {
        } else if let Ok(number) = word.parse::<u64>() {
            let number = self.renamed(number);
            self.hash.write_u64(number);
        } else if let Ok(number) = moment(&word) {
            let when = if SPANS.contains(&self.field.as_str()) { number } else { (number - self.now).max(LONG_AGO) };
            self.hash.write_u64(when.to_bits());
        }
        self.hash.write_u8(after as u8);
        // Its room is used again.
        word.clear();
        self.word = word;
    }

    fn renamed(&mut self, number: u64) -> u64 {
        if number < OWN_REFRESHES {
            return number;
        }
        let known = self.refreshes.iter().position(|known| *known == number).unwrap_or_else(|| {
            self.refreshes.push(number);
            self.refreshes.len() - 1
        });
        OWN_REFRESHES + known as u64
    }
}

impl<H: Hasher> Write for Words<'_, H> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.bytes().map(char::from) {
            if character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '-') {
                self.word.push(character);
            } else if character != ' ' || !self.word.is_empty() {
                self.end(character);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::hash::DefaultHasher;

    use super::*;

    #[derive(Debug)]
    #[expect(dead_code, reason = "read by Debug alone")]
    struct State {
        at: Option<f64>,
        pause: f64,
        held: u32,
        shown: u32,
        duration: f64,
    }

    const STATE: State = State { at: Some(1_500.0), pause: 500.0, held: 1 << 31, shown: (1 << 31) + 1, duration: 7.0 };

    fn of(state: &State, now: f64) -> u64 {
        let mut hasher = DefaultHasher::new();
        hash(state, now, &mut hasher);
        hasher.finish()
    }

    #[test]
    fn what_is_the_same_later_is_the_same() {
        let same = of(&STATE, 1_000.0);
        assert_eq!(same, of(&State { at: Some(2_500.0), ..STATE }, 2_000.0));
        assert_eq!(same, of(&State { held: (1 << 31) + 8, shown: (1 << 31) + 3, ..STATE }, 1_000.0));
        assert_eq!(same, of(&State { duration: 8.0, ..STATE }, 1_000.0));
    }

    #[test]
    fn what_differs_differs() {
        let same = of(&STATE, 1_000.0);
        for (other, now) in [
            (STATE, 1_001.0),
            (State { at: None, ..STATE }, 1_000.0),
            (State { at: Some(2_500.0), pause: 1_500.0, ..STATE }, 2_000.0),
            (State { shown: 1 << 31, ..STATE }, 1_000.0),
        ] {
            assert_ne!(same, of(&other, now), "{other:?}");
        }
    }
}
