//! What one server has to itself.

use tokio::sync::watch;
use tokio::time::Instant;

/// How a lease stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lease {
    /// Nobody else can have it before then.
    Until(Instant),
    /// Somebody else has, or had, it.
    Lost,
}

/// Something that is this server's alone. It is given up when the last copy of this is dropped.
#[derive(Clone, Debug)]
pub enum Claim {
    /// Nothing can take it away while the process runs.
    Forever,
    /// It is renewed in the background.
    Leased(watch::Receiver<Lease>),
}

impl Claim {
    /// Whether it is certain that nobody else has it now. It is not while the database cannot be reached.
    #[must_use]
    pub fn is_held(&self) -> bool {
        match self {
            Self::Forever => true,
            Self::Leased(lease) => matches!(*lease.borrow(), Lease::Until(end) if Instant::now() < end),
        }
    }

    /// Whether somebody else has taken it.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        matches!(self, Self::Leased(lease) if *lease.borrow() == Lease::Lost)
    }

    /// Waits until somebody else has taken it.
    pub async fn lost(&self) {
        if let Self::Leased(lease) = self
            && lease.clone().wait_for(|lease| *lease == Lease::Lost).await.is_ok()
        {
            return;
        }
        std::future::pending().await
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_lease_that_is_not_renewed_ends_and_one_that_is_lost_says_so() {
        let (tell, lease) = watch::channel(Lease::Until(Instant::now()));
        let claim = Claim::Leased(lease);
        assert!(!claim.is_held() && !claim.is_lost());
        tell.send_replace(Lease::Until(Instant::now() + Duration::from_secs(60)));
        assert!(claim.is_held());
        tell.send_replace(Lease::Lost);
        claim.lost().await;
        assert!(!claim.is_held() && claim.is_lost());
    }
}
