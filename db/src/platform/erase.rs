//! Deleting every row of a tenant whose time is over, table after table, in small transactions.

use chrono::{DateTime, Utc};
use domain::ids::{BackupId, TenantId};
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use super::{Platform, PlatformTx};
use crate::audit;
use crate::backups::tables;
use crate::entities::{TenantQueries, backup};
use crate::error::DataError;
use crate::scope::Scope;

/// Rows in one transaction.
const BATCH: i32 = 5_000;
/// What others write meanwhile is deleted in another round; who writes for so long is not about to end.
const ROUNDS: usize = 5;

/// What was deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Rows of all tables.
    pub rows: u64,
}

/// A backup that may still have objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftBackup {
    /// Its id.
    pub id: BackupId,
    /// Whether its objects are gone for good.
    pub is_removed: bool,
}

impl Platform {
    /// Backups of `tenant` besides `exports`.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn backups_besides(&self, tenant: TenantId, exports: &[BackupId]) -> Result<Vec<LeftBackup>, DataError> {
        let tx = self.inside(tenant)?.begin().await?;
        let besides = backup::Column::Id.is_not_in(exports.iter().map(|id| id.0));
        let left = tx.find::<backup::Entity>().filter(besides).select_only();
        let left = left.column(backup::Column::Id).column(backup::Column::RemovedAt);
        let left: Vec<(Uuid, Option<DateTime<Utc>>)> = left.into_tuple().all(tx.conn()).await?;
        tx.end();
        let row = |(id, removed_at): (Uuid, Option<_>)| LeftBackup { id: id.into(), is_removed: removed_at.is_some() };
        Ok(left.into_iter().map(row).collect())
    }

    /// Forgets a backup of `tenant` whose objects are gone.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn forget_backup(&self, tenant: TenantId, id: BackupId) -> Result<(), DataError> {
        let tx = self.inside(tenant)?.begin().await?;
        tx.delete::<backup::Entity>().filter(backup::Column::Id.eq(id.0)).exec(tx.conn()).await?;
        tx.commit().await
    }

    /// Deletes every row of `tenant`, those of its backups left out, and then the tenant. Safe to begin anew: what is
    /// gone is gone. Recorded with the installation, because the tenant's own record goes too.
    ///
    /// # Errors
    /// When it is not to be deleted now, something goes on writing for it, or PostgreSQL fails.
    pub async fn erase(&self, tenant: TenantId, slug: &str, exports: &[BackupId]) -> Result<Erased, DataError> {
        let scope = self.inside(tenant)?;
        let mut erased = Erased::default();
        for _ in 0..ROUNDS {
            let mut found = 0;
            for leaf in self.leaves().await? {
                found += delete_all(&scope, &leaf).await?;
            }
            erased.rows += found;
            if found == 0 {
                self.end(&scope, slug, erased, exports).await?;
                return Ok(erased);
            }
        }
        Err(DataError::Refused(format!("tenant {slug} is still being written to; stop its workers and try again")))
    }

    // Tables and partitions with a tenant's rows, those first that nobody else needs any more.
    async fn leaves(&self) -> Result<Vec<String>, DataError> {
        let mut conn = self.db().pool.acquire().await?;
        let mut tables = tables::needed_first(tables::all(&mut conn).await?);
        tables.retain(|table| table.name != "backups");
        // SQL: the partitions of a table, from the catalogue.
        let sql = "select c.relname::text from pg_partition_tree(('public.' || quote_ident($1))::regclass) t \
                   join pg_class c on c.oid = t.relid where t.isleaf order by 1";
        let mut leaves = Vec::new();
        for table in tables.iter().rev() {
            if table.is_partitioned {
                let found: Vec<String> = sqlx::query_scalar(sql).bind(&table.name).fetch_all(&mut *conn).await?;
                leaves.extend(found);
            } else {
                leaves.push(table.name.clone());
            }
        }
        Ok(leaves)
    }

    async fn end(&self, scope: &Scope, slug: &str, erased: Erased, exports: &[BackupId]) -> Result<(), DataError> {
        let tx = scope.begin().await?;
        // SQL: a function of the database, which alone may do this.
        tx.run("select stoa_erase_tenant($1)", []).await?;
        tx.commit().await?;
        let tx = self.inside(PlatformTx::NIL)?.begin().await?;
        let details = json!({"id": scope.tenant(), "rows": erased.rows, "exports": exports});
        audit::note(&tx, "tenant.erase", slug, details).await?;
        tx.commit().await
    }
}

async fn delete_all(scope: &Scope, leaf: &str) -> Result<u64, DataError> {
    let mut all = 0;
    loop {
        let tx = scope.begin().await?;
        // SQL: a function of the database, which alone may delete from any table.
        let gone: i64 = tx.scalar("select stoa_erase($1, $2, $3)", [leaf.into(), BATCH.into()]).await?.unwrap_or(0);
        tx.commit().await?;
        all += gone.unsigned_abs();
        if gone < i64::from(BATCH) {
            return Ok(all);
        }
    }
}
