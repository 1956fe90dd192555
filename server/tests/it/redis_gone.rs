//! Redis stopped while people are signed in: everything goes on. Started again: it is used again.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::FromRef;
use db::testing;
use domain::permission::Permission;
use server::auth::begin::rename;
use server::auth::visitors::Visitors;
use server::middleware::current::Current;
use tower_sessions::cookie::time::{Duration as Span, OffsetDateTime};
use tower_sessions::session::{Id, Record};
use tower_sessions::{Session, SessionStore};

use crate::browser::{Browser, tenant_with_owner};
use crate::harness::App;
use crate::redis_server::{Redis, SESSIONS};

const HOUR: Span = Span::HOUR;

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_everything_goes_on_and_with_it_again_it_is_used_again() {
    let mut redis = Redis::new();
    let url = redis.url();
    let app = App::with(&[("REDIS_URL", &url)]).await;
    let access = tenant_with_owner(&app, "demo").await;
    let scope = access.scope(Permission::WriteOrders).unwrap();
    let store = db::stores::list(&scope.begin().await.unwrap()).await.unwrap().remove(0);
    let browser = Browser::signed_in(&app.base, "owner@demo.test").await;
    works(&browser).await;
    assert!(!redis.session_keys(SESSIONS).is_empty(), "sessions are in Redis");

    redis.kill();
    // Longer than this process remembers a session by itself.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    works(&browser).await;
    let order = testing::order(&store, "while-redis-is-gone", scope.now(), 1);
    testing::place_all(&scope, &store, &[order]).await;
    let list = browser.get("/t/demo/orders").await.text().await.unwrap();
    assert!(list.contains("while-redis-is-gone"));
    Browser::signed_in(&app.base, "owner@demo.test").await;
    assert!(app.db.cache().redis_answers().await == Some(false));

    redis.start();
    let started = Instant::now();
    while redis.session_keys(SESSIONS).is_empty() || redis.keys(1) == 0 {
        assert!(started.elapsed() < testing::PATIENCE, "Redis is used again without a restart");
        testing::place_all(
            &scope,
            &store,
            &[testing::order(&store, &format!("{:?}", started.elapsed()), scope.now(), 1)],
        )
        .await;
        works(&browser).await;
        Browser::signed_in(&app.base, "owner@demo.test").await;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_redis_signs_no_one_out() {
    let redis = Redis::new();
    let app = App::with(&[("REDIS_URL", &redis.url())]).await;
    tenant_with_owner(&app, "demo").await;
    let people: Vec<Browser> =
        futures::future::join_all((0..6).map(|_| Browser::signed_in(&app.base, "owner@demo.test"))).await;
    let leaving = Browser::signed_in(&app.base, "owner@demo.test").await;
    for round in 0..3 {
        redis.freeze();
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(3) {
            // Pages, writes, the pages of signing in, and sessions that are renamed.
            futures::future::join_all(people.iter().enumerate().map(|(n, browser)| use_it(browser, n))).await;
        }
        if round == 1 {
            assert_eq!(leaving.post("/logout", &[]).await.status(), 303);
        }
        Browser::signed_in(&app.base, "owner@demo.test").await;
        redis.thaw();
        for browser in &people {
            assert!(browser.is_signed_in().await, "at once, in round {round}");
        }
        // Longer than this process remembers anybody by itself: what Redis was told late is read now.
        tokio::time::sleep(Duration::from_millis(2_500)).await;
        for browser in &people {
            assert!(browser.is_signed_in().await, "afterwards, in round {round}");
        }
        assert_eq!(leaving.is_signed_in().await, round == 0, "whoever signed out stays out");
    }
}

async fn use_it(browser: &Browser, n: usize) {
    let name = format!("Ana {n}");
    for path in ["/t/demo", "/login", "/login/code", "/account"] {
        let answer = browser.get(path).await;
        let forgets = answer.headers().get_all("set-cookie").iter().any(|line| line.as_bytes().starts_with(b"stoa=;"));
        assert!(!forgets && answer.status().as_u16() < 500, "{path}: {}", answer.status());
    }
    assert_eq!(browser.post("/account/name", &[("name", &name)]).await.status(), 303);
    // The session goes on under another id, while another request is on its way with the former one.
    let (renamed, _overtaken) = tokio::join!(browser.post("/impersonation/end", &[]), browser.get("/login/code"));
    assert_eq!(renamed.status(), 303);
}

// What the wait for Redis may add to a request.
const AT_MOST: Duration = Duration::from_millis(100);

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_never_answers_signs_no_one_out() {
    let hole = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("redis://{}", hole.local_addr().unwrap());
    let app = App::with(&[("REDIS_URL", &url)]).await;
    tenant_with_owner(&app, "demo").await;
    let browser = Browser::signed_in(&app.base, "owner@demo.test").await;
    works(&browser).await;
    use_it(&browser, 0).await;
    let sessions = &app.state.sessions;
    let mut record =
        Record { id: Id::default(), data: Default::default(), expiry_date: OffsetDateTime::now_utc() + HOUR };
    sessions.create(&mut record).await.unwrap();
    let mut with_the_hole = timed(async || assert!(sessions.lives(record.id).await.unwrap())).await;
    let without = App::new().await;
    without.state.sessions.create(&mut record).await.unwrap();
    let mut without_redis = timed(async || assert!(without.state.sessions.lives(record.id).await.unwrap())).await;
    with_the_hole.sort();
    without_redis.sort();
    assert!(with_the_hole[10] < without_redis[10] + AT_MOST, "{with_the_hole:?} {without_redis:?}");
    sessions.delete(&record.id).await.unwrap();
    assert!(!sessions.lives(record.id).await.unwrap());
}

// The times of twenty runs, a tenth of a second apart.
async fn timed(work: impl AsyncFn()) -> Vec<Duration> {
    let mut times = Vec::new();
    for _ in 0..20 {
        let began = Instant::now();
        work().await;
        times.push(began.elapsed());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    times
}

#[tokio::test]
async fn a_session_ends_when_the_one_that_follows_it_is_stored() {
    let app = App::new().await;
    tenant_with_owner(&app, "demo").await;
    let begun = || async {
        let mut record =
            Record { id: Id::default(), data: Default::default(), expiry_date: OffsetDateTime::now_utc() + HOUR };
        app.state.sessions.create(&mut record).await.unwrap();
        Session::new(Some(record.id), Arc::new(app.state.sessions.clone()), None)
    };
    let request = || Current {
        request_id: "r".into(),
        nonce: "n".into(),
        path: http::uri::PathAndQuery::from_static("/"),
        theme: Default::default(),
        address: [127, 0, 0, 1].into(),
        shows_flash: Default::default(),
        renamed: Default::default(),
    };
    let visitors = Visitors::from_ref(&app.state);
    let given_up = begun().await;
    let old = given_up.id().unwrap();
    request().scope(async { rename(&visitors, &given_up).await.unwrap() }).await;
    assert!(app.state.sessions.lives(old).await.unwrap(), "a request that is given up leaves it as it was");
    let session = begun().await;
    let old = session.id().unwrap();
    let steps = async {
        rename(&visitors, &session).await.unwrap();
        session.save().await.unwrap();
    };
    request().scope(steps).await;
    let new = session.id().unwrap();
    assert!(app.state.sessions.lives(new).await.unwrap() && !app.state.sessions.lives(old).await.unwrap());
}

async fn works(browser: &Browser) {
    for page in ["/account", "/t/demo", "/t/demo/orders", "/t/demo/imports"] {
        let started = Instant::now();
        assert_eq!(browser.get(page).await.status(), 200, "{page}");
        assert!(started.elapsed() < Duration::from_secs(5), "{page} waits for Redis");
    }
}
