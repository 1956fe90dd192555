//! Eight ways in which a backup breaks: each is told, and the last good one stays.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use chrono::TimeDelta;
use db::Clock;
use domain::backups::{Kind, Status, Trouble};
use domain::ids::BackupId;
use jobs::backups::{prune, verify};
use tokio_util::sync::CancellationToken;

use crate::backup_setup::World;

/// A good backup, and a day later.
async fn after_a_good_one(kind: Kind) -> (World, BackupId, Clock) {
    let clock = Clock::fixed("2026-11-21T02:00:00Z".parse().unwrap());
    let world = World::with(clock.clone()).await;
    world.file("orders.csv", &b"some words\n".repeat(5_000));
    let (good, _) = world.make(kind).await.unwrap();
    clock.set(clock.now() + TimeDelta::days(1));
    (world, good.id, clock)
}

/// The alarm is there, the good one survives any age, and nothing broken is called good.
async fn is_told(world: &World, kind: Kind, good: BackupId, clock: &Clock, trouble: Trouble) {
    let alarms = world.alarms().await;
    let told = alarms.iter().find(|a| a.kind == kind && a.trouble == trouble);
    assert!(told.is_some_and(|a| !a.words.is_empty()), "{trouble:?} is not among {alarms:?}");
    clock.set(clock.now() + TimeDelta::days(400));
    prune(&world.backups).await.unwrap();
    assert_eq!(world.row(kind, good).await.status, Status::Verified, "the last good one stays");
    verify(&world.backups, &world.place_of(kind), good, &CancellationToken::new()).await.unwrap();
}

async fn is_found_damaged(change: impl Fn(&World, BackupId)) {
    for kind in [Kind::Database, Kind::Files, Kind::Full] {
        let (world, good, clock) = after_a_good_one(kind).await;
        let bad = world.create(kind).await.unwrap();
        change(&world, bad.id);
        let error = verify(&world.backups, &world.place_of(kind), bad.id, &CancellationToken::new()).await.unwrap_err();
        assert!(error.is_bad(), "{kind}: {error}");
        assert_eq!(world.row(kind, bad.id).await.status, Status::Failed);
        is_told(&world, kind, good, &clock, Trouble::VerificationFailed).await;
    }
}

// The largest object: a part with content.
fn largest(world: &World, id: BackupId) -> std::path::PathBuf {
    let data = |p: &std::path::PathBuf| !p.ends_with("label.json") && !p.ends_with("manifest.json");
    world.objects(id).into_iter().filter(data).max_by_key(|p| fs::metadata(p).unwrap().len()).unwrap()
}

#[tokio::test]
async fn a_pg_dump_of_the_wrong_version_is_told() {
    let (mut world, good, clock) = after_a_good_one(Kind::Full).await;
    let folder = world.folder.join("old");
    fs::create_dir_all(&folder).unwrap();
    for name in ["pg_dump", "pg_restore"] {
        fs::write(folder.join(name), "#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n").unwrap();
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    world.backups.programs = Some(folder);
    let error = world.create(Kind::Full).await.unwrap_err().to_string();
    assert!(error.contains("9.6.24") && error.contains("install"), "{error}");
    world.backups.programs = None;
    is_told(&world, Kind::Full, good, &clock, Trouble::LastFailed).await;
}

#[tokio::test]
async fn an_empty_file_is_told() {
    is_found_damaged(|world, id| fs::write(largest(world, id), b"").unwrap()).await;
}

#[tokio::test]
async fn a_truncated_file_is_told() {
    is_found_damaged(|world, id| {
        let path = largest(world, id);
        let length = fs::metadata(&path).unwrap().len();
        fs::OpenOptions::new().write(true).open(path).unwrap().set_len(length - 1).unwrap();
    })
    .await;
}

#[tokio::test]
async fn one_flipped_bit_is_told() {
    is_found_damaged(|world, id| {
        let path = largest(world, id);
        let mut content = fs::read(&path).unwrap();
        let middle = content.len() / 2;
        content[middle] ^= 1;
        fs::write(path, content).unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_missing_file_is_told() {
    is_found_damaged(|world, id| fs::remove_file(largest(world, id)).unwrap()).await;
}

#[tokio::test]
async fn a_missing_label_is_told() {
    is_found_damaged(|world, id| {
        let label = world.objects(id).into_iter().find(|p| p.ends_with("label.json"));
        fs::remove_file(label.unwrap()).unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_full_target_is_told() {
    let (world, good, clock) = after_a_good_one(Kind::Files).await;
    // Two megabytes that cannot be packed, where no file may grow beyond one.
    let mut noise = 1_u32;
    let content: Vec<u8> = std::iter::repeat_with(|| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (noise >> 24) as u8
    })
    .take(2 << 20)
    .collect();
    world.file("more.csv", &content);
    let ended = crate::backup_child::spawn(&world, Kind::Files, Some(1024)).wait().unwrap();
    assert!(!ended.success());
    let alarms = world.alarms().await;
    assert!(alarms.iter().any(|a| a.words.contains("storage is full")), "{alarms:?}");
    is_told(&world, Kind::Files, good, &clock, Trouble::LastFailed).await;
}

#[tokio::test]
async fn a_target_without_permission_is_told() {
    let (mut world, good, clock) = after_a_good_one(Kind::Database).await;
    let whole = world.backups.storage.clone();
    // Nobody may make folders there, not even root.
    let forbidden = jobs::storage::StorageUrl::Local("/sys".into());
    world.backups.storage = jobs::storage::Storage::open(&forbidden).unwrap();
    let error = world.create(Kind::Database).await.unwrap_err().to_string();
    assert!(error.contains("denied access"), "{error}");
    world.backups.storage = whole;
    is_told(&world, Kind::Database, good, &clock, Trouble::LastFailed).await;
}

#[tokio::test]
async fn a_job_that_never_ran_is_told() {
    let (world, good, clock) = after_a_good_one(Kind::Database).await;
    clock.set(clock.now() + TimeDelta::hours(3));
    let never: Vec<Trouble> = world.alarms().await.iter().filter(|a| a.kind == Kind::Full).map(|a| a.trouble).collect();
    assert_eq!(never, [Trouble::NeverRan], "of the whole there never was one");
    is_told(&world, Kind::Database, good, &clock, Trouble::TooOld).await;
}
