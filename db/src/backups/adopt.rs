//! Backups that lie in the storage without a row.

use chrono::{DateTime, TimeDelta, Utc};
use domain::backups::Offsite;
use domain::ids::BackupId;

use super::place::Place;
use super::write::{Done, NewBackup};
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
    let sql = "insert into backups (tenant_id, id, kind, status, trigger, actor, started_at, finished_at, location, recipient, \
                 bytes, plain_bytes, row_count, table_count, manifest_sha256, expires_at, offsite_status) \
               values ($1, $2, $3, 'stored', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) on conflict do nothing";
    let offsite = if done.offsite { Offsite::Waiting } else { Offsite::None };
    let values = [
        id.0.into(),
        new.kind.as_str().into(),
        new.trigger.as_str().into(),
        place.actor().into(),
        started_at.into(),
        finished_at.into(),
        location.into(),
        new.recipient.clone().into(),
        done.bytes.into(),
        done.plain_bytes.into(),
        done.rows.into(),
        done.tables.into(),
        done.manifest_sha256.clone().into(),
        (started_at + TimeDelta::days(i64::from(new.days))).into(),
        offsite.as_str().into(),
    ];
    let work = place.begin().await?;
    if work.run(sql, values).await? == 0 {
        return Ok(false);
    }
    work.commit_change(id, new.kind, "stored").await?;
    Ok(true)
}
