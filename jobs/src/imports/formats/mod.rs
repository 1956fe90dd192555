//! The formats of snapshot files. Each reader yields whole orders, one at a time, in constant memory, and
//! reports what is wrong with line, column and reason. What a file as a whole must satisfy is found out by
//! the [`Survey`] that is made before.
//!
//! `cells` splits CSV, `columns` reads header lines, `group` gathers the lines of one order; on these stand
//! `online_retail`, `orders_csv`, `shopify_csv` and the CSV of `shoptet`; `past` turns words such as `paid` into payments and the
//! like. `json_entries` takes JSON apart for `woocommerce_json`. `orders_jsonl` stands alone. `recognise` finds out which format a
//! file has. Documented in `docs/import-formats.md`.

mod cells;
mod columns;
mod group;
mod json_entries;
mod numbers;
mod online_retail;
mod orders_csv;
mod orders_jsonl;
mod past;
mod recognise;
mod shopify_csv;
mod shoptet;
mod survey;
#[cfg(test)]
mod tests;
mod text;
mod titles;
mod woocommerce_json;

use chrono::{DateTime, Utc};
use domain::calendar::Tz;
use domain::imports::{Format, Problem};
use domain::money::Currency;
use domain::orders::NewOrder;

use super::source::{FileError, Lines};
use group::Orders;
use online_retail::OnlineRetail;
use orders_csv::OrdersCsv;
use orders_jsonl::OrdersJsonl;
pub use recognise::recognise_file;
use shopify_csv::ShopifyCsv;
use shoptet::csv::ShoptetCsv;
use shoptet::xml::ShoptetXml;
pub use survey::{Survey, survey};
pub use text::Written;
pub use titles::Titles;
use woocommerce_json::WoocommerceJson;

/// What a reader must know of the store and the time.
#[derive(Clone, Debug)]
pub struct Context {
    /// The store's name in addresses: bodies may name it, and no other.
    pub store: String,
    /// Its zone, for times without one.
    pub zone: Tz,
    /// Its currency, for amounts without one.
    pub currency: Currency,
    /// Orders must not lie in the future.
    pub now: DateTime<Utc>,
}

/// What one stretch of lines came to: one order, or lines that are none.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// Its first line.
    pub first_line: u64,
    /// Its last line: everything up to here is settled with it.
    pub last_line: u64,
    /// How many data lines it has.
    pub lines: u64,
    /// The order, or why there is none.
    pub content: Content,
    /// What was adjusted of the order so that it could be taken.
    pub notes: Vec<Problem>,
}

/// An order, or why there is none.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// A whole order that may be stored.
    Order(Box<NewOrder>),
    /// It has faults: nothing of it may be stored.
    Rejected(Vec<Problem>),
    /// It is no order by the format's rules.
    Skipped(Vec<Problem>),
}

/// A reader of any format.
pub enum Reader<'a> {
    /// `online-retail`
    OnlineRetail(Box<Orders<'a, OnlineRetail<'a>>>),
    /// `orders-csv`
    OrdersCsv(Box<Orders<'a, OrdersCsv<'a>>>),
    /// `orders-jsonl`
    OrdersJsonl(Box<OrdersJsonl<'a>>),
    /// `shopify-csv`
    ShopifyCsv(Box<Orders<'a, ShopifyCsv<'a>>>),
    /// `woocommerce-json`
    WoocommerceJson(Box<WoocommerceJson<'a>>),
    /// `shoptet-xml`
    ShoptetXml(Box<ShoptetXml<'a>>),
    /// `shoptet-csv`
    ShoptetCsv(Box<Orders<'a, ShoptetCsv<'a>>>),
}

impl<'a> Reader<'a> {
    /// Reads `lines`, of which `survey` was made.
    ///
    /// # Errors
    /// When the file is at fault.
    pub fn new(format: Format, lines: Lines, context: &'a Context, survey: &'a Survey) -> Result<Self, FileError> {
        let lines = if survey.is_windows_1250 { lines.in_windows_1250() } else { lines };
        Ok(match format {
            Format::OnlineRetail => {
                let layout = OnlineRetail::new(context, &survey.titles, survey.written);
                Self::OnlineRetail(Box::new(Orders::new(lines, layout, context.now, &survey.scattered)?))
            }
            Format::OrdersCsv => {
                let layout = OrdersCsv::new(context, survey.written);
                Self::OrdersCsv(Box::new(Orders::new(lines, layout, context.now, &survey.scattered)?))
            }
            Format::OrdersJsonl => Self::OrdersJsonl(Box::new(OrdersJsonl::new(lines, context))),
            Format::ShopifyCsv => {
                let layout = ShopifyCsv::new(context, survey.written);
                Self::ShopifyCsv(Box::new(Orders::new(lines, layout, context.now, &survey.scattered)?))
            }
            Format::WoocommerceJson => Self::WoocommerceJson(Box::new(WoocommerceJson::new(lines, context)?)),
            Format::ShoptetXml => Self::ShoptetXml(Box::new(ShoptetXml::new(lines, context, survey.written))),
            Format::ShoptetCsv => {
                let layout = ShoptetCsv::new(context, survey.written);
                Self::ShoptetCsv(Box::new(Orders::new(lines, layout, context.now, &survey.scattered)?))
            }
        })
    }

    /// The next order, or lines that are none; `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read on.
    pub fn next_order(&mut self) -> Result<Option<Parsed>, FileError> {
        match self {
            Self::OnlineRetail(reader) => reader.next_order(),
            Self::OrdersCsv(reader) => reader.next_order(),
            Self::OrdersJsonl(reader) => reader.next_order(),
            Self::ShopifyCsv(reader) => reader.next_order(),
            Self::WoocommerceJson(reader) => reader.next_order(),
            Self::ShoptetXml(reader) => reader.next_order(),
            Self::ShoptetCsv(reader) => reader.next_order(),
        }
    }
}
