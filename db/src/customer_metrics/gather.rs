//! The facts of a stretch of customers, from their orders.

use domain::ids::CustomerId;
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter};
use uuid::Uuid;

use crate::entities::{TenantQueries, customer_money};
use crate::error::DataError;
use crate::scope::{Scope, Tx};

/// A batch that was done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Batch {
    /// Its last customer: the next batch begins after them.
    pub last: CustomerId,
    /// How many customers it had.
    pub customers: i64,
}

#[derive(FromQueryResult)]
struct Stretch {
    last: Option<Uuid>,
    customers: i64,
}

// Net sales of an order: a sale that stands, less its refunds; a return as a whole, which is negative.
const NET: &str = "case when o.kind = 'return' then o.total when o.status = 'cancelled' then 0 \
    else o.gross - o.discounts - (o.refunded - coalesce(o.refunded_shipping, 0) - coalesce(o.refunded_tax, 0) - coalesce(o.refunded_fees, 0)) end";
const STANDING: &str = "o.kind = 'sale' and o.status <> 'cancelled'";

/// Gathers the facts of up to `limit` customers after `after`, in the order of their ids; `None` when there are no more.
/// Four statements of one transaction, whatever the number of customers and orders. Doing it again changes nothing.
/// Indexes: the primary key of `customers`, `orders_customer` of each quarter.
///
/// # Errors
/// When PostgreSQL fails; then nothing of the batch is stored.
pub async fn gather(scope: &Scope, after: CustomerId, limit: u64) -> Result<Option<Batch>, DataError> {
    let tx = scope.begin().await?;
    // SQL: takes its turn and measures the stretch in one statement.
    let sql = "with s as (select id from customers where tenant_id = $1 and id > $2 order by id limit $3) \
               select (select id from s order by id desc limit 1) last, (select count(*) from s) customers \
               from (select pg_advisory_xact_lock(hashtextextended('customer_metrics:' || $1::text, 7))) l";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let stretch: Option<Stretch> = tx.one(sql, [after.0.into(), limit.into()]).await?;
    let Some((last, customers)) = stretch.and_then(|s| Some((s.last?, s.customers))) else { return Ok(None) };
    write(&tx, after.0, last).await?;
    tx.commit().await?;
    Ok(Some(Batch { last: last.into(), customers }))
}

async fn write(tx: &Tx, after: Uuid, last: Uuid) -> Result<(), DataError> {
    let stretch = || [after.into(), last.into()];
    let (customer, money) = (customer_money::Column::CustomerId, tx.delete::<customer_money::Entity>());
    money.filter(customer.gt(after)).filter(customer.lte(last)).exec(tx.conn()).await?;
    tx.run(&facts(), stretch()).await?;
    // Whose only order was cancelled since.
    // SQL: what has nothing beside it any more, over a whole stretch.
    let sql = "delete from customer_metrics m where m.tenant_id = $1 and m.customer_id > $2 and m.customer_id <= $3 \
               and not exists (select from customer_money s where s.tenant_id = $1 and s.customer_id = m.customer_id)";
    tx.run(sql, stretch()).await.map(drop)
}

/// Writes the facts of the customers after `$2` up to `$3`.
pub(crate) fn facts() -> String {
    // SQL: the facts of a stretch of customers from all their orders, in both tables at once; its plan is tested.
    format!(
        "with facts as ( \
           select o.customer_id, c.store_id, o.currency, count(*) filter (where {STANDING}) orders, sum({NET})::bigint net, \
             min(o.placed_at) filter (where {STANDING}) first_at, max(o.placed_at) filter (where {STANDING}) last_at, \
             max(o.local_day) filter (where {STANDING}) last_day \
           from customers c join orders o on o.tenant_id = $1 and o.customer_id = c.id \
           where c.tenant_id = $1 and c.id > $2 and c.id <= $3 group by o.customer_id, c.store_id, o.currency), \
         whole as (select customer_id, store_id, sum(orders)::bigint orders, min(first_at) first_at, max(last_at) last_at, max(last_day) last_day \
           from facts group by customer_id, store_id having sum(orders) > 0), \
         main as (select distinct on (customer_id) customer_id, currency, net from facts order by customer_id, orders desc, currency), \
         money as (insert into customer_money (tenant_id, customer_id, currency, orders, net) \
           select $1, f.customer_id, f.currency, f.orders, f.net from facts f join whole w on w.customer_id = f.customer_id \
           where f.orders > 0 or f.net <> 0) \
         insert into customer_metrics as m (tenant_id, customer_id, store_id, orders, first_at, last_at, last_day, currency, net) \
         select $1, w.customer_id, w.store_id, w.orders, w.first_at, w.last_at, w.last_day, main.currency, main.net \
         from whole w join main on main.customer_id = w.customer_id \
         on conflict (tenant_id, customer_id) do update set store_id = excluded.store_id, orders = excluded.orders, first_at = excluded.first_at, \
           last_at = excluded.last_at, last_day = excluded.last_day, currency = excluded.currency, net = excluded.net \
         where (m.orders, m.first_at, m.last_at, m.last_day, m.currency, m.net) \
           is distinct from (excluded.orders, excluded.first_at, excluded.last_at, excluded.last_day, excluded.currency, excluded.net)"
    )
}
