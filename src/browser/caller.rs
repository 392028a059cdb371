//! Who waits for an update or for a refresh.

use std::rc::Rc;

use super::listener::Listener;
use super::promise::Deferred;
use super::recipe::Recipe;
use super::stripe::Actions;
use crate::intent::Value;

/// How a caller is told.
pub enum Told {
    /// `run`: an outcome.
    Run {
        /// Resolves to it.
        outcome: Deferred,
        /// Whose `failure` it sets.
        recipe: Rc<Recipe>,
        /// Until then the page may no longer want it.
        _aborting: Option<Listener>,
    },
    /// The call of a function of `request` or `wrap`: its `failure`.
    Invoke(Rc<Recipe>),
    /// `refresh`: an outcome.
    Refresh {
        /// Resolves to it.
        outcome: Deferred,
        /// What has `runServerUpdate`.
        actions: Actions,
    },
}

/// Who waits.
pub struct Caller {
    /// The number by which the machine knows it.
    pub id: u32,
    /// The position of the endpoint; of no meaning for a refresh.
    pub endpoint: usize,
    /// What the customer chose, one value a field.
    pub wanted: Vec<Value>,
    /// How it is told.
    pub told: Told,
}

impl Caller {
    /// Whether it makes the page pending, as a refresh does not.
    pub fn counts(&self) -> bool {
        !matches!(self.told, Told::Refresh { .. })
    }
}
