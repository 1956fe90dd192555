//! Taking messages out to send them.

use chrono::TimeDelta;
use domain::ids::{TenantId, Uuid};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, QueryFilter, Set};
use serde_json::Value;

use crate::entities::enums::MailStatus;
use crate::entities::{AllTenantsQueries, mail_outbox};
use crate::error::DataError;
use crate::platform::Platform;

/// For how long a message belongs to who took it; longer than any attempt may last.
pub const LEASE: TimeDelta = TimeDelta::minutes(5);

/// What is due, for [`claim`].
// SQL: found and locked, to be taken in one statement; its plan is tested.
pub(crate) const DUE: &str = "select tenant_id, id from mail_outbox where status in ('queued', 'sending') and due_at <= $2 \
                              order by due_at limit $3 for update skip locked";

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

/// Takes up to `limit` messages of all tenants that are due, longest due first: waiting ones, and those of senders that
/// vanished. Index: `mail_outbox_due`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn claim(platform: &Platform, limit: u64) -> Result<Vec<Claimed>, DataError> {
    // SQL: found, locked and taken in one statement.
    let sql = format!(
        "update mail_outbox m set status = 'sending', attempts = m.attempts + 1, due_at = $1 from ( \
           {DUE}) d \
         where m.tenant_id = d.tenant_id and m.id = d.id returning m.*"
    );
    let now = platform.db().clock().now();
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let tx = platform.begin().await?;
    let taken: Vec<mail_outbox::Model> = tx.all(&sql, [(now + LEASE).into(), now.into(), limit.into()]).await?;
    tx.commit().await?;
    Ok(taken.into_iter().map(Claimed::from).collect())
}

/// Takes one message if it is due and nobody else has it.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn claim_one(platform: &Platform, tenant: TenantId, id: Uuid) -> Result<Option<Claimed>, DataError> {
    let now = platform.db().clock().now();
    let tx = platform.begin().await?;
    let sending =
        mail_outbox::ActiveModel { status: Set(MailStatus::Sending), due_at: Set(now + LEASE), ..Default::default() };
    let attempts = Expr::col(mail_outbox::Column::Attempts).add(1);
    let taken = tx
        .update_all()
        .set(sending)
        .col_expr(mail_outbox::Column::Attempts, attempts)
        .filter(mail_outbox::Column::Status.is_in([MailStatus::Queued, MailStatus::Sending]))
        .filter(mail_outbox::Column::DueAt.lte(now))
        .filter(mail_outbox::Column::TenantId.eq(tenant.0))
        .filter(mail_outbox::Column::Id.eq(id));
    let taken = taken.exec_with_returning(tx.conn()).await?;
    tx.commit().await?;
    Ok(taken.into_iter().next().map(Claimed::from))
}

impl From<mail_outbox::Model> for Claimed {
    fn from(row: mail_outbox::Model) -> Self {
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
