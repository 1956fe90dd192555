//! Figures computed from raw rows, in SQL: an independent witness against the maintained ones, and their repair. It reads the
//! lines, not the sums that an order keeps, and the instants, not the days that were stored with them; those it checks too.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{FromQueryResult, Value};

use super::witness::{self, COUNTED_REFUNDS, Rollup, dated, rollups};
use crate::clocks::{self, Clocks};
use crate::error::DataError;
use crate::feed::{self, NewEvent};
use crate::scope::{Scope, Tx};
use crate::stores::{self, Store};
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

/// Replaces what all buckets of the store say of refunds by what the refunds themselves say under its present rule. Those
/// of archived quarters too: refunds stay when their orders go to the archive. The feed's head must be locked by this
/// transaction already, so that no refund is booked meanwhile. Reads refunds alone, however many orders there are.
///
/// # Errors
/// When PostgreSQL fails.
pub(crate) async fn replace_refunds(tx: &Tx, store: &Store) -> Result<(), DataError> {
    for (table, bucket, counted) in
        [("rollup_days", "day", clocks::day("c.counts_at")), ("rollup_hours", "hour", clocks::hour("c.counts_at"))]
    {
        // SQL: of whichever rollup.
        let none = format!(
            "update {table} set refunds = 0, refunded = 0 where tenant_id = $1 and store_id = $2 and (refunds <> 0 or refunded <> 0)"
        );
        tx.run(&none, [store.id.0.into()]).await?;
        // SQL: sums of refunds by the clock of their store, into whichever rollup.
        let all = format!(
            "with {} insert into {table} (tenant_id, store_id, {bucket}, currency, refunds, refunded) \
             select $1, f.store_id, {counted}, f.currency, count(*), sum(f.amount)::bigint from {COUNTED_REFUNDS} and f.store_id = $2 group by 2, 3, 4 \
             on conflict (tenant_id, store_id, {bucket}, currency) do update set refunds = excluded.refunds, refunded = excluded.refunded",
            clocks::with(3)
        );
        let clocks = Clocks::always(std::slice::from_ref(store), tx.scope().now()).values();
        tx.run(&all, [store.id.0.into()].into_iter().chain(clocks)).await?;
    }
    Ok(())
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
