//! What machines ask.

use chrono::TimeDelta;
use db::clock::Clock;
use serde_json::Value;

use crate::harness::{App, redis_url};

async fn report(app: &App) -> (u16, Value) {
    let answer = app.http().get(format!("{}/ready", app.base)).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn readiness_is_degraded_while_partitions_run_short() {
    let clock = Clock::fixed(Clock::System.now());
    let app = App::at(clock.clone(), &[("REDIS_URL", &redis_url())]).await;
    let (status, ready) = report(&app).await;
    assert_eq!((status, ready["status"].as_str()), (200, Some("ready")), "{ready}");
    for part in ["postgres", "migrations", "redis"] {
        assert_eq!(ready[part], "ok", "{ready}");
    }
    let days = ready["partition_days"].as_i64().unwrap();
    clock.set(clock.now() + TimeDelta::days(days - 20));
    let (status, degraded) = report(&app).await;
    assert_eq!((status, degraded["status"].as_str()), (200, Some("degraded")), "{degraded}");
    let tools = std::sync::Arc::new(jobs::Tools::new(std::env::temp_dir()));
    jobs::run_named(&app.db, &tools, "partitions").await.unwrap();
    assert_eq!(report(&app).await.1["status"], "ready");
}

#[tokio::test]
async fn redis_is_reported_and_not_required() {
    let app = App::with(&[("REDIS_URL", "redis://127.0.0.1:1")]).await;
    let (status, report) = report(&app).await;
    assert_eq!((status, report["redis"].as_str()), (200, Some("does not answer")), "{report}");
}

#[tokio::test]
async fn without_postgres_it_lives_but_is_not_ready() {
    let app = App::new().await;
    app.db.close().await;
    let (status, report) = report(&app).await;
    assert_eq!((status, report["postgres"].as_str()), (503, Some("does not answer")), "{report}");
    let alive = app.http().get(format!("{}/health", app.base)).send().await.unwrap();
    assert_eq!(alive.status(), 200);
    let cookie = "stoa=AAAAAAAAAAAAAAAAAAAAAA";
    let page = app.http().get(format!("{}/t/demo", app.base)).header("cookie", cookie).send().await.unwrap();
    assert_eq!(page.status(), 503);
    assert!(page.headers().contains_key("retry-after"));
    assert!(page.text().await.unwrap().contains("Temporarily unavailable"));
}

#[tokio::test]
async fn metrics_are_for_this_machine_or_for_bearers_of_the_token() {
    let app = App::with(&[("STOA_METRICS_TOKEN", "a-token-of-some-length")]).await;
    let get = |headers: &[(&str, &str)]| {
        let request = app.http().get(format!("{}/metrics", app.base));
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value)).send()
    };
    app.http().get(format!("{}/login", app.base)).send().await.unwrap();
    let numbers = get(&[]).await.unwrap().text().await.unwrap();
    assert!(numbers.contains(r#"stoa_http_requests_total{method="GET",path="/login",status="200"}"#), "{numbers}");
    assert!(numbers.contains("stoa_http_request_duration_seconds_bucket"), "{numbers}");
    let forwarded = ("x-forwarded-for", "192.0.2.1");
    assert_eq!(get(&[forwarded]).await.unwrap().status(), 404);
    assert_eq!(get(&[forwarded, ("authorization", "Bearer wrong")]).await.unwrap().status(), 404);
    assert_eq!(get(&[forwarded, ("authorization", "Bearer a-token-of-some-length")]).await.unwrap().status(), 200);
}
