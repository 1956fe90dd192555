//! Single sign-on through a tenant's own OpenID Connect provider: what its owner has set, and who comes as whom.

mod entry;

pub use entry::{NoEntry, enter};

use domain::ids::{ProviderId, TenantId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, QueryFilter, SelectExt, Set};
use serde_json::json;

use crate::connect::Db;
use crate::entities::{AllTenantsQueries, TenantQueries, identity_provider, linked_identity, tenant};
use crate::error::DataError;
use crate::platform::Platform;
use crate::scope::Scope;
use crate::sealing::Sealer;

/// What an owner sees of it. The secret is never shown again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Who vouches for people.
    pub issuer: String,
    /// What the tenant is called there.
    pub client_id: String,
    /// The domains of those who may come.
    pub domains: Vec<String>,
}

/// A provider, ready to be asked.
#[derive(Clone)]
pub struct Provider {
    /// Whose it is.
    pub tenant: TenantId,
    /// The tenant's name in addresses.
    pub slug: String,
    /// The tenant's name.
    pub name: String,
    /// Which version of the settings this is.
    pub id: ProviderId,
    /// Who vouches for people.
    pub issuer: String,
    /// What the tenant is called there.
    pub client_id: String,
    /// What proves it.
    pub secret: String,
    /// The domains of those who may come.
    pub domains: Vec<String>,
}

/// What the scope's tenant has set, if anything.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn settings(scope: &Scope) -> Result<Option<Settings>, DataError> {
    let tx = scope.begin().await?;
    let row = tx.find::<identity_provider::Entity>().one(tx.conn()).await?;
    tx.end();
    Ok(row.map(|row| Settings { issuer: row.issuer, client_id: row.client_id, domains: row.domains }))
}

/// Saves it; without a `secret` the one that is there stays. Sessions that began through the former end.
///
/// # Errors
/// [`DataError::NotFound`] without a secret where none is kept for this issuer.
pub async fn save(scope: &Scope, sealer: &Sealer, new: &Settings, secret: Option<&str>) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    let sealed = secret.map(|secret| sealer.seal(&purpose(scope.tenant()), secret.as_bytes())).transpose()?;
    let row = identity_provider::ActiveModel {
        id: Set(scope.clock().id::<ProviderId>().0),
        issuer: Set(new.issuer.clone()),
        client_id: Set(new.client_id.clone()),
        domains: Set(new.domains.clone()),
        changed_at: Set(scope.now()),
        ..Default::default()
    };
    let done = match sealed {
        Some(sealed) => {
            let row = identity_provider::ActiveModel { client_secret: Set(sealed), ..row };
            tx.insert(row).on_conflict(replacing()).exec_without_returning(tx.conn()).await?
        }
        // A secret goes to nobody but the issuer that it was given for.
        None => {
            let same = identity_provider::Column::Issuer.eq(new.issuer.as_str());
            let update = tx.update::<identity_provider::Entity>().set(row).filter(same);
            update.exec(tx.conn()).await?.rows_affected
        }
    };
    if done == 0 {
        return Err(DataError::NotFound("provider"));
    }
    let details = json!({"issuer": new.issuer, "client_id": new.client_id, "domains": new.domains, "secret_changed": secret.is_some()});
    crate::audit::note(&tx, "identity.save", "single sign-on", details).await?;
    crate::feed::access_changed(&tx).await?;
    tx.commit().await
}

/// Removes it, with all links. Sessions that began through it end.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn remove(scope: &Scope) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    if tx.delete::<identity_provider::Entity>().exec(tx.conn()).await?.rows_affected > 0 {
        tx.delete::<linked_identity::Entity>().exec(tx.conn()).await?;
        crate::audit::note(&tx, "identity.remove", "single sign-on", json!({})).await?;
        crate::feed::access_changed(&tx).await?;
    }
    tx.commit().await
}

/// The provider of the tenant called `slug`. None for tenants without one, closed ones and those that do not exist.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn find(db: &Db, sealer: &Sealer, slug: &str) -> Result<Option<Provider>, DataError> {
    let tx = Platform::command(db.clone()).begin().await?;
    let found = tx
        .find_all::<identity_provider::Entity>()
        .find_both_related(tenant::Entity)
        .filter(tenant::Column::Slug.eq(slug))
        .filter(tenant::Column::SuspendedAt.is_null())
        .one(tx.conn())
        .await?;
    tx.commit().await?;
    let Some((row, of)) = found else { return Ok(None) };
    let secret = sealer.open(&purpose(of.id.into()), &row.client_secret)?;
    let secret = String::from_utf8(secret).map_err(|_| DataError::Corrupt("a sealed secret is no text".to_owned()))?;
    Ok(Some(Provider {
        tenant: of.id.into(),
        slug: of.slug,
        name: of.name,
        id: row.id.into(),
        issuer: row.issuer,
        client_id: row.client_id,
        secret,
        domains: row.domains,
    }))
}

/// Whether sessions of `tenant` that began through the provider `id` go on.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn lives(db: &Db, tenant: TenantId, id: ProviderId) -> Result<bool, DataError> {
    let tx = Platform::command(db.clone()).begin().await?;
    let provider = tx
        .find_all::<identity_provider::Entity>()
        .filter(identity_provider::Column::TenantId.eq(tenant.0))
        .filter(identity_provider::Column::Id.eq(id.0));
    let lives = provider.exists(tx.conn()).await?;
    tx.commit().await?;
    Ok(lives)
}

// What was set before goes.
fn replacing() -> OnConflict {
    let columns = [
        identity_provider::Column::Id,
        identity_provider::Column::Issuer,
        identity_provider::Column::ClientId,
        identity_provider::Column::Domains,
        identity_provider::Column::ChangedAt,
        identity_provider::Column::ClientSecret,
    ];
    OnConflict::column(identity_provider::Column::TenantId).update_columns(columns).to_owned()
}

fn purpose(tenant: TenantId) -> String {
    format!("client secret of {tenant}")
}
