//! The turn of whoever changes the schema.

use sea_orm::{ConnectionTrait, DbErr};

/// Waits until nobody else changes the schema, and keeps others from it as long as the connection lives.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn take_turn(owner: &impl ConnectionTrait) -> Result<(), DbErr> {
    // SQL: a lock by number has no table.
    owner.execute_unprepared("select pg_advisory_lock(7042)").await.map(drop)
}
