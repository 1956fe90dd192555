//! A tenant that is deleted: saved once more, undone until its time is over, and then gone from everywhere.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use db::platform::Leaving;
use db::rate_limits::{Caller, RateLimits};
use db::testing::{TestDb, redis_url};
use db::{Access, Clock, DataError};
use domain::backups::{Kind, Status, Trigger};
use domain::limits::{Limit, Terms};
use domain::permission::{KeyScope, Permission, Role};
use domain::settings::{Recipients, Setting};
use jobs::Tools;
use jobs::backups::{make, prune};
use jobs::tenants::{Fate, erase};
use serde_json::json;
use sqlx::{Connection, Executor, PgConnection};
use tokio_util::sync::CancellationToken;

use crate::backup_setup::World;

async fn redis_keys(access: &Access) -> usize {
    let client = redis::Client::open(redis_url()).unwrap();
    let mut conn = client.get_multiplexed_async_connection().await.unwrap();
    let mut all = 0;
    for database in [1, 2, 3] {
        redis::cmd("SELECT").arg(database).exec_async(&mut conn).await.unwrap();
        let pattern = format!("*{}*", access.tenant());
        let keys: Vec<String> = redis::cmd("KEYS").arg(pattern).query_async(&mut conn).await.unwrap();
        all += keys.len();
    }
    all
}

/// Every table that holds a tenant's rows, from the catalogue.
async fn tables(world: &World) -> Vec<String> {
    let mut owner = PgConnection::connect(&world.test.owner_url).await.unwrap();
    let tables = db::backups::tables::all(&mut owner).await.unwrap();
    tables.into_iter().map(|table| table.name).collect()
}

/// How many rows of `access` each table holds, those without any left out.
async fn rows(world: &World, access: &Access) -> BTreeMap<String, i64> {
    let mut owner = world.test.backup_owner().await;
    let mut found = BTreeMap::new();
    for table in db::backups::tables::all(&mut owner).await.unwrap() {
        let sql = format!("select count(*) from {} where tenant_id = $1", table.name);
        let sql = sqlx::AssertSqlSafe(sql);
        let n: i64 = sqlx::query_scalar(sql).bind(access.tenant().0).fetch_one(&mut owner).await.unwrap();
        if n > 0 {
            found.insert(table.name, n);
        }
    }
    found
}

fn mail(key: &str) -> db::outbox::NewMail {
    let (recipient, subject) = ("ana@example.com".to_owned(), "s".to_owned());
    db::outbox::NewMail { key: key.to_owned(), kind: "test", recipient, subject, body: json!({}) }
}

// Of the tenant $1, about something called $2.
const ROWS: [&str; 17] = [
    "insert into import_problems (tenant_id, import_id, line, position, kind, reason) values ($1, $2, 1, 1, 'rejected', 'x')",
    "insert into job_notes (tenant_id, id, at, actor, action, subject, reason) values ($1, $2, now(), 'command', 'x', 'x', 'x')",
    "insert into customer_money (tenant_id, customer_id, currency, orders, net) values ($1, $2, 'GBP', 1, 1)",
    "insert into customers (tenant_id, id, store_id, created_at) select $1, $2, s.id, now() from stores s where s.tenant_id = $1 limit 1",
    "insert into customer_emails (tenant_id, customer_id, email_key) values ($1, $2, 'ana@example.com')",
    "insert into idempotency_keys (tenant_id, key, request_hash, status, body, created_at) values ($1, $2::text, '', 201, '', now())",
    "insert into impersonations (tenant_id, id, admin_id, member_id, reason, began_at, until) \
     select $1, $2, u.user_id, u.user_id, 'x', now(), now() from memberships u where u.tenant_id = $1 limit 1",
    "insert into identity_providers (tenant_id, id, issuer, client_id, client_secret, domains, changed_at) \
     values ($1, $2, 'https://id.test', 'x', '', '{x.test}', now())",
    "insert into linked_identities (tenant_id, issuer, subject, user_id, created_at) \
     select $1, 'https://id.test', $2::text, m.user_id, now() from memberships m where m.tenant_id = $1 limit 1",
    "insert into job_runs (tenant_id, job_id, fence, kind, queue, payload, attempt, outcome, enqueued_at, ready_at, finished_at, wait_ms, run_ms) \
     values ($1, $2, 1, 'x', 'default', '{}', 1, 'done', now(), now(), now(), 0, 0)",
    "insert into refunds (tenant_id, order_placed_at, order_id, id, store_id, at, local_day, currency, amount, actor) \
     select $1, o.placed_at, o.id, $2, o.store_id, now(), current_date, 'GBP', 1, 'command' from orders o where o.tenant_id = $1 limit 1",
    "insert into payments (tenant_id, order_placed_at, order_id, id, store_id, at, kind, currency, amount, actor) \
     select $1, o.placed_at, o.id, $2, o.store_id, now(), 'charge', 'GBP', 1, 'command' from orders o where o.tenant_id = $1 limit 1",
    "insert into fulfilments (tenant_id, order_placed_at, order_id, id, store_id, at, lines, actor) \
     select $1, o.placed_at, o.id, $2, o.store_id, now(), '[]', 'command' from orders o where o.tenant_id = $1 limit 1",
    "insert into customer_metrics (tenant_id, customer_id, store_id, orders, first_at, last_at, last_day, currency, net) \
     values ($1, $2, $2, 1, now(), now(), current_date, 'GBP', 1)",
    "insert into webhooks (tenant_id, id, url, secret, read_seq, created_at, created_by) values ($1, $2, 'https://x.test', '', 0, now(), 'command')",
    "insert into webhook_deliveries (tenant_id, id, webhook_id, kind, body, next_at, created_at) values ($1, $2, $2, 'x', '{}', now(), now())",
    "insert into webhook_attempts (tenant_id, delivery_id, n, at, ms) values ($1, $2, 1, now(), 1)",
];

// A little of everything.
async fn fill(world: &World, access: &Access) {
    let scope = access.scope(Permission::ManagePeople).unwrap();
    let passwords = db::people::passwords::Passwords::new(1).unwrap();
    let email = format!("owner@{}.test", access.tenant());
    let person = db::people::create(&world.test.db, &passwords, &email, "a long enough password", false).await.unwrap();
    db::people::set_role(access, person, Role::Owner).await.unwrap();
    db::api_keys::create(&scope, &KeyScope::ALL, None).await.unwrap();
    db::stock::set(&scope, "north", "TEA", 3, 1).await.unwrap();
    let packers = [Permission::ReadOrders].into_iter().collect();
    db::team::create_role(&scope, "Packers", packers).await.unwrap();
    let place = db::team::NewPlace { role: "viewer".into(), stores: None };
    db::team::invite(&scope, "guest@shop.test", &place, db::team::LinkDelivery::Shown, |_| mail("guest"))
        .await
        .unwrap();
    let to = Recipients::parse("ana@example.com").unwrap();
    db::settings::set_recipients(&scope, "north", Setting::DailySummary, &to).await.unwrap();
    let tx = scope.begin().await.unwrap();
    db::outbox::put(&tx, &[mail("k")]).await.unwrap();
    db::queue::enqueue(&tx, &db::queue::NewJob::new("do_nothing", json!({}))).await.unwrap();
    let store = db::stores::by_slug(&tx, "north").await.unwrap();
    tx.commit().await.unwrap();
    let new = db::imports::NewRun {
        store: &store,
        format: domain::imports::Format::OrdersJsonl,
        file_name: "a.jsonl",
        file_path: "/nowhere",
        file_size: 60,
        file_hash: &[7; 32],
        mode: Default::default(),
        begin: db::imports::Begin::Check,
    };
    let db::imports::Created::New(run) = db::imports::create(&scope, new).await.unwrap() else { panic!("not new") };
    let owner = world.test.owner(access.tenant()).await;
    for sql in ROWS {
        sqlx::query(sql).bind(access.tenant().0).bind(run.id.0).execute(&owner).await.unwrap();
    }
    let cached = async || {
        let cache = world.test.db.cache();
        cache.get(&scope, 1, "x", async { Ok::<_, DataError>(7_i64) }).await.unwrap();
    };
    cached().await;
    let mut terms = Terms::default();
    terms.set(Limit::RequestsPerMinute, Some(1)).unwrap();
    let rate_limits = RateLimits::new(Some(&redis_url())).unwrap();
    rate_limits.take(&Caller::new(access.tenant(), world.test.db.clock().id(), &terms)).await;
}

async fn save(world: &World, kind: Kind) {
    make(&world.backups, &world.place(), kind, Trigger::Demand, &CancellationToken::new()).await.unwrap();
}

fn stored(world: &World, access: &Access) -> Vec<PathBuf> {
    fn walk(folder: &std::path::Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() { walk(&entry.path(), found) } else { found.push(entry.path()) }
        }
    }
    let mut found = Vec::new();
    walk(&world.folder, &mut found);
    found.retain(|path| path.to_string_lossy().contains(&access.tenant().to_string()));
    found
}

#[tokio::test]
async fn nothing_of_a_deleted_tenant_is_left_but_its_export() {
    let now: DateTime<Utc> = Clock::System.now() - TimeDelta::days(60);
    let clock = Clock::fixed(now);
    let world = World::on(TestDb::with(clock.clone(), Some(redis_url())).await).await;
    for access in [&world.ours, &world.theirs] {
        fill(&world, access).await;
    }
    world.file("upload", b"an upload");
    save(&world, Kind::Database).await;
    let old = stored(&world, &world.ours);
    let before = rows(&world, &world.ours).await;
    let empty: Vec<String> = tables(&world).await.into_iter().filter(|table| !before.contains_key(table)).collect();
    assert!(empty.is_empty(), "the test has nothing to delete in these, so it proves nothing of them: {empty:?}");
    assert_eq!((redis_keys(&world.ours).await, redis_keys(&world.theirs).await), (2, 2));
    let theirs = (rows(&world, &world.theirs).await, world.rows_of_others(&world.ours).await);

    let platform = world.platform();
    clock.set(now + TimeDelta::minutes(1));
    platform.leave("ours", "they moved away", 14).await.unwrap();
    assert!(platform.due_to_go().await.unwrap().is_empty());
    let leaving = Leaving { tenant: world.ours.tenant(), slug: "ours".into() };
    let data_dir = world.backups.data_dir.clone();
    assert_eq!(erase(&world.backups, &data_dir, &leaving).await.unwrap(), Fate::Waits, "it is not saved yet");
    assert!(platform.resume("ours").await.is_err());
    assert!(platform.stay("ours").await.unwrap() && platform.resume("ours").await.unwrap());
    assert_eq!(rows(&world, &world.ours).await["orders"], before["orders"], "taken back, and all is there");

    clock.set(now + TimeDelta::minutes(2));
    platform.leave("ours", "they moved away", 0).await.unwrap();
    let tools = Tools { backups: Some(world.backups.clone()), ..Tools::new(data_dir.clone()) };
    let tools = Arc::new(tools);
    let run = async || jobs::run_named(&world.test.db, &tools, "erase-tenants").await.unwrap();
    assert_eq!(run().await, "tenant ours: its final backup is not finished yet");
    clock.set(now + TimeDelta::minutes(3));
    save(&world, Kind::Database).await;
    assert_eq!(run().await, "tenant ours: its final backup is not finished yet", "the files are missing");
    save(&world, Kind::Files).await;
    let said = run().await;
    assert!(said.starts_with("tenant ours: ") && said.ends_with(" rows deleted"), "{said}");

    assert_eq!(rows(&world, &world.ours).await, BTreeMap::from([("backups".to_owned(), 2)]), "the export alone");
    assert!(matches!(platform.tenant("ours").await, Err(DataError::NotFound("tenant"))));
    assert_eq!((redis_keys(&world.ours).await, redis_keys(&world.theirs).await), (0, 2));
    let left = stored(&world, &world.ours);
    assert!(!left.is_empty() && old.iter().all(|path| !left.contains(path)), "{left:?}");
    assert!(!data_dir.join("imports").join(world.ours.tenant().to_string()).exists());
    let same = |mut rows: Vec<(String, String)>| {
        // What was done to tenants stands in the installation's own record.
        rows.retain(|(table, _)| !table.starts_with("audit_"));
        rows
    };
    assert_eq!(rows(&world, &world.theirs).await, theirs.0);
    assert_eq!(same(world.rows_of_others(&world.ours).await), same(theirs.1));
    assert!(platform.due_to_go().await.unwrap().is_empty());

    assert!(prune(&world.backups).await.unwrap().backups.is_empty(), "the export is kept");
    clock.set(now + TimeDelta::days(40));
    let gone = prune(&world.backups).await.unwrap().backups;
    assert_eq!(gone.len(), 2, "and goes when its days are over, like any other");
    assert!(stored(&world, &world.ours).is_empty());
    for id in gone {
        assert_eq!(world.row(Kind::Database, id).await.status, Status::Pruned);
    }
    assert_eq!(rows(&world, &world.ours).await, BTreeMap::from([("backups".to_owned(), 2)]));
}

#[tokio::test]
async fn the_database_erases_only_what_is_to_be_deleted_now() {
    let world = World::new().await;
    let platform = world.platform();
    let ours = world.ours.tenant();
    let refused = platform.erase(ours, "ours", &[]).await.unwrap_err();
    assert_eq!(refused.sql_state().as_deref(), Some("42501"), "nobody wanted it gone");
    platform.leave("ours", "they moved away", 14).await.unwrap();
    assert!(matches!(platform.leave("ours", "again", 0).await, Err(DataError::Refused(_))));
    assert_eq!(platform.erase(ours, "ours", &[]).await.unwrap_err().sql_state().as_deref(), Some("42501"));
    // Nor from the transaction of another tenant, nor of tables that are none of a tenant.
    let mut app = PgConnection::connect(&world.test.url).await.unwrap();
    for sql in [
        format!("begin; set local app.tenant = '{}'; select stoa_erase('{ours}', 'stores', 10)", world.theirs.tenant()),
        format!("begin; set local app.tenant = '{ours}'; select stoa_erase_tenant('{ours}')"),
        format!("begin; set local app.tenant = '{ours}'; select stoa_erase('{ours}', 'users', 10)"),
    ] {
        assert!(app.execute(sqlx::AssertSqlSafe(sql.clone())).await.is_err(), "{sql}");
        app.execute("rollback").await.unwrap();
    }
    assert_eq!(rows(&world, &world.ours).await["orders"], 5);
}
