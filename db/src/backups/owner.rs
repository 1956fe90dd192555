//! The owner of the tables, who alone may make scratch databases, read everything at once and change what requests may
//! not. Its connections work inside the walls too: a tenant is set, or the door for backups is named.

use std::str::FromStr;

use domain::ids::TenantId;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, Executor, PgConnection};

use super::tables::SAME_EVERYWHERE;
use crate::error::DataError;

/// How to reach PostgreSQL as the owner. Does not show its password.
#[derive(Clone)]
pub struct Owner {
    url: String,
}

impl std::fmt::Debug for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Owner(..)")
    }
}

impl Owner {
    /// By `MIGRATION_DATABASE_URL`.
    pub const fn new(url: String) -> Self {
        Self { url }
    }

    /// The address, for programs that connect by themselves.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The database's name.
    ///
    /// # Errors
    /// When the address is none.
    pub fn database(&self) -> Result<String, DataError> {
        let options = PgConnectOptions::from_str(&self.url)?;
        Ok(options.get_database().unwrap_or_else(|| options.get_username()).to_owned())
    }

    /// A connection to the installation's database.
    ///
    /// # Errors
    /// When PostgreSQL is out of reach.
    pub async fn connect(&self) -> Result<PgConnection, DataError> {
        let database = self.database()?;
        self.connect_to(&database).await
    }

    /// A connection to another database of the same server.
    ///
    /// # Errors
    /// When PostgreSQL is out of reach.
    pub async fn connect_to(&self, database: &str) -> Result<PgConnection, DataError> {
        let options = PgConnectOptions::from_str(&self.url)?.database(database).application_name("stoa-backup");
        let mut conn = PgConnection::connect_with(&options).await?;
        conn.execute(SAME_EVERYWHERE).await?;
        // Whatever the environment says (`PGOPTIONS`): this door is opened by name, or not at all.
        // SQL: a setting of the session.
        conn.execute("set app.backup = ''").await?;
        Ok(conn)
    }

    /// A connection behind the wall of `tenant`.
    ///
    /// # Errors
    /// When PostgreSQL is out of reach.
    pub async fn connect_within(&self, tenant: TenantId) -> Result<PgConnection, DataError> {
        let mut conn = self.connect().await?;
        // SQL: a setting of the session.
        sqlx::query("select set_config('app.tenant', $1, false)").bind(tenant.to_string()).execute(&mut conn).await?;
        Ok(conn)
    }

    /// The server's major version, such as 15.
    ///
    /// # Errors
    /// When PostgreSQL is out of reach.
    pub async fn major_version(&self) -> Result<u32, DataError> {
        let mut conn = self.connect().await?;
        // SQL: a setting of the server has no table.
        let number: i32 =
            sqlx::query_scalar("select current_setting('server_version_num')::int").fetch_one(&mut conn).await?;
        conn.close().await?;
        Ok(u32::try_from(number / 10_000).unwrap_or(0))
    }
}

/// Runs SQL that was put together from names of the catalogue.
pub(super) async fn run(conn: &mut PgConnection, sql: String) -> Result<u64, DataError> {
    Ok(conn.execute(sqlx::AssertSqlSafe(sql)).await?.rows_affected())
}
