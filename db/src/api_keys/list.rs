//! The keys of a tenant, without their secrets.

use chrono::{DateTime, Utc};
use domain::ids::ApiKeyId;
use domain::permission::{KeyScope, Permission, Rights};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::{is_alive, scopes};
use crate::entities::{TenantQueries, api_key, store};
use crate::error::DataError;
use crate::people::makers::Makers;
use crate::scope::{Scope, Tx};

/// Most keys that a list shows.
const SHOWN: u64 = 500;

/// A key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRow {
    /// Its id.
    pub id: ApiKeyId,
    /// What it is for; empty for keys of the command line.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<KeyScope>,
    /// The name of the only store that it opens.
    pub store: Option<String>,
    /// That store.
    pub store_id: Option<domain::ids::StoreId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends, or ended, by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// The address of the person who made it; none for keys of the command line and of accounts that are gone.
    pub maker: Option<String>,
    /// Whether a person made it who could not make it now: they left, or may do less.
    pub is_orphan: bool,
}

impl KeyRow {
    /// Whether it opens anything at `now`.
    pub fn is_alive(&self, now: DateTime<Utc>) -> bool {
        is_alive(self.revoked_at, self.expires_at, now)
    }
}

/// The keys, living ones first, then the newest; the first 500. Three statements at any size.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn list(scope: &Scope) -> Result<Vec<KeyRow>, DataError> {
    let tx = scope.begin().await?;
    let is_over = api_key::Column::RevokedAt.is_not_null().or(api_key::Column::ExpiresAt.lte(scope.now()));
    let keys = tx
        .find::<api_key::Entity>()
        .order_by_asc(is_over)
        .order_by_desc(api_key::Column::CreatedAt)
        .order_by_asc(api_key::Column::Id)
        .limit(SHOWN);
    let rows = rows(&tx, keys).await?;
    tx.end();
    Ok(rows)
}

/// One key.
///
/// # Errors
/// [`DataError::NotFound`] for one that is not the tenant's.
pub async fn show(scope: &Scope, id: ApiKeyId) -> Result<KeyRow, DataError> {
    let tx = scope.begin().await?;
    let found = rows(&tx, tx.find::<api_key::Entity>().filter(api_key::Column::Id.eq(id.0))).await?;
    tx.end();
    found.into_iter().next().ok_or(DataError::NotFound("key"))
}

// With the names of their stores, and with who made them.
async fn rows(tx: &Tx, keys: Select<api_key::Entity>) -> Result<Vec<KeyRow>, DataError> {
    let keys = keys.find_also_related(store::Entity).all(tx.conn()).await?;
    let makers = Makers::load(tx, keys.iter().map(|(key, _)| key.created_by.as_str())).await?;
    keys.into_iter().map(|(key, store)| KeyRow::of(key, store, &makers)).collect()
}

impl KeyRow {
    fn of(key: api_key::Model, store: Option<store::Model>, makers: &Makers) -> Result<Self, DataError> {
        let (scopes, store_id) = (scopes(&key.scopes), key.store_id.map(Into::into));
        let could = makers.could(&key.created_by, Permission::ManageKeys, &Rights::of_key(&scopes, store_id))?;
        Ok(Self {
            id: key.id.into(),
            name: key.name,
            scopes,
            store: store.map(|store| store.name),
            store_id,
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            revoked_at: key.revoked_at,
            maker: makers.email(&key.created_by),
            is_orphan: !could,
        })
    }
}
