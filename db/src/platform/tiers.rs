//! Tiers: what tenants on them are allowed, and who is on which.

use chrono::{DateTime, Utc};
use domain::fields::FieldErrors;
use domain::ids::TenantId;
use domain::limits::Terms;
use domain::slug;
use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Platform;
use super::usage::Above;
use crate::audit;
use crate::error::DataError;
use crate::limits;
use crate::scope::Tx;

/// Longest name.
const NAME: usize = 80;
/// Tenants of one tier that an effect is worked out for.
const LOOKED_AT: i64 = 10_000;

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

#[derive(FromQueryResult)]
struct Row {
    slug: String,
    name: String,
    limits: Value,
    lacks: Vec<String>,
    retired_at: Option<DateTime<Utc>>,
    tenants: i64,
}

const SELECT: &str = "select i.slug, i.name, i.limits, i.lacks, i.retired_at, \
    (select count(*) from tenants t where t.tier_id = i.id) as tenants from tiers i";

impl Platform {
    /// All tiers, those in use first, by name.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn tiers(&self) -> Result<Vec<Tier>, DataError> {
        let tx = self.begin().await?;
        let rows: Vec<Row> = tx.all(&format!("{SELECT} order by i.retired_at is not null, i.name, i.slug"), []).await?;
        tx.commit().await?;
        Ok(rows.into_iter().map(Tier::from).collect())
    }

    /// The tier called `slug`.
    ///
    /// # Errors
    /// [`DataError::NotFound`] when there is none.
    pub async fn tier(&self, slug: &str) -> Result<Tier, DataError> {
        let tx = self.begin().await?;
        let row: Option<Row> = tx.one(&format!("{SELECT} where i.slug = $1"), [slug.into()]).await?;
        tx.commit().await?;
        row.map(Tier::from).ok_or(DataError::NotFound("tier"))
    }

    /// Makes a tier.
    ///
    /// # Errors
    /// All faults of its fields, among them a slug that is taken.
    pub async fn create_tier(&self, new: &NewTier) -> Result<(), DataError> {
        check_tier(new)?;
        let tx = self.begin_recorded().await?;
        let sql = "insert into tiers (id, slug, name, limits, lacks, created_at) select $2, $3, $4, $5, $6, $7 where $1::uuid is not null";
        let values = [
            self.db().clock().id::<Uuid>().into(),
            new.slug.clone().into(),
            new.name.trim().into(),
            new.terms.limits_json().into(),
            new.terms.lacking().into(),
            tx.scope().now().into(),
        ];
        tx.run(sql, values).await.map_err(slug_taken)?;
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
        let sql = "update tiers set name = $3, limits = $4, lacks = $5 where slug = $2 and $1::uuid is not null";
        let values = [
            new.slug.clone().into(),
            new.name.trim().into(),
            new.terms.limits_json().into(),
            new.terms.lacking().into(),
        ];
        let tx = self.begin_recorded().await?;
        tx.run(sql, values).await?;
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
        let sql = "update tiers set retired_at = $3 where slug = $2 and (retired_at is null) = ($3::timestamptz is not null) and $1::uuid is not null";
        let at = retired.then(|| tx.scope().now());
        let changed = tx.run(sql, [slug.into(), at.into()]).await? > 0;
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
        #[derive(FromQueryResult)]
        struct On {
            id: Uuid,
            slug: String,
            name: String,
        }
        let sql = "select t.id, t.slug, t.name from tenants t join tiers i on i.id = t.tier_id where i.slug = $1 order by t.slug limit $2";
        let tx = self.begin().await?;
        let on: Vec<On> = tx.all(sql, [slug.into(), LOOKED_AT.into()]).await?;
        tx.commit().await?;
        let ids: Vec<TenantId> = on.iter().map(|t| t.id.into()).collect();
        let figures = self.figures(&ids).await?;
        let affected = |t: On| {
            let above = figures.get(&TenantId(t.id))?.above(terms);
            (!above.is_empty()).then_some(Affected { slug: t.slug, name: t.name, above })
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
        self.db().plans().note(generation);
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

impl From<Row> for Tier {
    fn from(row: Row) -> Self {
        let terms = Terms::read(&row.limits, row.lacks.iter().map(String::as_str));
        Self { slug: row.slug, name: row.name, terms, retired_at: row.retired_at, tenants: row.tenants }
    }
}
