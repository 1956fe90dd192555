//! `shopify-csv`: the orders export of Shopify, one line an item. What belongs to the order as a whole stands on its first line;
//! later lines leave it empty. Its amounts have a decimal point, whatever the language of the shop.

mod columns;
mod sums;

use chrono::{DateTime, Utc};
use domain::money::{Currency, Mark, Notation};
use domain::orders::new_order::{Address, Details, Draft};
use domain::orders::{ItemKind, NewCustomer, NewItem, OrderKind, PaymentStatus};

use super::Context;
use super::columns::Column;
use super::group::{Finished, Group, Layout, Row};
use super::past::{FULFILMENT_STATUSES, PAYMENT_STATUSES, Past, Said, meaning, word};
use super::text::{Written, shown};
use columns::{
    BILLING, CANCELLED_AT, COLUMNS, CREATED_AT, CURRENCY, DISCOUNT, DUTIES, EMAIL, FINANCIAL_STATUS, FULFILLED_AT,
    FULFILLMENT_STATUS, ID, LINE_DISCOUNT, LINE_NAME, LINE_STATUS, METHOD, NOTES, OUTSTANDING, PAID_AT, PHONE, PRICE,
    PROVINCE_NAME, QUANTITY, REFERENCES, REFUNDED, SHIPPED_TO, SHIPPING, SKU, SOURCE, STREET, SUBTOTAL, TAGS,
    TAX_LINES, TAXES, TOTAL,
};
use sums::{Sums, Told};

/// Reads orders.
pub struct ShopifyCsv<'a> {
    context: &'a Context,
    written: Written,
}

/// What is kept of an order but its items.
pub struct Head {
    // The cells of the order's own columns, as its first line has them.
    cells: [String; QUANTITY],
    currency: Currency,
    // What its lines come to.
    told: Told,
    // The lines that were sent, with all their pieces.
    sent: Vec<(i32, i64)>,
}

impl<'a> ShopifyCsv<'a> {
    /// For a store, with what the file shows of its notation of days.
    pub const fn new(context: &'a Context, written: Written) -> Self {
        let written = Written { amounts: Notation::Decimals(Mark::Point), ..written };
        Self { context, written }
    }

    fn time(&self, text: &str) -> Result<DateTime<Utc>, String> {
        self.written.time(text, self.context.zone, "Enter a time such as 2026-03-01 14:02:00 +0100.")
    }

    fn some_time(&self, head: &Head, column: usize, group: &mut Group) -> Option<DateTime<Utc>> {
        let text = &head.cells[column];
        let read = if text.is_empty() { Ok(None) } else { self.time(text).map(Some) };
        expect(group, column, read, None)
    }

    fn some_amount(&self, head: &Head, column: usize, group: &mut Group) -> Option<i64> {
        let text = &head.cells[column];
        let read = if text.is_empty() { Ok(None) } else { self.written.amount(text, head.currency).map(Some) };
        expect(group, column, read, None)
    }

    fn told(&self, head: &Head, group: &mut Group) -> Told {
        let mut amount = |column| self.some_amount(head, column, group);
        let tax_lines = (TAX_LINES..TAX_LINES + 5).filter_map(&mut amount).fold(0_i64, i64::saturating_add);
        let told = Told {
            subtotal: amount(SUBTOTAL),
            discount: amount(DISCOUNT).unwrap_or(0),
            shipping: amount(SHIPPING).unwrap_or(0),
            tax: amount(TAXES).unwrap_or(tax_lines),
            duties: amount(DUTIES).unwrap_or(0),
            ..head.told
        };
        let total = self.written.amount(&head.cells[TOTAL], head.currency);
        Told { total: expect(group, TOTAL, total, 0), ..told }
    }

    fn past(&self, head: &Head, total: i64, group: &mut Group) -> Past {
        let payment = meaning(&head.cells[FINANCIAL_STATUS], PAYMENT_STATUSES);
        let payment = expect(group, FINANCIAL_STATUS, payment, None);
        let fulfilment = meaning(&head.cells[FULFILLMENT_STATUS], FULFILMENT_STATUSES);
        let fulfilment = expect(group, FULFILLMENT_STATUS, fulfilment, None);
        let refunded = self.some_amount(head, REFUNDED, group).unwrap_or(0);
        let outstanding = self.some_amount(head, OUTSTANDING, group);
        // Pieces came back, but no money went.
        let is_unpaid_refund = payment == Some(PaymentStatus::PartiallyRefunded) && refunded == 0;
        let payment = if is_unpaid_refund { Some(PaymentStatus::Paid) } else { payment };
        let paid = match payment {
            Some(PaymentStatus::PartiallyPaid) => outstanding.map(|left| total.saturating_sub(left)),
            Some(PaymentStatus::Refunded) if refunded > 0 => Some(refunded),
            _ => (refunded > total).then_some(refunded),
        };
        Past {
            said: Said { payment, fulfilment, end: None },
            paid,
            refunded,
            sent: Some(head.sent.clone()),
            paid_at: self.some_time(head, PAID_AT, group),
            sent_at: self.some_time(head, FULFILLED_AT, group),
            cancelled_at: self.some_time(head, CANCELLED_AT, group),
            method: word(&head.cells[METHOD]),
            reference: word(head.first([REFERENCES, REFERENCES + 1, REFERENCES + 2])),
            ..Past::default()
        }
    }
}

impl Head {
    fn text(&self, column: usize) -> Option<String> {
        Some(self.cells[column].clone()).filter(|text| !text.is_empty())
    }

    // The first of these cells that has something in it.
    fn first<const N: usize>(&self, columns: [usize; N]) -> &str {
        columns.into_iter().map(|column| self.cells[column].as_str()).find(|cell| !cell.is_empty()).unwrap_or_default()
    }

    fn customer(&self) -> Option<NewCustomer> {
        let text = |cell: &str| Some(cell.to_owned()).filter(|text| !text.is_empty());
        let [name, country, phone] = [0, 7, 8].map(|part| [BILLING + part, SHIPPED_TO + part]);
        let customer = NewCustomer {
            email: self.text(EMAIL),
            name: text(self.first(name)),
            phone: text(digits(self.first([PHONE, phone[0], phone[1]]))),
            external_id: None,
            country: text(self.first(country)),
        };
        Some(customer).filter(|customer| *customer != NewCustomer::default())
    }

    fn details(&self, group: &mut Group) -> Details {
        for (cell, column) in self.cells.iter().zip(COLUMNS).skip(NOTES) {
            if cell.contains('\0') {
                group.fault(group.first_line(), column.name, "Remove control characters.");
            }
        }
        Details {
            // A spreadsheet that saved the file again may have rounded it: 5.70E+12.
            external_id: self.text(ID).filter(|id| !id.contains("E+")),
            source: self.text(SOURCE),
            source_updated_at: None,
            customer_note: self.text(NOTES),
            shipping_address: self.address(SHIPPED_TO),
            billing_address: self.address(BILLING),
        }
    }

    fn address(&self, first: usize) -> Option<Address> {
        let mut address = Address::default();
        for (part, cell) in address.parts_mut().into_iter().zip(&self.cells[first..]) {
            part.clone_from(cell);
        }
        for (part, otherwise) in [(&mut address.line1, STREET), (&mut address.region, PROVINCE_NAME)] {
            if part.is_empty() {
                part.clone_from(&self.cells[first + otherwise]);
            }
        }
        for part in [&mut address.postal_code, &mut address.phone] {
            let plain = digits(part).to_owned();
            *part = plain;
        }
        Some(address).filter(|address| !address.is_empty())
    }
}

impl Layout for ShopifyCsv<'_> {
    type Head = Head;
    const FORMAT: &'static str = "shopify-csv";
    const COLUMNS: &'static [Column] = columns::COLUMNS;
    const MAY_END_EARLY: bool = true;
    const MAY_HAVE_OTHERS: bool = true;

    fn head(&self, row: &Row<'_>, group: &mut Group) -> Head {
        let cells: [String; QUANTITY] = std::array::from_fn(|column| row.cell(column).to_owned());
        let fallback = self.context.currency;
        let currency = match cells[CURRENCY].as_str() {
            "" => Ok(fallback),
            code => code.parse().map_err(|error| format!("{error} Found {}.", shown(code))),
        };
        let currency = group.expect(row.number(), COLUMNS[CURRENCY].name, currency, fallback);
        Head { cells, currency, told: Told::default(), sent: Vec::new() }
    }

    fn line(&self, row: &Row<'_>, head: &mut Head, group: &mut Group) {
        let line = row.number();
        // Two orders of one number, one after the other.
        for column in [ID, FINANCIAL_STATUS, TOTAL, CURRENCY] {
            let (cell, first) = (row.cell(column), &head.cells[column]);
            if !cell.is_empty() && cell != first {
                let reason = format!("{} differs from {} on the first line of this order.", shown(cell), shown(first));
                group.fault(line, COLUMNS[column].name, reason);
            }
        }
        let amount = |text: &str| self.written.amount(text, head.currency);
        let quantity = group.expect(line, COLUMNS[QUANTITY].name, self.written.whole(row.cell(QUANTITY)), 1);
        let unit_price = group.expect(line, COLUMNS[PRICE].name, amount(row.cell(PRICE)), 0);
        let discount = match row.cell(LINE_DISCOUNT) {
            "" => 0,
            text => group.expect(line, COLUMNS[LINE_DISCOUNT].name, amount(text), 0),
        };
        // Taken out of the order again.
        if quantity == 0 {
            return;
        }
        let (sku, title, status) = (row.cell(SKU), row.cell(LINE_NAME), row.cell(LINE_STATUS));
        let is_tip = title.eq_ignore_ascii_case("tip") && matches!(status, "" | "not_eligible");
        let item = NewItem {
            sku: (!sku.is_empty()).then(|| sku.to_owned()),
            title: if title.is_empty() { sku.to_owned() } else { title.to_owned() },
            kind: if is_tip { ItemKind::Fee } else { ItemKind::Product },
            quantity,
            unit_price,
            discount,
            tax: None,
        };
        let told = &mut head.told;
        let sum = if is_tip { &mut told.tips } else { &mut told.goods };
        *sum += i128::from(item.amount());
        told.of_lines += i128::from(discount);
        let before = group.items.len();
        group.item(line, item);
        if status.eq_ignore_ascii_case("fulfilled") && group.items.len() > before {
            head.sent.push((i32::try_from(before + 1).unwrap_or(i32::MAX), quantity));
        }
    }

    fn finish(&self, head: Head, group: &mut Group) -> Finished {
        let placed_at = expect(group, CREATED_AT, self.time(&head.cells[CREATED_AT]), DateTime::UNIX_EPOCH);
        let told = self.told(&head, group);
        let past = self.past(&head, told.total, group);
        let details = head.details(group);
        let sums = told.sums();
        if sums.is_none() && group.is_good() {
            group.fault(group.first_line(), COLUMNS[TOTAL].name, told.reason(head.currency));
        }
        let Sums { discount, shipping, duties, prices_include_tax } = sums.unwrap_or_default();
        let mut items = std::mem::take(&mut group.items);
        let of_order = i64::try_from(i128::from(discount) - told.of_lines).unwrap_or(i64::MAX);
        if of_order < 0 {
            // What stands on the lines is more than all discounts: only those are in the total.
            items.iter_mut().for_each(|item| item.discount = 0);
        }
        if duties > 0 {
            let (title, kind) = ("Duties".to_owned(), ItemKind::Fee);
            items.push(NewItem { title, kind, quantity: 1, unit_price: duties, ..NewItem::default() });
        }
        let tags = head.cells[TAGS].split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned);
        let mut draft = Draft {
            customer: head.customer(),
            items,
            discount: if of_order < 0 { discount } else { of_order },
            shipping,
            tax: told.tax,
            prices_include_tax,
            tags: tags.collect(),
            details,
            ..Draft::new(&group.number, OrderKind::Sale, placed_at, head.currency)
        };
        match past.history(&draft) {
            Ok(history) => draft.history = history,
            // Of all that may be missing, only this can be.
            Err(untold) => group.fault(group.first_line(), COLUMNS[OUTSTANDING].name, untold.words()),
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

// The export writes an apostrophe before figures, so that spreadsheets leave them as they are.
fn digits(text: &str) -> &str {
    text.strip_prefix('\'').unwrap_or(text).trim()
}
