//! The rows of backups: who sees which, what a dead maker may no longer do, and how lists are read.

use chrono::{DateTime, TimeDelta, Utc};
use db::backups::{self, Began, Claim, Done, NewBackup, Place};
use db::platform::Platform;
use db::testing::{self, TestDb};
use db::{Access, Clock, DataError, Scope, settings};
use domain::backups::{Kind, Progress, Status, Trigger};
use domain::page::{Cursor, Direction, Limit};
use domain::permission::{Permission, Role};
use domain::settings::TenantForm;

fn scope(access: &Access) -> Scope {
    access.scope(Permission::ManageBackups).unwrap()
}

fn start() -> DateTime<Utc> {
    "2026-11-21T01:00:00Z".parse().unwrap()
}

async fn begin(place: &Place, kind: Kind) -> Claim {
    let new = NewBackup { kind, trigger: Trigger::Schedule, recipient: None, days: 30 };
    match backups::begin(place, &new).await.unwrap() {
        Began::Mine(claim) => claim,
        Began::Running => panic!("one is running"),
    }
}

async fn made(place: &Place, kind: Kind, bytes: i64) -> Claim {
    let claim = begin(place, kind).await;
    let done = Done { bytes, plain_bytes: bytes * 4, rows: 12, tables: 3, ..Done::default() };
    backups::store(place, &claim, &done).await.unwrap();
    claim
}

#[tokio::test]
async fn a_tenants_backups_are_seen_by_it_and_by_the_platform_alone() {
    let db = TestDb::new().await;
    let (ours, theirs) = (testing::tenant(&db.db, "ours").await, testing::tenant(&db.db, "theirs").await);
    let platform = Platform::command(db.db.clone());
    let claim = made(&Place::Tenant(scope(&ours)), Kind::Database, 10).await;
    made(&Place::Platform(platform.clone()), Kind::Full, 10).await;
    let limit = Limit::default();
    assert_eq!(backups::list(&scope(&ours), None, limit).await.unwrap().rows.len(), 1);
    assert!(backups::list(&scope(&theirs), None, limit).await.unwrap().rows.is_empty());
    assert_eq!(backups::platform_list(&platform, None, None, limit).await.unwrap().rows.len(), 2);
    assert_eq!(backups::platform_list(&platform, Some(Kind::Full), None, limit).await.unwrap().rows.len(), 1);
    let foreign = backups::show(&Place::Tenant(scope(&theirs)), claim.id).await;
    assert!(matches!(foreign, Err(DataError::NotFound("backup"))));
    let theirs = Place::Tenant(scope(&theirs));
    let verified = backups::note_verified(&theirs, claim.id, Kind::Database, TimeDelta::zero()).await;
    assert!(matches!(verified, Err(DataError::NotFound("backup"))));
    assert!(!backups::prune(&theirs, claim.id, Kind::Database).await.unwrap());
    let wrong =
        backups::begin(&theirs, &NewBackup { kind: Kind::Full, trigger: Trigger::Demand, recipient: None, days: 1 })
            .await;
    assert!(wrong.is_err(), "a tenant has no backup of the whole");
}

#[tokio::test]
async fn viewers_and_staff_see_backups_as_far_as_they_may() {
    for (role, reads, manages) in [
        (Role::Owner, true, true),
        (Role::Manager, true, true),
        (Role::Staff, true, false),
        (Role::Viewer, false, false),
    ] {
        assert_eq!(role.allows(Permission::ReadBackups), reads, "{role}");
        assert_eq!(role.allows(Permission::ManageBackups), manages, "{role}");
    }
}

#[tokio::test]
async fn a_silent_maker_is_dead_and_can_finish_nothing() {
    let clock = Clock::fixed(start());
    let db = TestDb::with(clock.clone(), None).await;
    let ours = testing::tenant(&db.db, "ours").await;
    let (place, platform) = (Place::Tenant(scope(&ours)), Platform::command(db.db.clone()));
    let claim = begin(&place, Kind::Database).await;
    let new = NewBackup { kind: Kind::Database, trigger: Trigger::Demand, recipient: None, days: 30 };
    assert_eq!(backups::begin(&place, &new).await.unwrap(), Began::Running, "one at a time");
    clock.set(start() + TimeDelta::seconds(50));
    assert!(backups::heartbeat(&place, &claim, &Progress::default()).await.unwrap());
    clock.set(start() + TimeDelta::seconds(100));
    assert_eq!(backups::reap(&platform).await.unwrap(), 0, "it was heard 50 s ago");
    clock.set(start() + TimeDelta::seconds(111));
    assert_eq!(backups::reap(&platform).await.unwrap(), 1);
    assert!(!backups::heartbeat(&place, &claim, &Progress::default()).await.unwrap());
    assert!(matches!(backups::store(&place, &claim, &Done::default()).await, Err(DataError::Busy)));
    let row = backups::show(&place, claim.id).await.unwrap();
    assert_eq!(row.status, Status::Failed);
    assert!(row.error.unwrap().contains("interrupted"));
    begin(&place, Kind::Database).await;
}

#[tokio::test]
async fn the_newest_verified_one_cannot_be_given_up_by_any_caller() {
    let db = TestDb::new().await;
    let ours = testing::tenant(&db.db, "ours").await;
    let place = Place::Tenant(scope(&ours));
    let old = made(&place, Kind::Database, 10).await;
    backups::note_verified(&place, old.id, Kind::Database, TimeDelta::zero()).await.unwrap();
    made(&place, Kind::Database, 10).await;
    assert!(!backups::prune(&place, old.id, Kind::Database).await.unwrap(), "the newer one is not verified");
    let new = made(&place, Kind::Database, 10).await;
    backups::note_verified(&place, new.id, Kind::Database, TimeDelta::zero()).await.unwrap();
    assert!(backups::prune(&place, old.id, Kind::Database).await.unwrap());
    assert!(!backups::prune(&place, new.id, Kind::Database).await.unwrap());
}

#[tokio::test]
async fn rows_of_what_is_long_gone_are_forgotten_and_others_are_not() {
    let clock = Clock::fixed(start());
    let db = TestDb::with(clock.clone(), None).await;
    let ours = testing::tenant(&db.db, "ours").await;
    let (place, platform) = (Place::Tenant(scope(&ours)), Platform::command(db.db.clone()));
    let failed = begin(&place, Kind::Database).await;
    backups::fail(&place, &failed, "no reason").await.unwrap();
    let left = begin(&place, Kind::Database).await;
    backups::fail(&place, &left, "its objects are still there").await.unwrap();
    let kept = made(&place, Kind::Database, 10).await;
    backups::note_removed(&place, failed.id).await.unwrap();
    backups::note_removed(&place, kept.id).await.unwrap();
    assert_eq!(backups::forget(&platform, start()).await.unwrap(), 0, "not yet");
    assert_eq!(backups::forget(&platform, start() + TimeDelta::seconds(1)).await.unwrap(), 1);
    let rows = backups::list(&scope(&ours), None, Limit::default()).await.unwrap().rows;
    let mut ids: Vec<_> = rows.iter().map(|b| b.id).collect();
    ids.sort();
    assert_eq!(ids, {
        let mut both = [left.id, kept.id];
        both.sort();
        both
    });
}

#[tokio::test]
async fn due_backups_follow_the_chosen_hour_and_make_up_for_missed_ones() {
    let clock = Clock::fixed(start());
    let db = TestDb::with(clock.clone(), None).await;
    let ours = testing::tenant(&db.db, "ours").await;
    let platform = Platform::command(db.db.clone());
    let kinds = async || backups::due(&platform).await.unwrap().iter().map(|d| d.kind).collect::<Vec<_>>();
    assert_eq!(kinds().await.len(), 3, "nothing was ever saved");
    for (place, kind) in [
        (Place::Platform(platform.clone()), Kind::Full),
        (Place::Tenant(scope(&ours)), Kind::Database),
        (Place::Tenant(scope(&ours)), Kind::Files),
    ] {
        made(&place, kind, 10).await;
    }
    assert!(kinds().await.is_empty());
    clock.set("2026-11-21T02:00:00Z".parse().unwrap());
    assert_eq!(kinds().await, [Kind::Full], "the platform's hour");
    let choose = async |hour: &str| {
        let form = [("hour".to_owned(), hour.to_owned())];
        settings::change_tenant(&scope(&ours), TenantForm::Backups, &form).await
    };
    choose("2").await.unwrap();
    assert_eq!(settings::of_tenant(&scope(&ours)).await.unwrap().backup_hour, 2);
    assert_eq!(kinds().await.len(), 3);
    choose("23").await.unwrap();
    assert_eq!(kinds().await, [Kind::Full]);
    clock.set("2026-11-25T12:00:00Z".parse().unwrap());
    assert_eq!(kinds().await.len(), 3, "missed for days, made up for once");
    let failed = begin(&Place::Platform(platform.clone()), Kind::Full).await;
    backups::fail(&Place::Platform(platform.clone()), &failed, "no reason").await.unwrap();
    assert_eq!(kinds().await.len(), 2, "what failed is not tried again at once");
    clock.set("2026-11-25T13:00:00Z".parse().unwrap());
    assert_eq!(kinds().await.len(), 3, "but after an hour");
    let wrong = choose("24").await.unwrap_err();
    assert!(wrong.to_string().contains("hour"), "{wrong}");
}

#[tokio::test]
async fn lists_take_one_statement_and_seek_by_their_index() {
    let clock = Clock::fixed(start());
    let db = TestDb::with(clock.clone(), None).await;
    let ours = testing::tenant(&db.db, "ours").await;
    let (place, platform) = (Place::Tenant(scope(&ours)), Platform::command(db.db.clone()));
    let mut counts = Vec::new();
    for n in 0..6 {
        clock.set(start() + TimeDelta::days(n));
        made(&place, Kind::Database, 100 + n).await;
        let before = db.db.statements();
        backups::list(&scope(&ours), None, Limit::default()).await.unwrap();
        let between = db.db.statements();
        backups::platform_list(&platform, None, None, Limit::default()).await.unwrap();
        counts.push((between - before, db.db.statements() - between));
    }
    assert!(counts.iter().all(|c| *c == (1, 1)), "the page: {counts:?}");
    let cursor = Cursor { direction: Direction::Older, at: clock.now(), id: uuid::Uuid::nil() };
    let tenant = backups::explain(&platform, Some(&scope(&ours)), &cursor).await.unwrap();
    assert!(tenant.contains("backups_tenant") && tenant.contains("backups_kind"), "{tenant}");
    let all = backups::explain(&platform, None, &cursor).await.unwrap();
    assert!(all.contains("backups_platform") && all.contains("backups_kind"), "{all}");

    let limit = Limit::new(4).unwrap();
    let first = backups::list(&scope(&ours), None, limit).await.unwrap();
    assert_eq!(first.rows[0].bytes_before, Some(104 * 4), "against the one before");
    let second = backups::list(&scope(&ours), first.older.as_ref(), limit).await.unwrap();
    assert_eq!((first.rows.len(), second.rows.len(), second.older), (4, 2, None));
    assert_eq!(second.rows[1].bytes_before, None);
}
