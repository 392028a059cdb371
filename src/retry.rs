//! What is repeated, and when. Safe because each repeat carries the update's `Idempotency-Key`.

/// The ceiling of the first pause, in milliseconds.
const FIRST: f64 = 500.0;

/// The highest ceiling, in milliseconds.
const HIGHEST: f64 = 8_000.0;

/// Whether an answer with this status may be followed by a repeat, as no answer at all may.
#[must_use]
pub fn may_repeat(status: u16) -> bool {
    matches!(status, 409 | 425 | 429 | 502 | 503 | 504)
}

/// Milliseconds to wait before the next attempt, or `None` if there is no time for one.
///
/// `attempts` is how many were made, `random` is in 0..1, `retry_after` is what the server asked for and `left` what is
/// left of the deadline, in milliseconds. The backoff has full jitter, so that customers do not come back together.
#[must_use]
pub fn pause(attempts: u32, random: f64, retry_after: Option<f64>, left: f64) -> Option<f64> {
    if left <= 0.0 {
        return None;
    }
    if let Some(asked) = retry_after {
        return if asked < left { Some(asked) } else { None };
    }
    let mut ceiling = FIRST;
    for _ in 1..attempts {
        ceiling *= 2.0;
        if ceiling > HIGHEST {
            ceiling = HIGHEST;
        }
    }
    if ceiling > left {
        ceiling = left;
    }
    Some(random * ceiling)
}

// The properties are checked on the host.
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn repeats_what_the_key_makes_safe() {
        for status in [409, 425, 429, 502, 503, 504] {
            assert!(may_repeat(status));
        }
        for status in [0, 200, 302, 400, 404, 408, 500, 501] {
            assert!(!may_repeat(status));
        }
    }

    #[test]
    fn the_ceiling_doubles_up_to_the_highest() {
        for (attempts, ceiling) in [(1, 500.0), (2, 1_000.0), (3, 2_000.0), (5, 8_000.0), (9, 8_000.0)] {
            assert_eq!(pause(attempts, 0.5, None, 20_000.0), Some(ceiling / 2.0));
        }
    }

    #[test]
    fn a_retry_after_beyond_the_deadline_fails_at_once() {
        assert_eq!(pause(1, 0.9, Some(3_000.0), 3_001.0), Some(3_000.0));
        assert_eq!(pause(1, 0.0, Some(3_000.0), 3_000.0), None);
        assert_eq!(pause(1, 0.0, None, 0.0), None);
    }

    proptest! {
        #[test]
        fn never_passes_the_deadline(
            attempts in 0_u32..40,
            random in 0.0..1.0_f64,
            asked in proptest::option::of(0.0..100_000.0_f64),
            left in -10.0..20_000.0_f64,
        ) {
            if let Some(ms) = pause(attempts, random, asked, left) {
                prop_assert!(ms >= 0.0 && ms < left);
                prop_assert!(asked.is_none_or(|asked| ms >= asked));
            }
        }
    }
}
