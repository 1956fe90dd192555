//! What became of a message that was taken out.

use chrono::{DateTime, Utc};

use super::Claimed;
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
        Ending::Sent => ("sent", now, Some(now), None),
        Ending::Later(at, words) => ("queued", *at, None, Some(words)),
        Ending::Failed(words) => ("failed", now, None, Some(words)),
    };
    let error = error.map(|words| words.chars().filter(|c| *c != '\0').take(LONGEST).collect::<String>());
    let sql = "update mail_outbox set status = $4, due_at = $5, sent_at = $6, error = $7, \
                 body = case when $4 <> 'queued' and starts_with(kind, $8) then '{}'::jsonb else body end \
               where tenant_id = $1 and id = $2 and status = 'sending' and attempts = $3";
    let key = [mail.tenant.0.into(), mail.id.into(), mail.attempt.into()];
    let tx = platform.begin().await?;
    let done = tx
        .run(sql, key.into_iter().chain([status.into(), due_at.into(), sent_at.into(), error.into(), SECRET.into()]))
        .await?;
    tx.commit().await?;
    Ok(done > 0)
}

/// Forgets messages that came to their end and were made before `before`; how many. Index: `mail_outbox_created`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn prune(platform: &Platform, before: DateTime<Utc>) -> Result<u64, DataError> {
    let sql = "delete from mail_outbox where status in ('sent', 'failed') and created_at < $1";
    let tx = platform.begin().await?;
    let gone = tx.run(sql, [before.into()]).await?;
    tx.commit().await?;
    Ok(gone)
}
