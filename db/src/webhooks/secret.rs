//! Secrets, sealed. They are shown once, when they are made.

use domain::ids::{TenantId, WebhookId};
use domain::webhooks::{OVERLAP, Secret};
use sea_orm::Set;
use serde_json::json;

use super::change::{Made, lock, refuse_beyond_own, update};
use super::list::wanted;
use crate::entities::webhook;
use crate::error::DataError;
use crate::scope::Scope;
use crate::sealing::Sealer;

/// Makes another secret. The former signs as well for a day, so that receivers can be told in peace; one that was still
/// signing from before ends now.
///
/// # Errors
/// [`DataError::NotFound`] for a webhook that is not the tenant's; [`DataError::Refused`] for one that sends what the actor
/// may not read.
pub async fn rotate(scope: &Scope, sealer: &Sealer, id: WebhookId) -> Result<Made, DataError> {
    let secret = random()?;
    let sealed = seal(sealer, scope.tenant(), id, &secret)?;
    let until = scope.now() + OVERLAP;
    let tx = scope.begin().await?;
    let old = lock(&tx, id).await?;
    refuse_beyond_own(&tx, &wanted(&old.kinds, old.store_id))?;
    let rotated = webhook::ActiveModel {
        secret: Set(sealed),
        old_secret: Set(Some(old.secret)),
        old_until: Set(Some(until)),
        ..Default::default()
    };
    update(&tx, id, rotated).exec(tx.conn()).await?;
    crate::audit::note(&tx, "webhook.rotate", &id.to_string(), json!({"former_until": until})).await?;
    tx.commit().await?;
    Ok(Made { id, secret: secret.text() })
}

pub(super) fn random() -> Result<Secret, DataError> {
    let mut bytes = [0_u8; Secret::BYTES];
    getrandom::fill(&mut bytes).map_err(|e| DataError::Corrupt(e.to_string()))?;
    Ok(bytes.into())
}

pub(super) fn seal(sealer: &Sealer, tenant: TenantId, id: WebhookId, secret: &Secret) -> Result<Vec<u8>, DataError> {
    sealer.seal(&purpose(tenant, id), secret.text().as_bytes())
}

pub(super) fn open(sealer: &Sealer, tenant: TenantId, id: WebhookId, sealed: &[u8]) -> Result<Secret, DataError> {
    let bytes = sealer.open(&purpose(tenant, id), sealed)?;
    let secret = String::from_utf8(bytes).ok().and_then(|text| text.parse().ok());
    secret.ok_or_else(|| DataError::Corrupt("a sealed secret is none of a webhook".to_owned()))
}

fn purpose(tenant: TenantId, id: WebhookId) -> String {
    format!("webhook {id} of {tenant}")
}
