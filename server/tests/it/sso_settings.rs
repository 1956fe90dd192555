//! A tenant's single sign-on as its owners set it up and take it away: faults are named, the secret is never shown,
//! and what began through it ends with it.

use domain::permission::Permission;

use crate::browser::{Browser, location};
use crate::second_step::texts;
use crate::sso_provider::SECRET;
use crate::sso_world::{A_SECOND, ANA, World, form};

#[tokio::test]
async fn owners_set_it_faults_are_named_and_the_secret_is_never_shown() {
    let world = World::new().await;
    let path = "/t/demo/settings/sso";
    let html = world.owner.get(path).await.text().await.unwrap();
    assert!(html.contains(&world.provider.issuer) && !html.contains("secret: +"), "{html}");
    assert!(html.contains("/login/oidc/demo/callback"), "{html}");
    let issuer = world.provider.issuer.clone();
    let elsewhere = format!("{issuer}/elsewhere");
    let slash = format!("{issuer}/");
    let boss = world.demo.scope(Permission::ManagePeople).unwrap();
    let before = db::sso::settings(&boss).await.unwrap();
    for (form, field, words) in [
        (form("login.example.com", SECRET, "demo.test"), "issuer", "Enter a URL such as"),
        (form("http://login.example.com", SECRET, "demo.test"), "issuer", "begins with https"),
        (form("https://10.1.2.3", SECRET, "demo.test"), "issuer", "Enter a public URL"),
        (form("https://169.254.169.254/latest", SECRET, "demo.test"), "issuer", "Enter a public URL"),
        (form("http://127.0.0.1:9", SECRET, "demo.test"), "issuer", "does not respond"),
        (form(&slash, SECRET, "demo.test"), "issuer", "exactly as the provider states it"),
        (form(&elsewhere, SECRET, "demo.test"), "issuer", "not an OpenID Connect provider"),
        (form(&issuer, SECRET, "demo"), "domains", "Enter email domains"),
        (form(&elsewhere, "", "demo.test"), "client_secret", "Enter the client secret"),
    ] {
        let answer = world.owner.post(path, &form).await;
        assert_eq!(answer.status(), 422, "{form:?}");
        let html = answer.text().await.unwrap();
        assert!(html.contains(words), "{form:?}: {html}");
        assert!(texts(&html, &format!("#f-{field}-note")).concat().contains(words), "{form:?}: beside its field");
        assert!(!html.contains("secret: +"), "{html}");
    }
    assert_eq!(db::sso::settings(&boss).await.unwrap(), before, "nothing was changed");
    world.provider.say("token_endpoint", "http://192.168.0.1/token");
    let answer = world.owner.post(path, &form(&issuer, "", "demo.test")).await;
    assert!(answer.text().await.unwrap().contains("cannot use"), "not even by what it says of itself");
    world.provider.say("token_endpoint", &format!("{issuer}/token"));
    let answer = world.owner.post(path, &form(&issuer, "", "demo.test")).await;
    assert_eq!(location(&answer), "/t/demo/settings/sso?done=saved", "without a secret the present one stays");
    assert_eq!(location(&world.come(ANA, |_| ()).await.1), "/t/demo/orders");
    let ana = Browser::signed_in(&world.app.base, ANA).await;
    assert_eq!(ana.post(path, &form(&issuer, SECRET, "demo.test")).await.status(), 403);
    let owner = world.app.test_db.owner(world.demo.tenant()).await;
    let sealed: Vec<u8> =
        sqlx::query_scalar("select client_secret from identity_providers").fetch_one(&owner).await.unwrap();
    assert!(!sealed.windows(8).any(|part| part == &SECRET.as_bytes()[..8]));
}

#[tokio::test]
async fn what_began_through_a_provider_ends_with_it() {
    let world = World::new().await;
    let owner = world.owner.post("/t/demo/team/second-factor", &[("needed", "yes")]).await;
    assert_eq!(owner.status(), 303);
    let (ana, _) = world.come(ANA, |_| ()).await;
    assert_eq!(ana.get("/t/demo/orders").await.status(), 200, "the second factor is the provider's business");
    let own = Browser::signed_in(&world.app.base, ANA).await;
    assert_eq!(own.get("/t/demo/orders").await.status(), 303, "but not for whoever comes with a password");
    let (mine, _) = world.come("owner@demo.test", |_| ()).await;
    let plan = mine.get("/t/demo/settings/sso/remove").await.text().await.unwrap();
    assert!(plan.contains("signed out within a second"), "{plan}");
    assert_eq!(mine.post("/t/demo/settings/sso/remove", &[]).await.status(), 303);
    tokio::time::sleep(A_SECOND).await;
    for browser in [&ana, &mine] {
        assert!(location(&browser.get("/t/demo/orders").await).starts_with("/login"));
    }
    assert_eq!(ana.get("/login/sso/demo").await.status(), 404);
}
