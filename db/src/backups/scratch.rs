//! Databases in which a backup is restored to see whether it can be, and thrown away after.
//!
//! Each is named after the database that it serves and held by a lock there, so that one whose maker died can be told
//! from one in use and swept.

use bytes::Bytes;
use futures::stream::{Stream, StreamExt};
use sqlx::{Connection, Executor, PgConnection};
use uuid::Uuid;

use super::owner::{Owner, run};
use super::snapshot::copy_out;
use super::tables::{Table, quoted, saved};
use crate::error::DataError;

/// Holds the extension amcheck, which only a superuser can put there; made by `deploy/roles.sql`.
const TEMPLATE: &str = "stoa_scratch_template";

/// A database to be thrown away.
pub struct Scratch {
    owner: Owner,
    name: String,
    // Holds the lock that says that somebody uses it.
    keeper: PgConnection,
}

impl Scratch {
    /// Makes an empty one.
    ///
    /// # Errors
    /// When the owner may not make databases, or PostgreSQL fails.
    // SQL: a database is made.
    pub async fn new(owner: &Owner) -> Result<Self, DataError> {
        let mut keeper = owner.connect().await?;
        let prefix = prefix(&mut keeper).await?;
        let name = format!("{prefix}{}", &Uuid::new_v4().simple().to_string()[..12]);
        sqlx::query("select pg_advisory_lock(hashtextextended($1, 0))").bind(&name).execute(&mut keeper).await?;
        let sql = "select exists (select from pg_database where datname = $1 and datistemplate)";
        let ready: bool = sqlx::query_scalar(sql).bind(TEMPLATE).fetch_one(&mut keeper).await?;
        let template = if ready { TEMPLATE } else { "template0" };
        run(&mut keeper, format!("create database {name} template {template}")).await?;
        Ok(Self { owner: owner.clone(), name, keeper })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A connection to it, which sees all rows in it.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn connect(&self) -> Result<PgConnection, DataError> {
        let mut conn = self.owner.connect_to(&self.name).await?;
        // SQL: a setting of the session.
        conn.execute("set app.backup = 'on'").await?;
        Ok(conn)
    }

    /// Throws it away.
    ///
    /// # Errors
    /// When PostgreSQL fails; then the sweep does it.
    pub async fn drop(mut self) -> Result<(), DataError> {
        remove(&mut self.keeper, &self.name).await?;
        Ok(self.keeper.close().await?)
    }

    /// Its name, and it stays: for a restore that puts it in the place of another.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn keep(self) -> Result<String, DataError> {
        self.keeper.close().await?;
        Ok(self.name)
    }
}

/// Throws away those whose makers died; how many.
///
/// # Errors
/// When PostgreSQL fails.
// SQL: databases of the catalogue, found and dropped.
pub async fn sweep(owner: &Owner) -> Result<usize, DataError> {
    let mut conn = owner.connect().await?;
    let prefix = prefix(&mut conn).await?;
    let sql = "select datname::text from pg_database where starts_with(datname::text, $1)";
    let names: Vec<String> = sqlx::query_scalar(sql).bind(&prefix).fetch_all(&mut conn).await?;
    let mut gone = 0;
    for name in names {
        let sql = "select pg_try_advisory_lock(hashtextextended($1, 0))";
        if sqlx::query_scalar::<_, bool>(sql).bind(&name).fetch_one(&mut conn).await? {
            remove(&mut conn, &name).await?;
            gone += 1;
        }
    }
    conn.close().await?;
    Ok(gone)
}

// By force, which ends connections that are left. It may not end an autovacuum worker, because that is not ours; the
// plain command does, but ends nothing else. So each is tried until one meets only what it may end.
// SQL: a database is dropped.
async fn remove(conn: &mut PgConnection, name: &str) -> Result<(), DataError> {
    let mut tries = 0;
    loop {
        let Err(error) = run(conn, format!("drop database if exists {name} with (force)")).await else { return Ok(()) };
        if error.sql_state().as_deref() != Some("42501") || tries == TRIES {
            return Err(error);
        }
        if run(conn, format!("drop database if exists {name}")).await.is_ok() {
            return Ok(());
        }
        tries += 1;
    }
}

const TRIES: u32 = 10;

/// Prepares the schema in a scratch database for one tenant's rows: no wall, room for rows of any day, and no need for
/// rows that are not part of the backup. The tables, those first that others need.
///
/// # Errors
/// When PostgreSQL fails.
// SQL: tables are changed, by what the catalogue says of them.
pub async fn open_up(conn: &mut PgConnection) -> Result<Vec<Table>, DataError> {
    let tables = saved(conn).await?;
    for table in &tables {
        let name = quoted(&table.name);
        run(conn, format!("alter table {name} no force row level security, disable row level security")).await?;
        if table.is_partitioned {
            let sql = "select exists (select from pg_inherits i join pg_class c on c.oid = i.inhrelid \
                       where i.inhparent = $1::regclass and pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT')";
            if !sqlx::query_scalar::<_, bool>(sql).bind(&name).fetch_one(&mut *conn).await? {
                let rest = quoted(&format!("{}_rest", table.name));
                run(conn, format!("create table {rest} partition of {name} default")).await?;
            }
        }
    }
    let inside: Vec<&str> = tables.iter().map(|t| t.name.as_str()).collect();
    let sql = "select c.relname::text, f.conname::text from pg_constraint f join pg_class c on c.oid = f.conrelid \
               join pg_class r on r.oid = f.confrelid \
               where f.contype = 'f' and f.conparentid = 0 and c.relname = any($1) and r.relname <> all($1)";
    let outside: Vec<(String, String)> = sqlx::query_as(sql).bind(&inside[..]).fetch_all(&mut *conn).await?;
    for (table, constraint) in outside {
        run(conn, format!("alter table {} drop constraint {}", quoted(&table), quoted(&constraint))).await?;
    }
    Ok(tables)
}

/// Makes sure that pages and indexes can be checked there.
///
/// # Errors
/// When the extension amcheck is missing, which only a superuser can install.
pub async fn prepare_check(conn: &mut PgConnection) -> Result<(), DataError> {
    // SQL: an extension is made.
    run(conn, "create extension if not exists amcheck".to_owned()).await.map(drop)
}

/// Writes rows as `copy` wrote them into `schema.table`; how many. `columns` as they were saved.
///
/// # Errors
/// When a row does not fit (a key twice, a missing parent), or PostgreSQL fails; `E` when reading fails.
pub async fn load<E: From<DataError>>(
    conn: &mut PgConnection,
    (schema, table): (&str, &str),
    columns: &[String],
    mut rows: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> Result<u64, E> {
    let list = columns.iter().map(|c| quoted(c)).collect::<Vec<_>>().join(", ");
    // SQL: rows go in by COPY.
    let sql = format!("copy {}.{} ({list}) from stdin", quoted(schema), quoted(table));
    let mut copy = conn.copy_in_raw(&sql).await.map_err(|e| E::from(e.into()))?;
    while let Some(piece) = rows.next().await {
        match piece {
            Ok(piece) => drop(copy.send(piece).await.map_err(|e| E::from(e.into()))?),
            Err(error) => {
                copy.abort("cannot be read").await.map_err(|e| E::from(e.into()))?;
                return Err(error);
            }
        }
    }
    copy.finish().await.map_err(|e| E::from(e.into()))
}

/// The rows of `table` again, as a snapshot gives them.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn rows<'c>(
    conn: &'c mut PgConnection,
    table: &Table,
    tenant: domain::ids::TenantId,
) -> Result<futures::stream::BoxStream<'c, Result<Bytes, DataError>>, DataError> {
    copy_out(conn, &table.select("public", tenant)).await
}

async fn prefix(conn: &mut PgConnection) -> Result<String, DataError> {
    // SQL: the catalogue has no entity.
    let sql = "select 'stoa_scratch_' || oid::text || '_' from pg_database where datname = current_database()";
    Ok(sqlx::query_scalar(sql).fetch_one(conn).await?)
}
