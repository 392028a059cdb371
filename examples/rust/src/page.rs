//! The elements of index.html.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, HtmlInputElement};

/// The elements that the page draws into.
#[derive(Clone)]
pub struct Page {
    loading: Element,
    order: Element,
    pay: Element,
    due_label: Element,
    pub due: Element,
    pub terms: Element,
    pub tile: Element,
    pub item_name: Element,
    pub item_amount: Element,
    pub subtotal: Element,
    pub tax: Element,
    pub total: Element,
    pub toggle: Element,
    pub toggle_problem: Element,
    pub form: Element,
    pub email: HtmlInputElement,
    pub submit: Element,
    pub hint: Element,
    pub problem: Element,
}

impl Page {
    /// Finds the elements. The error is the ID of a missing one.
    pub fn find() -> Result<Self, JsValue> {
        let document = web_sys::window().and_then(|window| window.document()).ok_or(JsValue::NULL)?;
        let by = |id: &str| find(&document, id);
        Ok(Self {
            loading: by("loading")?,
            order: by("order")?,
            pay: by("pay")?,
            due_label: by("due-label")?,
            due: by("due")?,
            terms: by("terms")?,
            tile: by("tile")?,
            item_name: by("item-name")?,
            item_amount: by("item-amount")?,
            subtotal: by("subtotal")?,
            tax: by("tax")?,
            total: by("total")?,
            toggle: by("toggle")?,
            toggle_problem: by("toggle-problem")?,
            form: by("form")?,
            email: by("email")?.dyn_into().map_err(JsValue::from)?,
            submit: by("submit")?,
            hint: by("hint")?,
            problem: by("problem")?,
        })
    }

    /// Shows the order in place of the loading text.
    pub fn show(&self) {
        set_hidden(&self.loading, true);
        set_hidden(&self.order, false);
        set_hidden(&self.pay, false);
    }

    /// Shows one sentence in place of what the customer fills in. The order stays.
    pub fn paid(&self, text: &str) {
        self.loading.set_text_content(Some(text));
        self.due_label.set_text_content(Some("Paid"));
        self.order.set_class_name("order paid-for");
        set_hidden(&self.loading, false);
        set_hidden(&self.pay, true);
    }

    /// Shows one sentence in place of the order.
    pub fn failed(&self, text: &str) {
        self.loading.set_text_content(Some(text));
        set_hidden(&self.loading, false);
        set_hidden(&self.order, true);
        set_hidden(&self.pay, true);
    }
}

fn find(document: &Document, id: &str) -> Result<Element, JsValue> {
    document.get_element_by_id(id).ok_or_else(|| id.into())
}

fn set_hidden(element: &Element, hidden: bool) {
    let _ = if hidden { element.set_attribute("hidden", "") } else { element.remove_attribute("hidden") };
}

/// Sets an attribute that is true or false.
pub fn set(element: &Element, name: &str, value: bool) {
    let _ = element.set_attribute(name, if value { "true" } else { "false" });
}
