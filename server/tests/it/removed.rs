//! Whoever is removed is gone: requests within a second, open streams within five, in every process.

use std::time::{Duration, Instant};

use domain::permission::Role;

use crate::browser::{Browser, person, tenant_with_owner};
use crate::events::Stream;
use crate::harness::{App, redis_url};

const FIVE_SECONDS: Duration = Duration::from_secs(5);

async fn removed(settings: &[(&str, &str)]) {
    let app = App::with(settings).await;
    let demo = tenant_with_owner(&app, "demo").await;
    tenant_with_owner(&app, "other").await;
    let ana = person(&app, "ana@demo.test").await;
    db::people::set_role(&demo, ana, Role::Staff).await.unwrap();
    let other = db::platform::Platform::command(app.db.clone()).enter("other").await.unwrap();
    db::people::set_role(&other, ana, Role::Staff).await.unwrap();
    let elsewhere = app.another(settings).await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let here = Browser::signed_in(&app.base, "ana@demo.test").await;
    let mut there = Browser::signed_in(&app.base, "ana@demo.test").await;
    there.base.clone_from(&elsewhere.base);
    let open = |browser: &Browser| browser.http.get(format!("{}/t/demo/events", browser.base)).send();
    let mut streams = [Stream::of(open(&here).await.unwrap()), Stream::of(open(&there).await.unwrap())];
    let mut owners = Stream::of(open(&owner).await.unwrap());
    for stream in &mut streams {
        assert!(stream.block().await.unwrap().comment);
    }
    assert_eq!(there.get("/t/demo/orders").await.status(), 200);
    assert!(
        owner.get(&format!("/t/demo/team/members/{ana}/remove")).await.text().await.unwrap().contains("within seconds")
    );
    assert_eq!(owner.post(&format!("/t/demo/team/members/{ana}/remove"), &[]).await.status(), 303);
    let began = Instant::now();
    assert_eq!(here.get("/t/demo/orders").await.status(), 404, "the process that removed them knows at once");
    let removed = async || there.get("/t/demo/orders").await.status() == 404;
    db::testing::within_a_second("others know it too", removed).await;
    assert_eq!(there.post("/t/demo/imports", &[]).await.status(), 404);
    for stream in &mut streams {
        while stream.block().await.is_some() {}
    }
    assert!(began.elapsed() < FIVE_SECONDS, "{:?}", began.elapsed());
    assert_eq!(there.get("/t/other/orders").await.status(), 200, "other tenants are not concerned");
    assert_eq!(owners.event().await.unwrap().event, "access.changed", "and others listen on");
}

#[tokio::test]
async fn everywhere_without_redis() {
    removed(&[]).await;
}

#[tokio::test]
async fn everywhere_with_redis() {
    removed(&[("REDIS_URL", &redis_url())]).await;
}

#[tokio::test]
async fn a_stream_ends_with_the_right_to_its_stores() {
    let app = App::new().await;
    let demo = tenant_with_owner(&app, "demo").await;
    let ana = person(&app, "ana@demo.test").await;
    db::people::set_role(&demo, ana, Role::Staff).await.unwrap();
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let browser = Browser::signed_in(&app.base, "ana@demo.test").await;
    let address = format!("{}/t/demo/events", app.base);
    let mut stream = Stream::of(browser.http.get(&address).send().await.unwrap());
    assert!(stream.block().await.unwrap().comment);
    let form = [("role", "staff"), ("reach", "some"), ("stores", "north")];
    let began = Instant::now();
    assert_eq!(owner.post(&format!("/t/demo/team/members/{ana}"), &form).await.status(), 303);
    while stream.block().await.is_some() {}
    assert!(began.elapsed() < FIVE_SECONDS);
    let mut again = Stream::of(browser.http.get(&address).send().await.unwrap());
    assert!(again.block().await.unwrap().comment, "what is left of it is open");
}
