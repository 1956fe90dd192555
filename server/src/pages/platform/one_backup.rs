//! One backup of anybody, and what bringing it back would do.

use app::frame::Place as Room;
use app::pages::platform::{OneBackup, one_backup as view};
use axum::extract::{Path, State};
use axum::response::Response;
use db::backups::{self, Backup, Place};
use domain::backups::Kind;
use domain::ids::BackupId;
use jobs::backups::{BackupError, full_plan};

use super::{clock, frame};
use crate::auth::PlatformAdmin;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::visit::Visit;
use crate::state::AppState;

/// The backup.
///
/// # Errors
/// For everybody but platform admins, unknown backups, and when PostgreSQL fails.
pub async fn show(
    State(state): State<AppState>,
    admin: PlatformAdmin,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let id: BackupId = id.parse().map_err(|_| PageError::NotFound)?;
    let owner = backups::owner_of(&admin.platform, id).await?;
    let backup = backups::show(&Place::for_job(&state.db, owner)?, id).await?;
    let plan = plan(&state, &backup).await;
    let page = OneBackup { backup, plan, frame: frame(&admin, visit, Room::Backups), clock: clock(&state) };
    Ok(answer::ok(&view(&page)))
}

async fn plan(state: &AppState, backup: &Backup) -> Result<Vec<String>, String> {
    if !backup.status.is_kept() {
        return Err("Nothing of it is kept that could be brought back.".to_owned());
    }
    if backup.kind != Kind::Full {
        return Ok([
            "What the tenant has now is compared with the backup, table by table: rows that come back, go, or change.",
            "What is there now is saved as a backup of its own.",
            "The tenant's rows become as they were. No other tenant is touched.",
        ]
        .map(str::to_owned)
        .to_vec());
    }
    let whole = async {
        let backups = crate::backups::assemble(&state.config, state.db.clone())?;
        full_plan(&backups, backup.id).await
    };
    let plan = whole.await.map_err(|error: BackupError| format!("It cannot be brought back as it is: {error}"))?;
    Ok(vec![
        format!(
            "The backup is restored beside the present database and compared: {} rows in {} tables, as of {}.",
            plan.rows,
            plan.tables,
            plan.made_at.format("%F %T UTC")
        ),
        format!(
            "Everybody is cut off for a moment; the present database {} keeps everything under another name.",
            plan.database
        ),
        "The restored one takes its place. Everybody signs in again; jobs that were waiting then wait again."
            .to_owned(),
        "What happened since is only in the database that was put aside. Drop it when nothing of it is needed."
            .to_owned(),
    ])
}
