//! Tenants: found, made, renamed, moved from tier to tier, suspended and resumed.

use chrono::{DateTime, Utc};
use domain::ids::TenantId;
use domain::tenants::{TenantQuery, TenantState};
use domain::text_key::sought;
use sea_orm::{FromQueryResult, Value};
use serde_json::json;
use uuid::Uuid;

use super::Platform;
use super::new_tenant;
use crate::audit;
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

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    slug: String,
    name: String,
    tier: String,
    tier_name: String,
    created_at: DateTime<Utc>,
    suspended_at: Option<DateTime<Utc>>,
    suspended_for: Option<String>,
    delete_after: Option<DateTime<Utc>>,
}

const SELECT: &str = "select t.id, t.slug, t.name, i.slug as tier, i.name as tier_name, t.created_at, t.suspended_at, t.suspended_for, \
    t.delete_after from tenants t join tiers i on i.id = t.tier_id";

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
        let state = match query.state {
            None => "true",
            Some(TenantState::Active) => "t.suspended_at is null and t.delete_after is null",
            Some(TenantState::Suspended) => "t.suspended_at is not null and t.delete_after is null",
            Some(TenantState::Leaving) => "t.delete_after is not null",
        };
        let part = query.q.as_deref().map(sought);
        let sql = format!(
            "{SELECT} where {state} and ($1::text is null or t.slug > $1) and ($2::text is null or i.slug = $2) \
             and ($3::text is null or strpos(t.slug, $3) > 0 or strpos(t.name_key, $3) > 0) order by t.slug limit $4"
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let values: [Value; 4] = [query.after.clone().into(), query.tier.clone().into(), part.into(), limit.into()];
        let tx = self.begin().await?;
        let rows: Vec<Row> = tx.all(&sql, values).await?;
        tx.commit().await?;
        Ok(rows.into_iter().map(TenantRow::from).collect())
    }

    /// The tenant called `slug`.
    ///
    /// # Errors
    /// [`DataError::NotFound`] when there is none.
    pub async fn tenant(&self, slug: &str) -> Result<TenantRow, DataError> {
        let tx = self.begin().await?;
        let row: Option<Row> = tx.one(&format!("{SELECT} where t.slug = $1"), [slug.into()]).await?;
        tx.commit().await?;
        row.map(TenantRow::from).ok_or(DataError::NotFound("tenant"))
    }

    /// Gives the tenant called `slug` another name. Whether it changed.
    ///
    /// # Errors
    /// [`DataError::NotFound`] when there is none; when the name is no good.
    pub async fn rename_tenant(&self, slug: &str, name: &str) -> Result<bool, DataError> {
        new_tenant::check_name(name)?;
        let before = self.tenant(slug).await?;
        let tx = self.inside(before.id)?.begin().await?;
        let sql = "update tenants set name = $2, name_key = $3 where id = $1 and name <> $2";
        let changed = tx.run(sql, [name.trim().into(), sought(name.trim()).into()]).await? > 0;
        if changed {
            audit::changed(&tx, "tenant.rename", slug, json!({"name": before.name}), json!({"name": name.trim()}))
                .await?;
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
        let sql = "update tenants set tier_id = (select id from tiers where slug = $2) where id = $1";
        tx.run(sql, [tier.into()]).await?;
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
        let sql = "update tenants set suspended_at = $2, suspended_for = $3 where id = $1 and suspended_at is null";
        let values = [self.db().clock().now().into(), reason.into()];
        self.change(slug, sql, values, "tenant.suspend", json!({"reason": reason})).await
    }

    /// Lets people and programs into the tenant called `slug` again. Whether it changed.
    ///
    /// # Errors
    /// [`DataError::NotFound`] when there is none; when it is about to be deleted.
    pub async fn resume(&self, slug: &str) -> Result<bool, DataError> {
        if self.tenant(slug).await?.delete_after.is_some() {
            return Err(DataError::Refused("deletion is scheduled; cancel the deletion first".to_owned()));
        }
        let sql = "update tenants set suspended_at = null, suspended_for = null \
                   where id = $1 and suspended_at is not null and delete_after is null";
        self.change(slug, sql, [], "tenant.resume", json!({})).await
    }

    /// Runs a change of the tenant called `slug` and records it; whether it changed anything.
    pub(super) async fn change(
        &self,
        slug: &str,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
        action: &str,
        details: serde_json::Value,
    ) -> Result<bool, DataError> {
        let tx = self.inside(self.tenant(slug).await?.id)?.begin().await?;
        let changed = tx.run(sql, values).await? > 0;
        if changed {
            audit::note(&tx, action, slug, details).await?;
            // Open streams ask at once whether they may go on.
            crate::feed::access_changed(&tx).await?;
        }
        tx.commit().await?;
        Ok(changed)
    }
}

impl From<Row> for TenantRow {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.into(),
            slug: row.slug,
            name: row.name,
            tier: row.tier,
            tier_name: row.tier_name,
            created_at: row.created_at,
            suspended_at: row.suspended_at,
            suspended_for: row.suspended_for,
            delete_after: row.delete_after,
        }
    }
}
