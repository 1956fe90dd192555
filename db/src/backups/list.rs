//! Backups, read: lists for a tenant and for the platform, one by its id, and what retention and the sweep ask for.

use domain::backups::{Kind, Status};
use domain::ids::{BackupId, TenantId};
use domain::page::{Cursor, Direction, Limit, Page};
use sea_orm::{FromQueryResult, Value};

use super::place::Place;
use super::row::{Backup, COLUMNS, Row, TABLES, word};
use crate::error::DataError;
use crate::platform::Platform;
use crate::scope::Scope;

/// One page of the tenant's backups, newest first; those that retention took are not among them. One statement.
/// Index: `backups_tenant`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn list(scope: &Scope, from: Option<&Cursor>, limit: Limit) -> Result<Page<Backup>, DataError> {
    let tx = scope.begin().await?;
    let (sql, values) = page("b.tenant_id = $1 and", from, limit, 2);
    let found: Vec<Row> = tx.all(&sql, values).await?;
    tx.commit().await?;
    cut(found, from, limit)
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
    let (sql, mut values) = page("($1::text is null or b.kind = $1) and", from, limit, 2);
    values.insert(0, kind.map(|k| k.as_str().to_owned()).into());
    let found: Vec<Row> = tx.all(&sql, values).await?;
    tx.commit().await?;
    cut(found, from, limit)
}

/// The backup `id` of this place; one that retention took as well.
///
/// # Errors
/// [`DataError::NotFound`] when there is none, or it is another tenant's.
pub async fn show(place: &Place, id: BackupId) -> Result<Backup, DataError> {
    let sql = format!("select {COLUMNS} from {TABLES} where b.tenant_id = $1 and b.id = $2");
    let work = place.begin().await?;
    let found: Option<Row> = work.one(&sql, [id.0.into()]).await?;
    work.commit().await?;
    found.ok_or(DataError::NotFound("backup"))?.try_into()
}

/// The tenant (nil for the installation) that the backup `id` belongs to: for the command line and background work.
///
/// # Errors
/// [`DataError::NotFound`] when there is none.
pub async fn owner_of(platform: &Platform, id: BackupId) -> Result<TenantId, DataError> {
    let tx = platform.begin().await?;
    let found: Option<uuid::Uuid> = tx.scalar("select tenant_id from backups where id = $1", [id.0.into()]).await?;
    tx.commit().await?;
    found.map(TenantId).ok_or(DataError::NotFound("backup"))
}

/// Every backup that retention looks at, of all tenants: what is kept, runs or failed and is not gone for good.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn retained(platform: &Platform, default_days: u32) -> Result<Vec<domain::backups::Held>, DataError> {
    #[derive(FromQueryResult)]
    struct Found {
        id: uuid::Uuid,
        tenant_id: uuid::Uuid,
        kind: String,
        status: String,
        started_at: chrono::DateTime<chrono::Utc>,
        days: Option<i64>,
        is_orphan: bool,
    }
    let sql = "select b.id, b.tenant_id, b.kind, b.status, b.started_at, b.kind <> 'full' and t.id is null as is_orphan, \
               case when jsonb_typeof(i.limits -> 'backup_days') = 'number' then (i.limits ->> 'backup_days')::numeric::bigint end as days \
               from backups b left join tenants t on t.id = b.tenant_id left join tiers i on i.id = t.tier_id \
               where b.removed_at is null";
    let tx = platform.begin().await?;
    let found: Vec<Found> = tx.all(sql, []).await?;
    tx.commit().await?;
    let held = |f: Found| {
        Ok(domain::backups::Held {
            id: f.id.into(),
            tenant: f.tenant_id.into(),
            kind: word(&f.kind)?,
            status: word(&f.status)?,
            started_at: f.started_at,
            days: f.days.and_then(|d| u32::try_from(d).ok()).unwrap_or(default_days),
            is_orphan: f.is_orphan,
        })
    };
    found.into_iter().map(held).collect()
}

/// Backups that are no longer kept but whose objects may still lie in the storage. Index: `backups_left`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn left(platform: &Platform) -> Result<Vec<(TenantId, BackupId, String)>, DataError> {
    #[derive(FromQueryResult)]
    struct Left {
        tenant_id: uuid::Uuid,
        id: uuid::Uuid,
        location: String,
    }
    let sql = "select tenant_id, id, location from backups where status in ('failed', 'pruned') and removed_at is null";
    let tx = platform.begin().await?;
    let found: Vec<Left> = tx.all(sql, []).await?;
    tx.commit().await?;
    Ok(found.into_iter().map(|l| (l.tenant_id.into(), l.id.into(), l.location)).collect())
}

/// How PostgreSQL would read the first page, of the tenant (`scope`) or of everybody.
///
/// # Errors
/// When PostgreSQL fails.
#[cfg(feature = "testing")]
pub async fn explain(platform: &Platform, scope: Option<&Scope>, from: &Cursor) -> Result<String, DataError> {
    #[derive(FromQueryResult)]
    struct Line {
        #[sea_orm(from_alias = "QUERY PLAN")]
        line: String,
    }
    let limit = Limit::default();
    // As if the table were too large to be read whole.
    let lines: Vec<Line> = match scope {
        Some(scope) => {
            let (sql, values) = page("b.tenant_id = $1 and", Some(from), limit, 2);
            let tx = scope.begin().await?;
            tx.run("select set_config('enable_seqscan', 'off', true) where $1::uuid is not null", []).await?;
            tx.all(&format!("explain (costs off) {sql}"), values).await?
        }
        None => {
            let (sql, mut values) = page("($1::text is null or b.kind = $1) and", Some(from), limit, 2);
            values.insert(0, Value::String(None));
            let tx = platform.begin().await?;
            tx.run("set local enable_seqscan = off", []).await?;
            tx.all(&format!("explain (costs off) {sql}"), values).await?
        }
    };
    Ok(lines.into_iter().map(|l| l.line + "\n").collect())
}

// `first` is where the values of this statement begin.
fn page(narrowed: &str, from: Option<&Cursor>, limit: Limit, first: u8) -> (String, Vec<Value>) {
    let (at, id) = (first + 1, first + 2);
    let (bound, order) = match from.map(|cursor| cursor.direction) {
        None => (String::new(), "desc"),
        Some(Direction::Older) => (format!("and (b.started_at, b.id) < (${at}, ${id})"), "desc"),
        Some(Direction::Newer) => (format!("and (b.started_at, b.id) > (${at}, ${id})"), "asc"),
    };
    let gone = Status::Pruned.as_str();
    let sql = format!(
        "select {COLUMNS} from {TABLES} where {narrowed} b.status <> '{gone}' {bound} \
         order by b.started_at {order}, b.id {order} limit ${first}"
    );
    let mut values: Vec<Value> = vec![limit.plus_one().into()];
    values.extend(from.into_iter().flat_map(|cursor| [Value::from(cursor.at), Value::from(cursor.id)]));
    (sql, values)
}

fn cut(found: Vec<Row>, from: Option<&Cursor>, limit: Limit) -> Result<Page<Backup>, DataError> {
    let rows: Vec<Backup> = found.into_iter().map(Backup::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(rows, limit, from, |b| (b.started_at, b.id.0)))
}
