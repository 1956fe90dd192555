//! One tenant's rows as they were at one moment, table by table, as streams: whatever is written meanwhile, and however
//! long it takes, nothing of it is seen.

use bytes::Bytes;
use domain::ids::TenantId;
use futures::stream::{BoxStream, StreamExt, TryStreamExt};
use sqlx::{Connection, Executor, PgConnection};

use super::tables::{SAME_EVERYWHERE, Table, saved};
use crate::error::DataError;
use crate::scope::Scope;

/// A moment of one tenant, behind both walls: row level security, and the tenant in every statement.
pub struct Snapshot {
    conn: PgConnection,
    tenant: TenantId,
    tables: Vec<Table>,
}

impl Snapshot {
    /// Holds on to the present moment.
    ///
    /// # Errors
    /// When PostgreSQL is out of reach.
    // SQL: a transaction with another isolation, on a connection of its own.
    pub async fn open(scope: &Scope) -> Result<Self, DataError> {
        // Taken out of the pool: dropped in the middle of something, it must not go back there.
        let mut conn = scope.db().pool.acquire().await?.detach();
        conn.execute(SAME_EVERYWHERE).await?;
        conn.execute("begin isolation level repeatable read, read only").await?;
        // A slow storage makes pauses between the tables.
        conn.execute("set local idle_in_transaction_session_timeout = 0").await?;
        sqlx::query("select set_config('app.tenant', $1, true)")
            .bind(scope.tenant().to_string())
            .execute(&mut conn)
            .await?;
        let tables = saved(&mut conn).await?;
        Ok(Self { conn, tenant: scope.tenant(), tables })
    }

    /// The tables, those first that others need.
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The tenant's rows of `table` in the order of its key, one line each, as `copy` writes them.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn rows(&mut self, table: &Table) -> Result<BoxStream<'_, Result<Bytes, DataError>>, DataError> {
        copy_out(&mut self.conn, &table.select("public", self.tenant)).await
    }

    /// Lets go of the moment.
    ///
    /// # Errors
    /// When PostgreSQL is out of reach.
    pub async fn close(mut self) -> Result<(), DataError> {
        // SQL: the end of that transaction.
        self.conn.execute("commit").await?;
        Ok(self.conn.close().await?)
    }
}

/// What `select` gives, as `copy` writes it.
pub(super) async fn copy_out<'c>(
    conn: &'c mut PgConnection,
    select: &str,
) -> Result<BoxStream<'c, Result<Bytes, DataError>>, DataError> {
    // SQL: rows come out by COPY.
    let rows = conn.copy_out_raw(&format!("copy ({select}) to stdout")).await?;
    Ok(rows.map_err(DataError::from).boxed())
}
