//! The updates of a page: calls, turned into those of the client.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

use js_sys::Promise;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::{Closure, JsCast, JsValue};

use super::endpoint::Endpoint;
use super::handles::{Hold, Subscription, UpdateFunction};
use super::options::{Options, RunOptions};
use crate::browser::{
    Actions, CallOptions, Client, Failure, Metrics, Outcome, PayOptions, PayOutcome, Session, Snapshot, Source,
    UpdateSpec,
};
use crate::declaration::OptionsError;
use crate::intent::Value;
use crate::intent::typed::{from_value, to_value};
use crate::payload::RawIntent;

/// The updates of a checkout page. A clone is the same object.
///
/// ```no_run
/// use checkout_updates::{Endpoint, Options, Updates};
///
/// # fn example() -> Result<(), checkout_updates::OptionsError> {
/// let remove_gift = Endpoint::<()>::new("/remove-gift");
/// let updates = Updates::new(Options::new().endpoint("removeGift", &remove_gift))?;
/// // The shape of Stripe's docs: a zero-argument function that returns a promise.
/// let update = updates.request(&remove_gift, ());
/// let pay_is_locked = updates.snapshot().pending || updates.snapshot().stale;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Updates {
    client: Rc<Client>,
    endpoints: Rc<[Rc<()>]>,
}

impl Updates {
    /// The updates of a page with these options.
    ///
    /// # Errors
    ///
    /// [`OptionsError`] names the option that is wrong.
    pub fn new(options: Options) -> Result<Self, OptionsError> {
        let (config, endpoints) = options.into_config()?;
        Ok(Self { client: Client::new(config), endpoints: endpoints.into() })
    }

    /// A function for `runServerUpdate`. The intent is read now, the session id when the function is called. An intent
    /// outside its rules makes the function reject.
    pub fn request<I: Serialize>(&self, endpoint: &Endpoint<I>, intent: I) -> UpdateFunction {
        if let Some(spec) = self.spec(endpoint, &intent) {
            return self.update_function(spec);
        }
        let spec = UpdateSpec::new(0, Source::Request(RawIntent::default(), JsValue::UNDEFINED));
        UpdateFunction { function: self.client.foreign_function(&spec), spec, is_foreign: true }
    }

    /// Gives a request that the page makes itself the same deadline and record. `function` is given an `AbortSignal`.
    pub fn wrap(&self, name: &str, function: impl Fn(web_sys::AbortSignal) -> Promise + 'static) -> UpdateFunction {
        let function =
            Closure::<dyn Fn(JsValue) -> Promise>::new(move |signal: JsValue| function(signal.unchecked_into()));
        self.update_function(self.client.wrap(name, function.into_js_value().unchecked_into()))
    }

    fn update_function(&self, spec: Rc<UpdateSpec>) -> UpdateFunction {
        UpdateFunction { function: self.client.function(Rc::clone(&spec)), spec, is_foreign: false }
    }

    /// Waits for its turn, runs, refreshes where in doubt, and returns one answer. An endpoint of other updates is
    /// `invalid_intent`. Dropping the future changes nothing: the customer did ask for it.
    pub async fn run<I: Serialize>(&self, actions: &Actions, endpoint: &Endpoint<I>, intent: I) -> Outcome {
        self.run_with(actions, endpoint, intent, RunOptions::default()).await
    }

    /// [`run`](Self::run) with options.
    pub async fn run_with<I: Serialize>(
        &self,
        actions: &Actions,
        endpoint: &Endpoint<I>,
        intent: I,
        options: RunOptions,
    ) -> Outcome {
        self.outcome(actions, self.spec(endpoint, &intent), options).await
    }

    /// [`run`](Self::run) of a function of [`request`](Self::request) or [`wrap`](Self::wrap).
    pub async fn run_function(&self, actions: &Actions, update: &UpdateFunction, options: RunOptions) -> Outcome {
        let spec = Some(&update.spec).filter(|_| !update.is_foreign).cloned();
        self.outcome(actions, spec, options).await
    }

    async fn outcome(&self, actions: &Actions, spec: Option<Rc<UpdateSpec>>, options: RunOptions) -> Outcome {
        let Some(spec) = spec else {
            return Outcome::Error { failure: self.client.foreign(), session: None };
        };
        let RunOptions { signal, session } = options;
        let options =
            CallOptions { signal: signal.map(Into::into), session: session.map(|id| Ok(Value::Text(id))), asked: None };
        answered(|tell| self.client.run(actions.clone(), &spec, options, tell)).await
    }

    /// What is asked for; `None` for an endpoint of other updates.
    fn spec<I: Serialize>(&self, endpoint: &Endpoint<I>, intent: &I) -> Option<Rc<UpdateSpec>> {
        let position = self.position(endpoint)?;
        let raw = self.raw(position, intent);
        Some(UpdateSpec::new(position, Source::Request(raw, JsValue::UNDEFINED)))
    }

    fn raw(&self, position: usize, intent: &impl Serialize) -> RawIntent {
        let fields = self.client.fields(position).unwrap_or_default();
        RawIntent::named(&fields, to_value(intent))
    }

    fn position<I>(&self, endpoint: &Endpoint<I>) -> Option<usize> {
        self.endpoints.iter().position(|known| Rc::ptr_eq(known, &endpoint.identity))
    }

    /// Lets Stripe.js fetch the session again.
    ///
    /// # Errors
    ///
    /// Why it could not.
    pub async fn refresh(&self, actions: &Actions) -> Result<Session, Rc<Failure>> {
        answered(|tell| self.client.refresh(actions.clone(), tell)).await
    }

    /// Calls `confirm` once nothing is in the way, in the same task where that is so already: never with a total that the
    /// page has not shown, never twice, never while an update runs.
    ///
    /// # Errors
    ///
    /// What `confirm` rejected with.
    pub async fn pay(
        &self,
        actions: &Actions,
        confirm: impl FnOnce(&Actions) -> Promise + 'static,
        signal: Option<web_sys::AbortSignal>,
    ) -> Result<PayOutcome, JsValue> {
        let options = PayOptions { signal: signal.map(Into::into), ..PayOptions::default() };
        let confirm = Box::new(move |actions: &Actions| Ok(confirm(actions).into()));
        answered(|tell| self.client.pay(actions.clone(), confirm, options, tell)).await
    }

    /// Keeps updates from starting until it is dropped, while a wallet's sheet is open; `None` where something is pending,
    /// stale, held or being paid.
    #[must_use]
    pub fn hold(&self) -> Option<Hold> {
        self.client.hold().map(|id| Hold { client: Rc::downgrade(&self.client), id })
    }

    /// Makes the page stale where a reload has left something of this session under way, and waits until that is over.
    /// Returns whether the page is stale then.
    pub async fn resume(&self, actions: &Actions) -> bool {
        answered(|tell| self.client.resume(actions.clone(), tell)).await
    }

    /// Drops what is waiting.
    pub fn cancel(&self) {
        self.client.cancel(None);
    }

    /// Drops what is waiting of an endpoint.
    pub fn cancel_of<I>(&self, endpoint: &Endpoint<I>) {
        if let Some(position) = self.position(endpoint) {
            self.client.cancel(Some(position));
        }
    }

    /// Aborts everything and lets go of listeners. A later call starts afresh.
    pub fn dispose(&self) {
        self.client.dispose();
    }

    /// The intent of the newest update of an endpoint that has not settled: what to draw meanwhile.
    #[must_use]
    pub fn pending_intent<I: DeserializeOwned>(&self, endpoint: &Endpoint<I>) -> Option<I> {
        self.pending_intent_of(endpoint, &())
    }

    /// The same of an update that has these values.
    pub fn pending_intent_of<I: DeserializeOwned>(&self, endpoint: &Endpoint<I>, values: &impl Serialize) -> Option<I> {
        let position = self.position(endpoint)?;
        let intent = self.client.pending_intent(position, &self.raw(position, values))?;
        let fields = self.client.fields(position)?;
        from_value(Value::Record(fields.iter().map(|field| field.name.clone()).zip(intent).collect()))
    }

    /// Whether an update of an endpoint has not settled.
    #[must_use]
    pub fn is_pending<I>(&self, endpoint: &Endpoint<I>) -> bool {
        self.position(endpoint).is_some_and(|position| self.client.is_pending(position))
    }

    /// Whether an update of an endpoint that has these values has not settled.
    pub fn is_pending_of<I>(&self, endpoint: &Endpoint<I>, values: &impl Serialize) -> bool {
        let position = self.position(endpoint);
        position.is_some_and(|position| self.client.pending_intent(position, &self.raw(position, values)).is_some())
    }

    /// Whether the page may be showing totals that the server no longer has.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.snapshot().stale
    }

    /// What the page is shown.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.client.snapshot()
    }

    /// Waits until nothing is pending. Returns whether the page is stale then.
    pub async fn settled(&self) -> bool {
        answered(|tell| self.client.when_idle(tell)).await
    }

    /// Calls the listener after each change of the snapshot.
    pub fn subscribe(&self, listener: impl Fn() + 'static) -> Subscription {
        let number = self.client.subscribe(Rc::new(listener));
        Subscription { client: Rc::downgrade(&self.client), number }
    }

    /// What was counted, by endpoint, and the last 50 failures.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        self.client.metrics()
    }

    /// Sends what is new to this place whenever the page is hidden, for a share of the pages from 0 to 1.
    pub fn report_to(&self, url: &str, sample_rate: f64) {
        self.client.report_to(url, sample_rate);
    }
}

/// Waits for what a callback is called with.
async fn answered<T: 'static>(begin: impl FnOnce(Box<dyn FnOnce(T)>)) -> T {
    let shared: Rc<RefCell<(Option<T>, Option<Waker>)>> = Rc::new(RefCell::new((None, None)));
    let telling = Rc::clone(&shared);
    begin(Box::new(move |answer| {
        let waker = {
            let mut shared = telling.borrow_mut();
            shared.0 = Some(answer);
            shared.1.take()
        };
        waker.into_iter().for_each(Waker::wake);
    }));
    poll_fn(|context| {
        let mut shared = shared.borrow_mut();
        match shared.0.take() {
            Some(answer) => Poll::Ready(answer),
            None => {
                shared.1 = Some(context.waker().clone());
                Poll::Pending
            }
        }
    })
    .await
}
