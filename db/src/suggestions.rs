//! What a text in the search field may mean while it is being typed: a few orders and customers.

use domain::email;
use domain::ids::CustomerId;
use domain::orders::OrderQuery;
use domain::page::Limit;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use crate::error::DataError;
use crate::orders::{CustomerRow, OrderRow, list};
use crate::scope::{Scope, Tx};
use crate::stores;

/// Most orders, and most customers.
const MOST: u64 = 5;

/// Orders and customers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Suggestions {
    /// Orders, newest first.
    pub orders: Vec<OrderRow>,
    /// Customers by address.
    pub customers: Vec<CustomerRow>,
}

/// The newest orders that the order list finds by `text`, and the customers whose address begins with it or whose id in the
/// shop it is. Three statements, whatever is found. Indexes: those of the list, the primary key of `customer_emails`,
/// `customers_external_id`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn suggest(scope: &Scope, text: &str) -> Result<Suggestions, DataError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Suggestions::default());
    }
    let limit = Limit::new(MOST).unwrap_or_default();
    let query = OrderQuery { q: Some(text.to_owned()), limit, ..OrderQuery::default() };
    let orders = list::list(scope, &query).await?.rows;
    let tx = scope.begin().await?;
    let found: Vec<Found> = tx.all(&sql(), values(&tx, text).await?).await?;
    tx.end();
    Ok(Suggestions { orders, customers: found.into_iter().map(CustomerRow::from).collect() })
}

/// How PostgreSQL finds the customers, for the test of its plan.
///
/// # Errors
/// When PostgreSQL fails.
#[cfg(feature = "testing")]
pub async fn explain(tx: &Tx, text: &str) -> Result<String, DataError> {
    tx.explain(&sql(), values(tx, text).await?).await
}

#[derive(FromQueryResult)]
struct Found {
    id: Uuid,
    name: Option<String>,
    email: Option<String>,
    external_id: Option<String>,
}

impl From<Found> for CustomerRow {
    fn from(found: Found) -> Self {
        let Found { id, name, email, external_id } = found;
        Self { id: Some(CustomerId(id)), name, email, external_id, ..Self::default() }
    }
}

// SQL, because each of the two ways to a customer must be cut by its own index before they are joined.
fn sql() -> String {
    // As many as it takes to fill the list for whoever sees one store of several.
    let looked_up = MOST * 40;
    // SQL: a union of two index ranges, each cut before the join.
    format!(
        "select c.id, c.name, c.email, c.external_id from ( \
           (select customer_id from customer_emails where tenant_id = $1 and email_key between $2 and $3 \
              order by email_key, customer_id limit {looked_up}) \
           union (select id from customers where tenant_id = $1 and external_id = $4 limit {looked_up})) f (id) \
         join customers c on c.tenant_id = $1 and c.id = f.id and c.store_id = any($5) \
         order by c.email, c.id limit {MOST}"
    )
}

async fn values(tx: &Tx, text: &str) -> Result<[Value; 4], DataError> {
    let first = email::key(text);
    let last = format!("{first}{}", char::MAX);
    let stores: Vec<Uuid> = stores::known_in(tx).await?.into_iter().map(|store| store.id.0).collect();
    Ok([first.into(), last.into(), text.into(), stores.into()])
}
