//! Migrations on a database that is in use: everything that was there is there afterwards, and the walls stand.

mod mended;
mod rows;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use db::orders::refund;
use db::testing::{self, TestDb};
use db::{Access, audit, rollups};
use domain::orders::OrderQuery;
use domain::orders::refund::RefundRequest;
use domain::permission::Permission;
use futures::TryStreamExt;
use sqlx::{Connection, Executor, PgConnection};

/// The last migration of the first day: orders, items, customers, rollups, feed and imports are there, and nothing else.
const FIRST_DAY: u32 = 5;

/// Tables of then that hold what must not be touched, each after those that it needs.
const KEPT: [&str; 18] = [
    "tiers",
    "tenants",
    "users",
    "stores",
    "memberships",
    "settings",
    "customers",
    "products",
    "variants",
    "orders",
    "order_items",
    "order_refs",
    "refunds",
    "order_timeline",
    "rollup_days",
    "rollup_hours",
    "rollup_products",
    "feed_heads",
];

async fn owner(url: &str) -> PgConnection {
    let mut owner = PgConnection::connect(url).await.unwrap();
    owner.execute("set app.backup = 'on'; set app.platform = 'on'").await.unwrap();
    owner
}

/// Two tenants with orders in two quarters, one of them refunded.
async fn two_shops(db: &TestDb) -> [Access; 2] {
    let mut shops = Vec::new();
    for slug in ["ours", "theirs"] {
        let access = testing::tenant(&db.db, slug).await;
        let store = testing::store(&access, "north", "Europe/London", "GBP").await;
        let scope = access.scope(Permission::RefundOrders).unwrap();
        for (number, day) in
            [("1", "2026-08-15T23:30:00Z"), ("2", "2026-11-01T10:00:00Z"), ("3", "2026-11-02T11:00:00Z")]
        {
            let order = testing::order(&store, number, day.parse::<DateTime<Utc>>().unwrap(), 3);
            let placed = testing::place_all(&scope, &store, &[order]).await;
            if let ("2", db::orders::place::Placed::Stored(id)) = (number, &placed[0]) {
                // Goods alone, and not all of them: the first day knew neither parts nor what need not be sent.
                refund::refund(&scope, *id, &RefundRequest::lines([(1, 1)]), "torn", None).await.unwrap();
            }
        }
        shops.push(access);
    }
    shops.try_into().unwrap_or_else(|_| panic!("two"))
}

const WITHOUT_TENANT: [&str; 3] = ["tiers", "tenants", "users"];

// The walls of what was copied, up or down.
async fn walls(conn: &mut PgConnection, verb: &str) {
    for table in KEPT.into_iter().chain(["feed_events", "audit_entries"]).filter(|t| !WITHOUT_TENANT.contains(t)) {
        conn.execute(sqlx::AssertSqlSafe(format!("alter table {table} {verb} row level security"))).await.unwrap();
    }
}

async fn columns(owner: &mut PgConnection, table: &str) -> Vec<String> {
    let sql = "select quote_ident(attname) from pg_attribute where attrelid = $1::text::regclass and attnum > 0 \
               and not attisdropped and attgenerated = '' order by attname";
    sqlx::query_scalar(sql).bind(table).fetch_all(owner).await.unwrap()
}

/// Rows of the filled database, put into the old one as they would have stood there then.
async fn carry_over(from: &mut PgConnection, into: &mut PgConnection) {
    for day in ["2026-08-15", "2026-11-01"] {
        sqlx::query("select stoa_ensure_quarter($1::text::date)").bind(day).execute(&mut *into).await.unwrap();
    }
    for table in KEPT.into_iter().chain(["feed_events"]) {
        let of_now = columns(from, table).await;
        let list: Vec<String> = columns(into, table).await.into_iter().filter(|c| of_now.contains(c)).collect();
        let list = list.join(", ");
        let mut rows = from.copy_out_raw(&format!("copy (select {list} from {table}) to stdout")).await.unwrap();
        let mut copy = into.copy_in_raw(&format!("copy {table} ({list}) from stdin")).await.unwrap();
        while let Some(piece) = rows.try_next().await.unwrap() {
            copy.send(piece).await.unwrap();
        }
        drop(rows);
        copy.finish().await.unwrap();
    }
    // What was noted then, before the record was chained.
    let noted = "insert into audit_entries (tenant_id, at, id, actor, action, subject, details) \
                 select id, created_at + n * interval '1 minute', gen_random_uuid(), 'command', 'order.place', n::text, '{\"n\": 1}' \
                 from tenants, generate_series(1, 5) n";
    into.execute(noted).await.unwrap();
}

/// How many rows each table holds, and a hash of them in the columns of `of`.
async fn contents(
    owner: &mut PgConnection,
    of: &BTreeMap<&'static str, Vec<String>>,
) -> BTreeMap<&'static str, (i64, String)> {
    let mut found = BTreeMap::new();
    for (table, columns) in of {
        let sql = format!(
            "select count(*), coalesce(md5(string_agg(r::text, '' order by r::text)), '') \
             from (select {} from {table}) r",
            columns.join(", ")
        );
        found.insert(*table, sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_one(&mut *owner).await.unwrap());
    }
    found
}

#[tokio::test]
async fn a_filled_database_of_the_first_day_is_brought_up_to_date_row_by_row() {
    let filled = TestDb::new().await;
    let shops = two_shops(&filled).await;
    let old = TestDb::begun(FIRST_DAY).await;
    let mut before = PgConnection::connect(&old.owner_url).await.unwrap();
    // Nobody could see all tenants on the first day: without the walls, for as long as it takes to write and to look.
    walls(&mut before, "disable").await;
    carry_over(&mut owner(&filled.owner_url).await, &mut before).await;
    let mut of = BTreeMap::new();
    for table in KEPT.into_iter().chain(["feed_events"]) {
        of.insert(table, columns(&mut before, table).await);
    }
    let was = contents(&mut before, &of).await;
    walls(&mut before, "enable").await;
    assert_eq!((was["orders"].0, was["order_items"].0, was["refunds"].0), (6, 12, 2), "there is something to lose");
    before.close().await.unwrap();

    let left = old.migrate().await;
    assert!(left > 10, "{left} migrations were still to be run");
    let mut after = owner(&old.owner_url).await;
    assert_eq!(contents(&mut after, &of).await, was, "every row as it was");

    crate::walls::stand(&mut after).await;
    for access in &shops {
        let access = Access::command(old.db.clone(), access.tenant());
        let scope = access.scope(Permission::RefundOrders).unwrap();
        assert_eq!(rollups::verify(&scope).await.unwrap(), [], "figures equal a recount");
        let seen = db::orders::list::list(&scope, &OrderQuery::default()).await.unwrap().rows;
        assert_eq!(seen.len(), 3, "its own orders and nobody else's");
        let sound = audit::verify(&access.scope(Permission::ReadAudit).unwrap()).await.unwrap();
        assert_eq!((sound.sound, sound.broken.is_none()), (5, true), "what was noted is chained");
        let used: i64 = sqlx::query_scalar("select sum(orders)::bigint from usage_months where tenant_id = $1")
            .bind(access.tenant().0)
            .fetch_one(&mut after)
            .await
            .unwrap();
        assert_eq!(used, 3, "what was there is counted");
        // And it is lived in: the next order, and the feed that goes on.
        let head = testing::head(&access).await;
        let tx = scope.begin().await.unwrap();
        let store = db::stores::by_slug(&tx, "north").await.unwrap();
        tx.commit().await.unwrap();
        testing::place_all(&scope, &store, &[testing::order(&store, "4", old.db.clock().now(), 1)]).await;
        assert!(testing::head(&access).await > head);
        assert_eq!(rollups::verify(&scope).await.unwrap(), []);
    }
}
