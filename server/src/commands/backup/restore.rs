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
        _ => Err(Failure::misused("--tables is for a tenant's backup; one of the whole is restored as a whole")),
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
    let mut lines = vec![format!("{:<20} {:>12} {:>12} {:>12} {:>12}", "table", "come back", "go", "change", "equal")];
    for d in plan.differences.iter().filter(|d| chosen(&d.table)) {
        let kept = if d.kept { "  (stays as it is)" } else { "" };
        lines.push(format!(
            "{:<20} {:>12} {:>12} {:>12} {:>12}{kept}",
            d.table, d.only_backup, d.only_now, d.different, d.equal
        ));
    }
    lines.push("What is there now is saved first. No other tenant is touched.".to_owned());
    if let Err(refused) = agreed(&lines.join("\n"), "Make the tenant's tables as they are in the backup?", yes) {
        restore.cancel().await?;
        return Err(refused);
    }
    let (before, changed) = restore.apply(tables, &shutdown::on_signal()?).await?;
    let json = json!({"id": id, "rows_changed": changed, "before": before.id, "differences": plan.differences});
    out.result(&json, &format!("{changed} rows changed; what was there before is backup {}", before.id));
    Ok(())
}

async fn whole(backups: &Backups, id: BackupId, yes: bool, out: Output) -> Result<(), Failure> {
    let plan = full_plan(backups, id).await.map_err(|error| of(error, id))?;
    let text = format!(
        "The whole platform becomes as it was at {}: {} rows in {} tables.\n\
         1. The backup is restored beside the present database and compared.\n\
         2. Everybody is cut off for a moment; the present database {} is called {} from then on.\n\
         3. The restored one takes its place. Everybody signs in again. Jobs that were waiting then wait again.\n\
         What happened since is only in {}; drop that one when nothing of it is needed.",
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
    out.result(&json, &format!("restored; the database before is {}", plan.kept_as));
    Ok(())
}

fn of(error: BackupError, id: BackupId) -> Failure {
    match error {
        BackupError::Data(db::DataError::NotFound(_)) => absent(id),
        other => other.into(),
    }
}
