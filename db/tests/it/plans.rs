//! What background work asks of all tenants, or of a whole one, is found by an index however much there is.

use db::platform::Platform;
use db::testing::{self, TestDb, plans};
use domain::ids::{CustomerId, Uuid};
use domain::orders::new_order::Draft;
use domain::permission::Permission;
use serde_json::json;

#[tokio::test]
async fn due_emails_summaries_and_low_stock_are_found_among_many_rows() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "shop").await;
    let owner = db.owner(access.tenant()).await;
    let tenant = access.tenant().0;
    for sql in [
        "insert into stores (tenant_id, id, slug, name, time_zone, currency, created_at) \
         select $1, gen_random_uuid(), 's' || n, 'S', 'UTC', 'GBP', now() from generate_series(1, 4000) n",
        "insert into settings select $1, id, 'stock.alerts', '[\"a@b.test\"]', now() from stores",
        "insert into summary_schedule select $1, id, now() + interval '1 hour' from stores",
        "update summary_schedule set due_at = now() where store_id in (select store_id from summary_schedule limit 5)",
        "insert into mail_outbox (tenant_id, id, key, kind, recipient, subject, body, status, due_at, sent_at, created_at) \
         select $1, gen_random_uuid(), 'k' || n, 'test', 'a@b.test', 's', '{}', 'sent', now(), now(), now() from generate_series(1, 20000) n",
        "update mail_outbox set status = 'queued', sent_at = null where id in (select id from mail_outbox limit 5)",
        "insert into products (tenant_id, id, store_id, title, created_at) select $1, s.id, s.id, 'P', now() from stores s",
        "insert into variants (tenant_id, id, product_id, store_id, sku, title, created_at) select $1, s.id, s.id, s.id, 'SKU', 'V', now() from stores s",
        "insert into stock_levels (tenant_id, variant_id, store_id, quantity, threshold, counted_at, updated_at) \
         select $1, s.id, s.id, 10, 3, now(), now() from stores s",
        "update stock_levels set quantity = 1 where variant_id in (select variant_id from stock_levels limit 5)",
    ] {
        let mut query = sqlx::query(sql);
        if sql.contains("$1") {
            query = query.bind(tenant);
        }
        query.execute(&owner).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    }
    sqlx::query("analyze").execute(&owner).await.unwrap();
    let platform = Platform::command(db.db.clone());
    for (plan, index) in [
        (plans::mail_due(&platform).await, "mail_outbox_due"),
        (plans::summaries_due(&platform).await, "summary_schedule_due"),
        (plans::stock_low(&platform).await, "stock_levels_low"),
    ] {
        assert!(plan.contains(index), "{index} in\n{plan}");
        for table in ["mail_outbox", "summary_schedule", "stock_levels", "settings"] {
            assert!(!plan.contains(&format!("Seq Scan on {table}")), "{plan}");
        }
    }
    let low = db::stock::stores_running_low(&platform, 10).await.unwrap();
    assert_eq!((low.len(), db::outbox::claim(&platform, 10).await.unwrap().len()), (5, 5));
    assert_eq!(db::summaries::due(&platform, db.db.clock().now(), 10).await.unwrap().len(), 5);
}

#[tokio::test]
async fn a_batch_of_customers_reads_their_orders_by_index() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "shop").await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    for chunk in 0..5_i64 {
        let order = |n: i64| {
            let at = scope.now() - chrono::Duration::hours(n % 2_000);
            let body = json!({
                "store": "north", "number": format!("N{n}"), "placed_at": at, "currency": "GBP",
                "customer": {"email": format!("c{}@example.com", n % 1_500)},
                "items": [{"sku": "A", "title": "A", "quantity": 1, "unit_price": 100}],
            });
            Draft::checked_from_json(&body, scope.now()).unwrap().1
        };
        testing::place_all(&scope, &store, &(chunk * 800..(chunk + 1) * 800).map(order).collect::<Vec<_>>()).await;
    }
    let owner = db.owner(access.tenant()).await;
    sqlx::query("analyze").execute(&owner).await.unwrap();
    let last: Uuid =
        sqlx::query_scalar("select id from customers order by id offset 20 limit 1").fetch_one(&owner).await.unwrap();
    let plan = plans::metrics(&scope, CustomerId(last)).await;
    assert!(plan.contains("customer_id_placed_at_id_idx"), "{plan}");
    // Quarters without a single order have nothing to read by index.
    let scanned = plan.lines().any(|l| l.contains("Seq Scan on") && !l.contains("(cost=0.00..0.00"));
    assert!(!scanned, "{plan}");
}
