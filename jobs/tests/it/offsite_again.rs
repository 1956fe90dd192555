//! A copy elsewhere that failed is made an hour later.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use chrono::TimeDelta;
use db::Clock;
use domain::backups::{Kind, Offsite as State};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use jobs::backups::Offsite;
use jobs::backups::offsite::copy_again;
use jobs::storage::{ObjectPath, Storage};
use tokio_util::sync::CancellationToken;

use crate::backup_setup::World;

#[derive(Default)]
struct There {
    away: AtomicBool,
    tried: AtomicUsize,
}

impl Offsite for There {
    fn copy<'a>(&'a self, _: &'a Storage, _: &'a ObjectPath) -> BoxFuture<'a, Result<(), String>> {
        self.tried.fetch_add(1, Ordering::SeqCst);
        let away = self.away.load(Ordering::SeqCst);
        async move { if away { Err("it is away".to_owned()) } else { Ok(()) } }.boxed()
    }

    fn remove<'a>(&'a self, _: &'a ObjectPath) -> BoxFuture<'a, Result<(), String>> {
        async { Ok(()) }.boxed()
    }
}

#[tokio::test]
async fn a_copy_that_failed_is_made_an_hour_later() {
    let start = "2026-11-19T12:00:00Z".parse().unwrap();
    let clock = Clock::fixed(start);
    let mut world = World::with(clock.clone()).await;
    let there = Arc::new(There::default());
    world.backups.offsite = Some(Arc::clone(&there) as Arc<dyn Offsite>);
    let stop = CancellationToken::new();
    there.away.store(true, Ordering::SeqCst);
    let ids = [world.make(Kind::Database).await.unwrap().0.id, world.make(Kind::Files).await.unwrap().0.id];
    let states = async || {
        let mut states = Vec::new();
        for id in ids {
            let backup = db::backups::show(&world.place(), id).await.unwrap();
            states.push((backup.offsite, backup.offsite_error));
        }
        states
    };
    let failed = (State::Failed, Some("it is away".to_owned()));
    assert_eq!(states().await, [failed.clone(), failed.clone()]);
    assert_eq!(copy_again(&world.backups, &stop).await.unwrap(), 0, "not at once");
    assert_eq!(there.tried.load(Ordering::SeqCst), 2);
    clock.set(start + TimeDelta::minutes(61));
    assert_eq!(copy_again(&world.backups, &stop).await.unwrap(), 0);
    assert_eq!(there.tried.load(Ordering::SeqCst), 3, "one is enough to know that it is away still");
    there.away.store(false, Ordering::SeqCst);
    clock.set(start + TimeDelta::minutes(130));
    assert_eq!(copy_again(&world.backups, &stop).await.unwrap(), 2);
    assert_eq!(states().await, [(State::Copied, None), (State::Copied, None)]);
    assert_eq!(copy_again(&world.backups, &stop).await.unwrap(), 0);
    assert_eq!(there.tried.load(Ordering::SeqCst), 5);
}
