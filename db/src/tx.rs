//! A transaction of one tenant: what a [`Scope`] begins.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

use domain::ids::TenantId;
use sea_orm::{EntityTrait, FromQueryResult, ModelTrait, Related, Select, TryGetable, Value};

use crate::entities::{SharedQueries, TenantQueries, query};
use crate::error::DataError;
use crate::notes::{By, Notes};
use crate::scope::Scope;
use crate::transaction::Transaction;

/// A transaction of one tenant. Dropped without [`Tx::commit`], it leaves nothing behind.
pub struct Tx {
    tx: Transaction,
    scope: Scope,
    // The last feed event written here; 0 for none.
    fed: AtomicI64,
    // The queues of the jobs enqueued here.
    queued: Mutex<BTreeSet<&'static str>>,
    // What is to be recorded and is not yet.
    notes: Notes,
}

impl Tx {
    pub(crate) fn new(tx: Transaction, scope: Scope) -> Self {
        Self { tx, scope, fed: AtomicI64::new(0), queued: Mutex::default(), notes: Notes::default() }
    }

    /// The scope it began in.
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Makes it durable, with the record of it, then announces its feed events and jobs.
    ///
    /// # Errors
    /// When PostgreSQL cannot commit; then nothing was stored.
    pub async fn commit(self) -> Result<(), DataError> {
        if let Some((call, values)) = self.take_notes(2) {
            // SQL: a function of the database, which alone may append.
            self.run(&format!("select {call}"), values).await?;
        }
        self.tx.commit().await?;
        let seq = self.fed.load(Ordering::Relaxed);
        if seq > 0 {
            self.scope.db().hub().announce(self.scope.tenant(), seq);
        }
        for queue in self.queued.into_inner().unwrap_or_else(PoisonError::into_inner) {
            self.scope.db().bell().ring(queue);
        }
        Ok(())
    }

    /// What is to be recorded with the commit.
    pub(crate) const fn notes(&self) -> &Notes {
        &self.notes
    }

    /// What was noted and is not recorded yet, for a statement that records it: see [`Notes::take`].
    pub(crate) fn take_notes(&self, first: usize) -> Option<(String, Vec<Value>)> {
        let scope = &self.scope;
        let by = By { clock: scope.clock(), at: scope.now(), actor: scope.actor(), origin: scope.origin() };
        self.notes.take(first, &by)
    }

    pub(crate) fn note_queued(&self, queue: &'static str) {
        self.queued.lock().unwrap_or_else(PoisonError::into_inner).insert(queue);
    }

    /// Undoes it and waits until that is done: whoever comes next meets none of its locks.
    ///
    /// # Errors
    /// When PostgreSQL is out of reach; then nothing was stored either.
    pub async fn roll_back(self) -> Result<(), DataError> {
        Ok(self.tx.roll_back().await?)
    }

    /// Ends one that only read and locked nothing. Nobody waits for it: the connection is told when it goes back to the
    /// pool.
    pub fn end(self) {
        drop(self);
    }

    pub(crate) fn note_fed(&self, seq: i64) {
        self.fed.store(seq, Ordering::Relaxed);
    }

    /// Runs `sql`, in which `$1` is the tenant and `$2..` are `values`; rows affected.
    pub(crate) async fn run(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<u64, DataError> {
        Ok(self.tx.run(sql, self.values(values)).await?.rows_affected())
    }

    /// All rows of `sql`, in which `$1` is the tenant and `$2..` are `values`.
    pub(crate) async fn all<T: FromQueryResult>(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<T>, DataError> {
        self.tx.read_all(sql, self.values(values)).await
    }

    /// The first row of `sql`, in which `$1` is the tenant and `$2..` are `values`.
    pub(crate) async fn one<T: FromQueryResult>(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Option<T>, DataError> {
        self.tx.read_one(sql, self.values(values)).await
    }

    /// The first column of the first row of `sql`, in which `$1` is the tenant and `$2..` are `values`.
    pub(crate) async fn scalar<T: TryGetable>(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Option<T>, DataError> {
        self.tx.read_scalar(sql, self.values(values)).await
    }

    /// How PostgreSQL runs `sql`, for the tests of its plan.
    #[cfg(feature = "testing")]
    pub(crate) async fn explain(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<String, DataError> {
        self.tx.explain(sql, self.values(values)).await
    }

    /// The row that each of `rows` belongs to. One statement, whatever the number of rows.
    pub(crate) async fn load_one<M, R>(
        &self,
        rows: &[M],
        related: Select<R>,
    ) -> Result<Vec<Option<R::Model>>, DataError>
    where
        M: ModelTrait + Sync,
        R: EntityTrait,
        R::Model: Send + Sync,
        M::Entity: Related<R>,
    {
        Ok(query::load_one(rows, related, &self.tx).await?)
    }

    /// The rows that belong to each of `rows`. One statement, whatever the number of rows.
    pub(crate) async fn load_many<M, R>(&self, rows: &[M], related: Select<R>) -> Result<Vec<Vec<R::Model>>, DataError>
    where
        M: ModelTrait + Sync,
        R: EntityTrait,
        R::Model: Send + Sync,
        M::Entity: Related<R>,
    {
        Ok(query::load_many(rows, related, &self.tx).await?)
    }

    /// The transaction itself, for entities.
    pub(crate) const fn conn(&self) -> &Transaction {
        &self.tx
    }

    fn values(&self, values: impl IntoIterator<Item = Value>) -> Vec<Value> {
        std::iter::once(Value::from(self.scope.filter().0)).chain(values).collect()
    }
}

impl TenantQueries for Tx {
    fn tenant_filter(&self) -> TenantId {
        self.scope.filter()
    }
}

impl SharedQueries for Tx {}
