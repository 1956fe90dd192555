//! Invitations: a letter with a link that makes somebody a member. Of the link's secret only a hash is kept.

use chrono::{DateTime, Utc};
use domain::email;
use domain::fields::FieldErrors;
use domain::ids::{InvitationId, TenantId};
use domain::people::{INVITATION_LASTS, MemberRole, StoreAccess};
use sea_orm::FromQueryResult;
use serde_json::json;
use uuid::Uuid;

use super::place::{NewPlace, columns};
use crate::audit::Origin;
use crate::connect::Db;
use crate::error::DataError;
use crate::outbox::{self, NewMail};
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
}

/// An invitation as whoever has its link sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// To which tenant.
    pub tenant: TenantId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub tenant_name: String,
    /// Who is invited.
    pub email: String,
    /// The name of the role that waits.
    pub role: String,
    /// Whether there is an account with that address.
    pub has_account: bool,
}

/// Invitations that were not accepted yet, the last sent first.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn invitations(scope: &Scope) -> Result<Vec<Invitation>, DataError> {
    let tx = scope.begin().await?;
    let rows: Vec<Row> = tx
        .all(&format!("{SELECT} where i.tenant_id = $1 order by i.sent_at desc, i.id limit $2"), [MOST.into()])
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
    let sql = "insert into invitations (tenant_id, id, email, role, role_id, store_ids, token_hash, invited_by, created_at, sent_at, expires_at) \
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)";
    let [role, role_id, stores] = columns(&place.role, &place.stores);
    let (actor, now) = (scope.actor().to_string(), scope.now());
    let values = [id.0.into(), email.as_str().into(), role, role_id, stores, hash.into(), actor.into(), now.into()];
    tx.run(sql, values.into_iter().chain([(now + INVITATION_LASTS).into()])).await.map_err(invited_before)?;
    outbox::post(&tx, write(&secret)).await?;
    let mut details = place.details();
    details["email"] = email.into();
    crate::audit::note(&tx, "invitation.create", &id.to_string(), details).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Sends an invitation once more, with another link: the former one opens nothing any more. The secret, which can be read
/// only now.
///
/// # Errors
/// [`DataError::NotFound`] for one that is not the tenant's, or not open any more.
pub async fn resend(
    scope: &Scope,
    id: InvitationId,
    write: impl FnOnce(&Invitation, &str) -> NewMail,
) -> Result<(Invitation, String), DataError> {
    let tx = scope.begin().await?;
    let (secret, hash) = tenant_token::make(scope.tenant())?;
    let now = scope.now();
    let sql = "update invitations set token_hash = $3, sent_at = $4, expires_at = $5 where tenant_id = $1 and id = $2";
    tx.run(sql, [id.0.into(), hash.into(), now.into(), (now + INVITATION_LASTS).into()]).await?;
    let invitation = read(&tx, id).await?;
    outbox::post(&tx, write(&invitation, &secret)).await?;
    crate::audit::note(&tx, "invitation.resend", &id.to_string(), json!({"email": invitation.email})).await?;
    tx.commit().await?;
    Ok((invitation, secret))
}

/// Withdraws an invitation: its link opens nothing any more.
///
/// # Errors
/// [`DataError::NotFound`] for one that is not the tenant's, or not open any more.
pub async fn withdraw(scope: &Scope, id: InvitationId) -> Result<(), DataError> {
    let tx = scope.begin().await?;
    let invitation = read(&tx, id).await?;
    tx.run("delete from invitations where tenant_id = $1 and id = $2", [id.0.into()]).await?;
    crate::audit::note(&tx, "invitation.withdraw", &id.to_string(), json!({"email": invitation.email})).await?;
    tx.commit().await
}

/// The invitation with this secret, while it can be accepted.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn find(db: &Db, secret: &str) -> Result<Option<Invited>, DataError> {
    let Some((tenant, hash)) = tenant_token::parse(secret) else { return Ok(None) };
    let tx = enter(db, tenant, Actor::Job, Origin::default())?.begin().await?;
    let found: Option<InvitedRow> = tx.one(BY_SECRET, [hash.into(), db.clock().now().into()]).await?;
    tx.end();
    Ok(found.map(|row| Invited {
        tenant,
        slug: row.slug,
        tenant_name: row.tenant_name,
        email: row.email,
        role: row.role_name.unwrap_or(row.role),
        has_account: row.has_account,
    }))
}

pub(super) fn enter(db: &Db, tenant: TenantId, actor: Actor, origin: Origin) -> Result<Scope, DataError> {
    let access = Access::new(db.clone(), tenant, actor, Grants::All).with_origin(origin);
    access.scope(domain::permission::Permission::ManagePeople)
}

async fn check_free(tx: &Tx, email: &str, errors: &mut FieldErrors) -> Result<(), DataError> {
    let sql = "select m.user_id from memberships m join users u on u.id = m.user_id \
               where m.tenant_id = $1 and lower(u.email) = lower($2)";
    let member: Option<Uuid> = tx.scalar(sql, [email.into()]).await?;
    errors.add_if(member.is_some(), "email", "belongs to a member of this team");
    let waiting: Option<i64> = tx.scalar("select count(*) from invitations where tenant_id = $1", []).await?;
    let words = format!("cannot be invited now: {MOST} invitations wait; withdraw some of them first");
    errors.add_if(waiting.unwrap_or(0) >= MOST, "email", words);
    Ok(())
}

async fn read(tx: &Tx, id: InvitationId) -> Result<Invitation, DataError> {
    let row: Option<Row> = tx.one(&format!("{SELECT} where i.tenant_id = $1 and i.id = $2"), [id.0.into()]).await?;
    row.ok_or(DataError::NotFound("invitation"))?.try_into()
}

const SELECT: &str = "select i.id, i.email, i.role, i.role_id, i.store_ids, i.sent_at, i.expires_at, \
      coalesce(r.name, '') role_name, coalesce(r.permissions, '{}') permissions \
    from invitations i left join roles r on r.tenant_id = i.tenant_id and r.id = i.role_id";

const BY_SECRET: &str = "select i.email, i.role, t.slug, t.name tenant_name, r.name role_name, \
      exists (select from users u where lower(u.email) = lower(i.email)) has_account \
    from invitations i join tenants t on t.id = i.tenant_id and t.suspended_at is null \
    left join roles r on r.tenant_id = i.tenant_id and r.id = i.role_id \
    where i.tenant_id = $1 and i.token_hash = $2 and i.expires_at > $3";

#[derive(FromQueryResult)]
struct InvitedRow {
    email: String,
    role: String,
    slug: String,
    tenant_name: String,
    role_name: Option<String>,
    has_account: bool,
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
}

impl TryFrom<Row> for Invitation {
    type Error = DataError;
    fn try_from(row: Row) -> Result<Self, DataError> {
        Ok(Self {
            id: row.id.into(),
            email: row.email,
            role: member_role(&row.role, row.role_id.map(|id| (id, Some(row.role_name), Some(row.permissions))))?,
            stores: read_stores(row.store_ids),
            sent_at: row.sent_at,
            expires_at: row.expires_at,
        })
    }
}

fn invited_before(error: DataError) -> DataError {
    match error.constraint() {
        Some("invitations_email") => FieldErrors::one("email", "is invited already; send that invitation again").into(),
        _ => error,
    }
}
