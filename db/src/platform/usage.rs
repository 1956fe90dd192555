//! What tenants use of their limits, in figures.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, Utc};
use domain::ids::TenantId;
use domain::limits::{Level, Limit, Terms};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use super::Platform;
use crate::error::DataError;

/// What one tenant uses.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Figures {
    /// Its stores.
    pub stores: i64,
    /// People with a role in it.
    pub members: i64,
    /// Its living keys.
    pub api_keys: i64,
    /// Its webhooks.
    pub webhooks: i64,
    /// Its products.
    pub products: i64,
    /// Orders of this month.
    pub orders: i64,
    /// What it keeps in the storage.
    pub storage_bytes: i64,
    /// Since when this month's orders are above what its tier allowed.
    pub over_since: Option<DateTime<Utc>>,
    /// When one of its people was here last.
    pub last_seen: Option<DateTime<Utc>>,
    /// When something happened in it last.
    pub last_event: Option<DateTime<Utc>>,
}

impl Figures {
    /// What is used of `limit`; none for rates, sizes and what the platform does by itself.
    pub const fn of(&self, limit: Limit) -> Option<i64> {
        match limit {
            Limit::Stores => Some(self.stores),
            Limit::Members => Some(self.members),
            Limit::ApiKeys => Some(self.api_keys),
            Limit::Webhooks => Some(self.webhooks),
            Limit::Products => Some(self.products),
            Limit::OrdersPerMonth => Some(self.orders),
            Limit::StorageBytes => Some(self.storage_bytes),
            _ => None,
        }
    }

    /// When anything happened last, by people or by programs.
    pub fn last_activity(&self) -> Option<DateTime<Utc>> {
        self.last_seen.max(self.last_event)
    }

    /// Limits of `terms` that these figures are above.
    pub fn above(&self, terms: &Terms) -> Vec<Above> {
        let above = |limit| {
            let (used, allowed) = (self.of(limit)?, terms.allowed(limit)?);
            (Level::of(used, allowed) == Level::Over).then_some(Above { limit, used, allowed })
        };
        Limit::ALL.into_iter().filter_map(above).collect()
    }
}

/// More is used than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Above {
    /// Of which limit.
    pub limit: Limit,
    /// What is used.
    pub used: i64,
    /// What is allowed.
    pub allowed: i64,
}

#[derive(FromQueryResult)]
struct Row {
    tenant_id: Uuid,
    #[sea_orm(nested)]
    figures: Figures,
}

impl Platform {
    /// What `tenants` use, by tenant. One statement.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn figures(&self, tenants: &[TenantId]) -> Result<HashMap<TenantId, Figures>, DataError> {
        if tenants.is_empty() {
            return Ok(HashMap::new());
        }
        let ids: Vec<Uuid> = tenants.iter().map(|id| id.0).collect();
        let today = self.db().clock().now().date_naive();
        let month = today.with_day(1).unwrap_or(today);
        let tx = self.begin().await?;
        // SQL: a function of the database looks into all tenants.
        let rows: Vec<Row> = tx.all("select * from stoa_usage($1, $2)", [ids.into(), month.into()]).await?;
        tx.commit().await?;
        Ok(rows.into_iter().map(|row| (row.tenant_id.into(), row.figures)).collect())
    }
}
