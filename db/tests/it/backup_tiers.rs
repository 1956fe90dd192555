//! What a tier says about backups: how long they are kept and how often they are made.

use chrono::{DateTime, TimeDelta, Utc};
use db::Clock;
use db::backups::{self, Began, Done, NewBackup, Place};
use db::platform::Platform;
use db::testing::{self, TestDb};
use domain::backups::{Kind, Trigger};
use domain::permission::Permission;
use serde_json::json;

const DEFAULT_DAYS: u32 = 30;

fn first_night() -> DateTime<Utc> {
    "2026-10-01T03:30:00Z".parse().unwrap()
}

async fn make(db: &TestDb, due: &backups::Due) {
    let place = Place::for_job(&db.db, due.tenant).unwrap();
    let new = NewBackup { kind: due.kind, trigger: Trigger::Schedule, recipient: None, days: DEFAULT_DAYS };
    let Began::Mine(claim) = backups::begin(&place, &new).await.unwrap() else { panic!("one is running") };
    backups::store(&place, &claim, &Done::default()).await.unwrap();
    backups::note_verified(&place, claim.id, due.kind, TimeDelta::zero()).await.unwrap();
}

#[tokio::test]
async fn a_tier_says_how_often_backups_are_made_and_how_long_they_are_kept() {
    let clock = Clock::fixed(first_night());
    let db = TestDb::with(clock.clone(), None).await;
    let (thrifty, plain) = (testing::tenant(&db.db, "thrifty").await, testing::tenant(&db.db, "plain").await);
    let platform = Platform::command(db.db.clone());
    let limits = json!({"backup_days": 7, "backup_every_days": 3});
    platform.ensure_tier("small", "Small", limits).await.unwrap();
    assert!(platform.put_on_tier("thrifty", "small").await.unwrap());
    let scope = |access: &db::Access| access.scope(Permission::ManageBackups).unwrap();
    assert_eq!(backups::retention_days(&scope(&thrifty), DEFAULT_DAYS).await.unwrap(), 7);
    assert_eq!(backups::retention_days(&scope(&plain), DEFAULT_DAYS).await.unwrap(), DEFAULT_DAYS);

    let mut nights = Vec::new();
    for night in 0..40 {
        clock.set(first_night() + TimeDelta::days(night));
        let due = backups::due(&platform).await.unwrap();
        for due in &due {
            make(&db, due).await;
        }
        assert_eq!(backups::due(&platform).await.unwrap(), [], "once a night");
        let of = |tenant| due.iter().filter(|d| d.tenant == tenant && d.kind == Kind::Database).count();
        assert_eq!(of(plain.tenant()), 1, "night {night}");
        if of(thrifty.tenant()) > 0 {
            nights.push(night);
        }
    }
    assert_eq!(nights, (0..40).step_by(3).collect::<Vec<_>>(), "every third night");

    let held = backups::retained(&platform, DEFAULT_DAYS).await.unwrap();
    let gone = domain::backups::expired(clock.now(), &held).unwrap();
    let kept = |tenant| {
        let of = held.iter().filter(|h| h.tenant == tenant && h.kind == Kind::Files && !gone.contains(&h.id));
        let mut ages: Vec<i64> = of.map(|h| (clock.now() - h.started_at).num_days()).collect();
        ages.sort_unstable();
        ages
    };
    assert_eq!(kept(thrifty.tenant()), [0, 3, 6], "seven days");
    assert_eq!(kept(plain.tenant()), (0..=30).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_last_good_one_outlives_a_tier_that_keeps_for_less_than_it_makes() {
    let clock = Clock::fixed(first_night());
    let db = TestDb::with(clock.clone(), None).await;
    let ours = testing::tenant(&db.db, "ours").await;
    let platform = Platform::command(db.db.clone());
    platform.ensure_tier("odd", "Odd", json!({"backup_days": 1, "backup_every_days": 10})).await.unwrap();
    platform.put_on_tier("ours", "odd").await.unwrap();
    for due in backups::due(&platform).await.unwrap() {
        make(&db, &due).await;
    }
    clock.set(first_night() + TimeDelta::days(9));
    let held = backups::retained(&platform, DEFAULT_DAYS).await.unwrap();
    assert_eq!(held.iter().filter(|h| h.tenant == ours.tenant()).count(), 2);
    assert_eq!(domain::backups::expired(clock.now(), &held).unwrap(), []);
}
