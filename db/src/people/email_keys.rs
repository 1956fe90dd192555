//! Accounts from before their addresses had a normal form.

use domain::people::email_key;
use uuid::Uuid;

use crate::connect::Db;
use crate::error::DataError;

/// Gives every account the key of its address. An account whose address comes to the same as an older one's is told apart
/// by its id, and named here: nobody signs in with it until its address is another. For `stoa migrate`, after the schema.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn mend(db: &Db) -> Result<Vec<String>, DataError> {
    // What is plain was keyed by the schema itself.
    let sql = "select id, email, email_key from users where email ~ '[^[:ascii:]]' or email_key like '%#%' order by created_at, id";
    let rows: Vec<(Uuid, String, String)> = sqlx::query_as(sql).fetch_all(&db.pool).await?;
    let mut told_apart = Vec::new();
    for (id, email, stored) in rows {
        let plain = email_key(&email);
        if stored == plain {
            continue;
        }
        let sql =
            "update users set email_key = $2 where id = $1 and not exists (select from users where email_key = $2)";
        if sqlx::query(sql).bind(id).bind(&plain).execute(&db.pool).await?.rows_affected() == 0 {
            let sql = "update users set email_key = $2 where id = $1 and email_key <> $2";
            sqlx::query(sql).bind(id).bind(format!("{plain}#{id}")).execute(&db.pool).await?;
            told_apart.push(email);
        }
    }
    Ok(told_apart)
}
