//! Backups, read: lists for a tenant and for the platform, one by its id, and what retention and the sweep ask for.

use chrono::{DateTime, Utc};
use domain::backups::{Held, Kind, Status};
use domain::ids::{BackupId, TenantId};
use domain::page::{Cursor, Limit, Page};
#[cfg(feature = "testing")]
use sea_orm::ConnectionTrait;
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ColumnTrait, JoinType, QueryFilter, QuerySelect, QueryTrait, RelationTrait, Select};
use uuid::Uuid;

use super::place::Place;
use super::row::{Backup, Row, with_neighbours};
use crate::entities::extras::is_one_of;
use crate::entities::text::Text;
use crate::entities::{AllTenantsQueries, TenantQueries, backup, tenant};
use crate::error::DataError;
use crate::keyset;
use crate::platform::Platform;
use crate::scope::Scope;

/// One page of the tenant's backups, newest first; those that retention took are not among them. One statement.
/// Index: `backups_tenant`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn list(scope: &Scope, from: Option<&Cursor>, limit: Limit) -> Result<Page<Backup>, DataError> {
    let tx = scope.begin().await?;
    let found = page(tx.find(), from, limit).into_model::<Row>().all(tx.conn()).await?;
    tx.end();
    Ok(cut(found, from, limit))
}

/// One page of everybody's backups, newest first, of `kind` alone if one is named; those that retention took are not
/// among them. One statement. Index: `backups_platform`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn platform_list(
    platform: &Platform,
    kind: Option<Kind>,
    from: Option<&Cursor>,
    limit: Limit,
) -> Result<Page<Backup>, DataError> {
    let tx = platform.begin().await?;
    let all = tx.find_all().apply_if(kind, |all, kind| all.filter(backup::Column::Kind.eq(Text(kind))));
    let found = page(all, from, limit).into_model::<Row>().all(tx.conn()).await?;
    tx.commit().await?;
    Ok(cut(found, from, limit))
}

/// The backup `id` of this place; one that retention took as well. One statement.
///
/// # Errors
/// [`DataError::NotFound`] when there is none, or it is another tenant's.
pub async fn show(place: &Place, id: BackupId) -> Result<Backup, DataError> {
    let work = place.begin().await?;
    let found = with_neighbours(work.find()).filter(backup::Column::Id.eq(id.0));
    let found = found.into_model::<Row>().one(work.conn()).await?;
    work.commit().await?;
    found.map(Backup::from).ok_or(DataError::NotFound("backup"))
}

/// The tenant (nil for the installation) that the backup `id` belongs to: for the command line and background work.
///
/// # Errors
/// [`DataError::NotFound`] when there is none.
pub async fn owner_of(platform: &Platform, id: BackupId) -> Result<TenantId, DataError> {
    let tx = platform.begin().await?;
    let found = tx.find_all::<backup::Entity>().filter(backup::Column::Id.eq(id.0));
    let found = found.select_only().column(backup::Column::TenantId).into_tuple::<Uuid>().one(tx.conn()).await?;
    tx.commit().await?;
    found.map(TenantId).ok_or(DataError::NotFound("backup"))
}

/// Every backup that retention looks at, of all tenants: what is kept, runs or failed and is not gone for good. One
/// statement.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn retained(platform: &Platform, default_days: u32) -> Result<Vec<Held>, DataError> {
    type Found = (Uuid, Uuid, Text<Kind>, Text<Status>, DateTime<Utc>, Option<Uuid>, Option<i64>);
    let tx = platform.begin().await?;
    let found = tx
        .find_all::<backup::Entity>()
        .left_join(tenant::Entity)
        .join(JoinType::LeftJoin, tenant::Relation::Tier.def())
        .filter(backup::Column::RemovedAt.is_null());
    let found = found
        .select_only()
        .columns([backup::Column::Id, backup::Column::TenantId, backup::Column::Kind])
        .columns([backup::Column::Status, backup::Column::StartedAt])
        .column_as(tenant::Column::Id, "owner")
        .expr_as(days(), "days");
    let found: Vec<Found> = found.into_tuple().all(tx.conn()).await?;
    tx.commit().await?;
    let held = |(id, tenant, kind, status, started_at, owner, days): Found| Held {
        id: id.into(),
        tenant: tenant.into(),
        kind: *kind,
        status: *status,
        started_at,
        days: days.and_then(|d| u32::try_from(d).ok()).unwrap_or(default_days),
        is_orphan: *kind != Kind::Full && owner.is_none(),
    };
    Ok(found.into_iter().map(held).collect())
}

/// For how many days a tier keeps backups, if it says so.
pub(super) fn days() -> SimpleExpr {
    Expr::cust(
        "case when jsonb_typeof(tiers.limits -> 'backup_days') = 'number' then (tiers.limits ->> 'backup_days')::numeric::bigint end",
    )
}

/// Backups that are no longer kept but whose objects may still lie in the storage. Index: `backups_left`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn left(platform: &Platform) -> Result<Vec<(TenantId, BackupId, String)>, DataError> {
    let tx = platform.begin().await?;
    let found = tx
        .find_all::<backup::Entity>()
        .filter(is_one_of(backup::Column::Status, [Status::Failed, Status::Pruned].map(Text)))
        .filter(backup::Column::RemovedAt.is_null());
    let found = found.select_only().columns([backup::Column::TenantId, backup::Column::Id, backup::Column::Location]);
    let found: Vec<(Uuid, Uuid, String)> = found.into_tuple().all(tx.conn()).await?;
    tx.commit().await?;
    Ok(found.into_iter().map(|(tenant, id, location)| (tenant.into(), id.into(), location)).collect())
}

/// How PostgreSQL would read the first page, of the tenant (`scope`) or of everybody.
///
/// # Errors
/// When PostgreSQL fails.
#[cfg(feature = "testing")]
pub async fn explain(platform: &Platform, scope: Option<&Scope>, from: &Cursor) -> Result<String, DataError> {
    // SQL: a setting of the session: as if the table were too large to be read whole.
    let large = "set local enable_seqscan = off";
    if let Some(scope) = scope {
        let tx = scope.begin().await?;
        tx.conn().execute_unprepared(large).await?;
        return tx.conn().explain_query(&page(tx.find(), Some(from), Limit::default())).await;
    }
    let tx = platform.begin().await?;
    tx.conn().execute_unprepared(large).await?;
    tx.conn().explain_query(&page(tx.find_all(), Some(from), Limit::default())).await
}

fn page(select: Select<backup::Entity>, from: Option<&Cursor>, limit: Limit) -> Select<backup::Entity> {
    let kept = with_neighbours(select).filter(backup::Column::Status.ne(Text(Status::Pruned)));
    keyset::newest(kept, [backup::Column::StartedAt, backup::Column::Id], from, limit)
}

fn cut(found: Vec<Row>, from: Option<&Cursor>, limit: Limit) -> Page<Backup> {
    Page::cut(found.into_iter().map(Backup::from).collect(), limit, from, |b: &Backup| (b.started_at, b.id.0))
}
