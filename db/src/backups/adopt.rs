//! Backups that lie in the storage without a row.

use chrono::{DateTime, TimeDelta, Utc};
use domain::backups::Status;
use domain::ids::BackupId;
use sea_orm::Set;
use sea_orm::sea_query::OnConflict;

use super::place::Place;
use super::write::{Done, NewBackup};
use crate::entities::text::Text;
use crate::entities::{TenantQueries, backup};
use crate::error::DataError;

/// Takes in a whole backup that lies in the storage but has no row, as after a restore of an older state of the
/// database. It is stored, not verified. Whether there was no row.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn adopt(
    place: &Place,
    id: BackupId,
    new: &NewBackup,
    (started_at, finished_at): (DateTime<Utc>, DateTime<Utc>),
    location: &str,
    done: &Done,
) -> Result<bool, DataError> {
    let row = backup::ActiveModel {
        id: Set(id.0),
        kind: Set(Text(new.kind)),
        status: Set(Text(Status::Stored)),
        trigger: Set(Text(new.trigger)),
        actor: Set(place.actor()),
        started_at: Set(started_at),
        finished_at: Set(Some(finished_at)),
        location: Set(location.to_owned()),
        recipient: Set(new.recipient.clone()),
        expires_at: Set(Some(started_at + TimeDelta::days(i64::from(new.days)))),
        ..done.written()
    };
    let work = place.begin().await?;
    let made = work.insert(row).on_conflict(OnConflict::new().do_nothing().to_owned());
    if made.exec_without_returning(work.conn()).await? == 0 {
        return Ok(false);
    }
    work.commit_change(id, new.kind, "stored").await?;
    Ok(true)
}
