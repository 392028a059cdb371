//! What an update consists of, read when the page said it, and the function that is made of it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Function, Promise, WeakMap};
use wasm_bindgen::prelude::{Closure, JsCast, JsValue};

use super::client::Client;
use super::object;
use super::reading::Reading;

/// What is asked for.
pub enum Work {
    /// A request with this intent.
    Request(Reading),
    /// The page's own function.
    Own(Function),
}

/// An update that can be asked for again and again.
pub struct Recipe {
    /// The position of the endpoint.
    pub endpoint: usize,
    /// What is asked for.
    pub work: Work,
    /// How its last call failed; `null` for not.
    failure: RefCell<JsValue>,
}

impl Recipe {
    /// One that was never called.
    pub fn new(endpoint: usize, work: Work) -> Rc<Self> {
        Rc::new(Self { endpoint, work, failure: RefCell::new(JsValue::NULL) })
    }

    /// Says how its last call ended.
    pub fn set_failure(&self, failure: JsValue) {
        drop(self.failure.replace(failure));
    }
}

/// The functions that a client has made, each with the getter of its `failure`.
pub struct Functions(WeakMap);

thread_local! {
    /// Where a getter puts the recipe that is looked for.
    static FOUND: RefCell<Option<Rc<Recipe>>> = const { RefCell::new(None) };
    static LOOKING: Cell<bool> = const { Cell::new(false) };
}

impl Functions {
    /// None yet.
    pub fn new() -> Self {
        Self(WeakMap::new())
    }

    /// The recipe of a function that was made here.
    pub fn find(&self, function: &JsValue) -> Option<Rc<Recipe>> {
        let getter = object::function(self.0.get(function.dyn_ref()?))?;
        // JavaScript holds the recipe, so that it is let go with the function; only the getter can hand it out.
        LOOKING.set(true);
        let _ = getter.call0(&JsValue::UNDEFINED);
        LOOKING.set(false);
        FOUND.take()
    }

    /// A zero-argument function that gives a promise, with a member `failure`.
    pub fn make(&self, recipe: Rc<Recipe>, client: &Rc<Client>) -> Function {
        let of = Rc::clone(&recipe);
        let failure = Closure::<dyn Fn() -> JsValue>::new(move || {
            if LOOKING.get() {
                FOUND.set(Some(Rc::clone(&of)));
            }
            of.failure.borrow().clone()
        });
        let client = Rc::clone(client);
        let call = Closure::<dyn Fn() -> Promise>::new(move || client.invoke(&recipe, None));
        // What becomes JavaScript's own is dropped when nothing there holds it any more.
        let (function, getter) = (call.into_js_value(), failure.into_js_value());
        object::define_getter(&function, "failure", &getter);
        self.0.set(function.unchecked_ref(), &getter);
        function.unchecked_into()
    }
}
