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
async fn invalid_filters_of_a_list_are_ignored_and_the_others_apply() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let store = db::stores::known(&scope).await.unwrap()[0].clone();
    let now = app.db.clock().now();
    let orders = ["A-1", "B-2"].map(|number| testing::order(&store, number, now, 1));
    testing::place_all(&scope, &store, &orders).await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let read = async |path: &str| {
        let answer = owner.get(path).await;
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    };
    let stranger = uuid::Uuid::now_v7();
    for (bad, said) in [
        ("from=yesterday".to_owned(), "from = yesterday"),
        ("status=gone".into(), "status = gone"),
        ("status=open&status=cancelled".into(), "status = cancelled"),
        ("store=south".into(), "store = south"),
        ("min=a+lot".into(), "min = a lot"),
        ("cursor=stale".into(), "cursor = stale"),
        ("limit=0".into(), "limit = 0"),
        ("sort=up".into(), "sort = up"),
        ("colour=red".into(), "colour = red"),
        ("from=2026-03-02&to=2026-03-01".into(), "to = 2026-03-01"),
        (format!("product={stranger}"), "product = "),
        ("kind=sa%07le".into(), "kind = sa"),
    ] {
        let html = read(&format!("/t/demo/orders?q=A-1&{bad}")).await;
        assert!(html.contains(&format!("Ignored: {said}")), "{bad}: {html}");
        assert!(html.contains(">#A-1</a>") && !html.contains(">#B-2</a>"), "the search still applies, {bad}: {html}");
    }
    let html = read("/t/demo/orders?store=north&status=cancelled&from=yesterday").await;
    assert!(html.contains("href=\"/t/demo/orders?store=north&amp;kind=return\""), "{html}");
    assert!(html.contains("Store: north") && html.contains("Enter a date such as 2026-03-01."), "{html}");
    assert!(html.contains("<a href=\"/t/demo/orders?store=north&amp;status=cancelled\" title=\""), "{html}");
    let html = read("/t/demo?store=north&from=2026-03-02&to=2026-03-01&moon=full").await;
    for said in ["from = 2026-03-02", "to = 2026-03-01", "moon = full"] {
        assert!(html.contains(&format!("Ignored: {said}")), "{said}: {html}");
    }
    assert!(html.contains("Gross sales") && html.contains("aria-current=\"true\">30 days</a>"), "{html}");
    assert!(read("/t/demo?store=gone&period=month").await.contains("Ignored: store = gone"));
    assert!(read("/t/demo/imports?status=gone&store=gone").await.contains("Ignored: store = gone"));
    assert!(read("/t/demo/settings/jobs?state=gone&x=y").await.contains("Ignored: x = y"));
    assert!(read("/t/demo/audit?tenant=other").await.contains("Ignored: tenant = other"));
    assert!(read("/t/demo/backups?kind=full").await.contains("Ignored: kind = full"));
    assert!(!read("/t/demo/imports?status=failed&from=2026-03-01").await.contains("Ignored"));
}

#[tokio::test]
async fn a_number_has_one_sign_and_is_found_with_and_without_it() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let store = db::stores::known(&scope).await.unwrap()[0].clone();
    let now = app.db.clock().now();
    let orders = ["#1001", "1002", "No. 1003"].map(|number| testing::order(&store, number, now, 1));
    testing::place_all(&scope, &store, &orders).await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    for path in ["/t/demo", "/t/demo/orders", "/t/demo/orders?q=1001", "/t/demo/orders?q=%231001"] {
        let html = owner.get(path).await.text().await.unwrap();
        assert!(html.contains(">#1001</a>") && !html.contains("##") && !html.contains("#No."), "{path}: {html}");
    }
    for step in ["", "/refund", "/cancel"] {
        let address = app::url::order("demo", "north", "#1001");
        let html = owner.get(&format!("{address}{step}")).await.text().await.unwrap();
        assert!(
            html.contains("<h1>#1001</h1>") && html.contains("<title>Order #1001 ") && !html.contains("##"),
            "{html}"
        );
    }
}

#[tokio::test]
async fn an_order_stays_in_the_list_that_it_was_come_to_from() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let store = db::stores::known(&scope).await.unwrap()[0].clone();
    let now = app.db.clock().now();
    let orders: Vec<NewOrder> = (0_i32..6)
        .map(|n| testing::order(&store, &format!("N-{n}"), now - Duration::minutes(n.into()), 1 + i64::from(n % 2)))
        .collect();
    testing::place_all(&scope, &store, &orders).await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    // Those of two pieces: 1, 3 and 5.
    let list = owner.get("/t/demo/orders?min=9&sort=oldest").await.text().await.unwrap();
    assert!(list.contains("href=\"/t/demo/orders/north/N-3\""), "{list}");
    let from = format!("{}/t/demo/orders?min=9.00&sort=oldest", app.base);
    let order = owner.get_from("/t/demo/orders/north/N-3", &from).await.text().await.unwrap();
    for there in ["orders/north/N-1?min=9&amp;sort=oldest", "orders?min=9&amp;sort=oldest"] {
        assert!(order.contains(&format!("href=\"/t/demo/{there}\"")), "{there}: {order}");
    }
    for foreign in ["/t/other/orders?min=9", "/t/demo/imports?min=9", "/t/demo/orders"] {
        let order = owner.get_from("/t/demo/orders/north/N-3", &format!("{}{foreign}", app.base)).await;
        assert!(!order.text().await.unwrap().contains("min=9"), "{foreign}");
    }
    let order = owner.get("/t/demo/orders/north/N-3?min=9&sort=oldest&moon=full&cursor=stale").await;
    assert_eq!(order.status(), 200);
    let html = order.text().await.unwrap();
    for there in [
        "orders/north/N-1?min=9&amp;sort=oldest",
        "orders/north/N-5?min=9&amp;sort=oldest",
        "orders?min=9&amp;sort=oldest",
    ] {
        assert!(html.contains(&format!("href=\"/t/demo/{there}\"")), "{there}: {html}");
    }
    assert!(!html.contains("N-2") && !html.contains("N-4"), "{html}");
    let done = owner.post("/t/demo/orders/north/N-3/cancel?min=9", &[("reason", "")]).await;
    assert!(location(&done).starts_with("/t/demo/orders/north/N-3?min=9"), "{}", location(&done));
}

#[tokio::test]
async fn a_free_order_says_that_nothing_was_paid() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let store = db::stores::known(&scope).await.unwrap()[0].clone();
    let body = serde_json::json!({"store": "north", "number": "FREE", "placed_at": app.db.clock().now(), "currency": "GBP",
        "items": [{"sku": "A", "title": "Sample", "quantity": 1, "unit_price": 0}]});
    let order = domain::orders::new_order::Draft::checked_from_json(&body, app.db.clock().now()).unwrap().1;
    testing::place_all(&scope, &store, &[order]).await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let html = owner.get("/t/demo/orders/north/FREE").await.text().await.unwrap();
    assert!(html.contains("This order was free.") && html.contains(">Free</span>"), "{html}");
    assert!(owner.get("/t/demo/orders").await.text().await.unwrap().contains(">Free</span>"));
    let html = owner.get("/t/demo/orders/north/FREE/refund").await.text().await.unwrap();
    assert!(html.contains("nothing to refund") && !html.contains("any more"), "{html}");
    let refused = owner.post("/t/demo/orders/north/FREE/refund", &[("extent", "full")]).await;
    assert_eq!(refused.status(), 422);
    assert!(!refused.text().await.unwrap().contains("already refunded"));
}

#[tokio::test]
async fn a_page_tells_the_time_of_one_zone_and_names_it() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    testing::store(&access, "far", "Pacific/Auckland", "NZD").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let stores = db::stores::known(&scope).await.unwrap();
    let at: chrono::DateTime<chrono::Utc> = "2026-01-05T10:00:00Z".parse().unwrap();
    for (n, store) in (0..).zip(&stores) {
        let order = testing::order(store, &format!("Z-{n}"), at + Duration::minutes(n), 1);
        testing::place_all(&scope, store, &[order]).await;
    }
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let html = owner.get("/t/demo/orders").await.text().await.unwrap();
    // London's, for it is the older store; the hour of the other store is on hover.
    assert!(
        html.contains("(Europe/London)") && html.contains("10:00</time>") && html.contains("10:01</time>"),
        "{html}"
    );
    assert!(html.contains("23:00:00 Pacific/Auckland\"") || html.contains("23:01:00 Pacific/Auckland\""), "{html}");
    let html = owner.get("/t/demo/orders?store=far").await.text().await.unwrap();
    assert!(html.contains("(Pacific/Auckland)") && !html.contains("Europe/London"), "{html}");
    let saved = owner.post("/t/demo/settings", &[("zone", "Asia/Kathmandu")]).await;
    assert_eq!(saved.status(), 303);
    for path in [
        "orders",
        "imports",
        "audit",
        "backups",
        "team",
        "usage",
        "settings",
        "settings/keys",
        "settings/webhooks",
        "settings/jobs",
    ] {
        let html = owner.get(&format!("/t/demo/{path}")).await.text().await.unwrap();
        assert!(html.contains("Times are in Asia/Kathmandu."), "{path}: {html}");
        assert!(!html.contains(" UTC<"), "{path}: {html}");
    }
    assert!(owner.get("/t/demo").await.text().await.unwrap().contains("Times are in Asia/Kathmandu."));
}

#[tokio::test]
async fn the_pill_counts_what_the_list_would_show() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let store = db::stores::known(&scope).await.unwrap()[0].clone();
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let html = owner.get("/t/demo/orders?q=web&min=9&limit=25").await.text().await.unwrap();
    assert!(
        html.contains("/t/demo/orders/arrived?q=web&amp;min=9") || html.contains("/t/demo/orders/arrived?q=web&min=9"),
        "{html}"
    );
    let after = testing::head(&access).await;
    let now = app.db.clock().now();
    let orders = [("WEB-1", 2), ("WEB-2", 1), ("TILL-1", 3)].map(|(number, n)| testing::order(&store, number, now, n));
    testing::place_all(&scope, &store, &orders).await;
    let count = async |filter: &str| {
        let answer = owner.get(&format!("/t/demo/orders/arrived?{filter}&after={after}")).await;
        assert_eq!(answer.status(), 200, "{filter}");
        answer.json::<serde_json::Value>().await.unwrap()
    };
    assert_eq!(count("q=web").await, serde_json::json!({"count": 2, "through": after + 3, "more": false}));
    for (filter, number) in
        [("q=web&min=9", 1), ("kind=return", 0), ("status=cancelled", 0), ("max=8", 1), ("store=north", 3)]
    {
        assert_eq!(count(filter).await["count"], number, "{filter}");
    }
    assert_eq!(owner.get("/t/demo/orders/arrived?q=web").await.status(), 422);
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
        links.push(["small", "large"].map(|number| format!("href=\"{}", app::url::order("demo", slug, number))));
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
