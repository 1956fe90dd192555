//! One tenant brought back: into quarantine, compared table by table, then chosen tables or all. What is there now is saved
//! first; whatever belongs to others is behind a wall.

use db::Scope;
use db::backups::quarantine::{Brought, Difference, Quarantine};
use db::backups::{Place, scratch};
use domain::backups::{Kind, Trigger};
use domain::ids::BackupId;
use tokio_util::sync::CancellationToken;

use super::manifest::Manifest;
use super::{BackupError, Backups, Made, create, part, verify};
use crate::storage::ObjectPath;

/// What a restore would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// From which backup.
    pub backup: BackupId,
    /// Table by table, those first that others need.
    pub differences: Vec<Difference>,
}

/// A tenant's backup in quarantine. To be ended with [`TenantRestore::apply`] or [`TenantRestore::cancel`]; what is
/// dropped otherwise is removed by the sweep.
pub struct TenantRestore {
    backups: Backups,
    scope: Scope,
    backup: BackupId,
    quarantine: Quarantine,
}

impl TenantRestore {
    /// Reads the backup into quarantine. Nothing that is in use changes.
    ///
    /// # Errors
    /// When it is not of a tenant's rows, is not verified, cannot be read, or does not fit the present schema.
    pub async fn begin(backups: &Backups, scope: &Scope, backup: BackupId) -> Result<Self, BackupError> {
        let place = Place::Tenant(scope.clone());
        let row = db::backups::show(&place, backup).await?;
        if row.kind != Kind::Database {
            let words =
                format!("this is a backup of kind {}; only kind database contains the rows of a tenant", row.kind);
            return Err(db::DataError::Refused(words).into());
        }
        if row.status != domain::backups::Status::Verified {
            let words = format!("the backup is {}, not verified; run: stoa backup verify {backup}", row.status);
            return Err(db::DataError::Refused(words).into());
        }
        let (folder, manifest) = verify::open(backups, &row).await?;
        let brought = manifest.tables.iter().map(|t| Brought {
            table: t.name.clone(),
            columns: t.columns.iter().map(|(name, _)| name.clone()).collect(),
        });
        let mut quarantine = Quarantine::new(backups.owner()?, scope.tenant(), brought.collect()).await?;
        if let Err(error) = fill(backups, &manifest, &folder, &mut quarantine).await {
            quarantine.drop().await?;
            return Err(error);
        }
        Ok(Self { backups: backups.clone(), scope: scope.clone(), backup, quarantine })
    }

    /// What a restore would change, table by table.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn plan(&mut self) -> Result<Plan, BackupError> {
        Ok(Plan { backup: self.backup, differences: self.quarantine.differences().await? })
    }

    /// Saves what is there now, then makes the chosen tables (all, when none is named) as they were. The backup that
    /// was made before, and how many rows changed.
    ///
    /// # Errors
    /// When the backup before it fails, or the rows do not fit; then nothing was changed.
    pub async fn apply(mut self, chosen: &[String], stop: &CancellationToken) -> Result<(Made, u64), BackupError> {
        let place = Place::Tenant(self.scope.clone());
        let applied = async {
            let before = create(&self.backups, &place, Kind::Database, Trigger::BeforeRestore, stop).await?;
            let changed = self.quarantine.apply(&self.scope, self.backup, chosen).await?;
            // Some tables alone: the figures that were maintained with them are counted anew.
            if !chosen.is_empty() {
                db::rollups::rebuild(&self.scope).await?;
            }
            Ok((before, changed))
        }
        .await;
        self.quarantine.drop().await?;
        applied
    }

    /// Changes nothing.
    ///
    /// # Errors
    /// When PostgreSQL fails; then the sweep removes the quarantine.
    pub async fn cancel(self) -> Result<(), BackupError> {
        Ok(self.quarantine.drop().await?)
    }
}

async fn fill(
    backups: &Backups,
    manifest: &Manifest,
    folder: &ObjectPath,
    quarantine: &mut Quarantine,
) -> Result<(), BackupError> {
    for table in quarantine.tables() {
        let Some(saved) = manifest.tables.iter().find(|saved| saved.name == table.table) else { continue };
        let pieces = part::read(backups, folder, manifest.part(&saved.part)?)?;
        let (conn, schema) = quarantine.target();
        scratch::load::<BackupError>(conn, (schema, &table.table), &table.columns, pieces).await?;
    }
    Ok(())
}
