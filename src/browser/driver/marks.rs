//! What a reload must not forget.

use wasm_bindgen::prelude::wasm_bindgen;

use super::Driver;

#[wasm_bindgen(module = "/src/browser/marks.js")]
extern "C" {
    fn mark(session: &str, is_left: bool);

    fn unmark(session: &str);
}

impl Driver {
    /// Marks the sessions of which something is pending or stale: those that were not marked, or all of them where something
    /// `is_sent` now or the page `is_left`. Takes the marks of the others away.
    pub(super) fn mark(&self, is_sent: bool, is_left: bool) {
        let in_doubt = self.machine.borrow().sessions_in_doubt();
        let mut before = self.marked.borrow_mut();
        if in_doubt.is_empty() && before.is_empty() {
            return;
        }
        let mut now = Vec::new();
        for number in in_doubt {
            now.extend(self.sessions.id(Some(number)));
        }
        for session in before.iter().filter(|session| !now.contains(session)) {
            unmark(session);
        }
        for session in now.iter().filter(|session| is_sent || is_left || !before.contains(session)) {
            mark(session, is_left);
        }
        *before = now;
    }
}
