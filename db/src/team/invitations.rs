//! Invitations: a letter with a link that makes somebody a member. Of the link's secret only a hash is kept.

use chrono::{DateTime, Utc};
use domain::email;
use domain::fields::FieldErrors;
use domain::ids::{InvitationId, TenantId};
use domain::people::{INVITATION_LASTS, MemberRole, StoreAccess, email_key};
use domain::permission::{Permission, Permissions, Rights};
use sea_orm::{ColumnTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, SelectExt, Set};
use serde_json::json;

use super::invited::LinkDelivery;
use super::place::NewPlace;
use crate::connect::Db;
use crate::entities::{TenantQueries, invitation, membership, role, user};
use crate::error::DataError;
use crate::outbox::{self, NewMail};
use crate::people::makers::Makers;
use crate::people::{custom_role, read_stores};
use crate::scope::{Access, Actor, Grants, Origin, Scope, Tx};
use crate::tenant_token;

/// Most invitations that wait at once.
const MOST: u64 = 200;

/// An invitation that was not accepted yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Who is invited.
    pub email: String,
    /// The role that waits for them.
    pub role: MemberRole,
    /// The stores that wait for them.
    pub stores: StoreAccess,
    /// When it was sent, the last time.
    pub sent_at: DateTime<Utc>,
    /// Until when it can be accepted.
    pub expires_at: DateTime<Utc>,
    /// Whether whoever sent it may still do so: otherwise its link is invalid.
    pub has_sender: bool,
}

/// Invitations that were not accepted yet, the last sent first. Three statements at any size.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn invitations(scope: &Scope) -> Result<Vec<Invitation>, DataError> {
    let tx = scope.begin().await?;
    let found = tx.find::<invitation::Entity>().order_by_desc(invitation::Column::SentAt);
    let rows = rows(&tx, found.order_by_asc(invitation::Column::Id).limit(MOST)).await?;
    tx.end();
    Ok(rows)
}

/// Invites whoever reads mail at `email`; `write` makes the letter from the link's secret, which is given back too: it can
/// be read only now.
///
/// # Errors
/// What is wrong with `email`, `role` or `stores`.
pub async fn invite(
    scope: &Scope,
    email: &str,
    to: &NewPlace,
    delivery: LinkDelivery,
    write: impl FnOnce(&str) -> NewMail,
) -> Result<String, DataError> {
    let tx = scope.begin().await?;
    let mut errors = FieldErrors::default();
    let email = email::check(email).map_err(|words| errors.add("email", words)).unwrap_or_default();
    let place = match to.find(&tx).await {
        Ok(place) => Some(place),
        Err(DataError::Invalid(faults)) => {
            errors.0.extend(faults.0);
            None
        }
        Err(other) => return Err(other),
    };
    if errors.is_empty() {
        check_free(&tx, &email, &mut errors).await?;
    }
    let Some(place) = place.filter(|_| errors.is_empty()) else { return Err(errors.into()) };
    let (secret, hash) = tenant_token::make(scope.tenant())?;
    let id: InvitationId = scope.clock().id();
    let (role, role_id, store_ids) = place.columns();
    let (actor, now) = (scope.actor().to_string(), scope.now());
    let row = invitation::ActiveModel {
        id: Set(id.0),
        email: Set(email.clone()),
        role: Set(role),
        role_id: Set(role_id),
        store_ids: Set(store_ids),
        created_at: Set(now),
        email_key: Set(email_key(&email)),
        ..sent(hash, actor, now, delivery)
    };
    let insert = tx.insert(row).exec_without_returning(tx.conn()).await;
    insert.map_err(DataError::from).map_err(invited_before)?;
    outbox::post(&tx, write(&secret)).await?;
    let mut details = place.details();
    details["email"] = email.into();
    crate::audit::note(&tx, "invitation.create", &id.to_string(), details).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Sends an invitation once more, in the actor's name and with another link: the former one opens nothing any more. The
/// secret, which can be read only now.
///
/// # Errors
/// [`DataError::NotFound`] for one that is not the tenant's, or not open any more; [`DataError::Refused`] for whoever could
/// not have invited so.
pub async fn resend(
    scope: &Scope,
    id: InvitationId,
    delivery: LinkDelivery,
    write: impl FnOnce(&Invitation, &str) -> NewMail,
) -> Result<(Invitation, String), DataError> {
    let tx = scope.begin().await?;
    refuse_beyond_own(&read(&tx, id).await?, &tx, "resend this invitation")?;
    let (secret, hash) = tenant_token::make(scope.tenant())?;
    let now = scope.now();
    let row = sent(hash, scope.actor().to_string(), now, delivery);
    let update = tx.update::<invitation::Entity>().set(row).filter(invitation::Column::Id.eq(id.0));
    update.exec(tx.conn()).await?;
    let invitation = read(&tx, id).await?;
    outbox::post(&tx, write(&invitation, &secret)).await?;
    crate::audit::note(&tx, "invitation.resend", &id.to_string(), json!({"email": invitation.email})).await?;
    tx.commit().await?;
    Ok((invitation, secret))
}

/// Withdraws an invitation: its link opens nothing any more.
///
/// # Errors
/// [`DataError::NotFound`] for one that is not the tenant's, or not open any more; [`DataError::Refused`] for whoever could
/// not have invited so, as with members who may do more.
pub async fn withdraw(scope: &Scope, id: InvitationId) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    let invitation = read(&tx, id).await?;
    refuse_beyond_own(&invitation, &tx, "withdraw this invitation")?;
    tx.delete::<invitation::Entity>().filter(invitation::Column::Id.eq(id.0)).exec(tx.conn()).await?;
    crate::audit::note(&tx, "invitation.withdraw", &id.to_string(), json!({"email": invitation.email})).await?;
    tx.commit().await
}

pub(super) fn enter(db: &Db, tenant: TenantId, actor: Actor, origin: Origin) -> Result<Scope, DataError> {
    let access = Access::new(db.clone(), tenant, actor, Grants::All).with_origin(origin);
    access.scope(Permission::ManagePeople)
}

async fn check_free(tx: &Tx, email: &str, errors: &mut FieldErrors) -> Result<(), DataError> {
    let member = tx.find::<membership::Entity>().inner_join(user::Entity);
    let is_member = member.filter(user::Column::EmailKey.eq(email_key(email))).exists(tx.conn()).await?;
    errors.add_if(is_member, "email", "This user is already a member.");
    let waiting = tx.find::<invitation::Entity>().count(tx.conn()).await?;
    let words = format!("There are {MOST} open invitations. Withdraw some first.");
    errors.add_if(waiting >= MOST, "email", words);
    Ok(())
}

// The same rule as for members: nobody reaches above what they may do, and links that stand in for mail are shown only to
// whoever could have invited so.
fn refuse_beyond_own(invitation: &Invitation, tx: &Tx, what: &str) -> Result<(), DataError> {
    let rights = Rights::new(invitation.role.permissions(), invitation.stores.clone());
    let beyond =
        |_| DataError::Refused(format!("You cannot {what}, because it includes permissions that you do not have."));
    tx.scope().may_grant(&rights).map_err(beyond)
}

async fn read(tx: &Tx, id: InvitationId) -> Result<Invitation, DataError> {
    let found = rows(tx, tx.find::<invitation::Entity>().filter(invitation::Column::Id.eq(id.0))).await?;
    found.into_iter().next().ok_or(DataError::NotFound("invitation"))
}

// With their custom roles, and with who sent them.
async fn rows(tx: &Tx, invitations: Select<invitation::Entity>) -> Result<Vec<Invitation>, DataError> {
    let found = invitations.find_also_related(role::Entity).all(tx.conn()).await?;
    let senders = Makers::load(tx, found.iter().map(|(row, _)| row.invited_by.as_str())).await?;
    found.into_iter().map(|(row, custom)| Invitation::of(row, custom, &senders)).collect()
}

// What sending an invitation sets.
fn sent(token_hash: Vec<u8>, actor: String, now: DateTime<Utc>, delivery: LinkDelivery) -> invitation::ActiveModel {
    invitation::ActiveModel {
        token_hash: Set(token_hash),
        invited_by: Set(actor),
        sent_at: Set(now),
        expires_at: Set(now + INVITATION_LASTS),
        is_shown: Set(delivery == LinkDelivery::Shown),
        ..Default::default()
    }
}

impl Invitation {
    fn of(row: invitation::Model, custom: Option<role::Model>, senders: &Makers) -> Result<Self, DataError> {
        let role = match (row.role_id, row.role.built_in(), custom) {
            (None, Some(role), _) => MemberRole::Fixed(role),
            (Some(_), _, Some(role)) => custom_role(role),
            // A role that is gone gives nothing.
            (Some(id), _, None) => {
                MemberRole::Custom { id: id.into(), name: String::new(), permissions: Permissions::default() }
            }
            (None, None, _) => return Err(DataError::Corrupt("an invitation names no role".into())),
        };
        let stores = read_stores(row.store_ids);
        let rights = Rights::new(role.permissions(), stores.clone());
        let has_sender = senders.could(&row.invited_by, Permission::ManagePeople, &rights)?;
        let (id, sent_at, expires_at) = (row.id.into(), row.sent_at, row.expires_at);
        Ok(Self { id, email: row.email, role, stores, sent_at, expires_at, has_sender })
    }
}

fn invited_before(error: DataError) -> DataError {
    match error.constraint() {
        Some("invitations_email") => {
            FieldErrors::one("email", "This email is already invited. Resend the invitation.").into()
        }
        _ => error,
    }
}
