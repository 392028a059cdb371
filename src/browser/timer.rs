//! The two clocks of a client: a timer for the earliest moment that anything waits for, and a look every two seconds that no
//! script of the page can clear.

use std::cell::{Cell, RefCell};

use gloo_timers::callback::Timeout;
use js_sys::Function;
use wasm_bindgen::prelude::{Closure, JsCast, wasm_bindgen};

#[wasm_bindgen(module = "/src/browser/platform.js")]
extern "C" {
    #[wasm_bindgen(js_name = afterBySignal)]
    fn after_by_signal(ms: f64, call: &Function) -> bool;
}

/// How often the second clock looks, in milliseconds.
const LOOK: f64 = 2_000.0;

/// The longest that a timer is set for, in milliseconds: one that fires before it is needed is cheaper than one that is set
/// anew for each step of an update.
const LONGEST: f64 = 15_000.0;

/// How late a timer may be before it is taken for cleared by another script, in milliseconds.
const CLEARED: f64 = 1_000.0;

/// Ends when it is dropped.
pub struct Timer {
    /// When it fires, by the client's clock.
    set: RefCell<Option<(f64, Timeout)>>,
    look: Closure<dyn Fn()>,
    is_watched: Cell<bool>,
}

impl Timer {
    /// A timer that calls `look`, which begins with [`Timer::fired`]; by the second clock it begins with
    /// [`Timer::watched`].
    pub fn new(look: impl Fn() + 'static) -> Self {
        Self { set: RefCell::default(), look: Closure::new(look), is_watched: Cell::default() }
    }

    /// Is to fire in so many milliseconds from now, or never.
    pub fn set<F: FnOnce() + 'static>(&self, wait: Option<f64>, now: f64, fire: &dyn Fn() -> F) {
        let Some(ms) = wait else {
            drop(self.set.take());
            return;
        };
        let at = now + ms;
        let is_enough = |(due, _): &(f64, Timeout)| *due <= at && now < *due + CLEARED;
        if self.set.borrow().as_ref().is_some_and(is_enough) {
            return;
        }
        let ms = if ms > LONGEST { LONGEST } else { ms };
        // Whole milliseconds that are enough: one that fires early would have to be set again.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let timeout = Timeout::new(ms.ceil() as u32, fire());
        drop(self.set.replace(Some((now + ms, timeout))));
    }

    /// It is no longer set.
    pub fn fired(&self) {
        drop(self.set.take());
    }

    /// Lets the second clock look once, in two seconds, unless it is to already.
    pub fn watch(&self) {
        if !self.is_watched.replace(true) && !after_by_signal(LOOK, self.look.as_ref().unchecked_ref()) {
            // An old browser has the timer alone.
            self.is_watched.set(false);
        }
    }

    /// The second clock has looked.
    pub fn watched(&self) {
        self.is_watched.set(false);
    }
}
