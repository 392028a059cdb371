//! What JavaScript sees: the class `Updates`.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Function, Promise, TypeError};
use wasm_bindgen::prelude::{Closure, JsCast, JsValue, wasm_bindgen};

use crate::browser::{
    Actions, CallOptions, Client, Deferred, PayOptions, Snapshot, TellPayment, UpdateSpec, arguments,
};
use crate::clock::Moment;
use crate::payment::blocked::BlockReason;

#[wasm_bindgen(typescript_custom_section)]
const RECORDS: &str = include_str!("types.d.ts");

#[wasm_bindgen(typescript_custom_section)]
const OPTIONS: &str = include_str!("exports.d.ts");

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(typescript_type = "UpdatesOptions")]
    pub type Options;
    #[wasm_bindgen(typescript_type = "Intent")]
    pub type Intent;
    #[wasm_bindgen(typescript_type = "CallOptions")]
    pub type Settings;
    #[wasm_bindgen(typescript_type = "UpdateFunction<unknown>")]
    pub type UpdateFunction;
    #[wasm_bindgen(typescript_type = "(signal: AbortSignal) => unknown")]
    pub type Wrapped;
    #[wasm_bindgen(typescript_type = "() => void")]
    pub type End;
    #[wasm_bindgen(typescript_type = "Promise<Outcome>")]
    pub type OutcomePromise;
    #[wasm_bindgen(typescript_type = "Promise<RefreshOutcome>")]
    pub type RefreshPromise;
    #[wasm_bindgen(typescript_type = "Promise<{ stale: boolean }>")]
    pub type SettledPromise;
    #[wasm_bindgen(typescript_type = "(actions: object) => unknown")]
    pub type Confirm;
    #[wasm_bindgen(typescript_type = "{ signal?: AbortSignal }")]
    pub type PaySettings;
    #[wasm_bindgen(typescript_type = "Promise<PayOutcome>")]
    pub type PayPromise;
    #[wasm_bindgen(typescript_type = "Intent | undefined")]
    pub type PendingIntent;
    #[wasm_bindgen(typescript_type = "Snapshot")]
    pub type SnapshotRecord;
    #[wasm_bindgen(typescript_type = "Metrics")]
    pub type MetricsRecord;
    #[wasm_bindgen(typescript_type = "string | UpdateFunction")]
    pub type NameOrFunction;
    #[wasm_bindgen(typescript_type = "{ sampleRate?: number }")]
    pub type ReportSettings;
}

/// The updates of a checkout page: what `createUpdates` of the npm package returns, once the module is there.
#[wasm_bindgen]
pub struct Updates {
    client: Rc<Client>,
    /// The snapshot that was returned last: the same object until something changes.
    shown: RefCell<Option<(Snapshot, JsValue)>>,
}

#[wasm_bindgen]
impl Updates {
    /// Takes the options of `createUpdates`.
    ///
    /// # Errors
    ///
    /// A `TypeError` that names the key, for whatever is wrong.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &Options) -> Result<Self, JsValue> {
        Ok(Self { client: Client::new(arguments::options(options)?), shown: RefCell::default() })
    }

    /// A function for `runServerUpdate`. The intent is read now, the session id when the function is called.
    ///
    /// # Errors
    ///
    /// A `TypeError` for an endpoint that is not declared. A wrong intent makes the function reject.
    pub fn request(&self, name: &str, intent: &Intent) -> Result<UpdateFunction, JsValue> {
        let spec = self.client.read(self.declared("request", name)?, intent);
        Ok(self.client.function(spec).unchecked_into())
    }

    /// Gives a request function that the page already has the same deadline and record.
    pub fn wrap(&self, name: &str, function: Wrapped) -> UpdateFunction {
        let spec = self.client.wrap(name, function.unchecked_into());
        self.client.function(spec).unchecked_into()
    }

    /// `run(actions, name, intent, options?)` or `run(actions, update, options?)`: waits for its turn, runs, refreshes where
    /// in doubt, and resolves to one answer. Rejects for an undeclared name only.
    pub fn run(
        &self,
        actions: Actions,
        what: &NameOrFunction,
        #[wasm_bindgen(unchecked_optional_param_type = "Intent | CallOptions")] first: &JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "CallOptions")] second: Option<Settings>,
    ) -> OutcomePromise {
        let begun = match what.as_string() {
            Some(name) => {
                let position = self.declared("run", &name);
                position.map(|position| (self.client.read(position, first), second.map(Into::into)))
            }
            None => self.spec_of(what).map(|spec| (spec, first.is_object().then(|| first.clone()))),
        };
        let promise = match begun {
            Ok((spec, settings)) => {
                let outcome = Deferred::new();
                let promise = outcome.promise();
                let tell = Box::new(move |ended| outcome.resolve(&arguments::outcome(&ended)));
                self.client.run(actions, &spec, call_options(settings.as_ref()), tell);
                promise
            }
            Err(error) => Promise::reject(&error),
        };
        promise.unchecked_into()
    }

    /// Lets Stripe.js fetch the session again. Never rejects.
    pub fn refresh(&self, actions: Actions) -> RefreshPromise {
        let ended = Deferred::new();
        let promise = ended.promise();
        self.client.refresh(actions, Box::new(move |result| ended.resolve(&arguments::refreshed(result.as_ref()))));
        promise.unchecked_into()
    }

    /// Drops what is waiting, of this name or of all.
    ///
    /// # Errors
    ///
    /// A `TypeError` for a name that is neither declared nor wrapped.
    pub fn cancel(&self, name: Option<String>) -> Result<(), JsValue> {
        let position = name.map(|name| self.known("cancel", &name)).transpose()?;
        self.client.cancel(position);
        Ok(())
    }

    /// Aborts everything and lets go of listeners. A later call starts afresh.
    pub fn dispose(&self) {
        self.client.dispose();
    }

    /// The intent of the newest update of an endpoint that has not settled (and has these values), else `undefined`.
    ///
    /// # Errors
    ///
    /// A `TypeError` for an endpoint that is not declared.
    #[wasm_bindgen(js_name = pendingIntent)]
    pub fn pending_intent(&self, name: &str, values: Option<Intent>) -> Result<PendingIntent, JsValue> {
        let position = self.declared("pendingIntent", name)?;
        let intent = self.client.pending(position, values.as_deref().unwrap_or(&JsValue::UNDEFINED));
        Ok(intent.unwrap_or_default().unchecked_into())
    }

    /// Whether an update, of this name (with these values) or of any, has not settled.
    ///
    /// # Errors
    ///
    /// A `TypeError` for a name that is neither declared nor wrapped.
    #[wasm_bindgen(js_name = isPending)]
    pub fn is_pending(&self, name: Option<String>, values: Option<Intent>) -> Result<bool, JsValue> {
        let Some(name) = name else { return Ok(self.client.snapshot().pending) };
        let position = self.known("isPending", &name)?;
        Ok(match values.filter(|values| values.is_object()) {
            Some(values) => self.client.pending(position, &values).is_some(),
            None => self.client.is_pending(position),
        })
    }

    /// Whether the page may be showing totals that the server no longer has.
    #[wasm_bindgen(js_name = isStale)]
    pub fn is_stale(&self) -> bool {
        self.client.snapshot().stale
    }

    /// Resolves when nothing is pending.
    pub fn settled(&self) -> SettledPromise {
        let settled = Deferred::new();
        let promise = settled.promise();
        self.client.when_idle(Box::new(move |stale| settled.resolve(&arguments::stale(stale))));
        promise.unchecked_into()
    }

    /// Calls the listener after each change of the snapshot; returns the function that ends this.
    pub fn subscribe(&self, #[wasm_bindgen(unchecked_param_type = "() => void")] listener: Function) -> End {
        let number = self.client.subscribe(Rc::new(move || arguments::notify(&listener)));
        self.end(Ending::Subscription(number))
    }

    /// The same object until something changes.
    #[wasm_bindgen(js_name = getSnapshot)]
    pub fn get_snapshot(&self) -> SnapshotRecord {
        let shown = self.client.shown();
        let kept = self.shown.borrow().clone().filter(|(snapshot, _)| *snapshot == shown);
        let record = kept.map_or_else(|| arguments::snapshot(shown), |(_, record)| record);
        self.shown.replace(Some((shown, record.clone())));
        record.unchecked_into()
    }

    /// What was counted, by endpoint, and the last 50 failures.
    pub fn metrics(&self) -> MetricsRecord {
        self.client.metrics().to_js().unchecked_into()
    }

    /// Sends what is new whenever the page is hidden; returns the function that ends this.
    #[wasm_bindgen(js_name = reportTo)]
    pub fn report_to(&self, url: &str, settings: Option<ReportSettings>) -> End {
        let rate = settings.and_then(|settings| arguments::number(&settings, "sampleRate"));
        self.end(Ending::Report(self.client.report_to(url, rate.unwrap_or(1.0))))
    }

    fn spec_of(&self, update: &JsValue) -> Result<Rc<UpdateSpec>, JsValue> {
        self.client.spec_of(update).ok_or_else(|| TypeError::new("run: takes a function of request or wrap").into())
    }

    /// The position of a declared endpoint.
    fn declared(&self, method: &str, name: &str) -> Result<usize, JsValue> {
        self.client.endpoints().declared(name).ok_or_else(|| self.undeclared(method, name))
    }

    /// The position of a declared endpoint or of a wrapped function.
    fn known(&self, method: &str, name: &str) -> Result<usize, JsValue> {
        self.client.endpoints().position(name).ok_or_else(|| self.undeclared(method, name))
    }

    fn undeclared(&self, method: &str, name: &str) -> JsValue {
        arguments::undeclared(method, name, &self.client.endpoints().names())
    }

    /// A function for the page that ends something.
    fn end(&self, what: Ending) -> End {
        let client = Rc::downgrade(&self.client);
        let ending = Closure::<dyn Fn()>::new(move || {
            let Some(client) = client.upgrade() else { return };
            match what {
                Ending::Subscription(number) => client.unsubscribe(number),
                Ending::Report(number) => number.into_iter().for_each(|number| client.forget(number)),
                Ending::Hold(id) => client.release(id),
            }
        });
        ending.into_js_value().unchecked_into()
    }
}

#[wasm_bindgen]
impl Updates {
    /// Calls `confirm(actions)` once nothing is in the way, in the same task where that is so already, and resolves to how
    /// that ended. Rejects only as `confirm` does.
    pub fn pay(&self, actions: Actions, confirm: Confirm, options: Option<PaySettings>) -> PayPromise {
        let confirm: Function = confirm.unchecked_into();
        let options = options.map_or_else(PayOptions::default, |options| PayOptions {
            signal: arguments::there(&options, "signal"),
            seen: arguments::there(&options, "seen").map(JsCast::unchecked_into),
            has_failed: arguments::is_truthy(&options, "hasFailed"),
        });
        let (promise, tell) = payment();
        self.client.pay(actions, Box::new(move |actions| confirm.call1(&JsValue::UNDEFINED, actions)), options, tell);
        promise
    }

    /// Keeps updates from starting, while a wallet's sheet is open: returns the function that ends this, or `null` where
    /// something is pending, stale, held or being paid.
    pub fn hold(&self) -> Option<End> {
        self.client.hold().map(|id| self.end(Ending::Hold(id)))
    }

    /// Makes the page stale where a reload has left something of this session under way, and resolves when that is over.
    pub fn resume(&self, actions: Actions) -> SettledPromise {
        let over = Deferred::new();
        let promise = over.promise();
        self.client.resume(actions, Box::new(move |stale| over.resolve(&arguments::stale(stale))));
        promise.unchecked_into()
    }
}

/// The promise of a payment, and what settles it.
fn payment() -> (PayPromise, TellPayment) {
    let ended = Deferred::new();
    let promise = ended.promise().unchecked_into();
    let tell = Box::new(move |outcome: Result<_, JsValue>| match outcome {
        Ok(outcome) => ended.resolve(&arguments::pay_outcome(&outcome)),
        Err(error) => ended.reject(&error),
    });
    (promise, tell)
}

/// What a function of the page ends, by its number.
enum Ending {
    Subscription(u32),
    Report(Option<u32>),
    Hold(u32),
}

/// For the facade of the npm package alone, which outlives the module.
#[wasm_bindgen]
impl Updates {
    /// Calls a function of `request` or `wrap` on behalf of somebody who asked earlier.
    ///
    /// # Errors
    ///
    /// A `TypeError` for any other function.
    #[wasm_bindgen(skip_typescript)]
    pub fn invoke(&self, update: &Function, settings: Option<Settings>) -> Result<Promise, JsValue> {
        let spec = self.spec_of(update)?;
        Ok(self.client.invoke(&spec, call_options(settings.as_deref())))
    }

    /// `confirm` was called before this module was there: resolves as `pay` does.
    #[wasm_bindgen(skip_typescript)]
    pub fn paying(&self, actions: Actions, result: JsValue) -> PayPromise {
        let (promise, tell) = payment();
        self.client.paying(actions, result, tell);
        promise
    }

    /// A hold began before this module was there: returns the function that ends it.
    #[wasm_bindgen(skip_typescript)]
    pub fn holding(&self) -> End {
        let id = self.client.holding();
        self.end(Ending::Hold(id))
    }

    /// Whether any update that has not settled may have sent something.
    #[wasm_bindgen(js_name = hasSent, skip_typescript)]
    pub fn has_sent(&self) -> bool {
        self.client.has_sent()
    }

    /// The next update is one that nobody can see, so that the browser has compiled the module before a customer waits for it.
    #[wasm_bindgen(skip_typescript)]
    pub fn rehearse(&self) {
        self.client.rehearse();
    }

    /// Counts a failure that was met while there was no module.
    #[wasm_bindgen(skip_typescript)]
    pub fn note(&self, failure: &JsValue) {
        self.client.note(failure);
    }

    /// Counts a payment that was blocked before it reached the module.
    #[wasm_bindgen(js_name = noteBlocked, skip_typescript)]
    pub fn note_blocked(&self, reason: &str) {
        if let Some(reason) = BlockReason::ALL.into_iter().find(|known| known.name() == reason) {
            self.client.count_blocked(reason);
        }
    }

    /// The module before this one died, and these were the actions that it saw last.
    #[wasm_bindgen(skip_typescript)]
    pub fn doubt(&self, actions: Option<Actions>) {
        self.client.doubt(actions);
    }
}

/// What a call says besides the intent.
fn call_options(settings: Option<&JsValue>) -> CallOptions {
    let Some(settings) = settings else { return CallOptions::default() };
    let asked = arguments::times(settings, "asked");
    CallOptions {
        signal: arguments::there(settings, "signal"),
        session: arguments::session(settings),
        asked: asked.map(|[monotonic, wall]| Moment { monotonic, wall }),
    }
}

/// Which build this is: a loader compares it with its own, since a file that an upload or a cache left behind would run.
#[wasm_bindgen(skip_typescript)]
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
