//! Settings as rows, by store and name; those of the tenant as a whole are of the nil store.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, QueryFilter, Set};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::entities::{TenantQueries, setting};
use crate::error::DataError;
use crate::scope::Tx;

/// All settings of a store by name.
pub(super) async fn values(tx: &Tx, store: Uuid) -> Result<Map<String, Value>, DataError> {
    let found = tx.find::<setting::Entity>().filter(setting::Column::StoreId.eq(store)).all(tx.conn()).await?;
    Ok(found.into_iter().map(|setting| (setting.name, setting.value)).collect())
}

/// The value of the setting `name` of a store.
pub(super) async fn value(tx: &Tx, store: Uuid, name: &str) -> Result<Option<Value>, DataError> {
    let found = tx.find::<setting::Entity>().filter(setting::Column::StoreId.eq(store));
    let found = found.filter(setting::Column::Name.eq(name)).one(tx.conn()).await?;
    Ok(found.map(|setting| setting.value))
}

/// Stores a setting in the place of what it was.
pub(super) async fn keep(tx: &Tx, store: Uuid, name: &str, value: Value) -> Result<(), DataError> {
    let row = setting::ActiveModel {
        store_id: Set(store),
        name: Set(name.to_owned()),
        value: Set(value),
        updated_at: Set(tx.scope().now()),
        ..Default::default()
    };
    let again = OnConflict::columns([setting::Column::TenantId, setting::Column::StoreId, setting::Column::Name])
        .update_columns([setting::Column::Value, setting::Column::UpdatedAt])
        .to_owned();
    tx.insert(row).on_conflict(again).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// Removes a setting, so that its default holds again.
pub(super) async fn forget(tx: &Tx, store: Uuid, name: &str) -> Result<(), DataError> {
    let delete = tx.delete::<setting::Entity>().filter(setting::Column::StoreId.eq(store));
    delete.filter(setting::Column::Name.eq(name)).exec(tx.conn()).await?;
    Ok(())
}
