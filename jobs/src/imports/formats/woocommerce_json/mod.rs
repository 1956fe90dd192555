//! `woocommerce-json`: orders as the REST API of WooCommerce sends them, version 3: one list of them, or one a line. All amounts
//! of lines are without tax, whatever `prices_include_tax` says: that is how the shop types prices.
//!
//! `told` reads fields, `lines` makes items of the lines, `life` makes the history of states and dates.

mod life;
mod lines;
mod told;

use domain::fields::{FieldError, FieldErrors};
use domain::imports::ProblemKind;
use domain::json::{self, NotJson};
use domain::orders::new_order::{Address, Details, Draft};
use domain::orders::{NewCustomer, NewOrder, OrderKind};

use super::json_entries::JsonEntries;
use super::orders_jsonl::problems;
use super::survey::Survey;
use super::text::{printable, shown};
use super::{Content, Context, Parsed};
use crate::imports::source::{FileError, Line, Lines};
use life::{Life, Status};
use told::{Reading, Told};

const FORMAT: &str = "woocommerce-json";

/// Reads orders.
pub struct WoocommerceJson<'a> {
    entries: JsonEntries,
    context: &'a Context,
}

impl<'a> WoocommerceJson<'a> {
    /// For a store.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn new(lines: Lines, context: &'a Context) -> Result<Self, FileError> {
        Ok(Self { entries: JsonEntries::new(lines, FORMAT)?, context })
    }

    /// The next order, or an entry that is none.
    ///
    /// # Errors
    /// When the file cannot be read on.
    pub fn next_order(&mut self) -> Result<Option<Parsed>, FileError> {
        loop {
            let read = match self.entries.next_entry()? {
                None => return Ok(None),
                Some(Line::Text(text)) if text.trim().is_empty() => continue,
                Some(Line::Text(text)) => entry(text, self.context),
                Some(Line::TooLong) => Read::rejected(None, FieldErrors::one("", "This order is longer than 1 MB.")),
            };
            return Ok(Some(read.parsed(self.entries.number())));
        }
    }
}

/// Reads the file through.
///
/// # Errors
/// Whatever makes it unfit as a whole.
pub fn survey(mut lines: Lines) -> Result<Survey, FileError> {
    let is_known = looks_like(lines.beginning()?);
    let mut entries = JsonEntries::new(lines, FORMAT)?;
    let mut data_lines = 0;
    while let Some(entry) = entries.next_entry()? {
        match entry {
            Line::Text(text) if text.trim().is_empty() => {}
            Line::Text(text) if data_lines == 0 && !is_known && !text.contains("\"line_items\"") => {
                return Err(FileError::WrongFormat { format: FORMAT, begins: shown(text) });
            }
            Line::Text(_) | Line::TooLong => data_lines += 1,
        }
    }
    if data_lines == 0 {
        return Err(FileError::Empty);
    }
    Ok(Survey { last_line: entries.number(), data_lines, ..Survey::default() })
}

/// Whether a file that begins with `first` is of this format.
pub(super) fn looks_like(first: &[u8]) -> bool {
    let text = String::from_utf8_lossy(first);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    // In this order in each order; the lines come late.
    text.starts_with(['[', '{']) && text.contains("\"prices_include_tax\"") && text.contains("\"date_created")
}

/// What an entry came to, but for its place.
struct Read {
    number: Option<String>,
    content: What,
    notes: FieldErrors,
}

enum What {
    Order(Box<NewOrder>),
    Rejected(FieldErrors),
    Skipped(FieldErrors),
}

impl Read {
    fn rejected(number: Option<String>, errors: FieldErrors) -> Self {
        Self { number, content: What::Rejected(errors), notes: FieldErrors::default() }
    }

    fn parsed(self, line: u64) -> Parsed {
        let of = |errors: FieldErrors, kind| problems(line, self.number.as_deref(), &errors.0, kind);
        let content = match self.content {
            What::Order(order) => Content::Order(order),
            What::Rejected(errors) => Content::Rejected(of(errors, ProblemKind::Rejected)),
            What::Skipped(errors) => Content::Skipped(of(errors, ProblemKind::Skipped)),
        };
        let notes = of(self.notes, ProblemKind::Adjusted);
        Parsed { first_line: line, last_line: line, lines: 1, content, notes }
    }
}

fn entry(text: &str, context: &Context) -> Read {
    let unread = |words: String| Read::rejected(None, FieldErrors::one("", words));
    let body = match json::value(text.as_bytes()) {
        Ok(Ok(body)) => body,
        Ok(Err(too_many)) => return unread(too_many.to_string()),
        Err(fault) => return unread(not_json(&fault)),
    };
    let Some(told) = Told::of(&body) else { return unread("Use a JSON object for each order.".to_owned()) };
    let number = told.text("number").or_else(|| told.text("id"));
    let shown_number = number.as_deref().map(printable);
    let Some(status) = told.text("status") else {
        return Read::rejected(shown_number, FieldErrors::one("status", told::MISSING));
    };
    let status = Status::of(&status);
    if let Status::NoOrder(name) = &status {
        let words = format!("This is no order that was placed: its status is {}.", shown(name));
        let content = What::Skipped(FieldErrors::one("status", words));
        return Read { number: shown_number, content, notes: FieldErrors::default() };
    }
    let (number, mut reading) = (number.unwrap_or_default(), Reading::new(context));
    let (draft, places) = draft(&told, number, &status, &mut reading);
    let Reading { errors, mut notes, .. } = reading;
    if !errors.is_empty() {
        return Read::rejected(shown_number, errors);
    }
    match draft.check(context.now) {
        Ok(order) => {
            for FieldError { field, message } in order.adjusted() {
                notes.add(column(field, &places), message.clone());
            }
            Read { number: shown_number, content: What::Order(Box::new(order)), notes }
        }
        Err(errors) => {
            let mut named = FieldErrors::default();
            for FieldError { field, message } in errors.0 {
                named.add(column(&field, &places), message);
            }
            Read::rejected(shown_number, named)
        }
    }
}

// The order as told, and where in the file each of its items stands.
fn draft(told: &Told<'_>, number: String, status: &Status, reading: &mut Reading<'_>) -> (Draft, Vec<String>) {
    reading.read_currency(told);
    let placed_at = reading.required_time(told, "date_created");
    let (billing, shipping) = (told.inner("billing"), told.inner("shipping"));
    let total = reading.required_amount(told, "total");
    let lines::Lines { items, places, tax } = lines::lines(told, total, reading);
    let changed = reading.time(told, "date_modified");
    let life = Life { told, status, placed_at, changed: changed.unwrap_or(placed_at), total, items: &items };
    let history = life.history(reading);
    let draft = Draft {
        customer: Some(customer(told, billing.as_ref())),
        items,
        tax,
        details: Details {
            external_id: told.text("id"),
            source: told.text("created_via"),
            source_updated_at: changed,
            customer_note: told.text("customer_note"),
            shipping_address: shipping.as_ref().map(address),
            billing_address: billing.as_ref().map(address),
        },
        history,
        ..Draft::new(number, OrderKind::Sale, placed_at, reading.currency)
    };
    (draft, places)
}

fn customer(told: &Told<'_>, billing: Option<&Told<'_>>) -> NewCustomer {
    let text = |name: &str| billing.and_then(|billing| billing.text(name));
    NewCustomer {
        email: text("email"),
        name: billing.map(name).filter(|name| !name.is_empty()).or_else(|| text("company")),
        phone: text("phone"),
        // 0 is a guest.
        external_id: told.text("customer_id").filter(|id| id != "0"),
        country: text("country"),
    }
}

fn name(address: &Told<'_>) -> String {
    let parts = [address.text("first_name"), address.text("last_name")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn address(told: &Told<'_>) -> Address {
    let text = |name: &str| told.text(name).unwrap_or_default();
    Address {
        name: name(told),
        company: text("company"),
        line1: text("address_1"),
        line2: text("address_2"),
        city: text("city"),
        region: text("state"),
        postal_code: text("postcode"),
        country: text("country"),
        phone: text("phone"),
    }
}

// Where a field of the order stands in the file.
fn column(field: &str, places: &[String]) -> String {
    if let Some((index, name)) = field.strip_prefix("items[").and_then(|rest| rest.split_once("].")) {
        let place = index.parse().ok().and_then(|index: usize| places.get(index)).map_or("line_items", String::as_str);
        let name = match name {
            "title" => "name",
            "unit_price" => "subtotal",
            "discount" => "total",
            "tax" => "total_tax",
            same => same,
        };
        return format!("{place}.{name}");
    }
    let list = field.split(['[', '.']).next().unwrap_or_default();
    let same = match list {
        "placed_at" => "date_created_gmt",
        "payments" => "date_paid_gmt",
        "fulfilments" => "date_completed_gmt",
        "cancelled_at" => "date_modified_gmt",
        "customer" | "billing_address" => "billing",
        "shipping_address" => "shipping",
        "items" => "line_items",
        "discount" => "total",
        "tax" => "total_tax",
        "external_id" => "id",
        "source" => "created_via",
        same => same,
    };
    same.to_owned()
}

fn not_json(fault: &NotJson) -> String {
    format!("This order is not valid JSON: {} at line {}, column {} of it.", fault.reason, fault.line, fault.column)
}
