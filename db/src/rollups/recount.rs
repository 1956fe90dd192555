//! Figures computed from raw rows, in SQL: an independent witness against the maintained ones, and their repair. It reads the
//! lines, not the sums that an order keeps, and the instants, not the days that were stored with them; those it checks too.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{FromQueryResult, Value};

use super::witness::{self, Rollup, dated, rollups};
use crate::clocks::Clocks;
use crate::error::DataError;
use crate::feed::{self, NewEvent};
use crate::scope::{Scope, Tx};
use crate::stores;
use domain::feed::EventKind;

/// A bucket in which the maintained figures differ from the raw rows.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult, serde::Serialize)]
pub struct Difference {
    /// `day`, `hour`, `product` or `week`; `order` or `refund` when the day stored with one is not the day of its instant.
    pub rollup: String,
    /// Store, bucket and currency; of an order or refund its id.
    pub bucket: String,
    /// What is maintained; empty when there is no row.
    pub maintained: String,
    /// What the raw rows say; empty when there should be no row.
    pub recounted: String,
}

/// All buckets that differ, up to 1,000. Those of archived quarters are left out.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn verify(scope: &Scope) -> Result<Vec<Difference>, DataError> {
    let tx = scope.begin().await?;
    let found = differences(&tx).await?;
    tx.commit().await?;
    Ok(found)
}

/// Replaces all maintained figures of the tenant by recounted ones, those of archived quarters excepted, and the days of orders
/// and refunds that have a wrong one; how many buckets there are now. Writers wait meanwhile.
///
/// # Errors
/// When PostgreSQL fails; then nothing changed.
pub async fn rebuild(scope: &Scope) -> Result<u64, DataError> {
    let tx = scope.begin().await?;
    let event = NewEvent { kind: EventKind::FiguresRebuilt, store: None, data: serde_json::json!({}) };
    feed::append(&tx, vec![event]).await?;
    let head = witness::head();
    let mut moved = 0;
    for dated in dated("") {
        moved += tx.run(&dated.mended(&head), always(&tx).await?).await?;
    }
    let mut rows = 0;
    for rollup in rollups("", "", "") {
        let Rollup { table, live, .. } = &rollup;
        // SQL: whichever rollup, but for what is archived.
        tx.run(&format!("delete from {table} where tenant_id = $1 and {live}"), []).await?;
        rows += tx.run(&rollup.written(&head, live), always(&tx).await?).await?;
    }
    crate::audit::note(&tx, "rollups.rebuild", "figures", serde_json::json!({"buckets": rows, "days": moved})).await?;
    tx.commit().await?;
    Ok(rows)
}

/// Whether figures may be wrong that an older version wrote: some order or refund has another day than its instant, or PostgreSQL
/// reads the zone of a store otherwise than the program does.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn may_be_misread(scope: &Scope) -> Result<bool, DataError> {
    let tx = scope.begin().await?;
    let head = witness::head();
    let mut found = tx.scalar(&witness::misread(&head), always(&tx).await?).await?.unwrap_or(false);
    for dated in dated("") {
        found = found || !tx.all::<Difference>(&dated.wrong(&head), always(&tx).await?).await?.is_empty();
    }
    tx.commit().await?;
    Ok(found)
}

async fn differences(tx: &Tx) -> Result<Vec<Difference>, DataError> {
    let head = witness::head();
    let mut found = Vec::new();
    for rollup in rollups("", "", "") {
        let live = rollup.live;
        found.extend(tx.all::<Difference>(&rollup.compared(&head, live), always(tx).await?).await?);
    }
    for dated in dated("") {
        found.extend(tx.all::<Difference>(&dated.wrong(&head), always(tx).await?).await?);
    }
    Ok(found)
}

// All orders there are: no window, no day.
async fn always(tx: &Tx) -> Result<Vec<Value>, DataError> {
    let clocks = Clocks::always(&stores::all(tx).await?, tx.scope().now());
    let open: [Value; 3] = [None::<DateTime<Utc>>.into(), None::<DateTime<Utc>>.into(), None::<NaiveDate>.into()];
    Ok(open.into_iter().chain(clocks.values()).collect())
}
