//! Two walls between tenants, each alone enough: the query layer's filter and row level security.

use db::orders::{cancel, list, refund, show, summary};
use db::testing::{self, TestDb};
use db::{Access, DataError, Scope};
use domain::ids::OrderId;
use domain::orders::OrderQuery;
use domain::orders::refund::RefundRequest;
use domain::permission::{KeyScope, Permission, Role};
use sqlx::{Connection, PgConnection};

async fn two_tenants(db: &TestDb) -> (Access, Access, OrderId) {
    let (ours, theirs) = (testing::tenant(&db.db, "ours").await, testing::tenant(&db.db, "theirs").await);
    let scope = |access: &Access| access.scope(Permission::WriteOrders).unwrap();
    let mut ids = Vec::new();
    for access in [&ours, &theirs] {
        let store = testing::store(access, "north", "Europe/London", "GBP").await;
        let placed =
            testing::place_all(&scope(access), &store, &[testing::order(&store, "1", db.db.clock().now(), 2)]).await;
        let db::orders::place::Placed::Stored(id) = placed[0] else { panic!("{placed:?}") };
        ids.push(id);
    }
    (ours, theirs, ids[1])
}

async fn sees_nothing_of(scope: &Scope, foreign: OrderId) {
    assert!(matches!(show::by_id(scope, foreign).await, Err(DataError::NotFound("order"))));
    assert!(matches!(cancel::cancel(scope, foreign, "").await, Err(DataError::NotFound("order"))));
    assert!(matches!(
        refund::refund(scope, foreign, &RefundRequest::full(), "", None).await,
        Err(DataError::NotFound("order"))
    ));
    let seen = list::list(scope, &OrderQuery::default()).await.unwrap().rows;
    assert!(seen.iter().all(|order| order.id != foreign));
}

#[tokio::test]
async fn a_tenant_sees_its_own_rows_only() {
    let db = TestDb::new().await;
    let (ours, _, foreign) = two_tenants(&db).await;
    let scope = ours.scope(Permission::RefundOrders).unwrap();
    sees_nothing_of(&scope, foreign).await;
    assert_eq!(list::list(&scope, &OrderQuery::default()).await.unwrap().rows.len(), 1);
}

#[tokio::test]
async fn row_level_security_alone_holds() {
    let db = TestDb::new().await;
    let (ours, theirs, foreign) = two_tenants(&db).await;
    // The query layer now asks for the other tenant's rows by name.
    let scope = ours.scope(Permission::RefundOrders).unwrap().with_broken_filter(theirs.tenant());
    sees_nothing_of(&scope, foreign).await;
    assert!(list::list(&scope, &OrderQuery::default()).await.unwrap().rows.is_empty());
    assert_eq!(summary::summary(&scope, &OrderQuery::default()).await.unwrap().found, 0);
    let store = testing::store(&theirs, "south", "Europe/London", "GBP").await;
    let tx = scope.begin().await.unwrap();
    let order = testing::order(&store, "2", db.db.clock().now(), 1);
    let written = db::orders::place::place(&tx, &store, &[order], db::orders::place::Via::Api).await;
    assert_eq!(written.unwrap_err().sql_state().as_deref(), Some("42501"), "row level security refuses the row");
}

#[tokio::test]
async fn the_query_layer_alone_holds() {
    let db = TestDb::new().await;
    let (ours, _, foreign) = two_tenants(&db).await;
    db.tear_down_walls().await;
    let scope = ours.scope(Permission::RefundOrders).unwrap();
    sees_nothing_of(&scope, foreign).await;
    assert_eq!(list::list(&scope, &OrderQuery::default()).await.unwrap().rows.len(), 1);
    assert_eq!(summary::summary(&scope, &OrderQuery::default()).await.unwrap().found, 1);
    assert!(db::rollups::verify(&scope).await.unwrap().is_empty());
}

#[tokio::test]
async fn every_tenant_table_and_partition_has_its_wall() {
    let db = TestDb::new().await;
    db::partitions::ensure(&db.db, ["2011-02-03".parse().unwrap()]).await.unwrap();
    let mut owner = PgConnection::connect(&db.owner_url).await.unwrap();
    let tables = stand(&mut owner).await;
    assert!(tables.iter().any(|name| name == "orders_2011q1"), "{tables:?}");
}

/// Every table with a tenant in it, partitions included: each has its wall, and the tenant comes first in its keys.
pub async fn stand(owner: &mut PgConnection) -> Vec<String> {
    let sql = "select c.relname::text, c.relrowsecurity and c.relforcerowsecurity and exists \
                 (select from pg_policy p where p.polrelid = c.oid and p.polname = 'tenant_wall' and p.polqual is not null and p.polwithcheck is not null) \
               from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped \
               where c.relkind in ('r', 'p') order by 1";
    let tables: Vec<(String, bool)> = sqlx::query_as(sql).fetch_all(&mut *owner).await.unwrap();
    let open: Vec<&str> = tables.iter().filter(|(_, walled)| !walled).map(|(name, _)| name.as_str()).collect();
    assert!(open.is_empty(), "no wall: {open:?}");
    let sql = "select i.indexrelid::regclass::text from pg_index i join pg_class c on c.oid = i.indrelid \
               join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' where i.indisunique and i.indkey[0] <> a.attnum";
    let keys: Vec<String> = sqlx::query_scalar(sql).fetch_all(owner).await.unwrap();
    assert!(keys.is_empty(), "the tenant comes first in every unique key: {keys:?}");
    tables.into_iter().map(|(name, _)| name).collect()
}

#[tokio::test]
async fn the_app_owns_nothing_and_cannot_bypass() {
    let db = TestDb::new().await;
    db.db.check().await.unwrap();
    let mut app = PgConnection::connect(&db.url).await.unwrap();
    let rows: i64 = sqlx::query_scalar("select count(*) from stores").fetch_one(&mut app).await.unwrap();
    assert_eq!(rows, 0, "without a tenant there are no rows");
    for sql in [
        "create table x (a int)",
        "alter table orders disable row level security",
        "select * from orders_2026q4",
        "drop table orders",
    ] {
        let done = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut app).await;
        assert!(done.is_err(), "{sql}");
    }
}

#[tokio::test]
async fn the_tenant_never_carries_over_in_the_pool() {
    let db = TestDb::new().await;
    // Five connections for everybody.
    let shared = db.another(None).await;
    let (tenants, rounds) = if testing::full_counts() { (200, 1_000) } else { (40, 25) };
    let mut scopes = Vec::new();
    for n in 0..tenants {
        let access = testing::tenant(&db.db, &format!("t{n}")).await;
        testing::store(&access, &format!("only-{n}"), "UTC", "GBP").await;
        scopes.push(Access::command(shared.clone(), access.tenant()).scope(Permission::ReadOrders).unwrap());
    }
    for round in 0..rounds {
        let mut tasks = Vec::new();
        for (n, scope) in scopes.iter().enumerate() {
            let scope = scope.clone();
            let task = tokio::spawn(async move {
                let tx = scope.begin().await.unwrap();
                let stores = db::stores::list(&tx).await.unwrap();
                assert_eq!(stores.iter().map(|s| s.slug.as_str()).collect::<Vec<_>>(), [format!("only-{n}")]);
            });
            // Some before they began, some in their middle.
            match (n * 7 + round * 13) % 5 {
                0 => task.abort(),
                1 => {
                    tokio::task::yield_now().await;
                    task.abort();
                }
                _ => {}
            }
            tasks.push(task);
        }
        for task in tasks {
            if let Err(error) = task.await {
                assert!(error.is_cancelled(), "{error}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_are_broken_off_leave_no_transaction_open() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    let scope = access.scope(Permission::ReadOrders).unwrap();
    for n in 0..600_u64 {
        let scope = scope.clone();
        let reading = tokio::spawn(async move {
            let tx = scope.begin().await?;
            db::stores::list(&tx).await?;
            tx.commit().await
        });
        // Finer than a timer: the moments between question and answer are what matters.
        let until = std::time::Instant::now() + std::time::Duration::from_micros(n % 150 * 5);
        while std::time::Instant::now() < until {
            tokio::task::yield_now().await;
        }
        reading.abort();
        let _ = reading.await;
    }
    let sql = "select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'";
    testing::eventually("no transaction is open", async || (db.scalar(sql).await == 0).then_some(())).await;
}

#[tokio::test]
async fn a_role_or_key_without_the_permission_gets_no_handle() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "ours").await;
    let passwords = db::people::passwords::Passwords::new(1).unwrap();
    let viewer = db::people::create(&db.db, &passwords, "v@ours.test", "a long enough password", false).await.unwrap();
    db::people::set_role(&access, viewer, Role::Viewer).await.unwrap();
    let membership = &db::people::memberships(&db.db, viewer).await.unwrap()[0];
    let viewer = db::people::access(&db.db, viewer, membership);
    for permission in Permission::ALL {
        assert_eq!(viewer.scope(permission).is_ok(), Role::Viewer.allows(permission), "{permission:?}");
    }
    let manage = access.scope(Permission::ManageKeys).unwrap();
    let key = db::api_keys::create(&manage, &[KeyScope::OrdersRead], None).await.unwrap();
    let key = db::api_keys::access(&db.db, &key).await.unwrap().unwrap();
    assert!(key.scope(Permission::ReadOrders).is_ok());
    assert!(matches!(key.scope(Permission::WriteOrders), Err(DataError::Forbidden)));
    assert!(db::api_keys::access(&db.db, &format!("stoa_{}", "A".repeat(54))).await.unwrap().is_none());
}

#[tokio::test]
async fn settings_summaries_and_mail_of_another_tenant_are_out_of_reach() {
    use domain::settings::{Recipients, Setting};
    let db = TestDb::new().await;
    let (ours, theirs, _) = two_tenants(&db).await;
    let to = Recipients::parse("ana@example.com").unwrap();
    let manage = |access: &Access| access.scope(Permission::ManageStores).unwrap();
    for setting in Setting::ALL {
        db::settings::set_recipients(&manage(&theirs), "north", setting, &to).await.unwrap();
    }
    let mail = db::outbox::NewMail {
        key: "k".into(),
        kind: "test",
        recipient: "ana@example.com".into(),
        subject: "s".into(),
        body: serde_json::json!({}),
    };
    let tx = manage(&theirs).begin().await.unwrap();
    let store = db::stores::list(&tx).await.unwrap().remove(0);
    assert_eq!(db::outbox::put(&tx, std::slice::from_ref(&mail)).await.unwrap().len(), 1);
    tx.commit().await.unwrap();
    for scope in [manage(&ours), manage(&ours).with_broken_filter(theirs.tenant())] {
        let tx = scope.begin().await.unwrap();
        for setting in Setting::ALL {
            assert!(db::settings::recipients(&tx, store.id, setting).await.unwrap().is_empty());
        }
        assert_eq!(db::summaries::day_to_tell(&tx, &store).await.unwrap(), None);
        db::summaries::told(&tx, &store, None).await.unwrap();
    }
    let tx = manage(&ours).with_broken_filter(theirs.tenant()).begin().await.unwrap();
    let written = db::outbox::put(&tx, &[mail]).await;
    assert_eq!(written.unwrap_err().sql_state().as_deref(), Some("42501"), "row level security refuses the row");
    let platform = db::platform::Platform::command(db.db.clone());
    let in_two_days = db.db.clock().now() + chrono::Duration::days(2);
    let due = db::summaries::due(&platform, in_two_days, 10);
    assert_eq!(
        due.await.unwrap(),
        [(theirs.tenant(), store.id)],
        "the platform's own transaction sees what is due of all"
    );
}
