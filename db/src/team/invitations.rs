//! Invitations: a letter with a link that makes somebody a member. Of the link's secret only a hash is kept.

use chrono::{DateTime, Utc};
use domain::email;
use domain::fields::FieldErrors;
use domain::ids::{InvitationId, TenantId};
use domain::people::{INVITATION_LASTS, MemberRole, StoreAccess, email_key};
use domain::permission::{Permission, Rights};
use sea_orm::FromQueryResult;
use serde_json::json;
use uuid::Uuid;

use super::invited::LinkDelivery;
use super::place::{NewPlace, columns};
use crate::audit::Origin;
use crate::connect::Db;
use crate::error::DataError;
use crate::outbox::{self, NewMail};
use crate::people::maker::{MAKER, Maker, joins};
use crate::people::{member_role, read_stores};
use crate::scope::{Access, Actor, Grants, Scope, Tx};
use crate::tenant_token;

/// Most invitations that wait at once.
const MOST: i64 = 200;

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

/// Invitations that were not accepted yet, the last sent first.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn invitations(scope: &Scope) -> Result<Vec<Invitation>, DataError> {
    let tx = scope.begin().await?;
    let rows: Vec<Row> = tx
        .all(&format!("{} where i.tenant_id = $1 order by i.sent_at desc, i.id limit $2", select()), [MOST.into()])
        .await?;
    tx.end();
    rows.into_iter().map(Invitation::try_from).collect()
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
    let sql = "insert into invitations (tenant_id, id, email, role, role_id, store_ids, token_hash, invited_by, created_at, sent_at, expires_at, email_key, is_shown) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12)";
    let [role, role_id, stores] = columns(&place.role, &place.stores);
    let (actor, now) = (scope.actor().to_string(), scope.now());
    let values = [id.0.into(), email.as_str().into(), role, role_id, stores, hash.into(), actor.into(), now.into()];
    let (until, is_shown) = (now + INVITATION_LASTS, delivery == LinkDelivery::Shown);
    let rest = [until.into(), email_key(&email).into(), is_shown.into()];
    tx.run(sql, values.into_iter().chain(rest)).await.map_err(invited_before)?;
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
    let sql = "update invitations set token_hash = $3, sent_at = $4, expires_at = $5, invited_by = $6, is_shown = $7 \
               where tenant_id = $1 and id = $2";
    let (until, actor) = (now + INVITATION_LASTS, scope.actor().to_string());
    let is_shown = delivery == LinkDelivery::Shown;
    let values = [id.0.into(), hash.into(), now.into(), until.into(), actor.into(), is_shown.into()];
    tx.run(sql, values).await?;
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
    tx.run("delete from invitations where tenant_id = $1 and id = $2", [id.0.into()]).await?;
    crate::audit::note(&tx, "invitation.withdraw", &id.to_string(), json!({"email": invitation.email})).await?;
    tx.commit().await
}

pub(super) fn enter(db: &Db, tenant: TenantId, actor: Actor, origin: Origin) -> Result<Scope, DataError> {
    let access = Access::new(db.clone(), tenant, actor, Grants::All).with_origin(origin);
    access.scope(Permission::ManagePeople)
}

async fn check_free(tx: &Tx, email: &str, errors: &mut FieldErrors) -> Result<(), DataError> {
    let sql = "select m.user_id from memberships m join users u on u.id = m.user_id \
               where m.tenant_id = $1 and u.email_key = $2";
    let member: Option<Uuid> = tx.scalar(sql, [email_key(email).into()]).await?;
    errors.add_if(member.is_some(), "email", "This user is already a member.");
    let waiting: Option<i64> = tx.scalar("select count(*) from invitations where tenant_id = $1", []).await?;
    let words = format!("There are {MOST} open invitations. Withdraw some first.");
    errors.add_if(waiting.unwrap_or(0) >= MOST, "email", words);
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
    let row: Option<Row> = tx.one(&format!("{} where i.tenant_id = $1 and i.id = $2", select()), [id.0.into()]).await?;
    row.ok_or(DataError::NotFound("invitation"))?.try_into()
}

fn select() -> String {
    format!(
        "select i.id, i.email, i.role, i.role_id, i.store_ids, i.sent_at, i.expires_at, \
           coalesce(r.name, '') role_name, coalesce(r.permissions, '{{}}') permissions, {MAKER} \
         from invitations i left join roles r on r.tenant_id = i.tenant_id and r.id = i.role_id {}",
        joins("i", "invited_by")
    )
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    email: String,
    role: String,
    role_id: Option<Uuid>,
    store_ids: Option<Vec<Uuid>>,
    sent_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    role_name: String,
    permissions: Vec<String>,
    #[sea_orm(nested)]
    sender: Maker,
}

impl TryFrom<Row> for Invitation {
    type Error = DataError;
    fn try_from(row: Row) -> Result<Self, DataError> {
        let role = member_role(&row.role, row.role_id.map(|id| (id, Some(row.role_name), Some(row.permissions))))?;
        let stores = read_stores(row.store_ids);
        let has_sender =
            row.sender.could(Permission::ManagePeople, &Rights::new(role.permissions(), stores.clone()))?;
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
