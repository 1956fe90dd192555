//! What the server must know about PostgreSQL to say whether it is ready.

use crate::connect::Db;
use crate::error::DataError;

/// Names of the migrations that were applied, oldest first.
///
/// # Errors
/// When PostgreSQL fails, or no migration was ever run.
pub async fn applied_migrations(db: &Db) -> Result<Vec<String>, DataError> {
    // SQL: the table is the migrations' own.
    Ok(sqlx::query_scalar("select version from seaql_migrations order by version").fetch_all(&db.pool).await?)
}

/// The server's version in numbers, such as 150004.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn server_version(db: &Db) -> Result<i32, DataError> {
    // SQL: a setting of the server has no table.
    Ok(sqlx::query_scalar("select current_setting('server_version_num')::int").fetch_one(&db.pool).await?)
}

/// How PostgreSQL is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DatabaseHealth {
    /// Its version in numbers, such as 150004.
    pub version: i32,
    /// Bytes of this database.
    pub bytes: i64,
    /// Connections that are open.
    pub connections: i64,
    /// Connections that may be.
    pub most_connections: i64,
}

/// How PostgreSQL is. One statement.
///
/// # Errors
/// When it fails.
pub async fn database(db: &Db) -> Result<DatabaseHealth, DataError> {
    // SQL: what the server says of itself has no table.
    let sql = "select current_setting('server_version_num')::int as version, pg_database_size(current_database()) as bytes, \
               (select count(*) from pg_stat_activity where backend_type = 'client backend') as connections, \
               current_setting('max_connections')::bigint as most_connections";
    let (version, bytes, connections, most_connections) = sqlx::query_as(sql).fetch_one(&db.pool).await?;
    Ok(DatabaseHealth { version, bytes, connections, most_connections })
}

/// The role as which the pool works.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn role(db: &Db) -> Result<String, DataError> {
    // SQL: the session's role has no table.
    Ok(sqlx::query_scalar("select current_user::text").fetch_one(&db.pool).await?)
}
