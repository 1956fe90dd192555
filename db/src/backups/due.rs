//! When backups are made: the installation's daily at 02:00 UTC, a tenant's at the hour (UTC) that it chose.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use domain::backups::Kind;
use domain::ids::TenantId;
use domain::settings::TenantSettings;
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter, QuerySelect};

use super::list::days;
use crate::entities::text::Text;
use crate::entities::{SharedQueries, TenantQueries, tenant, tier};
use crate::error::DataError;
use crate::platform::{Platform, PlatformTx};
use crate::scope::Scope;

/// The installation's hour (UTC).
pub const PLATFORM_HOUR: u32 = 2;
/// One that failed is tried again after so long.
const AGAIN_AFTER: TimeDelta = TimeDelta::hours(1);

/// A backup that should be made now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// Of whom; the nil id for the installation.
    pub tenant: TenantId,
    /// Of which kind.
    pub kind: Kind,
}

/// What should be made now: whatever has had its hour since the last scheduled attempt that did not fail. So one that was
/// missed because nothing ran at that hour is made up for, and one that failed is tried again after an hour. Suspended tenants are saved like all others.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn due(platform: &Platform) -> Result<Vec<Due>, DataError> {
    #[derive(FromQueryResult)]
    struct Row {
        tenant_id: uuid::Uuid,
        kind: Text<Kind>,
        hour: i32,
        every: i64,
        last: Option<DateTime<Utc>>,
        tried: Option<DateTime<Utc>>,
    }
    // SQL: the newest attempts of every kind of every tenant, by lateral joins; the hours are read by a function, because
    // the platform cannot read settings.
    let sql = "with wanted as ( \
                 select $1::uuid as tenant_id, 'full' as kind, $2::int as hour, 1::bigint as every \
                 union all \
                 select t.id, k.kind, coalesce(h.hour, $3::int), \
                   case when jsonb_typeof(i.limits -> 'backup_every_days') = 'number' then (i.limits ->> 'backup_every_days')::numeric::bigint else 1 end \
                 from tenants t join tiers i on i.id = t.tier_id left join stoa_backup_hours() h on h.tenant_id = t.id cross join (values ('database'), ('files')) k (kind)) \
               select w.tenant_id, w.kind, w.hour, w.every, l.started_at as last, a.started_at as tried from wanted w left join lateral ( \
                 select b.started_at from backups b where b.tenant_id = w.tenant_id and b.kind = w.kind \
                   and b.trigger = 'schedule' and b.status <> 'failed' order by b.started_at desc limit 1) l on true \
               left join lateral (select b.started_at from backups b where b.tenant_id = w.tenant_id and b.kind = w.kind \
                   and b.trigger = 'schedule' order by b.started_at desc limit 1) a on true \
               order by w.tenant_id, w.kind";
    let usual = u32::from(TenantSettings::default().backup_hour);
    let tx = platform.begin().await?;
    let hours = [PlatformTx::NIL.0.into(), i64::from(PLATFORM_HOUR).into(), i64::from(usual).into()];
    let rows: Vec<Row> = tx.all(sql, hours).await?;
    tx.commit().await?;
    let now = platform.db().clock().now();
    let mut found = Vec::new();
    for row in rows {
        // A tier may ask for one only every few days.
        let slot =
            last_slot(now, u32::try_from(row.hour).unwrap_or(usual)) - TimeDelta::days((row.every - 1).clamp(0, 31));
        let is_patient = row.tried.is_none_or(|tried| now - tried >= AGAIN_AFTER);
        if is_patient && row.last.is_none_or(|last| last < slot) {
            found.push(Due { tenant: row.tenant_id.into(), kind: *row.kind });
        }
    }
    Ok(found)
}

/// How many days the tenant's backups are kept: its tier's `backup_days`, or `default`.
///
/// # Errors
/// When PostgreSQL fails.
pub async fn retention_days(scope: &Scope, default: u32) -> Result<u32, DataError> {
    let tx = scope.begin().await?;
    let own = tx.find_shared::<tenant::Entity>().inner_join(tier::Entity);
    let own = own.filter(tenant::Column::Id.eq(tx.tenant_filter().0)).select_only().expr_as(days(), "days");
    let days = own.into_tuple::<Option<i64>>().one(tx.conn()).await?.flatten();
    tx.end();
    Ok(days.and_then(|days| u32::try_from(days).ok()).unwrap_or(default))
}

/// The next time after `now` that it is this hour (UTC).
pub fn next_slot(now: DateTime<Utc>, hour: u32) -> DateTime<Utc> {
    last_slot(now, hour) + TimeDelta::days(1)
}

// The last time that it was this hour.
fn last_slot(now: DateTime<Utc>, hour: u32) -> DateTime<Utc> {
    let today = now.date_naive().and_time(NaiveTime::from_hms_opt(hour.min(23), 0, 0).unwrap_or_default()).and_utc();
    if today <= now { today } else { today - TimeDelta::days(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slot_is_the_last_time_of_that_hour() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(last_slot(at("2026-11-21T02:00:00Z"), 2), at("2026-11-21T02:00:00Z"));
        assert_eq!(last_slot(at("2026-11-21T01:59:59Z"), 2), at("2026-11-20T02:00:00Z"));
        assert_eq!(last_slot(at("2026-11-21T23:30:00Z"), 23), at("2026-11-21T23:00:00Z"));
    }
}
