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
    /// Creates the updates of a page.
    ///
    /// # Errors
    ///
    /// [`OptionsError`] names the wrong option.
    pub fn new(options: Options) -> Result<Self, OptionsError> {
        let (config, endpoints) = options.into_config()?;
        Ok(Self { client: Client::new(config), endpoints: endpoints.into() })
    }

    /// Returns a function for `runServerUpdate`. The intent is read now, and the session ID when the function is
    /// called. If the intent breaks its rules, the function rejects.
    pub fn request<I: Serialize>(&self, endpoint: &Endpoint<I>, intent: I) -> UpdateFunction {
        if let Some(spec) = self.spec(endpoint, &intent) {
            return self.update_function(spec);
        }
        let spec = UpdateSpec::new(0, Source::Request(RawIntent::default(), JsValue::UNDEFINED));
        UpdateFunction { function: self.client.foreign_function(&spec), spec, is_foreign: true }
    }

    /// Adds the package's deadline and records to a request that the page makes itself. `function` receives an
    /// `AbortSignal`.
    pub fn wrap(&self, name: &str, function: impl Fn(web_sys::AbortSignal) -> Promise + 'static) -> UpdateFunction {
        let function =
            Closure::<dyn Fn(JsValue) -> Promise>::new(move |signal: JsValue| function(signal.unchecked_into()));
        self.update_function(self.client.wrap(name, function.into_js_value().unchecked_into()))
    }

    fn update_function(&self, spec: Rc<UpdateSpec>) -> UpdateFunction {
        UpdateFunction { function: self.client.function(Rc::clone(&spec)), spec, is_foreign: false }
    }

    /// Waits for its turn, runs the update, refreshes the session if in doubt, and returns one outcome. An endpoint
    /// that was not declared in the options fails as `invalid_intent`. Dropping the future does not cancel the update.
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

    /// Makes Stripe.js fetch the session again.
    ///
    /// # Errors
    ///
    /// The failure, if Stripe.js could not fetch it.
    pub async fn refresh(&self, actions: &Actions) -> Result<Session, Rc<Failure>> {
        answered(|tell| self.client.refresh(actions.clone(), tell)).await
    }

    /// Calls `confirm` once, when no update is pending and the page shows the server's total. If that is already so, it
    /// does this in the same task. It never pays a total that the page has not shown.
    ///
    /// # Errors
    ///
    /// The value that `confirm` rejected with.
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

    /// Keeps updates from starting while a wallet's sheet is open, until the hold is dropped. Returns `None` if
    /// something is pending, stale, held or being paid.
    #[must_use]
    pub fn hold(&self) -> Option<Hold> {
        self.client.hold().map(|id| Hold { client: Rc::downgrade(&self.client), id })
    }

    /// Handles a reload in the middle of an update: makes the page stale until the session has been fetched again, and
    /// waits for that. Returns whether the page is still stale.
    pub async fn resume(&self, actions: &Actions) -> bool {
        answered(|tell| self.client.resume(actions.clone(), tell)).await
    }

    /// Cancels the waiting updates.
    pub fn cancel(&self) {
        self.client.cancel(None);
    }

    /// Cancels the waiting updates of an endpoint.
    pub fn cancel_of<I>(&self, endpoint: &Endpoint<I>) {
        if let Some(position) = self.position(endpoint) {
            self.client.cancel(Some(position));
        }
    }

    /// Aborts everything and removes the listeners. You can use the object again afterwards.
    pub fn dispose(&self) {
        self.client.dispose();
    }

    /// Returns the intent of the endpoint's newest update that has not settled. Draw it meanwhile.
    #[must_use]
    pub fn pending_intent<I: DeserializeOwned>(&self, endpoint: &Endpoint<I>) -> Option<I> {
        self.pending_intent_of(endpoint, &())
    }

    /// Like [`pending_intent`](Self::pending_intent), for an update with these values.
    pub fn pending_intent_of<I: DeserializeOwned>(&self, endpoint: &Endpoint<I>, values: &impl Serialize) -> Option<I> {
        let position = self.position(endpoint)?;
        let intent = self.client.pending_intent(position, &self.raw(position, values))?;
        let fields = self.client.fields(position)?;
        from_value(Value::Record(fields.iter().map(|field| field.name.clone()).zip(intent).collect()))
    }

    /// Returns whether an update of the endpoint has not settled.
    #[must_use]
    pub fn is_pending<I>(&self, endpoint: &Endpoint<I>) -> bool {
        self.position(endpoint).is_some_and(|position| self.client.is_pending(position))
    }

    /// Returns whether an update of the endpoint with these values has not settled.
    pub fn is_pending_of<I>(&self, endpoint: &Endpoint<I>, values: &impl Serialize) -> bool {
        let position = self.position(endpoint);
        position.is_some_and(|position| self.client.pending_intent(position, &self.raw(position, values)).is_some())
    }

    /// Returns whether the page may show a total that differs from the server's.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.snapshot().stale
    }

    /// Returns the state of all updates together.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.client.snapshot()
    }

    /// Waits until no update is pending. Returns whether the page is then stale.
    pub async fn settled(&self) -> bool {
        answered(|tell| self.client.when_idle(tell)).await
    }

    /// Calls the listener after each change of the snapshot.
    pub fn subscribe(&self, listener: impl Fn() + 'static) -> Subscription {
        let number = self.client.subscribe(Rc::new(listener));
        Subscription { client: Rc::downgrade(&self.client), number }
    }

    /// Returns the counts of each endpoint and the last 50 failures.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        self.client.metrics()
    }

    /// Sends new counts to this URL whenever the page is hidden. `sample_rate` is the share of pages that do, 0 to 1.
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
