//! Redis stopped while people are signed in: everything goes on. Started again: it is used again.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use db::testing;
use domain::permission::Permission;
use server::auth::begin::rename;
use server::middleware::current::Current;
use tower_sessions::cookie::time::{Duration as Span, OffsetDateTime};
use tower_sessions::session::{Id, Record};
use tower_sessions::{Session, SessionStore};

use crate::browser::{Browser, tenant_with_owner};
use crate::harness::App;

const HOUR: Span = Span::HOUR;

/// A Redis of this test alone.
pub struct Redis {
    port: u16,
    process: Option<Child>,
}

impl Redis {
    pub fn new() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut redis = Self { port, process: None };
        redis.start();
        redis
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub fn start(&mut self) {
        let port = self.port.to_string();
        let server = Command::new("redis-server")
            .args(["--port", &port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no"])
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server is installed by `make setup`");
        self.process = Some(server);
        let started = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(started.elapsed() < Duration::from_secs(10), "redis does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// Stops it as a machine does that swaps: it takes connections and answers nothing.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on, with everything that it was told meanwhile.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = self.process.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    /// How many keys the database of sessions (3) or of the cache (1) holds.
    fn keys(&self, database: u8) -> i64 {
        let output = Command::new("redis-cli")
            .args(["-p", &self.port.to_string(), "-n", &database.to_string(), "dbsize"])
            .output()
            .expect("redis-cli is installed with redis-server");
        String::from_utf8_lossy(&output.stdout).trim().parse().unwrap()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}

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
    assert!(redis.keys(3) > 0, "sessions are in Redis");

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
    while redis.keys(3) == 0 || redis.keys(1) == 0 {
        assert!(started.elapsed() < Duration::from_secs(15), "Redis is used again without a restart");
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
async fn a_redis_that_is_frozen_signs_nobody_out() {
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
    let given_up = begun().await;
    let old = given_up.id().unwrap();
    request().scope(async { rename(&app.state, &given_up).await.unwrap() }).await;
    assert!(app.state.sessions.lives(old).await.unwrap(), "a request that is given up leaves it as it was");
    let session = begun().await;
    let old = session.id().unwrap();
    let steps = async {
        rename(&app.state, &session).await.unwrap();
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
