//! Who gets which mail. Read by background work, which has time to ask.

use domain::ids::StoreId;
use domain::settings::{Recipients, Setting};
use domain::summaries;
use serde_json::{Value, json};

use crate::error::DataError;
use crate::scope::{Scope, Tx};
use crate::stores::{self, Store};

/// Who gets a kind of mail of a store. One statement.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn recipients(tx: &Tx, store: StoreId, setting: Setting) -> Result<Recipients, DataError> {
    let sql = "select value from settings where tenant_id = $1 and store_id = $2 and name = $3";
    let found: Option<Value> = tx.scalar(sql, [store.0.into(), setting.as_str().into()]).await?;
    let Some(value) = found else { return Ok(Recipients::default()) };
    serde_json::from_value(value).map_err(|e| DataError::Corrupt(format!("setting {}: {e}", setting.as_str())))
}

/// Says who gets a kind of mail of the store called `store`; nobody ends it.
///
/// # Errors
/// [`DataError::NotFound`] for a store that is not the tenant's.
pub async fn set_recipients(scope: &Scope, store: &str, setting: Setting, to: &Recipients) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    let store = stores::by_slug(&tx, store).await?;
    let before = recipients(&tx, store.id, setting).await?;
    write_recipients(&tx, &store, setting, to).await?;
    // How many, not who: the audit is read by more people than addresses are meant for.
    let count = |to: &Recipients| json!({setting.as_str(): to.addresses().len()});
    crate::audit::changed(&tx, "store.set", &store.slug, count(&before), count(to)).await?;
    super::known::announce(&tx).await?;
    tx.commit().await?;
    scope.db().settings().forget(scope.tenant()).await;
    Ok(())
}

pub(super) async fn write_recipients(
    tx: &Tx,
    store: &Store,
    setting: Setting,
    to: &Recipients,
) -> Result<(), DataError> {
    let (id, name, now) = (store.id.0, setting.as_str(), tx.scope().now());
    if to.is_empty() {
        let sql = "delete from settings where tenant_id = $1 and store_id = $2 and name = $3";
        tx.run(sql, [id.into(), name.into()]).await?;
    } else {
        let sql = "insert into settings (tenant_id, store_id, name, value, updated_at) values ($1, $2, $3, $4, $5) \
                   on conflict (tenant_id, store_id, name) do update set value = excluded.value, updated_at = excluded.updated_at";
        let value = Value::from(Vec::from(to.clone()));
        tx.run(sql, [id.into(), name.into(), value.into(), now.into()]).await?;
    }
    match setting {
        Setting::NotifyOrders => {
            let sql = "update stores set notifies_orders = $3 where tenant_id = $1 and id = $2";
            tx.run(sql, [id.into(), (!to.is_empty()).into()]).await.map(drop)
        }
        Setting::DailySummary => schedule(tx, store, !to.is_empty()).await,
        Setting::StockAlerts => Ok(()),
    }
}

// The first summary comes at the next such hour of the store.
async fn schedule(tx: &Tx, store: &Store, wanted: bool) -> Result<(), DataError> {
    if !wanted {
        let sql = "delete from summary_schedule where tenant_id = $1 and store_id = $2";
        return tx.run(sql, [store.id.0.into()]).await.map(drop);
    }
    let sql = "insert into summary_schedule (tenant_id, store_id, due_at) values ($1, $2, $3) on conflict (tenant_id, store_id) do nothing";
    let sql_hour = "select (value #>> '{}')::int from settings where tenant_id = $1 and store_id = $2 and name = $3";
    let hour: Option<i32> = tx.scalar(sql_hour, [store.id.0.into(), summaries::SETTING.into()]).await?;
    let hour = hour.and_then(|hour| u8::try_from(hour).ok()).unwrap_or(summaries::HOUR);
    let first = summaries::next_at(tx.scope().now(), store.zone, hour);
    tx.run(sql, [store.id.0.into(), first.into()]).await.map(drop)
}
