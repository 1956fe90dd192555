//! Who bought: what an order keeps of them, and which person the store takes them for.

use db::backups::owner::Owner;
use db::backups::quarantine::{Brought, Quarantine};
use db::orders::{list, show};
use db::stores::Store;
use db::testing::{self, TestDb};
use db::{Access, Scope};
use domain::ids::CustomerId;
use domain::orders::new_order::Draft;
use domain::orders::{NewOrder, OrderQuery};
use domain::permission::Permission;
use serde_json::{Value, json};

async fn shop(db: &TestDb) -> (Access, Store, Scope) {
    let access = testing::tenant(&db.db, "shop").await;
    let store = testing::store(&access, "north", "Europe/London", "GBP").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    (access, store, scope)
}

fn order(number: &str, customer: Value) -> NewOrder {
    let body = json!({
        "store": "north", "number": number, "placed_at": "2026-05-02T10:00:00Z", "currency": "GBP", "customer": customer,
        "items": [{"sku": "TEA", "title": "Tea", "quantity": 1, "unit_price": 450}],
    });
    Draft::checked_from_json(&body, "2026-06-01T00:00:00Z".parse().unwrap()).unwrap().1
}

async fn place(scope: &Scope, store: &Store, orders: &[(&str, Value)]) {
    let orders: Vec<NewOrder> = orders.iter().map(|(number, customer)| order(number, customer.clone())).collect();
    testing::place_all(scope, store, &orders).await;
}

async fn buyer(scope: &Scope, number: &str) -> CustomerId {
    show::by_number(scope, "north", number).await.unwrap().order.customer.unwrap().id.unwrap()
}

async fn found(scope: &Scope, text: &str) -> Vec<String> {
    let query = OrderQuery { q: Some(text.to_owned()), ..OrderQuery::default() };
    let mut numbers: Vec<String> =
        list::list(scope, &query).await.unwrap().rows.into_iter().map(|row| row.number).collect();
    numbers.sort();
    numbers
}

#[tokio::test]
async fn an_order_keeps_its_own_address_name_and_telephone() {
    let db = TestDb::new().await;
    let (_, store, scope) = shop(&db).await;
    place(
        &scope,
        &store,
        &[("1", json!({"external_id": "7", "email": "old@example.com", "name": "Jana Old", "phone": "1"}))],
    )
    .await;
    place(&scope, &store, &[("2", json!({"external_id": "7", "email": "NEW@example.com", "name": "Jana New"}))]).await;
    place(&scope, &store, &[("3", json!({"external_id": "7"}))]).await;
    assert_eq!(buyer(&scope, "1").await, buyer(&scope, "2").await);
    let said = async |number: &str| {
        let row = show::by_number(&scope, "north", number).await.unwrap().order.customer.unwrap();
        (row.email, row.name, row.phone, row.external_id)
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(said("1").await, (some("old@example.com"), some("Jana Old"), some("1"), some("7")));
    assert_eq!(said("2").await, (some("NEW@example.com"), some("Jana New"), None, some("7")));
    assert_eq!(said("3").await, (None, None, None, some("7")));
    let listed = list::list(&scope, &OrderQuery::default()).await.unwrap().rows;
    for row in listed {
        let detail = show::by_number(&scope, "north", &row.number).await.unwrap().order;
        assert_eq!(row.customer, detail.customer);
    }
    assert_eq!(found(&scope, "new@example.com").await, ["2"]);
    assert_eq!(found(&scope, "old@").await, ["1"]);
    assert_eq!(found(&scope, "7").await, ["1", "2", "3"]);
}

#[tokio::test]
async fn people_who_share_an_address_stay_apart() {
    let db = TestDb::new().await;
    let (access, store, scope) = shop(&db).await;
    let other = testing::store(&access, "south", "Europe/London", "GBP").await;
    let with = |id: &str| json!({"external_id": id, "email": "Shared@example.com"});
    let guest = || json!({"email": "shared@EXAMPLE.com"});
    // Of one person alone: then the address says who it is.
    place(&scope, &store, &[("1", with("a")), ("2", guest())]).await;
    place(&scope, &store, &[("3", guest())]).await;
    assert_eq!(
        (buyer(&scope, "2").await, buyer(&scope, "3").await),
        (buyer(&scope, "1").await, buyer(&scope, "1").await)
    );
    // Of two: then it says nothing, whether both are known or came this moment.
    place(&scope, &store, &[("4", with("b"))]).await;
    place(&scope, &store, &[("5", guest()), ("6", guest())]).await;
    let people = [buyer(&scope, "1").await, buyer(&scope, "4").await, buyer(&scope, "5").await];
    assert!(people[0] != people[1] && people[1] != people[2] && people[0] != people[2], "{people:?}");
    assert_eq!(buyer(&scope, "6").await, people[2]);
    place(
        &scope,
        &store,
        &[
            ("7", json!({"external_id": "c", "email": "two@example.com"})),
            ("8", json!({"email": "two@example.com"})),
            ("9", json!({"external_id": "d", "email": "two@example.com"})),
        ],
    )
    .await;
    assert!(
        buyer(&scope, "8").await != buyer(&scope, "7").await && buyer(&scope, "8").await != buyer(&scope, "9").await
    );
    // A guest who was there first stays who they are when somebody with an id turns up under the same address.
    place(&scope, &store, &[("10", json!({"email": "first@example.com"}))]).await;
    place(&scope, &store, &[("11", json!({"external_id": "e", "email": "first@example.com"}))]).await;
    place(&scope, &store, &[("12", json!({"email": "first@example.com"}))]).await;
    assert!(
        buyer(&scope, "12").await == buyer(&scope, "10").await
            && buyer(&scope, "12").await != buyer(&scope, "11").await
    );
    // Stores know their own people only.
    testing::place_all(&scope, &other, &[order("13", guest())]).await;
    let south = show::by_number(&scope, "south", "13").await.unwrap().order.customer.unwrap().id.unwrap();
    assert!(!people.contains(&south));
    assert_eq!(found(&scope, "shared@example.com").await.len(), 7);
}

#[tokio::test]
async fn buyers_who_are_known_cost_one_statement_and_new_ones_two() {
    let db = TestDb::new().await;
    let (_, store, scope) = shop(&db).await;
    let costs = async |number: &str, customer: Value| {
        let tx = scope.begin().await.unwrap();
        let before = db.db.statements();
        let order = order(number, customer);
        db::customers::ensure(&tx, &store, order.customer().into_iter()).await.unwrap();
        let after = db.db.statements();
        tx.commit().await.unwrap();
        after - before
    };
    let one = || json!({"external_id": "1", "email": "one@example.com", "name": "One"});
    assert_eq!(costs("1", one()).await, 2);
    assert_eq!(costs("2", one()).await, 1);
    assert_eq!(costs("3", json!({"email": "one@example.com"})).await, 1, "known by the address");
    assert_eq!(
        costs("4", json!({"external_id": "1", "email": "new@example.com"})).await,
        2,
        "an address to be learned"
    );
    assert_eq!(costs("5", json!({"external_id": "1", "email": "new@example.com"})).await, 1);
}

#[tokio::test]
async fn rows_of_an_old_backup_say_who_bought_and_are_found() {
    let db = TestDb::new().await;
    let (access, store, scope) = shop(&db).await;
    place(&scope, &store, &[("1", json!({"external_id": "7", "email": "ΟΔΟΣ@example.com", "name": "Jana"}))]).await;
    let owner = Owner::new(db.owner_url.clone());
    let silent = [
        "customer_email",
        "customer_email_key",
        "customer_name",
        "customer_phone",
        "customer_external_id",
        "customer_country",
        "sku_key",
    ];
    let mut conn = owner.connect_within(access.tenant()).await.unwrap();
    let brought: Vec<Brought> = db::backups::tables::saved(&mut conn)
        .await
        .unwrap()
        .into_iter()
        .filter(|table| ["orders", "order_items", "order_refs", "variants", "customers"].contains(&table.name.as_str()))
        .map(|table| Brought {
            columns: table
                .columns
                .into_iter()
                .map(|c| c.name)
                .filter(|name| !silent.contains(&name.as_str()))
                .collect(),
            table: table.name,
        })
        .collect();
    let mut quarantine = Quarantine::new(&owner, access.tenant(), brought.clone()).await.unwrap();
    let (into, schema) = quarantine.target();
    for Brought { table, columns } in &brought {
        let list = columns.join(", ");
        let sql = format!("insert into {schema}.{table} ({list}) select {list} from public.{table}");
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut *into).await.unwrap();
    }
    // Everything is lost, and what the backup has comes back.
    let app = db.owner(access.tenant()).await;
    for table in ["order_items", "orders", "order_refs", "customer_emails", "variants", "customers"] {
        sqlx::query(sqlx::AssertSqlSafe(format!("delete from {table}"))).execute(&app).await.unwrap();
    }
    quarantine.apply(&access.scope(Permission::ManageBackups).unwrap(), uuid::Uuid::nil().into(), &[]).await.unwrap();
    quarantine.drop().await.unwrap();
    for text in ["οδος@example.com", "7", "tea"] {
        assert_eq!(found(&scope, text).await, ["1"], "{text}");
    }
    let row = show::by_number(&scope, "north", "1").await.unwrap().order.customer.unwrap();
    assert_eq!((row.name.as_deref(), row.email.as_deref()), (Some("Jana"), Some("ΟΔΟΣ@example.com")));
}
