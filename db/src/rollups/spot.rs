//! One local day of a tenant recounted, and repaired: what the nightly check does. Reads that day's orders and no others.

use chrono::{Days, NaiveDate};
use sea_orm::{FromQueryResult, Value};

use super::recount::{Difference, Rollup, rollups};
use crate::error::DataError;
use crate::feed::{self, NewEvent};
use crate::scope::{Scope, Tx};
use domain::feed::EventKind;

#[derive(FromQueryResult)]
struct SpanRow {
    first: Option<NaiveDate>,
    last: Option<NaiveDate>,
}

/// The first and the last day that have figures, if any.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn span(scope: &Scope) -> Result<Option<(NaiveDate, NaiveDate)>, DataError> {
    let tx = scope.begin().await?;
    let sql = "select min(day) as first, max(day) as last from rollup_days where tenant_id = $1";
    let row: Option<SpanRow> = tx.one(sql, []).await?;
    tx.commit().await?;
    Ok(row.and_then(|row| row.first.zip(row.last)))
}

/// The buckets of the local day `day` that differ from the raw rows, up to 1,000 of each rollup.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn verify_day(scope: &Scope, day: NaiveDate) -> Result<Vec<Difference>, DataError> {
    let tx = scope.begin().await?;
    let found = differences(&tx, day).await?;
    tx.commit().await?;
    Ok(found)
}

/// Replaces the figures of the local day `day` by recounted ones, and notes what was `found` in the audit. Writers of the
/// tenant wait meanwhile.
///
/// # Errors
/// When PostgreSQL fails; then nothing changed.
pub async fn repair_day(scope: &Scope, day: NaiveDate, found: &[Difference]) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    let event = NewEvent { kind: EventKind::FiguresRebuilt, store: None, data: serde_json::json!({}) };
    feed::append(&tx, vec![event]).await?;
    for Rollup { name, table, key, values, recount, live } in of_day() {
        let on_day = on_day(name);
        tx.run(
            &format!("delete from {table} r where tenant_id = $1 and {on_day} and {live} and $2::timestamptz < $3::timestamptz"),
            window(day),
        )
        .await?;
        let sql = format!(
            "insert into {table} (tenant_id, {key}, {values}) select $1, {key}, {values} from ({recount}) r where {on_day} and {live}"
        );
        tx.run(&sql, window(day)).await?;
    }
    let details = serde_json::json!({"day": day, "found": found});
    crate::audit::note(&tx, "rollups.repair", "figures", details).await?;
    tx.commit().await
}

async fn differences(tx: &Tx, day: NaiveDate) -> Result<Vec<Difference>, DataError> {
    let mut found = Vec::new();
    for Rollup { name, table, key, values, recount, live } in of_day() {
        let zero = format!("({})", vec!["0"; values.split(',').count()].join(","));
        let on_day = on_day(name);
        let sql = format!(
            "with t as (select ({key})::text k, ({values})::text v from ({recount}) r where {on_day} and {live}), \
             m as (select ({key})::text k, ({values})::text v from {table} r where tenant_id = $1 and {on_day} and {live}) \
             select '{name}' rollup, coalesce(t.k, m.k) bucket, coalesce(m.v, '') maintained, coalesce(t.v, '') recounted \
             from t full join m on m.k = t.k where coalesce(t.v, '{zero}') <> coalesce(m.v, '{zero}') limit 1000"
        );
        found.extend(tx.all::<Difference>(&sql, window(day)).await?);
    }
    Ok(found)
}

// `$2` and `$3` hold the day in every zone of the world; `$4` is the day itself.
fn window(day: NaiveDate) -> [Value; 3] {
    let at = |day: NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc();
    [at(day - Days::new(1)).into(), at(day + Days::new(2)).into(), day.into()]
}

fn of_day() -> [Rollup; 4] {
    rollups(
        "and o.placed_at >= $2 and o.placed_at < $3",
        "and c.counts_at >= $2 and c.counts_at < $3",
        "and $2::timestamptz < $3::timestamptz and day >= date_trunc('week', $4::date::timestamp)::date \
           and day < date_trunc('week', $4::date::timestamp)::date + 7",
    )
}

fn on_day(rollup: &str) -> &'static str {
    match rollup {
        "hour" => {
            "r.hour >= $2 and r.hour < $3 \
             and (r.hour at time zone (select s.time_zone from stores s where s.tenant_id = $1 and s.id = r.store_id))::date = $4"
        }
        "week" => "r.week = date_trunc('week', $4::date::timestamp)::date",
        _ => "r.day = $4",
    }
}
