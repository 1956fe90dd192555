//! A platform admin who impersonates a member: for a reason, for a time, without touching anything unless they ask.

use chrono::TimeDelta;
use db::clock::Clock;
use db::people;
use domain::ids::UserId;
use domain::permission::Role;

use crate::browser::{Browser, PASSWORD, location, person, tenant_with_owner};
use crate::harness::App;

struct World {
    app: App,
    clock: Clock,
    demo: db::Access,
    owner: UserId,
    admin: Browser,
}

impl World {
    async fn new() -> Self {
        let clock = Clock::fixed(Clock::System.now());
        let app = App::at(clock.clone(), &[("STOA_SESSION_IDLE_MINUTES", "1000"), ("STOA_DEMO", "true")]).await;
        let demo = tenant_with_owner(&app, "demo").await;
        tenant_with_owner(&app, "other").await;
        let owner = people::find(&app.db, "owner@demo.test").await.unwrap().unwrap();
        people::create(&app.db, &app.state.passwords, "root@stoa.test", PASSWORD, true).await.unwrap();
        let admin = Browser::signed_in(&app.base, "root@stoa.test").await;
        Self { app, clock, demo, owner, admin }
    }

    async fn impersonate(&self, member: UserId, reason: &str, minutes: &str) -> reqwest::Response {
        let path = format!("/platform/tenants/demo/impersonation/{member}");
        self.admin.post(&path, &[("reason", reason), ("minutes", minutes)]).await
    }

    async fn begin(&self) {
        assert_eq!(location(&self.impersonate(self.owner, "ticket 7", "30").await), "/t/demo");
    }

    async fn audit(&self) -> Vec<(String, String, serde_json::Value)> {
        let owner = self.app.test_db.owner(self.demo.tenant()).await;
        let sql = "select action, actor, coalesce(after, '{}') from audit_entries where tenant_id = $1 order by at, id";
        sqlx::query_as(sql).bind(self.demo.tenant().0).fetch_all(&owner).await.unwrap()
    }
}

// The address of the link that ends in `end`.
fn link<'a>(html: &'a str, end: &str) -> &'a str {
    let mut links = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    links.find(|href| href.ends_with(end)).unwrap_or_else(|| panic!("no link to ..{end}: {html}"))
}

async fn text(answer: reqwest::Response) -> String {
    answer.text().await.unwrap()
}

#[tokio::test]
async fn an_impersonation_has_a_reason_a_bar_and_an_end() {
    let world = World::new().await;
    assert!(text(world.admin.get("/platform/tenants/demo/members").await).await.contains("owner@demo.test"));
    for (reason, minutes, words) in
        [(" ", "30", "Enter a reason."), ("ticket 7", "600", "Choose 15, 30 or 60 minutes.")]
    {
        let answer = world.impersonate(world.owner, reason, minutes).await;
        assert_eq!(answer.status(), 422);
        assert!(text(answer).await.contains(words), "{words}");
    }
    world.begin().await;
    for path in ["/t/demo", "/t/demo/orders", "/t/demo/team"] {
        let html = text(world.admin.get(path).await).await;
        assert!(
            html.contains("you are viewing as owner@demo.test") && html.contains("/impersonation/end"),
            "{path}: {html}"
        );
    }
    assert_eq!(world.admin.get("/t/other").await.status(), 404, "nothing beyond that tenant");
    assert_eq!(world.admin.get("/platform").await.status(), 404, "nor of the platform, meanwhile");
    assert_eq!(world.admin.get("/account").await.status(), 409, "nor the member's account");
    let owner = Browser::signed_in(&world.app.base, "owner@demo.test").await;
    assert!(!text(owner.get("/t/demo").await).await.contains("viewing as"), "the member's own pages are as ever");
    assert_eq!(world.admin.post("/impersonation/end", &[]).await.status(), 303);
    assert_eq!(world.admin.get("/t/demo").await.status(), 404);
    assert_eq!(world.admin.get("/platform").await.status(), 200);
    let admin = people::find(&world.app.db, "root@stoa.test").await.unwrap().unwrap();
    let entries = world.audit().await;
    for (action, word) in [("impersonation.begin", "ticket 7"), ("impersonation.end", "")] {
        let entry = entries.iter().find(|(a, ..)| a == action).unwrap();
        assert_eq!(entry.1, format!("user:{admin}"));
        assert!(entry.2.to_string().contains(word), "{entry:?}");
    }
}

#[tokio::test]
async fn an_admin_finds_the_way_by_links_alone() {
    let world = World::new().await;
    let mut html = text(world.admin.get("/platform").await).await;
    let member = world.owner.to_string();
    for end in ["/platform/tenants", "/platform/tenants/demo", "/members", &member] {
        html = text(world.admin.get(link(&html, end)).await).await;
    }
    assert!(html.contains("View as owner@demo.test") && html.contains("name=\"reason\""), "{html}");
}

#[tokio::test]
async fn nothing_is_changed_unless_they_say_why() {
    let world = World::new().await;
    world.begin().await;
    let invite = [("email", "x@demo.test"), ("role", "viewer"), ("reach", "all")];
    let refused = world.admin.post("/t/demo/team/invitations", &invite).await;
    assert_eq!(refused.status(), 409);
    assert!(text(refused).await.contains("changes are disabled"));
    assert_eq!(world.admin.post("/account/password", &[]).await.status(), 409);
    assert_eq!(world.admin.get("/impersonation/write-access").await.status(), 200);
    assert_eq!(world.admin.post("/impersonation/write-access", &[("reason", "")]).await.status(), 422);
    assert_eq!(world.admin.post("/t/demo/team/invitations", &invite).await.status(), 409);
    assert_eq!(location(&world.admin.post("/impersonation/write-access", &[("reason", "fix it")]).await), "/t/demo");
    let outlasts = world.admin.post("/t/demo/team/invitations", &invite).await;
    assert_eq!(outlasts.status(), 409, "an invitation would outlast it");
    let role = [("name", "Packers"), ("permissions", "orders.read")];
    assert_eq!(world.admin.post("/t/demo/team/roles", &role).await.status(), 303);
    assert_eq!(world.admin.post("/account/password", &[]).await.status(), 409, "still not their account");
    let transfer = format!("/t/demo/team/members/{}/transfer", world.owner);
    assert_eq!(world.admin.get(&transfer).await.status(), 403, "nor who owns it");
    let admin = people::find(&world.app.db, "root@stoa.test").await.unwrap().unwrap();
    let entries = world.audit().await;
    let made = entries.iter().find(|(action, ..)| action == "role.create").unwrap();
    assert_eq!(made.1, format!("user:{admin}"), "what was changed is theirs, not the member's");
    assert!(entries.iter().any(|(action, ..)| action == "impersonation.raise"));
}

#[tokio::test]
async fn it_ends_in_time_and_never_shows_another_admin() {
    let world = World::new().await;
    let second =
        people::create(&world.app.db, &world.app.state.passwords, "second@stoa.test", PASSWORD, true).await.unwrap();
    people::set_role(&world.demo, second, Role::Staff).await.unwrap();
    let refused = world.impersonate(second, "ticket 7", "30").await;
    assert_eq!(refused.status(), 422);
    assert!(text(refused).await.contains("another platform admin"));
    let stranger = person(&world.app, "stranger@demo.test").await;
    assert_eq!(world.impersonate(stranger, "ticket 7", "30").await.status(), 404, "who is no member there");
    let staff = Browser::signed_in(&world.app.base, "owner@demo.test").await;
    let path = format!("/platform/tenants/demo/impersonation/{}", world.owner);
    assert_eq!(staff.post(&path, &[("reason", "x"), ("minutes", "30")]).await.status(), 404);
    world.begin().await;
    world.clock.set(world.clock.now() + TimeDelta::minutes(30));
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(world.admin.get("/t/demo").await.status(), 404);
    assert_eq!(world.admin.get("/platform").await.status(), 200, "they are themselves again");
}

#[tokio::test]
async fn the_session_goes_on_under_another_id_each_time() {
    let world = World::new().await;
    let cookie = |answer: &reqwest::Response| {
        let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|c| c.to_str().ok());
        cookies.filter(|c| c.starts_with("stoa=")).map(|c| c.split(';').next().unwrap().to_owned()).next_back().unwrap()
    };
    let before = cookie(&world.admin.sign_in("root@stoa.test", PASSWORD).await);
    let during = cookie(&world.impersonate(world.owner, "ticket 7", "15").await);
    let after = cookie(&world.admin.post("/impersonation/end", &[]).await);
    assert!(before != during && during != after && before != after);
    for (cookie, path, status) in [(&before, "/platform", 303), (&during, "/t/demo", 303), (&after, "/platform", 200)] {
        let request = world.app.http().get(format!("{}{path}", world.app.base)).header("cookie", cookie);
        assert_eq!(request.send().await.unwrap().status(), status, "{path}");
    }
}
