//! Making a backup. Until its label is written and its row says so it does not exist for anybody; whatever goes wrong
//! before, its objects are removed and the row says why.

use db::backups::{Began, Claim, Done, NewBackup, Place};
use db::platform::Platform;
use domain::backups::{Kind, Trigger};
use domain::ids::BackupId;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use super::manifest::{Label, MANIFEST, Manifest};
use super::part::PartWriter;
use super::watched::{Steps, watched};
use super::{BackupError, Backups, LATER, Verified, database, files, full, offsite, verify};
use crate::context::Running;
use crate::outcome::{JobError, Outcome};
use crate::storage::ObjectPath;

#[derive(Deserialize)]
struct Wish {
    kind: Kind,
}

/// A backup that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// Its id.
    pub id: BackupId,
    /// What it holds.
    pub kind: Kind,
    /// Bytes in the storage.
    pub bytes: i64,
    /// Rows, or files.
    pub rows: i64,
    /// Tables.
    pub tables: i32,
}

/// Makes a backup and reads it back.
///
/// # Errors
/// As [`create`] and [`verify`].
pub async fn make(
    backups: &Backups,
    place: &Place,
    kind: Kind,
    trigger: Trigger,
    stop: &CancellationToken,
) -> Result<(Made, Verified), BackupError> {
    let made = create(backups, place, kind, trigger, stop).await?;
    let verified = verify(backups, place, made.id, stop).await?;
    Ok((made, verified))
}

/// Makes a backup: stored, not verified.
///
/// # Errors
/// When one of its kind is being made already, something failed, or it was stopped; then nothing is left of it in the
/// storage, and its row says why.
pub async fn create(
    backups: &Backups,
    place: &Place,
    kind: Kind,
    trigger: Trigger,
    stop: &CancellationToken,
) -> Result<Made, BackupError> {
    db::backups::reap(&Platform::command(backups.db.clone())).await?;
    let days = match place {
        Place::Platform(_) => backups.days,
        Place::Tenant(scope) => db::backups::retention_days(scope, backups.days).await?,
    };
    let recipient = backups.recipient.as_ref().map(ToString::to_string);
    let new = NewBackup { kind, trigger, recipient, days };
    let Began::Mine(claim) = db::backups::begin(place, &new).await? else { return Err(BackupError::Running) };
    let steps = Steps::default();
    let folder = Backups::folder(place.tenant(), claim.id)?;
    let written = watched(place, &claim, &steps, stop, write(backups, place, &claim, &new, &folder, &steps)).await;
    match written {
        Ok(done) => {
            db::backups::store(place, &claim, &done).await?;
            offsite::copy(backups, place, claim.id, kind).await;
            Ok(Made { id: claim.id, kind, bytes: done.bytes, rows: done.rows, tables: done.tables })
        }
        Err(error) => {
            give_up(backups, place, &claim, &folder, &error).await;
            Err(error)
        }
    }
}

/// The job `make_backup`: one backup of the job's tenant (nil: of the installation), made and read back. Twice is
/// safe: what was not finished before is given up and made anew, and is never listed as good.
pub(crate) async fn make_job(job: Running) -> Result<Outcome, JobError> {
    let wish: Wish = job.payload()?;
    let place = Place::for_job(&job.db, job.tenant)?;
    match make(Backups::of(&job)?, &place, wish.kind, Trigger::Demand, &job.stop).await {
        Ok((made, verified)) => {
            job.log.info(format!(
                "{} rows backed up in {} bytes; verified: {} rows match",
                made.rows, made.bytes, verified.rows
            ));
            Ok(Outcome::Done)
        }
        Err(BackupError::Running | BackupError::Stopped) => Ok(Outcome::Snooze(LATER)),
        Err(error) => Err(error.into()),
    }
}

async fn write(
    backups: &Backups,
    place: &Place,
    claim: &Claim,
    new: &NewBackup,
    folder: &ObjectPath,
    steps: &Steps,
) -> Result<Done, BackupError> {
    let mut manifest = Manifest {
        version: 1,
        id: claim.id,
        kind: claim.kind,
        tenant: place.tenant(),
        made_at: claim.started_at,
        migrations: db::health::applied_migrations(&backups.db).await?,
        parts: Vec::new(),
        tables: Vec::new(),
        files: Vec::new(),
        schema: Vec::new(),
        counts: Vec::new(),
    };
    match place {
        Place::Platform(_) => full::write(backups, &mut manifest, folder, steps).await?,
        Place::Tenant(scope) if claim.kind == Kind::Files => {
            files::write(backups, scope.tenant(), &mut manifest, folder, steps).await?;
        }
        Place::Tenant(scope) => database::write(backups, scope, &mut manifest, folder, steps).await?,
    }
    finish(backups, claim, new, &manifest, folder).await
}

async fn finish(
    backups: &Backups,
    claim: &Claim,
    new: &NewBackup,
    manifest: &Manifest,
    folder: &ObjectPath,
) -> Result<Done, BackupError> {
    let text = serde_json::to_vec(manifest).map_err(|e| BackupError::Damaged(e.to_string()))?;
    let mut writer = PartWriter::new(backups, folder, MANIFEST, false)?;
    writer.write(text.into()).await?;
    let part = writer.finish().await?;
    let sum = |value: fn(&super::manifest::Part) -> u64| manifest.parts.iter().map(value).sum::<u64>();
    let rows = match manifest.kind {
        Kind::Full => manifest.counts.iter().map(|c| c.rows).sum(),
        Kind::Database => signed(manifest.tables.iter().map(|t| t.rows).sum()),
        Kind::Files => signed(manifest.files.len() as u64),
    };
    let label = Label {
        version: 1,
        id: claim.id,
        kind: claim.kind,
        tenant: manifest.tenant,
        trigger: new.trigger,
        started_at: claim.started_at,
        finished_at: backups.db.clock().now(),
        bytes: signed(sum(|p| p.bytes) + part.bytes),
        plain_bytes: signed(sum(|p| p.plain_bytes)),
        rows,
        tables: i32::try_from(manifest.tables.len() + manifest.counts.len()).unwrap_or(i32::MAX),
        recipient: new.recipient.clone(),
        manifest_sha256: part.sha256.clone(),
        manifest: part,
    };
    label.write(&backups.storage, folder).await?;
    Ok(label.done(backups.offsite.is_some()))
}

impl Label {
    /// What its row says.
    pub(super) fn done(&self, offsite: bool) -> Done {
        let digits = self.manifest_sha256.as_bytes().chunks_exact(2);
        let manifest_sha256 =
            digits.filter_map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok()).collect();
        Done {
            bytes: self.bytes,
            plain_bytes: self.plain_bytes,
            rows: self.rows,
            tables: self.tables,
            manifest_sha256,
            offsite,
        }
    }
}

// Best effort: what cannot be done now is done by the sweep.
async fn give_up(backups: &Backups, place: &Place, claim: &Claim, folder: &ObjectPath, error: &BackupError) {
    tracing::error!(%error, backup = %claim.id, kind = %claim.kind, "backup failed");
    if let Err(error) = db::backups::fail(place, claim, &error.to_string()).await {
        tracing::error!(%error, backup = %claim.id, "cannot record that a backup failed");
        return;
    }
    match backups.storage.remove_all(folder).await {
        Ok(()) => {
            if let Err(error) = db::backups::note_removed(place, claim.id).await {
                tracing::warn!(%error, backup = %claim.id, "cannot record that a failed backup was removed");
            }
        }
        Err(error) => tracing::warn!(%error, backup = %claim.id, "cannot remove the remains of a failed backup"),
    }
}

pub(super) fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
