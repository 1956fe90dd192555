//! One transaction on one connection of the pool, for statements of our own and for entities.
//!
//! It begins with what row level security goes by, in one message: SeaORM's own would send a bare BEGIN, wait, and send
//! the rest. Dropped without [`Transaction::commit`], it is rolled back before the connection is used again, and nobody
//! waits for that.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::ids::{TenantId, UserId};
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, FromQueryResult, QueryResult, RuntimeErr, Statement, TryGetable,
    Value, Values,
};
use sea_query_sqlx::SqlxValues;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgQueryResult, PgRow};
use sqlx::{AssertSqlSafe, Executor, PgPool, Postgres, SqlSafeStr};
use sqlx_core::transaction::TransactionManager;
use tokio::sync::Mutex;

use crate::entities::{AllTenantsQueries, SharedQueries};
use crate::error::DataError;

type Manager = <Postgres as sqlx::Database>::TransactionManager;

/// What row level security goes by in a transaction. It becomes part of a statement's text, because PostgreSQL takes
/// several statements in one message only without bound values; so it holds ids, whose text is hexadecimal digits and
/// hyphens, and nothing else may be added.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Setting {
    /// One tenant's rows.
    Tenant(TenantId),
    /// One person's memberships.
    Person(UserId),
    /// The platform's rows.
    Platform,
}

impl Setting {
    // SQL: a transaction begins with its setting in one message.
    fn begin(self) -> String {
        match self {
            Self::Tenant(TenantId(id)) => format!("begin; set local app.tenant = '{id}'"),
            Self::Person(UserId(id)) => format!("begin; set local app.\"user\" = '{id}'"),
            Self::Platform => "begin; set local app.platform = 'on'".to_owned(),
        }
    }
}

/// A transaction.
pub(crate) struct Transaction {
    held: Mutex<Held>,
    statements: Arc<AtomicU64>,
    #[cfg(feature = "testing")]
    setting: Setting,
}

impl Transaction {
    /// Begins one on a connection of `pool`; counts its statements in `statements`.
    pub(crate) async fn begin(
        pool: &PgPool,
        setting: Setting,
        statements: &Arc<AtomicU64>,
    ) -> Result<Self, sqlx::Error> {
        let conn = match pool.try_acquire() {
            Some(conn) => conn,
            // Boxed when it is needed: it knows how to connect, and would be moved about with every request.
            None => Box::pin(pool.acquire()).await?,
        };
        let mut held = Held { conn: Some(conn), stage: Stage::Beginning };
        Manager::begin(held.conn()?, Some(AssertSqlSafe(setting.begin()).into_sql_str())).await?;
        held.stage = Stage::Open;
        Ok(Self {
            held: Mutex::new(held),
            statements: Arc::clone(statements),
            #[cfg(feature = "testing")]
            setting,
        })
    }

    /// Makes it durable.
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        let mut held = self.held.into_inner();
        Manager::commit(held.conn()?).await?;
        held.stage = Stage::Over;
        Ok(())
    }

    /// Undoes it, and waits until that is done.
    pub(crate) async fn roll_back(self) -> Result<(), sqlx::Error> {
        let mut held = self.held.into_inner();
        Manager::rollback(held.conn()?).await?;
        held.stage = Stage::Over;
        Ok(())
    }

    /// Runs a statement.
    pub(crate) async fn run(&self, sql: &str, values: Vec<Value>) -> Result<PgQueryResult, sqlx::Error> {
        let query = sqlx::query_with(AssertSqlSafe(sql), SqlxValues(Values(values)));
        self.count(sql);
        query.execute(&mut **self.held.lock().await.conn()?).await
    }

    /// All rows of a statement.
    pub(crate) async fn all(&self, sql: &str, values: Vec<Value>) -> Result<Vec<PgRow>, sqlx::Error> {
        let query = sqlx::query_with(AssertSqlSafe(sql), SqlxValues(Values(values)));
        self.count(sql);
        query.fetch_all(&mut **self.held.lock().await.conn()?).await
    }

    /// The first row of a statement.
    pub(crate) async fn one(&self, sql: &str, values: Vec<Value>) -> Result<Option<PgRow>, sqlx::Error> {
        let query = sqlx::query_with(AssertSqlSafe(sql), SqlxValues(Values(values)));
        self.count(sql);
        query.fetch_optional(&mut **self.held.lock().await.conn()?).await
    }

    /// All rows of a statement, read.
    pub(crate) async fn read_all<T: FromQueryResult>(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Vec<T>, DataError> {
        let read = |row| T::from_query_result(&QueryResult::from(row), "").map_err(DataError::from);
        self.all(sql, values).await?.into_iter().map(read).collect()
    }

    /// The first row of a statement, read.
    pub(crate) async fn read_one<T: FromQueryResult>(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Option<T>, DataError> {
        let row = self.one(sql, values).await?;
        row.map(|row| T::from_query_result(&row.into(), "").map_err(DataError::from)).transpose()
    }

    /// The first column of the first row of a statement, read.
    pub(crate) async fn read_scalar<T: TryGetable>(
        &self,
        sql: &str,
        values: Vec<Value>,
    ) -> Result<Option<T>, DataError> {
        let row = self.one(sql, values).await?;
        row.map(|row| QueryResult::from(row).try_get_by_index(0).map_err(DataError::from)).transpose()
    }

    /// How PostgreSQL runs a statement, for the tests of its plan.
    #[cfg(feature = "testing")]
    pub(crate) async fn explain(&self, sql: &str, values: Vec<Value>) -> Result<String, DataError> {
        // SQL: the plan of a statement.
        let rows = self.all(&format!("explain (analyze, costs off, timing off) {sql}"), values).await?;
        let line = |row| QueryResult::from(row).try_get_by_index(0);
        Ok(rows.into_iter().map(line).collect::<Result<Vec<String>, _>>()?.join("\n"))
    }

    /// How PostgreSQL runs a query of entities, for the tests of its plan.
    #[cfg(feature = "testing")]
    pub(crate) async fn explain_query(&self, query: &impl sea_orm::QueryTrait) -> Result<String, DataError> {
        let Statement { sql, values: bound, .. } = sea_orm::QueryTrait::build(query, DbBackend::Postgres);
        self.explain(&sql, values(bound)).await
    }

    fn count(&self, sql: &str) {
        #[cfg(feature = "testing")]
        if matches!(self.setting, Setting::Tenant(_)) {
            crate::testing::assert_names_its_tenant(sql);
        }
        #[cfg(not(feature = "testing"))]
        let _ = sql;
        self.statements.fetch_add(1, Ordering::Relaxed);
    }
}

impl AllTenantsQueries for Transaction {}
impl SharedQueries for Transaction {}

/// So that entities work in it.
#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Postgres
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.run(&statement.sql, values(statement.values)).await.map(ExecResult::from).map_err(failed)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.count(sql);
        let mut held = self.held.lock().await;
        let conn = held.conn().map_err(failed)?;
        conn.execute(AssertSqlSafe(sql)).await.map(ExecResult::from).map_err(failed)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.one(&statement.sql, values(statement.values)).await.map_err(failed)?.map(QueryResult::from))
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let rows = self.all(&statement.sql, values(statement.values)).await.map_err(failed)?;
        Ok(rows.into_iter().map(QueryResult::from).collect())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Beginning,
    Open,
    Over,
}

/// A connection that is never given back in the middle of something.
struct Held {
    conn: Option<PoolConnection<Postgres>>,
    stage: Stage,
}

impl Held {
    // Absent only after the drop.
    fn conn(&mut self) -> Result<&mut PoolConnection<Postgres>, sqlx::Error> {
        self.conn.as_mut().ok_or(sqlx::Error::PoolClosed)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(mut conn) = self.conn.take() else { return };
        match self.stage {
            // Whoever waited for the BEGIN vanished (a browser that closed its connection), or it failed. Nobody knows
            // what PostgreSQL made of it, so this connection ends, and with it whatever it began.
            Stage::Beginning => drop(conn.detach()),
            // Sent together with the question whether the connection still works, when it goes back to the pool.
            Stage::Open => Manager::start_rollback(&mut conn),
            Stage::Over => {}
        }
    }
}

fn values(values: Option<Values>) -> Vec<Value> {
    values.map(|values| values.0).unwrap_or_default()
}

fn failed(error: sqlx::Error) -> DbErr {
    DbErr::Query(RuntimeErr::SqlxError(Arc::new(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_text_without_a_quote_in_it() {
        let id = uuid::Uuid::from_u128(u128::MAX);
        for setting in [Setting::Tenant(TenantId(id)), Setting::Person(UserId(id)), Setting::Platform] {
            let sql = setting.begin();
            let (_, value) = sql.split_once(" = '").unwrap();
            let value = value.strip_suffix('\'').unwrap();
            assert!(value == "on" || value.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-'), "{sql}");
        }
    }
}
