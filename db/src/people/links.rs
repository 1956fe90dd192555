//! Links that are sent by mail and open something once. Of their secret only a hash is kept.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use domain::ids::UserId;
use sea_orm::{ColumnTrait, QueryFilter, Set};
use sha2::{Digest, Sha256};

use crate::connect::Db;
use crate::entities::enums::LinkPurpose;
use crate::entities::{SharedQueries, account_link};
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
    const fn kind(&self) -> LinkPurpose {
        match self {
            Self::Password => LinkPurpose::Password,
            Self::Email(_) => LinkPurpose::Email,
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
    forget(&tx, person, purpose.kind()).await?;
    let email = match purpose {
        Purpose::Password => None,
        Purpose::Email(email) => Some(email.clone()),
    };
    let now = db.clock().now();
    let row = account_link::ActiveModel {
        token_hash: Set(hash(&text)),
        user_id: Set(person.0),
        purpose: Set(purpose.kind()),
        email: Set(email),
        created_at: Set(now),
        expires_at: Set(now + LASTS),
    };
    tx.insert_shared(row).exec_without_returning(tx.conn()).await?;
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
    let row = tx.find_shared::<account_link::Entity>().filter(account_link::Column::TokenHash.eq(hash(text)));
    let row = row.one(tx.conn()).await?;
    tx.commit().await?;
    Ok(row.and_then(|row| open(row, db.clock().now())))
}

/// Uses the link with this secret up, within `tx`; none when it does not open any more.
pub(super) async fn take(tx: &PlatformTx, text: &str) -> Result<Option<Link>, DataError> {
    let taken = tx.delete_shared::<account_link::Entity>().filter(account_link::Column::TokenHash.eq(hash(text)));
    let taken = taken.exec_with_returning(tx.conn()).await?;
    Ok(taken.into_iter().next().and_then(|row| open(row, tx.db().clock().now())))
}

/// Takes back what was sent to `person` for `purpose`.
pub(super) async fn forget(tx: &PlatformTx, person: UserId, purpose: LinkPurpose) -> Result<(), DataError> {
    let sent = tx.delete_shared::<account_link::Entity>().filter(account_link::Column::UserId.eq(person.0));
    sent.filter(account_link::Column::Purpose.eq(purpose)).exec(tx.conn()).await?;
    Ok(())
}

fn open(row: account_link::Model, now: DateTime<Utc>) -> Option<Link> {
    let purpose = match (row.purpose, row.email) {
        (LinkPurpose::Password, None) => Purpose::Password,
        (_, Some(email)) => Purpose::Email(email),
        (LinkPurpose::Email, None) => return None,
    };
    (row.expires_at > now).then_some(Link { person: row.user_id.into(), purpose })
}

fn hash(text: &str) -> Vec<u8> {
    Sha256::digest(text).to_vec()
}
