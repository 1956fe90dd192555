//! The second step: when it is asked, what opens it, and how often somebody may guess.

use chrono::TimeDelta;
use db::clock::Clock;
use db::people;

use crate::browser::{Browser, PASSWORD, location, person, tenant_with_owner};
use crate::harness::App;
use crate::letters;
use crate::second_step::{Phone, confirm};

const EMAIL: &str = "owner@demo.test";

struct World {
    app: App,
    clock: Clock,
    phone: Phone,
    codes: Vec<String>,
}

impl World {
    /// An owner whose phone shows codes. Its clock stands still unless it is moved.
    async fn new() -> Self {
        let clock = Clock::fixed(Clock::System.now());
        let app = App::at(clock.clone(), &[("STOA_SESSION_IDLE_MINUTES", "1000")]).await;
        tenant_with_owner(&app, "demo").await;
        let browser = Browser::signed_in(&app.base, EMAIL).await;
        let other = Browser::signed_in(&app.base, EMAIL).await;
        let phone = Phone::told_by(&browser).await;
        let wrong = browser.post("/account/second-factor", &[("code", "000000"), ("password", PASSWORD)]).await;
        assert_eq!(wrong.status(), 422);
        assert!(wrong.text().await.unwrap().contains("incorrect or expired"));
        let codes = confirm(&browser, &phone.at(clock.now().timestamp())).await;
        assert_eq!(codes.len(), 10);
        assert!(browser.is_signed_in().await && !other.is_signed_in().await, "sessions that began without a code end");
        Self { app, clock, phone, codes }
    }

    fn code(&self) -> String {
        self.phone.at(self.clock.now().timestamp())
    }

    fn wait(&self, seconds: i64) {
        self.clock.set(self.clock.now() + TimeDelta::seconds(seconds));
    }

    async fn half(&self) -> Browser {
        let browser = Browser::new(&self.app.base);
        let form = [("email", EMAIL), ("password", PASSWORD), ("next", "/t/demo/orders")];
        let answer = browser.post("/login", &form).await;
        assert_eq!(location(&answer), "/login/code?next=%2Ft%2Fdemo%2Forders");
        browser
    }
}

async fn give(browser: &Browser, code: &str) -> reqwest::Response {
    browser.post("/login/code", &[("code", code), ("next", "/t/demo/orders")]).await
}

#[tokio::test]
async fn a_password_alone_opens_nothing_and_a_code_opens_once() {
    let world = World::new().await;
    let first = world.half().await;
    for path in ["/account", "/t/demo", "/t/demo/events", "/"] {
        assert!(location(&first.get(path).await).starts_with("/login"), "{path}");
    }
    assert_eq!(give(&first, &world.code()).await.status(), 422, "the code that turned it on was used");
    world.wait(30);
    let code = world.code();
    assert_eq!(location(&give(&first, &code).await), "/t/demo/orders");
    assert_eq!(first.get("/t/demo/orders").await.status(), 200);
    let second = world.half().await;
    assert_eq!(give(&second, &code).await.status(), 422, "a code that was seen over a shoulder opens nothing");
    world.wait(30);
    assert_eq!(give(&second, &code).await.status(), 422);
    assert_eq!(give(&second, &world.code()).await.status(), 303);
}

#[tokio::test]
async fn a_recovery_code_opens_once_and_is_told_of() {
    let world = World::new().await;
    let browser = world.half().await;
    assert_eq!(give(&browser, &world.codes[0].to_uppercase()).await.status(), 303);
    let told = letters::of_platform(&world.app, "account").await;
    assert!(told.iter().any(|l| l.subject == "A recovery code was used"), "{told:?}");
    let again = world.half().await;
    assert_eq!(give(&again, &world.codes[0]).await.status(), 422);
    assert_eq!(give(&again, &world.codes[1]).await.status(), 303);
    let renewed = again.post("/account/second-factor/codes", &[("renew_password", "wrong")]).await;
    assert_eq!(renewed.status(), 422);
    assert_eq!(again.post("/account/second-factor/codes", &[("renew_password", PASSWORD)]).await.status(), 200);
    assert_eq!(give(&world.half().await, &world.codes[2]).await.status(), 422, "others took their place");
}

#[tokio::test]
async fn codes_are_refused_after_ten_wrong_ones_in_all_sessions() {
    let world = World::new().await;
    world.wait(60);
    let mut refused = 0;
    for round in 0..4 {
        let browser = world.half().await;
        for n in 0..5 {
            let answer = give(&browser, &format!("{:06}", 1 + round * 5 + n)).await;
            refused += i32::from(answer.status() == 429);
        }
    }
    // One of the ten was spent while it was set up.
    assert_eq!(refused, 11);
    assert_eq!(give(&world.half().await, &world.code()).await.status(), 429, "not even the right one, for a while");
}

#[tokio::test]
async fn each_step_has_a_session_of_its_own_and_the_first_ends_in_time() {
    let world = World::new().await;
    let cookie = |answer: &reqwest::Response| {
        let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|c| c.to_str().ok());
        cookies.filter(|c| c.starts_with("stoa=")).map(|c| c.split(';').next().unwrap().to_owned()).next_back().unwrap()
    };
    let browser = Browser::new(&world.app.base);
    let half = cookie(&browser.sign_in(EMAIL, PASSWORD).await);
    world.wait(30);
    let whole = cookie(&give(&browser, &world.code()).await);
    assert_ne!(half, whole);
    let ask = |cookie: &str| {
        world.app.http().get(format!("{}/account", world.app.base)).header("cookie", cookie.to_owned()).send()
    };
    assert_eq!(ask(&half).await.unwrap().status(), 303, "the id that was known before the code is worth nothing");
    assert_eq!(ask(&whole).await.unwrap().status(), 200);
    let slow = world.half().await;
    world.wait(600);
    assert!(location(&give(&slow, &world.code()).await).starts_with("/login?next="));
}

#[tokio::test]
async fn the_second_factor_is_turned_off_with_the_password() {
    let world = World::new().await;
    world.wait(30);
    let browser = world.half().await;
    give(&browser, &world.code()).await;
    let off = "/account/second-factor/remove";
    assert_eq!(browser.post(off, &[("remove_password", "wrong")]).await.status(), 422);
    assert_eq!(location(&browser.post(off, &[("remove_password", PASSWORD)]).await), "/account?done=factor-off");
    assert_eq!(location(&Browser::new(&world.app.base).sign_in(EMAIL, PASSWORD).await), "/");
}

#[tokio::test]
async fn a_tenant_can_require_a_second_factor_of_all_members() {
    let app = App::new().await;
    let demo = tenant_with_owner(&app, "demo").await;
    let ana = person(&app, "ana@demo.test").await;
    people::set_role(&demo, ana, domain::permission::Role::Staff).await.unwrap();
    let owner = Browser::signed_in(&app.base, EMAIL).await;
    let ana = Browser::signed_in(&app.base, "ana@demo.test").await;
    assert_eq!(ana.get("/t/demo/orders").await.status(), 200);
    let answer = owner.post("/t/demo/team/second-factor", &[("needed", "yes")]).await;
    assert_eq!(location(&answer), "/t/demo/team?done=second-factor");
    for (browser, path) in [(&ana, "/t/demo/orders"), (&owner, "/t/demo/team")] {
        db::testing::within_a_second("it is asked for", async || browser.get(path).await.status() == 303).await;
    }
    for (browser, path) in [(&ana, "/t/demo/orders"), (&ana, "/t/demo/events"), (&owner, "/t/demo/team")] {
        assert_eq!(location(&browser.get(path).await), "/account/second-factor?done=for demo", "{path}");
    }
    assert!(
        ana.get("/account/second-factor")
            .await
            .text()
            .await
            .unwrap()
            .contains("demo requires two-factor authentication")
    );
    crate::second_step::set_up(&ana).await;
    assert_eq!(ana.get("/t/demo/orders").await.status(), 200);
    assert_eq!(owner.get("/t/demo/team").await.status(), 303);
}

#[tokio::test]
async fn platform_admins_always_need_one_but_in_the_demo() {
    for (demo, status) in [("false", 303), ("true", 200)] {
        let app = App::with(&[("STOA_DEMO", demo)]).await;
        people::create(&app.db, &app.state.passwords, "root@stoa.test", PASSWORD, true).await.unwrap();
        let root = Browser::signed_in(&app.base, "root@stoa.test").await;
        for path in ["/platform", "/platform/jobs", "/platform/tenants"] {
            assert_eq!(root.get(path).await.status(), status, "{path}, demo {demo}");
        }
        let maintain = root.post("/platform/partitions/maintain", &[]).await;
        assert_eq!(maintain.status() == 303 && location(&maintain).starts_with("/account/"), demo == "false");
    }
}

#[tokio::test]
async fn a_stolen_session_sets_no_factor_up_and_what_it_saw_is_worth_nothing_afterwards() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, EMAIL).await;
    let other = Browser::signed_in(&app.base, EMAIL).await;
    let phone = Phone::told_by(&owner).await;
    for form in [vec![], vec![("password", "")], vec![("password", "a wrong guess")]] {
        let form = [vec![("code", phone.now())], form.into_iter().map(|(n, v)| (n, v.to_owned())).collect()].concat();
        let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
        assert_eq!(owner.post("/account/second-factor", &form).await.status(), 422, "{form:?}");
    }
    let codes = async |browser: &Browser, phone: &Phone, password: &str| {
        let form = [("code", phone.now()), ("password", password.to_owned())];
        let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
        browser.post("/account/second-factor", &form).await.status().as_u16()
    };
    assert_eq!(codes(&other, &phone, PASSWORD).await, 422, "a secret belongs to the session that asked for it");
    let seen = Phone::told_by(&owner).await;
    let newer = Phone::told_by(&owner).await;
    assert_ne!(seen.now(), newer.now(), "nobody is told what another look at the page was told");
    // Whatever changes of the account ends what was told before.
    const BETTER: &str = "quite another good password";
    let changed = owner.post("/account/password", &[("current", PASSWORD), ("password", BETTER)]).await;
    assert_eq!(changed.status(), 303);
    assert_eq!(codes(&owner, &newer, BETTER).await, 422, "after another password");
    let newer = Phone::told_by(&owner).await;
    let id = people::find(&app.db, EMAIL).await.unwrap().unwrap();
    let mut db = <sqlx::PgConnection as sqlx::Connection>::connect(&app.test_db.owner_url).await.unwrap();
    let sql = "update users set email = 'new@demo.test', email_key = 'new@demo.test' where id = $1";
    sqlx::query(sql).bind(id.0).execute(&mut db).await.unwrap();
    assert_eq!(codes(&owner, &newer, BETTER).await, 422, "after another address");
    let newer = Phone::told_by(&owner).await;
    assert_eq!(codes(&owner, &newer, BETTER).await, 200);
}
