//! Putting messages into the outbox.

use domain::ids::Uuid;
use sea_orm::FromQueryResult;
use serde_json::Value;

use crate::clock::Clock;
use crate::error::DataError;
use crate::platform::PlatformTx;
use crate::queue::{self, NewJob};
use crate::scope::Tx;

/// A message for one recipient.
#[derive(Clone, Debug)]
pub struct NewMail {
    /// What it is about and for whom; a tenant has one message a key.
    pub key: String,
    /// Its kind, such as `order`.
    pub kind: &'static str,
    /// The address.
    pub recipient: String,
    /// What stands above it.
    pub subject: String,
    /// The parts of its text.
    pub body: Value,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
}

/// Puts messages into the outbox; the ids of those whose key was not there yet. One statement, none for no message.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn put(tx: &Tx, mails: &[NewMail]) -> Result<Vec<Uuid>, DataError> {
    if mails.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Row> = tx.all(INSERT, values(tx.scope().clock(), mails)).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The same for messages of the installation itself.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn put_for_platform(tx: &PlatformTx, mails: &[NewMail]) -> Result<Vec<Uuid>, DataError> {
    if mails.is_empty() {
        return Ok(Vec::new());
    }
    let nil = std::iter::once(PlatformTx::NIL.0.into());
    let rows: Vec<Row> = tx.all(INSERT, nil.chain(values(tx.db().clock(), mails))).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Puts a message into the outbox and has it sent at once.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn post(tx: &Tx, mail: NewMail) -> Result<(), DataError> {
    if put(tx, &[mail]).await?.is_empty() {
        return Ok(());
    }
    queue::enqueue(tx, &sending()).await.map(drop)
}

/// The same for a message that belongs to no tenant: to somebody about their account.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn post_for_platform(tx: &PlatformTx, mail: NewMail) -> Result<(), DataError> {
    if put_for_platform(tx, &[mail]).await?.is_empty() {
        return Ok(());
    }
    queue::enqueue_for_platform(tx, PlatformTx::NIL, &sending()).await.map(drop)
}

// SQL: any number of messages in one statement; it gives the ids of those that were not there.
const INSERT: &str = "insert into mail_outbox (tenant_id, id, key, kind, recipient, subject, body, due_at, created_at) \
     select $1, m.id, m.key, m.kind, m.recipient, m.subject, m.body::jsonb, $2, $2 \
     from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) m (id, key, kind, recipient, subject, body) \
     order by m.key on conflict (tenant_id, key) do nothing returning id";

// From $2 on.
fn values(clock: &Clock, mails: &[NewMail]) -> [sea_orm::Value; 7] {
    let text = |read: fn(&NewMail) -> String| mails.iter().map(read).collect::<Vec<String>>();
    [
        clock.now().into(),
        mails.iter().map(|_| clock.id::<Uuid>()).collect::<Vec<_>>().into(),
        text(|m| m.key.clone()).into(),
        text(|m| m.kind.to_owned()).into(),
        text(|m| m.recipient.clone()).into(),
        text(|m| m.subject.clone()).into(),
        text(|m| m.body.to_string()).into(),
    ]
}

// The timetable sends each minute what is due; nobody who waits for a link should wait that long.
fn sending() -> NewJob {
    let job = NewJob::new("send_mail", serde_json::json!({}));
    NewJob { key: Some("now".to_owned()), queue: "mail", ..job }
}
