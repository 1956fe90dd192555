//! The result of an attempt to send a message.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, NotSet, QueryFilter, Set};

use super::Claimed;
use crate::entities::enums::MailStatus;
use crate::entities::{AllTenantsQueries, mail_outbox};
use crate::error::DataError;
use crate::platform::Platform;

/// Longest note of an error, in characters.
const LONGEST: usize = 500;

/// The prefix of kinds of messages that contain a secret link. Their text is deleted when they end, so that a reader of the
/// table cannot use the link.
pub const SECRET: &str = "link.";

/// How an attempt ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ending {
    /// The mail server accepted it.
    Sent,
    /// Failed; to be retried at that time. With the error.
    Later(DateTime<Utc>, String),
    /// Failed permanently. With the error.
    Failed(String),
}

/// Stores the result of the attempt, and returns whether this process still held the message.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn settle(platform: &Platform, mail: &Claimed, ending: &Ending) -> Result<bool, DataError> {
    let now = platform.db().clock().now();
    let (status, due_at, sent_at, error) = match ending {
        Ending::Sent => (MailStatus::Sent, now, Some(now), None),
        Ending::Later(at, words) => (MailStatus::Queued, *at, None, Some(words)),
        Ending::Failed(words) => (MailStatus::Failed, now, None, Some(words)),
    };
    let error = error.map(|words| words.chars().filter(|c| *c != '\0').take(LONGEST).collect::<String>());
    let is_secret = status != MailStatus::Queued && mail.kind.starts_with(SECRET);
    let settled = mail_outbox::ActiveModel {
        status: Set(status),
        due_at: Set(due_at),
        sent_at: Set(sent_at),
        error: Set(error),
        body: if is_secret { Set(serde_json::json!({})) } else { NotSet },
        ..Default::default()
    };
    let tx = platform.begin().await?;
    let own = tx
        .update_all()
        .set(settled)
        .filter(mail_outbox::Column::TenantId.eq(mail.tenant.0))
        .filter(mail_outbox::Column::Id.eq(mail.id))
        .filter(mail_outbox::Column::Status.eq(MailStatus::Sending))
        .filter(mail_outbox::Column::Attempts.eq(mail.attempt));
    let done = own.exec(tx.conn()).await?.rows_affected;
    tx.commit().await?;
    Ok(done > 0)
}
