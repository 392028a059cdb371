//! The one timer of a client: when to look at the clock next.

use std::cell::RefCell;

use gloo_timers::callback::Timeout;

use super::page;

/// Set for the earliest moment that anything waits for; ends when it is dropped.
#[derive(Default)]
pub struct Timer(RefCell<Option<(f64, Timeout)>>);

impl Timer {
    /// Calls `look` in so many milliseconds, or never. `look` begins with `fired`.
    pub fn set(&self, wait: Option<f64>, look: impl FnOnce() + 'static) {
        let Some(ms) = wait else {
            drop(self.0.take());
            return;
        };
        let at = page::now().monotonic + ms;
        // A timer that fires before it is needed is cheaper than one that is set anew for each update.
        if self.0.borrow().as_ref().is_some_and(|(due, _)| *due <= at) {
            return;
        }
        // Whole milliseconds that are enough: one that fires early would have to be set again.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let timeout = Timeout::new(ms.ceil() as u32, look);
        drop(self.0.replace(Some((at, timeout))));
    }

    /// It is no longer set.
    pub fn fired(&self) {
        drop(self.0.take());
    }
}
