//! Backups with which something is still to be done: to be copied elsewhere, to be read back.

use chrono::{DateTime, Utc};
use domain::backups::{Kind, Offsite, Status};
use domain::ids::{BackupId, TenantId};
use sea_orm::sea_query::{ExprTrait, Func, SimpleExpr};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use crate::entities::extras::is;
use crate::entities::text::Text;
use crate::entities::{AllTenantsQueries, backup};
use crate::error::DataError;
use crate::platform::{Platform, PlatformTx};

/// A backup that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Of whom; the nil id for the installation.
    pub tenant: TenantId,
    /// Which.
    pub id: BackupId,
    /// What it holds.
    pub kind: Kind,
}

/// Kept backups whose copy failed, or was never noted, before `before`; newest first, because they are missed most.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn uncopied(platform: &Platform, before: DateTime<Utc>, limit: u64) -> Result<Vec<Pending>, DataError> {
    let kept = backup::Column::Status.is_in([Status::Stored, Status::Verified].map(Text));
    let uncopied = backup::Column::OffsiteStatus.is_in([Offsite::Waiting, Offsite::Failed].map(Text));
    let tried = either(backup::Column::OffsiteAt, backup::Column::FinishedAt);
    let tx = platform.begin().await?;
    let found = tx
        .find_all::<backup::Entity>()
        .filter(kept)
        .filter(uncopied)
        .filter(tried.lt(before))
        .order_by_desc(backup::Column::StartedAt);
    let found = read(&tx, found.limit(limit)).await?;
    tx.commit().await?;
    Ok(found)
}

/// Kept backups that nobody has read back since they were written before `before`, or that could not be read the last
/// time, before `before`. Whichever has waited longest comes first, so that one that can never be read holds up no other.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn unread(platform: &Platform, before: DateTime<Utc>, limit: u64) -> Result<Vec<Pending>, DataError> {
    // As the index has it.
    let failed = is(backup::Column::Status, Text(Status::Verified)).and(backup::Column::VerifyError.is_not_null());
    let unread = is(backup::Column::Status, Text(Status::Stored)).or(failed);
    let tried = || either(backup::Column::UnreadAt, backup::Column::FinishedAt);
    let tx = platform.begin().await?;
    let found = tx
        .find_all::<backup::Entity>()
        .filter(unread)
        .filter(tried().lt(before))
        .order_by_asc(tried())
        .order_by_asc(backup::Column::StartedAt);
    let found = read(&tx, found.limit(limit)).await?;
    tx.commit().await?;
    Ok(found)
}

/// Tenant, id and kind of a backup.
pub(super) type Key = (Uuid, Uuid, Text<Kind>);

/// Of the backups that `select` finds only the [`Key`].
pub(super) fn keys(select: Select<backup::Entity>) -> Select<backup::Entity> {
    select.select_only().columns([backup::Column::TenantId, backup::Column::Id, backup::Column::Kind])
}

async fn read(tx: &PlatformTx, select: Select<backup::Entity>) -> Result<Vec<Pending>, DataError> {
    let found: Vec<Key> = keys(select).into_tuple().all(tx.conn()).await?;
    let pending = |(tenant, id, kind): Key| Pending { tenant: tenant.into(), id: id.into(), kind: *kind };
    Ok(found.into_iter().map(pending).collect())
}

fn either(first: backup::Column, second: backup::Column) -> SimpleExpr {
    Func::coalesce([first.into_expr(), second.into_expr()]).into()
}
