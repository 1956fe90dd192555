//! Tenants whose time is over, removed from everywhere: their files, the objects of their backups, their rows, and what
//! Redis holds of them. What stays of one is the export that was made after it was closed, for as long as backups are
//! kept, and a line in the installation's record.

use std::io;
use std::path::Path;

use db::platform::{Erased, Leaving, Platform};
use domain::ids::TenantId;
use tokio::fs;

use crate::backups::{BackupError, Backups, remove_objects};
use crate::context::Running;
use crate::imports::receive::uploads;
use crate::outcome::{JobError, Outcome};

/// What became of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// Nothing of it is left but its export.
    Gone(Erased),
    /// Its export is not there yet; it was asked for.
    Waits,
}

/// Removes `leaving`, if all of it was saved and read back since it was closed. Safe to begin anew after a death at any
/// point: rows go last, and the tenant after them.
///
/// # Errors
/// When its time is not over, or the database, the disk or a storage fails.
pub async fn erase(backups: &Backups, data_dir: &Path, leaving: &Leaving) -> Result<Fate, BackupError> {
    let platform = Platform::job(backups.db.clone());
    let tenant = leaving.tenant;
    let Some(exports) = platform.exports(tenant).await? else { return Ok(Fate::Waits) };
    for backup in platform.backups_besides(tenant, &exports).await? {
        if !backup.is_removed {
            remove_objects(backups, tenant, backup.id).await?;
        }
        platform.forget_backup(tenant, backup.id).await?;
    }
    remove_files(data_dir, tenant).await?;
    let erased = platform.erase(tenant, &leaving.slug, &exports).await?;
    if !backups.db.cache().forget(tenant).await {
        tracing::warn!(%tenant, "Redis is unavailable; its data of a deleted tenant expires automatically");
    }
    Ok(Fate::Gone(erased))
}

/// The job `erase_tenants`: removes tenants whose time is over. Twice is safe: what is gone is gone, and one that waits
/// for its export waits on.
pub(crate) async fn erase_job(job: Running) -> Result<Outcome, JobError> {
    let due = job.platform().due_to_go().await?;
    if due.is_empty() {
        return Ok(Outcome::Done);
    }
    let backups = Backups::of(&job)?;
    let mut failed = Vec::new();
    for leaving in due {
        match erase(backups, &job.tools.data_dir, &leaving).await {
            Ok(Fate::Gone(erased)) => job.log.info(format!("tenant {}: {} rows deleted", leaving.slug, erased.rows)),
            Ok(Fate::Waits) => job.log.info(format!("tenant {}: its final backup is not finished yet", leaving.slug)),
            // The others go all the same.
            Err(error) => failed.push(format!("tenant {}: {error}", leaving.slug)),
        }
    }
    if failed.is_empty() { Ok(Outcome::Done) } else { Err(JobError::new(failed.join("; "))) }
}

async fn remove_files(data_dir: &Path, tenant: TenantId) -> io::Result<()> {
    match fs::remove_dir_all(uploads(data_dir, tenant)).await {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
