//! Accounts from before their addresses had a normal form.

use domain::people::email_key;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set, UpdateMany};
use uuid::Uuid;

use crate::connect::Db;
use crate::entities::{SharedQueries, user};
use crate::error::DataError;

/// Gives every account the key of its address. An account whose address comes to the same as an older one's is told apart
/// by its id, and named here: nobody signs in with it until its address is another. For `stoa migrate`, after the schema.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn mend(db: &Db) -> Result<Vec<String>, DataError> {
    // What is plain was keyed by the schema itself.
    let is_other = Expr::cust("email ~ '[^[:ascii:]]'").or(user::Column::EmailKey.contains("#"));
    let users = db
        .find_shared::<user::Entity>()
        .filter(is_other)
        .order_by_asc(user::Column::CreatedAt)
        .order_by_asc(user::Column::Id);
    let columns = [user::Column::Id, user::Column::Email, user::Column::EmailKey];
    let rows: Vec<(Uuid, String, String)> = users.select_only().columns(columns).into_tuple().all(&db.conn).await?;
    let mut told_apart = Vec::new();
    for (id, email, stored) in rows {
        let plain = email_key(&email);
        if stored == plain {
            continue;
        }
        let other = db.find_shared::<user::Entity>().filter(user::Column::EmailKey.eq(plain.as_str()));
        let is_free = Expr::not_exists(other.select_only().column(user::Column::Id).into_query());
        if update(db, id, plain.clone()).filter(is_free).exec(&db.conn).await?.rows_affected == 0 {
            let key = format!("{plain}#{id}");
            let is_another = user::Column::EmailKey.ne(key.as_str());
            update(db, id, key).filter(is_another).exec(&db.conn).await?;
            told_apart.push(email);
        }
    }
    Ok(told_apart)
}

fn update(db: &Db, id: Uuid, key: String) -> UpdateMany<user::Entity> {
    let row = user::ActiveModel { email_key: Set(key), ..Default::default() };
    db.update_shared::<user::Entity>().set(row).filter(user::Column::Id.eq(id))
}
