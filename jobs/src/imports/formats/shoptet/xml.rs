//! `shoptet-xml`: `<ORDERS>` with one `<ORDER>` an order. Lines mean nothing in XML, so the orders are counted instead.

use domain::fields::FieldError;
use domain::imports::{Problem, ProblemKind};
use domain::money::Evidence;
use domain::orders::new_order::MAX_ITEMS;
use domain::text;
use domain::written_time::DayOrder;

use super::events::{Events, Step};
use super::told::{Fault, Made, Place, Told, ToldLine};
use crate::imports::formats::survey::Survey;
use crate::imports::formats::text::{Written, printable, shown};
use crate::imports::formats::{Content, Context, Parsed};
use crate::imports::source::{FileError, Lines, MAX_LINE};

const FORMAT: &str = "shoptet-xml";
const DEEPEST: usize = 16;
const ITEM: [&str; 2] = ["ORDER_ITEMS", "ITEM"];

/// Reads orders.
pub struct ShoptetXml<'a> {
    orders: Orders,
    context: &'a Context,
    written: Written,
}

impl<'a> ShoptetXml<'a> {
    /// For a store, with what the file shows of its notation.
    pub fn new(lines: Lines, context: &'a Context, written: Written) -> Self {
        Self { orders: Orders::new(lines), context, written }
    }

    /// The next order, or one that is none.
    ///
    /// # Errors
    /// When the file cannot be read on.
    pub fn next_order(&mut self) -> Result<Option<Parsed>, FileError> {
        let Some(read) = self.orders.next_order()? else { return Ok(None) };
        let line = self.orders.number;
        let parsed = |content, notes| Parsed { first_line: line, last_line: line, lines: 1, content, notes };
        let Some(told) = read else {
            let faults = vec![problem(line, "", "", "This order is longer than 1 MB.", ProblemKind::Rejected)];
            return Ok(Some(parsed(Content::Rejected(faults), Vec::new())));
        };
        let number = told.code.clone();
        let named = |(path, reason): (String, String), kind| problem(line, &number, &path, &reason, kind);
        let rejected = |faults: Vec<(String, String)>| {
            Content::Rejected(faults.into_iter().map(|fault| named(fault, ProblemKind::Rejected)).collect())
        };
        let Made { draft, from } = match told.order(self.context, self.written) {
            Ok(made) => made,
            Err(faults) => {
                let faults = faults.into_iter().map(|fault| (path_of(&fault), fault.reason)).collect();
                return Ok(Some(parsed(rejected(faults), Vec::new())));
            }
        };
        let place = |error: &FieldError| (path(&error.field, &from), error.message.clone());
        Ok(Some(match draft.check(self.context.now) {
            Ok(order) => {
                let notes = order.adjusted().iter().map(|note| named(place(note), ProblemKind::Adjusted)).collect();
                parsed(Content::Order(Box::new(order)), notes)
            }
            Err(errors) => parsed(rejected(errors.0.iter().map(place).collect()), Vec::new()),
        }))
    }
}

/// Reads the file through.
///
/// # Errors
/// Whatever makes it unfit as a whole.
pub fn survey(mut lines: Lines) -> Result<Survey, FileError> {
    let first = lines.beginning()?;
    if first.is_empty() {
        return Err(FileError::Empty);
    }
    if !looks_like(first) {
        let begins = String::from_utf8_lossy(first.split(|byte| *byte == b'\n').next().unwrap_or_default());
        return Err(FileError::WrongFormat { format: FORMAT, begins: shown(&begins) });
    }
    let mut orders = Orders::new(lines);
    let (mut amounts, mut days) = (Evidence::default(), DayOrder::ANY);
    while let Some(read) = orders.next_order()? {
        let Some(told) = read else { continue };
        days.note(&told.date);
        let of_order = [&told.total, &told.tax, &told.rounding, &told.to_pay];
        of_order.into_iter().chain(told.lines.iter().flat_map(amounts_of)).for_each(|amount| amounts.note(amount));
    }
    if orders.number == 0 {
        return Err(FileError::Empty);
    }
    let written = Written { amounts: amounts.notation(), days };
    Ok(Survey { last_line: orders.number, data_lines: orders.number, written, ..Survey::default() })
}

/// Whether a file that begins with `first` is of this format.
pub(in crate::imports::formats) fn looks_like(first: &[u8]) -> bool {
    let text = String::from_utf8_lossy(first);
    // Another shop system's orders have heads.
    text.trim_start_matches('\u{feff}').trim_start().starts_with('<')
        && ["<ORDERS>", "<ORDERS "].iter().any(|root| text.contains(root))
        && !text.contains("<HEADER>")
}

/// The orders of a file.
struct Orders {
    events: Events,
    number: u64,
    is_open: bool,
    is_over: bool,
}

impl Orders {
    fn new(lines: Lines) -> Self {
        Self { events: Events::new(lines), number: 0, is_open: false, is_over: false }
    }

    // The next order; within, None for one that is too long.
    fn next_order(&mut self) -> Result<Option<Option<Told>>, FileError> {
        loop {
            match self.events.next_step()? {
                Step::Open(name) if !self.is_open && !self.is_over && name == "ORDERS" => self.is_open = true,
                Step::Open(name) if self.is_open && name == "ORDER" => {
                    self.number += 1;
                    return self.order().map(Some);
                }
                Step::Open(name) => {
                    let words = format!("there is an element {} where only orders may be", shown(&name));
                    return Err(self.events.malformed(words));
                }
                Step::Close => (self.is_open, self.is_over) = (false, true),
                Step::Text(_) => {}
                Step::End if self.is_over => return Ok(None),
                Step::End => return Err(self.events.malformed("it ends before its orders do")),
            }
        }
    }

    fn order(&mut self) -> Result<Option<Told>, FileError> {
        let (mut told, mut path, mut text, mut size) = (Told::default(), Vec::<String>::new(), String::new(), 0_usize);
        loop {
            match self.events.next_step()? {
                Step::Open(_) if path.len() >= DEEPEST => {
                    return Err(self.events.malformed("its elements are too deep"));
                }
                Step::Open(name) => {
                    path.push(name);
                    text.clear();
                    if path == ITEM && told.lines.len() <= MAX_ITEMS {
                        told.lines.push(ToldLine::default());
                    }
                }
                Step::Text(more) => {
                    size = size.saturating_add(more.len());
                    if size <= MAX_LINE {
                        text.push_str(&more);
                    }
                }
                Step::Close if path.is_empty() => return Ok((size <= MAX_LINE).then_some(told)),
                Step::Close => {
                    if let Some(field) = field(&mut told, &path.join("/")) {
                        text::trim(&text).clone_into(field);
                    }
                    text.clear();
                    path.pop();
                }
                Step::End => return Err(self.events.malformed("it ends in the middle of an order")),
            }
        }
    }
}

// Where the text of an element belongs.
fn field<'t>(told: &'t mut Told, path: &str) -> Option<&'t mut String> {
    if let Some(name) = path.strip_prefix("ORDER_ITEMS/ITEM/") {
        return line_field(told.lines.last_mut()?, name);
    }
    if let Some(name) = path.strip_prefix("CUSTOMER/BILLING_ADDRESS/") {
        return place_field(&mut told.billing, name);
    }
    if let Some(name) = path.strip_prefix("CUSTOMER/SHIPPING_ADDRESS/") {
        return place_field(&mut told.shipping, name);
    }
    Some(match path {
        "ORDER_ID" => &mut told.id,
        "CODE" => &mut told.code,
        "DATE" => &mut told.date,
        "STATUS" => &mut told.status,
        "CURRENCY/CODE" => &mut told.currency,
        "CUSTOMER/EMAIL" => &mut told.email,
        "CUSTOMER/PHONE" => &mut told.phone,
        "REMARK" => &mut told.remark,
        "SHOP_REMARK" => &mut told.shop_remark,
        "PACKAGE_NUMBER" => &mut told.package_number,
        "TOTAL_PRICE/WITH_VAT" => &mut told.total,
        "TOTAL_PRICE/VAT" => &mut told.tax,
        "TOTAL_PRICE/ROUNDING" => &mut told.rounding,
        "TOTAL_PRICE/PRICE_TO_PAY" => &mut told.to_pay,
        "TOTAL_PRICE/PAID" => told.paid.get_or_insert_default(),
        _ => return None,
    })
}

fn place_field<'t>(place: &'t mut Place, name: &str) -> Option<&'t mut String> {
    Some(match name {
        "NAME" => &mut place.name,
        "COMPANY" => &mut place.company,
        "STREET" => &mut place.street,
        "HOUSENUMBER" => &mut place.house,
        "CITY" => &mut place.city,
        "ZIP" => &mut place.zip,
        "COUNTRY" => &mut place.country,
        _ => return None,
    })
}

fn line_field<'t>(line: &'t mut ToldLine, name: &str) -> Option<&'t mut String> {
    Some(match name {
        "TYPE" => &mut line.kind,
        "NAME" => &mut line.name,
        "VARIANT_NAME" => &mut line.variant,
        "CODE" => &mut line.code,
        "AMOUNT" => &mut line.amount,
        "UNIT_PRICE/WITH_VAT" => &mut line.unit_price,
        "TOTAL_PRICE/WITH_VAT" => &mut line.total,
        "TOTAL_PRICE/WITHOUT_VAT" => &mut line.total_without_tax,
        _ => return None,
    })
}

const fn amounts_of(line: &ToldLine) -> [&String; 4] {
    [&line.amount, &line.unit_price, &line.total, &line.total_without_tax]
}

fn path_of(fault: &Fault) -> String {
    let Some(index) = fault.line else {
        let path = match fault.field {
            "currency" => "CURRENCY/CODE",
            "date" => "DATE",
            "paid" => "TOTAL_PRICE/PAID",
            "tax" => "TOTAL_PRICE/VAT",
            "rounding" => "TOTAL_PRICE/ROUNDING",
            "to_pay" => "TOTAL_PRICE/PRICE_TO_PAY",
            "total" => "TOTAL_PRICE/WITH_VAT",
            _ => "ORDER_ITEMS",
        };
        return path.to_owned();
    };
    let name = match fault.field {
        "amount" => "AMOUNT",
        "total" => "TOTAL_PRICE/WITH_VAT",
        "total_without_tax" => "TOTAL_PRICE/WITHOUT_VAT",
        _ => "UNIT_PRICE/WITH_VAT",
    };
    format!("ORDER_ITEMS/ITEM[{}]/{name}", index + 1)
}

// Where a field of the order stands, whose items were told in the lines `from`.
fn path(field: &str, from: &[usize]) -> String {
    if let Some((index, name)) = field.strip_prefix("items[").and_then(|rest| rest.split_once("].")) {
        let line = index.parse().ok().and_then(|index: usize| from.get(index)).map_or(1, |line| line + 1);
        let name = match name {
            "sku" => "CODE",
            "title" => "NAME",
            "quantity" => "AMOUNT",
            "unit_price" => "UNIT_PRICE/WITH_VAT",
            _ => "TOTAL_PRICE/WITH_VAT",
        };
        return format!("ORDER_ITEMS/ITEM[{line}]/{name}");
    }
    let path = match field.split('[').next().unwrap_or_default() {
        "number" => "CODE",
        "placed_at" => "DATE",
        "currency" => "CURRENCY/CODE",
        "items" => "ORDER_ITEMS",
        "tax" => "TOTAL_PRICE/VAT",
        "note" => "SHOP_REMARK",
        "customer_note" => "REMARK",
        "external_id" => "ORDER_ID",
        "tags" | "cancelled_at" | "fulfilments" => "STATUS",
        "customer.email" => "CUSTOMER/EMAIL",
        "customer.phone" => "CUSTOMER/PHONE",
        field if field.starts_with("payments") => "TOTAL_PRICE/PAID",
        field if field.starts_with("shipping_address") => "CUSTOMER/SHIPPING_ADDRESS",
        field if field.starts_with("customer") || field.starts_with("billing_address") => "CUSTOMER/BILLING_ADDRESS",
        _ => "TOTAL_PRICE/WITH_VAT",
    };
    path.to_owned()
}

fn problem(line: u64, number: &str, path: &str, reason: &str, kind: ProblemKind) -> Problem {
    let order = (!number.is_empty()).then(|| printable(number));
    Problem { line, column: path.to_owned(), reason: reason.to_owned(), order, kind }
}
