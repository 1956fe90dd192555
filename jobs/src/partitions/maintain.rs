//! Upkeep of one table after the other, step by step. A step that fails is reported and the next one goes on; so is
//! a table. Safe to run twice, by several at once, and to be killed at any moment: each step is one transaction.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use db::partitions::Table;
use db::partitions::steps::{self, Made};
use db::partitions::upkeep::{self, Pulse};
use db::{DataError, Db};
use domain::quarter::Quarter;
use tokio::time::{Instant, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// Quarters made ahead of the running one.
const AHEAD: u32 = 2;
/// Half a minute, so that an alarm that needs one look is out within a minute.
const EVERY: Duration = Duration::from_secs(30);
/// Days of runway below which upkeep is run at once: fewer than it leaves in the worst case, more than the alarm waits
/// for.
const RUNWAY_DAYS: i64 = 60;
/// What cannot be mended is not tried every time.
const MENDED_EVERY: Duration = Duration::from_secs(300);

/// What upkeep did.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct Report {
    /// Quarters of which a table was made.
    pub made: BTreeSet<Quarter>,
    /// Rows moved out of default partitions.
    pub moved: i64,
    /// Tables analysed.
    pub analysed: usize,
    /// Steps that failed; the others were done.
    pub failed: Vec<Fault>,
}

/// A step that failed.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Fault {
    /// Orders or lines.
    pub table: Table,
    /// What was tried.
    pub step: String,
    /// Why it failed.
    pub words: String,
}

/// Moves rows out of default partitions, makes the running quarter and the next two, and analyses what is new. Ends
/// early, between two steps, when `stop` is asked for.
///
/// # Errors
/// When PostgreSQL does not even take the note of what was done. Steps that fail are in the report.
pub async fn maintain(db: &Db, stop: &CancellationToken) -> Result<Report, DataError> {
    let mut report = Report::default();
    for table in Table::ALL {
        let before = report.failed.len();
        tend(db, table, stop, &mut report).await;
        let words: Vec<String> = report.failed[before..].iter().map(Fault::to_string).collect();
        for fault in &report.failed[before..] {
            tracing::error!(table = %fault.table, step = fault.step, error = fault.words, "partition maintenance \
                failed; Stoa retries");
        }
        upkeep::note(db, table, Some(words.join("; ")).as_deref().filter(|w| !w.is_empty())).await?;
    }
    upkeep::pulse(db).await?;
    Ok(report)
}

/// Keeps the gauges of the partitions fresh: looks every half minute until `stop`. With `mends` it runs upkeep when the
/// runway is short or rows wait in a default partition.
pub async fn watch(db: Db, mends: bool, stop: CancellationToken) {
    let mut tick = interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut mended: Option<Instant> = None;
    while stop.run_until_cancelled(tick.tick()).await.is_some() {
        let Pulse { runway_days, default_rows } = match upkeep::pulse(&db).await {
            Ok(pulse) => pulse,
            Err(error) => {
                tracing::warn!(%error, "cannot check the partitions");
                continue;
            }
        };
        if runway_days >= RUNWAY_DAYS && default_rows == 0 {
            continue;
        }
        tracing::warn!(runway_days, default_rows, "partitions need maintenance; run: stoa partitions maintain");
        if mends && mended.is_none_or(|at| at.elapsed() >= MENDED_EVERY) {
            mended = Some(Instant::now());
            if let Err(error) = maintain(&db, &stop).await {
                tracing::error!(%error, "partition maintenance failed");
            }
        }
    }
}

async fn tend(db: &Db, table: Table, stop: &CancellationToken, report: &mut Report) {
    match steps::waiting(db).await {
        Err(error) => report.fail(table, "check the default partition", &error),
        Ok(waiting) => {
            for rows in waiting.iter().filter(|w| w.parent == table.as_str()) {
                empty(db, table, Quarter::of(rows.quarter), stop, report).await;
            }
        }
    }
    let now = Quarter::of(db.clock().now().date_naive());
    for quarter in (0..=AHEAD).map(|n| now.after(n)) {
        if stop.is_cancelled() {
            return;
        }
        make(db, table, quarter, stop, report).await;
    }
    match steps::unanalysed(db, table).await {
        Err(error) => report.fail(table, "check for missing partitions", &error),
        Ok(quarters) => {
            for quarter in quarters {
                match steps::analyse(db, table, quarter).await {
                    Ok(()) => report.analysed += 1,
                    Err(error) => report.fail(table, &format!("analyse {quarter}"), &error),
                }
            }
        }
    }
}

async fn make(db: &Db, table: Table, quarter: Quarter, stop: &CancellationToken, report: &mut Report) {
    match steps::make(db, table, quarter).await {
        Ok(Made::There) => {}
        Ok(Made::New) => drop(report.made.insert(quarter)),
        // Somebody placed an order in it after we looked.
        Ok(Made::InNet) => empty(db, table, quarter, stop, report).await,
        Err(error) => report.fail(table, &format!("create {quarter}"), &error),
    }
}

async fn empty(db: &Db, table: Table, quarter: Quarter, stop: &CancellationToken, report: &mut Report) {
    let before = report.moved;
    while !stop.is_cancelled() {
        match steps::fill(db, table, quarter).await {
            Ok((moved, whole)) => {
                report.moved += moved;
                if whole {
                    report.made.insert(quarter);
                    tracing::warn!(%table, %quarter, rows = report.moved - before, "moved rows from the default \
                        partition to their partition");
                    return;
                }
            }
            Err(error) => return report.fail(table, &format!("move rows of {quarter}"), &error),
        }
    }
}

impl Report {
    fn fail(&mut self, table: Table, step: &str, error: &DataError) {
        self.failed.push(Fault { table, step: step.to_owned(), words: error.to_string() });
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: cannot {}: {}", self.table, self.step, self.words)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} partitions created", self.made.len())?;
        if self.moved > 0 {
            write!(f, ", {} rows moved out of default partitions", self.moved)?;
        }
        for fault in &self.failed {
            write!(f, "; {fault}")?;
        }
        Ok(())
    }
}
