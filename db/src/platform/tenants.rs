//! Tenants: found, made, renamed, moved from tier to tier, suspended and resumed.

use chrono::{DateTime, Utc};
use domain::ids::TenantId;
use domain::tenants::{TenantQuery, TenantState};
use domain::text_key::sought;
use sea_orm::sea_query::{Expr, ExprTrait, Func, SimpleExpr};
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait, SelectTwoRequired, Set};
use serde_json::json;
use uuid::Uuid;

use super::Platform;
use super::new_tenant;
use crate::audit;
use crate::entities::{SharedQueries, tenant, tier};
use crate::error::DataError;

/// A tenant as the platform sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantRow {
    /// Its id.
    pub id: TenantId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The slug of its tier.
    pub tier: String,
    /// The name of its tier.
    pub tier_name: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Since when it is suspended, if it is.
    pub suspended_at: Option<DateTime<Utc>>,
    /// Why.
    pub suspended_for: Option<String>,
    /// When it will be deleted, if it will.
    pub delete_after: Option<DateTime<Utc>>,
}

#[derive(FromQueryResult)]
struct BusyRow {
    tenant_id: Uuid,
}

impl TenantRow {
    /// How it stands.
    pub const fn state(&self) -> TenantState {
        match (self.delete_after, self.suspended_at) {
            (Some(_), _) => TenantState::Leaving,
            (None, Some(_)) => TenantState::Suspended,
            (None, None) => TenantState::Active,
        }
    }
}

impl Platform {
    /// All tenants by slug, up to `limit`.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn tenants(&self, limit: u64) -> Result<Vec<TenantRow>, DataError> {
        self.find_tenants(&TenantQuery::default(), limit).await
    }

    /// Tenants under `query` by slug, up to `limit`. One statement.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn find_tenants(&self, query: &TenantQuery, limit: u64) -> Result<Vec<TenantRow>, DataError> {
        let tx = self.begin().await?;
        let rows = on_tiers(&tx)
            .apply_if(query.state, |select, state| select.filter(in_state(state)))
            .apply_if(query.after.clone(), |select, slug| select.filter(tenant::Column::Slug.gt(slug)))
            .apply_if(query.tier.clone(), |select, slug| select.filter(tier::Column::Slug.eq(slug)))
            .apply_if(query.q.as_deref().map(sought), |select, part| select.filter(holds(&part)))
            .order_by_asc(tenant::Column::Slug)
            .limit(limit)
            .all(tx.conn())
            .await?;
        tx.commit().await?;
        Ok(rows.into_iter().map(TenantRow::from).collect())
    }

    /// The tenant called `slug`.
    ///
    /// # Errors
    /// [`DataError::NotFound`] when there is none.
    pub async fn tenant(&self, slug: &str) -> Result<TenantRow, DataError> {
        let tx = self.begin().await?;
        let row = on_tiers(&tx).filter(tenant::Column::Slug.eq(slug)).one(tx.conn()).await?;
        tx.commit().await?;
        row.map(TenantRow::from).ok_or(DataError::NotFound("tenant"))
    }

    /// Tenants with a member who was here since `since`, the latest seen first, up to `limit`. Suspended ones are left
    /// out. Indexes: `sessions_expiry`, `memberships_user`.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn busy_tenants(&self, since: DateTime<Utc>, limit: u64) -> Result<Vec<TenantId>, DataError> {
        // SQL: ranks tenants by the last sign of life among the sessions of all of their members.
        let sql = "select m.tenant_id from sessions s join memberships m on m.user_id = s.user_id \
                   join tenants t on t.id = m.tenant_id and t.suspended_at is null \
                   where s.expires_at > $1 and s.seen_at >= $2 group by m.tenant_id order by max(s.seen_at) desc, m.tenant_id limit $3";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let tx = self.begin().await?;
        let rows: Vec<BusyRow> = tx.all(sql, [self.db.clock().now().into(), since.into(), limit.into()]).await?;
        tx.commit().await?;
        Ok(rows.into_iter().map(|row| row.tenant_id.into()).collect())
    }

    /// Gives the tenant called `slug` another name. Whether it changed.
    ///
    /// # Errors
    /// [`DataError::NotFound`] when there is none; when the name is no good.
    pub async fn rename_tenant(&self, slug: &str, name: &str) -> Result<bool, DataError> {
        new_tenant::check_name(name)?;
        let before = self.tenant(slug).await?;
        let tx = self.inside(before.id)?.begin().await?;
        let name = name.trim();
        let row = tenant::ActiveModel { name: Set(name.to_owned()), name_key: Set(sought(name)), ..Default::default() };
        let update = tx.update_shared::<tenant::Entity>().set(row).filter(tenant::Column::Id.eq(before.id.0));
        let changed = update.filter(tenant::Column::Name.ne(name)).exec(tx.conn()).await?.rows_affected > 0;
        if changed {
            audit::changed(&tx, "tenant.rename", slug, json!({"name": before.name}), json!({"name": name})).await?;
        }
        tx.commit().await?;
        Ok(changed)
    }

    /// Puts the tenant called `slug` on the tier called `tier`. Nothing of it is taken away: above a limit of the new
    /// tier it only does not grow. Whether it changed.
    ///
    /// # Errors
    /// [`DataError::NotFound`] when there is no such tenant; when there is no such tier, or it is retired.
    pub async fn put_on_tier(&self, slug: &str, tier: &str) -> Result<bool, DataError> {
        let before = self.tenant(slug).await?;
        if before.tier == tier {
            return Ok(false);
        }
        new_tenant::check_tier(&self.tier(tier).await, tier)?;
        let tx = self.inside(before.id)?.begin().await?;
        let row = tenant::ActiveModel { tier_id: Set(new_tenant::tier_id(&tx, tier).await?), ..Default::default() };
        let update = tx.update_shared::<tenant::Entity>().set(row);
        update.filter(tenant::Column::Id.eq(before.id.0)).exec(tx.conn()).await?;
        audit::changed(&tx, "tenant.tier", slug, json!({"tier": before.tier}), json!({"tier": tier})).await?;
        self.commit_terms(tx).await?;
        Ok(true)
    }

    /// Suspends the tenant called `slug`: nobody but the platform reaches it until it is resumed. Whether it changed.
    ///
    /// # Errors
    /// [`DataError::NotFound`] when there is none; when no reason is given.
    pub async fn suspend(&self, slug: &str, reason: &str) -> Result<bool, DataError> {
        let reason = new_tenant::checked_reason(reason)?;
        let row = tenant::ActiveModel {
            suspended_at: Set(Some(self.db().clock().now())),
            suspended_for: Set(Some(reason.to_owned())),
            ..Default::default()
        };
        let is_open = tenant::Column::SuspendedAt.is_null();
        self.change(slug, row, is_open, "tenant.suspend", json!({"reason": reason})).await
    }

    /// Lets people and programs into the tenant called `slug` again. Whether it changed.
    ///
    /// # Errors
    /// [`DataError::NotFound`] when there is none; when it is about to be deleted.
    pub async fn resume(&self, slug: &str) -> Result<bool, DataError> {
        if self.tenant(slug).await?.delete_after.is_some() {
            return Err(DataError::Refused("deletion is scheduled; cancel the deletion first".to_owned()));
        }
        let row = tenant::ActiveModel { suspended_at: Set(None), suspended_for: Set(None), ..Default::default() };
        self.change(slug, row, in_state(TenantState::Suspended), "tenant.resume", json!({})).await
    }

    // Sets what `row` sets of the tenant called `slug` where `condition` holds, and records it; whether it did.
    async fn change(
        &self,
        slug: &str,
        row: tenant::ActiveModel,
        condition: SimpleExpr,
        action: &str,
        details: serde_json::Value,
    ) -> Result<bool, DataError> {
        let id = self.tenant(slug).await?.id;
        let tx = self.inside(id)?.begin().await?;
        let update = tx.update_shared::<tenant::Entity>().set(row).filter(tenant::Column::Id.eq(id.0));
        let changed = update.filter(condition).exec(tx.conn()).await?.rows_affected > 0;
        if changed {
            audit::note(&tx, action, slug, details).await?;
            // Open streams ask at once whether they may go on.
            crate::feed::access_changed(&tx).await?;
        }
        tx.commit().await?;
        Ok(changed)
    }
}

fn on_tiers(handle: &impl SharedQueries) -> SelectTwoRequired<tenant::Entity, tier::Entity> {
    handle.find_shared::<tenant::Entity>().find_both_related(tier::Entity)
}

fn in_state(state: TenantState) -> SimpleExpr {
    let (is_leaving, is_suspended) =
        (tenant::Column::DeleteAfter.is_not_null(), tenant::Column::SuspendedAt.is_not_null());
    match state {
        TenantState::Active => is_suspended.not().and(is_leaving.not()),
        TenantState::Suspended => is_suspended.and(is_leaving.not()),
        TenantState::Leaving => is_leaving,
    }
}

// Whether slug or name holds `part`.
fn holds(part: &str) -> SimpleExpr {
    let place = |column: tenant::Column| Func::cust("strpos").args([column.into_expr(), Expr::val(part)]);
    let holds = |column| SimpleExpr::from(place(column)).gt(0);
    holds(tenant::Column::Slug).or(holds(tenant::Column::NameKey))
}

impl From<(tenant::Model, tier::Model)> for TenantRow {
    fn from((row, tier): (tenant::Model, tier::Model)) -> Self {
        Self {
            id: row.id.into(),
            slug: row.slug,
            name: row.name,
            tier: tier.slug,
            tier_name: tier.name,
            created_at: row.created_at,
            suspended_at: row.suspended_at,
            suspended_for: row.suspended_for,
            delete_after: row.delete_after,
        }
    }
}
