//! Taking messages out to send them.

use chrono::TimeDelta;
use domain::ids::{TenantId, Uuid};
use sea_orm::{FromQueryResult, Value as Bound};
use serde_json::Value;

use crate::error::DataError;
use crate::platform::Platform;

/// For how long a message belongs to who took it; longer than any attempt may last.
pub const LEASE: TimeDelta = TimeDelta::minutes(5);

/// What is due, for [`claim`].
pub(crate) const DUE: &str = "select tenant_id, id from mail_outbox where status in ('queued', 'sending') and due_at <= $2 \
                              order by due_at limit $3 for update skip locked";

const COLUMNS: &str = "m.tenant_id, m.id, m.key, m.kind, m.recipient, m.subject, m.body, m.attempts";

/// A message that is about to be sent by whoever holds this.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// Whose it is.
    pub tenant: TenantId,
    /// Its id.
    pub id: Uuid,
    /// What it is about and for whom.
    pub key: String,
    /// Its kind.
    pub kind: String,
    /// The address.
    pub recipient: String,
    /// What stands above it.
    pub subject: String,
    /// The parts of its text.
    pub body: Value,
    /// Which attempt this is, from 1. It also tells this holder from a later one.
    pub attempt: i16,
}

#[derive(FromQueryResult)]
struct Row {
    tenant_id: Uuid,
    id: Uuid,
    key: String,
    kind: String,
    recipient: String,
    subject: String,
    body: Value,
    attempts: i16,
}

/// Takes up to `limit` messages of all tenants that are due, longest due first: waiting ones, and those of senders that
/// vanished. Index: `mail_outbox_due`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn claim(platform: &Platform, limit: u64) -> Result<Vec<Claimed>, DataError> {
    let sql = format!(
        "update mail_outbox m set status = 'sending', attempts = m.attempts + 1, due_at = $1 from ( \
           {DUE}) d \
         where m.tenant_id = d.tenant_id and m.id = d.id returning {COLUMNS}"
    );
    take(platform, &sql, vec![i64::try_from(limit).unwrap_or(i64::MAX).into()]).await
}

/// Takes one message if it is due and nobody else has it.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn claim_one(platform: &Platform, tenant: TenantId, id: Uuid) -> Result<Option<Claimed>, DataError> {
    let sql = format!(
        "update mail_outbox m set status = 'sending', attempts = m.attempts + 1, due_at = $1 \
         where m.status in ('queued', 'sending') and m.due_at <= $2 and m.tenant_id = $3 and m.id = $4 returning {COLUMNS}"
    );
    Ok(take(platform, &sql, vec![tenant.0.into(), id.into()]).await?.pop())
}

async fn take(platform: &Platform, sql: &str, which: Vec<Bound>) -> Result<Vec<Claimed>, DataError> {
    let now = platform.db().clock().now();
    let values: Vec<Bound> = [(now + LEASE).into(), now.into()].into_iter().chain(which).collect();
    let tx = platform.begin().await?;
    let rows: Vec<Row> = tx.all(sql, values).await?;
    tx.commit().await?;
    Ok(rows.into_iter().map(Claimed::from).collect())
}

impl From<Row> for Claimed {
    fn from(row: Row) -> Self {
        Self {
            tenant: row.tenant_id.into(),
            id: row.id,
            key: row.key,
            kind: row.kind,
            recipient: row.recipient,
            subject: row.subject,
            body: row.body,
            attempt: row.attempts,
        }
    }
}
