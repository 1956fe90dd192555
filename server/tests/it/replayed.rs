//! What a thief kept of a session: its id opens nothing any more, in any process, a second after it ended.

use domain::permission::Role;

use crate::browser::{Browser, PASSWORD, person, tenant_with_owner};
use crate::harness::{App, Other, redis_url};
use crate::letters;
use crate::second_step::Phone;

const EMAIL: &str = "ana@demo.test";
const NEW: &str = "another good password";

struct World {
    app: App,
    elsewhere: Other,
}

impl World {
    async fn new(settings: &[(&str, &str)]) -> Self {
        let app = App::with(settings).await;
        let demo = tenant_with_owner(&app, "demo").await;
        let ana = person(&app, EMAIL).await;
        db::people::set_role(&demo, ana, Role::Staff).await.unwrap();
        let elsewhere = app.another(settings).await;
        Self { app, elsewhere }
    }

    // A signed-in browser, and its cookie as a thief would keep it.
    async fn sign_in(&self, password: &str) -> (Browser, String) {
        let browser = Browser::new(&self.app.base);
        let answer = browser.sign_in(EMAIL, password).await;
        assert_eq!(answer.status(), 303);
        (browser, cookie(&answer))
    }

    // What the cookie opens here and in the other process.
    async fn opens(&self, cookie: &str, path: &str) -> [u16; 2] {
        let ask = async |base: &str| {
            let request = self.app.http().get(format!("{base}{path}")).header("cookie", cookie);
            request.send().await.unwrap().status().as_u16()
        };
        [ask(&self.app.base).await, ask(&self.elsewhere.base).await]
    }

    async fn lives(&self, cookie: &str) {
        assert_eq!(self.opens(cookie, "/t/demo").await, [200, 200]);
    }

    async fn is_over(&self, cookie: &str, what: &str) {
        assert_eq!(self.opens(cookie, "/t/demo").await[0], 303, "{what}, in this process, at once");
        let over = async || self.opens(cookie, "/t/demo").await == [303, 303];
        db::testing::within_a_second(&format!("{what}, in every process"), over).await;
    }
}

fn cookie(answer: &reqwest::Response) -> String {
    answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
}

async fn nothing_is_worth_keeping(settings: &[(&str, &str)]) {
    let world = World::new(settings).await;
    let (browser, kept) = world.sign_in(PASSWORD).await;
    world.lives(&kept).await;
    browser.post("/logout", &[]).await;
    world.is_over(&kept, "signed out").await;

    let (browser, kept) = world.sign_in(PASSWORD).await;
    let (_, other) = world.sign_in(PASSWORD).await;
    world.lives(&other).await;
    let changed = browser.post("/account/password", &[("current", PASSWORD), ("password", NEW)]).await;
    let renamed = cookie(&changed);
    world.is_over(&kept, "the former id of who changed the password").await;
    world.is_over(&other, "another session, after the password changed").await;
    world.lives(&renamed).await;

    let phone = Phone::told_by(&browser).await;
    let (_, other) = world.sign_in(NEW).await;
    world.lives(&other).await;
    let on = browser.post("/account/second-factor", &[("code", &phone.now()), ("password", NEW)]).await;
    assert_eq!(on.status(), 200);
    world.is_over(&renamed, "the former id of who set a second factor up").await;
    world.is_over(&other, "a session that began without the second factor").await;
    browser.post("/account/second-factor/remove", &[("remove_password", NEW)]).await;

    let (_, kept) = world.sign_in(NEW).await;
    browser.post("/forgot-password", &[("email", EMAIL)]).await;
    let link = letters::wait_for(&world.app, "link.password", 1).await.remove(0).path();
    let answer = Browser::new(&world.app.base).post(&link, &[("password", PASSWORD)]).await;
    assert_eq!(answer.status(), 303);
    world.is_over(&kept, "after a password was chosen by a link").await;
}

#[tokio::test]
async fn sessions_that_ended_stay_ended_without_redis() {
    nothing_is_worth_keeping(&[]).await;
}

#[tokio::test]
async fn sessions_that_ended_stay_ended_with_redis() {
    nothing_is_worth_keeping(&[("REDIS_URL", &redis_url())]).await;
}

#[tokio::test]
async fn half_a_sign_in_opens_nothing() {
    let world = World::new(&[]).await;
    let (browser, _) = world.sign_in(PASSWORD).await;
    crate::second_step::set_up(&browser).await;
    let half = cookie(&Browser::new(&world.app.base).sign_in(EMAIL, PASSWORD).await);
    for path in ["/", "/account", "/t/demo", "/account/second-factor"] {
        assert_eq!(world.opens(&half, path).await, [303, 303], "{path}");
    }
    let planted = world.app.http().post(format!("{}/login", world.app.base)).header("cookie", &half);
    let answer = planted.form(&[("email", EMAIL), ("password", PASSWORD)]).send().await.unwrap();
    assert_ne!(cookie(&answer), half, "not even the half keeps an id that somebody knew");
}
