//! Settings on pages: what is faulty is named and kept, what is saved is recorded and shows.

use db::audit::entries;
use domain::audit::AuditQuery;
use domain::page::Limit;
use domain::permission::Permission;
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
    let bad = [("name", ""), ("week_start", "8"), ("orders", "nobody"), ("currency", "EUR")];
    let answer = owner.post(store, &bad).await;
    assert_eq!(answer.status(), 422);
    let html = answer.text().await.unwrap();
    assert_eq!(html.matches("aria-invalid=\"true\"").count(), 3, "{html}");
    let good =
        [("name", "Süd"), ("week_start", "7"), ("year_start", "4"), ("orders", "a@b.test"), ("summary_hour", "8")];
    assert_eq!(location(&owner.post(store, &good).await), format!("{store}?done=saved"));
    let html = owner.get(store).await.text().await.unwrap();
    assert!(html.contains("value=\"Süd\"") && html.contains("value=\"a@b.test\""), "{html}");
    assert!(html.contains("<option value=\"4\" selected"), "{html}");
    let scope = access.scope(Permission::ReadAudit).unwrap();
    let (query, _) = AuditQuery::understood([("action", "store.set")], &db::testing::seal());
    let recorded = entries(&scope, &query, Limit::default()).await.unwrap().rows;
    assert_eq!(recorded.len(), 1);
    let (before, after) = (recorded[0].before.clone().unwrap(), recorded[0].after.clone().unwrap());
    assert_eq!((&before["name"], &after["name"]), (&json!("South"), &json!("Süd")));
    assert_eq!((&before["orders.notify"], &after["orders.notify"]), (&json!(0), &json!(1)));
    let range = owner.get("/t/demo?store=south").await.text().await.unwrap();
    assert!(range.contains("This financial year") && range.contains("-04-01"), "{range}");
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
    assert_eq!(db::backups::hour(&access.scope(Permission::ManageBackups).unwrap()).await.unwrap(), 5);
    let stock = "/t/demo/settings/stores/north/stock";
    let answer = owner.post(stock, &[("sku", "TEA"), ("quantity", "many"), ("threshold", "2")]).await;
    let html = answer.text().await.unwrap();
    assert!(html.contains("value=\"TEA\"") && html.contains("Must be a whole number"), "{html}");
    let answer = owner.post(stock, &[("sku", "TEA"), ("quantity", "5"), ("threshold", "2")]).await;
    assert_eq!(answer.status(), 422);
    assert!(answer.text().await.unwrap().contains("never sold here"));
}
