//! Event streams: every event once and in order, or a gap that says so.

use std::time::{Duration, Instant};

use domain::permission::{KeyScope, Permission};
use reqwest::Method;
use serde_json::{Value, json};

use crate::api_client::{Client, World, order};
use crate::browser::{Browser, tenant_with_owner};
use crate::harness::App;

/// One block of a stream.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    pub id: Option<i64>,
    pub event: String,
    pub data: Value,
    pub comment: bool,
}

/// A listener.
pub struct Stream {
    answer: reqwest::Response,
    read: String,
}

impl Stream {
    pub async fn open(client: &Client, path: &str, last: Option<&str>) -> Self {
        let mut request = client.request(Method::GET, path);
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        Self::of(request.send().await.unwrap())
    }

    pub fn of(answer: reqwest::Response) -> Self {
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        assert_eq!(answer.headers()["x-accel-buffering"], "no");
        Self { answer, read: String::new() }
    }

    /// The next block, comments included; `None` at the end.
    pub async fn block(&mut self) -> Option<Block> {
        loop {
            if let Some((text, rest)) = self.read.split_once("\n\n") {
                let block = parse(text);
                self.read = rest.to_owned();
                return Some(block);
            }
            let chunk =
                tokio::time::timeout(Duration::from_secs(20), self.answer.chunk()).await.expect("a block in time");
            self.read.push_str(std::str::from_utf8(&chunk.unwrap()?).unwrap());
        }
    }

    /// The next event.
    pub async fn event(&mut self) -> Option<Block> {
        loop {
            let block = self.block().await?;
            if !block.event.is_empty() && block.event != "heartbeat" {
                return Some(block);
            }
        }
    }

    /// The numbers of the next events.
    pub async fn ids(&mut self, n: usize) -> Vec<i64> {
        let mut ids = Vec::new();
        for _ in 0..n {
            ids.push(self.event().await.unwrap().id.unwrap());
        }
        ids
    }
}

fn parse(text: &str) -> Block {
    let mut block = Block::default();
    for line in text.lines() {
        match line.split_once(": ") {
            Some(("id", id)) => block.id = Some(id.parse().unwrap()),
            Some(("event", event)) => block.event = event.to_owned(),
            Some(("data", data)) => block.data = serde_json::from_str(data).unwrap(),
            Some(("retry", _)) => {}
            _ => block.comment = line.starts_with(':'),
        }
    }
    block
}

async fn place(client: &Client, numbers: std::ops::Range<i32>) {
    for i in numbers {
        assert_eq!(client.place("", &order(&format!("E-{i}"), 1)).await.status, 201);
    }
}

#[tokio::test]
async fn a_listener_hears_every_order_once_and_in_order() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let began = Instant::now();
    let begin = world.head(&world.demo).await;
    let mut stream = Stream::open(&client, "/api/v1/events", None).await;
    assert!(stream.block().await.unwrap().comment, "the first bytes come at once");
    assert!(began.elapsed() < Duration::from_secs(1), "a second is the promise; a heartbeat comes after fifteen");
    place(&client, 0..5).await;
    for i in 0..5 {
        let block = stream.event().await.unwrap();
        assert_eq!((block.id, block.event.as_str()), (Some(begin + i64::from(i) + 1), "order.placed"));
        assert_eq!((&block.data["number"], &block.data["total"]), (&json!(format!("E-{i}")), &json!(750)));
    }
    assert_eq!(client.place("", &order("E-0", 1)).await.status, 200, "what changes nothing is no event");
    place(&client, 5..6).await;
    assert_eq!(stream.ids(1).await, [begin + 6]);
}

#[tokio::test]
async fn last_event_id_resumes_without_holes_or_doubles() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let begin = world.head(&world.demo).await;
    let from = format!("/api/v1/events?after={begin}");
    place(&client, 0..4).await;
    let mut first = Stream::open(&client, &from, None).await;
    assert_eq!(first.ids(2).await, [begin + 1, begin + 2]);
    drop(first);
    place(&client, 4..7).await;
    let mut resumed = Stream::open(&client, &from, Some(&(begin + 2).to_string())).await;
    assert_eq!(resumed.ids(5).await, [3, 4, 5, 6, 7].map(|n| begin + n));
    let (mut others, placing) = (Vec::new(), client.clone());
    for after in begin..begin + 8 {
        others.push((after, Stream::open(&client, &format!("/api/v1/events?after={after}"), None).await));
    }
    let placing = tokio::spawn(async move { place(&placing, 7..10).await });
    for (after, mut other) in others {
        let expected: Vec<i64> = (after + 1..=begin + 10).collect();
        assert_eq!(other.ids(expected.len()).await, expected);
    }
    placing.await.unwrap();
}

#[tokio::test]
async fn history_that_is_gone_is_a_gap_and_not_silence() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let begin = world.head(&world.demo).await;
    place(&client, 0..6).await;
    let owner = world.app.test_db.owner(world.demo.tenant()).await;
    sqlx::query("delete from feed_events where seq <= $1").bind(begin + 3).execute(&owner).await.unwrap();
    let (after, last) = (format!("/api/v1/events?after={}", begin + 1), begin.to_string());
    for (path, last) in [(after.as_str(), None), ("/api/v1/events", Some(last.as_str()))] {
        let mut stream = Stream::open(&client, path, last).await;
        let gap = stream.event().await.unwrap();
        let lost = begin + 3;
        assert_eq!((gap.event.as_str(), gap.id, &gap.data["missing_through"]), ("gap", Some(lost), &json!(lost)));
        assert_eq!(stream.ids(3).await, [4, 5, 6].map(|n| begin + n));
    }
    let mut ahead = Stream::open(&client, "/api/v1/events", Some("99")).await;
    let gap = ahead.event().await.unwrap();
    assert_eq!((gap.event.as_str(), gap.id), ("gap", Some(begin + 6)), "a number from a lost future");
    place(&client, 6..7).await;
    assert_eq!(ahead.ids(1).await, [begin + 7]);
}

#[tokio::test]
async fn a_refund_and_a_cancellation_are_heard() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let mut ids = Vec::new();
    for number in ["A-1", "A-2"] {
        let placed = client.place("", &order(number, 2)).await.json();
        ids.push(placed["id"].as_str().unwrap().parse::<domain::ids::OrderId>().unwrap());
    }
    let begin = world.head(&world.demo).await;
    let mut stream = Stream::open(&client, &format!("/api/v1/events?after={begin}"), None).await;
    let request = domain::orders::refund::RefundRequest::lines(vec![(1, 1)]);
    let scope = world.demo.scope(Permission::RefundOrders).unwrap();
    db::orders::refund::refund(&scope, ids[0], &request, "broken", None).await.unwrap();
    let scope = world.demo.scope(Permission::CancelOrders).unwrap();
    db::orders::cancel::cancel(&scope, ids[1], "by mistake").await.unwrap();
    let told = ids.iter().zip(["order.refunded", "order.cancelled"]);
    let told = told.flat_map(|(id, own)| [(id, own), (id, "order.updated")]);
    for (n, (id, kind)) in (1..).zip(told) {
        let block = stream.event().await.unwrap();
        assert_eq!((block.event.as_str(), block.id), (kind, Some(begin + n)));
        assert_eq!(block.data["id"], json!(id));
    }
}

#[tokio::test]
async fn a_revoked_key_stops_hearing() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let mut stream = Stream::open(&client, "/api/v1/events", None).await;
    stream.block().await.unwrap();
    let owner = world.app.test_db.owner(world.demo.tenant()).await;
    sqlx::query("update api_keys set revoked_at = now()").execute(&owner).await.unwrap();
    let began = Instant::now();
    while stream.block().await.is_some() {}
    assert!(began.elapsed() < Duration::from_secs(6), "it looks every four seconds whether it may continue");
}

#[tokio::test]
async fn shutting_down_ends_streams() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let mut stream = Stream::open(&client, "/api/v1/events", None).await;
    stream.block().await.unwrap();
    world.app.state.shutdown.cancel();
    assert_eq!(stream.block().await, None);
}

#[tokio::test]
async fn a_key_of_one_store_hears_that_store() {
    let world = World::new().await;
    let all = world.client(&world.demo).await;
    let north = world.client_with(&world.demo, &[KeyScope::EventsRead], Some(&world.north)).await;
    let mut south = order("S-1", 1);
    south["store"] = json!("south");
    let begin = world.head(&world.demo).await;
    all.place("", &south).await;
    place(&all, 0..2).await;
    south["number"] = json!("S-2");
    all.place("", &south).await;
    place(&all, 2..3).await;
    let mut stream = Stream::open(&north, &format!("/api/v1/events?after={begin}"), None).await;
    assert_eq!(stream.ids(3).await, [2, 3, 5].map(|n| begin + n));
}

#[tokio::test]
async fn tenants_hear_only_themselves() {
    let world = World::new().await;
    let (demo, other) = (world.client(&world.demo).await, world.client(&world.other).await);
    let begin = world.head(&world.other).await;
    let mut stream = Stream::open(&other, &format!("/api/v1/events?after={begin}"), None).await;
    place(&demo, 0..3).await;
    let mut west = order("W-1", 1);
    west["store"] = json!("west");
    other.place("", &west).await;
    let block = stream.event().await.unwrap();
    assert_eq!((block.id, &block.data["number"]), (Some(begin + 1), &json!("W-1")));
}

#[tokio::test]
async fn members_hear_their_tenant_until_they_sign_out() {
    let app = App::new().await;
    let demo = tenant_with_owner(&app, "demo").await;
    tenant_with_owner(&app, "other").await;
    let browser = Browser::signed_in(&app.base, "owner@demo.test").await;
    assert_eq!(browser.get("/t/other/events").await.status(), 404);
    assert_eq!(Browser::new(&app.base).get("/t/demo/events").await.status(), 303);
    let address = format!("{}/t/demo/events", app.base);
    let lost = browser.http.get(&address).header("last-event-id", "garbage").send().await.unwrap();
    let gap = Stream::of(lost).event().await.unwrap();
    assert_eq!(
        (gap.event.as_str(), gap.id),
        ("gap", Some(db::testing::head(&demo).await)),
        "a browser would give up on an error"
    );
    let mut stream = Stream::of(browser.http.get(&address).send().await.unwrap());
    assert!(stream.block().await.unwrap().comment);
    browser.post("/logout", &[]).await;
    let began = Instant::now();
    while stream.block().await.is_some() {}
    assert!(began.elapsed() < Duration::from_secs(6), "it looks every four seconds whether it may continue");
}

#[tokio::test]
async fn a_quiet_stream_says_every_fifteen_seconds_that_it_is_there() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let mut stream = Stream::open(&client, "/api/v1/events", None).await;
    assert!(stream.block().await.unwrap().comment);
    let began = Instant::now();
    let beat = stream.block().await.unwrap();
    assert_eq!((beat.id, beat.event.as_str(), beat.data), (None, "heartbeat", json!({})));
    let waited = began.elapsed();
    assert!(waited > Duration::from_secs(14) && waited < Duration::from_secs(17), "fifteen are promised: {waited:?}");
}

#[tokio::test]
async fn a_page_of_an_earlier_session_receives_no_events() {
    let app = App::new().await;
    let demo = tenant_with_owner(&app, "demo").await;
    let ana = crate::browser::person(&app, "ana@demo.test").await;
    db::people::set_role(&demo, ana, domain::permission::Role::Owner).await.unwrap();
    let audience = |html: &str| html.split("events?for=").nth(1).unwrap().split("&").next().unwrap().to_owned();
    let browser = Browser::signed_in(&app.base, "owner@demo.test").await;
    let before = audience(&browser.get("/t/demo").await.text().await.unwrap());
    let own = format!("/t/demo/events?for={before}&after=0");
    assert_eq!(browser.get(&own).await.status(), 200);
    assert_eq!(audience(&browser.get("/t/demo/orders").await.text().await.unwrap()), before, "one for all pages");
    // Somebody else signs in, in the same browser.
    assert_eq!(browser.sign_in("ana@demo.test", crate::browser::PASSWORD).await.status(), 303);
    let after = audience(&browser.get("/t/demo").await.text().await.unwrap());
    assert_ne!(before, after);
    assert_eq!(browser.get(&own).await.status(), 204, "and browsers do not ask again");
    assert_eq!(browser.get(&format!("/t/demo/events?for={after}&after=0")).await.status(), 200);
    assert_eq!(browser.get("/t/demo/events?after=0").await.status(), 200, "whoever names none is anybody");
}
