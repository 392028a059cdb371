//! Stripe.js' side: wherever `runServerUpdate` lives, and whatever it gives. See `docs/stripe-js.md` for the versions.

use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::client::{Client, Step};
use super::word::Word;
use crate::effect::{Event, News};
use crate::failure::Kind;

const NONE: JsValue = JsValue::UNDEFINED;

impl Client {
    /// The session that these actions report: `getSession()` (8 and later), `session()` (5.10 to 7), or the object
    /// itself, into which React's hook merges it.
    fn session(&self, actions: &JsValue) -> JsValue {
        for method in [Word::GetSession, Word::Session] {
            let session = self.host.call(actions, method as u8, &NONE);
            if !session.is_undefined() {
                return session;
            }
        }
        actions.clone()
    }

    /// The id of the session that these actions report.
    pub fn session_id(&self, actions: &JsValue) -> Option<String> {
        self.host.get(&self.session(actions), Word::Id as u8).as_string()
    }

    /// Whether a session is open, as far as it says.
    fn is_open(&self, session: &JsValue) -> bool {
        let status = self.host.get(session, Word::Status as u8);
        self.host.get(&status, Word::Type as u8).as_string().is_none_or(|status| status == "open")
    }

    /// Calls `runServerUpdate`. The error is that it was not called: `Unsupported` or `SessionClosed`.
    fn run_server_update(&self, id: u32, step: Step) -> Result<(), Kind> {
        let actions = self.host.actions(id);
        if !self.host.can(&actions, Word::RunServerUpdate as u8) {
            return Err(Kind::Unsupported);
        }
        if !self.is_open(&self.session(&actions)) {
            return Err(Kind::SessionClosed);
        }
        self.host.run(id, step.of(0));
        Ok(())
    }

    /// It is the turn of an update.
    pub fn start(self: &Rc<Self>, id: u32) {
        if let Err(kind) = self.run_server_update(id, Step::Stripe) {
            self.take(Event::Of(id, News::NotStarted(kind)), NONE);
        }
    }

    /// Lets Stripe.js fetch the session again.
    pub fn refresh(self: &Rc<Self>, id: u32) {
        match self.run_server_update(id, Step::Refresh) {
            Ok(()) => {}
            // A session that is no longer open has nothing to be behind of.
            Err(Kind::SessionClosed) => {
                let session = self.session(&self.host.actions(id));
                self.take(Event::Refreshed { id, success: true, open: false }, session);
            }
            Err(kind) => self.take(Event::Of(id, News::NotStarted(kind)), NONE),
        }
    }

    /// `runServerUpdate` ended, for an update or a refresh. The session is under `session`, up to version 6 under
    /// `success`, else with the actions.
    pub fn stripe_came(self: &Rc<Self>, id: u32, refresh: bool, ok: bool, result: JsValue) {
        let success = ok && self.host.says(&result, Word::Type as u8, Word::Success as u8);
        let mut brought = NONE;
        if success {
            let members = [Word::Session, Word::Success].map(|word| self.host.get(&result, word as u8));
            brought = match members.into_iter().find(JsValue::is_object) {
                Some(session) => session,
                None => self.session(&self.host.actions(id)),
            };
        } else {
            let cause = if ok { self.host.get(&result, Word::Error as u8) } else { result };
            self.host.keep(id, Word::Cause as u8, &cause);
        }
        let open = !success || self.is_open(&brought);
        let event =
            if refresh { Event::Refreshed { id, success, open } } else { Event::Of(id, News::Ended { success, open }) };
        self.take(event, brought);
    }
}
