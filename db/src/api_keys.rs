//! Keys of programs: `stoa_` and 40 bytes in URL-safe base64, the tenant's id and a secret. The tenant stands
//! in the key so that it is looked up behind that tenant's wall like everything else; of the secret only a hash is kept.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ids::{ApiKeyId, StoreId, TenantId};
use domain::limits::Limit;
use domain::permission::KeyScope;
use sea_orm::FromQueryResult;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::connect::Db;
use crate::error::DataError;
use crate::limits;
use crate::scope::{Access, Actor, Grants, Scope};

const PREFIX: &str = "stoa_";
const SECRET_BYTES: usize = 24;

#[derive(FromQueryResult)]
struct KeyRow {
    id: Uuid,
    store_id: Option<Uuid>,
    scopes: Vec<String>,
    is_suspended: bool,
    suspended_for: Option<String>,
}

/// The bearer of a living key.
#[derive(Clone)]
pub struct Bearer {
    /// Which key.
    pub key: ApiKeyId,
    /// What it may do.
    pub access: Access,
    /// Why its tenant is closed, if it is: then it may do nothing.
    pub suspended: Option<String>,
}

/// Makes a key for the scope's tenant and returns it: the only time that it can be read.
///
/// # Errors
/// [`DataError::AtLimit`] when the tier allows no more; when PostgreSQL fails or the machine has no randomness left.
pub async fn create(scope: &Scope, scopes: &[KeyScope], store: Option<StoreId>) -> Result<String, DataError> {
    let mut secret = [0_u8; SECRET_BYTES];
    getrandom::fill(&mut secret).map_err(|e| DataError::Corrupt(e.to_string()))?;
    let id: ApiKeyId = scope.clock().id();
    let names: Vec<String> = scopes.iter().map(|s| s.as_str().to_owned()).collect();
    let tx = scope.begin().await?;
    limits::claim(&tx, Limit::ApiKeys).await?;
    let sql = "insert into api_keys (tenant_id, id, secret_hash, store_id, scopes, created_at) values ($1, $2, $3, $4, $5, $6)";
    let hash = Sha256::digest(secret).to_vec();
    let values = [id.0.into(), hash.into(), store.map(|s| s.0).into(), names.clone().into(), scope.now().into()];
    tx.run(sql, values).await?;
    crate::audit::note(&tx, "api_key.create", &id.to_string(), serde_json::json!({"scopes": names})).await?;
    tx.commit().await?;
    let bytes = [scope.tenant().0.as_bytes().as_slice(), &secret].concat();
    Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// What the bearer of `key` may do; `None` when it is no living key, or its tenant is suspended.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn access(db: &Db, key: &str) -> Result<Option<Access>, DataError> {
    Ok(bearer(db, key).await?.filter(|bearer| bearer.suspended.is_none()).map(|bearer| bearer.access))
}

/// The bearer of `key`; `None` when it is no living key.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn bearer(db: &Db, key: &str) -> Result<Option<Bearer>, DataError> {
    let Some((tenant, secret)) = parse(key) else { return Ok(None) };
    // Only to enter the tenant that the key names; what the key may do is read there.
    let scope = Access::job(db.clone(), tenant).scope(domain::permission::Permission::ReadOrders)?;
    let tx = scope.begin().await?;
    let sql = "select k.id, k.store_id, k.scopes, t.suspended_at is not null as is_suspended, t.suspended_for \
               from api_keys k join tenants t on t.id = k.tenant_id \
               where k.tenant_id = $1 and k.secret_hash = $2 and k.revoked_at is null";
    let found: Option<KeyRow> = tx.one(sql, [Sha256::digest(secret).to_vec().into()]).await?;
    tx.end();
    Ok(found.map(|row| {
        let scopes = row.scopes.iter().filter_map(|s| s.parse().ok()).collect();
        let grants = Grants::Key(scopes, row.store_id.map(StoreId::from));
        let key = ApiKeyId(row.id);
        Bearer {
            key,
            access: Access::new(db.clone(), tenant, Actor::Key(key), grants),
            suspended: row.is_suspended.then(|| row.suspended_for.unwrap_or_default()),
        }
    }))
}

fn parse(key: &str) -> Option<(TenantId, [u8; SECRET_BYTES])> {
    let bytes: [u8; 16 + SECRET_BYTES] = URL_SAFE_NO_PAD.decode(key.strip_prefix(PREFIX)?).ok()?.try_into().ok()?;
    let tenant = Uuid::from_slice(&bytes[..16]).ok()?;
    Some((tenant.into(), bytes[16..].try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn other_texts_are_no_keys() {
        for text in [
            "",
            "stoa_",
            "stoa_abc",
            "sk_live_1234",
            &format!("stoa_{}", "A".repeat(53)),
            &format!("stoa_{}", "é".repeat(54)),
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
        assert!(parse(&format!("stoa_{}", "A".repeat(54))).is_some());
    }
}
