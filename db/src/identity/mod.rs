//! Signing in through a tenant's own OpenID provider: what its owner has set, and who comes as whom.

mod entry;

pub use entry::{NoEntry, enter};

use domain::ids::{ProviderId, TenantId};
use sea_orm::FromQueryResult;
use serde_json::json;
use uuid::Uuid;

use crate::connect::Db;
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
    let sql = "select issuer, client_id, domains from identity_providers where tenant_id = $1";
    let row: Option<SettingsRow> = tx.one(sql, []).await?;
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
    let id: ProviderId = scope.clock().id();
    let (issuer, client, domains) = (new.issuer.as_str(), new.client_id.as_str(), new.domains.clone());
    let now = scope.now();
    let done = match sealed {
        Some(sealed) => {
            let sql = "insert into identity_providers (tenant_id, id, issuer, client_id, domains, changed_at, client_secret) \
                       values ($1, $2, $3, $4, $5, $6, $7) on conflict (tenant_id) do update set id = excluded.id, \
                       issuer = excluded.issuer, client_id = excluded.client_id, domains = excluded.domains, \
                       changed_at = excluded.changed_at, client_secret = excluded.client_secret";
            let values = [id.0.into(), issuer.into(), client.into(), domains.into(), now.into(), sealed.into()];
            tx.run(sql, values).await?
        }
        // A secret goes to nobody but the issuer that it was given for.
        None => {
            let sql = "update identity_providers set id = $2, client_id = $4, domains = $5, changed_at = $6 \
                       where tenant_id = $1 and issuer = $3";
            tx.run(sql, [id.0.into(), issuer.into(), client.into(), domains.into(), now.into()]).await?
        }
    };
    if done == 0 {
        return Err(DataError::NotFound("provider"));
    }
    let details = json!({"issuer": new.issuer, "client_id": new.client_id, "domains": new.domains, "secret_changed": secret.is_some()});
    crate::audit::note(&tx, "identity.save", "sign-in", details).await?;
    crate::feed::access_changed(&tx).await?;
    tx.commit().await
}

/// Removes it, with all links. Sessions that began through it end.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn remove(scope: &Scope) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    if tx.run("delete from identity_providers where tenant_id = $1", []).await? > 0 {
        tx.run("delete from linked_identities where tenant_id = $1", []).await?;
        crate::audit::note(&tx, "identity.remove", "sign-in", json!({})).await?;
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
    let sql = "select t.id tenant, t.slug, t.name, p.id, p.issuer, p.client_id, p.client_secret, p.domains \
               from tenants t join identity_providers p on p.tenant_id = t.id where t.slug = $1 and t.suspended_at is null";
    let row: Option<ProviderRow> = tx.one(sql, [slug.into()]).await?;
    tx.commit().await?;
    let Some(row) = row else { return Ok(None) };
    let secret = sealer.open(&purpose(row.tenant.into()), &row.client_secret)?;
    let secret = String::from_utf8(secret).map_err(|_| DataError::Corrupt("a sealed secret is no text".to_owned()))?;
    Ok(Some(Provider {
        tenant: row.tenant.into(),
        slug: row.slug,
        name: row.name,
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
    let sql = "select tenant_id from identity_providers where tenant_id = $1 and id = $2";
    let found: Option<Uuid> = tx.scalar(sql, [tenant.0.into(), id.0.into()]).await?;
    tx.commit().await?;
    Ok(found.is_some())
}

fn purpose(tenant: TenantId) -> String {
    format!("client secret of {tenant}")
}

#[derive(FromQueryResult)]
struct SettingsRow {
    issuer: String,
    client_id: String,
    domains: Vec<String>,
}

#[derive(FromQueryResult)]
struct ProviderRow {
    tenant: Uuid,
    slug: String,
    name: String,
    id: Uuid,
    issuer: String,
    client_id: String,
    client_secret: Vec<u8>,
    domains: Vec<String>,
}
