//! A repeated request has no second effect, however many arrive at once.

use db::idempotency::{self, Claim};
use db::orders::place::{self, Placed, Via};
use db::testing::{self, TestDb};
use domain::permission::Permission;

#[tokio::test(flavor = "multi_thread")]
async fn one_key_at_once_from_everywhere_is_one_order() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "shop").await;
    let store = testing::store(&access, "north", "UTC", "GBP").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let order = testing::order(&store, "1", scope.now(), 1);
    place::prepare(&db.db, std::slice::from_ref(&order)).await.unwrap();
    let hash = idempotency::request_hash("/orders", b"body");
    let tasks = (0..50).map(|_| {
        let (scope, store, order, hash) = (scope.clone(), store.clone(), order.clone(), hash.clone());
        tokio::spawn(async move {
            let tx = scope.begin().await.unwrap();
            let claim = idempotency::claim(&tx, "key-1", &hash).await.unwrap();
            if claim == Claim::Fresh {
                place::place(&tx, &store, &[order], Via::Api).await.unwrap();
                idempotency::store(&tx, "key-1", &hash, 201, b"made").await.unwrap();
                tx.commit().await.unwrap();
            }
            claim
        })
    });
    let mut fresh = 0;
    for task in tasks.collect::<Vec<_>>() {
        match task.await.unwrap() {
            Claim::Fresh => fresh += 1,
            Claim::Replay(answer) => assert_eq!((answer.status, answer.body.as_slice()), (201, b"made".as_slice())),
            Claim::Running => {}
            Claim::OtherRequest => panic!("same request"),
        }
    }
    assert_eq!(fresh, 1);
    let other = idempotency::request_hash("/orders", b"other body");
    // Transactions that were dropped give their turn back a moment later.
    for attempt in 0.. {
        let tx = scope.begin().await.unwrap();
        match idempotency::claim(&tx, "key-1", &other).await.unwrap() {
            Claim::Running if attempt < 100 => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            claim => {
                assert_eq!(claim, Claim::OtherRequest);
                break;
            }
        }
    }
}

#[tokio::test]
async fn the_same_order_is_unchanged_and_another_under_its_number_a_conflict() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "shop").await;
    let store = testing::store(&access, "north", "UTC", "GBP").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let at = scope.now();
    let (order, other) = (testing::order(&store, "1", at, 1), testing::order(&store, "1", at, 2));
    let placed = testing::place_all(&scope, &store, &[order.clone(), order.clone(), other]).await;
    let Placed::Stored(id) = placed[0] else { panic!("{placed:?}") };
    assert_eq!(placed[1..], [Placed::Unchanged(id), Placed::Conflict(id)]);
    assert_eq!(testing::place_all(&scope, &store, &[order]).await, [Placed::Unchanged(id)]);
    assert!(db::rollups::verify(&scope).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_of_the_same_skus_and_customers_never_deadlock() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "shop").await;
    let store = testing::store(&access, "north", "UTC", "GBP").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let at = scope.now();
    let body = |number: String, skus: Vec<usize>| {
        let items: Vec<_> = skus
            .iter()
            .map(|n| serde_json::json!({"sku": format!("S{n}"), "title": "x", "quantity": 1, "unit_price": 1}))
            .collect();
        let body = serde_json::json!({"store": "north", "number": number, "placed_at": at, "currency": "GBP",
            "customer": {"email": format!("c{}@x.test", skus[0] % 3)}, "items": items});
        domain::orders::new_order::Draft::checked_from_json(&body, at).unwrap().1
    };
    let tasks = (0..40_usize).map(|n| {
        let skus: Vec<usize> = (0..6).map(|i| (n * 7 + i * 5) % 11).collect();
        let skus = if n % 2 == 0 { skus.into_iter().rev().collect() } else { skus };
        let batch: Vec<_> = (0..3).map(|i| body(format!("{n}-{i}"), skus.clone())).collect();
        let (scope, store) = (scope.clone(), store.clone());
        tokio::spawn(async move { testing::place_all(&scope, &store, &batch).await })
    });
    for task in tasks.collect::<Vec<_>>() {
        assert!(task.await.unwrap().iter().all(|p| matches!(p, Placed::Stored(_))));
    }
    assert!(db::rollups::verify(&scope).await.unwrap().is_empty());
}
