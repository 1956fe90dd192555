//! How far an archive is: each change names the states that it may follow.

use sea_orm::sea_query::{Expr, Func};
use sea_orm::{ColumnTrait, QueryFilter, Set, UpdateMany, UpdateResult};

use super::archived::{ArchiveRow, ArchiveState};
use crate::connect::Db;
use crate::entities::text::Text;
use crate::entities::{SharedQueries, partition_archive};
use crate::error::DataError;

/// Notes that all files and the manifest are there. A frozen quarter stays detached.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn written(db: &Db, row: &ArchiveRow, manifest: &[u8], totals: [i64; 3]) -> Result<(), DataError> {
    use ArchiveState::{Detached, Planned, Verified, Written};
    let [orders, items, bytes] = totals;
    let written = partition_archive::ActiveModel {
        manifest: Set(Some(manifest.to_owned())),
        orders: Set(orders),
        items: Set(items),
        bytes: Set(bytes),
        compared_at: Set(None),
        error: Set(None),
        ..Default::default()
    };
    let is_frozen = partition_archive::Column::State.eq(Text(Detached));
    let state = Expr::case(is_frozen, Text(Detached)).finally(Text(Written));
    let update = update(db, row, &[Planned, Written, Verified, Detached]).set(written);
    changed(update.col_expr(partition_archive::Column::State, state.into()).exec(&db.conn).await?)
}

/// Moves `row` on from one state to the next: `verified` after it was read back, `compared` when the frozen rows were
/// found equal, `planned` when it must be written anew, `restoring` at the beginning of the way back.
///
/// # Errors
/// [`DataError::Busy`] when it is in another state by now.
pub async fn move_on(db: &Db, row: &ArchiveRow, step: Step) -> Result<(), DataError> {
    use ArchiveState::{Detached, Dropped, Planned, Restoring, Verified, Written};
    let now = db.clock().now();
    let (from, next): (&[ArchiveState], _) = match step {
        Step::Again => (
            &[Written, Verified],
            partition_archive::ActiveModel { state: Set(Text(Planned)), verified_at: Set(None), ..Default::default() },
        ),
        Step::Verified => (
            &[Written],
            partition_archive::ActiveModel {
                state: Set(Text(Verified)),
                verified_at: Set(Some(now)),
                error: Set(None),
                ..Default::default()
            },
        ),
        Step::Compared => (&[Detached], partition_archive::ActiveModel { error: Set(None), ..Default::default() }),
        Step::Restoring => (
            &[Dropped, Restoring],
            partition_archive::ActiveModel { state: Set(Text(Restoring)), ..Default::default() },
        ),
    };
    let mut update = update(db, row, from).set(next);
    if step == Step::Compared {
        // Never before it was detached, whichever machine's clock is behind.
        let at = Func::greatest([Expr::val(now), Expr::col(partition_archive::Column::DetachedAt)]);
        update = update.col_expr(partition_archive::Column::ComparedAt, at.into());
    }
    changed(update.exec(&db.conn).await?)
}

/// A step of [`move_on`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Step {
    /// Its files are not what the quarter holds: write them anew.
    Again,
    /// Read back and equal.
    Verified,
    /// Equal to the frozen rows.
    Compared,
    /// On its way back.
    Restoring,
}

/// Notes why the last attempt stopped.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn stopped(db: &Db, row: &ArchiveRow, words: &str) -> Result<(), DataError> {
    let stopped = partition_archive::ActiveModel { error: Set(Some(words.to_owned())), ..Default::default() };
    changed(update(db, row, &[]).set(stopped).exec(&db.conn).await?)
}

// An update of the archive, as long as it is in one of these states; in any when none is named.
fn update(db: &Db, row: &ArchiveRow, states: &[ArchiveState]) -> UpdateMany<partition_archive::Entity> {
    let update = db
        .update_shared::<partition_archive::Entity>()
        .filter(partition_archive::Column::Quarter.eq(row.quarter.first_day()))
        .filter(partition_archive::Column::Part.eq(row.part));
    if states.is_empty() {
        return update;
    }
    update.filter(partition_archive::Column::State.is_in(states.iter().copied().map(Text)))
}

fn changed(done: UpdateResult) -> Result<(), DataError> {
    if done.rows_affected == 1 { Ok(()) } else { Err(DataError::Busy) }
}
