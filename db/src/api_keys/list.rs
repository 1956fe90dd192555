//! The keys of a tenant, without their secrets.

use chrono::{DateTime, Utc};
use domain::ids::ApiKeyId;
use domain::permission::{KeyScope, Permission, Rights};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::error::DataError;
use crate::people::maker::{MAKER, Maker, joins};
use crate::scope::{Scope, Tx};

/// Most keys that a list shows.
const SHOWN: i64 = 500;

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
        self.revoked_at.is_none() && self.expires_at.is_none_or(|at| at > now)
    }
}

/// The keys, living ones first, then the newest; the first 500. One statement.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn list(scope: &Scope) -> Result<Vec<KeyRow>, DataError> {
    let tx = scope.begin().await?;
    let sql = format!(
        "{} where k.tenant_id = $1 order by k.revoked_at is not null or k.expires_at <= $2, k.created_at desc, k.id limit $3",
        select()
    );
    let rows: Vec<Row> = tx.all(&sql, [scope.now().into(), SHOWN.into()]).await?;
    tx.end();
    rows.into_iter().map(KeyRow::try_from).collect()
}

/// One key.
///
/// # Errors
/// [`DataError::NotFound`] for one that is not the tenant's.
pub async fn show(scope: &Scope, id: ApiKeyId) -> Result<KeyRow, DataError> {
    let tx = scope.begin().await?;
    let found = read(&tx, id).await?;
    tx.end();
    Ok(found)
}

pub(super) async fn read(tx: &Tx, id: ApiKeyId) -> Result<KeyRow, DataError> {
    let row: Option<Row> = tx.one(&format!("{} where k.tenant_id = $1 and k.id = $2", select()), [id.0.into()]).await?;
    row.ok_or(DataError::NotFound("key"))?.try_into()
}

fn select() -> String {
    format!(
        "select k.id, k.name, k.scopes, k.store_id, s.name store, k.created_at, k.expires_at, k.last_used_at, k.revoked_at, {MAKER} \
         from api_keys k left join stores s on s.tenant_id = k.tenant_id and s.id = k.store_id {}",
        joins("k", "created_by")
    )
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    name: String,
    scopes: Vec<String>,
    store_id: Option<Uuid>,
    store: Option<String>,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    last_used_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
    #[sea_orm(nested)]
    maker: Maker,
}

impl TryFrom<Row> for KeyRow {
    type Error = DataError;
    fn try_from(row: Row) -> Result<Self, DataError> {
        let scopes: Vec<KeyScope> = row.scopes.iter().filter_map(|s| s.parse().ok()).collect();
        let store_id = row.store_id.map(Into::into);
        let is_orphan = !row.maker.could(Permission::ManageKeys, &Rights::of_key(&scopes, store_id))?;
        Ok(Self {
            id: row.id.into(),
            name: row.name,
            scopes,
            store: row.store,
            store_id,
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            revoked_at: row.revoked_at,
            maker: row.maker.email(),
            is_orphan,
        })
    }
}
