//! What Redis holds of a session is what the session is.

use std::collections::HashMap;

use serde_json::json;
use tower_sessions::SessionStore;
use tower_sessions::cookie::time::{Duration, OffsetDateTime};
use tower_sessions::session::{Id, Record};

use crate::harness::{App, redis_url};

fn record() -> Record {
    Record { id: Id::default(), data: HashMap::new(), expiry_date: OffsetDateTime::now_utc() + Duration::hours(1) }
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
async fn nobody_puts_an_old_copy_in_the_place_of_a_newer_one() {
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
