//! One at a time for each session, and one run for each update, within this process. Several servers would have to send
//! a session's requests to the same one.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::{Mutex as Turn, OwnedMutexGuard, watch};

use crate::answer::Answer;
use crate::store::UpdateId;

/// A lock for each session.
#[derive(Debug, Default)]
pub struct Locks(Mutex<HashMap<String, Weak<Turn<()>>>>);

impl Locks {
    /// Waits for the session's turn; first come, first served. Dropping what this gives ends the turn.
    pub async fn turn(&self, session: &str) -> OwnedMutexGuard<()> {
        self.lock_of(session).lock_owned().await
    }

    fn lock_of(&self, session: &str) -> Arc<Turn<()>> {
        let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = locks.get(session).and_then(Weak::upgrade) {
            return lock;
        }
        // Those that nobody waits for any more go when a new one comes, once there are many.
        if locks.len() >= 1024 {
            locks.retain(|_, lock| lock.strong_count() > 0);
        }
        let lock = Arc::new(Turn::new(()));
        locks.insert(session.to_owned(), Arc::downgrade(&lock));
        lock
    }
}

/// The updates that are running, so that a repeat waits for the first and is answered alike.
#[derive(Clone, Debug, Default)]
pub struct Running(Arc<Mutex<HashMap<UpdateId, Run>>>);

#[derive(Clone, Debug)]
struct Run {
    intent: String,
    answer: watch::Receiver<Option<Answer>>,
}

/// What [`Running::join`] found.
#[derive(Debug)]
pub enum Joined {
    /// Nobody runs it: the caller does, and tells the others.
    First(Runner),
    /// It runs already.
    Waiting(watch::Receiver<Option<Answer>>),
    /// Something else runs under this name.
    Another,
}

impl Running {
    /// Joins the run of an update, or starts it.
    #[must_use]
    pub fn join(&self, id: &UpdateId, intent: &str) -> Joined {
        let mut runs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match runs.get(id) {
            Some(run) if run.intent == intent => Joined::Waiting(run.answer.clone()),
            Some(_) => Joined::Another,
            None => {
                let (tell, answer) = watch::channel(None);
                runs.insert(id.clone(), Run { intent: intent.to_owned(), answer });
                Joined::First(Runner { runs: self.clone(), id: id.clone(), tell })
            }
        }
    }
}

/// The run of an update. Dropping it ends the run, whatever happened.
#[derive(Debug)]
pub struct Runner {
    runs: Running,
    id: UpdateId,
    tell: watch::Sender<Option<Answer>>,
}

impl Runner {
    /// Where the answer will be.
    #[must_use]
    pub fn answer(&self) -> watch::Receiver<Option<Answer>> {
        self.tell.subscribe()
    }

    /// Tells everyone who waits.
    pub fn finish(self, answer: Answer) {
        self.tell.send_replace(Some(answer));
        // Dropping takes the run off the list: whoever comes later finds the record.
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        forget(&self.runs.0, &self.id);
    }
}

fn forget<K: Eq + Hash, V>(map: &Mutex<HashMap<K, V>>, key: &K) {
    map.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
}

/// Waits for the answer of a run.
pub async fn answer_of(mut waiting: watch::Receiver<Option<Answer>>) -> Answer {
    match waiting.wait_for(Option::is_some).await {
        Ok(answer) => answer.clone().unwrap_or(Answer::BROKEN),
        // The run ended without a word: it panicked.
        Err(_) => Answer::BROKEN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(key: &str) -> UpdateId {
        let [visitor, session, endpoint] = ["v", "s", "e"].map(str::to_owned);
        UpdateId { visitor, session, endpoint, key: key.to_owned() }
    }

    #[tokio::test]
    async fn answers_everyone_alike() {
        let running = Running::default();
        let Joined::First(runner) = running.join(&id("k"), "i") else { panic!("nobody ran it") };
        let Joined::Waiting(second) = running.join(&id("k"), "i") else { panic!("it runs") };
        assert!(matches!(running.join(&id("k"), "other"), Joined::Another));
        let first = runner.answer();
        runner.finish(Answer::SUCCESS);
        assert_eq!((answer_of(first).await, answer_of(second).await), (Answer::SUCCESS, Answer::SUCCESS));
        assert!(matches!(running.join(&id("k"), "other"), Joined::First(_)));
    }

    #[tokio::test]
    async fn a_run_that_panics_is_over() {
        let running = Running::default();
        let Joined::First(runner) = running.join(&id("k"), "i") else { panic!("nobody ran it") };
        let waiting = runner.answer();
        drop(runner);
        assert_eq!(answer_of(waiting).await, Answer::BROKEN);
        assert!(matches!(running.join(&id("k"), "i"), Joined::First(_)));
    }

    #[tokio::test]
    async fn one_at_a_time_for_each_session() {
        let locks = Locks::default();
        let turn = locks.turn("a").await;
        let _other = locks.turn("b").await;
        let mut next = Box::pin(locks.turn("a"));
        assert!(tokio::time::timeout(std::time::Duration::ZERO, &mut next).await.is_err());
        drop(turn);
        next.await;
    }
}
