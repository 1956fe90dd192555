//! Upkeep while orders come in and lists are read: nobody is held up, nothing is lost, and killing it midway harms
//! nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use db::orders::list;
use db::partitions::{Bound, Table, bounds, upkeep};
use db::stores::Store;
use db::testing::{self, TestDb};
use db::{Access, ConnectOptions, Db, rollups};
use domain::orders::OrderQuery;
use domain::permission::Permission;
use domain::quarter::Quarter;
use jobs::partitions::maintain;
use sqlx::{Connection, PgConnection};
use tokio_util::sync::CancellationToken;

use crate::lock_waits::Watch;

/// The promise: no request is held up longer by locks. PostgreSQL itself refuses one that waits longer for a single lock,
/// and the waits of each request are added up.
const HELD_AT_MOST: Duration = Duration::from_millis(250);
const SHOPS: usize = 3;
const SHOP: &str = "shop";
const CONTROL: &str = "control";

/// From when to when.
type Span = (DateTime<Utc>, DateTime<Utc>);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn upkeep_under_traffic_blocks_no_request_and_survives_being_killed() {
    let (runs, kills) = if testing::full_counts() { (1_000, 50) } else { (40, 6) };
    let test = TestDb::new().await;
    let watch = Watch::begin(&test.url).await;
    let held_too_long = control(&test).await;
    let stop = CancellationToken::new();
    let placed = Arc::new(AtomicI64::new(0));
    let mut shops = Vec::new();
    let mut traffic = Vec::new();
    for n in 0..SHOPS {
        let access = testing::tenant(&test.db, &format!("shop{n}")).await;
        let store = testing::store(&access, "north", "Europe/London", "GBP").await;
        let hurried = Db::connect(ConnectOptions {
            url: hurried_url(&test, &name(n)),
            pool: 3,
            redis_url: None,
            clock: test.db.clock().clone(),
        });
        let inside = Access::command(hurried.await.unwrap(), access.tenant());
        traffic.push(tokio::spawn(shop(inside, store, stop.clone(), Arc::clone(&placed))));
        shops.push(access);
    }
    let mut owner = PgConnection::connect(&test.owner_url).await.unwrap();
    let mut cut = 0;
    for run in 0..runs {
        unmake(&mut owner, test.db.clock().now(), run).await;
        if run % (runs / kills) == runs / kills - 1 {
            cut += usize::from(killed(&test, &mut owner, run).await);
        } else {
            let done = maintain(&test.db, &stop).await.unwrap();
            assert!(done.failed.is_empty(), "run {run}: {done}");
        }
    }
    stop.cancel();
    let mut requests = Vec::new();
    for (n, shop) in traffic.into_iter().enumerate() {
        requests.extend(shop.await.unwrap().into_iter().map(|span| (name(n), span)));
    }
    let waits = watch.end().await;
    assert!(waits.of(CONTROL, held_too_long) > HELD_AT_MOST.mul_f32(0.8), "what is held up is seen");
    let held = requests.iter().map(|(shop, span)| waits.of(shop, *span)).max().unwrap();
    assert!(held <= HELD_AT_MOST, "a request waited {held:?} for locks");
    let stored = repaired(&test, &shops).await;
    assert_eq!(stored, placed.load(Ordering::SeqCst), "every order that was acknowledged is there");
    let slowest = requests.iter().map(|(_, (begun, ended))| *ended - *begun).max().unwrap();
    assert!(cut * 2 > kills, "{cut} of {kills} were cut in the middle of a step");
    eprintln!(
        "{runs} runs, {cut} of {kills} cut in a step, {} requests, {stored} orders, {} waits for locks seen, \
         no request longer than {held:?} in them, slowest {} ms",
        requests.len(),
        waits.count(SHOP),
        slowest.num_milliseconds()
    );
    owner.close().await.unwrap();
}

/// Upkeep does what is left, and then nothing is wrong; how many orders there are.
async fn repaired(test: &TestDb, shops: &[Access]) -> i64 {
    while upkeep::pulse(&test.db).await.unwrap().default_rows > 0 {
        maintain(&test.db, &CancellationToken::new()).await.unwrap();
    }
    maintain(&test.db, &CancellationToken::new()).await.unwrap();
    seamless(&bounds(&test.db).await.unwrap(), test.db.clock().now());
    let mut stored = 0;
    for access in shops {
        let scope = access.scope(Permission::ReadOrders).unwrap();
        assert_eq!(rollups::verify(&scope).await.unwrap(), []);
        stored += db::orders::summary::summary(&scope, &OrderQuery::default()).await.unwrap().found;
    }
    stored
}

fn name(shop: usize) -> String {
    format!("{SHOP}{shop}")
}

fn hurried_url(test: &TestDb, name: &str) -> String {
    format!("{}?options[lock_timeout]={}ms&application_name={name}", test.url, HELD_AT_MOST.as_millis())
}

/// Somebody who is held up too long is refused, and the watch must see it: otherwise this test proves nothing. When it
/// was.
async fn control(test: &TestDb) -> Span {
    let mut owner = PgConnection::connect(&test.owner_url).await.unwrap();
    let mut hurried = PgConnection::connect(&hurried_url(test, CONTROL)).await.unwrap();
    let mut tx = owner.begin().await.unwrap();
    sqlx::raw_sql("lock table orders in access exclusive mode").execute(&mut *tx).await.unwrap();
    let begun = test.db.clock().now();
    let refused = sqlx::raw_sql("select from orders").execute(&mut hurried).await.unwrap_err();
    assert_eq!(code(&refused), "55P03", "{refused}");
    tx.rollback().await.unwrap();
    (begun, test.db.clock().now())
}

/// A store's day: orders of now and of a quarter that comes and goes, and the list between them. When each request began
/// and ended.
async fn shop(access: Access, store: Store, stop: CancellationToken, placed: Arc<AtomicI64>) -> Vec<Span> {
    let mut spans = Vec::new();
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let old: Quarter = "2019q2".parse().unwrap();
    for n in 0_i64.. {
        if stop.is_cancelled() {
            break;
        }
        let now = scope.now();
        let moment = if n % 4 == 3 { old.begins() + TimeDelta::hours(n % 2_000) } else { now };
        if n % 3 == 2 {
            list::with_items(&scope, &OrderQuery::default()).await.unwrap();
        } else {
            let order = testing::order(&store, &n.to_string(), moment, 1);
            testing::place_all(&scope, &store, &[order]).await;
            placed.fetch_add(1, Ordering::SeqCst);
        }
        spans.push((now, scope.now()));
        // The pace of a shop: without a pause there would be nothing but traffic.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    spans
}

/// Undoes what upkeep does, so that each run has work: drops the last quarter ahead, and puts the last rows of a
/// quarter back into the net.
async fn unmake(owner: &mut PgConnection, now: DateTime<Utc>, run: usize) {
    let ahead = Quarter::of(now.date_naive()).after(2);
    for table in Table::ALL {
        let sql = if run.is_multiple_of(2) {
            format!("alter table {table} detach partition {table}_{ahead}; drop table {table}_{ahead}")
        } else {
            // No more rows than upkeep would move at once: otherwise it is the test that holds others up.
            let old = format!("{table}_2019q2");
            format!(
                "do $$ declare cut timestamptz; begin perform stoa_open_upkeep(true); \
                 select placed_at into cut from {old} order by placed_at desc offset 200 limit 1; \
                 lock table {table} in access exclusive mode; alter table {table} detach partition {old}; \
                 if cut is null then insert into {table}_default select * from {old}; drop table {old}; \
                 else with back as (delete from {old} where placed_at > cut returning *) insert into {table}_default select * from back; \
                   execute format('alter table {table} attach partition {old} for values from (%L) to (%L)', \
                     timestamptz '2019-04-01Z', cut + interval '1 microsecond'); \
                 end if; end $$"
            )
        };
        for _ in 0..40 {
            let mut tx = owner.begin().await.unwrap();
            let whole = sqlx::AssertSqlSafe(format!("set local lock_timeout = '60ms'; {sql}"));
            match sqlx::raw_sql(whole).execute(&mut *tx).await {
                Ok(_) => {
                    tx.commit().await.unwrap();
                    break;
                }
                // A lock was taken, or an earlier run was killed before it made the table.
                Err(error) if code(&error) == "55P03" => tokio::time::sleep(Duration::from_millis(30)).await,
                Err(error) => {
                    assert!(["42P01", "42809"].contains(&code(&error).as_str()), "{error}");
                    break;
                }
            }
        }
    }
}

fn code(error: &sqlx::Error) -> String {
    error.as_database_error().and_then(|e| e.code()).map(|code| code.into_owned()).unwrap_or_default()
}

/// Upkeep of which every connection is cut in the middle: what PostgreSQL sees of a process that was killed.
async fn killed(test: &TestDb, owner: &mut PgConnection, run: usize) -> bool {
    let process = test.another(None).await;
    let work = {
        let (process, stop) = (process.clone(), CancellationToken::new());
        tokio::spawn(async move { drop(maintain(&process, &stop).await) })
    };
    // A time and no condition: each kill is to hit another moment.
    tokio::time::sleep(Duration::from_millis(u64::try_from(run % 37).unwrap())).await;
    let sql = "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() \
               and pid <> pg_backend_pid() and state = 'active' \
               and (query like 'select stoa_make_quarter%' or query like 'select moved, whole%' or query like '%stoa_analyse_quarter%')";
    let mut hit = 0_i64;
    while hit == 0 && !work.is_finished() {
        hit = sqlx::query_scalar(sql).fetch_one(&mut *owner).await.unwrap();
    }
    work.abort();
    let _ended = work.await;
    process.close().await;
    hit > 0
}

/// Both tables have the same quarters, each once and whole, and no day is missing between now and the last.
fn seamless(bounds: &[Bound], now: DateTime<Utc>) {
    let spans = |table: Table| {
        let of = bounds.iter().filter(|b| b.parent == table.as_str());
        of.filter_map(|b| Some((b.since?, b.until?))).collect::<Vec<_>>()
    };
    let orders = spans(Table::Orders);
    assert_eq!(orders, spans(Table::OrderItems));
    assert!(orders.iter().all(|(since, until)| *until == Quarter::of(since.date_naive()).ends()), "{orders:?}");
    assert!(orders.windows(2).all(|w| w[0].1 <= w[1].0), "no overlap: {orders:?}");
    let ahead: Vec<_> = orders.iter().filter(|(_, until)| *until > now).collect();
    assert!(ahead.len() >= 3 && ahead.windows(2).all(|w| w[0].1 == w[1].0), "no gap: {ahead:?}");
}
