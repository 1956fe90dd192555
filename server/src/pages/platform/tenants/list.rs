//! The list.

use app::frame::Place;
use app::pages::platform::tenants::{TenantList, list};
use axum::extract::Query;
use axum::response::Response;
use domain::ids::TenantId;
use domain::tenants::TenantQuery;

use crate::auth::PlatformAdmin;
use crate::error::PageError;
use crate::pages::answer;
use crate::pages::filters::{self, Pairs};
use crate::pages::platform::{clock, frame};
use crate::pages::visit::Visit;

const SHOWN: usize = 50;

/// Tenants under a filter, by their name in addresses. Four statements, whatever the rows.
///
/// # Errors
/// For everybody but platform admins, and when PostgreSQL fails.
pub async fn show(admin: PlatformAdmin, visit: Visit, Query(typed): Query<Pairs>) -> Result<Response, PageError> {
    let (mut query, mut faults) = TenantQuery::understood(filters::of(&typed));
    let tiers = admin.platform.tiers().await?;
    if query.tier.as_ref().is_some_and(|slug| tiers.iter().all(|tier| tier.slug != *slug)) {
        faults.add("tier", "Choose an existing tier.");
        query.tier = None;
    }
    let limit = u64::try_from(SHOWN).unwrap_or(u64::MAX) + 1;
    let mut rows = admin.platform.find_tenants(&query, limit).await?;
    let more = rows.len() > SHOWN;
    rows.truncate(SHOWN);
    let ids: Vec<TenantId> = rows.iter().map(|row| row.id).collect();
    let page = TenantList {
        next: rows.last().filter(|_| more).map(|row| row.slug.clone()),
        figures: admin.platform.figures(&ids).await?,
        tiers,
        rows,
        query,
        typed,
        faults,
        done: visit.done().and_then(super::done_words),
        frame: frame(&admin, visit, Place::Tenants),
        clock: clock(&admin.platform),
    };
    Ok(answer::ok(page, list).await)
}
