//! The store that the layer of tower-sessions works with. PostgreSQL is written first; a mark in Redis follows.

use async_trait::async_trait;
use db::DataError;
use db::sessions::StoredSession;
use serde_json::{Map, Value};
use tower_sessions::SessionStore;
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

use super::{Reading, Sessions, data, key};
use crate::middleware::current;

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let session = self.stored(record);
        let (id, person) = (key(record.id), data::person(&session.data));
        let Some(old) = current::take_renamed() else {
            return db::sessions::save(&self.db, &id, person, &session).await.map_err(failed);
        };
        db::sessions::replace(&self.db, &key(old), &id, person, &session).await.map_err(failed)?;
        self.mark(&Self::row(old)).await;
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let session = self.stored(record);
        let person = data::person(&session.data);
        if db::sessions::update(&self.db, &key(record.id), person, &session).await.map_err(failed)? {
            // The next request must see what this one has written.
            self.mark(&Self::row(record.id)).await;
        }
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(stored) = self.find(&key(*id), Reading::Check).await.map_err(failed)? else { return Ok(None) };
        let data = stored.data.as_object().cloned().unwrap_or_default().into_iter().collect();
        let expiry_date = OffsetDateTime::from_unix_timestamp(stored.expires_at.timestamp());
        Ok(expiry_date.ok().map(|expiry_date| Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        // It continues under another id, and ends when that one is stored.
        if current::is_renamed(*id) {
            return Ok(());
        }
        db::sessions::delete(&self.db, &key(*id)).await.map_err(failed)?;
        self.mark(&Self::row(*id)).await;
        Ok(())
    }
}

impl Sessions {
    fn stored(&self, record: &Record) -> StoredSession {
        let data = Value::Object(record.data.clone().into_iter().collect::<Map<_, _>>());
        StoredSession { expires_at: self.end(&data, Some(record.expiry_date)), data }
    }
}

fn failed(error: DataError) -> Error {
    Error::Backend(error.to_string())
}
