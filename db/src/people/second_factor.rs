//! Codes of an app on somebody's phone (TOTP: six digits, 30 seconds), and what opens in their place when it is lost.
//! Each code opens once: the time step of the last one is kept, and neither it nor an older one is taken again.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::ids::UserId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use totp_rs::{Builder, Secret, Totp};

use super::Person;
use crate::connect::Db;
use crate::error::DataError;
use crate::sealing::Sealer;

/// How many recovery codes somebody gets.
pub const RECOVERY_CODES: usize = 10;
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
    let sql = "insert into second_factors (user_id, secret, confirmed_at, last_step, created_at) values ($1, $2, $3, $4, $3) \
               on conflict (user_id) do nothing";
    let done = sqlx::query(sql).bind(person.0).bind(sealed).bind(now).bind(step).execute(&db.pool).await?;
    if done.rows_affected() == 0 {
        return Ok(None);
    }
    renew(db, person).await.map(Some)
}

/// Whether `code`, of the app or for recovery, opens the account of `person`. Each opens once.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn open(db: &Db, sealer: &Sealer, person: UserId, code: &str) -> Result<Option<Opened>, DataError> {
    if let Some(step) = step_of(db, sealer, person, code).await? {
        return Ok(use_up(db, person, step).await?.then_some(Opened::ByApp));
    }
    let sql = "update recovery_codes set used_at = $3 where user_id = $1 and code_hash = $2 and used_at is null";
    let used = sqlx::query(sql).bind(person.0).bind(hash(code)).bind(db.clock().now()).execute(&db.pool).await?;
    if used.rows_affected() == 0 {
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
    let sql = "update second_factors set last_step = $2 where user_id = $1 and last_step < $2";
    Ok(sqlx::query(sql).bind(person.0).bind(step).execute(&db.pool).await?.rows_affected() > 0)
}

/// New recovery codes in place of all others; they can be read only now.
///
/// # Errors
/// When PostgreSQL fails or the machine has no randomness left.
pub async fn renew(db: &Db, person: UserId) -> Result<Vec<String>, DataError> {
    let codes = (0..RECOVERY_CODES).map(|_| recovery_code()).collect::<Result<Vec<_>, _>>()?;
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| hash(code)).collect();
    let mut tx = db.pool.begin().await?;
    sqlx::query("delete from recovery_codes where user_id = $1").bind(person.0).execute(&mut *tx).await?;
    let sql = "insert into recovery_codes (user_id, code_hash) select $1, c from unnest($2::bytea[]) c";
    sqlx::query(sql).bind(person.0).bind(hashes).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Asks no more codes of `person`. Recovery codes stay while there is a passkey that they stand in for.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn remove(db: &Db, person: UserId) -> Result<(), DataError> {
    let mut tx = db.pool.begin().await?;
    sqlx::query("delete from second_factors where user_id = $1").bind(person.0).execute(&mut *tx).await?;
    drop_needless_codes(&mut tx, person).await?;
    Ok(tx.commit().await?)
}

/// Removes recovery codes that stand in for nothing any more.
pub(super) async fn drop_needless_codes(tx: &mut PgConnection, person: UserId) -> Result<(), DataError> {
    let sql = "delete from recovery_codes where user_id = $1 and not stoa_has_second_factor($1)";
    sqlx::query(sql).bind(person.0).execute(tx).await?;
    Ok(())
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
    let sql = "select secret from second_factors where user_id = $1";
    let sealed: Option<Vec<u8>> = sqlx::query_scalar(sql).bind(person.0).fetch_optional(&db.pool).await?;
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

// 80 random bits in four groups: too many to guess, so the hash needs no salt.
fn recovery_code() -> Result<String, DataError> {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|e| DataError::Corrupt(e.to_string()))?;
    let letters: String = bytes.iter().map(|b| char::from(LETTERS[usize::from(b % 32)])).collect();
    Ok([&letters[..4], &letters[4..8], &letters[8..12], &letters[12..]].join("-"))
}

fn hash(code: &str) -> Vec<u8> {
    let letters: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    Sha256::digest(letters.to_lowercase()).to_vec()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The time step that `code` belongs to at `seconds`, under `secret`.
    pub fn step(secret: &[u8], code: &str, seconds: i64) -> Option<i64> {
        let found = Found { secret: secret.to_vec() };
        found.step_of(code, chrono::DateTime::from_timestamp(seconds, 0)?)
    }

    #[test]
    fn recovery_codes_are_read_however_they_are_typed() {
        let code = recovery_code().unwrap();
        assert_eq!((code.len(), code.matches('-').count()), (19, 3), "{code}");
        assert_eq!(hash(&code), hash(&code.replace('-', " ").to_uppercase()));
        assert_ne!(code, recovery_code().unwrap());
    }
}
