//! Platform admins who look at a tenant as one of its members: for a reason, for a time, and noted twice: in the tenant's
//! record and in the installation's, which outlives the tenant.

use chrono::{DateTime, TimeDelta, Utc};
use domain::audit::Via;
use domain::fields::FieldErrors;
use domain::ids::{ImpersonationId, TenantId, UserId};
use sea_orm::FromQueryResult;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::audit::Origin;
use crate::connect::Db;
use crate::error::DataError;
use crate::people::Person;
use crate::platform::Platform;
use crate::scope::Actor;

/// For how long somebody may look, in minutes.
pub const MINUTES: [i64; 3] = [15, 30, 60];
const LONGEST_REASON: usize = 500;

/// A look that goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impersonation {
    /// Its id.
    pub id: ImpersonationId,
    /// At which tenant.
    pub tenant: TenantId,
    /// Who looks.
    pub admin: UserId,
    /// As whom.
    pub member: UserId,
    /// Why.
    pub reason: String,
    /// Whether they may change things as well.
    pub is_raised: bool,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// When it ends by itself.
    pub until: DateTime<Utc>,
    /// When it was ended before that.
    pub ended_at: Option<DateTime<Utc>>,
}

/// Begins a look at the tenant called `slug` as its member `member`.
///
/// # Errors
/// What is wrong with `reason` or `minutes`; [`DataError::NotFound`] for whoever is no member there;
/// [`DataError::Refused`] for another platform admin.
pub async fn begin(
    platform: &Platform,
    admin: &Person,
    slug: &str,
    member: UserId,
    reason: &str,
    minutes: i64,
) -> Result<(TenantId, ImpersonationId), DataError> {
    let mut errors = FieldErrors::default();
    let reason = reason.trim();
    errors.add_if(reason.is_empty(), "reason", "Enter a reason.");
    errors.add_if(reason.chars().count() > LONGEST_REASON, "reason", "Use at most 500 characters.");
    errors.add_if(!MINUTES.contains(&minutes), "minutes", "Choose 15, 30 or 60 minutes.");
    errors.into_result(())?;
    let tenant = platform.enter(slug).await?.tenant();
    let scope = platform.inside(tenant)?;
    let tx = scope.begin().await?;
    let sql = "select u.is_platform_admin from memberships m join users u on u.id = m.user_id where m.tenant_id = $1 and m.user_id = $2";
    let is_admin: Option<bool> = tx.scalar(sql, [member.0.into()]).await?;
    if is_admin.ok_or(DataError::NotFound("member"))? {
        return Err(DataError::Refused("You cannot impersonate another platform admin.".to_owned()));
    }
    let (id, now): (ImpersonationId, _) = (scope.clock().id(), scope.now());
    let until = now + TimeDelta::minutes(minutes);
    let sql = "insert into impersonations (tenant_id, id, admin_id, member_id, reason, began_at, until) values ($1, $2, $3, $4, $5, $6, $7)";
    let values = [id.0.into(), admin.id.0.into(), member.0.into(), reason.into(), now.into(), until.into()];
    tx.run(sql, values).await?;
    let details = json!({"as": member, "reason": reason, "minutes": minutes});
    crate::audit::note(&tx, "impersonation.begin", &id.to_string(), details.clone()).await?;
    tx.commit().await?;
    // Whoever cannot be recorded here as well gets no session that looks.
    platform.record("impersonation.begin", &id.to_string(), in_tenant(details, tenant)).await?;
    Ok((tenant, id))
}

/// The look `id` at `tenant`, while it goes on.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn current(db: &Db, tenant: TenantId, id: ImpersonationId) -> Result<Option<Impersonation>, DataError> {
    let tx = Platform::command(db.clone()).begin().await?;
    let sql = format!(
        "select {COLUMNS} from impersonations where tenant_id = $1 and id = $2 and ended_at is null and until > $3"
    );
    let row: Option<Row> = tx.one(&sql, [tenant.0.into(), id.0.into(), db.clock().now().into()]).await?;
    tx.commit().await?;
    Ok(row.map(Impersonation::from))
}

/// Lets the admin change things as well, from now to the end of the look.
///
/// # Errors
/// [`DataError::NotFound`] when it is over; when no reason is given.
pub async fn raise(db: &Db, look: &Impersonation, reason: &str, origin: Origin) -> Result<(), DataError> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        return Err(FieldErrors::one("reason", "Enter a reason of at most 500 characters.").into());
    }
    let (platform, details) = (of_admin(db, look, origin), json!({"as": look.member, "reason": reason}));
    // First, so that nobody changes anything of which the installation knows nothing.
    platform.record("impersonation.raise", &look.id.to_string(), in_tenant(details.clone(), look.tenant)).await?;
    let scope = platform.inside(look.tenant)?;
    let tx = scope.begin().await?;
    let sql = "update impersonations set is_raised = true where tenant_id = $1 and id = $2 and ended_at is null and until > $3";
    if tx.run(sql, [look.id.0.into(), scope.now().into()]).await? == 0 {
        return Err(DataError::NotFound("impersonation"));
    }
    crate::audit::note(&tx, "impersonation.raise", &look.id.to_string(), details).await?;
    tx.commit().await
}

/// Ends the look. Ending it twice is nothing.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn end(db: &Db, look: &Impersonation, origin: Origin) -> Result<(), DataError> {
    let platform = of_admin(db, look, origin);
    let scope = platform.inside(look.tenant)?;
    let tx = scope.begin().await?;
    let sql = "update impersonations set ended_at = $3 where tenant_id = $1 and id = $2 and ended_at is null";
    let (subject, details) = (look.id.to_string(), json!({"as": look.member}));
    let ended = tx.run(sql, [look.id.0.into(), scope.now().into()]).await? > 0;
    if ended {
        crate::audit::note(&tx, "impersonation.end", &subject, details.clone()).await?;
    }
    tx.commit().await?;
    if ended {
        platform.record("impersonation.end", &subject, in_tenant(details, look.tenant)).await?;
    }
    Ok(())
}

fn of_admin(db: &Db, look: &Impersonation, origin: Origin) -> Platform {
    let origin = Origin { via: Some(Via::Platform), ..origin };
    Platform::acting(db.clone(), Actor::User(look.admin), origin)
}

fn in_tenant(mut details: Value, tenant: TenantId) -> Value {
    details["tenant"] = json!(tenant);
    details
}

const COLUMNS: &str = "tenant_id, id, admin_id, member_id, reason, is_raised, began_at, until, ended_at";

#[derive(FromQueryResult)]
struct Row {
    tenant_id: Uuid,
    id: Uuid,
    admin_id: Uuid,
    member_id: Uuid,
    reason: String,
    is_raised: bool,
    began_at: DateTime<Utc>,
    until: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

impl From<Row> for Impersonation {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.into(),
            tenant: row.tenant_id.into(),
            admin: row.admin_id.into(),
            member: row.member_id.into(),
            reason: row.reason,
            is_raised: row.is_raised,
            began_at: row.began_at,
            until: row.until,
            ended_at: row.ended_at,
        }
    }
}
