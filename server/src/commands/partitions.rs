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

/// Manage partitions of orders.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Show partitions: days covered, sizes, default partitions and archives.
    List,
    /// Create upcoming partitions, empty the default partitions, and archive partitions past their retention.
    Maintain,
    /// Archive partitions to the object store, verify them, then drop them. Shows its plan and asks.
    Archive {
        /// Archive all quarters before this one, such as 2024q1. Default: those past STOA_RETENTION_QUARTERS.
        #[arg(long)]
        before: Option<Quarter>,
        /// Show which partitions would be archived.
        #[arg(long)]
        dry_run: bool,
        /// Confirm without asking.
        #[arg(long)]
        yes: bool,
    },
    /// Restore an archived partition. Its files stay. Shows its plan and asks.
    Restore {
        /// The quarter, such as 2024q1.
        quarter: Quarter,
        /// Confirm without asking.
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
        vec![format!("{} days covered, {} rows in default partitions", seen.runway_days, seen.default_rows)];
    lines.push(format!("{:<8} {:<8} {:>14} {:>16}  created", "quarter", "state", "rows (est.)", "bytes"));
    lines.extend(seen.quarters.iter().map(quarter_line));
    lines.extend(seen.archives.iter().map(archive_line));
    lines.push(next_line(&seen));
    lines.extend(
        seen.upkeep.iter().filter_map(|u| u.error.as_ref().map(|e| format!("maintenance of {} failed: {e}", u.parent))),
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
        Some(going) => format!("next archived: {} from {}", going.quarter, going.at.format("%F")),
        None => "automatic archiving is off: STOA_RETENTION_QUARTERS is 0".into(),
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
        count => Err(Failure::failed(format!("{count} steps failed, the others finished; run it again"))),
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
                "--before {before} includes the current quarter; use {running} at most"
            )));
        }
        Some(before) => archiving::due(db, before, now).await?,
        None if config.retention_quarters == 0 => {
            return Err(Failure::misused(
                "STOA_RETENTION_QUARTERS is 0; set the first quarter to keep with --before, such as --before 2024q1",
            ));
        }
        None => due(db, config.retention_quarters).await?,
    };
    let storage = storage(config)?;
    let names = quarters.iter().map(Quarter::to_string).collect::<Vec<_>>().join(", ");
    if quarters.is_empty() || dry_run {
        let text =
            if quarters.is_empty() { "no partitions to archive".to_owned() } else { format!("would archive {names}") };
        out.result(&json!({"quarters": quarters, "archived": []}), &text);
        return Ok(());
    }
    let plan = format!(
        "Archives the orders and items of {names} to {}.\n\
         Stoa verifies each archive before it drops the partition. Its orders are hidden then; numbers, refunds, \
         timelines and figures stay.\n\
         To restore one, run: stoa partitions restore QUARTER",
        storage.address()
    );
    agreed(&plan, "Archive these partitions?", yes)?;
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
        "Restores {orders} orders of {quarter} from {}. Stoa verifies them against the manifest, then shows them \
         again. Other partitions and the archive files do not change.",
        storage.address()
    );
    agreed(&plan, "Restore this partition?", yes)?;
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
