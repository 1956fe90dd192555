//! One tenant's rows brought back: first into a schema of their own, where they are compared with what is there now, then
//! table by table, in one transaction, behind the tenant's wall. Rows that are equal are not touched.

use domain::backups::Status;
use domain::feed::EventKind;
use domain::ids::{BackupId, TenantId};
use serde_json::json;
use sqlx::{Connection, Executor, PgConnection};
use uuid::Uuid;

use super::difference::{is_kept, refuse_unknown, same_key, unequal};
use super::owner::{Owner, run};
use super::tables::{Table, quoted, saved};
use crate::error::DataError;
use crate::mend;
use crate::scope::{Actor, Scope};

pub use super::difference::{Brought, Difference};

/// Rows of one tenant, apart from everything.
pub struct Quarantine {
    conn: PgConnection,
    schema: String,
    tenant: TenantId,
    // As they are now, of those that the backup has.
    tables: Vec<(Table, Brought)>,
}

impl Quarantine {
    /// Makes room for the tables of a backup.
    ///
    /// # Errors
    /// When the backup has a table or column that the present schema lacks, or PostgreSQL fails.
    // SQL: a schema and tables are made, which no query of entities does.
    pub async fn new(owner: &Owner, tenant: TenantId, brought: Vec<Brought>) -> Result<Self, DataError> {
        let mut conn = owner.connect_within(tenant).await?;
        let now = saved(&mut conn).await?;
        let mut tables = Vec::with_capacity(brought.len());
        for table in &now {
            if let Some(b) = brought.iter().find(|b| b.table == table.name) {
                tables.push((table.clone(), b.clone()));
            }
        }
        refuse_unknown(&brought, &now)?;
        let schema = format!("stoa_quarantine_{}", &Uuid::new_v4().simple().to_string()[..12]);
        // Held while this connection lives: tells a quarantine in use from one whose maker died.
        sqlx::query("select pg_advisory_lock(hashtextextended($1, 0))").bind(&schema).execute(&mut conn).await?;
        run(&mut conn, format!("create schema {schema}")).await?;
        for (table, _) in &tables {
            let (name, key) = (quoted(&table.name), table.key.iter().map(|k| quoted(k)).collect::<Vec<_>>().join(", "));
            // Backups hold no columns that are computed from others: those are computed here as well.
            let like = format!("like public.{name} including defaults including generated");
            run(&mut conn, format!("create table {schema}.{name} ({like})")).await?;
            run(&mut conn, format!("alter table {schema}.{name} add primary key ({key})")).await?;
        }
        Ok(Self { conn, schema, tenant, tables })
    }

    /// The tables, those first that others need; and where their rows are to be loaded.
    pub fn tables(&self) -> Vec<Brought> {
        self.tables.iter().map(|(_, brought)| brought.clone()).collect()
    }

    /// Where rows are to be loaded.
    pub fn target(&mut self) -> (&mut PgConnection, &str) {
        (&mut self.conn, &self.schema)
    }

    /// What a restore would change, table by table.
    ///
    /// # Errors
    /// When PostgreSQL fails, or a row of another tenant is among those that were loaded.
    // SQL: tables that are known by name alone, compared row by row with those of the backup.
    pub async fn differences(&mut self) -> Result<Vec<Difference>, DataError> {
        let mut all = Vec::with_capacity(self.tables.len());
        for (table, brought) in &self.tables {
            let name = quoted(&table.name);
            let foreign = format!("select count(*) from {}.{name} where tenant_id <> $1", self.schema);
            let foreign: i64 =
                sqlx::query_scalar(sqlx::AssertSqlSafe(foreign)).bind(self.tenant.0).fetch_one(&mut self.conn).await?;
            if foreign > 0 {
                return Err(DataError::Refused(format!(
                    "the backup holds {foreign} rows of another tenant in {}",
                    table.name
                )));
            }
            let sql = format!(
                "select count(*) filter (where n.tenant_id is null), count(*) filter (where q.tenant_id is null), \
                   count(*) filter (where n.tenant_id is not null and q.tenant_id is not null and {unequal}), \
                   count(*) filter (where n.tenant_id is not null and q.tenant_id is not null and not ({unequal})) \
                 from {schema}.{name} q full join (select * from public.{name} where tenant_id = $1) n on {same}",
                schema = self.schema,
                unequal = unequal(brought),
                same = same_key(table),
            );
            let (only_backup, only_now, different, equal) =
                sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(self.tenant.0).fetch_one(&mut self.conn).await?;
            let kept = is_kept(&table.name);
            all.push(Difference { table: table.name.clone(), only_backup, only_now, different, equal, kept });
        }
        Ok(all)
    }

    /// Makes `chosen` tables (all, when none is named) as they are in the backup: in one transaction that the tenant's
    /// other writers wait for, with an event in its feed and an entry in its audit. Rows changed.
    ///
    /// # Errors
    /// When rows that stay need rows that would go, or PostgreSQL fails; then nothing was changed.
    // SQL: a transaction on the owner's own connection.
    pub async fn apply(&mut self, scope: &Scope, backup: BackupId, chosen: &[String]) -> Result<u64, DataError> {
        for name in chosen {
            if !self.tables.iter().any(|(t, _)| t.name == *name) {
                return Err(DataError::Refused(format!("the backup has no table '{name}'")));
            }
            if is_kept(name) {
                return Err(DataError::Refused(format!("'{name}' only grows and is never restored")));
            }
        }
        self.make_quarters().await?;
        self.conn.execute("begin").await?;
        match self.replace(scope, backup, chosen).await {
            Ok((changed, seq)) => {
                self.conn.execute("commit").await?;
                scope.db().hub().announce(self.tenant, seq);
                Ok(changed)
            }
            Err(error) => {
                self.conn.execute("rollback").await?;
                Err(error)
            }
        }
    }

    /// Throws the quarantined rows away.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    // SQL: a schema is dropped.
    pub async fn drop(mut self) -> Result<(), DataError> {
        run(&mut self.conn, format!("drop schema if exists {} cascade", self.schema)).await?;
        Ok(self.conn.close().await?)
    }

    // SQL: on the owner's own connection, in the transaction of what is brought back.
    async fn replace(&mut self, scope: &Scope, backup: BackupId, chosen: &[String]) -> Result<(u64, i64), DataError> {
        // Every writer of the tenant takes this row last: from here on they wait, so what is stored and what is
        // counted stay of one moment.
        let sql = "insert into feed_heads (tenant_id, last_seq) values ($1, 1) \
                   on conflict (tenant_id) do update set last_seq = feed_heads.last_seq + 1 returning last_seq";
        let seq: i64 = sqlx::query_scalar(sql).bind(self.tenant.0).fetch_one(&mut self.conn).await?;
        let wanted: Vec<(Table, Brought)> = self
            .tables
            .iter()
            .filter(|(t, _)| !is_kept(&t.name) && (chosen.is_empty() || chosen.contains(&t.name)))
            .cloned()
            .collect();
        let mut changed = 0;
        for (table, _) in wanted.iter().rev() {
            changed += self.remove(table).await?;
        }
        for (table, brought) in &wanted {
            changed += self.bring_back(table, brought).await?;
        }
        // A backup of an older version says less than a row has now.
        mend::rows_within(&mut self.conn, self.tenant).await?;
        let names: Vec<&str> = wanted.iter().map(|(t, _)| t.name.as_str()).collect();
        let details = json!({"backup": backup, "tables": names, "rows": changed, "status": Status::Verified});
        let sql =
            "insert into feed_events (tenant_id, seq, kind, store_id, at, data) values ($1, $2, $3, null, $4, $5)";
        sqlx::query(sql)
            .bind(self.tenant.0)
            .bind(seq)
            .bind(EventKind::TenantRestored.as_str())
            .bind(scope.now())
            .bind(json!({"backup": backup, "tables": names}))
            .execute(&mut self.conn)
            .await?;
        let via = if scope.actor() == Actor::Job { "job" } else { "command" };
        let entry = json!([{"id": scope.clock().id::<Uuid>(), "action": "tenant.restored", "subject": backup.to_string(), "after": details}]);
        sqlx::query("select stoa_audit_append($1, $2, $3, $4, $5, null, $6)")
            .bind(self.tenant.0)
            .bind(scope.now())
            .bind(scope.actor().to_string())
            .bind(via)
            .bind(scope.request_id())
            .bind(entry)
            .execute(&mut self.conn)
            .await?;
        Ok((changed, seq))
    }

    // SQL: a table that is known by name alone, against that of the backup.
    async fn remove(&mut self, table: &Table) -> Result<u64, DataError> {
        let (name, schema, same) = (quoted(&table.name), &self.schema, same_key(table));
        let sql = format!(
            "delete from public.{name} n where n.tenant_id = $1 and not exists (select from {schema}.{name} q where {same})"
        );
        self.change(table, sql).await
    }

    // SQL: a table that is known by name alone, against that of the backup.
    async fn bring_back(&mut self, table: &Table, brought: &Brought) -> Result<u64, DataError> {
        let (name, schema, same) = (quoted(&table.name), &self.schema, same_key(table));
        let columns: Vec<String> = brought.columns.iter().map(|c| quoted(c)).collect();
        let set = columns.iter().map(|c| format!("{c} = q.{c}")).collect::<Vec<_>>().join(", ");
        let update = format!(
            "update public.{name} n set {set} from {schema}.{name} q where n.tenant_id = $1 and {same} and {}",
            unequal(brought)
        );
        let (list, from) =
            (columns.join(", "), columns.iter().map(|c| format!("q.{c}")).collect::<Vec<_>>().join(", "));
        // Accounts belong to people, not to tenants: one that is gone stays gone, and so does its membership.
        let present =
            if table.name == "memberships" { "and exists (select from users u where u.id = q.user_id)" } else { "" };
        let insert = format!(
            "insert into public.{name} ({list}) select {from} from {schema}.{name} q where q.tenant_id = $1 {present} \
             and not exists (select from public.{name} n where n.tenant_id = $1 and {same})"
        );
        Ok(self.change(table, update).await? + self.change(table, insert).await?)
    }

    async fn change(&mut self, table: &Table, sql: String) -> Result<u64, DataError> {
        let done = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(self.tenant.0).execute(&mut self.conn).await;
        match done {
            Ok(done) => Ok(done.rows_affected()),
            Err(sqlx::Error::Database(error)) if error.code().is_some_and(|c| c == "23503") => {
                Err(DataError::Refused(format!(
                    "{} cannot be restored by itself: {}; restore the tables that belong together, or all",
                    table.name,
                    error.message()
                )))
            }
            Err(error) => Err(error.into()),
        }
    }

    // In transactions of their own, as always.
    // SQL: tables that are known by name alone; a function of the database makes partitions.
    async fn make_quarters(&mut self) -> Result<(), DataError> {
        for (table, _) in self.tables.iter().filter(|(t, _)| t.is_partitioned && !is_kept(&t.name)) {
            let sql = format!(
                "select distinct date_trunc('quarter', placed_at at time zone 'UTC')::date from {}.{}",
                self.schema,
                quoted(&table.name)
            );
            let quarters: Vec<chrono::NaiveDate> =
                sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(&mut self.conn).await?;
            for quarter in quarters {
                sqlx::query("select stoa_ensure_quarter($1)").bind(quarter).execute(&mut self.conn).await?;
            }
        }
        Ok(())
    }
}

/// Throws away what restores that died left in quarantine; how many.
///
/// # Errors
/// When PostgreSQL fails.
// SQL: schemas of the catalogue, found and dropped.
pub async fn sweep(owner: &Owner) -> Result<usize, DataError> {
    let mut conn = owner.connect().await?;
    let sql = "select nspname::text from pg_namespace where starts_with(nspname::text, 'stoa_quarantine_')";
    let names: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut conn).await?;
    let mut gone = 0;
    for name in names {
        let sql = "select pg_try_advisory_lock(hashtextextended($1, 0))";
        if sqlx::query_scalar::<_, bool>(sql).bind(&name).fetch_one(&mut conn).await? {
            run(&mut conn, format!("drop schema if exists {name} cascade")).await?;
            gone += 1;
        }
    }
    conn.close().await?;
    Ok(gone)
}
