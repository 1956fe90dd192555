//! Retention and tidying: which backups go, and what is left of those that never became whole or whose removal was cut short.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use db::backups::{NewBackup, Place};
use db::platform::Platform;
use domain::ids::{BackupId, TenantId};

use super::manifest::Label;
use super::{BackupError, Backups};
use crate::storage::{ObjectPath, Owner, Stored};

/// Objects younger than this may belong to a backup that is just being written.
const SETTLED: TimeDelta = TimeDelta::hours(24);

/// Rows of backups that are gone are kept for so long, to be looked at.
const REMEMBERED: TimeDelta = TimeDelta::days(90);

/// What retention did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Backups that went.
    pub backups: Vec<BackupId>,
}

/// What was tidied up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sweep {
    /// Backups whose makers had died.
    pub reaped: usize,
    /// Backups of which something was left in the storage.
    pub removed: usize,
    /// Whole backups that had no row, as after a restore of an older state.
    pub adopted: usize,
}

/// Which backups retention would take now.
///
/// # Errors
/// When the clock was set back: then none may go; when PostgreSQL fails.
pub async fn plan(backups: &Backups) -> Result<Vec<domain::backups::Held>, BackupError> {
    let platform = Platform::command(backups.db.clone());
    let held = db::backups::retained(&platform, backups.days).await?;
    let now = backups.db.clock().now();
    let gone = domain::backups::expired(now, &held).map_err(|e| db::DataError::Refused(e.to_string()))?;
    Ok(held.into_iter().filter(|h| gone.contains(&h.id)).collect())
}

/// Takes the backups that are older than they are kept for, but never the newest verified one of its kind. The row goes
/// first and the objects after, so that what is listed is there; what a death in between leaves, the sweep removes.
///
/// # Errors
/// When the clock was set back, or the database or storage fails.
pub async fn prune(backups: &Backups) -> Result<Pruned, BackupError> {
    let mut pruned = Pruned::default();
    for held in plan(backups).await? {
        let place = Place::for_job(&backups.db, held.tenant)?;
        if db::backups::prune(&place, held.id, held.kind).await? {
            remove(backups, held.tenant, held.id).await?;
            pruned.backups.push(held.id);
        }
    }
    Ok(pruned)
}

/// Ends what dead makers began, removes what is left of backups that are not kept, and takes in whole ones that have
/// no row.
///
/// # Errors
/// When the database or the storage fails.
pub async fn sweep(backups: &Backups) -> Result<Sweep, BackupError> {
    let platform = Platform::command(backups.db.clone());
    let mut done = Sweep { reaped: db::backups::reap(&platform).await?, ..Sweep::default() };
    for (tenant, id, _) in db::backups::left(&platform).await? {
        remove(backups, tenant, id).await?;
        done.removed += 1;
    }
    if let Some(owner) = &backups.owner {
        db::backups::scratch::sweep(owner).await?;
        db::backups::quarantine::sweep(owner).await?;
    }
    sweep_work_dir(backups).await?;
    db::backups::forget(&platform, backups.db.clock().now() - REMEMBERED).await?;
    for ((owner, id), newest) in folders(backups).await? {
        let tenant = match owner {
            Owner::Platform => TenantId(uuid::Uuid::nil()),
            Owner::Tenant(tenant) => tenant,
        };
        let place = Place::for_job(&backups.db, tenant)?;
        match db::backups::show(&place, id).await {
            Ok(backup) if backup.status.is_kept() || backup.status == domain::backups::Status::Running => {}
            Ok(_) => {
                remove(backups, tenant, id).await?;
                done.removed += 1;
            }
            Err(db::DataError::NotFound(_)) => {
                let settled = backups.db.clock().now() - newest > SETTLED;
                done.adopted += usize::from(adopt(backups, &place, tenant, id).await?);
                if settled && !is_whole(backups, tenant, id).await? {
                    backups.storage.remove_all(&Backups::folder(tenant, id)?).await?;
                    done.removed += 1;
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(done)
}

async fn remove(backups: &Backups, tenant: TenantId, id: BackupId) -> Result<(), BackupError> {
    let folder = Backups::folder(tenant, id)?;
    backups.storage.remove_all(&folder).await?;
    if let Some(offsite) = &backups.offsite
        && let Err(words) = offsite.remove(&folder).await
    {
        tracing::warn!(words, backup = %id, "cannot remove the off-site copy yet");
        return Ok(());
    }
    let place = Place::for_job(&backups.db, tenant)?;
    Ok(db::backups::note_removed(&place, id).await?)
}

/// Removes the objects of a backup, here and elsewhere: all of them, or it fails.
///
/// # Errors
/// When a storage refuses or fails.
pub async fn remove_objects(backups: &Backups, tenant: TenantId, id: BackupId) -> Result<(), BackupError> {
    let folder = Backups::folder(tenant, id)?;
    backups.storage.remove_all(&folder).await?;
    match &backups.offsite {
        Some(offsite) => Ok(offsite.remove(&folder).await.map_err(db::DataError::Refused)?),
        None => Ok(()),
    }
}

// Every backup of which something lies in the storage, with the time of its newest object.
async fn folders(backups: &Backups) -> Result<BTreeMap<(Owner, BackupId), chrono::DateTime<chrono::Utc>>, BackupError> {
    let mut all = backups.storage.list(&ObjectPath::platform()).await?;
    all.extend(backups.storage.list_tenants().await?);
    let mut found = BTreeMap::new();
    for Stored { path, modified, .. } in all {
        if let [area, id, _] = path.names()
            && area == "backups"
            && let Ok(id) = id.parse::<BackupId>()
        {
            let newest = found.entry((path.owner(), id)).or_insert(modified);
            *newest = modified.max(*newest);
        }
    }
    Ok(found)
}

async fn is_whole(backups: &Backups, tenant: TenantId, id: BackupId) -> Result<bool, BackupError> {
    let folder = Backups::folder(tenant, id)?;
    Ok(Label::read(&backups.storage, &folder).await?.is_some_and(|label| label.id == id))
}

// A whole backup is worth more than order: it gets a row, and retention decides.
async fn adopt(backups: &Backups, place: &Place, tenant: TenantId, id: BackupId) -> Result<bool, BackupError> {
    let folder = Backups::folder(tenant, id)?;
    let Some(label) = Label::read(&backups.storage, &folder).await? else { return Ok(false) };
    if label.id != id || label.tenant != tenant || !place.fits(label.kind) {
        return Ok(false);
    }
    let new =
        NewBackup { kind: label.kind, trigger: label.trigger, recipient: label.recipient.clone(), days: backups.days };
    let times = (label.started_at, label.finished_at);
    match db::backups::adopt(place, id, &new, times, &folder.to_string(), &label.done(backups.offsite.is_some())).await
    {
        // Of a tenant that is gone there is nobody to give it to.
        Err(error) if error.constraint().is_some() => Ok(false),
        other => Ok(other?),
    }
}

// What killed processes left below the data directory.
async fn sweep_work_dir(backups: &Backups) -> Result<(), BackupError> {
    let Ok(mut entries) = tokio::fs::read_dir(backups.work_dir()).await else { return Ok(()) };
    while let Some(entry) = entries.next_entry().await? {
        let age = entry.metadata().await?.modified()?.elapsed().unwrap_or_default();
        if age > SETTLED.to_std().unwrap_or_default() {
            tokio::fs::remove_dir_all(entry.path()).await?;
        }
    }
    Ok(())
}
