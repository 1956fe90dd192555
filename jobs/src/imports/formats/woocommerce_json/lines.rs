//! The items of an order of WooCommerce: its lines, shipping and fees, with their tax, so that they come to the order's total
//! exactly. What the shop's own rounding leaves between the lines and the total is a line of its own.

use domain::money::Money;
use domain::orders::shares::spread;
use domain::orders::{ItemKind, NewItem};

use super::told::{Reading, Told};

/// What the lines come to.
pub struct Lines {
    /// The items.
    pub items: Vec<NewItem>,
    /// Where each stands in the order.
    pub places: Vec<String>,
    /// All tax, minor units.
    pub tax: i64,
}

/// The lines of an order that costs `total`.
pub fn lines(order: &Told<'_>, total: i64, reading: &mut Reading<'_>) -> Lines {
    let mut made = Made { reading, items: Vec::new(), places: Vec::new(), taxes: Vec::new() };
    for line in order.list("line_items") {
        made.product(&line);
    }
    for line in order.list("shipping_lines") {
        made.charge(&line, ItemKind::Shipping, "method_title", "Shipping");
    }
    for line in order.list("fee_lines") {
        made.charge(&line, ItemKind::Fee, "name", "Fee");
    }
    let tax = made.share_tax(order);
    made.meet(total, tax);
    Lines { items: made.items, places: made.places, tax }
}

struct Made<'r, 'c> {
    reading: &'r mut Reading<'c>,
    items: Vec<NewItem>,
    places: Vec<String>,
    // Of each item, as told; below zero where a fee reduces the order.
    taxes: Vec<i64>,
}

impl Made<'_, '_> {
    fn product(&mut self, line: &Told<'_>) {
        let total = self.reading.amount(line, "total");
        let subtotal = self.reading.some_amount(line, "subtotal").unwrap_or(total).max(total);
        let quantity = self.reading.quantity(line);
        let sku = line.text("sku");
        let title = line.text("name").or_else(|| sku.clone()).unwrap_or_else(|| "Item".to_owned());
        // What was taken out of the order leaves such lines behind.
        if quantity == 0 && subtotal == 0 {
            return;
        }
        if total < 0 {
            return self.reduction(line, title, total);
        }
        let quantity = if quantity == 0 { 1 } else { quantity };
        let unit_price = at_least(subtotal, quantity);
        // Rounding the price of a piece up adds a few minor units, which are taken off again.
        let discount = unit_price.saturating_mul(quantity).saturating_sub(total);
        self.add(line, NewItem { sku, title, quantity, unit_price, discount, ..NewItem::default() });
    }

    fn charge(&mut self, line: &Told<'_>, kind: ItemKind, name: &str, otherwise: &str) {
        let total = self.reading.amount(line, "total");
        let title = line.text(name).unwrap_or_else(|| otherwise.to_owned());
        if total < 0 {
            self.reduction(line, title, total);
        } else {
            self.add(line, NewItem { title, kind, quantity: 1, unit_price: total, ..NewItem::default() });
        }
    }

    fn reduction(&mut self, line: &Told<'_>, title: String, total: i64) {
        let (kind, unit_price) = (ItemKind::Discount, total.saturating_neg());
        self.add(line, NewItem { title, kind, quantity: 1, unit_price, ..NewItem::default() });
    }

    fn add(&mut self, line: &Told<'_>, item: NewItem) {
        let tax = self.reading.amount(line, "total_tax");
        self.items.push(item);
        self.places.push(line.place.clone());
        self.taxes.push(tax);
    }

    // The tax of the order, shared out as its lines tell. They may miss it by their rounding, or by what a reduction takes off.
    fn share_tax(&mut self, order: &Told<'_>) -> i64 {
        let told = self.taxes.iter().fold(0_i64, |sum, tax| sum.saturating_add(*tax));
        let tax = self.reading.some_amount(order, "total_tax").unwrap_or(told);
        if tax > 0 && self.taxes.iter().any(|tax| *tax > 0) {
            for (item, share) in self.items.iter_mut().zip(spread(tax, &self.taxes)) {
                item.tax = Some(share);
            }
        }
        tax
    }

    // Each line may be half a minor unit off in its amount and in its tax.
    fn meet(&mut self, total: i64, tax: i64) {
        let worth = |item: &NewItem| item.amount().saturating_sub(item.discount);
        let sum = self.items.iter().fold(tax, |sum, item| sum.saturating_add(worth(item)));
        let gap = total.saturating_sub(sum);
        let most = i64::try_from(self.items.len()).unwrap_or(i64::MAX);
        // An amount that could not be read has its own words.
        if gap == 0 || !self.reading.errors.is_empty() {
            return;
        }
        let currency = self.reading.currency;
        let [sum, told, missing] = [sum, total, gap].map(|minor| Money::new(minor, currency).plain());
        let code = currency.code();
        if gap.saturating_abs() > most {
            let words = format!("The lines come to {sum} {code}, but the total of the order is {told} {code}.");
            return self.reading.errors.add("total", words);
        }
        let words =
            format!("The lines come to {sum} {code}, the total is {told} {code}: a line of {missing} was added.");
        self.reading.notes.add("total", words);
        let kind = if gap > 0 { ItemKind::Fee } else { ItemKind::Discount };
        let (title, unit_price) = ("Rounding".to_owned(), gap.saturating_abs());
        let tax = self.items.iter().any(|item| item.tax.is_some()).then_some(0);
        self.items.push(NewItem { title, kind, quantity: 1, unit_price, tax, ..NewItem::default() });
        self.places.push("total".to_owned());
    }
}

// The least price of a piece at which `quantity` of them cost at least `amount`.
const fn at_least(amount: i64, quantity: i64) -> i64 {
    if quantity <= 0 {
        // The order is refused for its quantity.
        return 0;
    }
    amount / quantity + if amount % quantity > 0 { 1 } else { 0 }
}
