//! Snapshot imports: formats, states, the summary and the problems of a run.

mod query;

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantArray};

use crate::choices::choices;

pub use query::{ImportQuery, ImportView};

/// The layout of a snapshot file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[derive(EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case", parse_err_ty = String, parse_err_fn = unknown_format)]
pub enum Format {
    /// The CSV of the *Online Retail* data set: one line an invoice line.
    OnlineRetail,
    /// One API order body a line, optionally gzipped.
    OrdersJsonl,
    /// One line an item, with a header line.
    OrdersCsv,
    /// The orders export of Shopify: one line an item, what belongs to the order on the first of them.
    ShopifyCsv,
    /// Orders of the WooCommerce REST API: a JSON array of them, or one a line.
    WoocommerceJson,
    /// The orders export of Shoptet as XML.
    ShoptetXml,
    /// The orders export of Shoptet as CSV: one line an item, with a header line.
    ShoptetCsv,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::ShopifyCsv,
        Self::WoocommerceJson,
        Self::ShoptetXml,
        Self::ShoptetCsv,
        Self::OrdersCsv,
        Self::OrdersJsonl,
        Self::OnlineRetail,
    ];

    /// As written in `--format`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// The names of all of them, for messages.
    pub fn names() -> String {
        choices::<Self>()
    }
}

/// What somebody says of a file's layout.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum FormatChoice {
    /// Nothing: the file shows it.
    #[default]
    Auto,
    /// It is this one.
    Known(Format),
}

impl FormatChoice {
    /// How [`FormatChoice::Auto`] is written.
    pub const AUTO: &'static str = "auto";
}

impl FromStr for FormatChoice {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "" | Self::AUTO => Ok(Self::Auto),
            name => name.parse().map(Self::Known),
        }
    }
}

/// Where an import run stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[derive(EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase", parse_err_ty = String, parse_err_fn = unknown_status)]
pub enum RunStatus {
    /// Uploaded, being read through without storing anything.
    Checking,
    /// Read through; waits for a person's word.
    Checked,
    /// Waits for a worker.
    Queued,
    /// Storing orders.
    Running,
    /// All that could go in is in.
    Done,
    /// Refused or stopped; the reason is kept.
    Failed,
}

impl RunStatus {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether nothing more will happen by itself.
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Checked | Self::Done | Self::Failed)
    }
}

/// One thing wrong with, or noteworthy in, a file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Problem {
    /// 1-based line of the file (the header is line 1).
    pub line: u64,
    /// The column or field concerned, empty when it is the whole line.
    pub column: String,
    /// What is wrong or why it was left out, in words.
    pub reason: String,
    /// The order concerned, when known.
    pub order: Option<String>,
    /// Whether it kept an order out (`rejected`), was left out by rule (`skipped`), or was put right (`adjusted`).
    pub kind: ProblemKind,
}

/// What a problem did to its order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[derive(EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase", parse_err_ty = String, parse_err_fn = unknown_kind)]
pub enum ProblemKind {
    /// The order did not go in, because something is wrong with it.
    Rejected,
    /// The order did not go in, because it is none by the format's rules.
    Skipped,
    /// The order went in; something that is not essential was cut, cleaned or left out.
    Adjusted,
}

impl ProblemKind {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// What a run came to. Printed by `stoa import --json`.
#[derive(Clone, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Summary {
    /// Data lines read, the header not among them.
    pub read: u64,
    /// Sales stored.
    pub orders: u64,
    /// Return orders stored.
    pub returns: u64,
    /// Orders left out by the format's rules, such as stock adjustments.
    pub skipped: u64,
    /// Orders with a fault, none of which went in.
    pub rejected: u64,
    /// Item lines stored, of sales and returns.
    pub items: u64,
    /// Orders that were already there with the same content.
    pub unchanged: u64,
    /// Orders that replaced an older state of themselves.
    #[serde(default)]
    pub updated: u64,
    /// Orders of which a newer state was there already; they were left as they are.
    #[serde(default)]
    pub older: u64,
    /// Sums of all stored lines by currency code.
    pub currencies: BTreeMap<String, Totals>,
}

/// The sums of one currency, in minor units.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Totals {
    /// Sum of the totals of sales.
    pub sales_total: i64,
    /// Sum of the totals of return orders: negative.
    pub returns_total: i64,
}

fn unknown_format(text: &str) -> String {
    format!("'{text}' is not a format. Use {} or one of {}.", FormatChoice::AUTO, Format::names())
}

fn unknown_status(text: &str) -> String {
    format!("'{text}' is not an import status")
}

fn unknown_kind(text: &str) -> String {
    format!("'{text}' is not a kind of problem")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_chosen_by_name_or_left_to_the_file() {
        let read = |text: &str| text.parse::<FormatChoice>();
        assert_eq!((read(""), read("auto")), (Ok(FormatChoice::Auto), Ok(FormatChoice::Auto)));
        for format in Format::ALL {
            assert_eq!(read(format.as_str()), Ok(FormatChoice::Known(format)));
        }
        let words = read("xml").unwrap_err();
        assert!(
            words.starts_with("'xml' is not a format. Use auto or one of ") && words.contains("shopify-csv"),
            "{words}"
        );
    }
}
