//! How often programs may ask: the same for all processes, cheap to refuse, and in force without Redis.

use std::time::Duration;

use db::platform::{NewTier, Platform};
use db::rate_limits::{Caller, RateLimits};
use domain::limits::{Feature, Limit, Rate, Terms};
use serde_json::json;

use crate::api_client::{Client, Reply, World, order};
use crate::harness::redis_url;
use crate::redis_server::Redis;

const PATH: &str = "/api/v1/orders";

async fn put_on(world: &World, tenant: &str, slug: &str, limits: &[(Limit, i64)]) -> Platform {
    let platform = Platform::command(world.app.db.clone());
    let mut terms = Terms::default();
    for (limit, value) in limits {
        terms.set(*limit, Some(*value)).unwrap();
    }
    platform.create_tier(&NewTier { slug: slug.into(), name: slug.into(), terms }).await.unwrap();
    platform.put_on_tier(tenant, slug).await.unwrap();
    platform
}

async fn ask(client: &Client, times: usize) -> Vec<Reply> {
    let mut replies = Vec::new();
    for _ in 0..times {
        replies.push(client.get(PATH).await);
    }
    replies
}

fn passed(replies: &[Reply]) -> usize {
    replies.iter().filter(|reply| reply.status == 200).count()
}

fn number(reply: &Reply, header: &str) -> i64 {
    reply.header(header).unwrap_or_else(|| panic!("no {header}: {:?}", reply.headers)).parse().unwrap()
}

#[tokio::test]
async fn all_processes_count_together_and_every_answer_says_how_much_is_left() {
    let url = redis_url();
    let settings = [("REDIS_URL", url.as_str())];
    let world = World::with(&settings).await;
    let another = world.app.another(&settings).await;
    put_on(&world, "demo", "slow", &[(Limit::RequestsPerMinute, 20)]).await;
    let (here, other) = (world.client(&world.demo).await, world.client(&world.other).await);
    let there = here.at(&another.base);
    let first = here.get(PATH).await;
    assert_eq!((first.status, number(&first, "ratelimit-limit"), number(&first, "ratelimit-remaining")), (200, 20, 19));
    assert_eq!(number(&first, "ratelimit-reset"), 3);
    assert_eq!(first.header("ratelimit-policy"), Some("\"account\";q=20;w=60"));
    assert_eq!(first.header("ratelimit"), Some("\"account\";r=19;t=3"));
    let replies = [ask(&here, 12).await, ask(&there, 12).await].concat();
    // One is given back every three seconds.
    assert!((19..=21).contains(&passed(&replies)), "{}", passed(&replies));
    let refused = replies.iter().rfind(|reply| reply.status == 429).unwrap();
    assert_eq!(refused.header("content-type"), Some("application/problem+json"));
    let body = refused.json();
    assert_eq!(
        (body["type"].as_str(), body["status"].as_i64()),
        (Some("urn:stoa:problem:too-many-requests"), Some(429))
    );
    assert!(
        body["detail"].as_str().unwrap().starts_with("20 requests per minute are allowed for this tenant"),
        "{body}"
    );
    assert!((1..=3).contains(&number(refused, "retry-after")), "{:?}", refused.headers);
    assert_eq!(number(refused, "ratelimit-remaining"), 0);
    let theirs = ask(&other, 30).await;
    assert_eq!(passed(&theirs), 30, "no other tenant waits");
    assert_eq!(number(&theirs[0], "ratelimit-limit"), db::rate_limits::UNLIMITED);
    assert_eq!(theirs[0].header("retry-after"), None);
    // Faults, absent things and the reply to a write say it too.
    for path in ["/api/v1/orders?from=x", "/api/v1/orders/nonsense"] {
        assert!(other.get(path).await.header("ratelimit-remaining").is_some(), "{path}");
    }
    assert!(other.place("", &order("1", 1)).await.header("ratelimit").is_some());
    assert_eq!(other.with_key("stoa_nonsense").get(PATH).await.header("ratelimit"), None);
}

#[tokio::test]
async fn a_key_has_its_own_rate_within_that_of_its_account() {
    let world = World::new().await;
    put_on(&world, "demo", "keys", &[(Limit::RequestsPerMinute, 15), (Limit::RequestsPerMinutePerKey, 10)]).await;
    let (one, two) = (world.client(&world.demo).await, world.client(&world.demo).await);
    let replies = ask(&one, 12).await;
    assert!((10..=11).contains(&passed(&replies)));
    let refused = replies.last().unwrap();
    assert!(refused.json()["detail"].as_str().unwrap().contains("for this key"));
    assert_eq!(refused.header("ratelimit-policy"), Some("\"account\";q=15;w=60, \"key\";q=10;w=60"));
    let replies = ask(&two, 12).await;
    assert!((5..=7).contains(&passed(&replies)), "what the first key was refused does not count: {}", passed(&replies));
    assert!(replies.last().unwrap().json()["detail"].as_str().unwrap().contains("for this tenant"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_times_the_rate_costs_no_statements_and_slows_no_other_tenant() {
    let url = redis_url();
    let world = World::with(&[("REDIS_URL", url.as_str())]).await;
    put_on(&world, "demo", "slow", &[(Limit::RequestsPerMinute, 20)]).await;
    let (noisy, quiet) = (world.client(&world.demo).await, world.client(&world.other).await);
    ask(&noisy, 21).await;
    let before = world.app.db.statements();
    let started = tokio::time::Instant::now();
    let floods: Vec<_> = (0..10)
        .map(|_| {
            let noisy = noisy.clone();
            tokio::spawn(async move { ask(&noisy, 100).await })
        })
        .collect();
    let mut served = 0;
    for flood in floods {
        served += passed(&flood.await.unwrap());
    }
    let lasted = started.elapsed();
    let allowed = 2 + lasted.as_secs() as usize / 3;
    assert!(served <= allowed, "{served} in {lasted:?}");
    // Who is behind the key and what the account may do is asked about once a second or less, and a list read is five.
    let cost = (world.app.db.statements() - before) as usize;
    let most = 10 + 4 * lasted.as_millis() as usize / 500 + 5 * served;
    assert!(cost <= most, "{cost} statements for a thousand refusals in {lasted:?}");
    let flood = tokio::spawn(async move { ask(&noisy, 300).await });
    assert_eq!(passed(&ask(&quiet, 30).await), 30);
    flood.await.unwrap();
}

#[tokio::test]
async fn without_redis_each_process_counts_for_itself() {
    let mut redis = Redis::new();
    let url = redis.url();
    let world = World::with(&[("REDIS_URL", url.as_str())]).await;
    put_on(&world, "demo", "slow", &[(Limit::RequestsPerMinute, 5)]).await;
    let client = world.client(&world.demo).await;
    assert_eq!(passed(&ask(&client, 8).await), 5);
    redis.kill();
    let replies = ask(&client, 12).await;
    assert_eq!(passed(&replies), 5, "in force, from the beginning");
    assert!(replies.iter().all(|reply| matches!(reply.status, 200 | 429)));
    redis.start();
    // Longer than this process leaves Redis alone after a failure. Asking would use up what is counted.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    assert_eq!(passed(&ask(&client, 8).await), 5, "used again; it had lost everything");
}

#[tokio::test]
async fn redis_and_this_process_judge_alike() {
    let world = World::new().await;
    let (shared, local) = (RateLimits::new(Some(&redis_url())).unwrap(), RateLimits::new(None).unwrap());
    for (per_tenant, per_key) in [(7, None), (100, Some(30)), (999, Some(1_000)), (1, Some(1))] {
        let mut terms = Terms::default();
        terms.set(Limit::RequestsPerMinute, Some(per_tenant)).unwrap();
        terms.set(Limit::RequestsPerMinutePerKey, per_key).unwrap();
        let tenant = world.app.db.clock().id();
        let caller = Caller::new(tenant, world.app.db.clock().id(), &terms);
        for n in 0..40 {
            let (a, b) = (shared.take(&caller).await, local.take(&caller).await);
            assert_eq!(
                (a.allowed(), a.tenant.allowed),
                (b.allowed(), b.tenant.allowed),
                "{per_tenant} {per_key:?} {n}"
            );
            // What is forgotten between the two is less than one request of these rates, or a few of the fastest.
            let near = (a.tightest().remaining - b.tightest().remaining).abs() <= 2;
            assert!(near && (a.tightest().reset.abs_diff(b.tightest().reset)) < Duration::from_secs(2), "{a:?} {b:?}");
        }
        let rate = Rate::per_minute(per_tenant);
        let (a, b) = (shared.pending(tenant, rate).await, local.pending(tenant, rate).await);
        assert!((a - b).abs() <= 2 && a >= 1, "{a} {b}");
    }
}

#[tokio::test]
async fn closed_accounts_and_those_without_the_api_get_the_reason() {
    let world = World::new().await;
    let client = world.client(&world.demo).await;
    let platform = put_on(&world, "demo", "small", &[(Limit::BatchOrders, 2)]).await;
    let batch = json!([order("1", 1), order("2", 1), order("3", 1)]);
    let refused = client.post("/api/v1/orders/batch", &[], batch.to_string()).await;
    assert_eq!(refused.fields(), ["orders"]);
    assert!(refused.json()["errors"][0]["message"].as_str().unwrap().contains("at most 2 orders. This batch has 3"));
    assert_eq!(world.counts(&world.demo).await.0, 0);

    // The first answer with this type of problem, which is promised within a second.
    let refused = async |problem: &str| {
        let within = Duration::from_secs(1);
        let reply = async || {
            let reply = client.get(PATH).await;
            (reply.json()["type"] == problem).then_some(reply)
        };
        db::testing::within(within, problem, reply).await
    };
    platform.suspend("demo", "the bill is not paid").await.unwrap();
    let closed = refused("urn:stoa:problem:suspended").await;
    assert_eq!((closed.status, closed.json()["type"].as_str()), (403, Some("urn:stoa:problem:suspended")));
    assert!(closed.json()["detail"].as_str().unwrap().ends_with("the bill is not paid"));
    assert_eq!(client.with_key("stoa_nonsense").get(PATH).await.status, 401);
    platform.resume("demo").await.unwrap();
    let mut bare = NewTier { slug: "bare".into(), name: "Bare".into(), terms: Terms::default() };
    bare.terms.offer(Feature::Api, false);
    platform.create_tier(&bare).await.unwrap();
    platform.put_on_tier("demo", "bare").await.unwrap();
    let closed = refused("urn:stoa:problem:not-included").await;
    assert_eq!((closed.status, closed.json()["type"].as_str()), (403, Some("urn:stoa:problem:not-included")));
}
