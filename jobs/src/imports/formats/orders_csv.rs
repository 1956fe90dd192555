//! `orders-csv`: one line an item, with a header line. What belongs to the order as a whole stands on its first
//! line; later lines repeat it or leave it empty.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use domain::money::Currency;
use domain::orders::new_order::Draft;
use domain::orders::{ItemKind, NewCustomer, NewItem, OrderKind};

use super::Context;
use super::columns::{Column, Holds, optional, required};
use super::group::{Finished, Group, Layout, Row};
use super::text::{Written, shown};

// The order's own columns come first, its number at 0; the item's begin at SKU.
const KIND: usize = 1;
const PLACED_AT: usize = 2;
const CURRENCY: usize = 3;
const EMAIL: usize = 4;
const NAME: usize = 5;
const PHONE: usize = 6;
const EXTERNAL_ID: usize = 7;
const COUNTRY: usize = 8;
const DISCOUNT: usize = 9;
const SHIPPING: usize = 10;
const TAX: usize = 11;
const NOTE: usize = 12;
const TAGS: usize = 13;
const SKU: usize = 14;
const TITLE: usize = 15;
const ITEM_KIND: usize = 16;
const QUANTITY: usize = 17;
const UNIT_PRICE: usize = 18;

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
}

impl Layout for OrdersCsv<'_> {
    type Head = Head;
    const FORMAT: &'static str = "orders-csv";
    const COLUMNS: &'static [Column] = &[
        required("order_number"),
        optional("kind"),
        required("placed_at").holding(Holds::Time),
        optional("currency"),
        optional("customer_email"),
        optional("customer_name"),
        optional("customer_phone"),
        optional("customer_external_id"),
        optional("customer_country"),
        optional("discount").holding(Holds::Number),
        optional("shipping").holding(Holds::Number),
        optional("tax").holding(Holds::Number),
        optional("note"),
        optional("tags"),
        optional("item_sku"),
        required("item_title"),
        optional("item_kind"),
        required("quantity").holding(Holds::Number),
        required("unit_price").holding(Holds::Number),
    ];
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
                group.fault(line, Self::COLUMNS[column].name, reason);
            }
        }
        let kind = known(row.cell(ITEM_KIND), ItemKind::Product);
        let sku = row.cell(SKU);
        let title = row.cell(TITLE);
        let item = NewItem {
            sku: (!sku.is_empty()).then(|| sku.to_owned()),
            title: if title.is_empty() { sku.to_owned() } else { title.to_owned() },
            kind: group.expect(line, Self::COLUMNS[ITEM_KIND].name, kind, ItemKind::Product),
            quantity: group.expect(line, Self::COLUMNS[QUANTITY].name, self.written.whole(row.cell(QUANTITY)), 1),
            unit_price: group.expect(
                line,
                Self::COLUMNS[UNIT_PRICE].name,
                self.written.amount(row.cell(UNIT_PRICE), head.currency),
                0,
            ),
            ..NewItem::default()
        };
        group.item(line, item);
    }

    fn finish(&self, head: Head, group: &mut Group) -> Finished {
        let Head { cells, currency } = head;
        let line = group.first_line();
        let kind = group.expect(line, "kind", known(&cells[KIND], OrderKind::Sale), OrderKind::Sale);
        let placed_at = group.expect(line, "placed_at", self.time(&cells[PLACED_AT]), DateTime::UNIX_EPOCH);
        let [discount, shipping, tax] = [DISCOUNT, SHIPPING, TAX].map(|column| {
            let read = if cells[column].is_empty() { Ok(0) } else { self.written.amount(&cells[column], currency) };
            group.expect(line, Self::COLUMNS[column].name, read, 0)
        });
        let text = |column: usize| Some(cells[column].clone()).filter(|text| !text.is_empty());
        let customer = NewCustomer {
            email: text(EMAIL),
            name: text(NAME),
            phone: text(PHONE),
            external_id: text(EXTERNAL_ID),
            country: text(COUNTRY),
        };
        let tags = cells[TAGS].split(';').map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned);
        Finished::Draft(Box::new(Draft {
            customer: Some(customer).filter(|customer| *customer != NewCustomer::default()),
            items: std::mem::take(&mut group.items),
            discount,
            shipping,
            tax,
            note: text(NOTE),
            tags: tags.collect(),
            ..Draft::new(&group.number, kind, placed_at, currency)
        }))
    }

    fn column(field: &str) -> &'static str {
        let field = field.split_once('[').map_or(field, |(list, _)| list);
        match field {
            "number" => "order_number",
            "customer" | "customer.email" => "customer_email",
            "customer.name" => "customer_name",
            "customer.phone" => "customer_phone",
            "customer.external_id" => "customer_external_id",
            "customer.country" => "customer_country",
            "sku" => "item_sku",
            "title" => "item_title",
            same => Self::COLUMNS.iter().map(|column| column.name).find(|name| *name == same).unwrap_or_default(),
        }
    }
}

fn known<T: FromStr<Err = String>>(text: &str, otherwise: T) -> Result<T, String> {
    if text.is_empty() {
        Ok(otherwise)
    } else {
        text.parse().map_err(|error| format!("{error} Found {}.", shown(text)))
    }
}
