//! The program killed with -9 while orders arrive: nothing acknowledged is lost, nothing is stored twice.

use std::collections::HashMap;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use db::rollups;
use db::testing::{self, TestDb};
use domain::permission::{KeyScope, Permission};
use serde_json::json;
use tokio::sync::Mutex;

use crate::harness::http;

/// A real process on a fixed port, started again after each death.
pub struct Program {
    url: String,
    port: u16,
}

impl Program {
    pub fn new(db: &TestDb) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { url: db.url.clone(), port }
    }

    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn start(&self) -> Child {
        self.start_with(&[])
    }

    /// The same with further settings.
    pub fn start_with(&self, settings: &[(&str, &str)]) -> Child {
        self.command("serve", settings).spawn().unwrap()
    }

    /// Another command of the program, silent.
    pub fn command(&self, line: &str, settings: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stoa"));
        command
            .args(line.split_whitespace())
            .env_clear()
            .env("DATABASE_URL", &self.url)
            .env("STOA_SECRET", "a secret of thirty-two characters")
            .env("STOA_ADDR", format!("127.0.0.1:{}", self.port))
            .env("STOA_PUBLIC_URL", self.base())
            .env("STOA_WORKER", "false")
            .envs(settings.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn orders_survive_the_death_of_the_program() {
    let (orders, kills) = if testing::full_counts() { (10_000, 20) } else { (1_000, 5) };
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "shop").await;
    testing::store(&access, "north", "Europe/London", "GBP").await;
    let manage = access.scope(Permission::ManageKeys).unwrap();
    let key = db::api_keys::create(&manage, &KeyScope::ALL, None).await.unwrap();
    let program = Program::new(&db);
    let acknowledged: Arc<Mutex<HashMap<usize, String>>> = Arc::default();
    let done = Arc::new(AtomicUsize::new(0));
    let finished = Arc::new(AtomicBool::new(false));

    let clients: Vec<_> = (0..8)
        .map(|lane| {
            let (base, key, acknowledged, done) =
                (program.base(), key.clone(), Arc::clone(&acknowledged), Arc::clone(&done));
            tokio::spawn(async move {
                let http = http().timeout(Duration::from_secs(10)).build().unwrap();
                for n in (lane..orders).step_by(8) {
                    let body = until_acknowledged(&http, &base, &key, n).await;
                    acknowledged.lock().await.insert(n, body);
                    done.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    let killer = {
        let (done, finished) = (Arc::clone(&done), Arc::clone(&finished));
        tokio::spawn(async move {
            for kill in 1..=kills {
                let mut child = program.start();
                while done.load(Ordering::SeqCst) < kill * orders / (kills + 1) {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                child.kill().unwrap();
                child.wait().unwrap();
            }
            let mut last = program.start();
            while !finished.load(Ordering::SeqCst) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            last.kill().unwrap();
            last.wait().unwrap();
        })
    };
    for client in clients {
        client.await.unwrap();
    }
    finished.store(true, Ordering::SeqCst);
    killer.await.unwrap();
    check(&db, &access, orders, &*acknowledged.lock().await).await;
}

/// Sends order `n` with its key until the server acknowledges it; the body of the acknowledgement.
pub async fn until_acknowledged(http: &reqwest::Client, base: &str, key: &str, n: usize) -> String {
    let body = json!({
        "store": "north", "number": format!("K-{n}"), "placed_at": "2026-03-01T10:00:00Z", "currency": "GBP",
        "items": [{"sku": format!("S{}", n % 7), "title": "Thing", "quantity": 1 + n % 3, "unit_price": 100}],
    });
    let started = Instant::now();
    loop {
        assert!(started.elapsed() < Duration::from_secs(120), "order {n} is never acknowledged");
        let request = http
            .post(format!("{base}/api/v1/orders"))
            .bearer_auth(key)
            .header("idempotency-key", format!("key-{n}"))
            .json(&body);
        match request.send().await {
            Ok(answer) if answer.status() == 201 => {
                if let Ok(text) = answer.text().await {
                    return text;
                }
            }
            Ok(answer) => assert!(matches!(answer.status().as_u16(), 409 | 503), "order {n}: {}", answer.status()),
            Err(_) => {}
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn check(db: &TestDb, access: &db::Access, orders: usize, acknowledged: &HashMap<usize, String>) {
    let count = i64::try_from(orders).unwrap();
    let owner = db.owner(access.tenant()).await;
    let one = async |sql: &'static str| -> i64 { sqlx::query_scalar(sql).fetch_one(&owner).await.unwrap() };
    assert_eq!(acknowledged.len(), orders);
    assert_eq!(one("select count(*) from orders").await, count, "none lost, none doubled");
    assert_eq!(one("select count(distinct number) from orders").await, count);
    assert_eq!(one("select count(*) from order_items").await, count, "no half orders");
    assert_eq!(one("select count(*) from feed_events where kind = 'order.placed'").await, count);
    assert_eq!(one("select max(seq) - count(*) from feed_events").await, 0, "the feed has no hole");
    for (n, body) in acknowledged {
        let answer: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(answer["number"], format!("K-{n}"));
    }
    let scope = access.scope(Permission::ReadReports).unwrap();
    assert!(rollups::verify(&scope).await.unwrap().is_empty(), "rollups equal a recount");
}
