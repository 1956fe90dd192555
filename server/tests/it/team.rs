//! What members may do, and who says so.

use domain::ids::UserId;
use domain::permission::Role;

use crate::browser::{Browser, PASSWORD, location, person, tenant_with_owner};
use crate::harness::App;

async fn member(app: &App, access: &db::Access, email: &str, role: Role) -> UserId {
    let id = person(app, email).await;
    db::people::set_role(access, id, role).await.unwrap();
    id
}

async fn text(answer: reqwest::Response) -> String {
    answer.text().await.unwrap()
}

#[tokio::test]
async fn roles_of_their_own_reach_as_far_as_they_say_within_a_second() {
    let app = App::new().await;
    let demo = tenant_with_owner(&app, "demo").await;
    let ana = member(&app, &demo, "ana@demo.test", Role::Viewer).await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let form = [("name", "Importer"), ("permissions", "imports.read"), ("permissions", "imports.run")];
    assert_eq!(location(&owner.post("/t/demo/team/roles", &form).await), "/t/demo/team?done=role");
    assert_eq!(owner.post("/t/demo/team/roles", &form).await.status(), 422, "the name is taken");
    let nothing = owner.post("/t/demo/team/roles", &[("name", "Owner")]).await;
    let html = text(nothing).await;
    assert!(html.contains("is a built-in role") && html.contains("at least one"), "{html}");
    let html = text(owner.get("/t/demo/team").await).await;
    let role = html.rsplit_once("/team/roles/").unwrap().1.split_once('"').unwrap().0.to_owned();

    let place = format!("/t/demo/team/members/{ana}");
    let there = app.another(&[]).await;
    let browser = Browser::signed_in(&there.base, "ana@demo.test").await;
    assert_eq!(browser.get("/t/demo/orders").await.status(), 200);
    assert_eq!(location(&owner.post(&place, &[("role", &role), ("reach", "all")]).await), "/t/demo/team?done=changed");
    let opens = async |path: &str| browser.get(path).await.status() == 200;
    db::testing::within_a_second("the new role holds there", async || !opens("/t/demo/orders").await).await;
    assert_eq!(browser.get("/t/demo/imports/new").await.status(), 200);
    assert_eq!(browser.get("/t/demo/orders").await.status(), 403);
    let more = [("name", "Importer"), ("permissions", "orders.read")];
    assert_eq!(location(&owner.post(&format!("/t/demo/team/roles/{role}"), &more).await), "/t/demo/team?done=role");
    db::testing::within_a_second("the changed role holds there", async || opens("/t/demo/orders").await).await;
    assert_eq!(browser.get("/t/demo/imports/new").await.status(), 403);
    assert_eq!(browser.get("/t/demo/orders").await.status(), 200);

    let delete = format!("/t/demo/team/roles/{role}/delete");
    assert_eq!(owner.post(&delete, &[]).await.status(), 409, "somebody has it");
    owner.post(&place, &[("role", "viewer"), ("reach", "all")]).await;
    assert_eq!(location(&owner.post(&delete, &[]).await), "/t/demo/team?done=role-deleted");
    assert_eq!(owner.post(&delete, &[]).await.status(), 404);
}

#[tokio::test]
async fn members_cannot_grant_more_than_they_have() {
    let app = App::new().await;
    let demo = tenant_with_owner(&app, "demo").await;
    let (ana, bob) = (
        member(&app, &demo, "ana@demo.test", Role::Viewer).await,
        member(&app, &demo, "bob@demo.test", Role::Viewer).await,
    );
    let boss = member(&app, &demo, "boss@demo.test", Role::Manager).await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let form = [("name", "People"), ("permissions", "people.manage"), ("permissions", "orders.read")];
    owner.post("/t/demo/team/roles", &form).await;
    let html = text(owner.get("/t/demo/team").await).await;
    let role = html.rsplit_once("/team/roles/").unwrap().1.split_once('"').unwrap().0.to_owned();
    owner.post(&format!("/t/demo/team/members/{ana}"), &[("role", &role), ("reach", "all")]).await;
    let browser = Browser::signed_in(&app.base, "ana@demo.test").await;
    let at = |id: UserId| format!("/t/demo/team/members/{id}");
    let manager = browser.post(&at(bob), &[("role", "manager"), ("reach", "all")]).await;
    assert_eq!(manager.status(), 409, "a viewer sees reports, which she does not");
    let stronger = browser.post("/t/demo/team/roles", &[("name", "X"), ("permissions", "orders.refund")]).await;
    assert!(text(stronger).await.contains("Select only permissions that you have."));
    let invited = browser
        .post("/t/demo/team/invitations", &[("email", "x@demo.test"), ("role", "manager"), ("reach", "all")])
        .await;
    assert!(text(invited).await.contains("permissions that you do not have"));
    assert_eq!(browser.post(&at(ana), &[("role", "viewer"), ("reach", "all")]).await.status(), 409, "not herself");
    assert_eq!(browser.post(&format!("{}/remove", at(boss)), &[]).await.status(), 409);
    assert_eq!(browser.get(&format!("{}/transfer", at(bob))).await.status(), 403);
    let role_of = |email: &'static str| {
        let db = app.db.clone();
        async move {
            let id = db::people::find(&db, email).await.unwrap().unwrap();
            db::people::memberships(&db, id).await.unwrap()[0].role.name().to_owned()
        }
    };
    assert_eq!((role_of("bob@demo.test").await, role_of("boss@demo.test").await), ("viewer".into(), "manager".into()));
}

#[tokio::test]
async fn there_is_always_an_owner_and_ownership_is_handed_over_with_a_password() {
    let app = App::new().await;
    let demo = tenant_with_owner(&app, "demo").await;
    let ana = member(&app, &demo, "ana@demo.test", Role::Staff).await;
    let me = db::people::find(&app.db, "owner@demo.test").await.unwrap().unwrap();
    for role in [Role::Manager, Role::Viewer] {
        assert!(matches!(db::people::set_role(&demo, me, role).await, Err(db::DataError::Refused(_))));
    }
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    assert_eq!(owner.post(&format!("/t/demo/team/members/{me}/remove"), &[]).await.status(), 409);
    let transfer = format!("/t/demo/team/members/{ana}/transfer");
    assert!(text(owner.get(&transfer).await).await.contains("You become a manager"));
    let wrong = owner.post(&transfer, &[("password", "not the password")]).await;
    assert_eq!(wrong.status(), 422);
    assert!(text(wrong).await.contains("Incorrect password"));
    assert_eq!(owner.get("/t/demo/team").await.status(), 200, "nothing was changed");
    assert_eq!(location(&owner.post(&transfer, &[("password", PASSWORD)]).await), "/t/demo?done=transferred");
    assert_eq!(owner.get("/t/demo/team").await.status(), 403);
    assert_eq!(owner.post(&transfer, &[("password", PASSWORD)]).await.status(), 403);
    let ana = Browser::signed_in(&app.base, "ana@demo.test").await;
    assert_eq!(ana.get("/t/demo/team").await.status(), 200);
    assert_eq!(ana.post(&format!("/t/demo/team/members/{me}/remove"), &[]).await.status(), 303);
}

#[tokio::test]
async fn two_owners_who_leave_at_once_leave_one() {
    let app = App::new().await;
    let demo = tenant_with_owner(&app, "demo").await;
    for round in 0..5 {
        let second = member(&app, &demo, &format!("second{round}@demo.test"), Role::Owner).await;
        let first = db::people::find(&app.db, "owner@demo.test").await.unwrap().unwrap();
        db::people::set_role(&demo, first, Role::Owner).await.unwrap();
        let (a, b) = tokio::join!(
            db::people::set_role(&demo, first, Role::Viewer),
            db::people::set_role(&demo, second, Role::Viewer)
        );
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        db::people::set_role(&demo, first, Role::Owner).await.unwrap();
        db::people::set_role(&demo, second, Role::Viewer).await.unwrap();
    }
}

#[tokio::test]
async fn members_roles_and_invitations_of_another_tenant_do_not_exist() {
    let app = App::new().await;
    let demo = tenant_with_owner(&app, "demo").await;
    tenant_with_owner(&app, "other").await;
    let ana = member(&app, &demo, "ana@demo.test", Role::Staff).await;
    let demo_owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    demo_owner.post("/t/demo/team/roles", &[("name", "Theirs"), ("permissions", "orders.read")]).await;
    let html = text(demo_owner.get("/t/demo/team").await).await;
    let role = html.rsplit_once("/team/roles/").unwrap().1.split_once('"').unwrap().0.to_owned();
    let other = Browser::signed_in(&app.base, "owner@other.test").await;
    for path in [
        format!("/members/{ana}"),
        format!("/members/{ana}/remove"),
        format!("/members/{ana}/transfer"),
        format!("/roles/{role}"),
    ] {
        assert_eq!(other.get(&format!("/t/other/team{path}")).await.status(), 404, "{path}");
        assert_eq!(other.get(&format!("/t/demo/team{path}")).await.status(), 404, "{path}");
    }
    let invited =
        other.post("/t/other/team/invitations", &[("email", "x@x.test"), ("role", &role), ("reach", "all")]).await;
    assert!(text(invited).await.contains("Choose a role"), "another tenant's role is none");
}

#[tokio::test]
async fn figures_alone_are_shown_without_orders_and_orders_without_figures() {
    let app = App::new().await;
    let demo = tenant_with_owner(&app, "demo").await;
    let write = demo.scope(domain::permission::Permission::WriteOrders).unwrap();
    let store = db::stores::known(&write).await.unwrap()[0].clone();
    db::testing::place_all(&write, &store, &[db::testing::order(&store, "A-1", app.db.clock().now(), 1)]).await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    assert!(text(owner.get("/t/demo").await).await.contains("/orders/north/A-1"));
    for permission in ["reports.read", "orders.read", "imports.read"] {
        let form = [("name", permission), ("permissions", permission)];
        owner.post("/t/demo/team/roles", &form).await;
        let people = demo.scope(domain::permission::Permission::ManagePeople).unwrap();
        let roles = db::team::roles(&people).await.unwrap();
        let id = roles.iter().find(|role| role.name == permission).unwrap().id.to_string();
        let place = [("role", id.as_str()), ("reach", "all")];
        let email = format!("{}@demo.test", permission.replace('.', "-"));
        let somebody = member(&app, &demo, &email, Role::Viewer).await;
        let changed = owner.post(&format!("/t/demo/team/members/{somebody}"), &place).await;
        assert_eq!(location(&changed), "/t/demo/team?done=changed", "{permission}");
        let browser = Browser::signed_in(&app.base, &email).await;
        let (home, orders) = (browser.get("/t/demo").await, browser.get("/t/demo/orders").await);
        let expected = match permission {
            "reports.read" => (200, 403),
            "orders.read" => (403, 200),
            _ => (403, 403),
        };
        assert_eq!((home.status().as_u16(), orders.status().as_u16()), expected, "{permission}");
        let html = text(home).await;
        assert!(!html.contains("A-1") && !html.contains("Latest orders"), "{permission}: {html}");
    }
}
