//! What needs a person is told to every platform admin, once a day while it stands.

use chrono::{DateTime, TimeDelta, Utc};
use db::Clock;
use db::platform::Platform;
use db::queue::timetable::{self, Entry};
use db::testing::TestDb;
use jobs::alarms::{Teller, find};

use crate::setup::Shop;
use crate::sink::{Sink, header};

const START: &str = "2026-11-19T12:00:00Z";

#[tokio::test]
async fn admins_hear_once_a_day_of_what_stands() {
    let start: DateTime<Utc> = START.parse().unwrap();
    let clock = Clock::fixed(start);
    let shop = Shop::with(TestDb::with(clock.clone(), None).await).await;
    let sink = Sink::new(&shop.folder).await;
    let (db, mailer) = (&shop.test.db, sink.mailer());
    let passwords = db::people::passwords::Passwords::new(1).unwrap();
    for email in ["ada@stoa.test", "bo@stoa.test"] {
        db::people::create(db, &passwords, email, "a long password", true).await.unwrap();
    }
    db::people::create(db, &passwords, "owner@shop.test", "a long password", false).await.unwrap();
    let keys: Vec<String> = find(db).await.unwrap().into_iter().map(|alarm| alarm.key).collect();
    assert_eq!(keys, ["jobs:no_worker"]);
    let mut teller = Teller::default();
    assert_eq!(teller.look(db, &mailer).await.unwrap(), 0, "not what stands for a moment only");
    assert_eq!(teller.look(db, &mailer).await.unwrap(), 2);
    assert_eq!(teller.look(db, &mailer).await.unwrap(), 0, "once");
    // Another process looks as well.
    let mut other = Teller::default();
    other.look(db, &mailer).await.unwrap();
    assert_eq!(other.look(db, &mailer).await.unwrap(), 0, "once for all processes");
    let told = sink.messages();
    let to: Vec<&str> = told.iter().map(|m| header(m, "To")).collect();
    assert_eq!(to, ["ada@stoa.test", "bo@stoa.test"]);
    assert!(told.iter().all(|m| header(m, "Subject").contains("Start one with: stoa worker")), "{told:?}");
    clock.set(start + TimeDelta::hours(24));
    assert_eq!(teller.look(db, &mailer).await.unwrap(), 2, "again on the next day");
}

/// What the queue looks like when four things are wrong at once, and nobody works.
const WRONG: &str = "insert into jobs (tenant_id, id, kind, queue, state, run_at, max_attempts, enqueued_at, actor) \
      select $1, gen_random_uuid(), 'work', 'default', state, $2, 5, $2, 'job' from unnest(array['ready', 'dead']) state";
const MANY_FAILURES: &str =
    "insert into job_minutes (minute, kind, queue, done, failed) values ($1, 'work', 'default', 30, 10)";

#[tokio::test]
async fn each_alert_of_the_queue_is_one_letter_a_day() {
    let start: DateTime<Utc> = START.parse().unwrap();
    let clock = Clock::fixed(start);
    let shop = Shop::with(TestDb::with(clock.clone(), None).await).await;
    let sink = Sink::new(&shop.folder).await;
    let (db, mailer) = (&shop.test.db, sink.mailer());
    let passwords = db::people::passwords::Passwords::new(1).unwrap();
    db::people::create(db, &passwords, "ada@stoa.test", "a long password", true).await.unwrap();
    let platform = Platform::command(db.clone());
    let hourly = Entry {
        name: "hourly",
        cron: "0 * * * *",
        zone: "UTC",
        kind: "work",
        queue: "default",
        max_attempts: 3,
        payload: serde_json::json!({}),
    };
    timetable::sync(&platform, &[hourly]).await.unwrap();
    let owner = shop.test.owner(shop.access.tenant()).await;
    sqlx::query(WRONG).bind(shop.access.tenant().0).bind(start).execute(&owner).await.unwrap();
    clock.set(start + TimeDelta::minutes(125));
    sqlx::query(MANY_FAILURES).bind(clock.now()).execute(&owner).await.unwrap();
    assert!(timetable::tick(&platform).await.unwrap().missed > 0);
    let mut teller = Teller::default();
    assert_eq!(teller.look(db, &mailer).await.unwrap(), 0, "not what stands for a moment only");
    assert_eq!(teller.look(db, &mailer).await.unwrap(), 5);
    let letters = |from: usize| -> Vec<String> {
        sink.messages()[from..].iter().map(|m| header(m, "Subject").replace("Stoa: ", "")).collect()
    };
    let mut told = letters(0);
    told.sort();
    let expected = [
        "1 jobs failed permanently",
        "10 of 40 attempts of work failed",
        "Jobs in the queue default have been pending since",
        "No worker is running",
        "The schedule missed hourly",
    ];
    assert_eq!(told.len(), expected.len(), "{told:?}");
    assert!(told.iter().zip(expected).all(|(told, expected)| told.starts_with(expected)), "{told:?}");
    // Another one dies: it is the same alert, told with other words tomorrow.
    let another = "update jobs set state = 'dead' where kind = 'work' and state = 'ready' and key is null";
    assert_eq!(sqlx::query(another).execute(&owner).await.unwrap().rows_affected(), 1);
    for minute in 126..140 {
        clock.set(start + TimeDelta::minutes(minute));
        assert_eq!(teller.look(db, &mailer).await.unwrap(), 0, "not at every round");
    }
    clock.set(start + TimeDelta::minutes(26 * 60 + 10));
    assert_eq!(teller.look(db, &mailer).await.unwrap(), 3, "what stands is told again on the next day");
    let mut told = letters(expected.len());
    told.sort();
    assert!(told[0].starts_with("2 jobs failed permanently"), "{told:?}");
    assert!(told.iter().all(|words| !words.contains("went wrong")), "what is over is told no more: {told:?}");
    owner.close().await;
}
