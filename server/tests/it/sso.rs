//! Single sign-on through a tenant's own OpenID Connect provider: whom it lets in, where to, and everything that it does
//! not.

use chrono::TimeDelta;
use db::team::{self, NewPlace};
use db::{Access, people};
use domain::permission::{Permission, Role};
use serde_json::{Value, json};

use crate::browser::{Browser, PASSWORD, location, person};
use crate::sso_provider::CLIENT;
use crate::sso_world::{A_SECOND, ANA, World, asked, assert_refused, back, set};

#[tokio::test]
async fn a_member_comes_in_and_the_session_opens_that_tenant_alone() {
    let world = World::new().await;
    let (ana, answer) = world.come(ANA, |_| ()).await;
    assert_eq!(location(&answer), "/t/demo/orders");
    assert_eq!(ana.get("/t/demo/orders").await.status(), 200);
    assert_eq!(location(&ana.get("/").await), "/t/demo", "there is nothing else to choose");
    for path in ["/t/other", "/t/other/team", "/t/other/events"] {
        let (theirs, nothing) = (ana.get(path).await, ana.get(&path.replace("other", "absent")).await);
        assert_eq!((theirs.status(), nothing.status()), (404.try_into().unwrap(), 404.try_into().unwrap()), "{path}");
    }
    assert_eq!(ana.get("/t/demo/team").await.status(), 403, "and there she is staff, as she was");
    for path in ["/account", "/account/second-factor"] {
        assert_eq!(ana.get(path).await.status(), 409, "{path}: the account is her own");
    }
    for path in ["/account/passkeys/new", "/account/password", "/account/email", "/account/sign-out-everywhere"] {
        assert_eq!(ana.post(path, &[("current", PASSWORD), ("password", "x")]).await.status(), 409, "{path}");
    }
    let own = Browser::signed_in(&world.app.base, ANA).await;
    assert_eq!(own.get("/t/other").await.status(), 200, "with her password it is hers");
    let (again, answer) = world.come(ANA, |_| ()).await;
    assert_eq!(location(&answer), "/t/demo/orders", "and again, by the link that was made");
    assert_eq!(again.get("/t/demo").await.status(), 200);
}

#[tokio::test]
async fn it_opens_nothing_of_the_platform_and_joins_nothing_elsewhere() {
    let world = World::new().await;
    let root =
        people::create(&world.app.db, &world.app.state.passwords, "root@demo.test", PASSWORD, true).await.unwrap();
    people::set_role(&world.demo, root, Role::Manager).await.unwrap();
    let (root, answer) = world.come("root@demo.test", |_| ()).await;
    assert_eq!(location(&answer), "/t/demo/orders");
    for path in ["/platform", "/platform/tenants", "/platform/tenants/demo/members"] {
        assert_eq!(root.get(path).await.status(), 404, "{path}");
    }
    let other = db::Access::command(world.app.db.clone(), tenant(&world, "other").await);
    let secret = invite(&other, "root@demo.test").await;
    assert_eq!(root.post(&format!("/invitation/{secret}"), &[]).await.status(), 403);
}

#[tokio::test]
async fn an_invited_person_joins_and_one_without_an_account_gets_one_that_no_password_opens() {
    let world = World::new().await;
    person(&world.app, "known@demo.test").await;
    for email in ["known@demo.test", "new@partner.test"] {
        world.refused("nobody has invited them", "not a member of this tenant", email, |_| ()).await;
        invite(&world.demo, email).await;
        let (browser, answer) = world.come(email, |_| ()).await;
        assert_eq!(location(&answer), "/t/demo/orders", "{email}");
        assert_eq!(browser.get("/t/demo/orders").await.status(), 200, "{email}");
    }
    assert!(people::find(&world.app.db, "nobody@demo.test").await.unwrap().is_none());
    assert_eq!(world.browser().sign_in("new@partner.test", "").await.status(), 422);
}

#[tokio::test]
async fn nobody_comes_in_whom_it_does_not_vouch_for_here() {
    let world = World::new().await;
    person(&world.app, "stranger@demo.test").await;
    let changed = |name: &'static str, value: Value| move |claims: &mut Value| claims[name] = value;
    let now = world.clock.now().timestamp();
    let unproven = "sent an invalid response";
    world
        .refused("the address is not verified", "your email as verified", ANA, changed("email_verified", json!(false)))
        .await;
    world
        .refused("nothing is said of that", "your email as verified", ANA, changed("email_verified", Value::Null))
        .await;
    world.refused("there is no address", "your email as verified", ANA, changed("email", Value::Null)).await;
    world.refused("another domain", "Your email domain cannot use SSO here", "ana@elsewhere.test", |_| ()).await;
    world
        .refused("a member of another tenant", "Your email domain cannot use SSO here", "owner@other.test", |_| ())
        .await;
    world.refused("no member", "not a member of this tenant", "stranger@demo.test", |_| ()).await;
    world.refused("another nonce", unproven, ANA, changed("nonce", json!("x"))).await;
    world.refused("no nonce", unproven, ANA, changed("nonce", Value::Null)).await;
    world.refused("another client's", unproven, ANA, changed("aud", json!("another"))).await;
    world.refused("for others too", unproven, ANA, changed("aud", json!([CLIENT, "another"]))).await;
    world.refused("another issuer", unproven, ANA, changed("iss", json!("https://evil.test"))).await;
    world.refused("it is over", unproven, ANA, changed("exp", json!(now - 1))).await;
    world.refused("it is old", unproven, ANA, changed("iat", json!(now - 3_600))).await;
    world.provider.sign_with_another_key();
    world.refused("a key that it does not show", unproven, ANA, |_| ()).await;
    let recorded = recorded(&world, "session.refuse").await;
    assert!(recorded.iter().all(|details| details["by"] == "single sign-on"), "{recorded:?}");
}

#[tokio::test]
async fn an_answer_is_taken_once_in_the_browser_that_asked_for_the_tenant_that_was_meant() {
    let world = World::new().await;
    let foreign = "expired or was already used";
    let owner = Browser::signed_in(&world.app.base, "owner@other.test").await;
    assert_eq!(set(&owner, "other", &world.provider).await.status(), 303);

    let here = world.browser();
    let question = asked(&here, "demo").await;
    let code = world.provider.code(&question, ANA, |_| ());
    let good = back(&question, &code);
    for (why, browser) in [
        ("asked nothing", world.browser()),
        ("asked itself", {
            let b = world.browser();
            asked(&b, "demo").await;
            b
        }),
    ] {
        assert_refused(&browser, browser.get(&good).await, foreign, why).await;
    }
    assert_eq!(world.provider.tokens_given(), 0, "the code was shown to nobody");
    assert_eq!(location(&here.get(&good).await), "/t/demo/orders");
    let again = here.get(&good).await;
    assert_eq!(again.status(), 422, "once");

    for (why, bend) in [
        ("another state", (|path: &str| path.replace("state=", "state=x")) as fn(&str) -> String),
        ("no state", |path| path.split("&state=").next().unwrap().to_owned()),
        ("another tenant's address", |path| path.replace("/demo/", "/other/")),
        ("a tenant that does not exist", |path| path.replace("/demo/", "/absent/")),
    ] {
        let browser = world.browser();
        let question = asked(&browser, "demo").await;
        let path = bend(&back(&question, &world.provider.code(&question, ANA, |_| ())));
        assert_refused(&browser, browser.get(&path).await, foreign, why).await;
    }
    let browser = world.browser();
    let question = asked(&browser, "demo").await;
    world.provider.code(&question, ANA, |_| ());
    assert_refused(
        &browser,
        browser.get(&back(&question, &code)).await,
        "sent an invalid response",
        "a code that was used",
    )
    .await;
    let browser = world.browser();
    let question = asked(&browser, "demo").await;
    let denied = back(&question, "").replace("code=", "error=access_denied");
    assert_refused(&browser, browser.get(&denied).await, "did not sign you in", "they changed their mind").await;
    let slow = world.browser();
    let question = asked(&slow, "demo").await;
    let code = world.provider.code(&question, ANA, |_| ());
    world.clock.set(world.clock.now() + TimeDelta::minutes(10));
    assert_refused(&slow, slow.get(&back(&question, &code)).await, foreign, "too late").await;
}

#[tokio::test]
async fn an_address_that_somebody_else_has_now_opens_nothing_of_the_former_owner() {
    let world = World::new().await;
    world.come(ANA, |_| ()).await;
    world.refused("another identity", "another SSO identity", ANA, |claims| claims["sub"] = json!("another")).await;
    let (renamed, answer) =
        world.come("a.new@demo.test", |claims| claims["sub"] = json!(format!("sub of {ANA}"))).await;
    assert_eq!(location(&answer), "/t/demo/orders", "whoever is called otherwise there is still the same");
    assert_eq!(renamed.get("/t/demo/orders").await.status(), 200);
    let ana = people::find(&world.app.db, ANA).await.unwrap().unwrap();
    world.owner.post(&format!("/t/demo/team/members/{ana}/remove"), &[]).await;
    tokio::time::sleep(A_SECOND).await;
    assert_ne!(renamed.get("/t/demo/orders").await.status(), 200, "a member no more");
    world.refused("a member no more", "not a member of this tenant", ANA, |_| ()).await;
}

#[tokio::test]
async fn the_addresses_from_before_it_was_called_so_lead_on() {
    let world = World::new().await;
    let browser = world.browser();
    for (old, new) in [
        ("/login/oidc", "/login/sso"),
        ("/login/oidc?next=/t/demo/orders", "/login/sso?next=%2Ft%2Fdemo%2Forders"),
        ("/login/oidc/demo", "/login/sso/demo"),
        ("/login/oidc/demo?next=/t/demo/orders", "/login/sso/demo?next=%2Ft%2Fdemo%2Forders"),
        ("/login/oidc/absent", "/login/sso/absent"),
    ] {
        assert_eq!(location(&browser.get(old).await), new, "{old}");
    }
    assert_eq!(location(&world.owner.get("/t/demo/settings/sign-in").await), "/t/demo/settings/sso");
}

#[tokio::test]
async fn a_tenant_without_a_provider_looks_like_one_that_does_not_exist() {
    let world = World::new().await;
    let browser = world.browser();
    let body = async |slug: &str| {
        let answer = browser.get(&format!("/login/sso/{slug}")).await;
        let nonce_free = |html: String| html.replace(slug, "SLUG");
        (answer.status().as_u16(), nonce_free(answer.text().await.unwrap()))
    };
    assert_eq!(body("other").await, body("absent").await);
    assert_eq!(body("other").await.0, 404);
    assert_eq!(location(&browser.post("/login/sso", &[("tenant", " Other ")]).await), "/login/sso/other");
    assert_eq!(location(&browser.post("/login/sso", &[("tenant", "absent")]).await), "/login/sso/absent");
    for bad in ["", "../x", "a b"] {
        let answer = browser.post("/login/sso", &[("tenant", bad)]).await;
        assert_eq!(answer.status(), 422, "{bad}");
    }
    let mut refused = 0;
    for _ in 0..60 {
        refused += i32::from(browser.get("/login/sso/demo").await.status() == 429);
    }
    assert!(refused >= 10, "nobody makes this server ask without end: {refused}");
}

async fn tenant(world: &World, slug: &str) -> domain::ids::TenantId {
    let owner = world.app.test_db.owner(world.demo.tenant()).await;
    let id: uuid::Uuid =
        sqlx::query_scalar("select id from tenants where slug = $1").bind(slug).fetch_one(&owner).await.unwrap();
    id.into()
}

async fn invite(access: &Access, email: &str) -> String {
    let scope = access.scope(Permission::ManagePeople).unwrap();
    let place = NewPlace { role: "viewer".to_owned(), stores: None };
    let mail = |_: &str| db::outbox::NewMail {
        key: email.to_owned(),
        kind: "test",
        recipient: email.to_owned(),
        subject: "s".into(),
        body: json!({}),
    };
    team::invite(&scope, email, &place, team::LinkDelivery::Shown, mail).await.unwrap()
}

async fn recorded(world: &World, action: &str) -> Vec<Value> {
    tokio::time::sleep(A_SECOND).await;
    let owner = world.app.test_db.owner(world.demo.tenant()).await;
    let sql = "select after from audit_entries where tenant_id = $1 and action = $2 order by seq";
    sqlx::query_scalar(sql).bind(world.demo.tenant().0).bind(action).fetch_all(&owner).await.unwrap()
}

#[tokio::test]
async fn nobody_comes_in_as_an_account_of_which_nobody_knows_whose_address_it_bears() {
    let world = World::new().await;
    let (db, passwords) = (&world.app.db, &world.app.state.passwords);
    let eve = "eve@demo.test";
    let made = people::create_invited(db, passwords, eve, PASSWORD, people::Address::Unproven).await.unwrap();
    invite(&world.demo, eve).await;
    world.refused("a new member", "confirmed", eve, |_| ()).await;
    people::set_role(&world.demo, made, Role::Staff).await.unwrap();
    world.refused("a member", "confirmed", eve, |_| ()).await;
    assert_eq!(Browser::signed_in(&world.app.base, eve).await.get("/t/demo/orders").await.status(), 404);
    db::platform::Platform::command(db.clone()).vouch(made).await.unwrap();
    let (browser, answer) = world.come(eve, |_| ()).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(browser.get("/t/demo/orders").await.status(), 200);
}
