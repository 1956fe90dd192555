//! What an account uses, as its owners see it, and who is warned when a limit is reached.

use db::people;
use domain::permission::{Permission, Role};

use crate::browser::{Browser, person, tenant_with_owner};
use crate::harness::App;
use crate::tenants::{admin, body, shows};

#[tokio::test]
async fn owners_see_what_they_use_and_are_warned() {
    let app = App::new().await;
    let access = tenant_with_owner(&app, "demo").await;
    for (email, role) in [("manager@demo.test", Role::Manager), ("staff@demo.test", Role::Staff)] {
        let id = person(&app, email).await;
        people::set_role(&access, id, role).await.unwrap();
    }
    let admin = admin(&app).await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let html = body(owner.get("/t/demo").await).await;
    assert!(!html.contains("Show usage"), "{html}");
    shows(&owner, "/t/demo/usage", &["No limit", "Orders per month"]).await;
    let tier = [
        ("slug", "small"),
        ("name", "Small"),
        ("stores", "1"),
        ("members", "4"),
        ("requests_per_minute", "60"),
        ("has", "api"),
    ];
    admin.post("/platform/tiers", &tier).await;
    admin.post("/platform/tenants/demo/tier", &[("tier", "small"), ("go", "1")]).await;
    let scope = access.scope(Permission::ManageKeys).unwrap();
    let key = db::api_keys::create(&scope, &domain::permission::KeyScope::ALL, None).await.unwrap();
    for _ in 0..5 {
        let asked = app.http().get(format!("{}/api/v1/orders", app.base)).bearer_auth(&key).send().await.unwrap();
        assert_eq!(asked.status(), 200);
    }
    let warned = ["Stores: 1 of 1 used. You cannot add more stores.", "Show usage"];
    shows(&owner, "/t/demo", &warned).await;
    let html = body(owner.get("/t/demo/usage").await).await;
    for words in ["Plan: Small", "class=\"meter critical\"", "At limit", "receive status 429", "Not included"] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let row = html.split("API requests per minute<").nth(1).unwrap().split("</tr>").next().unwrap().to_owned();
    assert!(row.contains(">4<") || row.contains(">5<"), "what was just asked is pending: {row}");
    let manager = Browser::signed_in(&app.base, "manager@demo.test").await;
    assert_eq!(manager.get("/t/demo/usage").await.status(), 200);
    assert!(!body(manager.get("/t/demo").await).await.contains("Show usage"), "owners alone are warned");
    let staff = Browser::signed_in(&app.base, "staff@demo.test").await;
    assert_eq!(staff.get("/t/demo/usage").await.status(), 403);
    assert!(!body(staff.get("/t/demo").await).await.contains("/t/demo/usage"), "no room that cannot be entered");
    assert_eq!(admin.get("/t/demo/usage").await.status(), 404, "a stranger to the tenant");
}
