//! Links that are sent by mail and open something once. Of their secret only a hash is kept.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::UserId;
use sea_orm::FromQueryResult;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::connect::Db;
use crate::error::DataError;
use crate::outbox::{self, NewMail};
use crate::platform::{Platform, PlatformTx};

/// How long a link opens.
pub const LASTS: TimeDelta = TimeDelta::hours(2);

/// What a link opens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// Choosing another password.
    Password,
    /// Taking this address as one's own.
    Email(String),
}

/// A link that may be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// Whose it is.
    pub person: UserId,
    /// What it opens.
    pub purpose: Purpose,
}

impl Purpose {
    const fn as_str(&self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Email(_) => "email",
        }
    }
}

/// Makes a link for `person` and puts the letters that `write` makes of its secret into the outbox. Those sent before for
/// the same purpose open nothing any more.
///
/// # Errors
/// When PostgreSQL fails or the machine has no randomness left.
pub async fn send(
    db: &Db,
    person: UserId,
    purpose: &Purpose,
    write: impl FnOnce(&str) -> Vec<NewMail>,
) -> Result<(), DataError> {
    let mut secret = [0_u8; 24];
    getrandom::fill(&mut secret).map_err(|e| DataError::Corrupt(e.to_string()))?;
    let text = URL_SAFE_NO_PAD.encode(secret);
    let tx = Platform::command(db.clone()).begin().await?;
    forget(&tx, person, purpose.as_str()).await?;
    let email = match purpose {
        Purpose::Password => None,
        Purpose::Email(email) => Some(email.clone()),
    };
    let now = db.clock().now();
    let sql = "insert into account_links (token_hash, user_id, purpose, email, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)";
    let values = [hash(&text).into(), person.0.into(), purpose.as_str().into(), email.into(), now.into()];
    tx.run(sql, values.into_iter().chain([(now + LASTS).into()])).await?;
    for mail in write(&text) {
        outbox::post_for_platform(&tx, mail).await?;
    }
    tx.commit().await
}

/// The link with this secret, while it opens. Looking does not use it up.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn look(db: &Db, text: &str) -> Result<Option<Link>, DataError> {
    let tx = Platform::command(db.clone()).begin().await?;
    let sql = "select user_id, purpose, email, expires_at from account_links where token_hash = $1";
    let row: Option<Row> = tx.one(sql, [hash(text).into()]).await?;
    tx.commit().await?;
    Ok(row.and_then(|row| row.link(db.clock().now())))
}

/// Uses the link with this secret up, within `tx`; none when it does not open any more.
pub(super) async fn take(tx: &PlatformTx, text: &str) -> Result<Option<Link>, DataError> {
    let sql = "delete from account_links where token_hash = $1 returning user_id, purpose, email, expires_at";
    let row: Option<Row> = tx.one(sql, [hash(text).into()]).await?;
    Ok(row.and_then(|row| row.link(tx.db().clock().now())))
}

/// Takes back what was sent to `person` for `purpose`.
pub(super) async fn forget(tx: &PlatformTx, person: UserId, purpose: &str) -> Result<(), DataError> {
    let sql = "delete from account_links where user_id = $1 and purpose = $2";
    tx.run(sql, [person.0.into(), purpose.into()]).await.map(drop)
}

#[derive(FromQueryResult)]
struct Row {
    user_id: Uuid,
    purpose: String,
    email: Option<String>,
    expires_at: DateTime<Utc>,
}

impl Row {
    fn link(self, now: DateTime<Utc>) -> Option<Link> {
        let purpose = match (self.purpose.as_str(), self.email) {
            ("password", None) => Purpose::Password,
            (_, Some(email)) => Purpose::Email(email),
            _ => return None,
        };
        (self.expires_at > now).then_some(Link { person: self.user_id.into(), purpose })
    }
}

fn hash(text: &str) -> Vec<u8> {
    Sha256::digest(text).to_vec()
}
