//! Redis stopped while people are signed in: everything goes on. Started again: it is used again.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use db::testing;
use domain::permission::Permission;

use crate::browser::{Browser, tenant_with_owner};
use crate::harness::App;

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

async fn works(browser: &Browser) {
    for page in ["/account", "/t/demo", "/t/demo/orders", "/t/demo/imports"] {
        let started = Instant::now();
        assert_eq!(browser.get(page).await.status(), 200, "{page}");
        assert!(started.elapsed() < Duration::from_secs(5), "{page} waits for Redis");
    }
}
