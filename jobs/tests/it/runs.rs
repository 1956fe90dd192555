//! Who may work on a run, and in which order runs are listed.

use chrono::{DateTime, TimeDelta, Utc};
use db::imports::{Begin, Claimed, Created, LEASE, Lease, NewRun, Progress, Run, Taker};
use db::testing::TestDb;
use db::{Clock, DataError};
use domain::imports::{Format, ImportQuery, Summary};
use domain::page::Limit;

use crate::setup::{Shop, owner};

fn noon() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

async fn shop() -> (Shop, Clock) {
    let clock = Clock::fixed(noon());
    (Shop::with(TestDb::with(clock.clone(), None).await).await, clock)
}

async fn run(shop: &Shop, hash: &[u8], begin: Begin) -> Run {
    let new = NewRun {
        store: &shop.store,
        format: Format::OrdersJsonl,
        file_name: "a.jsonl",
        file_path: "/nowhere/a.jsonl",
        file_size: 1,
        file_hash: hash,
        mode: Default::default(),
        begin,
    };
    match db::imports::create(&shop.scope(), new).await.unwrap() {
        Created::New(run) => run,
        other => panic!("{other:?}"),
    }
}

async fn take(shop: &Shop, run: &Run) -> Option<Lease> {
    match db::imports::claim(&shop.scope(), run.id, Taker::Command(owner())).await.unwrap() {
        Claimed::Mine(_, lease) => Some(lease),
        Claimed::Busy(_) => None,
        Claimed::Settled(run) => panic!("{run:?}"),
    }
}

async fn save(shop: &Shop, lease: &Lease, line: u64) -> Result<(), DataError> {
    let tx = shop.scope().begin().await?;
    let progress = Progress { line, total_lines: 9, summary: &Summary::default(), problems: &[] };
    db::imports::save(&tx, lease, &progress).await?;
    tx.commit().await
}

#[tokio::test]
async fn a_run_is_taken_over_when_its_lease_runs_out_and_the_old_holder_can_store_no_more() {
    let (shop, clock) = shop().await;
    let run = run(&shop, b"1", Begin::Here).await;
    let first = take(&shop, &run).await.unwrap();
    save(&shop, &first, 3).await.unwrap();
    assert_eq!(take(&shop, &run).await, None);
    clock.set(noon() + LEASE - TimeDelta::milliseconds(1));
    db::imports::renew(&shop.scope(), &first).await.unwrap();
    clock.set(noon() + LEASE + TimeDelta::seconds(1));
    assert_eq!(take(&shop, &run).await, None);
    clock.set(noon() + LEASE * 3);
    let second = take(&shop, &run).await.unwrap();
    assert!(second.fence > first.fence);
    for stale in [
        save(&shop, &first, 8).await,
        db::imports::renew(&shop.scope(), &first).await,
        db::imports::release(&shop.scope(), &first).await,
        db::imports::give_up(&shop.scope(), &first, "late", 0).await.map(drop),
    ] {
        assert!(matches!(stale, Err(DataError::Refused(_))), "{stale:?}");
    }
    let now = db::imports::show(&shop.scope(), run.id).await.unwrap();
    assert_eq!((now.checkpoint, now.error), (3, None));
    save(&shop, &second, 5).await.unwrap();
}

#[tokio::test]
async fn two_runs_of_one_store_never_overlap() {
    let (shop, _) = shop().await;
    let (one, two) = (run(&shop, b"1", Begin::Here).await, run(&shop, b"2", Begin::Here).await);
    let (a, b) = tokio::join!(take(&shop, &one), take(&shop, &two));
    assert!(a.is_some() != b.is_some(), "{a:?} {b:?}");
    let (lease, waiting) = a.map_or((b, &one), |lease| (Some(lease), &two));
    assert_eq!(take(&shop, waiting).await, None);
    let third = run(&shop, b"3", Begin::Check).await;
    let checking = db::imports::claim(&shop.scope(), third.id, Taker::Worker(owner())).await.unwrap();
    assert!(matches!(checking, Claimed::Mine(..)), "a check hinders nobody");
    let tx = shop.scope().begin().await.unwrap();
    db::imports::finish(&tx, &lease.unwrap()).await.unwrap();
    tx.commit().await.unwrap();
    assert!(take(&shop, waiting).await.is_some());
}

#[tokio::test]
async fn a_run_that_never_gets_further_is_given_up() {
    let (shop, clock) = shop().await;
    let run = run(&shop, b"1", Begin::Here).await;
    for attempt in 1..=3 {
        clock.set(noon() + LEASE * 2 * attempt);
        let lease = take(&shop, &run).await.unwrap();
        let again = db::imports::give_up(&shop.scope(), &lease, "the disk is gone", 0).await.unwrap();
        assert_eq!(again == db::imports::GaveUp::Again, attempt < 3);
    }
    let failed = db::imports::show(&shop.scope(), run.id).await.unwrap();
    assert_eq!((failed.status.as_str(), failed.error.as_deref()), ("failed", Some("the disk is gone")));
}

#[tokio::test]
async fn runs_are_listed_newest_first_in_pages() {
    let (shop, clock) = shop().await;
    for n in 0..5_u8 {
        clock.set(noon() + TimeDelta::minutes(i64::from(n)));
        run(&shop, &[n], Begin::Check).await;
    }
    let scope = shop.scope();
    let limit = Limit::new(2).unwrap();
    let minutes = |page: &domain::page::Page<Run>| -> Vec<i64> {
        page.rows.iter().map(|run| (run.created_at - noon()).num_minutes()).collect()
    };
    let at = |cursor| ImportQuery { cursor, ..ImportQuery::default() };
    let first = db::imports::list(&scope, &at(None), limit).await.unwrap();
    let second = db::imports::list(&scope, &at(first.older.map(|cursor| db::testing::seal().seal(cursor))), limit)
        .await
        .unwrap();
    let third = db::imports::list(&scope, &at(second.older.map(|cursor| db::testing::seal().seal(cursor))), limit)
        .await
        .unwrap();
    assert_eq!([minutes(&first), minutes(&second), minutes(&third)], [vec![4, 3], vec![2, 1], vec![0]]);
    let back = db::imports::list(&scope, &at(third.newer.map(|cursor| db::testing::seal().seal(cursor))), limit)
        .await
        .unwrap();
    assert_eq!((minutes(&back), third.older), (vec![2, 1], None));
}
