//! What Redis holds of a session: a copy of what PostgreSQL has, or a mark that says to ask PostgreSQL.

use std::collections::HashMap;
use std::time::Duration;

use chrono::TimeDelta;
use db::clock::Clock;
use db::sessions::StoredSession;
use serde_json::json;
use server::sessions::{Copied, Copies, Gap, Sessions};
use tower_sessions::SessionStore;
use tower_sessions::cookie::time::{Duration as Span, OffsetDateTime};
use tower_sessions::session::{Id, Record};

use crate::harness::{App, redis_url};
use crate::redis_server::{Redis, SESSIONS};

/// A new session.
pub fn record() -> Record {
    Record { id: Id::default(), data: HashMap::new(), expiry_date: OffsetDateTime::now_utc() + Span::hours(1) }
}

/// Waits for what must come soon. A single call gives Redis 50 ms, which a busy machine may exceed.
pub async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    db::testing::eventually(what, async || holds().await.then_some(())).await;
}

async fn connected(url: &str) -> Copies {
    let copies = Copies::open(url).unwrap();
    until("Redis is connected", async || copies.is_connected()).await;
    copies
}

fn stored(name: &str) -> StoredSession {
    StoredSession { data: json!({"name": name}), expires_at: Clock::System.now() + TimeDelta::hours(1) }
}

async fn gap(copies: &Copies, row: &[u8]) -> Gap {
    let missing = async || match copies.load(row).await {
        Copied::Missing(gap) => Some(gap),
        Copied::Found(found) => panic!("found {found:?}"),
        Copied::Unknown => None,
    };
    db::testing::eventually("an answer that is no mark", missing).await
}

// Writes a copy as a loader does.
async fn copy(copies: &Copies, row: &[u8], name: &str) {
    until("a copy is written", async || {
        if let Copied::Missing(gap) = copies.load(row).await {
            gap.fill(&stored(name), Duration::from_secs(60)).await;
        }
        found(copies, row).await.is_some()
    })
    .await;
}

async fn found(copies: &Copies, row: &[u8]) -> Option<StoredSession> {
    match copies.load(row).await {
        Copied::Found(session) => Some(session),
        Copied::Missing(_) | Copied::Unknown => None,
    }
}

#[tokio::test]
async fn a_session_that_was_changed_is_read_as_it_was_changed() {
    let app = App::with(&[("REDIS_URL", &redis_url())]).await;
    let here = &app.state.sessions;
    let mut session = record();
    here.create(&mut session).await.unwrap();
    for asked in ["a question", "another one"] {
        // Redis has a copy from now on.
        assert!(here.lives(session.id).await.unwrap());
        session.data.insert("question".into(), json!(asked));
        here.save(&session).await.unwrap();
        let read = here.load(&session.id).await.unwrap().unwrap();
        assert_eq!(read.data, session.data);
    }
}

#[tokio::test]
async fn an_old_copy_of_a_session_never_replaces_a_newer_one() {
    let app = App::with(&[("REDIS_URL", &redis_url())]).await;
    let (here, session) = (&app.state.sessions, &mut record());
    here.create(session).await.unwrap();
    // Ten readers at a time, each of which may have read what it keeps before the change.
    for round in 0..20 {
        let readers: Vec<_> = (0..10)
            .map(|_| {
                let (there, id) = (here.clone(), session.id);
                tokio::spawn(async move { there.load(&id).await })
            })
            .collect();
        session.data.insert("round".into(), json!(round));
        here.save(session).await.unwrap();
        for reader in readers {
            assert!(reader.await.unwrap().unwrap().is_some());
        }
        let read = here.load(&session.id).await.unwrap().unwrap();
        assert_eq!(read.data, session.data, "in round {round}");
    }
}

#[tokio::test]
async fn a_change_revives_no_session_that_was_ended() {
    let app = App::with(&[("REDIS_URL", &redis_url())]).await;
    let (here, mut session) = (&app.state.sessions, record());
    here.create(&mut session).await.unwrap();
    here.delete(&session.id).await.unwrap();
    here.save(&session).await.unwrap();
    assert!(!here.lives(session.id).await.unwrap());
    assert_eq!(db::sessions::load(&app.db, &session.id.0.to_le_bytes()).await.unwrap(), None);
}

#[tokio::test]
async fn a_copy_answers_in_the_place_of_postgresql() {
    let redis = Redis::new();
    let app = App::with(&[("REDIS_URL", &redis.url())]).await;
    let (here, mut session) = (&app.state.sessions, record());
    session.data.insert("name".into(), json!({"nested": [1, -2, 1.5, null, "é"]}));
    here.create(&mut session).await.unwrap();
    until("there is a copy", async || {
        assert_eq!(here.load(&session.id).await.unwrap().unwrap().data, session.data);
        !redis.session_keys(SESSIONS).is_empty()
    })
    .await;
    // Stoa never deletes a row without a mark: this shows which of the two answers.
    db::sessions::delete(&app.db, &session.id.0.to_le_bytes()).await.unwrap();
    until("the copy answers", async || {
        here.load(&session.id).await.unwrap().is_some_and(|read| read.data == session.data)
    })
    .await;
    let keys = redis.session_keys(SESSIONS);
    let ttl = String::from_utf8(redis.cli(SESSIONS, &["ttl", &keys[0]])).unwrap();
    assert!((50..=60).contains(&ttl.trim().parse().unwrap()), "{ttl}");
}

#[tokio::test]
async fn no_key_and_no_value_in_redis_names_a_session() {
    let redis = Redis::new();
    let app = App::with(&[("REDIS_URL", &redis.url())]).await;
    let (here, mut session) = (&app.state.sessions, record());
    here.create(&mut session).await.unwrap();
    for content in ["session", "mark"] {
        until(content, async || {
            assert!(here.lives(session.id).await.unwrap());
            redis.session_keys(SESSIONS).first().is_some_and(|key| {
                let value = redis.cli(SESSIONS, &["get", key]);
                value.windows(content.len()).any(|window| window == content.as_bytes())
            })
        })
        .await;
        let keys = redis.session_keys(SESSIONS);
        let value = redis.cli(SESSIONS, &["get", &keys[0]]);
        let (id, row) = (session.id.0.to_le_bytes(), Sessions::row(session.id));
        for secret in [&id[..], session.id.to_string().as_bytes(), &row, &row[..16]] {
            assert!(!keys[0].as_bytes().windows(secret.len()).any(|part| part == secret));
            assert!(!value.windows(secret.len()).any(|part| part == secret));
        }
        assert_ne!(keys[0].parse::<Id>().unwrap(), session.id);
        assert_eq!(keys.len(), 1, "{content}");
        here.save(&session).await.unwrap();
    }
}

#[tokio::test]
async fn loaders_write_only_to_a_free_key() {
    let redis = Redis::new();
    let copies = connected(&redis.url()).await;
    let late = gap(&copies, b"row").await;
    copy(&copies, b"row", "first").await;
    late.fill(&stored("second"), Duration::from_secs(60)).await;
    assert_eq!(found(&copies, b"row").await.unwrap().data, json!({"name": "first"}));
    assert_eq!(redis.session_keys(SESSIONS).len(), 1, "and leave nothing under another key");
}

#[tokio::test]
async fn writers_only_mark() {
    let redis = Redis::new();
    let app = App::with(&[("REDIS_URL", &redis.url())]).await;
    let (here, mut session) = (&app.state.sessions, record());
    session.data.insert("secret".into(), json!("of this session"));
    let holds = |part: &str| {
        let keys = redis.session_keys(SESSIONS);
        assert!(keys.len() <= 1, "{keys:?}");
        let value = keys.first().map(|key| redis.cli(SESSIONS, &["get", key])).unwrap_or_default();
        value.windows(part.len()).any(|window| window == part.as_bytes())
    };
    let is_marked = || holds("mark") && !holds("of this session");
    here.create(&mut session).await.unwrap();
    assert!(redis.session_keys(SESSIONS).is_empty(), "a new session has neither copy nor mark");
    here.save(&session).await.unwrap();
    until("a mark where there was no copy", async || is_marked()).await;
    redis.cli(SESSIONS, &["flushdb"]);
    until("a copy", async || {
        here.load(&session.id).await.unwrap();
        holds("of this session")
    })
    .await;
    here.save(&session).await.unwrap();
    until("a mark over a copy", async || is_marked()).await;
    here.load(&session.id).await.unwrap();
    assert!(is_marked(), "which no loader replaces");
    here.delete(&session.id).await.unwrap();
    assert!(is_marked());
    let ttl = String::from_utf8(redis.cli(SESSIONS, &["ttl", &redis.session_keys(SESSIONS)[0]])).unwrap();
    assert!((100..=120).contains(&ttl.trim().parse().unwrap()), "a mark outlives what was read before it: {ttl}");
}

#[tokio::test]
async fn a_session_read_before_its_end_is_never_copied_after_it() {
    let redis = Redis::new();
    let (here, there) = (connected(&redis.url()).await, connected(&redis.url()).await);
    let late = gap(&there, b"row").await;
    here.mark(b"row").await;
    late.fill(&stored("of the past"), Duration::from_secs(60)).await;
    assert_eq!(found(&there, b"row").await, None);
    // A loader that is held up until the mark has expired: its copy has expired as well.
    let late = gap(&there, b"other").await;
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    late.fill(&stored("of the past"), Duration::from_secs(1)).await;
    assert_eq!(found(&there, b"other").await, None);
}

#[tokio::test]
async fn a_mark_that_redis_did_not_take_is_sent_again_and_holds_here_at_once() {
    let redis = Redis::new();
    let (here, there) = (connected(&redis.url()).await, connected(&redis.url()).await);
    copy(&here, b"row", "copied").await;
    assert!(found(&there, b"row").await.is_some());
    redis.freeze();
    here.mark(b"row").await;
    assert_eq!(found(&here, b"row").await, None);
    redis.thaw();
    until("the mark has arrived", async || {
        let keys = redis.session_keys(SESSIONS);
        redis.cli(SESSIONS, &["get", &keys[0]]).windows(4).any(|window| window == b"mark")
    })
    .await;
    assert_eq!((found(&here, b"row").await, found(&there, b"row").await), (None, None));
}

#[tokio::test]
async fn a_server_with_one_database_serves_from_that_one() {
    let redis = Redis::with(&["--databases", "1"]);
    let app = App::with(&[("REDIS_URL", &redis.url())]).await;
    let (here, mut session) = (&app.state.sessions, record());
    here.create(&mut session).await.unwrap();
    until("there is a copy", async || {
        assert!(here.lives(session.id).await.unwrap());
        redis.session_keys(0).len() == 1
    })
    .await;
    here.delete(&session.id).await.unwrap();
    assert!(!here.lives(session.id).await.unwrap());
    until("the cache is there too", async || app.db.cache().redis_answers().await == Some(true)).await;
}

#[tokio::test]
async fn a_server_behind_a_socket_is_used_as_well() {
    let redis = Redis::new();
    copy(&connected(&redis.socket_url()).await, b"row", "by the socket").await;
}

#[tokio::test]
async fn a_server_that_takes_no_marks_is_not_asked_for_copies() {
    let redis = Redis::new();
    let url = redis.url().replace("//", "//reader:secret@");
    redis.cli(0, &["acl", "setuser", "reader", "on", ">secret", "~*", "+@all", "-set"]);
    let copies = Copies::open(&url).unwrap();
    assert!(matches!(copies.load(b"row").await, Copied::Unknown));
    assert!(!copies.is_connected());
    redis.cli(0, &["acl", "setuser", "reader", "+set"]);
    until("it is used as soon as it takes them", async || copies.is_connected()).await;
    gap(&copies, b"row").await;
}
