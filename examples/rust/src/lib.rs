//! The subscription toggle as a page that is written in Rust, with no JavaScript of its own.

mod checkout;
mod page;

use std::rc::Rc;

use checkout_updates::{Endpoint, Options, Outcome, PayOutcome, Subscription, Updates};
use gloo_events::{EventListener, EventListenerOptions};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::{Closure, JsCast, JsValue, wasm_bindgen};
use wasm_bindgen_futures::spawn_local;

use checkout::{Checkout, View};
use page::Page;

/// How often the customer pays.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Plan {
    Monthly,
    Yearly,
}

/// What the customer can change on this page.
#[derive(Serialize, Deserialize)]
struct Interval {
    interval: Plan,
}

/// The checkout page, while it is open.
struct Shop {
    checkout: Checkout,
    updates: Updates,
    change: Endpoint<Interval>,
    page: Page,
}

/// Opens the checkout. Everything lives as long as the page.
#[wasm_bindgen(start)]
pub fn start() {
    spawn_local(async {
        let Ok(page) = Page::find() else { return };
        match open(page.clone()).await {
            Ok(()) => {}
            Err(_) => page.failed("The checkout could not be opened. Please reload the page."),
        }
    });
}

async fn open(page: Page) -> Result<(), JsValue> {
    let checkout = Checkout::open().await?;
    let change = Endpoint::new("/change-subscription-interval").one_of("interval", ["monthly", "yearly"]).latest();
    let updates = Updates::new(Options::new().endpoint("changeInterval", &change))
        .map_err(|error| JsValue::from_str(&error.to_string()))?;
    checkout.mount_payment("#payment-element");
    let shop = Rc::new(Shop { checkout, updates, change, page });
    shop.page.show();
    let drawing = Rc::clone(&shop);
    let listening: Subscription = shop.updates.subscribe(move || drawing.draw());
    std::mem::forget(listening);
    let drawing = Rc::clone(&shop);
    shop.checkout.on_change(&Closure::<dyn Fn()>::new(move || drawing.draw()).into_js_value());
    listen(&shop);
    // After a reload in the middle of an update, Pay stays locked until the session has been fetched again.
    let resuming = Rc::clone(&shop);
    spawn_local(async move {
        resuming.updates.resume(&resuming.checkout.actions).await;
    });
    shop.draw();
    Ok(())
}

/// Handles the customer's clicks and input.
fn listen(shop: &Rc<Shop>) {
    let of = Rc::clone(shop);
    EventListener::new(&shop.page.toggle, "click", move |_| {
        let shop = Rc::clone(&of);
        spawn_local(async move { shop.change().await });
    })
    .forget();
    let of = Rc::clone(shop);
    EventListener::new(&shop.page.email, "change", move |_| of.checkout.update_email(&of.page.email.value())).forget();
    let of = Rc::clone(shop);
    let submit = move |event: &web_sys::Event| {
        event.prevent_default();
        let shop = Rc::clone(&of);
        spawn_local(async move { shop.pay().await });
    };
    EventListener::new_with_options(&shop.page.form, "submit", EventListenerOptions::enable_prevent_default(), submit)
        .forget();
}

impl Shop {
    /// The plan that the customer has asked for, or else the plan of the session.
    fn plan(&self) -> Plan {
        let has =
            || if self.checkout.view().is_some_and(|view| view.is_yearly()) { Plan::Yearly } else { Plan::Monthly };
        self.updates.pending_intent(&self.change).map_or_else(has, |intent: Interval| intent.interval)
    }

    /// Switches to the other plan.
    async fn change(&self) {
        let interval = if self.plan() == Plan::Yearly { Plan::Monthly } else { Plan::Yearly };
        self.page.toggle_problem.set_text_content(None);
        let outcome = self.updates.run(&self.checkout.actions, &self.change, Interval { interval }).await;
        if let Outcome::Error { failure, .. } = outcome {
            self.page.toggle_problem.set_text_content(Some(&failure.message));
        }
        self.draw();
    }

    /// Pays. A total that the page has not shown is never charged.
    async fn pay(&self) {
        let ended = self.updates.pay(&self.checkout.actions, checkout::confirm, None).await;
        let problem = match ended {
            Ok(PayOutcome::Confirmed { result }) => checkout::problem(result),
            Ok(PayOutcome::Blocked { message, .. }) => Some(message),
            Err(_) => Some("Your payment could not be started. Please try again.".to_owned()),
        };
        self.page.problem.set_text_content(problem.as_deref());
        self.draw();
    }

    /// Why the customer cannot pay yet.
    fn reason(&self) -> Option<&'static str> {
        let shown = self.updates.snapshot();
        if shown.pending {
            Some("Updating your order…")
        } else if shown.paying {
            Some("Paying…")
        } else if shown.stale {
            Some("Checking your order with the shop…")
        } else if self.checkout.view().is_some_and(|view| view.can_confirm) {
            None
        } else {
            Some("Enter your e-mail address to pay.")
        }
    }

    /// Shows the order as the session has it.
    fn draw(&self) {
        let Some(view) = self.checkout.view() else { return };
        let View { line_items, recurring, total, .. } = &view;
        let page = &self.page;
        page.due.set_text_content(Some(&total.total.amount));
        let terms = recurring.as_ref().map(|plan| {
            let (amount, interval) = (&plan.due_next.total.amount, &plan.interval);
            format!("then {amount} per {interval}")
        });
        page.terms.set_text_content(terms.as_deref());
        if let Some(item) = line_items.first() {
            page.tile.set_text_content(item.name.get(..1));
            page.item_name.set_text_content(Some(&item.name));
            page.item_amount.set_text_content(Some(&item.subtotal.amount));
        }
        page.subtotal.set_text_content(Some(&total.subtotal.amount));
        page.tax.set_text_content(Some(&total.tax_exclusive.amount));
        page.total.set_text_content(Some(&total.total.amount));
        page::set(&page.toggle, "aria-checked", self.plan() == Plan::Yearly);
        page::set(&page.toggle, "aria-busy", self.updates.is_pending(&self.change));
        if view.status.kind == "complete" {
            page.paid("Thank you. Your order is confirmed.");
            return;
        }
        let reason = self.reason();
        page.submit.set_text_content(Some(&format!("Pay {}", total.total.amount)));
        page.submit.unchecked_ref::<web_sys::HtmlButtonElement>().set_disabled(reason.is_some());
        page.hint.set_text_content(reason);
    }
}
