//! Retention over simulated days, and the sweep.

use chrono::{DateTime, TimeDelta, Utc};
use db::Clock;
use domain::backups::{Kind, Status};
use domain::page::Limit;
use jobs::backups::{prune, round, sweep};
use tokio_util::sync::CancellationToken;

use crate::backup_setup::World;

fn first_night() -> DateTime<Utc> {
    "2026-10-01T03:30:00Z".parse().unwrap()
}

async fn kept(world: &World, kind: Kind) -> Vec<DateTime<Utc>> {
    let limit = Limit::new(200).unwrap();
    let rows = db::backups::platform_list(&world.platform(), Some(kind), None, limit).await.unwrap().rows;
    rows.into_iter().filter(|b| b.status == Status::Verified).map(|b| b.started_at).collect()
}

// What is said of backups that are not good.
async fn faults(world: &World) -> Vec<String> {
    let rows = db::backups::platform_list(&world.platform(), None, None, Limit::default()).await.unwrap().rows;
    rows.into_iter().filter_map(|b| b.error.or(b.verify_error)).collect()
}

#[tokio::test]
async fn forty_five_days_keep_exactly_the_documented_ones() {
    let clock = Clock::fixed(first_night());
    let mut world = World::with(clock.clone()).await;
    // In short fewer days, kept as much shorter; 45 by the rule alone are lived through in `domain`.
    let (days, kept_days) = if db::testing::full_counts() { (45, 30) } else { (5, 3) };
    world.backups.days = kept_days;
    for day in 0..days {
        clock.set(first_night() + TimeDelta::days(day));
        let done = round(&world.backups, &CancellationToken::new()).await.unwrap();
        let why = faults(&world).await;
        assert_eq!((done.failed, done.verified), (0, 5), "day {day}: the whole, and two kinds of two tenants; {why:?}");
        let again = round(&world.backups, &CancellationToken::new()).await.unwrap();
        assert_eq!(again.verified, 0, "once a day");
    }
    let first_kept = days - 1 - i64::from(kept_days);
    let expected: Vec<_> = (first_kept..days).rev().map(|day| first_night() + TimeDelta::days(day)).collect();
    assert_eq!(kept(&world, Kind::Full).await, expected);
    assert_eq!(kept(&world, Kind::Files).await.len(), expected.len() * 2);
    assert!(world.alarms().await.is_empty(), "{:?}", world.alarms().await);

    clock.set(clock.now() - TimeDelta::days(40));
    assert!(prune(&world.backups).await.unwrap_err().to_string().contains("server clock"));
    assert_eq!(kept(&world, Kind::Full).await, expected, "a clock set back takes nothing");
}

#[tokio::test]
async fn tidying_takes_in_whole_backups_without_a_row_and_removes_the_rest() {
    let clock = Clock::System;
    let world = World::with(clock).await;
    let (whole, _) = world.make(Kind::Database).await.unwrap();
    let (broken, _) = world.make(Kind::Database).await.unwrap();
    let label = world.objects(broken.id).into_iter().find(|p| p.ends_with("label.json")).unwrap();
    std::fs::remove_file(label).unwrap();
    let mut owner = world.test.platform_owner().await;
    sqlx::Executor::execute(&mut owner, "delete from backups").await.unwrap();
    let done = sweep(&world.backups).await.unwrap();
    assert_eq!(done.adopted, 1);
    assert_eq!(
        world.row(Kind::Database, whole.id).await.status,
        Status::Stored,
        "not called good before it was read back"
    );
    assert!(!world.objects(broken.id).is_empty(), "it may be one that is just being written");
}

#[tokio::test]
async fn the_lists_are_cached_until_a_backup_changes() {
    let world = World::new().await;
    let (platform, scope) = (world.platform(), world.scope());
    assert_eq!(db::backups::summary(&scope).await.unwrap().count, 0);
    let (made, _) = world.make(Kind::Database).await.unwrap();
    let ours = db::backups::summary(&scope).await.unwrap();
    assert_eq!((ours.count, ours.bytes), (1, made.bytes));
    assert_eq!(db::backups::platform_summary(&platform).await.unwrap().count, 1);
    let computed = world.test.db.cache().computed();
    for _ in 0..5 {
        db::backups::summary(&scope).await.unwrap();
        db::backups::platform_summary(&platform).await.unwrap();
    }
    assert_eq!(world.test.db.cache().computed(), computed, "nothing is counted again");
    world.make(Kind::Full).await.unwrap();
    let all = db::backups::platform_summary(&platform).await.unwrap();
    assert_eq!(
        all.kinds.iter().map(|k| (k.kind, k.count, k.verified)).collect::<Vec<_>>(),
        [(Kind::Full, 1, 1), (Kind::Database, 1, 1)]
    );
    let theirs = world.theirs.scope(domain::permission::Permission::ReadBackups).unwrap();
    assert_eq!(db::backups::summary(&theirs).await.unwrap().count, 0, "others are not counted");
    assert!(db::backups::list(&theirs, None, Limit::default()).await.unwrap().rows.is_empty());
}
