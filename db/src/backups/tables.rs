//! Which tables hold a tenant's rows. Found in the catalogue, so that a new table is saved without anybody thinking of
//! it; what is left out is named here, with the reason.

use sqlx::{Executor, PgConnection, Row};

use crate::error::DataError;

/// Tenant tables whose rows are not part of a tenant's backup, and why.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("audit_heads", "where the record ends, which a restore does not change"),
    ("backups", "they say what lies in the storage, which a restore does not change"),
    ("feed_events", "the feed continues after a restore: its numbers never go back"),
    ("feed_heads", "the feed continues after a restore: its numbers never go back"),
    ("idempotency_keys", "answers to requests of the last hours, not to be given again"),
    ("identity_providers", "how people get in: a restore must not open a door that was closed"),
    ("impersonations", "an impersonation happened, whatever is restored"),
    ("invitations", "links that were sent: a restore must not open one again"),
    ("job_notes", "what was done to work by hand, not data"),
    ("job_runs", "work that was done, not data"),
    ("jobs", "work that waits: done again it would do harm"),
    ("linked_identities", "how people get in: a restore must not open a door that was closed"),
    ("mail_outbox", "messages that were sent, not to be sent again"),
    ("webhook_attempts", "messages that were sent, not to be sent again"),
    ("webhook_deliveries", "messages that were sent, not to be sent again"),
    (
        "webhooks",
        "where events go, and how far they went: a restore must send none twice, or where somebody stopped it",
    ),
];

/// Tables that are saved but never changed by a restore, and why.
pub const KEPT_AS_THEY_ARE: &[(&str, &str)] = &[("audit_entries", "what was done was done: the record only grows")];

/// A table with the tenant first in its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns but the computed ones, in order.
    pub columns: Vec<Column>,
    /// The columns of its primary key, in order.
    pub key: Vec<String>,
    /// Whether its rows lie in partitions.
    pub is_partitioned: bool,
    /// Tables that its foreign keys name.
    pub needs: Vec<String>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type, as PostgreSQL writes it.
    pub kind: String,
}

impl Table {
    /// All of one tenant's rows in the order of the key, written the same everywhere; to be put into `copy (..) to stdout`.
    pub(super) fn select(&self, schema: &str, tenant: domain::ids::TenantId) -> String {
        let kind = |name: &str| self.columns.iter().find(|c| c.name == name).map_or("", |c| c.kind.as_str());
        // Two databases may sort words differently.
        let plain = |name: &String| {
            let is_text = kind(name).starts_with("text") || kind(name).starts_with("character");
            format!("{}{}", quoted(name), if is_text { " collate \"C\"" } else { "" })
        };
        let order: Vec<String> = self.key.iter().map(plain).collect();
        let by = if order.is_empty() { self.list("") } else { order.join(", ") };
        let (columns, from) = (self.list(""), format!("{}.{}", quoted(schema), quoted(&self.name)));
        // SQL: a table that is known by name alone, for COPY.
        format!("select {columns} from {from} where tenant_id = '{tenant}' order by {by}")
    }

    /// Its columns, each behind `alias` (such as `q.`).
    pub(super) fn list(&self, alias: &str) -> String {
        self.columns.iter().map(|c| format!("{alias}{}", quoted(&c.name))).collect::<Vec<_>>().join(", ")
    }
}

/// A name as SQL may hold it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The session that a hash of `copy` depends on.
// SQL: settings of a session.
pub(super) const SAME_EVERYWHERE: &str = "set timezone = 'UTC'; set datestyle = 'ISO, MDY'; set intervalstyle = 'postgres'; \
    set extra_float_digits = 3; set bytea_output = 'hex'; set client_encoding = 'UTF8'";

/// The tables that belong into a tenant's backup, those first that others need.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn saved(conn: &mut PgConnection) -> Result<Vec<Table>, DataError> {
    let found = all(conn).await?;
    Ok(needed_first(found.into_iter().filter(|t| !LEFT_OUT.iter().any(|(name, _)| *name == t.name)).collect()))
}

/// Every table with a `tenant_id`, saved or left out; partitions are part of theirs.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn all(conn: &mut PgConnection) -> Result<Vec<Table>, DataError> {
    // SQL: the catalogue has no entity.
    let sql = "select c.relname::text as name, c.relkind = 'p' as is_partitioned, \
        array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped \
          and a.attgenerated = '' order by a.attnum) as columns, \
        array(select format_type(a.atttypid, a.atttypmod) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 \
          and not a.attisdropped and a.attgenerated = '' order by a.attnum) as kinds, \
        array(select a.attname::text from pg_index i, unnest(i.indkey) with ordinality k (attnum, n), pg_attribute a \
          where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid and a.attnum = k.attnum order by k.n) as key, \
        array(select distinct r.relname::text from pg_constraint f join pg_class r on r.oid = f.confrelid \
          where f.conrelid = c.oid and f.contype = 'f' and f.confrelid <> c.oid order by 1) as needs \
      from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition \
        and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped) \
      order by c.relname";
    let rows = conn.fetch_all(sql).await?;
    rows.iter()
        .map(|row| {
            let (names, kinds): (Vec<String>, Vec<String>) = (row.try_get("columns")?, row.try_get("kinds")?);
            Ok(Table {
                name: row.try_get("name")?,
                columns: names.into_iter().zip(kinds).map(|(name, kind)| Column { name, kind }).collect(),
                key: row.try_get("key")?,
                is_partitioned: row.try_get("is_partitioned")?,
                needs: row.try_get("needs")?,
            })
        })
        .collect::<Result<_, sqlx::Error>>()
        .map_err(DataError::from)
}

/// Sorted so that tables that others need come before those.
pub(crate) fn needed_first(mut waiting: Vec<Table>) -> Vec<Table> {
    let mut sorted: Vec<Table> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let names: Vec<String> = waiting.iter().map(|t| t.name.clone()).collect();
        let (mut ready, blocked): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|t| !t.needs.iter().any(|need| names.contains(need)));
        if ready.is_empty() {
            // Tables that need each other: any order is as good.
            sorted.extend(blocked);
            return sorted;
        }
        sorted.append(&mut ready);
        waiting = blocked;
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, needs: &[&str]) -> Table {
        let needs = needs.iter().map(|n| (*n).to_owned()).collect();
        Table { name: name.into(), columns: Vec::new(), key: Vec::new(), is_partitioned: false, needs }
    }

    #[test]
    fn what_others_need_comes_first() {
        let sorted = needed_first(vec![table("a", &["b"]), table("b", &["c", "elsewhere"]), table("c", &[])]);
        assert_eq!(sorted.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["c", "b", "a"]);
        assert_eq!(needed_first(vec![table("a", &["b"]), table("b", &["a"])]).len(), 2);
    }
}
