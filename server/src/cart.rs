//! The line items of a session, to be changed and then sent back **whole**: what is left out would be removed.

use crate::catalogue::{CURRENCY, Catalogue, PLAN, PlanPrice, Product};
use crate::stripe::Form;
use crate::stripe::types::LineItem;

/// The note on a line item that says which product it is.
pub const PRODUCT_NOTE: &str = "product";

/// Line items in their order, with what shall change.
#[derive(Clone, Debug)]
pub struct Cart {
    lines: Vec<Line>,
    removed: bool,
    moved: bool,
    /// `None` where taxes are not this server's business.
    tax_rates: Option<Vec<String>>,
}

#[derive(Clone, Debug)]
enum Line {
    Kept(Kept),
    Added { product: Product, quantity: u32 },
}

#[derive(Clone, Debug)]
struct Kept {
    id: String,
    product: Option<String>,
    price: String,
    quantity: u32,
    subtotal: i64,
    tax_rates: Vec<String>,
    new_price: Option<PlanPrice>,
    new_quantity: Option<u32>,
}

impl Kept {
    fn subtotal(&self) -> i64 {
        let quantity = i64::from(self.new_quantity.unwrap_or(self.quantity));
        match &self.new_price {
            Some(price) => price.amount * quantity,
            None if self.new_quantity.is_none() || self.quantity == 0 => self.subtotal,
            None => self.subtotal / i64::from(self.quantity) * quantity,
        }
    }
}

impl Line {
    fn product(&self) -> Option<&str> {
        match self {
            Self::Kept(kept) => kept.product.as_deref(),
            Self::Added { product, .. } => Some(product.id),
        }
    }

    fn quantity(&self) -> u32 {
        match self {
            Self::Kept(kept) => kept.new_quantity.unwrap_or(kept.quantity),
            Self::Added { quantity, .. } => *quantity,
        }
    }

    fn subtotal(&self) -> i64 {
        match self {
            Self::Kept(kept) => kept.subtotal(),
            Self::Added { product, quantity } => product.amount * i64::from(*quantity),
        }
    }
}

impl Cart {
    /// The cart as Stripe has it.
    #[must_use]
    pub fn of(items: &[LineItem], catalogue: &Catalogue) -> Self {
        let lines = items.iter().map(|item| {
            let price = item.price.as_ref().map(|price| price.id.clone()).unwrap_or_default();
            let noted = item.metadata.as_ref().and_then(|notes| notes.get(PRODUCT_NOTE)).cloned();
            Line::Kept(Kept {
                id: item.id.clone(),
                product: noted.or_else(|| catalogue.of_price(&price).map(str::to_owned)),
                price,
                quantity: item.quantity.unwrap_or(1),
                subtotal: item.amount_subtotal,
                tax_rates: item.taxes.iter().map(|tax| tax.rate.id.clone()).collect(),
                new_price: None,
                new_quantity: None,
            })
        });
        Self { lines: lines.collect(), removed: false, moved: false, tax_rates: None }
    }

    /// An empty cart, for a session that is yet to be created.
    #[must_use]
    pub fn empty() -> Self {
        Self { lines: Vec::new(), removed: false, moved: false, tax_rates: None }
    }

    /// Before discounts, taxes and shipping, in minor units.
    #[must_use]
    pub fn subtotal(&self) -> i64 {
        self.lines.iter().map(Line::subtotal).sum()
    }

    /// How many of a product are in it.
    #[must_use]
    pub fn quantity_of(&self, product: &str) -> u32 {
        self.lines.iter().filter(|line| line.product() == Some(product)).map(Line::quantity).sum()
    }

    /// How many lines there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Gives the plan another price. Says whether there is a plan.
    pub fn swap_plan(&mut self, price: &PlanPrice) -> bool {
        let mut found = false;
        for line in &mut self.lines {
            if let Line::Kept(kept) = line
                && kept.product.as_deref() == Some(PLAN)
            {
                kept.new_price = (kept.price != price.price).then(|| price.clone());
                found = true;
            }
        }
        found
    }

    /// Adds one of a product, unless it is there already: saying it twice is harmless.
    pub fn add(&mut self, product: &Product) {
        if self.quantity_of(product.id) == 0 {
            self.lines.push(Line::Added { product: product.clone(), quantity: 1 });
        }
    }

    /// Removes a product. Harmless when it is not there.
    pub fn remove(&mut self, product: &str) {
        let before = self.lines.len();
        self.lines.retain(|line| line.product() != Some(product));
        self.removed |= self.lines.len() < before;
    }

    /// Which product a line item is, for an id that the page sent.
    #[must_use]
    pub fn product_of(&self, line_item: &str) -> Option<&str> {
        self.lines.iter().find_map(|line| match line {
            Line::Kept(kept) if kept.id == line_item => kept.product.as_deref(),
            _ => None,
        })
    }

    /// Sets how many of a line item there are; 0 removes it.
    pub fn set_quantity(&mut self, line_item: &str, quantity: u32) {
        let is_meant = |line: &Line| matches!(line, Line::Kept(kept) if kept.id == line_item);
        if quantity == 0 {
            let before = self.lines.len();
            self.lines.retain(|line| !is_meant(line));
            self.removed |= self.lines.len() < before;
        }
        for line in &mut self.lines {
            if let Line::Kept(kept) = line
                && kept.id == line_item
            {
                kept.new_quantity = (kept.quantity != quantity).then_some(quantity);
            }
        }
    }

    /// Puts a line item at a place in the list, or at its end. Says whether there is such an item.
    pub fn move_to(&mut self, line_item: &str, position: usize) -> bool {
        let is_meant = |line: &Line| matches!(line, Line::Kept(kept) if kept.id == line_item);
        let Some(before) = self.lines.iter().position(is_meant) else { return false };
        let after = position.min(self.lines.len() - 1);
        let line = self.lines.remove(before);
        self.lines.insert(after, line);
        self.moved |= before != after;
        true
    }

    /// The tax rates of every item.
    pub fn set_tax_rates(&mut self, rates: Vec<String>) {
        self.tax_rates = Some(rates);
    }

    /// Whether Stripe has to be told anything.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        self.removed
            || self.moved
            || self.lines.iter().any(|line| match line {
                Line::Added { .. } => true,
                Line::Kept(kept) => {
                    kept.new_price.is_some() || kept.new_quantity.is_some() || self.taxes_to_send(kept).is_some()
                }
            })
    }

    fn taxes_to_send(&self, kept: &Kept) -> Option<&[String]> {
        self.tax_rates.as_deref().filter(|rates| *rates != kept.tax_rates)
    }

    /// Every line item, in order: a kept one by its id and what is new about it.
    pub fn transmit(&self, form: &mut Form) {
        for (position, line) in self.lines.iter().enumerate() {
            let item = format!("line_items[{position}]");
            match line {
                Line::Kept(kept) => {
                    form.add(format!("{item}[id]"), &kept.id);
                    if let Some(price) = &kept.new_price {
                        form.add(format!("{item}[price]"), &price.price);
                    }
                    if let Some(quantity) = kept.new_quantity {
                        form.add(format!("{item}[quantity]"), quantity);
                    }
                    if let Some(rates) = self.taxes_to_send(kept) {
                        add_tax_rates(form, &item, rates);
                    }
                }
                Line::Added { product, quantity } => {
                    add_product(form, &item, product);
                    form.add(format!("{item}[quantity]"), quantity);
                    form.add(format!("{item}[metadata][{PRODUCT_NOTE}]"), product.id);
                    if let Some(rates) = self.tax_rates.as_deref().filter(|rates| !rates.is_empty()) {
                        add_tax_rates(form, &item, rates);
                    }
                }
            }
        }
    }
}

fn add_product(form: &mut Form, item: &str, product: &Product) {
    match &product.price {
        Some(price) => {
            form.add(format!("{item}[price]"), price);
        }
        None => {
            form.add(format!("{item}[price_data][currency]"), CURRENCY);
            form.add(format!("{item}[price_data][product_data][name]"), product.name);
            form.add(format!("{item}[price_data][unit_amount]"), product.amount);
        }
    }
}

fn add_tax_rates(form: &mut Form, item: &str, rates: &[String]) {
    if rates.is_empty() {
        form.add(format!("{item}[tax_rates]"), "");
    }
    for (place, rate) in rates.iter().enumerate() {
        form.add(format!("{item}[tax_rates][{place}]"), rate);
    }
}
