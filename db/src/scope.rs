//! The only doors to a tenant's data. An [`Access`] says who acts in which tenant with which
//! permissions; naming a permission turns it into a [`Scope`]; a scope begins transactions. In a
//! transaction the tenant is set for row level security, and is `$1` of every statement: two walls.

use chrono::{DateTime, Utc};
use domain::ids::TenantId;
use domain::people::StoreAccess;
use domain::permission::{Beyond, Rights};

pub use crate::access::{Access, Actor, Grants, Origin};
use crate::clock::Clock;
use crate::connect::Db;
use crate::error::DataError;
use crate::transaction::Setting;
pub use crate::tx::Tx;

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
        self.origin().request_id.as_deref()
    }

    /// Where what is done in it comes from.
    pub(crate) const fn origin(&self) -> &Origin {
        self.access.origin()
    }

    /// What the query layer filters by.
    pub(crate) const fn filter(&self) -> TenantId {
        self.filter
    }

    /// A transaction in which row level security shows this tenant and nothing else.
    ///
    /// # Errors
    /// When PostgreSQL is out of reach.
    pub async fn begin(&self) -> Result<Tx, DataError> {
        let tx = self.access.db().begin(Setting::Tenant(self.tenant())).await?;
        Ok(Tx::new(tx, self.clone()))
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
