//! What the edge remembers of one update; `keep` of the host has what it only passes on.

use super::fetch::AbortGuard;

/// The number of an attempt that nothing belongs to any more.
pub const NO_ATTEMPT: u32 = u32::MAX;

/// What is remembered of an update until it is forgotten.
#[derive(Default)]
pub struct Slot {
    /// The update's number.
    pub id: u32,
    /// The position of its endpoint.
    pub endpoint: usize,
    /// The body of its request; `None` for a function of the page.
    pub body: Option<Vec<u8>>,
    /// The session and the values of the endpoint's `latest` fields.
    pub group: Vec<u8>,
    /// The numbers that stand for `body` and `group`.
    pub numbers: (u32, u32),
    /// The attempt under way.
    pub attempt: u32,
    /// Aborts it.
    pub guard: Option<AbortGuard>,
    /// The status of its answer; 0 where there is none.
    pub status: u16,
    /// What was read of its body.
    pub bytes: Vec<u8>,
}
