//! What one visitor and one address may take: stock that they hold, and sessions that they create.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::catalogue::MOST_OF_AN_ITEM;

/// The bounds. What is held is counted in the database, for all servers; creations are counted here.
#[derive(Debug)]
pub struct Bounds {
    /// How many of the stock a visitor may hold.
    pub of_visitor: u32,
    /// How many of the stock everybody at one address may hold.
    pub of_address: u32,
    creations: DefaultKeyedRateLimiter<String>,
    clock: DefaultClock,
}

impl Bounds {
    /// `creations` is how many sessions an address may create in a minute.
    #[must_use]
    pub fn new(of_address: u32, creations: NonZeroU32) -> Self {
        Self {
            of_visitor: MOST_OF_AN_ITEM,
            of_address,
            creations: RateLimiter::keyed(Quota::per_minute(creations)),
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

    /// Forgets addresses that have been quiet.
    pub fn sweep(&self) {
        self.creations.retain_recent();
        self.creations.shrink_to_fit();
    }
}
