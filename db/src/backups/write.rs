//! Backups, written: each change in a transaction of its own, with whatever moves the cached lists on.
//!
//! Who makes a backup holds its row under a name of its own (`holder`) and shows every second that it lives. One
//! that is silent for a minute is dead: its row becomes `failed`, and the dead one cannot finish it any more.

use chrono::{DateTime, TimeDelta, Utc};
use domain::backups::{Kind, Offsite, Progress, Trigger};
use domain::ids::{BackupId, TenantId};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::place::Place;
use crate::error::DataError;
use crate::platform::Platform;

/// Silent for so long, the maker of a backup is dead.
const ALIVE: TimeDelta = TimeDelta::seconds(60);

/// What to make.
#[derive(Clone, Debug)]
pub struct NewBackup {
    /// What it will hold.
    pub kind: Kind,
    /// Why it is made.
    pub trigger: Trigger,
    /// The public key it will be sealed with.
    pub recipient: Option<String>,
    /// How many days it is kept.
    pub days: u32,
}

/// A backup that this process makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its id.
    pub id: BackupId,
    /// What it will hold.
    pub kind: Kind,
    /// When it was begun.
    pub started_at: DateTime<Utc>,
    holder: Uuid,
}

/// Whether there is something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Began {
    /// Yes, for the caller.
    Mine(Claim),
    /// Somebody makes one of this kind already.
    Running,
}

/// A backup that is written.
#[derive(Clone, Debug, Default)]
pub struct Done {
    /// Bytes in the storage.
    pub bytes: i64,
    /// Bytes before packing.
    pub plain_bytes: i64,
    /// Rows, or files.
    pub rows: i64,
    /// Tables.
    pub tables: i32,
    /// SHA-256 of the manifest.
    pub manifest_sha256: Vec<u8>,
    /// Whether a copy elsewhere is wanted.
    pub offsite: bool,
}

/// Makes the row of a new backup, unless one of its kind and place is being made already.
///
/// # Errors
/// When PostgreSQL fails, or this place has no backups of that kind.
pub async fn begin(place: &Place, new: &NewBackup) -> Result<Began, DataError> {
    if !place.fits(new.kind) {
        return Err(DataError::Refused(format!("There is no {} backup for this.", new.kind)));
    }
    let now = place.db().clock().now();
    let (id, holder): (BackupId, Uuid) = (place.db().clock().id(), Uuid::new_v4());
    let location = match place {
        Place::Platform(_) => format!("platform/backups/{id}"),
        Place::Tenant(scope) => format!("tenants/{}/backups/{id}", scope.tenant()),
    };
    let sql = "insert into backups (tenant_id, id, kind, status, trigger, actor, started_at, location, recipient, heartbeat_at, holder, expires_at) \
               values ($1, $2, $3, 'running', $4, $5, $6, $7, $8, $6, $9, $10) on conflict do nothing";
    let values = [
        id.0.into(),
        new.kind.as_str().into(),
        new.trigger.as_str().into(),
        place.actor().into(),
        now.into(),
        location.into(),
        new.recipient.clone().into(),
        holder.into(),
        (now + TimeDelta::days(i64::from(new.days))).into(),
    ];
    let work = place.begin().await?;
    if work.run(sql, values).await? == 0 {
        return Ok(Began::Running);
    }
    work.commit_change(id, new.kind, "running").await?;
    Ok(Began::Mine(Claim { id, kind: new.kind, started_at: now, holder }))
}

/// Shows that the maker lives, and how far it is. Whether the backup is still its own.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn heartbeat(place: &Place, claim: &Claim, progress: &Progress) -> Result<bool, DataError> {
    let sql = "update backups set heartbeat_at = $4, progress = $5 where tenant_id = $1 and id = $2 and holder = $3 and status = 'running'";
    let progress = serde_json::to_value(progress).unwrap_or_default();
    let values = [claim.id.0.into(), claim.holder.into(), place.db().clock().now().into(), progress.into()];
    let work = place.begin().await?;
    let ours = work.run(sql, values).await? > 0;
    work.commit().await?;
    Ok(ours)
}

/// The backup is written whole.
///
/// # Errors
/// [`DataError::Busy`] when it is the caller's no more; when PostgreSQL fails.
pub async fn store(place: &Place, claim: &Claim, done: &Done) -> Result<(), DataError> {
    let sql = "update backups set status = 'stored', finished_at = $4, heartbeat_at = null, holder = null, progress = '{}', \
               bytes = $5, plain_bytes = $6, row_count = $7, table_count = $8, manifest_sha256 = $9, offsite_status = $10 \
               where tenant_id = $1 and id = $2 and holder = $3 and status = 'running'";
    let offsite = if done.offsite { Offsite::Waiting } else { Offsite::None };
    let values = [
        claim.id.0.into(),
        claim.holder.into(),
        place.db().clock().now().into(),
        done.bytes.into(),
        done.plain_bytes.into(),
        done.rows.into(),
        done.tables.into(),
        done.manifest_sha256.clone().into(),
        offsite.as_str().into(),
    ];
    let work = place.begin().await?;
    if work.run(sql, values).await? == 0 {
        return Err(DataError::Busy);
    }
    work.commit_change(claim.id, claim.kind, "stored").await
}

/// The backup could not be made, for the reason `error`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn fail(place: &Place, claim: &Claim, error: &str) -> Result<(), DataError> {
    let sql = "update backups set status = 'failed', finished_at = $4, heartbeat_at = null, holder = null, progress = '{}', error = $5 \
               where tenant_id = $1 and id = $2 and holder = $3 and status = 'running'";
    let values = [claim.id.0.into(), claim.holder.into(), place.db().clock().now().into(), error.into()];
    let work = place.begin().await?;
    if work.run(sql, values).await? == 0 {
        return Ok(());
    }
    work.commit_change(claim.id, claim.kind, "failed").await
}

/// Backups whose maker is dead become failed ones; how many.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn reap(platform: &Platform) -> Result<usize, DataError> {
    #[derive(FromQueryResult)]
    struct Silent {
        tenant_id: Uuid,
        id: Uuid,
        kind: String,
        holder: Uuid,
        started_at: DateTime<Utc>,
    }
    let sql =
        "select tenant_id, id, kind, holder, started_at from backups where status = 'running' and heartbeat_at < $1";
    let tx = platform.begin().await?;
    let silent: Vec<Silent> = tx.all(sql, [(platform.db().clock().now() - ALIVE).into()]).await?;
    tx.commit().await?;
    for dead in &silent {
        let kind = super::row::word(&dead.kind)?;
        let claim = Claim { id: dead.id.into(), kind, started_at: dead.started_at, holder: dead.holder };
        let place = Place::for_job(platform.db(), TenantId(dead.tenant_id))?;
        fail(&place, &claim, "it was interrupted; the next one begins anew").await?;
    }
    Ok(silent.len())
}

/// The backup is about to be read back again: nobody else tries it for a while, and should this process die of it, the
/// next one goes on with others.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn note_reading(place: &Place, id: BackupId) -> Result<(), DataError> {
    let sql = "update backups set unread_at = $3 where tenant_id = $1 and id = $2 and status in ('stored', 'verified')";
    let work = place.begin().await?;
    work.run(sql, [id.0.into(), place.db().clock().now().into()]).await?;
    work.commit().await
}

/// The backup was read back, restored and found equal; it took `took`.
///
/// # Errors
/// [`DataError::NotFound`] when it is kept no more; when PostgreSQL fails.
pub async fn note_verified(place: &Place, id: BackupId, kind: Kind, took: TimeDelta) -> Result<(), DataError> {
    let sql = "update backups set status = 'verified', verified_at = $3, verify_ms = $4, verify_error = null, unread_at = null \
               where tenant_id = $1 and id = $2 and status in ('stored', 'verified')";
    let values = [id.0.into(), place.db().clock().now().into(), took.num_milliseconds().into()];
    let work = place.begin().await?;
    if work.run(sql, values).await? == 0 {
        return Err(DataError::NotFound("backup"));
    }
    work.commit_change(id, kind, "verified").await
}

/// The backup was not found equal, for the reason `error`. `bad`: because of the backup itself, and so it is not to be
/// relied upon any more; otherwise it could not be read back now, and stays what it is.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn note_unread(place: &Place, id: BackupId, kind: Kind, error: &str, bad: bool) -> Result<(), DataError> {
    let status = if bad { "status = 'failed'," } else { "" };
    let sql = format!(
        "update backups set {status} verify_error = $3, unread_at = $4 \
         where tenant_id = $1 and id = $2 and status in ('stored', 'verified')"
    );
    let work = place.begin().await?;
    work.run(&sql, [id.0.into(), error.into(), place.db().clock().now().into()]).await?;
    work.commit_change(id, kind, if bad { "failed" } else { "stored" }).await
}

/// Gives the backup up; its objects may be removed afterwards. Whether it was given up: never the newest verified one of
/// its kind, whatever the caller thinks, unless its tenant is gone.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn prune(place: &Place, id: BackupId, kind: Kind) -> Result<bool, DataError> {
    let sql = "update backups b set status = 'pruned' where b.tenant_id = $1 and b.id = $2 and b.kind = $3 \
               and b.status in ('stored', 'verified') and (b.status = 'stored' or exists ( \
                 select from backups n where n.tenant_id = $1 and n.kind = b.kind and n.status = 'verified' \
                 and (n.started_at, n.id) > (b.started_at, b.id)) \
               or (b.kind <> 'full' and not exists (select from tenants t where t.id = $1)))";
    let work = place.begin().await?;
    if work.run(sql, [id.0.into(), kind.as_str().into()]).await? == 0 {
        return Ok(false);
    }
    work.commit_change(id, kind, "pruned").await?;
    Ok(true)
}

/// Nothing of the backup is left in the storage.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn note_removed(place: &Place, id: BackupId) -> Result<(), DataError> {
    let sql = "update backups set removed_at = $3 where tenant_id = $1 and id = $2 and status in ('failed', 'pruned')";
    let work = place.begin().await?;
    work.run(sql, [id.0.into(), place.db().clock().now().into()]).await?;
    work.commit().await
}

/// What became of the copy elsewhere; `error` when it failed.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn note_offsite(
    place: &Place,
    id: BackupId,
    kind: Kind,
    state: Offsite,
    error: Option<&str>,
) -> Result<(), DataError> {
    let sql =
        "update backups set offsite_status = $3, offsite_at = $4, offsite_error = $5 where tenant_id = $1 and id = $2";
    let now = place.db().clock().now();
    let work = place.begin().await?;
    work.run(sql, [id.0.into(), state.as_str().into(), now.into(), error.map(str::to_owned).into()]).await?;
    work.commit_change(id, kind, state.as_str()).await
}
