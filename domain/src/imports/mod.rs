//! Snapshot imports: formats, states, the summary and the problems of a run.

mod query;

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use query::{ImportQuery, ImportView};

/// The layout of a snapshot file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// The CSV of the *Online Retail* data set: one line an invoice line.
    OnlineRetail,
    /// One API order body a line, optionally gzipped.
    OrdersJsonl,
    /// One line an item, with a header line.
    OrdersCsv,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::OnlineRetail, Self::OrdersJsonl, Self::OrdersCsv];

    /// As written in `--format`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OnlineRetail => "online-retail",
            Self::OrdersJsonl => "orders-jsonl",
            Self::OrdersCsv => "orders-csv",
        }
    }
}

impl FromStr for Format {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = || Self::ALL.map(Self::as_str).join(", ");
        Self::ALL
            .into_iter()
            .find(|f| f.as_str() == text)
            .ok_or_else(|| format!("'{text}' is not a format. Use one of {}.", known()))
    }
}

/// Where an import run stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
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
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Checking => "checking",
            Self::Checked => "checked",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// Whether nothing more will happen by itself.
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Checked | Self::Done | Self::Failed)
    }
}

impl FromStr for RunStatus {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Checking, Self::Checked, Self::Queued, Self::Running, Self::Done, Self::Failed]
            .into_iter()
            .find(|s| s.as_str() == text)
            .ok_or_else(|| format!("'{text}' is not an import status"))
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
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Skipped => "skipped",
            Self::Adjusted => "adjusted",
        }
    }
}

impl FromStr for ProblemKind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Rejected, Self::Skipped, Self::Adjusted]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| format!("'{text}' is not a kind of problem"))
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
