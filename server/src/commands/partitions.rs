//! `stoa partitions`: how the quarters of orders are; made, archived and brought back. What takes orders out of the
//! database prints its plan and asks.

use clap::Subcommand;
use db::Db;
use db::partitions::{self, ArchiveRow, Overview, QuarterRow, archiving, overview};
use db::platform::Platform;
use domain::quarter::Quarter;
use jobs::partitions::{ArchiveError, archive, archive_due, due, maintain, restore};
use jobs::storage::Storage;
use serde_json::json;

use super::backup::agreed;
use super::connect;
use super::failure::Failure;
use super::output::Output;
use crate::config::Config;
use crate::shutdown;

/// What to do with partitions.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say how they are: runway, sizes, what waits, what was archived.
    List,
    /// Make the next two quarters, move rows out of default partitions, archive what is past its retention.
    Maintain,
    /// Move quarters to the object store: written, read back, compared, then dropped. Prints its plan, and asks.
    Archive {
        /// All quarters before this one, such as 2024q1; without it those past STOA_RETENTION_QUARTERS.
        #[arg(long)]
        before: Option<Quarter>,
        /// Only say which.
        #[arg(long)]
        dry_run: bool,
        /// Answer yes.
        #[arg(long)]
        yes: bool,
    },
    /// Bring an archived quarter back; its files stay. Prints its plan, and asks.
    Restore {
        /// Which one, such as 2024q1.
        quarter: Quarter,
        /// Answer yes.
        #[arg(long)]
        yes: bool,
    },
}

impl Command {
    pub async fn run(self, config: &Config, out: Output) -> Result<(), Failure> {
        let db = connect::database(config).await?;
        match self {
            Self::List => list(&db, config, out).await,
            Self::Maintain => upkeep(&db, config, out).await,
            Self::Archive { before, dry_run, yes } => take(&db, config, before, dry_run, yes, out).await,
            Self::Restore { quarter, yes } => bring_back(&db, config, quarter, yes, out).await,
        }
    }
}

async fn list(db: &Db, config: &Config, out: Output) -> Result<(), Failure> {
    let seen = overview(&Platform::command(db.clone()), config.retention_quarters).await?;
    let mut lines =
        vec![format!("made for {} days ahead, {} rows in default partitions", seen.runway_days, seen.default_rows)];
    lines.push(format!("{:<8} {:<8} {:>14} {:>16}  made", "quarter", "state", "about rows", "bytes"));
    lines.extend(seen.quarters.iter().map(quarter_line));
    lines.extend(seen.archives.iter().map(archive_line));
    lines.push(next_line(&seen));
    lines.extend(
        seen.upkeep.iter().filter_map(|u| u.error.as_ref().map(|e| format!("upkeep of {} failed: {e}", u.parent))),
    );
    let json = serde_json::to_value(&seen).map_err(Failure::failed)?;
    out.result(&json, &lines.join("\n"));
    Ok(())
}

fn quarter_line(row: &QuarterRow) -> String {
    let rows: i64 = row.tables.iter().filter_map(|t| t.rows).sum();
    let bytes: i64 = row.tables.iter().map(|t| t.bytes).sum();
    let made = row.tables.iter().filter_map(|t| t.made_at).min().map_or("-".into(), |at| at.format("%F").to_string());
    let state = format!("{:?}", row.state).to_lowercase();
    format!("{:<8} {state:<8} {rows:>14} {bytes:>16}  {made}", row.quarter.to_string())
}

fn archive_line(row: &ArchiveRow) -> String {
    let error = row.error.as_ref().map(|e| format!(": {e}")).unwrap_or_default();
    format!(
        "{:<8} archive {}: {}, {} orders, {} lines, {} bytes at {}{error}",
        row.quarter.to_string(),
        row.part,
        row.state,
        row.orders,
        row.items,
        row.bytes,
        row.location
    )
}

fn next_line(seen: &Overview) -> String {
    match seen.next_to_go {
        Some(going) => format!("next to go: {} from {}", going.quarter, going.at.format("%F")),
        None => "nothing is archived by itself: STOA_RETENTION_QUARTERS is 0".into(),
    }
}

async fn upkeep(db: &Db, config: &Config, out: Output) -> Result<(), Failure> {
    let stop = shutdown::on_signal()?;
    let report = maintain(db, &stop).await?;
    let archived = match config.retention_quarters {
        0 => Vec::new(),
        retention => archive_due(db, &storage(config)?, retention, &stop).await?,
    };
    let words = archived.iter().map(|a| match &a.done {
        Ok(row) => archive_line(row),
        Err(error) => format!("{} was not archived: {error}", a.quarter),
    });
    let text = std::iter::once(report.to_string()).chain(words).collect::<Vec<_>>().join("\n");
    let went: Vec<&ArchiveRow> = archived.iter().filter_map(|a| a.done.as_ref().ok()).collect();
    let missed: Vec<_> = archived
        .iter()
        .filter_map(|a| Some(json!({"quarter": a.quarter, "error": a.done.as_ref().err()?.to_string()})))
        .collect();
    out.result(&json!({"upkeep": report, "archived": went, "not_archived": missed}), &text);
    match report.failed.len() + missed.len() {
        0 => Ok(()),
        count => Err(Failure::failed(format!("{count} steps failed, the others were done; run it again"))),
    }
}

async fn take(
    db: &Db,
    config: &Config,
    before: Option<Quarter>,
    dry_run: bool,
    yes: bool,
    out: Output,
) -> Result<(), Failure> {
    let now = db.clock().now();
    let running = Quarter::of(now.date_naive());
    let quarters = match before {
        Some(before) if before > running => {
            return Err(Failure::misused(format!(
                "--before {before} would take the running quarter; use {running} at most"
            )));
        }
        Some(before) => archiving::due(db, before, now).await?,
        None if config.retention_quarters == 0 => {
            return Err(Failure::misused(
                "STOA_RETENTION_QUARTERS is 0: name the first quarter to keep with --before, such as --before 2024q1",
            ));
        }
        None => due(db, config.retention_quarters).await?,
    };
    let storage = storage(config)?;
    let names = quarters.iter().map(Quarter::to_string).collect::<Vec<_>>().join(", ");
    if quarters.is_empty() || dry_run {
        let text =
            if quarters.is_empty() { "nothing is to be archived".to_owned() } else { format!("would archive {names}") };
        out.result(&json!({"quarters": quarters, "archived": []}), &text);
        return Ok(());
    }
    let plan = format!(
        "To {}: the orders and lines of {names}.\nEach quarter is read back and compared before it is dropped. Its orders are out \
         of sight then; numbers, refunds, histories and figures stay. stoa partitions restore QUARTER brings one back.",
        storage.address()
    );
    agreed(&plan, "Archive them?", yes)?;
    let stop = shutdown::on_signal()?;
    let mut archived = Vec::new();
    let mut failed = Vec::new();
    for quarter in &quarters {
        match archive(db, &storage, *quarter, &stop).await {
            Ok(row) => archived.push(row),
            Err(error) => failed.push(format!("{quarter}: {error}")),
        }
    }
    let text = archived.iter().map(archive_line).collect::<Vec<_>>().join("\n");
    out.result(&json!({"quarters": quarters, "archived": archived}), &text);
    if failed.is_empty() { Ok(()) } else { Err(Failure::failed(failed.join("\n"))) }
}

async fn bring_back(db: &Db, config: &Config, quarter: Quarter, yes: bool, out: Output) -> Result<(), Failure> {
    let storage = storage(config)?;
    let parts: Vec<ArchiveRow> =
        archiving::of(db, quarter).await?.into_iter().filter(|row| row.state.is_away()).collect();
    if parts.is_empty() {
        return Err(ArchiveError::NotArchived(quarter).into());
    }
    let orders: i64 = parts.iter().map(|row| row.orders).sum();
    let plan = format!(
        "From {}: {orders} orders of {quarter}. They are unpacked aside, compared with their manifest, then shown again. \
         No other quarter is touched; the files stay.",
        storage.address()
    );
    agreed(&plan, "Restore it?", yes)?;
    let back = restore(db, &storage, quarter, &shutdown::on_signal()?).await?;
    partitions::upkeep::pulse(db).await?;
    out.result(&json!({"restored": back}), &back.iter().map(archive_line).collect::<Vec<_>>().join("\n"));
    Ok(())
}

fn storage(config: &Config) -> Result<Storage, Failure> {
    Storage::open(&config.backups.url).map_err(Failure::failed)
}

impl From<ArchiveError> for Failure {
    fn from(error: ArchiveError) -> Self {
        match error {
            ArchiveError::Data(error) => error.into(),
            other => Self::failed(other),
        }
    }
}
