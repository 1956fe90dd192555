//! What became of a message that was taken out.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveEnum, ColumnTrait, NotSet, QueryFilter, Set};

use super::Claimed;
use crate::entities::enums::MailStatus;
use crate::entities::extras::is_one_of;
use crate::entities::{AllTenantsQueries, mail_outbox};
use crate::error::DataError;
use crate::platform::Platform;

/// Longest note of an error, in characters.
const LONGEST: usize = 500;

/// What the kinds of messages begin with that hold a link which opens something. Their text is forgotten with their
/// end: nobody who reads the table can use what was sent.
pub const SECRET: &str = "link.";

/// How an attempt ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Ending {
    /// The mail server took it over.
    Sent,
    /// Not now; again at that moment. Why, in words.
    Later(DateTime<Utc>, String),
    /// Not ever. Why, in words.
    Failed(String),
}

/// Notes how the attempt ended; whether it was still this holder's to say.
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

/// Forgets messages that came to their end and were made before `before`; how many. Index: `mail_outbox_created`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn prune(platform: &Platform, before: DateTime<Utc>) -> Result<u64, DataError> {
    let tx = platform.begin().await?;
    let ended = [MailStatus::Sent, MailStatus::Failed].map(|status| status.to_value());
    let old = tx
        .delete_all::<mail_outbox::Entity>()
        .filter(is_one_of(mail_outbox::Column::Status, ended))
        .filter(mail_outbox::Column::CreatedAt.lt(before));
    let gone = old.exec(tx.conn()).await?.rows_affected;
    tx.commit().await?;
    Ok(gone)
}
