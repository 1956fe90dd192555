//! The timetable: each tick once, none lost, none twice, whoever ticks and whatever the clocks do.

use chrono::{DateTime, TimeDelta, Utc};
use db::Clock;
use db::platform::Platform;
use db::queue::console;
use db::queue::timetable::{Entry, Timing, sync, tick};
use db::testing::TestDb;
use serde_json::json;

use super::{by, platform};

fn entry(name: &'static str, cron: &'static str) -> Entry {
    Entry { name, cron, zone: "Europe/London", kind: "work", queue: "default", max_attempts: 3, payload: json!({}) }
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_schedulers_tick_each_tick_once() {
    let clock = Clock::fixed(at("2026-03-28T12:00:30Z"));
    let db = TestDb::with(clock.clone(), None).await;
    let entries = [entry("minutely", "* * * * *"), entry("two", "*/2 * * * *")];
    sync(&platform(&db), &entries).await.unwrap();
    let ticks = if db::testing::full_counts() { 1_000 } else { 120 };
    let others = [Platform::command(db.another(None).await), Platform::command(db.another(None).await)];
    for _ in 0..ticks {
        clock.set(clock.now() + TimeDelta::minutes(1));
        let ticked = tokio::join!(tick(&others[0]), tick(&others[1]));
        let made = ticked.0.unwrap().enqueued + ticked.1.unwrap().enqueued;
        assert!((1..=2).contains(&made), "{made} at {}", clock.now());
    }
    assert_eq!(db.scalar("select count(*) from jobs where key like 'minutely@%'").await, ticks);
    assert_eq!(db.scalar("select count(*) from jobs where key like 'two@%'").await, ticks / 2);
    assert_eq!(db.scalar("select count(distinct key) from jobs").await, ticks + ticks / 2);
    assert_eq!(db.scalar("select sum(missed)::bigint from job_schedule").await, 0);
}

#[tokio::test]
async fn missed_ticks_are_counted_and_made_up_for_once() {
    let clock = Clock::fixed(at("2026-06-01T00:30:00Z"));
    let db = TestDb::with(clock.clone(), None).await;
    sync(&platform(&db), &[entry("hourly", "0 * * * *")]).await.unwrap();
    clock.set(at("2026-06-01T05:30:00Z"));
    let ticked = tick(&platform(&db)).await.unwrap();
    assert_eq!((ticked.enqueued, ticked.missed), (1, 5));
    assert_eq!(tick(&platform(&db)).await.unwrap().enqueued, 0);
    let alerts = db::queue::alerts::alerts(&platform(&db)).await.unwrap();
    assert!(alerts.iter().any(|alert| alert.name() == "missed_tick"), "{alerts:?}");
    clock.set(at("2026-06-01T06:00:01Z"));
    let ticked = tick(&platform(&db)).await.unwrap();
    assert_eq!((ticked.enqueued, ticked.missed), (1, 0));
}

#[tokio::test]
async fn an_entry_is_switched_off_and_on_run_by_hand_and_forgotten() {
    let clock = Clock::fixed(at("2026-06-01T00:30:00Z"));
    let db = TestDb::with(clock.clone(), None).await;
    let platform = platform(&db);
    sync(&platform, &[entry("hourly", "0 * * * *")]).await.unwrap();
    assert!(console::disable(&platform, "hourly", &by()).await.unwrap());
    clock.set(at("2026-06-01T03:30:00Z"));
    sync(&platform, &[entry("hourly", "0 * * * *")]).await.unwrap();
    assert_eq!(tick(&platform).await.unwrap().enqueued, 0);
    assert!(console::run_now(&platform, "hourly", &by()).await.unwrap().is_some());
    assert!(console::run_now(&platform, "hourly", &by()).await.unwrap().is_none(), "the first still waits");
    assert!(console::run_now(&platform, "daily", &by()).await.is_err());
    assert!(console::enable(&platform, "hourly", &by()).await.unwrap());
    assert_eq!(tick(&platform).await.unwrap().missed, 0, "what it was switched off for is not made up for");
    sync(&platform, &[]).await.unwrap();
    assert!(console::schedule(&platform).await.unwrap().is_empty());
    assert!(sync(&platform, &[entry("bad", "61 * * * *")]).await.is_err());
    let mars = Entry { zone: "Mars/Base", ..entry("bad", "0 * * * *") };
    assert!(sync(&platform, &[mars]).await.unwrap_err().to_string().contains("no time zone 'Mars/Base'"));
}

#[test]
fn a_year_has_every_day_once_in_any_zone_at_any_hour() {
    for zone in ["Europe/London", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC"] {
        for cron in ["30 0 * * *", "30 1 * * *", "15 2 * * *", "0 3 * * *"] {
            let timing = Timing::new(cron, zone).unwrap();
            let tz: chrono_tz::Tz = zone.parse().unwrap();
            let (mut tick, mut days) = (at("2025-12-31T23:59:00Z"), Vec::new());
            while tick < at("2027-01-02T00:00:00Z") {
                let next = timing.after(tick).unwrap();
                assert!(next > tick, "{zone} {cron} {tick}");
                tick = next;
                days.push(tick.with_timezone(&tz).date_naive());
            }
            assert!(days.windows(2).all(|d| d[1] == d[0] + chrono::Days::new(1)), "{zone} {cron}: {days:?}");
        }
    }
}

#[test]
fn an_hourly_entry_ticks_in_both_hours_when_one_comes_twice_and_in_none_that_does_not() {
    let timing = Timing::new("0 * * * *", "Europe/London").unwrap();
    for (start, hours) in [("2026-03-29T00:30:00Z", 4), ("2026-10-25T00:00:30Z", 4)] {
        let mut tick = at(start);
        for n in 1..=hours {
            let next = timing.after(tick).unwrap();
            assert!(next - tick <= TimeDelta::hours(1), "{n}: from {tick} to {next}");
            tick = next;
        }
    }
}
