//! Messages that ended long ago.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveEnum, ColumnTrait, QueryFilter};

use crate::entities::enums::MailStatus;
use crate::entities::extras::is_one_of;
use crate::entities::{AllTenantsQueries, mail_outbox};
use crate::error::DataError;
use crate::platform::Platform;

/// Deletes messages that were sent or failed and were created before `before`, and returns how many. Index:
/// `mail_outbox_created`.
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
