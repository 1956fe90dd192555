//! Quarters that leave the database and come back whole.

use chrono::{DateTime, Utc};
use db::orders::{cancel, list, refund, show};
use db::partitions::{ArchiveState, QuarterState, archiving, overview, upkeep};
use db::platform::Platform;
use db::testing::{self, TestDb};
use db::{Access, Clock, DataError, Scope, rollups};
use domain::ids::OrderId;
use domain::orders::OrderQuery;
use domain::orders::refund::RefundRequest;
use domain::page::Limit;
use domain::permission::Permission;
use domain::quarter::Quarter;
use jobs::partitions::{ArchiveError, Manifest, archive, archive_due, due, maintain, restore};
use jobs::storage::{Storage, StorageUrl};
use sqlx::{Connection, PgConnection};
use tokio_util::sync::CancellationToken;

use crate::setup::Shop;

pub const NOW: &str = "2026-11-21T12:00:00Z";

pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub fn stop() -> CancellationToken {
    CancellationToken::new()
}

pub fn storage(shop: &Shop) -> Storage {
    Storage::open(&StorageUrl::Local(shop.folder.join("store"))).unwrap()
}

/// Two tenants with orders of four quarters; `2024q1` has 40 and 7 of them.
pub async fn history() -> (Shop, Scope, Scope) {
    let shop = Shop::with(TestDb::with(Clock::fixed(at(NOW)), None).await).await;
    let theirs = testing::tenant(&shop.test.db, "theirs").await;
    let their_store = testing::store(&theirs, "main", "America/St_Johns", "GBP").await;
    let scope = |access: &Access| access.scope(Permission::RefundOrders).unwrap();
    let (ours, their_scope) = (scope(&shop.access), scope(&theirs));
    for (quarter, count, their_count) in [("2023q4", 5, 2), ("2024q1", 40, 7), ("2024q2", 6, 1), ("2026q4", 3, 3)] {
        let quarter: Quarter = quarter.parse().unwrap();
        for (scope, store, count) in [(&ours, &shop.store, count), (&their_scope, &their_store, their_count)] {
            let orders: Vec<_> = (0..count)
                .map(|n| {
                    let every = (at(NOW).min(quarter.ends()) - quarter.begins()) / count;
                    testing::order(store, &format!("{quarter}-{n}"), quarter.begins() + every * n, i64::from(n) + 1)
                })
                .collect();
            testing::place_all(scope, store, &orders).await;
        }
    }
    let refunded = id_of(&ours, "2024q1-3").await;
    refund::refund(&ours, refunded, &RefundRequest::full(), "torn", None).await.unwrap();
    (shop, ours, their_scope)
}

async fn id_of(scope: &Scope, number: &str) -> OrderId {
    show::by_number(scope, "main", number).await.unwrap().order.id
}

pub async fn listed(scope: &Scope) -> Vec<String> {
    let query = OrderQuery { limit: Limit::new(200).unwrap(), ..OrderQuery::default() };
    let rows = list::with_items(scope, &query).await.unwrap().rows;
    rows.iter().map(|row| format!("{row:?}")).collect()
}

async fn totals(scope: &Scope) -> db::orders::summary::Summary {
    db::orders::summary::summary(scope, &OrderQuery::default()).await.unwrap()
}

async fn state(shop: &Shop, quarter: Quarter) -> Option<ArchiveState> {
    archiving::of(&shop.test.db, quarter).await.unwrap().last().map(|row| row.state)
}

#[tokio::test]
async fn a_quarter_leaves_whole_and_comes_back_equal() {
    let (shop, ours, theirs) = history().await;
    let (db, store) = (&shop.test.db, storage(&shop));
    let quarter: Quarter = "2024q1".parse().unwrap();
    let (all, their_all, figures) = (listed(&ours).await, listed(&theirs).await, totals(&ours).await);
    let gone = id_of(&ours, "2024q1-7").await;
    let row = archive(db, &store, quarter, &stop()).await.unwrap();
    assert_eq!((row.state, row.orders, row.items, row.part), (ArchiveState::Dropped, 47, 94, 1));
    let manifest = Manifest::get(&store, &row).await.unwrap();
    assert_eq!((manifest.files.len(), manifest.totals()), (4, [47, 94, row.bytes]));

    // Out of sight, and said so; figures stay, and nobody repairs them to zero.
    assert_eq!(listed(&ours).await.len(), all.len() - 40);
    assert_eq!(totals(&ours).await, figures);
    assert_eq!(rollups::verify(&ours).await.unwrap(), []);
    rollups::rebuild(&ours).await.unwrap();
    assert_eq!(totals(&ours).await, figures);
    for done in [
        show::by_id(&ours, gone).await.map(drop),
        show::by_number(&ours, "main", "2024q1-7").await.map(drop),
        cancel::cancel(&ours, gone, "").await,
        refund::refund(&ours, gone, &RefundRequest::full(), "", None).await.map(drop),
    ] {
        let Err(DataError::Archived(words)) = done else { panic!("{done:?}") };
        assert!(words.contains("2024q1-7") && words.contains("21 November 2026"), "{words}");
    }
    assert!(matches!(show::by_id(&theirs, gone).await, Err(DataError::NotFound("order"))), "not to others");
    assert!(!shop.test.tables().await.iter().any(|t| t.contains("2024q1")));

    let back = restore(db, &store, quarter, &stop()).await.unwrap();
    assert_eq!(back[0].state, ArchiveState::Restored);
    assert_eq!((listed(&ours).await, listed(&theirs).await), (all, their_all), "row by row");
    assert_eq!((rollups::verify(&ours).await.unwrap(), rollups::verify(&theirs).await.unwrap()), (vec![], vec![]));
    assert!(matches!(restore(db, &store, quarter, &stop()).await, Err(ArchiveError::NotArchived(_))));
    every_table_is_walled(&shop).await;
}

#[tokio::test]
async fn orders_that_come_after_the_archive_are_taken_and_merged() {
    let (shop, ours, _) = history().await;
    let (db, store) = (&shop.test.db, storage(&shop));
    let quarter: Quarter = "2024q1".parse().unwrap();
    let all = listed(&ours).await.len();
    archive(db, &store, quarter, &stop()).await.unwrap();
    let late = |n: i64| testing::order(&shop.store, &format!("late-{n}"), at("2024-02-29T23:59:59Z"), n);
    // Another process, which has never seen the quarter: it does not bring the quarter back by itself.
    let fresh = Access::command(shop.test.another(None).await, shop.access.tenant());
    let fresh = fresh.scope(Permission::WriteOrders).unwrap();
    testing::place_all(&fresh, &shop.store, &[late(1)]).await;
    assert_eq!(listed(&ours).await.len(), all - 40 + 1);
    assert_eq!(upkeep::pulse(db).await.unwrap().default_rows, 3, "it waits in the net and raises the alarm");
    let done = maintain(db, &stop()).await.unwrap();
    assert_eq!((done.moved, upkeep::pulse(db).await.unwrap().default_rows), (3, 0));
    let seen = overview(&Platform::command(db.clone()), 8).await.unwrap();
    let row = seen.quarters.iter().find(|q| q.quarter == quarter).unwrap();
    assert_eq!(row.state, QuarterState::Late);
    // Archived again it is a further part, and both come back.
    assert_eq!(archive(db, &store, quarter, &stop()).await.unwrap().part, 2);
    testing::place_all(&ours, &shop.store, &[late(2)]).await;
    let back = restore(db, &store, quarter, &stop()).await.unwrap();
    assert_eq!(back.iter().map(|row| row.orders).collect::<Vec<_>>(), [47, 1]);
    assert_eq!(listed(&ours).await.len(), all + 2);
    assert_eq!(rollups::verify(&ours).await.unwrap(), []);
    assert_eq!(upkeep::pulse(db).await.unwrap().default_rows, 0);
    assert!(!shop.test.tables().await.iter().any(|t| t.contains("restoring") || t.contains("detached")));
}

#[tokio::test]
async fn archiving_resumes_after_a_crash_and_drops_only_verified_quarters() {
    let (shop, ours, _) = history().await;
    let (db, store) = (&shop.test.db, storage(&shop));
    let quarter: Quarter = "2024q1".parse().unwrap();
    let all = listed(&ours).await;
    // Nothing is detached that was not verified, and nothing dropped that was not compared.
    assert!(archiving::detach(db, quarter).await.is_err());
    let row = archiving::plan(db, quarter).await.unwrap();
    assert!(archiving::detach(db, quarter).await.is_err() && archiving::drop_rows(db, quarter).await.is_err());
    // A full storage, then a damaged file: the quarter stays where it is.
    let row = match archive(db, &store, quarter, &stopped()).await {
        Err(ArchiveError::Stopped) => archiving::current(db, quarter, row.part).await.unwrap(),
        other => panic!("{other:?}"),
    };
    assert!(row.error.is_some() && row.state == ArchiveState::Planned);
    assert_eq!(listed(&ours).await, all);
    // Written and verified, then an order changes before the quarter is out of sight: the frozen rows are written anew.
    walk_to(&shop, &store, quarter, ArchiveState::Verified).await;
    let changed = id_of(&ours, "2024q1-9").await;
    cancel::cancel(&ours, changed, "late").await.unwrap();
    let with_change = listed(&ours).await;
    archiving::detach(db, quarter).await.unwrap();
    assert!(archiving::drop_rows(db, quarter).await.is_err(), "not compared yet");
    every_table_is_walled(&shop).await;
    for file in std::fs::read_dir(shop.folder.join("store/platform/partitions/2024q1/1")).unwrap() {
        std::fs::write(file.unwrap().path(), b"rubbish").unwrap();
    }
    let row = archive(db, &store, quarter, &stop()).await.unwrap();
    assert_eq!((row.state, row.orders), (ArchiveState::Dropped, 47));
    restore(db, &store, quarter, &stop()).await.unwrap();
    assert_eq!(listed(&ours).await, with_change);
    assert_eq!(rollups::verify(&ours).await.unwrap(), []);
}

fn stopped() -> CancellationToken {
    let token = stop();
    token.cancel();
    token
}

/// Lets an archive go on step by step, by stopping it as soon as it is in `wanted`.
async fn walk_to(shop: &Shop, store: &Storage, quarter: Quarter, wanted: ArchiveState) {
    let token = stop();
    let (db, store, ending) = (shop.test.db.clone(), store.clone(), token.clone());
    let obstacle = Obstacle::on(&shop.test).await;
    let going = tokio::spawn(async move { archive(&db, &store, quarter, &ending).await });
    let arrived = async || state(shop, quarter).await.filter(|state| *state == wanted);
    testing::eventually(&format!("it is {wanted:?}"), arrived).await;
    token.cancel();
    assert!(going.await.unwrap().is_err());
    obstacle.gone().await;
}

/// Holds what every step that changes tables takes first.
pub struct Obstacle(PgConnection);

impl Obstacle {
    pub async fn on(db: &TestDb) -> Self {
        let mut owner = PgConnection::connect(&db.owner_url).await.unwrap();
        let sql = "select pg_advisory_lock(hashtext('stoa_partitions'), hashtext(t)) from unnest(array['orders', 'order_items']) t";
        sqlx::query(sql).execute(&mut owner).await.unwrap();
        Self(owner)
    }

    pub async fn gone(self) {
        self.0.close().await.unwrap();
    }
}

#[tokio::test]
async fn damaged_files_are_refused_and_bring_nothing_back() {
    let (shop, ours, _) = history().await;
    let (db, store) = (&shop.test.db, storage(&shop));
    let quarter: Quarter = "2024q1".parse().unwrap();
    archive(db, &store, quarter, &stop()).await.unwrap();
    let before = listed(&ours).await;
    let folder = shop.folder.join("store/platform/partitions/2024q1/1");
    for file in std::fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        let good = std::fs::read(&path).unwrap();
        let mut bad = good.clone();
        let middle = bad.len() / 2;
        bad[middle] ^= 1;
        for content in [Some(bad), Some(good[..good.len() - 1].to_vec()), Some(Vec::new()), None] {
            match content {
                Some(content) => std::fs::write(&path, content).unwrap(),
                None => std::fs::remove_file(&path).unwrap(),
            }
            assert!(restore(db, &store, quarter, &stop()).await.is_err(), "{}", path.display());
            assert_eq!(listed(&ours).await, before);
        }
        std::fs::write(&path, good).unwrap();
    }
    every_table_is_walled(&shop).await;
    restore(db, &store, quarter, &stop()).await.unwrap();
    assert_eq!(listed(&ours).await.len(), before.len() + 40);
}

#[tokio::test]
async fn retention_takes_what_is_past_it_and_nothing_else() {
    let (shop, ours, _) = history().await;
    let (db, store) = (&shop.test.db, storage(&shop));
    assert!(archive_due(db, &store, 0, &stop()).await.unwrap().is_empty(), "off by default");
    let quarters = |found: Vec<Quarter>| found.iter().map(Quarter::to_string).collect::<Vec<_>>();
    assert_eq!(quarters(due(db, 8).await.unwrap()), ["2023q4", "2024q1", "2024q2"]);
    assert_eq!(quarters(due(db, 11).await.unwrap()), ["2023q4"]);
    // One that fails does not stop the others: its folder is no folder.
    std::fs::create_dir_all(shop.folder.join("store/platform/partitions")).unwrap();
    std::fs::write(shop.folder.join("store/platform/partitions/2024q1"), b"in the way").unwrap();
    let done = archive_due(db, &store, 8, &stop()).await.unwrap();
    assert_eq!(done.iter().map(|a| a.done.is_ok()).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!(listed(&ours).await.len(), 40 + 3);
    std::fs::remove_file(shop.folder.join("store/platform/partitions/2024q1")).unwrap();
    assert_eq!(quarters(due(db, 8).await.unwrap()), ["2024q1"]);
    archive_due(db, &store, 8, &stop()).await.unwrap();
    // What was brought back stays for a while.
    restore(db, &store, "2024q2".parse().unwrap(), &stop()).await.unwrap();
    assert!(due(db, 8).await.unwrap().is_empty());
    db.clock().set(at("2026-12-25T12:00:00Z"));
    assert_eq!(quarters(due(db, 8).await.unwrap()), ["2024q2"]);
}

#[tokio::test]
async fn two_do_not_archive_at_once() {
    let (shop, _, _) = history().await;
    let (db, store) = (&shop.test.db, storage(&shop));
    let alone = archiving::alone(db).await.unwrap();
    let refused = archive(db, &store, "2024q1".parse().unwrap(), &stop()).await;
    assert!(matches!(refused, Err(ArchiveError::Data(DataError::Busy))), "{refused:?}");
    drop(alone);
    let next = async || match archive(db, &store, "2024q1".parse().unwrap(), &stop()).await {
        Err(ArchiveError::Data(DataError::Busy)) => None,
        done => Some(done),
    };
    testing::eventually("the first one has let go", next).await.unwrap();
}

async fn every_table_is_walled(shop: &Shop) {
    let mut owner = PgConnection::connect(&shop.test.owner_url).await.unwrap();
    let sql = "select c.relname::text from pg_class c where (c.relname like 'orders%' or c.relname like 'order_items%') and c.relkind in ('r', 'p') \
               and not (c.relrowsecurity and c.relforcerowsecurity and exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'tenant_wall'))";
    let open: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut owner).await.unwrap();
    assert!(open.is_empty(), "{open:?}");
    // What the app may read beside the parents shows it nothing without a tenant.
    let mut app = PgConnection::connect(&shop.test.url).await.unwrap();
    let sql = "select c.relname::text from pg_class c where c.relname ~ '_(detached|restoring)$' and c.relkind = 'r' and has_table_privilege(c.oid, 'select')";
    for name in sqlx::query_scalar::<_, String>(sql).fetch_all(&mut app).await.unwrap() {
        let rows = sqlx::AssertSqlSafe(format!("select count(*) from {name}"));
        assert_eq!(sqlx::query_scalar::<_, i64>(rows).fetch_one(&mut app).await.unwrap(), 0, "{name}");
    }
}
