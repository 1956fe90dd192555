//! Every route that writes, walked over: what succeeds is recorded, whoever impersonates a member changes nothing, and
//! closed tenants answer that they are.

mod closed;
mod impersonating;
mod recorded;
mod walk;

use std::collections::BTreeMap;

use domain::ids::UserId;
use sqlx::{Connection, PgConnection};

use crate::harness::App;

/// Everything that the database holds of all tenants and people, as one number a table.
pub async fn held(app: &App) -> BTreeMap<String, String> {
    let mut owner = app.test_db.backup_owner().await;
    let sql = "select c.relname::text from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') \
               and not c.relispartition";
    let tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut owner).await.unwrap();
    let mut held = BTreeMap::new();
    for table in tables {
        let sql = format!("select coalesce(sum(hashtextextended(t::text, 0)), 0)::text from {table} t");
        let all: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&mut owner).await.unwrap();
        held.insert(table, all);
    }
    assert_ne!(held["orders"], "0", "it sees nothing");
    held
}

/// The platform admin that was made last.
pub async fn last_admin(app: &App) -> UserId {
    let mut owner = PgConnection::connect(&app.test_db.owner_url).await.unwrap();
    let sql = "select id from users where is_platform_admin order by age(xmin) limit 1";
    UserId(sqlx::query_scalar(sql).fetch_one(&mut owner).await.unwrap())
}
