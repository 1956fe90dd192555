//! Tiers: what tenants on them are allowed, and who is on which.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::fields::FieldErrors;
use domain::ids::TenantId;
use domain::limits::Terms;
use domain::slug;
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Set, UpdateMany};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Platform;
use super::usage::Above;
use crate::audit;
use crate::entities::{SharedQueries, tenant, tier};
use crate::error::DataError;
use crate::limits;
use crate::scope::Tx;

/// Longest name.
const NAME: usize = 80;
/// Tenants of one tier that an effect is worked out for.
const LOOKED_AT: u64 = 10_000;

/// A tier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tier {
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it says.
    pub terms: Terms,
    /// Since when nobody is put on it any more.
    pub retired_at: Option<DateTime<Utc>>,
    /// How many tenants are on it.
    pub tenants: i64,
}

/// A tier to be made, or as it shall be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewTier {
    /// Its name in addresses; never changed later.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it says.
    pub terms: Terms,
}

/// A tenant that would be above limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Affected {
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Which limits, and by how much.
    pub above: Vec<Above>,
}

impl Platform {
    /// All tiers, those in use first, by name. Two statements at any size.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn tiers(&self) -> Result<Vec<Tier>, DataError> {
        let tx = self.begin().await?;
        let tiers = tx
            .find_shared::<tier::Entity>()
            .order_by_asc(tier::Column::RetiredAt.is_not_null())
            .order_by_asc(tier::Column::Name)
            .order_by_asc(tier::Column::Slug)
            .all(tx.conn())
            .await?;
        let by_tier = tx.find_shared::<tenant::Entity>().select_only().column(tenant::Column::TierId);
        let by_tier = by_tier.column_as(tenant::Column::Id.count(), "tenants").group_by(tenant::Column::TierId);
        let by_tier: Vec<(Uuid, i64)> = by_tier.into_tuple().all(tx.conn()).await?;
        tx.commit().await?;
        let by_tier: HashMap<Uuid, i64> = by_tier.into_iter().collect();
        let tier = |row: tier::Model| {
            let tenants = by_tier.get(&row.id).copied().unwrap_or(0);
            Tier::of(row, tenants)
        };
        Ok(tiers.into_iter().map(tier).collect())
    }

    /// The tier called `slug`.
    ///
    /// # Errors
    /// [`DataError::NotFound`] when there is none.
    pub async fn tier(&self, slug: &str) -> Result<Tier, DataError> {
        let tx = self.begin().await?;
        let row = tx.find_shared::<tier::Entity>().filter(tier::Column::Slug.eq(slug)).one(tx.conn()).await?;
        let row = row.ok_or(DataError::NotFound("tier"))?;
        let tenants = tx.find_shared::<tenant::Entity>().filter(tenant::Column::TierId.eq(row.id));
        let tenants = tenants.count(tx.conn()).await?;
        tx.commit().await?;
        Ok(Tier::of(row, i64::try_from(tenants).unwrap_or(i64::MAX)))
    }

    /// Makes a tier.
    ///
    /// # Errors
    /// All faults of its fields, among them a slug that is taken.
    pub async fn create_tier(&self, new: &NewTier) -> Result<(), DataError> {
        check_tier(new)?;
        let tx = self.begin_recorded().await?;
        let row = tier::ActiveModel {
            id: Set(self.db().clock().id()),
            slug: Set(new.slug.clone()),
            created_at: Set(tx.scope().now()),
            ..row(new)
        };
        let insert = tx.insert_shared(row).exec_without_returning(tx.conn()).await;
        insert.map_err(DataError::from).map_err(slug_taken)?;
        audit::note(&tx, "tier.create", &new.slug, described(&new.name, &new.terms)).await?;
        tx.commit().await
    }

    /// Changes what the tier called `new.slug` says. It counts at once, for everybody on it.
    ///
    /// # Errors
    /// All faults of its fields; [`DataError::NotFound`] when there is no such tier.
    pub async fn change_tier(&self, new: &NewTier) -> Result<(), DataError> {
        check_tier(new)?;
        let before = self.tier(&new.slug).await?;
        let tx = self.begin_recorded().await?;
        update(&tx, &new.slug, row(new)).exec(tx.conn()).await?;
        let (was, became) = (described(&before.name, &before.terms), described(&new.name, &new.terms));
        audit::changed(&tx, "tier.change", &new.slug, was, became).await?;
        self.commit_terms(tx).await
    }

    /// Lets nobody be put on the tier called `slug` any more, or again. Who is on it stays. Whether it changed.
    ///
    /// # Errors
    /// [`DataError::NotFound`] when there is no such tier.
    pub async fn retire_tier(&self, slug: &str, retired: bool) -> Result<bool, DataError> {
        self.tier(slug).await?;
        let tx = self.begin_recorded().await?;
        let row = tier::ActiveModel { retired_at: Set(retired.then(|| tx.scope().now())), ..Default::default() };
        let is_offered = tier::Column::RetiredAt.is_null();
        let update = update(&tx, slug, row).filter(if retired { is_offered } else { is_offered.not() });
        let changed = update.exec(tx.conn()).await?.rows_affected > 0;
        if changed {
            let action = if retired { "tier.retire" } else { "tier.offer" };
            audit::note(&tx, action, slug, json!({})).await?;
        }
        tx.commit().await?;
        Ok(changed)
    }

    /// Which tenants of the tier called `slug` would be above which limit if it said `terms`.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn effect(&self, slug: &str, terms: &Terms) -> Result<Vec<Affected>, DataError> {
        let tx = self.begin().await?;
        let on = tx.find_shared::<tenant::Entity>().inner_join(tier::Entity).filter(tier::Column::Slug.eq(slug));
        let on = on.order_by_asc(tenant::Column::Slug).limit(LOOKED_AT).select_only();
        let on = on.columns([tenant::Column::Id, tenant::Column::Slug, tenant::Column::Name]);
        let on: Vec<(Uuid, String, String)> = on.into_tuple().all(tx.conn()).await?;
        tx.commit().await?;
        let ids: Vec<TenantId> = on.iter().map(|(id, ..)| TenantId(*id)).collect();
        let figures = self.figures(&ids).await?;
        let affected = |(id, slug, name)| {
            let above = figures.get(&TenantId(id))?.above(terms);
            (!above.is_empty()).then_some(Affected { slug, name, above })
        };
        Ok(on.into_iter().filter_map(affected).collect())
    }

    /// Makes the tier called `slug` unless it exists.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn ensure_tier(&self, slug: &str, name: &str, limits: Value) -> Result<(), DataError> {
        let new = NewTier { slug: slug.to_owned(), name: name.to_owned(), terms: Terms::read(&limits, []) };
        match self.tier(slug).await {
            Err(DataError::NotFound(_)) => match self.create_tier(&new).await {
                // Somebody else made it meanwhile.
                Err(DataError::Invalid(_)) => self.tier(slug).await.map(drop),
                made => made,
            },
            found => found.map(drop),
        }
    }

    /// A transaction in which what the platform does is recorded.
    pub(super) async fn begin_recorded(&self) -> Result<Tx, DataError> {
        self.inside(super::PlatformTx::NIL)?.begin().await
    }

    /// Commits a change of what tenants are allowed.
    pub(super) async fn commit_terms(&self, tx: Tx) -> Result<(), DataError> {
        let generation = limits::move_on(&tx).await?;
        tx.commit().await?;
        self.db().known().plans.note(generation);
        Ok(())
    }
}

/// Every fault of a tier's names.
///
/// # Errors
/// The faults.
pub fn check_tier(new: &NewTier) -> Result<(), FieldErrors> {
    let mut errors = FieldErrors::default();
    if let Err(message) = slug::check(&new.slug) {
        errors.add("slug", message);
    }
    let name = new.name.trim();
    errors.add_if(name.is_empty(), "name", "Enter a name.");
    errors.add_if(name.chars().count() > NAME, "name", format!("Use at most {NAME} characters."));
    errors.add_if(name.chars().any(char::is_control), "name", "Remove control characters.");
    errors.into_result(())
}

fn described(name: &str, terms: &Terms) -> Value {
    json!({"name": name.trim(), "limits": terms.limits_json(), "lacks": terms.lacking()})
}

fn slug_taken(error: DataError) -> DataError {
    match error.constraint() {
        Some("tiers_slug_key") => FieldErrors::one("slug", "Another tier uses this slug. Choose another.").into(),
        _ => error,
    }
}

// What of its row can be chosen.
fn row(new: &NewTier) -> tier::ActiveModel {
    tier::ActiveModel {
        name: Set(new.name.trim().to_owned()),
        limits: Set(new.terms.limits_json()),
        lacks: Set(new.terms.lacking()),
        ..Default::default()
    }
}

fn update(tx: &Tx, slug: &str, row: tier::ActiveModel) -> UpdateMany<tier::Entity> {
    tx.update_shared::<tier::Entity>().set(row).filter(tier::Column::Slug.eq(slug))
}

impl Tier {
    fn of(row: tier::Model, tenants: i64) -> Self {
        let terms = Terms::read(&row.limits, row.lacks.iter().map(String::as_str));
        Self { slug: row.slug, name: row.name, terms, retired_at: row.retired_at, tenants }
    }
}
