//! Migrations on a database that is in use: everything that was there is there afterwards, and the walls stand.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use db::orders::refund;
use db::platform::Platform;
use db::testing::{self, TestDb};
use db::{Access, audit, rollups};
use domain::orders::OrderQuery;
use domain::orders::new_order::Draft;
use domain::orders::query::AmountsIn;
use domain::orders::refund::RefundRequest;
use domain::permission::Permission;
use domain::tenants::TenantQuery;
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
                refund::refund(&scope, *id, &RefundRequest::Full, "torn", None).await.unwrap();
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

/// A shop as an older version left it: the orders are carried over from today's, then set to what was stored then.
async fn as_it_was_left(old: &TestDb) -> (Access, TestDb) {
    let filled = TestDb::new().await;
    let access = testing::tenant(&filled.db, "ours").await;
    let store = testing::store(&access, "north", "CET", "GBP").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let order = |number: &str, at: &str, email: &str, sku: &str| {
        let body = serde_json::json!({
            "store": "north", "number": number, "placed_at": at, "currency": "GBP", "customer": {"email": email, "name": "Buyer"},
            "items": [{"sku": sku, "title": "Thing", "quantity": 1, "unit_price": 100}],
        });
        Draft::checked_from_json(&body, filled.db.clock().now()).unwrap().1
    };
    let orders = [
        order("evening", "2026-07-01T22:30:00Z", "ΟΔΟΣ@example.com", "ŞİŞ"),
        order("leap", "2026-06-30T22:00:00Z", "Plain@Example.com", "PLAIN"),
    ];
    testing::place_all(&scope, &store, &orders).await;
    let mut conn = PgConnection::connect(&old.owner_url).await.unwrap();
    walls(&mut conn, "disable").await;
    for day in ["2026-05-15", "2026-08-15"] {
        sqlx::query("select stoa_ensure_quarter($1::text::date)").bind(day).execute(&mut conn).await.unwrap();
    }
    carry_over(&mut owner(&filled.owner_url).await, &mut conn).await;
    for sql in [
        // Second 60 was counted and kept on the day that it was written with, though it was stored as the next second.
        "update orders set local_day = '2026-06-30' where number = 'leap'",
        "update rollup_days set day = '2026-06-30' where day = '2026-07-01'",
        "update rollup_products set day = '2026-06-30' where day = '2026-07-01'",
        // A nightly repair believed PostgreSQL, for which CET knows no summer.
        "update rollup_days set day = '2026-07-01' where day = '2026-07-02'",
        "update rollup_products set day = '2026-07-01' where day = '2026-07-02'",
        // Lowered with a sigma as it ends a word.
        "update tenants set name = 'ΟΔΟΣ İREM'",
        "update customers set identity = 'e:οδος@example.com' where name = 'Buyer' and identity <> 'e:plain@example.com'",
    ] {
        assert!(conn.execute(sql).await.unwrap().rows_affected() > 0, "{sql}");
    }
    walls(&mut conn, "enable").await;
    (access, filled)
}

#[tokio::test]
async fn days_and_keys_that_an_older_version_stored_are_mended() {
    let old = TestDb::begun(FIRST_DAY).await;
    let (access, _filled) = as_it_was_left(&old).await;
    old.migrate().await;
    let access = Access::command(old.db.clone(), access.tenant());
    let scope = access.scope(Permission::WriteOrders).unwrap();
    assert!(!rollups::verify(&scope).await.unwrap().is_empty(), "there is something to mend");
    assert!(db::mend::once(&old.db).await.unwrap() > 0);
    assert_eq!(rollups::verify(&scope).await.unwrap(), []);
    assert_eq!(db::mend::once(&old.db).await.unwrap(), 0, "nothing is left to do");
    // What a server of the version before stores beside the new schema is found in the next nights.
    let app = old.owner(access.tenant()).await;
    let silent = "update orders set customer_email = null, customer_email_key = null, customer_name = null";
    assert_eq!(sqlx::query(silent).execute(&app).await.unwrap().rows_affected(), 2);
    sqlx::query("update variants set sku_key = ''").execute(&app).await.unwrap();
    assert_eq!(db::mend::once(&old.db).await.unwrap(), 6, "two buyers, their two keys, two SKUs");
    assert_eq!(db::mend::rows(&old.db, access.tenant()).await.unwrap(), 0);

    let found = async |pairs: &[(&str, &str)]| {
        let query = OrderQuery::parse(pairs.iter().copied(), AmountsIn::Major, &testing::seal()).unwrap();
        let rows = db::orders::list::list(&scope, &query).await.unwrap().rows;
        rows.into_iter().map(|row| (row.number, row.customer.unwrap())).collect::<Vec<_>>()
    };
    for (text, number) in [
        ("ΟΔΟΣ@example.com", "evening"),
        ("οδος@", "evening"),
        ("şiş", "evening"),
        ("plain@example.com", "leap"),
        ("plain", "leap"),
    ] {
        let rows = found(&[("q", text)]).await;
        assert_eq!(rows.iter().map(|(number, _)| number.as_str()).collect::<Vec<_>>(), [number], "{text}");
        assert_eq!(rows[0].1.name.as_deref(), Some("Buyer"), "an old order says what its customer's record says");
    }
    for (day, number) in [("2026-07-01", "leap"), ("2026-07-02", "evening")] {
        assert_eq!(found(&[("from", day), ("to", day)]).await[0].0, number, "{day}");
    }
    for text in ["οδος", "IREM", "our"] {
        let query = TenantQuery { q: Some(text.into()), ..TenantQuery::default() };
        let found = Platform::command(old.db.clone()).find_tenants(&query, 9).await.unwrap();
        assert_eq!(found.len(), 1, "{text}");
    }
    // The same person is recognised by what they are recognised by now.
    let tx = scope.begin().await.unwrap();
    let store = db::stores::by_slug(&tx, "north").await.unwrap();
    tx.commit().await.unwrap();
    let body = serde_json::json!({
        "store": "north", "number": "again", "placed_at": "2026-07-03T10:00:00Z", "currency": "GBP",
        "customer": {"email": "οδοσ@EXAMPLE.com"}, "items": [{"sku": "şiş", "title": "Thing", "quantity": 1, "unit_price": 100}],
    });
    let (_, order) = Draft::checked_from_json(&body, old.db.clock().now()).unwrap();
    testing::place_all(&scope, &store, &[order]).await;
    let rows = found(&[("q", "οδος@example.com")]).await;
    assert_eq!((rows.len(), rows[0].1.id == rows[1].1.id), (2, true), "{rows:?}");
}

#[tokio::test]
async fn numbers_and_titles_of_before_are_found_and_called_as_today() {
    let old = TestDb::before("m20261130_000301_key_numbers").await;
    let mut before = owner(&old.owner_url).await;
    let (tenant, store) = (uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2));
    let set = format!("set app.tenant = '{tenant}'");
    before.execute(sqlx::AssertSqlSafe(set)).await.unwrap();
    for sql in [
        "insert into tiers (id, slug, name, created_at) values ($2, 'old', 'Old', now())",
        "insert into tenants (id, slug, name, tier_id, created_at) values ($1, 'old', 'Old', $2, now())",
        "insert into stores (tenant_id, id, slug, name, time_zone, currency, week_start, created_at) \
         values ($1, $2, 'north', 'North', 'UTC', 'GBP', 1, now())",
        "insert into order_refs (tenant_id, store_id, number, order_id, placed_at, fingerprint) \
         select $1, $2, n, gen_random_uuid(), '2026-08-15', '' from unnest(array['#1001', 'No. 1002', '0012', 'SHOP-7', '1003']) n",
        "insert into products (tenant_id, id, store_id, title, created_at) values ($1, $2, $2, 'Old', now())",
        "insert into variants (tenant_id, id, product_id, store_id, sku, title, created_at) values ($1, $2, $2, $2, 'REN', 'Old', now())",
        "insert into order_items (tenant_id, placed_at, order_id, position, store_id, variant_id, sku, title, kind, quantity, unit_price, amount) \
         select $1, at::timestamptz, gen_random_uuid(), 1, $2, $2, 'REN', title, 'product', 1, 1, 1 \
         from (values ('2026-08-15', 'Old'), ('2026-11-02', 'New'), ('2026-11-01', 'Between')) l (at, title)",
    ] {
        for day in ["2026-08-15", "2026-11-01"] {
            sqlx::query("select stoa_ensure_quarter($1::text::date)").bind(day).execute(&mut before).await.unwrap();
        }
        let sql = format!("with bound as (select $1::uuid, $2::uuid) {sql}");
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(tenant).bind(store).execute(&mut before).await.unwrap();
    }
    assert!(old.migrate().await >= 2);
    let found: Vec<(String, String, Option<String>)> =
        sqlx::query_as("select number, number_key, tail_key from order_refs order by number collate \"C\"")
            .fetch_all(&mut before)
            .await
            .unwrap();
    let found: Vec<(&str, &str, Option<&str>)> =
        found.iter().map(|(number, key, tail)| (number.as_str(), key.as_str(), tail.as_deref())).collect();
    assert_eq!(
        found,
        [
            ("#1001", "1001", Some("1001")),
            ("0012", "0012", Some("12")),
            ("1003", "1003", None),
            ("No. 1002", "1002", Some("1002")),
            ("SHOP-7", "shop-7", Some("7")),
        ]
    );
    let titles: (String, String, bool) = sqlx::query_as(
        "select v.title, p.title, v.titled_at = '2026-11-02' from variants v join products p on p.tenant_id = v.tenant_id and p.id = v.product_id",
    )
    .fetch_one(&mut before)
    .await
    .unwrap();
    assert_eq!(titles, ("New".into(), "New".into(), true));
}

#[tokio::test]
async fn accounts_and_answers_of_an_older_version_are_kept() {
    let old = TestDb::before("m20261130_000501_keep_replays_within_reach").await;
    let mut before = owner(&old.owner_url).await;
    let tenant = "11111111-1111-1111-1111-111111111111";
    for sql in [
        "insert into tiers (id, slug, name, created_at) values (gen_random_uuid(), 'old', 'Old', now())",
        "insert into tenants (id, slug, name, tier_id, created_at) select $1, 'ours', 'Ours', id, now() from tiers where slug = 'old'",
        "insert into users (id, email, password_hash, created_at) \
         select gen_random_uuid(), e, '', now() + n * interval '1 second' \
         from unnest(array['Ana@Shop.test', 'bob@shop.test', 'bob@shop.test.', 'İris@shop.test']) with ordinality u (e, n)",
        "select set_config('app.tenant', $1, false)",
        "insert into memberships (tenant_id, user_id, role, created_at) select $1, id, 'owner', now() from users",
        "insert into invitations (tenant_id, id, email, role, token_hash, invited_by, created_at, sent_at, expires_at) \
         values ($1, gen_random_uuid(), 'Guest@Shop.test', 'viewer', 'x', 'command', now(), now(), now() + interval '1 day')",
        "insert into idempotency_keys (tenant_id, key, request_hash, status, body, created_at) values ($1, 'k', 'hash', 201, 'made', now())",
        "insert into second_factors (user_id, secret, created_at) select id, 'x', now() from users where email like 'Ana%'",
        "insert into second_factors (user_id, secret, created_at, confirmed_at) select id, 'x', now(), now() from users where email = 'bob@shop.test'",
    ] {
        before.execute(sqlx::AssertSqlSafe(sql.replace("$1", &format!("'{tenant}'")))).await.unwrap();
    }
    before.close().await.unwrap();
    assert!(old.migrate().await >= 3);
    assert_eq!(
        db::people::email_keys::mend(&old.db).await.unwrap(),
        ["bob@shop.test."],
        "told apart from the older one"
    );
    let find = async |email: &str| db::people::find(&old.db, email).await.unwrap();
    for email in ["ana@shop.test", "BOB@shop.test.", "iris@shop.test"] {
        let id = find(email).await.unwrap_or_else(|| panic!("{email} is not found"));
        let person = db::people::person(&old.db, id).await.unwrap().unwrap();
        assert!(person.is_proven, "{email}");
        assert_eq!(person.has_second_factor, email.starts_with("BOB"), "only what was confirmed counts");
        assert_eq!(db::people::memberships(&old.db, id).await.unwrap().len(), 1, "{email}");
    }
    let access = Access::command(old.db.clone(), tenant.parse().unwrap());
    assert!(db::team::is_invited(&old.db, access.tenant(), "GUEST@shop.test").await.unwrap());
    let tx = access.scope(Permission::WriteOrders).unwrap().begin().await.unwrap();
    let claim = db::idempotency::claim(&tx, "k", b"hash").await.unwrap();
    assert!(
        matches!(claim, db::idempotency::Claim::Replay(_)),
        "whoever reaches all stores is answered as before: {claim:?}"
    );
    tx.end();
}
