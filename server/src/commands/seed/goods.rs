//! What an order holds and costs: its lines, reductions, shipping and tax.

use domain::orders::shares::spread;
use domain::orders::{ItemKind, NewItem};

use super::catalogue::{FOOD, GOODS};
use super::chance::Chance;
use super::shops::Shop;

/// The parts of an order that cost something. Amounts are minor units.
pub(super) struct Basket {
    pub items: Vec<NewItem>,
    pub discount: i64,
    pub shipping: i64,
    pub tax: i64,
}

impl Basket {
    /// Goods sold, for which shipping is paid when they are sent.
    pub fn sold(chance: &mut Chance, shop: &Shop, is_sent: bool) -> Self {
        let mut items: Vec<NewItem> = (0..1 + chance.below(3)).map(|_| good(chance)).collect();
        let goods: i64 = items.iter().map(NewItem::amount).sum();
        let discount = reduce(chance, &mut items, goods);
        if is_sent && chance.percent(4) {
            items.push(NewItem { kind: ItemKind::Fee, ..line("Gift wrapping", 1, 295) });
        }
        let shipping = if is_sent && goods <= shop.free_above { shop.postage } else { 0 };
        Self { items, discount, shipping, tax: 0 }.taxed(shop)
    }

    /// Goods that came back.
    pub fn returned(chance: &mut Chance, shop: &Shop) -> Self {
        let good = good(chance);
        let items = vec![NewItem { quantity: -good.quantity, ..good }];
        Self { items, discount: 0, shipping: 0, tax: 0 }.taxed(shop)
    }

    // Tax by line, on what the line costs after its share of all reductions; shipping bears the rest.
    fn taxed(mut self, shop: &Shop) -> Self {
        let sum_of =
            |kind: ItemKind| -> i64 { self.items.iter().filter(|item| item.kind == kind).map(NewItem::amount).sum() };
        let reductions = self.discount - sum_of(ItemKind::Discount);
        let cost = |item: &NewItem| if item.kind == ItemKind::Product { item.amount() - item.discount } else { 0 };
        let costs: Vec<i64> = self.items.iter().map(cost).collect();
        let shares = spread(reductions, &costs);
        self.tax = shop.tax_on(self.shipping, shop.tax);
        for ((item, cost), share) in self.items.iter_mut().zip(costs).zip(shares) {
            let (amount, rate) = match item.kind {
                ItemKind::Product => (cost - share, if is_food(item) { shop.food_tax } else { shop.tax }),
                ItemKind::Fee | ItemKind::Shipping => (item.amount(), shop.tax),
                ItemKind::Discount => continue,
            };
            let tax = shop.tax_on(amount, rate);
            item.tax = Some(tax);
            self.tax += tax;
        }
        self
    }
}

// Some orders cost less, each in one way: by a code, a line or the whole. The reduction of the whole.
fn reduce(chance: &mut Chance, items: &mut Vec<NewItem>, goods: i64) -> i64 {
    let code = |title, amount: i64| NewItem { kind: ItemKind::Discount, ..line(title, 1, -amount) };
    match chance.below(100) {
        0..9 => items.push(code("Code AUTUMN10", goods / 10)),
        9..15 => items.push(code("Code WELCOME5", goods.min(1_000) / 2)),
        15..20 => return goods / 20,
        20..28 => {
            if let Some(first) = items.first_mut() {
                first.discount = first.amount() / 10;
            }
        }
        _ => {}
    }
    0
}

fn good(chance: &mut Chance) -> NewItem {
    let (sku, title, unit_price) = *chance.favourite(&GOODS);
    let pieces = if chance.percent(20) { 2 } else { 1 };
    NewItem { sku: Some(sku.into()), ..line(title, pieces, unit_price) }
}

fn line(title: &str, quantity: i64, unit_price: i64) -> NewItem {
    NewItem { title: title.into(), quantity, unit_price, ..NewItem::default() }
}

fn is_food(item: &NewItem) -> bool {
    item.sku.as_ref().is_some_and(|sku| FOOD.iter().any(|prefix| sku.starts_with(prefix)))
}
