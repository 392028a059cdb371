//! What a connection must be to hold a lock: a session of the database, its own as long as it is open. Behind a pooler in
//! transaction mode it is not, and what it locks is another's.

use tokio::time::timeout;
use tokio_postgres::{Client, SimpleQueryMessage};

use super::{CONNECT, Outcome, Result, not_done};
use crate::store::StoreError;

/// A pooler gives a connection the same session again by chance, but not so many times.
const ROUNDS: usize = 8;

const REFUSED: &str = "its connections share sessions, as behind a pooler in transaction mode; \
    a session's turn is a lock that needs one of its own: use session mode, or the database itself";

/// The first value that a query answers. It is sent as text: what is prepared may be unknown to another session.
pub async fn value(client: &Client, sql: &str) -> Outcome<Option<String>> {
    let answer = client.simple_query(sql).await?;
    Ok(answer.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    }))
}

async fn backend(client: &Client) -> Outcome<Option<String>> {
    value(client, "SELECT pg_backend_pid()").await
}

/// Refuses connections that are no sessions.
///
/// # Errors
///
/// In words, what is in the way.
pub async fn check(one: &Client, other: &Client) -> Result<()> {
    // Where a pooler has one session for both, one waits for the other's transaction.
    match timeout(CONNECT, are_sessions(one, other)).await {
        Ok(Ok(true)) => Ok(()),
        Ok(Err(error)) => Err(not_done(error)),
        Ok(Ok(false)) | Err(_) => Err(StoreError::NotDone(REFUSED.to_owned())),
    }
}

async fn are_sessions(one: &Client, other: &Client) -> Outcome<bool> {
    let own = backend(one).await?;
    for _ in 0..ROUNDS {
        // The other takes a session away from the pooler, and the one must not be given a new one.
        match other.batch_execute("BEGIN").await {
            // A pooler in statement mode has no transactions.
            Err(error) if error.as_db_error().is_some() => return Ok(false),
            begun => begun?,
        }
        let of_other = backend(other).await?;
        let again = backend(one).await?;
        other.batch_execute("COMMIT").await?;
        if of_other == own || again != own || backend(one).await? != own {
            return Ok(false);
        }
    }
    Ok(true)
}
