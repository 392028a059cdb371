//! How holds end: with the session's payment or end, or because their time is up.

use std::time::Duration;

use checkout_updates::session::SessionId;
use tokio::time::{Instant, interval};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::cart::Cart;
use crate::plan::stocked;
use crate::secret::random_id;
use crate::store::in_time;
use crate::stripe::StripeError;
use crate::stripe::client::session_path;
use crate::stripe::types::Session;

/// How long stock is held, in seconds.
pub const HOLD_SECONDS: i64 = 30 * 60;
/// How long the ends of updates are remembered, in seconds. No session lives longer than 24 hours.
const MEMORY_SECONDS: i64 = 48 * 60 * 60;
/// How often it is looked for holds whose time is up.
const ROUND: Duration = Duration::from_secs(15);

/// Whether a session that is still open is to be ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IfOpen {
    /// Stripe said it was over, so leave it to what Stripe says next.
    Leave,
    /// Its time is up.
    Expire,
}

/// Ends the holds of a session, as Stripe says it ended. Says whether they have ended.
///
/// Stock is free again only when its session cannot be paid for any more; otherwise it could be sold twice.
///
/// # Errors
///
/// When Stripe or the store cannot be asked now. The holds stay.
pub async fn end(app: &App, session: &str, if_open: IfOpen, deadline: Instant) -> Result<bool, String> {
    let settle = async |sold| {
        let settled = in_time(app.last_words(deadline), app.store.settle(session, sold)).await;
        settled.map(|()| true).map_err(|error| error.to_string())
    };
    let Ok(id) = SessionId::parse(session) else {
        // Held for a session that was never made.
        return settle(Vec::new()).await;
    };
    let _turn = app.turn(session, deadline).await.map_err(|error| error.to_string())?;
    let found = match app.stripe.session(&id, deadline).await {
        Ok(found) => found,
        Err(error) if error.is_missing() => return settle(Vec::new()).await,
        Err(error) => return Err(error.to_string()),
    };
    match found.status.as_deref() {
        Some("complete") => settle(sold(app, &found)).await,
        Some("expired") => settle(Vec::new()).await,
        _ if if_open == IfOpen::Leave => Ok(false),
        _ => match expire(app, &id, deadline).await {
            Ok(()) => settle(Vec::new()).await,
            Err(error) => Err(error.to_string()),
        },
    }
}

/// Ends a session at Stripe.
///
/// # Errors
///
/// Stripe's, or that it did not answer.
pub async fn expire(app: &App, id: &SessionId, deadline: Instant) -> Result<(), StripeError> {
    // Expiring twice is harmless, so every try has a key of its own.
    let key = random_id().map_err(|_| StripeError::Unreachable)?;
    let path = format!("{}/expire", session_path(id));
    app.stripe.post("expire", &path, String::new(), &key, deadline).await.map(drop)
}

fn sold(app: &App, session: &Session) -> Vec<(String, u32)> {
    let items = session.line_items.as_ref().map(|items| items.data.as_slice()).unwrap_or_default();
    let mut sold = stocked(app, &Cart::of(items, &app.catalogue));
    sold.retain(|(_, quantity)| *quantity > 0);
    sold
}

/// A visitor who starts again gives back what the earlier sessions held.
pub async fn release_earlier(app: &App, visitor: &str, deadline: Instant) {
    let sessions = match in_time(deadline, app.store.holding(visitor)).await {
        Ok(sessions) => sessions,
        Err(error) => return tracing::error!(%error, "store"),
    };
    for session in sessions.iter().filter(|session| SessionId::parse(session).is_ok()) {
        if let Err(error) = end(app, session, IfOpen::Expire, deadline).await {
            tracing::warn!(error, "an earlier session keeps its hold");
        }
    }
}

/// Ends all holds of sessions that are gone: the server's own sandbox has forgotten those of its last run.
pub async fn release_forgotten(app: &App) {
    end_until(app, i64::MAX, IfOpen::Leave).await;
}

async fn end_until(app: &App, time: i64, if_open: IfOpen) {
    match in_time(app.deadline(), app.store.lapsed(time)).await {
        Ok(sessions) => {
            for session in sessions {
                if let Err(error) = end(app, &session, if_open, app.deadline()).await {
                    tracing::warn!(error, "a hold outlasts its time");
                }
            }
        }
        Err(error) => tracing::error!(%error, "store"),
    }
}

/// Ends the holds whose time is up, and forgets what is too old.
pub async fn sweep(app: &App) {
    app.bounds.sweep();
    let now = app.clock.now();
    end_until(app, now, IfOpen::Expire).await;
    if let Err(error) = in_time(app.deadline(), app.store.forget(now - MEMORY_SECONDS)).await {
        tracing::error!(%error, "store");
    }
}

/// Sweeps now and then until told to stop.
pub async fn keep_sweeping(app: &App, stop: CancellationToken) {
    let mut rounds = interval(ROUND);
    while stop.run_until_cancelled(rounds.tick()).await.is_some() {
        sweep(app).await;
    }
}
