//! What belongs to the installation and not to a tenant: tenants themselves and tiers.

mod erase;
mod leaving;
mod new_tenant;
mod tenants;
mod tiers;
mod tx;
mod usage;

use chrono::Datelike;
use domain::audit::Via;
use domain::ids::{TenantId, UserId};
use domain::permission::Permission;
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;

use crate::audit::{self, Attempt};
use crate::connect::Db;
use crate::entities::{SharedQueries, tenant, user};
use crate::error::DataError;
use crate::scope::{Access, Actor, Origin, Scope};

pub use erase::{Erased, LeftBackup};
pub use leaving::{Leaving, MOST_GRACE_DAYS, hasten, keep_fewest_days};
pub use new_tenant::{FirstOwner, MadeTenant, NewTenant};
pub use tenants::TenantRow;
pub use tiers::{Affected, NewTier, Tier, check_tier};
pub use tx::PlatformTx;
pub use usage::{Above, Figures};

/// A handle on the platform itself, for its admins and for the command line.
#[derive(Clone)]
pub struct Platform {
    db: Db,
    actor: Actor,
    origin: Origin,
}

/// How many there are of what matters to the platform.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Census {
    /// All tenants.
    pub tenants: i64,
    /// Those that are suspended, those about to be deleted among them.
    pub suspended: i64,
    /// Those that are about to be deleted.
    pub leaving: i64,
    /// Stores of all.
    pub stores: i64,
    /// Orders of all in this month.
    pub orders: i64,
    /// Tenants that took in more of them than their tier allowed.
    pub over: i64,
}

impl Platform {
    /// For somebody at the server's command line.
    pub const fn command(db: Db) -> Self {
        Self::acting(db, Actor::Command, Origin { request_id: None, address: None, via: None })
    }

    /// For background work.
    pub const fn job(db: Db) -> Self {
        Self::acting(db, Actor::Job, Origin { request_id: None, address: None, via: None })
    }

    /// Whoever it is, for the record.
    pub(crate) const fn acting(db: Db, actor: Actor, origin: Origin) -> Self {
        Self { db, actor, origin }
    }

    /// For a platform admin; everybody else finds nothing here.
    ///
    /// # Errors
    /// [`DataError::NotFound`] for everybody else.
    pub fn for_person(db: Db, person: &crate::people::Person, origin: Origin) -> Result<Self, DataError> {
        let origin = Origin { via: Some(Via::Platform), ..origin };
        let admin = Self::acting(db, Actor::User(person.id), origin);
        if person.is_platform_admin { Ok(admin) } else { Err(DataError::NotFound("page")) }
    }

    /// Who acts.
    pub const fn actor(&self) -> Actor {
        self.actor
    }

    /// The slug of a tenant, unless it is suspended or gone: nobody is sent anything about such a one.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn open_tenant(&self, id: TenantId) -> Result<Option<String>, DataError> {
        let open = self.db.find_shared::<tenant::Entity>().filter(tenant::Column::Id.eq(id.0));
        let open = open.filter(tenant::Column::SuspendedAt.is_null());
        Ok(open.select_only().column(tenant::Column::Slug).into_tuple().one(&self.db.conn).await?)
    }

    /// The addresses of the platform's admins.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn admins(&self) -> Result<Vec<String>, DataError> {
        let admins = self.db.find_shared::<user::Entity>().filter(user::Column::IsPlatformAdmin.eq(true));
        let admins = admins.order_by_asc(user::Column::Email).select_only().column(user::Column::Email);
        Ok(admins.into_tuple().all(&self.db.conn).await?)
    }

    /// How many there are of what matters. One statement.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn census(&self) -> Result<Census, DataError> {
        // SQL: sums over all tenants as of one moment.
        let sql = "select t.tenants, t.suspended, t.leaving, coalesce(stoa_store_count(), 0) as stores, o.orders, o.over from \
                   (select count(*) as tenants, count(suspended_at) as suspended, count(delete_after) as leaving from tenants) t, \
                   (select coalesce(sum(orders), 0)::bigint as orders, count(over_since) as over from usage_months where month = $1) o";
        let today = self.db.clock().now().date_naive();
        let tx = self.begin().await?;
        let census = tx.one(sql, [today.with_day(1).unwrap_or(today).into()]).await?;
        tx.commit().await?;
        Ok(census.unwrap_or_default())
    }

    /// Everything about the tenant called `slug`, as the server itself.
    ///
    /// # Errors
    /// [`DataError::NotFound`] when there is none.
    pub async fn enter(&self, slug: &str) -> Result<Access, DataError> {
        let found = self.db.find_shared::<tenant::Entity>().filter(tenant::Column::Slug.eq(slug)).select_only();
        let found: Option<uuid::Uuid> = found.column(tenant::Column::Id).into_tuple().one(&self.db.conn).await?;
        let tenant = found.ok_or(DataError::NotFound("tenant"))?;
        Ok(Access::acting(self.db.clone(), tenant.into(), self.actor).with_origin(self.origin.clone()))
    }

    /// The rows of `tenant` (nil: of the installation) for what the platform does to it, in the name of who acts.
    pub(crate) fn inside(&self, tenant: TenantId) -> Result<Scope, DataError> {
        let access = Access::acting(self.db.clone(), tenant, self.actor).with_origin(self.origin.clone());
        access.scope(Permission::ManagePeople)
    }

    /// Notes that the address of `person` is theirs: whoever runs the installation knows that. From then on their password
    /// opens every tenant that gave them a role. Recorded with the installation and in each of those.
    ///
    /// # Errors
    /// [`DataError::NotFound`] for nobody; [`DataError::Refused`] when it is proven already.
    pub async fn vouch(&self, person: UserId) -> Result<(), DataError> {
        let known = crate::people::person(&self.db, person).await?.ok_or(DataError::NotFound("person"))?;
        if known.is_proven {
            return Err(DataError::Refused("This email is already confirmed.".to_owned()));
        }
        crate::people::prove(&self.db, person).await?;
        let (actor, action, subject) = (self.actor, "email.vouch", known.email);
        let attempt =
            Attempt { actor, action, subject, details: json!({"person": person}), origin: self.origin.clone() };
        audit::of_person(&self.db, Some(person), &attempt).await
    }

    /// Records something that concerns the installation as a whole.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn record(&self, action: &str, subject: &str, details: serde_json::Value) -> Result<(), DataError> {
        let tx = self.begin().await?;
        audit::note_platform(&tx, action, subject, serde_json::Value::Null, details);
        tx.commit().await
    }

    /// A transaction of the platform itself. It sees what has a door for the platform (jobs, backups and the like,
    /// of all tenants) and what belongs to no tenant; of everything else, nothing.
    ///
    /// # Errors
    /// When PostgreSQL is out of reach.
    pub async fn begin(&self) -> Result<PlatformTx, DataError> {
        PlatformTx::begin(self.db.clone(), self.actor, self.origin.clone()).await
    }

    /// The database handle, for entering a tenant in the background.
    pub const fn db(&self) -> &Db {
        &self.db
    }
}
