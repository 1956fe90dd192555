//! Keys of programs: `stoa_` and a secret that names its tenant. The secret can be read once, when it is made; of it only a
//! hash is kept.

mod change;
mod create;
mod list;
mod prune;

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{ApiKeyId, StoreId};
use domain::people::StoreAccess;
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::connect::Db;
use crate::error::DataError;
use crate::scope::{Access, Actor, Grants, Tx};
use crate::tenant_token;

pub use change::{OVERLAPS, revoke, rotate};
pub use create::{Made, NewKey, create, make};
pub use list::{KeyRow, list, show};
pub use prune::prune;

const PREFIX: &str = "stoa_";
/// The last use is noted to the minute: a busy key costs one write then, not one a request.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    store_id: Option<Uuid>,
    scopes: Vec<String>,
    last_used_at: Option<DateTime<Utc>>,
    is_suspended: bool,
    suspended_for: Option<String>,
}

/// The bearer of a living key.
#[derive(Clone)]
pub struct Bearer {
    /// Which key.
    pub key: ApiKeyId,
    /// What it may do.
    pub access: Access,
    /// Why its tenant is closed, if it is: then it may do nothing.
    pub suspended: Option<String>,
}

/// What the bearer of `key` may do; `None` when it is no living key, or its tenant is suspended.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn access(db: &Db, key: &str) -> Result<Option<Access>, DataError> {
    Ok(bearer(db, key).await?.filter(|bearer| bearer.suspended.is_none()).map(|bearer| bearer.access))
}

/// The bearer of `key`; `None` when it is no living key. Notes that it is in use.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn bearer(db: &Db, key: &str) -> Result<Option<Bearer>, DataError> {
    let Some((tenant, hash)) = key.strip_prefix(PREFIX).and_then(tenant_token::parse) else { return Ok(None) };
    // Only to enter the tenant that the key names; what the key may do is read there.
    let scope = Access::job(db.clone(), tenant).scope(domain::permission::Permission::ReadOrders)?;
    let tx = scope.begin().await?;
    let sql = "select k.id, k.store_id, k.scopes, k.last_used_at, \
                 t.suspended_at is not null as is_suspended, t.suspended_for from api_keys k join tenants t on t.id = k.tenant_id \
               where k.tenant_id = $1 and k.secret_hash = $2 and k.revoked_at is null \
                 and (k.expires_at is null or k.expires_at > $3)";
    let found: Option<Row> = tx.one(sql, [hash.into(), scope.now().into()]).await?;
    let Some(row) = found else {
        tx.end();
        return Ok(None);
    };
    note_use(tx, &row).await?;
    let scopes = row.scopes.iter().filter_map(|s| s.parse().ok()).collect();
    let grants = Grants::Key(scopes, StoreAccess::of(row.store_id.map(|store| [StoreId(store)])));
    let key = ApiKeyId(row.id);
    let access = Access::new(db.clone(), tenant, Actor::Key(key), grants);
    Ok(Some(Bearer { key, access, suspended: row.is_suspended.then(|| row.suspended_for.unwrap_or_default()) }))
}

async fn note_use(tx: Tx, key: &Row) -> Result<(), DataError> {
    let now = tx.scope().now();
    if key.last_used_at.is_some_and(|at| at > now - NOTED_EVERY) {
        tx.end();
        return Ok(());
    }
    // Skipped while somebody changes the key: they should not wait for its users, nor these for them.
    let sql = "update api_keys set last_used_at = $3 where tenant_id = $1 and id in ( \
                 select id from api_keys where tenant_id = $1 and id = $2 for update skip locked)";
    tx.run(sql, [key.id.into(), now.into()]).await?;
    tx.commit().await
}
