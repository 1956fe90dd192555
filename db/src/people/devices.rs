//! Browsers in which somebody signed in before, so that a new one can be told of.

use domain::ids::UserId;
use domain::people::email_key;
use sea_orm::{ColumnTrait, QueryFilter, SelectExt};
use sha2::{Digest, Sha256};

use crate::connect::Db;
use crate::entities::{SharedQueries, known_device};
use crate::error::DataError;

/// What is known of the browser in which somebody signs in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Familiar {
    /// They signed in here before.
    Known,
    /// It is the first of all.
    First,
    /// They signed in before, but not here.
    New,
}

/// Notes a sign-in in the browser whose cookie is `device`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn note(db: &Db, person: UserId, device: &str) -> Result<Familiar, DataError> {
    // SQL: in one statement, so that of two sign-ins at once only one is the first; `xmax` tells an insert from an update.
    let sql = "with others as (select exists (select from known_devices where user_id = $1) any_before), \
               noted as (insert into known_devices (user_id, device_hash, first_at, last_at) values ($1, $2, $3, $3) \
                 on conflict (user_id, device_hash) do update set last_at = excluded.last_at returning xmax = 0 as is_new) \
               select noted.is_new, others.any_before from noted, others";
    let (is_new, any_before): (bool, bool) = sqlx::query_as(sql)
        .bind(person.0)
        .bind(Sha256::digest(device).to_vec())
        .bind(db.clock().now())
        .fetch_one(&db.pool)
        .await?;
    Ok(match (is_new, any_before) {
        (false, _) => Familiar::Known,
        (true, false) => Familiar::First,
        (true, true) => Familiar::New,
    })
}

/// Whether the account with this e-mail has signed in before in the browser whose cookie is `device`. Reads the same for
/// accounts that there are and those that there are not.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn is_known(db: &Db, email: &str, device: &str) -> Result<bool, DataError> {
    // SQL: the same reads whether there is such an account or not, so that the time they take tells nothing.
    let sql = "select exists (select from known_devices where user_id = \
                 coalesce((select id from users where email_key = $1), '00000000-0000-0000-0000-000000000000') and device_hash = $2)";
    let query = sqlx::query_scalar(sql).bind(email_key(email)).bind(Sha256::digest(device).to_vec());
    Ok(query.fetch_one(&db.pool).await?)
}

/// Whether `person` has signed in before in the browser whose cookie is `device`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn is_known_to(db: &Db, person: UserId, device: &str) -> Result<bool, DataError> {
    let known = db.find_shared::<known_device::Entity>().filter(known_device::Column::UserId.eq(person.0));
    let known = known.filter(known_device::Column::DeviceHash.eq(Sha256::digest(device).to_vec()));
    Ok(known.exists(&db.conn).await?)
}
