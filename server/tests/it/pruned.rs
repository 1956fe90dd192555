//! Event streams after old events were forgotten.

use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::api_client::{Client, World, order};
use crate::events::Stream;

async fn place(client: &Client, numbers: std::ops::Range<i32>) {
    for n in numbers {
        assert_eq!(client.place("", &order(&format!("P-{n}"), 1)).await.status, 201);
    }
}

#[tokio::test]
async fn pruned_events_are_one_gap_for_listeners_behind_them() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let begin = world.head(&world.demo).await;
    let owner = world.app.test_db.owner(world.demo.tenant()).await;
    // More than are kept in any case, and older than the tenant wants them.
    for sql in [
        "insert into feed_events (tenant_id, seq, kind, at, data) select h.tenant_id, n, 'figures.rebuilt', now() - interval '91 days', '{}' \
         from feed_heads h, generate_series(h.last_seq + 1, h.last_seq + 10100) n",
        "update feed_heads set last_seq = last_seq + 10100",
        "update feed_events set at = now() - interval '91 days'",
    ] {
        sqlx::query(sql).execute(&owner).await.unwrap();
    }
    place(&client, 0..3).await;
    let head = begin + 10_103;
    // Two who listen already: one in the midst of the past, one at its end.
    let open = async |after: i64| {
        let mut stream = Stream::open(&client, "/api/v1/events", Some(&after.to_string())).await;
        assert!(stream.block().await.unwrap().comment);
        stream
    };
    let mut early = open(head - 20).await;
    let mut late = open(head).await;

    let gone = jobs::upkeep::prune::events(&world.app.db, &CancellationToken::new()).await.unwrap();

    let lost = head - 10_000;
    assert_eq!(gone, u64::try_from(lost).unwrap());
    let mut resumed = open(begin).await;
    let gap = resumed.event().await.unwrap();
    assert_eq!((gap.event.as_str(), gap.id, &gap.data["missing_through"]), ("gap", Some(lost), &json!(lost)));
    assert_eq!(resumed.ids(700).await, (lost + 1..=lost + 700).collect::<Vec<_>>(), "one gap, and no other");
    place(&client, 3..5).await;
    assert_eq!(early.ids(22).await, (head - 19..=head + 2).collect::<Vec<_>>());
    assert_eq!(late.ids(2).await, [head + 1, head + 2]);
    let mut at_the_edge = open(lost).await;
    assert_eq!(at_the_edge.ids(2).await, [lost + 1, lost + 2], "who resumes at the first that is kept misses nothing");
    let west = world.head(&world.other).await;
    let other = world.client(&world.other).await;
    assert_eq!(Stream::open(&other, &format!("/api/v1/events?after={}", west - 1), None).await.ids(1).await, [west]);
}
