//! A session that ended is invalid in every process, whatever Redis went through meanwhile.

use std::time::Duration;

use server::sessions::Sessions;
use tower_sessions::SessionStore;
use tower_sessions::session::Id;

use crate::harness::{App, Other};
use crate::redis_server::{Redis, SESSIONS};
use crate::session_copies::{record, until};

// Two processes over the same data.
struct World {
    redis: Redis,
    app: App,
    other: Other,
}

impl World {
    async fn new() -> Self {
        let redis = Redis::new();
        let url = redis.url();
        let settings = [("REDIS_URL", url.as_str())];
        let app = App::with(&settings).await;
        let other = app.another(&settings).await;
        Self { redis, app, other }
    }

    fn here(&self) -> &Sessions {
        &self.app.state.sessions
    }

    fn there(&self) -> &Sessions {
        &self.other.state.sessions
    }

    // A session that both processes have asked for, so that Redis has a copy.
    async fn copied(&self) -> Id {
        let mut session = record();
        self.here().create(&mut session).await.unwrap();
        let before = self.redis.session_keys(SESSIONS).len();
        until("there is a copy", async || {
            assert_eq!(self.lives(session.id).await, [true, true]);
            self.redis.session_keys(SESSIONS).len() > before
        })
        .await;
        session.id
    }

    async fn lives(&self, id: Id) -> [bool; 2] {
        [self.here().lives(id).await.unwrap(), self.there().lives(id).await.unwrap()]
    }

    // Waits until both processes use Redis: a session that each asks for first is copied.
    async fn redis_is_used(&self) {
        for process in [self.here(), self.there()] {
            until("Redis is used again without a restart", async || {
                let (before, mut session) = (self.redis.session_keys(SESSIONS).len(), record());
                process.create(&mut session).await.unwrap();
                assert!(process.lives(session.id).await.unwrap());
                self.redis.session_keys(SESSIONS).len() > before
            })
            .await;
        }
    }

    // From now on, and within a second from now, the session is invalid in both processes.
    async fn ends_within_a_second(&self, id: Id) {
        db::testing::within_a_second("it has ended", async || self.lives(id).await == [false, false]).await;
        self.redis_is_used().await;
        assert_eq!(self.lives(id).await, [false, false]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ended_here_is_invalid_there_within_a_second() {
    let world = World::new().await;
    let id = world.copied().await;
    world.here().delete(&id).await.unwrap();
    world.ends_within_a_second(id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_snapshot_revives_no_session() {
    let mut world = World::new().await;
    let [before, meanwhile, after] = [world.copied().await, world.copied().await, world.copied().await];
    let copies = world.redis.session_keys(SESSIONS);
    world.redis.save();
    world.there().delete(&before).await.unwrap();
    world.redis.kill();
    world.here().delete(&meanwhile).await.unwrap();
    assert_eq!(world.lives(meanwhile).await, [false, false], "while Redis is gone");
    world.redis.start();
    let revived = world.redis.session_keys(SESSIONS);
    assert!(copies.iter().all(|key| revived.contains(key)), "the snapshot has the copies and not the mark");
    for id in [before, meanwhile] {
        assert_eq!(world.lives(id).await, [false, false], "as soon as Redis is back");
    }
    world.redis_is_used().await;
    for id in [before, meanwhile] {
        assert_eq!(world.lives(id).await, [false, false], "when Redis is used again");
    }
    assert_eq!(world.lives(after).await, [true, true]);
    world.here().delete(&after).await.unwrap();
    world.ends_within_a_second(after).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ended_while_redis_was_frozen_is_invalid_everywhere_within_a_second_of_its_return() {
    let world = World::new().await;
    for settled in [Duration::ZERO, Duration::from_secs(3)] {
        let id = world.copied().await;
        world.redis.freeze();
        // At once, and when both processes have given up on Redis.
        tokio::time::sleep(settled).await;
        world.here().delete(&id).await.unwrap();
        assert_eq!(world.lives(id).await, [false, false], "PostgreSQL answers");
        tokio::time::sleep(settled).await;
        world.redis.thaw();
        world.ends_within_a_second(id).await;
    }
}
