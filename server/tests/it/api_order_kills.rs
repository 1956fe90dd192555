//! The program killed with -9 while orders are paid, sent and given back: each act is done whole and once, or not at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use db::rollups;
use db::testing::{self, TestDb};
use domain::permission::{KeyScope, Permission};
use serde_json::{Value, json};

use crate::harness::http;
use crate::killed::Program;

/// What happens to each order after it was placed.
const ACTS: [(&str, &str); 4] = [
    ("payments", r#"{"amount": 300}"#),
    ("fulfilments", r#"{"lines": [{"line": 1, "quantity": 1}]}"#),
    ("refunds", r#"{"lines": [{"line": 1, "quantity": 2}]}"#),
    ("notes", r#"{"text": "done"}"#),
];

/// A program that sends the same until it is told that it is done.
struct Sender {
    http: reqwest::Client,
    base: String,
    key: String,
}

impl Sender {
    async fn until_done(&self, path: &str, key: &str, body: &str) -> Value {
        let started = Instant::now();
        loop {
            assert!(started.elapsed() < Duration::from_secs(120), "{path} {body} is never acknowledged");
            let request = self.http.post(format!("{}{path}", self.base)).bearer_auth(&self.key);
            let request = request.header("idempotency-key", key).header("content-type", "application/json");
            match request.body(body.to_owned()).send().await {
                Ok(answer) if answer.status() == 201 => {
                    if let Ok(order) = answer.json().await {
                        return order;
                    }
                }
                Ok(answer) => assert!(matches!(answer.status().as_u16(), 409 | 503), "{path}: {}", answer.status()),
                Err(_) => {}
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn live(&self, n: usize) {
        let new = json!({
            "store": "north", "number": format!("L-{n}"), "placed_at": "2026-03-01T10:00:00Z", "currency": "GBP", "payments": [],
            "items": [{"sku": format!("S{}", n % 7), "title": "Thing", "quantity": 3, "unit_price": 100}],
        });
        let order = self.until_done("/api/v1/orders", &format!("place-{n}"), &new.to_string()).await;
        let path = format!("/api/v1/orders/{}", order["id"].as_str().unwrap());
        for (part, body) in ACTS {
            self.until_done(&format!("{path}/{part}"), &format!("{part}-{n}"), body).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn lives_of_orders_survive_the_death_of_the_program() {
    let (orders, kills) = if testing::full_counts() { (1_000, 20) } else { (120, 4) };
    let db = TestDb::new().await;
    let access = testing::tenant(&db.db, "shop").await;
    testing::store(&access, "north", "Europe/London", "GBP").await;
    let key = db::api_keys::create(&access.scope(Permission::ManageKeys).unwrap(), &KeyScope::ALL, None).await.unwrap();
    let program = Program::new(&db);
    let (done, finished) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let mut lanes = tokio::task::JoinSet::new();
    for lane in 0..8 {
        let http = http().timeout(Duration::from_secs(10)).build().unwrap();
        let (sender, done) = (Sender { http, base: program.base(), key: key.clone() }, Arc::clone(&done));
        lanes.spawn(async move {
            for n in (lane..orders).step_by(8) {
                sender.live(n).await;
                done.fetch_add(1, Ordering::SeqCst);
            }
        });
    }
    let killer = {
        let (done, finished) = (Arc::clone(&done), Arc::clone(&finished));
        tokio::spawn(async move {
            for kill in 1..=kills {
                let mut child = program.start_with(&[]);
                while done.load(Ordering::SeqCst) < kill * orders / (kills + 1) {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                child.kill().unwrap();
                child.wait().unwrap();
            }
            let mut last = program.start_with(&[]);
            while !finished.load(Ordering::SeqCst) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            last.kill().unwrap();
            last.wait().unwrap();
        })
    };
    while let Some(lane) = lanes.join_next().await {
        lane.unwrap();
    }
    finished.store(true, Ordering::SeqCst);
    killer.await.unwrap();
    check(&db, &access, i64::try_from(orders).unwrap()).await;
}

async fn check(db: &TestDb, access: &db::Access, orders: i64) {
    let owner = db.owner(access.tenant()).await;
    let one = async |sql: &'static str| -> i64 { sqlx::query_scalar(sql).fetch_one(&owner).await.unwrap() };
    let whole = "select count(*) from orders where payment_status = 'partially_refunded' and fulfilment_status = 'fulfilled' \
                   and paid = 300 and refunded = 200 and version = 5";
    for (sql, each) in [
        (whole, 1),
        ("select count(*) from order_items where fulfilled_quantity = 1 and refunded_quantity = 2", 1),
        ("select count(*) from payments", 1),
        ("select count(*) from fulfilments", 1),
        ("select count(*) from refunds", 1),
        ("select count(*) from feed_events where kind = 'order.placed'", 1),
        ("select count(*) from feed_events where kind = 'order.paid'", 1),
        ("select count(*) from feed_events where kind = 'order.fulfilled'", 1),
        ("select count(*) from feed_events where kind = 'order.refunded'", 1),
        ("select count(*) from feed_events where kind = 'order.updated'", 4),
        ("select count(*) from order_timeline", 5),
        ("select count(*) from idempotency_keys", 5),
    ] {
        assert_eq!(one(sql).await, each * orders, "{sql}");
    }
    assert_eq!(one("select max(seq) - count(*) from feed_events").await, 0, "the feed has no hole");
    let scope = access.scope(Permission::ReadReports).unwrap();
    assert!(rollups::verify(&scope).await.unwrap().is_empty(), "rollups equal a recount");
}
