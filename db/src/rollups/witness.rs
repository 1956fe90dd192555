//! Every figure said once more, as SQL over raw rows: from lines wherever they say it, and from instants alone. Nothing here
//! reads a day that Stoa keeps with an order.
//!
//! A statement begins with [`head`]. Its values: `$2` and `$3` the instants between which raw rows are looked for, `$4` the local
//! day that is asked for, all three null for everything; then those of [`Clocks`](crate::clocks::Clocks).

use super::read::GOODS;
use crate::clocks;

const VALUES: &str =
    "orders, cancelled, return_orders, refunds, items, gross, discounts, returned, refunded, shipping, tax, fees";

const PRODUCT_VALUES: &str = "quantity, gross";

/// One maintained table and its recount.
pub(super) struct Rollup {
    pub name: &'static str,
    pub table: &'static str,
    pub key: &'static str,
    pub values: &'static str,
    pub recount: String,
    pub live: &'static str,
}

impl Rollup {
    /// The buckets under `condition` (about `r`) that differ.
    // SQL: whichever rollup, compared whole with its recount.
    pub fn compared(&self, head: &str, condition: &str) -> String {
        let Self { name, table, key, values, recount, .. } = self;
        let zero = format!("({})", vec!["0"; values.split(',').count()].join(","));
        format!(
            "{head}, t as (select ({key})::text k, ({values})::text v from ({recount}) r where {condition}), \
             m as (select ({key})::text k, ({values})::text v from {table} r where tenant_id = $1 and {condition}) \
             select '{name}' rollup, coalesce(t.k, m.k) bucket, coalesce(m.v, '') maintained, coalesce(t.v, '') recounted \
             from t full join m on m.k = t.k where coalesce(t.v, '{zero}') <> coalesce(m.v, '{zero}') limit 1000"
        )
    }

    /// Writes what the raw rows say of the buckets under `condition` (about `r`).
    // SQL: whichever rollup, made of its recount.
    pub fn written(&self, head: &str, condition: &str) -> String {
        let Self { table, key, values, recount, .. } = self;
        format!(
            "{head} insert into {table} (tenant_id, {key}, {values}) select $1, {key}, {values} from ({recount}) r where {condition}"
        )
    }
}

/// Rows that keep the local day of an instant.
pub(super) struct Dated {
    name: &'static str,
    table: &'static str,
    at: &'static str,
    narrowed: String,
}

impl Dated {
    /// The rows whose day is another than their instant's.
    // SQL: whichever table, by the clocks of its stores.
    pub fn wrong(&self, head: &str) -> String {
        let Self { name, table, narrowed, .. } = self;
        format!(
            "{head} select '{name}' rollup, o.id::text bucket, o.local_day::text maintained, {0}::text recounted \
             from {table} o join clocks k on k.store_id = o.store_id where o.tenant_id = $1 and o.local_day <> {0} {narrowed} limit 1000",
            self.day()
        )
    }

    /// Gives those rows the day of their instant.
    // SQL: whichever table, by the clocks of its stores.
    pub fn mended(&self, head: &str) -> String {
        let Self { table, narrowed, .. } = self;
        format!(
            "{head} update {table} o set local_day = {0} from clocks k where k.store_id = o.store_id and o.tenant_id = $1 \
             and o.local_day <> {0} {narrowed}",
            self.day()
        )
    }

    /// Only those that stand on the day that is asked for, or should.
    pub fn on_day(self) -> Self {
        let narrowed = format!("{} and $4 in (o.local_day, {})", self.narrowed, self.day());
        Self { narrowed, ..self }
    }

    fn day(&self) -> String {
        clocks::day(self.at)
    }
}

/// Orders and refunds; `narrowed` about `at`, as in `and at > ..`.
pub(super) fn dated(narrowed: &str) -> [Dated; 2] {
    [("order", "orders", "o.placed_at"), ("refund", "refunds", "o.at")].map(|(name, table, at)| Dated {
        name,
        table,
        at,
        narrowed: narrowed.replace("at ", &format!("{at} ")),
    })
}

/// How a statement begins.
// SQL: the beginning of those that follow.
pub(super) fn head() -> String {
    format!(
        "with asked as (select $2::timestamptz as since, $3::timestamptz as until, $4::date as day), {}",
        clocks::with(5)
    )
}

/// Whether PostgreSQL takes the zone of a store that has figures for an abbreviation, does not know it, or has other rules for it.
// SQL: what PostgreSQL itself knows of time zones.
pub(super) fn misread(head: &str) -> String {
    format!(
        "{head} select coalesce(bool_or(case \
           when exists (select from pg_timezone_abbrevs a where a.abbrev = upper(s.time_zone)) then true \
           when not exists (select from pg_timezone_names n where n.name = s.time_zone) then true \
           else exists (select from unnest(k.since, k.seconds) c (since, seconds) \
             where c.since at time zone s.time_zone <> (c.since at time zone 'UTC') + c.seconds * interval '1 second') end), false) \
         from stores s join clocks k on k.store_id = s.id \
         where s.tenant_id = $1 and exists (select from rollup_days d where d.tenant_id = $1 and d.store_id = s.id)"
    )
}

// Buckets of archived quarters have no rows to be recounted from: what is maintained is all there is. A local day is a
// day of UTC or one beside it.
const LIVE_DAY: &str = "not exists (select from archived_quarters a where day between \
    (a.begins at time zone 'UTC')::date - 1 and (a.ends at time zone 'UTC')::date)";
const LIVE_HOUR: &str =
    "not exists (select from archived_quarters a where hour < a.ends and hour + interval '1 hour' > a.begins)";

// `orders` and `refunds` narrow the raw rows: `and ...`, about `o`, and about `f` with `c`, the instant at which it counts.
// Weeks are the sums of days that were recounted before them, those of archived quarters too; `days_of_weeks` narrows these.
pub(super) fn rollups(orders: &str, refunds: &str, days_of_weeks: &str) -> [Rollup; 4] {
    let [day, hour] = [clocks::day as fn(&str) -> String, clocks::hour];
    let days = facts("day", &day("o.placed_at"), &day("c.counts_at"), (orders, refunds));
    let hours = facts("hour", &hour("o.placed_at"), &hour("c.counts_at"), (orders, refunds));
    let products = products(&day("o.placed_at"), orders);
    [
        Rollup {
            name: "day",
            table: "rollup_days",
            key: "store_id, day, currency",
            values: VALUES,
            recount: days,
            live: LIVE_DAY,
        },
        Rollup {
            name: "hour",
            table: "rollup_hours",
            key: "store_id, hour, currency",
            values: VALUES,
            recount: hours,
            live: LIVE_HOUR,
        },
        Rollup {
            name: "product",
            table: "rollup_products",
            key: "store_id, day, product_id, currency",
            values: PRODUCT_VALUES,
            recount: products,
            live: LIVE_DAY,
        },
        Rollup {
            name: "week",
            table: "rollup_product_weeks",
            key: "store_id, week, product_id, currency",
            values: PRODUCT_VALUES,
            recount: weeks(days_of_weeks),
            live: "true",
        },
    ]
}

/// Refunds `f` of a tenant that count, with the clocks `k` of their stores `s`, and `c.counts_at`, the instant at which each counts.
pub(super) const COUNTED_REFUNDS: &str = "refunds f join stores s on s.tenant_id = $1 and s.id = f.store_id join clocks k on k.store_id = f.store_id \
    cross join lateral (select case s.returns_on when 'order' then f.order_placed_at else f.at end as counts_at) c where f.tenant_id = $1 and f.is_counted";

// SQL: the recount of a rollup from lines and instants, apart from what the program computes.
fn facts(bucket: &str, of_order: &str, of_refund: &str, (orders, refunds): (&str, &str)) -> String {
    format!(
        "select store_id, {bucket}, currency, sum(orders)::bigint orders, sum(cancelled)::bigint cancelled, sum(return_orders)::bigint return_orders, \
           sum(refunds)::bigint refunds, sum(items)::bigint items, sum(gross)::bigint gross, sum(discounts)::bigint discounts, \
           sum(returned)::bigint returned, sum(refunded)::bigint refunded, sum(shipping)::bigint shipping, sum(tax)::bigint tax, sum(fees)::bigint fees \
         from ( \
           select o.store_id, {of_order} as {bucket}, o.currency, \
             (o.kind = 'sale' and o.status <> 'cancelled')::int orders, (o.status = 'cancelled')::int cancelled, (o.kind = 'return')::int return_orders, 0 refunds, \
             case when o.status = 'cancelled' then 0 else l.items end items, \
             case when live.sale then l.product - l.product_tax else 0 end gross, case when live.sale then o.discounts else 0 end discounts, \
             case when o.kind = 'return' then -(l.product - l.product_tax + l.shipping + l.fee - l.fee_tax + l.discount + own.rest) else 0 end returned, 0::bigint refunded, \
             case when live.sale then o.shipping else 0 end shipping, case when live.sale then o.tax else 0 end tax, case when live.sale then l.fee - l.fee_tax else 0 end fees \
           from orders o join clocks k on k.store_id = o.store_id \
           cross join lateral (select o.kind = 'sale' and o.status <> 'cancelled' sale) live \
           cross join lateral (select count(*) items, coalesce(sum(tax) filter (where o.prices_include_tax and i.kind = 'product'), 0) product_tax, \
               coalesce(sum(tax) filter (where o.prices_include_tax and i.kind = 'fee'), 0) fee_tax, coalesce(sum(quantity * unit_price) filter (where i.kind = 'product'), 0) product, \
               coalesce(sum(quantity * unit_price) filter (where i.kind = 'shipping'), 0) shipping, coalesce(sum(quantity * unit_price) filter (where i.kind = 'fee'), 0) fee, \
               coalesce(-sum(abs(quantity * unit_price)) filter (where i.kind = 'discount'), 0) discount \
             from order_items i where i.tenant_id = $1 and i.placed_at = o.placed_at and i.order_id = o.id) l \
           cross join lateral (select (o.shipping - l.shipping) + o.tax - (o.discounts + l.discount) rest) own \
           where o.tenant_id = $1 {orders} \
           union all \
           select f.store_id, {of_refund}, f.currency, 0, 0, 0, 1, 0, 0, 0, 0, {GOODS}, -f.shipping, -f.tax, -f.fees from {COUNTED_REFUNDS} {refunds}) facts \
         group by 1, 2, 3"
    )
}

// SQL: the recount of a rollup from lines and instants, apart from what the program computes.
fn products(of_order: &str, orders: &str) -> String {
    format!(
        "select o.store_id, {of_order} as day, v.product_id, o.currency, sum(i.quantity)::bigint quantity, \
           sum(i.quantity * i.unit_price - case when o.prices_include_tax then coalesce(i.tax, 0) else 0 end)::bigint gross \
         from orders o join clocks k on k.store_id = o.store_id \
         join order_items i on i.tenant_id = $1 and i.placed_at = o.placed_at and i.order_id = o.id and i.kind = 'product' \
         join variants v on v.tenant_id = $1 and v.id = i.variant_id \
         where o.tenant_id = $1 and o.kind = 'sale' and o.status <> 'cancelled' {orders} group by 1, 2, 3, 4"
    )
}

// SQL: the recount of a rollup from the days that were recounted before.
fn weeks(days: &str) -> String {
    format!(
        "select store_id, date_trunc('week', day::timestamp)::date as week, product_id, currency, sum(quantity)::bigint quantity, sum(gross)::bigint gross \
         from rollup_products where tenant_id = $1 {days} group by 1, 2, 3, 4"
    )
}
