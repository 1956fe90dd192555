//! Whoever is signed in keeps the frame around them when a page cannot be shown, and learns nothing by it.

use db::people;
use domain::permission::Role;
use reqwest::Method;
use server::auth::Needs;
use server::router;

use crate::browser::{Browser, location, person, tenant_with_owner};
use crate::harness::App;
use crate::matrix::world::{Id, Who, World};

async fn page(browser: &Browser, path: &str, status: u16) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status().as_u16(), status, "{path}");
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap().to_owned();
    answer.text().await.unwrap().replace(&nonce, "NONCE")
}

fn has_frame(html: &str, tenant: &str) -> bool {
    let parts = ["class=\"rail\"", "role=\"search\"", "Account of ", "/logout"];
    parts.iter().all(|part| html.contains(part)) && html.contains(&format!("href=\"/t/{tenant}\""))
}

#[tokio::test]
async fn what_is_not_there_or_not_allowed_keeps_the_frame() {
    let app = App::new().await;
    let demo = tenant_with_owner(&app, "demo").await;
    tenant_with_owner(&app, "other").await;
    let viewer = person(&app, "viewer@demo.test").await;
    people::set_role(&demo, viewer, Role::Viewer).await.unwrap();
    let browser = Browser::signed_in(&app.base, "viewer@demo.test").await;
    for (path, status) in [
        ("/t/demo/nothing", 404),
        ("/t/demo/orders/north/none", 404),
        ("/t/demo/orders/nowhere/none", 404),
        ("/t/demo/team", 403),
        ("/t/demo/backups", 403),
        ("/t/demo/settings/keys", 403),
    ] {
        let html = page(&browser, path, status).await;
        assert!(has_frame(&html, "demo"), "{path}: {html}");
        assert!(!html.contains("data-state=") && !html.contains("/events?"), "it follows nothing");
        assert!(!html.contains("href=\"/t/demo/team\""), "and offers no more than other pages");
    }
    // What belongs to others looks like what does not exist, and both have the menu of the account.
    let [foreign, absent] = ["/t/other", "/t/nobody"].map(|path| page(&browser, path, 404));
    let (foreign, absent) = (foreign.await, absent.await);
    assert_eq!(foreign, absent);
    assert!(foreign.contains("Account of viewer@demo.test") && !foreign.contains("class=\"rail\""), "{foreign}");
    for path in ["/t/other/orders", "/t/nobody/nothing/at/all", "/platform", "/platform/tenants/demo", "/nothing"] {
        assert_eq!(page(&browser, path, 404).await, foreign, "{path}");
    }
    let account = page(&browser, "/account/nothing", 404).await;
    assert!(account.contains("Account of viewer@demo.test"), "{account}");
    let stranger = page(&Browser::new(&app.base), "/nothing", 404).await;
    assert!(!stranger.contains("Account of"), "{stranger}");
}

#[tokio::test]
async fn the_platform_keeps_its_frame_too() {
    let world = World::new().await;
    let admin = world.enter(Who::Admin).await.0;
    for path in ["/platform/nothing", "/platform/tenants/nobody", "/platform/tiers/gold"] {
        let html = page(&admin, path, 404).await;
        assert!(
            html.contains("class=\"frame platform\"") && html.contains("href=\"/platform/jobs\""),
            "{path}: {html}"
        );
    }
    // Whoever impersonates a member sees no platform, and can end it.
    let owner = people::find(&world.app.db, "owner@demo.test").await.unwrap().unwrap();
    let form = [("reason", "ticket 7"), ("minutes", "60")];
    assert_eq!(admin.post(&format!("/platform/tenants/demo/impersonation/{owner}"), &form).await.status(), 303);
    let html = page(&admin, "/platform/tenants/nobody", 404).await;
    assert!(!html.contains("class=\"frame platform\"") && html.contains("/impersonation/end"), "{html}");
    assert!(has_frame(&page(&admin, "/t/demo/nothing", 404).await, "demo"));
}

#[tokio::test]
async fn addresses_that_take_only_forms_lead_to_their_page() {
    let world = World::new().await;
    let doors = [world.enter(Who::Member(Role::Owner)).await.0, world.enter(Who::Admin).await.0];
    let table = router::table(&world.app.state);
    let mut seen = 0;
    for route in table.iter().filter(|route| route.method == Method::POST && !matches!(route.needs, Needs::Key(_))) {
        let read = table.iter().find(|r| r.path == route.path && r.method == Method::GET);
        let read = read.unwrap_or_else(|| panic!("{} answers no GET", route.path));
        if !read.is_way_back {
            continue;
        }
        assert_eq!(read.needs, route.needs, "{}", route.path);
        let browser = if route.needs == Needs::PlatformAdmin { &doors[1] } else { &doors[0] };
        let path = world.address(&route.path, "demo", Id::Own);
        let answer = browser.get(&path).await;
        assert_eq!(answer.status(), 303, "{path}");
        let to = location(&answer).to_owned();
        assert!(path.starts_with(&to) && path.len() > to.len(), "{path} leads to {to}");
        let page = browser.get(&to).await.status().as_u16();
        assert!([200, 303].contains(&page), "{path} leads to {to}: {page}");
        seen += 1;
    }
    assert!(seen > 20, "{seen}");
    let invited = [("email", "x@demo.test"), ("role", "viewer"), ("reach", "all")];
    assert_eq!(doors[0].post("/t/demo/team/invitations", &invited).await.status(), 200);
    assert_eq!(location(&doors[0].get("/t/demo/team/invitations").await), "/t/demo/team");
}
