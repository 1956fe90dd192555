//! The fair other side of a comparison: when a period still runs, only the same elapsed part of the other counts,
//! to the second, in each store's own clock.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::calendar::{day_start, days_before, hour_start, local_to_utc};
use domain::money::Currency;
use domain::orders::Figures;
use domain::period::Period;
use uuid::Uuid;

use crate::error::DataError;
use crate::rollups::{self, Spans};
use crate::scope::Tx;
use crate::stores::Store;

/// The figures of `compared`, cut off where `period` has got to by now. At most three statements.
///
/// # Errors
/// When PostgreSQL fails.
pub(crate) async fn figures(
    tx: &Tx,
    stores: &[Store],
    period: Period,
    compared: Period,
    today: NaiveDate,
) -> Result<BTreeMap<Currency, Figures>, DataError> {
    let ids: Vec<Uuid> = stores.iter().map(|s| s.id.0).collect();
    if period.to < today {
        return rollups::totals(tx, &ids, Some(compared.from), Some(compared.to)).await;
    }
    // The day of the other period that corresponds to today.
    let elapsed_days = (today - period.from).num_days().max(0);
    let last = (compared.from + chrono::Duration::days(elapsed_days)).min(compared.to);
    let mut sum = rollups::totals(tx, &ids, Some(compared.from), Some(days_before(last, 1))).await?;
    let (hours, rest) = spans(stores, last, tx.scope().now());
    for (currency, hours) in rollups::hours(tx, &hours).await? {
        *sum.entry(currency).or_default() += hours.into_values().sum();
    }
    for (currency, figures) in rollups::raw(tx, &rest).await? {
        *sum.entry(currency).or_default() += figures;
    }
    Ok(sum)
}

// For each store: the whole hours of `day` before its present time of day, and what is left of the last one.
fn spans(stores: &[Store], day: NaiveDate, now: DateTime<Utc>) -> (Spans, Spans) {
    let span = |store: &Store| {
        let time = now.with_timezone(&store.zone).time();
        let cut = local_to_utc(day.and_time(time), store.zone);
        (store.id.0, day_start(day, store.zone), hour_start(cut, store.zone), cut)
    };
    let cuts: Vec<_> = stores.iter().map(span).collect();
    let hours = cuts.iter().map(|(id, start, hour, _)| (*id, *start, *hour)).collect();
    let rest = cuts.iter().map(|(id, _, hour, cut)| (*id, *hour, *cut)).collect();
    (hours, rest)
}
