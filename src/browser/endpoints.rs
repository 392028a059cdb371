//! The names that updates have, each at a position: first the declared endpoints, then the functions of the page.

use std::cell::RefCell;
use std::rc::Rc;

use super::config::Target;

/// The most names of wrapped functions; later ones share the last.
const MOST_NAMES: usize = 64;

/// The names, and where the requests of the declared endpoints go.
pub struct Endpoints {
    targets: RefCell<Vec<Rc<Target>>>,
    declared: usize,
}

impl Endpoints {
    /// The declared endpoints.
    pub fn new(targets: Vec<Rc<Target>>) -> Self {
        Self { declared: targets.len(), targets: RefCell::new(targets) }
    }

    /// The target of an endpoint.
    #[inline(never)]
    pub fn target(&self, endpoint: usize) -> Option<Rc<Target>> {
        self.targets.borrow().get(endpoint).cloned()
    }

    /// The name at a position.
    #[inline(never)]
    pub fn name(&self, position: usize) -> String {
        self.targets.borrow().get(position).map(|target| target.name.clone()).unwrap_or_default()
    }

    /// The position of a name, of an endpoint or of a function of the page.
    #[inline(never)]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.targets.borrow().iter().position(|target| target.name == name)
    }

    /// The position of a declared endpoint.
    pub fn declared(&self, name: &str) -> Option<usize> {
        self.position(name).filter(|position| *position < self.declared)
    }

    /// The names of the declared endpoints.
    #[cfg(feature = "js")]
    pub fn names(&self) -> js_sys::Array {
        let names = js_sys::Array::new();
        for target in (0..self.declared).filter_map(|position| self.target(position)) {
            names.push(&target.name.as_str().into());
        }
        names
    }

    /// The position that new names share once there are too many.
    pub fn full(&self) -> Option<usize> {
        let last = self.declared + MOST_NAMES - 1;
        (self.targets.borrow().len() > last).then_some(last)
    }

    /// Adds a name for functions of the page, and returns its position.
    pub fn add(&self, name: &str) -> usize {
        let mut targets = self.targets.borrow_mut();
        targets.push(Target::named(name));
        targets.len() - 1
    }
}
