//! The feed: every event once, in order, without holes, to every process.

use std::time::{Duration, Instant};

use db::feed::{self, Item};
use db::testing::{self, TestDb};
use domain::permission::Permission;

#[tokio::test]
async fn a_new_store_is_an_event() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "shop").await;
    let scope = access.scope(Permission::ReadEvents).unwrap();
    let before = testing::head(&access).await;
    let mut listener = feed::subscribe(&scope, Some(before)).await.unwrap();
    let store = testing::store(&access, "north", "UTC", "GBP").await;
    let Item::Event(event) = listener.next().await.unwrap() else { panic!("gap") };
    assert_eq!((event.seq, event.kind.as_str(), event.store_id), (before + 1, "store.created", Some(store.id.0)));
    assert_eq!(event.data, serde_json::json!({"id": store.id, "store": "north"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_writers_leave_no_hole_and_no_double() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "shop").await;
    let store = testing::store(&access, "north", "UTC", "GBP").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let begin = testing::head(&access).await;
    let mut listener = feed::subscribe(&scope, Some(begin)).await.unwrap();
    let writers = (0..8).map(|writer| {
        let (scope, store) = (scope.clone(), store.clone());
        tokio::spawn(async move {
            for n in 0..15 {
                let order = testing::order(&store, &format!("{writer}-{n}"), scope.now(), 1);
                testing::place_all(&scope, &store, &[order]).await;
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    for expected in begin + 1..=begin + 120 {
        match tokio::time::timeout(Duration::from_secs(5), listener.next()).await.unwrap().unwrap() {
            Item::Event(event) => assert_eq!(event.seq, expected),
            Item::Gap(seq) => panic!("gap at {seq}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_process_hears_within_a_tenth_of_a_second_and_without_announcements_within_two() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "shop").await;
    let store = testing::store(&access, "north", "UTC", "GBP").await;
    let here = access.scope(Permission::WriteOrders).unwrap();
    for hears in [true, false] {
        let other = db.another(None).await;
        let there = db::Access::job(other.clone(), access.tenant()).scope(Permission::ReadEvents).unwrap();
        if hears {
            tokio::spawn(feed::listen(other.clone()));
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        let mut listener = feed::subscribe(&there, None).await.unwrap();
        let started = Instant::now();
        testing::place_all(&here, &store, &[testing::order(&store, &format!("{hears}"), here.now(), 1)]).await;
        let item = tokio::time::timeout(Duration::from_secs(5), listener.next()).await.unwrap().unwrap();
        assert!(matches!(item, Item::Event(_)));
        let patience = if hears { 600 } else { 2_000 };
        assert!(started.elapsed() < Duration::from_millis(patience), "hears {hears}: {:?}", started.elapsed());
    }
}

#[tokio::test]
async fn lost_history_is_said_and_not_skipped() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "shop").await;
    let store = testing::store(&access, "north", "UTC", "GBP").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let begin = testing::head(&access).await;
    for n in 0..5 {
        testing::place_all(&scope, &store, &[testing::order(&store, &n.to_string(), scope.now(), 1)]).await;
    }
    let owner = db.owner(access.tenant()).await;
    sqlx::query("delete from feed_events where seq <= $1").bind(begin + 3).execute(&owner).await.unwrap();
    let mut listener = feed::subscribe(&scope, Some(begin + 1)).await.unwrap();
    assert!(matches!(listener.next().await.unwrap(), Item::Gap(lost) if lost == begin + 3));
    for expected in [begin + 4, begin + 5] {
        let Item::Event(event) = listener.next().await.unwrap() else { panic!("gap") };
        assert_eq!(event.seq, expected);
    }
}
