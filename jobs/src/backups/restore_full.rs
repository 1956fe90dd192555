//! The whole platform brought back: restored beside the present database, compared, and then put in its place. The present
//! one stays under another name until somebody drops it.

use chrono::{DateTime, Utc};
use db::backups::scratch::Scratch;
use db::backups::whole;
use domain::backups::Kind;
use domain::ids::{BackupId, TenantId};

use super::manifest::{Label, Manifest};
use super::verify::read_full;
use super::{BackupError, Backups};

/// What a restore of the whole does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullPlan {
    /// From which backup.
    pub backup: BackupId,
    /// The moment that it shows.
    pub made_at: DateTime<Utc>,
    /// Rows and tables that it holds.
    pub rows: i64,
    /// Tables and partitions.
    pub tables: usize,
    /// The database whose place it takes.
    pub database: String,
    /// How that one is called from then on.
    pub kept_as: String,
    manifest: Manifest,
}

/// The label of a backup of the whole, as it lies in the storage: also when the database knows nothing of it.
///
/// # Errors
/// When there is none, or the storage fails.
pub async fn find_full(backups: &Backups, id: BackupId) -> Result<Label, BackupError> {
    let folder = Backups::folder(TenantId(uuid::Uuid::nil()), id)?;
    let found = Label::read(&backups.storage, &folder).await?;
    found.filter(|label| label.id == id && label.kind == Kind::Full).ok_or(db::DataError::NotFound("backup").into())
}

/// What a restore of `id` would do. Changes nothing.
///
/// # Errors
/// When there is no such backup, or it cannot be opened.
pub async fn full_plan(backups: &Backups, id: BackupId) -> Result<FullPlan, BackupError> {
    let label = find_full(backups, id).await?;
    backups.check_opens(label.recipient.as_deref())?;
    let folder = Backups::folder(label.tenant, id)?;
    let manifest = Manifest::read(backups, &folder, &label).await?;
    let database = backups.owner()?.database()?;
    let now = backups.db.clock().now().format("%Y%m%d_%H%M%S");
    // PostgreSQL cuts names after 63 bytes.
    let beginning: String = database.chars().take(32).collect();
    Ok(FullPlan {
        backup: id,
        made_at: manifest.made_at,
        rows: manifest.counts.iter().map(|c| c.rows).sum(),
        tables: manifest.counts.len(),
        kept_as: format!("{beginning}_before_{now}"),
        database,
        manifest,
    })
}

/// Restores beside the present database, compares, and changes places. Until the last step nothing that is in use changes;
/// everybody is signed out, and feeds tell a gap.
///
/// # Errors
/// When the restored copy is not equal, or PostgreSQL fails; then the present database is as it was.
pub async fn restore_full(backups: &Backups, plan: &FullPlan) -> Result<(), BackupError> {
    let owner = backups.owner()?;
    let folder = Backups::folder(plan.manifest.tenant, plan.backup)?;
    let scratch = Scratch::new(owner).await?;
    let ready = async {
        read_full(backups, &plan.manifest, &folder, &scratch).await?;
        let mut conn = scratch.connect().await?;
        whole::make_ready(owner, &mut conn).await?;
        Ok::<_, BackupError>(sqlx::Connection::close(conn).await.map_err(db::DataError::from)?)
    }
    .await;
    if let Err(error) = ready {
        scratch.drop().await?;
        return Err(error);
    }
    let restored = scratch.keep().await?;
    Ok(whole::take_place(owner, &restored, &plan.kept_as).await?)
}
