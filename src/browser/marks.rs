//! What a reload must not forget.

use std::cell::{Cell, RefCell};

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(module = "/src/browser/marks.js")]
extern "C" {
    fn mark(session: &str, is_left: bool);

    fn unmark(session: &str);
}

/// How old a mark may be when something is sent again, in milliseconds.
const FRESH: f64 = 1_000.0;

/// The sessions that are marked, and when the last of them was.
#[derive(Default)]
pub struct Marks {
    sessions: RefCell<Vec<String>>,
    time: Cell<f64>,
}

impl Marks {
    /// Marks these sessions, of which something is pending or stale: those that are not marked, and all of them again when
    /// something is sent or the page is left. Takes the marks of the others away.
    pub fn replace(&self, marked: Vec<String>, now: f64, is_sent: bool, is_left: bool) {
        let Self { sessions, time } = self;
        let before = sessions.take();
        if marked.is_empty() && before.is_empty() {
            return;
        }
        for session in before.iter().filter(|session| !marked.contains(session)) {
            unmark(session);
        }
        let again = is_left || is_sent && now - time.get() >= FRESH;
        for session in marked.iter().filter(|session| again || !before.contains(session)) {
            time.set(now);
            mark(session, is_left);
        }
        sessions.replace(marked);
    }
}
