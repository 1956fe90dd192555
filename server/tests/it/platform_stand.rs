//! What stands on the page of jobs: the timetable and the locks, each changed with a question and a reason.

use std::time::Duration;

use db::platform::Platform;
use db::queue::{console, locks, timetable};
use db::{Clock, people};

use crate::browser::{Browser, PASSWORD, location};
use crate::harness::App;

const ENTRY: &str = "/platform/jobs/timetable/prune-sessions";

async fn admin(app: &App) -> Browser {
    people::create(&app.db, &app.state.passwords, "admin@stoa.test", PASSWORD, true).await.unwrap();
    Browser::signed_in(&app.base, "admin@stoa.test").await
}

async fn body(answer: reqwest::Response) -> String {
    answer.text().await.unwrap()
}

fn platform(app: &App) -> Platform {
    Platform::command(app.db.clone())
}

/// The record's entries of this action: about what, and why.
async fn recorded(app: &App, action: &str) -> Vec<(String, String)> {
    let owner = app.test_db.owner(db::platform::PlatformTx::NIL).await;
    let sql =
        "select subject, after ->> 'reason' from audit_entries where action = $1 and actor like 'user:%' order by seq";
    let found = sqlx::query_as(sql).bind(action).fetch_all(&owner).await.unwrap();
    owner.close().await;
    found
}

fn noted(subject: &str, reason: &str) -> Vec<(String, String)> {
    vec![(subject.to_owned(), reason.to_owned())]
}

async fn of_entry(app: &App) -> console::EntryRow {
    let entries = console::schedule(&platform(app)).await.unwrap();
    entries.into_iter().find(|entry| entry.name == "prune-sessions").unwrap()
}

#[tokio::test]
async fn an_entry_of_the_timetable_is_run_now_once() {
    let app = App::new().await;
    timetable::sync(&platform(&app), &jobs::schedule::entries()).await.unwrap();
    let admin = admin(&app).await;
    let html = body(admin.get("/platform/jobs").await).await;
    assert!(html.contains(&format!("action=\"{ENTRY}/run\"")), "{html}");
    let before = of_entry(&app).await;
    let run = format!("{ENTRY}/run");
    let asked = admin.post(&run, &[]).await;
    assert_eq!(asked.status(), 200);
    let html = body(asked).await;
    assert!(html.contains("Run prune-sessions?") && html.contains("The schedule does not change"), "{html}");
    let refused = admin.post(&run, &[("reason", "  ")]).await;
    assert_eq!(refused.status(), 422);
    assert!(body(refused).await.contains("Enter a reason."));
    let waiting = async || {
        let owner = app.test_db.owner(db::platform::PlatformTx::NIL).await;
        let sql = "select count(*) from jobs where kind = 'prune_sessions' and key = 'now:prune-sessions'";
        let count: i64 = sqlx::query_scalar(sql).fetch_one(&owner).await.unwrap();
        owner.close().await;
        count
    };
    assert_eq!(waiting().await, 0, "asking does nothing");
    let done = admin.post(&run, &[("reason", "too many of them")]).await;
    assert_eq!(location(&done), "/platform/jobs?done=enqueued");
    assert_eq!(waiting().await, 1);
    assert_eq!(of_entry(&app).await.next_tick, before.next_tick);
    let again = admin.post(&run, &[("reason", "again")]).await;
    assert_eq!(location(&again), "/platform/jobs?done=live");
    assert_eq!(waiting().await, 1, "one is enough");
    assert_eq!(recorded(&app, "jobs.run_now").await[..1], noted("prune-sessions", "too many of them"));
    assert_eq!(admin.post("/platform/jobs/timetable/dust/run", &[("reason", "x")]).await.status(), 404);
    assert_eq!(admin.post(&format!("{ENTRY}/eat"), &[("reason", "x")]).await.status(), 404);
}

#[tokio::test]
async fn an_entry_is_disabled_and_enabled_again() {
    // From now on, because the phone that shows this admin's codes knows no other time.
    let clock = Clock::fixed(Clock::System.now());
    let app = App::at(clock.clone(), &[]).await;
    timetable::sync(&platform(&app), &jobs::schedule::entries()).await.unwrap();
    let admin = admin(&app).await;
    let (disable, enable) = (format!("{ENTRY}/disable"), format!("{ENTRY}/enable"));
    assert!(body(admin.post(&disable, &[]).await).await.contains("Disable prune-sessions?"));
    assert_eq!(admin.post(&disable, &[("reason", "")]).await.status(), 422);
    assert!(of_entry(&app).await.enabled);
    let done = admin.post(&disable, &[("reason", "it is in the way")]).await;
    assert_eq!(location(&done), "/platform/jobs?done=disabled");
    assert!(!of_entry(&app).await.enabled);
    let html = body(admin.get("/platform/jobs").await).await;
    assert!(
        html.contains(&format!("action=\"{enable}\"")) && !html.contains(&format!("action=\"{disable}\"")),
        "{html}"
    );
    let again = admin.post(&disable, &[("reason", "it is in the way")]).await;
    assert_eq!(location(&again), "/platform/jobs?done=unchanged");
    // A program that starts anew leaves it off, and its ticks pass by.
    timetable::sync(&platform(&app), &jobs::schedule::entries()).await.unwrap();
    clock.set(clock.now() + chrono::TimeDelta::hours(2));
    timetable::tick(&platform(&app)).await.unwrap();
    assert_eq!(of_entry(&app).await.last_tick, None);
    let done = admin.post(&enable, &[("reason", "it may go on")]).await;
    assert_eq!(location(&done), "/platform/jobs?done=enabled");
    let on = of_entry(&app).await;
    assert!(on.enabled && on.next_tick > clock.now() && on.missed == 0, "{on:?}");
    assert_eq!(recorded(&app, "jobs.disable").await, noted("prune-sessions", "it is in the way"));
    assert_eq!(recorded(&app, "jobs.enable").await, noted("prune-sessions", "it may go on"));
}

#[tokio::test]
async fn a_lock_is_broken_with_a_reason_and_its_holder_is_refused() {
    let app = App::new().await;
    let admin = admin(&app).await;
    assert!(body(admin.get("/platform/jobs").await).await.contains("No locks are held."));
    let hour = Duration::from_secs(3_600);
    let name = "import:north/ö";
    let held = locks::take(&app.db, name, "worker seven", hour, "a large file").await.unwrap().unwrap();
    let owner = app.test_db.owner(db::platform::PlatformTx::NIL).await;
    sqlx::query("update job_locks set acquired_at = '2026-03-01 10:20:30+00'").execute(&owner).await.unwrap();
    let page = body(admin.get("/platform/jobs").await).await;
    for shown in [name, "worker seven", "a large file", "2026-03-01T10:20:30"] {
        assert!(page.contains(shown), "{shown} is not in {page}");
    }
    let action = page.split("action=\"").find(|part| part.starts_with("/platform/jobs/locks/")).unwrap();
    let action = action.split('"').next().unwrap();
    let asked = admin.post(action, &[]).await;
    assert_eq!(asked.status(), 200);
    let html = body(asked).await;
    for said in ["Break lock import:north/ö?", "worker seven", "1 Mar 2026, 10:20:30 UTC", "a large file"] {
        assert!(html.contains(said), "{said} is not in {html}");
    }
    let refused = admin.post(action, &[("reason", " ")]).await;
    assert_eq!(refused.status(), 422);
    assert!(body(refused).await.contains("Enter a reason."));
    assert!(locks::renew(&app.db, &held, hour).await.unwrap(), "asking breaks nothing");
    let done = admin.post(action, &[("reason", "it sleeps")]).await;
    assert_eq!(location(&done), "/platform/jobs?done=broken");
    assert!(!locks::renew(&app.db, &held, hour).await.unwrap(), "the former holder is told");
    let tx = platform(&app).begin().await.unwrap();
    assert!(locks::guard_for_platform(&tx, &held).await.is_err(), "and what it writes is refused");
    drop(tx);
    assert!(locks::take(&app.db, name, "worker eight", hour, "").await.unwrap().is_some(), "the next may begin");
    assert_eq!(recorded(&app, "jobs.break_lock").await, noted(name, "it sleeps"));
    let notes = console::notes(&platform(&app), None, domain::page::Limit::default()).await.unwrap().rows;
    assert_eq!(notes[0].details, serde_json::json!({"holder": "worker seven"}));
    assert_eq!(admin.post("/platform/jobs/locks/nothing/break", &[]).await.status(), 404);
    owner.close().await;
}
