//! What JavaScript sees: the class `Updates`.

use std::rc::Rc;

use js_sys::{Array, Function, JsString, Math, Promise, TypeError};
use wasm_bindgen::prelude::{Closure, JsCast, JsValue, wasm_bindgen};

use crate::browser::{Actions, Client, Deferred, Guard, Keeper, Recipe, Settings, check, object, record};
use crate::failure::Kind;

#[wasm_bindgen]
extern "C" {
    /// `{sampleRate}` of `reportTo`.
    pub type ReportSettings;

    /// A failure that was met before the module was there.
    pub type Met;
}

/// The updates of a checkout page: what `createUpdates` of the npm package gives, once the module is there.
#[wasm_bindgen]
pub struct Updates(Rc<Client>);

fn type_error(text: &str) -> JsValue {
    TypeError::new(text).into()
}

#[wasm_bindgen]
impl Updates {
    /// Takes the options of `createUpdates`. `keeper` keeps the page alive when the module dies; the npm package has one.
    ///
    /// # Errors
    ///
    /// A `TypeError` that names the key, for whatever is wrong.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue, keeper: Option<Keeper>) -> Result<Self, JsValue> {
        Ok(Self(Client::new(check(options)?, Guard(keeper))))
    }

    /// A function for `runServerUpdate`. The intent is read now, the session id when the function is called.
    ///
    /// # Errors
    ///
    /// A `TypeError` for an endpoint that is not declared. A wrong intent makes the function reject.
    #[wasm_bindgen(unchecked_return_type = "(() => Promise<Response>) & { readonly failure: any }")]
    pub fn request(
        &self,
        #[wasm_bindgen(unchecked_param_type = "string")] name: &JsValue,
        intent: &JsValue,
    ) -> Result<Function, JsValue> {
        let recipe = self.0.recipe(self.position(name)?, intent);
        Ok(self.0.function(recipe))
    }

    /// Gives a request function that the page already has the same deadline and record.
    #[wasm_bindgen(unchecked_return_type = "(() => Promise<any>) & { readonly failure: any }")]
    pub fn wrap(&self, #[wasm_bindgen(unchecked_param_type = "string")] name: &JsValue, own: Function) -> Function {
        self.0.function(self.0.own_recipe(name, own))
    }

    /// Calls a function of `request` or `wrap` on behalf of somebody who asked earlier.
    pub fn invoke(&self, update: &Function, settings: Option<Settings>) -> Result<Promise, JsValue> {
        let recipe = self.recipe_of(update)?;
        Ok(self.0.invoke(&recipe, settings.as_ref()))
    }

    /// `run(actions, name, intent, settings?)` or `run(actions, update, settings?)`: waits for its turn, runs, refreshes
    /// where in doubt, and gives one answer.
    pub fn run(&self, actions: Actions, what: &JsValue, first: &JsValue, second: Option<Settings>) -> Promise {
        let begun = if what.is_string() {
            self.position(what).map(|position| (self.0.recipe(position, first), second))
        } else {
            let settings = first.is_object().then(|| first.clone().unchecked_into());
            self.recipe_of(what).map(|recipe| (recipe, settings))
        };
        let outcome = begun.and_then(|(recipe, settings)| self.0.run(actions, &recipe, settings.as_ref()));
        outcome.unwrap_or_else(|error| Promise::reject(&error))
    }

    /// Lets Stripe.js fetch the session again. Never rejects.
    pub fn refresh(&self, actions: Actions) -> Promise {
        self.0.refresh(actions)
    }

    /// Drops what is waiting, of this name or of all.
    pub fn cancel(&self, #[wasm_bindgen(unchecked_optional_param_type = "string")] name: &JsValue) {
        self.0.cancel(name);
    }

    /// Aborts everything and lets go of listeners. A later call starts afresh.
    pub fn dispose(&self) {
        self.0.dispose();
    }

    /// The intent of the newest update of an endpoint that has not settled (and has these values), else `undefined`.
    pub fn wanted(&self, #[wasm_bindgen(unchecked_param_type = "string")] name: &JsValue, values: &JsValue) -> JsValue {
        self.0.wanted(name, values)
    }

    /// Whether an update, of this name (with these values) or of any, has not settled.
    #[wasm_bindgen(js_name = isPending)]
    pub fn is_pending(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "string")] name: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "object")] values: &JsValue,
    ) -> bool {
        if name.is_string() && values.is_object() {
            !self.0.wanted(name, values).is_undefined()
        } else {
            self.0.is_pending(name)
        }
    }

    /// Whether the page may be showing totals that the server no longer has.
    #[wasm_bindgen(js_name = isStale)]
    pub fn is_stale(&self) -> bool {
        self.0.state.is_stale()
    }

    /// Resolves to `{stale}` when nothing is pending.
    pub fn settled(&self) -> Promise {
        let idle = Deferred::new();
        let promise = idle.promise().clone();
        self.0.state.settle_later(idle);
        self.0.changed();
        promise
    }

    /// Calls the listener after each change of the snapshot; gives the function that ends this.
    #[wasm_bindgen(unchecked_return_type = "() => void")]
    pub fn subscribe(&self, listener: Function) -> Function {
        let number = self.0.state.listen(listener);
        self.ending(move |client| client.state.forget(number))
    }

    /// `{pending, stale}`: the same object until something changes.
    #[wasm_bindgen(js_name = getSnapshot)]
    pub fn get_snapshot(&self) -> JsValue {
        self.0.state.snapshot()
    }

    /// What was counted, by endpoint, and the last 50 failures.
    pub fn metrics(&self) -> JsValue {
        self.0.report.metrics(&self.0)
    }

    /// Sends what is new by `sendBeacon` whenever the page is hidden; gives the function that ends this.
    #[wasm_bindgen(js_name = reportTo, unchecked_return_type = "() => void")]
    pub fn report_to(&self, url: JsString, settings: Option<ReportSettings>) -> Function {
        let rate = settings.and_then(|settings| object::member(&settings, "sampleRate").as_f64());
        self.0.listen();
        let number = if Math::random() < rate.unwrap_or(1.0) { self.0.report.to(url) } else { 0 };
        self.ending(move |client| client.report.forget(number))
    }

    /// Whether any update that has not settled has sent something.
    #[wasm_bindgen(js_name = hasSent)]
    pub fn has_sent(&self) -> bool {
        self.0.has_sent()
    }

    /// Counts a failure that was met while there was no module.
    pub fn note(&self, failure: &Met) {
        let name = object::member(failure, "endpoint");
        let kind = object::member(failure, "kind").as_string().and_then(|name| Kind::of_name(&name));
        let duration = object::member(failure, "durationMs").as_f64().unwrap_or_default();
        // A refresh has no name, and is not counted.
        if name.is_truthy() {
            let position = self.0.place_for(&name);
            if let Some(endpoint) = self.0.machine().endpoints.get_mut(position) {
                endpoint.counts.record(kind, duration);
            }
        }
        self.0.report.keep(record(failure));
    }

    /// What a fresh module goes on with, when this one has died.
    pub fn saved(&self) -> Array {
        self.0.report.saved(&self.0)
    }

    /// Goes on with what the module before this one has counted.
    pub fn restore(&self, saved: &Array) {
        self.0.report.restore(&self.0, saved);
    }

    /// The module before this one died, and these were the actions that it saw last.
    pub fn doubt(&self, actions: Option<Actions>) {
        self.0.doubt(actions);
    }

    fn recipe_of(&self, update: &JsValue) -> Result<Rc<Recipe>, JsValue> {
        self.0.recipe_of(update).ok_or_else(|| type_error("run: takes a function of request or wrap"))
    }

    fn position(&self, name: &JsValue) -> Result<usize, JsValue> {
        self.0.position(name).ok_or_else(|| type_error("checkout-updates: no such endpoint is declared"))
    }

    /// A function for the page that ends something.
    fn ending(&self, end: impl Fn(&Client) + 'static) -> Function {
        let client = Rc::downgrade(&self.0);
        let ending = Closure::<dyn Fn()>::new(move || {
            if let Some(client) = client.upgrade() {
                end(&client);
            }
        });
        ending.into_js_value().unchecked_into()
    }
}

/// Which build this is: a loader compares it with its own, since a file that an upload or a cache left behind would run.
#[wasm_bindgen]
#[must_use]
pub fn build() -> String {
    option_env!("CHECKOUT_UPDATES_BUILD").unwrap_or_default().to_owned()
}

/// Lets the memory grow to all that is ever needed, before anybody looks at it: the glue of an engine in plain JavaScript
/// does not notice when it grows later.
#[cfg(feature = "plain")]
#[wasm_bindgen(start)]
pub fn reserve() {
    drop(std::hint::black_box(Vec::<u8>::with_capacity(4 << 20)));
}

/// Traps, for the tests of what happens then.
#[cfg(feature = "trap")]
#[wasm_bindgen]
pub fn trap() {
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable()
}
