//! `orders-csv`: one line an item, with a header line. What belongs to the order as a whole stands on its first
//! line; later lines repeat it or leave it empty.

mod columns;

use std::str::FromStr;

use chrono::{DateTime, Utc};
use domain::money::Currency;
use domain::orders::new_order::{Address, Details, Draft};
use domain::orders::{ItemKind, NewCustomer, NewItem, OrderKind};

use super::Context;
use super::columns::Column;
use super::group::{Finished, Group, Layout, Row};
use super::past::{FULFILMENT_STATUSES, PAYMENT_STATUSES, Past, STATUSES, Said, Untold, Words, meaning, word};
use super::text::{Written, shown};
use columns::{
    BILLING_ADDRESS, CANCEL_REASON, CANCELLED_AT, CARRIER, CLOSED_AT, COLUMNS, COUNTRY, CURRENCY, CUSTOMER_ID,
    CUSTOMER_NOTE, DISCOUNT, EMAIL, EXTERNAL_ID, FULFILLED_AT, FULFILMENT_STATUS, ITEM_DISCOUNT, ITEM_KIND, ITEM_TAX,
    KIND, NAME, NOTE, PAID_AT, PAYMENT_STATUS, PHONE, PLACED_AT, PRICES_INCLUDE_TAX, QUANTITY, REFUNDED, SHIPPING,
    SHIPPING_ADDRESS, SKU, SOURCE, STATUS, TAGS, TAX, TITLE, TRACKING_NUMBER, TRACKING_URL, UNIT_PRICE, UPDATED_AT,
};

const YES_OR_NO: Words<bool> =
    &[("yes", true), ("no", false), ("true", true), ("false", false), ("1", true), ("0", false)];

/// Reads orders.
pub struct OrdersCsv<'a> {
    context: &'a Context,
    written: Written,
}

/// The cells of the order's own columns, as its first line has them.
pub struct Head {
    cells: [String; SKU],
    currency: Currency,
}

impl<'a> OrdersCsv<'a> {
    /// For a store, with what the file shows of its notation.
    pub const fn new(context: &'a Context, written: Written) -> Self {
        Self { context, written }
    }

    fn time(&self, text: &str) -> Result<DateTime<Utc>, String> {
        let words = "Enter a time such as 2026-03-01T14:02:00Z, or 2026-03-01 14:02 in the store time zone.";
        self.written.time(text, self.context.zone, words)
    }

    fn some_time(&self, head: &Head, column: usize, group: &mut Group) -> Option<DateTime<Utc>> {
        let text = &head.cells[column];
        let read = if text.is_empty() { Ok(None) } else { self.time(text).map(Some) };
        expect(group, column, read, None)
    }

    fn amount(&self, head: &Head, column: usize, group: &mut Group) -> i64 {
        expect(group, column, self.some_amount(&head.cells[column], head.currency), None).unwrap_or(0)
    }

    fn some_amount(&self, text: &str, currency: Currency) -> Result<Option<i64>, String> {
        if text.is_empty() { Ok(None) } else { self.written.amount(text, currency).map(Some) }
    }

    fn past(&self, head: &Head, group: &mut Group) -> Past {
        let status = expect(group, STATUS, meaning(&head.cells[STATUS], STATUSES), None).unwrap_or_default();
        let payment = meaning(&head.cells[PAYMENT_STATUS], PAYMENT_STATUSES);
        let payment = expect(group, PAYMENT_STATUS, payment, None).or(status.payment);
        let fulfilment = meaning(&head.cells[FULFILMENT_STATUS], FULFILMENT_STATUSES);
        let fulfilment = expect(group, FULFILMENT_STATUS, fulfilment, None).or(status.fulfilment);
        let link = &head.cells[TRACKING_URL];
        if !link.is_empty() && !link.starts_with("https://") && !link.starts_with("http://") {
            let reason = format!("Use a link that begins with https://. Found {}.", shown(link));
            group.fault(group.first_line(), COLUMNS[TRACKING_URL].name, reason);
        }
        Past {
            said: Said { payment, fulfilment, end: status.end },
            refunded: self.amount(head, REFUNDED, group),
            paid_at: self.some_time(head, PAID_AT, group),
            sent_at: self.some_time(head, FULFILLED_AT, group),
            cancelled_at: self.some_time(head, CANCELLED_AT, group),
            closed_at: self.some_time(head, CLOSED_AT, group),
            cancel_reason: word(&head.cells[CANCEL_REASON]),
            parcel: [CARRIER, TRACKING_NUMBER, TRACKING_URL].map(|column| word(&head.cells[column])),
            ..Past::default()
        }
    }

    fn details(&self, head: &Head, group: &mut Group) -> Details {
        for (cell, column) in head.cells.iter().zip(COLUMNS).skip(STATUS) {
            if cell.contains('\0') {
                group.fault(group.first_line(), column.name, "Remove control characters.");
            }
        }
        Details {
            external_id: head.text(EXTERNAL_ID),
            source: head.text(SOURCE),
            source_updated_at: self.some_time(head, UPDATED_AT, group),
            customer_note: head.text(CUSTOMER_NOTE),
            shipping_address: head.address(SHIPPING_ADDRESS),
            billing_address: head.address(BILLING_ADDRESS),
        }
    }
}

impl Head {
    fn text(&self, column: usize) -> Option<String> {
        Some(self.cells[column].clone()).filter(|text| !text.is_empty())
    }

    fn customer(&self) -> Option<NewCustomer> {
        let customer = NewCustomer {
            email: self.text(EMAIL),
            name: self.text(NAME),
            phone: self.text(PHONE),
            external_id: self.text(CUSTOMER_ID),
            country: self.text(COUNTRY),
        };
        Some(customer).filter(|customer| *customer != NewCustomer::default())
    }

    // Its columns stand in the order of its parts.
    fn address(&self, first: usize) -> Option<Address> {
        let mut address = Address::default();
        for (part, cell) in address.parts_mut().into_iter().zip(&self.cells[first..]) {
            part.clone_from(cell);
        }
        Some(address).filter(|address| !address.is_empty())
    }
}

impl Layout for OrdersCsv<'_> {
    type Head = Head;
    const FORMAT: &'static str = "orders-csv";
    const COLUMNS: &'static [Column] = columns::COLUMNS;
    const MAY_END_EARLY: bool = true;

    fn head(&self, row: &Row<'_>, group: &mut Group) -> Head {
        let cells: [String; SKU] = std::array::from_fn(|column| row.cell(column).to_owned());
        let fallback = self.context.currency;
        let currency = match cells[CURRENCY].as_str() {
            "" => Ok(fallback),
            code => code.parse().map_err(|error| format!("{error} Found {}.", shown(code))),
        };
        let currency = group.expect(row.number(), "currency", currency, fallback);
        Head { cells, currency }
    }

    fn line(&self, row: &Row<'_>, head: &mut Head, group: &mut Group) {
        let line = row.number();
        for (column, first) in head.cells.iter().enumerate().skip(KIND) {
            let cell = row.cell(column);
            if !cell.is_empty() && cell != first {
                let reason = format!("{} differs from {} on the first line of this order.", shown(cell), shown(first));
                group.fault(line, COLUMNS[column].name, reason);
            }
        }
        let kind = known(row.cell(ITEM_KIND), ItemKind::Product);
        let sku = row.cell(SKU);
        let title = row.cell(TITLE);
        let item = NewItem {
            sku: (!sku.is_empty()).then(|| sku.to_owned()),
            title: if title.is_empty() { sku.to_owned() } else { title.to_owned() },
            kind: group.expect(line, COLUMNS[ITEM_KIND].name, kind, ItemKind::Product),
            quantity: group.expect(line, COLUMNS[QUANTITY].name, self.written.whole(row.cell(QUANTITY)), 1),
            unit_price: group.expect(
                line,
                COLUMNS[UNIT_PRICE].name,
                self.written.amount(row.cell(UNIT_PRICE), head.currency),
                0,
            ),
            discount: group
                .expect(
                    line,
                    COLUMNS[ITEM_DISCOUNT].name,
                    self.some_amount(row.cell(ITEM_DISCOUNT), head.currency),
                    None,
                )
                .unwrap_or(0),
            tax: group.expect(line, COLUMNS[ITEM_TAX].name, self.some_amount(row.cell(ITEM_TAX), head.currency), None),
        };
        group.item(line, item);
    }

    fn finish(&self, head: Head, group: &mut Group) -> Finished {
        let kind = expect(group, KIND, known(&head.cells[KIND], OrderKind::Sale), OrderKind::Sale);
        let placed_at = expect(group, PLACED_AT, self.time(&head.cells[PLACED_AT]), DateTime::UNIX_EPOCH);
        let [discount, shipping] = [DISCOUNT, SHIPPING].map(|column| self.amount(&head, column, group));
        let tax = expect(group, TAX, self.some_amount(&head.cells[TAX], head.currency), None);
        let includes_tax = meaning(&head.cells[PRICES_INCLUDE_TAX], YES_OR_NO);
        let includes_tax = expect(group, PRICES_INCLUDE_TAX, includes_tax, None).unwrap_or(false);
        let details = self.details(&head, group);
        let past = self.past(&head, group);
        let items = std::mem::take(&mut group.items);
        // What was told of lines is all there is, unless the order tells more.
        let of_lines = || items.iter().filter_map(|item| item.tax).fold(0_i64, i64::saturating_add);
        let tax = tax.unwrap_or_else(of_lines);
        let tags = head.cells[TAGS].split(';').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned);
        let mut draft = Draft {
            customer: head.customer(),
            discount,
            shipping,
            tax,
            prices_include_tax: includes_tax,
            note: head.text(NOTE),
            tags: tags.collect(),
            details,
            items,
            ..Draft::new(&group.number, kind, placed_at, head.currency)
        };
        match past.history(&draft) {
            Ok(history) => draft.history = history,
            Err(untold) => {
                let column = match untold {
                    Untold::Paid => PAYMENT_STATUS,
                    Untold::Refunded => REFUNDED,
                    Untold::Sent => FULFILMENT_STATUS,
                };
                group.fault(group.first_line(), COLUMNS[column].name, untold.words());
            }
        }
        Finished::Draft(Box::new(draft))
    }

    fn column(field: &str) -> &'static str {
        columns::of(field)
    }
}

// `value` of a cell of the order, or else its fault noted and `otherwise`.
fn expect<T>(group: &mut Group, column: usize, value: Result<T, String>, otherwise: T) -> T {
    group.expect(group.first_line(), COLUMNS[column].name, value, otherwise)
}

fn known<T: FromStr<Err = String>>(text: &str, otherwise: T) -> Result<T, String> {
    if text.is_empty() {
        Ok(otherwise)
    } else {
        text.parse().map_err(|error| format!("{error} Found {}.", shown(text)))
    }
}
