//! What an update function consists of, read when the page made it, and finding that again by the function.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Function, WeakMap};
use wasm_bindgen::prelude::{Closure, JsCast, JsValue, wasm_bindgen};

use super::failure::Failure;
use crate::intent::Value;
use crate::payload::RawIntent;

#[wasm_bindgen(module = "/src/browser/platform.js")]
extern "C" {
    #[wasm_bindgen(js_name = withFailure)]
    fn with_failure(function: &JsValue, getter: &JsValue);
}

/// What is asked for.
pub enum Source {
    /// A request with this intent, and what was thrown while it was read.
    Request(RawIntent, JsValue),
    /// The page's own function.
    Wrapped(Function),
}

impl Source {
    /// What the customer chose: one value a field.
    pub fn values(&self) -> &[Value] {
        if let Self::Request(raw, _) = self { &raw.values } else { &[] }
    }
}

/// An update that can be asked for again and again.
pub struct UpdateSpec {
    /// The position of the endpoint.
    pub endpoint: usize,
    /// What is asked for.
    pub source: Source,
    /// How its last call failed.
    failure: RefCell<Option<Rc<Failure>>>,
}

impl UpdateSpec {
    /// One that was never called.
    pub fn new(endpoint: usize, source: Source) -> Rc<Self> {
        Rc::new(Self { endpoint, source, failure: RefCell::default() })
    }

    /// Sets how its last call failed.
    pub fn set_failure(&self, failure: Option<Rc<Failure>>) {
        drop(self.failure.replace(failure));
    }

    /// How its last call failed.
    pub fn failure(&self) -> Option<Rc<Failure>> {
        self.failure.borrow().clone()
    }
}

/// The functions that a client has made, each with the getter of its `failure`.
pub struct Functions(WeakMap);

thread_local! {
    /// For `find` alone.
    static FOUND: RefCell<Option<Rc<UpdateSpec>>> = const { RefCell::new(None) };
    static LOOKING: Cell<bool> = const { Cell::new(false) };
}

impl Functions {
    /// A client's, of which there are none at first.
    pub fn new() -> Self {
        Self(WeakMap::new())
    }

    /// The spec of a function that was made here. It must die with the function, so nothing here may hold it. Only the
    /// getter's closure does: called with `LOOKING` set, that leaves it in `FOUND`.
    pub fn find(&self, function: &JsValue) -> Option<Rc<UpdateSpec>> {
        let getter = self.0.get(function.dyn_ref()?).dyn_into::<Function>().ok()?;
        LOOKING.set(true);
        let _ = getter.call0(&JsValue::UNDEFINED);
        LOOKING.set(false);
        FOUND.take()
    }

    /// A zero-argument function that calls `invoke` and returns its promise, with a member `failure`.
    pub fn make(&self, spec: &Rc<UpdateSpec>, invoke: impl Fn() -> JsValue + 'static) -> Function {
        let of = Rc::clone(spec);
        let failure = Closure::<dyn Fn() -> JsValue>::new(move || {
            if LOOKING.get() {
                FOUND.set(Some(Rc::clone(&of)));
            }
            of.failure.borrow().as_ref().map_or(JsValue::NULL, |failure| failure.error.clone())
        });
        let call = Closure::<dyn Fn() -> JsValue>::new(invoke);
        // What becomes JavaScript's own is dropped when nothing there holds it any more.
        let (function, getter) = (call.into_js_value(), failure.into_js_value());
        with_failure(&function, &getter);
        self.0.set(function.unchecked_ref(), &getter);
        function.unchecked_into()
    }
}
