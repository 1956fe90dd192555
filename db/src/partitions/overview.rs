//! How the partitions are, for the page and the command: five statements, whatever their number.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::quarter::Quarter;
use sea_orm::FromQueryResult;

use super::archived::{self, ArchiveRow};
use super::bounds::{Bound, Table, reach};
use super::steps::{self, Waiting};
use super::upkeep::{self, UpkeepRow};
use crate::error::DataError;
use crate::platform::Platform;

/// Everything about the partitions.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Overview {
    /// Days from now for which both tables have quarters.
    pub runway_days: i64,
    /// Rows in the default partitions; more than 0 wants somebody's attention.
    pub default_rows: i64,
    /// The same by table and quarter.
    pub waiting: Vec<Waiting>,
    /// Quarters in the database, newest first.
    pub quarters: Vec<QuarterRow>,
    /// When a quarter was last made.
    pub last_made_at: Option<DateTime<Utc>>,
    /// The last upkeep of each table; empty before the first.
    pub upkeep: Vec<UpkeepRow>,
    /// The oldest whole quarter and when it goes; absent while nothing is ever archived.
    pub next_to_go: Option<Going>,
    /// What was archived, newest first.
    pub archives: Vec<ArchiveRow>,
}

/// A quarter in the database.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct QuarterRow {
    /// Which one.
    pub quarter: Quarter,
    /// How it is.
    pub state: QuarterState,
    /// Orders and their lines.
    pub tables: Vec<TableRow>,
}

/// How a quarter is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QuarterState {
    /// Both tables span it.
    Whole,
    /// Upkeep is moving its rows out of a default partition, or one of its tables is missing.
    Filling,
    /// It was archived, and orders of it came afterwards.
    Late,
}

/// One table of a quarter.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct TableRow {
    /// Orders or lines.
    pub table: Table,
    /// Its name in the database.
    pub name: String,
    /// The first instant in it.
    pub since: DateTime<Utc>,
    /// The first instant after it.
    pub until: DateTime<Utc>,
    /// About how many rows, as PostgreSQL estimates; absent before it ever looked.
    pub rows: Option<i64>,
    /// Bytes with indexes.
    pub bytes: i64,
    /// When it was made; absent for those older than this record.
    pub made_at: Option<DateTime<Utc>>,
    /// When it was first analysed.
    pub analysed_at: Option<DateTime<Utc>>,
}

/// The quarter that is archived next.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Going {
    /// Which one.
    pub quarter: Quarter,
    /// Not before this.
    pub at: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct Record {
    #[sea_orm(nested)]
    bound: Bound,
    rows: i64,
    bytes: i64,
    made_at: Option<DateTime<Utc>>,
    analysed_at: Option<DateTime<Utc>>,
}

/// How the partitions are, when `retention` whole quarters are kept beside the running one (0: all of them).
///
/// # Errors
/// When PostgreSQL fails.
pub async fn overview(platform: &Platform, retention: u32) -> Result<Overview, DataError> {
    let db = platform.db();
    // SQL: the catalogue's partitions with their sizes, which have no entity.
    let sql = "select b.parent, b.name, b.since, b.until, c.reltuples::bigint rows, coalesce(pg_total_relation_size(b.oid), 0) bytes, \
                 m.made_at, m.analysed_at \
               from partition_bounds b join pg_class c on c.oid = b.oid \
               left join partition_marks m on m.parent = b.parent and m.quarter = (b.since at time zone 'UTC')::date \
               order by b.parent desc, b.since nulls last";
    let records: Vec<Record> = super::rows(db, sql, []).await?;
    let waiting = steps::waiting(db).await?;
    let archives = archived::all(db).await?;
    let bounds: Vec<Bound> = records.iter().map(|r| r.bound.clone()).collect();
    let last_made_at = records.iter().filter_map(|r| r.made_at).max();
    let quarters = quarters(records, &archives)?;
    let oldest = quarters.last().map(|row| row.quarter).filter(|_| retention > 0);
    Ok(Overview {
        runway_days: reach(&bounds, db.clock().now()),
        default_rows: waiting.iter().map(|w| w.rows).sum(),
        waiting,
        next_to_go: oldest.map(|quarter| Going { quarter, at: quarter.leaves(retention) }),
        quarters,
        last_made_at,
        upkeep: upkeep::last(db).await?,
        archives,
    })
}

fn quarters(records: Vec<Record>, archives: &[ArchiveRow]) -> Result<Vec<QuarterRow>, DataError> {
    let mut found: BTreeMap<Quarter, Vec<TableRow>> = BTreeMap::new();
    for record in records {
        let Bound { parent, name, since: Some(since), until: Some(until) } = record.bound else { continue };
        found.entry(Quarter::of(since.date_naive())).or_default().push(TableRow {
            table: Table::named(&parent)?,
            name,
            since,
            until,
            rows: Some(record.rows).filter(|rows| *rows >= 0),
            bytes: record.bytes,
            made_at: record.made_at,
            analysed_at: record.analysed_at,
        });
    }
    let row = |(quarter, tables): (Quarter, Vec<TableRow>)| {
        let whole = tables.len() == Table::ALL.len() && tables.iter().all(|t| t.until == quarter.ends());
        let away = archives.iter().any(|a| a.quarter == quarter && a.state.is_away());
        let state = match (whole, away) {
            (_, true) => QuarterState::Late,
            (true, false) => QuarterState::Whole,
            (false, false) => QuarterState::Filling,
        };
        QuarterRow { quarter, state, tables }
    };
    Ok(found.into_iter().rev().map(row).collect())
}
