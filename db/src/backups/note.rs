//! What is noted about a backup once it is written: how it was read back, what became of its copy, that it is gone.

use chrono::TimeDelta;
use domain::backups::{Kind, Offsite, Status};
use domain::ids::BackupId;
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{ColumnTrait, NotSet, QueryFilter, Set};

use super::place::Place;
use crate::entities::backup;
use crate::entities::text::Text;
use crate::error::DataError;

/// The backup is about to be read back again: nobody else tries it for a while, and should this process die of it, the
/// next one goes on with others.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn note_reading(place: &Place, id: BackupId) -> Result<(), DataError> {
    let read = backup::ActiveModel { unread_at: Set(Some(place.db().clock().now())), ..Default::default() };
    let work = place.begin().await?;
    work.update_one(id).set(read).filter(is_held()).exec(work.conn()).await?;
    work.commit().await
}

/// The backup was read back, restored and found equal; it took `took`.
///
/// # Errors
/// [`DataError::NotFound`] when it is kept no more; when PostgreSQL fails.
pub async fn note_verified(place: &Place, id: BackupId, kind: Kind, took: TimeDelta) -> Result<(), DataError> {
    let verified = backup::ActiveModel {
        status: Set(Text(Status::Verified)),
        verified_at: Set(Some(place.db().clock().now())),
        verify_ms: Set(Some(took.num_milliseconds())),
        verify_error: Set(None),
        unread_at: Set(None),
        ..Default::default()
    };
    let work = place.begin().await?;
    let verified = work.update_one(id).set(verified).filter(is_held());
    if verified.exec(work.conn()).await?.rows_affected == 0 {
        return Err(DataError::NotFound("backup"));
    }
    work.commit_change(id, kind, "verified").await
}

/// The backup was not found equal, for the reason `error`. `bad`: because of the backup itself, and so it is not to be
/// relied upon any more; otherwise it could not be read back now, and stays what it is.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn note_unread(place: &Place, id: BackupId, kind: Kind, error: &str, bad: bool) -> Result<(), DataError> {
    let unread = backup::ActiveModel {
        status: if bad { Set(Text(Status::Failed)) } else { NotSet },
        verify_error: Set(Some(error.to_owned())),
        unread_at: Set(Some(place.db().clock().now())),
        ..Default::default()
    };
    let work = place.begin().await?;
    work.update_one(id).set(unread).filter(is_held()).exec(work.conn()).await?;
    work.commit_change(id, kind, if bad { "failed" } else { "stored" }).await
}

/// Nothing of the backup is left in the storage.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn note_removed(place: &Place, id: BackupId) -> Result<(), DataError> {
    let removed = backup::ActiveModel { removed_at: Set(Some(place.db().clock().now())), ..Default::default() };
    let gone = backup::Column::Status.is_in([Status::Failed, Status::Pruned].map(Text));
    let work = place.begin().await?;
    work.update_one(id).set(removed).filter(gone).exec(work.conn()).await?;
    work.commit().await
}

/// What became of the copy elsewhere; `error` when it failed.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn note_offsite(
    place: &Place,
    id: BackupId,
    kind: Kind,
    state: Offsite,
    error: Option<&str>,
) -> Result<(), DataError> {
    let copied = backup::ActiveModel {
        offsite_status: Set(Text(state)),
        offsite_at: Set(Some(place.db().clock().now())),
        offsite_error: Set(error.map(str::to_owned)),
        ..Default::default()
    };
    let work = place.begin().await?;
    work.update_one(id).set(copied).exec(work.conn()).await?;
    work.commit_change(id, kind, state.as_str()).await
}

// Whether it lies in the storage and is relied upon.
fn is_held() -> SimpleExpr {
    backup::Column::Status.is_in([Status::Stored, Status::Verified].map(Text))
}
