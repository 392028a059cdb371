//! Connections that a fault keeps waiting: few of a visitor, few in all, and each makes room for others.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::connections::{Line, Rest};

const MOST_OF_VISITOR: usize = 4;
const MOST: usize = 32;

/// Those that wait, in the order in which they began.
#[derive(Clone, Debug, Default)]
pub struct Waits(Arc<Mutex<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    lines: VecDeque<(u64, String, Line)>,
    begun: u64,
}

impl Waits {
    /// Counts a connection that is kept waiting until the guard is dropped. Where there are too many, the oldest of that
    /// visitor is reset, or the oldest of all.
    #[must_use]
    pub fn begin(&self, visitor: &str, line: &Line) -> Wait {
        let mut waiting = self.lock();
        let is_own = |(_, other, _): &&(u64, String, Line)| other == visitor;
        let oldest = if waiting.lines.iter().filter(is_own).count() >= MOST_OF_VISITOR {
            waiting.lines.iter().position(|entry| is_own(&entry))
        } else {
            (waiting.lines.len() >= MOST).then_some(0)
        };
        if let Some((_, _, oldest)) = oldest.and_then(|oldest| waiting.lines.remove(oldest)) {
            oldest.reset();
        }
        waiting.begun += 1;
        let number = waiting.begun;
        waiting.lines.push_back((number, visitor.to_owned(), line.clone()));
        Wait { waits: self.clone(), number, _rest: line.rest() }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection is kept waiting, until this is dropped.
#[derive(Debug)]
pub struct Wait {
    waits: Waits,
    number: u64,
    _rest: Rest,
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.waits.lock().lines.retain(|(number, ..)| *number != self.number);
    }
}
