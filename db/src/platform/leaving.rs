//! Tenants that are about to be deleted: the wish, its undoing, and which are due. Until their time is over nothing is
//! lost; from the wish on nobody gets in, and everything is saved once more.

use chrono::{DateTime, Utc};
use domain::backups::{Kind, Trigger};
use domain::ids::{BackupId, TenantId};
use sea_orm::FromQueryResult;
use serde_json::json;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::{Platform, new_tenant};
use crate::audit;
use crate::backups;
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
        let days: i32 = sqlx::query_scalar("select least_days from deletion_rule").fetch_one(&self.db().pool).await?;
        Ok(u32::try_from(days).unwrap_or_default())
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
        let sql = "select id, slug from tenants where delete_after <= $1 order by delete_after, id";
        let found: Vec<(Uuid, String)> =
            sqlx::query_as(sql).bind(self.db().clock().now()).fetch_all(&self.db().pool).await?;
        Ok(found.into_iter().map(|(id, slug)| Leaving { tenant: id.into(), slug }).collect())
    }

    /// The backups of `tenant` that hold everything as it was when it was closed, each read back and found equal; none
    /// while one is missing, and then it is asked for.
    ///
    /// # Errors
    /// When PostgreSQL fails.
    pub async fn exports(&self, tenant: TenantId) -> Result<Option<Vec<BackupId>>, DataError> {
        #[derive(FromQueryResult)]
        struct Row {
            id: Uuid,
        }
        let tx = self.inside(tenant)?.begin().await?;
        let sql = "select b.id from backups b join tenants t on t.id = b.tenant_id where b.tenant_id = $1 and b.kind = $2 \
                   and b.status = 'verified' and b.started_at >= t.delete_asked_at order by b.started_at desc limit 1";
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for kind in EXPORTED {
            match tx.one::<Row>(sql, [kind.as_str().into()]).await? {
                Some(row) => found.push(BackupId(row.id)),
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
    sqlx::query("update deletion_rule set least_days = $1").bind(i64::from(days)).execute(&mut owner).await?;
    owner.close().await?;
    Ok(())
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
