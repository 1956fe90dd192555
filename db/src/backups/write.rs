//! Backups, written: each change in a transaction of its own, with whatever moves the cached lists on.
//!
//! Who makes a backup holds its row under a name of its own (`holder`) and shows every second that it lives. One
//! that is silent for a minute is dead: its row becomes `failed`, and the dead one cannot finish it any more.

use chrono::{DateTime, TimeDelta, Utc};
use domain::backups::{Kind, Offsite, Progress, Status, Trigger};
use domain::ids::BackupId;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, QueryFilter, Set};
use serde_json::json;
use uuid::Uuid;

use super::place::{Place, Work};
use crate::entities::extras::is;
use crate::entities::text::Text;
use crate::entities::{AllTenantsQueries, TenantQueries, backup};
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
    let row = backup::ActiveModel {
        id: Set(id.0),
        kind: Set(Text(new.kind)),
        status: Set(Text(Status::Running)),
        trigger: Set(Text(new.trigger)),
        actor: Set(place.actor()),
        started_at: Set(now),
        location: Set(location),
        recipient: Set(new.recipient.clone()),
        heartbeat_at: Set(Some(now)),
        holder: Set(Some(holder)),
        expires_at: Set(Some(now + TimeDelta::days(i64::from(new.days)))),
        ..Default::default()
    };
    let work = place.begin().await?;
    let made = work.insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    if made.exec_without_returning(work.conn()).await? == 0 {
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
    let alive = backup::ActiveModel {
        heartbeat_at: Set(Some(place.db().clock().now())),
        progress: Set(serde_json::to_value(progress).unwrap_or_default()),
        ..Default::default()
    };
    let work = place.begin().await?;
    let ours = claim.update(&work, alive).await? > 0;
    work.commit().await?;
    Ok(ours)
}

/// The backup is written whole.
///
/// # Errors
/// [`DataError::Busy`] when it is the caller's no more; when PostgreSQL fails.
pub async fn store(place: &Place, claim: &Claim, done: &Done) -> Result<(), DataError> {
    let stored = backup::ActiveModel {
        status: Set(Text(Status::Stored)),
        finished_at: Set(Some(place.db().clock().now())),
        heartbeat_at: Set(None),
        holder: Set(None),
        progress: Set(json!({})),
        ..done.written()
    };
    let work = place.begin().await?;
    if claim.update(&work, stored).await? == 0 {
        return Err(DataError::Busy);
    }
    work.commit_change(claim.id, claim.kind, "stored").await
}

/// The backup could not be made, for the reason `error`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn fail(place: &Place, claim: &Claim, error: &str) -> Result<(), DataError> {
    let failed = backup::ActiveModel {
        status: Set(Text(Status::Failed)),
        finished_at: Set(Some(place.db().clock().now())),
        heartbeat_at: Set(None),
        holder: Set(None),
        progress: Set(json!({})),
        error: Set(Some(error.to_owned())),
        ..Default::default()
    };
    let work = place.begin().await?;
    if claim.update(&work, failed).await? == 0 {
        return Ok(());
    }
    work.commit_change(claim.id, claim.kind, "failed").await
}

/// Backups whose maker is dead become failed ones; how many.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn reap(platform: &Platform) -> Result<usize, DataError> {
    let tx = platform.begin().await?;
    let silent = tx
        .find_all::<backup::Entity>()
        .filter(is(backup::Column::Status, Text(Status::Running)))
        .filter(backup::Column::HeartbeatAt.lt(platform.db().clock().now() - ALIVE));
    let silent = silent.all(tx.conn()).await?;
    tx.commit().await?;
    for dead in &silent {
        let Some(holder) = dead.holder else { continue };
        let claim = Claim { id: dead.id.into(), kind: *dead.kind, started_at: dead.started_at, holder };
        let place = Place::for_job(platform.db(), dead.tenant_id.into())?;
        fail(&place, &claim, "it was interrupted; the next one begins anew").await?;
    }
    Ok(silent.len())
}

/// Gives the backup up; its objects may be removed afterwards. Whether it was given up: never the newest verified one of
/// its kind, whatever the caller thinks, unless its tenant is gone.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn prune(place: &Place, id: BackupId, kind: Kind) -> Result<bool, DataError> {
    // SQL: whether a newer verified one takes its place, and whether its tenant is gone, is asked in the change itself.
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

impl Claim {
    // How many rows it changed: none when the backup is not this holder's any more.
    async fn update(&self, work: &Work, change: backup::ActiveModel) -> Result<u64, DataError> {
        let own = work
            .update_one(self.id)
            .filter(backup::Column::Holder.eq(self.holder))
            .filter(backup::Column::Status.eq(Text(Status::Running)));
        Ok(own.set(change).exec(work.conn()).await?.rows_affected)
    }
}

impl Done {
    /// What its row says of it.
    pub(super) fn written(&self) -> backup::ActiveModel {
        backup::ActiveModel {
            bytes: Set(self.bytes),
            plain_bytes: Set(self.plain_bytes),
            row_count: Set(self.rows),
            table_count: Set(self.tables),
            manifest_sha256: Set(Some(self.manifest_sha256.clone())),
            offsite_status: Set(Text(if self.offsite { Offsite::Waiting } else { Offsite::None })),
            ..Default::default()
        }
    }
}
