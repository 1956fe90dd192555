//! The platform's own transaction: the counterpart of [`crate::scope::Tx`] for what no tenant owns alone.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use domain::ids::TenantId;
use sea_orm::{FromQueryResult, TryGetable, Value};

use crate::connect::Db;
use crate::entities::{AllTenantsQueries, SharedQueries};
use crate::error::DataError;
use crate::notes::{By, Notes};
use crate::scope::{Actor, Origin};
use crate::transaction::{Setting, Transaction};

/// A transaction of the platform. Dropped without [`PlatformTx::commit`], it leaves nothing behind.
pub struct PlatformTx {
    tx: Transaction,
    db: Db,
    // The queues of the jobs enqueued here.
    queued: Mutex<BTreeSet<&'static str>>,
    // What is to be recorded and is not yet.
    notes: Notes,
    actor: Actor,
    origin: Origin,
}

impl PlatformTx {
    /// The tenant under which the installation's own rows stand.
    pub const NIL: TenantId = TenantId(uuid::Uuid::nil());

    pub(super) async fn begin(db: Db, actor: Actor, origin: Origin) -> Result<Self, DataError> {
        let tx = db.begin(Setting::Platform).await?;
        Ok(Self { tx, db, queued: Mutex::default(), notes: Notes::default(), actor, origin })
    }

    /// Clock, cache and the like.
    pub const fn db(&self) -> &Db {
        &self.db
    }

    /// Makes it durable, with the record of it, then announces its jobs.
    ///
    /// # Errors
    /// When PostgreSQL cannot commit; then nothing was stored.
    pub async fn commit(self) -> Result<(), DataError> {
        let clock = self.db.clock();
        let by = By { clock, at: clock.now(), actor: self.actor, origin: &self.origin };
        if let Some((call, values)) = self.notes.take(2, &by) {
            // SQL: a function of the database, which alone may append; here under the nil tenant.
            self.run(&format!("select {call}"), std::iter::once(Self::NIL.0.into()).chain(values)).await?;
        }
        self.tx.commit().await?;
        for queue in self.queued.into_inner().unwrap_or_else(PoisonError::into_inner) {
            self.db.bell().ring(queue);
        }
        Ok(())
    }

    /// What is to be recorded with the commit.
    pub(crate) const fn notes(&self) -> &Notes {
        &self.notes
    }

    pub(crate) fn note_queued(&self, queue: &'static str) {
        self.queued.lock().unwrap_or_else(PoisonError::into_inner).insert(queue);
    }

    /// The transaction itself, for entities.
    pub(crate) const fn conn(&self) -> &Transaction {
        &self.tx
    }

    /// Runs `sql` with `values` from `$1` on; rows affected.
    pub(crate) async fn run(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<u64, DataError> {
        Ok(self.tx.run(sql, values.into_iter().collect()).await?.rows_affected())
    }

    /// All rows of `sql` with `values` from `$1` on.
    pub(crate) async fn all<T: FromQueryResult>(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<T>, DataError> {
        self.tx.read_all(sql, values.into_iter().collect()).await
    }

    /// The first row of `sql` with `values` from `$1` on.
    pub(crate) async fn one<T: FromQueryResult>(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Option<T>, DataError> {
        self.tx.read_one(sql, values.into_iter().collect()).await
    }

    /// The first column of the first row of `sql` with `values` from `$1` on.
    pub(crate) async fn scalar<T: TryGetable>(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Option<T>, DataError> {
        self.tx.read_scalar(sql, values.into_iter().collect()).await
    }
}

impl AllTenantsQueries for PlatformTx {}
impl SharedQueries for PlatformTx {}
