//! A backup that could not be read back is read back later, by itself.

use std::fs;

use chrono::{DateTime, TimeDelta, Utc};
use db::Clock;
use domain::backups::{Kind, Status, Trouble};
use domain::ids::BackupId;
use jobs::backups::{BackupError, Identity, Recipient, round, sweep, verify, verify_again};
use tokio_util::sync::CancellationToken;

use crate::backup_setup::World;

fn start() -> DateTime<Utc> {
    "2026-11-19T04:00:00Z".parse().unwrap()
}

async fn states(world: &World, ids: &[(Kind, BackupId)]) -> Vec<(Status, bool)> {
    let mut states = Vec::new();
    for (kind, id) in ids {
        let row = world.row(*kind, *id).await;
        states.push((row.status, row.verify_error.is_some()));
    }
    states
}

#[tokio::test]
async fn backups_are_read_back_when_their_storage_is_there_again() {
    let clock = Clock::fixed(start());
    let world = World::with(clock.clone()).await;
    world.file("orders.csv", b"a,b\n1,2\n");
    let stop = CancellationToken::new();
    let first = round(&world.backups, &stop).await.unwrap();
    assert_eq!((first.verified, first.read_again), (5, 0));
    let mut ids = Vec::new();
    for kind in [Kind::Database, Kind::Files] {
        clock.set(clock.now() + TimeDelta::minutes(1));
        ids.push((kind, world.create(kind).await.unwrap().id));
    }
    // The disk is not mounted: its folder is there and empty.
    let (here, away) = (world.folder.join("storage"), world.folder.join("away"));
    fs::rename(&here, &away).unwrap();
    fs::create_dir(&here).unwrap();
    assert_eq!(verify_again(&world.backups, &stop).await.unwrap(), 0, "whoever wrote them reads them first");
    assert_eq!(states(&world, &ids).await, [(Status::Stored, false), (Status::Stored, false)]);
    clock.set(start() + TimeDelta::minutes(65));
    assert_eq!(round(&world.backups, &stop).await.unwrap().read_again, 0);
    assert_eq!(
        states(&world, &ids).await,
        [(Status::Stored, true), (Status::Stored, false)],
        "nothing is called damaged, and one is enough to know that it is away"
    );
    let told = world.alarms().await;
    assert!(
        told.iter().any(|a| a.trouble == Trouble::VerificationFailed && a.words.contains("is mounted")),
        "{told:?}"
    );
    fs::remove_dir(&here).unwrap();
    fs::rename(&away, &here).unwrap();
    clock.set(start() + TimeDelta::minutes(80));
    assert_eq!(round(&world.backups, &stop).await.unwrap().read_again, 1);
    assert_eq!(states(&world, &ids).await, [(Status::Stored, true), (Status::Verified, false)], "each once an hour");
    clock.set(start() + TimeDelta::minutes(130));
    assert_eq!(round(&world.backups, &stop).await.unwrap().read_again, 1);
    assert_eq!(states(&world, &ids).await, [(Status::Verified, false), (Status::Verified, false)]);
    assert_eq!(world.alarms().await, [], "the alarm goes");
    clock.set(start() + TimeDelta::hours(5));
    assert_eq!(verify_again(&world.backups, &stop).await.unwrap(), 0, "what is verified is left alone");
}

#[tokio::test]
async fn one_that_was_good_and_cannot_be_read_any_more_is_tried_again_as_well() {
    let clock = Clock::fixed(start());
    let world = World::with(clock.clone()).await;
    let (made, _) = world.make(Kind::Database).await.unwrap();
    let (here, away) = (world.folder.join("storage"), world.folder.join("away"));
    fs::rename(&here, &away).unwrap();
    let stop = CancellationToken::new();
    let error = verify(&world.backups, &world.place(), made.id, &stop).await.unwrap_err();
    assert!(matches!(error, BackupError::Storage(_)), "{error}");
    let of = [(Kind::Database, made.id)];
    assert_eq!(states(&world, &of).await, [(Status::Verified, true)]);
    fs::rename(&away, &here).unwrap();
    clock.set(start() + TimeDelta::minutes(61));
    assert_eq!(verify_again(&world.backups, &stop).await.unwrap(), 1);
    assert_eq!(states(&world, &of).await, [(Status::Verified, false)]);
}

#[tokio::test]
async fn backups_without_a_row_are_taken_in_and_read_back_once_their_key_is_there() {
    let clock = Clock::fixed(start());
    let mut world = World::with(clock.clone()).await;
    let key = age::x25519::Identity::generate();
    world.backups.recipient = Some(key.to_public().to_string().parse::<Recipient>().unwrap());
    let sealed = (Kind::Database, world.create(Kind::Database).await.unwrap().id);
    clock.set(clock.now() + TimeDelta::minutes(1));
    world.backups.recipient = None;
    let open = (Kind::Database, world.create(Kind::Database).await.unwrap().id);
    let mut owner = world.test.platform_owner().await;
    sqlx::Executor::execute(&mut owner, "delete from backups").await.unwrap();
    assert_eq!(sweep(&world.backups).await.unwrap().adopted, 2);
    let stop = CancellationToken::new();
    clock.set(start() + TimeDelta::minutes(65));
    assert_eq!(verify_again(&world.backups, &stop).await.unwrap(), 1, "one that is sealed holds up no other");
    assert_eq!(states(&world, &[sealed, open]).await, [(Status::Stored, true), (Status::Verified, false)]);
    let secret = age::secrecy::ExposeSecret::expose_secret(&key.to_string()).to_owned();
    world.backups.identity = Some(secret.parse::<Identity>().unwrap());
    assert_eq!(verify_again(&world.backups, &stop).await.unwrap(), 0, "not at once");
    clock.set(start() + TimeDelta::minutes(130));
    assert_eq!(verify_again(&world.backups, &stop).await.unwrap(), 1);
    assert_eq!(states(&world, &[sealed, open]).await, [(Status::Verified, false), (Status::Verified, false)]);
}
