//! The sales report of the API.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::{Tz, day_of, day_start, next};
use domain::fields::FieldErrors;
use domain::money::Currency;
use domain::orders::Figures;
use domain::period::{Comparison, Period, Preset};
use uuid::Uuid;

use crate::dashboards::elapsed;
use crate::error::DataError;
use crate::orders::filter::stores_of;
use crate::rollups::{self, Spans};
use crate::scope::{Scope, Tx};
use crate::stores::Store;

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
    let tx = scope.begin().await?;
    let stores = stores_of(&tx, query.store.as_deref()).await?;
    let zone = stores.first().map_or(Tz::UTC, |s| s.zone);
    let today = day_of(scope.now(), zone);
    let period = query.period.unwrap_or_else(|| Preset::Month.on(today));
    if query.group == Group::Hour && period.days() > MOST_HOUR_DAYS {
        return Err(FieldErrors::one("group", format!("Use hour for at most {MOST_HOUR_DAYS} days.")).into());
    }
    let currencies = parts(rows(&tx, &stores, period, query.group).await?, query.group);
    let compared = match period.compared(query.compare) {
        None => None,
        Some(other) => {
            let totals = elapsed::figures(&tx, &stores, period, other, today).await?;
            let mut parts = parts(rows(&tx, &stores, other, query.group).await?, query.group);
            parts.retain(|part| totals.contains_key(&part.currency));
            for part in &mut parts {
                part.totals = totals.get(&part.currency).copied().unwrap_or_default();
            }
            Some(Box::new(SalesReport { period: other, zone, currencies: parts, compared: None }))
        }
    };
    tx.end();
    Ok(SalesReport { period, zone, currencies, compared })
}

const MOST_HOUR_DAYS: u64 = 92;

type Rows = BTreeMap<Currency, BTreeMap<Bucket, Figures>>;

async fn rows(tx: &Tx, stores: &[Store], period: Period, group: Group) -> Result<Rows, DataError> {
    let mut rows = Rows::new();
    if group == Group::Hour {
        let spans: Spans = stores
            .iter()
            .map(|s| (s.id.0, day_start(period.from, s.zone), day_start(next(period.to), s.zone)))
            .collect();
        for (currency, hours) in rollups::hours(tx, &spans).await? {
            for ((_, hour), figures) in hours {
                *rows.entry(currency).or_default().entry(Bucket::Hour(hour)).or_default() += figures;
            }
        }
    } else {
        let ids: Vec<Uuid> = stores.iter().map(|s| s.id.0).collect();
        for (currency, days) in rollups::days(tx, &ids, period.from, period.to).await? {
            rows.entry(currency)
                .or_default()
                .extend(days.into_iter().map(|(day, figures)| (Bucket::Day(day), figures)));
        }
    }
    Ok(rows)
}

fn parts(rows: Rows, group: Group) -> Vec<SalesPart> {
    let part = |(currency, rows): (Currency, BTreeMap<Bucket, Figures>)| {
        let totals = rows.values().copied().sum();
        let rows =
            if group == Group::None { Vec::new() } else { rows.into_iter().filter(|(_, f)| !f.is_zero()).collect() };
        SalesPart { currency, totals, rows }
    };
    rows.into_iter().map(part).filter(|part| !part.totals.is_zero() || !part.rows.is_empty()).collect()
}
