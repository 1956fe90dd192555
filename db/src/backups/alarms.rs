//! What is wrong with backups now, as data with words: for pages, metrics and the command line.

use chrono::{DateTime, Utc};
use domain::backups::{Alarm, Facts, Kind, Newest, Status};
use sea_orm::FromQueryResult;

use crate::entities::text::Text;
use crate::error::DataError;
use crate::platform::{Platform, PlatformTx};
use crate::scope::Scope;

/// Everything that is wrong, of the installation and of all tenants. One statement.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn alarms(platform: &Platform) -> Result<Vec<Alarm>, DataError> {
    // SQL: every kind of every tenant, whether or not there is a backup of it.
    let wanted = format!(
        "select '{}'::uuid as tenant_id, 'full' as kind, (select min(created_at) from tenants) as since \
         union all select t.id, k.kind, t.created_at from tenants t cross join (values ('database'), ('files')) k (kind)",
        PlatformTx::NIL
    );
    let tx = platform.begin().await?;
    let rows: Vec<Row> = tx.all(&facts(&wanted, ""), []).await?;
    tx.commit().await?;
    Ok(told(platform.db().clock().now(), rows))
}

/// What is wrong with the tenant's own. One statement.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn tenant_alarms(scope: &Scope) -> Result<Vec<Alarm>, DataError> {
    // SQL: every kind, whether or not there is a backup of it.
    let wanted = "select t.id as tenant_id, k.kind, t.created_at as since \
                  from tenants t cross join (values ('database'), ('files')) k (kind) where t.id = $1";
    let tx = scope.begin().await?;
    let rows: Vec<Row> = tx.all(&facts(wanted, "b.tenant_id = $1 and"), []).await?;
    tx.commit().await?;
    Ok(told(scope.now(), rows))
}

#[derive(FromQueryResult)]
struct Row {
    tenant_id: uuid::Uuid,
    kind: Text<Kind>,
    since: Option<DateTime<Utc>>,
    verified: Option<DateTime<Utc>>,
    status: Option<Text<Status>>,
    started_at: Option<DateTime<Utc>>,
    plain_bytes: Option<i64>,
    bytes_before: Option<i64>,
    error: Option<String>,
    verify_error: Option<String>,
}

// The newest attempt that ended, the newest verified one, and the one before: each the first entry of `backups_kind`.
fn facts(wanted: &str, narrowed: &str) -> String {
    // SQL: three lateral joins, each one step into an index, for all kinds and tenants in one statement.
    format!(
        "select w.tenant_id, w.kind, w.since, v.started_at as verified, n.status, n.started_at, n.plain_bytes, n.error, n.verify_error, \
           p.plain_bytes as bytes_before \
         from ({wanted}) w \
         left join lateral (select b.status, b.started_at, b.plain_bytes, b.error, b.verify_error from backups b \
           where {narrowed} b.tenant_id = w.tenant_id and b.kind = w.kind and b.status not in ('running', 'pruned') \
           order by b.started_at desc limit 1) n on true \
         left join lateral (select b.started_at from backups b \
           where {narrowed} b.tenant_id = w.tenant_id and b.kind = w.kind and b.status = 'verified' \
           order by b.started_at desc limit 1) v on true \
         left join lateral (select b.plain_bytes from backups b \
           where {narrowed} b.tenant_id = w.tenant_id and b.kind = w.kind and b.status in ('stored', 'verified') \
           and b.started_at < n.started_at order by b.started_at desc limit 1) p on true \
         order by w.tenant_id, w.kind"
    )
}

fn told(now: DateTime<Utc>, rows: Vec<Row>) -> Vec<Alarm> {
    let mut all = Vec::new();
    for row in rows {
        // Before the first tenant there is nothing to save.
        let Some(since) = row.since else { continue };
        let newest = match (row.status, row.started_at) {
            (Some(status), Some(started_at)) => Some(Newest {
                status: *status,
                started_at,
                plain_bytes: row.plain_bytes.unwrap_or(0),
                bytes_before: row.bytes_before,
                error: row.error,
                verify_error: row.verify_error,
            }),
            _ => None,
        };
        let facts = Facts { tenant: row.tenant_id.into(), kind: *row.kind, since, verified: row.verified, newest };
        all.extend(domain::backups::alarms(now, &facts));
    }
    all
}
