//! The platform's own transaction: the counterpart of [`crate::scope::Tx`] for what no tenant owns alone.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use domain::ids::TenantId;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, Statement, TryGetable, Value};

use crate::connect::Db;
use crate::error::DataError;

/// A transaction of the platform. Dropped without [`PlatformTx::commit`], it leaves nothing behind.
pub struct PlatformTx {
    tx: DatabaseTransaction,
    db: Db,
    // The queues of the jobs enqueued here.
    queued: Mutex<BTreeSet<&'static str>>,
}

impl PlatformTx {
    /// The tenant under which the installation's own rows stand.
    pub const NIL: TenantId = TenantId(uuid::Uuid::nil());

    pub(super) async fn begin(db: Db) -> Result<Self, DataError> {
        let tx = db.begin().await?;
        tx.execute_unprepared("select set_config('app.platform', 'on', true)").await?;
        Ok(Self { tx, db, queued: Mutex::default() })
    }

    /// Clock, cache and the like.
    pub const fn db(&self) -> &Db {
        &self.db
    }

    /// Makes it durable, then announces its jobs.
    ///
    /// # Errors
    /// When PostgreSQL cannot commit; then nothing was stored.
    pub async fn commit(self) -> Result<(), DataError> {
        self.tx.commit().await?;
        for queue in self.queued.into_inner().unwrap_or_else(PoisonError::into_inner) {
            self.db.bell().ring(queue);
        }
        Ok(())
    }

    pub(crate) fn note_queued(&self, queue: &'static str) {
        self.queued.lock().unwrap_or_else(PoisonError::into_inner).insert(queue);
    }

    /// Runs `sql` with `values` from `$1` on; rows affected.
    pub(crate) async fn run(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<u64, DataError> {
        Ok(self.tx.execute_raw(statement(sql, values)).await?.rows_affected())
    }

    /// All rows of `sql` with `values` from `$1` on.
    pub(crate) async fn all<T: FromQueryResult>(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<T>, DataError> {
        let rows = self.tx.query_all_raw(statement(sql, values)).await?;
        rows.iter().map(|row| T::from_query_result(row, "").map_err(DataError::from)).collect()
    }

    /// The first row of `sql` with `values` from `$1` on.
    pub(crate) async fn one<T: FromQueryResult>(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Option<T>, DataError> {
        let row = self.tx.query_one_raw(statement(sql, values)).await?;
        row.map(|row| T::from_query_result(&row, "").map_err(DataError::from)).transpose()
    }

    /// The first column of the first row of `sql` with `values` from `$1` on.
    pub(crate) async fn scalar<T: TryGetable>(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Option<T>, DataError> {
        let row = self.tx.query_one_raw(statement(sql, values)).await?;
        row.map(|row| row.try_get_by_index(0).map_err(DataError::from)).transpose()
    }
}

fn statement(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}
