//! What a session costs, in whole minor units. Rounding is to the nearest unit, halves up.

use super::AppliedTax;
use crate::catalogue::Percentage;
use crate::money::Decimal;

/// A line, before any arithmetic.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Line {
    pub unit_amount: Decimal,
    pub quantity: u64,
    pub taxes: Vec<AppliedTax>,
}

/// What a discount takes off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Off {
    /// A part of each line.
    Percent(Percentage),
    /// So much in all, and never more than there is.
    Amount(i64),
}

/// Shipping, before any arithmetic.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Shipping {
    pub amount: i64,
    pub taxes: Vec<AppliedTax>,
}

/// What one line, or shipping, comes to.
#[derive(Debug, Clone, Default, PartialEq)]
#[allow(missing_docs)]
pub struct LineTotals {
    pub subtotal: i64,
    pub discount: i64,
    pub taxes: Vec<TaxAmount>,
    /// What is to be paid: the subtotal without the discount, with the taxes that are not in it.
    pub total: i64,
}

/// One tax on one line.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct TaxAmount {
    pub tax: AppliedTax,
    pub amount: i64,
    /// What the tax was computed on.
    pub taxable: i64,
}

/// What a session comes to.
#[derive(Debug, Clone, Default, PartialEq)]
#[allow(missing_docs)]
pub struct Totals {
    pub lines: Vec<LineTotals>,
    pub shipping: Option<LineTotals>,
    pub subtotal: i64,
    pub discount: i64,
    pub total: i64,
}

impl LineTotals {
    /// The taxes that are in the amount, or those that are added to it.
    pub fn tax(&self, inclusive: bool) -> i64 {
        self.taxes.iter().filter(|tax| tax.tax.inclusive == inclusive).map(|tax| tax.amount).sum()
    }

    /// Every tax.
    pub fn all_tax(&self) -> i64 {
        self.taxes.iter().map(|tax| tax.amount).sum()
    }
}

impl Totals {
    fn parts(&self) -> impl Iterator<Item = &LineTotals> {
        self.lines.iter().chain(&self.shipping)
    }

    /// Every tax of the lines and of shipping.
    pub fn tax(&self) -> i64 {
        self.parts().map(LineTotals::all_tax).sum()
    }

    /// The taxes that are in the amounts, or those that are added to them.
    pub fn tax_by(&self, inclusive: bool) -> i64 {
        self.parts().map(|part| part.tax(inclusive)).sum()
    }

    /// Each rate once, with all it comes to.
    pub fn taxes_by_rate(&self) -> Vec<TaxAmount> {
        let mut by_rate: Vec<TaxAmount> = Vec::new();
        for tax in self.parts().flat_map(|part| &part.taxes) {
            match by_rate.iter_mut().find(|known| known.tax.rate.id == tax.tax.rate.id) {
                Some(known) => {
                    known.amount += tax.amount;
                    known.taxable += tax.taxable;
                }
                None => by_rate.push(tax.clone()),
            }
        }
        by_rate
    }
}

/// Adds everything up.
pub fn calculate(lines: &[Line], off: Option<Off>, shipping: Option<&Shipping>) -> Totals {
    let subtotals: Vec<i64> = lines.iter().map(|line| line.unit_amount.times(line.quantity)).collect();
    let discounts = discounts(&subtotals, off);
    let lines: Vec<LineTotals> = (lines.iter().zip(&subtotals).zip(discounts))
        .map(|((line, subtotal), discount)| line_totals(*subtotal, discount, &line.taxes))
        .collect();
    let shipping = shipping.map(|shipping| line_totals(shipping.amount, 0, &shipping.taxes));
    Totals {
        subtotal: lines.iter().map(|line| line.subtotal).sum(),
        discount: lines.iter().map(|line| line.discount).sum(),
        total: lines.iter().chain(&shipping).map(|line| line.total).sum(),
        lines,
        shipping,
    }
}

fn line_totals(subtotal: i64, discount: i64, taxes: &[AppliedTax]) -> LineTotals {
    let amount = subtotal - discount;
    let contained = taxes.iter().filter(|tax| tax.inclusive).map(|tax| tax.percentage);
    let contained = contained.fold(Percentage::ZERO, Percentage::plus);
    // Taxes that are added are computed on what is left when those that are in the price are taken out.
    let net = amount - contained.contained_in(amount, contained);
    let mut so_far = Percentage::ZERO;
    let amount_of = |tax: &AppliedTax| {
        if !tax.inclusive {
            return tax.percentage.of(net);
        }
        // Rounded on the running sum, so that the parts add up to what was taken out.
        let before = so_far.contained_in(amount, contained);
        so_far = so_far.plus(tax.percentage);
        so_far.contained_in(amount, contained) - before
    };
    let amounts: Vec<i64> = taxes.iter().map(amount_of).collect();
    let taxes: Vec<TaxAmount> =
        (taxes.iter().zip(amounts)).map(|(tax, amount)| TaxAmount { tax: tax.clone(), amount, taxable: net }).collect();
    let added: i64 = taxes.iter().filter(|tax| !tax.tax.inclusive).map(|tax| tax.amount).sum();
    LineTotals { subtotal, discount, taxes, total: amount + added }
}

/// The discount of each line. An amount is shared out in proportion, and what rounding leaves over goes to the lines
/// that lost most by it, the first of them first.
fn discounts(subtotals: &[i64], off: Option<Off>) -> Vec<i64> {
    let all: i64 = subtotals.iter().sum();
    match off {
        None => vec![0; subtotals.len()],
        Some(_) if all == 0 => vec![0; subtotals.len()],
        Some(Off::Percent(percentage)) => subtotals.iter().map(|subtotal| percentage.of(*subtotal)).collect(),
        Some(Off::Amount(amount)) => {
            let amount = amount.min(all);
            let products = || subtotals.iter().map(|subtotal| i128::from(*subtotal) * i128::from(amount));
            let whole = i128::from(all);
            let mut shares: Vec<i64> =
                products().map(|product| i64::try_from(product / whole).unwrap_or_default()).collect();
            let mut left = amount - shares.iter().sum::<i64>();
            let mut order: Vec<(i128, usize)> =
                products().enumerate().map(|(index, product)| (product % whole, index)).collect();
            order.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
            for (_, index) in order {
                if let Some(share) = shares.get_mut(index)
                    && left > 0
                {
                    *share += 1;
                    left -= 1;
                }
            }
            shares
        }
    }
}
