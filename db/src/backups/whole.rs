//! The whole database at one moment: what a `pg_dump` of that same moment must give back, so that a restore of it can be
//! compared. Counts and hashes are by table and partition.

use futures::stream::TryStreamExt;
use serde::{Deserialize, Serialize};
use sqlx::{Connection, Executor, PgConnection};

use super::owner::{Owner, run};
use super::tables::quoted;
use crate::error::DataError;

/// Tables whose rows are not part of a backup of the whole, and why.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("backups", "they list what is in the storage now; a restore keeps the current ones"),
    ("sessions", "a restore signs no one in again who signed out since"),
];

/// One table or partition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Its name.
    pub table: String,
    /// Its rows.
    pub rows: i64,
    /// The sums of two 64-bit hashes of each row as text: equal for the same rows in whatever order.
    pub hash: String,
}

/// A moment of the whole database.
pub struct Moment {
    conn: PgConnection,
    /// Its name, by which `pg_dump` sees the same.
    pub snapshot: String,
}

impl Moment {
    /// Holds on to the present moment.
    ///
    /// # Errors
    /// When PostgreSQL is out of reach.
    // SQL: a transaction with another isolation, whose moment pg_dump shares.
    pub async fn open(owner: &Owner) -> Result<Self, DataError> {
        let mut conn = owner.connect().await?;
        conn.execute("set app.backup = 'on'").await?;
        conn.execute("begin isolation level repeatable read, read only").await?;
        conn.execute("set local idle_in_transaction_session_timeout = 0").await?;
        let snapshot = sqlx::query_scalar("select pg_export_snapshot()").fetch_one(&mut conn).await?;
        Ok(Self { conn, snapshot })
    }

    /// How the schema looks at that moment.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn schema(&mut self) -> Result<Vec<String>, DataError> {
        schema(&mut self.conn).await
    }

    /// What the tables hold at that moment.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn counts(&mut self) -> Result<Vec<Count>, DataError> {
        counts(&mut self.conn).await
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

/// The schema `public` as lines: columns, constraints, indexes, policies, functions, privileges. Equal schemas give
/// equal lines.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn schema(conn: &mut PgConnection) -> Result<Vec<String>, DataError> {
    Ok(sqlx::query_scalar(SCHEMA).fetch_all(conn).await?)
}

/// Rows and hashes of every table and partition of the schema `public`, but those [`LEFT_OUT`].
///
/// # Errors
/// When PostgreSQL fails.
// SQL: tables of the catalogue, hashed row by row as text.
pub async fn counts(conn: &mut PgConnection) -> Result<Vec<Count>, DataError> {
    let left_out: Vec<&str> = LEFT_OUT.iter().map(|(name, _)| *name).collect();
    let sql = "select c.relname::text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' \
               and c.relname <> all($1) order by c.relname collate \"C\"";
    let tables: Vec<String> = sqlx::query_scalar(sql).bind(&left_out[..]).fetch_all(&mut *conn).await?;
    let mut all = Vec::with_capacity(tables.len());
    for table in tables {
        let sql = format!(
            "select count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text || ':' \
             || coalesce(sum(hashtextextended(t::text, 1)::numeric), 0)::text from public.{} t",
            quoted(&table)
        );
        let (rows, hash) = sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_one(&mut *conn).await?;
        all.push(Count { table, rows, hash });
    }
    Ok(all)
}

/// Makes a restored database ready to take the place of the present one: it takes over the rows of `backups`, which say what
/// lies in the storage, and its feeds go on behind every number that was ever given out, with a gap that listeners are told.
///
/// # Errors
/// When PostgreSQL fails.
// SQL: in another database, by COPY and on tables without row-level security.
pub async fn make_ready(owner: &Owner, restored: &mut PgConnection) -> Result<(), DataError> {
    let mut present = owner.connect().await?;
    present.execute("set app.backup = 'on'").await?;
    for table in ["backups", "feed_heads"] {
        run(restored, format!("alter table {table} no force row level security")).await?;
    }
    let columns: Vec<String> = sqlx::query_scalar(
        "select quote_ident(attname) from pg_attribute where attrelid = 'backups'::regclass and attnum > 0 and not attisdropped order by attnum",
    )
    .fetch_all(&mut *restored)
    .await?;
    let list = columns.join(", ");
    let mut rows = present.copy_out_raw(&format!("copy (select {list} from backups) to stdout")).await?;
    let mut copy = restored.copy_in_raw(&format!("copy backups ({list}) from stdin")).await?;
    while let Some(piece) = rows.try_next().await? {
        copy.send(piece).await?;
    }
    copy.finish().await?;
    drop(rows);
    // More than anybody writes in a day; what was between is told as a gap.
    restored
        .execute("update feed_heads set last_seq = last_seq + 1000000000, first_seq = last_seq + 1000000001")
        .await?;
    restored.execute("truncate feed_events").await?;
    restored.execute("update platform_generations set generation = generation + 1000000000").await?;
    for table in ["backups", "feed_heads"] {
        run(restored, format!("alter table {table} force row level security")).await?;
    }
    Ok(present.close().await?)
}

/// Puts the database `restored` in the place of the present one, which stays under the name `kept_as`. Everybody who is
/// connected is cut off for a moment.
///
/// # Errors
/// When PostgreSQL fails; what was done until then is undone.
// SQL: databases are renamed and closed.
pub async fn take_place(owner: &Owner, restored: &str, kept_as: &str) -> Result<(), DataError> {
    let present = owner.database()?;
    let mut conn = owner.connect_to("postgres").await?;
    let close = |name: &str| format!("alter database {} with allow_connections false", quoted(name));
    let open = |name: &str| format!("alter database {} with allow_connections true", quoted(name));
    run(&mut conn, close(&present)).await?;
    let moved = async {
        let cut = "select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where datname = any($1) and pid <> pg_backend_pid()";
        sqlx::query(cut).bind(&[present.as_str(), restored][..]).execute(&mut conn).await?;
        run(&mut conn, format!("alter database {} rename to {}", quoted(&present), quoted(kept_as))).await?;
        run(&mut conn, format!("alter database {} rename to {}", quoted(restored), quoted(&present))).await?;
        run(&mut conn, format!("revoke connect on database {} from public", quoted(&present))).await?;
        run(&mut conn, format!("grant connect on database {} to {}", quoted(&present), crate::connect::APP_ROLE)).await
    }
    .await;
    let old = if moved.is_ok() { kept_as } else { present.as_str() };
    if let Err(error) = run(&mut conn, open(old)).await {
        tracing::error!(%error, database = old, "cannot open a database again");
    }
    moved?;
    Ok(conn.close().await?)
}

// SQL: the catalogue has no entity.
const SCHEMA: &str = "with t as (select c.* from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'S') \
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')), \
    line as ( \
      select 'table ' || t.relname || ' ' || t.relkind::text || ' ' || t.relrowsecurity || ' ' || t.relforcerowsecurity || ' ' \
        || coalesce(pg_get_partkeydef(t.oid), '') || ' ' || coalesce(pg_get_expr(t.relpartbound, t.oid), '') as text from t \
      union all select 'column ' || t.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull \
        || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') from t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped \
        left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum \
      union all select 'constraint ' || t.relname || ' ' || c.conname || ' ' || pg_get_constraintdef(c.oid) from t join pg_constraint c on c.conrelid = t.oid \
      union all select 'index ' || pg_get_indexdef(i.indexrelid) || ' ' || i.indisvalid from t join pg_index i on i.indrelid = t.oid \
      union all select 'policy ' || t.relname || ' ' || p.polname || ' ' || p.polcmd::text || ' ' || coalesce(pg_get_expr(p.polqual, p.polrelid), '') \
        || ' ' || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '') from t join pg_policy p on p.polrelid = t.oid \
      union all select 'grant ' || t.relname || ' ' || coalesce(r.rolname, 'public') || ' ' || string_agg(a.privilege_type, ',' order by a.privilege_type) \
        from t cross join lateral aclexplode(t.relacl) a left join pg_roles r on r.oid = a.grantee where a.grantee <> t.relowner group by t.relname, r.rolname \
      union all select 'function ' || pg_get_functiondef(f.oid) from pg_proc f where f.pronamespace = 'public'::regnamespace and f.prokind in ('f', 'p') \
        and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = f.oid and d.deptype = 'e')) \
    select text from line order by text collate \"C\"";
