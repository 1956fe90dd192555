//! The real file, and an independent recount of it in SQL: from the raw lines as PostgreSQL itself reads them.

use domain::imports::{Format, Summary};
use sqlx::Row;
use sqlx::postgres::PgConnection;
use tokio_util::sync::CancellationToken;

use crate::setup::{Shop, real_file};

/// What SQL counts in the raw lines.
const RECOUNT: &str = "
create temp table lines as
  select n, trim(invoice) invoice, trim(code) code, trim(coalesce(description, '')) description, quantity::bigint quantity,
    to_timestamp(at, 'MM/DD/YY HH24:MI')::timestamp at, (price::numeric * 100)::bigint price, customer
  from raw;
create temp table invoices as
  select invoice, (array_agg(at order by n))[1] at, count(*) lines,
    sum(case when upper(code) = 'D' then -abs(quantity * price) else quantity * price end)::bigint total,
    case when invoice like 'C%' then 'return' when bool_and(quantity < 0 and price = 0) then 'skipped' else 'sale' end kind
  from lines group by invoice";

async fn recount(conn: &mut PgConnection) {
    sqlx::raw_sql("create temp table raw (n bigserial, invoice text, code text, description text, quantity text, at text, price text, customer text, country text, total text)")
        .execute(&mut *conn).await.unwrap();
    let copy = "copy raw (invoice, code, description, quantity, at, price, customer, country, total) from stdin (format csv, header)";
    let mut copying = conn.copy_in_raw(copy).await.unwrap();
    copying.send(std::fs::read(real_file()).unwrap()).await.unwrap();
    copying.finish().await.unwrap();
    sqlx::raw_sql(RECOUNT).execute(conn).await.unwrap();
}

/// The summary that the raw lines ask for.
async fn expected(conn: &mut PgConnection) -> Summary {
    let sql = "select count(*) filter (where kind = 'sale') orders, count(*) filter (where kind = 'return') returns, \
                 count(*) filter (where kind = 'skipped') skipped, sum(lines)::bigint as read, \
                 (sum(lines) filter (where kind <> 'skipped'))::bigint items, \
                 (sum(total) filter (where kind = 'sale'))::bigint sales_total, (sum(total) filter (where kind = 'return'))::bigint returns_total \
               from invoices";
    let row = sqlx::query(sql).fetch_one(conn).await.unwrap();
    let count = |name| u64::try_from(row.get::<i64, _>(name)).unwrap();
    let mut summary = Summary {
        read: count("read"),
        orders: count("orders"),
        returns: count("returns"),
        skipped: count("skipped"),
        items: count("items"),
        ..Summary::default()
    };
    let totals = summary.currencies.entry("GBP".into()).or_default();
    (totals.sales_total, totals.returns_total) = (row.get("sales_total"), row.get("returns_total"));
    summary
}

/// Compares everything that is stored with the raw lines.
async fn agrees_with_the_raw_lines(shop: &Shop, summary: &Summary) {
    let pool = shop.test.owner(shop.access.tenant()).await;
    let mut conn = pool.acquire().await.unwrap();
    recount(&mut conn).await;
    let expected = expected(&mut conn).await;
    assert_eq!(*summary, expected);
    assert_eq!((expected.read, expected.orders, expected.returns, expected.skipped), (28_492, 1_052, 156, 67));
    assert_eq!(
        (expected.currencies["GBP"].sales_total, expected.currencies["GBP"].returns_total),
        (54_036_113, -6_337_656)
    );
    for (what, sql) in [
        (
            "orders",
            "select count(*) from invoices i full join orders o on o.number = i.invoice where i.kind is distinct from 'skipped' \
            and (o.total, o.kind, o.item_count, o.placed_at, o.local_day) is distinct from (i.total, i.kind, i.lines, i.at at time zone 'Europe/London', i.at::date)",
        ),
        (
            "skipped orders",
            "select count(*) from invoices i join orders o on o.number = i.invoice where i.kind = 'skipped'",
        ),
        (
            "items",
            "select count(*) from (select invoice, code, quantity, price, count(*) from lines join invoices using (invoice) where kind <> 'skipped' group by 1, 2, 3, 4 \
            except select o.number, i.sku, i.quantity, i.unit_price, count(*) from order_items i join orders o on o.id = i.order_id group by 1, 2, 3, 4) different",
        ),
        (
            "days",
            "select count(*) from (select at::date d, sum(total) t from invoices where kind <> 'skipped' group by 1) i \
            full join rollup_days r on r.day = i.d where i.t is distinct from r.gross - r.discounts - r.returned - r.refunded + r.shipping + r.tax + r.fees",
        ),
        (
            "customers",
            "select abs((select count(*) from customers) - (select count(distinct customer) from lines join invoices using (invoice) where kind <> 'skipped'))",
        ),
        (
            "titles",
            "with named as (select code, description, count(*) c, min(n) n from lines where description <> '' group by 1, 2), \
            best as (select distinct on (code) code, description from named order by code, c desc, n) \
            select count(*) from variants v left join best b on b.code = v.sku join products p on p.id = v.product_id \
            where v.title <> coalesce(b.description, v.sku) or p.title <> v.title",
        ),
        (
            "problems",
            "select abs((select count(*) from import_problems where kind = 'skipped') - (select sum(lines)::bigint from invoices where kind = 'skipped'))",
        ),
    ] {
        let different: i64 =
            sqlx::query_scalar(sql).fetch_one(&mut *conn).await.unwrap_or_else(|e| panic!("{what}: {e}"));
        assert_eq!(different, 0, "{what}");
    }
    drop(conn);
    pool.close().await;
    let scope = shop.access.scope(domain::permission::Permission::ReadReports).unwrap();
    assert_eq!(db::rollups::verify(&scope).await.unwrap(), []);
}

#[tokio::test]
async fn the_real_file_goes_in_to_the_penny_and_twice_is_once() {
    let shop = Shop::new().await;
    let first = shop.import(Format::OnlineRetail, real_file()).await.unwrap();
    assert_eq!(first.problem_count, 67);
    assert_eq!(first.problems.len(), 20);
    assert!(first.problems[0].reason.starts_with("Stock adjustment"), "{:?}", first.problems[0]);
    agrees_with_the_raw_lines(&shop, &first.summary).await;
    let rows = shop.rows().await;
    let second = shop.import(Format::OnlineRetail, real_file()).await.unwrap();
    assert!(second.already_imported.is_some());
    assert_eq!((second.summary.orders, second.summary.returns, second.summary.items), (0, 0, 0));
    assert_eq!((second.summary.unchanged, second.summary.currencies["GBP"].sales_total), (1_208, 0));
    assert_eq!(shop.rows().await, rows);
    // The same orders in a file of other bytes are known one by one.
    let mut bytes = std::fs::read(real_file()).unwrap();
    bytes.extend_from_slice(b"\r\n");
    let third = shop.import(Format::OnlineRetail, shop.file("again.csv", bytes)).await.unwrap();
    assert_eq!((third.summary.unchanged, third.summary.orders, third.summary.rejected), (1_208, 0, 0));
    assert_eq!(third.already_imported, None);
}

#[tokio::test]
async fn a_dry_run_says_the_same_and_stores_nothing() {
    let shop = Shop::new().await;
    let rows = shop.rows().await;
    let mut options = shop.options(Format::OnlineRetail, real_file());
    options.dry_run = true;
    let dry = jobs::imports::run_file(&shop.access, options).await.unwrap();
    assert_eq!(shop.rows().await, rows);
    let real = shop.import(Format::OnlineRetail, real_file()).await.unwrap();
    assert_eq!((dry.summary, dry.problem_count), (real.summary, real.problem_count));
    assert_eq!(dry.problems.len() as u64, dry.problem_count, "it has no page, so it tells all");
    assert_eq!(dry.problems[..real.problems.len()], real.problems);
}

#[tokio::test]
async fn stopped_after_each_batch_and_resumed_the_figures_are_the_same() {
    let shop = Shop::new().await;
    let mut stops = 0;
    let outcome = loop {
        let stop = CancellationToken::new();
        let stopping = async {
            let before = shop.count("select coalesce(max(checkpoint), 0) from import_runs").await;
            while shop.count("select coalesce(max(checkpoint), 0) from import_runs").await == before {
                tokio::task::yield_now().await;
            }
            stop.cancel();
            std::future::pending::<()>().await;
        };
        let options = shop.options(Format::OnlineRetail, real_file());
        tokio::select! {
            done = jobs::imports::run_file_until(&shop.access, options, &stop) => match done {
                Ok(outcome) => break outcome,
                Err(jobs::imports::ImportError::Stopped) => stops += 1,
                Err(error) => panic!("{error}"),
            },
            () = stopping => {}
        }
    };
    assert!(stops >= 2, "{stops}");
    assert_eq!(shop.count("select count(*) from import_runs").await, 1);
    agrees_with_the_raw_lines(&shop, &outcome.summary).await;
}

#[tokio::test]
async fn killed_midway_and_resumed_the_figures_are_the_same() {
    let shop = Shop::new().await;
    let mut child = crate::killed::spawn(&shop, Format::OnlineRetail, &real_file());
    while shop.count("select coalesce(max(checkpoint), 0) from import_runs").await == 0 {
        assert!(child.try_wait().unwrap().is_none(), "the child ended by itself");
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let stored = shop.count("select count(*) from orders").await;
    assert!(stored > 0 && stored < 1_208, "{stored}");
    let outcome = shop.import(Format::OnlineRetail, real_file()).await.unwrap();
    agrees_with_the_raw_lines(&shop, &outcome.summary).await;
}
