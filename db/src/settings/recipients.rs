//! Who gets which mail. Read by background work, which has time to ask.

use domain::ids::StoreId;
use domain::settings::{Recipients, Setting};
use domain::summaries;
use sea_orm::{ColumnTrait, QueryFilter, Set};
use serde_json::{Value, json};

use super::rows::{forget, keep, value};
use crate::entities::{TenantQueries, store, summary_schedule};
use crate::error::DataError;
use crate::scope::{Scope, Tx};
use crate::stores::{self, Store};

/// Who gets a kind of mail of a store. One statement.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn recipients(tx: &Tx, store: StoreId, setting: Setting) -> Result<Recipients, DataError> {
    let Some(value) = value(tx, store.0, setting.as_str()).await? else { return Ok(Recipients::default()) };
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
    scope.db().known().settings.forget(scope.tenant()).await;
    Ok(())
}

pub(super) async fn write_recipients(
    tx: &Tx,
    store: &Store,
    setting: Setting,
    to: &Recipients,
) -> Result<(), DataError> {
    if to.is_empty() {
        forget(tx, store.id.0, setting.as_str()).await?;
    } else {
        keep(tx, store.id.0, setting.as_str(), Value::from(Vec::from(to.clone()))).await?;
    }
    match setting {
        Setting::NotifyOrders => {
            let row = store::ActiveModel { notifies_orders: Set(!to.is_empty()), ..Default::default() };
            let update = tx.update::<store::Entity>().set(row).filter(store::Column::Id.eq(store.id.0));
            update.exec(tx.conn()).await?;
            Ok(())
        }
        Setting::DailySummary => schedule(tx, store, !to.is_empty()).await,
        Setting::StockAlerts => Ok(()),
    }
}

// The first summary comes at the next such hour of the store.
async fn schedule(tx: &Tx, store: &Store, wanted: bool) -> Result<(), DataError> {
    if !wanted {
        let delete = tx.delete::<summary_schedule::Entity>();
        delete.filter(summary_schedule::Column::StoreId.eq(store.id.0)).exec(tx.conn()).await?;
        return Ok(());
    }
    let hour = summary_hour(tx, store).await?;
    let row = summary_schedule::ActiveModel {
        store_id: Set(store.id.0),
        due_at: Set(summaries::next_at(tx.scope().now(), store.zone, hour)),
        ..Default::default()
    };
    tx.insert(row).on_conflict_do_nothing().exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// The hour of the day at which a store's summary is sent.
pub(crate) async fn summary_hour(tx: &Tx, store: &Store) -> Result<u8, DataError> {
    let chosen = value(tx, store.id.0, summaries::SETTING).await?;
    let chosen = chosen.and_then(|hour| hour.as_u64()).and_then(|hour| u8::try_from(hour).ok());
    Ok(chosen.unwrap_or(summaries::HOUR))
}
