//! Two clocks: `setTimeout` for the earliest moment that anything waits for, and `AbortSignal.timeout` as a backup, since
//! another script may clear every timer of the page.

use std::cell::{Cell, RefCell};

use gloo_timers::callback::Timeout;
use js_sys::Function;
use wasm_bindgen::prelude::{Closure, JsCast, wasm_bindgen};

#[wasm_bindgen(module = "/src/browser/platform.js")]
extern "C" {
    #[wasm_bindgen(js_name = afterBySignal)]
    fn after_by_signal(ms: f64, call: &Function) -> bool;
}

/// How often the backup fires, in milliseconds.
const BACKUP: f64 = 2_000.0;

/// The longest that a timer is set for, in milliseconds: one that fires before it is needed is cheaper than one that is set
/// again for each step of an update.
const LONGEST: f64 = 15_000.0;

/// How late a timer may be before it is taken for cleared by another script, in milliseconds.
const CLEARED: f64 = 1_000.0;

/// Ends when it is dropped.
pub struct Timer {
    /// When it fires, by the client's clock.
    scheduled: RefCell<Option<(f64, Timeout)>>,
    on_backup: Closure<dyn Fn()>,
    is_armed: Cell<bool>,
}

impl Timer {
    /// A timer that is not scheduled. `on_backup` begins with [`Timer::backup_fired`].
    pub fn new(on_backup: impl Fn() + 'static) -> Self {
        Self { scheduled: RefCell::default(), on_backup: Closure::new(on_backup), is_armed: Cell::default() }
    }

    /// Makes it fire `wait` milliseconds from now, or never. What it fires begins with [`Timer::clear`].
    pub fn schedule<F: FnOnce() + 'static>(&self, wait: Option<f64>, now: f64, fire: &dyn Fn() -> F) {
        let Some(ms) = wait else {
            drop(self.scheduled.take());
            return;
        };
        let at = now + ms;
        let is_enough = |(due, _): &(f64, Timeout)| *due <= at && now < *due + CLEARED;
        if self.scheduled.borrow().as_ref().is_some_and(is_enough) {
            return;
        }
        let ms = if ms > LONGEST { LONGEST } else { ms };
        // Whole milliseconds that are enough: one that fires early would have to be set again.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let timeout = Timeout::new(ms.ceil() as u32, fire());
        drop(self.scheduled.replace(Some((now + ms, timeout))));
    }

    /// Clears the timer, which may have fired.
    pub fn clear(&self) {
        drop(self.scheduled.take());
    }

    /// Makes the backup fire once, in two seconds, unless it is going to already.
    pub fn arm_backup(&self) {
        if !self.is_armed.replace(true) && !after_by_signal(BACKUP, self.on_backup.as_ref().unchecked_ref()) {
            // An old browser has the timer alone.
            self.is_armed.set(false);
        }
    }

    /// The backup has fired.
    pub fn backup_fired(&self) {
        self.is_armed.set(false);
    }
}
