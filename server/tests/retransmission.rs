//! Whatever is changed, every other line item is sent back, as it was and where it was.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeMap;

use checkout_updates_server::cart::Cart;
use checkout_updates_server::catalogue::{Catalogue, Interval, Role};
use checkout_updates_server::rules::complimentary;
use checkout_updates_server::sandbox;
use checkout_updates_server::stripe::Form;
use checkout_updates_server::stripe::types::{LineItem, Price, Tax, TaxRate};
use proptest::prelude::*;

/// A line item as Stripe would have it after the update.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    id: Option<String>,
    product: String,
    quantity: u32,
    taxes: Vec<String>,
}

/// Plays Stripe: reads the form by the documented rule.
fn apply(form: &Form, before: &[LineItem], catalogue: &Catalogue) -> Vec<Line> {
    let mut sent: BTreeMap<usize, BTreeMap<String, String>> = BTreeMap::new();
    for (name, value) in form.fields() {
        let rest = name.strip_prefix("line_items[").unwrap();
        let (place, field) = rest.split_once(']').unwrap();
        let previous = sent.entry(place.parse().unwrap()).or_default().insert(field.to_owned(), value.clone());
        assert_eq!(previous, None, "{name} twice");
    }
    assert!(sent.keys().copied().eq(0..sent.len()), "no gaps");
    let lines = sent.into_values().map(|fields| {
        let old = fields.get("[id]").map(|id| before.iter().find(|item| item.id == *id).unwrap());
        let mut line = Line { id: None, product: String::new(), quantity: 0, taxes: Vec::new() };
        if let Some(old) = old {
            line.id = Some(old.id.clone());
            line.product = old.metadata.as_ref().unwrap()["product"].clone();
            line.quantity = old.quantity.unwrap();
            line.taxes = old.taxes.iter().map(|tax| tax.rate.id.clone()).collect();
        }
        for (field, value) in &fields {
            match field.as_str() {
                "[quantity]" => line.quantity = value.parse().unwrap(),
                "[metadata][product]" => line.product.clone_from(value),
                "[tax_rates]" => line.taxes.clear(),
                "[tax_rates][0]" => line.taxes = vec![value.clone()],
                "[price]" => assert!(catalogue.of_price(value).is_some(), "{value}"),
                "[id]" => {}
                other => assert!(other.starts_with("[price_data]") && old.is_none(), "{other}"),
            }
        }
        line
    });
    lines.collect()
}

#[derive(Clone, Debug)]
enum Step {
    Swap(bool),
    Add(usize),
    Remove(usize),
    Quantity(usize, u32),
    Taxes(Option<usize>),
    Move(usize, usize),
    Complimentary,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        any::<bool>().prop_map(Step::Swap),
        (0..6_usize).prop_map(Step::Add),
        (0..6_usize).prop_map(Step::Remove),
        (0..10_usize, 0..5_u32).prop_map(|(item, quantity)| Step::Quantity(item, quantity)),
        prop::option::of(0..2_usize).prop_map(Step::Taxes),
        (0..10_usize, 0..12_usize).prop_map(|(item, position)| Step::Move(item, position)),
        Just(Step::Complimentary),
    ]
}

fn products(catalogue: &Catalogue) -> Vec<String> {
    [catalogue.ids(Role::AddOn), catalogue.ids(Role::CrossSell)].concat()
}

/// Items of a session: any products, known or not, in any order, taxed or not.
fn items() -> impl Strategy<Value = Vec<LineItem>> {
    let item = (0..9_usize, 1..5_u32, prop::option::of(0..2_usize));
    prop::collection::vec(item, 1..10).prop_map(|drawn| {
        let catalogue = Catalogue::new(sandbox::prices());
        let known = products(&catalogue);
        let of = |(place, (product, quantity, tax)): (usize, (usize, u32, Option<usize>))| {
            let product = match product {
                6 => "team_plan".to_owned(),
                7 => "sticker_pack".to_owned(),
                other => known.get(other).cloned().unwrap_or_else(|| "not ours".to_owned()),
            };
            let amount = catalogue.product(&product).map_or(777, |product| product.amount);
            LineItem {
                id: format!("li_{place}"),
                price: Some(Price { id: format!("price_{place}") }),
                quantity: Some(quantity),
                amount_subtotal: amount * i64::from(quantity),
                metadata: Some([("product".to_owned(), product)].into()),
                taxes: tax.map(|tax| Tax { rate: TaxRate { id: format!("txr_{tax}") } }).into_iter().collect(),
            }
        };
        drawn.into_iter().enumerate().map(of).collect()
    })
}

/// What the steps should come to, worked out the plain way.
fn expected(items: &[LineItem], steps: &[Step], catalogue: &Catalogue) -> Vec<Line> {
    let known = products(catalogue);
    let mut lines = items
        .iter()
        .map(|item| Line {
            id: Some(item.id.clone()),
            product: item.metadata.as_ref().unwrap()["product"].clone(),
            quantity: item.quantity.unwrap(),
            taxes: item.taxes.iter().map(|tax| tax.rate.id.clone()).collect(),
        })
        .collect::<Vec<_>>();
    let mut taxes = None;
    for step in steps {
        match step {
            Step::Add(product) if !lines.iter().any(|line| line.product == known[*product]) => {
                lines.push(Line { id: None, product: known[*product].clone(), quantity: 1, taxes: Vec::new() })
            }
            Step::Remove(product) => lines.retain(|line| line.product != known[*product]),
            Step::Quantity(item, quantity) => {
                let id = Some(format!("li_{item}"));
                lines.iter_mut().filter(|line| line.id == id).for_each(|line| line.quantity = *quantity);
                lines.retain(|line| line.quantity > 0);
            }
            Step::Taxes(rate) => taxes = Some(rate.map(|rate| format!("txr_{rate}"))),
            Step::Move(item, position) => {
                let id = Some(format!("li_{item}"));
                if let Some(line) = lines.iter().position(|line| line.id == id).map(|before| lines.remove(before)) {
                    lines.insert((*position).min(lines.len()), line);
                }
            }
            Step::Add(_) | Step::Swap(_) | Step::Complimentary => {}
        }
    }
    if let Some(rate) = taxes {
        lines.iter_mut().for_each(|line| line.taxes = rate.clone().into_iter().collect());
    }
    lines
}

fn run(items: &[LineItem], steps: &[Step], catalogue: &Catalogue) -> Cart {
    let known = products(catalogue);
    let mut cart = Cart::of(items, catalogue);
    for step in steps {
        match step {
            Step::Swap(yearly) => {
                let interval = if *yearly { Interval::Yearly } else { Interval::Monthly };
                cart.swap_plan(catalogue.plan(interval));
            }
            Step::Add(product) => cart.add(catalogue.product(&known[*product]).unwrap()),
            Step::Remove(product) => cart.remove(&known[*product]),
            Step::Quantity(item, quantity) => cart.set_quantity(&format!("li_{item}"), *quantity),
            Step::Taxes(rate) => cart.set_tax_rates(rate.iter().map(|rate| format!("txr_{rate}")).collect()),
            Step::Move(item, position) => {
                cart.move_to(&format!("li_{item}"), *position);
            }
            Step::Complimentary => complimentary::apply(&mut cart, catalogue),
        }
    }
    cart
}

proptest! {
    #[test]
    fn nothing_is_lost_moved_or_changed_by_the_way(items in items(), steps in prop::collection::vec(step(), 0..6)) {
        let catalogue = Catalogue::new(sandbox::prices());
        let cart = run(&items, &steps, &catalogue);
        let mut form = Form::new();
        cart.transmit(&mut form);
        let is_gift = |line: &Line| line.product == "sticker_pack";
        let mut after = apply(&form, &items, &catalogue);
        let mut wanted = expected(&items, &steps, &catalogue);
        prop_assert!(cart.is_changed() || after.len() == items.len());
        if steps.iter().any(|step| matches!(step, Step::Complimentary)) {
            after.retain(|line| !is_gift(line));
            wanted.retain(|line| !is_gift(line));
        }
        prop_assert_eq!(&after, &wanted);
    }

    #[test]
    fn saying_it_again_changes_nothing(items in items(), change in step()) {
        let catalogue = Catalogue::new(sandbox::prices());
        let once = run(&items, std::slice::from_ref(&change), &catalogue);
        let twice = run(&items, &[change.clone(), change], &catalogue);
        let (mut first, mut second) = (Form::new(), Form::new());
        once.transmit(&mut first);
        twice.transmit(&mut second);
        prop_assert_eq!(first, second);
    }

    #[test]
    fn the_gift_is_there_exactly_above_the_threshold(items in items(), steps in prop::collection::vec(step(), 0..6)) {
        let catalogue = Catalogue::new(sandbox::prices());
        let mut cart = run(&items, &steps, &catalogue);
        complimentary::apply(&mut cart, &catalogue);
        prop_assert_eq!(cart.quantity_of("sticker_pack") > 0, cart.subtotal() >= 15_000);
    }
}
