//! Keys of programs: `stoa_` and a secret that names its tenant. The secret can be read once, when it is made; of it only a
//! hash is kept.

mod change;
mod list;
mod prune;

use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::{ApiKeyId, StoreId};
use domain::people::StoreAccess;
use domain::permission::KeyScope;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, QueryFilter};

use crate::connect::Db;
use crate::entities::{TenantQueries, api_key, tenant};
use crate::error::DataError;
use crate::scope::{Access, Actor, Grants, Tx};
use crate::tenant_token;

pub use change::{Made, NewKey, OVERLAPS, create, make, revoke, rotate};
pub use list::{KeyRow, list, show};
pub use prune::prune;

const PREFIX: &str = "stoa_";
/// The last use is noted to the minute: a busy key costs one write then, not one a request.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

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

/// The bearer of `key`; `None` when it is no living key. Notes that it is in use. One statement, one more where a minute
/// has passed since its last use.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn bearer(db: &Db, key: &str) -> Result<Option<Bearer>, DataError> {
    let Some((tenant, hash)) = key.strip_prefix(PREFIX).and_then(tenant_token::parse) else { return Ok(None) };
    // Only to enter the tenant that the key names; what the key may do is read there.
    let scope = Access::job(db.clone(), tenant).scope(domain::permission::Permission::ReadOrders)?;
    let tx = scope.begin().await?;
    let now = scope.now();
    let found = tx
        .find::<api_key::Entity>()
        .filter(api_key::Column::SecretHash.eq(hash))
        .filter(api_key::Column::RevokedAt.is_null())
        .filter(api_key::Column::ExpiresAt.is_null().or(api_key::Column::ExpiresAt.gt(now)))
        .find_both_related(tenant::Entity)
        .one(tx.conn())
        .await?;
    let Some((row, of)) = found else {
        tx.end();
        return Ok(None);
    };
    note_use(tx, &row).await?;
    let grants = Grants::Key(scopes(&row.scopes), StoreAccess::of(row.store_id.map(|store| [StoreId(store)])));
    let key = ApiKeyId(row.id);
    let access = Access::new(db.clone(), tenant, Actor::Key(key), grants);
    let suspended = of.suspended_at.map(|_| of.suspended_for.unwrap_or_default());
    Ok(Some(Bearer { key, access, suspended }))
}

/// Scopes by name. One that this version does not know (any more) grants nothing.
fn scopes(names: &[String]) -> Vec<KeyScope> {
    names.iter().filter_map(|name| name.parse().ok()).collect()
}

/// Whether a key is valid at `now`.
fn is_alive(revoked_at: Option<DateTime<Utc>>, expires_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    revoked_at.is_none() && expires_at.is_none_or(|at| at > now)
}

async fn note_use(tx: Tx, key: &api_key::Model) -> Result<(), DataError> {
    let now = tx.scope().now();
    if key.last_used_at.is_some_and(|at| at > now - NOTED_EVERY) {
        tx.end();
        return Ok(());
    }
    // SQL: skipped while another transaction changes the key: neither should wait for the other.
    let sql = "update api_keys set last_used_at = $3 where tenant_id = $1 and id in ( \
                 select id from api_keys where tenant_id = $1 and id = $2 for update skip locked)";
    tx.run(sql, [key.id.into(), now.into()]).await?;
    tx.commit().await
}
