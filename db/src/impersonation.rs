//! Platform admins who view a tenant as one of its members: for a reason, for a time, and noted twice: in the tenant's
//! record and in the installation's, which outlives the tenant.

use chrono::{DateTime, TimeDelta, Utc};
use domain::audit::Via;
use domain::fields::FieldErrors;
use domain::ids::{ImpersonationId, TenantId, UserId};
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, Set};
use serde_json::{Value, json};

use crate::connect::Db;
use crate::entities::{AllTenantsQueries, TenantQueries, impersonation, membership, user};
use crate::error::DataError;
use crate::people::Person;
use crate::platform::Platform;
use crate::scope::{Actor, Origin};

/// How long an impersonation may last, in minutes.
pub const MINUTES: [i64; 3] = [15, 30, 60];
const LONGEST_REASON: usize = 500;

/// An impersonation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impersonation {
    /// Its id.
    pub id: ImpersonationId,
    /// At which tenant.
    pub tenant: TenantId,
    /// The platform admin.
    pub admin: UserId,
    /// As whom.
    pub member: UserId,
    /// Why.
    pub reason: String,
    /// Whether they may change things as well.
    pub has_write_access: bool,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// When it ends by itself.
    pub until: DateTime<Utc>,
    /// When it was ended before that.
    pub ended_at: Option<DateTime<Utc>>,
}

/// Begins to impersonate `member` of the tenant called `slug`.
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
    let account =
        tx.find::<membership::Entity>().inner_join(user::Entity).filter(membership::Column::UserId.eq(member.0));
    let is_admin: Option<bool> =
        account.select_only().column(user::Column::IsPlatformAdmin).into_tuple().one(tx.conn()).await?;
    if is_admin.ok_or(DataError::NotFound("member"))? {
        return Err(DataError::Refused("You cannot impersonate another platform admin.".to_owned()));
    }
    let (id, now): (ImpersonationId, _) = (scope.clock().id(), scope.now());
    let row = impersonation::ActiveModel {
        id: Set(id.0),
        admin_id: Set(admin.id.0),
        member_id: Set(member.0),
        reason: Set(reason.to_owned()),
        began_at: Set(now),
        until: Set(now + TimeDelta::minutes(minutes)),
        ..Default::default()
    };
    tx.insert(row).exec_without_returning(tx.conn()).await?;
    let details = json!({"as": member, "reason": reason, "minutes": minutes});
    crate::audit::note(&tx, "impersonation.begin", &id.to_string(), details.clone()).await?;
    tx.commit().await?;
    // Whoever cannot be recorded here as well gets no session that impersonates.
    platform.record("impersonation.begin", &id.to_string(), in_tenant(details, tenant)).await?;
    Ok((tenant, id))
}

/// The impersonation `id` at `tenant`, while it goes on.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn current(db: &Db, tenant: TenantId, id: ImpersonationId) -> Result<Option<Impersonation>, DataError> {
    let tx = Platform::command(db.clone()).begin().await?;
    let row = tx
        .find_all::<impersonation::Entity>()
        .filter(impersonation::Column::TenantId.eq(tenant.0))
        .filter(impersonation::Column::Id.eq(id.0))
        .filter(impersonation::Column::EndedAt.is_null())
        .filter(impersonation::Column::Until.gt(db.clock().now()));
    let row = row.one(tx.conn()).await?;
    tx.commit().await?;
    Ok(row.map(Impersonation::from))
}

/// Lets the admin change things as well, from now to the end of the impersonation.
///
/// # Errors
/// [`DataError::NotFound`] when it is over; when no reason is given.
pub async fn grant_write_access(
    db: &Db,
    impersonation: &Impersonation,
    reason: &str,
    origin: Origin,
) -> Result<(), DataError> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON {
        return Err(FieldErrors::one("reason", "Enter a reason of at most 500 characters.").into());
    }
    let (platform, details) =
        (of_admin(db, impersonation, origin), json!({"as": impersonation.member, "reason": reason}));
    // First, so that nobody changes anything of which the installation knows nothing.
    platform
        .record("impersonation.raise", &impersonation.id.to_string(), in_tenant(details.clone(), impersonation.tenant))
        .await?;
    let scope = platform.inside(impersonation.tenant)?;
    let tx = scope.begin().await?;
    let row = impersonation::ActiveModel { is_raised: Set(true), ..Default::default() };
    let current = tx
        .update::<impersonation::Entity>()
        .set(row)
        .filter(impersonation::Column::Id.eq(impersonation.id.0))
        .filter(impersonation::Column::EndedAt.is_null())
        .filter(impersonation::Column::Until.gt(scope.now()));
    if current.exec(tx.conn()).await?.rows_affected == 0 {
        return Err(DataError::NotFound("impersonation"));
    }
    crate::audit::note(&tx, "impersonation.raise", &impersonation.id.to_string(), details).await?;
    tx.commit().await
}

/// Ends the impersonation. Ending it twice is nothing.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn end(db: &Db, impersonation: &Impersonation, origin: Origin) -> Result<(), DataError> {
    let platform = of_admin(db, impersonation, origin);
    let scope = platform.inside(impersonation.tenant)?;
    let tx = scope.begin().await?;
    let row = impersonation::ActiveModel { ended_at: Set(Some(scope.now())), ..Default::default() };
    let open = tx
        .update::<impersonation::Entity>()
        .set(row)
        .filter(impersonation::Column::Id.eq(impersonation.id.0))
        .filter(impersonation::Column::EndedAt.is_null());
    let (subject, details) = (impersonation.id.to_string(), json!({"as": impersonation.member}));
    let ended = open.exec(tx.conn()).await?.rows_affected > 0;
    if ended {
        crate::audit::note(&tx, "impersonation.end", &subject, details.clone()).await?;
    }
    tx.commit().await?;
    if ended {
        platform.record("impersonation.end", &subject, in_tenant(details, impersonation.tenant)).await?;
    }
    Ok(())
}

fn of_admin(db: &Db, impersonation: &Impersonation, origin: Origin) -> Platform {
    let origin = Origin { via: Some(Via::Platform), ..origin };
    Platform::acting(db.clone(), Actor::User(impersonation.admin), origin)
}

fn in_tenant(mut details: Value, tenant: TenantId) -> Value {
    details["tenant"] = json!(tenant);
    details
}

impl From<impersonation::Model> for Impersonation {
    fn from(row: impersonation::Model) -> Self {
        Self {
            id: row.id.into(),
            tenant: row.tenant_id.into(),
            admin: row.admin_id.into(),
            member: row.member_id.into(),
            reason: row.reason,
            has_write_access: row.is_raised,
            began_at: row.began_at,
            until: row.until,
            ended_at: row.ended_at,
        }
    }
}
