//! Reading and changing what is set for a tenant as a whole. It stands in `settings` as of the zero store.

use std::sync::Arc;

use domain::feed::EventKind;
use domain::settings::{TenantForm, TenantSettings};
use serde_json::json;
use uuid::Uuid;

use super::known::announce;
use super::rows::{forget, keep, values};
use crate::audit;
use crate::error::DataError;
use crate::feed::{self, NewEvent};
use crate::scope::{Scope, Tx};

/// The settings of the scope's tenant, as this process knows them. Most of the time no statement.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn of_tenant(scope: &Scope) -> Result<Arc<TenantSettings>, DataError> {
    scope.db().known().settings.of_tenant(scope.tenant(), || read_anew(scope)).await
}

/// Changes the tenant's settings to what `form` with `pairs` says, all or nothing. Fields of other forms are not looked at.
///
/// # Errors
/// Every fault by its field, and when PostgreSQL fails.
pub async fn change_tenant(scope: &Scope, form: TenantForm, pairs: &[(String, String)]) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    // SQL: an advisory lock. Two who save at once: the second begins with what the first left.
    tx.run("select pg_advisory_xact_lock(hashtextextended('settings:' || $1::text, 7))", []).await?;
    let before = read(&tx).await?;
    let (after, faults) = before.changed(form, pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())));
    let after = faults.into_result(after)?;
    if after == before {
        return Ok(());
    }
    write(&tx, &before, &after).await?;
    audit::changed(&tx, form.action(), "tenant", before.recorded(form), after.recorded(form)).await?;
    announce(&tx).await?;
    // Pages that are kept tell the time by it, so they must be drawn anew.
    if after.zone != before.zone {
        feed::append(&tx, vec![NewEvent { kind: EventKind::FiguresRebuilt, store: None, data: json!({}) }]).await?;
    }
    tx.commit().await?;
    scope.db().known().settings.forget(scope.tenant()).await;
    Ok(())
}

async fn read_anew(scope: &Scope) -> Result<TenantSettings, DataError> {
    let tx = scope.begin().await?;
    let settings = read(&tx).await?;
    tx.end();
    Ok(settings)
}

async fn read(tx: &Tx) -> Result<TenantSettings, DataError> {
    Ok(TenantSettings::of(&values(tx, Uuid::nil()).await?))
}

async fn write(tx: &Tx, before: &TenantSettings, after: &TenantSettings) -> Result<(), DataError> {
    let changed = before.stored().into_iter().zip(after.stored()).filter(|(was, is)| was != is);
    for (_, (name, value)) in changed {
        if value.is_null() {
            forget(tx, Uuid::nil(), name).await?;
        } else {
            keep(tx, Uuid::nil(), name, value).await?;
        }
    }
    Ok(())
}
