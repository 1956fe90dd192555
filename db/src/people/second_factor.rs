//! Codes of an app on somebody's phone (TOTP: six digits, 30 seconds), and what opens in their place when it is lost.
//! Each code opens once: the time step of the last one is kept, and neither it nor an older one is taken again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::ids::UserId;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, Set, TryInsertResult};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use totp_rs::{Builder, Secret, Totp};

use super::{Person, recovery_codes};
use crate::connect::Db;
use crate::entities::{SharedQueries, second_factor};
use crate::error::DataError;
use crate::sealing::Sealer;
use crate::transaction::Setting;

pub use super::recovery_codes::{RECOVERY_CODES, renew};

const ISSUER: &str = "Stoa";
const SECRET_BYTES: usize = 20;

/// What an app needs to be told.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// To be typed in.
    pub secret: String,
    /// To be shown as a QR code.
    pub address: String,
}

/// What an app was told and has not shown yet. It belongs to the session that asked for it, and is worth nothing once the
/// password, the address or a factor of its person is another.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pending {
    // Sealed and in base64.
    secret: String,
    // Of what the account was then.
    account: String,
}

/// Where somebody stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    /// Whether an app was set up that shows codes.
    pub is_on: bool,
    /// Passkeys that they have.
    pub passkeys: i64,
    /// Recovery codes that are left.
    pub recovery_codes: i64,
}

/// What `code` opened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Opened {
    /// A code of the app.
    ByApp,
    /// A recovery code; how many are left.
    ByRecovery(i64),
}

/// Where `person` stands.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn standing(db: &Db, person: UserId) -> Result<Standing, DataError> {
    // SQL: three tables as of one moment.
    let sql = "select exists (select from second_factors where user_id = $1 and confirmed_at is not null), \
               (select count(*) from passkeys where user_id = $1), \
               (select count(*) from recovery_codes where user_id = $1 and used_at is null)";
    let (is_on, passkeys, recovery_codes) = sqlx::query_as(sql).bind(person.0).fetch_one(&db.pool).await?;
    Ok(Standing { is_on, passkeys, recovery_codes })
}

/// Begins to set codes up, with a secret that nobody was told before.
///
/// # Errors
/// [`DataError::Refused`] when they are set up already.
pub async fn begin(db: &Db, sealer: &Sealer, person: &Person) -> Result<Pending, DataError> {
    if find(db, sealer, person.id).await?.is_some() {
        return Err(DataError::Refused("Two-factor authentication is already on.".to_owned()));
    }
    let mut secret = [0_u8; SECRET_BYTES];
    getrandom::fill(&mut secret).map_err(|e| DataError::Corrupt(e.to_string()))?;
    let sealed = sealer.seal(&pending_purpose(person.id), &secret)?;
    Ok(Pending { secret: STANDARD.encode(sealed), account: account_as_it_is(db, person.id).await? })
}

/// What an app needs to be told; none when it is worth nothing any more.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn enrolment(
    db: &Db,
    sealer: &Sealer,
    person: &Person,
    pending: &Pending,
) -> Result<Option<Enrolment>, DataError> {
    let Some(secret) = still_pending(db, sealer, person.id, pending).await? else { return Ok(None) };
    let totp = Found { secret }.totp(&person.email);
    let address = totp.to_url().map_err(|e| DataError::Corrupt(e.to_string()))?;
    Ok(Some(Enrolment { secret: totp.secret().to_base32(), address }))
}

/// Turns codes on with the first right one; the recovery codes, which can be read only now. None when it is wrong, or what
/// the app was told is worth nothing any more.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn confirm(
    db: &Db,
    sealer: &Sealer,
    person: UserId,
    pending: &Pending,
    code: &str,
) -> Result<Option<Vec<String>>, DataError> {
    let Some(secret) = still_pending(db, sealer, person, pending).await? else { return Ok(None) };
    let (now, found) = (db.clock().now(), Found { secret });
    let Some(step) = found.step_of(code, now) else { return Ok(None) };
    let sealed = sealer.seal(&purpose(person), &found.secret)?;
    let row = second_factor::ActiveModel {
        user_id: Set(person.0),
        secret: Set(sealed),
        confirmed_at: Set(now),
        last_step: Set(step),
        created_at: Set(now),
    };
    let done = db.insert_shared(row).on_conflict_do_nothing().exec_without_returning(&db.conn).await?;
    if !matches!(done, TryInsertResult::Inserted(1)) {
        return Ok(None);
    }
    recovery_codes::renew(db, person).await.map(Some)
}

/// Whether `code`, of the app or for recovery, opens the account of `person`. Each opens once.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn open(db: &Db, sealer: &Sealer, person: UserId, code: &str) -> Result<Option<Opened>, DataError> {
    if let Some(step) = step_of(db, sealer, person, code).await? {
        return Ok(use_up(db, person, step).await?.then_some(Opened::ByApp));
    }
    if !recovery_codes::use_up(db, person, code).await? {
        return Ok(None);
    }
    Ok(Some(Opened::ByRecovery(standing(db, person).await?.recovery_codes)))
}

/// Whether `code` is one of the app of `person`. Each opens once. Recovery codes are left alone.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn open_by_app(db: &Db, sealer: &Sealer, person: UserId, code: &str) -> Result<bool, DataError> {
    match step_of(db, sealer, person, code).await? {
        Some(step) => use_up(db, person, step).await,
        None => Ok(false),
    }
}

async fn step_of(db: &Db, sealer: &Sealer, person: UserId, code: &str) -> Result<Option<i64>, DataError> {
    let found = find(db, sealer, person).await?;
    Ok(found.and_then(|found| found.step_of(code, db.clock().now())))
}

async fn use_up(db: &Db, person: UserId, step: i64) -> Result<bool, DataError> {
    let row = second_factor::ActiveModel { last_step: Set(step), ..Default::default() };
    let older = db
        .update_shared::<second_factor::Entity>()
        .set(row)
        .filter(second_factor::Column::UserId.eq(person.0))
        .filter(second_factor::Column::LastStep.lt(step));
    Ok(older.exec(&db.conn).await?.rows_affected > 0)
}

/// Asks no more codes of `person`. Recovery codes stay while there is a passkey that they stand in for.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn remove(db: &Db, person: UserId) -> Result<(), DataError> {
    let tx = db.begin(Setting::Person(person)).await?;
    let factor = second_factor::Column::UserId.eq(person.0);
    tx.delete_shared::<second_factor::Entity>().filter(factor).exec(&tx).await?;
    recovery_codes::drop_needless(&tx, person).await?;
    Ok(tx.commit().await?)
}

struct Found {
    secret: Vec<u8>,
}

impl Found {
    fn totp(&self, account: &str) -> Totp {
        let secret = Secret::new(self.secret.clone().into_boxed_slice());
        // A colon ends the name of the issuer there.
        Builder::new()
            .with_secret(secret)
            .with_account_name(account.replace(':', " "))
            .with_issuer(Some(ISSUER))
            .build_noncompliant()
    }

    // The time step whose code this is: now, just before or just after.
    fn step_of(&self, code: &str, now: chrono::DateTime<chrono::Utc>) -> Option<i64> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let seconds = u64::try_from(now.timestamp()).ok()?;
        let step = (code.len() == 6).then(|| self.totp("").check(&code, seconds)).flatten()?;
        i64::try_from(step).ok()
    }
}

async fn find(db: &Db, sealer: &Sealer, person: UserId) -> Result<Option<Found>, DataError> {
    let factor = db.find_shared::<second_factor::Entity>().filter(second_factor::Column::UserId.eq(person.0));
    let sealed: Option<Vec<u8>> =
        factor.select_only().column(second_factor::Column::Secret).into_tuple().one(&db.conn).await?;
    sealed.map(|sealed| sealer.open(&purpose(person), &sealed).map(|secret| Found { secret })).transpose()
}

async fn still_pending(
    db: &Db,
    sealer: &Sealer,
    person: UserId,
    pending: &Pending,
) -> Result<Option<Vec<u8>>, DataError> {
    if account_as_it_is(db, person).await? != pending.account {
        return Ok(None);
    }
    let sealed = STANDARD.decode(&pending.secret).ok();
    Ok(sealed.and_then(|sealed| sealer.open(&pending_purpose(person), &sealed).ok()))
}

// Another text once the password, the address or a factor of `person` is another.
async fn account_as_it_is(db: &Db, person: UserId) -> Result<String, DataError> {
    // SQL: three tables as of one moment.
    let sql = "select u.password_hash, u.email, \
                 coalesce((select string_agg(p.id::text, ',' order by p.id) from passkeys p where p.user_id = u.id), ''), \
                 exists (select from second_factors f where f.user_id = u.id) \
               from users u where u.id = $1";
    let (hash, email, passkeys, codes): (String, String, String, bool) =
        sqlx::query_as(sql).bind(person.0).fetch_one(&db.pool).await?;
    let digest = Sha256::digest(format!("{hash}\0{email}\0{passkeys}\0{codes}"));
    Ok(STANDARD.encode(digest))
}

fn purpose(person: UserId) -> String {
    format!("second factor of {person}")
}

fn pending_purpose(person: UserId) -> String {
    format!("second factor to come of {person}")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The time step that `code` belongs to at `seconds`, under `secret`.
    pub fn step(secret: &[u8], code: &str, seconds: i64) -> Option<i64> {
        let found = Found { secret: secret.to_vec() };
        found.step_of(code, chrono::DateTime::from_timestamp(seconds, 0)?)
    }
}
