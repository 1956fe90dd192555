//! `stoa backup restore`: the whole, or one tenant's tables.

use db::backups::Place;
use domain::backups::Kind;
use domain::ids::BackupId;
use jobs::backups::{BackupError, Backups, TenantRestore, full_plan, restore_full};
use serde_json::json;

use super::{Failure, Output, absent, agreed, place, tenant_place};
use crate::shutdown;

pub async fn run(
    backups: &Backups,
    id: BackupId,
    tenant: Option<&str>,
    tables: &[String],
    yes: bool,
    out: Output,
) -> Result<(), Failure> {
    let place = match tenant {
        Some(slug) => Some(tenant_place(&backups.db, slug).await?),
        None => place(backups, id).await?,
    };
    match place {
        Some(Place::Tenant(scope)) => {
            let restore = TenantRestore::begin(backups, &scope, id).await.map_err(|error| of(error, id))?;
            one_tenant(restore, id, tables, yes, out).await
        }
        // One of the whole may lie in the storage without the database knowing it.
        _ if tables.is_empty() => whole(backups, id, yes, out).await,
        _ => Err(Failure::misused(
            "--tables works only with the backup of a tenant; a full backup is restored as a \
            whole",
        )),
    }
}

async fn one_tenant(
    mut restore: TenantRestore,
    id: BackupId,
    tables: &[String],
    yes: bool,
    out: Output,
) -> Result<(), Failure> {
    let plan = restore.plan().await?;
    let chosen = |name: &str| tables.is_empty() || tables.iter().any(|t| t == name);
    let mut lines = vec![format!("{:<20} {:>12} {:>12} {:>12} {:>12}", "table", "add", "delete", "change", "equal")];
    for d in plan.differences.iter().filter(|d| chosen(&d.table)) {
        let kept = if d.kept { "  (not restored)" } else { "" };
        lines.push(format!(
            "{:<20} {:>12} {:>12} {:>12} {:>12}{kept}",
            d.table, d.only_backup, d.only_now, d.different, d.equal
        ));
    }
    lines.push("Stoa backs up the current data first. Other tenants do not change.".to_owned());
    if let Err(refused) = agreed(&lines.join("\n"), "Restore the tenant's tables from the backup?", yes) {
        restore.cancel().await?;
        return Err(refused);
    }
    let (before, changed) = restore.apply(tables, &shutdown::on_signal()?).await?;
    let json = json!({"id": id, "rows_changed": changed, "before": before.id, "differences": plan.differences});
    out.result(&json, &format!("{changed} rows changed; the previous data is in backup {}", before.id));
    Ok(())
}

async fn whole(backups: &Backups, id: BackupId, yes: bool, out: Output) -> Result<(), Failure> {
    let plan = full_plan(backups, id).await.map_err(|error| of(error, id))?;
    let text = format!(
        "Restores the whole platform as of {}: {} rows in {} tables.\n\
         1. Stoa restores the backup into a new database and verifies it.\n\
         2. All connections close for a moment. The current database {} is renamed to {}.\n\
         3. The restored database takes its place. All users must sign in again. Jobs that were queued then are queued again.\n\
         Later changes exist only in {}. Drop it when you no longer need it.",
        plan.made_at.format("%F %T UTC"),
        plan.rows,
        plan.tables,
        plan.database,
        plan.kept_as,
        plan.kept_as
    );
    agreed(&text, "Restore the whole platform?", yes)?;
    restore_full(backups, &plan).await?;
    let json =
        json!({"id": id, "kind": Kind::Full, "rows": plan.rows, "database": plan.database, "kept_as": plan.kept_as});
    out.result(&json, &format!("restored; the previous database is {}", plan.kept_as));
    Ok(())
}

fn of(error: BackupError, id: BackupId) -> Failure {
    match error {
        BackupError::Data(db::DataError::NotFound(_)) => absent(id),
        other => other.into(),
    }
}
