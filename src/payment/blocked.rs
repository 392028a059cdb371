//! Why `pay` did not call `confirm`, and how often.

/// Why a payment was blocked. The first that holds is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockReason {
    /// By the signal of the call, or by `dispose`.
    Cancelled,
    /// Another payment is under way.
    Paying,
    /// The session is not open.
    Closed,
    /// The page may show an old total.
    Stale,
    /// An update that was pending did not succeed.
    Failed,
    /// The session is not what the customer saw.
    Changed,
}

impl BlockReason {
    /// Every reason.
    pub const ALL: [Self; 6] = [Self::Cancelled, Self::Paying, Self::Closed, Self::Stale, Self::Failed, Self::Changed];

    /// The word that JavaScript and the docs use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::Paying => "paying",
            Self::Closed => "closed",
            Self::Stale => "stale",
            Self::Failed => "failed",
            Self::Changed => "changed",
        }
    }
}

/// How payments ended.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PaymentCounts {
    confirmed: u32,
    blocked: [u32; BlockReason::ALL.len()],
}

impl PaymentCounts {
    /// How often `confirm` was called and resolved.
    #[must_use]
    pub fn confirmed(&self) -> u32 {
        self.confirmed
    }

    /// How often a payment was blocked for this reason.
    #[must_use]
    pub fn blocked(&self, reason: BlockReason) -> u32 {
        self.blocked.get(reason as usize).copied().unwrap_or_default()
    }

    pub(super) fn confirm(&mut self) {
        self.confirmed += 1;
    }

    pub(super) fn block(&mut self, reason: BlockReason) {
        if let Some(count) = self.blocked.get_mut(reason as usize) {
            *count += 1;
        }
    }
}
