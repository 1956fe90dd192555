//! One backup of anybody, and what bringing it back would do.

use std::sync::Arc;

use app::frame::Place as Room;
use app::pages::platform::{OneBackup, one_backup as view};
use axum::extract::{Path, State};
use axum::response::Response;
use db::Db;
use db::backups::{self, Backup, Place};
use domain::backups::Kind;
use domain::ids::BackupId;
use jobs::backups::{BackupError, full_plan};

use super::{clock, frame};
use crate::auth::PlatformAdmin;
use crate::config::Config;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::visit::Visit;

/// The backup.
///
/// # Errors
/// For everybody but platform admins, unknown backups, and when PostgreSQL fails.
pub async fn show(
    State(config): State<Arc<Config>>,
    admin: PlatformAdmin,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let id: BackupId = id.parse().map_err(|_| PageError::NotFound)?;
    let owner = backups::owner_of(&admin.platform, id).await?;
    let backup = backups::show(&Place::for_job(admin.platform.db(), owner)?, id).await?;
    let plan = plan(&config, admin.platform.db(), &backup).await;
    let page = OneBackup { backup, plan, frame: frame(&admin, visit, Room::Backups), clock: clock(&admin.platform) };
    Ok(answer::ok(page, view).await)
}

async fn plan(config: &Config, db: &Db, backup: &Backup) -> Result<Vec<String>, String> {
    if !backup.status.is_kept() {
        return Err("This backup holds no data that can be restored.".to_owned());
    }
    if backup.kind != Kind::Full {
        return Ok([
            "Stoa compares the tenant's current data with the backup, table by table.",
            "Stoa backs up the current data first.",
            "Stoa restores the tenant's data from this backup. Other tenants do not change.",
        ]
        .map(str::to_owned)
        .to_vec());
    }
    let whole = async {
        let backups = crate::backups::assemble(config, db.clone())?;
        full_plan(&backups, backup.id).await
    };
    let plan = whole.await.map_err(|error: BackupError| format!("This backup cannot be restored: {error}"))?;
    Ok(vec![
        format!(
            "Stoa restores the backup into a new database and verifies it: {} rows in {} tables, as of {}.",
            plan.rows,
            plan.tables,
            plan.made_at.format("%F %T UTC")
        ),
        format!(
            "All connections close for a moment. The current database {} is renamed and stays complete.",
            plan.database
        ),
        "The restored database takes its place. All users must sign in again. Jobs that were queued then are queued \
         again."
            .to_owned(),
        "Later changes exist only in the renamed database. Drop it when you no longer need it.".to_owned(),
    ])
}
