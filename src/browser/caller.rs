//! Who waits for an update or for a refresh.

use wasm_bindgen::prelude::{Closure, JsValue, wasm_bindgen};

use std::rc::Rc;

use super::promise::Deferred;
use super::recipe::Recipe;
use super::stripe::Actions;
use crate::intent::Value;

#[wasm_bindgen]
extern "C" {
    /// A page's `AbortSignal`, by its shape: a polyfill's is of another class.
    #[derive(Clone)]
    pub type Signal;

    #[wasm_bindgen(method, catch, getter)]
    fn aborted(this: &Signal) -> Result<bool, JsValue>;

    #[wasm_bindgen(method, catch, js_name = addEventListener)]
    fn add_event_listener(this: &Signal, kind: &str, listener: &JsValue) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch, js_name = removeEventListener)]
    fn remove_event_listener(this: &Signal, kind: &str, listener: &JsValue) -> Result<(), JsValue>;
}

/// Listens to a signal until it is dropped.
pub struct Aborting {
    signal: Signal,
    listener: Closure<dyn FnMut()>,
}

impl Aborting {
    /// Calls `act` when the signal is aborted.
    ///
    /// # Errors
    ///
    /// What is no signal has no listeners.
    pub fn listen(signal: Signal, act: impl FnMut() + 'static) -> Result<Self, JsValue> {
        let listener = Closure::new(act);
        signal.add_event_listener("abort", listener.as_ref())?;
        Ok(Self { signal, listener })
    }

    /// Whether it is aborted already.
    pub fn is_aborted(&self) -> bool {
        self.signal.aborted().unwrap_or_default()
    }
}

impl Drop for Aborting {
    fn drop(&mut self) {
        let _ = self.signal.remove_event_listener("abort", self.listener.as_ref());
    }
}

/// How a caller is told.
pub enum Told {
    /// `run`: an outcome.
    Run {
        /// Resolves to it.
        outcome: Deferred,
        /// Whose `failure` it sets.
        recipe: Rc<Recipe>,
        /// Until then the page may no longer want it.
        _aborting: Option<Aborting>,
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
