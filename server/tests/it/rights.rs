//! Rights that could be widened: by keys, by links that are shown, by another store's answers, by accounts of nobody knows
//! whom.

use db::people;
use db::testing;
use domain::permission::{KeyScope, Permission, Role};
use reqwest::Response;
use serde_json::json;

use crate::browser::{Browser, PASSWORD, location, person, tenant_with_owner};
use crate::harness::App;
use crate::second_step::texts;

async fn role(owner: &Browser, name: &str, permissions: &[&str]) -> String {
    let form: Vec<(&str, &str)> =
        [("name", name)].into_iter().chain(permissions.iter().map(|p| ("permissions", *p))).collect();
    assert_eq!(owner.post("/t/demo/team/roles", &form).await.status(), 303);
    let html = owner.get("/t/demo/team").await.text().await.unwrap();
    let (before, _) = html.split_once(&format!(">{name}</a>")).unwrap();
    before.rsplit_once("/team/roles/").unwrap().1.split('"').next().unwrap().to_owned()
}

async fn link(answer: Response) -> String {
    assert_eq!(answer.status(), 200);
    let shown = texts(&answer.text().await.unwrap(), "code.once").remove(0);
    format!("/invitation/{}", shown.rsplit_once('/').unwrap().1)
}

async fn invited(app: &App, owner: &Browser, email: &str, role: &str) -> Browser {
    let form = [("email", email), ("role", role), ("reach", "all")];
    let link = link(owner.post("/t/demo/team/invitations", &form).await).await;
    let browser = Browser::new(&app.base);
    assert_eq!(location(&browser.post(&link, &[("name", "x"), ("password", PASSWORD)]).await), "/t/demo");
    browser
}

#[tokio::test]
async fn members_make_and_rotate_only_keys_within_their_own_permissions() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    const KEYS: &str = "/t/demo/settings/keys";
    let clerk = role(&owner, "Integrations", &["keys.manage", "reports.read"]).await;
    let clerk = invited(&app, &owner, "clerk@demo.test", &clerk).await;
    let html = clerk.get(KEYS).await.text().await.unwrap();
    assert!(
        html.contains("reports:read") && !html.contains("orders:write"),
        "only what they may give is offered: {html}"
    );
    for scope in KeyScope::ALL {
        let form = [("name", "till"), ("scopes", scope.as_str())];
        let answer = clerk.post(KEYS, &form).await;
        let expected = if scope == KeyScope::ReportsRead { 200 } else { 422 };
        assert_eq!(answer.status(), expected, "{scope:?}");
    }
    let both = [("name", "till"), ("scopes", "orders:read"), ("scopes", "reports:read")];
    assert_eq!(clerk.post(KEYS, &both).await.status(), 422);
    assert_eq!(owner.post(KEYS, &both).await.status(), 200);
    let html = owner.get(KEYS).await.text().await.unwrap();
    let id = html.split("/settings/keys/").nth(1).unwrap()[..36].to_owned();
    let rotated = clerk.post(&format!("{KEYS}/{id}/rotate"), &[("hours", "24")]).await;
    assert_eq!(rotated.status(), 409);
    assert!(!rotated.text().await.unwrap().contains("stoa_"));
    let hook = [("url", "https://1.1.1.1/stoa")];
    assert_eq!(clerk.post("/t/demo/settings/webhooks", &hook).await.status(), 422, "all events");
    assert_eq!(location(&clerk.post(&format!("{KEYS}/{id}/revoke"), &[]).await), format!("{KEYS}?done=revoked"));
}

#[tokio::test]
async fn a_key_is_marked_once_its_maker_could_not_make_it() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let manager = invited(&app, &owner, "manager@demo.test", "manager").await;
    assert_eq!(
        manager.post("/t/demo/settings/keys", &[("name", "Till"), ("scopes", "orders:read")]).await.status(),
        200
    );
    let keys = async || owner.get("/t/demo/settings/keys").await.text().await.unwrap();
    assert!(!keys().await.contains("Creator lost access"));
    let id = people::find(&app.db, "manager@demo.test").await.unwrap().unwrap();
    assert_eq!(owner.post(&format!("/t/demo/team/members/{id}/remove"), &[]).await.status(), 303);
    assert!(keys().await.contains("Creator lost access"));
}

#[tokio::test]
async fn an_invitation_link_is_shown_only_to_members_who_could_send_it() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let hr = role(&owner, "HR", &["people.manage"]).await;
    let hr = invited(&app, &owner, "hr@demo.test", &hr).await;
    let boss = [("email", "boss@demo.test"), ("role", "manager"), ("reach", "all")];
    let sent = link(owner.post("/t/demo/team/invitations", &boss).await).await;
    let html = hr.get("/t/demo/team").await.text().await.unwrap();
    let id =
        html.split("/team/invitations/").find(|rest| rest.get(36..43) == Some("/resend")).unwrap()[..36].to_owned();
    let refused = hr.post(&format!("/t/demo/team/invitations/{id}/resend"), &[]).await;
    assert_eq!(refused.status(), 409);
    assert!(!refused.text().await.unwrap().contains("/invitation/"));
    assert_eq!(hr.post(&format!("/t/demo/team/invitations/{id}/withdraw"), &[]).await.status(), 409);
    assert_eq!(Browser::new(&app.base).get(&sent).await.status(), 200, "and the first link is as it was");
    let peer = [("email", "peer@demo.test"), ("role", "manager"), ("reach", "all")];
    assert_eq!(hr.post("/t/demo/team/invitations", &peer).await.status(), 422);
}

#[tokio::test]
async fn a_key_of_one_store_hears_nothing_of_another_by_a_used_idempotency_key() {
    let app = App::new().await;
    let demo = tenant_with_owner(&app, "demo").await;
    let north = db::stores::known(&demo.scope(Permission::ReadOrders).unwrap()).await.unwrap().remove(0);
    testing::store(&demo, "south", "Europe/London", "GBP").await;
    let keys = demo.scope(Permission::ManageKeys).unwrap();
    let all = db::api_keys::create(&keys, &KeyScope::ALL, None).await.unwrap();
    let one = db::api_keys::create(&keys, &KeyScope::ALL, Some(north.id)).await.unwrap();
    let order = |store: &str, number: &str| {
        json!({"store": store, "number": number, "placed_at": "2026-03-01T10:00:00Z", "currency": "GBP",
            "items": [{"sku": "s", "title": "t", "quantity": 1, "unit_price": 1}]})
    };
    let send = async |key: &str, path: &str, repeat: Option<&str>, body: &serde_json::Value| {
        let request = app.http().post(format!("{}/api/v1{path}", app.base)).bearer_auth(key).json(body);
        let request = repeat.map_or_else(
            || request.try_clone().unwrap(),
            |key| request.try_clone().unwrap().header("idempotency-key", key),
        );
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap().replace("REQUEST", ""))
    };
    let without_id = |(status, text): (u16, String)| {
        let mut json: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        for key in ["instance", "request_id"] {
            json.as_object_mut().map(|o| o.remove(key));
        }
        (status, json)
    };
    for (path, theirs, mine) in [
        ("/orders", order("south", "S-1"), order("north", "N-1")),
        ("/orders/batch", json!([order("south", "S-2")]), json!([order("north", "N-2")])),
    ] {
        let k1 = &format!("k{path}");
        let first = send(&all, path, Some(k1), &theirs).await;
        assert!([200, 201].contains(&first.0), "{path}: {first:?}");
        let asked = send(&one, path, Some(k1), &theirs).await;
        assert_eq!(without_id(asked.clone()), without_id(send(&one, path, None, &theirs).await), "{path}");
        assert!(!asked.1.contains("\"id\""), "{path}: {asked:?}");
        assert_eq!(send(&all, path, Some(k1), &theirs).await, first, "{path}");
        // Nor is a key that others used taken.
        let k2 = &format!("second{path}");
        let first = send(&all, path, Some(k2), &theirs).await;
        let own = send(&one, path, Some(k2), &mine).await;
        assert!([200, 201].contains(&own.0), "{path}: its own request under that key works: {own:?}");
        assert_eq!(send(&one, path, Some(k2), &mine).await, own, "{path}: and is repeated");
        assert_eq!(send(&all, path, Some(k2), &theirs).await, first, "{path}");
        // A key with the same reach repeats for the one before it.
        let next = db::api_keys::create(&keys, &KeyScope::ALL, Some(north.id)).await.unwrap();
        assert_eq!(send(&next, path, Some(k2), &mine).await, own, "{path}");
    }
}

#[tokio::test]
async fn an_account_made_by_a_shown_link_enters_other_tenants_only_after_confirmation() {
    let app = App::with(&[("STOA_DEMO", "true")]).await;
    tenant_with_owner(&app, "demo").await;
    let other = tenant_with_owner(&app, "other").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let ana = invited(&app, &owner, "ana@corp.test", "staff").await;
    assert_eq!(ana.get("/t/demo/orders").await.status(), 200);
    assert!(ana.get("/account").await.text().await.unwrap().contains("not confirmed"));
    let id = people::find(&app.db, "ana@corp.test").await.unwrap().unwrap();
    people::set_role(&other, id, Role::Manager).await.unwrap();
    let ana = Browser::signed_in(&app.base, "ana@corp.test").await;
    assert_eq!(
        (ana.get("/t/demo/orders").await.status().as_u16(), ana.get("/t/other/orders").await.status().as_u16()),
        (200, 404)
    );
    // Its owner stands for them there.
    let theirs = Browser::signed_in(&app.base, "owner@other.test").await;
    let vouch = format!("/t/other/team/members/{id}/vouch");
    let page = theirs.get(&format!("/t/other/team/members/{id}")).await.text().await.unwrap();
    assert!(page.contains(&vouch), "{page}");
    assert_eq!(ana.post(&vouch, &[]).await.status(), 404);
    assert_eq!(theirs.post(&vouch, &[]).await.status(), 303);
    testing::within_a_second("it is open", async || ana.get("/t/other/orders").await.status() == 200).await;
    // A letter that is answered proves the address everywhere, and so does whoever runs the installation.
    let third = tenant_with_owner(&app, "third").await;
    people::set_role(&third, id, Role::Viewer).await.unwrap();
    assert!(!people::person(&app.db, id).await.unwrap().unwrap().is_proven);
    ana.post("/forgot-password", &[("email", "ana@corp.test")]).await;
    let link = crate::letters::wait_for(&app, "link.password", 1).await.remove(0).path();
    assert_eq!(Browser::new(&app.base).post(&link, &[("password", PASSWORD)]).await.status(), 303);
    let ana = Browser::signed_in(&app.base, "ana@corp.test").await;
    assert_eq!(ana.get("/t/third/orders").await.status(), 200);
}

#[tokio::test]
async fn platform_admins_can_confirm_an_email_address() {
    let app = App::with(&[("STOA_DEMO", "true")]).await;
    let demo = tenant_with_owner(&app, "demo").await;
    people::create(&app.db, &app.state.passwords, "root@stoa.test", PASSWORD, true).await.unwrap();
    let root = Browser::signed_in(&app.base, "root@stoa.test").await;
    let address = people::Address::Unproven;
    let id = people::create_invited(&app.db, &app.state.passwords, "ana@corp.test", PASSWORD, address).await.unwrap();
    people::set_role(&demo, id, Role::Viewer).await.unwrap();
    let ana = Browser::signed_in(&app.base, "ana@corp.test").await;
    assert_eq!(ana.get("/t/demo/orders").await.status(), 404);
    let members = root.get("/platform/tenants/demo/members").await.text().await.unwrap();
    let vouch = format!("/platform/tenants/demo/members/{id}/vouch");
    assert_eq!(members.matches("Confirm email").count(), 1);
    assert!(members.contains(&vouch), "{members}");
    let stranger = person(&app, "stranger@corp.test").await;
    assert_eq!(root.post(&format!("/platform/tenants/demo/members/{stranger}/vouch"), &[]).await.status(), 404);
    assert_eq!(root.post(&vouch, &[]).await.status(), 303);
    testing::within_a_second("it is open", async || ana.get("/t/demo/orders").await.status() == 200).await;
}

#[tokio::test]
async fn members_who_may_not_read_orders_cannot_download_a_backup() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let clerk = role(&owner, "Backups", &["backups.read", "backups.manage"]).await;
    let clerk = invited(&app, &owner, "clerk@demo.test", &clerk).await;
    let manager = invited(&app, &owner, "manager@demo.test", "manager").await;
    let download = "/t/demo/backups/0199d0c2-6f0e-7cc3-98c4-dc0c0c07398f/download";
    assert_eq!(
        (clerk.get(download).await.status().as_u16(), manager.get(download).await.status().as_u16()),
        (403, 404)
    );
}
