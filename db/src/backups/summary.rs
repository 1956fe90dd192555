//! How many backups there are and how much room they take, by kind: one query, cached until the next backup is made,
//! read back or deleted.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::backups::Kind;
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter};
use serde::{Deserialize, Serialize};

use crate::entities::text::Text;
use crate::entities::{SharedQueries, platform_generation};
use crate::error::DataError;
use crate::platform::Platform;
use crate::scope::Scope;

/// All kinds, and their sum.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// One entry for each kind of which there ever was a backup, in the order of [`Kind::ALL`].
    pub kinds: Vec<KindSummary>,
    /// Backups that are kept.
    pub count: i64,
    /// Their bytes in the storage.
    pub bytes: i64,
}

/// One kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindSummary {
    /// Which.
    pub kind: Kind,
    /// Backups that are kept.
    pub count: i64,
    /// Their bytes in the storage.
    pub bytes: i64,
    /// Of these, how many were read back and found equal.
    pub verified: i64,
    /// How many failed and are still listed.
    pub failed: i64,
    /// When the newest verified one was begun.
    pub newest_verified: Option<DateTime<Utc>>,
    /// When one was last read back and found equal.
    pub last_verification: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct Row {
    kind: Text<Kind>,
    count: i64,
    bytes: i64,
    verified: i64,
    failed: i64,
    newest_verified: Option<DateTime<Utc>>,
    last_verification: Option<DateTime<Utc>>,
}

const FIGURES: &str = "kind, count(*) filter (where status in ('stored', 'verified')) as count, \
    coalesce(sum(bytes) filter (where status in ('stored', 'verified')), 0)::bigint as bytes, \
    count(*) filter (where status = 'verified') as verified, count(*) filter (where status = 'failed') as failed, \
    max(started_at) filter (where status = 'verified') as newest_verified, \
    max(verified_at) filter (where status = 'verified') as last_verification";

/// The tenant's, from the cache: any change of a backup is an event of the tenant's feed and so a new generation.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn summary(scope: &Scope) -> Result<Arc<Summary>, DataError> {
    let cache = scope.db().cache();
    let generation = cache.generation(scope).await?;
    // SQL: figures of each kind, each over other rows, in one reading.
    let sql = format!("select {FIGURES} from backups where tenant_id = $1 group by kind");
    let compute = async {
        let tx = scope.begin().await?;
        let rows: Vec<Row> = tx.all(&sql, []).await?;
        tx.commit().await?;
        Ok(Summary::of(rows))
    };
    cache.get(scope, generation, "backups", compute).await
}

/// Everybody's, from the cache: any change of a backup moves the platform's generation on.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn platform_summary(platform: &Platform) -> Result<Arc<Summary>, DataError> {
    let tx = platform.begin().await?;
    let generation = tx
        .find_shared::<platform_generation::Entity>()
        .filter(platform_generation::Column::Name.eq("backups"))
        .one(tx.conn())
        .await?;
    let generation = generation.map_or(0, |row| row.generation);
    // SQL: as for a tenant.
    let sql = format!("select {FIGURES} from backups group by kind");
    let compute = async {
        let rows: Vec<Row> = tx.all(&sql, []).await?;
        tx.commit().await?;
        Ok(Summary::of(rows))
    };
    platform.db().cache().get_for_platform(generation, "backups", compute).await
}

impl Summary {
    fn of(rows: Vec<Row>) -> Self {
        let mut kinds: Vec<KindSummary> = rows.into_iter().map(KindSummary::from).collect();
        kinds.sort_by_key(|k| k.kind);
        let (count, bytes) = kinds.iter().fold((0, 0), |(count, bytes), k| (count + k.count, bytes + k.bytes));
        Self { kinds, count, bytes }
    }
}

impl From<Row> for KindSummary {
    fn from(row: Row) -> Self {
        Self {
            kind: *row.kind,
            count: row.count,
            bytes: row.bytes,
            verified: row.verified,
            failed: row.failed,
            newest_verified: row.newest_verified,
            last_verification: row.last_verification,
        }
    }
}
