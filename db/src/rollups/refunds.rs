//! The figures of a store's refunds, moved to other days: when the rule on which they count is another.

use super::read::GOODS;
use crate::clocks::{self, Clocks};
use crate::error::DataError;
use crate::scope::Tx;
use crate::stores::Store;

/// Takes the store's refunds out of the buckets in which they counted under its rule before, and adds them to those of its
/// present rule. Those of archived quarters too: refunds stay when their orders go to the archive. The feed's head must be
/// locked by this transaction already, so that no refund is booked meanwhile. Reads refunds alone, however many orders there
/// are. Call it once for each change of the rule.
///
/// # Errors
/// When PostgreSQL fails.
pub(crate) async fn move_refunds(tx: &Tx, store: &Store) -> Result<(), DataError> {
    for (table, bucket, at) in
        [("rollup_days", "day", clocks::day as fn(&str) -> String), ("rollup_hours", "hour", clocks::hour)]
    {
        // SQL: sums of refunds by the clock of their store, out of one bucket and into another of whichever rollup.
        let moved = format!(
            "with {}, f as (select f.*, s.returns_on from refunds f join stores s on s.tenant_id = $1 and s.id = f.store_id \
               where f.tenant_id = $1 and f.store_id = $2 and f.is_counted), \
             m as (select {} as bucket, 1 as sign, f.* from f join clocks k on k.store_id = f.store_id \
                   cross join lateral (select case f.returns_on when 'order' then f.order_placed_at else f.at end as counts_at) c \
                   union all \
                   select {}, -1, f.* from f join clocks k on k.store_id = f.store_id \
                   cross join lateral (select case f.returns_on when 'order' then f.at else f.order_placed_at end as counts_at) c) \
             insert into {table} as r (tenant_id, store_id, {bucket}, currency, refunds, refunded, shipping, tax, fees) \
             select $1, store_id, bucket, currency, sum(sign), sum(sign * goods)::bigint, -sum(sign * shipping)::bigint, \
               -sum(sign * tax)::bigint, -sum(sign * fees)::bigint \
             from (select f.*, {GOODS} goods from m f) f group by 2, 3, 4 \
             on conflict (tenant_id, store_id, {bucket}, currency) do update set refunds = r.refunds + excluded.refunds, \
               refunded = r.refunded + excluded.refunded, shipping = r.shipping + excluded.shipping, tax = r.tax + excluded.tax, \
               fees = r.fees + excluded.fees",
            clocks::with(3),
            at("c.counts_at"),
            at("c.counts_at")
        );
        let clocks = Clocks::always(std::slice::from_ref(store), tx.scope().now()).values();
        tx.run(&moved, [store.id.0.into()].into_iter().chain(clocks)).await?;
    }
    Ok(())
}
