//! Who bought, for orders that were archived before an order kept it.

use std::collections::HashMap;

use domain::email;
use sea_orm::{ColumnTrait, QueryFilter};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::entities::{TenantQueries, customer};
use crate::error::DataError;
use crate::scope::Tx;

/// What an order says of who bought.
pub(super) const COLUMNS: [&str; 6] = [
    "customer_email",
    "customer_email_key",
    "customer_name",
    "customer_phone",
    "customer_external_id",
    "customer_country",
];

/// Adds to rows of orders what the records of their customers say.
///
/// # Errors
/// When PostgreSQL fails.
pub(super) async fn tell(tx: &Tx, orders: &mut [Json]) -> Result<(), DataError> {
    let ids: Vec<Uuid> = orders.iter().filter_map(buyer).collect();
    let rows = tx.find::<customer::Entity>().filter(customer::Column::Id.eq_any(ids)).all(tx.conn()).await?;
    let known: HashMap<Uuid, customer::Model> = rows.into_iter().map(|row| (row.id, row)).collect();
    for order in orders {
        let Some(row) = buyer(order).and_then(|id| known.get(&id)) else { continue };
        let key = row.email.as_deref().map(email::key);
        let values = [&row.email, &key, &row.name, &row.phone, &row.external_id, &row.country];
        if let Json::Object(fields) = order {
            fields.extend(COLUMNS.into_iter().zip(values).map(|(name, value)| (name.to_owned(), json!(value))));
        }
    }
    Ok(())
}

fn buyer(order: &Json) -> Option<Uuid> {
    order.get("customer_id")?.as_str()?.parse().ok()
}
