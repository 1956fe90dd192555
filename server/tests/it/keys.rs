//! API keys from their page to their end.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use db::clock::Clock;

use crate::browser::{Browser, PASSWORD, location, tenant_with_owner};
use crate::events::Stream;
use crate::harness::App;
use crate::second_step::texts;

const KEYS: &str = "/t/demo/settings/keys";
const A_SECOND: Duration = Duration::from_secs(1);

async fn ask(app: &App, key: &str, path: &str) -> u16 {
    app.http().get(format!("{}{path}", app.base)).bearer_auth(key).send().await.unwrap().status().as_u16()
}

async fn make(owner: &Browser, form: &[(&str, &str)]) -> String {
    let answer = owner.post(KEYS, form).await;
    assert_eq!(answer.status(), 200);
    texts(&answer.text().await.unwrap(), "code.once").remove(0)
}

async fn id(owner: &Browser, name: &str) -> String {
    let html = owner.get(KEYS).await.text().await.unwrap();
    let (before, _) = html.split_once(&format!(">{name}<")).unwrap();
    before.rsplit_once("/settings/keys/").unwrap().1.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_key_is_shown_once_and_opens_what_it_says() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let nothing = owner.post(KEYS, &[("name", " "), ("store", "nowhere"), ("days", "soon")]).await;
    assert_eq!(nothing.status(), 422);
    let html = nothing.text().await.unwrap();
    assert!(html.contains("Choose one of your stores."), "{html}");
    let html = owner.post(KEYS, &[("name", "")]).await.text().await.unwrap();
    assert!(html.contains("Enter a name for the key.") && html.contains("Select at least one scope."), "{html}");
    let key = make(&owner, &[("name", "Till"), ("scopes", "orders:read"), ("store", "north")]).await;
    let html = owner.get(KEYS).await.text().await.unwrap();
    assert!(html.contains(">Till<") && html.contains("orders:read") && html.contains("never") && !html.contains(&key));
    assert_eq!(ask(&app, &key, "/api/v1/orders").await, 200);
    assert_eq!(ask(&app, &key, "/api/v1/reports/sales").await, 403);
    let html = owner.get(KEYS).await.text().await.unwrap();
    assert!(!html.contains(">never<"), "its use is noted: {html}");
}

#[tokio::test]
async fn a_revoked_key_opens_nothing_within_a_second_and_its_stream_ends() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let there = app.another(&[]).await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let key = make(&owner, &[("name", "Till"), ("scopes", "orders:read"), ("scopes", "events:read")]).await;
    let elsewhere = |path: &str| app.http().get(format!("{}{path}", there.base)).bearer_auth(&key).send();
    assert_eq!(elsewhere("/api/v1/orders").await.unwrap().status(), 200);
    let mut stream = Stream::of(elsewhere("/api/v1/events").await.unwrap());
    assert!(stream.block().await.unwrap().comment);
    let revoke = format!("{KEYS}/{}/revoke", id(&owner, "Till").await);
    assert_eq!(location(&owner.post(&revoke, &[]).await), "/t/demo/settings/keys?done=revoked");
    let began = Instant::now();
    let refused = async || {
        let there = elsewhere("/api/v1/orders").await.unwrap().status();
        (ask(&app, &key, "/api/v1/orders").await, there.as_u16()) == (401, 401)
    };
    db::testing::within_a_second("both processes refuse it", refused).await;
    while stream.block().await.is_some() {}
    // The promise of streams: they end within seconds.
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert_eq!(owner.post(&revoke, &[]).await.status(), 409, "it is over already");
}

#[tokio::test]
async fn another_key_takes_its_place_while_the_old_one_goes_on_for_a_while() {
    let start = Clock::System.now();
    let clock = Clock::fixed(start);
    let app = App::at(clock.clone(), &[("STOA_SESSION_IDLE_MINUTES", "100000"), ("STOA_SESSION_HOURS", "2000")]).await;
    tenant_with_owner(&app, "demo").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let old = make(&owner, &[("name", "Till"), ("scopes", "orders:read"), ("days", "30")]).await;
    let address = format!("{KEYS}/{}", id(&owner, "Till").await);
    assert_eq!(owner.post(&format!("{address}/rotate"), &[("hours", "5")]).await.status(), 422);
    let answer = owner.post(&format!("{address}/rotate"), &[("hours", "24")]).await;
    let new = texts(&answer.text().await.unwrap(), "code.once").remove(0);
    for (hours, old_opens, new_opens) in
        [(23, 200, 200), (25, 401, 200), (24 * 30 - 1, 401, 200), (24 * 30 + 1, 401, 401)]
    {
        clock.set(start + TimeDelta::hours(hours));
        // What is remembered of a key lives by the real clock.
        tokio::time::sleep(A_SECOND).await;
        let found = (ask(&app, &old, "/api/v1/orders").await, ask(&app, &new, "/api/v1/orders").await);
        assert_eq!(found, (old_opens, new_opens), "after {hours} hours");
    }
    let late = [("hours", "24"), ("confirm_password", PASSWORD)];
    assert_eq!(owner.post(&format!("{address}/rotate"), &late).await.status(), 409);
}

#[tokio::test]
async fn keys_of_another_tenant_do_not_exist() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    tenant_with_owner(&app, "other").await;
    let owner = Browser::signed_in(&app.base, "owner@demo.test").await;
    let key = make(&owner, &[("name", "Till"), ("scopes", "orders:read")]).await;
    let id = id(&owner, "Till").await;
    let other = Browser::signed_in(&app.base, "owner@other.test").await;
    assert_eq!(other.get(&format!("/t/other/settings/keys/{id}")).await.status(), 404);
    for what in ["revoke", "rotate"] {
        let path = format!("/t/other/settings/keys/{id}/{what}");
        assert_eq!(other.post(&path, &[("hours", "0")]).await.status(), 404, "{what}");
    }
    assert_eq!(ask(&app, &key, "/api/v1/orders").await, 200);
}
