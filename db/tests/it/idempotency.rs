//! A repeated request has no second effect, however many arrive at once.

use db::idempotency::{self, Claim, NewAnswer};
use db::orders::place::{self, Placed, Via};
use db::testing::{self, TestDb};
use domain::permission::{KeyScope, Permission};

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
                let answer = NewAnswer { status: 201, body: b"made", stores: &[store.id] };
                idempotency::store(&tx, "key-1", &hash, &answer).await.unwrap();
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
    let claimed = async || {
        let tx = scope.begin().await.unwrap();
        let claim = idempotency::claim(&tx, "key-1", &other).await.unwrap();
        Some(claim).filter(|claim| *claim != Claim::Running)
    };
    assert_eq!(testing::eventually("the key is not in use", claimed).await, Claim::OtherRequest);
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

#[tokio::test]
async fn a_replay_needs_access_to_the_stores_of_the_first_response() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "shop").await;
    let [north, south] =
        [testing::store(&access, "north", "UTC", "GBP").await, testing::store(&access, "south", "UTC", "GBP").await];
    let keys = access.scope(Permission::ManageKeys).unwrap();
    let bearer = async |store| {
        let key = db::api_keys::create(&keys, &[KeyScope::OrdersWrite], store).await.unwrap();
        db::api_keys::access(&db.db, &key).await.unwrap().unwrap().scope(Permission::WriteOrders).unwrap()
    };
    let [of_all, of_north, of_south, again] =
        [bearer(None).await, bearer(Some(north.id)).await, bearer(Some(south.id)).await, bearer(Some(south.id)).await];
    let (hash, other) = (idempotency::request_hash("/orders", b"body"), idempotency::request_hash("/orders", b"other"));
    let keep = async |scope: &db::Scope, key: &str, body: &[u8], stores: &[domain::ids::StoreId]| {
        let tx = scope.begin().await.unwrap();
        assert_eq!(idempotency::claim(&tx, key, &hash).await.unwrap(), Claim::Fresh, "{key}");
        idempotency::store(&tx, key, &hash, &NewAnswer { status: 201, body, stores }).await.unwrap();
        tx.commit().await.unwrap();
    };
    let asked = async |scope: &db::Scope, key: &str, request: &[u8]| {
        let tx = scope.begin().await.unwrap();
        let claim = idempotency::claim(&tx, key, request).await.unwrap();
        tx.roll_back().await.unwrap();
        match claim {
            Claim::Replay(answer) => String::from_utf8(answer.body).unwrap(),
            other => format!("{other:?}"),
        }
    };
    keep(&of_all, "k", b"of south", &[south.id]).await;
    for request in [&hash, &other] {
        assert_eq!(asked(&of_north, "k", request).await, "Fresh", "whoever does not reach it hears of nothing");
    }
    for scope in [&of_all, &of_south, &again] {
        assert_eq!(asked(scope, "k", &hash).await, "of south");
        assert_eq!(asked(scope, "k", &other).await, "OtherRequest");
    }
    keep(&of_north, "k", b"of north", &[north.id]).await;
    assert_eq!(asked(&of_north, "k", &hash).await, "of north");
    assert_eq!(asked(&of_south, "k", &hash).await, "of south");
    // About both, or about nothing that is known: for those who reach everything.
    keep(&of_all, "both", b"of both", &[north.id, south.id]).await;
    keep(&of_all, "none", b"of none", &[]).await;
    for key in ["both", "none"] {
        for scope in [&of_north, &of_south] {
            assert_eq!(asked(scope, key, &hash).await, "Fresh", "{key}");
        }
    }
    assert_eq!(asked(&of_all, "both", &hash).await, "of both");
    // A request that still runs keeps only those waiting who would be given its answer.
    let tx = of_all.begin().await.unwrap();
    idempotency::claim(&tx, "running", &hash).await.unwrap();
    assert_eq!(asked(&of_all, "running", &hash).await, "Running");
    assert_eq!(asked(&of_south, "running", &hash).await, "Fresh");
    tx.roll_back().await.unwrap();
}
