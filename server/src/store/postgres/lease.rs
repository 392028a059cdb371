//! Claims as leases: a row that its holder renews. A lock of a connection would be gone with the connection, and a second
//! server could take it before the first has noticed.

use std::time::Duration;

use deadpool_postgres::Pool;
use tokio::sync::watch;
use tokio::time::{Instant, interval, sleep, timeout};

use super::{Result, execute_once, rows_once};
use crate::store::claim::{Claim, Lease};

/// How long the claim of a server that has ended without a word stands, by the database's clock.
pub const LEASE: Duration = Duration::from_secs(10);
/// How long its holder relies on it, by its own clock: the two clocks may differ, and an answer takes its time.
const CERTAIN: Duration = Duration::from_secs(5);
/// How often it is renewed.
const RENEWAL: Duration = Duration::from_secs(1);
/// How often it is looked whether a holder still renews.
const LOOK: Duration = Duration::from_millis(500);

fn end() -> String {
    format!("clock_timestamp() + interval '{} s'", LEASE.as_secs())
}

/// Takes a claim, or says that another server has it. Where that one has not said that it ended, it is waited for as long
/// as its lease runs.
pub async fn take(pool: Pool, what: &'static str, holder: String) -> Result<Option<Claim>> {
    let sql = format!(
        "INSERT INTO claims VALUES ($1, $2, {}) ON CONFLICT (what) DO UPDATE
         SET holder = excluded.holder, until = excluded.until WHERE claims.until < clock_timestamp()",
        end()
    );
    let mut seen = None;
    loop {
        let begin = Instant::now();
        if execute_once(&pool, &sql, &[&what, &holder]).await? > 0 {
            let (tell, lease) = watch::channel(Lease::Until(begin + CERTAIN));
            tokio::spawn(renew(pool, what, holder, tell));
            return Ok(Some(Claim::Leased(lease)));
        }
        let found = rows_once(&pool, "SELECT holder || until FROM claims WHERE what = $1", &[&what]).await?;
        let found = found.first().map(|row| row.get::<_, String>(0));
        match &seen {
            // It lives: it has renewed its lease.
            Some(before) if found.is_some() && *before != found => return Ok(None),
            Some(_) => {}
            None => tracing::info!(what, "claimed by another server, which may have ended without a word: waiting"),
        }
        seen = Some(found);
        sleep(LOOK).await;
    }
}

/// Renews a lease until it is lost or nobody wants it any more. A database that is away for a while is asked again.
async fn renew(pool: Pool, what: &'static str, holder: String, tell: watch::Sender<Lease>) {
    let sql = format!("UPDATE claims SET until = {} WHERE what = $1 AND holder = $2", end());
    let mut rounds = interval(RENEWAL);
    rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = rounds.tick() => {}
            () = tell.closed() => return,
        }
        let begin = Instant::now();
        match timeout(CERTAIN, execute_once(&pool, &sql, &[&what, &holder])).await {
            Ok(Ok(0)) => {
                tell.send_replace(Lease::Lost);
                return;
            }
            Ok(Ok(_)) => {
                tell.send_replace(Lease::Until(begin + CERTAIN));
            }
            Ok(Err(error)) => tracing::warn!(what, %error, "a claim was not renewed"),
            Err(_) => tracing::warn!(what, "a claim was not renewed in time"),
        }
    }
}
