//! What one visitor and one address may take: stock that they hold, sessions that they create, and updates.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::catalogue::MOST_OF_AN_ITEM;
use crate::config::Config;

/// How many updates of one visitor run or are waited for at once, at this server.
const MOST_AT_ONCE: usize = 32;
/// How many updates an address may make at once that has been quiet. A visitor may not make more in two days, unless set.
pub const UPDATES_OF_VISITOR: u32 = 2_000;

/// The bounds. What is held and remembered is counted in the database, for all servers; the rest is counted here.
#[derive(Debug)]
pub struct Bounds {
    /// How many of the stock a visitor may hold.
    pub of_visitor: u32,
    /// How many of the stock everybody at one address may hold.
    pub of_address: u32,
    /// How many updates of a visitor are remembered.
    pub updates_of_visitor: u32,
    creations: DefaultKeyedRateLimiter<String>,
    updates: DefaultKeyedRateLimiter<String>,
    at_once: AtOnce,
    clock: DefaultClock,
}

impl Bounds {
    /// As configured.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let burst = NonZeroU32::new(UPDATES_OF_VISITOR).unwrap_or(NonZeroU32::MIN).max(config.updates);
        Self {
            of_visitor: MOST_OF_AN_ITEM,
            of_address: config.holds_of_address,
            updates_of_visitor: config.updates_of_visitor,
            creations: RateLimiter::keyed(Quota::per_minute(config.creations)),
            updates: RateLimiter::keyed(Quota::per_minute(config.updates).allow_burst(burst)),
            at_once: AtOnce::default(),
            clock: DefaultClock::default(),
        }
    }

    /// Counts a creation.
    ///
    /// # Errors
    ///
    /// How long to wait, where there were too many.
    pub fn create(&self, address: &str) -> Result<(), Duration> {
        let counted = self.creations.check_key(&address.to_owned());
        counted.map_err(|until| until.wait_time_from(self.clock.now()))
    }

    /// Counts an update of an address, whatever becomes of it. Says whether there were not too many.
    #[must_use]
    pub fn update(&self, address: &str) -> bool {
        self.updates.check_key(&address.to_owned()).is_ok()
    }

    /// Counts an update of a visitor until the guard is dropped; `None` where there are too many at once.
    #[must_use]
    pub fn begin(&self, visitor: &str) -> Option<Within> {
        self.at_once.begin(visitor)
    }

    /// Forgets addresses that have been quiet.
    pub fn sweep(&self) {
        self.creations.retain_recent();
        self.creations.shrink_to_fit();
        self.updates.retain_recent();
        self.updates.shrink_to_fit();
    }
}

/// How many updates each visitor has at once.
#[derive(Clone, Debug, Default)]
struct AtOnce(Arc<Mutex<HashMap<String, usize>>>);

impl AtOnce {
    fn begin(&self, visitor: &str) -> Option<Within> {
        let mut counts = self.lock();
        let count = counts.entry(visitor.to_owned()).or_default();
        if *count >= MOST_AT_ONCE {
            return None;
        }
        *count += 1;
        drop(counts);
        Some(Within { at_once: self.clone(), visitor: visitor.to_owned() })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One of a visitor's updates, until this is dropped.
#[derive(Debug)]
pub struct Within {
    at_once: AtOnce,
    visitor: String,
}

impl Drop for Within {
    fn drop(&mut self) {
        let mut counts = self.at_once.lock();
        if let Some(count) = counts.get_mut(&self.visitor) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.visitor);
            }
        }
    }
}
