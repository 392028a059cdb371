//! Why `pay` did not call `confirm`, and how often.

use crate::failure::words;

words! {
    /// Why a payment was blocked. The first that holds is reported.
    BlockReason {
        /// By the signal of the call, or by `dispose`.
        Cancelled = "cancelled",
        /// Another payment is under way.
        Paying = "paying",
        /// The session is not open.
        Closed = "closed",
        /// The page may show an old total.
        Stale = "stale",
        /// An update that was pending did not succeed.
        Failed = "failed",
        /// The session is not what the customer saw.
        Changed = "changed",
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
