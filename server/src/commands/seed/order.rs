//! One order of the history: who bought what, where it goes, and what had become of it by the end.

use chrono::{DateTime, Utc};
use db::stores::Store;
use domain::fields::FieldErrors;
use domain::orders::new_order::{Details, Draft};
use domain::orders::{NewOrder, OrderKind};

use super::buyers::Buyer;
use super::chance::Chance;
use super::goods::Basket;
use super::life::Life;
use super::shops::Shop;

const CUSTOMER_NOTES: [&str; 4] = [
    "Please leave with the neighbour at number 12.",
    "Ring twice, the bell is quiet.",
    "It is a present: no bill in the parcel, please.",
    "Please send everything together.",
];
const NOTES: [&str; 3] = [
    "Regular customer: add a sample.",
    "Asked by phone when it will arrive.",
    "The address was checked with the customer.",
];
const WEB: &str = "web";
const POS: &str = "pos";

/// What all orders of a store have in common.
pub(super) struct Orders<'a> {
    pub shop: &'a Shop,
    pub store: &'a Store,
    pub buyers: Vec<Buyer>,
    /// The end of the history.
    pub until: DateTime<Utc>,
}

impl Orders<'_> {
    /// The order with this number. Each draws from a stream of its own, so that none depends on the others.
    ///
    /// # Errors
    /// When it breaks a rule for orders.
    pub fn make(&self, number: u64, placed_at: DateTime<Utc>) -> Result<NewOrder, FieldErrors> {
        let stream = |of: &str| Chance::of(&format!("{} {number} {of}", self.store.slug));
        let draft = self.draft(stream("goods"), number, placed_at);
        let placed = draft.clone().check(self.until)?;
        let life = Life {
            shop: self.shop,
            zone: self.store.zone,
            standing: placed.standing(),
            placed_at,
            until: self.until,
            chance: stream("life"),
        };
        let is_sent = draft.details.shipping_address.is_some();
        let history = if is_sent { life.sent() } else { life.handed_over() };
        Draft { history, ..draft }.check(self.until)
    }

    fn draft(&self, mut chance: Chance, number: u64, placed_at: DateTime<Utc>) -> Draft {
        let source = match chance.below(100) {
            0..80 => WEB,
            80..95 => POS,
            _ => "phone",
        };
        let kind = if chance.percent(4) { OrderKind::Return } else { OrderKind::Sale };
        let is_sent = kind == OrderKind::Sale && source != POS;
        let Basket { items, discount, shipping, tax } = match kind {
            OrderKind::Sale => Basket::sold(&mut chance, self.shop, is_sent),
            OrderKind::Return => Basket::returned(&mut chance, self.shop),
        };
        let buyer = (source != POS || chance.percent(35)).then(|| chance.favourite(&self.buyers));
        let is_gift = is_sent && chance.percent(8);
        let recipient = if is_gift { Some(chance.favourite(&self.buyers)) } else { buyer };
        let home = |buyer: &Buyer| buyer.home.clone();
        Draft {
            customer: buyer.map(Buyer::customer),
            items,
            discount,
            shipping,
            tax,
            prices_include_tax: self.shop.prices_include_tax,
            note: chance.percent(3).then(|| chance.one(&NOTES).into()),
            tags: tags(&mut chance, buyer, is_gift),
            details: Details {
                external_id: (source == WEB).then(|| (5_840_000_000 + number * 7_919).to_string()),
                source: Some(source.into()),
                source_updated_at: None,
                customer_note: (is_sent && chance.percent(5)).then(|| chance.one(&CUSTOMER_NOTES).into()),
                shipping_address: recipient.filter(|_| is_sent).map(home),
                billing_address: buyer.filter(|_| source != POS).map(home),
            },
            ..Draft::new(number.to_string(), kind, placed_at, self.store.currency)
        }
    }
}

fn tags(chance: &mut Chance, buyer: Option<&Buyer>, is_gift: bool) -> Vec<String> {
    let is_company = buyer.is_some_and(|buyer| !buyer.home.company.is_empty());
    let words = [("gift", is_gift), ("trade", is_company), ("newsletter", chance.percent(6))];
    words.into_iter().filter(|(_, holds)| *holds).map(|(word, _)| word.to_owned()).collect()
}
