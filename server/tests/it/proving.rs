//! Asked once more: what needs a recent sign-in, what counts as one, and that nothing typed is lost.

use chrono::TimeDelta;
use db::clock::Clock;
use domain::permission::{Permission, Role};
use reqwest::Method;
use server::auth::Needs;
use server::router;

use crate::browser::{Browser, PASSWORD, location, tenant_with_owner};
use crate::harness::App;
use crate::matrix::world::{Id, Who, World};
use crate::second_step;
use crate::writes::held;

const ROLES: &str = "/t/demo/team/roles";
const ROLE: [(&str, &str); 3] =
    [("name", "Packers & <co>"), ("permissions", "orders.read"), ("permissions", "events.read")];

fn is_form(html: &str) -> bool {
    html.contains("name=\"confirm_password\"")
}

#[tokio::test]
async fn keys_people_webhooks_and_downloads_need_a_recent_sign_in() {
    let world = World::new().await;
    let table = router::table(&world.app.state);
    for route in table.iter().filter(|route| route.method == Method::POST) {
        let manages = [Needs::Member(Permission::ManageKeys), Needs::Member(Permission::ManagePeople)];
        assert!(!manages.contains(&route.needs) || route.asks_again, "{} asks nobody again", route.path);
    }
    for path in [
        "/t/{tenant}/audit/export",
        "/t/{tenant}/backups/{id}/download",
        "/platform/audit/export",
        "/account/second-factor",
    ] {
        assert!(table.iter().any(|r| r.method == Method::GET && r.path == path && r.asks_again), "{path}");
    }
    let people = [world.enter(Who::Member(Role::Owner)).await.0, world.enter(Who::Admin).await.0];
    let clock = world.app.db.clock();
    clock.set(clock.now() + TimeDelta::minutes(10));
    let before = held(&world.app).await;
    let mut asked = 0;
    for route in table.iter().filter(|route| route.asks_again) {
        let person = &people[usize::from(route.path.starts_with("/platform"))];
        let path = world.address(&route.path, "demo", Id::Own);
        let answer = match route.method {
            Method::GET => person.get(&path).await,
            _ => person.post(&path, &[("name", "<typed> \"here\""), ("reason", "why")]).await,
        };
        assert_eq!(answer.status(), 403, "{path}");
        let html = answer.text().await.unwrap();
        assert!(is_form(&html), "{path}: {html}");
        assert!(route.method == Method::GET || html.contains("&lt;typed&gt; &quot;here&quot;"), "{path}: {html}");
        asked += 1;
    }
    assert!(asked > 30, "{asked}");
    let (mut before, mut after) = (before, held(&world.app).await);
    for table in ["sessions", "audit_entries", "audit_heads"] {
        assert!(before.remove(table).is_some() && after.remove(table).is_some(), "{table}");
    }
    assert_eq!(before, after);
}

struct Late {
    app: App,
    clock: Clock,
    owner: Browser,
}

impl Late {
    async fn new() -> Self {
        let clock = Clock::fixed(Clock::System.now());
        let app = App::at(clock.clone(), &[("STOA_SESSION_IDLE_MINUTES", "1000")]).await;
        tenant_with_owner(&app, "demo").await;
        let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
        Self { app, clock, owner }
    }

    fn wait(&self, minutes: i64) {
        self.clock.set(self.clock.now() + TimeDelta::minutes(minutes));
    }
}

#[tokio::test]
async fn the_password_does_at_once_what_was_asked_and_lasts_ten_minutes() {
    let world = Late::new().await;
    let with = |password: &'static str| [&ROLE[..], &[("confirm_password", password)]].concat();
    world.wait(9);
    assert_eq!(world.owner.post(ROLES, &[("name", "First"), ("permissions", "orders.read")]).await.status(), 303);
    world.wait(1);
    let wrong = world.owner.post(ROLES, &with("a wrong guess")).await;
    assert_eq!(wrong.status(), 403);
    let html = wrong.text().await.unwrap();
    assert!(
        html.contains("Incorrect password or code")
            && html.contains("Packers &amp; &lt;co&gt;")
            && html.matches("name=\"permissions\"").count() == 2,
        "{html}"
    );
    assert_eq!(location(&world.owner.post(ROLES, &with(PASSWORD)).await), "/t/demo/team?done=role");
    let team = world.owner.get("/t/demo/team").await.text().await.unwrap();
    assert!(
        team.contains("Packers &amp; &lt;co&gt;") && team.contains("2 permissions"),
        "nothing typed was lost: {team}"
    );
    world.wait(9);
    assert_eq!(world.owner.post(ROLES, &[("name", "Third"), ("permissions", "orders.read")]).await.status(), 303);
    let other = Browser::signed_in(&world.app.base, "owner@demo.test").await;
    world.wait(1);
    assert_eq!(world.owner.post(ROLES, &ROLE).await.status(), 403);
    assert_eq!(
        other.post(ROLES, &[("name", "Fourth"), ("permissions", "orders.read")]).await.status(),
        303,
        "each session by itself"
    );
}

#[tokio::test]
async fn a_download_goes_on_after_the_password() {
    let world = Late::new().await;
    world.wait(10);
    let export = "/t/demo/audit/export?action=role";
    let html = world.owner.get(export).await.text().await.unwrap();
    assert!(is_form(&html) && html.contains("action=\"/confirm\"") && html.contains(export), "{html}");
    assert_eq!(world.owner.post("/confirm", &[("next", export)]).await.status(), 422);
    let away = [("next", "//evil.test"), ("confirm_password", PASSWORD)];
    assert_eq!(location(&world.owner.post("/confirm", &away).await), "/");
    world.wait(10);
    let form = [("next", export), ("confirm_password", PASSWORD)];
    assert_eq!(location(&world.owner.post("/confirm", &form).await), export);
    assert_eq!(world.owner.get(export).await.status(), 200);
}

#[tokio::test]
async fn a_code_counts_once_and_guessing_ends() {
    let world = Late::new().await;
    let phone = second_step::Phone::told_by(&world.owner).await;
    second_step::confirm(&world.owner, &phone.at(world.clock.now().timestamp())).await;
    world.wait(10);
    let code = phone.at(world.clock.now().timestamp());
    let with = |code: &str| {
        [&ROLE[..], &[("confirm_code", code)]]
            .concat()
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect::<Vec<_>>()
    };
    let post = async |form: Vec<(String, String)>| {
        let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        world.owner.post(ROLES, &form).await.status().as_u16()
    };
    assert_eq!(post(with(&code)).await, 303);
    world.wait(10);
    assert_eq!(post(with(&code)).await, 403, "it was used");
    for n in 0..9 {
        assert_eq!(post(with(&format!("{n:06}"))).await, 403);
    }
    assert_eq!(
        post([&with("")[..], &[("confirm_password".to_owned(), PASSWORD.to_owned())]].concat()).await,
        403,
        "too many guesses"
    );
    // Nobody else is kept from anything by that.
    let other = Browser::new(&world.app.base);
    assert_eq!(other.sign_in("owner@demo.test", PASSWORD).await.status(), 303);
}
