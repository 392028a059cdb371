//! What holds for every list of line items, and for every sum.

use std::collections::HashSet;
use std::sync::Arc;

use proptest::prelude::*;

use super::totals::{Line, Off, Shipping, Totals, calculate};
use super::{AppliedTax, LineItem, line_items};
use crate::catalogue::{Catalogue, Percentage, TaxRate};
use crate::money::Decimal;
use crate::objects::{Draft, Objects};
use crate::params::{Change, update};

const CATALOGUE: &str = include_str!("../../catalogue.json");
const PRICES: [&str; 3] = ["price_mug", "price_sticker", "price_mug_eur"];

fn objects() -> Objects {
    Objects::new(serde_json::from_str::<Catalogue>(CATALOGUE).unwrap(), 0)
}

/// What is sent for one position: an old item, perhaps changed, or a new one.
#[derive(Debug, Clone)]
enum Sent {
    Old { index: usize, quantity: Option<u64>, price: Option<usize>, clear_taxes: bool },
    New { quantity: u64, price: usize },
}

fn sent() -> impl Strategy<Value = Sent> {
    let quantity = 1..=999_999_u64;
    let old = (0..8_usize, prop::option::of(quantity.clone()), prop::option::of(0..3_usize), any::<bool>());
    prop_oneof![
        old.prop_map(|(index, quantity, price, clear_taxes)| Sent::Old { index, quantity, price, clear_taxes }),
        (quantity, 0..3_usize).prop_map(|(quantity, price)| Sent::New { quantity, price }),
    ]
}

fn request(sent: &Sent, old: &[LineItem]) -> Option<update::LineItem> {
    let price = |index: usize| PRICES.get(index).map(|id| (*id).to_owned());
    Some(match sent {
        Sent::Old { index, quantity, price: new, clear_taxes } => update::LineItem {
            id: Some(old.get(*index)?.id.clone()),
            quantity: *quantity,
            price: new.and_then(price),
            tax_rates: if *clear_taxes { Change::Clear } else { Change::Keep },
            ..update::LineItem::default()
        },
        Sent::New { quantity, price: new } => {
            update::LineItem { quantity: Some(*quantity), price: price(*new), ..update::LineItem::default() }
        }
    })
}

fn start(objects: &Objects, count: usize) -> Vec<LineItem> {
    let item = |index: usize| update::LineItem {
        price: Some("price_mug".into()),
        quantity: Some(u64::try_from(index).unwrap() + 1),
        tax_rates: Change::Set(vec!["txr_sales".into()]),
        ..update::LineItem::default()
    };
    line_items::merge(&[], (0..count).map(item).collect(), &mut Draft::new(objects)).unwrap()
}

proptest! {
    /// The new array is what was sent: as long, in that order, old items under their old ids with only what was sent
    /// changed, new ones under new ids; an item that is named twice is refused and nothing else is.
    #[test]
    fn merging_keeps_order_and_ids_and_loses_nothing(
        count in 0..8_usize,
        sent in prop::collection::vec(sent(), 1..12),
    ) {
        let objects = objects();
        let old = start(&objects, count);
        let pairs: Vec<(Sent, update::LineItem)> =
            sent.iter().filter_map(|sent| Some((sent.clone(), request(sent, &old)?))).collect();
        let named: Vec<&String> = pairs.iter().filter_map(|(_, item)| item.id.as_ref()).collect();
        let twice = named.len() != named.iter().collect::<HashSet<_>>().len();
        let requests = pairs.iter().map(|(_, item)| item.clone()).collect();
        let merged = line_items::merge(&old, requests, &mut Draft::new(&objects));
        prop_assert_eq!(merged.is_err(), twice);
        let Ok(merged) = merged else { return Ok(()) };
        prop_assert_eq!(merged.len(), pairs.len());
        prop_assert_eq!(merged.iter().map(|item| &item.id).collect::<HashSet<_>>().len(), merged.len());
        for (item, (sent, request)) in merged.iter().zip(&pairs) {
            match sent {
                Sent::Old { index, quantity, price, clear_taxes } => {
                    let before = &old[*index];
                    prop_assert_eq!(&item.id, &before.id);
                    prop_assert_eq!(item.quantity, quantity.unwrap_or(before.quantity));
                    prop_assert_eq!(&*item.price.id, price.map_or(&*before.price.id, |index| PRICES[index]));
                    prop_assert_eq!(item.tax_rates.len(), if *clear_taxes { 0 } else { 1 });
                    prop_assert_eq!(&item.metadata, &before.metadata);
                }
                Sent::New { quantity, price } => {
                    prop_assert!(request.id.is_none() && old.iter().all(|known| known.id != item.id));
                    prop_assert_eq!((item.quantity, &*item.price.id), (*quantity, PRICES[*price]));
                }
            }
            prop_assert_eq!(&item.product.id, &item.price.product);
        }
    }

    /// Sending every id back, and nothing else, changes nothing.
    #[test]
    fn retransmitting_is_harmless(count in 1..8_usize) {
        let objects = objects();
        let old = start(&objects, count);
        let all = old.iter().map(|item| update::LineItem { id: Some(item.id.clone()), ..update::LineItem::default() });
        let merged = line_items::merge(&old, all.collect(), &mut Draft::new(&objects)).unwrap();
        prop_assert_eq!(merged, old);
    }
}

fn tax() -> impl Strategy<Value = AppliedTax> {
    (0..=1_000_000_u32, any::<bool>(), 0..3_u8).prop_map(|(percentage, inclusive, id)| {
        let percentage = Percentage::ten_thousandths(percentage);
        let rate = TaxRate {
            id: format!("txr_{id}_{inclusive}"),
            display_name: "Tax".into(),
            percentage,
            inclusive,
            country: None,
            state: None,
        };
        AppliedTax { rate: Arc::new(rate), percentage, inclusive }
    })
}

fn line() -> impl Strategy<Value = Line> {
    let amount = prop_oneof![
        (0..=99_999_999_i64).prop_map(Decimal::whole),
        "[0-9]{1,6}\\.[0-9]{1,12}".prop_map(|text| Decimal::parse(&text).unwrap()),
        Just(Decimal::whole(0)),
        (1..4_i64).prop_map(Decimal::whole),
    ];
    (amount, prop_oneof![1..5_u64, 1..=999_999_u64], prop::collection::vec(tax(), 0..4))
        .prop_map(|(unit_amount, quantity, taxes)| Line { unit_amount, quantity, taxes })
}

fn off() -> impl Strategy<Value = Option<Off>> {
    prop_oneof![
        Just(None),
        (0..=1_000_000_u32).prop_map(|part| Some(Off::Percent(Percentage::ten_thousandths(part)))),
        prop_oneof![0..20_i64, 0..=99_999_999_i64].prop_map(|amount| Some(Off::Amount(amount))),
    ]
}

fn sum(totals: &Totals) -> Result<(), TestCaseError> {
    let parts = || totals.lines.iter().chain(&totals.shipping);
    for part in parts() {
        prop_assert!(part.discount >= 0 && part.discount <= part.subtotal);
        prop_assert!(part.taxes.iter().all(|tax| tax.amount >= 0 && tax.taxable >= 0));
        prop_assert!(part.tax(true) <= part.subtotal - part.discount);
        prop_assert_eq!(part.total, part.subtotal - part.discount + part.tax(false));
        prop_assert_eq!(part.all_tax(), part.tax(true) + part.tax(false));
    }
    let shipping = totals.shipping.as_ref().map_or(0, |shipping| shipping.subtotal);
    prop_assert_eq!(totals.total, totals.subtotal - totals.discount + shipping + totals.tax_by(false));
    prop_assert_eq!(totals.subtotal, totals.lines.iter().map(|line| line.subtotal).sum::<i64>());
    prop_assert_eq!(totals.discount, totals.lines.iter().map(|line| line.discount).sum::<i64>());
    prop_assert_eq!(totals.tax(), totals.taxes_by_rate().iter().map(|tax| tax.amount).sum::<i64>());
    Ok(())
}

proptest! {
    /// The parts add up to the whole, to the unit, and nothing is ever negative.
    #[test]
    fn totals_add_up(
        lines in prop::collection::vec(line(), 0..8),
        off in off(),
        shipping in prop::option::of((0..=99_999_999_i64, prop::collection::vec(tax(), 0..2))),
    ) {
        let shipping = shipping.map(|(amount, taxes)| Shipping { amount, taxes });
        let totals = calculate(&lines, off, shipping.as_ref());
        prop_assert_eq!(totals.lines.len(), lines.len());
        sum(&totals)?;
        match off {
            None => prop_assert_eq!(totals.discount, 0),
            // An amount is taken off in full, or all there is.
            Some(Off::Amount(amount)) => prop_assert_eq!(totals.discount, amount.min(totals.subtotal)),
            Some(Off::Percent(part)) => {
                let slack = i64::try_from(lines.len()).unwrap();
                prop_assert!((totals.discount - part.of(totals.subtotal)).abs() <= slack);
            }
        }
    }

    /// Each line is within half a unit of the exact amount, whatever the decimals.
    #[test]
    fn lines_are_rounded_once(whole in 0..=999_999_u64, fraction in 0..1_000_000_000_000_u64, quantity in 1..=999_999_u64) {
        let unit_amount = Decimal::parse(&format!("{whole}.{fraction:012}")).unwrap();
        let line = Line { unit_amount, quantity, taxes: Vec::new() };
        let exact = (u128::from(whole) * 1_000_000_000_000 + u128::from(fraction)) * u128::from(quantity);
        let rounded = u128::try_from(calculate(&[line], None, None).subtotal).unwrap() * 1_000_000_000_000;
        prop_assert!(rounded.abs_diff(exact) * 2 <= 1_000_000_000_000);
    }
}
