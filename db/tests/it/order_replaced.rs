//! A newer state of an order takes the place of the stored one: the figures are those of its last state, whatever came before.

use db::orders::place::{self, Mode, Placed, Via};
use db::orders::{list, show};
use db::stores::Store;
use db::testing::{self, TestDb};
use db::{DataError, Scope};
use domain::orders::new_order::Draft;
use domain::orders::{NewOrder, OrderQuery, OrderStatus, PaymentStatus};
use domain::permission::Permission;
use proptest::prelude::*;
use serde_json::{Value, json};

fn order(scope: &Scope, more: &Value) -> NewOrder {
    let mut body = json!({
        "store": "north", "number": "S-1", "placed_at": "2026-11-02T10:00:00Z", "currency": "GBP",
        "items": [{"sku": "TEA", "title": "Tea", "quantity": 2, "unit_price": 450}, {"sku": "MUG", "title": "Mug", "quantity": 1, "unit_price": 900}],
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Draft::checked_from_json(&body, scope.now()).unwrap_or_else(|faults| panic!("{body}: {faults}")).1
}

async fn put(scope: &Scope, store: &Store, more: &Value) -> Result<Placed, DataError> {
    let order = order(scope, more);
    place::prepare(scope.db(), std::slice::from_ref(&order)).await?;
    let tx = scope.begin().await?;
    let placed = place::write(&tx, store, std::slice::from_ref(&order), (Via::Api, Mode::Update)).await?;
    let placed = placed.finish(&tx).await?;
    tx.commit().await?;
    Ok(placed[0])
}

#[tokio::test]
async fn a_newer_state_replaces_and_an_older_one_changes_nothing() {
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "demo").await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let first = json!({"payments": [], "updated_at": "2026-11-02T10:00:00Z"});
    let Placed::Stored(id) = put(&scope, &store, &first).await.unwrap() else { panic!("it is new") };
    assert_eq!(put(&scope, &store, &first).await.unwrap(), Placed::Unchanged(id));
    let paid = json!({
        "updated_at": "2026-11-03T10:00:00Z", "placed_at": "2026-07-02T23:30:00Z", "discount": 180, "tax": 300,
        "payments": [{"amount": 1_920, "method": "card"}], "fulfilments": [{"lines": [{"line": 1, "quantity": 2}]}],
        "refunds": [{"lines": [{"line": 2, "quantity": 1}], "at": "2026-11-04T10:00:00Z"}],
    });
    assert_eq!(put(&scope, &store, &paid).await.unwrap(), Placed::Updated(id));
    assert_eq!(db::rollups::verify(&scope).await.unwrap(), []);
    assert_eq!(put(&scope, &store, &first).await.unwrap(), Placed::Stale(id));
    let now = show::by_id(&scope, id).await.unwrap();
    assert_eq!((now.order.payment_status, now.facts.version), (PaymentStatus::PartiallyRefunded, 2));
    assert_eq!((now.payments.len(), now.fulfilments.len(), now.refunds.len()), (1, 1, 1));
    let kinds: Vec<&str> = now.timeline.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(kinds, ["updated", "placed"], "the timeline goes along to the other quarter");
    let cancelled = json!({"updated_at": "2026-11-05T10:00:00Z", "cancelled_at": "2026-11-05T10:00:00Z"});
    assert_eq!(put(&scope, &store, &cancelled).await.unwrap(), Placed::Updated(id));
    let now = show::by_id(&scope, id).await.unwrap();
    assert_eq!((now.order.status, now.payments.len(), now.refunds.len()), (OrderStatus::Cancelled, 0, 0));
    assert_eq!(db::rollups::verify(&scope).await.unwrap(), []);
    assert_eq!(list::list(&scope, &OrderQuery::default()).await.unwrap().rows.len(), 1);
}

fn state() -> impl Strategy<Value = Value> {
    let day = (1_u32..20, 6_u32..12, 0_u32..24);
    let refunds = prop_oneof![
        Just(json!([])),
        Just(json!([{"amount": 100, "at": "2026-10-01T23:30:00Z"}])),
        Just(json!([{"lines": [{"line": 1, "quantity": 1}], "at": "2026-11-11T00:30:00Z"}])),
    ];
    let ends = prop_oneof![
        Just(json!({})),
        Just(json!({"cancelled_at": "2026-11-12T10:00:00Z"})),
        Just(json!({"closed_at": "2026-11-12T10:00:00Z"})),
    ];
    (day, 0_i64..200, 0_i64..200, any::<bool>(), refunds, ends, 1_i64..5).prop_map(
        |((day, month, hour), discount, tax, within, refunds, ends, quantity)| {
            let mut state = json!({
                "placed_at": format!("2026-{month:02}-{day:02}T{hour:02}:30:00Z"), "discount": discount, "tax": tax,
                "prices_include_tax": within, "refunds": refunds,
                "items": [{"sku": "TEA", "title": "Tea", "quantity": quantity, "unit_price": 450}, {"title": "Gift", "kind": "fee", "quantity": 1, "unit_price": 50}],
            });
            state.as_object_mut().unwrap().extend(ends.as_object().unwrap().clone());
            state
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 20, ..ProptestConfig::default() })]

    #[test]
    fn figures_are_those_of_the_last_state(states in prop::collection::vec(state(), 2..7)) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let db = TestDb::new().await;
            let access = testing::tenant(&db.db, "demo").await;
            let store = testing::store(&access, "north", "Pacific/Auckland", "GBP").await;
            let scope = access.scope(Permission::WriteOrders).unwrap();
            for state in &states {
                put(&scope, &store, state).await.unwrap();
                assert_eq!(db::rollups::verify(&scope).await.unwrap(), [], "{states:?}");
            }
        });
    }
}
