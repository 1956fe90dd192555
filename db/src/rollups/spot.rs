//! One local day of a tenant recounted, and repaired: what the nightly check does. Reads that day's orders and no others.

use chrono::{Days, NaiveDate};
use sea_orm::{ColumnTrait, QuerySelect, Value};

use super::recount::Difference;
use super::witness::{self, Dated, Rollup, dated, rollups};
use crate::clocks::{self, Clocks};
use crate::entities::{TenantQueries, rollup_day};
use crate::error::DataError;
use crate::feed::{self, NewEvent};
use crate::scope::{Scope, Tx};
use crate::stores;
use domain::feed::EventKind;

/// The first and the last day that have figures, if any.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn span(scope: &Scope) -> Result<Option<(NaiveDate, NaiveDate)>, DataError> {
    let tx = scope.begin().await?;
    let days = tx.find::<rollup_day::Entity>().select_only();
    let days = days.column_as(rollup_day::Column::Day.min(), "first").column_as(rollup_day::Column::Day.max(), "last");
    let row: Option<(Option<NaiveDate>, Option<NaiveDate>)> = days.into_tuple().one(tx.conn()).await?;
    tx.end();
    Ok(row.and_then(|(first, last)| first.zip(last)))
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

/// Replaces the figures of the local day `day` by recounted ones, gives the orders and refunds of that day the day of their
/// instant, and notes what was `found` in the audit. Writers of the tenant wait meanwhile.
///
/// # Errors
/// When PostgreSQL fails; then nothing changed.
pub async fn repair_day(scope: &Scope, day: NaiveDate, found: &[Difference]) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    let event = NewEvent { kind: EventKind::FiguresRebuilt, store: None, data: serde_json::json!({}) };
    feed::append(&tx, vec![event]).await?;
    let (head, window) = (witness::head(), window(&tx, day).await?);
    for dated in of_rows() {
        tx.run(&dated.mended(&head), window.clone()).await?;
    }
    for rollup in of_day() {
        let condition = condition(&rollup);
        // SQL: whichever rollup, by the clocks of its stores.
        let gone = format!("{head} delete from {} r where tenant_id = $1 and {condition}", rollup.table);
        tx.run(&gone, window.clone()).await?;
        tx.run(&rollup.written(&head, &condition), window.clone()).await?;
    }
    let details = serde_json::json!({"day": day, "found": found});
    crate::audit::note(&tx, "rollups.repair", "figures", details).await?;
    tx.commit().await
}

async fn differences(tx: &Tx, day: NaiveDate) -> Result<Vec<Difference>, DataError> {
    let (head, window) = (witness::head(), window(tx, day).await?);
    let mut found = Vec::new();
    for rollup in of_day() {
        let sql = rollup.compared(&head, &condition(&rollup));
        found.extend(tx.all::<Difference>(&sql, window.clone()).await?);
    }
    for dated in of_rows() {
        found.extend(tx.all::<Difference>(&dated.wrong(&head), window.clone()).await?);
    }
    Ok(found)
}

// Instants that hold the day in every zone of the world, the day itself, and the clocks of that time.
async fn window(tx: &Tx, day: NaiveDate) -> Result<Vec<Value>, DataError> {
    let at = |day: NaiveDate| day.and_time(chrono::NaiveTime::MIN).and_utc();
    let (since, until) = (at(day - Days::new(1)), at(day + Days::new(2)));
    let clocks = Clocks::within(&stores::all(tx).await?, since, until);
    Ok([since.into(), until.into(), day.into()].into_iter().chain(clocks.values()).collect())
}

fn of_day() -> [Rollup; 4] {
    rollups(
        "and o.placed_at >= $2 and o.placed_at < $3",
        "and c.counts_at >= $2 and c.counts_at < $3",
        "and day >= date_trunc('week', $4::date::timestamp)::date and day < date_trunc('week', $4::date::timestamp)::date + 7",
    )
}

// Those within the window that stand on the day, or should.
fn of_rows() -> [Dated; 2] {
    dated("and at >= $2 and at < $3").map(Dated::on_day)
}

fn condition(rollup: &Rollup) -> String {
    let on_day = match rollup.name {
        "hour" => {
            let day = clocks::day("r.hour");
            format!(
                "r.hour >= $2 and r.hour < $3 and exists (select from clocks k where k.store_id = r.store_id and {day} = $4)"
            )
        }
        "week" => "r.week = date_trunc('week', $4::date::timestamp)::date".to_owned(),
        _ => "r.day = $4".to_owned(),
    };
    format!("{on_day} and {}", rollup.live)
}
