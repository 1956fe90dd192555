//! Three years of a shop's orders, made by PostgreSQL itself, quarter by quarter, two at a time. No log is written for them
//! and the indexes that can wait are built when a quarter is whole: nothing of that changes how they are read.

use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use anyhow::ensure;
use chrono::{Datelike, Days, Months, NaiveDate};

use crate::sample::as_float;
use crate::snapshot::now;
use crate::world::{TENANT, World};

/// Lines of an order, on average.
pub const LINES: u64 = 16;
const YEARS: u32 = 3;
/// Products of each store: with three stores as many as an import has.
const PRODUCTS: u64 = 700;
/// Orders a customer places, roughly.
const ORDERS_EACH: u64 = 5;
/// At this size or below, every bucket is recounted, and not their sums alone.
const RECOUNTED: u64 = 2_000_000;
const AT_ONCE: usize = 2;
const TABLES: [&str; 2] = ["orders", "order_items"];

/// The sums that all three rollups share, over rows of `orders`.
const FIGURES: &str = "count(*) filter (where kind = 'sale' and status = 'open'), count(*) filter (where status = 'cancelled'), \
    count(*) filter (where kind = 'return'), coalesce(sum(item_count) filter (where status = 'open'), 0), \
    coalesce(sum(gross) filter (where kind = 'sale' and status = 'open'), 0), \
    coalesce(sum(discounts) filter (where kind = 'sale' and status = 'open'), 0), \
    coalesce(-sum(total) filter (where kind = 'return'), 0), \
    coalesce(sum(shipping) filter (where kind = 'sale' and status = 'open'), 0)";

/// What was made.
#[derive(Clone, Copy, Debug)]
pub struct Filled {
    pub orders: u64,
    pub items: u64,
}

/// Throws everything away and makes about `items` order items, the last of them yesterday.
pub fn fill(world: &World, items: u64) -> anyhow::Result<Filled> {
    let begun = Instant::now();
    let tenant = world.sql(&format!("select id from tenants where slug = '{TENANT}'"))?;
    let (orders, last) = (items / LINES, now().date_naive() - Days::new(1));
    let first = last - Months::new(12 * YEARS);
    empty(world)?;
    let customers = (orders / ORDERS_EACH / u64::try_from(world.options.rounds)?.max(1)).max(1);
    catalogue(world, &tenant, customers)?;
    let later = put_off(world)?;
    let quarters = quarters(first, last, orders);
    for quarter in &quarters {
        world.sql(&format!("select stoa_ensure_quarter('{}')", quarter.first))?;
    }
    let waiting = Mutex::new(quarters.iter().rev().collect::<Vec<_>>());
    let worker = || -> anyhow::Result<()> {
        loop {
            let next = waiting.lock().map_err(|_| anyhow::anyhow!("a quarter panicked"))?.pop();
            let Some(quarter) = next else { return Ok(()) };
            quarter.fill(world, &tenant, customers, &later)?;
            world.say(&format!("{} orders of {}", quarter.orders, quarter.name()));
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().try_for_each(|w| w.join().map_err(|_| anyhow::anyhow!("a quarter panicked"))?)
    })?;
    // These find the indexes of the quarters and only join them.
    for index in &later {
        world.sql(&format!("create index {} on {} using {}", index.name, index.table, index.rest))?;
    }
    finish(world, &tenant)?;
    let filled = check(world, items)?;
    let seconds = begun.elapsed().as_secs_f64();
    let size = world.sql("select pg_size_pretty(pg_database_size(current_database()))")?;
    world.say(&format!(
        "{} items in {seconds:.0} s, {:.0} a second; the database has {size}",
        filled.items,
        as_float(filled.items) / seconds
    ));
    Ok(filled)
}

struct Quarter {
    first: NaiveDate,
    days: u64,
    orders: u64,
    // Orders of the quarters before it.
    before: u64,
}

impl Quarter {
    fn name(&self) -> String {
        let start = self.first;
        format!("{}q{}", start.year(), start.month0() / 3 + 1)
    }

    fn fill(&self, world: &World, tenant: &str, customers: u64, later: &[Index]) -> anyhow::Result<()> {
        let name = self.name();
        // The unlogged table is empty, so that this costs nothing.
        for table in TABLES {
            world.sql(&format!("alter table {table}_{name} set unlogged"))?;
        }
        let values = [
            (
                "{seed}",
                format!("{:.3}", 0.001 * f64::from(self.first.month() + 12 * (self.first.year().cast_unsigned() % 50))),
            ),
            ("{tenant}", tenant.to_owned()),
            ("{quarter}", name.clone()),
            ("{first}", self.first.to_string()),
            ("{days}", self.days.to_string()),
            ("{orders}", self.orders.to_string()),
            ("{number}", (1_000_000 + self.before).to_string()),
            ("{customers}", customers.to_string()),
            ("{products}", PRODUCTS.to_string()),
            ("{figures}", FIGURES.to_owned()),
        ];
        world.sql(
            &values.iter().fold(include_str!("quarter.sql").to_owned(), |sql, (name, value)| sql.replace(name, value)),
        )?;
        for index in later {
            world.sql(&format!(
                "set maintenance_work_mem = '512MB'; create index on {}_{name} using {}",
                index.table, index.rest
            ))?;
        }
        for table in TABLES {
            world.sql(&format!("vacuum (analyze, parallel 0) {table}_{name}"))?;
        }
        Ok(())
    }
}

// Orders spread evenly over the days from `first` to `last`.
fn quarters(first: NaiveDate, last: NaiveDate, orders: u64) -> Vec<Quarter> {
    let days = |from: NaiveDate, to: NaiveDate| u64::try_from((to - from).num_days()).unwrap_or_default();
    let (all, mut begin, mut before, mut found) = (days(first, last) + 1, first, 0, Vec::new());
    while begin <= last {
        let start = begin.with_day(1).and_then(|day| day.with_month0(day.month0() / 3 * 3)).unwrap_or(begin);
        let end = (start + Months::new(3)).min(last + Days::new(1));
        let upto = orders * days(first, end) / all;
        found.push(Quarter { first: begin, days: days(begin, end), orders: upto - before, before });
        (begin, before) = (end, upto);
    }
    found
}

fn empty(world: &World) -> anyhow::Result<()> {
    world.sql(
        "set client_min_messages = warning; truncate orders, order_items, order_refs, refunds, customers, customer_emails, products, variants, \
         rollup_days, rollup_hours, rollup_products, rollup_product_weeks, usage_months cascade",
    )?;
    Ok(())
}

fn catalogue(world: &World, tenant: &str, customers: u64) -> anyhow::Result<()> {
    world.sql(&format!(
        "alter table order_refs set unlogged; \
         insert into products (tenant_id, id, store_id, title, created_at) \
         select '{tenant}', md5('{tenant} product ' || s.id || n)::uuid, s.id, 'Oak shelf, natural, number ' || n, now() - interval '{YEARS} years' \
         from stores s, generate_series(1, {PRODUCTS}) n where s.tenant_id = '{tenant}'; \
         insert into variants (tenant_id, id, product_id, store_id, sku, sku_key, title, created_at) \
         select tenant_id, md5('variant ' || id)::uuid, id, store_id, 'SKU-' || n, 'sku-' || n, title, created_at \
         from (select *, lpad(substring(title from '[0-9]+$'), 5, '0') n from products) p where tenant_id = '{tenant}'; \
         insert into customers (tenant_id, id, store_id, identity, email, name, created_at) \
         select '{tenant}', md5('{tenant} customer ' || s.id || n)::uuid, s.id, 'e:buyer' || n || '@bench.test', 'buyer' || n || '@bench.test', \
           'Buyer ' || n, now() - interval '{YEARS} years' \
         from stores s, generate_series(0, {customers}) n where s.tenant_id = '{tenant}'; \
         insert into customer_emails (tenant_id, email_key, customer_id) select tenant_id, email, id from customers where tenant_id = '{tenant}'"
    ))?;
    Ok(())
}

// An index that is built when its rows are there.
struct Index {
    name: String,
    table: String,
    rest: String,
}

// Drops the indexes that are neither a key nor a promise, and says how they are made.
fn put_off(world: &World) -> anyhow::Result<Vec<Index>> {
    let found = world.sql(
        "select i.indexrelid::regclass || '|' || i.indrelid::regclass || '|' || split_part(pg_get_indexdef(i.indexrelid), ' USING ', 2) \
         from pg_index i where i.indrelid in ('orders'::regclass, 'order_items'::regclass) and not i.indisunique order by 1",
    )?;
    let mut later = Vec::new();
    for line in found.lines() {
        let parts: Vec<&str> = line.splitn(3, '|').collect();
        let [name, table, rest] = parts[..] else { anyhow::bail!("no index: {line}") };
        world.sql(&format!("drop index {name}"))?;
        later.push(Index { name: name.to_owned(), table: table.to_owned(), rest: rest.to_owned() });
    }
    ensure!(!later.is_empty(), "orders have no index beside their key");
    Ok(later)
}

// What is not of one quarter alone: refunds two days later, weeks, months, the feed's head; and what the planner wants to know.
fn finish(world: &World, tenant: &str) -> anyhow::Result<()> {
    let refunds = |table: &str, bucket: &str, of: &str| {
        format!(
            "insert into {table} as r (tenant_id, store_id, {bucket}, currency, refunds, refunded) \
             select tenant_id, store_id, {of}, currency, count(*), sum(amount) from refunds where tenant_id = '{tenant}' group by 1, 2, 3, 4 \
             on conflict (tenant_id, store_id, {bucket}, currency) do update set refunds = excluded.refunds, refunded = excluded.refunded"
        )
    };
    world.sql(&format!(
        "insert into refunds (tenant_id, order_placed_at, order_id, id, store_id, at, local_day, currency, amount, reason, actor) \
         select tenant_id, placed_at, id, md5('refund ' || id)::uuid, store_id, at, (at at time zone 'UTC')::date, currency, refunded, '', 'bench' \
         from (select *, placed_at + case when placed_at < now() - interval '4 days' then interval '2 days' else interval '0' end as at \
           from orders where tenant_id = '{tenant}' and payment_status = 'partially_refunded' and kind = 'sale' and status = 'open') o; \
         {}; {}; \
         insert into rollup_product_weeks (tenant_id, store_id, week, product_id, currency, quantity, gross) \
         select tenant_id, store_id, date_trunc('week', day::timestamp)::date, product_id, currency, sum(quantity), sum(gross) \
         from rollup_products where tenant_id = '{tenant}' group by 1, 2, 3, 4, 5 order by 2, 3, 4; \
         insert into usage_months (tenant_id, month, orders) \
         select tenant_id, date_trunc('month', day)::date, sum(orders + cancelled + return_orders) from rollup_days where tenant_id = '{tenant}' group by 1, 2; \
         insert into feed_heads as h (tenant_id, last_seq, first_seq) values ('{tenant}', 1, 2) \
         on conflict (tenant_id) do update set last_seq = h.last_seq + 1, first_seq = h.last_seq + 2",
        refunds("rollup_days", "day", "local_day"),
        refunds("rollup_hours", "hour", "date_trunc('hour', at)"),
    ))?;
    for table in [
        "order_refs",
        "refunds",
        "customers",
        "customer_emails",
        "products",
        "variants",
        "rollup_days",
        "rollup_hours",
        "rollup_products",
        "rollup_product_weeks",
    ] {
        world.sql(&format!("vacuum (analyze, parallel 0) {table}"))?;
    }
    world.sql("analyze orders")?;
    world.sql("analyze order_items")?;
    world.sql("checkpoint")?;
    Ok(())
}

// The figures are those of the orders: their sums, read from other rows than the figures were made from where there are any.
fn check(world: &World, wanted: u64) -> anyhow::Result<Filled> {
    let counted = world.sql(
        "with o as (select count(*) n, sum(item_count) lines, sum(gross) filter (where kind = 'sale' and status = 'open') gross, \
             sum(refunded) refunded from orders), \
           i as (select count(*) n, sum(amount) filter (where quantity > 0) amount from order_items) \
         select concat_ws(' ', o.n, i.n, o.lines, o.gross, o.refunded, i.amount) from o, i",
    )?;
    let kept = world.sql(
        "with d as (select sum(orders + cancelled + return_orders) n, sum(items) items, sum(gross) gross, sum(refunded) refunded from rollup_days), \
           h as (select sum(orders + cancelled + return_orders) n, sum(items) items, sum(gross) gross, sum(refunded) refunded from rollup_hours), \
           p as (select sum(gross) gross, sum(quantity) quantity from rollup_products), \
           w as (select sum(gross) gross, sum(quantity) quantity from rollup_product_weeks), \
           c as (select sum(item_count) lines, sum(gross) gross from orders where status = 'cancelled') \
         select concat_ws(' ', d.n, d.items + c.lines, d.items + c.lines, d.gross, d.refunded, d.gross + c.gross) \
         from d, h, p, w, c where d = h and p = w and d.gross = p.gross",
    )?;
    ensure!(counted == kept, "orders come to {counted}, the figures kept of them to '{kept}'");
    let mut numbers = counted.split(' ').map(str::parse);
    let (Some(Ok(orders)), Some(Ok(items))) = (numbers.next(), numbers.next()) else {
        anyhow::bail!("nothing counted")
    };
    if wanted <= RECOUNTED {
        world.stoa(&["rollups", "verify", "--tenant", TENANT], "")?;
    }
    Ok(Filled { orders, items })
}
