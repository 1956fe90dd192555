//! The only doors to a tenant's data. An [`Access`] says who acts in which tenant with which
//! permissions; naming a permission turns it into a [`Scope`]; a scope begins transactions. In a
//! transaction the tenant is set for row level security, and is `$1` of every statement: two walls.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use domain::ids::TenantId;
use domain::people::StoreAccess;
use domain::permission::{Beyond, Rights};
use sea_orm::{EntityTrait, FromQueryResult, ModelTrait, Related, Select, TryGetable, Value};

pub use crate::access::{Access, Actor, Grants};
use crate::audit::note::{self, By, Note};
use crate::clock::Clock;
use crate::connect::Db;
use crate::entities::{SharedQueries, TenantQueries, query};
use crate::error::DataError;
use crate::transaction::{Setting, Transaction};

/// A handle on one tenant's data: actor, clock, connection, and a permission that was granted. The only way to one:
///
/// ```
/// # fn orders_of(access: db::Access) -> Result<db::Scope, db::DataError> {
/// access.scope(domain::permission::Permission::ReadOrders)
/// # }
/// ```
///
/// Nobody makes one of an id, or without a permission:
///
/// ```compile_fail
/// # fn orders_of(access: db::Access) -> db::Scope {
/// db::Scope { access, filter: domain::ids::TenantId(domain::ids::Uuid::nil()) }
/// # }
/// ```
/// ```compile_fail
/// # fn orders_of(access: db::Access) -> db::Scope {
/// db::Scope::new(access)
/// # }
/// ```
///
/// What is kept, streamed or put into a queue asks for one, or for a transaction that it began; an id is not enough:
///
/// ```
/// # async fn kept(scope: &db::Scope) -> Result<(), db::DataError> {
/// scope.db().cache().get(scope, 1, "name", async { Ok(5) }).await?;
/// db::feed::subscribe(scope, None).await?;
/// # Ok(())
/// # }
/// ```
/// ```compile_fail
/// # async fn kept(scope: &db::Scope) -> Result<(), db::DataError> {
/// scope.db().cache().get(scope.tenant(), 1, "name", async { Ok(5) }).await?;
/// # Ok(())
/// # }
/// ```
/// ```compile_fail
/// # async fn listens(scope: &db::Scope) -> Result<(), db::DataError> {
/// db::feed::subscribe(scope.tenant(), None).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Scope {
    access: Access,
    // What the query layer filters by: always the tenant, but for tests of the other wall.
    filter: TenantId,
}

impl Scope {
    pub(crate) fn new(access: Access) -> Self {
        let filter = access.tenant();
        #[cfg(feature = "testing")]
        let filter = access.db().filter_for(filter);
        Self { access, filter }
    }

    /// The tenant.
    pub const fn tenant(&self) -> TenantId {
        self.access.tenant()
    }

    /// The actor.
    pub const fn actor(&self) -> Actor {
        self.access.actor()
    }

    /// The stores that the actor reaches.
    pub const fn stores(&self) -> &StoreAccess {
        self.access.stores()
    }

    /// Whether the actor may grant `given`: no one grants, renews or keeps alive what they do not have.
    ///
    /// # Errors
    /// What of it they do not have.
    pub fn may_grant(&self, given: &Rights) -> Result<(), Beyond> {
        self.access.rights().may_grant(given)
    }

    /// Cache, feed and the like.
    pub const fn db(&self) -> &Db {
        self.access.db()
    }

    /// Tells the time.
    pub fn clock(&self) -> &Clock {
        self.access.db().clock()
    }

    /// Now.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock().now()
    }

    /// The request that this belongs to.
    pub fn request_id(&self) -> Option<&str> {
        self.access.request_id()
    }

    /// A transaction in which row level security shows this tenant and nothing else.
    ///
    /// # Errors
    /// When PostgreSQL is out of reach.
    pub async fn begin(&self) -> Result<Tx, DataError> {
        let tx = self.access.db().begin(Setting::Tenant(self.tenant())).await?;
        Ok(Tx { tx, scope: self.clone(), fed: AtomicI64::new(0), queued: Mutex::default(), notes: Mutex::default() })
    }

    /// A scope whose query layer asks for `victim`'s rows while row level security still holds this
    /// tenant: what remains when the first wall is down.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn with_broken_filter(mut self, victim: TenantId) -> Self {
        self.filter = victim;
        self
    }
}

/// A transaction of one tenant. Dropped without [`Tx::commit`], it leaves nothing behind.
pub struct Tx {
    tx: Transaction,
    scope: Scope,
    // The last feed event written here; 0 for none.
    fed: AtomicI64,
    // The queues of the jobs enqueued here.
    queued: Mutex<BTreeSet<&'static str>>,
    // What is to be recorded and is not yet.
    notes: Mutex<Vec<Note>>,
}

impl Tx {
    /// The scope it began in.
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Makes it durable, with the record of it, then announces its feed events and jobs.
    ///
    /// # Errors
    /// When PostgreSQL cannot commit; then nothing was stored.
    pub async fn commit(self) -> Result<(), DataError> {
        let notes = self.take_notes();
        if !notes.is_empty() {
            note::append(&self, notes).await?;
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

    pub(crate) fn add_note(&self, note: Note) {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).push(note);
    }

    pub(crate) fn take_notes(&self) -> Vec<Note> {
        std::mem::take(&mut *self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Who does what is noted here.
    pub(crate) fn by(&self) -> By<'_> {
        let access = &self.scope.access;
        By { clock: self.scope.clock(), at: self.scope.now(), actor: access.actor(), origin: access.origin() }
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
        std::iter::once(Value::from(self.scope.filter.0)).chain(values).collect()
    }
}

impl TenantQueries for Tx {
    fn tenant_filter(&self) -> TenantId {
        self.scope.filter
    }
}

impl SharedQueries for Tx {}
