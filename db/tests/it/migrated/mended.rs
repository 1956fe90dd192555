//! Days and keys that an older version computed otherwise.

use db::platform::Platform;
use db::testing::{self, TestDb};
use db::{Access, rollups};
use domain::orders::OrderQuery;
use domain::orders::new_order::Draft;
use domain::orders::query::AmountsIn;
use domain::permission::Permission;
use domain::tenants::TenantQuery;
use sqlx::{Connection, Executor, PgConnection};

use super::{FIRST_DAY, carry_over, owner, walls};

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
