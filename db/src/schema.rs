//! The lock that one process holds while it changes the schema.

use sea_orm::{ConnectionTrait, DbErr};

/// Waits until no other process changes the schema, and holds the lock for as long as the connection is open.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn take_turn(owner: &impl ConnectionTrait) -> Result<(), DbErr> {
    // SQL: a lock by number has no table.
    owner.execute_unprepared("select pg_advisory_lock(7042)").await.map(drop)
}
