//! Who bought, for orders that were archived before an order kept it.

use std::collections::HashMap;

use domain::email;
use sea_orm::FromQueryResult;
use serde_json::{Value as Json, json};
use uuid::Uuid;

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

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    email: Option<String>,
    name: Option<String>,
    phone: Option<String>,
    external_id: Option<String>,
    country: Option<String>,
}

/// Adds to rows of orders what the records of their customers say.
///
/// # Errors
/// When PostgreSQL fails.
pub(super) async fn tell(tx: &Tx, orders: &mut [Json]) -> Result<(), DataError> {
    let ids: Vec<Uuid> = orders.iter().filter_map(customer).collect();
    let sql =
        "select id, email, name, phone, external_id, country from customers where tenant_id = $1 and id = any($2)";
    let rows: Vec<Row> = tx.all(sql, [ids.into()]).await?;
    let known: HashMap<Uuid, Row> = rows.into_iter().map(|row| (row.id, row)).collect();
    for order in orders {
        let Some(row) = customer(order).and_then(|id| known.get(&id)) else { continue };
        let key = row.email.as_deref().map(email::key);
        let values = [&row.email, &key, &row.name, &row.phone, &row.external_id, &row.country];
        if let Json::Object(fields) = order {
            fields.extend(COLUMNS.into_iter().zip(values).map(|(name, value)| (name.to_owned(), json!(value))));
        }
    }
    Ok(())
}

fn customer(order: &Json) -> Option<Uuid> {
    order.get("customer_id")?.as_str()?.parse().ok()
}
