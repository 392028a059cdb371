//! The sessions that a page works with: the number by which the machine knows each, and the actions that were seen last.

use std::cell::{Cell, RefCell};

use super::stripe::Actions;
use crate::staleness::SessionNumber;

/// One session.
struct Known {
    number: SessionNumber,
    id: Option<String>,
    actions: Option<Actions>,
}

/// The sessions that the machine remembers.
#[derive(Default)]
pub struct Sessions {
    known: RefCell<Vec<Known>>,
    last_number: Cell<u32>,
}

impl Sessions {
    /// The number of a session; `None` where nobody named it.
    pub fn number(&self, id: Option<&str>) -> SessionNumber {
        let mut known = self.known.borrow_mut();
        if let Some(found) = known.iter().find(|known| known.id.as_deref() == id) {
            return found.number;
        }
        let number = id.map(|_| {
            self.last_number.set(self.last_number.get().wrapping_add(1));
            self.last_number.get()
        });
        known.push(Known { number, id: id.map(str::to_owned), actions: None });
        number
    }

    /// The id of a session.
    pub fn id(&self, number: SessionNumber) -> Option<String> {
        self.known.borrow().iter().find(|known| known.number == number)?.id.clone()
    }

    /// Keeps the actions of a session, which may have been released since it was numbered.
    pub fn keep(&self, number: SessionNumber, id: Option<&str>, actions: &Actions) {
        let mut known = self.known.borrow_mut();
        let replaced = match known.iter_mut().find(|known| known.number == number) {
            Some(known) => known.actions.replace(actions.clone()),
            None => {
                known.push(Known { number, id: id.map(str::to_owned), actions: Some(actions.clone()) });
                None
            }
        };
        drop((known, replaced));
    }

    /// The actions of a session that were seen last.
    pub fn actions(&self, number: SessionNumber) -> Option<Actions> {
        self.known.borrow().iter().find(|known| known.number == number)?.actions.clone()
    }

    /// Forgets a session.
    pub fn release(&self, number: SessionNumber) {
        let mut known = self.known.borrow_mut();
        let released = known.iter().position(|known| known.number == number).map(|position| known.remove(position));
        drop((known, released));
    }
}
