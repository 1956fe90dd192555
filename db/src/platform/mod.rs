//! What belongs to the installation and not to a tenant: tenants themselves and tiers.

mod busy;
mod tx;

use chrono::{DateTime, Utc};
use domain::fields::FieldErrors;
use domain::ids::TenantId;
use domain::slug;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};

use crate::connect::Db;
use crate::entities::{tenant, tier};
use crate::error::DataError;
use crate::scope::Access;

pub use tx::PlatformTx;

/// A handle on the platform itself, for its admins and for the command line.
#[derive(Clone)]
pub struct Platform {
    db: Db,
}

/// A tenant as the platform sees it.
#[derive(Clone, Debug)]
pub struct TenantRow {
    /// Its id.
    pub id: TenantId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The slug of its tier.
    pub tier: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Since when it is suspended, if it is.
    pub suspended_at: Option<DateTime<Utc>>,
}

/// How many tenants there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Census {
    /// All of them.
    pub tenants: i64,
    /// Those that are suspended.
    pub suspended: i64,
}

impl Platform {
    /// For somebody at the server's command line.
    pub const fn command(db: Db) -> Self {
        Self { db }
    }

    /// For a platform admin; everybody else finds nothing here.
    ///
    /// # Errors
    /// [`DataError::NotFound`] for everybody else.
    pub fn for_person(db: Db, person: &crate::people::Person) -> Result<Self, DataError> {
        if person.is_platform_admin { Ok(Self { db }) } else { Err(DataError::NotFound("page")) }
    }

    /// All tenants by slug, up to `limit`.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn tenants(&self, limit: u64) -> Result<Vec<TenantRow>, DataError> {
        let tiers = tier::Entity::find().all(&self.db.conn).await?;
        let found = tenant::Entity::find().order_by_asc(tenant::Column::Slug).limit(limit).all(&self.db.conn).await?;
        let tier = |id| tiers.iter().find(|t| t.id == id).map(|t| t.slug.clone()).unwrap_or_default();
        Ok(found
            .into_iter()
            .map(|t| TenantRow {
                id: t.id.into(),
                slug: t.slug,
                name: t.name,
                tier: tier(t.tier_id),
                created_at: t.created_at,
                suspended_at: t.suspended_at,
            })
            .collect())
    }

    /// The slug of a tenant, unless it is suspended or gone: nobody is sent anything about such a one.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn open_tenant(&self, id: TenantId) -> Result<Option<String>, DataError> {
        let found = tenant::Entity::find_by_id(id.0).one(&self.db.conn).await?;
        Ok(found.filter(|t| t.suspended_at.is_none()).map(|t| t.slug))
    }

    /// The addresses of the platform's admins.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn admins(&self) -> Result<Vec<String>, DataError> {
        let sql = "select email from users where is_platform_admin order by email";
        Ok(sqlx::query_scalar(sql).fetch_all(&self.db.pool).await?)
    }

    /// How many tenants there are.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn census(&self) -> Result<Census, DataError> {
        let sql = "select count(*) as tenants, count(suspended_at) as suspended from tenants";
        let (tenants, suspended) = sqlx::query_as(sql).fetch_one(&self.db.pool).await?;
        Ok(Census { tenants, suspended })
    }

    /// Everything about the tenant called `slug`, as the server itself.
    ///
    /// # Errors
    /// [`DataError::NotFound`] when there is none.
    pub async fn enter(&self, slug: &str) -> Result<Access, DataError> {
        let found = tenant::Entity::find().filter(tenant::Column::Slug.eq(slug)).one(&self.db.conn).await?;
        let tenant = found.ok_or(DataError::NotFound("tenant"))?;
        Ok(Access::command(self.db.clone(), tenant.id.into()))
    }

    /// Makes a tenant on the tier called `tier`.
    ///
    /// # Errors
    /// When the slug is bad or taken, the name empty, or there is no such tier.
    pub async fn create_tenant(&self, slug: &str, name: &str, tier: &str) -> Result<TenantId, DataError> {
        let mut errors = FieldErrors::default();
        if let Err(message) = slug::check(slug) {
            errors.add("slug", message);
        }
        errors.add_if(name.trim().is_empty(), "name", "must not be empty");
        let found = tier::Entity::find().filter(tier::Column::Slug.eq(tier)).one(&self.db.conn).await?;
        errors.add_if(found.is_none(), "tier", format!("there is no tier '{tier}'"));
        errors.into_result(())?;
        let id: TenantId = self.db.clock().id();
        let row = tenant::ActiveModel {
            id: Set(id.0),
            slug: Set(slug.to_owned()),
            name: Set(name.trim().to_owned()),
            tier_id: Set(found.map(|t| t.id).unwrap_or_default()),
            suspended_at: Set(None),
            created_at: Set(self.db.clock().now()),
        };
        row.insert(&self.db.conn).await.map_err(DataError::from).map_err(slug_taken)?;
        Ok(id)
    }

    /// Suspends the tenant called `slug`: nobody but the platform reaches it until it is resumed. Whether it changed.
    ///
    /// # Errors
    /// [`DataError::NotFound`] when there is none.
    pub async fn suspend(&self, slug: &str, reason: &str) -> Result<bool, DataError> {
        let sql = "update tenants set suspended_at = $2 where id = $1 and suspended_at is null";
        let details = serde_json::json!({"reason": reason});
        self.change(slug, sql, Some(self.db.clock().now()), "tenant.suspend", details).await
    }

    /// Lets people and programs into the tenant called `slug` again. Whether it changed.
    ///
    /// # Errors
    /// [`DataError::NotFound`] when there is none.
    pub async fn resume(&self, slug: &str) -> Result<bool, DataError> {
        let sql = "update tenants set suspended_at = $2 where id = $1 and suspended_at is not null";
        self.change(slug, sql, None, "tenant.resume", serde_json::json!({})).await
    }

    async fn change(
        &self,
        slug: &str,
        sql: &str,
        suspended_at: Option<DateTime<Utc>>,
        action: &str,
        details: serde_json::Value,
    ) -> Result<bool, DataError> {
        let scope = self.enter(slug).await?.scope(domain::permission::Permission::ManagePeople)?;
        let tx = scope.begin().await?;
        let changed = tx.run(sql, [suspended_at.into()]).await? > 0;
        if changed {
            crate::audit::note(&tx, action, slug, details).await?;
        }
        tx.commit().await?;
        Ok(changed)
    }

    /// Makes the tier called `slug` unless it exists.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn ensure_tier(&self, slug: &str, name: &str, limits: serde_json::Value) -> Result<(), DataError> {
        let row = tier::ActiveModel {
            id: Set(self.db.clock().id::<uuid::Uuid>()),
            slug: Set(slug.to_owned()),
            name: Set(name.to_owned()),
            limits: Set(limits),
            created_at: Set(self.db.clock().now()),
        };
        let unless_there = sea_orm::sea_query::OnConflict::column(tier::Column::Slug).do_nothing().to_owned();
        tier::Entity::insert(row).on_conflict(unless_there).exec_without_returning(&self.db.conn).await?;
        Ok(())
    }

    /// A transaction of the platform itself. It sees what has a door for the platform (jobs, backups and the like,
    /// of all tenants) and what belongs to no tenant; of everything else, nothing.
    ///
    /// # Errors
    /// When PostgreSQL is out of reach.
    pub async fn begin(&self) -> Result<PlatformTx, DataError> {
        PlatformTx::begin(self.db.clone()).await
    }

    /// The database handle, for entering a tenant in the background.
    pub const fn db(&self) -> &Db {
        &self.db
    }
}

fn slug_taken(error: DataError) -> DataError {
    match error.constraint() {
        Some("tenants_slug_key") => FieldErrors::one("slug", "is taken by another tenant").into(),
        _ => error,
    }
}
