//! `online-retail`: the CSV of the *Online Retail* data set, one line an invoice line. Zone and currency are the
//! store's; invoices whose number begins with `C` are credit notes.

use chrono::{DateTime, Utc};
use domain::imports::ProblemKind;
use domain::orders::new_order::Draft;
use domain::orders::{ItemKind, NewCustomer, NewItem, OrderKind};
use domain::written_time::DayOrder;

use super::Context;
use super::cells::Records;
use super::columns::{Column, Columns, Holds, optional, required};
use super::group::{Finished, Group, Layout, Row};
use super::text::{Written, shown};
use super::titles::Titles;

const INVOICE: usize = 0;
const CODE: usize = 1;
const DESCRIPTION: usize = 2;
const QUANTITY: usize = 3;
const DATE: usize = 4;
const PRICE: usize = 5;
const CUSTOMER: usize = 6;
const COUNTRY: usize = 7;

/// Reads invoices.
pub struct OnlineRetail<'a> {
    context: &'a Context,
    titles: &'a Titles,
    written: Written,
}

/// What is kept of an invoice but its lines.
pub struct Head {
    placed_at: Option<DateTime<Utc>>,
    // The last date that was read well: most lines repeat it.
    last_date: String,
    external_id: String,
    country: String,
}

impl<'a> OnlineRetail<'a> {
    /// For a store, with the titles that were found in the file.
    pub const fn new(context: &'a Context, titles: &'a Titles, written: Written) -> Self {
        // Months come first in the data set.
        let written = Written { days: written.days.or_usual(DayOrder::MONTH_FIRST), ..written };
        Self { context, titles, written }
    }

    fn title(&self, sku: &str, description: &str) -> String {
        let known = if description.is_empty() { self.titles.of(sku).unwrap_or(sku) } else { description };
        known.to_owned()
    }

    // Nothing but pieces that vanished or broke: no sale, and no credit note either.
    fn adjustments(group: &Group) -> Option<Finished> {
        let lost = |item: &NewItem| item.quantity < 0 && item.unit_price == 0;
        if !group.is_good() || is_credit_note(&group.number) || !group.items.iter().all(lost) {
            return None;
        }
        let reason = |item: &NewItem| {
            let sku = item.sku.as_deref().unwrap_or_default();
            format!(
                "Stock adjustment, not an order: {} of {} ({}) at price 0.",
                item.quantity,
                shown(sku),
                shown(&item.title)
            )
        };
        let lines = group.items.iter().zip(&group.item_lines);
        let problems = lines.map(|(item, line)| group.problem(*line, "", reason(item), ProblemKind::Skipped));
        Some(Finished::Skipped(problems.collect()))
    }
}

impl Layout for OnlineRetail<'_> {
    type Head = Head;
    const FORMAT: &'static str = "online-retail";
    const COLUMNS: &'static [Column] = &[
        required("InvoiceNo"),
        required("StockCode"),
        required("Description"),
        required("Quantity").holding(Holds::Number),
        required("InvoiceDate").holding(Holds::Time),
        required("UnitPrice").holding(Holds::Number),
        required("CustomerID"),
        required("Country"),
        optional("TotalPrice"),
    ];
    const MAY_END_EARLY: bool = false;

    fn head(&self, _: &Row<'_>, _: &mut Group) -> Head {
        Head { placed_at: None, last_date: String::new(), external_id: String::new(), country: String::new() }
    }

    fn line(&self, row: &Row<'_>, head: &mut Head, group: &mut Group) {
        let line = row.number();
        let name = |column: usize| Self::COLUMNS[column].name;
        let date = row.cell(DATE);
        if head.last_date != date || date.is_empty() {
            match self.written.time(date, self.context.zone, "Enter a date and time such as 12/1/10 8:26.") {
                Ok(at) => {
                    head.placed_at.get_or_insert(at);
                    date.clone_into(&mut head.last_date);
                }
                Err(reason) => group.fault(line, name(DATE), reason),
            }
        }
        if head.external_id.is_empty() {
            row.cell(CUSTOMER).clone_into(&mut head.external_id);
            row.cell(COUNTRY).clone_into(&mut head.country);
        }
        let code = row.cell(CODE);
        if code.is_empty() {
            group.fault(line, name(CODE), "This cell is empty.");
        }
        let quantity = group.expect(line, name(QUANTITY), self.written.whole(row.cell(QUANTITY)), 1);
        let price = self.written.amount(row.cell(PRICE), self.context.currency);
        let unit_price = group.expect(line, name(PRICE), price, 0);
        let title = self.title(code, row.cell(DESCRIPTION));
        let item =
            NewItem { sku: Some(code.to_owned()), title, kind: kind(code), quantity, unit_price, ..NewItem::default() };
        group.item(line, item);
    }

    fn finish(&self, head: Head, group: &mut Group) -> Finished {
        if let Some(skipped) = Self::adjustments(group) {
            return skipped;
        }
        let text = |text: String| (!text.is_empty()).then_some(text);
        let customer = text(head.external_id).map(|id| NewCustomer {
            external_id: Some(id),
            country: text(head.country),
            ..NewCustomer::default()
        });
        let kind = if is_credit_note(&group.number) { OrderKind::Return } else { OrderKind::Sale };
        let placed_at = head.placed_at.unwrap_or(DateTime::UNIX_EPOCH);
        Finished::Draft(Box::new(Draft {
            customer,
            items: std::mem::take(&mut group.items),
            ..Draft::new(&group.number, kind, placed_at, self.context.currency)
        }))
    }

    fn column(field: &str) -> &'static str {
        let column = match field {
            "number" => INVOICE,
            "placed_at" => DATE,
            "customer" | "customer.external_id" => CUSTOMER,
            "customer.country" => COUNTRY,
            "sku" => CODE,
            "title" => DESCRIPTION,
            "quantity" => QUANTITY,
            "unit_price" => PRICE,
            _ => return "",
        };
        Self::COLUMNS[column].name
    }
}

/// Counts the description of the current record.
pub fn count_title(records: &Records, columns: &Columns, titles: &mut Titles) {
    titles.count(columns.cell(records, CODE), columns.cell(records, DESCRIPTION));
}

fn is_credit_note(number: &str) -> bool {
    number.starts_with(['C', 'c'])
}

fn kind(code: &str) -> ItemKind {
    let is = |known: &&str| code.eq_ignore_ascii_case(known);
    if ["POST", "DOT", "C2"].iter().any(is) {
        ItemKind::Shipping
    } else if is(&"D") {
        ItemKind::Discount
    } else if ["M", "S", "B", "AMAZONFEE", "BANK CHARGES", "CRUK"].iter().any(is) {
        ItemKind::Fee
    } else {
        ItemKind::Product
    }
}
