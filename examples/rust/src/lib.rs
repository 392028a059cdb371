//! The subscription toggle as a page that is written in Rust, with no JavaScript of its own.

mod checkout;
mod page;

use std::rc::Rc;

use checkout_updates::intent::{Field, Rule};
use checkout_updates::{Endpoint, Options, Outcome, Subscription, Updates};
use gloo_events::{EventListener, EventListenerOptions};
use serde::Serialize;
use wasm_bindgen::prelude::{Closure, JsCast, JsValue, wasm_bindgen};
use wasm_bindgen_futures::spawn_local;

use checkout::{Checkout, View};
use page::Page;

/// The one thing that the customer may change here.
#[derive(Serialize)]
struct Interval {
    interval: &'static str,
}

/// The checkout page, while it is open.
struct Shop {
    checkout: Checkout,
    updates: Updates,
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
    let interval = Rule::OneOf(vec!["monthly".into(), "yearly".into()]);
    let toggle = Endpoint::new("/change-subscription-interval").field(Field::new("interval", interval));
    let updates = Updates::new(Options::new().endpoint("changeInterval", toggle))?;
    checkout.mount_payment("#payment-element");
    let shop = Rc::new(Shop { checkout, updates, page });
    shop.page.show();
    shop.draw();
    let drawing = Rc::clone(&shop);
    let listening: Subscription = shop.updates.subscribe(move || drawing.draw());
    std::mem::forget(listening);
    let drawing = Rc::clone(&shop);
    shop.checkout.on_change(&Closure::<dyn Fn()>::new(move || drawing.draw()).into_js_value());
    listen(&shop);
    Ok(())
}

/// Does what the customer asks for.
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
    /// Monthly or yearly: the other than the session has.
    async fn change(&self) {
        if self.updates.is_pending(None) {
            return;
        }
        let interval = if self.checkout.view().is_some_and(|view| view.is_yearly()) { "monthly" } else { "yearly" };
        self.page.toggle_problem.set_text_content(None);
        let outcome = self.updates.run(&self.checkout.actions, "changeInterval", &Interval { interval }).await;
        if let Ok(Outcome::Error { failure, .. }) = outcome {
            self.page.toggle_problem.set_text_content(Some(&failure.message));
        }
        self.draw();
    }

    async fn pay(&self) {
        if self.reason().is_none() {
            self.page.problem.set_text_content(self.checkout.confirm().await.as_deref());
            self.draw();
        }
    }

    /// Why the customer cannot pay yet.
    fn reason(&self) -> Option<&'static str> {
        if self.updates.is_pending(None) {
            Some("Updating your order…")
        } else if self.updates.is_stale() {
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
        let label = if view.is_yearly() { "Use monthly subscription" } else { "Save with a yearly subscription" };
        page.toggle_label.set_text_content(Some(label));
        page::set(&page.toggle, "aria-checked", view.is_yearly());
        page::set(&page.toggle, "aria-busy", self.updates.is_pending(None));
        if view.status.kind == "complete" {
            page.failed("Thank you. Your order is confirmed.");
            return;
        }
        let reason = self.reason();
        page.submit.set_text_content(Some(&format!("Pay {}", total.total.amount)));
        page.submit.unchecked_ref::<web_sys::HtmlButtonElement>().set_disabled(reason.is_some());
        page.hint.set_text_content(reason);
    }
}
