//! The record of who did what: it grows, is never changed, and says where somebody changed it all the same.

use db::audit::{self, Walk};
use db::platform::{Platform, PlatformTx};
use db::testing::{self, TestDb};
use db::{Access, Scope};
use domain::audit::{AuditQuery, Via};
use domain::page::Limit;
use domain::permission::Permission;
use serde_json::json;
use sqlx::{Connection, PgConnection};

fn scope(access: &Access) -> Scope {
    access.scope(Permission::ReadAudit).unwrap()
}

async fn entries(access: &Access, pairs: &[(&str, &str)]) -> Vec<audit::Entry> {
    let (query, faults) = AuditQuery::understood(pairs.iter().copied(), &testing::seal());
    assert!(faults.is_empty(), "{faults}");
    audit::entries(&scope(access), &query, Limit::default()).await.unwrap().rows
}

async fn walk(access: &Access) -> Walk {
    audit::verify(&scope(access)).await.unwrap()
}

#[tokio::test]
async fn the_chain_has_no_holes_however_many_write_and_give_up() {
    let db = TestDb::new().await;
    let ours = testing::tenant(&db.db, "ours").await;
    let store = testing::store(&ours, "north", "UTC", "GBP").await;
    let writing = ours.scope(Permission::WriteOrders).unwrap();
    let tasks = (0..60).map(|n| {
        let (scope, store) = (writing.clone(), store.clone());
        tokio::spawn(async move {
            let tx = scope.begin().await.unwrap();
            audit::note(&tx, "test.note", &n.to_string(), json!({"n": n})).await.unwrap();
            match n % 3 {
                // With orders, whose place in the feed comes before the end of the record.
                0 => {
                    let order = testing::order(&store, &n.to_string(), scope.now(), 1);
                    let via = db::orders::place::Via::Api;
                    db::orders::place::place(&tx, &store, &[order], via).await.unwrap();
                    audit::note(&tx, "test.note", "later", json!({})).await.unwrap();
                    tx.commit().await.unwrap();
                }
                1 => tx.commit().await.unwrap(),
                _ => tx.roll_back().await.unwrap(),
            }
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    let walked = walk(&ours).await;
    // The tenant, the store, twenty orders with two notes each, twenty notes alone.
    assert_eq!((walked.sound, walked.broken), (2 + 40 + 20, None));
}

#[tokio::test]
async fn any_altered_entry_is_found_at_its_number() {
    let db = TestDb::new().await;
    let ours = testing::tenant(&db.db, "ours").await;
    // After the entry that says that the tenant was made.
    for n in 2..=6 {
        audit::record(&scope(&ours), "test.note", "x", json!({"n": n, "text": "a,b:c \u{fffd} é"})).await.unwrap();
    }
    assert_eq!(walk(&ours).await.broken, None);
    let mut owner = PgConnection::connect(&db.owner_url).await.unwrap();
    // The owner of the tables must first take the wall down; then everything can be done, and is found.
    let open = "do $$ declare t regclass; begin for t in select oid from pg_class where relname ~ '^audit_' and relrowsecurity loop \
                execute format('alter table %s disable row level security', t); end loop; end $$";
    sqlx::query(open).execute(&mut owner).await.unwrap();
    let cases = [
        ("update audit_entries set after = '{\"n\": 99}' where seq = 3", 3, "was modified"),
        ("update audit_entries set actor = 'job' where seq = 3", 3, "was modified"),
        ("update audit_entries set at = at + interval '1 microsecond' where seq = 2", 2, "was modified"),
        ("delete from audit_entries where seq = 4", 4, "is missing"),
        ("delete from audit_entries where seq = 6", 6, "is missing"),
        ("update audit_entries set hash = sha256('x') where seq = 1", 1, "was modified"),
        ("update audit_heads set hash = sha256('x')", 6, "differs from the recorded end"),
        ("update audit_entries set seq = 7 where seq = 6", 6, "is missing"),
        ("update audit_entries set seq = 7 where seq = 5", 5, "is missing"),
    ];
    for (sql, seq, words) in cases {
        let saved = "create temp table kept as select * from audit_entries; create temp table ends as select * from audit_heads";
        sqlx::raw_sql(saved).execute(&mut owner).await.unwrap();
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut owner).await.unwrap();
        let broken = walk(&ours).await.broken.unwrap_or_else(|| panic!("not found: {sql}"));
        assert_eq!((broken.seq, broken.words), (seq, words), "{sql}");
        let back = "delete from audit_entries; insert into audit_entries select * from kept; \
                    delete from audit_heads; insert into audit_heads select * from ends; drop table kept, ends";
        sqlx::raw_sql(back).execute(&mut owner).await.unwrap();
        assert_eq!(walk(&ours).await.broken, None);
    }
}

#[tokio::test]
async fn neither_the_app_nor_the_owner_behind_the_wall_changes_an_entry() {
    let db = TestDb::new().await;
    let ours = testing::tenant(&db.db, "ours").await;
    let theirs = testing::tenant(&db.db, "theirs").await;
    audit::record(&scope(&ours), "test.note", "x", json!({})).await.unwrap();
    let mut app = PgConnection::connect(&db.url).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("set role stoa_app; set app.tenant = '{}'", ours.tenant())))
        .execute(&mut app)
        .await
        .unwrap();
    let rows: i64 = sqlx::query_scalar("select count(*) from audit_entries").fetch_one(&mut app).await.unwrap();
    assert_eq!(rows, 2, "the tenant was made, then the note");
    let forged = "insert into audit_entries select tenant_id, at, gen_random_uuid(), 2, actor, via, action, subject, before, after, request_id, address, hash from audit_entries";
    let foreign = format!("select stoa_audit_append('{}', now(), 'x', 'page', null, null, '[]')", theirs.tenant());
    for sql in [
        "update audit_entries set action = 'x'",
        "delete from audit_entries",
        "truncate audit_entries",
        "update audit_heads set seq = 0",
        "select stoa_open_upkeep(true)",
        forged,
        &foreign,
    ] {
        let done = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut app).await;
        assert_eq!(done.unwrap_err().as_database_error().unwrap().code().as_deref(), Some("42501"), "{sql}");
    }
    let owner = db.owner(ours.tenant()).await;
    for sql in ["update audit_entries set action = 'x'", "delete from audit_entries"] {
        let done = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&owner).await.unwrap();
        assert_eq!(done.rows_affected(), 0, "{sql}");
    }
    assert_eq!(walk(&ours).await, Walk { broken: None, sound: 2, ..walk(&ours).await });
}

#[tokio::test]
async fn filters_find_matching_entries_of_their_own_tenant_only() {
    let db = TestDb::new().await;
    let (ours, theirs) = (testing::tenant(&db.db, "ours").await, testing::tenant(&db.db, "theirs").await);
    let passwords = db::people::passwords::Passwords::new(1).unwrap();
    let ana = db::people::create(&db.db, &passwords, "ana@ours.test", "a long enough password", false).await.unwrap();
    db::people::set_role(&ours, ana, domain::permission::Role::Owner).await.unwrap();
    let membership = db::people::memberships(&db.db, ana).await.unwrap().remove(0);
    let ana = db::people::access(&db.db, ana, &membership);
    audit::record(&scope(&ana), "order.cancel", "A-1", json!({"reason": "x"})).await.unwrap();
    audit::record(&scope(&ours), "order.place", "A-2", json!({})).await.unwrap();
    audit::record(&scope(&ours), "orders", "A-3", json!({})).await.unwrap();
    audit::record(&scope(&theirs), "order.cancel", "A-1", json!({})).await.unwrap();
    let found = async |pairs: &[(&str, &str)]| {
        entries(&ours, pairs).await.into_iter().map(|e| format!("{} {}", e.action, e.subject)).collect::<Vec<_>>()
    };
    assert_eq!(found(&[("actor", "Ana@ours.test")]).await, ["order.cancel A-1"]);
    assert_eq!(found(&[("actor", "nobody@ours.test")]).await, Vec::<String>::new());
    assert_eq!(found(&[("action", "order")]).await, ["order.place A-2", "order.cancel A-1"]);
    assert_eq!(found(&[("object", "A-1")]).await, ["order.cancel A-1"]);
    assert_eq!(found(&[("via", "page")]).await, ["order.cancel A-1"]);
    assert_eq!(found(&[("from", "2100-01-01")]).await, Vec::<String>::new());
    let all = entries(&ours, &[]).await;
    assert_eq!(all.len(), 5);
    assert_eq!((all[1].via, all[2].via), (Via::Command, Via::Page));
    let platform = Platform::command(db.db.clone());
    let everything = audit::platform_entries(&platform, &AuditQuery::default(), Limit::default()).await.unwrap().rows;
    let cancelled = everything.iter().filter(|e| e.action == "order.cancel");
    assert_eq!(cancelled.map(|e| e.slug.as_deref().unwrap()).collect::<Vec<_>>(), ["theirs", "ours"]);
    assert!(everything.iter().any(|e| e.tenant == PlatformTx::NIL && e.action == "tier.create"), "{everything:?}");
    assert!(everything.iter().all(|e| e.action != "order.place"));
}

#[tokio::test]
async fn pages_follow_each_other_without_a_gap() {
    let db = TestDb::new().await;
    let ours = testing::tenant(&db.db, "ours").await;
    for n in 0..7 {
        audit::record(&scope(&ours), "test.note", &n.to_string(), json!({})).await.unwrap();
    }
    let (mut query, mut seen) = (AuditQuery::default(), Vec::new());
    loop {
        let page = audit::entries(&scope(&ours), &query, Limit::new(2).unwrap()).await.unwrap();
        seen.extend(page.rows.iter().map(|e| e.subject.clone()));
        let Some(next) = page.older else { break };
        query = query.at(Some(testing::seal().seal(next)));
    }
    assert_eq!(seen, ["6", "5", "4", "3", "2", "1", "0", "ours"]);
}

#[tokio::test]
async fn a_month_that_was_missing_takes_its_entries_from_the_net() {
    let clock = db::Clock::fixed("2031-05-10T12:00:00Z".parse().unwrap());
    let db = TestDb::with(clock, None).await;
    let ours = testing::tenant(&db.db, "ours").await;
    audit::record(&scope(&ours), "test.note", "x", json!({})).await.unwrap();
    let owner = db.owner(ours.tenant()).await;
    let count = async |table: &str| {
        let sql = format!("select count(*) from {table}");
        sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(sql)).fetch_one(&owner).await.unwrap()
    };
    assert_eq!(count("audit_entries_default").await, 2);
    assert_eq!(audit::months::make_ahead(&db.db).await.unwrap(), 3);
    assert_eq!(audit::months::make_ahead(&db.db).await.unwrap(), 0);
    assert_eq!((count("audit_entries_default").await, count("audit_entries_2031m05").await), (0, 2));
    assert_eq!(walk(&ours).await.broken, None);
}
