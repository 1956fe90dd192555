//! What a search text can mean: an order's number or its beginning, the address it was ordered under, a customer's id, a
//! SKU.
//! The meanings are looked up first, each by its own index; the list is then read in order through them.

use domain::email;
use domain::text_key::sought;
use sea_orm::{FromQueryResult, Value};
use uuid::Uuid;

use super::filter::Filter;
use crate::error::DataError;
use crate::scope::Tx;

/// Most orders, customers or variants that one text may mean.
const MEANINGS: usize = 500;

/// What a text means.
#[derive(Clone, Debug, Default, FromQueryResult)]
pub(super) struct Meanings {
    orders: Vec<Uuid>,
    // Who ordered under such an address, some time or other.
    addressees: Vec<Uuid>,
    customers: Vec<Uuid>,
    variants: Vec<Uuid>,
    // The first and the last address of those that are meant.
    #[sea_orm(skip)]
    addresses: [String; 2],
}

/// Looks a text up. Indexes: `order_refs_number`, the primary key of `customer_emails`, `customers_external_id`, `variants_sku`.
///
/// # Errors
/// When PostgreSQL fails.
pub(super) async fn meanings(tx: &Tx, text: &str) -> Result<Meanings, DataError> {
    let found: Option<Meanings> = tx.one(&sql(), values(text)).await?;
    Ok(Meanings { addresses: beginning_with(email::key(text)), ..found.unwrap_or_default() })
}

/// How PostgreSQL looks a text up, for the tests of its plan.
///
/// # Errors
/// When PostgreSQL fails.
#[cfg(feature = "testing")]
pub async fn explain(tx: &Tx, text: &str) -> Result<String, DataError> {
    tx.explain(&sql(), values(text)).await
}

impl Meanings {
    /// The selects, one a meaning, that together find what the text means; each under `filter`, with `tail` after it.
    pub fn branches(&self, filter: &mut Filter, columns: &str, tail: &str) -> String {
        let where_ = filter.sql().to_owned();
        let mut branches = Vec::new();
        if !self.orders.is_empty() {
            let ids = filter.bind(self.orders.clone());
            branches.push(format!(
                "(select {columns} from order_refs r join orders o on o.tenant_id = r.tenant_id and o.placed_at = r.placed_at and o.id = r.order_id \
                 where r.tenant_id = $1 and r.order_id = any({ids}) and {where_} {tail})"
            ));
        }
        if !self.addressees.is_empty() {
            let ids = filter.bind(self.addressees.clone());
            let [first, last] = self.addresses.clone().map(|address| filter.bind(address));
            branches.push(format!(
                "(select {columns} from orders o where o.customer_id = any({ids}) and o.customer_email_key between {first} and {last} and {where_} {tail})"
            ));
        }
        if !self.customers.is_empty() {
            let ids = filter.bind(self.customers.clone());
            branches
                .push(format!("(select {columns} from orders o where o.customer_id = any({ids}) and {where_} {tail})"));
        }
        if !self.variants.is_empty() {
            let ids = filter.bind(self.variants.clone());
            branches.push(format!(
                "(select distinct {columns} from order_items i join orders o on o.tenant_id = i.tenant_id and o.placed_at = i.placed_at and o.id = i.order_id \
                 where i.tenant_id = $1 and i.variant_id = any({ids}) and {where_} {tail})"
            ));
        }
        if branches.is_empty() {
            branches.push(format!("(select {columns} from orders o where false and {where_} {tail})"));
        }
        branches.join(" union ")
    }
}

// What begins with a text lies between it and the same with the last of all characters behind it. Not `like`: behind row
// level security no index serves that.
fn sql() -> String {
    format!(
        "select \
         array(select order_id from order_refs where tenant_id = $1 and number_key between $2 and $3 limit {MEANINGS}) orders, \
         array(select customer_id from customer_emails where tenant_id = $1 and email_key between $4 and $5 limit {MEANINGS}) addressees, \
         array(select id from customers where tenant_id = $1 and external_id = $6 limit {MEANINGS}) customers, \
         array(select id from variants where tenant_id = $1 and sku_key = $7 limit {MEANINGS}) variants"
    )
}

fn values(text: &str) -> [Value; 6] {
    let text = text.trim();
    let [first, last] = beginning_with(text.trim_start_matches('#').to_lowercase());
    let [first_address, last_address] = beginning_with(email::key(text));
    [first.into(), last.into(), first_address.into(), last_address.into(), text.into(), sought(text).into()]
}

fn beginning_with(first: String) -> [String; 2] {
    let last = format!("{first}{}", char::MAX);
    [first, last]
}
