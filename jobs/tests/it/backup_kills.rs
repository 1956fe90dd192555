//! Killed while it makes a backup, a process leaves nothing that looks like one.

use std::time::Instant;

use chrono::TimeDelta;
use db::Clock;
use domain::backups::{Kind, Status};
use domain::page::Limit;
use jobs::backups::{sweep, verify};
use tokio_util::sync::CancellationToken;

use crate::backup_child::spawn;
use crate::backup_setup::World;

#[tokio::test]
async fn a_killed_backup_is_never_listed_as_good() {
    let clock = Clock::fixed("2026-11-21T02:00:00Z".parse().unwrap());
    let world = World::with(clock.clone()).await;
    world.order(&world.ours, 6..=300).await;
    let kills = if db::testing::full_counts() { 20 } else { 4 };
    for n in 0..kills {
        let kind = if n % 2 == 0 { Kind::Full } else { Kind::Database };
        // How long a whole one takes, so that each kill hits another moment of it.
        let started = Instant::now();
        assert!(spawn(&world, kind, None).wait().unwrap().success(), "the child can make one at all");
        let whole = started.elapsed();
        clock.set(clock.now() + TimeDelta::minutes(10));
        let mut child = spawn(&world, kind, None);
        // A time and no condition: each kill is to hit another moment.
        tokio::time::sleep(whole.mul_f64(f64::from(n + 1) / f64::from(kills + 1))).await;
        child.kill().unwrap();
        child.wait().unwrap();
        let listed = db::backups::platform_list(&world.platform(), None, None, Limit::default()).await.unwrap().rows;
        for row in listed.iter().filter(|b| b.status.is_kept() && b.started_at == clock.now()) {
            let place = world.place_of(row.kind);
            verify(&world.backups, &place, row.id, &CancellationToken::new()).await.expect("what is listed is whole");
        }
        clock.set(clock.now() + TimeDelta::minutes(10));
        sweep(&world.backups).await.unwrap();
        let listed = db::backups::platform_list(&world.platform(), None, None, Limit::default()).await.unwrap().rows;
        for row in &listed {
            assert_ne!(row.status, Status::Running, "the dead are found");
            let is_there = !world.objects(row.id).is_empty();
            assert_eq!(row.status.is_kept(), is_there, "{:?} {}: nothing is left behind", row.status, row.kind);
        }
    }
    assert_eq!(world.scratches().await, 0);
}

#[tokio::test]
async fn a_stopped_backup_leaves_nothing_and_says_so() {
    let world = World::new().await;
    let stop = CancellationToken::new();
    let stopping = async {
        let platform = world.platform();
        let begun = async || {
            let rows = db::backups::platform_list(&platform, None, None, Limit::default()).await.unwrap().rows;
            rows.iter().any(|row| row.status == Status::Running).then_some(())
        };
        db::testing::eventually("it has begun", begun).await;
        stop.cancel();
    };
    let place = world.whole();
    let making = jobs::backups::create(&world.backups, &place, Kind::Full, domain::backups::Trigger::Demand, &stop);
    let (made, ()) = tokio::join!(making, stopping);
    assert!(made.unwrap_err().to_string().contains("stopped"));
    let rows = db::backups::platform_list(&world.platform(), None, None, Limit::default()).await.unwrap().rows;
    assert_eq!(rows[0].status, Status::Failed);
    assert!(rows[0].error.as_ref().unwrap().contains("stopped") && world.objects(rows[0].id).is_empty());
}
