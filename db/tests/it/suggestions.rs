//! What the search field suggests: orders and customers of this tenant and these stores, in a fixed number of statements.

use db::people::{self, Membership};
use db::stores::Store;
use db::suggestions::{Suggestions, explain, suggest};
use db::testing::{self, TestDb};
use db::{Access, Scope};
use domain::orders::NewOrder;
use domain::orders::new_order::Draft;
use domain::people::{MemberRole, StoreAccess};
use domain::permission::{Permission, Role};
use serde_json::json;

fn order(store: &Store, number: &str, email: &str) -> NewOrder {
    let body = json!({
        "store": store.slug, "number": number, "placed_at": "2026-05-02T10:00:00Z", "currency": "GBP",
        "customer": {"external_id": format!("id-{number}"), "email": email, "name": format!("Buyer of {number}")},
        "items": [{"sku": "TEA", "title": "Tea", "quantity": 1, "unit_price": 450}],
    });
    Draft::checked_from_json(&body, "2026-06-01T00:00:00Z".parse().unwrap()).unwrap().1
}

async fn shop(db: &TestDb, slug: &str) -> (Access, Store, Scope) {
    let access = testing::tenant(&db.db, slug).await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = access.scope(Permission::ReadOrders).unwrap();
    (access, store, scope)
}

async fn place(access: &Access, store: &Store, orders: &[NewOrder]) {
    testing::place_all(&access.scope(Permission::WriteOrders).unwrap(), store, orders).await;
}

fn numbers(found: &Suggestions) -> Vec<&str> {
    let mut numbers: Vec<&str> = found.orders.iter().map(|order| order.number.as_str()).collect();
    numbers.sort_unstable();
    numbers
}

fn ids(found: &Suggestions) -> Vec<&str> {
    found.customers.iter().filter_map(|customer| customer.external_id.as_deref()).collect()
}

#[tokio::test]
async fn orders_and_customers_are_suggested_by_number_address_and_id() {
    let db = TestDb::new().await;
    let (access, store, scope) = shop(&db, "shop").await;
    let (other, others_store, _) = shop(&db, "other").await;
    place(&access, &store, &[order(&store, "A-1", "ana@example.com"), order(&store, "A-2", "bo@example.com")]).await;
    place(&other, &others_store, &[order(&others_store, "A-3", "ana@example.com")]).await;
    let by_number = suggest(&scope, " a- ").await.unwrap();
    assert_eq!((numbers(&by_number), ids(&by_number)), (vec!["A-1", "A-2"], vec![]));
    let by_address = suggest(&scope, "ANA@").await.unwrap();
    assert_eq!((numbers(&by_address), ids(&by_address)), (vec!["A-1"], vec!["id-A-1"]));
    let by_id = suggest(&scope, "id-A-2").await.unwrap();
    assert_eq!((numbers(&by_id), ids(&by_id)), (vec!["A-2"], vec!["id-A-2"]));
    assert_eq!(suggest(&scope, "A-3").await.unwrap(), Suggestions::default());
    assert_eq!(suggest(&scope, "  ").await.unwrap(), Suggestions::default());
}

#[tokio::test]
async fn suggestions_stay_within_the_stores_of_a_member() {
    let db = TestDb::new().await;
    let (access, north, all) = shop(&db, "shop").await;
    let south = testing::store(&access, "south", "Europe/London", "GBP").await;
    place(&access, &north, &[order(&north, "A-1", "ana@example.com")]).await;
    place(&access, &south, &[order(&south, "A-2", "ana@example.com")]).await;
    let both = suggest(&all, "ana@").await.unwrap();
    assert_eq!((numbers(&both), both.customers.len()), (vec!["A-1", "A-2"], 2));
    let membership = Membership {
        tenant: access.tenant(),
        slug: "shop".into(),
        name: "Shop".into(),
        role: MemberRole::Fixed(Role::Staff),
        stores: StoreAccess::of(Some([north.id])),
        needs_second_factor: false,
        suspended: None,
    };
    let member = people::access_as(&db.db, db.db.clock().id(), &membership);
    let one = suggest(&member.scope(Permission::ReadOrders).unwrap(), "ana@").await.unwrap();
    assert_eq!((numbers(&one), ids(&one)), (vec!["A-1"], vec!["id-A-1"]));
}

#[tokio::test]
async fn the_number_of_statements_does_not_depend_on_what_is_found() {
    let db = TestDb::new().await;
    let (access, store, scope) = shop(&db, "shop").await;
    let mut counts = Vec::new();
    for (from, to) in [(0, 3), (3, 60)] {
        let orders: Vec<NewOrder> =
            (from..to).map(|n| order(&store, &format!("A-{n}"), &format!("a-{n}@example.com"))).collect();
        place(&access, &store, &orders).await;
        for text in ["a-", "nothing-is-called-this"] {
            // The fewest of some tries: now and then one of them reads the stores for all that come in the next half second.
            let mut fewest = u64::MAX;
            for _ in 0..4 {
                let before = db.db.statements();
                suggest(&scope, text).await.unwrap();
                fewest = fewest.min(db.db.statements() - before);
            }
            counts.push(fewest);
        }
    }
    assert_eq!(counts, [3, 3, 3, 3]);
    let most = suggest(&scope, "a-").await.unwrap();
    assert_eq!((most.orders.len(), most.customers.len()), (5, 5));
}

#[tokio::test]
async fn customers_are_read_by_their_indexes_even_where_one_tenant_owns_every_row() {
    let db = TestDb::new().await;
    let (access, store, scope) = shop(&db, "shop").await;
    let owner = db.owner(access.tenant()).await;
    for sql in [
        "insert into customers (tenant_id, id, store_id, external_id, email, created_at) \
         select $1, gen_random_uuid(), $2, n::text, 'C' || n || '@example.com', now() from generate_series(1, 20000) n",
        "insert into customer_emails (tenant_id, email_key, customer_id) \
         select tenant_id, lower(email), id from customers where tenant_id = $1 and store_id = $2",
    ] {
        sqlx::query(sql).bind(access.tenant().0).bind(store.id.0).execute(&owner).await.unwrap();
    }
    sqlx::query("analyze customers, customer_emails").execute(&owner).await.unwrap();
    let tx = scope.begin().await.unwrap();
    let plan = explain(&tx, "c1999").await.unwrap();
    assert!(!plan.contains("Seq Scan"), "{plan}");
    for index in ["customer_emails_pkey", "customers_external_id"] {
        assert!(plan.contains(index), "{index}\n{plan}");
    }
}
