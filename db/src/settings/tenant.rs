//! Reading and changing what is set for a tenant as a whole. It stands in `settings` as of the zero store.

use std::sync::Arc;

use domain::feed::EventKind;
use domain::settings::{TenantForm, TenantSettings};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::known::announce;
use crate::audit;
use crate::error::DataError;
use crate::feed::{self, NewEvent};
use crate::scope::{Scope, Tx};

/// The settings of the scope's tenant, as this process knows them. Most of the time no statement.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn of_tenant(scope: &Scope) -> Result<Arc<TenantSettings>, DataError> {
    // Boxed when it is needed: as a part of this future, which every page waits for, it would be moved about for nothing.
    let reading = async { Box::pin(read_anew(scope)).await };
    scope.db().settings().of_tenant(scope.tenant(), reading).await
}

/// Changes the tenant's settings to what `form` with `pairs` says, all or nothing. Fields of other forms are not looked at.
///
/// # Errors
/// Every fault by its field, and when PostgreSQL fails.
pub async fn change_tenant(scope: &Scope, form: TenantForm, pairs: &[(String, String)]) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    // Two who save at once: the second begins with what the first left.
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
    scope.db().settings().forget(scope.tenant()).await;
    Ok(())
}

async fn read_anew(scope: &Scope) -> Result<TenantSettings, DataError> {
    let tx = scope.begin().await?;
    let settings = read(&tx).await?;
    tx.end();
    Ok(settings)
}

async fn read(tx: &Tx) -> Result<TenantSettings, DataError> {
    let sql =
        "select coalesce(jsonb_object_agg(name, value), '{}') from settings where tenant_id = $1 and store_id = $2";
    let values: Option<Value> = tx.scalar(sql, [Uuid::nil().into()]).await?;
    Ok(TenantSettings::of(values.as_ref().and_then(Value::as_object).unwrap_or(&Map::new())))
}

async fn write(tx: &Tx, before: &TenantSettings, after: &TenantSettings) -> Result<(), DataError> {
    let changed = before.stored().into_iter().zip(after.stored()).filter(|(was, is)| was != is);
    for (_, (name, value)) in changed {
        if value.is_null() {
            let sql = "delete from settings where tenant_id = $1 and store_id = $2 and name = $3";
            tx.run(sql, [Uuid::nil().into(), name.into()]).await?;
        } else {
            let sql = "insert into settings (tenant_id, store_id, name, value, updated_at) values ($1, $2, $3, $4, $5) \
                       on conflict (tenant_id, store_id, name) do update set value = excluded.value, updated_at = excluded.updated_at";
            tx.run(sql, [Uuid::nil().into(), name.into(), value.into(), tx.scope().now().into()]).await?;
        }
    }
    Ok(())
}
