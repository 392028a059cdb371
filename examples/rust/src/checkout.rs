//! The session, from the shop's server and Stripe.js, or without a key from its stand-in.

use checkout_updates::Actions;
use gloo_events::EventListener;
use gloo_net::http::Request;
use js_sys::{Function, Promise};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::{Closure, JsCast, JsValue, wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::HtmlScriptElement;

const STRIPE_JS: &str = "https://js.stripe.com/endive/stripe.js";

#[wasm_bindgen(raw_module = "/dist/testing.js")]
extern "C" {
    #[wasm_bindgen(js_name = createFakeStripe)]
    fn create_fake_stripe(options: &JsValue) -> Stripe;
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Stripe)]
    fn stripe(publishable_key: &str) -> Stripe;

    type Stripe;

    #[wasm_bindgen(method, js_name = initCheckoutElementsSdk)]
    fn init_checkout_elements_sdk(this: &Stripe, options: &JsValue) -> Sdk;

    type Sdk;

    #[wasm_bindgen(method, js_name = loadActions)]
    fn load_actions(this: &Sdk) -> Promise;

    #[wasm_bindgen(method)]
    fn on(this: &Sdk, event: &str, listener: &JsValue);

    #[wasm_bindgen(method, js_name = createPaymentElement)]
    fn create_payment_element(this: &Sdk) -> PaymentElement;

    type PaymentElement;

    #[wasm_bindgen(method)]
    fn mount(this: &PaymentElement, place: &str);

    /// What this page does with the actions besides updates.
    type Customer;

    #[wasm_bindgen(method, js_name = getSession)]
    fn get_session(this: &Customer) -> JsValue;

    #[wasm_bindgen(method, js_name = updateEmail)]
    fn update_email(this: &Customer, email: &str) -> Promise;

    #[wasm_bindgen(method)]
    fn confirm(this: &Customer, options: &JsValue) -> Promise;
}

/// A session as it is drawn.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct View {
    pub line_items: Vec<LineItem>,
    pub recurring: Option<Recurring>,
    pub total: Totals,
    pub can_confirm: bool,
    pub status: Status,
}

#[derive(Deserialize)]
pub struct LineItem {
    pub name: String,
    pub subtotal: Amount,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recurring {
    pub interval: String,
    pub due_next: Totals,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    pub subtotal: Amount,
    pub tax_exclusive: Amount,
    pub total: Amount,
}

#[derive(Deserialize)]
pub struct Amount {
    pub amount: String,
}

#[derive(Deserialize)]
pub struct Status {
    #[serde(rename = "type")]
    pub kind: String,
}

impl View {
    /// Whether the plan is the yearly one.
    pub fn is_yearly(&self) -> bool {
        self.recurring.as_ref().is_some_and(|plan| plan.interval == "year")
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    client_secret: String,
    publishable_key: Option<String>,
}

#[derive(Deserialize)]
struct Loaded {
    #[serde(with = "serde_wasm_bindgen::preserve")]
    actions: JsValue,
}

#[derive(Deserialize)]
struct Confirmed {
    error: Option<Said>,
}

#[derive(Deserialize)]
struct Said {
    message: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Secret<'a> {
    client_secret: &'a str,
}

#[derive(Serialize)]
struct Confirm {
    redirect: &'static str,
}

#[derive(Serialize)]
struct StandIn {
    #[serde(with = "serde_wasm_bindgen::preserve")]
    session: JsValue,
    #[serde(with = "serde_wasm_bindgen::preserve")]
    refresh: JsValue,
}

/// A checkout that Stripe.js, or its stand-in, has opened.
pub struct Checkout {
    sdk: Sdk,
    pub actions: Actions,
}

impl Checkout {
    /// Starts one on the server.
    pub async fn open() -> Result<Self, JsValue> {
        let created: Created = fetched(Request::post("/create-checkout-session").build()).await?;
        let stripe = match &created.publishable_key {
            Some(key) => real_stripe(key).await?,
            None => stand_in(&created.client_secret).await?,
        };
        let secret = Secret { client_secret: &created.client_secret };
        let sdk = stripe.init_checkout_elements_sdk(&serde_wasm_bindgen::to_value(&secret)?);
        let loaded: Loaded = serde_wasm_bindgen::from_value(JsFuture::from(sdk.load_actions()).await?)?;
        Ok(Self { sdk, actions: loaded.actions.unchecked_into() })
    }

    /// The session as it is now.
    pub fn view(&self) -> Option<View> {
        serde_wasm_bindgen::from_value(self.customer().get_session()).ok()
    }

    /// Calls the listener whenever the session has changed.
    pub fn on_change(&self, listener: &JsValue) {
        self.sdk.on("change", listener);
    }

    /// Shows Stripe's form.
    pub fn mount_payment(&self, place: &str) {
        self.sdk.create_payment_element().mount(place);
    }

    /// Says who pays.
    pub fn update_email(&self, email: &str) {
        drop(self.customer().update_email(email));
    }

    fn customer(&self) -> &Customer {
        self.actions.unchecked_ref()
    }
}

/// Pays.
pub fn confirm(actions: &Actions) -> Promise {
    let options = serde_wasm_bindgen::to_value(&Confirm { redirect: "if_required" });
    actions.unchecked_ref::<Customer>().confirm(&options.unwrap_or_default())
}

/// What the customer has to know of a payment that `confirm` has ended.
pub fn problem(result: JsValue) -> Option<String> {
    let confirmed: Confirmed = serde_wasm_bindgen::from_value(result).ok()?;
    confirmed.error.map(|error| error.message)
}

async fn fetched<T: for<'a> Deserialize<'a>>(request: Result<Request, gloo_net::Error>) -> Result<T, JsValue> {
    let failed = |error: gloo_net::Error| JsValue::from_str(&error.to_string());
    let response = request.map_err(failed)?.send().await.map_err(failed)?;
    if !response.ok() {
        return Err(response.status().into());
    }
    response.json().await.map_err(failed)
}

/// Stripe requires its script to come from its own origin. It is asked for only when there is a key to use it with.
async fn real_stripe(publishable_key: &str) -> Result<Stripe, JsValue> {
    let document = web_sys::window().and_then(|window| window.document()).ok_or(JsValue::NULL)?;
    let script: HtmlScriptElement = document.create_element("script")?.unchecked_into();
    script.set_src(STRIPE_JS);
    let loaded = Promise::new(&mut |resolve, reject| {
        EventListener::once(&script, "load", move |_| drop(resolve.call0(&JsValue::NULL))).forget();
        EventListener::once(&script, "error", move |_| drop(reject.call0(&JsValue::NULL))).forget();
    });
    document.head().ok_or(JsValue::NULL)?.append_child(&script)?;
    JsFuture::from(loaded).await?;
    Ok(stripe(publishable_key))
}

/// The sandbox's session in place of Stripe's, read from the shop's server.
async fn stand_in(client_secret: &str) -> Result<Stripe, JsValue> {
    let id = client_secret.split("_secret_").next().unwrap_or_default();
    let url = format!("/session?checkout_session_id={id}");
    let session = session_at(&url).await?;
    let refresh = Closure::<dyn Fn() -> Promise>::new(move || {
        let url = url.clone();
        future_to_promise(async move { session_at(&url).await })
    });
    let refresh: Function = refresh.into_js_value().unchecked_into();
    let options = StandIn { session, refresh: refresh.into() };
    Ok(create_fake_stripe(&serde_wasm_bindgen::to_value(&options)?))
}

async fn session_at(url: &str) -> Result<JsValue, JsValue> {
    let failed = |error: gloo_net::Error| JsValue::from_str(&error.to_string());
    let response = Request::get(url).send().await.map_err(failed)?;
    if !response.ok() {
        return Err(response.status().into());
    }
    js_sys::JSON::parse(&response.text().await.map_err(failed)?)
}
