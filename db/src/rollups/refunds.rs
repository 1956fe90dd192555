//! What the rollups say of a store's refunds, said anew: when the day on which they count is another.

use super::witness::COUNTED_REFUNDS;
use crate::clocks::{self, Clocks};
use crate::error::DataError;
use crate::scope::Tx;
use crate::stores::Store;

/// Replaces what all buckets of the store say of refunds by what the refunds themselves say under its present rule. Those
/// of archived quarters too: refunds stay when their orders go to the archive. The feed's head must be locked by this
/// transaction already, so that no refund is booked meanwhile. Reads refunds alone, however many orders there are.
///
/// # Errors
/// When PostgreSQL fails.
pub(crate) async fn replace(tx: &Tx, store: &Store) -> Result<(), DataError> {
    for (table, bucket, counted) in
        [("rollup_days", "day", clocks::day("c.counts_at")), ("rollup_hours", "hour", clocks::hour("c.counts_at"))]
    {
        // SQL: of whichever rollup.
        let none = format!(
            "update {table} set refunds = 0, refunded = 0 where tenant_id = $1 and store_id = $2 and (refunds <> 0 or refunded <> 0)"
        );
        tx.run(&none, [store.id.0.into()]).await?;
        // SQL: sums of refunds by the clock of their store, into whichever rollup.
        let all = format!(
            "with {} insert into {table} (tenant_id, store_id, {bucket}, currency, refunds, refunded) \
             select $1, f.store_id, {counted}, f.currency, count(*), sum(f.amount)::bigint from {COUNTED_REFUNDS} and f.store_id = $2 group by 2, 3, 4 \
             on conflict (tenant_id, store_id, {bucket}, currency) do update set refunds = excluded.refunds, refunded = excluded.refunded",
            clocks::with(3)
        );
        let clocks = Clocks::always(std::slice::from_ref(store), tx.scope().now()).values();
        tx.run(&all, [store.id.0.into()].into_iter().chain(clocks)).await?;
    }
    Ok(())
}
