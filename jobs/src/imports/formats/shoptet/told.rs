//! What an export of Shoptet says of one order, and the order that it makes.

use chrono::{DateTime, Utc};
use domain::money::Currency;
use domain::orders::new_order::{Address, Cancelled, Details, Draft, History, MAX_ITEMS, NewFulfilment, NewPayment};
use domain::orders::{ItemKind, NewCustomer, OrderKind, PaymentKind};
use domain::text;

use super::money::{self, Lines};
use crate::imports::formats::Context;
use crate::imports::formats::text::{Written, shown, word};

/// The names of states that a shop has from the beginning, in Czech and Slovak. Owners may call them otherwise.
const SENT: [&str; 3] = ["vyřízena", "vyřízená", "vybavená"];
const OFF: [&str; 4] = ["stornována", "stornovaná", "stornovaný", "storno"];
const PLAIN: [&str; 4] = ["nevyřízená", "nevybavená", "vyřizuje se", "vybavuje sa"];

/// One order as told, all of it text.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Its number.
    pub code: String,
    /// Its id in the shop.
    pub id: String,
    /// When it was placed.
    pub date: String,
    /// The name of its state.
    pub status: String,
    /// Its currency.
    pub currency: String,
    /// The buyer's address of mail.
    pub email: String,
    /// Their telephone number.
    pub phone: String,
    /// Whom it is billed to.
    pub billing: Place,
    /// Where it goes.
    pub shipping: Place,
    /// What the customer wrote.
    pub remark: String,
    /// What the shop wrote.
    pub shop_remark: String,
    /// The number of the parcel.
    pub package_number: String,
    /// Where it was placed.
    pub source: String,
    /// The total with tax.
    pub total: String,
    /// The tax in it.
    pub tax: String,
    /// What it was rounded by.
    pub rounding: String,
    /// The total after that.
    pub to_pay: String,
    /// `1` when it is paid; None when nothing is said of it.
    pub paid: Option<String>,
    /// Its lines, up to one more than an order may have.
    pub lines: Vec<ToldLine>,
}

/// An address as told.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// Name of the person.
    pub name: String,
    /// Their company.
    pub company: String,
    /// Street.
    pub street: String,
    /// Number in it.
    pub house: String,
    /// Town.
    pub city: String,
    /// Postal code.
    pub zip: String,
    /// Country.
    pub country: String,
}

/// One line as told.
#[derive(Clone, Debug, Default)]
pub struct ToldLine {
    /// Its line in the file, if lines mean anything there.
    pub row: u64,
    /// What it stands for, in the words of the shop's API.
    pub kind: String,
    /// What was sold.
    pub name: String,
    /// Which kind of it.
    pub variant: String,
    /// Stock-keeping unit, or the code of shipping or payment.
    pub code: String,
    /// Pieces.
    pub amount: String,
    /// A piece with tax.
    pub unit_price: String,
    /// The same after its discount.
    pub unit_discount_price: String,
    /// All pieces with tax, after their discount.
    pub total: String,
    /// The same without tax.
    pub total_without_tax: String,
}

/// Something wrong: of the order or of its line at an index, which field, and why. Fields are called as in [`Told`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line.
    pub line: Option<usize>,
    /// The field.
    pub field: &'static str,
    /// In words.
    pub reason: String,
}

impl Fault {
    /// Of the order.
    pub fn of(field: &'static str, reason: impl Into<String>) -> Self {
        Self { line: None, field, reason: reason.into() }
    }
}

/// An order, and which line each of its items was told in.
pub struct Made {
    /// The order, to be checked.
    pub draft: Draft,
    /// Index of a line for each item.
    pub from: Vec<usize>,
}

impl Told {
    /// The order that it makes.
    ///
    /// # Errors
    /// Whatever of it cannot be read.
    pub fn order(self, context: &Context, written: Written) -> Result<Made, Vec<Fault>> {
        let mut faults = Vec::new();
        let (currency, placed_at) = self.head(context, written, &mut faults);
        if self.lines.len() > MAX_ITEMS {
            faults.push(Fault::of("lines", format!("Use at most {MAX_ITEMS} items.")));
        }
        let is_off = is_one_of(&self.status, &OFF);
        let lines = if faults.is_empty() { money::lines(&self, currency, written, is_off, &mut faults) } else { None };
        let paid = self.is_paid(&mut faults);
        let (Some(lines), true) = (lines, faults.is_empty()) else { return Err(faults) };
        let history = self.history(&lines, paid, is_off, placed_at);
        let name = if self.billing.name.is_empty() { &self.billing.company } else { &self.billing.name };
        let customer = NewCustomer {
            email: some(&self.email),
            name: some(name),
            phone: some(&self.phone),
            external_id: None,
            country: some(&self.billing.country),
        };
        let Lines { items, from, tax, .. } = lines;
        let draft = Draft {
            customer: Some(customer),
            items,
            tax,
            prices_include_tax: true,
            note: some(&self.shop_remark),
            tags: self.tags(),
            details: self.details(),
            history,
            ..Draft::new(self.code, OrderKind::Sale, placed_at, currency)
        };
        Ok(Made { draft, from })
    }

    fn head(&self, context: &Context, written: Written, faults: &mut Vec<Fault>) -> (Currency, DateTime<Utc>) {
        let currency = match self.currency.as_str() {
            "" => context.currency,
            code => code.parse::<Currency>().unwrap_or_else(|error| {
                faults.push(Fault::of("currency", format!("{error} Found {}.", shown(code))));
                context.currency
            }),
        };
        let words = "Enter a time such as 2026-03-01 14:02:27.";
        let placed_at = written.time(&self.date, context.zone, words).unwrap_or_else(|reason| {
            faults.push(Fault::of("date", reason));
            DateTime::UNIX_EPOCH
        });
        (currency, placed_at)
    }

    // None when nothing is said of it.
    fn is_paid(&self, faults: &mut Vec<Fault>) -> Option<bool> {
        match self.paid.as_deref()? {
            "1" => Some(true),
            "" | "0" => Some(false),
            other => {
                let words = format!("Enter 1 for an order that is paid, or nothing. Found {}.", shown(other));
                faults.push(Fault::of("paid", words));
                None
            }
        }
    }

    // The export tells no times but that of the order.
    fn history(&self, lines: &Lines, paid: Option<bool>, is_off: bool, at: DateTime<Utc>) -> History {
        let method = self.method();
        let payment = |kind, amount| NewPayment { kind, method: method.clone(), amount, reference: String::new(), at };
        let payments = match paid {
            _ if lines.total <= 0 => Some(Vec::new()),
            None => None,
            Some(true) => Some(vec![payment(PaymentKind::Charge, lines.total)]),
            Some(false) if is_off => Some(vec![payment(PaymentKind::Void, 0)]),
            Some(false) => Some(Vec::new()),
        };
        let has_goods = lines.items.iter().any(|item| item.kind == ItemKind::Product);
        let is_sent = has_goods && is_one_of(&self.status, &SENT);
        let fulfilment = is_sent.then(|| NewFulfilment {
            lines: Vec::new(),
            carrier: String::new(),
            tracking_number: word(&self.package_number),
            tracking_url: String::new(),
            at,
        });
        History {
            payments,
            fulfilments: fulfilment.into_iter().collect(),
            cancelled: is_off.then(|| Cancelled { at, reason: String::new() }),
            ..History::default()
        }
    }

    fn method(&self) -> String {
        let billing = self.lines.iter().find(|line| line.item_kind() == Some(ItemKind::Fee));
        billing.map(|line| word(&line.name)).unwrap_or_default()
    }

    // A state of the shop's own is kept for its owner to see.
    fn tags(&self) -> Vec<String> {
        let is_known = [&SENT[..], &OFF, &PLAIN].iter().any(|names| is_one_of(&self.status, names));
        some(&self.status).filter(|_| !is_known).into_iter().collect()
    }

    fn details(&self) -> Details {
        Details {
            external_id: some(&self.id),
            source: some(&self.source),
            source_updated_at: None,
            customer_note: some(&self.remark),
            shipping_address: Some(self.shipping.address()),
            billing_address: Some(Address { phone: self.phone.clone(), ..self.billing.address() }),
        }
    }
}

impl ToldLine {
    /// What it stands for; None for a part of a set, which is counted with the set.
    pub fn item_kind(&self) -> Option<ItemKind> {
        match self.kind.as_str() {
            "product-set-item" => None,
            "shipping" => Some(ItemKind::Shipping),
            "billing" => Some(ItemKind::Fee),
            "discount-coupon" | "volume-discount" => Some(ItemKind::Discount),
            // Exports without kinds have such codes.
            "" if self.code.starts_with("SHIPPING") => Some(ItemKind::Shipping),
            "" if self.code.starts_with("BILLING") => Some(ItemKind::Fee),
            _ => Some(ItemKind::Product),
        }
    }

    /// What stands on the bill.
    pub fn title(&self) -> String {
        let name = if self.name.is_empty() { &self.code } else { &self.name };
        if self.variant.is_empty() { name.clone() } else { format!("{name} {}", self.variant) }
    }
}

impl Place {
    fn address(&self) -> Address {
        let street = format!("{} {}", self.street, self.house);
        Address {
            name: self.name.clone(),
            company: self.company.clone(),
            line1: text::trim(&street).to_owned(),
            city: self.city.clone(),
            postal_code: self.zip.clone(),
            country: self.country.clone(),
            ..Address::default()
        }
    }
}

// Whole names only: those of some states stand within those of their opposites.
fn is_one_of(status: &str, names: &[&str]) -> bool {
    let status = status.to_lowercase();
    names.contains(&status.as_str())
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
