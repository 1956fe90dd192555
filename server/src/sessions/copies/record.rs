//! The records of the Redis store. A copy holds the session under one name and when it ends under another: what the store
//! takes for the end of a record is only how long the copy may answer.

use chrono::{DateTime, Utc};
use db::sessions::StoredSession;
use serde_json::Value;
use sha2::{Digest, Sha256};
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions_core_014::session::{Id, Record};

const SESSION: &str = "session";
const EXPIRES_AT: &str = "expires_at";
const MARK: &str = "mark";

/// The key of the session stored as `row`, in that run of Redis.
pub fn key(run: &str, row: &[u8]) -> Id {
    let digest = Sha256::new().chain_update(b"stoa session\0").chain_update(run).chain_update(b"\0").chain_update(row);
    let mut id = [0; 16];
    id.copy_from_slice(&digest.finalize()[..16]);
    Id(i128::from_le_bytes(id))
}

/// A copy of `session` that may answer until `until`.
pub fn copy(id: Id, session: &StoredSession, until: OffsetDateTime) -> Record {
    let expires_at = session.expires_at.to_rfc3339();
    let data = [(SESSION.to_owned(), session.data.clone()), (EXPIRES_AT.to_owned(), expires_at.into())].into();
    Record { id, data, expiry_date: until }
}

/// A mark that says "ask PostgreSQL" until `until`.
pub fn mark(id: Id, until: OffsetDateTime) -> Record {
    Record { id, data: [(MARK.to_owned(), Value::Bool(true))].into(), expiry_date: until }
}

/// The session of a copy; none of a mark, or of what cannot be read.
pub fn session(mut record: Record) -> Option<StoredSession> {
    let expires_at = DateTime::parse_from_rfc3339(record.data.get(EXPIRES_AT)?.as_str()?).ok()?.with_timezone(&Utc);
    Some(StoredSession { data: record.data.remove(SESSION)?, expires_at })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_copy_is_read_as_the_session_that_was_written() {
        let data = json!({"person": "x", "until": 1_795_000_000_i64, "nested": [{"n": -1}, 1.5, null, true]});
        let expires_at = DateTime::parse_from_rfc3339("2026-11-30T12:00:00.123456Z").unwrap().with_timezone(&Utc);
        let stored = StoredSession { data, expires_at };
        let record = copy(Id(7), &stored, OffsetDateTime::UNIX_EPOCH);
        assert_eq!(session(record), Some(stored));
        assert_eq!(session(mark(Id(7), OffsetDateTime::UNIX_EPOCH)), None);
    }

    #[test]
    fn keys_differ_by_run_and_by_session_and_never_show_either() {
        let (row, other) = ([7_u8; 32], [8_u8; 32]);
        assert_eq!(key("a", &row), key("a", &row));
        assert_ne!(key("a", &row), key("b", &row));
        assert_ne!(key("a", &row), key("a", &other));
        assert_ne!(key("a", &row).0.to_le_bytes(), row[..16]);
    }
}
