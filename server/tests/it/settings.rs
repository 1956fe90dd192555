//! Settings on pages: what is faulty is named and kept, what is saved is recorded and shows.

use db::audit::entries;
use db::testing;
use domain::audit::AuditQuery;
use domain::page::Limit;
use domain::permission::Permission;
use domain::settings::TenantSettings;
use serde_json::json;

use crate::browser::{Browser, location, tenant_with_owner};
use crate::harness::App;

#[tokio::test]
async fn a_store_is_added_and_set_up_by_plain_forms() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let page = "/t/demo/settings";
    assert_eq!(owner.get(page).await.status(), 200);
    let new = [("name", "<b>South</b>"), ("slug", "no good"), ("time_zone", "Mars"), ("currency", "x")];
    let answer = owner.post(&format!("{page}/stores"), &new).await;
    assert_eq!(answer.status(), 422);
    let html = answer.text().await.unwrap();
    assert_eq!(html.matches("aria-invalid=\"true\"").count(), 3, "{html}");
    assert!(html.contains("value=\"no good\"") && !html.contains("<b>South"), "{html}");
    let new = [("name", "South"), ("slug", "south"), ("time_zone", "Asia/Kathmandu"), ("currency", "eur")];
    let answer = owner.post(&format!("{page}/stores"), &new).await;
    assert_eq!(location(&answer), "/t/demo/settings/stores/south?done=added");

    let store = "/t/demo/settings/stores/south";
    let bad = [("name", ""), ("week_start", "8"), ("orders", "nobody"), ("currency", "EUR"), ("returns_on", "never")];
    let answer = owner.post(store, &bad).await;
    assert_eq!(answer.status(), 422);
    let html = answer.text().await.unwrap();
    assert_eq!(html.matches("aria-invalid=\"true\"").count(), 4, "{html}");
    assert!(html.contains("Use return or order"), "{html}");
    let good =
        [("name", "Süd"), ("week_start", "7"), ("year_start", "4"), ("orders", "a@b.test"), ("summary_hour", "8")];
    assert_eq!(location(&owner.post(store, &good).await), format!("{store}?done=saved"));
    let html = owner.get(store).await.text().await.unwrap();
    assert!(html.contains("value=\"Süd\"") && html.contains("value=\"a@b.test\""), "{html}");
    assert!(html.contains("<option value=\"4\" selected"), "{html}");
    let scope = access.scope(Permission::ReadAudit).unwrap();
    let (query, _) = AuditQuery::understood([("action", "store.set")], &testing::seal());
    let recorded = entries(&scope, &query, Limit::default()).await.unwrap().rows;
    assert_eq!(recorded.len(), 1);
    let (before, after) = (recorded[0].before.clone().unwrap(), recorded[0].after.clone().unwrap());
    assert_eq!((&before["name"], &after["name"]), (&json!("South"), &json!("Süd")));
    assert_eq!((&before["orders.notify"], &after["orders.notify"]), (&json!(0), &json!(1)));
    let range = owner.get("/t/demo?store=south&period=financial-year").await.text().await.unwrap();
    assert!(range.contains("This financial year") && range.contains("-04-01"), "{range}");
}

#[tokio::test]
async fn where_refunds_count_is_chosen_on_a_page_and_shows_everywhere_at_once() {
    let now = "2026-03-10T12:00:00Z".parse().unwrap();
    let app = App::at(db::Clock::fixed(now), &[]).await;
    let access = tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let scope = access.scope(Permission::RefundOrders).unwrap();
    let store = db::stores::known(&scope).await.unwrap().remove(0);
    let placed_at = now - chrono::Duration::days(3);
    db::testing::place_all(&scope, &store, &[db::testing::order(&store, "R-1", placed_at, 3)]).await;
    let order = format!("/t/demo/orders/{}/R-1", store.slug);
    let [then, today] = [placed_at, now].map(|at| domain::calendar::day_of(at, store.zone));
    let sums = async |day: chrono::NaiveDate| {
        let list = owner.get(&format!("/t/demo/orders?kind=return&from={day}&to={day}")).await.text().await.unwrap();
        let board = owner.get(&format!("/t/demo?from={day}&to={day}&compare=none")).await.text().await.unwrap();
        let table = list.contains("Refunds in this period");
        assert_eq!(table, list.contains("£4<small>.50"), "the table and the sum go together: {list}");
        assert_eq!(table, board.contains("£4<small>.50"), "and the dashboard with them: {board}");
        table
    };
    let form = owner.get(&format!("{order}/refund")).await.text().await.unwrap();
    assert!(form.contains("lowers the figures of today."), "{form}");
    let pressed = owner.post(&format!("{order}/refund"), &[("seen", "0"), ("extent", "lines"), ("line_1", "1")]).await;
    assert_eq!(pressed.status(), 303);
    assert_eq!((sums(then).await, sums(today).await), (false, true));

    let page = format!("/t/demo/settings/stores/{}", store.slug);
    let html = owner.get(&page).await.text().await.unwrap();
    assert!(
        html.contains("<option value=\"return\" selected") && html.contains("Return orders always count"),
        "{html}"
    );
    let saved = owner.post(&page, &[("returns_on", "order")]).await;
    assert_eq!(location(&saved), format!("{page}?done=saved"));
    assert!(owner.get(&page).await.text().await.unwrap().contains("<option value=\"order\" selected"));
    assert_eq!((sums(then).await, sums(today).await), (true, false));
    let form = owner.get(&format!("{order}/refund")).await.text().await.unwrap();
    assert!(form.contains("lowers the figures of the day of the order, 7 Mar"), "{form}");
    let recorded = recorded(&access).await;
    assert_eq!(recorded, [(json!("return"), json!("order"))]);
}

async fn recorded(access: &db::Access) -> Vec<(serde_json::Value, serde_json::Value)> {
    let scope = access.scope(Permission::ReadAudit).unwrap();
    let (query, _) = AuditQuery::understood([("action", "store.set")], &db::testing::seal());
    let rows = entries(&scope, &query, Limit::default()).await.unwrap().rows;
    let rule = |values: &Option<serde_json::Value>| values.as_ref().unwrap()["returns_on"].clone();
    rows.iter().map(|row| (rule(&row.before), rule(&row.after))).collect()
}

#[tokio::test]
async fn the_hour_of_backups_and_levels_of_stock_are_checked() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    for bad in ["24", "", "x", "-1"] {
        let answer = owner.post("/t/demo/settings/backups", &[("hour", bad)]).await;
        assert_eq!(answer.status(), 422, "{bad}");
    }
    assert_eq!(location(&owner.post("/t/demo/settings/backups", &[("hour", "5")]).await), "/t/demo/settings?done=hour");
    let scope = access.scope(Permission::ManageBackups).unwrap();
    assert_eq!(db::settings::of_tenant(&scope).await.unwrap().backup_hour, 5);
    let stock = "/t/demo/settings/stores/north/stock";
    let answer = owner.post(stock, &[("sku", "TEA"), ("quantity", "many"), ("threshold", "2")]).await;
    let html = answer.text().await.unwrap();
    assert!(html.contains("value=\"TEA\"") && html.contains("Enter a whole number"), "{html}");
    let answer = owner.post(stock, &[("sku", "TEA"), ("quantity", "5"), ("threshold", "2")]).await;
    assert_eq!(answer.status(), 422);
    assert!(answer.text().await.unwrap().contains("no orders in this store yet"));
}

#[tokio::test]
async fn a_tenant_says_how_its_numbers_are_written_and_how_long_things_are_kept() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    tenant_with_owner(&app, "other").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let page = "/t/demo/settings";
    let bad = [("numbers", "roman"), ("event_days", "6"), ("import_days", "<i>soon")];
    let answer = owner.post(page, &bad).await;
    assert_eq!(answer.status(), 422);
    let html = answer.text().await.unwrap();
    assert_eq!(html.matches("aria-invalid=\"true\"").count(), 3, "{html}");
    assert!(html.contains("Enter a number from 7 to 3,650.") && html.contains("value=\"&lt;i&gt;soon\""), "{html}");
    let scope = access.scope(Permission::ReadAudit).unwrap();
    assert_eq!(*db::settings::of_tenant(&scope).await.unwrap(), TenantSettings::default(), "nothing was changed");
    for path in ["/t/other/settings", "/t/nobody/settings"] {
        assert_eq!(owner.post(path, &[("numbers", "point-comma")]).await.status(), 404, "{path}");
    }

    // The hour belongs to another form, which takes another permission.
    let good = [("numbers", "point-comma"), ("event_days", "3650"), ("import_days", " 400 "), ("hour", "5")];
    assert_eq!(location(&owner.post(page, &good).await), "/t/demo/settings?done=saved");
    let html = owner.get("/t/demo/settings?done=saved").await.text().await.unwrap();
    assert!(html.contains("Settings saved.") && html.contains("value=\"400\""), "{html}");
    assert!(html.contains("<option value=\"point-comma\" selected>1.234,50</option>"), "{html}");
    assert!(html.contains("3.650 days, and at least the newest 10.000"), "{html}");
    let (query, _) = AuditQuery::understood([("action", "tenant.set")], &testing::seal());
    let recorded = entries(&scope, &query, Limit::default()).await.unwrap().rows;
    assert_eq!(recorded.len(), 1);
    let (before, after) = (recorded[0].before.clone().unwrap(), recorded[0].after.clone().unwrap());
    assert_eq!((&before["numbers"], &after["numbers"]), (&json!("comma-point"), &json!("point-comma")));
    assert_eq!((&before["import_days"], &after["import_days"]), (&json!(null), &json!(400)));
    assert_eq!(db::settings::of_tenant(&scope).await.unwrap().backup_hour, 3);
    let html = owner.get("/t/demo/audit?action=tenant.set").await.text().await.unwrap();
    assert!(html.contains("point-comma"), "{html}");
}

#[tokio::test]
async fn pages_write_numbers_as_their_tenant_says_and_understand_them_so() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    let writing = access.scope(Permission::WriteOrders).unwrap();
    let tx = writing.begin().await.unwrap();
    let store = db::stores::by_slug(&tx, "north").await.unwrap();
    tx.commit().await.unwrap();
    let now = app.db.clock().now();
    // 1,236.00 and 7.50 pounds.
    let orders = [("big", 274), ("small", 1)].map(|(number, quantity)| testing::order(&store, number, now, quantity));
    testing::place_all(&writing, &store, &orders).await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let pages = ["/t/demo", "/t/demo/orders", "/t/demo/orders/north/big"];
    let read = async |path: &str| owner.get(path).await.text().await.unwrap();
    for (format, whole, cents) in [
        ("comma-point", "£1,236", ".00"),
        ("point-comma", "£1.236", ",00"),
        ("space-comma", "£1\u{202f}236", ",00"),
        ("apostrophe-point", "£1\u{2019}236", ".00"),
    ] {
        owner.post("/t/demo/settings", &[("numbers", format)]).await;
        for path in pages {
            // Twice: the dashboard's page is kept.
            for html in [read(path).await, read(path).await] {
                assert!(html.contains(&format!("{whole}<small>{cents}</small>")), "{format} {path}: {html}");
                let other = if whole == "£1,236" { "£1.236" } else { "£1,236" };
                assert!(!html.contains(other), "{format} {path}: {html}");
            }
        }
        let typed = format!("{}{cents}", whole.trim_start_matches('£'));
        for least in [typed.as_str(), "1236.00", "1236"] {
            let address = app::url::with_query("/t/demo/orders", [("min", least)]);
            let html = read(&address).await;
            assert!(html.contains("#big") && !html.contains("#small"), "{format} {least}: {html}");
            let more = app::url::with_query("/t/demo/orders", [("min", least.replace("1236", "1237").as_str())]);
            assert_eq!(read(&more).await.contains("#big"), !least.contains("1236"), "{format} {least}");
        }
        let chip = format!("at least 7{}50", &cents[..1]);
        let html = read(&app::url::with_query("/t/demo/orders", [("min", "7.50")])).await;
        assert!(html.contains(&chip) && html.contains("#small"), "{format}: {html}");
    }
}
