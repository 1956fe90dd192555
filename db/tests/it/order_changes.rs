//! What happens to an order costs as many statements for one line as for two hundred.

use db::idempotency::{Answer, Key};
use db::orders::OrderDetail;
use db::orders::change::{Change, change, change_for};
use db::orders::edit::Edit;
use db::orders::place::Placed;
use db::orders::show;
use db::testing::{self, TestDb};
use db::{DataError, Scope};
use domain::ids::OrderId;
use domain::orders::new_order::{Draft, NewFulfilment, NewPayment, NewRefund};
use domain::orders::refund::RefundRequest;
use domain::orders::{NewOrder, PaymentKind};
use domain::permission::Permission;
use serde_json::json;

/// How often each is counted: now and then one of them reads the stores for all that come in the next half second.
const TRIES: i64 = 4;

fn unpaid(number: &str, lines: i64, scope: &Scope) -> NewOrder {
    let item = |n: i64| json!({"sku": format!("S{n}"), "title": "Thing", "quantity": 2, "unit_price": 100 + n});
    let body = json!({
        "store": "north", "number": number, "placed_at": scope.now(), "currency": "GBP", "payments": [], "discount": 7, "tax": 13,
        "items": (0..lines).map(item).collect::<Vec<_>>(), "shipping_lines": [{"title": "DPD", "amount": 300}],
    });
    Draft::checked_from_json(&body, scope.now()).unwrap().1
}

/// A whole life: every kind of change, in an order that the rules allow.
fn life(scope: &Scope) -> Vec<Change> {
    let at = scope.now();
    let pay =
        |kind, amount| Change::Pay(NewPayment { kind, amount, method: "card".into(), reference: String::new(), at });
    let send = |lines| {
        let (carrier, tracking_number, tracking_url) = (String::new(), String::new(), String::new());
        Change::Fulfil(NewFulfilment { lines, carrier, tracking_number, tracking_url, at })
    };
    let back = |request| Change::Refund { refund: NewRefund { request, reason: String::new(), at }, seen: None };
    vec![
        Change::Hold(true),
        Change::Hold(false),
        pay(PaymentKind::Authorization, 100),
        pay(PaymentKind::Capture, 50),
        pay(PaymentKind::Void, 0),
        Change::MarkPaid,
        Change::Edit(Box::new(Edit { note: Some("x".into()), tags: Some(vec!["a".into()]), ..Edit::default() })),
        Change::Note("x".into()),
        send(vec![(1, 1)]),
        send(Vec::new()),
        back(RefundRequest::lines([(1, 1)])),
        back(RefundRequest::Lines { lines: Vec::new(), shipping: 100 }),
        back(RefundRequest::Amount(10)),
        back(RefundRequest::full()),
        Change::Close(true),
        Change::Close(false),
    ]
}

async fn placed(scope: &Scope, store: &db::stores::Store, number: &str, lines: i64) -> OrderId {
    match testing::place_all(scope, store, &[unpaid(number, lines, scope)]).await[0] {
        Placed::Stored(id) => id,
        other => panic!("{other:?}"),
    }
}

// The fewest statements of each change, of the cancellation of a fresh order, and of looking at it in the end.
async fn costs(lines: i64) -> Vec<u64> {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "shop").await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let mut fewest: Vec<u64> = Vec::new();
    for n in 0..TRIES {
        let mut costs = Vec::new();
        let id = placed(&scope, &store, &format!("A-{n}"), lines).await;
        for next in life(&scope) {
            let before = db.db.statements();
            change(&scope, id, &next).await.unwrap_or_else(|refused| panic!("{next:?}: {refused}"));
            costs.push(db.db.statements() - before);
        }
        let before = db.db.statements();
        show::by_id(&scope, id).await.unwrap();
        costs.push(db.db.statements() - before);
        let id = placed(&scope, &store, &format!("C-{n}"), lines).await;
        let cancel = Change::Cancel { reason: String::new(), restock: true };
        let before = db.db.statements();
        change(&scope, id, &cancel).await.unwrap();
        costs.push(db.db.statements() - before);
        fewest = if n == 0 { costs } else { fewest.iter().zip(&costs).map(|(a, b)| *a.min(b)).collect() };
    }
    assert!(db::rollups::verify(&scope).await.unwrap().is_empty());
    fewest
}

#[tokio::test]
async fn the_number_of_statements_does_not_depend_on_the_lines() {
    let (one, many) = (costs(1).await, costs(200).await);
    assert_eq!(one, many, "one line and two hundred");
    assert!(one.iter().all(|count| *count <= 20), "about twelve are promised: {one:?}");
}

#[tokio::test]
async fn a_change_of_another_version_or_one_that_is_refused_holds_nobody_up() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "shop").await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let id = placed(&scope, &store, "A-1", 1).await;
    let head = testing::head(&access).await;
    let key = Key { key: "k".into(), request: vec![1] };
    let none = |_: OrderDetail| -> Result<Answer, DataError> { Err(DataError::Corrupt("nobody asked".into())) };
    // Again and again under one key: the lock of the one before is gone when it is answered.
    for _ in 0..20 {
        let stale = change_for(&scope, id, &Change::Note("x".into()), Some(&key), Some(7), none).await;
        assert!(matches!(stale, Err(DataError::Stale)), "{stale:?}");
        let refused = change_for(&scope, id, &Change::Close(false), Some(&key), None, none).await;
        assert!(matches!(refused, Err(DataError::Refused(_))), "{refused:?}");
        let unanswered = change_for(&scope, id, &Change::Note("x".into()), Some(&key), Some(1), none).await;
        assert!(matches!(unanswered, Err(DataError::Corrupt(_))), "{unanswered:?}");
    }
    let told = show::by_id(&scope, id).await.unwrap();
    assert_eq!((told.facts.version, testing::head(&access).await), (1, head), "nothing was changed");
}
