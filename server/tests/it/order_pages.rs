//! The pages of orders: numbers of any shape, neighbours, and filters of which only a part makes sense.

use chrono::Duration;
use db::testing;
use domain::orders::NewOrder;
use domain::permission::Permission;

use crate::browser::{Browser, location, tenant_with_owner};
use crate::harness::App;

#[tokio::test]
async fn an_order_of_any_number_can_be_opened_and_changed() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let tx = scope.begin().await.unwrap();
    let store = db::stores::by_slug(&tx, "north").await.unwrap();
    tx.commit().await.unwrap();
    let long = "ü".repeat(64);
    let numbers =
        [".", "..", "~", "~..", "a/b", "../..", "100%", "%2e%2e", "a?b#c", "a b&c", "\\", "cancel", long.as_str()];
    let now = app.db.clock().now();
    let orders: Vec<NewOrder> = (0_i32..)
        .zip(numbers)
        .map(|(n, number)| testing::order(&store, number, now - Duration::minutes(n.into()), 1))
        .collect();
    testing::place_all(&scope, &store, &orders).await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    for number in numbers {
        // As a browser would go there: it walks on dots by itself, escaped or not.
        let address = app::url::order("demo", "north", number);
        let walked = reqwest::Url::parse(&format!("{}{address}", app.base)).unwrap();
        assert_eq!(walked.path(), address, "{number}");
        let answer = owner.get(&address).await;
        assert_eq!(answer.status(), 200, "{number}");
        let html = answer.text().await.unwrap();
        let heading = number.replace('&', "&amp;");
        assert!(html.contains(&format!("<h1>#{heading}</h1>")), "{number}: {html}");
        let done = owner.post(&format!("{address}/cancel"), &[("reason", "")]).await;
        assert_eq!((done.status().as_u16(), location(&done)), (303, format!("{address}?done=cancelled").as_str()));
    }
    let middle = owner.get(&app::url::order("demo", "north", "..")).await.text().await.unwrap();
    for neighbour in [".", "~"] {
        assert!(middle.contains(&format!("href=\"{}\"", app::url::order("demo", "north", neighbour))), "{middle}");
    }
}

#[tokio::test]
async fn a_faulty_filter_leaves_the_others_as_they_are() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let answer = owner.get("/t/demo/orders?store=north&status=cancelled&from=yesterday").await;
    assert_eq!(answer.status(), 422);
    let html = answer.text().await.unwrap();
    assert!(html.contains("href=\"/t/demo/orders?store=north&amp;kind=return\""), "{html}");
    assert!(html.contains("Store: north") && html.contains("Must be a day such as 2026-03-01."), "{html}");
    let answer = owner.get("/t/demo?store=north&from=2026-03-02&to=2026-03-01").await;
    assert_eq!(answer.status(), 422);
    let html = answer.text().await.unwrap();
    assert!(html.contains("To: Must not be before from.") && html.contains(">30 days</a>"), "{html}");
    assert_eq!(owner.get("/t/demo/imports?status=gone").await.status(), 422);
    assert_eq!(owner.get("/t/demo/imports?status=failed&from=2026-03-01").await.status(), 200);
}

#[tokio::test]
async fn amounts_of_the_filter_are_in_the_currency_of_each_order() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let now = app.db.clock().now();
    let mut links = Vec::new();
    // 4.50 a piece and 3.00 of carriage, in minor units: small ones and large ones.
    for (slug, currency, small, large) in
        [("tokyo", "JPY", 1, 2), ("london", "GBP", 2, 300), ("kuwait", "KWD", 2, 3_000)]
    {
        let store = testing::store(&access, slug, "UTC", currency).await;
        let orders = [("small", small), ("large", large)].map(|(number, n)| testing::order(&store, number, now, n));
        testing::place_all(&scope, &store, &orders).await;
        links.push(["small", "large"].map(|number| format!("href=\"{}\"", app::url::order("demo", slug, number))));
    }
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let found = async |query: &str| -> Vec<[bool; 2]> {
        let html = owner.get(&format!("/t/demo/orders?{query}")).await.text().await.unwrap();
        links.iter().map(|both| both.each_ref().map(|link| html.contains(link.as_str()))).collect()
    };
    for typed in ["1000", "1,000", "1000.00"] {
        assert_eq!(found(&format!("min={typed}")).await, [[false, true]; 3], "{typed}");
        assert_eq!(found(&format!("max={typed}")).await, [[true, false]; 3], "{typed}");
    }
    assert_eq!(found("store=tokyo&min=1000").await[0], [false, true]);
    assert_eq!(found("max=1000&store=tokyo").await[0], [true, false]);
    assert_eq!(found("store=kuwait&max=1.234").await[2], [true, false]);
    // There is no part of a yen, and no thousandth of a pound.
    for query in ["store=tokyo&min=10.5", "store=london&min=1.500"] {
        let html = owner.get(&format!("/t/demo/orders?{query}")).await.text().await.unwrap();
        assert!(html.contains("more decimals than the currency"), "{query}");
    }
}
