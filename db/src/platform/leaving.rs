//! Tenants that are about to be deleted: the wish, its undoing, and which are due. Until their time is over nothing is
//! lost; from the wish on nobody gets in, and everything is saved once more.

use chrono::{DateTime, Utc};
use domain::backups::{Kind, Status, Trigger};
use domain::ids::{BackupId, TenantId};
use sea_orm::{ColumnTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::{Platform, new_tenant};
use crate::audit;
use crate::backups;
use crate::entities::text::Text;
use crate::entities::{SharedQueries, TenantQueries, backup, deletion_rule, tenant};
use crate::error::DataError;
use crate::queue::{self, NewJob};
use crate::scope::Tx;

/// Longest time in which a deletion can be taken back.
pub const MOST_GRACE_DAYS: u32 = 365;
const EXPORTED: [Kind; 2] = [Kind::Database, Kind::Files];

/// A tenant whose time is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaving {
    /// Its id.
    pub tenant: TenantId,
    /// Its name in addresses.
    pub slug: String,
}

impl Platform {
    /// The fewest days after which a tenant is deleted. The database holds them; only its owner changes them.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn fewest_days(&self) -> Result<u32, DataError> {
        let rule = self.db().find_shared::<deletion_rule::Entity>().one(&self.db().conn).await?;
        let rule = rule.ok_or_else(|| DataError::Corrupt("deletion_rule has no row".into()))?;
        Ok(u32::try_from(rule.least_days).unwrap_or_default())
    }

    /// Closes the tenant called `slug`, has all of it saved once more, and has it deleted in `days` days; when that will be.
    ///
    /// # Errors
    /// [`DataError::NotFound`] when there is none; [`DataError::Refused`] when it is leaving already, or for fewer days than
    /// the database asks for; without a reason.
    pub async fn leave(&self, slug: &str, reason: &str, days: u32) -> Result<DateTime<Utc>, DataError> {
        let reason = new_tenant::checked_reason(reason)?;
        let now = self.db().clock().now();
        let days = days.min(MOST_GRACE_DAYS);
        let fewest = self.fewest_days().await?;
        if days < fewest {
            let words = format!("the database deletes a tenant after {fewest} days at the earliest, not after {days}");
            return Err(DataError::Refused(words));
        }
        let tx = self.inside(self.tenant(slug).await?.id)?.begin().await?;
        let by = tx.scope().actor().to_string();
        let values = [now.into(), reason.into(), i64::from(days).into(), by.into()];
        // SQL: a function of the database, which alone may do this.
        let sql = "select stoa_ask_deletion($1, $2, $3, $4::integer, $5)";
        let Some(after) = tx.scalar::<Option<DateTime<Utc>>>(sql, values).await?.flatten() else {
            return Err(DataError::Refused("deletion is already scheduled".to_owned()));
        };
        export(&tx, &EXPORTED).await?;
        audit::note(&tx, "tenant.delete", slug, json!({"reason": reason, "after": after})).await?;
        crate::feed::access_changed(&tx).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// Takes the deletion of the tenant called `slug` back. It stays suspended until it is resumed. Whether it changed.
    ///
    /// # Errors
    /// [`DataError::NotFound`] when there is none, or it is gone already.
    pub async fn stay(&self, slug: &str) -> Result<bool, DataError> {
        let tx = self.inside(self.tenant(slug).await?.id)?.begin().await?;
        let by = tx.scope().actor().to_string();
        // SQL: a function of the database, which alone may do this.
        let changed: bool = tx.scalar("select stoa_withdraw_deletion($1, $2)", [by.into()]).await?.unwrap_or_default();
        if changed {
            audit::note(&tx, "tenant.keep", slug, json!({})).await?;
            crate::feed::access_changed(&tx).await?;
        }
        tx.commit().await?;
        Ok(changed)
    }

    /// Tenants whose time is over, the first of them first. Index: `tenants_leaving`.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn due_to_go(&self) -> Result<Vec<Leaving>, DataError> {
        let db = self.db();
        let due = db
            .find_shared::<tenant::Entity>()
            .filter(tenant::Column::DeleteAfter.lte(db.clock().now()))
            .order_by_asc(tenant::Column::DeleteAfter)
            .order_by_asc(tenant::Column::Id)
            .select_only();
        let found: Vec<(Uuid, String)> =
            due.column(tenant::Column::Id).column(tenant::Column::Slug).into_tuple().all(&db.conn).await?;
        Ok(found.into_iter().map(|(id, slug)| Leaving { tenant: id.into(), slug }).collect())
    }

    /// The backups of `tenant` that hold everything as it was when it was closed, each read back and found equal; none
    /// while one is missing, and then it is asked for.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn exports(&self, tenant: TenantId) -> Result<Option<Vec<BackupId>>, DataError> {
        let tx = self.inside(tenant)?.begin().await?;
        let leaving = tx.find_shared::<tenant::Entity>().filter(tenant::Column::Id.eq(tx.tenant_filter().0));
        let asked_at = leaving.one(tx.conn()).await?.and_then(|tenant| tenant.delete_asked_at);
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for kind in EXPORTED {
            match last_verified(&tx, kind, asked_at).await? {
                Some(id) => found.push(BackupId(id)),
                None => missing.push(kind),
            }
        }
        export(&tx, &missing).await?;
        tx.commit().await?;
        Ok(missing.is_empty().then_some(found))
    }
}

/// Has `tenant`, whose deletion was asked for, deleted in `days` days although the database asks for more. Takes the URL of
/// the owner of the tables: the role of the program cannot. When that will be.
///
/// # Errors
/// When that role may not, or PostgreSQL fails.
pub async fn hasten(owner_url: &str, tenant: TenantId, days: u32) -> Result<Option<DateTime<Utc>>, DataError> {
    let mut owner = PgConnection::connect(owner_url).await?;
    // SQL: a function of the database, as the owner of the tables.
    let sql = "select stoa_hasten_deletion($1, $2::integer)";
    let after = sqlx::query_scalar(sql).bind(tenant.0).bind(i64::from(days)).fetch_one(&mut owner).await?;
    owner.close().await?;
    Ok(after)
}

/// Keeps `days` as the fewest after which a tenant is deleted. Takes the URL of the owner of the tables.
///
/// # Errors
/// When that role may not, or PostgreSQL fails.
pub async fn keep_fewest_days(owner_url: &str, days: u32) -> Result<(), DataError> {
    let mut owner = PgConnection::connect(owner_url).await?;
    // SQL: as the owner of the tables, on a connection of its own.
    sqlx::query("update deletion_rule set least_days = $1").bind(i64::from(days)).execute(&mut owner).await?;
    owner.close().await?;
    Ok(())
}

// The last backup of a kind since its tenant's deletion was requested that was verified.
async fn last_verified(tx: &Tx, kind: Kind, asked_at: Option<DateTime<Utc>>) -> Result<Option<Uuid>, DataError> {
    let backups = tx
        .find::<backup::Entity>()
        .filter(backup::Column::Kind.eq(Text(kind)))
        .filter(backup::Column::Status.eq(Text(Status::Verified)))
        .filter(backup::Column::StartedAt.gte(asked_at))
        .order_by_desc(backup::Column::StartedAt);
    Ok(backups.select_only().column(backup::Column::Id).into_tuple().one(tx.conn()).await?)
}

// By the tenant's own jobs, whatever its tier says: this is the platform's wish.
async fn export(tx: &Tx, kinds: &[Kind]) -> Result<(), DataError> {
    for kind in kinds {
        let payload = json!({"kind": kind, "trigger": Trigger::Demand, "by": tx.scope().actor().to_string()});
        let job = NewJob { key: Some(format!("export:{kind}")), queue: "heavy", ..NewJob::new(backups::JOB, payload) };
        queue::enqueue(tx, &job).await?;
    }
    Ok(())
}
