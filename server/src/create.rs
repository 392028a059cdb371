//! `/create-checkout-session`: a new session for a visitor, with a plan or with goods in it.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ORIGIN, RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderValue, Response};
use checkout_updates::intent::{Field, Intent, Rule, Value};
use serde_json::json;
use tokio::time::Instant;
use tracing::Instrument;

use crate::address;
use crate::answer::{Answer, json_response};
use crate::app::App;
use crate::body;
use crate::cart::{Cart, PRODUCT_NOTE};
use crate::catalogue::{COUNTRIES, Interval, PLAN, STOCKED};
use crate::holds;
use crate::plan::{CART_NOTE, SPEED_NOTE, VISITOR_NOTE, stocked};
use crate::rules::shipping::{self, Speed};
use crate::secret::random_id;
use crate::store::{Held, Holder, in_time};
use crate::stripe::Form;
use crate::stripe::types::{FORM, Session};
use crate::visitor::Visitor;

const SUBSCRIPTION: &str = "subscription";
const GOODS: &str = "goods";
const ELEMENTS: &str = "elements";
/// How the page shows the session, the first unless asked.
const UI_MODES: [&str; 2] = [ELEMENTS, FORM];
/// Who sets the shipping address, the first unless asked.
const ADDRESS_BY: [&str; 2] = ["client", "server"];

const LONGEST_BODY: usize = 4 * 1024;

/// What to start with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Subscription,
    Goods {
        /// Whether the address is the server's alone to set, at `/calculate-shipping-options`.
        server_only: bool,
        /// For Stripe's Form in place of Elements.
        form: bool,
    },
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Subscription => SUBSCRIPTION,
            Self::Goods { .. } => GOODS,
        }
    }
}

/// The request. Its body may be empty, `{}`, `{"cart":"goods"}`, and with goods `"address_by":"server"` or
/// `"ui_mode":"form"`, not both: in the Form the customer enters the address.
pub async fn handle(State(app): State<Arc<App>>, request: Request) -> Response<Body> {
    // Not given up when the page goes away: a hold must end up with its session.
    let tasks = app.tasks.clone();
    let task = tasks.spawn(async move { create(&app, request).await }.in_current_span());
    match task.await {
        Ok(Ok(response)) => response,
        Ok(Err(answer)) => answer.into_response(),
        Err(_) => Answer::BROKEN.into_response(),
    }
}

async fn create(app: &App, request: Request) -> Result<Response<Body>, Answer> {
    let address = address::of(&request, app.address_header.as_ref());
    if let Err(wait) = app.bounds.create(&address) {
        tracing::warn!("an address creates too many sessions");
        let mut response = Answer::BUSY.into_response();
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.as_secs() + 1));
        return Ok(response);
    }
    let (parts, body) = request.into_parts();
    let body = body::read(body, LONGEST_BODY).await?;
    if !body.is_empty() && !body::is_json(&parts.headers) {
        return Err(Answer::NOT_JSON);
    }
    let kind = read_kind(&body).ok_or(Answer::BAD_REQUEST)?;
    let visitor = match app.visitor(&parts.headers) {
        Some(visitor) => visitor,
        None => Visitor::new().map_err(|_| Answer::NOT_NOW)?,
    };
    let deadline = app.deadline();
    if kind != Kind::Subscription {
        holds::release_earlier(app, &visitor.0, deadline).await;
    }
    let origin = parts.headers.get(ORIGIN).and_then(|origin| origin.to_str().ok()).unwrap_or_default();
    let holder = Holder { visitor: visitor.0.clone(), address };
    let session = start(app, kind, &holder, origin, deadline).await?;
    let body = json!({ "clientSecret": session.client_secret, "publishableKey": app.publishable_key });
    let mut response = json_response(200, &body);
    if let Some(cookie) = visitor.cookie(&app.key, app.origin.is_secure()) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    Ok(response)
}

fn read_kind(body: &[u8]) -> Option<Kind> {
    if body.is_empty() {
        return Some(Kind::Subscription);
    }
    let Value::Record(members) = serde_json::from_slice(body).ok()? else { return None };
    let one_of =
        |name: &str, words: [&str; 2]| Field::new(name, Rule::OneOf(words.map(str::to_owned).to_vec())).optional();
    let fields = [one_of("cart", [SUBSCRIPTION, GOODS]), one_of("address_by", ADDRESS_BY), one_of("ui_mode", UI_MODES)];
    let intent = Intent::check_named(&fields, members).ok()?;
    let server_only = intent.get("address_by").as_str() == Some("server");
    let is_goods = intent.get("cart").as_str() == Some(GOODS);
    let form = intent.get("ui_mode").as_str() == Some(FORM);
    match (is_goods, server_only, form) {
        (false, _, true) | (true, true, true) => None,
        (true, server_only, form) => Some(Kind::Goods { server_only, form }),
        (false, _, false) => Some(Kind::Subscription),
    }
}

/// Holds the stock first, under a name of its own, so that no session is made for what is sold out.
async fn start(app: &App, kind: Kind, holder: &Holder, origin: &str, deadline: Instant) -> Result<Session, Answer> {
    let mut cart = Cart::empty();
    if let Some(product) = app.catalogue.product(STOCKED).filter(|_| kind != Kind::Subscription) {
        cart.add(product);
    }
    let name = random_id().map_err(|_| Answer::NOT_NOW)?;
    for (product, quantity) in stocked(app, &cart) {
        if quantity == 0 {
            continue;
        }
        match in_time(deadline, app.store.hold(&name, &product, quantity, holder, app.terms())).await {
            Ok(Held::Yes) => {}
            Ok(Held::TooMany) => {
                app.metrics.sold_out();
                return Err(Answer::TOO_MANY_HELD);
            }
            Ok(Held::Short { .. } | Held::Over | Held::TooManyUpdates) => {
                app.metrics.sold_out();
                return Err(Answer::refused("This is sold out at the moment."));
            }
            Err(error) => {
                tracing::error!(%error, "store");
                return Err(Answer::NOT_NOW);
            }
        }
    }
    let form = form(app, kind, &holder.visitor, origin, &cart);
    let reply = app.stripe.post("create", "/v1/checkout/sessions", form.encode(), &name, deadline).await;
    let session = reply.and_then(|reply| reply.read::<Session>());
    let kept = match &session {
        Ok(session) => app.store.open(&session.id, &holder.visitor, &name, app.clock.now()),
        // In doubt, too: nobody has the secret of a session that may have been made, so nobody can pay for it.
        Err(_) => app.store.settle(&name, Vec::new()),
    };
    if let Err(error) = in_time(app.last_words(deadline), kept).await {
        tracing::error!(%error, "store");
        // Nobody could change the session if it was not written down whose it is.
        if session.is_ok() {
            return Err(Answer::UPSTREAM);
        }
    }
    session.map_err(|error| match error.status() {
        Some(429) => Answer::BUSY,
        _ if error.nothing_changed() => Answer::NOT_NOW,
        _ => Answer::UPSTREAM,
    })
}

fn form(app: &App, kind: Kind, visitor: &str, origin: &str, cart: &Cart) -> Form {
    let mut form = Form::new();
    let is_form = matches!(kind, Kind::Goods { form: true, .. });
    form.add("ui_mode", if is_form { FORM } else { ELEMENTS });
    let page = if is_form { "form/".to_owned() } else { format!("?cart={}", kind.word()) };
    form.add("return_url", format!("{origin}/{page}"));
    form.add(format!("metadata[{VISITOR_NOTE}]"), visitor);
    form.add(format!("metadata[{CART_NOTE}]"), kind.word());
    if app.stripe_tax {
        form.add("automatic_tax[enabled]", true);
    }
    match kind {
        Kind::Subscription => {
            form.add("mode", "subscription");
            form.add("line_items[0][price]", &app.catalogue.plan(Interval::Monthly).price);
            form.add("line_items[0][quantity]", 1);
            form.add(format!("line_items[0][metadata][{PRODUCT_NOTE}]"), PLAN);
        }
        Kind::Goods { server_only, .. } => {
            form.add("mode", "payment");
            form.add("allow_promotion_codes", true);
            if server_only {
                form.add("permissions[update_shipping_details]", "server_only");
            }
            cart.transmit(&mut form);
            form.add(format!("metadata[{SPEED_NOTE}]"), Speed::Standard.word());
            shipping::transmit(&shipping::offers(None, cart.subtotal(), Speed::Standard), &mut form);
            for (position, country) in COUNTRIES.iter().enumerate() {
                form.add(format!("shipping_address_collection[allowed_countries][{position}]"), country.code);
            }
        }
    }
    form
}
