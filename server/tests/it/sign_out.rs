//! Sessions end: when people say so, when they stay idle, and in any case; with and without Redis.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use db::clock::Clock;

use crate::browser::{Browser, tenant_with_owner};
use crate::harness::{App, redis_url};

const A_SECOND: Duration = Duration::from_secs(1);

async fn everywhere(settings: &[(&str, &str)]) {
    let app = App::with(settings).await;
    tenant_with_owner(&app, "demo").await;
    tenant_with_owner(&app, "other").await;
    let elsewhere = app.another(settings).await;
    let here = Browser::signed_in(&app.base, "owner@demo.test").await;
    let mut there = Browser::signed_in(&app.base, "owner@demo.test").await;
    there.base.clone_from(&elsewhere.base);
    let somebody_else = Browser::signed_in(&elsewhere.base, "owner@other.test").await;
    assert!(there.is_signed_in().await && here.is_signed_in().await);
    let answer = here.post("/account/sign-out-everywhere", &[]).await;
    assert_eq!(answer.status(), 303);
    assert!(!here.is_signed_in().await);
    db::testing::within_a_second("they are signed out there", async || !there.is_signed_in().await).await;
    assert!(somebody_else.is_signed_in().await);
}

#[tokio::test]
async fn everywhere_means_in_every_process_within_a_second() {
    everywhere(&[]).await;
}

#[tokio::test]
async fn everywhere_means_copies_in_redis_too() {
    everywhere(&[("REDIS_URL", &redis_url())]).await;
}

#[tokio::test]
async fn sessions_outlive_the_process_and_redis() {
    let app = App::with(&[("REDIS_URL", &redis_url())]).await;
    tenant_with_owner(&app, "demo").await;
    let mut browser = Browser::signed_in(&app.base, "owner@demo.test").await;
    // Nothing listens there: Redis is gone.
    let restarted = app.another(&[("REDIS_URL", "redis://127.0.0.1:1")]).await;
    browser.base.clone_from(&restarted.base);
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn a_tenant_that_was_suspended_is_closed_within_a_second() {
    let app = App::new().await;
    let demo = tenant_with_owner(&app, "demo").await;
    let browser = Browser::signed_in(&app.base, "owner@demo.test").await;
    assert_eq!(browser.get("/t/demo").await.status(), 200);
    let platform = db::platform::Platform::command(app.db.clone());
    assert!(platform.suspend("demo", "unpaid").await.unwrap());
    db::testing::within_a_second("it is closed", async || browser.get("/t/demo").await.status() == 403).await;
    let closed = browser.get("/t/demo").await;
    assert_eq!(closed.status(), 403);
    assert!(closed.text().await.unwrap().contains("Unpaid."), "its members are told why");
    assert!(platform.resume("demo").await.unwrap());
    db::testing::within_a_second("it is open again", async || browser.get("/t/demo").await.status() == 200).await;
    drop(demo);
}

#[tokio::test]
async fn idle_sessions_end_and_used_ones_end_at_last() {
    let start = Clock::System.now();
    let clock = Clock::fixed(start);
    let app = App::at(clock.clone(), &[("STOA_SESSION_IDLE_MINUTES", "30"), ("STOA_SESSION_HOURS", "1")]).await;
    tenant_with_owner(&app, "demo").await;
    let idle = Browser::signed_in(&app.base, "owner@demo.test").await;
    let used = Browser::signed_in(&app.base, "owner@demo.test").await;
    for (minutes, idle_in, used_in) in [(20, None, true), (40, Some(false), true), (59, None, true), (61, None, false)]
    {
        clock.set(start + TimeDelta::minutes(minutes));
        // What the server remembers for less than a second of real time.
        tokio::time::sleep(A_SECOND).await;
        assert_eq!(used.is_signed_in().await, used_in, "used, after {minutes} minutes");
        if let Some(expected) = idle_in {
            assert_eq!(idle.is_signed_in().await, expected, "idle, after {minutes} minutes");
        }
    }
}

#[tokio::test]
async fn a_session_in_use_is_marked_as_used_every_minute() {
    let start = Clock::System.now();
    let clock = Clock::fixed(start);
    let app = App::at(clock.clone(), &[("REDIS_URL", &redis_url())]).await;
    tenant_with_owner(&app, "demo").await;
    let browser = Browser::signed_in(&app.base, "owner@demo.test").await;
    let owner = db::people::find(&app.db, "owner@demo.test").await.unwrap().unwrap();
    let seen_at = async || -> DateTime<Utc> { db::sessions::list(&app.db, owner).await.unwrap()[0].seen_at };
    for (seconds, seen) in [(10, 0), (59, 0), (61, 61), (70, 61), (120, 61), (122, 122)] {
        clock.set(start + TimeDelta::seconds(seconds));
        // What the server remembers for less than a second of real time.
        tokio::time::sleep(Duration::from_millis(800)).await;
        assert!(browser.is_signed_in().await);
        let expected = start + TimeDelta::seconds(seen);
        let seen = seen_at().await;
        assert!((seen - expected).abs() < TimeDelta::milliseconds(1), "after {seconds} seconds: {seen}");
    }
}
