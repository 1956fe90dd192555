//! The lines of an order of Shoptet as items, with the tax that they contain, so that they come to what is to be paid.

use domain::money::{Currency, Money};
use domain::orders::shares::spread;
use domain::orders::{ItemKind, NewItem};

use super::told::{Fault, Told, ToldLine};
use crate::imports::formats::text::Written;

/// What the lines come to, minor units.
pub struct Lines {
    /// The items.
    pub items: Vec<NewItem>,
    /// Which line each was told in, by index.
    pub from: Vec<usize>,
    /// All tax, contained in the prices.
    pub tax: i64,
    /// What is to be paid.
    pub total: i64,
}

/// The lines of `told`. A cancelled order (`is_off`) may have a total of 0 beside lines that cost something.
pub fn lines(
    told: &Told,
    currency: Currency,
    written: Written,
    is_off: bool,
    faults: &mut Vec<Fault>,
) -> Option<Lines> {
    let mut reading = Reading { currency, written, faults };
    let [total, tax, rounding, to_pay] =
        [("total", &told.total), ("tax", &told.tax), ("rounding", &told.rounding), ("to_pay", &told.to_pay)]
            .map(|(field, text)| reading.amount(None, field, text));
    let (mut items, mut from, mut taxes) = (Vec::new(), Vec::new(), Vec::new());
    for (index, line) in told.lines.iter().enumerate() {
        if let Some((item, tax)) = reading.item(index, line) {
            items.push(item);
            from.push(index);
            taxes.push(tax);
        }
    }
    let Some(total) = total else {
        if reading.faults.is_empty() {
            reading.faults.push(Fault::of("total", "The total of the order is missing."));
        }
        return None;
    };
    if !reading.faults.is_empty() {
        return None;
    }
    // What is to be paid differs from the total by its rounding; by anything else it is another amount.
    let rounding = rounding.unwrap_or(0);
    let total = to_pay.filter(|to_pay| to_pay.saturating_sub(total) == rounding).unwrap_or(total);
    let tax = share_tax(&mut items, &taxes, tax);
    let mut lines = Lines { items, from, tax, total };
    if is_off && total == 0 {
        lines.total = lines.sum();
    } else {
        lines.meet(rounding, &mut reading);
    }
    reading.faults.is_empty().then_some(lines)
}

impl Lines {
    fn sum(&self) -> i64 {
        let worth = |item: &NewItem| item.amount().saturating_sub(item.discount);
        self.items.iter().fold(0, |sum, item| sum.saturating_add(worth(item)))
    }

    // Prices of pieces are rounded, and the whole order again.
    fn meet(&mut self, rounding: i64, reading: &mut Reading<'_>) {
        let gap = self.total.saturating_sub(self.sum());
        if gap == 0 {
            return;
        }
        let most = i64::try_from(self.items.len()).unwrap_or(i64::MAX);
        let is_rounding = gap == rounding || gap.saturating_abs() <= most;
        if !is_rounding {
            let [sum, total] = [self.sum(), self.total].map(|minor| Money::new(minor, reading.currency).plain());
            let code = reading.currency.code();
            let words = format!("The lines come to {sum} {code}, but the total of the order is {total} {code}.");
            return reading.faults.push(Fault::of("total", words));
        }
        let kind = if gap > 0 { ItemKind::Fee } else { ItemKind::Discount };
        let (title, unit_price) = ("Rounding".to_owned(), gap.saturating_abs());
        let tax = self.items.iter().any(|item| item.tax.is_some()).then_some(0);
        self.items.push(NewItem { title, kind, quantity: 1, unit_price, tax, ..NewItem::default() });
        self.from.push(self.from.last().copied().unwrap_or(0));
    }
}

// The tax of the order, shared out as its lines tell, once all of them do; reductions take off their part.
fn share_tax(items: &mut [NewItem], taxes: &[Option<i64>], of_order: Option<i64>) -> i64 {
    let told: Option<Vec<i64>> = taxes.iter().copied().collect();
    let sum = told.as_deref().map(|told| told.iter().fold(0_i64, |sum, tax| sum.saturating_add(*tax)));
    let tax = of_order.or(sum).unwrap_or(0);
    if let Some(told) = told.filter(|told| tax > 0 && told.iter().any(|tax| *tax > 0)) {
        for (item, share) in items.iter_mut().zip(spread(tax, &told)) {
            item.tax = Some(share);
        }
    }
    tax
}

struct Reading<'a> {
    currency: Currency,
    written: Written,
    faults: &'a mut Vec<Fault>,
}

impl Reading<'_> {
    // None when there is none, or it cannot be read.
    fn amount(&mut self, line: Option<usize>, field: &'static str, text: &str) -> Option<i64> {
        if text.is_empty() {
            return None;
        }
        let read = self.written.rounded(text, self.currency);
        read.map_err(|reason| self.faults.push(Fault { line, field, reason })).ok()
    }

    // The item that a line makes and the tax in it, if that is told.
    fn item(&mut self, index: usize, line: &ToldLine) -> Option<(NewItem, Option<i64>)> {
        let kind = line.item_kind()?;
        let quantity = self.written.whole(&line.amount).unwrap_or_else(|reason| {
            self.faults.push(Fault { line: Some(index), field: "amount", reason });
            1
        });
        let mut amount = |field, text: &str| self.amount(Some(index), field, text);
        let unit_price = amount("unit_price", &line.unit_price);
        let after_discount = amount("unit_discount_price", &line.unit_discount_price).or(unit_price);
        let total = amount("total", &line.total).or_else(|| Some(after_discount?.saturating_mul(quantity)));
        let without_tax = amount("total_without_tax", &line.total_without_tax);
        let Some(total) = total else {
            self.faults.push(Fault {
                line: Some(index),
                field: "unit_price",
                reason: "A price is missing.".to_owned(),
            });
            return None;
        };
        let tax = without_tax.map(|without| total.saturating_sub(without));
        let (sku, title) = ((!line.code.is_empty()).then(|| line.code.clone()), line.title());
        // Whatever it is called, an amount below zero takes something off.
        if total < 0 || kind == ItemKind::Discount {
            let unit_price = total.saturating_abs();
            let item = NewItem { title, kind: ItemKind::Discount, quantity: 1, unit_price, ..NewItem::default() };
            return Some((item, tax));
        }
        let quantity = if quantity == 0 { 1 } else { quantity };
        let of_all = unit_price.map(|price| price.saturating_mul(quantity)).filter(|all| *all >= total);
        // Without a price that holds, a piece costs its part of the line, rounded up; what that is too much is taken off again.
        let unit_price = match (unit_price, of_all) {
            (Some(price), Some(_)) => price,
            _ if quantity > 0 => total / quantity + i64::from(total % quantity > 0),
            _ => 0,
        };
        let discount = unit_price.saturating_mul(quantity).saturating_sub(total).max(0);
        let sku = sku.filter(|_| kind == ItemKind::Product);
        Some((NewItem { sku, title, kind, quantity, unit_price, discount, ..NewItem::default() }, tax))
    }
}
